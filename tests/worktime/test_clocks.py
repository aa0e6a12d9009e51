"""Days and months by the clock on the wall, over changes of it, worked out by hand; alone and as arrays."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from workflow.worktime.bulk import WallTimes
from workflow.worktime.clocks import EPOCH, MICROSECOND, wall_clocks

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def at(text: str) -> int:
    """An instant in UTC, in microseconds."""
    return (datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC) - EPOCH) // MICROSECOND


@pytest.mark.parametrize(
    ("zone", "since", "days", "due"),
    [
        (BERLIN, "2026-03-28T11:00", 1, "2026-03-29T10:00"),  # noon to noon, after 23 hours
        (BERLIN, "2026-10-24T10:00", 1, "2026-10-25T11:00"),  # after 25
        (BERLIN, "2026-03-28T01:30", 1, "2026-03-29T01:00"),  # 02:30 isn't there: 03:00
        (BERLIN, "2026-10-24T00:30", 1, "2026-10-25T00:30"),  # 02:30 comes twice: the first
        (NEW_YORK, "2026-03-07T07:30", 1, "2026-03-08T07:00"),  # 02:30 isn't there: 03:00, four hours behind
        (NEW_YORK, "2026-10-31T05:30", 1, "2026-11-01T05:30"),  # 01:30 comes twice: the first
        (NEW_YORK, "2026-10-30T16:00", 5, "2026-11-04T17:00"),  # noon to noon
    ],
)
def test_a_day_later_it_is_the_same_time(zone: str, since: str, days: int, due: str) -> None:
    """Whatever hours have passed; a time that isn't there is the first after it, of two the first."""
    clocks = wall_clocks(zone, datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert clocks.days_after(at(since), days) == at(due)
    assert WallTimes(clocks).days_after(np.array([at(since)], np.int64), days).tolist() == [at(due)]


def test_a_month_later_over_both_changes() -> None:
    """From 31 January, noon: the last of February, of March an hour earlier in UTC, and of November as before."""
    clocks = wall_clocks(BERLIN, datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    since, due = at("2026-01-31T11:00"), {1: "2026-02-28T11:00", 2: "2026-03-31T10:00", 10: "2026-11-30T11:00"}
    for months, moment in due.items():
        assert clocks.months_after(since, months) == at(moment)
        assert WallTimes(clocks).months_after(np.array([since], np.int64), months).tolist() == [at(moment)]
