"""A calendar of working days: what each of its days has of working hours, and days counted in working days.

A calendar knows the days from its first to its last and no others. Whatever would need another day is None, so that
nobody can use a guess.
"""

from __future__ import annotations

import bisect
import datetime
from dataclasses import dataclass
from functools import cached_property

Stretch = tuple[int, int]
"""Working hours without a break: minutes since midnight by the clock on the wall, the end excluded."""

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """The working hours of each day from `first` on, in order and apart from each other; none on a day off.

    `day` is the length of one working day in microseconds, for what counts working time in days.
    """

    name: str
    first: datetime.date
    hours: tuple[tuple[Stretch, ...], ...]
    day: int

    @property
    def last(self) -> datetime.date:
        """The last day that it knows."""
        return self.first + datetime.timedelta(days=len(self.hours) - 1)

    @cached_property
    def working(self) -> tuple[datetime.date, ...]:
        """The working days: those with working hours."""
        return tuple(self.first + datetime.timedelta(days=at) for at, hours in enumerate(self.hours) if hours)

    def knows(self, day: datetime.date) -> bool:
        """Whether the day is one of its days."""
        return self.first <= day <= self.last

    def working_day_after(self, day: datetime.date, count: int) -> datetime.date | None:
        """The working day that is so many working days after a day; the first is 1, and the day itself doesn't count.

        None where that is past the last day of the calendar, or days before its first would have to be counted.
        """
        assert count > 0, count
        if not self.knows(day) and not self.knows(day + ONE_DAY):
            return None
        at = bisect.bisect_right(self.working, day) + count - 1
        return self.working[at] if at < len(self.working) else None

    def close_of_work(self, day: datetime.date) -> str:
        """When work ends on a working day, by the clock on the wall: `18:00`."""
        end = self.minute_of_close(day)
        return f"{end // 60:02}:{end % 60:02}"

    def minute_of_close(self, day: datetime.date) -> int:
        """The same in minutes since midnight."""
        return self.hours[(day - self.first).days][-1][1]
