"""Nodes that look at several rows together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from workflow.model.terms import Function
from workflow.model.types import MAX_DIGITS
from workflow.plan.breaches import Breach
from workflow.plan.nodes import Aggregate, Apportion, Fold, Measure, Running
from workflow.run.reference.cells import (
    Absent,
    Cell,
    Row,
    because,
    converted,
    decimal,
    exact,
    integer,
    mask,
    total,
)
from workflow.run.reference.rows import Key, Step


def aggregated(step: Step, node: Aggregate) -> list[Row]:
    """One row a group."""
    groups = _grouped(step, node.of, node.by)
    result: list[Row] = [dict(zip(node.by, key, strict=True)) for key in groups]
    for measure in node.measures:
        # A step's breaches are looked for one after another: all orders first, then what is latest.
        for row in step.known[node.of]:
            if measure.function is Function.LATEST and (measure.where is None or row[measure.where] is not False):
                step.key(row, measure.order)
    for measure in node.measures:
        for row, rows in zip(result, groups.values(), strict=True):
            row[measure.name] = _measured(step, measure, rows)
    return result


def _grouped(step: Step, of: str, by: tuple[str, ...]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = {}
    for row in step.known[of]:
        groups.setdefault(step.key(row, by), []).append(row)
    return groups


def _measured(step: Step, measure: Measure, rows: Iterable[Row]) -> Cell:
    where = measure.where
    possible = [row for row in rows if where is None or row[where] is not False]
    if measure.function is Function.LATEST:
        return _latest(step, measure, possible)
    undecided = [row[where] for row in possible if where is not None and isinstance(row[where], Absent)]
    taking_part = [row for row in possible if where is None or row[where] is True]
    values = [row[measure.value] for row in taking_part] if measure.value is not None else []
    missing = mask(*undecided, *values)
    if missing:
        return Absent(missing)
    if measure.function is Function.COUNT:
        return Decimal(len(taking_part)) if taking_part or measure.empty is None else because(measure.empty)
    if not values and (measure.empty is not None or measure.function is not Function.SUM):
        return because(measure.empty)
    if measure.function is Function.SUM:
        return converted(total(map(exact, values)), measure.type, measure.too_large)
    extreme: Callable[..., Cell] = min if measure.function is Function.LEAST else max
    return extreme(values)


def _latest(step: Step, measure: Measure, possible: list[Row]) -> Cell:
    if not possible:
        return because(measure.empty)
    latest = max(step.key(row, measure.order) for row in possible)
    greatest = [row for row in possible if step.key(row, measure.order) == latest]
    outcomes = {_outcome(measure, row) for row in greatest}
    if len(outcomes) > 1:
        raise step.failed(Breach.TWO_LATEST)
    return outcomes.pop()


def _outcome(measure: Measure, row: Row) -> Cell:
    assert measure.value is not None
    where = True if measure.where is None else row[measure.where]
    return where if isinstance(where, Absent) else row[measure.value]


def running(step: Step, node: Running) -> list[Row]:
    """Each row with the sum so far."""
    result: list[Row] = []
    for rows in ordered_groups(step, node):
        so_far: list[Cell] = []
        for row in rows:
            so_far.append(row[node.value])
            missing = mask(*so_far)
            known: Cell = Absent(missing)
            if not missing:
                known = converted(total(map(exact, so_far)), node.type, node.too_large)
            result.append(row | {node.name: known})
    return result


def ordered_groups(step: Step, node: Running | Apportion | Fold) -> list[list[Row]]:
    """The rows of each group, in their order."""
    for row in step.known[node.of]:
        step.key(row, (*node.by, *node.order))
    return [step.ordered(rows, node.order) for rows in _grouped(step, node.of, node.by).values()]


def apportioned(step: Step, node: Apportion) -> list[Row]:
    """Each row with its part of the group's total."""
    groups = ordered_groups(step, node)
    if any(len({row[node.total] for row in rows}) > 1 for rows in groups):
        raise step.failed(Breach.TWO_TOTALS)
    weights = [row[node.weight] for rows in groups for row in rows]
    if any(exact(weight) < 0 for weight in weights if not isinstance(weight, Absent)):
        raise step.failed(Breach.NEGATIVE_WEIGHT)
    return [row | {node.name: part} for rows in groups for row, part in zip(rows, _parts(node, rows), strict=True)]


def _parts(node: Apportion, rows: list[Row]) -> list[Cell]:
    missing = mask(*(row[name] for row in rows for name in (node.total, node.weight)))
    if missing:
        return [Absent(missing)] * len(rows)
    weights = [exact(row[node.weight]) for row in rows]
    scale = max(-int(weight.as_tuple().exponent) for weight in weights)
    shares = [integer(weight, scale) for weight in weights]
    cents = integer(rows[0][node.total], node.type.scale)
    if sum(shares) == 0:
        return [because(node.zero_division)] * len(rows)
    if abs(cents) * sum(shares) >= 10**MAX_DIGITS:
        return [because(node.too_large)] * len(rows)
    parts = [abs(cents) * share // sum(shares) for share in shares]
    remainders = [abs(cents) * share % sum(shares) for share in shares]
    # Rows stand in `order`, and sorting is stable: of equal remainders the first row gets the cent.
    largest = sorted(range(len(rows)), key=lambda i: -remainders[i])
    for i in largest[: abs(cents) - sum(parts)]:
        parts[i] += 1
    return [decimal(part if cents >= 0 else -part, node.type.scale) for part in parts]
