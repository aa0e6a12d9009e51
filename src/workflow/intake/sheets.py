"""A sheet of an XLSX workbook, row by row, in bounded memory. A record's number is that of its row in the sheet.

A number in a sheet is a floating number by nature. It becomes the shortest decimal that stands for it, and is taken
only if that has no more than the 15 digits that a sheet itself keeps and shows; what was typed in is then what is read.
A number that its format shows as a date is that date. A formula counts with the value that was saved with it.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflow.checks.mapping import SourceMapping
from workflow.intake.files import opened
from workflow.intake.table import Broken, Gathered, Table, Unusable
from workflow.intake.workbook import Workbook, local, sound, told, unescaped

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

_Cell = tuple[str, int, str, bool]
"""Type, style, what is written, and whether it is what a formula gave."""


class _Refused(Exception):
    """A cell that has no exact value: a code, and what was found."""

    def __init__(self, code: str, found: str) -> None:
        super().__init__(code)
        self.code, self.found = code, found


class Sheet(Table):
    """One sheet. The first row that holds anything is its header, unless the source names the columns."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the workbook below the workspace and read the sheet's header.

        Raises:
            Unusable: it is no workbook, or has no such sheet.
            WorldFailed: it can't be opened.
        """
        super().__init__(path)
        self._raw = opened(where, path)
        self._sha256 = hashlib.file_digest(self._raw, "sha256").hexdigest()
        try:
            self._book = Workbook(self._raw, self._raw.tell())
            self._rows = self._read(_part(self._book.sheets, source.sheet))
            self.header = source.columns or self._read_header()
        except Unusable:
            self.close()
            raise

    @property
    def sha256(self) -> str:
        """The digest of the file's bytes."""
        return self._sha256

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Batches of these columns, which stand in the header exactly once."""
        assert self.header is not None
        places = [self.header.index(column) for column in columns]
        gathered = Gathered(columns)
        for number, row in self._rows:
            self.rows += 1
            cells: list[str | None] = []
            try:
                cells.extend(self._text(row[place]) if place in row else None for place in places)
            except _Refused as why:
                args = {"column": columns[len(cells)], "found": why.found}
                self.broken.append(Broken(number, why.code, args))
                continue
            signs = sum(len(cell) for cell in cells if cell is not None)
            self._book.expansion.add(signs)
            if gathered.add(number, cells, signs):
                yield gathered.batch()
        yield gathered.batch()

    def _read_header(self) -> tuple[str, ...]:
        """The texts of the first row; cells without one are columns without a name."""
        _, row = next(self._rows, (1, {}))
        try:
            texts = {place: self._text(cell) or "" for place, cell in row.items()}
        except _Refused:
            raise Unusable("header-absent") from None
        return tuple(texts.get(place, "") for place in range(max(texts, default=-1) + 1))

    def _read(self, part: str) -> Iterator[tuple[int, Mapping[int, _Cell]]]:
        """The rows that hold anything, by their number in the sheet.

        Raises:
            Unusable: the sheet is damaged, or holds too much.
        """
        rows = _Rows()
        with sound():
            for _ in told(self._book.chunks(part), rows):
                while rows.found:
                    yield rows.found.popleft()

    def _text(self, cell: _Cell) -> str | None:
        """The text of a cell; None for one that holds nothing.

        Raises:
            _Refused: it has no exact value.
        """
        kind, style, written, formula = cell
        if kind == "e" or (formula and not written and kind != "str"):
            raise _Refused("cell-without-value", written or "=")
        if kind == "s":
            if not re.fullmatch("[0-9]{1,9}", written) or int(written) >= len(self._book.shared):
                raise Unusable("file-damaged", format="XLSX")
            written = self._book.shared[int(written)]
        elif kind == "str":
            written = unescaped(written)
        if kind in {"s", "str", "inlineStr", "d"}:
            if _NO_TEXT.search(written):
                raise _Refused("cell-without-value", written)
            return written or None
        if kind == "b":
            return _TRUTHS.get(written, written)
        return _number(written, self._book, dated=style in self._book.dates) if written else None


class _Rows:
    """Hears a sheet: each row that holds anything, by its number, with its cells by their place from 0."""

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.found: deque[tuple[int, dict[int, _Cell]]] = deque()
        self._number, self._place = 0, -1
        self._row: dict[int, _Cell] = {}
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


def _part(sheets: Mapping[str, str], wanted: str | None) -> str:
    """Where the sheet lies.

    Raises:
        Unusable: there is no such sheet, or no word which of several is meant.
    """
    if wanted is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if wanted is None:
        raise Unusable("sheet-not-said", accepted=tuple(sheets))
    if wanted not in sheets:
        raise Unusable("sheet-absent", found=wanted, accepted=tuple(sheets))
    return sheets[wanted]


def _number(written: str, book: Workbook, *, dated: bool) -> str:
    """A number as plain digits, or the day and time that it stands for.

    Raises:
        _Refused: it has more digits than a sheet keeps.
    """
    if not dated and len(written) <= _DIGITS and _PLAIN.fullmatch(written):
        return written  # So few digits are kept as they are.
    if not _NUMBER.fullmatch(written):
        raise _Refused("number-inexact", written)
    value = Decimal(repr(float(written)))
    if dated and (found := _moment(value, since_1904=book.since_1904)) is not None:
        return found
    if not value.is_finite() or len(value.normalize().as_tuple().digits) > _DIGITS:
        raise _Refused("number-inexact", written)
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _moment(days: Decimal, *, since_1904: bool) -> str | None:
    """The day, or the day and time to a millisecond, that many days after the first; None where there is none."""
    if not (0 if since_1904 else _TRUE_DATES) <= days < _LAST_DAY:
        return None
    milliseconds = int((days * _DAY_MS).to_integral_value())
    moment = (_FIRST_1904 if since_1904 else _FIRST) + datetime.timedelta(milliseconds=milliseconds)
    return f"{moment:%Y-%m-%d}" if milliseconds % _DAY_MS == 0 else moment.isoformat(" ", "milliseconds")
