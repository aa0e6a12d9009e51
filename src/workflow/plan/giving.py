"""What a clause that is counted by events gives for a total, and for the total before it."""

from __future__ import annotations

from dataclasses import replace

from workflow.checks.calculated import Decision
from workflow.checks.clauses import Table
from workflow.model.sizes import product_type, sum_type
from workflow.model.terms import Mode
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import Kind, Type, literal_type, named
from workflow.plan.counted import Counting
from workflow.plan.deciding import Deciding
from workflow.plan.paying import Reading, laid_open, payable, tabled


def given(counting: Counting, step: str) -> str:
    """The rows with what the clause gives for the total, less what it gives for the total before."""
    stem, of = counting.stem, counting.counted.gives
    names = ("earlier", "through") if counting.runs else ("through",)
    step = _rated(counting, step)
    for name in names:
        step = _gives(counting, step, name)
    through: Expression = Column(f"{stem}.through", of)
    if counting.runs:
        through = Apply(Op.SUB, (through, Column(f"{stem}.earlier", of)), sum_type(of, of))
    difference = Column(f"{stem}.difference", counting.difference)
    step = counting.derive(step, difference.name, through, difference.type)
    full = counting.quotient(difference) or difference
    return counting.derive(step, f"{stem}.full", full, counting.clause.type)


def _gives(counting: Counting, step: str, name: str) -> str:
    """The rows with what the clause gives for a total, `pay.c.NAME`."""
    clause, stem, of = counting.clause, counting.stem, counting.counted.gives
    suffix = ".before" if name == "earlier" else ""
    if clause.amount is not None:
        return counting.derive(step, f"{stem}.{name}", counting.own(clause.amount), of)
    if clause.table is not None:
        return _read_by(counting, step, name, clause.table)
    rate = Column(f"{stem}.rate", _rate_type(counting))
    if clause.on is None:
        return counting.derive(step, f"{stem}.{name}", rate, of)
    step, base = _payable(counting, step, suffix)
    product = product_type(base.type, rate.type, Kind.MONEY, base.type.unit)
    assert product is not None, "the checker refuses a product of too many digits"
    return counting.derive(step, f"{stem}.{name}", Apply(Op.MUL, (base, rate), product), of)


def _rated(counting: Counting, step: str) -> str:
    """The rows with the rate, or what a table of several dimensions gives, where the total doesn't decide it."""
    clause, name = counting.clause, f"{counting.stem}.rate"
    if clause.rate is not None:
        return counting.derive(step, name, counting.own(clause.rate), _rate_type(counting))
    if clause.decision is None:
        return step
    deciding = Deciding(counting.ground.builder, counting.stem, _over_rows(counting, clause.decision), {}, clause.span)
    return counting.derive(deciding.rows(step), name, deciding.given(), _rate_type(counting))


def _rate_type(counting: Counting) -> Type:
    clause = counting.clause
    if clause.decision is not None:
        return counting.counted.gives if clause.on is None else named(clause.decision.type)
    assert clause.rate is not None
    return named(clause.rate.type)


def _over_rows(counting: Counting, decision: Decision) -> Decision:
    """The table, asked of an event's row."""

    def own(expression: Expression | None) -> Expression | None:
        return None if expression is None else counting.own(expression)

    rows = [replace(row, tests=tuple(map(own, row.tests)), gives=own(row.gives)) for row in decision.rows]
    inputs = [column for column in map(counting.own, decision.inputs) if isinstance(column, Column)]
    return replace(decision, inputs=tuple(inputs), rows=tuple(rows))


def _payable(counting: Counting, step: str, suffix: str) -> tuple[str, Column]:
    """What a rate is applied to: a total, or the period's result; nothing where it is negative and that isn't paid."""
    base = _base(counting, suffix)
    name = f"{counting.stem}.payable{suffix}"
    return counting.derive(step, name, payable(counting.clause, base), base.type), Column(name, base.type)


def _base(counting: Counting, suffix: str) -> Column:
    """What is paid on: the total, or before it; of a clause that counts nothing, the period's result."""
    quantity, clause = counting.counted.quantity, counting.clause
    if quantity is not None and (clause.on is None or clause.on.name == quantity.name):
        return Column(f"{counting.stem}.total{suffix}", quantity.type)
    assert clause.on is not None
    own = counting.own(clause.on)
    assert isinstance(own, Column)
    return own


def _read_by(counting: Counting, step: str, name: str, table: Table) -> str:
    """The rows with what the table gives for a total."""
    clause, stem = counting.clause, counting.stem
    suffix = ".before" if name == "earlier" else ""
    quantity = counting.counted.quantity
    on = _base(counting, suffix) if clause.on is not None else None
    if table.rest is not None:
        step, on = _position(counting, step, suffix, table)
    by = counting.own(counting.quotients.get(table.by_name, table.by))
    if quantity is not None and table.by_name == quantity.name:
        by = on if on is not None else _base(counting, suffix)
    elif table.unit is not None:
        assert on is not None
        unit = counting.own(table.unit)
        assert isinstance(unit, Column)
        table = replace(table, unit=unit)
        by = Apply(Op.DIV, (on, unit), table.by.type)
    if on is not None and table.mode is not Mode.MARGINAL:
        step, on = _payable(counting, step, suffix)
    opened = laid_open(table, counting.own)
    reading = Reading(f"{stem}.{name}", opened, by, on, counting.counted.gives, clause)
    step = tabled(counting.ground, step, reading)
    if table.rest is None or on is None:
        return step
    paid = Column(f"{stem}.{name}", counting.counted.gives)
    kept = Column(f"{stem}.kept.scaled{suffix}", sum_type(on.type, paid.type))
    step = counting.derive(step, kept.name, Apply(Op.SUB, (on, paid), kept.type))
    return counting.derive(step, f"{stem}.kept{suffix}", counting.quotient(kept) or kept)


def _position(counting: Counting, step: str, suffix: str, table: Table) -> tuple[str, Column]:
    """What is paid on, times the scale that makes borders in the rest exact."""
    assert table.rest is not None
    of = table.rest.type
    base = _base(counting, suffix)
    scale = Literal(table.rest.scale, literal_type(Kind.NUMBER, table.rest.scale))
    product = product_type(base.type, scale.type, Kind.MONEY, base.type.unit)
    assert product is not None
    name = f"{counting.stem}.position{suffix}"
    position: Expression = Apply(Op.MUL, (base, scale), product)
    if counting.opening is not None:
        opening = Column(f"{counting.stem}.opening.position", of)
        position = Apply(Op.ADD, (position, opening), sum_type(product, of))
    return counting.derive(step, name, position, of), Column(name, of)
