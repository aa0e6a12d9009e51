"""A table of two dimensions over many rows, against a CASE that somebody wrote by hand for exactly this table.

Both sides read the same table of decimals in memory and give an amount a row; ours is the SQL of the plan that a
policy's table is lowered to, with the number of the row that applied and its mask beside each amount.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import workflow
from benchmarks.figure import Figure, best
from workflow.checks.checked import Decision
from workflow.columns.queries import EVIDENCE
from workflow.columns.statements import lowered, with_needed
from workflow.diagnostics import NOWHERE
from workflow.plan.building import Builder
from workflow.plan.deciding import Deciding
from workflow.plan.nodes import Emit, Events, Given, Plan

ROOT = Path(__file__).resolve().parent.parent
ROWS = 100_000
REGIONS = ("east", "south")
SCORES = tuple(Decimal(tenths) / 10 for tenths in range(10, 50, 4))
"""The lower borders of the bands of scores; a table has a row for each band and region."""

_POLICY = """policy: incentive
id: service
version: 1
title: {{en: Service, zh: 服务}}
effective: {{from: 2026-01-01}}
owner: hr
reason: To be timed.
subject: person
each: quarter
measures:
  score: {{latest: score, of: survey.answered}}
values:
  kicker:
    table: |
      score | person.region | value
{rows}
pay:
  kicker: {{amount: kicker}}
returns: {{of: deal.returned, count: in own period}}
"""


def figures() -> Iterator[Figure]:
    """At most one and a half times the time of the CASE."""
    decision = _decision()
    numbers = random.Random(20260701)
    given = pa.table(
        {
            "event": pa.array(map(Decimal, range(ROWS)), pa.decimal128(10, 0)),
            "score": pa.array([Decimal(numbers.randrange(100, 501)) / 100 for _ in range(ROWS)], pa.decimal128(18, 6)),
            "person.region": [numbers.choice(REGIONS) for _ in range(ROWS)],
        }
    )
    connection = duckdb.connect()
    connection.execute(f"ATTACH ':memory:' AS {EVIDENCE}")
    connection.register("given", given)
    connection.execute(
        f"""CREATE TABLE {EVIDENCE}."event answer" AS SELECT event, 'e' AS "event.id", DATE '2026-07-01' AS "event.day",
        TIMESTAMP '2026-07-01' AS "event.time", TIMESTAMP '2026-07-01' AS "event.recorded", 's' AS "event.source",
        score, "person.region" FROM given"""
    )
    statements = lowered(_plan(decision))
    (output,) = statements.outputs
    ours, theirs = with_needed(output.sql, statements.relations), _by_hand()
    found = [connection.sql(sql).to_arrow_table().column("kicker").to_pylist() for sql in (ours, theirs)]
    assert found[0] == found[1], "both sides decide the same"
    yield Figure(
        "decision.two-dimensions",
        best(lambda: _fetched(connection, ours), times=9),
        best(lambda: _fetched(connection, theirs), times=9),
        1.5,
    )


def _fetched(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    return connection.sql(sql).to_arrow_table()


def _bands() -> Iterator[tuple[Decimal, Decimal | None, str, int]]:
    """Each row of the table: from, below, region, amount."""
    for place, start in enumerate(SCORES):
        end = SCORES[place + 1] if place + 1 < len(SCORES) else None
        for at, region in enumerate(REGIONS):
            yield start, end, region, 100 * place + 50 * at


def _decision() -> Decision:
    """The table as `workflow.check` gives it."""
    rows = "\n".join(
        f'      {_cell(start, end)} | "{region}" | {amount} CNY' for start, end, region, amount in _bands()
    )
    with tempfile.TemporaryDirectory(prefix="workflow-bench-") as name:
        folder = Path(name) / "workspace"
        shutil.copytree(ROOT / "tests" / "golden" / "incentive" / "base", folder)
        (folder / "incentives").mkdir()
        (folder / "incentives" / "service.v1.yaml").write_text(_POLICY.format(rows=rows), encoding="utf-8")
        (policy,) = workflow.check(folder).policies
    decision = policy.values[0].expression
    assert isinstance(decision, Decision)
    return decision


def _cell(start: Decimal, end: Decimal | None) -> str:
    """The unary test of a band; the lowest takes everything below its end too, so that there is no gap."""
    if end is None:
        return f">= {start}"
    return f"< {end}" if start == SCORES[0] else f"[{start}..{end})"


def _plan(decision: Decision) -> Plan:
    builder = Builder()
    fields = tuple(Given(column.name, column.type) for column in decision.inputs)
    step = builder.add("answers", Events("answer", fields))
    table = Deciding(builder, "kicker", decision, {}, NOWHERE)
    step = builder.derive(table.rows(step), "kicker", table.given(), NOWHERE)
    columns = tuple((name, name) for name in ("event", "kicker.row", "kicker"))
    builder.emit("decided", Emit(step, columns, ("event",)))
    return builder.plan()


def _by_hand() -> str:
    """The same table as somebody would write it who needs no reasons."""
    whens = "\n".join(
        f"WHEN score >= {start} {f'AND score < {end}' if end is not None else ''} AND \"person.region\" = '{region}' "
        f"THEN CAST({amount} AS DECIMAL(18, 2))"
        for start, end, region, amount in _bands()
    )
    return f'SELECT event, CASE {whens} END AS kicker FROM {EVIDENCE}."event answer" ORDER BY event'
