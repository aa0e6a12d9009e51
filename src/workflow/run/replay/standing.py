"""Where all cases stand, and what can be asked of them: a guard's truth, and the instant so much later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workflow.plan.machines import FAILURES, UNKNOWN, Both, Counted, Either, Guard, Not, Replay, Truth, Went
from workflow.run.replay.log import Log, Numbers
from workflow.worktime.bulk import WallTimes, WorkTimes
from workflow.worktime.lengths import Length

FALSE, OPEN, TRUE = 0, 1, 2
"""A guard's truth: both of two is the less, either of two the greater."""


class Standing:
    """The cases of all groups: an array has one place a group."""

    def __init__(self, kernel: Replay, given: Mapping[str, Numbers], starts: Numbers) -> None:
        """Begin before the first row of each group."""
        groups = len(starts)
        self.kernel, self.given = kernel, given
        self.works = [WorkTimes(each.time) if each.time is not None else None for each in kernel.eras]
        self.wall = WallTimes(kernel.wall)
        self.log = Log(groups, self.wall)
        self.next = starts.copy()
        self.state, self.run, self.begin, self.era = (np.zeros(groups, np.int64) for _ in range(4))
        # The timers that have fired since the newest event: how many, how many of them at the last instant, and when.
        self.fired, self.at_once, self.fired_at = (np.zeros(groups, np.int64) for _ in range(3))
        self.asked: tuple[Numbers, Any, Numbers] = (None, None, None)
        self.failed = np.zeros(groups, np.bool_)
        self.counts = {kind: np.zeros(groups, np.int64) for kind in _counted(kernel)}
        self.newest = {each.since: np.full(groups, UNKNOWN) for each in kernel.timers if each.since}
        self.moments = {each.moment: np.full(groups, UNKNOWN) for each in kernel.timers if each.moment}

    @property
    def groups(self) -> int:
        """How many there are."""
        return len(self.state)

    def tell(self, at: Numbers, went: Any, now: Numbers, **told: Numbers) -> None:
        """Write a step of each of these groups into the log."""
        own = {"run": self.run[at], "event": self.given["event"][self.next[at] - 1], "state": self.state[at]}
        self.log.add(at, {"went": went, "instant": now, "item": 0, **own, "to": own["state"], **told})
        if isinstance(went, Went) and went in FAILURES:
            self.failed[at] = True

    def held(self, guard: Guard | None, at: Numbers) -> Numbers:
        """The truth of a guard in each group."""
        match guard:
            case None:
                return np.full(len(at), TRUE)
            case Truth(number=number, of=of):
                given = self.given[f"truth.{number}"][self.begin[at] if of == "begin" else self.next[at] - 1]
                return np.where(given == UNKNOWN, OPEN, given * TRUE)
            case Counted(kind=kind, limit=limit, least=least):
                count = self.counts[kind][at]
                return np.where(count >= limit if least else count <= limit, TRUE, FALSE)
            case Not(of=of):
                return TRUE - self.held(of, at)
            case Both(of=parts):
                return np.minimum.reduce([self.held(each, at) for each in parts])
            case Either(of=parts):
                return np.maximum.reduce([self.held(each, at) for each in parts])

    def after(self, begin: Numbers, length: Length, era: int) -> Numbers:
        """The instant so much later in an era; NO_DAY where the calendar doesn't know it."""
        match length.unit:
            case "elapsed":
                return begin + length.count
            case "days":
                return self.wall.days_after(begin, length.count)
            case "months":
                return self.wall.months_after(begin, length.count)
            case "working":
                work = self.work(era)
                return work.after_worked(begin, self._worked(begin, work), length.count)

    def work(self, era: int) -> WorkTimes:
        """The working time of an era."""
        work = self.works[era - 1]
        assert work is not None, "working time has a calendar"
        return work

    def _worked(self, begin: Numbers, work: WorkTimes) -> Numbers:
        """How much working time lies before some instants; timers that begin together ask it of the same."""
        if self.asked[0] is not begin or self.asked[1] is not work:
            self.asked = begin, work, work.worked(begin)
        return self.asked[2]

    def later(self, begin: Numbers, lengths: Numbers, unit: str, era: int) -> Numbers:
        """The instants so much later each, in working time or as it elapses."""
        return begin + lengths if unit == "elapsed" else self.work(era).after(begin, lengths)

    def beyond(self, begin: Numbers, now: Numbers, era: int) -> Numbers:
        """When a case fails of which something is due on a day that the era's calendar doesn't know."""
        time = self.kernel.eras[era - 1].time
        return now if time is None else np.where(begin < time.first, now, np.maximum(time.last + 1, now))


def _counted(kernel: Replay) -> set[int]:
    """The kinds of events that guards count."""
    guards = [move.guard for move in kernel.moves] + [timer.guard for timer in kernel.timers]
    guards += [target.guard for clock in kernel.clocks for target in clock.targets]
    return {kind for guard in guards for kind in _kinds(guard)}


def _kinds(guard: Guard | None) -> set[int]:
    match guard:
        case Counted(kind=kind):
            return {kind}
        case Not(of=of):
            return _kinds(of)
        case Both(of=parts) | Either(of=parts):
            return {kind for each in parts for kind in _kinds(each)}
        case _:
            return set()
