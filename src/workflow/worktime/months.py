"""Days some months away. A day that a month lacks is its last: a month after 31 January is the end of February."""

from __future__ import annotations

import calendar
import datetime


def day_of_month(year: int, month: int, day: int) -> datetime.date:
    """The day of a month, which is counted from January of `year` and may lie in a year before or after."""
    years, index = divmod(month - 1, 12)
    year, month = year + years, index + 1
    return datetime.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def months_after(day: datetime.date, count: int) -> datetime.date:
    """The same day so many months later, or earlier where `count` is negative."""
    return day_of_month(day.year, day.month + count, day.day)
