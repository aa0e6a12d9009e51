"""Short ways to write plans and evidence in tests."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.engines.held import written
from workflow.intake.evidence import Evidence
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import DATE, TEXT, TRUTH, Type, money, number, ratio
from workflow.plan.nodes import EVENT_FIELDS, Cause, Emit, Events, Field, Given, Node, Plan, Step, mask_of
from workflow.run.outcome import Engine

AMOUNT = money("CNY")
RATE = ratio(16, 12)
SHARE = ratio(5, 4)
INT = number(10, 0)
CAUSES = tuple(Cause(f"cause-{i}") for i in range(10))
ABSENT_A, ABSENT_B, ZERO, LARGE, EMPTY, NOWHERE = range(6)
"""The causes that tests use, by their place in CAUSES."""


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def literal(value: str, of: Type) -> Literal:
    return Literal(Decimal(value) if of.is_numeric else value, of)


def apply(op: Op, to: Type, *args: Expression) -> Apply:
    return Apply(op, args, to)


def compare(op: Op, left: Expression, right: Expression) -> Apply:
    return Apply(op, (left, right), TRUTH)


def events(
    folder: Path, given: Sequence[Given], rows: Sequence[Sequence[object]], registers: dict[str, Any] | None = None
) -> Evidence:
    """Evidence of one event type `deal`, of registers beside, with the usual fields filled in."""
    moment = datetime.datetime(2026, 7, 1)  # noqa: DTZ001 evidence holds UTC without a zone
    full = [
        (
            Decimal(i),
            f"e{i}",
            moment.date(),
            moment,
            moment,
            "crm",
            *(_value(v, g) for v, g in zip(row, given, strict=True)),
        )
        for i, row in enumerate(rows, start=1)
    ]
    tables: dict[str, Any] = {
        "event deal": ((*EVENT_FIELDS, *(Field(g.name, g.type, g.absent is not None) for g in given)), full)
    }
    for name, (fields, held) in (registers or {}).items():
        all_fields = (Field("id", TEXT), Field("from", DATE), Field("through", DATE), *fields)
        tables[f"register {name}"] = (all_fields, held)
    return written(folder / "evidence.duckdb", tables)


def _value(value: object, given: Given) -> object:
    return Decimal(value) if given.type.is_numeric and isinstance(value, str) else value


def plan(given: Sequence[Given], *steps: tuple[str, Node]) -> Plan:
    """A plan over the events `deal`, which are the step `deals`."""
    first = Step("deals", Events("deal", tuple(given)))
    return Plan((first, *(Step(name, node) for name, node in steps)), CAUSES)


def result(engine: Engine, of: Plan, evidence: Evidence, *names: str) -> list[tuple[object, ...]]:
    """The only output's rows; a missing value as the set of its causes."""
    (table,) = engine.run(of, evidence).tables.values()
    rows = []
    for row in table.to_pylist():
        cells = []
        for name in names:
            mask = row.get(mask_of(name), 0)
            causes = {i for i in range(62) if mask >> i & 1}
            cells.append(causes if row[name] is None else row[name])
        rows.append(tuple(cells))
    return rows


def out(of: str, *names: str, order: tuple[str, ...] = ("event",)) -> Emit:
    return Emit(of, tuple((name, name) for name in names), order)


def column(name: str, of: Type) -> Column:
    return Column(name, of)
