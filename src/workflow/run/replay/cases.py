"""How all cases go on: one happening after another, an event or what is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from workflow.plan.machines import UNKNOWN, Replay, Went
from workflow.run.replay.clocks import RunningClock
from workflow.run.replay.log import NEVER, Numbers
from workflow.run.replay.standing import OPEN, TRUE, Standing
from workflow.run.replay.timers import RunningTimer


def replayed(
    kernel: Replay, given: Mapping[str, Numbers], starts: Numbers, wanted: Collection[str] | None = None
) -> dict[str, Numbers]:
    """The steps of all groups, group after group, each in its order.

    Args:
        kernel: the machine.
        given: its inputs by name, a number a row; rows stand group after group, each group in its order.
        starts: the first row of each group, ascending.
        wanted: the outputs that are; all unless said.

    Returns:
        The outputs by name, and beside them `group`: the number of each step's group, from 0.
    """
    cases = _Cases(kernel, given, starts)
    going = np.arange(len(starts))
    while len(going):
        going = cases.further(going)
    return cases.log.told(kernel.outputs if wanted is None else wanted)


class _Cases(Standing):
    """The cases of all groups, and how they go on."""

    def __init__(self, kernel: Replay, given: Mapping[str, Numbers], starts: Numbers) -> None:
        super().__init__(kernel, given, starts)
        self.starts, self.ends = starts, np.append(starts[1:], len(given["instant"]))
        self.timers = [RunningTimer(self, number, self.enter) for number in range(1, len(kernel.timers) + 1)]
        self.of_state: dict[int, list[RunningTimer]] = {}
        for timer in self.timers:
            self.of_state.setdefault(timer.of.state, []).append(timer)
        self.clocks = [RunningClock(self, number) for number in range(1, len(kernel.clocks) + 1)]
        # What can be due, in the order of what is due at one instant.
        self.slots = [due for clock in self.clocks for due in clock.slots()]
        self.slots += [(timer.due, timer.fire) for timer in self.timers]
        self.eras = np.array([each.since for each in kernel.eras], np.int64)
        self.through = np.array([each.through for each in kernel.eras], np.int64)
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
        for clock in self.clocks if ends.any() else ():
            clock.show(going[ends])
        return going[~ends & ~self.failed[going]]

    def _due(self, at: Numbers) -> tuple[Numbers, Numbers]:
        """When something is due next in each group, and the first slot of what is."""
        due, slot = np.full(len(at), NEVER), np.zeros(len(at), np.int64)
        for number, (instants, _) in enumerate(self.slots):
            own = instants[at]
            sooner = own < due
            due[sooner], slot[sooner] = own[sooner], number
        return due, slot

    # Events.

    def _event(self, at: Numbers) -> None:
        row = self.next[at]
        now, kind = self.given["instant"][row], self.given["kind"][row]
        self.next[at] += 1
        self.fired[at] = self.at_once[at] = 0
        begins = (self.state[at] == 0) & (kind == self.kernel.begins) & self._may_begin(now)
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
        migrates = np.zeros_like(begins) if not self.kernel.migrates else kind == self.kernel.migrates
        if migrates.any():
            self._migrate(at[migrates], now[migrates], self.given["era"][row[migrates]])
        moves = ~begins & ~migrates
        self._move(at[moves], kind[moves], now[moves])

    def _begin(self, at: Numbers, row: Numbers) -> None:
        self.run[at] += 1
        era = self._in_force(self.given["instant"][row])
        self.era[at], self.state[at] = era, np.array([each.state for each in self.kernel.eras])[era - 1]
        self.begin[at] = row
        for count in self.counts.values():
            count[at] = 0
        for known in (*self.newest.values(), *self.moments.values()):
            known[at] = UNKNOWN
        for clock in self.clocks:
            clock.clear(at)

    def _in_force(self, now: Numbers) -> Numbers:
        """The newest eras at some instants."""
        before: Numbers = np.searchsorted(self.eras[1:], now, side="right")
        return before + 1

    def _may_begin(self, now: Numbers) -> Numbers:
        """Whether the instants are of an era: from its first to its last."""
        era = self._in_force(now) - 1
        return (self.eras[era] <= now) & (now <= self.through[era])

    def _migrate(self, at: Numbers, now: Numbers, wanted: Numbers) -> None:
        """Let cases go on by the eras that events name, where that can be."""
        count = len(self.eras)
        to: Numbers = np.where(wanted == UNKNOWN, self._in_force(now), wanted)
        known = (to >= 1) & (to <= count) & (self.eras[np.clip(to, 1, count) - 1] <= now)
        self.tell(at[~known], Went.NO_VERSION, now[~known])
        there = known & (to == self.era[at])
        self.tell(at[there], Went.ALREADY_THERE, now[there])
        left, era = known & ~there, self.era[at]
        for number, way in enumerate(self.kernel.migrations, 1):
            chosen = left & (era == way.era) & (to == way.to)
            left &= ~chosen
            if chosen.any():
                self._go_over(at[chosen], now[chosen], number)
        self.tell(at[left], Went.NO_MAPPING, now[left])

    def _go_over(self, at: Numbers, now: Numbers, number: int) -> None:
        way, before = self.kernel.migrations[number - 1], self.state[at]
        becomes = np.zeros(self.kernel.states + 1, np.int64)
        for state, to in way.states:
            becomes[state] = to
        self.era[at], self.state[at] = way.to, becomes[before]
        self.tell(at, Went.MIGRATED, now, item=number, state=before)
        self._cancel_timers(at, now, before, np.zeros_like(at))
        self._begin_timers(at, now)
        for clock, to in way.clocks:
            self.clocks[clock - 1].go_over(at, now, self.clocks[to - 1] if to else None)

    def _begin_timers(self, at: Numbers, now: Numbers) -> None:
        state = self.state[at]
        for number, timers in self.of_state.items():
            here = np.flatnonzero(state == number)
            own, then = at[here], now[here]
            for timer in timers if len(own) else ():
                timer.begin(own, then)

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
        if self.kernel.eras[self.kernel.era_of(self.kernel.moves[numbers[0] - 1].state) - 1].first:
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
        fired = number if went is Went.FIRED else np.zeros_like(number)
        self._cancel_timers(at, now, before, fired)
        final = np.isin(to, self.kernel.final)
        self._begin_timers(at[~final], now[~final])
        for clock in self.clocks:
            clock.entering(at, now, final)
        self.state[at[final]] = 0

    def _cancel_timers(self, at: Numbers, now: Numbers, before: Numbers, fired: Numbers) -> None:
        """End the timers of the states that cases leave, but those that have fired."""
        for state, timers in self.of_state.items():
            here = np.flatnonzero(before == state)
            own, then, besides = at[here], now[here], fired[here]
            for timer in timers if len(own) else ():
                timer.cancel(own, then, besides)


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
