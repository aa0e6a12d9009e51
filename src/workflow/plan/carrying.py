"""What a cap carries: taken off in one period, it is a line `carried` in the next, just before that period's cap.

Of a cap that carries, `cap.carried` is what goes on: minus its line, and nothing where a gate behind it is shut. In the
next period in which the person has a result that is read as a fact: `carried.from` is the period it comes from (empty:
there is none), `pay.carried` the line, and `pay.carried.when` whether there is one. A version without such a cap pays
what the one before it carried, after its own limits.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.checked import CheckedWorkspace
from workflow.checks.clauses import Limit
from workflow.diagnostics import Span
from workflow.model.sizes import sum_type
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import TEXT, TRUTH
from workflow.plan.building import all_of
from workflow.plan.earlier import recalled
from workflow.plan.ground import PayGround
from workflow.plan.limits import CARRIED, ELIGIBLE, SETTLED, decided, exact_limit, has_gate, line_type, paid_by

COLUMNS = ("carried.from", f"pay.{CARRIED}.when", f"pay.{CARRIED}")
"""The columns of results that say what was carried to a period."""


def is_there(ground: PayGround) -> bool:
    """Whether a period may have a line of what was carried: its own cap carries, or an earlier one did."""
    return bool(ground.occasion.facts.get(CARRIED)) or _carrying(ground) is not None


def carried(ground: PayGround, step: str) -> str:
    """The subjects with what the cap took in the newest period before in which they had a result."""
    if not is_there(ground):
        return step
    builder, limits = ground.builder, ground.policy.limits
    cap = _carrying(ground)
    place, line = cap.span if cap is not None else ground.policy.span, Column(COLUMNS[-1], line_type(ground))
    step, facts = recalled(ground, step, CARRIED, place)
    brought: Expression = Literal(Decimal(0), line.type)
    since: Expression = Literal("", TEXT)
    asked = ground.occasion.facts.get(CARRIED, ())
    for (there, value), fact in zip(reversed(facts), reversed(asked), strict=True):
        brought = Apply(Op.IF, (there, value, brought), line.type)
        since = Apply(Op.IF, (there, Literal(fact.due.period, TEXT), since), TEXT)
    step = builder.derive(step, COLUMNS[0], since, place)
    step = builder.derive(step, line.name, brought, place)
    some = Apply(Op.GT, (line, Literal(Decimal(0), line.type)), TRUTH)
    gated = cap is not None and has_gate(limits[limits.index(cap) :])
    when = decided(all_of(ELIGIBLE, SETTLED if limits else None, some), line, gated=gated)
    return builder.derive(step, COLUMNS[1], when, place)


def lines_of_limits(ground: PayGround) -> tuple[tuple[str, Span, Expression], ...]:
    """The lines over those of clauses, in their order: the name, the place, and the amount before rounding."""
    own = Column(COLUMNS[-1], line_type(ground))
    found: list[tuple[str, Span, Expression]] = []
    for limit in ground.policy.limits:
        found += [(CARRIED, limit.span, own)] if limit.carries else []
        found.append((limit.kind, limit.span, exact_limit(ground, limit)))
    if is_there(ground) and _carrying(ground) is None:
        found.append((CARRIED, ground.policy.span, own))
    return tuple(found)


def _carrying(ground: PayGround) -> Limit | None:
    return next((limit for limit in ground.policy.limits if limit.carries), None)


def offered(ground: PayGround, step: str, workspace: CheckedWorkspace) -> tuple[str, tuple[str, ...]]:
    """The subjects with what the policy pays, where others use it as a fact: by a clause, or in all by `total`.

    All lines of the period count but those that are made for one event of another time: claw backs and adjustments.
    """
    policy = ground.policy
    asked = {use.fact for each in workspace.policies for use in each.facts if use.policy == policy.id}
    columns = {name: offer.column for name, offer in policy.offers.items() if offer.column.startswith("paid.")}
    own = {clause.name.replace("-", "_"): (clause.name,) for clause in policy.pay}
    lines = (*(clause.name for clause in policy.pay), *(name for name, _, _ in lines_of_limits(ground)))
    found = []
    for name in sorted(asked & columns.keys()):
        parts = [paid_by(ground, line) for line in own.get(name, lines)]
        total = parts[0]
        for part in parts[1:]:
            total = Apply(Op.ADD, (total, part), sum_type(total.type, part.type))
        step = ground.builder.derive(step, columns[name], total, policy.span, policy.offers[name].type)
        found.append(columns[name])
    return step, tuple(found)
