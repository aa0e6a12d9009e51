"""The tier decision of many rows: which tier an attainment reaches, and what it pays, to the cent.

Against zen-engine and rule-engine, each from its own natural input in memory: rows of numbers as Python has them for
theirs, an Arrow table of decimals for ours, whose time includes making evidence of it and SQL of the plan. Rules are
compiled before the clock starts. Beside each ratio stand the wrong cents, found by a sum in whole numbers.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.figure import Figure, best
from workflow.columns.queries import EVIDENCE
from workflow.columns.statements import lowered, with_needed
from workflow.diagnostics import NOWHERE
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Apply, Column, Literal, Op, Round, Rounding
from workflow.model.types import money, ratio
from workflow.plan.building import Builder
from workflow.plan.nodes import Emit, Events, Given, Plan, TierRow, Tiers

ROWS = 100_000
BORDERS = ((60, 10), (80, 20), (100, 35), (120, 50))
"""Each tier's border in percent, and its rate in tenths of a percent; nothing is paid below the lowest."""

Row = tuple[int, int]
"""Revenue and quota in cents."""


def figures() -> Iterator[Figure]:
    """At least twenty times as fast as either, and no wrong cent."""
    numbers = random.Random(20260701)
    rows = [(numbers.randrange(1, 20_000_000), numbers.randrange(1, 200_000) * 100) for _ in range(ROWS)]
    expected = [_by_hand(*row) for row in rows]
    decide = _ours(rows)
    time, wrong = best(decide, times=5), _wrong(decide(), expected)
    for name, module, prepare in (("zen-engine", "zen", _zen), ("rule-engine", "rule_engine", _rule_engine)):
        if importlib.util.find_spec(module) is None:
            print(f"{name} isn't installed; the extra `bench` has it", file=sys.stderr)
            continue
        floats = prepare(rows)
        yield Figure(f"tiers.{name}", time, best(floats, times=2), 1 / 20)
        yield Figure(f"tiers.{name}.wrong-cents", wrong, _wrong(floats(), expected), 0, "cents")


def _wrong(found: Sequence[Any], expected: Sequence[int]) -> int:
    """How many amounts are another cent than the sum in whole numbers."""
    return sum(round(Decimal(str(paid)) * 100) != cents for paid, cents in zip(found, expected, strict=True))


def _by_hand(revenue: int, quota: int) -> int:
    """What is paid, in cents, half up: in whole numbers, so nothing is lost."""
    rate = next((rate for border, rate in reversed(BORDERS) if revenue * 100 >= border * quota), 0)
    return (revenue * rate * 2 + 1000) // 2000


_EVIDENCE = """
CREATE OR REPLACE TABLE {evidence}."event deal" AS
SELECT event, 'e' AS "event.id", DATE '2026-07-01' AS "event.day", TIMESTAMP '2026-07-01' AS "event.time",
    TIMESTAMP '2026-07-01' AS "event.recorded", 'crm' AS "event.source", revenue, quota FROM given
"""
_MONEY, _SHARE = money("CNY"), ratio(5, 4)
_GIVEN = (Given("revenue", _MONEY), Given("quota", _MONEY))


@functools.cache
def _plan() -> Plan:
    """The tier, its rate, and the paid amount of every deal."""
    builder = Builder()
    step = builder.add("deals", Events("deal", _GIVEN))
    on = Column("revenue", _MONEY)
    by = Apply(Op.DIV, (on, Column("quota", _MONEY)), ratio(34, 12))
    rows = tuple(
        TierRow(Literal(Decimal(border) / 100, _SHARE), Literal(Decimal(rate) / 1000, _SHARE))
        for border, rate in BORDERS
    )
    full, line = money("CNY", 30, 8), money("CNY", 28, 2)
    zero, large = (
        builder.cause("divided-by-zero", NOWHERE, name="quota"),
        builder.cause("too-large", NOWHERE, name="pay"),
    )
    step = builder.add(
        "deals",
        Tiers(
            step, "pay.full", by, on, Mode.WHOLE, Yields.RATE, rows, _SHARE, full, zero_division=zero, too_large=large
        ),
    )
    step = builder.derive(step, "pay", Round(Column("pay.full", full), Rounding.HALF_UP, line), NOWHERE)
    columns = tuple((name, name) for name in ("event", "pay.full.row", "pay.full.rate", "pay"))
    builder.emit("decided", Emit(step, columns, ("event",)))
    return builder.plan()


def _ours(rows: Sequence[Row]) -> Callable[[], Any]:
    """The plan's SQL over an Arrow table of decimals."""
    named = enumerate(("revenue", "quota"))
    given = pa.table(
        {"event": pa.array(map(Decimal, range(len(rows))), pa.decimal128(10, 0))}
        | {name: pa.array([Decimal(row[at]) / 100 for row in rows], pa.decimal128(18, 4)) for at, name in named}
    )
    connection = duckdb.connect()
    connection.execute(f"ATTACH ':memory:' AS {EVIDENCE}")
    connection.register("given", given)
    statements = lowered(_plan())
    (output,) = statements.outputs
    # INVARIANT: each step is read once, so all of them may be written into the output.
    sql = with_needed(output.sql, statements.relations)

    def decide() -> Any:
        connection.execute(_EVIDENCE.format(evidence=EVIDENCE))
        return connection.sql(sql).to_arrow_table()["pay"]

    return decide


def _numbers(rows: Sequence[Row]) -> list[dict[str, float]]:
    """The rows as a program has them that knows no money."""
    return [{"revenue": revenue / 100, "quota": quota / 100} for revenue, quota in rows]


def _zen(rows: Sequence[Row]) -> Callable[[], list[Any]]:
    """A decision table of the engine, compiled, over one dict after another."""
    import zen

    given = _numbers(rows)
    tiers = [
        {"_id": f"{border}", "by": f">= {border / 100}", "pay": f"round(revenue * {rate / 1000}, 2)"}
        for border, rate in reversed(BORDERS)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "by", "name": "attainment", "field": "revenue / quota"}],
        "outputs": [{"id": "pay", "name": "pay", "field": "pay"}],
        "rules": [*tiers, {"_id": "none", "by": "", "pay": "0"}],
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "tiers", "type": "decisionTableNode", "name": "tiers", "content": content},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "tiers"},
        {"id": "2", "type": "edge", "sourceId": "tiers", "targetId": "out"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda: [decision.evaluate(row)["result"]["pay"] for row in given]


def _rule_engine(rows: Sequence[Row]) -> Callable[[], list[Any]]:
    """A rule of the engine for each tier, compiled, the highest first; what the tier pays is a product of floats."""
    import rule_engine

    given = _numbers(rows)
    tiers = [
        (rule_engine.Rule(f"revenue >= quota * {border / 100}"), rate / 1000) for border, rate in reversed(BORDERS)
    ]

    def paid(row: dict[str, float]) -> float:
        rate = next((rate for rule, rate in tiers if rule.matches(row)), 0.0)
        return round(row["revenue"] * rate, 2)

    return lambda: [paid(row) for row in given]
