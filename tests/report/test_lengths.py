"""Durations as readers say them."""

from __future__ import annotations

import pytest

from workflow.model.types import Kind, Type
from workflow.report.lengths import clock_hours, length_said, length_text
from workflow.worktime.lengths import Length

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("value", "kind", "english", "chinese"),
    [
        (6, Kind.MONTHS, "6 months", "6个月"),
        (1, Kind.MONTHS, "1 month", "1个月"),
        (24, Kind.MONTHS, "2 years", "2年"),
        (0, Kind.MONTHS, "0 months", "0个月"),
        (-14, Kind.MONTHS, "-14 months", "-14个月"),
        (24 * 91 * HOUR, Kind.ELAPSED, "91 days", "91天"),
        (36 * HOUR, Kind.ELAPSED, "36 hours", "36小时"),
        (HOUR // 2, Kind.ELAPSED, "30 minutes", "30分钟"),
        (1, Kind.ELAPSED, "PT0.000001S", "PT0.000001S"),
        (4 * HOUR, Kind.WORKING, "4 working hours", "4个工作小时"),
        (24 * HOUR, Kind.WORKING, "24 working hours", "24个工作小时"),  # how many days these are, a calendar says
        (37_800_000_000, Kind.TIME, "10:30:00", "10:30:00"),
    ],
)
def test_a_length_is_said_in_its_largest_whole_unit(value: int, kind: Kind, english: str, chinese: str) -> None:
    """In the reader's language."""
    assert [length_text(value, Type(kind), language) for language in ("en", "zh-CN")] == [english, chinese]


@pytest.mark.parametrize(
    ("microseconds", "told"),
    [
        (0, "0:00"),
        (97_200_000_000, "27:00"),
        (5_400_000_000, "1:30"),
        (3_661_000_000, "1:01:01"),
        (806_399_999_999, "224:00"),  # A day's end is a microsecond short of the next day.
    ],
)
def test_a_clock_shows_hours_minutes_and_whole_seconds(microseconds: int, told: str) -> None:
    """224 hours are 806,400 seconds."""
    assert clock_hours(microseconds) == told


def test_a_timer_s_hours_are_no_days() -> None:
    """24 hours elapse; a day ends at the same time on the clock, whatever the clocks did."""
    day = 86_400_000_000
    assert length_said(Length(day, "elapsed"), "en") == "24 hours"
    assert length_said(Length(1, "days"), "en") == "1 day"
    assert length_said(Length(day // 1440, "elapsed"), "en") == "1 minute"
