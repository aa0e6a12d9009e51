"""A run as a whole: what its caller sees, and the record by which anybody can check it."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import workflow
from tests.checks.small import DEALS_SOURCE
from tests.plan.runs import WHOLE, evaluated, workspace
from workflow.cli.options import Moment
from workflow.ledger.evaluation import LIBRARIES
from workflow.report.summary import as_text

BODY = """\
measures:
  revenue: {sum: amount, of: deal.won}
pay:
  bonus: {on: revenue, rate: 1%}
actions:
  course:
    when: revenue = 0
    training: basics
  talk:
    title: {en: A talk, zh: 面谈}
    when: revenue > 0
    coaching: recovery
"""
DEALS = {"deals": "D1,E1,1200.00,cloud,2026-07-01\nD2,E2,50.00,cloud,2026-07-01\n"}


def record(root: Path, tmp_path: Path, known_by: datetime.date | None = None) -> dict[str, Any]:
    """What run.json says."""
    workflow.evaluate(root, "2026-Q3", engine="reference", out=tmp_path / "out", known_by=known_by)
    found: dict[str, Any] = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    return found


def test_totals_are_exact(tmp_path: Path) -> None:
    """Three people, each with a cent and a cent less than 10**23: more than 24 digits before the point."""
    body = "pay:\n  a:\n    amount: 99999999999999999999999.99 CNY\n  b: {amount: 0.01 CNY}\n"
    people = {"people": "E2,2024-01-01,rep,,\nE3,2024-01-01,rep,,\n"}
    result = evaluated(workspace(tmp_path, body, people, WHOLE), "reference")
    assert result.totals == {"CNY": Decimal("300000000000000000000000.00")}


def test_nothing_paid_has_no_total(tmp_path: Path) -> None:
    """No currency is known then."""
    result = evaluated(workspace(tmp_path, "actions:\n  a: {training: basics}\n", None, WHOLE), "reference")
    assert (len(result.actions), result.totals) == (1, {})


def test_an_action_without_a_title_has_that_of_what_it_triggers(tmp_path: Path) -> None:
    """One with its own keeps it."""
    titles = evaluated(workspace(tmp_path, BODY, DEALS, WHOLE), "reference").titles
    assert titles["bonus", "course"] == {"en": "Basics", "zh": "基础"}
    assert titles["bonus", "talk"] == {"en": "A talk", "zh": "面谈"}
    assert titles["bonus", "bonus"] == {}


def test_the_record_counts_what_was_decided(tmp_path: Path) -> None:
    """Of whom, in which days, by which version; and what came of every record."""
    found = record(workspace(tmp_path / "small", BODY, DEALS, WHOLE), tmp_path)
    assert found["policies"] == [
        {
            "id": "bonus",
            "version": 1,
            "file": "incentives/bonus.yaml",
            "first": "2026-07-01",
            "last": "2026-09-30",
            "results": "bonus.parquet",
            "subjects": 1,
        }
    ]
    assert (found["workspace"], found["actions"], found["withheld"]) == ("small", 2, 0)
    assert found["paid"] == {"CNY": "12.00"}
    assert found["dispositions"]["deal.won"] == {"unmatched": 1, "used": 1}


def test_the_record_has_control_totals(tmp_path: Path) -> None:
    """1200.00 and 50.00 of two deals, exactly, as text."""
    found = record(workspace(tmp_path / "small", BODY, DEALS, WHOLE), tmp_path)
    (total,) = [row for row in found["control totals"] if row["event"] == "deal.won"]
    assert (total["field"], total["currency"], total["count"]) == ("amount", "CNY", 2)
    assert Decimal(total["total"]) == 1250
    assert isinstance(total["total"], str)


def test_the_record_says_what_ran_it(tmp_path: Path) -> None:
    """In a block of its own, since two equal runs may differ there and nowhere else."""
    found = record(workspace(tmp_path / "small", BODY, DEALS, WHOLE), tmp_path)
    assert found["engine"]["name"] == "reference"
    assert set(found["engine"]["versions"]) == {"workflow", *LIBRARIES}
    assert "seconds" not in found["engine"]


def test_the_record_says_how_long_by_the_clock_it_was_given(tmp_path: Path) -> None:
    """Nothing below the front door asks one."""
    root = workspace(tmp_path / "small", BODY, DEALS, WHOLE)
    ticks = iter((10.0, 12.5, 16.0))
    workflow.evaluate(root, "2026-Q3", engine="reference", out=tmp_path / "out", clock=lambda: next(ticks))
    found = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert found["engine"]["seconds"] == {"intake": 2.5, "run": 3.5}


SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
MOMENTS = [
    (datetime.date(2026, 9, 29), "2026-09-29", True),
    (datetime.datetime(2026, 9, 30, 10, tzinfo=SHANGHAI), "2026-09-30T10:00:00+08:00", True),
    (datetime.datetime(2026, 9, 30, 15, 59, 59, 999998, datetime.UTC), "2026-09-30T15:59:59.999998+00:00", True),
    (datetime.datetime(2026, 9, 30, 15, 59, 59, 999999, datetime.UTC), "2026-09-30T15:59:59.999999+00:00", False),
    (datetime.datetime(2026, 9, 30, 23, 59, 59, 999999, datetime.UTC), "2026-09-30T23:59:59.999999+00:00", False),
    (datetime.date(2026, 9, 30), "2026-09-30", False),
    (None, "2026-09-30", False),
]


@pytest.mark.parametrize(("as_of", "says", "expected"), MOMENTS)
def test_as_of_is_kept_as_it_was_asked_for(
    tmp_path: Path,
    as_of: datetime.date | None,
    says: str,
    expected: bool,  # noqa: FBT001
) -> None:
    """In a form that asks for the same run again; before the period's last instant actions are only expected."""
    root = workspace(tmp_path / "small", BODY, DEALS, WHOLE)
    result = workflow.evaluate(root, "2026-Q3", engine="reference", out=tmp_path / "out", as_of=as_of)
    found = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert found["as of"] == says
    assert as_text(result, "2026-Q3", "en").splitlines()[0].split("   ")[1] == f"as of {says}"
    assert Moment().convert(says, None, None) == result.as_of == (as_of or datetime.date(2026, 9, 30))
    assert {each.expected for each in result.actions} == {expected}


@pytest.mark.parametrize(
    ("known_by", "says", "used"),
    [
        (None, "2026-08-05T23:59:59.999999+08:00", 2),
        (datetime.date(2026, 7, 31), "2026-07-31T23:59:59.999999+08:00", 1),
    ],
)
def test_what_was_known_and_when(tmp_path: Path, known_by: datetime.date | None, says: str, used: int) -> None:
    """The newest that the records say, unless asked for less; in the workspace's zone."""
    source = DEALS_SOURCE.replace("time: Day\n", "time: Day\nrecorded: Known\n")
    deals = "Id,Seller,Amount,Product,Day,Known\nD1,E1,1.00,cloud,2026-07-01,2026-07-02\n"
    deals += "D2,E1,1.00,cloud,2026-07-01,2026-08-05\n"
    root = workspace(tmp_path / "small", BODY, None, {**WHOLE, "sources/deals.yaml": source})
    (root / "records" / "deals.csv").write_text(deals, encoding="utf-8")
    found = record(root, tmp_path, known_by)
    assert (found["known by"], found["dispositions"]["deal.won"]["used"]) == (says, used)


def test_entries_are_values(tmp_path: Path) -> None:
    """Two runs of the same give equal ones."""
    root = workspace(tmp_path, BODY, DEALS, WHOLE)
    one, two = evaluated(root, "reference"), evaluated(root, "duckdb")
    assert replace(one, diagnostics=()) == replace(two, diagnostics=())
