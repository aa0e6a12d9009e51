"""No record is lost: the rows that were read are as many as the ends that they met."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workflow
from tests.checks.small import HEAD, POLICY
from tests.plan.runs import WHOLE, evaluated, workspace
from workflow.api import driver
from workflow.ledger.dispositions import dispositions, unmatched_numbers
from workflow.run.outcome import Outcome

EXAMPLE = Path(__file__).parents[2] / "policies"
EXAMPLES = 60 if os.environ.get("WORKFLOW_HYPOTHESIS") == "long" else 6
BODY = """\
measures:
  revenue:
    sum: amount
    of: deal.won
    where: product = "cloud"
pay:
  p: {on: revenue, rate: 1%}
"""
POOL = (
    "D1,E1,100.00,cloud,2026-07-01",
    "D1,E1,200.00,cloud,2026-07-01",
    "D2,E1,50.00,hardware,2026-08-01",
    "D3,E1,1.00,cloud,2026-10-01",
    "D4,E7,2.00,cloud,2026-08-01",
    'D5,E1,"5,000",cloud,2026-08-01',
    "D6,E1,3.00,cloud,2026-06-30",
    "D7,,3.00,cloud,2026-08-01",
    "D8,E1,3.00,wood,2026-08-01",
    ",E1,3.00,cloud,2026-08-01",
    "D9,E1,3.00,cloud,yesterday",
    "D10,E1,3.00,cloud,2026-08-01,more",
)


def rows_of(text: str) -> int:
    return len(text.splitlines())


def test_every_row_of_the_example_has_its_end() -> None:
    """Over all its sources of events."""
    read = {
        "deal.won": "deals-*.csv",
        "deal.returned": "returns.csv",
        "survey.answered": "surveys.csv",
        "quota.set": "quotas.csv",
    }
    ends = workflow.evaluate(EXAMPLE, "2026-Q3").dispositions
    for event, pattern in read.items():
        files = (EXAMPLE / "records").glob(pattern)
        assert sum(ends[event].values()) == sum(rows_of(file.read_text("utf-8")) - 1 for file in files), event


def ends_of(rows: list[str], engine: str = "reference") -> Mapping[str, int]:
    """What becomes of rows of deals."""
    with tempfile.TemporaryDirectory() as folder:
        text = "".join(f"{row}\n" for row in rows)
        root = workspace(Path(folder), BODY, {"deals": text}, WHOLE)
        return evaluated(root, engine).dispositions.get("deal.won", {})


def test_each_end_by_hand() -> None:
    """One row for each."""
    rows = [row for row in POOL if not row.startswith("D1,")]
    assert ends_of([POOL[0], POOL[0], *rows]) == {
        "used": 1,
        "duplicate": 1,
        "filtered": 1,
        "not yet": 1,
        "unmatched": 1,
        "out of period": 1,
        "quarantined": 6,
    }


def test_a_contradiction_quarantines_both() -> None:
    """Nobody knows which of the two amounts is right."""
    assert ends_of(list(POOL[:2])) == {"quarantined": 2}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(POOL), max_size=12), st.sampled_from(("duckdb", "reference")))
def test_whatever_the_rows(rows: list[str], engine: str) -> None:
    """As many ends as rows."""
    assert sum(ends_of(rows, engine).values()) == len(rows)


def test_a_plan_that_loses_an_event_is_a_bug_of_ours(tmp_path: Path) -> None:
    """Nothing is called unmatched only because it is missing."""
    root = workspace(tmp_path, BODY, {"deals": f"{POOL[0]}\n{POOL[2]}\n"}, WHOLE)
    with driver.run_of(root, "2026-Q3", (None, None), "reference", None) as (run, _):
        (decided,) = run.decided
        assert dispositions(run.taken, run.decided)["deal.won"] == {"used": 1, "filtered": 1}
        for lost in (0, 1):
            tables = {
                **decided.outcome.tables,
                "ends deal.won": decided.outcome.tables["ends deal.won"].slice(lost, 1),
            }
            with pytest.raises(AssertionError, match=r"2 of deal\.won were accepted, 1 disposed of"):
                dispositions(run.taken, (replace(decided, outcome=Outcome(tables)),))


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_second_policy_may_use_what_the_first_leaves_out(tmp_path: Path, engine: str) -> None:
    """D2 is filtered by the one and used by the other, D6 is out of the period for both, and D4 goes to nobody."""
    other = (
        POLICY.replace("bonus", "second"),
        HEAD.replace("id: bonus", "id: second") + BODY.replace("cloud", "hardware"),
    )
    rows = "".join(f"{row}\n" for row in (POOL[0], POOL[2], POOL[4], POOL[6]))
    for files, numbered, ends in (
        ({}, 1, {"used": 1, "filtered": 1, "out of period": 1, "unmatched": 1}),
        ({other[0]: other[1]}, 3, {"used": 2, "out of period": 1, "unmatched": 1}),
    ):
        root = workspace(tmp_path / f"{len(files)}", BODY, {"deals": rows}, {**WHOLE, **files})
        with driver.run_of(root, "2026-Q3", (None, None), engine, None) as (run, _):
            assert [len(each.outcome.tables["events deal.won"]) for each in run.decided] == [numbered] * (
                1 + len(files)
            )
            assert dispositions(run.taken, run.decided)["deal.won"] == ends
            assert len(unmatched_numbers(run.decided, {"deal.won": ends})["deal.won"]) == 1


def test_an_event_type_may_be_called_as_a_register_is(tmp_path: Path) -> None:
    """What is counted is what its source records, whatever its name."""
    root = workspace(tmp_path, BODY, {"deals": f"{POOL[0]}\n"}, WHOLE)
    with driver.run_of(root, "2026-Q3", (None, None), "reference", None) as (run, _):
        counts = tuple(replace(each, of="people") if each.of == "deal.won" else each for each in run.taken.counts)
        assert dispositions(replace(run.taken, counts=counts), run.decided)["people"] == {"unmatched": 1}
