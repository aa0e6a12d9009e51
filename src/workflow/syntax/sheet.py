"""A sheet of an XLSX workbook, row by row, in bounded memory: each cell as text.

A number in a sheet is a floating number by nature. It becomes the shortest decimal that stands for it, and is taken
only if that has no more than the 15 digits that a sheet itself keeps and shows; what was typed in is then what is read.
A number that its format shows as a date is that date. A formula counts with the value that was saved with it.
"""

from __future__ import annotations

import datetime
import re
from collections import deque
from collections.abc import Iterator, Mapping
from decimal import Decimal

from workflow.syntax.unusable import Unusable
from workflow.syntax.workbook import Workbook, local, sound, told, unescaped

_DIGITS = 15
"""Significant digits that a floating number keeps whatever they are."""
_WIDEST = 16_384
_NUMBER = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,3})?")
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_TRUTHS = {"1": "true", "0": "false"}
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_DAY_MS = 86_400_000
_FIRST, _FIRST_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)  # noqa: DTZ001 sheets have no zone
_TRUE_DATES = 61
"""Before it the numbers of days are wrong by a day that never was, 29 February 1900."""
_LAST_DAY = 2_958_466

Cell = tuple[str, int, str, bool]
"""Type, style, what is written, and whether it is what a formula gave."""


class Refused(Exception):
    """A cell that has no exact value: a code, and what was found."""

    def __init__(self, code: str, found: str) -> None:
        """Keep both for the caller, who knows the place."""
        super().__init__(code)
        self.code, self.found = code, found


def rows_of(book: Workbook, part: str) -> Iterator[tuple[int, Mapping[int, Cell]]]:
    """The rows of a sheet that hold anything, by their number in it.

    Raises:
        Unusable: the sheet is damaged, or holds too much.
    """
    rows = _Rows()
    with sound():
        for _ in told(book.chunks(part), rows):
            while rows.found:
                yield rows.found.popleft()


def text_of(book: Workbook, cell: Cell) -> str | None:
    """The text of a cell; None for one that holds nothing.

    Raises:
        Refused: it has no exact value.
    """
    kind, style, written, formula = cell
    if kind == "e" or (formula and not written and kind != "str"):
        raise Refused("cell-without-value", written or "=")
    if kind == "s":
        if not re.fullmatch("[0-9]{1,9}", written) or int(written) >= len(book.shared):
            raise Unusable("file-damaged", format="XLSX")
        written = book.shared[int(written)]
    elif kind == "str":
        written = unescaped(written)
    if kind in {"s", "str", "inlineStr", "d"}:
        if _NO_TEXT.search(written):
            raise Refused("cell-without-value", written)
        return written or None
    if kind == "b":
        return _TRUTHS.get(written, written)
    return number_text(written, book, dated=style in book.dates) if written else None


class _Rows:
    """Hears a sheet: each row that holds anything, by its number, with its cells by their place from 0."""

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.found: deque[tuple[int, dict[int, Cell]]] = deque()
        self._number, self._place = 0, -1
        self._row: dict[int, Cell] = {}
        self._cell: dict[str, str] = {}
        self._written, self._formula, self._aloud = "", False, False
        self._places: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A cell, a row, or something in a cell begins."""
        if ":" in name:
            name = local(name)
        if name in {"v", "t"}:
            self.signs.clear()
        elif name == "c":
            self._cell, self._written, self._formula = attributes, "", False
        elif name == "row":
            self._number = int(attributes["r"][:9]) if "r" in attributes else self._number + 1
            self._place, self._row = -1, {}
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._aloud = True

    def end(self, name: str) -> None:
        """What began is complete."""
        if ":" in name:
            name = local(name)
        if name == "v":
            self._written = "".join(self.signs)
        elif name == "c":
            self._keep()
        elif name == "row":
            if self._row:
                self.found.append((self._number, self._row))
        elif name == "t" and not self._aloud:
            self._written += unescaped("".join(self.signs))
        elif name == "rPh":
            self._aloud = False
        self.signs.clear()

    def _keep(self) -> None:
        """The cell in its row, if it holds anything."""
        reference = self._cell.get("r")
        self._place = self._place + 1 if reference is None else self._place_of(reference)
        if self._written or self._formula:
            style = int(self._cell.get("s", "0")[:9])
            self._row[self._place] = (self._cell.get("t", "n"), style, self._written, self._formula)

    def _place_of(self, reference: str) -> int:
        """The column of a cell such as `AB12`, from 0."""
        letters = reference.rstrip("0123456789")
        if letters not in self._places:
            place = 0
            for letter in letters[:4]:
                place = place * 26 + ord(letter) - ord("A") + 1
            if not (re.fullmatch("[A-Z]{1,3}", letters) and place <= _WIDEST):
                raise Unusable("file-damaged", format="XLSX")
            self._places[letters] = place - 1
        return self._places[letters]


def number_text(written: str, book: Workbook, *, dated: bool) -> str:
    """A number as plain digits, or the day and time that it stands for.

    Raises:
        Refused: it has more digits than a sheet keeps.
    """
    if not dated and len(written) <= _DIGITS and _PLAIN.fullmatch(written):
        return written  # So few digits are kept as they are.
    if not _NUMBER.fullmatch(written):
        raise Refused("number-inexact", written)
    value = Decimal(repr(float(written)))
    if dated and (found := _moment(value, since_1904=book.since_1904)) is not None:
        return found
    if not value.is_finite() or len(value.normalize().as_tuple().digits) > _DIGITS:
        raise Refused("number-inexact", written)
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _moment(days: Decimal, *, since_1904: bool) -> str | None:
    """The day, or the day and time to a millisecond, that many days after the first; None where there is none."""
    if not (0 if since_1904 else _TRUE_DATES) <= days < _LAST_DAY:
        return None
    milliseconds = int((days * _DAY_MS).to_integral_value())
    moment = (_FIRST_1904 if since_1904 else _FIRST) + datetime.timedelta(milliseconds=milliseconds)
    return f"{moment:%Y-%m-%d}" if milliseconds % _DAY_MS == 0 else moment.isoformat(" ", "milliseconds")
