"""What a due instant and a difference in working time cost, asked for a million at once, against a microsecond each."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np

from benchmarks.figure import Figure, best
from workflow.worktime.bulk import WorkTimes
from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.spans import work_time

MANY = 1_000_000
HOUR = 3_600_000_000


def figures() -> Iterator[Figure]:
    """Twenty years of office hours in a zone whose clocks change; instants and lengths of up to 30 working days."""
    first, years = datetime.date(2007, 1, 1), 20
    office = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    hours = tuple(office if (first + datetime.timedelta(days=at)).weekday() < 5 else () for at in range(365 * years))
    time = work_time(WorkCalendar("office", first, hours, 8 * HOUR), "Europe/Berlin")
    rng = np.random.default_rng(7)
    begins = rng.integers(time.first, time.last - 400 * 24 * HOUR, MANY)
    ends = begins + rng.integers(0, 40 * 24 * HOUR, MANY)
    lengths = rng.integers(0, 240 * HOUR, MANY)
    times = WorkTimes(time)
    due = best(lambda: times.after(begins, lengths))
    difference = best(lambda: times.between(begins, ends))
    yield Figure("calendar.due", due / MANY * 1e6, 1.0, 1.0, "µs")
    yield Figure("calendar.difference", difference / MANY * 1e6, 1.0, 1.0, "µs")
