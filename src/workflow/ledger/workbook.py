"""The run's entries as a workbook, for whoever reads them in a spreadsheet: a sheet a list, with headings in words.

Text cells are written as texts, so nothing in them is carried out as a formula or followed as a link. Amounts are
numbers, as many digits as a spreadsheet keeps exactly; one with more is a text.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.ledger.entries import Action, Withheld
from workflow.ledger.said import said
from workflow.words import say

if TYPE_CHECKING:
    import xlsxwriter.worksheet

MOST_ROWS = 1_000_000
"""Rows of a sheet; a spreadsheet opens little more, so a longer list goes on in another."""
EXACT_DIGITS = 15
"""The significant digits that a spreadsheet's number keeps."""
_MADE = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 a workbook names no zone; always the same, so that bytes are equal
_WIDTHS = {"id": 44, "because": 60, "reason": 60, "amount": 16}

Cell = str | int | Decimal | None
List = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]
"""A name of the catalogue, the names of its columns, and its rows."""


def write_workbook(path: Path, lists: Iterable[List], language: str) -> None:
    """Write lists as the sheets of one workbook.

    Args:
        path: the file.
        lists: what it holds.
        language: that of the headings.
    """
    import xlsxwriter

    texts = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, **texts}) as book:
        book.set_properties({"created": _MADE})
        bold = book.add_format({"bold": True})
        for name, columns, rows in lists:
            left = iter(rows)
            for number in itertools.count(1):
                title = say(language, "terms", f"sheet-{name}")
                sheet = book.add_worksheet(title if number == 1 else f"{title} {number}")
                for at, column in enumerate(columns):
                    sheet.set_column(at, at, _WIDTHS.get(column, 14))
                    sheet.write_string(0, at, say(language, "terms", f"column-{column}"), bold)
                sheet.freeze_panes(1, 0)
                written = 0
                for written, row in enumerate(itertools.islice(left, MOST_ROWS), start=1):
                    _write_row(sheet, written, row)
                if written < MOST_ROWS:
                    break


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, at: int, row: Sequence[Cell]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, Decimal) and len(cell.as_tuple().digits) > EXACT_DIGITS:
            sheet.write_string(at, column, f"{cell:f}")
        elif isinstance(cell, Decimal | int):
            sheet.write_number(at, column, cell)
        elif cell is not None:
            sheet.write_string(at, column, cell)


def action_rows(actions: Iterable[Action], language: str) -> Iterator[Sequence[Cell]]:
    """A row an action; the columns are those of actions.csv."""
    words = {True: say(language, "terms", "yes"), False: say(language, "terms", "no")}
    for each in actions:
        yield (
            each.id,
            each.kind,
            each.policy,
            each.version,
            each.clause,
            each.subject,
            each.period,
            each.amount,
            each.currency,
            each.what,
            None if each.due is None else each.due.isoformat(),
            each.to,
            words[each.expected],
            "; ".join(f"{said(name, language)} = {text}" for name, text in each.because),
            each.span.path,
            each.span.line,
            each.refused,
        )


def withheld_rows(withheld: Iterable[Withheld], language: str) -> Iterator[Sequence[Cell]]:
    """A row a withheld clause; the columns are those of withheld.csv."""
    for each in withheld:
        reasons = "; ".join(reason.said(language) for reason in each.reasons)
        head = (each.policy, each.version, each.clause, each.subject, each.period)
        yield (*head, reasons, each.span.path, each.span.line, each.refused)
