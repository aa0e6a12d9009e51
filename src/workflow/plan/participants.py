"""Who takes part in a review: of all who serve on some day of the period, those who do on the days that count.

The column `participates` is true, or missing where nobody knows on which days somebody served; who doesn't take part
has no row.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.checked import CheckedPolicy
from workflow.checks.ratings import CheckedReview
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.building import all_of
from workflow.plan.ground import Ground
from workflow.plan.nodes import Filter, Measure

PARTICIPATES = Column("participates", TRUTH)
_FIRST_DAY = "subject.first day"


def first_days(policy: CheckedPolicy, doubt: int) -> tuple[Measure, ...]:
    """What says on which day somebody first served, where a review asks for it."""
    if not isinstance(policy, CheckedReview) or policy.participants is None or not policy.participants.on_first:
        return ()
    return (Measure(_FIRST_DAY, Function.LEAST, DATE, "overlap.from", "spell.served", empty=doubt),)


def participating(ground: Ground, policy: CheckedReview, step: str) -> str:
    """The subjects who take part."""
    asked = policy.participants
    if asked is None:
        return step
    days = Apply(Op.GE, (Column("days_served", COUNT), Literal(Decimal(asked.days), COUNT)), TRUTH)
    parts: list[Expression] = [days]
    for name, day, wanted in (
        (_FIRST_DAY, "period.start", asked.on_first),
        ("subject.last day", "period.end", asked.on_last),
    ):
        parts += [Apply(Op.EQ, (Column(name, DATE), Column(day, DATE)), TRUTH)] if wanted else []
    step = ground.builder.derive(step, PARTICIPATES.name, all_of(*parts), asked.span)
    return ground.builder.add("subjects", Filter(step, PARTICIPATES.name, or_missing=True))
