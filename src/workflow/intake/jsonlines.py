"""JSON, one object a line, read exactly: a number is the text that stands there, never a floating number.

A line that isn't one object, says a key twice or holds what JSON doesn't know is broken; the others go on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from workflow.checks.mapping import SourceMapping
from workflow.diagnostics import Argument
from workflow.intake.parts import lists_in, packed
from workflow.intake.table import Broken, Gathered, Table
from workflow.intake.textlines import Lines

_MOST = 40
"""Digits before or behind the point up to which a number with an exponent is written out; beyond, it stays as it is,
and no declared type takes it."""
_EXPONENT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)[eE]([+-]?[0-9]{1,3})")

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""NUL, and a lone half of a sign as UTF-16 parts it: JSON can escape them, but no text has them."""


_NO_LISTS: Mapping[str, tuple[str, str]] = {}


class _Refused(Exception):
    """Why a line is broken: a code and its arguments."""

    def __init__(self, code: str, **arguments: Argument) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


class JsonLines(Table):
    """A file of one JSON object a line. Columns are keys; `a.b` is also the key `b` of the object under `a`."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the file below the workspace.

        Raises:
            WorldFailed: it can't be opened.
        """
        super().__init__(path)
        self._lines = Lines(where, path, source.encoding)
        self._lists = lists_in(source)

    @property
    def sha256(self) -> str:
        """The digest of all that has been read."""
        return self._lines.sha256

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Batches of these columns; a key that a line hasn't is an absent cell."""
        gathered = Gathered(columns)
        for number, line in self._lines:
            self.rows += 1
            try:
                cells = _cells(line, columns, self._lists)
            except _Refused as why:
                self.broken.append(Broken(number, why.code, why.arguments))
            else:
                if gathered.add(number, cells, len(line)):
                    yield gathered.batch()
        yield gathered.batch()


def _cells(line: bytes, columns: Sequence[str], lists: Mapping[str, tuple[str, str]] = _NO_LISTS) -> list[str | None]:
    """The texts of these columns; of `lists`, the texts of their parts by these keys.

    Raises:
        _Refused: the line can't be read, or a cell holds more than one value.
    """
    try:
        row = _DECODER.decode(line.decode())
    except (ValueError, RecursionError):
        raise _Refused("json-malformed") from None
    if not isinstance(row, dict):
        raise _Refused("json-malformed")
    return [_list(row, column, lists[column]) if column in lists else _text(row, column) for column in columns]


def _list(row: dict[str, Any], column: str, keys: tuple[str, str]) -> str | None:
    """The parts of a list of objects as one text; nothing, null and the empty text are no list.

    Raises:
        _Refused: it is no list of objects, or one of the keys holds more than one value.
    """
    value = _value(row, column)
    if value is None or value == "":
        return None
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _Refused("json-list", column=column, accepted=keys)
    return packed([_text(each, key) for key in keys] for each in value)


def _value(row: dict[str, Any], column: str) -> Any:
    if column in row:
        return row[column]
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(row: dict[str, Any], column: str) -> str | None:
    value = _value(row, column)
    if value is None or isinstance(value, str):
        if value is not None and _NO_TEXT.search(value):
            raise _Refused("json-malformed")
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    raise _Refused("json-nested", column=column)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refused("json-key-twice", found=twice)
    return found


def _constant(found: str) -> NoReturn:
    """NaN and the infinities, which Python reads and JSON doesn't know."""
    raise _Refused("json-not-a-number", found=found)


def _plain(number: str) -> str:
    """A number without its exponent, as long as that makes no endless text."""
    found = _EXPONENT.fullmatch(number)
    if found is None or len(found[1]) > _MOST or abs(int(found[2])) > _MOST:
        return number
    return f"{Decimal(number):f}"


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=str, parse_float=_plain, parse_constant=_constant, strict=True
)
