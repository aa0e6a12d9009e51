"""Pay: from a subject's values to lines, in the order the language fixes.

Each clause: its condition, its amount before proration, proration, rounding. A clause whose condition is missing, or
whose amount is, is withheld; it never becomes zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.calculated import Decision
from workflow.checks.clauses import PayClause, Table
from workflow.model.sizes import failures, product_type, quotient_type, sum_type
from workflow.model.terms import Mode
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Round
from workflow.model.types import COUNT, QUOTIENT_SCALE, TRUTH, Kind, Type, literal_type, named
from workflow.plan.building import all_of, crossed
from workflow.plan.deciding import Deciding
from workflow.plan.ground import PayGround
from workflow.plan.limits import ELIGIBLE, SETTLED, decided, has_gate, line_type
from workflow.plan.nodes import TierRow, Tiers
from workflow.plan.ranking import divided, ranked
from workflow.plan.tables import part_type


def _payable(ground: PayGround, step: str, clause: PayClause) -> tuple[str, Column]:
    """What a rate is applied to: `on`, or nothing where it is negative and not paid by the same rates."""
    assert clause.on is not None
    name = f"pay.{clause.name}.on"
    step = ground.builder.derive(step, name, payable(clause, clause.on), clause.span, clause.on.type)
    return step, Column(name, clause.on.type)


def payable(clause: PayClause, base: Column) -> Expression:
    """What a rate is applied to, of a result that may be negative."""
    return base if clause.below_zero else Apply(Op.MAX, (base, Literal(Decimal(0), base.type)), base.type)


def conditioned(ground: PayGround, step: str, clause: PayClause, quotients: dict[str, Expression]) -> str:
    """The subjects with the condition of a clause that pays once a period; what limits make of it comes later."""
    step, reached = ranked(ground, step, f"pay.{clause.name}", clause.rank, quotients)
    own = crossed(clause.when, quotients) if clause.when else None
    return ground.builder.derive(step, asked_of(ground, clause).name, all_of(ELIGIBLE, own, reached), clause.span)


def asked_of(ground: PayGround, clause: PayClause) -> Column:
    """The column of a clause's own condition."""
    return Column(f"pay.{clause.name}.{'asked' if ground.policy.limits else 'when'}", TRUTH)


def settled(ground: PayGround, step: str, clause: PayClause) -> str:
    """The subjects with whether a clause is paid, where limits may have a say in it."""
    limits, line = ground.policy.limits, Column(f"pay.{clause.name}", line_type(ground))
    if not limits:
        return step
    when = decided(all_of(asked_of(ground, clause), SETTLED), line, gated=has_gate(limits))
    return ground.builder.derive(step, f"pay.{clause.name}.when", when, clause.span)


def paid_once(ground: PayGround, step: str, clause: PayClause, quotients: dict[str, Expression]) -> str:
    """The subjects with a clause that pays by the period's results: condition, amount, proration, rounded line."""
    builder, stem = ground.builder, f"pay.{clause.name}"
    step = conditioned(ground, step, clause, quotients)
    if clause.rank is not None and clause.rank.ties == "split":
        step = divided(ground, step, clause)
    elif clause.table is not None:
        step = _tabled(ground, step, clause, clause.table, quotients)
    elif clause.decision is not None:
        step = _decided(ground, step, clause, clause.decision, quotients)
    else:
        amount = clause.amount
        if clause.rate is not None:
            step, base = _payable(ground, step, clause)
            step = builder.derive(
                step, f"{stem}.rate", crossed(clause.rate, quotients), clause.span, named(clause.rate.type)
            )
            rate = Column(f"{stem}.rate", named(clause.rate.type))
            product = product_type(base.type, rate.type, Kind.MONEY, base.type.unit)
            assert product is not None, "the checker refuses a product of too many digits"
            amount = Apply(Op.MUL, (base, rate), product, clause.span)
        assert amount is not None
        step = builder.derive(step, f"{stem}.full", crossed(amount, quotients), clause.span, clause.type)
    return settled(ground, finished(ground, step, clause), clause)


def finished(ground: PayGround, step: str, clause: PayClause, quotient: Expression | None = None) -> str:
    """The step with the amount after proration, and rounded; `quotient` is what the full amount was cut from."""
    builder, stem = ground.builder, f"pay.{clause.name}"
    full = Column(f"{stem}.full", clause.type)
    exact: Expression = _prorated(full, clause) if clause.prorated else full
    step = builder.derive(step, f"{stem}.exact", exact, clause.span)
    line: Expression = Column(f"{stem}.exact", exact.type)
    if clause.prorated:
        line = beside(line, exact)
    elif quotient is not None:
        line = beside(line, quotient)
    return builder.derive(step, stem, Round(line, ground.policy.rounding, line_type(ground), clause.span), clause.span)


def beside(cut: Expression, quotient: Expression) -> Expression:
    """A quotient's digits, moved by less than their last place to the side on which the quotient lies.

    Twelve digits may show a half cent where the quotient is a hair more or less. Rounded from here, a line is rounded
    once: the move is too small to pass anything that the digits don't pass themselves.
    """
    hair = Decimal(1).scaleb(-QUOTIENT_SCALE - 1)
    of = literal_type(cut.type.kind, hair, cut.type.unit)
    less = Apply(Op.LT, (quotient, cut), TRUTH)
    more = Apply(Op.GT, (quotient, cut), TRUTH)
    up = Apply(Op.IF, (more, Literal(hair, of), Literal(Decimal(0), of)), of)
    move = Apply(Op.IF, (less, Literal(-hair, of), up), of)
    return Apply(Op.ADD, (cut, move), sum_type(cut.type, of))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read: the column `name` that it adds, of which type; by what; and what its rates are of."""

    name: str
    table: Table
    by: Expression
    on: Column | None
    type: Type
    clause: PayClause


def _table(ground: PayGround, step: str, reading: Reading) -> Tiers:
    """What looks a table up; what its rows give has been laid open."""
    builder, table, clause = ground.builder, reading.table, reading.clause
    undefined = any(failures(row.gives).undefined for row in table.rows)
    return Tiers(
        of=step,
        name=reading.name,
        by=reading.by,
        on=reading.on,
        mode=table.mode,
        yields=table.yields,
        rows=tuple(TierRow(row.border, row.gives, row.span) for row in table.rows),
        rate_type=table.rate_type,
        type=reading.type,
        unit=table.unit if table.mode is Mode.MARGINAL else None,
        below=table.below,
        zero_division=builder.cause("divided-by-zero", clause.span, name=table.by_name),
        too_large=builder.cause("too-large", clause.span, name=clause.name),
        undefined=builder.cause("undefined", clause.span, name=clause.name) if undefined else None,
    )


def tabled(ground: PayGround, step: str, reading: Reading) -> str:
    """The step with what a table gives.

    With `below zero: same rates` a negative `on` takes back what the table gives for as much above zero.
    """
    on, name, table, clause = reading.on, reading.name, reading.table, reading.clause
    builder, place = ground.builder, clause.span
    if on is None or not clause.below_zero:
        return builder.add(builder.stem(step), _table(ground, step, reading))
    below = Apply(Op.LT, (on, Literal(Decimal(0), on.type)), TRUTH)
    step = builder.derive(step, f"{name}.below zero", below, place)

    def turned(column: Column) -> Expression:
        negative = Column(f"{name}.below zero", TRUTH)
        return Apply(Op.IF, (negative, Apply(Op.NEG, (column,), column.type), column), column.type)

    size, by = Column(f"{name}.size", on.type), reading.by
    step = builder.derive(step, size.name, turned(on), place)
    if table.follows or table.mode is Mode.MARGINAL:
        over = by.args[0] if isinstance(by, Apply) else by
        assert isinstance(over, Column), "a table is read by a column, or by one over another"
        if over.name != on.name:
            step = builder.derive(step, f"{name}.by", turned(over), place)
        whole = size if over.name == on.name else Column(f"{name}.by", over.type)
        by = replace(by, args=(whole, by.args[1])) if isinstance(by, Apply) else whole
    node = _table(ground, step, replace(reading, name=f"{name}.both", by=by, on=size))
    step = builder.add(builder.stem(step), node)
    step = builder.derive(step, f"{name}.row", Column(f"{node.name}.row", COUNT), place)
    step = builder.derive(step, f"{name}.rate", Column(f"{node.name}.rate", table.rate_type), place)
    for number in range(1, len(table.rows) + 1) if table.mode is Mode.MARGINAL else ():
        part = turned(Column(f"{node.name}.part.{number}", part_type(node)))
        step = builder.derive(step, f"{name}.part.{number}", part, place)
    return builder.derive(step, name, turned(Column(node.name, reading.type)), place)


def laid_open(table: Table, opened: Callable[[Expression], Expression]) -> Table:
    """The table with everything that its rows give laid open."""
    rows = tuple(replace(row, gives=opened(row.gives)) for row in table.rows)
    below = None if table.below is None else opened(table.below)
    return replace(table, rows=rows, below=below)


def _tabled(ground: PayGround, step: str, clause: PayClause, table: Table, quotients: dict[str, Expression]) -> str:
    by = quotients.get(table.by_name, table.by)
    on = clause.on
    if table.unit is not None:
        assert on is not None
        by = Apply(Op.DIV, (on, table.unit), table.by.type)
    if on is not None and table.mode is not Mode.MARGINAL:
        step, on = _payable(ground, step, clause)
    opened = laid_open(table, lambda given: crossed(given, quotients))
    return tabled(ground, step, Reading(f"pay.{clause.name}.full", opened, by, on, clause.type, clause))


def _decided(
    ground: PayGround, step: str, clause: PayClause, decision: Decision, quotients: dict[str, Expression]
) -> str:
    """The subjects with the row of a table of several dimensions, what it gives, and the amount of that."""
    builder, name = ground.builder, f"pay.{clause.name}.full"
    deciding = Deciding(builder, name, decision, quotients, clause.span)
    step = deciding.rows(step)
    of = clause.type if clause.on is None else named(decision.type)
    step = builder.derive(step, f"{name}.rate", deciding.given(), clause.span, of)
    rate = Column(f"{name}.rate", of)
    if clause.on is None:
        return builder.derive(step, name, rate, clause.span, clause.type)
    step, base = _payable(ground, step, clause)
    product = product_type(base.type, rate.type, Kind.MONEY, base.type.unit)
    assert product is not None, "the checker refuses a product of too many digits"
    return builder.derive(step, name, Apply(Op.MUL, (base, rate), product, clause.span), clause.span, clause.type)


def _prorated(full: Expression, clause: PayClause) -> Apply:
    """The full amount times the days served over the days of the period, divided last, so that it is rounded once."""
    product = product_type(full.type, COUNT, Kind.MONEY, full.type.unit)
    assert product is not None
    times = Apply(Op.MUL, (full, Column("days_served", COUNT)), product, clause.span)
    return Apply(
        Op.DIV,
        (times, Column("period.days", COUNT)),
        quotient_type(product, COUNT, Kind.MONEY, full.type.unit),
        clause.span,
    )


def exact_type(clause: PayClause) -> Type:
    """The type of a line before rounding."""
    full = Column(f"pay.{clause.name}.full", clause.type)
    return _prorated(full, clause).type if clause.prorated else clause.type
