"""Actions that look back: periods in a row, and once in a year or quarter, over several quarters of events."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.checks.small import HEAD
from tests.plan.runs import WHOLE, evaluated, withheld, workspace
from workflow.diagnostics import WrongUsage
from workflow.ledger.evaluation import Evaluation

STARTS = {"Q1": "2026-02-01", "Q2": "2026-05-01", "Q3": "2026-08-01", "Q4": "2026-11-01"}


def policy(more: str, name: str = "bonus") -> str:
    """A policy whose only action is a training below 100 CNY."""
    return (
        f"measures:\n  revenue: {{sum: amount, of: deal.won}}\nactions:\n"
        f"  {name}_training:\n    when: revenue < 100 CNY\n    training: basics\n    {more}\n"
    )


def sold(**amounts: int) -> dict[str, str]:
    """One deal a quarter."""
    return {
        "deals": "".join(f"D{quarter},E1,{amount},cloud,{STARTS[quarter]}\n" for quarter, amount in amounts.items())
    }


def fired(result: Evaluation, person: str = "E1") -> list[str]:
    """The trainings that are triggered for a person."""
    return [each.clause for each in result.actions if each.subject == person and each.kind == "training"]


BELOW = {
    "E1": ("Q1 Q2", "Q2"),
    "E2": ("Q2", ""),
    "E3": ("Q1 Q2 Q3 Q4", "Q2"),
    "E4": ("Q1 Q2 Q4", "Q2"),
    "E5": ("Q2 Q3", "Q3"),
    "E6": ("Q1 Q3 Q4", "Q4"),
}
"""In which quarters each sells too little, and in which the row of two is full."""


def test_a_row_fires_when_it_is_full_and_again_only_after_it_broke(engine: str, tmp_path: Path) -> None:
    """Two quarters in a row below the border."""
    deals = [
        f"{person}{quarter},{person},{50 if quarter in below else 500},cloud,{day}\n"
        for person, (below, _) in BELOW.items()
        for quarter, day in STARTS.items()
    ]
    people = [f"{person},2024-01-01,rep,S1,5%\n" for person in BELOW if person != "E1"]
    records = {"deals": "".join(deals), "people": "".join(people)}
    root = workspace(tmp_path, policy("periods in a row: 2"), records, WHOLE)
    found = {quarter: evaluated(root, engine, f"2026-{quarter}") for quarter in ("Q2", "Q3", "Q4")}
    assert {
        person: " ".join(quarter for quarter, result in found.items() if fired(result, person)) for person in BELOW
    } == {person: full for person, (_, full) in BELOW.items()}
    because = [each.because for each in found["Q2"].actions if each.subject == "E1"]
    assert because == [(("revenue", "50 CNY"), ("action.bonus_training.row", "2"))]


def test_once_per_year_fires_in_the_first_quarter_only(engine: str, tmp_path: Path) -> None:
    """Below the border in Q2 and Q4, and not in Q1 and Q3."""
    root = workspace(tmp_path, policy("once per: year"), sold(Q1=500, Q2=50, Q3=500, Q4=50), WHOLE)
    assert [fired(evaluated(root, engine, f"2026-{quarter}")) for quarter in ("Q2", "Q4")] == [["bonus_training"], []]


def test_another_policy_counts_for_once_per_year(engine: str, tmp_path: Path) -> None:
    """The item counts, through whatever policy it came; of one quarter the first by policy id."""
    other = HEAD.replace("id: bonus", "id: advance") + policy("", "advance")
    root = workspace(tmp_path, policy("once per: year"), sold(Q1=50, Q2=500, Q3=50), WHOLE)
    (root / "incentives" / "advance.yaml").write_text(other, encoding="utf-8")
    assert fired(evaluated(root, engine, "2026-Q1")) == ["advance_training"]
    assert fired(evaluated(root, engine, "2026-Q3")) == ["advance_training"]


def test_an_undecided_earlier_period_withholds(engine: str, tmp_path: Path) -> None:
    """The first quarter has not been delivered, so nobody knows whether the training came then."""
    late = _delivered("2026-04-01..2026-12-31")
    root = workspace(tmp_path, policy("once per: year"), sold(Q2=50), late)
    result = evaluated(root, engine, "2026-Q2")
    assert (fired(result), withheld(result)) == ([], {"bonus_training": ["earlier-undecided"]})


def test_periods_before_any_record_are_not_there(engine: str, tmp_path: Path) -> None:
    """Sources that say nothing of what they delivered speak of the time from their first record on."""
    root = workspace(tmp_path, policy("once per: year"), sold(Q2=50))
    assert fired(evaluated(root, engine, "2026-Q2")) == ["bonus_training"]


def test_too_many_earlier_periods_are_refused(tmp_path: Path) -> None:
    """Twenty policies that trigger one item every month look back at more than a run decides."""
    root = workspace(tmp_path, policy("once per: year"), sold(Q4=50), WHOLE)
    for number in range(20):
        head = HEAD.replace("id: bonus", f"id: a{number}").replace("each: quarter", "each: month")
        (root / "incentives" / f"a{number}.yaml").write_text(head + policy("", f"a{number}"), encoding="utf-8")
    with pytest.raises(WrongUsage, match="too-much-history"):
        evaluated(root, "duckdb", "2026-Q4")


def _delivered(days: str) -> Mapping[str, str]:
    return {path: text.replace("2026-01-01..2026-12-31", days) for path, text in WHOLE.items()}
