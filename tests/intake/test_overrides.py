"""What somebody sets by hand names a fact that there is, in its own unit, for days that there are, with a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workflow.checks.builtin import in_workspace
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Intake, Moment, take_in
from workflow.model.types import COUNT, money, ratio

FACTS = (("bonus.attainment", ratio(12, 6)), ("bonus.deals", COUNT), ("bonus.quota", money("CNY", 18, 4)))
TYPES = in_workspace(["bonus"], facts=[name for name, _ in FACTS])["fact.overridden"].fields
SOURCE = SourceMapping(
    name="hand",
    files=("hand.csv",),
    event="fact.overridden",
    id="Id",
    time=Cell("Day"),
    fields=tuple(
        replace(
            FieldMapping(name, each.type, each.required, Cell(name)),
            facts=FACTS if name == "value" else (),
        )
        for name, each in TYPES.items()
    ),
)
HEAD = "Id,Day,fact,subject,value,from,until,reason,by\n"


def overridden(where: Path, row: str) -> Intake:
    """One override, whose id and day don't matter."""
    (where / "hand.csv").write_text(f"{HEAD}O1,2026-10-05,{row}\n", encoding="utf-8")
    return take_in((SOURCE,), where, where / "evidence.duckdb", Moment("UTC"))


QUARTER = "2026-07-01,2026-09-30"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (f"bonus.quotas,E1,8000 CNY,{QUARTER},New region,S1", "word-unknown", "fact"),
        (f"bonus.quota,E1,8000,{QUARTER},New region,S1", "value-not-of-fact", "value"),
        (f"bonus.quota,E1,8000 USD,{QUARTER},New region,S1", "value-not-of-fact", "value"),
        (f'bonus.quota,E1,"8,000 CNY",{QUARTER},New region,S1', "value-not-of-fact", "value"),
        (f"bonus.quota,E1,80%,{QUARTER},New region,S1", "value-not-of-fact", "value"),
        (f"bonus.attainment,E1,0.85,{QUARTER},New region,S1", "value-not-of-fact", "value"),
        (f"bonus.deals,E1,2.5,{QUARTER},New region,S1", "value-not-of-fact", "value"),
        (f"bonus.deals,E1,,{QUARTER},New region,S1", "cell-absent", "value"),
        (f'bonus.deals,E1,"",{QUARTER},New region,S1', "value-not-of-fact", "value"),
        (f"bonus.quota,E1,8000 CNY,{QUARTER}, ,S1", "cell-absent", "reason"),
        (f"bonus.quota,E1,8000 CNY,{QUARTER},For myself,E1", "overridden-by-oneself", "by"),
        ("bonus.quota,E1,8000 CNY,2026-09-30,2026-07-01,Turned round,S1", "row-ends-early", "until"),
        ("bonus.quota,E1,8000 CNY,2026-07-01,,No end,S1", "cell-absent", "until"),
    ],
)
def test_a_row_that_nobody_could_carry_out_is_set_aside(tmp_path: Path, row: str, code: str, column: str) -> None:
    """The row and its column are named."""
    (refused,) = overridden(tmp_path, row).quarantine
    assert (refused.diagnostic.code, refused.column, refused.line) == (code, column, 2)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("bonus.quota", "8000 CNY"),
        ("bonus.quota", "-0.5000 CNY"),
        ("bonus.attainment", "99.9999%"),
        ("bonus.deals", "12"),
    ],
)
def test_a_value_in_the_unit_of_its_fact_is_taken(tmp_path: Path, fact: str, value: str) -> None:
    """Money with its currency, a ratio with its sign, a count as it is."""
    assert not overridden(tmp_path, f"{fact},E1,{value},{QUARTER},New region,S1").quarantine


def test_the_message_says_what_the_fact_takes(tmp_path: Path) -> None:
    """The fact, an example in its unit, and the digits that it has: of a percent two more before the point."""
    (refused,) = overridden(tmp_path, f"bonus.attainment,E1,85,{QUARTER},New region,S1").quarantine
    args = refused.diagnostic.args
    assert (args["fact"], args["example"], args["before"], args["after"]) == ("bonus.attainment", "85%", 8, 4)
