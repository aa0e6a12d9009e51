"""Machines and logs at random, for what both ways of replaying must agree on."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from dataclasses import replace

from workflow.plan.machines import (
    UNKNOWN,
    Both,
    Clock,
    Counted,
    Either,
    Era,
    Guard,
    Migration,
    Move,
    Not,
    Replay,
    Target,
    Timer,
    Truth,
)
from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.clocks import EPOCH, MICROSECOND, wall_clocks
from workflow.worktime.lengths import Length, Unit
from workflow.worktime.spans import work_time

HOUR = 3600 * 1_000_000
FIRST = datetime.date(2026, 3, 23)
OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
_DAYS = [FIRST + datetime.timedelta(days=day) for day in range(40)]
_OFF, _MADE_UP = (datetime.date(2026, 3, 30), datetime.date(2026, 4, 6)), (datetime.date(2026, 3, 28),)
CALENDAR = WorkCalendar(
    "office",
    FIRST,
    tuple(OFFICE if day in _MADE_UP or (day.weekday() < 5 and day not in _OFF) else () for day in _DAYS),
    8 * HOUR,
)
"""Six weeks in which the clocks of Berlin go forward, on the Sunday between a Saturday that is worked and a Monday that
is free in its place.
"""
ZONE = "Europe/Berlin"
TIME = work_time(CALENDAR, ZONE)
WALL = wall_clocks(ZONE, FIRST, FIRST + datetime.timedelta(days=90))
BEGIN = (datetime.datetime(2026, 3, 24, 6, tzinfo=datetime.UTC) - EPOCH) // MICROSECOND
TRUTHS, MOMENTS, KINDS = 3, 2, 5
AFTERWARDS = (*range(1, KINDS + 1), *range(1, KINDS + 1), KINDS + 1, KINDS + 1)
"""What may come after a case has begun: the last of the kinds migrates it."""
Row = dict[str, int]


def a_guard(dice: random.Random, depth: int = 0) -> Guard:
    """Some condition."""
    kind = dice.randrange(2 if depth > 1 else 5)
    if kind == 0:
        return Truth(dice.randint(1, TRUTHS), dice.choice(("event", "begin")))
    if kind == 1:
        return Counted(dice.randint(1, KINDS), dice.randint(0, 3), dice.random() < 0.5)
    if kind == 2:
        return Not(a_guard(dice, depth + 1))
    parts = tuple(a_guard(dice, depth + 1) for _ in range(2))
    return Both(parts) if kind == 3 else Either(parts)


def _maybe(dice: random.Random, share: float) -> Guard | None:
    return a_guard(dice) if dice.random() < share else None


def a_length(dice: random.Random) -> Length:
    """Some time, often a round one, so that much falls on one instant."""
    unit: Unit = dice.choice(("working", "elapsed", "days", "months"))
    if unit in {"days", "months"}:
        return Length(dice.randint(1, 3) if unit == "days" else 1, unit)
    return Length(dice.choice((0, HOUR, 2 * HOUR, 8 * HOUR, 20 * HOUR, dice.randrange(40 * HOUR))), unit)


def _some(dice: random.Random, most: int, share: float = 0.3) -> tuple[int, ...]:
    return tuple(each for each in range(1, most + 1) if dice.random() < share)


def _a_timer(dice: random.Random, states: int) -> Timer:
    every = a_length(dice) if dice.random() < 0.3 else None
    since, moment = dice.choice(((0, 0), (0, 0), (dice.randint(1, KINDS), 0), (0, 1), (0, 2)))
    return Timer(
        dice.randint(1, states),
        a_length(dice),
        dice.choice((0, dice.randint(1, states))),
        _maybe(dice, 0.3),
        since,
        moment,
        every,
        dice.randint(0, 3),
        by_day=moment == 2,
        punctual=dice.random() < 0.3,
    )


def _a_clock(dice: random.Random, states: int) -> Clock:
    targets = tuple(
        Target(dice.choice((0, 4 * HOUR, 16 * HOUR, dice.randrange(60 * HOUR))), _maybe(dice, 0.5))
        for _ in range(dice.randint(0, 2))
    )
    return Clock(
        dice.random() < 0.6,
        targets,
        _some(dice, KINDS, 0.5),
        _some(dice, states),
        _some(dice, KINDS, 0.1),
        _some(dice, states),
        _some(dice, KINDS),
        _some(dice, KINDS),
        _some(dice, KINDS, 0.15),
        _some(dice, KINDS, 0.15),
        dice.random() < 0.5,
        dice.choice((None, (4, 5), (1, 3))),
    )


def a_machine(dice: random.Random) -> Replay:
    """Some machine; most of its moves are alone, so that it comes far. Every third has two eras, often with a gap."""
    kernel = _one_era(dice)
    return kernel if dice.random() < 0.6 else _two_eras(dice, kernel, _one_era(dice))


def _two_eras(dice: random.Random, old: Replay, new: Replay) -> Replay:
    """The machines of two eras as one, with ways over from most states and clocks of the first."""
    by, clocks = old.states, len(old.clocks)
    ends = {*old.final, *(each + by for each in new.final)}
    open_states = [by + each for each in range(1, new.states + 1) if by + each not in ends]
    mapped = dice.sample(range(1, len(new.clocks) + 1), min(clocks, len(new.clocks)))
    way = Migration(
        1,
        2,
        tuple((each, dice.choice(open_states)) for each in range(1, by + 1) if each not in ends),
        tuple((number, clocks + mapped[number - 1] if number <= len(mapped) else 0) for number in range(1, clocks + 1)),
    )
    later = BEGIN + dice.choice((31, 100, 200)) * HOUR
    eras = (
        replace(old.eras[0], since=BEGIN + dice.choice((0, 0, 8)) * HOUR, through=later - dice.choice((1, 25 * HOUR))),
        replace(new.eras[0], since=later, state=by + 1, through=later + dice.choice((50, 5000)) * HOUR),
    )
    return replace(
        old,
        states=by + new.states,
        final=tuple(sorted(ends)),
        moves=(*old.moves, *(replace(each, state=each.state + by, to=each.to and each.to + by) for each in new.moves)),
        timers=(
            *old.timers,
            *(replace(each, state=each.state + by, to=each.to and each.to + by) for each in new.timers),
        ),
        clocks=(
            *old.clocks,
            *(
                replace(
                    each,
                    stops_in=tuple(state + by for state in each.stops_in),
                    paused_in=tuple(state + by for state in each.paused_in),
                    era=2,
                )
                for each in new.clocks
            ),
        ),
        eras=eras,
        migrates=KINDS + 1,
        migrations=(way,) if dice.random() < 0.8 else (),
    )


def _one_era(dice: random.Random) -> Replay:
    states = dice.randint(1, 5)
    moves = [
        Move(state, kind, dice.randint(0, states), _maybe(dice, 0.4))
        for state in range(1, states + 1)
        for kind in range(1, KINDS + 1)
        for _ in range(dice.choice((0, 0, 1, 1, 1, 2)))
    ]
    return Replay(
        states=states,
        final=tuple(each for each in range(2, states + 1) if dice.random() < 0.25),
        begins=1,
        until=BEGIN + dice.choice((20, 35, 50)) * 24 * HOUR,
        moves=tuple(moves),
        timers=tuple(_a_timer(dice, states) for _ in range(dice.randint(0, 4))),
        clocks=tuple(_a_clock(dice, states) for _ in range(dice.randint(0, 2))),
        eras=(Era(first=dice.random() < 0.5, time=TIME),),
        most_firings=60,
        conditions=TRUTHS,
        moments=MOMENTS,
        wall=WALL,
    )


def a_log(dice: random.Random, until: int) -> list[Row]:
    """The events of one case, in their order."""
    instants = sorted(
        min(until, BEGIN + dice.choice((dice.randrange(25 * 24), 7, 8, 31)) * HOUR + dice.choice((0, 0, 1, -1)))
        for _ in range(dice.randint(0, 9))
    )
    return [
        {"event": at + 1, "instant": instant, "kind": 1 if not at else dice.choice(AFTERWARDS)}
        | {"era": dice.choice((UNKNOWN, UNKNOWN, 2, 2, 1, 3, 0))}
        | {f"truth.{number}": dice.choice((0, 1, 1, UNKNOWN)) for number in range(1, TRUTHS + 1)}
        | {"moment.1": dice.choice((UNKNOWN, BEGIN + dice.randrange(40 * 24) * HOUR))}
        | {"moment.2": dice.choice((UNKNOWN, BEGIN // (24 * HOUR) + dice.randrange(-1, 40)))}
        for at, instant in enumerate(instants)
    ]


def columns(kernel: Replay, logs: Sequence[Sequence[Row]]) -> tuple[dict[str, list[int]], list[int]]:
    """The inputs of all groups by name, and where each begins; groups without a row are left out."""
    rows = [row for log in logs for row in log]
    starts, at = [], 0
    for log in logs:
        if log:
            starts.append(at)
        at += len(log)
    return {name: [row[name] for row in rows] for name in kernel.inputs}, starts
