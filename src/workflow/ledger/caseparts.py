"""What there is of a case to follow: its version, its timers and its clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workflow.checks.cases import CheckedClock, CheckedEscalation, CheckedMove, CheckedTimer
from workflow.ledger.daybyday import Days
from workflow.ledger.logged import NONE


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policy, and the days of its calendar."""

    policy: CheckedEscalation
    days: Days


@dataclass(slots=True)
class Waiting:
    """A timer that runs: when it is due, when it was due first, and how often it was."""

    of: CheckedTimer
    due: int | None
    first: int | None
    beyond: int
    times: int = 0


@dataclass(slots=True)
class Ticking:
    """A clock of a case; `since` says since when it runs, if it does."""

    of: CheckedClock
    started: bool = False
    stopped: bool = False
    held: bool = False
    since: int | None = None
    used: int = 0
    target: int = NONE
    marked: set[str] = field(default_factory=set)


def shares(clock: Ticking) -> Iterator[tuple[str, int]]:
    """What a clock warns and breaches at."""
    if clock.target >= 0:
        if clock.of.warn is not None:
            share, whole = clock.of.warn
            yield "warned", -(-clock.target * share // whole)
        yield "breached", clock.target


def outcomes(ways: Sequence[CheckedMove]) -> tuple[str, ...]:
    """What an event can come to by these moves, whichever of their conditions hold."""
    if not ways:
        return ("unmoved",)
    found = [
        word for word, stays in (("moved", False), ("stayed", True)) if any((each.to is None) == stays for each in ways)
    ]
    if any(each.guard is not None for each in ways):
        found += ["doubted"] + ["refused"] * all(each.guard is not None for each in ways)
    return tuple(found)
