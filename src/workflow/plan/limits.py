"""Gate, floor and cap: lines over all lines of a person, in the order in which the policy has them.

What they ask is derived before the clauses: `gate.shut`, `floor.limit`, `cap.limit`, and `limits.settled`. That is true
where the gate and the cap are decided, and missing with their causes where one isn't: then nothing of the policy can be
paid, since both may take from any line. Each limit adds `pay.LIMIT.before` (what the lines before it come to: for a
floor all of them, else those that are known), `pay.LIMIT.when`, `pay.LIMIT.exact` and the line `pay.LIMIT`. A cap that
carries counts what was carried to it as a line before it; `carrying` says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.checks.clauses import LINE_DIGITS, Limit
from workflow.model.sizes import sum_type
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Round
from workflow.model.types import MAX_DIGITS, TRUTH, Kind, Type
from workflow.plan.building import all_of, crossed, is_known, surely, where_known
from workflow.plan.ground import PayGround

ELIGIBLE, SETTLED, SHUT = (Column(name, TRUTH) for name in ("subject.eligible", "limits.settled", "gate.shut"))
CARRIED, CARRIED_ON = "carried", "cap.carried"
"""The line of what an earlier cap took, and the column of what this one leaves to the next period."""
EXACT_DIGITS = LINE_DIGITS
"""Digits before the point of a line's amount before rounding."""


def line_type(ground: PayGround) -> Type:
    """A paid line: whole cents, and room for any amount that events can add up to."""
    digits = ground.policy.minor_digits
    return Type(Kind.MONEY, EXACT_DIGITS + digits, digits, ground.policy.currency)


def asked(ground: PayGround, step: str, quotients: Mapping[str, Expression]) -> str:
    """The subjects with what the limits ask of them."""
    builder, settled = ground.builder, list[Expression]()
    for limit in ground.policy.limits:
        if limit.condition is not None:
            condition = crossed(limit.condition, quotients)
            shut = Apply(Op.NOT, (condition,), TRUTH, limit.span) if limit.opens else condition
            step = builder.derive(step, SHUT.name, shut, limit.span)
            settled.append(Apply(Op.OR, (SHUT, Apply(Op.NOT, (SHUT,), TRUTH)), TRUTH))
        elif limit.amount is not None:
            amount_of = crossed(limit.amount, quotients)
            if limit.kind == "cap":
                # Below zero it would make a debtor of somebody who owes nothing.
                nothing = Literal(Decimal(0), limit.amount.type)
                amount_of = Apply(Op.MAX, (amount_of, nothing), limit.amount.type, limit.span)
            step = builder.derive(step, f"{limit.kind}.limit", amount_of, limit.span)
            if limit.kind == "cap" and not isinstance(limit.amount, Literal):
                amount = _amount(limit)
                settled.append(Apply(Op.GE, (amount, amount), TRUTH))
    return builder.derive(step, SETTLED.name, all_of(*settled), ground.policy.span)


def decided(condition: Expression, line: Expression, *, gated: bool) -> Expression:
    """Whether a line is paid: as its condition says, except that a shut gate takes what nobody knows yet."""
    if not gated:
        return condition
    known = Apply(Op.AND, (is_known(condition), is_known(line), condition), TRUTH)
    return Apply(Op.IF, (surely(SHUT), known, condition), TRUTH)


def has_gate(limits: tuple[Limit, ...]) -> bool:
    """Whether one of these is the gate."""
    return any(limit.kind == "gate" for limit in limits)


def limited(ground: PayGround, step: str) -> str:
    """The subjects with the line of every limit."""
    limits = ground.policy.limits
    nothing = Literal(Decimal(0), line_type(ground))
    sums: tuple[Expression, Expression] = (nothing, nothing)
    for clause in ground.policy.pay:
        line = paid_by(ground, clause.name)
        if clause.counted is not None and clause.counted.each is not None:
            sums = _sum(sums[0], line), _sum(sums[1], Column(f"pay.{clause.name}.known", line_type(ground)))
        else:
            sums = _with(sums, line)
    for place, limit in enumerate(limits):
        totals = []
        sums = _with(sums, paid_by(ground, CARRIED)) if limit.carries else sums
        for word, total in zip(("whole", "known"), sums, strict=True):
            totals.append(Column(f"{limit.kind}.{word}", total_type(ground)))
            step = ground.builder.derive(step, totals[-1].name, total, limit.span, totals[-1].type)
        whole, known = totals
        step = _limited(ground, step, limit, whole if limit.kind == "floor" else known, has_gate(limits[place + 1 :]))
        sums = _with((whole, known), paid_by(ground, limit.kind))
        if limit.carries:
            step = _carried_on(ground, step, limit, has_gate(limits[place + 1 :]))
    return step


def exact_limit(ground: PayGround, limit: Limit) -> Column:
    """The column of a limit's line before rounding."""
    total = total_type(ground)
    return Column(f"pay.{limit.kind}.exact", total if limit.amount is None else sum_type(limit.amount.type, total))


def compared_by(limit: Limit) -> tuple[Column, ...]:
    """The columns of results that a floor or a cap compares."""
    if limit.amount is None:
        return ()
    return Column(f"pay.{limit.kind}.before", limit.amount.type), _amount(limit)


def _limited(ground: PayGround, step: str, limit: Limit, total: Column, gated: bool) -> str:  # noqa: FBT001 as `decided`
    """One limit: what stands before it, whether it changes that, and by how much."""
    builder, stem, place = ground.builder, f"pay.{limit.kind}", limit.span
    step = builder.derive(step, f"{stem}.before", total, place)
    before, line = Column(f"{stem}.before", total.type), Column(stem, line_type(ground))
    if limit.amount is None:
        taken = Apply(Op.MAX, (before, Literal(Decimal(0), before.type)), before.type)
        change: Expression = Apply(Op.NEG, (taken,), before.type, place)
        condition = all_of(ELIGIBLE, SETTLED, SHUT)
    else:
        amount = _amount(limit)
        change = Apply(Op.SUB, (amount, before), exact_limit(ground, limit).type, place)
        reached = Apply(Op.LT if limit.kind == "floor" else Op.GT, (before, amount), TRUTH, place)
        condition = all_of(ELIGIBLE, SETTLED, reached)
    exact = exact_limit(ground, limit)
    step = builder.derive(step, exact.name, change, place)
    step = builder.derive(step, stem, Round(exact, ground.policy.rounding, line.type, place), place)
    return builder.derive(step, f"{stem}.when", decided(condition, line, gated=gated), place)


def _carried_on(ground: PayGround, step: str, limit: Limit, gated: bool) -> str:  # noqa: FBT001 as `decided`
    """The subjects with what the next period gets: all that the cap took, unless a gate behind it takes that too."""
    line = Column(f"pay.{limit.kind}", line_type(ground))
    taken = Column(f"pay.{limit.kind}.when", TRUTH)
    goes = all_of(taken, Apply(Op.NOT, (SHUT,), TRUTH)) if gated else taken
    left = Apply(Op.IF, (goes, Apply(Op.NEG, (line,), line.type), Literal(Decimal(0), line.type)), line.type)
    return ground.builder.derive(step, CARRIED_ON, left, limit.span)


def total_type(ground: PayGround) -> Type:
    """What lines come to, however many: the currency's digits, and all the room there is before them."""
    return line_type(ground).sized(MAX_DIGITS, ground.policy.minor_digits)


def _amount(limit: Limit) -> Column:
    assert limit.amount is not None, "a gate keeps no amount"
    return Column(f"{limit.kind}.limit", limit.amount.type)


def paid_by(ground: PayGround, name: str) -> Expression:
    """What a line adds: itself where it is paid, nothing where it isn't."""
    line = Column(f"pay.{name}", line_type(ground))
    return Apply(Op.IF, (Column(f"pay.{name}.when", TRUTH), line, Literal(Decimal(0), line.type)), line.type)


def _with(sums: tuple[Expression, Expression], line: Expression) -> tuple[Expression, Expression]:
    """Two sums with one line more: missing with it, or without it where it is missing."""
    whole, known = sums
    return _sum(whole, line), _sum(known, where_known(line, Literal(Decimal(0), line.type)))


def _sum(one: Expression, other: Expression) -> Expression:
    return Apply(Op.ADD, (one, other), sum_type(one.type, other.type))
