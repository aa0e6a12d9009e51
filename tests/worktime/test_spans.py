"""Working time in a zone: what a person with a clock on the wall would count, minute by minute."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.worktime.bulk import UNKNOWN, WorkTimes
from workflow.worktime.calendars import Stretch, WorkCalendar
from workflow.worktime.spans import WorkTime, work_time

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")
OFFICE: tuple[Stretch, ...] = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))


def at(text: str, zone: str = "Asia/Shanghai", *, fold: int = 0) -> int:
    """The instant of a local time, in microseconds."""
    local = datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(local.timestamp()) * 1_000_000


def office(first: str, days: int, off: tuple[str, ...] = ()) -> WorkCalendar:
    """A calendar of office hours from Monday to Friday, save the days off."""
    start = datetime.date.fromisoformat(first)
    every = [start + datetime.timedelta(days=number) for number in range(days)]
    hours = tuple(() if day.weekday() > 4 or day.isoformat() in off else OFFICE for day in every)
    return WorkCalendar("office", start, hours, 8 * HOUR)


def counted(calendar: WorkCalendar, zone: str, begin: int, end: int) -> int:
    """The minutes between two instants at which the clock on the wall shows working hours, one after the other."""
    minutes = 0
    for instant in range(begin, end, MINUTE):
        local = datetime.datetime.fromtimestamp(instant // 1_000_000, ZoneInfo(zone))
        hours = calendar.hours[(local.date() - calendar.first).days]
        minutes += any(start <= local.hour * 60 + local.minute < stop for start, stop in hours)
    return minutes * MINUTE


def test_four_working_hours_over_lunch_and_night() -> None:
    """From 17:00 on Friday: one hour until 18:00, three from 09:00 on Monday."""
    time = work_time(office("2026-07-01", 60), "Asia/Shanghai")
    assert time.after(at("2026-07-03T17:00"), 4 * HOUR) == at("2026-07-06T12:00")
    assert time.between(at("2026-07-03T17:00"), at("2026-07-06T12:00")) == 4 * HOUR


def test_work_that_ends_with_the_day_is_due_at_its_close() -> None:
    """Not at the next morning's opening; and nothing to wait for is due at once, also at night."""
    time = work_time(office("2026-07-01", 60), "Asia/Shanghai")
    assert time.after(at("2026-07-03T17:00"), HOUR) == at("2026-07-03T18:00")
    assert time.after(at("2026-07-03T23:00"), 0) == at("2026-07-03T23:00")


@pytest.mark.parametrize(
    ("day", "minutes"),
    [("2026-03-28", 3 * 60), ("2026-03-29", 2 * 60), ("2026-10-25", 4 * 60)],
)
def test_a_night_shift_over_a_change_of_clocks(day: str, minutes: int) -> None:
    """From 00:00 to 03:00 in Berlin: in spring an hour is skipped, in autumn one comes twice."""
    first = datetime.date.fromisoformat(day)
    time = work_time(WorkCalendar("night", first, (((0, 180),),), 3 * HOUR), "Europe/Berlin")
    begin, end = at(f"{day}T00:00", "Europe/Berlin"), at(f"{day}T23:00", "Europe/Berlin")
    assert time.between(begin, end) == minutes * MINUTE


def test_hours_that_the_clock_shows_twice_are_two_stretches() -> None:
    """01:00 to 02:30 in Berlin on 25 October 2026: 90 minutes, and from 02:00 to 02:30 once more an hour later."""
    calendar = WorkCalendar("night", datetime.date(2026, 10, 25), (((60, 150),),), 3 * HOUR)
    time = work_time(calendar, "Europe/Berlin")
    begin = at("2026-10-25T01:00", "Europe/Berlin")
    assert time.between(begin, begin + 6 * HOUR) == 120 * MINUTE
    assert time.after(begin, 91 * MINUTE) == at("2026-10-25T02:01", "Europe/Berlin", fold=1)


def test_beyond_its_days_nothing_is_known() -> None:
    """Its first midnight and the last are known; an instant before or after isn't, nor what needs it."""
    time = work_time(office("2026-07-06", 5), "Asia/Shanghai")
    begin, end = at("2026-07-06T00:00"), at("2026-07-11T00:00")
    assert time.between(begin, end) == 40 * HOUR
    assert (time.between(begin - 1, end), time.between(begin, end + 1)) == (None, None)
    assert (time.after(begin, 40 * HOUR), time.after(begin, 40 * HOUR + 1)) == (at("2026-07-10T18:00"), None)
    assert (time.after(begin - 1, 0), time.after(end, 0)) == (None, end)


calendars = st.builds(
    lambda first, hours: WorkCalendar("any", first, tuple(hours), 8 * HOUR),
    st.dates(datetime.date(2017, 1, 1), datetime.date(2026, 12, 31)),
    st.lists(
        st.sampled_from([(), OFFICE, ((0, 180), (22 * 60, 1440)), ((0, 1440),), ((119, 121), (150, 170))]),
        min_size=1,
        max_size=3,
    ),
)
around = st.builds(
    lambda day, before, hours: WorkCalendar("any", day - datetime.timedelta(days=before), tuple(hours), 8 * HOUR),
    st.sampled_from([datetime.date(2026, 3, 29), datetime.date(2026, 10, 25), datetime.date(2026, 11, 1),
                     datetime.date(2026, 3, 8), datetime.date(2026, 4, 5), datetime.date(2017, 10, 15)]),
    st.integers(0, 1),
    st.lists(
        st.sampled_from([(), ((0, 180), (22 * 60, 1440)), ((0, 1440),), ((30, 61), (90, 130), (150, 170))]),
        min_size=2,
        max_size=3,
    ),
)  # fmt: skip


def inside(time: WorkTime, share: int) -> int:
    """An instant on a whole minute, so many thousandths of the way."""
    return time.first + (time.last - time.first) * share // 1000 // MINUTE * MINUTE


@settings(max_examples=30, deadline=None)
@given(st.one_of(calendars, around), st.sampled_from(ZONES), st.integers(0, 1000), st.integers(0, 1000))
def test_equals_the_count_of_minutes(calendar: WorkCalendar, zone: str, one: int, other: int) -> None:
    """For any hours, any zone, any two instants, also where the clocks change."""
    time = work_time(calendar, zone)
    begin, end = sorted((inside(time, one), inside(time, other)))
    assert time.between(begin, end) == counted(calendar, zone, begin, end)


@given(st.one_of(calendars, around), st.sampled_from(ZONES), st.integers(0, 1000), st.integers(1, 3 * DAY))
def test_due_is_the_first_instant_by_which_the_time_has_passed(
    calendar: WorkCalendar, zone: str, share: int, length: int
) -> None:
    """Working time up to it is the length; a microsecond earlier it is less. What lies beyond isn't known."""
    time = work_time(calendar, zone)
    begin = inside(time, share)
    due = time.after(begin, length)
    if due is None:
        rest = time.between(begin, time.last)
        assert rest is not None
        assert rest < length
    else:
        assert time.between(begin, due) == length
        assert time.between(begin, due - 1) == length - 1


@given(calendars, st.sampled_from(ZONES), st.integers(0, 999), st.integers(0, DAY), st.integers(0, DAY))
def test_later_begins_and_longer_lengths_are_never_due_earlier(
    calendar: WorkCalendar, zone: str, share: int, length: int, more: int
) -> None:
    """Where both are known."""
    time = work_time(calendar, zone)
    begin = inside(time, share)
    due, longer, later = (
        time.after(begin, length),
        time.after(begin, length + more),
        time.after(min(begin + more, time.last), length),
    )
    assert longer is None or (due is not None and due <= longer)
    assert later is None or (due is not None and due <= later)


@given(st.one_of(calendars, around), st.sampled_from(ZONES), st.data())
def test_arrays_say_the_same(calendar: WorkCalendar, zone: str, data: st.DataObject) -> None:
    """Each answer of the bulk form is that of one instant, UNKNOWN where that has none."""
    time = work_time(calendar, zone)
    instants = st.integers(time.first - DAY, time.last + DAY)
    rows = data.draw(st.lists(st.tuples(instants, instants, st.integers(0, 2 * DAY)), min_size=1, max_size=20))
    begins, ends, lengths = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    times = WorkTimes(time)
    between = [time.between(begin, end) for begin, end, _ in rows]
    after = [time.after(begin, length) for begin, _, length in rows]
    assert times.between(begins, ends).tolist() == [UNKNOWN if each is None else each for each in between]
    assert times.after(begins, lengths).tolist() == [UNKNOWN if each is None else each for each in after]
