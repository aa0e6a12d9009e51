"""How long a tier lasts: until when it is held once it begins, and the days that results tell of it.

Columns of a subject: `tier.since`, the first day for which the earned tier holds without a break; `tier.first`, the
day after the period with which he first had any, without a break, where the policy protects who is new; and
`tier.until`, the day through which the tier is held, where tiers are held. A version that another one follows tells all
of them, for that to go on from.
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
    first = ("tier.first",) if policy.protect or spans.followed else ()
    return ("tier.since", *first, *(("tier.until",) if policy.holding is not None or spans.followed else ()))


def with_days(spans: Spans, ground: Ground, policy: CheckedTiering, step: str, fold: str) -> str:
    """The subjects with the days of their tier, from the numbers of periods, or of days, that `fold` gives."""
    builder, place = ground.builder, policy.span
    none = Missing(builder.cause("no-tier-yet", place, name=policy.id), DATE)
    days = _numbered(fold, none) if policy.at_events else _of_periods(spans, ground, policy, fold, none)
    days["first"] = _begun(spans, ground, Column(f"{fold}.first", COUNT), "first", (fold, none))
    for name in days_told(spans, policy):
        step = builder.derive(step, name, days[name.removeprefix("tier.")], place)
    return step


def _numbered(fold: str, none: Missing) -> dict[str, Expression]:
    """The days that `fold` gives as numbers."""
    has = _has_tier(fold)
    codes = {word: Column(f"{fold}.{word}", COUNT) for word in ("since", "until")}
    return {word: Apply(Op.IF, (has, Apply(Op.OF_COUNT, (code,), DATE), none), DATE) for word, code in codes.items()}


def _of_periods(
    spans: Spans, ground: Ground, policy: CheckedTiering, fold: str, none: Missing
) -> dict[str, Expression]:
    """The days that belong to the numbers of periods that `fold` gives."""
    since, until = (Column(f"{fold}.{word}", COUNT) for word in ("since", "until"))
    ends = [held_day(policy.holding, day_after(each.whole[1]), spans.year_starts) for each in spans.occasions]
    held = _on(until, zip(held_until(spans, policy.holding), ends, strict=True), none)
    if _goes_on(ground):
        # What is held anew is held beyond the period through which it was held before.
        before = Apply(Op.LE, (since, _count(0)), TRUTH)
        early = all_of(_has_tier(fold), before, Apply(Op.EQ, (until, HELD), TRUTH))
        held = Apply(Op.IF, (early, Column("resumed.until", DATE), held), DATE)
    return {"since": _begun(spans, ground, since, "since", (fold, none)), "until": held}


def _begun(spans: Spans, ground: Ground, code: Column, word: str, otherwise: tuple[str, Missing]) -> Expression:
    """The day after the period of a number; of the version before, the day that it told."""
    fold, none = otherwise
    found = _on(code, [(turn, day_after(each.whole[1])) for turn, each in enumerate(spans.occasions, 1)], none)
    if not _goes_on(ground):
        return found
    early = all_of(_has_tier(fold), Apply(Op.LE, (code, _count(0)), TRUTH))
    return Apply(Op.IF, (early, Column(f"resumed.{word}", DATE), found), DATE)


def _goes_on(ground: Ground) -> bool:
    return bool(ground.occasion.facts.get(RESUMED))


def _has_tier(fold: str) -> Expression:
    return Apply(Op.GT, (Column(f"{fold}.earned", COUNT), _count(0)), TRUTH)


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
