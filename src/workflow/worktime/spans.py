"""Working time between instants, and the instant at which so much of it has passed: exact, in a time zone.

An instant is working time where the clock on the wall shows working hours on its day. So an hour that the clock skips
in spring isn't worked, and one that it shows twice in autumn counts twice. Instants and lengths are microseconds, the
instants since 1970-01-01 in UTC. What would need a day that the calendar doesn't know is None.
"""

from __future__ import annotations

import bisect
import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.clocks import DAY, SECOND, Clock, clocks_of

_MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class WorkTime:
    """The stretches of working time from `first` to `last`, both instants included, in order and apart.

    Stretch i begins at `starts[i]`, `worked[i]` is the working time before it; `worked` has one more at its end: all
    working time.
    """

    first: int
    last: int
    starts: tuple[int, ...]
    worked: tuple[int, ...]

    def between(self, begin: int, end: int) -> int | None:
        """The working time from one instant to a later one; negative where it is an earlier one."""
        if not (self.first <= min(begin, end) and max(begin, end) <= self.last):
            return None
        return self._until(end) - self._until(begin)

    def after(self, begin: int, length: int) -> int | None:
        """The first instant, from `begin` on, by which so much working time has passed."""
        assert length >= 0, length
        if not self.first <= begin <= self.last:
            return None
        target = self._until(begin) + length
        if length == 0 or target > self.worked[-1]:
            return begin if length == 0 else None
        at = bisect.bisect_left(self.worked, target) - 1
        return self.starts[at] + target - self.worked[at]

    def _until(self, instant: int) -> int:
        """The working time from the first instant to this one."""
        at = bisect.bisect_right(self.starts, instant) - 1
        if at < 0:
            return 0
        return min(self.worked[at] + instant - self.starts[at], self.worked[at + 1])


def work_time(calendar: WorkCalendar, zone: str) -> WorkTime:
    """The working time of a calendar by the clocks of a zone."""
    begin, end = (_days(day) * DAY for day in (calendar.first, calendar.last + datetime.timedelta(days=1)))
    clocks = tuple(clocks_of(ZoneInfo(zone), begin - DAY, end + DAY))
    starts, worked = [], [0]
    for from_utc, to_utc in _stretches(calendar, begin, clocks):
        starts.append(from_utc)
        worked.append(worked[-1] + to_utc - from_utc)
    return WorkTime(_first(clocks, begin), _last(clocks, end), tuple(starts), tuple(worked))


def _days(day: datetime.date) -> int:
    return day.toordinal() - datetime.date(1970, 1, 1).toordinal()


def _first(clocks: tuple[Clock, ...], local: int) -> int:
    """The first instant whose clock shows this time or later."""
    return next(max(since, local - offset) for since, until, offset in clocks if local - offset < until)


def _last(clocks: tuple[Clock, ...], local: int) -> int:
    """The instant after the last whose clock shows an earlier time."""
    return next(min(until, local - offset) for since, until, offset in reversed(clocks) if local - offset > since)


def _stretches(calendar: WorkCalendar, begin: int, clocks: tuple[Clock, ...]) -> Iterator[tuple[int, int]]:
    """The working time in UTC, in order. A stretch by the wall is cut where the clocks change."""
    found = []
    ends = [until + offset for _, until, offset in clocks]
    at = 0
    for number, hours in enumerate(calendar.hours):
        midnight = begin + number * DAY
        while at + 1 < len(clocks) and ends[at] < midnight and clocks[at][1] + clocks[at + 1][2] < midnight:
            at += 1
        for (opens, closes), (since, until, offset) in itertools.product(hours, clocks[at : at + 2]):
            start = max(since, midnight + opens * _MINUTE - offset)
            end = min(until, midnight + closes * _MINUTE - offset)
            if start < end:
                found.append((start, end))
    yield from sorted(found)
