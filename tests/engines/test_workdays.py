"""Working days as dated rows of a plan: what the calendar's own arithmetic says, for every day, in every engine."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.engines.plans import events
from workflow.diagnostics import NOWHERE
from workflow.model.typed import Column
from workflow.model.types import DATE
from workflow.plan.building import Builder
from workflow.plan.nodes import Emit, Events, Given
from workflow.plan.workdays import WorkDays
from workflow.run.outcome import Engine
from workflow.worktime.calendars import ONE_DAY, WorkCalendar
from workflow.worktime.due import Due, day_after

SINCE, AS_OF = datetime.date(2026, 9, 30), datetime.date(2026, 10, 25)
LENGTHS: tuple[Due, ...] = ((1, "working days"), (7, "working days"), (10, "days"), (1, "months"))


def calendar() -> WorkCalendar:
    """Nine weeks whose days off lie anywhere, and whose work ends at another hour each day."""
    rng = random.Random(7)
    hours = [((540, 960 + rng.randrange(120)),) if rng.random() < 0.6 else () for _ in range(63)]
    return WorkCalendar("odd", datetime.date(2026, 9, 14), tuple(hours), 8 * 3_600_000_000)


def test_days_counted_by_lookups_are_those_of_the_calendar(engine: Engine, tmp_path: Path) -> None:
    """From each day on from the period's last: so many working days later, or beyond the calendar nothing."""
    days = [SINCE + ONE_DAY * count for count in range(47)]
    evidence = events(tmp_path, [Given("day", DATE)], [[day] for day in days])
    own, builder = calendar(), Builder()
    ground: Any = SimpleNamespace(
        builder=builder, policy=SimpleNamespace(calendar=own), occasion=SimpleNamespace(as_of=AS_OF)
    )
    step = builder.add("deal", Events("deal", (Given("day", DATE),)))
    counted = WorkDays.of(ground, NOWHERE, "Europe/Berlin", SINCE)
    for at, length in enumerate(LENGTHS):
        step = counted.after(step, f"stage.s.{at}", length, Column("day", DATE))
    step, _ = counted.close(step, "stage.s.close", LENGTHS[0], Column("stage.s.0", DATE))
    step = counted.passed(step, "stage.s.passed", (2, "working days"), Column("day", DATE))
    names = ("day", *(f"stage.s.{at}" for at in range(len(LENGTHS))), "stage.s.close", "stage.s.passed")
    builder.emit("out", Emit(step, tuple((name, name) for name in names), ("day",)))
    rows = engine.run(builder.plan(), evidence).tables["out"].to_pylist()
    assert [row["day"] for row in rows] == days
    today = sum(1 for day in own.working if SINCE < day <= AS_OF)
    for row in rows:
        day = row["day"]
        assert [row[f"stage.s.{at}"] for at in range(len(LENGTHS))] == [
            day_after(own, length, day) for length in LENGTHS
        ], day
        first = row["stage.s.0"]
        if first is not None:
            # Berlin is two hours ahead of UTC until 25 October, and one from then on.
            ahead = 2 if first < datetime.date(2026, 10, 25) else 1
            minutes = own.minute_of_close(first) - 60 * ahead
            epoch = (first - datetime.date(1970, 1, 1)).days
            assert int(row["stage.s.close"]) == (epoch * 1440 + minutes) * 60_000_000
        gone = sum(1 for each in own.working if SINCE < each <= day)
        assert row["stage.s.passed"] == (today - gone) // 2
