"""Pay and actions: from a subject's values to lines, in the order the language fixes.

Each clause: its condition, its amount before proration, proration, rounding. A clause whose condition is missing, or
whose amount is, is withheld; it never becomes zero.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.checked import PayClause, Table
from workflow.model.sizes import product_type, quotient_type
from workflow.model.terms import Mode
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Round
from workflow.model.types import COUNT, TEXT, TRUTH, Kind, Type, named
from workflow.plan.building import all_of, crossed
from workflow.plan.credits import Ground
from workflow.plan.measuring import defaulted, quotient_of
from workflow.plan.nodes import Emit, Filter, TierRow, Tiers, Union

EXACT_DIGITS = 26
"""Digits before the point of a line's amount before rounding, where lines of all clauses share one column."""


def valued(ground: Ground, step: str) -> tuple[str, dict[str, Expression]]:
    """The subjects with the policy's values, and every name that is a quotient, laid open."""
    quotients: dict[str, Expression] = {
        measure.name: quotient_of(ground, measure)
        for measure in ground.policy.measures
        if measure.function == "average"
    }
    for value in ground.policy.values:
        expression = defaulted(crossed(value.expression, quotients), value.default)
        if isinstance(value.expression, Apply) and value.expression.op is Op.DIV:
            quotients[value.name] = expression
        elif isinstance(value.expression, Column) and value.expression.name in quotients:
            quotients[value.name] = defaulted(quotients[value.expression.name], value.default)
        step = ground.builder.derive(step, value.name, expression, value.span, value.type)
    return step, quotients


def paid(ground: Ground, step: str, quotients: dict[str, Expression]) -> str:
    """The subjects with every pay clause: condition, amount, proration, rounded line."""
    for clause in ground.policy.pay:
        step = _paid(ground, step, clause, quotients)
    return step


def triggered(ground: Ground, step: str, quotients: dict[str, Expression]) -> str:
    """The subjects with the condition of every action."""
    for action in ground.policy.actions:
        when = all_of(Column("subject.eligible", TRUTH), crossed(action.when, quotients) if action.when else None)
        step = ground.builder.derive(step, f"action.{action.name}", when, action.span)
    return step


def lines_of(ground: Ground, step: str, name: str) -> None:
    """The output `name`: a row for each clause that pays a subject, or might."""
    builder, clauses = ground.builder, ground.policy.pay
    rows = []
    exact = Type(Kind.MONEY, EXACT_DIGITS + 12, 12, ground.policy.currency)
    for number, clause in enumerate(clauses):
        stem = f"pay.{clause.name}"
        kept = builder.add("pay", Filter(step, f"{stem}.when", or_missing=True))
        paid_line = Column(stem, _line_type(ground))
        amount = Apply(Op.IF, (Column(f"{stem}.when", TRUTH), paid_line, paid_line), paid_line.type)
        kept = builder.derive(kept, "clause", Literal(clause.name, TEXT), clause.span)
        kept = builder.derive(kept, "clause.number", Literal(Decimal(number), COUNT), clause.span)
        kept = builder.derive(kept, "line.exact", Column(f"{stem}.exact", _exact_type(clause)), clause.span, exact)
        rows.append(builder.derive(kept, "line.amount", amount, clause.span))
    if not rows:
        return
    together = rows[0] if len(rows) == 1 else builder.add("pay", Union(tuple(rows)))
    columns = ("person", "clause", "clause.number", "line.exact", "line.amount")
    builder.emit(name, Emit(together, tuple((each, each) for each in columns), ("person", "clause.number")))


def _payable(ground: Ground, step: str, clause: PayClause) -> tuple[str, Column]:
    """What a rate is applied to: `on`, or nothing where it is negative."""
    assert clause.on is not None
    zero = Literal(Decimal(0), clause.on.type)
    name = f"pay.{clause.name}.on"
    step = ground.builder.derive(step, name, Apply(Op.MAX, (clause.on, zero), clause.on.type), clause.span)
    return step, Column(name, clause.on.type)


def _paid(ground: Ground, step: str, clause: PayClause, quotients: dict[str, Expression]) -> str:
    builder, stem = ground.builder, f"pay.{clause.name}"
    when = all_of(Column("subject.eligible", TRUTH), crossed(clause.when, quotients) if clause.when else None)
    step = builder.derive(step, f"{stem}.when", when, clause.span)
    if clause.table is not None:
        step = _tabled(ground, step, clause, clause.table, quotients)
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
    exact: Expression = Column(f"{stem}.full", clause.type)
    if clause.prorated:
        exact = _prorated(exact, clause)
    step = builder.derive(step, f"{stem}.exact", exact, clause.span)
    rounded = Round(Column(f"{stem}.exact", exact.type), ground.policy.rounding, _line_type(ground), clause.span)
    return builder.derive(step, stem, rounded, clause.span)


def _tabled(ground: Ground, step: str, clause: PayClause, table: Table, quotients: dict[str, Expression]) -> str:
    builder, name = ground.builder, f"pay.{clause.name}.full"
    by = quotients.get(table.by_name, table.by)
    if not (isinstance(by, Apply) and by.op is Op.DIV):
        by = table.by
    on = clause.on
    if on is not None and table.mode is not Mode.MARGINAL:
        step, on = _payable(ground, step, clause)
    node = Tiers(
        of=step,
        name=name,
        by=by,
        on=on,
        mode=table.mode,
        yields=table.yields,
        rows=tuple(TierRow(row.border, crossed(row.gives, quotients), row.span) for row in table.rows),
        rate_type=table.rate_type,
        type=clause.type,
        unit=table.unit,
        below=table.below,
        zero_division=builder.cause("divided-by-zero", clause.span, name=table.by_name),
        too_large=builder.cause("too-large", clause.span, name=clause.name),
    )
    return builder.add("subjects", node)


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


def _exact_type(clause: PayClause) -> Type:
    full = Column(f"pay.{clause.name}.full", clause.type)
    return _prorated(full, clause).type if clause.prorated else clause.type


def _line_type(ground: Ground) -> Type:
    """A paid line: whole cents, and room for any amount that events can add up to."""
    digits = ground.policy.minor_digits
    return Type(Kind.MONEY, EXACT_DIGITS + digits, digits, ground.policy.currency)
