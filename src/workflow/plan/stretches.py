"""The stretches of days over which the borders of a clause are counted: in each of them the total starts anew."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from workflow.checks.clauses import Counted
from workflow.model.terms import Over
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import DATE, TRUTH
from workflow.plan.building import all_of
from workflow.plan.occasions import Occasion


def starts(occasion: Occasion, counted: Counted) -> Iterator[datetime.date]:
    """The first days of the stretches."""
    first, last = occasion.first, occasion.last
    reach = occasion.reach(counted.window)
    yield first if reach is None else reach.days[0][0]
    if counted.over is Over.MONTH:
        month = first.replace(day=1)
        while (month := (month + datetime.timedelta(days=31)).replace(day=1)) <= last:
            yield month


def since(occasion: Occasion, counted: Counted, day: Column) -> Expression:
    """The first day of the stretch in which a day lies that is in one of them."""
    first, *later = starts(occasion, counted)
    found: Expression = Literal(first, DATE)
    for start in later:
        begun = Apply(Op.GE, (day, Literal(start, DATE)), TRUTH)
        found = Apply(Op.IF, (begun, Literal(start, DATE), found), DATE)
    return found


def inside(occasion: Occasion, counted: Counted, day: Column) -> Expression:
    """Whether a day lies in one of the stretches."""
    first = next(starts(occasion, counted))
    begun = Apply(Op.GE, (day, Literal(first, DATE)), TRUTH)
    return all_of(begun, Apply(Op.LE, (day, Literal(occasion.last, DATE)), TRUTH))
