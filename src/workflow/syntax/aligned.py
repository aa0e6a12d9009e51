"""Block tables in the one form: the bars of a table stand below each other, with one blank on either side."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from workflow.syntax.grids import Grid, read_block
from workflow.syntax.reader import read
from workflow.syntax.tree import Node, Scalar

TABLE = "table"
"""The key under which a table stands."""
_WIDE = "WF"


def aligned(text: str, path: str) -> str:
    """The text with the bars of its tables aligned; a table that has a mistake stays as it is."""
    tree, _ = read(text, path)
    lines = text.split("\n")
    for scalar in _tables(tree) if tree is not None else ():
        grid, mistakes = read_block(scalar)
        if grid is not None and not mistakes:
            for number, words in _rows(grid):
                line = lines[number - 1]
                end = "\r" if line.endswith("\r") else ""
                lines[number - 1] = line[: len(line) - len(line.lstrip())] + words + end
    made = "\n".join(lines)
    assert _cells(made, path) == _cells(text, path), f"{path} would have other cells"
    return made


def _tables(node: Node) -> Iterator[Scalar]:
    """Every table that stands as a block of text, in order."""
    children = node.items if not isinstance(node, Scalar) else ()
    for child in children:
        key, value = child if isinstance(child, tuple) else (None, child)
        if isinstance(value, Scalar):
            if key is not None and key.text == TABLE and value.style == "literal":
                yield value
        else:
            yield from _tables(value)


def _rows(grid: Grid) -> Iterator[tuple[int, str]]:
    """The lines of a table with their numbers, its cells as wide as the widest of their column."""
    rows = [[cell.text for cell in row] for row in (grid.header, *grid.rows)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for cells, texts in zip((grid.header, *grid.rows), rows, strict=True):
        padded = [text + " " * (width - _width(text)) for text, width in zip(texts, widths, strict=True)]
        yield cells[0].span.line, " | ".join(padded).rstrip()


def _width(text: str) -> int:
    """The columns that a text takes where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def _cells(text: str, path: str) -> list[list[list[str]]]:
    tree, _ = read(text, path)
    grids = [read_block(scalar)[0] for scalar in (_tables(tree) if tree is not None else ())]
    known = [grid for grid in grids if grid is not None]
    return [[[cell.text for cell in row] for row in (grid.header, *grid.rows)] for grid in known]
