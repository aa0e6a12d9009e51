"""Tables as text: every cell with its place, and rows that aren't even refused at the row."""

from __future__ import annotations

import pytest

from tests.syntax.texts import under
from workflow.diagnostics import Span
from workflow.syntax.grids import Grid, Read, read_block, read_table_file
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping, Scalar


def block(*rows: str) -> tuple[str, Read]:
    """The file and the table of rows below `table: |`."""
    text = "pay:\n  table: |\n" + "".join(f"    {row}\n" for row in rows)
    tree, mistakes = read(text, "a.yaml")
    assert mistakes == ()
    assert isinstance(tree, Mapping)
    inner = tree.get("pay")
    assert isinstance(inner, Mapping)
    scalar = inner.get("table")
    assert isinstance(scalar, Scalar)
    return text, read_block(scalar)


def cells(grid: Grid) -> list[list[str]]:
    """The texts of all cells."""
    return [[cell.text for cell in row] for row in (grid.header, *grid.rows)]


def test_each_cell_of_a_block_has_its_place() -> None:
    """What a cell's span covers is its text, without the blanks around it."""
    text, (grid, mistakes) = block("attainment  | rate", "", "< 80%       |  1%  ", '"a|b" ｜ 2%')
    assert mistakes == ()
    assert grid is not None
    assert cells(grid) == [["attainment", "rate"], ["< 80%", "1%"], ['"a|b"', "2%"]]
    assert all(under(text, cell.span) == cell.text for row in (grid.header, *grid.rows) for cell in row)


def test_each_cell_of_a_csv_file_has_its_place() -> None:
    """A quoted cell's span lies inside its quotes; two quotes in it are one."""
    text = 'attainment,tier,rate\r\n"< 80%", key ,1%\r\n-,"not(""a"",""b"")",2%\r\n\r\n'
    grid, mistakes = read_table_file(text, "tables/a.csv")
    assert mistakes == ()
    assert grid is not None
    assert cells(grid) == [["attainment", "tier", "rate"], ["< 80%", "key", "1%"], ["-", 'not("a","b")', "2%"]]
    assert [under(text, cell.span) for cell in grid.rows[1]] == ["-", 'not(""a"",""b"")', "2%"]
    assert grid.rows[1][1].starts == ((0, 3, 4), (5, 3, 10), (7, 3, 13), (9, 3, 16), (11, 3, 19))


def test_a_line_of_the_text_for_a_workbook_is_a_row() -> None:
    """Rows that hold nothing are no rows, and the others keep their numbers."""
    grid, mistakes = read_table_file("a | rate\n\n- | 1%", "tables/a.xlsx")
    assert mistakes == ()
    assert grid is not None
    assert grid.rows[0][0].span == Span("tables/a.xlsx", 3, 1, 3, 2)


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        (("a | rate",), "table-without-rows", "a | rate"),
        (("rate", "1%"), "table-of-one-column", "rate"),
        (("a | rate", "- | 1% |"), "row-cells", "- | 1% |"),
        (("a | b | rate", "- | 1%"), "row-cells", "- | 1%"),
        (("a | a | rate", "- | - | 1%"), "header-twice", "a"),
        (("a |  | rate", "- | - | 1%"), "cell-empty", "  "),
        (("a | rate", " | 1%"), "cell-empty", " "),
        (("a | rate", *["- | 1%"] * 2001), "table-too-long", "a | rate"),
        ((" | ".join("abcdefghijklmnopqrstu"), " | ".join("-" * 21)), "table-too-wide", None),
    ],
)
def test_a_table_that_is_none_is_refused_at_its_place(rows: tuple[str, ...], code: str, words: str | None) -> None:
    """One mistake, which underlines the row or the cell."""
    text, (grid, mistakes) = block(*rows)
    assert grid is None
    assert [each.code for each in mistakes] == [code]
    assert words is None or under(text, mistakes[0].span) == words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,rate\n,\n-,1%", "row-empty"),
        ("a,rate\n\n-,1%", "row-empty"),
        ('a,rate\n"-,1%', "cell-quotes"),
        ('a,rate\n"-"x,1%', "cell-quotes"),
        ("", "table-without-rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused(text: str, code: str) -> None:
    """Nothing of it is guessed."""
    grid, mistakes = read_table_file(text, "tables/a.csv")
    assert grid is None
    assert mistakes[0].code == code
