"""The replay of escalations over arrays: each round takes every case one happening further.

What this gives must be what `run.reference.machines` says, step by step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workflow.plan.machines import (
    FAILURES,
    UNKNOWN,
    Both,
    Counted,
    Either,
    Guard,
    Not,
    Replay,
    Target,
    Timer,
    Truth,
    Went,
)
from workflow.worktime.bulk import UNKNOWN as NO_DAY
from workflow.worktime.bulk import WallTimes, WorkTimes
from workflow.worktime.clocks import DAY
from workflow.worktime.lengths import Length

Numbers = Any
"""An array of whole numbers; `at` are the places of some groups."""
NEVER = np.iinfo(np.int64).max
FALSE, OPEN, TRUE = 0, 1, 2
"""A guard's truth: both of two is the less, either of two the greater."""


def replayed(kernel: Replay, given: Mapping[str, Numbers], starts: Numbers) -> dict[str, Numbers]:
    """The steps of all groups, group after group, each in its order.

    Args:
        kernel: the machine.
        given: its inputs by name, a number a row; rows stand group after group, each group in its order.
        starts: the first row of each group, ascending.

    Returns:
        The outputs by name, and beside them `group`: the number of each step's group, from 0.
    """
    cases = _Cases(kernel, given, starts)
    going = np.arange(len(starts))
    while len(going):
        going = cases.further(going)
    return cases.told()


class _Cases:
    """The cases of all groups: an array has one place a group."""

    def __init__(self, kernel: Replay, given: Mapping[str, Numbers], starts: Numbers) -> None:
        groups, rows = len(starts), len(given["instant"])
        self.kernel, self.given = kernel, given
        self.work = WorkTimes(kernel.time) if kernel.time is not None else None
        self.wall = WallTimes(kernel.wall)
        self.log = _Log(groups, self.wall)
        self.starts, self.ends = starts, np.append(starts[1:], rows)
        self.next = starts.copy()
        self.state, self.run, self.fired, self.begin = (np.zeros(groups, np.int64) for _ in range(4))
        self.failed = np.zeros(groups, np.bool_)
        self.counts = {kind: np.zeros(groups, np.int64) for kind in _counted(kernel)}
        self.newest = {each.since: np.full(groups, UNKNOWN) for each in kernel.timers if each.since}
        self.moments = {each.moment: np.full(groups, UNKNOWN) for each in kernel.timers if each.moment}
        self.timers = [_Timer(self, number, each) for number, each in enumerate(kernel.timers, 1)]
        self.clocks = [_Clock(self, number) for number in range(1, len(kernel.clocks) + 1)]
        # What can be due, in the order of what is due at one instant.
        self.slots = [due for clock in self.clocks for due in clock.slots()]
        self.slots += [due for timer in self.timers for due in ((timer.due, timer.fire), (timer.beyond, timer.fail))]
        self.moves = _moves(kernel, int(given["kind"].max(initial=kernel.begins)))

    def further(self, going: Numbers) -> Numbers:
        """Take these groups one happening further; those that aren't at their end."""
        has_event = self.next[going] < self.ends[going]
        instant = self.given["instant"][np.minimum(self.next[going], len(self.given["instant"]) - 1)]
        limit = np.where(has_event, instant, self.kernel.until)
        due, slot = self._due(going)
        happens = due <= limit
        for number in np.unique(slot[happens]):
            chosen = happens & (slot == number)
            self.slots[number][1](going[chosen], due[chosen])
        comes = ~happens & has_event
        if comes.any():
            self._event(going[comes])
        ends = ~happens & ~has_event
        for timer in self.timers if ends.any() else ():
            timer.pend(going[ends])
        return going[~ends & ~self.failed[going]]

    def _due(self, at: Numbers) -> tuple[Numbers, Numbers]:
        """When something is due next in each group, and the first slot of what is."""
        due, slot = np.full(len(at), NEVER), np.zeros(len(at), np.int64)
        for number, (instants, _) in enumerate(self.slots):
            own = instants[at]
            sooner = own < due
            due[sooner], slot[sooner] = own[sooner], number
        return due, slot

    def tell(self, at: Numbers, went: Any, now: Numbers, **told: Numbers) -> None:
        """Write a step of each of these groups into the log."""
        own = {"run": self.run[at], "event": self.given["event"][self.next[at] - 1], "state": self.state[at]}
        self.log.add(at, went, now, own | {"to": self.state[at]} | told)
        if isinstance(went, Went) and went in FAILURES:
            self.failed[at] = True

    # Events.

    def _event(self, at: Numbers) -> None:
        row = self.next[at]
        now, kind = self.given["instant"][row], self.given["kind"][row]
        self.next[at] += 1
        self.fired[at] = 0
        begins = (self.state[at] == 0) & (kind == self.kernel.begins)
        nowhere = (self.state[at] == 0) & ~begins
        if nowhere.any():
            for went, those in ((Went.EARLY, self.run[at] == 0), (Went.LATE, self.run[at] > 0)):
                chosen = nowhere & those
                self.tell(at[chosen], went, now[chosen])
            at, row, now, kind, begins = (each[~nowhere] for each in (at, row, now, kind, begins))
        if begins.any():
            self._begin(at[begins], row[begins])
        for each, count in self.counts.items():
            count[at[kind == each]] += 1
        for each, newest in self.newest.items():
            of_kind = kind == each
            newest[at[of_kind]] = now[of_kind]
        for number, moment in self.moments.items():
            said = self.given[f"moment.{number}"][row]
            moment[at[said != UNKNOWN]] = said[said != UNKNOWN]
        if begins.any():
            self.tell(at[begins], Went.BEGAN, now[begins], state=0)
            self._begin_timers(at[begins], now[begins])
        for timer in self.timers:
            timer.renew(at[~begins], row[~begins])
        for clock in self.clocks:
            clock.event(at, kind, now)
        self._move(at[~begins], kind[~begins], now[~begins])

    def _begin(self, at: Numbers, row: Numbers) -> None:
        self.run[at] += 1
        self.state[at] = 1
        self.begin[at] = row
        for count in self.counts.values():
            count[at] = 0
        for known in (*self.newest.values(), *self.moments.values()):
            known[at] = UNKNOWN
        for clock in self.clocks:
            clock.clear(at)

    def _begin_timers(self, at: Numbers, now: Numbers) -> None:
        state = self.state[at]
        for timer in self.timers:
            here = state == timer.of.state
            if here.any():
                timer.begin(at[here], now[here])

    def _move(self, at: Numbers, kind: Numbers, now: Numbers) -> None:
        plain, several = self.moves
        number = plain[self.state[at], kind]
        self.tell(at[number == 0], Went.UNMOVED, now[number == 0])
        for code in np.unique(number[number < 0]):
            own = number == code
            number[own] = self._chosen(at[own], now[own], several[code])
        moves = number > 0
        at, now, number = at[moves], now[moves], number[moves]
        if not len(at):
            return
        to = np.array([0, *(each.to for each in self.kernel.moves)])[number]
        stays = to == 0
        self.tell(at[stays], Went.STAYED, now[stays], item=number[stays])
        self.enter(Went.MOVED, at[~stays], now[~stays], number[~stays], to[~stays])

    def _chosen(self, at: Numbers, now: Numbers, numbers: list[int]) -> Numbers:
        """Which of these moves each makes; 0 and told why if none."""
        held = np.stack([self.held(self.kernel.moves[number - 1].guard, at) for number in numbers])
        first = np.argmax(held == TRUE, axis=0)
        sure = (held == TRUE).sum(axis=0)
        doubt = (held == OPEN).any(axis=0)
        if self.kernel.first:
            doubt = (np.argmax(held == OPEN, axis=0) < first) & doubt | (doubt & (sure == 0))
            several = np.zeros(len(at), np.bool_)
        else:
            several = sure > 1
        found = np.array(numbers)[first]
        self.tell(at[several], Went.AMBIGUOUS, now[several], item=found[several])
        doubt &= ~several
        self.tell(at[doubt], Went.DOUBTED, now[doubt])
        refused = ~several & ~doubt & (sure == 0)
        self.tell(at[refused], Went.REFUSED, now[refused])
        return np.where(several | doubt | refused, 0, found)

    def enter(self, went: Went, at: Numbers, now: Numbers, number: Numbers, to: Numbers, **told: Numbers) -> None:
        """Leave one state and enter another; a timer that brought it there isn't cancelled."""
        if not len(at):
            return
        before = self.state[at]
        self.state[at] = to
        self.tell(at, went, now, item=number, state=before, **told)
        fired = number if went is Went.FIRED else 0
        for timer in self.timers:
            timer.cancel(at, now, fired)
        final = np.isin(to, self.kernel.final)
        self._begin_timers(at[~final], now[~final])
        for clock in self.clocks:
            clock.entering(at, now, final)
        self.state[at[final]] = 0

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

    # Time.

    def after(self, begin: Numbers, length: Length) -> Numbers:
        """The instant so much later; NO_DAY where the calendar doesn't know it."""
        match length.unit:
            case "elapsed":
                return begin + length.count
            case "days":
                return self.wall.days_after(begin, length.count)
            case "months":
                return self.wall.months_after(begin, length.count)
            case "working":
                assert self.work is not None, "working time has a calendar"
                return self.work.after(begin, length.count)

    def later(self, begin: Numbers, lengths: Numbers, unit: str) -> Numbers:
        """The instants so much later each, in working time or as it elapses."""
        if unit == "elapsed":
            return begin + lengths
        assert self.work is not None, "working time has a calendar"
        return self.work.after(begin, lengths)

    def beyond(self, begin: Numbers, now: Numbers) -> Numbers:
        """When a case fails of which something is due on a day that the calendar doesn't know."""
        time = self.kernel.time
        return now if time is None else np.where(begin < time.first, now, np.maximum(time.last + 1, now))

    def told(self) -> dict[str, Numbers]:
        """The log."""
        return self.log.told()


class _Timer:
    """A timer of all groups: when it is `due`, or `beyond` what is known so that its case fails; NEVER while it doesn't
    run.
    """

    def __init__(self, cases: _Cases, number: int, of: Timer) -> None:
        groups = len(cases.starts)
        self.cases, self.number, self.of = cases, number, of
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
        cases.enter(Went.FIRED, moved, then, np.full(len(moved), self.number), np.full(len(moved), of.to), due=then)

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


class _Clock:
    """A clock of all groups."""

    def __init__(self, cases: _Cases, number: int) -> None:
        groups = len(cases.starts)
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
            self._tell(own, Went.ASKED, then, self._consumed(own, then))
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
            open_ &= held == FALSE
        return found

    def _consumed(self, at: Numbers, now: Numbers) -> Numbers:
        since = self.since[at]
        runs = (since != NEVER) & (since != now)
        found = self.used[at]
        begin, end = since[runs], now[runs]
        if self.of.working and len(begin):
            assert self.cases.work is not None, "working time has a calendar"
            found[runs] += self.cases.work.between(begin, end)
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
            found = self.cases.later(since, left, unit)
            due[at] = np.where((target == UNKNOWN) | done[at] | (found == NO_DAY), NEVER, found)
        if self.of.working:
            self.beyond[at] = self.cases.beyond(since, since)

    def _warn(self, at: Numbers, now: Numbers) -> None:
        self._mark(at, Went.WARNED, now, self.warned, self.warns)

    def _breach(self, at: Numbers, now: Numbers) -> None:
        self._mark(at, Went.BREACHED, now, self.breached, self.breaches)

    def _mark(self, at: Numbers, went: Went, now: Numbers, done: Numbers, due: Numbers) -> None:
        done[at], due[at] = True, NEVER
        self._tell(at, went, now, self._consumed(at, now))

    def _fail(self, at: Numbers, now: Numbers) -> None:
        self.cases.tell(at, Went.BEYOND, now, item=len(self.cases.timers) + self.number)

    def _tell(self, at: Numbers, went: Any, now: Numbers, consumed: Numbers) -> None:
        self.cases.tell(at, went, now, item=self.number, consumed=consumed, due=self.target[at])


class _Log:
    """The steps of all groups as they are told, each group's in its order."""

    def __init__(self, groups: int, wall: WallTimes) -> None:
        self.wall = wall
        self.steps = np.zeros(groups, np.int64)
        self.parts: list[dict[str, Numbers]] = []

    def add(self, at: Numbers, went: Any, now: Numbers, told: Mapping[str, Numbers]) -> None:
        """Write a step of each of these groups."""
        if not len(at):
            return
        given = {"group": at, "turn": self.steps[at] + 1, "went": went, "instant": now, "item": 0, **told}
        given = {"consumed": UNKNOWN, "due": UNKNOWN} | given
        self.parts.append({word: np.broadcast_to(column, at.shape) for word, column in given.items()})
        self.steps[at] += 1

    def told(self) -> dict[str, Numbers]:
        """All steps, group after group."""
        begins = np.cumsum(self.steps) - self.steps
        total = int(self.steps.sum())
        places = [begins[part["group"]] + part["turn"] - 1 for part in self.parts]
        found = {}
        for word in ("group", "turn", "run", "went", "event", "instant", "item", "state", "to", "consumed", "due"):
            found[word] = np.empty(total, np.int64)
            for place, part in zip(places, self.parts, strict=True):
                found[word][place] = part[word]
        found["day"] = self.wall.shown(found["instant"]) // DAY
        return found


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


def _moves(kernel: Replay, kinds: int) -> tuple[Numbers, dict[int, list[int]]]:
    """Of each state and kind of event the only move, which has no guard; else a negative number that names several."""
    plain = np.zeros((kernel.states + 1, max((kinds, *(each.kind for each in kernel.moves))) + 1), np.int64)
    several: dict[int, list[int]] = {}
    together: dict[tuple[int, int], list[int]] = {}
    for number, move in enumerate(kernel.moves, 1):
        together.setdefault((move.state, move.kind), []).append(number)
    for (state, kind), numbers in together.items():
        alone = len(numbers) == 1 and kernel.moves[numbers[0] - 1].guard is None
        plain[state, kind] = numbers[0] if alone else -1 - len(several)
        if not alone:
            several[-1 - len(several)] = numbers
    return plain, several
