"""Tables of two dimensions over many rows, against CASEs that somebody wrote by hand for exactly these tables.

Both sides read the same decimals in memory and give an amount a row; ours is the SQL of the plan that a policy's table
is lowered to, with the number of the row that applied and its mask beside each amount.

Where the table asks a recorded score, the bare CASE does all the work there is: it is the fair other side. Where it
asks an attainment, a CASE that multiplies the quota by each border decides alike and divides nothing, but our results
also hold the attainment, rounded half even to 12 digits. There the fair other side divides too, in whole numbers of 128
bits, since DuckDB's `/` of decimals gives a floating number. Both are timed.
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
from workflow.checks.calculated import Decision
from workflow.columns.queries import EVIDENCE
from workflow.columns.statements import lowered, with_needed
from workflow.diagnostics import NOWHERE
from workflow.model.typed import Apply, Column, Expression
from workflow.plan.building import Builder
from workflow.plan.deciding import Deciding
from workflow.plan.nodes import Emit, Events, Given, Plan

ROOT = Path(__file__).resolve().parent.parent
ROWS = 100_000
REGIONS = ("east", "south")
SCORES = tuple(Decimal(tenths) / 10 for tenths in range(10, 50, 4))
"""The lower borders of the bands of scores, or of attainments; a table has a row for each band and region."""
ANSWERS = f'{EVIDENCE}."event answer"'

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
  revenue: {{sum: amount, of: deal.won}}
  quota: {{latest: amount, of: quota.set}}
values:
  attainment: revenue / quota
  kicker:
    table: |
      {asked} | person.region | value
{rows}
pay:
  kicker: {{amount: kicker}}
returns: {{of: deal.returned, count: in own period}}
"""


def figures() -> Iterator[Figure]:
    """At most one and a half times the time of the fair CASE."""
    numbers = random.Random(20260701)
    regions = [numbers.choice(REGIONS) for _ in range(ROWS)]
    scores = pa.array([Decimal(numbers.randrange(100, 501)) / 100 for _ in range(ROWS)], pa.decimal128(18, 6))
    connection = _recorded({"score": scores, "person.region": regions})
    ours = _ours(_plan(*_checked("score")))
    yield _timed(
        "decision.two-dimensions", connection, ours, f"SELECT event, {_case('score')} AS kicker FROM {ANSWERS}"
    )
    revenue = pa.array([Decimal(numbers.randrange(60_000_000)) / 100 for _ in range(ROWS)], pa.decimal128(28, 4))
    quota = pa.array([Decimal(numbers.randrange(1, 20) * 10_000) for _ in range(ROWS)], pa.decimal128(18, 4))
    connection = _recorded({"revenue": revenue, "quota": quota, "person.region": regions})
    ours = _ours(_plan(*_checked("attainment")))
    divided = f"SELECT event, attainment, {_case('attainment')} AS kicker FROM ({_DIVIDED})"
    yield _timed("decision.quotient", connection, ours, divided)
    multiplied = f"SELECT event, {_case('revenue', ' * quota')} AS kicker FROM {ANSWERS}"
    yield _timed("decision.quotient.undivided", connection, ours, multiplied)


def _recorded(columns: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Evidence in memory with these columns."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH ':memory:' AS {EVIDENCE}")
    connection.register(
        "given", pa.table({"event": pa.array(map(Decimal, range(ROWS)), pa.decimal128(10, 0)), **columns})
    )
    connection.execute(
        f"""CREATE TABLE {ANSWERS} AS SELECT event, 'e' AS "event.id", DATE '2026-07-01' AS "event.day",
        TIMESTAMP '2026-07-01' AS "event.time", TIMESTAMP '2026-07-01' AS "event.recorded", 's' AS "event.source",
        * EXCLUDE (event) FROM given"""
    )
    return connection


def _ours(plan: Plan) -> str:
    statements = lowered(plan)
    (output,) = statements.outputs
    return with_needed(output.sql, statements.relations)


def _timed(name: str, connection: duckdb.DuckDBPyConnection, ours: str, by_hand: str) -> Figure:
    theirs = f"{by_hand} ORDER BY event"
    found = [connection.sql(sql).to_arrow_table() for sql in (ours, theirs)]
    for column in set(found[1].column_names):
        assert found[0].column(column).to_pylist() == found[1].column(column).to_pylist(), "both sides decide the same"
    times = [best(lambda sql=sql: connection.sql(sql).to_arrow_table(), times=9) for sql in (ours, theirs)]  # type: ignore[misc]
    return Figure(name, *times, 1.5)


def _bands() -> Iterator[tuple[Decimal, Decimal | None, str, int]]:
    """Each row of the table: from, below, region, amount."""
    for place, start in enumerate(SCORES):
        end = SCORES[place + 1] if place + 1 < len(SCORES) else None
        for at, region in enumerate(REGIONS):
            yield start, end, region, 100 * place + 50 * at


def _checked(asked: str) -> tuple[Decision, Expression]:
    """The table as `workflow.check` gives it, and the quotient that is the attainment."""
    percent = asked == "attainment"
    rows = "\n".join(
        f'      {_cell(start, end, percent=percent)} | "{region}" | {amount} CNY'
        for start, end, region, amount in _bands()
    )
    with tempfile.TemporaryDirectory(prefix="workflow-bench-") as name:
        folder = Path(name) / "workspace"
        shutil.copytree(ROOT / "tests" / "golden" / "incentive" / "base", folder)
        (folder / "incentives").mkdir()
        text = _POLICY.format(rows=rows, asked=asked)
        (folder / "incentives" / "service.v1.yaml").write_text(text, encoding="utf-8")
        (policy,) = workflow.check(folder).policies
    attainment, kicker = (value.expression for value in policy.values)
    assert isinstance(kicker, Decision)
    assert isinstance(attainment, Apply)
    return kicker, attainment


def _cell(start: Decimal, end: Decimal | None, *, percent: bool) -> str:
    """The unary test of a band; the lowest takes everything below its end too, so that there is no gap."""
    low, high = (f"{each * 100}%" if percent else f"{each}" for each in (start, end or start))
    if end is None:
        return f">= {low}"
    return f"< {high}" if start == SCORES[0] else f"[{low}..{high})"


def _plan(decision: Decision, attainment: Expression) -> Plan:
    builder = Builder()
    by, region = decision.inputs
    names, quotients = ["event", "kicker.row", "kicker"], {}
    fields = [Given(region.name, region.type)]
    if by.name == "attainment":
        assert isinstance(attainment, Apply)
        fields += [Given(each.name, each.type) for each in attainment.args if isinstance(each, Column)]
        names, quotients = ["event", by.name, "kicker.row", "kicker"], {by.name: attainment}
    else:
        fields.append(Given(by.name, by.type))
    step = builder.add("answers", Events("answer", tuple(fields)))
    for name, quotient in quotients.items():
        step = builder.derive(step, name, quotient, NOWHERE)
    table = Deciding(builder, "kicker", decision, quotients, NOWHERE)
    step = builder.derive(table.rows(step), "kicker", table.given(), NOWHERE)
    builder.emit("decided", Emit(step, tuple((name, name) for name in names), ("event",)))
    return builder.plan()


_DIVIDED = f"""
SELECT *, CAST(CAST(whole + CASE WHEN rest * 2 > below OR (rest * 2 = below AND whole % 2 = 1) THEN 1 ELSE 0 END
    AS DECIMAL(38, 0)) * CAST(0.000000000001 AS DECIMAL(12, 12)) AS DECIMAL(38, 12)) AS attainment
FROM (SELECT *, above // below AS whole, above % below AS rest FROM (
    SELECT *, CAST(revenue * 10000 AS HUGEINT) * 1000000000000 AS above, CAST(quota * 10000 AS HUGEINT) AS below
    FROM {ANSWERS}))
"""
"""Revenue over quota as somebody would divide who knows that none is negative, and no quota 0."""


def _case(asked: str, factor: str = "") -> str:
    """The same table as somebody would write it who needs no reasons; each border is multiplied by `factor`."""
    whens = "\n".join(
        f"WHEN {'' if start == SCORES[0] else f'{asked} >= {start}{factor} AND '}"
        f"{f'{asked} < {end}{factor} AND ' if end is not None else ''}\"person.region\" = '{region}' "
        f"THEN CAST({amount} AS DECIMAL(18, 2))"
        for start, end, region, amount in _bands()
    )
    return f"CASE {whens} END"
