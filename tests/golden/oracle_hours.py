"""When people work in policies/, of the weeks that its complaints are about, without any code of the engine.

Times are those of the clocks in Shanghai, which never change.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache

When = datetime.datetime
Length = datetime.timedelta
HOUR, DAY = Length(hours=1), Length(days=1)
WORK = ((9, 12), (13, 18))
HOLIDAYS = (("2026-09-25", 3), ("2026-10-01", 7), ("2027-01-01", 1))
"""First day, and how many days: of the time that the complaints are about."""
MAKE_UP = ("2026-09-20", "2026-10-10")


@cache
def works(day: datetime.date) -> bool:
    """Whether people work on a day."""
    firsts = ((datetime.date.fromisoformat(first), count) for first, count in HOLIDAYS)
    off = any(first <= day < first + count * DAY for first, count in firsts)
    return str(day) in MAKE_UP or (day.weekday() < 5 and not off)


def hours(since: When) -> Iterator[tuple[When, When]]:
    """The times of work from an instant on."""
    midnight = When.combine(since.date(), datetime.time())
    while True:
        for begin, end in WORK if works(midnight.date()) else ():
            if midnight + end * HOUR > since:
                yield max(midnight + begin * HOUR, since), midnight + end * HOUR
        midnight += DAY


def worked(since: When, until: When) -> Length:
    """The working time between two instants."""
    total = Length()
    for begin, end in hours(since):
        if begin >= until:
            return total
        total += min(end, until) - begin
    raise AssertionError("there is always work")


def work_done(since: When, length: Length) -> When:
    """The first instant by which so much has been worked."""
    for begin, end in hours(since):
        if length <= end - begin:
            return begin + length
        length -= end - begin
    raise AssertionError("there is always work")


def work_days_after(day: datetime.date, count: int) -> datetime.date:
    """The n-th day of work after a day."""
    while count:
        day += DAY
        count -= works(day)
    return day
