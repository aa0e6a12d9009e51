"""A goal is taken in if anybody can tell whether and by when it is reached; else it says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workflow.checks.builtin import in_workspace
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Intake, Moment, take_in
from workflow.model.types import COUNT, money, ratio
from workflow.words import LANGUAGES, say

UNITS = (("sales.revenue", money("CNY", 18, 4)), ("sales.deals", COUNT), ("sales.share", ratio(12, 6)))
TYPES = in_workspace(["sales"], goals=(["sales"], [name.partition(".")[2] for name, _ in UNITS]))


def source(event: str) -> SourceMapping:
    """A file whose columns are called as the fields are."""
    fields = tuple(
        replace(FieldMapping(name, each.type, each.required, Cell(name), each.least, each.most), facts=UNITS)
        if name == "unit"
        else FieldMapping(name, each.type, each.required, Cell(name), each.least, each.most)
        for name, each in TYPES[event].fields.items()
    )
    return SourceMapping(name="hand", files=("hand.csv",), event=event, id="Id", time=Cell("Day"), fields=fields)


def taken(where: Path, row: str, event: str = "goal.set") -> Intake:
    """One row of a file, whose id and day don't matter."""
    head = ",".join(("Id", "Day", *TYPES[event].fields))
    (where / "hand.csv").write_text(f"{head}\nN1,2026-07-01,{row}\n", encoding="utf-8")
    return take_in((source(event),), where, where / "evidence.duckdb", Moment("UTC", currency="CNY"))


QUARTER = "2026-07-01,2026-09-30"


@pytest.mark.parametrize(
    ("row", "code", "found"),
    [
        (f"G1,sales,E1,,Sell,,CNY,0,500,{QUARTER},100%,S1", "goal-not-measurable", "measure"),
        (f"G1,sales,E1,,Sell,revenue,CNY,0,,{QUARTER},100%,S1", "goal-not-measurable", "target"),
        (f"G1,sales,E1,,Sell,revenue,CNY,,500,{QUARTER},100%,S1", "goal-not-measurable", "baseline"),
        (f"G1,sales,E1,,Sell,reported,,0,500,{QUARTER},100%,S1", "goal-not-measurable", "unit"),
        (f'G1,sales,E1,,Sell,reported," ",0,500,{QUARTER},100%,S1', "goal-not-measurable", "unit"),
        (f"G1,sales,E1,,Be nicer,,,,,{QUARTER},100%,S1", "goal-not-measurable", "measure, baseline, target, unit"),
        ("G1,sales,E1,,Sell,revenue,CNY,0,500,2026-07-01,,100%,S1", "goal-without-days", "due"),
        ("G1,sales,E1,,Sell,revenue,CNY,0,500,,,100%,S1", "goal-without-days", "start, due"),
        ("G1,sales,E1,,Be nicer,,,,,,,100%,S1", "goal-not-smart", "measure, baseline, target, unit, start, due"),
        (f"G1,sales,,,Sell,revenue,CNY,0,500,{QUARTER},100%,S1", "goal-of-whom", "G1"),
        (f"G1,sales,E1,S1,Sell,revenue,CNY,0,500,{QUARTER},100%,S1", "goal-of-whom", "G1"),
        (f"G1,sales,E1,,Sell,revenue,CNY,500,500,{QUARTER},100%,S1", "goal-reached-already", "500.0000"),
        (f"G1,sales,E1,,Sell,revenue,USD,0,500,{QUARTER},100%,S1", "goal-in-another-unit", "USD"),
        (f"G1,sales,E1,,Sell,share,CNY,0,50,{QUARTER},100%,S1", "goal-in-another-unit", "CNY"),
        (f"G1,sales,E1,,Sell,deals,%,0,50,{QUARTER},100%,S1", "goal-in-another-unit", "%"),
        ("G1,sales,E1,,Sell,revenue,CNY,0,500,2026-09-30,2026-07-01,100%,S1", "row-ends-early", "2026-07-01"),
    ],
)
def test_a_goal_is_refused_with_what_is_missing(tmp_path: Path, row: str, code: str, found: str) -> None:
    """All that is missing, by the columns of the file."""
    (refused,) = taken(tmp_path, row).quarantine
    assert (refused.diagnostic.code, refused.diagnostic.args["found"], refused.line) == (code, found, 2)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"G1,sales,E1,,Sell,revenues,CNY,0,500,{QUARTER},100%,S1", "word-unknown"),
        (f"G1,seles,E1,,Sell,revenue,CNY,0,500,{QUARTER},100%,S1", "word-unknown"),
        (f"G1,sales,E1,,,revenue,CNY,0,500,{QUARTER},100%,S1", "cell-absent"),
        (f"G1,sales,E1,,Sell,revenue,CNY,0,500,{QUARTER},120%,S1", "number-too-large"),
        (f"G1,sales,E1,,Sell,revenue,CNY,0,lots,{QUARTER},100%,S1", "number-malformed"),
        ("G1,sales,E1,,Sell,revenue,CNY,0,500,2026-07-01,soon,100%,S1", "date-malformed"),
    ],
)
def test_what_is_there_is_of_its_kind(tmp_path: Path, row: str, code: str) -> None:
    """A due day is a day, a target a number, a measure one of the policy's."""
    (refused,) = taken(tmp_path, row).quarantine
    assert refused.diagnostic.code == code


@pytest.mark.parametrize(
    "row",
    [
        f"G1,sales,E1,,Sell,revenue,CNY,0,500,{QUARTER},100%,S1",
        f"G1,sales,,S1,Complain less,reported,complaints,12,8,{QUARTER},0%,S1",
        f"G1,sales,E1,,Win,deals,deals,0,5,{QUARTER},33.3333%,S1",
    ],
)
def test_a_goal_is_one_person_s_or_one_team_s(tmp_path: Path, row: str) -> None:
    """Less may be better, and a goal may weigh nothing."""
    assert not taken(tmp_path, row).quarantine


def test_a_revision_changes_something_and_says_why(tmp_path: Path) -> None:
    """A target, a due day or a weight."""
    (nothing,) = taken(tmp_path, "G1,,,,No change,S1", "goal.revised").quarantine
    (tmp_path / "again").mkdir()
    (silent,) = taken(tmp_path / "again", 'G1,400,,," ",S1', "goal.revised").quarantine
    assert (nothing.diagnostic.code, silent.diagnostic.code) == ("goal-unchanged", "cell-absent")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_message_names_what_is_missing(tmp_path: Path, language: str) -> None:
    """By its column, in both languages."""
    (refused,) = taken(tmp_path, "G1,sales,E1,,Sell,revenue,CNY,0,500,2026-07-01,,100%,S1").quarantine
    said = say(language, "intake", refused.diagnostic.code, **refused.diagnostic.args)
    assert said.endswith("due")
