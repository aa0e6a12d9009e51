"""The tiers of `benchmarks.tiering` in SQL written by hand for exactly its policy and these files.

It checks every cell as the engine does, counts a purchase that is recorded twice once, sets aside those that contradict
each other, and writes the same results, actions, counts and refused rows; none says why. Run as a program it takes the
workspace and the folder to write to.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.by_hand import UNSEEN

_RAW = """
CREATE TEMP TABLE raw AS
SELECT "Purchase" AS id, "Customer" AS customer, TRY_CAST("Amount" AS DECIMAL(18, 4)) AS amount, "Currency" AS currency,
    CASE WHEN regexp_full_match("Time", '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}')
        THEN TRY_CAST("Time" AS TIMESTAMP) END AS bought,
    CASE WHEN "Purchase" IS NULL OR regexp_matches("Purchase", '{unseen}') THEN 'id'
        WHEN "Customer" IS NULL OR regexp_matches("Customer", '{unseen}') THEN 'customer'
        WHEN "Amount" IS NULL OR NOT regexp_full_match("Amount", '-?0{{0,20}}[0-9]{{1,14}}(?:\\.[0-9]{{1,4}})?')
            THEN 'amount'
        WHEN "Currency" IS NULL OR NOT regexp_full_match("Currency", '[A-Z]{{3}}') THEN 'currency'
        WHEN bought IS NULL OR bought < TIMESTAMP '1900-01-01' OR bought >= TIMESTAMP '2200-01-01' THEN 'bought'
    END AS wrong
FROM read_csv('{folder}/purchases.csv', all_varchar = true, header = true, auto_detect = false, delim = ',',
    quote = '"', columns = {{'Purchase': 'VARCHAR', 'Customer': 'VARCHAR', 'Amount': 'VARCHAR', 'Currency': 'VARCHAR',
    'Time': 'VARCHAR'}})
"""
_ONCE = """
CREATE TEMP TABLE once AS
WITH twice AS (SELECT hash(id) AS hashed FROM raw GROUP BY hashed HAVING count(*) > 1)
SELECT id, customer, amount, currency, bought FROM raw WHERE wrong IS NULL AND hash(id) NOT IN (FROM twice)
UNION ALL
SELECT id, any_value(customer), any_value(amount), any_value(currency), any_value(bought) FROM raw
WHERE wrong IS NULL AND hash(id) IN (FROM twice)
GROUP BY id HAVING min(customer) = max(customer) AND min(amount) = max(amount) AND min(currency) = max(currency)
    AND min(bought) = max(bought)
"""
_PEOPLE = """
CREATE TEMP TABLE customers AS
SELECT "Customer" AS customer FROM read_csv('{folder}/customers.csv', all_varchar = true, header = true,
    auto_detect = false, delim = ',', quote = '"', columns = {{'Customer': 'VARCHAR', 'Region': 'VARCHAR'}})
"""
_WINDOWS = """
CREATE TEMP TABLE windows AS
SELECT c.customer, coalesce(q1, 0) AS q1, coalesce(q2, 0) AS q2, coalesce(q3, 0) AS q3, coalesce(q4, 0) AS q4
FROM customers AS c LEFT JOIN (
    SELECT customer, {sums} FROM once WHERE currency = 'CNY' GROUP BY customer
) AS s ON s.customer = c.customer
"""
_ENTERED = "CASE WHEN {revenue} >= 3000 {key} THEN 1 WHEN {revenue} >= 1500 {standard} THEN 2 ELSE 3 END"
_CLIMBED = """
CREATE TEMP TABLE climbed{turn} AS
SELECT * EXCLUDE (best, earned, below, since), earned AS before,
    CASE WHEN best <= earned OR below + 1 <= 1 THEN least(best, earned) ELSE least(best, earned + 1) END AS earned,
    CASE WHEN best <= earned OR below + 1 > 1 THEN 0 ELSE below + 1 END AS below,
    CASE WHEN best < earned OR (best > earned AND below + 1 > 1) THEN DATE '{since}' ELSE since END AS since
FROM (SELECT * {without}, {best} AS best FROM climbed{last})
"""
_ENDS = """
CREATE TEMP TABLE ends AS
SELECT (SELECT count(*) FROM raw) AS records, (SELECT count(*) FROM raw WHERE wrong IS NOT NULL) AS refused,
    count(*) AS accepted, count(*) FILTER (c.customer IS NULL) AS unmatched,
    count(*) FILTER (c.customer IS NOT NULL AND bought >= TIMESTAMP '2026-01-01') AS used
FROM once AS p LEFT JOIN customers AS c ON c.customer = p.customer
"""
_NAMED = "['key', 'standard', 'prospect']"
_WRITTEN = (
    (
        f"""SELECT customer, q4 AS revenue, q4 >= 3000 AS enters_key, q4 >= 2500 AS stays_key,
            q4 >= 1500 AS enters_standard, q4 >= 1200 AS stays_standard, {_NAMED}[earned] AS tier,
            {_NAMED}[before] AS before, below, since FROM climbed4 ORDER BY customer""",
        "tiers.parquet",
    ),
    (
        f"""SELECT 'customer-tier' AS policy, 1 AS version, customer AS subject, '2026-Q4' AS period,
            {_NAMED}[earned] AS tier, since AS "from", NULL AS through, {_NAMED}[before] AS before,
            CASE WHEN earned < before THEN 'rises' WHEN earned > before THEN 'falls' ELSE 'stays' END AS change,
            NULL AS "set by" FROM climbed4 ORDER BY customer""",
        "tiers.csv",
    ),
    (
        """SELECT 'tiering-benchmark/customer-tier/' || clause || '/' || customer || '/2026-Q4' AS id, 'task' AS kind,
            clause, customer FROM (
            SELECT customer, CASE WHEN earned = 1 AND before > 1 THEN 'senior_owner'
                WHEN earned > before THEN 'win_back' END AS clause FROM climbed4
        ) WHERE clause IS NOT NULL ORDER BY clause, customer""",
        "actions.csv",
    ),
    ("SELECT * FROM ends", "ends.csv"),
    ("SELECT id, wrong FROM raw WHERE wrong IS NOT NULL ORDER BY id", "quarantine.csv"),
)


def decided(workspace: Path, out: Path) -> None:
    """Read, check, deduplicate, calculate, write; and how long it took to calculate and to dispose of each purchase."""
    folder = workspace / "records"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with duckdb.connect(str(out / "work.duckdb")) as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(_RAW.format(unseen=UNSEEN, folder=folder))
        connection.execute(_ONCE)
        connection.execute(_PEOPLE.format(folder=folder))
        started = time.perf_counter()
        connection.execute(_WINDOWS.format(sums=", ".join(_sum(quarter) for quarter in (1, 2, 3, 4))))
        for statement in _ladder():
            connection.execute(statement)
        connection.execute(_ENDS)
        seconds = time.perf_counter() - started
        for query, name in _WRITTEN:
            connection.execute(f"COPY ({query}) TO '{out / name}'")
    (out / "seconds.json").write_text(json.dumps({"run": seconds}), encoding="utf-8")


def _sum(quarter: int) -> str:
    """What was bought in the twelve months that end with a quarter of 2026."""
    month = 3 * quarter + 1
    first, last = (f"{year + month // 13}-{(month - 1) % 12 + 1:02}-01" for year in (2025, 2026))
    return f"sum(amount) FILTER (bought >= TIMESTAMP '{first}' AND bought < TIMESTAMP '{last}') AS q{quarter}"


def _ladder() -> list[str]:
    """A statement for each quarter: everybody's tier after it."""
    first = _ENTERED.format(revenue="q1", key="", standard="")
    begun = f"SELECT *, 0 AS before, {first} AS earned, 0 AS below, DATE '2026-04-01' AS since FROM windows"
    found = [f"CREATE TEMP TABLE climbed1 AS {begun}"]
    for turn, since in ((2, "2026-07-01"), (3, "2026-10-01"), (4, "2027-01-01")):
        revenue = f"q{turn}"
        key = f"OR (earned = 1 AND {revenue} >= 2500)"
        standard = f"OR (earned <= 2 AND {revenue} >= 1200)"
        best = _ENTERED.format(revenue=revenue, key=key, standard=standard)
        found.append(_CLIMBED.format(turn=turn, last=turn - 1, since=since, best=best, without="EXCLUDE (before)"))
    return found


if __name__ == "__main__":
    decided(Path(sys.argv[1]), Path(sys.argv[2]))
