"""A case that is open: its state, its timers and clocks, and whether a guard holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.plan.machines import UNKNOWN, Both, Counted, Either, Era, Guard, Not, Truth

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
