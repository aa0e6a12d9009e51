"""Pay: from a subject's values to lines, in the order the language fixes.

Each clause: its condition, its amount before proration, proration, rounding. A clause whose condition is missing, or
whose amount is, is withheld; it never becomes zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workflow.checks.checked import CheckedMeasure, CheckedValue, Decision, PayClause, Table
from workflow.diagnostics import Span
from workflow.model.sizes import failures, product_type, quotient_type, sum_type, unified
from workflow.model.terms import Mode
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op, Round
from workflow.model.types import COUNT, QUOTIENT_SCALE, TEXT, TRUTH, Kind, Type, literal_type, named
from workflow.plan.building import all_of, crossed
from workflow.plan.deciding import Deciding
from workflow.plan.ground import Ground
from workflow.plan.limits import ELIGIBLE, EXACT_DIGITS, SETTLED, decided, exact_limit, has_gate, line_type
from workflow.plan.measuring import average_parts, defaulted
from workflow.plan.nodes import Emit, Filter, TierRow, Tiers, Union
from workflow.plan.ranking import divided, ranked


def valued(ground: Ground, step: str) -> tuple[str, dict[str, Expression]]:
    """The subjects with the policy's values, and for each name that is a quotient its dividend over its divisor.

    Both have columns of their own (`NAME.over`, `NAME.under`), so a border is compared with the quotient itself,
    exactly, and formulas on formulas stay small. Where a value has a default, that stands over 1.
    """
    quotients: dict[str, Expression] = {}
    for measure in ground.policy.measures:
        if measure.is_quotient:
            parts = average_parts(ground, measure)
            step, quotients[measure.name] = _opened(ground, step, measure, parts, measure.default)
    for value in ground.policy.values:
        if isinstance(value.expression, Decision):
            step = _decided_value(ground, step, value, value.expression, quotients)
            continue
        expression = crossed(value.expression, quotients)
        if isinstance(expression, Apply) and expression.op is Op.DIV:
            dividend, divisor = expression.args
            step, expression = _opened(ground, step, value, (dividend, divisor), value.default)
            quotients[value.name] = expression
        elif isinstance(expression, Column) and expression.name in quotients and value.default is None:
            quotients[value.name] = quotients[expression.name]
        else:
            expression = defaulted(expression, value.default)
        step = ground.builder.derive(step, value.name, expression, value.span, value.type)
    return step, quotients


def _decided_value(
    ground: Ground, step: str, value: CheckedValue, decision: Decision, quotients: dict[str, Expression]
) -> str:
    """The subjects with a value that a table decides."""
    deciding = Deciding(ground.builder, value.name, decision, quotients, value.span)
    step = deciding.rows(step)
    return ground.builder.derive(step, value.name, defaulted(deciding.given(), value.default), value.span, value.type)


def _opened(
    ground: Ground,
    step: str,
    named_value: CheckedMeasure | CheckedValue,
    parts: tuple[Expression, Expression],
    default: Expression | None,
) -> tuple[str, Apply]:
    """A quotient as a dividend and a divisor with columns of their own."""
    builder, name, place = ground.builder, named_value.name, named_value.span
    over, under = parts
    if default is not None:
        assert isinstance(default, Literal)
        assert isinstance(default.value, Decimal)
        size = literal_type(over.type.kind, default.value, over.type.unit)
        lacking = Apply(Op.IS_MISSING, (Apply(Op.DIV, parts, named_value.type),), TRUTH)
        one = Literal(Decimal(1), literal_type(under.type.kind, Decimal(1), under.type.unit))
        stands = Literal(default.value, size, default.span)
        over = Apply(Op.IF, (lacking, stands, over), unified(size, over.type))
        under = Apply(Op.IF, (lacking, one, under), unified(one.type, under.type))
    step = builder.derive(step, f"{name}.over", over, place)
    step = builder.derive(step, f"{name}.under", under, place)
    quotient = Apply(
        Op.DIV, (Column(f"{name}.over", over.type), Column(f"{name}.under", under.type)), named_value.type, place
    )
    return step, quotient


def paid(ground: Ground, step: str, quotients: dict[str, Expression]) -> str:
    """The subjects with every pay clause: condition, amount, proration, rounded line."""
    for clause in ground.policy.pay:
        step = _paid(ground, step, clause, quotients)
    return step


def lines_of(ground: Ground, step: str, name: str, made: Sequence[tuple[str, str]]) -> None:
    """The output `name`: a row for each clause and limit that pays a subject, or might, and for each line of an event.

    `line.event` is the event that a line is made for, missing where it is made for a whole period.

    Args:
        ground: what the policy stands on.
        step: the subjects.
        name: the output's name.
        made: the steps of lines that are made for one event each, in `line.own`, with the name of the lines.
    """
    builder = ground.builder
    stems = [(each.name, Column(f"pay.{each.name}.exact", _exact_type(each)), each.span) for each in ground.policy.pay]
    stems += [(each.kind, exact_limit(ground, each), each.span) for each in ground.policy.limits]
    rows = []
    for number, (clause, exact, span) in enumerate(stems):
        stem = f"pay.{clause}"
        kept = builder.add("pay", Filter(step, f"{stem}.when", or_missing=True))
        line = Column(stem, line_type(ground))
        amount = Apply(Op.IF, (Column(f"{stem}.when", TRUTH), line, line), line.type)
        if made:
            kept = builder.derive(kept, "line.event", Missing(builder.cause("no-event"), TEXT), span)
            kept = builder.derive(kept, "line.number", Literal(Decimal(0), COUNT), span)
        rows.append(_line(ground, kept, (clause, number, span), exact, amount))
    for number, (clause, lines) in enumerate(made, len(stems)):
        own, span = Column("line.own", line_type(ground)), ground.policy.span
        kept = builder.derive(lines, "line.event", Column("event.id", TEXT), span)
        kept = builder.derive(kept, "line.number", Column("event", COUNT), span)
        rows.append(_line(ground, kept, (clause, number, span), own, own))
    if not rows:
        return
    together = rows[0] if len(rows) == 1 else builder.add("pay", Union(tuple(rows)))
    columns = ("person", "clause", "clause.number", *(("line.event",) if made else ()), "line.exact", "line.amount")
    order = ("person", "clause.number", *(("line.number",) if made else ()))
    builder.emit(name, Emit(together, tuple((each, each) for each in columns), order))


def _line(ground: Ground, step: str, said: tuple[str, int, Span], exact: Expression, amount: Expression) -> str:
    """Rows as lines: the clause, its number in the order of lines, the amount before rounding and the amount."""
    builder, (clause, number, span) = ground.builder, said
    of = Type(Kind.MONEY, EXACT_DIGITS + 12, 12, ground.policy.currency)
    step = builder.derive(step, "clause", Literal(clause, TEXT), span)
    step = builder.derive(step, "clause.number", Literal(Decimal(number), COUNT), span)
    step = builder.derive(step, "line.exact", exact, span, of)
    return builder.derive(step, "line.amount", amount, span)


def _payable(ground: Ground, step: str, clause: PayClause) -> tuple[str, Column]:
    """What a rate is applied to: `on`, or nothing where it is negative."""
    assert clause.on is not None
    zero = Literal(Decimal(0), clause.on.type)
    name = f"pay.{clause.name}.on"
    step = ground.builder.derive(step, name, Apply(Op.MAX, (clause.on, zero), clause.on.type), clause.span)
    return step, Column(name, clause.on.type)


def _paid(ground: Ground, step: str, clause: PayClause, quotients: dict[str, Expression]) -> str:
    builder, stem = ground.builder, f"pay.{clause.name}"
    limits = ground.policy.limits
    step, reached = ranked(ground, step, stem, clause.rank, quotients)
    own = crossed(clause.when, quotients) if clause.when else None
    asked = Column(f"{stem}.asked" if limits else f"{stem}.when", TRUTH)
    step = builder.derive(step, asked.name, all_of(ELIGIBLE, own, reached), clause.span)
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
    full = Column(f"{stem}.full", clause.type)
    exact: Expression = _prorated(full, clause) if clause.prorated else full
    step = builder.derive(step, f"{stem}.exact", exact, clause.span)
    line: Expression = Column(f"{stem}.exact", exact.type)
    if clause.prorated:
        line = beside(line, exact)
    paid_line = Round(line, ground.policy.rounding, line_type(ground), clause.span)
    step = builder.derive(step, stem, paid_line, clause.span)
    if not limits:
        return step
    when = decided(all_of(asked, SETTLED), Column(stem, paid_line.type), gated=has_gate(limits))
    return builder.derive(step, f"{stem}.when", when, clause.span)


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


def _tabled(ground: Ground, step: str, clause: PayClause, table: Table, quotients: dict[str, Expression]) -> str:
    builder, name = ground.builder, f"pay.{clause.name}.full"
    by = quotients.get(table.by_name, table.by)
    on = clause.on
    if table.unit is not None:
        assert on is not None
        by = Apply(Op.DIV, (on, table.unit), table.by.type)
    if on is not None and table.mode is not Mode.MARGINAL:
        step, on = _payable(ground, step, clause)
    undefined = any(failures(row.gives).undefined for row in table.rows)
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
        undefined=builder.cause("undefined", clause.span, name=clause.name) if undefined else None,
    )
    return builder.add("subjects", node)


def _decided(ground: Ground, step: str, clause: PayClause, decision: Decision, quotients: dict[str, Expression]) -> str:
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


def _exact_type(clause: PayClause) -> Type:
    full = Column(f"pay.{clause.name}.full", clause.type)
    return _prorated(full, clause).type if clause.prorated else clause.type
