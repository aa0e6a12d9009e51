"""What somebody changes by hand has a reason, a policy that exists, and a second person who approved it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from workflow.checks.builtin import in_workspace
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.checks.periods import calendar_periods
from workflow.intake import Intake, Moment, take_in
from workflow.model.types import Kind

QUARTERS = {"quarter": calendar_periods("quarter", (1, 1), 2026, 2026)}
SOURCE = SourceMapping(
    name="hand",
    files=("hand.csv",),
    event="pay.adjusted",
    id="Id",
    time=Cell("Day"),
    fields=tuple(
        FieldMapping(
            name, each.type, each.required, Cell(name, currency_is="CNY" if each.type.kind is Kind.MONEY else None)
        )
        for name, each in in_workspace(["bonus"])["pay.adjusted"].fields.items()
    ),
)
HEAD = "Id,Day,person,policy,period,amount,reason,by,approved by\n"


def adjusted(where: Path, row: str, as_of: datetime.datetime | None = None) -> Intake:
    """One adjustment."""
    (where / "hand.csv").write_text(HEAD + row + "\n", encoding="utf-8")
    return take_in((SOURCE,), where, where / "evidence.duckdb", Moment("UTC", as_of=as_of, periods=QUARTERS))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("A1,2026-10-05,E1,bonus,2026-Q3,-250,Paid twice,H1,H1", "approved-by-oneself", "approved by"),
        ("A1,2026-10-05,E1,bonus,2026-Q3,-250, ,H1,H2", "cell-absent", "reason"),
        ("A1,2026-10-05,E1,bonuses,2026-Q3,-250,Paid twice,H1,H2", "word-unknown", "policy"),
        ("A1,2026-10-05,E1,bonus,2026-Q5,-250,Paid twice,H1,H2", "period-unknown", "period"),
        ("A1,2026-10-05,E1,bonus,2026-Q3,-250,Paid twice,H1,", "cell-absent", "approved by"),
    ],
)
def test_a_row_that_nobody_could_answer_for_is_set_aside(tmp_path: Path, row: str, code: str, column: str) -> None:
    """The row and its column are named."""
    (refused,) = adjusted(tmp_path, row).quarantine
    assert (refused.diagnostic.code, refused.column, refused.line) == (code, column, 2)


def test_it_is_told_when_all_is_over(tmp_path: Path) -> None:
    """An adjustment made after the last instant that counts is one of the period that it names."""
    over = datetime.datetime(2026, 9, 30, 23, 59)  # noqa: DTZ001 instants are UTC without zone
    intake = adjusted(tmp_path, "A1,2026-10-05,E1,bonus,2026-Q3,-250,Paid twice,H1,H2", over)
    assert [(each.accepted, each.not_yet) for each in intake.counts] == [(1, 0)]
