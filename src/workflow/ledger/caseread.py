"""A case of a log as far as it has been read: where it stands, and which row must come next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NoReturn

from workflow.ledger.caseparts import Ticking, Version, Waiting
from workflow.ledger.logged import NONE, UNDECIDED, Logged, Problem, said, step_of, worded

_DUE = ("fired", "waived", "warned", "breached")


class Lost(Exception):
    """The log goes another way: what comes after can't be checked."""


class CaseRead:
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

    def waiting(self) -> tuple[Waiting, ...]:
        """The timers that run."""
        return tuple(self._waiting())

    def used(self, clock: Ticking, now: int) -> int:
        """What a clock has consumed."""
        if clock.since is None:
            return clock.used
        passed = self.days.worked(clock.since, now) if clock.of.working else now - clock.since
        return clock.used + (passed or 0)

    def _in_force(self, now: int) -> Version | None:
        """The version in force on the day of an instant: the highest that has begun, since it ends all others; none
        before the first, or after that one's last day.
        """
        day = self.days.shown(now).date()
        begun = [each for each in self.versions if each.policy.since <= day]
        newest = max(begun, key=lambda each: each.policy.version, default=None)
        ended = newest is not None and newest.policy.through is not None and newest.policy.through < day
        return None if ended else newest

    def _waiting(self) -> Iterator[Waiting]:
        yield from (self.timers[number] for number in sorted(self.timers))

    def _beyond(self, begin: int, now: int) -> int:
        """From when on a day is needed that the calendar doesn't know."""
        return now if begin < self.days.first else max(self.days.last + 1, now)

    def _paused(self, clock: Ticking) -> bool:
        return any(each.name == self.state and clock.of.name in each.pauses for each in self.policy.states)

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
