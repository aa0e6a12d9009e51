"""Windows: which days and periods a measure looks at, seen from the period that is decided."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workflow.model.terms import Window
from workflow.worktime.months import day_of_month, months_after

Delivery = Literal["whole", "part", "undeclared"]
"""How much of some days the sources of an event type say that they have delivered."""
Days = tuple[datetime.date, datetime.date]
"""A stretch of days, both included."""
Named = tuple[str, datetime.date, datetime.date]
"""A period: its name, first and last day, both included."""
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a window holds: stretches of days that don't touch, in order, and the names of the periods inside them.

    `delivery` says how far each event type has been delivered on these days, and `owed` of those delivered in part the
    stretches of days that haven't been, in order.
    """

    days: tuple[Days, ...]
    periods: tuple[str, ...]
    delivery: Mapping[str, Delivery] = field(default_factory=dict)
    owed: Mapping[str, tuple[Days, ...]] = field(default_factory=dict)


def reach_of(
    window: Window,
    period: Named,
    periods: Sequence[Named],
    year_starts: tuple[int, int],
    *,
    until: datetime.date,
) -> Reach | None:
    """What a window holds, seen from a period; None where the periods it needs are not listed.

    Args:
        window: the window.
        period: the period that is decided.
        periods: all periods of its kind, by their first day; it is one of them.
        year_starts: month and day on which the company's year begins.
        until: the last day that is looked at: the period's, or that of the part of it that is decided.
    """
    place = periods.index(period)
    begin: datetime.date
    match window.kind:
        case "this period":
            return _of([period])
        case "previous period":
            return _of(periods[place - 1 : place]) if place else None
        case "periods":
            earliest = place + 1 - window.count
            return _of([*periods[earliest:place], (period[0], period[1], until)]) if earliest >= 0 else None
        case "same period last year":
            return _a_year_earlier(place, periods, year_starts)
        case "months":
            begin = months_after(until + _DAY, -window.count)
        case "year to date":
            begin = _year_begins(place, periods, year_starts)
    inside = tuple(name for name, start, _ in periods[: place + 1] if begin <= start)
    return Reach(((begin, until),), inside)


def _of(periods: Sequence[Named]) -> Reach:
    """These periods, the days of neighbours joined."""
    days: list[Days] = []
    for _, first, last in periods:
        if days and first - days[-1][1] == _DAY:
            days[-1] = (days[-1][0], last)
        else:
            days.append((first, last))
    return Reach(tuple(days), tuple(name for name, _, _ in periods))


def _year_of(period: Named, year_starts: tuple[int, int]) -> datetime.date:
    """The first day of the year that a period belongs to: the one in which its middle day lies."""
    _, first, last = period
    middle = first + (last - first) // 2
    start = day_of_month(middle.year, *year_starts)
    return start if start <= middle else day_of_month(middle.year - 1, *year_starts)


def _year_begins(place: int, periods: Sequence[Named], year_starts: tuple[int, int]) -> datetime.date:
    """The day on which the period's year begins: with the first period of the year, if periods cover the year's start.

    The year of listed periods may begin some days before or after the company's own.
    """
    year = _year_of(periods[place], year_starts)
    covered = any(first <= year <= last for _, first, last in periods)
    return periods[_place_in_year(place, periods, year_starts)[1]][1] if covered else year


def _place_in_year(place: int, periods: Sequence[Named], year_starts: tuple[int, int]) -> tuple[int, int]:
    """How many periods of its year come before a period, and where the first of them stands."""
    year, begin = _year_of(periods[place], year_starts), place
    while begin and _year_of(periods[begin - 1], year_starts) == year:
        begin -= 1
    return place - begin, begin


def _a_year_earlier(place: int, periods: Sequence[Named], year_starts: tuple[int, int]) -> Reach | None:
    """The period at the same place in the year before, if it shares a day with this one's a year earlier."""
    before, begin = _place_in_year(place, periods, year_starts)
    if not begin:
        return None
    _, earlier = _place_in_year(begin - 1, periods, year_starts)
    if earlier + before >= begin:
        return None
    found = periods[earlier + before]
    first, last = (months_after(day, -12) for day in periods[place][1:])
    return _of([found]) if found[1] <= last and first <= found[2] else None
