"""A case that is open: its state, timers, clocks and time, whether a guard holds of it; and the machine it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from workflow.checks.machine import StateMachine, Way
from workflow.plan.machines import UNKNOWN, Both, Clock, Counted, Either, Era, Guard, Move, Not, Replay, Timer, Truth
from workflow.worktime.clocks import WallClocks
from workflow.worktime.lengths import Length
from workflow.worktime.spans import WorkTime

Numbers = Mapping[str, int]
"""The inputs of an event."""


@dataclass(slots=True)
class Running:
    """A timer that runs: when it is due, when it was first, and how often it has fired.

    What isn't known to the calendar has no instant; its case fails at the instant `beyond`.
    """

    due: int | None
    first: int | None
    beyond: int
    fired: int = 0


@dataclass(slots=True)
class Ticking:
    """A clock of a case. `since` is the instant from which it runs, None while it doesn't; `used` what it had consumed
    by then.
    """

    started: bool = False
    stopped_in: bool = False
    held: bool = False
    since: int | None = None
    used: int = 0
    target: int | None = None
    warned: bool = False
    breached: bool = False


@dataclass(slots=True)
class Case:
    """A case that is open."""

    state: str
    run: int
    era: Era
    begin: Numbers
    event: Numbers
    counts: dict[int, int] = field(default_factory=dict)
    newest: dict[int, int] = field(default_factory=dict)
    moments: dict[int, int] = field(default_factory=dict)
    timers: dict[int, Running] = field(default_factory=dict)
    clocks: list[Ticking] = field(default_factory=list)

    def holds(self, guard: Guard | None) -> bool | None:
        """Whether a guard holds; None where that is unknown."""
        match guard:
            case None:
                return True
            case Truth(number=number, of=of):
                given = (self.begin if of == "begin" else self.event)[f"truth.{number}"]
                return None if given == UNKNOWN else bool(given)
            case Counted(kind=kind, limit=limit, least=least):
                count = self.counts.get(kind, 0)
                return count >= limit if least else count <= limit
            case Not(of=of):
                inner = self.holds(of)
                return None if inner is None else not inner
            case Both(of=parts):
                held = [self.holds(each) for each in parts]
                return False if False in held else None if None in held else True
            case Either(of=parts):
                held = [self.holds(each) for each in parts]
                return True if True in held else None if None in held else False

    def allows(self, guard: Guard | None) -> bool:
        """Whether it surely holds."""
        return self.holds(guard) is True

    @property
    def _time(self) -> WorkTime:
        """The working time by which it goes."""
        assert self.era.time is not None, "working time has a calendar"
        return self.era.time

    def beyond(self, begin: int, now: int) -> int:
        """When it fails if something is due on a day that the calendar doesn't know."""
        time = self.era.time
        return now if time is None or begin < time.first else max(time.last + 1, now)

    def after(self, wall: WallClocks, begin: int, length: Length) -> int | None:
        """The instant so much later, None where the calendar doesn't know it."""
        match length.unit:
            case "elapsed":
                return begin + length.count
            case "days":
                return wall.days_after(begin, length.count)
            case "months":
                return wall.months_after(begin, length.count)
            case "working":
                return self._time.after(begin, length.count)

    def used(self, clock: Clock, ticking: Ticking, now: int) -> int:
        """What a clock has consumed."""
        if ticking.since is None or ticking.since == now:
            return ticking.used
        if not clock.working:
            return ticking.used + now - ticking.since
        passed = self._time.between(ticking.since, now)
        assert passed is not None, "a clock that runs past the calendar's last day has failed its case"
        return ticking.used + passed


def machine_of(kernel: Replay) -> StateMachine:
    """The machine of a kernel: its moves by `event KIND`, its timers by `timer NUMBER`."""
    named: list[tuple[str, Move | Timer]] = [(f"event {each.kind}", each) for each in kernel.moves]
    named += [(f"timer {number}", each) for number, each in enumerate(kernel.timers, 1)]
    ways = [
        Way(
            trigger,
            str(each.state),
            str(each.to) if each.to else None,
            partial(Case.allows, guard=each.guard) if each.guard is not None else None,
        )
        for trigger, each in named
    ]
    ways += [
        Way(f"migration {number}", str(state), str(to))
        for number, each in enumerate(kernel.migrations, 1)
        for state, to in each.states
    ]
    return StateMachine(
        [str(number) for number in range(1, kernel.states + 1)], ways, [str(each) for each in kernel.final]
    )
