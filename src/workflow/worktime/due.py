"""The day by which something is due: so many days, months or working days after another."""

from __future__ import annotations

import datetime
from typing import Literal

from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.months import months_after

Due = tuple[int, Literal["days", "months", "working days"]]


def day_after(calendar: WorkCalendar | None, length: Due, day: datetime.date) -> datetime.date | None:
    """The day so long after another; None if the calendar of working days doesn't reach so far."""
    count, unit = length
    if unit == "working days":
        assert calendar is not None, "working days are checked to have a calendar"
        return calendar.working_day_after(day, count)
    if unit == "days":
        return day + datetime.timedelta(days=count)
    return months_after(day, count)
