"""The timers of all cases."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from workflow.plan.machines import UNKNOWN, Went
from workflow.run.replay.log import NEVER, Numbers
from workflow.run.replay.standing import FALSE, OPEN, TRUE, Standing
from workflow.worktime.bulk import UNKNOWN as NO_DAY
from workflow.worktime.lengths import Length


class Enter(Protocol):
    """Takes cases from one state to another."""

    def __call__(self, went: Went, at: Numbers, now: Numbers, number: Numbers, to: Numbers, **told: Numbers) -> None:
        """Leave the state in which these groups are, and enter `to`, by the move or timer `number`."""


class RunningTimer:
    """A timer of all groups: when it is `due`, or `beyond` what is known so that its case fails; NEVER while it doesn't
    run.
    """

    def __init__(self, cases: Standing, number: int, enter: Enter) -> None:
        """Begin with none that runs."""
        groups = cases.groups
        self.cases, self.number, self.enter = cases, number, enter
        self.of = cases.kernel.timers[number - 1]
        self.due, self.beyond = np.full(groups, NEVER), np.full(groups, NEVER)
        self.first, self.fired = np.zeros(groups, np.int64), np.zeros(groups, np.int64)

    def begin(self, at: Numbers, now: Numbers) -> None:
        """Let it run, where it has a time to begin with."""
        begin, known = now, np.ones(len(at), np.bool_)
        if self.of.moment:
            begin = self.cases.moments[self.of.moment][at]
            known = begin != UNKNOWN
        elif self.of.since:
            begin = self.cases.newest[self.of.since][at]
            known = begin != UNKNOWN
        at, now, begin = at[known], now[known], begin[known]
        self.fired[at] = 0
        self._set(at, begin, now, self.cases.after(begin, self.of.after))
        self.first[at] = self.due[at]

    def _set(self, at: Numbers, begin: Numbers, now: Numbers, due: Numbers) -> None:
        known = due != NO_DAY
        self.due[at] = np.where(known, np.maximum(due, now), NEVER)
        self.beyond[at] = np.where(known, NEVER, self.cases.beyond(begin, now))

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
            self.cancel(at, now, 0)
            self.begin(at, now)

    def cancel(self, at: Numbers, now: Numbers, fired: Numbers) -> None:
        """End it where it runs, and tell so but where it is the one that has fired."""
        runs = self._runs(at)
        told = runs & (fired != self.number)
        self.cases.tell(at[told], Went.CANCELLED, now[told], item=self.number, due=self._told(at[told]))
        self.due[at[runs]] = self.beyond[at[runs]] = NEVER

    def pend(self, at: Numbers) -> None:
        """Tell where it is still to come."""
        at = at[self._runs(at)]
        now = np.full(len(at), self.cases.kernel.until)
        self.cases.tell(at, Went.PENDING, now, item=self.number, due=self._told(at))

    def _runs(self, at: Numbers) -> Numbers:
        return (self.due[at] != NEVER) | (self.beyond[at] != NEVER)

    def _told(self, at: Numbers) -> Numbers:
        return np.where(self.due[at] == NEVER, UNKNOWN, self.due[at])

    def fail(self, at: Numbers, now: Numbers) -> None:
        """It needs a day that isn't known."""
        self.cases.tell(at, Went.BEYOND, now, item=self.number)

    def fire(self, at: Numbers, now: Numbers) -> None:
        """It is due."""
        cases, of = self.cases, self.of
        cases.fired[at] += 1
        away = cases.fired[at] > cases.kernel.most_firings
        cases.tell(at[away], Went.RAN_AWAY, now[away], item=self.number, due=now[away])
        at, now = at[~away], now[~away]
        self.fired[at] += 1
        held = cases.held(of.guard, at)
        goes = (held == TRUE) & (of.to > 0)
        for went, truth in ((Went.WAIVED, FALSE), (Went.DOUBTED, OPEN), (Went.FIRED, TRUE)):
            chosen = (held == truth) & ~goes
            cases.tell(at[chosen], went, now[chosen], item=self.number, due=now[chosen])
        self._again(at[~goes], now[~goes])
        moved, then = at[goes], now[goes]
        self.enter(Went.FIRED, moved, then, np.full(len(moved), self.number), np.full(len(moved), of.to), due=then)

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
            due = self.cases.after(self.first[own], Length(every.count * int(times), every.unit))
            self._set(own, self.first[own], now[fired == times], due)
