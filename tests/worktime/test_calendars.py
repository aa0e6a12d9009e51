"""Days counted in working days."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.worktime.calendars import WorkCalendar

HOURS = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
FIRST = datetime.date(2026, 10, 1)
WEEK = WorkCalendar("week", FIRST, ((), HOURS, (), (), HOURS, ((8 * 60, 24 * 60),), ()), 1)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [(30, 1, 2), (1, 1, 2), (2, 1, 5), (2, 2, 6), (4, 2, 6), (5, 2, None), (6, 1, None), (7, 1, None), (29, 1, None)],
)
def test_the_nth_working_day_after_a_day(day: int, count: int, expected: int | None) -> None:
    """The day itself doesn't count; of 2, 5 and 6 October, from the day before the first day known."""
    start = datetime.date(2026, 9, day) if day > 7 else datetime.date(2026, 10, day)
    found = WEEK.working_day_after(start, count)
    assert found == (None if expected is None else datetime.date(2026, 10, expected))


def test_work_closes_with_the_last_stretch() -> None:
    """Also at midnight."""
    closes = [WEEK.close_of_work(datetime.date(2026, 10, day)) for day in (2, 6)]
    assert closes == ["18:00", "24:00"]


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(-1, 60), st.integers(1, 20))
def test_so_many_working_days_lie_after_the_day_up_to_the_one_found(worked: list[bool], start: int, count: int) -> None:
    """Counted one by one, the found one being the last of them."""
    calendar = WorkCalendar("any", FIRST, tuple(HOURS if each else () for each in worked), 1)
    found = calendar.working_day_after(FIRST + datetime.timedelta(days=start), count)
    after = [at for at, each in enumerate(worked) if each and at > start]
    known = start < len(worked)
    expected = FIRST + datetime.timedelta(days=after[count - 1]) if known and len(after) >= count else None
    assert found == expected
