"""Twenty years of the PRC's holidays and make-up days: working days a quarter, and working time minute by minute."""

from __future__ import annotations

import csv
import datetime
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import workflow
from tests.acceptance.exports import SHARED
from workflow import api
from workflow.worktime.bulk import WorkTimes
from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.spans import work_time

FOLDER = SHARED / "calendar-cn"
ROOT = Path(__file__).parent.parent.parent
MINUTE = 60_000_000
SAMPLES = 10_000

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the PRC's holidays are not in {SHARED}")


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> WorkCalendar:
    """The calendar that `workflow calendar import` makes of all years, as the example's policies use it."""
    root = tmp_path_factory.mktemp("cn") / "policies"
    shutil.copytree(ROOT / "policies", root)
    api.import_calendar(root / "calendars" / "cn.yaml", "CN", tuple(sorted(FOLDER.glob("20*.json"))), force=True)
    checked = workflow.check(root)
    assert checked.diagnostics == ()
    found = checked.policies[0].calendar
    assert found is not None
    return found


def test_working_days_of_each_quarter_are_those_of_the_ground_truth(calendar: WorkCalendar) -> None:
    """Of all 80 quarters from 2007 to 2026."""
    # The example's own January of 2027 follows.
    found = Counter((day.year, (day.month + 2) // 3) for day in calendar.working if day.year <= 2026)
    with (FOLDER / "working_days_per_quarter.csv").open(encoding="utf-8") as file:
        rows = [tuple(map(int, row)) for row in list(csv.reader(file))[1:]]
    assert len(rows) == 80
    assert {row[:2]: row[2] for row in rows} == dict(found)


def test_equals_the_count_of_minutes(calendar: WorkCalendar) -> None:
    """10,000 differences and 10,000 due instants over twenty years, by counting every minute of them."""
    worked = np.zeros(len(calendar.hours) * 1440, np.int64)
    for number, hours in enumerate(calendar.hours):
        for start, end in hours:
            worked[number * 1440 + start : number * 1440 + end] = 1
    counted = np.concatenate([[0], np.cumsum(worked)])
    rng = np.random.default_rng(20)
    begins, ends = rng.integers(0, len(worked), (2, SAMPLES))
    lengths = rng.integers(1, 30 * 480, SAMPLES)
    # The first minute by whose end so many were worked since the begin.
    due = np.searchsorted(counted, counted[begins] + lengths, side="left")
    known = due < len(counted)
    midnight = datetime.datetime.combine(
        calendar.first, datetime.time(), datetime.timezone(datetime.timedelta(hours=8))
    )
    zero = int(midnight.timestamp()) * 1_000_000
    times = WorkTimes(work_time(calendar, "Asia/Shanghai"))
    between = times.between(zero + begins * MINUTE, zero + ends * MINUTE)
    after = times.after(zero + begins * MINUTE, lengths * MINUTE)
    assert (between == (counted[ends] - counted[begins]) * MINUTE).all()
    assert known.mean() > 0.9
    assert (after[known] == zero + due[known] * MINUTE).all()
    assert (after[~known] < 0).all()
