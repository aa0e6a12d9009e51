"""Tables of several dimensions as text: lines cut into cells, every cell with its place in its file.

A block table parts its cells with bars, a CSV file with commas. A sheet of a workbook is read as the text that
`folder` makes of it, which has bars too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.diagnostics import Diagnostic, Span
from workflow.syntax.positions import locate
from workflow.syntax.tree import Scalar

MOST_ROWS = 2000
"""Rows of one table: each is a condition that is asked of every person."""
MOST_COLUMNS = 20
"""Columns of one table, that of its results included."""

_BARS = "|｜"
_QUOTED = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*(?=,|$)')
_PLAIN = re.compile(r'[ \t]*([^",][^,]*|)(?=,|$)')


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as written: the cells of its header, and those of each row, as many as the header has."""

    header: tuple[Scalar, ...]
    rows: tuple[tuple[Scalar, ...], ...]


Read = tuple[Grid | None, tuple[Diagnostic, ...]]
_Line = tuple[Span, tuple[Scalar, ...]]


def read_block(scalar: Scalar) -> Read:
    """The table that stands under a key as block text.

    Args:
        scalar: the text under `table: |`.

    Returns:
        The table, or None, and what is wrong with it.
    """
    if scalar.style != "literal":
        return None, (Diagnostic("table-not-a-block", scalar.span),)
    return _with_bars(scalar)


def read_table_file(text: str, path: str) -> Read:
    """The table that a file holds: cells parted by commas, or by bars in the text that stands for a workbook.

    Args:
        text: the file's text.
        path: its path in the workspace; the ending says which it is.

    Returns:
        The table, or None, and what is wrong with it.
    """
    lines = text.split("\n")
    if not path.endswith(".csv"):
        starts, offset = [], 0
        for number, line in enumerate(lines, 1):
            starts.append((offset, number, 1))
            offset += len(line) + 1
        span = Span(path, 1, 1, max(len(lines), 1), len(lines[-1]) + 1)
        return _with_bars(Scalar(text, span, "literal", tuple(starts)))
    while lines and not lines[-1].strip():
        lines.pop()
    found: list[_Line] = []
    diagnostics: list[Diagnostic] = []
    for number, line in enumerate(lines, 1):
        place = Span(path, number, 1, number, 1 + len(line.rstrip("\r")))
        cells = _commas(line.rstrip("\r"), place)
        if cells is None:
            diagnostics.append(Diagnostic("cell-quotes", place))
        elif not any(cell.text for cell in cells):
            diagnostics.append(Diagnostic("row-empty", place))
        else:
            found.append((place, cells))
    grid, mistakes = _even(found, Span(path, 1, 1, 1, 1))
    return (None if diagnostics else grid), (*diagnostics, *mistakes)


def _with_bars(scalar: Scalar) -> Read:
    """The table of a text whose cells are parted by bars; empty lines part nothing."""
    found: list[_Line] = []
    offset = 0
    for line in scalar.text.split("\n"):
        if line.strip():
            start = offset + len(line) - len(line.lstrip())
            place = locate(scalar, start, offset + len(line.rstrip()))
            found.append((place, tuple(_cell(scalar, offset + first, offset + last) for first, last in _bars(line))))
        offset += len(line) + 1
    return _even(found, scalar.span)


def _bars(line: str) -> list[tuple[int, int]]:
    """Where the cells of a line begin and end; a bar in quotes parts nothing."""
    ends, quoted = [], False
    for at, sign in enumerate(line):
        quoted ^= sign == '"'
        if sign in _BARS and not quoted:
            ends.append(at)
    return list(zip([0, *(end + 1 for end in ends)], [*ends, len(line)], strict=True))


def _cell(scalar: Scalar, start: int, end: int) -> Scalar:
    """A part of a scalar without the blanks around it; an empty cell keeps its place."""
    text = scalar.text[start:end]
    if not text.strip():
        return Scalar("", locate(scalar, start, end), "plain", ((0, *_point(scalar, start)),))
    start += len(text) - len(text.lstrip())
    words = text.strip()
    return Scalar(words, locate(scalar, start, start + len(words)), "plain", ((0, *_point(scalar, start)),))


def _point(scalar: Scalar, at: int) -> tuple[int, int]:
    span = locate(scalar, at, at)
    return span.line, span.column


def _commas(line: str, place: Span) -> tuple[Scalar, ...] | None:
    """The cells of a line of CSV; None where its quotes leave open what they hold."""
    cells, at = [], 0
    while True:
        quoted = _QUOTED.match(line, at)
        plain = None if quoted else _PLAIN.match(line, at)
        match = quoted or plain
        if match is None:
            return None
        column = place.column + match.start(1)
        pieces = match[1].split('""') if quoted else [match[1].rstrip()]
        starts, offset, written = [], 0, column
        for piece in pieces:
            starts.append((offset, place.line, written))
            offset += len(piece) + 1
            written += len(piece) + 2
        text = '"'.join(pieces)
        end = place.column + match.start(1) + len(match[1].rstrip() if plain else match[1])
        cells.append(Scalar(text, Span(place.path, place.line, column, place.line, end), "plain", tuple(starts)))
        if match.end() >= len(line):
            return tuple(cells)
        at = match.end() + 1


def _even(lines: list[_Line], place: Span) -> Read:
    """The lines as a table, if it has a header with rows below it, and as many cells in each."""
    if len(lines) <= 1:
        return None, (Diagnostic("table-without-rows", lines[0][0] if lines else place),)
    (top, header), *rows = lines
    if len(header) == 1:
        return None, (Diagnostic("table-of-one-column", top),)
    for code, size, limit in (
        ("table-too-long", len(rows), MOST_ROWS),
        ("table-too-wide", len(header), MOST_COLUMNS),
    ):
        if size > limit:
            return None, (Diagnostic(code, top, {"limit": limit}),)
    mistakes = [
        Diagnostic("row-cells", span, {"found": len(cells), "expected": len(header)}, related=(top,))
        for span, cells in rows
        if len(cells) != len(header)
    ]
    for at, cell in enumerate(header):
        if not cell.text:
            mistakes.append(Diagnostic("cell-empty", cell.span))
        twice = next((each for each in header[:at] if cell.text and each.text == cell.text), None)
        if twice is not None:
            mistakes.append(Diagnostic("header-twice", cell.span, {"found": cell.text}, related=(twice.span,)))
    mistakes += [
        Diagnostic("cell-empty", cell.span)
        for _, cells in rows
        if len(cells) == len(header)
        for cell in cells
        if not cell.text
    ]
    if mistakes:
        return None, tuple(mistakes)
    return Grid(header, tuple(cells for _, cells in rows)), ()
