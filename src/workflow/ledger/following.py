"""One case of a log followed step by step: what its policy says must come next, set against what the log says.

Nothing is shared with the replay that wrote the log. What rests on events is believed: the events themselves, and
which conditions held. All else follows from the policy and the calendar, and is found here anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NoReturn

from workflow.checks.cases import CheckedMoment, CheckedMove, CheckedTimer
from workflow.ledger.caseparts import Ticking, Version, Waiting, shares
from workflow.ledger.logged import NONE, UNDECIDED, Logged, Problem, said, step_of, worded
from workflow.worktime.lengths import Length, Unit

MOST_FIRINGS = 10_000
"""So many timers may fire without an event between them."""
_DUE = ("fired", "waived", "warned", "breached", "ran away", "beyond")
_LAST = ("pending", "shown")


class Lost(Exception):
    """The log goes another way: what comes after can't be checked."""


class Followed:
    """A case as its rows have led it so far, by the version in force when it began."""

    def __init__(self, versions: Sequence[Version], rows: Sequence[Logged], until: int) -> None:
        """Begin before the first row; `until` is the last instant that counts."""
        self.versions, self.rows, self.until = versions, rows, until
        self.policy, self.days = versions[0].policy, versions[0].days
        self.problems: list[Problem] = []
        self.at = self.run = self.firings = 0
        self.state = self.event = self.type = self.person = ""
        self.now = self.began = self.entered = NONE
        self.timers: dict[int, Waiting] = {}
        self.clocks: list[Ticking] = []
        self.newest: dict[str, int] = {}
        self.failed = False

    def follow(self) -> None:
        """Go through the rows up to the last instant that counts, those of the end not among them."""
        while self.at < len(self.rows) and not self.failed:
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
        while happens is not None and due <= self.until and not self.failed:
            happens(due)
            due, happens = self._next()

    def end(self) -> None:
        """What the log says last: what is still to come, and what the clocks show."""
        if self.state and not self.failed:
            for timer in self._waiting():
                self._expect("pending", self.until, timer.of.name, due=timer.due)
            for clock in self.clocks:
                if clock.started:
                    self._expect(
                        "shown", self.until, clock.of.name, consumed=self.used(clock, self.until), due=clock.target
                    )
        if self.at < len(self.rows):
            self._lose("")

    def waiting(self) -> tuple[Waiting, ...]:
        """The timers that run."""
        return tuple(self._waiting())

    def used(self, clock: Ticking, now: int) -> int:
        """What a clock has consumed."""
        if clock.since is None:
            return clock.used
        passed = self.days.worked(clock.since, now) if clock.of.working else now - clock.since
        return clock.used + (passed or 0)

    # Rows.

    def _expect(
        self,
        went: str,
        now: int,
        of: str = "",
        *,
        state: str | None = None,
        consumed: int = NONE,
        due: int | None = NONE,
    ) -> Logged:
        """The next row, which must be this one; it ends in the state of now."""
        row = self.rows[self.at] if self.at < len(self.rows) else None
        if row is None or (row.went, row.of) != (went, of):
            self._lose(worded(went, of, now))
        self.at += 1
        told = {
            "run": self.run,
            "turn": self.at,
            "version": self.policy.version if self.state else 0,
            "person": self.person or row.person,
            "time": now,
            "date": self.days.shown(now).date(),
            "state": self.state if state is None else state,
            "to": self.state,
            "event": self.event,
            "type": self.type,
            "consumed": consumed,
            "due": NONE if due is None else due,
        }
        for name, right in told.items():
            found = getattr(row, name)
            if found != right:
                self.problems.append(Problem(row.case, self.at, name, said(name, found), said(name, right)))
        return row

    def _lose(self, right: str) -> NoReturn:
        row = self.rows[self.at] if self.at < len(self.rows) else None
        found = step_of(row) if row is not None else ""
        self.problems.append(Problem(self.rows[0].case, self.at + 1, "step", found, right))
        raise Lost

    def _is_due(self, row: Logged) -> bool:
        return row.went in _DUE or (row.went == "doubted" and row.of != "")

    # Events.

    def _event(self, row: Logged) -> None:
        now = row.time
        if now < self.now or now > self.until:
            right = self.now if now < self.now else self.until
            self.problems.append(Problem(row.case, self.at + 1, "time", said("time", now), said("time", right)))
            raise Lost
        self.now, self.event, self.type, self.firings = now, row.event, row.type, 0
        begins = not self.state and row.type == self.policy.begins.name
        if not self.state and not begins:
            self.person = ""
            self._expect("late" if self.run else "early", now)
            return
        if begins:
            self._begin(row)
        elif self.policy.handed is not None and row.type == self.policy.handed.name:
            self.person = row.person
        self.newest[row.type] = now
        if begins:
            self._expect("began", now, state="")
            self._begin_timers(now)
        else:
            self._renew(now)
        for clock in self.clocks:
            self._clock_by_event(clock, now)
        if not begins:
            self._move(now)

    def _begin(self, row: Logged) -> None:
        version = self._in_force(row.time)
        self.policy, self.days = version.policy, version.days
        self.run, self.state, self.person = self.run + 1, self.policy.states[0].name, row.person
        self.began = self.entered = row.time
        self.newest, self.clocks = {}, [Ticking(each) for each in self.policy.clocks]

    def _in_force(self, now: int) -> Version:
        """The version in force on the day of an instant: the highest that has begun, since it ends all others."""
        day = self.days.shown(now).date()
        begun = [each for each in self.versions if each.policy.since <= day]
        return max(begun or self.versions[:1], key=lambda each: each.policy.version)

    def _move(self, now: int) -> None:
        """What the log may say of an event, by the moves that there are."""
        ways = [each for each in self.policy.moves if (each.state, each.event) == (self.state, self.type)]
        row = self.rows[self.at] if self.at < len(self.rows) else None
        went = row.went if row is not None else ""
        possible = self._possible(ways)
        if row is None or went not in possible:
            self._lose(worded(" / ".join(possible), self.type, now))
        if went == "moved":
            targets = [each.to for each in ways if each.to is not None]
            before, self.state = self.state, row.to if row.to in targets else targets[0]
            self._expect("moved", now, self.type, state=before)
            self._enter(now)
        else:
            self._expect(went, now, self.type if went in {"stayed", "ambiguous"} else "")
            self.failed = went == "ambiguous"

    def _possible(self, ways: Sequence[CheckedMove]) -> tuple[str, ...]:
        """What these moves can come to, whichever of their conditions hold."""
        if not ways:
            return ("unmoved",)
        found = [
            word
            for word, stays in (("moved", False), ("stayed", True))
            if any((each.to is None) == stays for each in ways)
        ]
        if any(each.guard is not None for each in ways):
            found += ["doubted"] + ["refused"] * all(each.guard is not None for each in ways)
        return (*found, *(["ambiguous"] if len(ways) > 1 and not self.policy.first else []))

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

    def _waiting(self) -> Iterator[Waiting]:
        yield from (self.timers[number] for number in sorted(self.timers))

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

    def _beyond(self, begin: int, now: int) -> int:
        """From when on a day is needed that the calendar doesn't know."""
        return now if begin < self.days.first else max(self.days.last + 1, now)

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
            self._expect("ran away", now, name, due=now)
            self.failed = True
            return
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

    def _paused(self, clock: Ticking) -> bool:
        return any(each.name == self.state and clock.of.name in each.pauses for each in self.policy.states)

    def _start(self, clock: Ticking, now: int) -> None:
        clock.started, clock.stopped, clock.held, clock.used, clock.marked = True, False, False, 0, set()
        clock.since, clock.target = None if self._paused(clock) else now, self._target(clock)
        self._expect("started", now, clock.of.name, consumed=0, due=clock.target)

    def _target(self, clock: Ticking) -> int:
        """The target that the log says, if the policy has it; else the first that it has."""
        possible: list[int] = []
        for each in clock.of.targets:
            possible.append(each.within)
            if each.guard is None:
                break
        if all(each.guard is not None for each in clock.of.targets):
            possible.append(NONE)
        if clock.of.targets and clock.of.targets[0].guard is not None:
            possible.append(UNDECIDED)
        said = self.rows[self.at].due if self.at < len(self.rows) else NONE
        return said if said in possible else possible[0]

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
        if not self.state or self.failed:
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
        self._expect("beyond", now, name)
        self.failed = True
