"""How far what a clause counts by events has been delivered, and which of its totals that leaves open."""

from __future__ import annotations

import datetime

from workflow.model.terms import THIS_PERIOD, Over
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import DATE, TRUTH
from workflow.plan.building import NO, all_of, any_of
from workflow.plan.counted import Counting
from workflow.plan.windows import Days, Delivery


def delivered(counting: Counting) -> Delivery:
    """How far what is counted has been delivered: the events, and what takes them back."""
    reach = counting.ground.occasion.reach(counting.counted.window)
    told = reach.delivery if reach is not None else {}
    needed = [told.get(event, "undeclared") for event in _events(counting)]
    return "part" if "part" in needed else "undeclared" if "undeclared" in needed else "whole"


def complete_from(counting: Counting) -> datetime.date | None:
    """From which day on all is delivered of what is counted, if there is one and the total begins only once."""
    reach, last = counting.ground.occasion.reach(counting.counted.window), counting.ground.occasion.last
    if reach is None or counting.counted.over is Over.MONTH:
        return None
    ended = max((until for _, until in _owed(counting)), default=last)
    return ended + datetime.timedelta(days=1) if ended < last else None


def where_delivered(counting: Counting, total: Expression, day: Column) -> Expression:
    """A total that runs on up to a row, missing where days before it in its stretch are owed, or that day itself.

    An opening holds the days up to its own.
    """
    if counting.counted.over is Over.EVENT:
        return total
    stem = counting.stem
    began: Expression = Column(f"{stem}.since", DATE)
    open_ = any_of(*(_between(days, began, day) for days in _owed(counting)))
    if counting.opening is not None and open_ != NO:
        opened, told = Column(f"{stem}.opened", TRUTH), Column(f"{stem}.opening.day", DATE)
        later = any_of(*(_between(days, told, day, after=True) for days in _owed(counting)))
        open_ = Apply(Op.IF, (opened, later, open_), TRUTH)
    if open_ == NO:
        return total
    return Apply(Op.IF, (open_, Missing(late(counting), total.type), total), total.type)


def _between(owed: Days, since: Expression, day: Column, *, after: bool = False) -> Expression:
    """Whether some of the days owed lie from `since`, or after it, through `day`."""
    first, last = (Literal(each, DATE) for each in owed)
    return all_of(
        Apply(Op.LE, (first, day), TRUTH),
        Apply(Op.GT if after else Op.GE, (last, since), TRUTH),
    )


def _events(counting: Counting) -> tuple[str, ...]:
    """The types of events that make the total."""
    reversal = counting.ground.policy.reversal
    return counting.event, *((reversal.event,) if counting.returns and reversal is not None else ())


def _owed(counting: Counting) -> tuple[Days, ...]:
    """The days that are still to be delivered of what is counted."""
    reach = counting.ground.occasion.reach(counting.counted.window)
    return tuple(days for event in _events(counting) for days in (reach.owed.get(event, ()) if reach else ()))


def late(counting: Counting) -> int:
    """The cause of a total some of whose days are still to be delivered."""
    builder, place, args = counting.ground.builder, counting.clause.span, {"name": counting.clause.name}
    args["event"] = counting.event
    reach = counting.ground.occasion.reach(counting.counted.window)
    if counting.counted.window == THIS_PERIOD or reach is None:
        return builder.cause("not-delivered", place, **args)
    first, last = reach.days[0][0].isoformat(), reach.days[-1][1].isoformat()
    return builder.cause("window-not-delivered", place, **args, first=first, last=last)
