"""One person's account of a period: the row of results as it was calculated, and the events behind each measure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.checks.checked import CheckedPolicy
from workflow.checks.clauses import PayClause
from workflow.diagnostics import Span
from workflow.ledger.entries import Action, Reason, Withheld
from workflow.ledger.uncounted import NotCounted
from workflow.model.terms import Window
from workflow.plan.windows import Days, Reach

Known = Decimal | str | bool | datetime.date | int
"""A value that is known."""


@dataclass(frozen=True, slots=True)
class Path:
    """In which way an event counts for a person.

    It is direct credit, or that of `seller` passed up to `level` above; with neither, the person is named besides.
    `share` of `whole` is credited, where not all of it is.
    """

    direct: bool
    seller: str
    level: int
    share: Decimal | None
    whole: Known | None


@dataclass(frozen=True, slots=True)
class Evident:
    """An event behind a measure: its id, its day, what the measure takes from it, and where it was recorded.

    `reversal`: it takes back an event of the measure's type. `path`: in which way it counts, where there are several.
    """

    id: str
    day: datetime.date
    value: Known | None
    file: str
    line: int
    reversal: bool = False
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one event, or one stretch of days, adds to a clause: its values by name, and why others are missing.

    `event` is None for a stretch of days; `opening` is where the total began, if that was recorded.
    """

    values: Mapping[str, Known | None]
    causes: Mapping[str, tuple[Reason, ...]]
    event: Evident | None
    opening: Evident | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of another policy for one period: which version decided it, where that says it, and the person's value.

    `there`: the person had a result then. `stands`: the days on which it is in force, where it is asked as of a day.
    """

    policy: str
    version: int
    period: str
    stands: Days | None
    value: Known | None
    there: bool
    span: Span


@dataclass(frozen=True, slots=True)
class OfCase:
    """A case that a fact counts or times: for the how manieth time it was begun, the day, how long it took in
    microseconds (None: that isn't known, or not asked), and whether that was in time.
    """

    case: str
    run: int
    day: datetime.date
    length: int | None
    good: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: what was set and what has come of it, by the columns of the plan's output, and why some of it is missing.

    `revisions` say what each of them changed, in their order, with its `place`.
    """

    values: Mapping[str, Known | None]
    causes: Mapping[str, tuple[Reason, ...]]
    revisions: tuple[Mapping[str, Any], ...]
    place: Span


@dataclass(frozen=True, slots=True)
class PolicyAccount:
    """A policy's part: every named value of the person, or why it is missing, and the events behind each measure.

    `claw_backs` says of each return what was paid on its deal, by the columns of the plan's output, and `clawed` are
    the clauses that it speaks of.

    `spells` are the stretches of days served in the period, both ends included, in order and without touching.
    `windows` are the other days that measures look at; None where no file lists their periods. `days` are those that
    the version governs, where they are a part of the period; None where they are all of it. `steps` are those of the
    clauses that are counted by events, in the order in which totals run on.

    `facts` are those of other policies that a column rests on, the newest period first.

    `overrides` says of each measure and value that somebody has set by hand what was set, why, and by whom, by the
    columns of the plan's output, and the `file` and `line` of the event.

    `moments` are, of a tiering that is looked at anew at each event, the same on each of these days of the period;
    their values have the `moment` too.

    `refused` are the rows that name the person, and aren't counted: by the measure that would have looked at them, and
    the fact of another policy that rests on them; under an empty name those of neither. `instead` are, by type of
    event, the periods of another kind for which some are recorded. `goals` are the person's own, and the team's.
    `case_facts` are, of an escalation, the cases of which each fact is made.
    """

    policy: CheckedPolicy
    values: Mapping[str, Known | None]
    causes: Mapping[str, tuple[Reason, ...]]
    events: Mapping[str, tuple[Evident, ...]]
    actions: tuple[Action, ...]
    withheld: tuple[Withheld, ...]
    spells: tuple[tuple[datetime.date, datetime.date], ...] = ()
    claw_backs: tuple[Mapping[str, Known | None], ...] = ()
    clawed: tuple[PayClause, ...] = ()
    windows: Mapping[Window, Reach | None] = field(default_factory=dict)
    days: tuple[datetime.date, datetime.date] | None = None
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    overrides: Mapping[str, Mapping[str, Known | None]] = field(default_factory=dict)
    facts: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)
    refused: Mapping[str, tuple[NotCounted, ...]] = field(default_factory=dict)
    moments: tuple[PolicyAccount, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    case_facts: Mapping[str, tuple[OfCase, ...]] = field(default_factory=dict)

    @property
    def uncounted(self) -> int:
        """How many refused rows aren't counted."""
        return len({each.row.place for rows in self.refused.values() for each in rows})


@dataclass(frozen=True, slots=True)
class Account:
    """What `explain` explains. `texts` are the policies' files; `titles` those of the catalogue's items and events."""

    person: str
    name: str
    period: str
    first: datetime.date
    last: datetime.date
    clause: str | None
    policies: tuple[PolicyAccount, ...]
    texts: Mapping[str, str]
    items: Mapping[str, Mapping[str, str]]
    event_titles: Mapping[str, Mapping[str, str]]
    event_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
