"""A workbook's sheet as text: line N is row N, its cells parted by bars, so that messages can show and underline it.

A number that its format shows as a percentage is one; nobody who types 80% into a sheet means 0.8.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal

from workflow.diagnostics import Diagnostic, Span
from workflow.syntax.sheet import Cell, Refused, rows_of, text_of
from workflow.syntax.unusable import Unusable
from workflow.syntax.workbook import Workbook

_MOST_ROWS = 10_000
_MOST_SIGNS = 1_000
"""Of one cell: a table holds conditions and rates, no texts."""
_LETTERS = 26


def text_of_workbook(data: bytes, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text that stands for a workbook of one sheet.

    Returns:
        The text, and what can't be read of it; empty where the file is no such workbook.
    """
    try:
        book = Workbook(io.BytesIO(data), len(data))
    except Unusable as fault:
        return "", (fault.at(path),)
    try:
        if len(book.sheets) != 1:
            return "", (_at(path, 1, "table-of-several-sheets", found=", ".join(book.sheets)),)
        return _written(book, next(iter(book.sheets.values())), path)
    except Unusable as fault:
        return "", (fault.at(path),)
    finally:
        book.close()


def _written(book: Workbook, part: str, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    rows: dict[int, dict[int, str]] = {}
    mistakes: list[Diagnostic] = []
    for number, cells in rows_of(book, part):
        if number > _MOST_ROWS:
            mistakes.append(_at(path, 1, "table-too-long", limit=_MOST_ROWS))
            break
        texts, refused = _texts(book, cells)
        rows[number] = {place: text for place, text in texts.items() if text}
        mistakes += [_at(path, number, "cell-of-a-sheet", cell=f"{_letters(place)}{number}") for place in refused]
    places = range(max((max(row, default=-1) for row in rows.values()), default=-1) + 1)
    widths = [max((len(row.get(place, "")) for row in rows.values()), default=0) for place in places]
    lines = [
        " | ".join(rows[number].get(place, "").ljust(widths[place]) for place in places).rstrip(" ")
        if rows.get(number)
        else ""
        for number in range(1, max(rows, default=0) + 1)
    ]
    return "\n".join(lines), tuple(mistakes)


def _texts(book: Workbook, cells: Mapping[int, Cell]) -> tuple[dict[int, str], list[int]]:
    """The texts of a row, and the places of cells that have no exact value."""
    texts: dict[int, str] = {}
    refused: list[int] = []
    for place, cell in cells.items():
        try:
            text = " ".join((text_of(book, cell) or "").split())
        except Refused:
            refused.append(place)
            continue
        if len(text) > _MOST_SIGNS:
            refused.append(place)
            continue
        kind, style, _, _ = cell
        texts[place] = _percent(text) if kind == "n" and style in book.percents else text
    return texts, refused


def _percent(text: str) -> str:
    value = Decimal(text) * 100
    return f"{value.normalize():f}%"


def _letters(place: int) -> str:
    """The letters of a column, `A` the first."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def _at(path: str, line: int, code: str, **args: str | int) -> Diagnostic:
    return Diagnostic(code, Span(path, line, 1, line, 1), args)
