"""A quarter of many deals, against SQL written by hand for exactly this policy.

Both sides read the same CSV files, check and deduplicate the same rows, and decide the same commission; ours also keeps
every named value with its causes, every disposition, and the ledger's entries. `WORKFLOW_BENCH_EVENTS` sets the number.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

import workflow
from benchmarks.figure import Figure, best

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = 50_000
EVENTS = int(os.environ.get("WORKFLOW_BENCH_EVENTS", "1000000"))

BY_HAND = """
WITH raw AS (
    SELECT *, row_number() OVER (PARTITION BY "Record Id" ORDER BY "Modified Time" DESC) AS turn
    FROM read_csv('{folder}/records/deals-*.csv', all_varchar = true, header = true, auto_detect = false, delim = ',',
        columns = {{'Record Id': 'VARCHAR', 'Stage': 'VARCHAR', 'Deal Owner Id': 'VARCHAR', 'Account Id': 'VARCHAR',
        'Amount': 'VARCHAR', 'Currency': 'VARCHAR', 'Product': 'VARCHAR', 'Closing Time': 'VARCHAR',
        'Modified Time': 'VARCHAR'}})
), deals AS (
    SELECT "Deal Owner Id" AS seller, CAST("Amount" AS DECIMAL(18, 4)) AS amount, "Product" AS product
    FROM raw
    WHERE turn = 1 AND "Stage" = 'Closed Won' AND "Currency" = 'CNY'
        AND regexp_full_match("Amount", '[0-9]{{1,14}}([.][0-9]{{1,4}})?')
        AND CAST("Closing Time" AS TIMESTAMP) >= '2026-07-01' AND CAST("Closing Time" AS TIMESTAMP) < '2026-10-01'
), totals AS (
    SELECT seller, sum(amount) AS revenue, sum(amount) FILTER (product = 'cloud') AS cloud,
        count(*) FILTER (amount >= 100000) AS large
    FROM deals GROUP BY seller
), quotas AS (
    SELECT "Employee No" AS seller, CAST("Quota" AS DECIMAL(18, 4)) AS quota
    FROM read_csv('{folder}/records/quotas.csv', all_varchar = true, header = true, auto_detect = false, delim = ',',
        columns = {{'Letter': 'VARCHAR', 'Employee No': 'VARCHAR', 'Set On': 'VARCHAR', 'Period': 'VARCHAR',
        'Quota': 'VARCHAR'}})
)
SELECT seller, round(
    greatest(least(revenue, quota * 0.8) - quota * 0.6, 0) * 0.01
    + greatest(least(revenue, quota) - quota * 0.8, 0) * 0.02
    + greatest(revenue - quota, 0) * 0.035, 2) AS commission,
    round(cloud * 0.012, 2) AS cloud_bonus, large * 800 AS large
FROM totals JOIN quotas USING (seller) ORDER BY seller
"""


def figures() -> Iterator[Figure]:
    """At most twice the time of the SQL, and a peak of memory below 3 GB."""
    with tempfile.TemporaryDirectory(prefix="workflow-bench-") as name:
        folder = Path(name) / "workspace"
        _make(folder)
        theirs: list[list[tuple[Any, ...]]] = []
        hand = best(lambda: theirs.append(duckdb.execute(BY_HAND.format(folder=folder)).fetchall()))
        ours: list[workflow.api.Evaluation] = []  # type: ignore[name-defined]
        time = best(lambda: ours.append(workflow.evaluate(folder, "2026-Q3", out=Path(name) / "out")), times=1)
        paid = {
            (action.subject, action.clause): action.amount for action in ours[0].actions if action.amount is not None
        }
        for seller, commission, *_ in theirs[0]:
            assert paid[str(seller), "commission"] == Decimal(str(commission)), seller
    yield Figure(f"events.{EVENTS}", time, hand, 2.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    yield Figure(f"events.{EVENTS}.memory", peak, 3.0, 1.0, "GB")


def _make(folder: Path) -> None:
    """The example workspace's key-account bonus over made records: a tenth of the deals twice, corrected once."""
    shutil.copytree(ROOT / "policies", folder, ignore=shutil.ignore_patterns("records", "*.md", "s*.v1.yaml"))
    records = folder / "records"
    records.mkdir()
    for name in ("customers", "surveys", "returns"):
        head = (ROOT / "policies" / "records" / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0]
        (records / f"{name}.csv").write_text(head + "\n", encoding="utf-8")
    numbers = random.Random(20260701)
    with (records / "people.csv").open("w", encoding="utf-8") as file:
        file.write("Employee No,From,Through,Name,Role,Region,Status,Supervisor,Commission Rate\n")
        for number in range(PEOPLE):
            file.write(f"E{number},2026-01-01,,Person {number},account manager,east,active,,1.2%\n")
    with (records / "quotas.csv").open("w", encoding="utf-8") as file:
        file.write("Letter,Employee No,Set On,Period,Quota\n")
        for number in range(PEOPLE):
            file.write(f"L{number},E{number},2026-06-20,2026-Q3,{numbers.randrange(200, 2000)}000\n")
    with (records / "deals-1.csv").open("w", encoding="utf-8") as file:
        file.write("Record Id,Stage,Deal Owner Id,Account Id,Amount,Currency,Product,Closing Time,Modified Time\n")
        for number in range(EVENTS):
            seller, amount = numbers.randrange(PEOPLE), numbers.randrange(1_000, 12_000_000)
            day = f"2026-{numbers.randrange(7, 10):02}-{numbers.randrange(1, 31):02}"
            product = ("cloud", "services", "hardware")[number % 3]
            row = f"D{number},Closed Won,E{seller},C1,{amount // 100}.{amount % 100:02},CNY,{product},{day} 10:00:00"
            if number % 10 == 0:
                file.write(f"{row.replace('Closed Won', 'Negotiation')},{day} 10:00:00\n")
            file.write(f"{row},{day} 11:00:00\n")
