"""One case of a log followed step by step: what its policy says must come next, set against what the log says.

Nothing is shared with the replay that wrote the log. What rests on events is believed: the events themselves, and
which conditions held. All else follows from the policy and the calendar, and is found here anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from workflow.checks.builtin import MIGRATED
from workflow.checks.cases import CheckedMoment, CheckedTimer
from workflow.ledger.caseparts import Ticking, Version, Waiting, outcomes, shares
from workflow.ledger.caseread import CaseRead, Lost
from workflow.ledger.logged import NONE, Logged, Problem, said, worded
from workflow.worktime.lengths import Length, Unit

MOST_FIRINGS = 10_000
"""So many timers may fire without an event between them."""
_LAST = ("pending", "shown")


class Followed(CaseRead):
    """A case as its rows have led it so far, by the version in force when it began."""

    def follow(self) -> None:
        """Go through the rows up to the last instant that counts, those of the end not among them."""
        while self.at < len(self.rows):
            row = self.rows[self.at]
            due, happens = self._next()
            if happens is not None and due <= min(row.time, self.until):
                happens(due)
            elif row.went in _LAST:
                break
            elif self._is_due(row):
                if happens is None:
                    self._lose("")
                happens(due)
            else:
                self._event(row)
        due, happens = self._next()
        while happens is not None and due <= self.until:
            happens(due)
            due, happens = self._next()

    def end(self) -> None:
        """What the log says last: what is still to come, and what the clocks show."""
        if self.state:
            for timer in self._waiting():
                self._expect("pending", self.until, timer.of.name, due=timer.due)
            for clock in self.clocks:
                if clock.started:
                    self._expect(
                        "shown", self.until, clock.of.name, consumed=self.used(clock, self.until), due=clock.target
                    )
        if self.at < len(self.rows):
            self._lose("")

    # Events.

    def _event(self, row: Logged) -> None:
        now = row.time
        if now < self.now or now > self.until:
            right = self.now if now < self.now else self.until
            self.problems.append(Problem(row.case, self.at + 1, "time", said("time", now), said("time", right)))
            raise Lost
        self.now, self.event, self.type, self.firings = now, row.event, row.type, 0
        version = self._in_force(now) if not self.state and row.type == self.policy.begins.name else None
        if not self.state and version is None:
            self.person = ""
            self._expect("late" if self.run else "early", now)
            return
        if version is not None:
            self._begin(row, version)
        elif self.policy.handed is not None and row.type == self.policy.handed.name:
            self.person = row.person
        self.newest[row.type] = now
        if version is not None:
            self._expect("began", now, state="")
            self._begin_timers(now)
        else:
            self._renew(now)
        for clock in self.clocks:
            self._clock_by_event(clock, now)
        if row.type == MIGRATED:
            self._migrate(now)
        elif version is None:
            self._move(now)

    def _begin(self, row: Logged, version: Version) -> None:
        self.policy, self.days = version.policy, version.days
        self.run, self.state, self.person = self.run + 1, self.policy.states[0].name, row.person
        self.began = self.entered = row.time
        self.newest, self.clocks = {}, [Ticking(each) for each in self.policy.clocks]

    def _migrate(self, now: int) -> None:
        """What the log may say of an event that takes the case to another version; which, only the event says."""
        day, row = self.days.shown(now).date(), self.rows[self.at]
        others = [each for each in self.versions if each.policy is not self.policy and each.policy.since <= day]
        there = [each for each in others if each.policy.migrates and each.policy.migrates.since == self.policy.version]
        possible = ["migrated"] * bool(there) + ["already there", "no version"]
        possible += ["no mapping"] * (len(others) > len(there))
        if row.went not in possible:
            self._lose(worded(" / ".join(possible), "", now))
        if row.went == "migrated":
            self._go_over(next((each for each in there if each.policy.version == row.version), there[0]), now)
        else:
            self._expect(row.went, now)

    def _go_over(self, to: Version, now: int) -> None:
        """Go on by another version: state and clocks as that maps them, the timers of its state from now on."""
        way, before = to.policy.migrates, self.state
        assert way is not None, "asked before"
        old = [replace(each, used=self.used(each, now)) for each in self.clocks]
        self.policy, self.days, self.entered = to.policy, to.days, now
        self.state, self.clocks = way.states[before], [Ticking(each) for each in to.policy.clocks]
        self._expect("migrated", now, str(to.policy.version), state=before)
        for _, timer in sorted(self.timers.items()):
            self._expect("cancelled", now, timer.of.name, due=timer.due)
        self.timers.clear()
        self._begin_timers(now)
        for each in old:
            name = way.clocks.get(each.of.name)
            if each.started and name is not None:
                self._clock_over(each, next(new for new in self.clocks if new.of.name == name), now)
            elif each.started and not each.stopped:
                self._expect("stopped", now, each.of.name, consumed=each.used, due=each.target)

    def _clock_over(self, old: Ticking, new: Ticking, now: int) -> None:
        """A clock goes on with what another has consumed, and asks its target anew."""
        new.started, new.stopped, new.used, new.marked = True, old.stopped, old.used, old.marked
        new.held, new.since = old.held and bool(new.of.holds), None if old.since is None else now
        new.target = self._target(new)
        self._expect("asked", now, new.of.name, consumed=new.used, due=new.target)
        self._clock_entering(new, now, final=False)

    def _move(self, now: int) -> None:
        """What the log may say of an event, by the moves that there are."""
        ways = [each for each in self.policy.moves if (each.state, each.event) == (self.state, self.type)]
        row = self.rows[self.at] if self.at < len(self.rows) else None
        went = row.went if row is not None else ""
        possible = outcomes(ways)
        if row is None or went not in possible:
            self._lose(worded(" / ".join(possible), self.type, now))
        if went == "moved":
            targets = [each.to for each in ways if each.to is not None]
            before, self.state = self.state, row.to if row.to in targets else targets[0]
            self._expect("moved", now, self.type, state=before)
            self._enter(now)
        else:
            self._expect(went, now, self.type if went == "stayed" else "")

    def _enter(self, now: int, besides: int = NONE) -> None:
        """What follows where a state has been left and another entered."""
        self.entered = now
        for number, timer in sorted(self.timers.items()):
            if number != besides:
                self._expect("cancelled", now, timer.of.name, due=timer.due)
        self.timers.clear()
        final = self.state in self.policy.final
        if not final:
            self._begin_timers(now)
        for clock in self.clocks:
            if clock.started:
                self._clock_entering(clock, now, final=final)
        if final:
            self.state = ""

    # Timers.

    def _begin_timers(self, now: int) -> None:
        for number, timer in enumerate(self.policy.timers):
            if timer.state == self.state:
                self._begin_timer(number, timer, now)

    def _begin_timer(self, number: int, timer: CheckedTimer, now: int) -> None:
        if timer.moment is not None:
            self._set(number, timer, timer.moment, now)
            return
        begin = now if timer.since is None else self.newest.get(timer.since)
        if begin is not None:
            due = self.days.after(begin, timer.after)
            due = None if due is None else max(due, now)
            self.timers[number] = Waiting(timer, due, due, self._beyond(begin, now))

    def _set(self, number: int, timer: CheckedTimer, moment: CheckedMoment, now: int) -> None:
        """A timer that counts from a day or time: what an event has told of it, if anything, is believed."""
        row, due = self.rows[self.at] if self.at < len(self.rows) else None, None
        if moment.column is None:
            due = self.days.after(moment.instant, timer.after)
            if due is not None and due < now:
                return
        elif row is None or (row.went, row.of, row.event) != ("set", timer.name, self.event):
            return  # Nothing has told it so far; a later event may.
        elif row.due != NONE:
            due = max(row.due, now)
        self.timers[number] = Waiting(timer, due, due, self._beyond(now if moment.column else moment.instant, now))
        self._expect("set", now, timer.name, due=due)

    def _renew(self, now: int) -> None:
        """Timers whose time begins with this event begin anew."""
        for number, timer in enumerate(self.policy.timers):
            if timer.state == self.state and self._tells(number, timer):
                if number in self.timers:
                    self._expect("cancelled", now, timer.name, due=self.timers.pop(number).due)
                self._begin_timer(number, timer, now)

    def _tells(self, number: int, timer: CheckedTimer) -> bool:
        """Whether the event may be that from which a timer counts; of a field that it needn't have the log says so."""
        moment = timer.moment
        if moment is None or moment.column is None:
            return self.type == (timer.since if moment is None else self.policy.begins.name)
        row = self.rows[self.at] if self.at < len(self.rows) else None
        runs = self.timers.get(number)
        due = runs.due if runs is not None and runs.due is not None else NONE
        ended = runs is None or (row is not None and (row.went, row.due) == ("cancelled", due))
        return self.type in moment.events and ended

    def _fire(self, number: int, now: int) -> None:
        waiting = self.timers[number]
        timer, name, before = waiting.of, waiting.of.name, self.state
        self.now, self.firings, waiting.times = now, self.firings + 1, waiting.times + 1
        went = self.rows[self.at].went if self.at < len(self.rows) else ""
        if self.firings > MOST_FIRINGS:
            self._lose(worded("ran away", name, now))
        if timer.guard is None or went not in {"waived", "doubted"}:
            went = "fired"
        if went == "fired" and timer.to is not None:
            self.state = timer.to
        self._expect(went, now, name, state=before, due=now)
        if went == "fired" and timer.to is not None:
            self._enter(now, besides=number)
        elif timer.every is None or waiting.times == timer.most:
            del self.timers[number]
        else:
            assert waiting.first is not None, "it has been due"
            waiting.due = self.days.after(waiting.first, Length(timer.every.count * waiting.times, timer.every.unit))
            waiting.beyond = self._beyond(waiting.first, now)

    # Clocks.

    def _clock_by_event(self, clock: Ticking, now: int) -> None:
        of = clock.of
        if self.type in (of.resets if clock.started else of.starts):
            self._start(clock, now)
        for types, held in ((of.holds, True), (of.releases, False)):
            if self.type in types and clock.started:
                clock.held = held
                self._tick(clock, now)
        if self.type in of.asks and clock.started:
            clock.target, clock.used = self._target(clock), self.used(clock, now)
            clock.since = None if clock.since is None else now
            self._expect("asked", now, of.name, consumed=clock.used, due=clock.target)
        if self.type in of.stops and clock.started:
            self._stop(clock, now, inside=False)

    def _clock_entering(self, clock: Ticking, now: int, *, final: bool) -> None:
        if final or self.state in clock.of.stops_in:
            if not clock.stopped:
                self._stop(clock, now, inside=not final)
        elif clock.stopped and clock.of.restarts:
            self._start(clock, now)
        else:
            clock.stopped = False
            self._tick(clock, now)

    def _start(self, clock: Ticking, now: int) -> None:
        clock.started, clock.stopped, clock.held, clock.used, clock.marked = True, False, False, 0, set()
        clock.since, clock.target = None if self._paused(clock) else now, self._target(clock)
        self._expect("started", now, clock.of.name, consumed=0, due=clock.target)

    def _tick(self, clock: Ticking, now: int) -> None:
        """Hold it where it shouldn't run, and let it run where it should."""
        runs = not (clock.held or clock.stopped or self._paused(clock))
        if runs != (clock.since is not None):
            clock.used, clock.since = self.used(clock, now), now if runs else None
            went = "resumed" if runs else "held"
            self._expect(went, now, clock.of.name, consumed=clock.used, due=clock.target)

    def _stop(self, clock: Ticking, now: int, *, inside: bool) -> None:
        clock.used, clock.since = self.used(clock, now), None
        clock.started = clock.stopped = inside
        self._expect("stopped", now, clock.of.name, consumed=clock.used, due=clock.target)

    def _mark(self, clock: Ticking, went: str, now: int) -> None:
        self.now = now
        clock.marked.add(went)
        self._expect(went, now, clock.of.name, consumed=self.used(clock, now), due=clock.target)

    # What is due.

    def _next(self) -> tuple[int, Callable[[int], None] | None]:
        """What is due next, and when: of one instant clocks before timers."""
        if not self.state:
            return NONE, None
        return min(self._dues(), key=lambda each: each[0], default=(NONE, None))

    def _dues(self) -> Iterator[tuple[int, Callable[[int], None]]]:
        for clock in self.clocks:
            yield from self._marks(clock)
        for number, timer in sorted(self.timers.items()):
            if timer.due is not None:
                yield timer.due, partial(self._fire, number)
            else:
                yield timer.beyond, partial(self._fail, timer.of.name)

    def _marks(self, clock: Ticking) -> Iterator[tuple[int, Callable[[int], None]]]:
        if clock.since is None:
            return
        unit: Unit = "working" if clock.of.working else "elapsed"
        for went, mark in shares(clock):
            due = self.days.after(clock.since, Length(max(mark - clock.used, 0), unit))
            if went not in clock.marked and due is not None:
                yield due, partial(self._mark, clock, went)
        if clock.of.working:
            yield self._beyond(clock.since, clock.since), partial(self._fail, clock.of.name)

    def _fail(self, name: str, now: int) -> None:
        """A day is needed that the calendar doesn't know: no run has written such a log by this calendar."""
        self._lose(worded("beyond", name, now))
