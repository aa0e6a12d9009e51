"""The reference engine: what a plan means, in plain Python over decimals, one row at a time.

It is short so that it can be read, and slow: for tests, and to settle any doubt about another engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from workflow.intake.evidence import Evidence
from workflow.plan.nodes import (
    Aggregate,
    Apportion,
    Derive,
    Emit,
    Events,
    Expand,
    Field,
    Filter,
    Fold,
    Lookup,
    Node,
    Periods,
    Plan,
    Register,
    Running,
    Tiers,
    Union,
    mask_of,
)
from workflow.plan.relations import fields_of
from workflow.run.outcome import Opened, Outcome, schema_of
from workflow.run.reference.cells import Absent, Cell, Row, converted, exact
from workflow.run.reference.expressions import Formula
from workflow.run.reference.folds import folded
from workflow.run.reference.groups import aggregated, apportioned, running
from workflow.run.reference.rows import Step, emitted, expanded, joined, recorded
from workflow.run.reference.tables import Table


class Reference:
    """The meaning of a plan."""

    name = "reference"

    def run(self, plan: Plan, evidence: Evidence) -> Outcome:
        """Run all steps in order, and give the outputs as tables."""
        with self.opened(evidence) as opened:
            return opened.run(plan)

    @contextmanager
    def opened(self, evidence: Evidence) -> Iterator[Opened]:
        """Run one plan after another."""
        with evidence.kept_open():
            yield Opened(partial(_outcome, evidence))


def _outcome(evidence: Evidence, plan: Plan) -> Outcome:
    """The outputs of the plan, once all its steps have been run."""
    fields = fields_of(plan)
    rows: dict[str, list[Row]] = {}
    for step in plan.steps:
        names = [field.name for field in fields[step.name]]
        given = _rows(step.name, step.node, rows, evidence)
        rows[step.name] = [{name: row[name] for name in names} for row in given]
    outputs = [step.name for step in plan.steps if isinstance(step.node, Emit)]
    return Outcome({name: _table(fields[name], rows[name]) for name in outputs})


def _rows(name: str, node: Node, known: dict[str, list[Row]], evidence: Evidence) -> list[Row]:
    """The rows of one step, from those of the earlier ones."""
    step = Step(name, known)
    match node:
        case Events() | Register():
            return recorded(step, node, evidence)
        case Periods(rows=periods):
            return [{"period": of, "period.start": start, "period.end": end} for of, start, end in periods]
        case Filter():
            return [row for row in known[node.of] if _kept(row[node.keep], or_missing=node.or_missing)]
        case Derive():
            return [row | {node.name: _derived(node, row)} for row in known[node.of]]
        case Lookup():
            return joined(step, node)
        case Expand():
            return expanded(step, node)
        case Aggregate():
            return aggregated(step, node)
        case Running():
            return running(step, node)
        case Tiers():
            return [row | Table(node, row).added() for row in known[node.of]]
        case Apportion():
            return apportioned(step, node)
        case Fold():
            return folded(step, node)
        case Union(of=inputs):
            return [row for name in inputs for row in known[name]]
        case Emit():
            return emitted(step, node)


def _kept(keep: Cell, *, or_missing: bool) -> bool:
    return or_missing if isinstance(keep, Absent) else keep is True


def _derived(node: Derive, row: Row) -> Cell:
    cell = Formula(node.zero_division, node.too_large, node.undefined).value(node.expression, row)
    if isinstance(cell, Absent) or not node.type.is_numeric:
        return cell
    return converted(exact(cell), node.type, node.too_large)


def _table(fields: Sequence[Field], rows: Sequence[Row]) -> object:
    """Rows as an Arrow table: a value or null, and the mask beside it."""
    import pyarrow as pa

    columns: dict[str, list[object]] = {}
    for field in fields:
        cells = [row[field.name] for row in rows]
        columns[field.name] = [None if isinstance(cell, Absent) else cell for cell in cells]
        if field.maybe:
            columns[mask_of(field.name)] = [cell.mask if isinstance(cell, Absent) else 0 for cell in cells]
        else:
            assert not any(isinstance(cell, Absent) for cell in cells), f"{field.name} is missing, and must not be"
    return pa.table(columns, schema=schema_of(fields))
