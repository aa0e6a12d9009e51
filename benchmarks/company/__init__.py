"""The company whose quarter is timed: the example's catalogue, policies of its own, and as many deals as wanted."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 50_000

_DEALS = """
COPY (
    SELECT "Record Id", "Stage", "Deal Owner Id", "Account Id", "Amount", "Currency", "Product", "Closing Time",
        "Closing Time" + INTERVAL (CASE WHEN newest THEN 60 ELSE 5 END) MINUTE AS "Modified Time"
    FROM (
        SELECT 'D' || number AS "Record Id", CASE WHEN newest THEN 'Closed Won' ELSE 'Negotiation' END AS "Stage",
            'E' || hash(number, 1) % {people} AS "Deal Owner Id", 'C' || hash(number, 2) % 1000 AS "Account Id",
            CAST((hash(number, 3) % 11999000 + 1000) / 100 AS DECIMAL(14, 2)) AS "Amount", 'CNY' AS "Currency",
            ['cloud', 'services', 'hardware'][CAST(hash(number, 4) % 3 AS INTEGER) + 1] AS "Product",
            TIMESTAMP '2026-07-01' + INTERVAL (CAST(hash(number, 5) % 7948800 AS INTEGER)) SECOND AS "Closing Time",
            newest
        FROM range({events}) AS of_numbers(number), (VALUES (false), (true)) AS of_rows(newest)
        WHERE newest OR number % 10 = 0
    )
) TO '{path}'
"""
_PEOPLE = """
COPY (
    SELECT 'E' || number AS "Employee No", '2026-01-01' AS "From", '' AS "Through", 'Person ' || number AS "Name",
        'account manager' AS "Role", 'east' AS "Region", 'active' AS "Status", '' AS "Supervisor",
        '1.2%' AS "Commission Rate"
    FROM range({people}) AS of_numbers(number)
) TO '{path}'
"""
_QUOTAS = """
COPY (
    SELECT 'L' || number AS "Letter", 'E' || number AS "Employee No", '2026-06-20' AS "Set On", '2026-Q3' AS "Period",
        hash(number, 6) % 18000 * 1000 + 2000000 AS "Quota"
    FROM range({people}) AS of_numbers(number)
) TO '{path}'
"""


def made(folder: Path, events: int, layout: str) -> None:
    """A workspace with a quarter's deals: each once as won, a tenth of them also as they stood before.

    Args:
        folder: where; made here.
        events: how many deals.
        layout: `csv` or `parquet`, in which the deals are recorded.
    """
    policies = ("incentives", "reviews", "tiers", "goals", "escalations")
    left_out = shutil.ignore_patterns(*policies, "records", "sources", "customers.yaml", "*.md")
    shutil.copytree(ROOT / "policies", folder, ignore=left_out)
    (folder / "sources").mkdir()
    for source in ("people", "quotas", "zoho-deals"):
        shutil.copy(ROOT / "policies" / "sources" / f"{source}.yaml", folder / "sources")
    shutil.copytree(Path(__file__).parent / "incentives", folder / "incentives")
    records, source = folder / "records", folder / "sources" / "zoho-deals.yaml"
    records.mkdir()
    text = source.read_text(encoding="utf-8").replace("deals-*.csv", f"deals-*.{layout}")
    source.write_text(text, encoding="utf-8")
    for query, name in ((_PEOPLE, "people.csv"), (_QUOTAS, "quotas.csv"), (_DEALS, f"deals-1.{layout}")):
        duckdb.execute(query.format(path=records / name, people=PEOPLE, events=events))
