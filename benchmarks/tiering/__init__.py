"""The tiers of many customers over four quarters, against SQL by hand that writes the same.

Each quarter looks at twelve months of purchases, with a threshold to enter and another to stay, a quarter of grace, and
falls of one tier. What is run is what a company runs when a year is over: one evaluation of the fourth quarter, which
goes through the first three on its way, since a tier is decided from the first quarter on. SQL by hand does the same:
all four sums at once, then quarter after quarter. Both sides read the same files, check and deduplicate the same rows,
and dispose of each; ours also keeps every condition with its causes and the reasons of each action.
`WORKFLOW_BENCH_CUSTOMERS` and `WORKFLOW_BENCH_PURCHASES` set how many there are. Every side runs in a process of its
own, start and imports included, whose peak of memory is taken; a run over few purchases has compiled its modules.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.events import FEW, measured
from benchmarks.figure import Figure

CUSTOMERS = int(os.environ.get("WORKFLOW_BENCH_CUSTOMERS", "1000000"))
PURCHASES = int(os.environ.get("WORKFLOW_BENCH_PURCHASES", "10000000"))
PERIOD = "2026-Q4"

_CUSTOMERS = """
COPY (
    SELECT 'C' || number AS "Customer", ['east', 'south'][CAST(number % 2 AS INTEGER) + 1] AS "Region"
    FROM range({customers}) AS of_numbers(number)
) TO '{path}'
"""
_PURCHASES = """
COPY (
    SELECT 'P' || number AS "Purchase", 'C' || hash(number, 1) % {customers} AS "Customer",
        CAST((hash(number, 2) % 98000 + 1000) / 100 AS DECIMAL(14, 2)) AS "Amount", 'CNY' AS "Currency",
        TIMESTAMP '2025-01-01' + INTERVAL (CAST(hash(number, 3) % 63072000 AS INTEGER)) SECOND AS "Time"
    FROM range({purchases}) AS of_numbers(number), (VALUES (false), (true)) AS of_rows(again)
    WHERE NOT again OR number % 10 = 0
) TO '{path}'
"""
_OURS = """
SELECT customer, CAST(revenue AS DECIMAL(28, 4)), tier, "tier.before", CAST("tier.below" AS INTEGER), "tier.since"
FROM '{out}/ours/results/customer-tier.parquet'
"""
_THEIRS = (
    "SELECT customer, CAST(revenue AS DECIMAL(28, 4)), tier, before, below, since FROM '{out}/theirs/tiers.parquet'"
)
_LISTED = "SELECT subject, period, tier, \"from\", before, change FROM '{{out}}/{}/tiers.csv'"
_OUR_LIST, _THEIR_LIST = _LISTED.format("ours"), _LISTED.format("theirs")
_OUR_ACTIONS = "SELECT subject, clause FROM '{out}/ours/actions.csv'"
_THEIR_ACTIONS = "SELECT customer, clause FROM '{out}/theirs/actions.csv'"


def figures() -> Iterator[Figure]:
    """At most twice the time of the SQL, for all of it and for the plan alone; and at most 3 GB."""
    with tempfile.TemporaryDirectory(prefix="workflow-bench-") as name:
        few, workspace, out = (Path(name) / folder for folder in ("few", "workspace", "out"))
        made(few, FEW // 10, FEW)
        made(workspace, CUSTOMERS, PURCHASES)
        size = f"{CUSTOMERS}.{PURCHASES}"
        for command in (_ours(few, out), _by_hand(few, out)):
            measured(command, 1)
        ours, peak = measured(_ours(workspace, out))
        hand, _ = measured(_by_hand(workspace, out))
        _must_agree(out)
        yield Figure(f"tiering.{size}", ours, hand, 2.0)
        yield Figure(f"tiering.{size}.memory", peak, 3.0, 1.0, "GB")
        alone = json.loads((out / "ours" / "run.json").read_text(encoding="utf-8"))["engine"]["seconds"]["run"]
        theirs = json.loads((out / "theirs" / "seconds.json").read_text(encoding="utf-8"))["run"]
        yield Figure(f"tiering.{size}.plan", alone, theirs, 2.0)


def _ours(workspace: Path, out: Path) -> list[object]:
    return [sys.executable, "-m", "benchmarks.by_engine", workspace, out / "ours", PERIOD]


def _by_hand(workspace: Path, out: Path) -> list[object]:
    return [sys.executable, "-m", "benchmarks.tiering.by_hand", workspace, out / "theirs"]


def made(folder: Path, customers: int, purchases: int) -> None:
    """A workspace with two years of purchases; a tenth of them recorded twice."""
    shutil.copytree(Path(__file__).parent / "company", folder)
    records = folder / "records"
    records.mkdir()
    for query, name in ((_CUSTOMERS, "customers.csv"), (_PURCHASES, "purchases.csv")):
        duckdb.execute(query.format(path=records / name, customers=customers, purchases=purchases))


def _must_agree(out: Path) -> None:
    """Every customer's tier, with that before it, and every action are the same on both sides."""
    for ours, theirs in ((_OURS, _THEIRS), (_OUR_LIST, _THEIR_LIST), (_OUR_ACTIONS, _THEIR_ACTIONS)):
        for one, other in ((ours, theirs), (theirs, ours)):
            query = f"SELECT count(*) FROM ({one} EXCEPT ALL {other})".format(out=out)
            differing = duckdb.execute(query).fetchall()[0][0]
            assert not differing, f"{differing} rows differ"
