"""Gate, floor and cap against a few lines of arithmetic of their own; and how far back a claw back reaches."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from tests.plan.runs import WHOLE, evaluated, paid, withheld, workspace
from workflow.checks.checked import ClawBack
from workflow.diagnostics import NOWHERE
from workflow.plan.clawing import taken_since

MEASURES = """\
measures:
  revenue: {sum: amount, of: deal.won}
  quota: {latest: amount, of: quota.set}
  csat: {average: score, of: survey.answered}
pay:
  commission: {on: revenue, rate: 10%}
  bonus:
    when: revenue >= quota
    amount: 200 CNY
"""
LIMITS = {
    "gate": "gate:\n  when: csat >= 3\n",
    "floor": "floor:\n  at least: 150 CNY\n  per: period\n",
    "cap": "cap:\n  at most: 300 CNY\n  per: period\n  over: lost\n",
}
REVENUES, QUOTAS, SCORES = ("500.00", "2500.00", "4000.00"), ("1000.00", ""), ("2", "4", "")
PEOPLE = {f"P{number:02}": each for number, each in enumerate(itertools.product(REVENUES, QUOTAS, SCORES))}


def worked_out(order: tuple[str, ...], revenue: str, quota: str, score: str) -> tuple[dict[str, str], set[str]]:
    """The lines and the withheld clauses of a person, from the rules of the page alone."""
    lines, unknown = {"commission": Decimal(revenue) / 10}, set[str]()
    if not quota:
        unknown.add("bonus")
    elif Decimal(revenue) >= Decimal(quota):
        lines["bonus"] = Decimal(200)
    if not score:
        told = {"commission", "gate", "floor"} | unknown | set(lines)
        return {}, told
    shut = Decimal(score) < 3
    if shut:
        unknown.discard("bonus")
    for place, limit in enumerate(order):
        total = sum(lines.values(), Decimal(0))
        taken_later = shut and "gate" in order[place + 1 :]
        if limit == "gate" and shut:
            lines["gate"] = -total
        elif limit == "floor" and unknown and not taken_later:
            unknown.add("floor")
        elif limit == "floor" and total < 150:
            lines["floor"] = 150 - total
        elif limit == "cap" and total > 300:
            lines["cap"] = 300 - total
    return {name: f"{amount:.2f}" for name, amount in lines.items()}, unknown


@pytest.mark.parametrize("order", list(itertools.permutations(LIMITS)), ids=" then ".join)
def test_limits_in_every_order(tmp_path: Path, engine: str, order: tuple[str, ...]) -> None:
    """Eighteen people: little, much and very much sold; with and without a quota; a gate open, shut and undecided."""
    records = {"people": "", "deals": "", "quotas": "", "surveys": ""}
    for person, (revenue, quota, score) in PEOPLE.items():
        records["people"] += f"{person},2024-01-01,rep,S1,5%\n"
        records["deals"] += f"D{person},{person},{revenue},cloud,2026-07-01\n"
        records["quotas"] += f"Q{person},{person},{quota},2026-Q3,2026-06-01\n" if quota else ""
        records["surveys"] += f"S{person},{person},{score},2026-07-01\n" if score else ""
    body = MEASURES + "".join(LIMITS[name] for name in order)
    result = evaluated(workspace(tmp_path, body, records, WHOLE), engine)
    for person, inputs in PEOPLE.items():
        found = paid(result, person), set(withheld(result, person))
        assert found == worked_out(order, *inputs), (person, inputs)


@pytest.mark.parametrize(
    ("day", "months", "days", "since"),
    [
        ((2026, 7, 15), 12, 0, (2025, 7, 15)),
        ((2025, 2, 28), 12, 0, (2024, 2, 28)),  # 29 February 2024 and twelve months are 28 February 2025, too
        ((2025, 3, 1), 12, 0, (2024, 3, 1)),
        ((2026, 5, 31), 3, 0, (2026, 3, 1)),  # 28 February and three months are 28 May
        ((2026, 5, 28), 3, 0, (2026, 2, 28)),
        ((2026, 1, 15), 1, 0, (2025, 12, 15)),
        ((2026, 3, 1), 0, 30, (2026, 1, 30)),
    ],
)
def test_the_first_deal_of_which_something_is_taken_back(
    day: tuple[int, int, int], months: int, days: int, since: tuple[int, int, int]
) -> None:
    """So much later than this day is not before the return; of the day before it is."""
    claw = ClawBack({}, months, days, NOWHERE)
    assert taken_since(datetime.date(*day), claw) == datetime.date(*since)
