"""How long a tier lasts: until when it is held once it begins, and the days that results tell of it.

Columns of a subject: `tier.since`, the first day for which the earned tier holds without a break; `tier.first`, the
first day for which he had any, without a break, where the policy protects who is new; and `tier.until`, the day through
which the tier is held, where tiers are held. A version that another one follows tells all of them, for that to go on
from.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Iterable
from decimal import Decimal

from workflow.checks.periods import YEARS, calendar_periods
from workflow.checks.tiers import CheckedTiering, Holding
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.building import all_of
from workflow.plan.ground import Ground
from workflow.plan.resuming import HELD, RESUMED
from workflow.plan.spans import Spans, day_after
from workflow.worktime.months import months_after

_DAY = datetime.timedelta(days=1)


def days_told(spans: Spans, policy: CheckedTiering) -> tuple[str, ...]:
    """The columns of days that results have."""
    first = ("tier.first",) if (policy.protect or spans.followed) and not policy.at_events else ()
    return ("tier.since", *first, *(("tier.until",) if policy.holding is not None or spans.followed else ()))


def with_days(spans: Spans, ground: Ground, policy: CheckedTiering, step: str, fold: str) -> str:
    """The subjects with the days of their tier, from the numbers of periods, or of days, that `fold` gives."""
    builder, place = ground.builder, policy.span
    if policy.at_events:
        for name in days_told(spans, policy):
            code = Column(f"{fold}.{name.removeprefix('tier.')}", COUNT)
            nobody = Apply(Op.EQ, (Column(f"{fold}.earned", COUNT), _count(0)), TRUTH)
            none = Missing(builder.cause("no-tier-yet", place, name=policy.id), DATE)
            day = Apply(Op.IF, (nobody, none, Apply(Op.OF_COUNT, (code,), DATE)), DATE)
            step = builder.derive(step, name, day, place)
        return step
    goes_on = bool(ground.occasion.facts.get(RESUMED))
    has_tier = Apply(Op.GT, (Column(f"{fold}.earned", COUNT), _count(0)), TRUTH)
    none = Missing(builder.cause("no-tier-yet", place, name=policy.id), DATE)
    before = Apply(Op.LE, (Column(f"{fold}.since", COUNT), _count(0)), TRUTH)
    begins = [(turn, day_after(occasion.whole[1])) for turn, occasion in enumerate(spans.occasions, 1)]
    days: dict[str, Expression] = {}
    for word in ("since", "first"):
        code = Column(f"{fold}.{word}", COUNT)
        days[word] = _on(code, begins, none)
        if goes_on:
            early = all_of(has_tier, Apply(Op.LE, (code, _count(0)), TRUTH))
            days[word] = Apply(Op.IF, (early, Column(f"resumed.{word}", DATE), days[word]), DATE)
    until = Column(f"{fold}.until", COUNT)
    ends = [held_day(policy.holding, day, spans.year_starts) for _, day in begins]
    held = dict(zip(held_until(spans, policy.holding), ends, strict=True))
    days["until"] = _on(until, held.items(), none)
    if goes_on:
        # What is held anew is held beyond the period through which it was held before.
        same = Apply(Op.EQ, (until, HELD), TRUTH)
        early = all_of(has_tier, before, same)
        days["until"] = Apply(Op.IF, (early, Column("resumed.until", DATE), days["until"]), DATE)
    for name in days_told(spans, policy):
        step = builder.derive(step, name, days[name.removeprefix("tier.")], place)
    return step


def _count(value: int) -> Literal:
    return Literal(Decimal(value), COUNT)


def _on(code: Column, days: Iterable[tuple[int, datetime.date]], otherwise: Expression) -> Expression:
    """The day that belongs to the number of a period."""
    found = otherwise
    for turn, day in days:
        found = Apply(Op.IF, (Apply(Op.EQ, (code, _count(turn)), TRUTH), Literal(day, DATE), found), DATE)
    return found


def held_day(holding: Holding | None, begins: datetime.date, year_starts: tuple[int, int]) -> datetime.date:
    """The last day for which a tier is held that begins on a day."""
    if holding is None:
        return begins - _DAY
    if holding.day is not None:
        return max(holding.day, begins - _DAY)
    if holding.until == "months":
        return months_after(begins, holding.months) - _DAY
    about = min(begins.year, YEARS[1])
    rows = calendar_periods(holding.until, year_starts, about - 1, about).periods
    return next((last for _, first, last in rows if first <= begins <= last), begins)


def held_until(spans: Spans, holding: Holding | None) -> list[int]:
    """By period, the number of the last one for which a tier that begins with it is held.

    A fall that is decided with a period takes hold on the day after it, which must lie past the day until which the
    tier is held.
    """
    ends, found = [last for first, last in spans.listed if first >= spans.occasions[0].first], []
    for turn in range(1, len(spans.occasions) + 1):
        day = held_day(holding, day_after(ends[turn - 1]), spans.year_starts)
        found.append(max(turn, bisect.bisect_left(ends, day)))
    return found
