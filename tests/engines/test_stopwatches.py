"""The stopwatch of working time: by hand, and the same in both engines' kernels."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np

from workflow.plan.kernels import UNKNOWN, Stopwatch
from workflow.plan.nodes import Fold
from workflow.run.reference.cells import Absent, Cell
from workflow.run.reference.folds import folded
from workflow.run.reference.rows import Step
from workflow.run.stopwatches import timed
from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.spans import work_time

HOUR = 3_600_000_000
MONDAY = datetime.date(2026, 3, 2)
OPEN = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
DAY = (datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC) - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).days
ROWS = (
    # since, until; the working time between them; when 4 hours of it have passed. Hours from Monday midnight.
    (9, 12, 3, 14),
    (11, 37, 1 + 5 + 3, 16),  # Monday 11:00 to Tuesday 13:00
    (12, 13, 0, 17),  # at lunch
    (17, 33, 1, 36),  # Monday 17:00 to Tuesday 9:00; the fourth hour ends as Tuesday's morning does
    (38, 38, 0, 42),
    (39, 42, 3, None),  # there are but three hours left
    (None, 42, None, None),
    (9, None, None, 14),
    (-1, 12, None, None),  # before the calendar's first day
)


def _cell(value: int) -> Cell:
    return Absent(1) if value == UNKNOWN else Decimal(value)


def _instant(hours: int | None) -> int:
    return UNKNOWN if hours is None else DAY * 24 * HOUR + hours * HOUR


def test_both_engines_tell_what_was_counted_by_hand() -> None:
    """Two days, from 9 to 12 and from 13 to 18; beyond them nothing is known."""
    kernel = Stopwatch(work_time(WorkCalendar("two", MONDAY, (OPEN, OPEN), 8 * HOUR), "UTC"), 4 * HOUR)
    length = [UNKNOWN if hours is None else hours * HOUR for _, _, hours, _ in ROWS]
    due = [_instant(hours) for _, _, _, hours in ROWS]
    since, until = ([_instant(row[at]) for row in ROWS] for at in (0, 1))
    told = timed(kernel, {"since": np.array(since, np.int64), "until": np.array(until, np.int64)})
    assert (told["length"].tolist(), told["due"].tolist()) == (length, due)
    rows = [
        {"case": "C", "turn": Decimal(turn), "since": _cell(one), "until": _cell(other)}
        for turn, (one, other) in enumerate(zip(since, until, strict=True))
    ]
    fold = Fold("rows", "watch", ("case",), ("turn",), kernel, kernel.inputs)
    found = folded(Step("fold", {"rows": rows}), fold)
    assert [(row["watch.length"], row["watch.due"]) for row in found] == list(zip(length, due, strict=True))
