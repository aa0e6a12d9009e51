"""The fourth quarter of policies/, its ratings and its tiers, are what the CSV files alone say.

The third quarter is the golden case `example-workspace`.
"""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workflow
from tests.golden.cases import ROOT
from tests.golden.oracle_cases import Facts, complaints, facts, handled
from tests.golden.oracle_example import expected
from tests.golden.oracle_records import FOURTH, THIRD, rows
from tests.golden.oracle_reviews import rating, score, scored
from tests.golden.oracle_ticket import Step
from tests.golden.oracle_tiers import months, tier_actions
from tests.golden.test_good import WORDS
from workflow.api import ENGINES

WORKSPACE = ROOT / "policies"
REVIEWED = datetime.date(2027, 1, 31)
"""By then the review of the quarter is over."""
STATES = ("escalated", "director", "closed")
END = datetime.datetime.combine(REVIEWED, datetime.time.max)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_quarter_is_what_the_files_say(engine: str, tmp_path: Path) -> None:
    """What is paid, what is triggered and what is withheld, of everybody; and every score and rating."""
    found = workflow.evaluate(WORKSPACE, FOURTH.name, as_of=REVIEWED, reader="hr", engine=engine, out=tmp_path / "out")
    files = expected(FOURTH)
    paid = [(each.policy, each.subject, each.clause, f"{each.amount:f}") for each in found.actions if each.currency]
    assert sorted(paid) == sorted((*_head(row), row["amount"]) for row in files["lines"])
    others = [each for each in found.actions if not each.currency]
    assert sorted(
        (each.policy, each.subject, each.clause, each.kind, each.what or "null", each.to or "") for each in others
    ) == sorted((*_head(row), row["kind"], row["what"], row.get("to", "")) for row in files["actions"])
    withheld = [
        (each.policy, each.subject, each.clause, sorted({WORDS.get(why.code, why.code) for why in each.reasons}))
        for each in found.withheld
    ]
    assert sorted(withheld) == sorted((*_head(row), row["because"].split(", ")) for row in files["withheld"])
    for row in pq.read_table(tmp_path / "out" / "results" / "quarterly-review.parquet").to_pylist():
        person, counts = row["person"], None if row["score"] is None else Fraction(row["score"])
        own = (score(person, FOURTH), scored(person, FOURTH), rating(person, FOURTH))
        assert (counts, row["rating.scored"], row["rating"]) == own, person
    desk = [each for each in found.actions if each.policy == "complaint-desk"]
    told = [(each.subject, each.clause, each.kind, each.what or "", each.to or "", each.due) for each in desk]
    assert sorted(map(str, told)) == sorted(str((*each[:-2], each.due)) for each in handled(FOURTH))
    assert _steps(tmp_path / "out" / "results" / "complaint-desk.cases.parquet") == list(complaints(END)[0])
    assert not any(each.problems for each in workflow.verify_cases(WORKSPACE, tmp_path / "out"))
    for row in pq.read_table(tmp_path / "out" / "results" / "complaint-desk.parquet").to_pylist():
        values = (None if row[name] is None else Fraction(row[name]) for name in Facts._fields)
        assert tuple(values) == tuple(facts(row["person"], FOURTH)), row["person"]


def _steps(log: Path) -> list[Step]:
    """The steps of all complaints, by the clocks in Shanghai."""
    ahead = datetime.timedelta(hours=8)
    began = datetime.datetime.combine(datetime.date(1970, 1, 1), datetime.time.min) + ahead
    found = []
    for row in pq.read_table(log).to_pylist():
        at, consumed = row["time"] + ahead, datetime.timedelta(microseconds=int(row["consumed"]))
        timed = row["consumed"] >= 0
        due = None if timed or row["due"] < 0 else began + datetime.timedelta(microseconds=int(row["due"]))
        head = row["case"], int(row["run"]), int(row["version"]), row["person"] or ""
        step = *head, row["went"], at, row["of"] or "", row["to"] or ""
        found.append(Step(*step, consumed if timed else None, due))
    return found


def _head(row: dict[str, str]) -> tuple[str, str, str]:
    return row["policy"], row["person"], row["clause"]


@pytest.mark.parametrize(("month", "engine"), [(11, "duckdb"), (12, "reference")])
def test_a_month_of_tiers_is_what_the_files_say(month: int, engine: str, tmp_path: Path) -> None:
    """The tier of every customer, what it rests on, and what the change triggers."""
    first = datetime.date(2026, month, 1)
    found = workflow.evaluate(WORKSPACE, f"2026-{month}", engine=engine, out=tmp_path / "out")
    assert {(each.subject, each.clause, each.what) for each in found.actions} == tier_actions(first)
    told = pq.read_table(tmp_path / "out" / "results" / "customer-tier.parquet").to_pylist()
    assert sorted(row["customer"] for row in told) == sorted(row["Account Id"] for row in rows("customers.csv"))
    for row in told:
        decided = months(row["customer"])
        own, before = decided[first], decided[first.replace(month=month - 1)]
        assert (row["revenue"], row["silence"], row["tier.below"]) == (own.revenue, own.silence, own.below)
        assert (row["tier.before"], row["tier"], row["tier.earned"]) == (before.tier, own.tier, own.earned)


def test_the_example_shows_what_it_is_for() -> None:
    """A fall after a month of grace, a rise that a return undid; a plan after two poor ratings, and two promotions."""
    stands = {customer: [month.tier for month in months(customer).values()] for customer in ("C005", "C038")}
    assert stands == {
        "C005": ["key", "key", "key", "standard", "standard"],
        "C038": ["standard", "standard", "key", "key", "standard"],
    }
    set_off = {(row["person"], row["clause"]) for row in expected(FOURTH)["actions"]}
    assert {("E1004", "improvement_plan"), ("E1006", "promotion"), ("E1012", "promotion")} <= set_off


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_walk_through_the_example_tells_what_the_files_say(page: str) -> None:
    """The ratings of both quarters and the scores of the fourth."""
    text = (WORKSPACE / page).read_text(encoding="utf-8")
    told = re.findall(r"^\| \S.* (E\d+) \| ([A-D-]) \| ([A-D-]) \| ([\d.]+) \|", text, re.MULTILINE)
    assert len(told) == 8
    for person, third, fourth, points in told:
        ratings = (rating(person, THIRD) or "-", rating(person, FOURTH) or "-")
        assert (third, fourth, Fraction(points)) == (*ratings, score(person, FOURTH)), person
    complaints_told = re.findall(r"^\| (K-\d+) (E\d+) \| " + r"([-\d: ]+) \| " * 5, text, re.MULTILINE)
    assert [(case, person, *cells) for case, person, *cells in complaints_told] == _milestones()


def _milestones() -> list[tuple[str, ...]]:
    """Whose each complaint is; when it was opened, escalated, the director's and breached first, and closed last."""
    owners = {row["Ticket"]: row["Seller"] for row in rows("complaints.csv") if row["Entry"] == "Opened"}
    found = []
    for case in sorted(owners):
        own = [step for step in complaints(END)[0] if step.case == case]
        entered = {to: [each.at for each in own if each.went in {"fired", "moved"} and each.to == to] for to in STATES}
        breached = [each.at for each in own if each.went == "breached" and each.of == "resolution"]
        opened = [each.at for each in own if each.went == "began"]
        at = opened[:1], entered["escalated"][:1], entered["director"][:1], breached[:1], entered["closed"][-1:]
        found.append((case, owners[case], *(f"{each[0]:%m-%d %H:%M}" if each else "-" for each in at)))
    return found
