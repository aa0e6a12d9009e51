"""An opening names a total that there is, and has a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.checks.builtin import in_workspace
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Intake, Moment, take_in
from workflow.model.types import Kind

SOURCE = SourceMapping(
    name="hand",
    files=("hand.csv",),
    event="opening.set",
    id="Id",
    time=Cell("Day"),
    fields=tuple(
        FieldMapping(
            name, each.type, each.required, Cell(name, currency_is="CNY" if each.type.kind is Kind.MONEY else None)
        )
        for name, each in in_workspace(["bonus"], ["bonus.commission"])["opening.set"].fields.items()
    ),
)


def opened(where: Path, row: str) -> Intake:
    """One opening."""
    (where / "hand.csv").write_text("Id,Day,person,fact,value,as of,reason\n" + row + "\n", encoding="utf-8")
    return take_in((SOURCE,), where, where / "evidence.duckdb", Moment("UTC"))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("O1,2026-07-01,E1,bonus.kicker,9000,2026-06-30,From before", "word-unknown", "fact"),
        ("O1,2026-07-01,E1,bonus,9000,2026-06-30,From before", "word-unknown", "fact"),
        ("O1,2026-07-01,E1,bonus.commission,9000,2026-06-30, ", "cell-absent", "reason"),
        ("O1,2026-07-01,E1,bonus.commission,9000,,From before", "cell-absent", "as of"),
        ("O1,2026-07-01,E1,bonus.commission,9000,30.06.2026,From before", "date-malformed", "as of"),
    ],
)
def test_a_row_that_opens_nothing_is_set_aside(tmp_path: Path, row: str, code: str, column: str) -> None:
    """The row and its column are named."""
    (refused,) = opened(tmp_path, row).quarantine
    assert (refused.diagnostic.code, refused.column, refused.line) == (code, column, 2)


def test_a_total_may_stand_below_zero(tmp_path: Path) -> None:
    """More may have been returned than sold."""
    intake = opened(tmp_path, "O1,2026-07-01,E1,bonus.commission,-9000,2026-06-30,From before")
    assert [(each.accepted, each.quarantined) for each in intake.counts] == [(1, 0)]
