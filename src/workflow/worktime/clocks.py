"""The clocks on the walls of a time zone: days and months later at the same time of day.

Instants are microseconds since 1970-01-01 in UTC; what a clock shows is counted the same way, as if it were UTC. A time
that the clocks skip is the first instant after it, one that they show twice the first of both.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from workflow.worktime.months import months_after

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 24 * 3600 * SECOND


Clock = tuple[int, int, int]
"""From one instant up to another the zone's clocks are so far ahead of UTC."""


def clocks_of(zone: ZoneInfo, begin: int, end: int) -> Iterator[Clock]:
    """The offsets of a zone, each with the instants between which it holds; found day by day, then to the second.

    No zone has ever changed its clocks twice within a day.
    """
    since, offset = begin, _offset(zone, begin)
    for day in range(begin + DAY, end + DAY, DAY):
        if _offset(zone, day) == offset:
            continue
        low, high = day - DAY, day
        while high - low > SECOND:
            middle = (low + high) // 2 // SECOND * SECOND
            low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
        yield since, high, offset
        since, offset = high, _offset(zone, day)
    yield since, end, offset


def _offset(zone: ZoneInfo, instant: int) -> int:
    ahead = (EPOCH + datetime.timedelta(microseconds=instant)).astimezone(zone).utcoffset()
    assert ahead is not None, "a zone has an offset at every instant"
    return ahead // MICROSECOND


@dataclass(frozen=True, slots=True)
class WallClocks:
    """How far the clocks are ahead of UTC: from each instant of `since` on, up to the next, by that of `ahead`.

    The first holds for all time before, the last for all time after.
    """

    since: tuple[int, ...]
    ahead: tuple[int, ...]

    def shown(self, instant: int) -> int:
        """What the clocks show at an instant."""
        return instant + self.ahead[max(bisect.bisect_right(self.since, instant) - 1, 0)]

    def instant(self, shown: int) -> int:
        """The first instant at which the clocks show a time, or a later one if they skip it."""
        until = (*self.since[1:], None)
        for since, ahead, end in zip((None, *self.since[1:]), self.ahead, until, strict=True):
            if end is None or shown - ahead < end:
                return shown - ahead if since is None else max(since, shown - ahead)
        raise AssertionError("the last holds for ever")

    def ends(self, day: int) -> int:
        """The last instant of a day, counted from 1970-01-01."""
        return self.instant((day + 1) * DAY) - 1

    def days_after(self, instant: int, days: int) -> int:
        """So many days later, at the same time of day."""
        return self.instant(self.shown(instant) + days * DAY)

    def months_after(self, instant: int, months: int) -> int:
        """So many months later, at the same time of day; a day that the month lacks is its last."""
        days, rest = divmod(self.shown(instant), DAY)
        later = months_after(EPOCH.date() + datetime.timedelta(days=days), months)
        return self.instant((later - EPOCH.date()).days * DAY + rest)


UTC = WallClocks((0,), (0,))
"""Clocks that never change."""


def wall_clocks(zone: str, first: datetime.date, last: datetime.date) -> WallClocks:
    """The clocks of a zone, with all their changes from one day to another."""
    begin, end = ((day - EPOCH.date()).days * DAY for day in (first, last))
    changes = tuple(clocks_of(ZoneInfo(zone), begin, end + DAY))
    return WallClocks(tuple(since for since, _, _ in changes), tuple(ahead for _, _, ahead in changes))
