"""CDNOW's customers in tiers over six quarters: every sum, score, tier, rise and fall by a second computation.

It reads the file on its own, adds Decimals, ranks by counting, and climbs and falls as the page of the language says;
it knows nothing of the engines. The reference engine decides one customer in twenty, because all take it 20 seconds.
"""

from __future__ import annotations

import datetime
import shutil
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import workflow
from tests.acceptance.exports import SHARED
from workflow.api import ENGINES

FILE = SHARED / "customers-cdnow" / "CDNOW_sample.txt"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"CDNOW is not in {SHARED}")

QUARTERS = {
    "1997-Q1": datetime.date(1997, 3, 31),
    "1997-Q2": datetime.date(1997, 6, 30),
    "1997-Q3": datetime.date(1997, 9, 30),
    "1997-Q4": datetime.date(1997, 12, 31),
    "1998-Q1": datetime.date(1998, 3, 31),
    "1998-Q2": datetime.date(1998, 6, 30),
}
"""The quarters and their last days."""
LAST = "1998-Q2"
KEPT = 20
"""The reference engine decides each customer whose number this divides."""
TIERS = {"customer-tier": ("gold", "silver", "bronze", "asleep"), "customer-score": ("best", "good", "others")}
GRACE, AT_MOST = 1, 1
"""Of both policies: one bad quarter is forgiven, and a fall is by one tier."""

Fact = dict[str, Any]
Conditions = tuple[Sequence[Callable[[Fact], bool]], Sequence[Callable[[Fact], bool]]]

CONDITIONS: Mapping[str, Conditions] = {
    "customer-tier": (
        (
            lambda its: its["spend"] >= 100 and its["orders"] >= 2 and its["silence"] <= 45,
            lambda its: its["spend"] >= 40,
            lambda its: its["orders"] >= 1 and its["spend"] > 0 and its["silence"] < 90,
        ),
        (
            lambda its: its["spend"] >= 50 and its["silence"] <= 75,
            lambda its: its["spend"] >= 20 or its["silence"] <= 120,
            lambda its: its["silence"] < 270,
        ),
    ),
    "customer-score": (
        (lambda its: its["score"] >= 13 and its["r"] >= 4, lambda its: its["score"] >= 9),
        (lambda its: its["score"] >= 11, lambda its: its["score"] >= 7),
    ),
}
"""By policy, when one enters each tier but the last, and when one stays in it."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Where somebody stands in the second computation: the tier's place, the best 0, and the quarters in grace."""

    place: int | None = None
    waited: int = 0
    since: datetime.date | None = None

    def after(self, policy: str, its: Fact, last: datetime.date) -> Customer:
        """Where he stands after another quarter."""
        enters, stays = CONDITIONS[policy]
        held = (place for place, enter in enumerate(enters) if enter(its))
        kept = (
            place for place, stay in enumerate(stays) if self.place is not None and place >= self.place and stay(its)
        )
        reached = min((*held, *kept, len(enters)))
        tomorrow = last + datetime.timedelta(days=1)
        if self.place == reached:
            return Customer(reached, 0, self.since)
        if self.place is None or reached < self.place:
            return Customer(reached, 0, tomorrow)
        if self.waited < GRACE:
            return Customer(self.place, self.waited + 1, self.since)
        return Customer(min(reached, self.place + AT_MOST), 0, tomorrow)


@dataclass(frozen=True, slots=True)
class Computed:
    """What the second computation comes to, by policy, quarter and customer."""

    facts: dict[tuple[str, str], dict[str, Fact]] = field(default_factory=dict)
    tiers: dict[tuple[str, str], dict[str, Customer]] = field(default_factory=dict)


def bought(lines: Collection[str]) -> dict[str, list[tuple[datetime.date, Decimal]]]:
    """By customer, the days and dollars of the purchases: columns 7 to 10, 12 to 19 and the last of each line."""
    found = defaultdict(list)
    for line in lines:
        day = datetime.date(int(line[12:16]), int(line[16:18]), int(line[18:20]))
        found[line[7:11]].append((day, Decimal(line[23:].strip())))
    return found


def fact(purchases: Sequence[tuple[datetime.date, Decimal]], first: datetime.date, last: datetime.date) -> Fact:
    """What somebody bought from a day to another, and how long ago he last did."""
    inside = [amount for day, amount in purchases if first <= day <= last]
    silence = (last - max(day for day, _ in purchases if day <= last)).days
    return {"spend": sum(inside, Decimal(0)), "orders": len(inside), "silence": silence}


def scored(facts: Mapping[str, Fact]) -> None:
    """Adds bands of five: the least silence is best, ties have the higher; of the others the most, and the lower."""
    for name, of, sign, higher in (("r", "silence", -1, True), ("f", "orders", 1, False), ("m", "spend", 1, False)):
        ranked = sorted(sign * its[of] for its in facts.values())
        for its in facts.values():
            below, through = bisect_left(ranked, sign * its[of]), bisect_right(ranked, sign * its[of])
            its[name] = (through - 1 if higher else below) * 5 // len(ranked) + 1
    for its in facts.values():
        its["score"] = its["r"] + its["f"] + its["m"]


def computed(lines: Collection[str]) -> Computed:
    """The second computation of both policies over all quarters."""
    purchases, found = bought(lines), Computed()
    for policy in TIERS:
        now = dict.fromkeys(purchases, Customer())
        for quarter, last in QUARTERS.items():
            # Of the scores what counts is the year to date.
            first = last.replace(month=1 if policy == "customer-score" else last.month - 2, day=1)
            facts = {customer: fact(its, first, last) for customer, its in purchases.items()}
            if policy == "customer-score":
                scored(facts)
            now = {customer: where.after(policy, facts[customer], last) for customer, where in now.items()}
            found.facts[policy, quarter], found.tiers[policy, quarter] = facts, now
    return found


@dataclass(frozen=True, slots=True)
class Ran:
    """What `evaluate` comes to for a quarter: results by policy and customer, and actions by clause and customer, each
    with what it is because of.
    """

    results: dict[str, dict[str, Fact]]
    actions: dict[str, dict[str, Fact]]


def evaluated(root: Path, lines: Collection[str], engine: str, quarter: str) -> Ran:
    """A quarter of the workspace, in which these lines are recorded."""
    workspace, out = root / "workspace", root / f"{engine} {quarter}"
    if not workspace.exists():
        shutil.copytree(Path(__file__).parent / "cdnow", workspace)
        (workspace / "records").mkdir()
        (workspace / "records" / "purchases.txt").write_text("".join(lines))
        source = workspace / "sources" / "purchases.yaml"
        source.write_text(source.read_text().replace("rows: 6919", f"rows: {len(lines)}"))
    ran = workflow.evaluate(workspace, quarter, engine=engine, out=out)
    assert ran.withheld == (), "everything was delivered"
    results = {
        policy: {row["customer"]: row for row in pq.read_table(out / "results" / f"{policy}.parquet").to_pylist()}
        for policy in TIERS
    }
    actions = {
        clause: {each.subject: dict(each.because) for each in ran.actions if each.clause == clause}
        for clause in ("thanks", "win_back")
    }
    return Ran(results, actions)


@pytest.fixture(scope="module")
def expected() -> Computed:
    """The second computation of the whole file."""
    return computed(whole())


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """All quarters of the whole file, by the engine that is meant for it."""
    root = tmp_path_factory.mktemp("cdnow")
    return {quarter: evaluated(root, whole(), ENGINES[0], quarter) for quarter in QUARTERS}


def whole() -> list[str]:
    return FILE.read_text().splitlines(keepends=True)


def told(rows: Mapping[str, Fact], names: Collection[str]) -> dict[str, Fact]:
    """Some columns of results, by customer."""
    return {customer: {name: row[name] for name in names} for customer, row in rows.items()}


def steps(where: Mapping[str, Customer], policy: str) -> dict[str, tuple[str, datetime.date | None, int]]:
    """By customer the tier, since when, and the quarters in grace."""
    assert all(each.place is not None for each in where.values())
    return {customer: (TIERS[policy][each.place or 0], each.since, each.waited) for customer, each in where.items()}


def stood(rows: Mapping[str, Fact]) -> dict[str, tuple[str, datetime.date | None, int]]:
    return {customer: (row["tier"], row["tier.since"], int(row["tier.below"])) for customer, row in rows.items()}


@pytest.mark.parametrize("policy", TIERS)
def test_sums_and_scores_of_each_customer_and_quarter(ran: dict[str, Ran], expected: Computed, policy: str) -> None:
    """Spend, purchases, days of silence, and the three scores, of 2,357 customers in six quarters."""
    for quarter in QUARTERS:
        facts = expected.facts[policy, quarter]
        assert len(facts) == 2357
        assert told(ran[quarter].results[policy], facts["0001"].keys()) == facts, quarter


def test_no_purchase_is_lost_or_counted_twice(ran: dict[str, Ran]) -> None:
    """The quarters add up to the file, also its 21 purchases that say exactly what another says."""
    rows = [row for each in ran.values() for row in each.results["customer-tier"].values()]
    dollars = [Decimal(line.split()[-1]) for line in whole()]
    assert sum(row["spend"] for row in rows) == sum(dollars)
    assert sum(row["orders"] for row in rows) == len(dollars) == 6919


@pytest.mark.parametrize("policy", TIERS)
def test_the_tier_of_each_customer_after_each_quarter(ran: dict[str, Ran], expected: Computed, policy: str) -> None:
    """The tier, since when it is held, and whether the quarter of grace is used."""
    for quarter in QUARTERS:
        assert stood(ran[quarter].results[policy]) == steps(expected.tiers[policy, quarter], policy), quarter


@pytest.mark.parametrize("policy", TIERS)
def test_rises_and_falls_lead_from_one_quarter_to_the_next(ran: dict[str, Ran], policy: str) -> None:
    """Each run, which decides all quarters up to its own, begins where the run of the quarter before ends."""
    order = TIERS[policy]
    before: dict[str, str] = {}
    for quarter in QUARTERS:
        rows = ran[quarter].results[policy]
        assert {customer: row["tier.before"] for customer, row in rows.items()} == (before or dict.fromkeys(rows))
        tiers = {customer: row["tier"] for customer, row in rows.items()}
        moves = Counter((before[each], tiers[each]) for each in before if before[each] != tiers[each])
        assert all(order.index(to) - order.index(of) <= AT_MOST for of, to in moves), quarter
        left: Counter[str] = Counter()
        come: Counter[str] = Counter()
        for (of, to), count in moves.items():
            left[of] += count
            come[to] += count
        for tier in order:
            had, has = Counter(before.values())[tier], Counter(tiers.values())[tier]
            assert not before or has == had + come[tier] - left[tier], (quarter, tier)
        before = tiers


def test_a_rise_is_thanked_for_and_a_fall_is_called_back(ran: dict[str, Ran], expected: Computed) -> None:
    """Just those who come to gold, in the first quarter too, and just those who fall, because of both their tiers."""
    names = TIERS["customer-tier"]
    was: dict[str, str] = {}
    for quarter in QUARTERS:
        places = expected.tiers["customer-tier", quarter]
        now = {customer: tier for customer, (tier, _, _) in steps(places, "customer-tier").items()}
        both = {each: {"tier.before": was[each], "tier": tier} if was else {"tier": tier} for each, tier in now.items()}
        rose = {each: both[each] for each, tier in now.items() if tier == "gold" and was.get(each) != "gold"}
        fell = {each: both[each] for each in was if names.index(now[each]) > names.index(was[each])}
        assert ran[quarter].actions == {"thanks": rose, "win_back": fell}, quarter
        was = now


def test_the_reference_engine_agrees_on_one_customer_in_twenty(tmp_path: Path) -> None:
    """The last quarter, and so all before it, of 117 customers: both engines, and the second computation of these."""
    lines = [line for line in whole() if int(line[7:11]) % KEPT == 0]
    meant = computed(lines)
    found = {engine: evaluated(tmp_path, lines, engine, LAST) for engine in ENGINES}
    assert found["reference"] == found["duckdb"]
    for policy in TIERS:
        rows, facts = found["reference"].results[policy], meant.facts[policy, LAST]
        assert len(rows) == 117
        assert told(rows, facts["0020"].keys()) == facts
        assert stood(rows) == steps(meant.tiers[policy, LAST], policy)
        befores = steps(meant.tiers[policy, "1998-Q1"], policy)
        assert {customer: row["tier.before"] for customer, row in rows.items()} == {
            customer: tier for customer, (tier, _, _) in befores.items()
        }
