"""Tiers looked at anew at each event: what every kind of measure comes to on each day, in both engines."""

from __future__ import annotations

import datetime
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.golden.cases import HERE
from workflow import api
from workflow.run import ENGINES

POLICY = """\
policy: tiering
id: customer-tier
version: 1
title: {en: Tiers at each event, zh: 逐事件分级}
effective: {from: 2026-01-01}
owner: sales
reason: Every kind of measure.
subject: customer
each: quarter
evaluate: at each event

measures:
  total: {sum: amount, of: purchase.made}
  year: {sum: amount, of: purchase.made, over: last 12 months}
  before: {sum: amount, of: purchase.made, over: previous period}
  both: {count: events, of: purchase.made, over: last 2 periods}
  cloud:
    count: events
    of: purchase.made
    where: product = "cloud"
  mean: {average: amount, of: purchase.made, over: year to date}
  last: {latest: amount, of: purchase.made}
  most: {greatest: amount, of: purchase.made, over: year to date}
  silence:
    days since: last event
    of: purchase.made
    over: last 12 months

returns: {of: purchase.returned, count: in own period}

values:
  score: total + year + before + mean + last + most

tiers:
  gold: score >= 1 CNY and both + cloud + silence >= 0
  basic: {title: {en: Basic, zh: 基础}}

holds: 1 month from entry
"""
PURCHASES = """\
Purchase,Customer,Seller,Amount,Currency,Product,Time
P0,C1,E1,40.00,CNY,cloud,2025-04-11 10:00
P1,C1,E1,10.00,CNY,cloud,2026-02-10 10:00
P2,C1,E1,30.00,CNY,hardware,2026-04-10 10:00
P3,C1,E1,20.00,CNY,cloud,2026-04-10 18:00
P4,C1,E1,60.00,CNY,cloud,2026-05-20 10:00
"""
RETURNS = """\
Note,Purchase,Day,Amount
R1,P3,2026-04-12,5.00
"""
NAMES = ("total", "year", "before", "both", "cloud", "mean", "last", "most", "silence")
EXPECTED = {
    # of 10 April: 30 + 20; the 40 of 11 April 2025 are still in the year; P1 and these two; P2 is no cloud; of three
    # purchases of the year 60 / 3; the later of the day.
    "2026-04-10": (50, 100, 10, 3, 1, 20, 20, 30, 0),
    # Two days on, less what came back; the 40 are older than a year. Counts and averages know no returns.
    "2026-04-12": (45, 55, 10, 3, 1, 20, 20, 30, 2),
    # What was there and 60 more; the mean of 120 over four.
    "2026-05-20": (105, 115, 10, 4, 2, 30, 60, 60, 0),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The base of golden tierings with this policy and these records."""
    into = tmp_path / "workspace"
    shutil.copytree(HERE / "tiering" / "base", into)
    (into / "tiers" / "customer-tier.v1.yaml").write_text(POLICY, encoding="utf-8")
    (into / "records" / "purchases.csv").write_text(PURCHASES, encoding="utf-8")
    (into / "records" / "returns.csv").write_text(RETURNS, encoding="utf-8")
    return into


def days(root: Path, engine: str, as_of: datetime.date | None = None) -> list[dict[str, Any]]:
    """The stretches of days of the first customer, as a run writes them."""
    api.evaluate(root, "2026-Q2", engine=engine, out=root.parent / engine, as_of=as_of)
    rows = pq.read_table(root.parent / engine / "results" / "customer-tier.days.parquet").to_pylist()
    return [row for row in rows if row["customer"] == "C1"]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_measure_is_seen_from_its_day(root: Path, engine: str) -> None:
    """Sums, counts, averages, the latest, the greatest and the days since, over windows that move and that don't."""
    found = {str(row["moment"]): row for row in days(root, engine) if not row["moment.ends"]}
    assert {day: tuple(row[name] for name in NAMES) for day, row in found.items()} == {
        day: tuple(map(Decimal, values)) for day, values in EXPECTED.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_delivered_up_to_a_day_is_known_on_it(root: Path, engine: str) -> None:
    """Purchases were delivered through 15 April: on the 12th the sum is known, on 20 May it isn't."""
    source = root / "sources" / "purchases.yaml"
    text = source.read_text(encoding="utf-8")
    assert "2025-01-01..2027-12-31" in text
    source.write_text(text.replace("2025-01-01..2027-12-31", "2025-01-01..2026-04-15"), encoding="utf-8")
    found = {str(row["moment"]): row["total"] for row in days(root, engine)}
    assert found["2026-04-12"] == 45
    assert found["2026-05-20"] is None


def test_the_tier_of_a_day_rests_on_nothing_later(root: Path) -> None:
    """What is known at the end of 12 April is what is known of it at the quarter's end, but through when it holds."""
    whole, early = (days(root, "duckdb", as_of) for as_of in (None, datetime.date(2026, 4, 12)))
    for row in (*whole, *early):
        del row["through"]
    past = [row for row in whole if row["from"] <= datetime.date(2026, 4, 12)]
    assert [row["from"].day for row in past] == [1, 10, 12]
    assert [row for row in early if row["moment.ends"] == 0 or row["from"].month == 4] == past
