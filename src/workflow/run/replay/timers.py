"""The timers of all cases."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from workflow.plan.machines import UNKNOWN, Guard, Went
from workflow.run.replay.log import NEVER, Numbers
from workflow.run.replay.standing import FALSE, OPEN, TRUE, Standing
from workflow.worktime.bulk import UNKNOWN as NO_DAY
from workflow.worktime.lengths import Length


class Enter(Protocol):
    """Takes cases from one state to another."""

    def __call__(self, went: Went, at: Numbers, now: Numbers, number: Numbers, to: Numbers, **told: Numbers) -> None:
        """Leave the state in which these groups are, and enter `to`, by the move or timer `number`."""


class RunningTimer:
    """A timer of all groups: when it is `due`, NEVER while it doesn't run. Where that is `unknown`, since the calendar
    doesn't know so much, it is the instant at which its case fails.
    """

    def __init__(self, cases: Standing, number: int, enter: Enter) -> None:
        """Begin with none that runs."""
        groups = cases.groups
        self.cases, self.number, self.enter = cases, number, enter
        self.of = cases.kernel.timers[number - 1]
        self.era = cases.kernel.era_of(self.of.state)
        self.due, self.unknown = np.full(groups, NEVER), np.zeros(groups, np.bool_)
        self.first, self.fired = np.zeros(groups, np.int64), np.zeros(groups, np.int64)

    def begin(self, at: Numbers, now: Numbers) -> None:
        """Let it run, where it has a time to begin with."""
        begin = now
        if self.of.moment or self.of.since:
            of = self.cases.moments[self.of.moment] if self.of.moment else self.cases.newest[self.of.since]
            known = of[at] != UNKNOWN
            at, now = at[known], now[known]
            begin = of[at] if not self.of.by_day else self.cases.wall.ends(of[at])
        due = self.cases.after(begin, self.of.after, self.era)
        if self.of.punctual:
            comes = (due == NO_DAY) | (due >= now)
            at, now, begin, due = at[comes], now[comes], begin[comes], due[comes]
        self.fired[at] = 0
        self._set(at, begin, now, due)
        self.first[at] = self.due[at]
        if self.of.moment:
            self.cases.tell(at, Went.SET, now, item=self.number, due=self._told(at))

    def _set(self, at: Numbers, begin: Numbers, now: Numbers, due: Numbers) -> None:
        unknown = due == NO_DAY
        due = np.maximum(due, now)
        if unknown.any():
            due[unknown] = self.cases.beyond(begin[unknown], now[unknown], self.era)
        self.due[at], self.unknown[at] = due, unknown

    def renew(self, at: Numbers, row: Numbers) -> None:
        """Begin anew where its time begins with this event."""
        given = self.cases.given
        if self.of.moment:
            told = given[f"moment.{self.of.moment}"][row] != UNKNOWN
        elif self.of.since:
            told = given["kind"][row] == self.of.since
        else:
            return
        own = told & (self.cases.state[at] == self.of.state)
        at, now = at[own], given["instant"][row[own]]
        if len(at):
            self.cancel(at, now, np.zeros_like(at))
            self.begin(at, now)

    def cancel(self, at: Numbers, now: Numbers, fired: Numbers) -> None:
        """End it where it runs, and tell so but where it is the one that has fired."""
        told = (self.due[at] != NEVER) & (fired != self.number)
        ended = at[told]
        self.cases.tell(ended, Went.CANCELLED, now[told], item=self.number, due=self._told(ended))
        self.due[at] = NEVER

    def pend(self, at: Numbers) -> None:
        """Tell where it is still to come."""
        at = at[self.due[at] != NEVER]
        now = np.full(len(at), self.cases.kernel.until)
        self.cases.tell(at, Went.PENDING, now, item=self.number, due=self._told(at))

    def _told(self, at: Numbers) -> Numbers:
        return np.where(self.unknown[at], UNKNOWN, self.due[at])

    def fire(self, at: Numbers, now: Numbers) -> None:
        """It is due, or needs a day that isn't known."""
        cases, of = self.cases, self.of
        unknown = self.unknown[at]
        if unknown.any():
            cases.tell(at[unknown], Went.BEYOND, now[unknown], item=self.number)
            at, now = at[~unknown], now[~unknown]
        away = self._away(at, now)
        cases.tell(at[away], Went.RAN_AWAY, now[away], item=self.number, due=now[away])
        at, now = at[~away], now[~away]
        self.fired[at] += 1
        if of.guard is not None:
            at, now = self._asked(of.guard, at, now)
        if of.to:
            self.enter(Went.FIRED, at, now, np.full(len(at), self.number), np.full(len(at), of.to), due=now)
        else:
            cases.tell(at, Went.FIRED, now, item=self.number, due=now)
            self._again(at, now)

    def _away(self, at: Numbers, now: Numbers) -> Numbers:
        """Count one that fires, and say where it is one too many."""
        cases = self.cases
        cases.fired[at] += 1
        cases.at_once[at] = np.where(cases.fired_at[at] == now, cases.at_once[at] + 1, 1)
        cases.fired_at[at] = now
        return (cases.fired[at] > cases.kernel.most_firings) | (cases.at_once[at] > cases.kernel.most_at_once)

    def _asked(self, guard: Guard, at: Numbers, now: Numbers) -> tuple[Numbers, Numbers]:
        """Where its guard holds; elsewhere it is told why it doesn't fire."""
        held = self.cases.held(guard, at)
        for went, truth in ((Went.WAIVED, FALSE), (Went.DOUBTED, OPEN)):
            chosen = held == truth
            self.cases.tell(at[chosen], went, now[chosen], item=self.number, due=now[chosen])
            self._again(at[chosen], now[chosen])
        return at[held == TRUE], now[held == TRUE]

    def _again(self, at: Numbers, now: Numbers) -> None:
        every = self.of.every
        self.due[at] = NEVER
        if every is None:
            return
        more = np.ones(len(at), np.bool_) if self.of.most == 0 else self.fired[at] < self.of.most
        at, now = at[more], now[more]
        fired = self.fired[at]
        for times in np.unique(fired):
            own = at[fired == times]
            due = self.cases.after(self.first[own], Length(every.count * int(times), every.unit), self.era)
            self._set(own, self.first[own], now[fired == times], due)
