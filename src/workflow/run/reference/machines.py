"""The replay of escalations, one case and one step at a time, driven by a `transitions` machine: what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from workflow.checks.machine import StateMachine
from workflow.plan.machines import (
    FAILURES,
    UNDECIDED,
    UNKNOWN,
    Clock,
    Guard,
    Replay,
    Timer,
    Went,
)
from workflow.run.reference.cases import Case, Numbers, Running, Ticking, machine_of
from workflow.worktime.clocks import DAY
from workflow.worktime.lengths import Length

Step = dict[str, int]
"""The outputs of a step."""
Asker = Literal["move", "timer", "target"]
"""What a guard is of."""


def replayed(kernel: Replay, rows: Sequence[Numbers]) -> list[Step]:
    """The steps of one group's events, which are in their order."""
    group = Group(kernel, machine_of(kernel))
    group.replay(rows)
    return group.steps


class Group:
    """The events of one group, and the steps that follow from them. Who watches, overrides what is public."""

    def __init__(self, kernel: Replay, machine: StateMachine) -> None:
        self.kernel, self.machine = kernel, machine
        self.steps: list[Step] = []
        self.case: Case | None = None
        self.run = self.number = self.fired = self.at_once = 0
        self.fired_at = UNKNOWN
        self.failed = False

    def replay(self, rows: Sequence[Numbers]) -> None:
        """Let all happen up to the end: the events, which are in their order, and what is due in between."""
        for row in rows:
            self.until(row["instant"])
            self.event(row)
        self.until(self.kernel.until)
        self.pending()

    @property
    def _case(self) -> Case:
        """The case, which is open."""
        assert self.case is not None
        return self.case

    def _tell(self, went: Went, instant: int, item: int = 0, **told: int | None) -> None:
        state = int(self.case.state) if self.case is not None else 0
        step = {"turn": len(self.steps) + 1, "run": self.run, "went": int(went)}
        step |= {"event": self.number, "instant": instant}
        step |= {"day": self.kernel.wall.shown(instant) // DAY, "item": item, "state": state, "to": state}
        step |= {"consumed": UNKNOWN, "due": UNKNOWN}
        step |= {name: UNKNOWN if value is None else value for name, value in told.items()}
        self.steps.append(step)
        self.failed = self.failed or went in FAILURES

    def holds(self, _of: Asker, _number: int, guard: Guard | None, _row: int = 0) -> bool | None:
        """Whether a guard holds, None where that is unknown: of a move, a timer, or a row of the targets of a clock."""
        return self._case.holds(guard)

    # Events.

    def event(self, row: Numbers) -> None:
        """What an event comes to."""
        if self.failed:
            return
        self.number, self.fired, self.at_once = row["event"], 0, 0
        now, kind = row["instant"], row["kind"]
        era = self.kernel.eras[self.kernel.era_at(now) - 1]
        begins = self.case is None and kind == self.kernel.begins and era.since <= now <= era.through
        if begins:
            self.run += 1
            self.case = Case(str(era.state), self.run, era, row, row, clocks=[Ticking() for _ in self.kernel.clocks])
        if self.case is None:
            self._tell(Went.LATE if self.run else Went.EARLY, now)
            return
        case = self.case
        case.event = row
        case.counts[kind] = case.counts.get(kind, 0) + 1
        case.newest[kind] = now
        for number in range(1, self.kernel.moments + 1):
            if row[f"moment.{number}"] != UNKNOWN:
                case.moments[number] = row[f"moment.{number}"]
        if begins:
            self._tell(Went.BEGAN, now, state=0)
            self._begin_timers(now)
        else:
            self._renew(row, now)
        self._clocks_by_event(kind, now)
        if kind == self.kernel.migrates:
            self._migrate(row["era"], now)
        elif not begins:
            self._move(kind, now)

    def _move(self, kind: int, now: int) -> None:
        case = self._case
        trigger = f"event {kind}"
        ways = self.machine.ways(trigger, case.state)
        numbers = [
            at for at, each in enumerate(self.kernel.moves, 1) if (each.state, each.kind) == (int(case.state), kind)
        ]
        assert len(ways) == len(numbers), "the machine has the kernel's moves"
        held = [self.holds("move", number, self.kernel.moves[number - 1].guard) for number in numbers]
        sure = held[: held.index(None)] if None in held else held
        if held.count(True) > 1 and not case.era.first:
            self._tell(Went.AMBIGUOUS, now, numbers[held.index(True)])
            return
        if True not in sure or (None in held and not case.era.first):
            self._tell(Went.DOUBTED if None in held else Went.REFUSED if held else Went.UNMOVED, now)
            return
        number = numbers[held.index(True)]
        to = self.kernel.moves[number - 1].to
        before = int(case.state)
        self.machine.trigger(trigger, case)
        if not to:
            self._tell(Went.STAYED, now, number)
            return
        self._tell(Went.MOVED, now, number, state=before)
        self._entered(now)

    def _entered(self, now: int, besides: int = 0) -> None:
        """What follows where a state has been left and another entered."""
        case = self._case
        for number, timer in sorted(case.timers.items()):
            if number != besides:
                self._tell(Went.CANCELLED, now, number, due=timer.due)
        case.timers.clear()
        final = int(case.state) in self.kernel.final
        if not final:
            self._begin_timers(now)
        for number in range(len(case.clocks)):
            self._clock_entering(number, now, final=final)
        if final:
            self.case = None

    # Migrations.

    def _migrate(self, wanted: int, now: int) -> None:
        """Let the case go on by the era that an event names, if that can be."""
        case, eras = self._case, self.kernel.eras
        own, to = eras.index(case.era) + 1, self.kernel.era_at(now) if wanted == UNKNOWN else wanted
        if not 1 <= to <= len(eras) or eras[to - 1].since > now:
            self._tell(Went.NO_VERSION, now)
        elif to == own:
            self._tell(Went.ALREADY_THERE, now)
        else:
            ways = [at for at, each in enumerate(self.kernel.migrations, 1) if (each.era, each.to) == (own, to)]
            if ways:
                self._go_over(ways[0], now)
            else:
                self._tell(Went.NO_MAPPING, now)

    def _go_over(self, number: int, now: int) -> None:
        case, way, before = self._case, self.kernel.migrations[number - 1], int(self._case.state)
        self.machine.trigger(f"migration {number}", case)
        used = {clock: case.used(self.kernel.clocks[clock - 1], case.clocks[clock - 1], now) for clock, _ in way.clocks}
        case.era = self.kernel.eras[way.to - 1]
        self._tell(Went.MIGRATED, now, number, state=before)
        for timer, running in sorted(case.timers.items()):
            self._tell(Went.CANCELLED, now, timer, due=running.due)
        case.timers.clear()
        self._begin_timers(now)
        for clock, to in way.clocks:
            old, case.clocks[clock - 1] = case.clocks[clock - 1], Ticking()
            if old.started:
                self._clock_over(replace(old, used=used[clock]), (clock, to), now)

    def _clock_over(self, old: Ticking, way: tuple[int, int], now: int) -> None:
        """A clock becomes one of another era, or stops."""
        number, to = way
        if not to:
            if not old.stopped_in:
                self._tell(Went.STOPPED, now, number, consumed=old.used, due=old.target)
            return
        clock = self.kernel.clocks[to - 1]
        since = None if old.since is None else now
        target = self._target(to)
        new = replace(old, since=since, held=old.held and bool(clock.holds), target=target)
        self._case.clocks[to - 1] = new
        self._tell(Went.ASKED, now, to, consumed=new.used, due=target)
        self._clock_entering(to - 1, now, final=False)

    # Timers.

    def _begin_timers(self, now: int) -> None:
        case = self._case
        for number, timer in enumerate(self.kernel.timers, 1):
            if timer.state == int(case.state):
                self._begin_timer(number, timer, now)

    def _renew(self, row: Numbers, now: int) -> None:
        """Begin the timers anew whose time begins with this event."""
        case = self._case
        for number, timer in enumerate(self.kernel.timers, 1):
            told = timer.moment > 0 and row[f"moment.{timer.moment}"] != UNKNOWN
            if timer.state == int(case.state) and (told or (not timer.moment and timer.since == row["kind"])):
                running = case.timers.pop(number, None)
                if running is not None:
                    self._tell(Went.CANCELLED, now, number, due=running.due)
                self._begin_timer(number, timer, now)

    def _begin_timer(self, number: int, timer: Timer, now: int) -> None:
        case = self._case
        begin: int | None = now
        if timer.moment:
            begin = case.moments.get(timer.moment)
        elif timer.since:
            begin = case.newest.get(timer.since)
        if begin is None:
            return
        if timer.by_day:
            begin = self.kernel.wall.ends(begin)
        due = case.after(self.kernel.wall, begin, timer.after)
        if timer.punctual and due is not None and due < now:
            return
        due = None if due is None else max(due, now)
        case.timers[number] = Running(due, due, case.beyond(begin, now))
        if timer.moment:
            self._tell(Went.SET, now, number, due=due)

    def _fire(self, number: int, now: int) -> None:
        case = self._case
        timer, running = self.kernel.timers[number - 1], case.timers[number]
        self.fired += 1
        self.at_once = self.at_once + 1 if now == self.fired_at else 1
        self.fired_at = now
        if self.fired > self.kernel.most_firings or self.at_once > self.kernel.most_at_once:
            self._tell(Went.RAN_AWAY, now, number, due=now)
            return
        running.fired += 1
        held, before = self.holds("timer", number, timer.guard), int(case.state)
        if held:
            self.machine.trigger(f"timer {number}", case)
        went = Went.FIRED if held else Went.DOUBTED if held is None else Went.WAIVED
        self._tell(went, now, number, state=before, due=now)
        if held and timer.to:
            self._entered(now, besides=number)
        elif timer.every is None or running.fired == timer.most:
            del case.timers[number]
        else:
            assert running.first is not None, "it has been due"
            running.due = case.after(
                self.kernel.wall, running.first, Length(timer.every.count * running.fired, timer.every.unit)
            )
            running.beyond = case.beyond(running.first, now)

    # Clocks.

    def _clocks_by_event(self, kind: int, now: int) -> None:
        case = self._case
        for number, clock in enumerate(self.kernel.clocks, 1):
            if self.kernel.eras[clock.era - 1] is not case.era:
                continue
            if kind in (clock.resets if case.clocks[number - 1].started else clock.starts):
                self._start(number, now)
            ticking = case.clocks[number - 1]
            if kind in clock.holds and ticking.started:
                ticking.held = True
                self._tick(number, now)
            if kind in clock.releases and ticking.started:
                ticking.held = False
                self._tick(number, now)
            if kind in clock.asks and ticking.started:
                ticking.target, ticking.used = self._target(number), case.used(clock, ticking, now)
                # A target that lies behind it already is breached now, and not when it would have been.
                ticking.since = now if ticking.since is not None else None
                self._tell(Went.ASKED, now, number, consumed=ticking.used, due=ticking.target)
            if kind in clock.stops and ticking.started:
                self._stop(number, now)

    def _clock_entering(self, index: int, now: int, *, final: bool) -> None:
        case = self._case
        clock, ticking, state, number = self.kernel.clocks[index], case.clocks[index], int(case.state), index + 1
        if not ticking.started:
            return
        if final:
            if not ticking.stopped_in:
                self._stop(number, now)
        elif state in clock.stops_in:
            if not ticking.stopped_in:
                self._stop(number, now, stopped_in=True)
        elif ticking.stopped_in and clock.restarts:
            self._start(number, now)
        else:
            ticking.stopped_in = False
            self._tick(number, now)

    def _start(self, number: int, now: int) -> None:
        case = self._case
        clock, state = self.kernel.clocks[number - 1], int(case.state)
        target = self._target(number)
        runs = state not in clock.paused_in
        case.clocks[number - 1] = Ticking(started=True, since=now if runs else None, target=target)
        self._tell(Went.STARTED, now, number, consumed=0, due=target)

    def _tick(self, number: int, now: int) -> None:
        """Hold a clock that shouldn't run, or let one run that should."""
        case = self._case
        clock, ticking = self.kernel.clocks[number - 1], case.clocks[number - 1]
        runs = not (ticking.held or ticking.stopped_in or int(case.state) in clock.paused_in)
        if runs == (ticking.since is not None):
            return
        ticking.used = case.used(clock, ticking, now)
        ticking.since = now if runs else None
        self._tell(Went.RESUMED if runs else Went.HELD, now, number, consumed=ticking.used, due=ticking.target)

    def _stop(self, number: int, now: int, *, stopped_in: bool = False) -> None:
        case = self._case
        clock, ticking = self.kernel.clocks[number - 1], case.clocks[number - 1]
        ticking.used = case.used(clock, ticking, now)
        ticking.since, ticking.started, ticking.stopped_in = None, stopped_in, stopped_in
        self._tell(Went.STOPPED, now, number, consumed=ticking.used, due=ticking.target)

    def _target(self, number: int) -> int | None:
        for row, each in enumerate(self.kernel.clocks[number - 1].targets, 1):
            held = self.holds("target", number, each.guard, row)
            if held is not False:
                return each.within if held else UNDECIDED
        return None

    # What is due.

    def until(self, instant: int) -> None:
        """Let happen what is due up to an instant, that included; of events that still count."""
        while self.case is not None and not self.failed:
            due, what = min(self._dues(self.case), key=lambda each: each[0], default=(instant + 1, None))
            if what is None or due > instant:
                return
            self.due(what, due)

    def due(self, what: Callable[[int], None], instant: int) -> None:
        """Let happen one thing that is due."""
        what(instant)

    def _dues(self, case: Case) -> Iterator[tuple[int, Callable[[int], None]]]:
        """What is due next of each clock and timer; of equal instants the first comes first."""
        for number, (clock, ticking) in enumerate(zip(self.kernel.clocks, case.clocks, strict=True), 1):
            yield from self._dues_of(number, clock, ticking)
        for number, timer in sorted(case.timers.items()):
            if timer.due is None:
                yield timer.beyond, partial(self._tell, Went.BEYOND, item=number)
            else:
                yield timer.due, partial(self._fire, number)

    def _dues_of(self, number: int, clock: Clock, ticking: Ticking) -> Iterator[tuple[int, Callable[[int], None]]]:
        if ticking.since is None:
            return
        if ticking.target is not None and ticking.target != UNDECIDED:
            marks = [(Went.BREACHED, ticking.target, ticking.breached)]
            if clock.warn is not None:
                share, whole = clock.warn
                marks.insert(0, (Went.WARNED, -(-ticking.target * share // whole), ticking.warned))
            for went, mark, done in marks:
                due = None if done else self._reaches(clock, ticking, mark)
                if due is not None:
                    yield due, partial(self._mark, number, went)
        if clock.working:
            beyond = self._case.beyond(ticking.since, ticking.since)
            yield beyond, partial(self._tell, Went.BEYOND, item=len(self.kernel.timers) + number)

    def _reaches(self, clock: Clock, ticking: Ticking, mark: int) -> int | None:
        assert ticking.since is not None, "the clock runs"
        left = max(mark - ticking.used, 0)
        length = Length(left, "working" if clock.working else "elapsed")
        return self._case.after(self.kernel.wall, ticking.since, length)

    def _mark(self, number: int, went: Went, now: int) -> None:
        case = self._case
        clock, ticking = self.kernel.clocks[number - 1], case.clocks[number - 1]
        ticking.warned = ticking.warned or went is Went.WARNED
        ticking.breached = ticking.breached or went is Went.BREACHED
        self._tell(went, now, number, consumed=case.used(clock, ticking, now), due=ticking.target)

    def pending(self) -> None:
        """What is still to come."""
        if self.case is None or self.failed:
            return
        for number, timer in sorted(self.case.timers.items()):
            self._tell(Went.PENDING, self.kernel.until, number, due=timer.due)
        for number, (clock, ticking) in enumerate(zip(self.kernel.clocks, self.case.clocks, strict=True), 1):
            if ticking.started:
                used = self.case.used(clock, ticking, self.kernel.until)
                self._tell(Went.SHOWN, self.kernel.until, number, consumed=used, due=ticking.target)
