"""Calendars: what is offered for hours and weekdays that are written otherwise, and what holds of several files."""

from __future__ import annotations

import datetime

import pytest

from tests.checks.small import FILES
from workflow.checks.calendars import check_calendars
from workflow.checks.context import Context
from workflow.model.files import read_files
from workflow.worktime.calendars import WorkCalendar

HEAD = """\
calendar: cn
valid: {from: 2026-10-01, through: 2026-10-11}
source: A memo.
day: 8 hours
hours:
"""
WEEK = "  monday to friday: [09:00..12:00, 13:00..18:00]\n"
OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))


def checked(*texts: str) -> tuple[WorkCalendar | None, Context]:
    """The calendar that the files say, and what was found."""
    files = {f"calendars/{number}.yaml": text for number, text in enumerate(texts)}
    written, mistakes = read_files({**FILES, **files})
    assert mistakes == ()
    context = Context(written)
    return check_calendars(context)["cn"], context


def offered(hours: str) -> list[tuple[str, str | None, bool]]:
    """The code of each mistake in the hours, and what is offered for it, safe or not."""
    _, context = checked(HEAD + hours)
    return [
        (each.code, each.fix.text if each.fix else None, each.fix is not None and each.fix.safe)
        for each in context.diagnostics
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Mon-Fri", "monday to friday"), ("Monday – Friday", "monday to friday"), ("周一至周五", "monday to friday"),
     ("星期六", "saturday"), ("mon to thu", "monday to thursday"), ("Sunday", "sunday"), ("wensday", "wednesday"),
     ("workdays", None), ("monday to friday to sunday", None), ("weekdays", None)],
)  # fmt: skip
def test_weekdays_written_otherwise_are_offered(written: str, meant: str | None) -> None:
    """Where only one thing can be meant."""
    assert offered(f"  {written}: 09:00..17:00\n") == [("unknown-weekday", meant, meant is not None)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("9:00-17:00", "09:00..17:00"), ("9-17", "09:00..17:00"), ("09.00 to 17.30", "09:00..17:30"),
     ("9:00至17:00", "09:00..17:00"), ("09:00..25:00", None), ("morning", None), ("09:00..17:75", None)],
)  # fmt: skip
def test_hours_written_otherwise_are_offered(written: str, meant: str | None) -> None:
    """As they are spelt here; what no clock shows isn't guessed."""
    assert offered(f"  monday: {written}\n")[0] == ("hours-not-understood", meant, meant is not None)


def test_every_day_has_its_hours() -> None:
    """Thursday and Friday off, Saturday off, Sunday made up with the hours of the weekdays."""
    calendar, _ = checked(HEAD + WEEK + "holidays: {2026-10-01..2026-10-02: off}\nmake-up days: {2026-10-04: worked}\n")
    assert calendar is not None
    assert calendar.hours == ((), (), (), *[OFFICE] * 6, (), ())
    assert (calendar.day, calendar.last) == (8 * 3_600_000_000, datetime.date(2026, 10, 11))


def test_make_up_days_can_have_hours_of_their_own() -> None:
    """Where weekdays differ they must."""
    hours = "  monday to thursday: [09:00..12:00, 13:00..18:00]\n  friday: 09:00..13:00\n  make-up days: 10:00..14:00\n"
    calendar, _ = checked(HEAD + hours + "make-up days: {2026-10-04: worked}\n")
    assert calendar is not None
    assert calendar.hours[1:5] == (((540, 780),), (), ((600, 840),), OFFICE)


def test_a_week_may_run_over_its_end() -> None:
    """From Sunday to Thursday."""
    calendar, _ = checked(HEAD + "  sunday to thursday: [09:00..12:00, 13:00..18:00]\n")
    assert calendar is not None
    assert [day.day for day in calendar.working] == [1, 4, 5, 6, 7, 8, 11]


def test_files_of_one_name_are_one_calendar_in_any_order() -> None:
    """The working days of both, over the border between them."""
    first = HEAD + WEEK
    second = first.replace("from: 2026-10-01, through: 2026-10-11", "from: 2026-10-12, through: 2026-10-31")
    both, _ = checked(first, second)
    other, _ = checked(second, first)
    assert both is not None
    assert both == other
    assert both.working_day_after(datetime.date(2026, 10, 9), 2) == datetime.date(2026, 10, 13)
