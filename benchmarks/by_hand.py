"""The quarter of `benchmarks.company` in SQL written by hand for exactly its three policies and these files.

Three forms, which differ in how they find the newest row of each deal: by a window over all rows, by grouping all rows,
or by a window over only those rows whose id stands more than once. Each checks every cell as the engine does, sets
aside what is superseded, duplicate or contradictory, counts what became of every accepted deal, and writes the same
results, lines, actions, counts and refused rows; none says why. Run as a program it takes the form, the workspace and
the folder to write to.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

UNSEEN = (
    r"^ | $|[\p{Cc}\x{A0}\x{AD}\x{61C}\x{1680}\x{180E}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{206F}\x{3000}"
    r"\x{FEFF}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E007F}]"
)
_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
_TEXTS = ("Record Id", "Stage", "Deal Owner Id", "Account Id", "Amount", "Currency", "Product", "Closing Time",
    "Modified Time")  # fmt: skip

_READ = {
    "csv": """
SELECT *, regexp_full_match("Amount", '-?0{{0,20}}[0-9]{{1,14}}(?:\\.[0-9]{{1,4}})?') AS amount_good,
    TRY_CAST("Amount" AS DECIMAL(18, 4)) AS value,
    CASE WHEN regexp_full_match("Closing Time", '{time}') THEN TRY_CAST("Closing Time" AS TIMESTAMP) END AS closed,
    CASE WHEN regexp_full_match("Modified Time", '{time}') THEN TRY_CAST("Modified Time" AS TIMESTAMP) END AS modified
FROM read_csv('{folder}/deals-*.csv', all_varchar = true, header = true, auto_detect = false, delim = ',', quote = '"',
    columns = {{{columns}}})
""",
    "parquet": """
SELECT *, true AS amount_good, CAST("Amount" AS DECIMAL(18, 4)) AS value, "Closing Time" AS closed,
    "Modified Time" AS modified
FROM read_parquet('{folder}/deals-*.parquet')
""",
}
_RAW = """
CREATE {kind} raw AS
SELECT "Record Id" AS id, "Deal Owner Id" AS seller, "Account Id" AS customer, value AS amount, "Currency" AS currency,
    "Product" AS product, closed, modified, "Stage" = 'Closed Won' AS won,
    CASE WHEN "Record Id" IS NULL OR regexp_matches("Record Id", '{unseen}') THEN 'id'
        WHEN modified IS NULL THEN 'modified' WHEN "Stage" IS NULL THEN 'stage' WHEN "Stage" <> 'Closed Won' THEN NULL
        WHEN "Deal Owner Id" IS NULL OR regexp_matches("Deal Owner Id", '{unseen}') THEN 'seller'
        WHEN "Account Id" IS NULL OR regexp_matches("Account Id", '{unseen}') THEN 'customer'
        WHEN "Amount" IS NULL OR NOT amount_good THEN 'amount'
        WHEN "Currency" IS NULL OR NOT regexp_full_match("Currency", '[A-Z]{{3}}') THEN 'currency'
        WHEN "Product" IS NULL OR "Product" NOT IN ('cloud', 'services', 'hardware') THEN 'product'
        WHEN closed IS NULL OR closed < TIMESTAMP '1900-01-01' OR closed >= TIMESTAMP '2200-01-01' THEN 'closed'
    END AS wrong
FROM ({read})
"""
_CONTENT = "row(won, wrong, seller, customer, amount, currency, product, closed)"

FORMS = {
    "window": """
SELECT * EXCLUDE (turn, differs) FROM (
    SELECT *, row_number() OVER newest AS turn, min(content) OVER same <> max(content) OVER same AS differs
    FROM (SELECT *, hash({content}) AS content FROM raw)
    WINDOW newest AS (PARTITION BY id ORDER BY modified DESC), same AS (PARTITION BY id, modified)
) WHERE turn = 1 AND NOT differs AND wrong IS NULL AND won
""",
    "group": """
SELECT id, found.seller, found.customer, found.amount, found.currency, found.product, found.closed FROM (
    SELECT id, arg_max(struct_pack(seller, customer, amount, currency, product, closed, won, wrong), modified) AS found,
        count(*) AS times, max(modified) AS latest
    FROM raw GROUP BY id
) AS newest WHERE found.won AND found.wrong IS NULL AND (times = 1 OR id NOT IN (
    SELECT id FROM raw WHERE hash(id) IN (SELECT hash(id) FROM raw GROUP BY hash(id) HAVING count(*) > 1)
    GROUP BY id, modified HAVING min(hash({content})) <> max(hash({content}))
))
""",
    "twice": """
SELECT id, seller, customer, amount, currency, product, closed FROM raw
WHERE won AND wrong IS NULL AND hash(id) NOT IN (SELECT hashed FROM twice)
UNION ALL
SELECT id, seller, customer, amount, currency, product, closed FROM (
    SELECT *, row_number() OVER newest AS turn, min(content) OVER same <> max(content) OVER same AS differs
    FROM (SELECT *, hash({content}) AS content FROM raw WHERE hash(id) IN (SELECT hashed FROM twice))
    WINDOW newest AS (PARTITION BY id ORDER BY modified DESC), same AS (PARTITION BY id, modified)
) WHERE turn = 1 AND NOT differs AND wrong IS NULL AND won
""",
}
_MEASURES = """
CREATE TEMP TABLE measured AS
SELECT seller, sum(amount) FILTER (counts) AS revenue, sum(amount) FILTER (counts AND product = 'cloud') AS cloud,
    sum(amount) FILTER (counts AND product = 'services') AS services,
    count(*) FILTER (counts AND amount >= 100000) AS large, count(*) FILTER (counts) AS deals,
    sum(amount) FILTER (counts) AS total, max(amount) FILTER (counts) AS best,
    count(*) AS accepted, count(*) FILTER (within) AS within,
    count(*) FILTER (within AND (product <> 'hardware' OR amount >= 100000)) AS of_products
FROM (
    SELECT *, closed >= TIMESTAMP '2026-07-01' AND closed < TIMESTAMP '2026-10-01' AS within,
        within AND currency = 'CNY' AS counts
    FROM ({newest})
) GROUP BY seller
"""
_PEOPLE = """
CREATE TEMP TABLE people AS
SELECT p."Employee No" AS person, q.quota, coalesce(revenue, 0) AS revenue, coalesce(cloud, 0) AS cloud,
    coalesce(services, 0) AS services, coalesce(large, 0) AS large, coalesce(deals, 0) AS deals, best,
    CAST(CAST(total AS DECIMAL(32, 12)) / nullif(deals, 0) AS DECIMAL(32, 12)) AS usual,
    CAST(revenue AS DECIMAL(32, 12)) / nullif(q.quota, 0) AS attainment
FROM read_csv('{folder}/people.csv', all_varchar = true, header = true, auto_detect = false, delim = ',', quote = '"',
    columns = {{'Employee No': 'VARCHAR', 'From': 'VARCHAR', 'Through': 'VARCHAR', 'Name': 'VARCHAR', 'Role': 'VARCHAR',
    'Region': 'VARCHAR', 'Status': 'VARCHAR', 'Supervisor': 'VARCHAR', 'Commission Rate': 'VARCHAR'}}) AS p
LEFT JOIN (
    SELECT "Employee No" AS seller, arg_max(CAST("Quota" AS DECIMAL(18, 4)), "Set On") AS quota
    FROM read_csv('{folder}/quotas.csv', all_varchar = true, header = true, auto_detect = false, delim = ',',
        quote = '"', columns = {{'Letter': 'VARCHAR', 'Employee No': 'VARCHAR', 'Set On': 'VARCHAR',
        'Period': 'VARCHAR', 'Quota': 'VARCHAR'}})
    WHERE "Period" = '2026-Q3' AND regexp_full_match("Quota", '[0-9]{{1,14}}(?:\\.[0-9]{{1,4}})?') GROUP BY ALL
) AS q ON q.seller = p."Employee No"
LEFT JOIN measured AS m ON m.seller = p."Employee No"
WHERE p."Role" = 'account manager' AND p."Status" = 'active' AND p."From" <= '2026-09-30'
"""
_PAID = """
CREATE TEMP TABLE paid AS
SELECT *, round(greatest(least(revenue, quota * 0.8) - quota * 0.6, 0) * 0.01
        + greatest(least(revenue, quota) - quota * 0.8, 0) * 0.02
        + greatest(revenue - quota, 0) * 0.035, 2) AS commission,
    round(cloud * 0.012, 2) AS cloud_bonus, round(services * 0.008, 2) AS services_bonus,
    CASE WHEN large > 0 THEN large * 80.00 END AS large_bonus,
    CASE WHEN deals >= 10 THEN deals * 2.00 END AS diligence, CASE WHEN usual >= 60000 THEN 300.00 END AS size,
    round(best * 0.001, 2) AS best_deal
FROM people
"""
_ENDS = """
CREATE TEMP TABLE ends AS
SELECT sum(accepted) AS accepted, sum(accepted) FILTER (p.person IS NULL) AS unmatched,
    sum(accepted - within) FILTER (p.person IS NOT NULL) AS out_of_period,
    sum(within) FILTER (p.person IS NOT NULL) AS used_by_each,
    sum(of_products) FILTER (p.person IS NOT NULL) AS used_by_products,
    (SELECT count(*) FROM raw) AS records, (SELECT count(*) FROM raw WHERE wrong IS NOT NULL) AS refused
FROM measured LEFT JOIN people AS p ON p.person = measured.seller
"""
_LINES = """
CREATE TEMP TABLE lines AS
SELECT policy, clause, person, CAST(amount AS DECIMAL(28, 2)) AS amount FROM (
    {lines}
) WHERE amount IS NOT NULL
"""
_CLAUSES = (
    ("activity", "diligence"), ("activity", "size"), ("activity", "best_deal"), ("commission", "commission"),
    ("products", "cloud_bonus"), ("products", "services_bonus"), ("products", "large_bonus"),
)  # fmt: skip
_WRITTEN = (
    ("SELECT person, quota, revenue, attainment, commission FROM paid ORDER BY person", "commission.parquet"),
    (
        "SELECT person, cloud, services, large, cloud_bonus, services_bonus, large_bonus FROM paid ORDER BY person",
        "products.parquet",
    ),
    ("SELECT person, deals, usual, best, diligence, size, best_deal FROM paid ORDER BY person", "activity.parquet"),
    ("SELECT * FROM lines ORDER BY policy, person", "lines.parquet"),
    (
        """SELECT 'north-star/' || policy || '/' || clause || '/' || person || '/2026-Q3' AS id, 'pay' AS kind, policy,
            1 AS version, clause, person AS subject, '2026-Q3' AS period, amount, 'CNY' AS currency FROM lines
        ORDER BY policy, person""",
        "actions.csv",
    ),
    ("SELECT * FROM ends", "ends.csv"),
    ("SELECT id, wrong FROM raw WHERE wrong IS NOT NULL ORDER BY id", "quarantine.csv"),
)


def decided(form: str, workspace: Path, out: Path) -> None:
    """Read, check, deduplicate, calculate, write."""
    folder = workspace / "records"
    layout = "csv" if any(folder.glob("deals-*.csv")) else "parquet"
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _TEXTS)
    read = _READ[layout].format(folder=folder, time=_TIME, columns=columns)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with duckdb.connect(str(out / "work.duckdb")) as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(_RAW.format(kind="TEMP TABLE", unseen=UNSEEN, read=read))
        if form == "twice":
            connection.execute(
                "CREATE TEMP TABLE twice AS SELECT hash(id) AS hashed FROM raw GROUP BY hashed HAVING count(*) > 1"
            )
        newest = FORMS[form].format(content=_CONTENT)
        connection.execute(_MEASURES.format(newest=newest))
        connection.execute(_PEOPLE.format(folder=folder))
        connection.execute(_ENDS)
        connection.execute(_PAID)
        lines = " UNION ALL ".join(
            f"SELECT '{policy}' AS policy, '{clause}' AS clause, person, {clause} AS amount FROM paid"
            for policy, clause in _CLAUSES
        )
        connection.execute(_LINES.format(lines=lines))
        for query, name in _WRITTEN:
            connection.execute(f"COPY ({query}) TO '{out / name}'")


if __name__ == "__main__":
    decided(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
