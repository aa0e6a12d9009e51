"""Replay of a million events over 100,000 cases, three timers a state, in working time, against `transitions` itself.

The other side is what one would write with the library: a machine built once and driven by its events, slotted objects
as cases, timers held in order, the same working time, the same log. Both logs are compared, step by step. Each side is
timed alone, then with its log written as Parquet; and ours, a batch of cases after another, with ten times the events.

`WORKFLOW_BENCH_CASES` says how many cases there are.
"""

from __future__ import annotations

import datetime
import os
import resource
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from transitions import Machine

from benchmarks.figure import Figure, best
from workflow.plan.machines import UNKNOWN, Clock, Era, Move, Replay, Target, Timer, Went
from workflow.run.replay.cases import replayed
from workflow.worktime.calendars import WorkCalendar
from workflow.worktime.clocks import EPOCH, MICROSECOND, wall_clocks
from workflow.worktime.lengths import Length
from workflow.worktime.spans import work_time

CASES = int(os.environ.get("WORKFLOW_BENCH_CASES", "100000"))
EVENTS = 10
FINAL = 5
HOUR = 3_600_000_000
TARGET = 24 * HOUR
BATCH = 30_000
"""So many cases are replayed at a time, as in a run."""
ZONE, FIRST = "Europe/Berlin", datetime.date(2026, 1, 1)
COLUMNS = ("went", "instant", "item", "state", "to", "consumed", "due")
Log = list[tuple[int, ...]]
Steps = Mapping[str, Any]


def figures() -> Iterator[Figure]:
    """At least ten times as fast, four times with the log; ten times the events for eleven times the time."""
    kernel = machine()
    with tempfile.TemporaryDirectory() as folder:
        given, into = events(CASES), Path(folder)
        once = best(lambda: _in_batches(kernel, given, into), times=2)
        tenfold = _tenfold(kernel, into)
        yield Figure("escalations.tenfold", tenfold, once, 11)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        yield Figure("escalations.tenfold.memory", peak, 3, 1, "GiB")
        logs: list[Log] = []
        driver = Driver(kernel)
        theirs = best(lambda: logs.append(driver.log(given)), times=1)
        ours = best(lambda: _in_batches(kernel, given, None), times=2)
        steps = [tuple(row) for part in _batches(kernel, given) for row in _rows(part)]
        assert steps == logs[0], "both give the same steps"
        del steps
        yield Figure("escalations.replay", ours, theirs, 1 / 10)
        written = best(lambda: _write_rows(logs[0], into), times=1)
        yield Figure("escalations.replay and log", once, theirs + written, 1 / 4)


def _tenfold(kernel: Replay, folder: Path) -> float:
    many = events(10 * CASES)
    return best(lambda: _in_batches(kernel, many, folder), times=1)


def machine() -> Replay:
    """Four states with three timers each, the last of which moves the case on; one clock with a target."""
    days = 430
    office = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    hours = tuple(office if (FIRST + datetime.timedelta(days=day)).weekday() < 5 else () for day in range(days))
    timers = tuple(
        Timer(state, Length((4 + number * 8) * HOUR, "working"), to=state % 4 + 1 if number == 2 else 0)
        for state in range(1, FINAL)
        for number in range(3)
    )
    moves = [Move(state, kind, (state + kind) % 4 + 1) for state in range(1, FINAL) for kind in range(2, 5)]
    moves += [Move(state, 5, FINAL) for state in range(1, FINAL)]
    return Replay(
        states=FINAL,
        final=(FINAL,),
        begins=1,
        until=(datetime.datetime(2026, 12, 31, tzinfo=datetime.UTC) - EPOCH) // MICROSECOND,
        moves=tuple(moves),
        timers=timers,
        clocks=(Clock(working=True, targets=(Target(TARGET),), starts=(1,), paused_in=(3,), warn=(4, 5)),),
        eras=(Era(time=work_time(WorkCalendar("office", FIRST, hours, 8 * HOUR), ZONE)),),
        wall=wall_clocks(ZONE, FIRST, FIRST + datetime.timedelta(days=days)),
    )


def events(cases: int) -> Steps:
    """Ten events a case: the first begins it, the last ends it, half a working week apart at most."""
    rng = np.random.default_rng(1)
    begin = (datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC) - EPOCH) // MICROSECOND
    begins = begin + rng.integers(0, 200 * 24, (cases, 1)) * HOUR
    instants = begins + np.cumsum(rng.integers(0, 60 * HOUR, (cases, EVENTS)), axis=1)
    kinds = rng.integers(2, 5, (cases, EVENTS))
    kinds[:, 0], kinds[:, -1] = 1, 5
    return {"event": np.arange(1, cases * EVENTS + 1), "instant": instants.ravel(), "kind": kinds.ravel()}


# ---- Ours --------------------------------------------------------------------------------------------------------


def _batches(kernel: Replay, given: Steps) -> Iterator[Steps]:
    for first in range(0, len(given["event"]), BATCH * EVENTS):
        part = {name: column[first : first + BATCH * EVENTS] for name, column in given.items()}
        yield replayed(kernel, part, np.arange(0, len(part["event"]), EVENTS), COLUMNS)


def _in_batches(kernel: Replay, given: Steps, folder: Path | None) -> None:
    """Replay all; into a folder, write the log as well."""
    if folder is None:
        for _ in _batches(kernel, given):
            pass
        return
    schema = pa.schema([(name, pa.int64()) for name in COLUMNS])
    with pq.ParquetWriter(folder / "ours.parquet", schema) as file:
        for part in _batches(kernel, given):
            file.write_table(pa.table({name: pa.array(part[name], pa.int64()) for name in COLUMNS}))


def _rows(steps: Steps) -> Iterator[tuple[int, ...]]:
    return zip(*(steps[name].tolist() for name in COLUMNS), strict=True)


# ---- Theirs ------------------------------------------------------------------------------------------------------


class Case:
    """A case as the library moves it."""

    __slots__ = ("breached", "since", "state", "timers", "used", "warned")

    def __init__(self) -> None:
        """Begin in the first state."""
        self.state = "1"
        self.timers: list[tuple[int, int]] = []
        self.since: int | None = None
        self.used = 0
        self.warned = self.breached = False


class Driver:
    """The machine, driven event by event and timer by timer."""

    def __init__(self, kernel: Replay) -> None:
        """Build the machine."""
        time = kernel.eras[0].time
        assert time is not None
        self.kernel, self.time = kernel, time
        self.machine = Machine(
            model=None, states=[str(number) for number in range(1, FINAL + 1)], initial="1", auto_transitions=False
        )
        self.items: dict[tuple[str, int], int] = {}
        for number, move in enumerate(kernel.moves, 1):
            self.machine.add_transition(f"event {move.kind}", str(move.state), str(move.to))
            self.items[str(move.state), move.kind] = number
        self.timers: dict[str, list[tuple[int, int, int]]] = {}
        for number, timer in enumerate(kernel.timers, 1):
            self.timers.setdefault(str(timer.state), []).append((timer.after.count, number, timer.to))
            if timer.to:
                self.machine.add_transition(f"timer {number}", str(timer.state), str(timer.to))
        self.steps: Log = []

    def log(self, given: Steps) -> Log:
        """The steps of all cases."""
        self.steps = []
        instants, kinds = given["instant"].tolist(), given["kind"].tolist()
        for first in range(0, len(kinds), EVENTS):
            case = Case()
            self._tell(Went.BEGAN, instants[first], 0, 0, 1)
            self._arm(case, instants[first])
            case.since = instants[first]
            self._tell(Went.STARTED, instants[first], 1, 1, 1, 0, TARGET)
            for now, kind in zip(instants[first + 1 : first + EVENTS], kinds[first + 1 : first + EVENTS], strict=True):
                self._until(case, now)
                item, before = self.items[case.state, kind], int(case.state)
                self.machine.events[f"event {kind}"].trigger(case)
                self._tell(Went.MOVED, now, item, before, int(case.state))
                self._enter(case, now)
        return self.steps

    def _tell(  # noqa: PLR0913, PLR0917 the columns of the log
        self, went: Went, now: int, item: int, state: int, to: int, consumed: int = UNKNOWN, due: int = UNKNOWN
    ) -> None:
        self.steps.append((int(went), now, item, state, to, consumed, due))

    def _arm(self, case: Case, now: int) -> None:
        after = self.time.after
        case.timers = [(after(now, length), number) for length, number, _ in self.timers[case.state]]  # type: ignore[misc]

    def _enter(self, case: Case, now: int, fired: int = 0) -> None:
        state = int(case.state)
        for due, number in sorted(case.timers, key=lambda timer: timer[1]):
            if number != fired:
                self._tell(Went.CANCELLED, now, number, state, state, UNKNOWN, due)
        case.timers = []
        if state == FINAL:
            self._hold(case, now)
            self._tell(Went.STOPPED, now, 1, state, state, case.used, TARGET)
            return
        self._arm(case, now)
        if (state == 3) == (case.since is None):
            return
        if state == 3:
            self._hold(case, now)
            self._tell(Went.HELD, now, 1, state, state, case.used, TARGET)
        else:
            case.since = now
            self._tell(Went.RESUMED, now, 1, state, state, case.used, TARGET)

    def _hold(self, case: Case, now: int) -> None:
        if case.since is not None:
            case.used += self.time.between(case.since, now) or 0
            case.since = None

    def _marks(self, case: Case) -> Iterator[tuple[int, int]]:
        """When the clock warns and breaches, and the place of each among what is due at one instant."""
        if case.since is None:
            return
        for place, mark, done in ((-2, -(-TARGET * 4 // 5), case.warned), (-1, TARGET, case.breached)):
            due = None if done else self.time.after(case.since, max(mark - case.used, 0))
            if due is not None:
                yield due, place

    def _until(self, case: Case, instant: int) -> None:
        while True:
            due, number = min((*self._marks(case), *case.timers), default=(instant + 1, 0))
            if due > instant:
                return
            state = int(case.state)
            if number < 0:
                case.warned, case.breached = True, case.breached or number == -1
                went = Went.BREACHED if number == -1 else Went.WARNED
                used = case.used + (self.time.between(case.since or due, due) or 0)
                self._tell(went, due, 1, state, state, used, TARGET)
                continue
            to = self.kernel.timers[number - 1].to
            if not to:
                case.timers.remove((due, number))
                self._tell(Went.FIRED, due, number, state, state, UNKNOWN, due)
                continue
            self.machine.events[f"timer {number}"].trigger(case)
            self._tell(Went.FIRED, due, number, state, int(case.state), UNKNOWN, due)
            self._enter(case, due, number)


def _write_rows(log: Log, folder: Path) -> None:
    table = pa.table(dict(zip(COLUMNS, map(pa.array, zip(*log, strict=True)), strict=True)))
    pq.write_table(table, folder / "theirs.parquet")
