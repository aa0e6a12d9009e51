"""The clocks of all cases, beside their states."""

from __future__ import annotations

from typing import Any

import numpy as np

from workflow.plan.machines import UNDECIDED, UNKNOWN, Target, Went
from workflow.run.replay.log import NEVER, Numbers
from workflow.run.replay.standing import FALSE, OPEN, TRUE, Standing
from workflow.worktime.bulk import UNKNOWN as NO_DAY


class RunningClock:
    """A clock of all groups."""

    def __init__(self, cases: Standing, number: int) -> None:
        """Begin with none that runs."""
        groups = cases.groups
        self.cases, self.number, self.of = cases, number, cases.kernel.clocks[number - 1]
        self.started, self.stopped_in, self.held, self.warned, self.breached = (
            np.zeros(groups, np.bool_) for _ in range(5)
        )
        self.since, self.used, self.target = (
            np.full(groups, NEVER),
            np.zeros(groups, np.int64),
            np.zeros(groups, np.int64),
        )
        self.warns, self.breaches, self.beyond = (np.full(groups, NEVER) for _ in range(3))

    def slots(self) -> tuple[Any, ...]:
        """What of it can be due, and what happens then."""
        return (self.warns, self._warn), (self.breaches, self._breach), (self.beyond, self._fail)

    def clear(self, at: Numbers) -> None:
        """Begin with nothing, in a new case."""
        for each in (self.started, self.stopped_in, self.held):
            each[at] = False
        self._halt(at)

    def event(self, at: Numbers, kind: Numbers, now: Numbers) -> None:
        """What an event does to it."""
        of = self.of
        if len(self.cases.kernel.eras) > 1:
            own = self.cases.era[at] == of.era
            at, kind, now = at[own], kind[own], now[own]
        self._start(at, now, np.where(self.started[at], np.isin(kind, of.resets), np.isin(kind, of.starts)))
        for kinds, held in ((of.holds, True), (of.releases, False)):
            if kinds:
                chosen = np.isin(kind, kinds) & self.started[at]
                self.held[at[chosen]] = held
                self._tick(at[chosen], now[chosen])
        if of.asks:
            chosen = np.isin(kind, of.asks) & self.started[at]
            own, then = at[chosen], now[chosen]
            self.target[own] = self._asked(of.targets, own)
            self.used[own] = self._consumed(own, then)
            # A target that lies behind it already is breached now, and not when it would have been.
            self.since[own] = np.where(self.since[own] == NEVER, NEVER, then)
            self._tell(own, Went.ASKED, then, self.used[own])
            self._expect(own)
        if of.stops:
            chosen = np.isin(kind, of.stops) & self.started[at]
            self._stop(at[chosen], now[chosen], inside=False)

    def entering(self, at: Numbers, now: Numbers, final: Numbers) -> None:
        """What entering a state does to it."""
        chosen = self.started[at]
        at, now, final = at[chosen], now[chosen], final[chosen]
        if not len(at):
            return
        stops = np.isin(self.cases.state[at], self.of.stops_in) & ~final
        stopped = self.stopped_in[at]
        ends = final & ~stopped
        self._stop(at[ends], now[ends], inside=False)
        self._stop(at[stops & ~stopped], now[stops & ~stopped], inside=True)
        goes = ~final & ~stops
        anew = goes & stopped & self.of.restarts
        self._start(at, now, anew)
        own = at[goes & ~anew]
        self.stopped_in[own] = False
        self._tick(own, now[goes & ~anew])

    def go_over(self, at: Numbers, now: Numbers, to: RunningClock | None) -> None:
        """Become a clock of another era, or stop where there is none."""
        chosen = self.started[at]
        at, now = at[chosen], now[chosen]
        if to is None:
            runs = ~self.stopped_in[at]
            self._stop(at[runs], now[runs], inside=False)
        elif len(at):
            runs = self.since[at] != NEVER
            to.clear(at)
            to.used[at], to.held[at] = self._consumed(at, now), self.held[at] & bool(to.of.holds)
            marks = (self.stopped_in, to.stopped_in), (self.warned, to.warned), (self.breached, to.breached)
            for own, other in marks:
                other[at] = own[at]
            to.started[at], to.since[at[runs]] = True, now[runs]
            to.go_on(at, now)
        self.clear(at)

    def go_on(self, at: Numbers, now: Numbers) -> None:
        """Go on with what another clock has consumed."""
        self.target[at] = self._asked(self.of.targets, at)
        self._tell(at, Went.ASKED, now, self.used[at])
        self._expect(at)
        self.entering(at, now, np.zeros(len(at), np.bool_))

    def _start(self, at: Numbers, now: Numbers, chosen: Numbers) -> None:
        at, now = at[chosen], now[chosen]
        if not len(at):
            return
        self.started[at] = True
        for each in (self.stopped_in, self.held, self.warned, self.breached):
            each[at] = False
        self.used[at] = 0
        self.target[at] = self._asked(self.of.targets, at)
        runs = ~np.isin(self.cases.state[at], self.of.paused_in)
        self._halt(at)
        self.since[at[runs]] = now[runs]
        self._tell(at, Went.STARTED, now, np.zeros(len(at), np.int64))
        self._expect(at)

    def _tick(self, at: Numbers, now: Numbers) -> None:
        """Hold it where it shouldn't run, and let it run where it should."""
        runs = ~(self.held[at] | self.stopped_in[at] | np.isin(self.cases.state[at], self.of.paused_in))
        changes = runs != (self.since[at] != NEVER)
        at, now, runs = at[changes], now[changes], runs[changes]
        if not len(at):
            return
        self.used[at] = self._consumed(at, now)
        self._halt(at)
        self.since[at[runs]] = now[runs]
        self._tell(at, np.where(runs, int(Went.RESUMED), int(Went.HELD)), now, self.used[at])
        self._expect(at)

    def _stop(self, at: Numbers, now: Numbers, *, inside: bool) -> None:
        if not len(at):
            return
        self.used[at] = self._consumed(at, now)
        self._halt(at)
        self.started[at] = self.stopped_in[at] = inside
        self._tell(at, Went.STOPPED, now, self.used[at])

    def _halt(self, at: Numbers) -> None:
        for each in (self.since, self.warns, self.breaches, self.beyond):
            each[at] = NEVER

    def _asked(self, targets: tuple[Target, ...], at: Numbers) -> Numbers:
        found, open_ = np.full(len(at), UNKNOWN), np.ones(len(at), np.bool_)
        for each in targets:
            held = self.cases.held(each.guard, at)
            found[open_ & (held == TRUE)] = each.within
            found[open_ & (held == OPEN)] = UNDECIDED
            open_ &= held == FALSE
        return found

    def _consumed(self, at: Numbers, now: Numbers) -> Numbers:
        since = self.since[at]
        runs = (since != NEVER) & (since != now)
        found = self.used[at]
        begin, end = since[runs], now[runs]
        if self.of.working and len(begin):
            found[runs] += self.cases.work(self.of.era).between(begin, end)
        else:
            found[runs] += end - begin
        return found

    def _expect(self, at: Numbers) -> None:
        """Find when it warns and breaches, where it runs."""
        at = at[self.since[at] != NEVER]
        since, target = self.since[at], self.target[at]
        unit = "working" if self.of.working else "elapsed"
        marks = [(self.breaches, self.breached, target)]
        if self.of.warn is not None:
            share, whole = self.of.warn
            marks.append((self.warns, self.warned, -(-target * share // whole)))
        for due, done, mark in marks:
            left = np.maximum(mark - self.used[at], 0)
            found = self.cases.later(since, left, unit, self.of.era)
            due[at] = np.where((target < 0) | done[at] | (found == NO_DAY), NEVER, found)
        if self.of.working:
            self.beyond[at] = self.cases.beyond(since, since, self.of.era)

    def _warn(self, at: Numbers, now: Numbers) -> None:
        self._mark(at, Went.WARNED, now, self.warned, self.warns)

    def _breach(self, at: Numbers, now: Numbers) -> None:
        self._mark(at, Went.BREACHED, now, self.breached, self.breaches)

    def _mark(self, at: Numbers, went: Went, now: Numbers, done: Numbers, due: Numbers) -> None:
        done[at], due[at] = True, NEVER
        self._tell(at, went, now, self._consumed(at, now))

    def show(self, at: Numbers) -> None:
        """Tell what it has consumed, of cases that are open."""
        at = at[self.started[at] & (self.cases.state[at] != 0)]
        now = np.full(len(at), self.cases.kernel.until)
        self._tell(at, Went.SHOWN, now, self._consumed(at, now))

    def _fail(self, at: Numbers, now: Numbers) -> None:
        self.cases.tell(at, Went.BEYOND, now, item=len(self.cases.kernel.timers) + self.number)

    def _tell(self, at: Numbers, went: Any, now: Numbers, consumed: Numbers) -> None:
        self.cases.tell(at, went, now, item=self.number, consumed=consumed, due=self.target[at])
