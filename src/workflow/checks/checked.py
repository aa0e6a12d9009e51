"""Checked policies: every name resolved, every type and unit known. Having one proves that the checks have passed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from workflow.checks.calculated import (
    CheckedField,
    CheckedMeasure,
    CheckedValue,
    EventType,
    Formula,
    ListField,
    Title,
)
from workflow.checks.clauses import (
    LINE_DIGITS,
    ActionClause,
    ActionKind,
    Clause,
    Counted,
    Limit,
    PayClause,
)
from workflow.checks.mapping import PeriodKind, SourceMapping
from workflow.diagnostics import Span
from workflow.model.terms import THIS_PERIOD, Window
from workflow.model.typed import Expression, Rounding
from workflow.model.types import Kind, Type
from workflow.worktime.calendars import WorkCalendar

Counting = Literal["in own period", "in the deal's period", "as claw back"]
Subject = Literal["person", "customer"]
How = Literal["period", "standing", "sum", "average", "latest"]
"""In which way a policy uses another's fact: of the same period, as it stands on a day, or gathered from the shorter
periods inside its own."""
TOTAL = "paid.total"
"""The column of results that holds what a policy pays in all, where others use it."""


@dataclass(frozen=True, slots=True)
class Direct:
    """Direct credit: `share` of the event for the person in `field`, or for those in the list `parts` together."""

    field: str
    parts: ListField | None
    share: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Overlay:
    """What somebody is credited with besides: a share of each direct credit, for those above whoever has it.

    `shares` are by level, the nearest first; nobody above the last of them is credited. With `every_level` there is one
    share, for each level there is. `field`: instead of those above, the person in this field of the event.
    `column`: each has the share that this column of the register says of him on the event's day, and there are no
    `shares`; with `of_rest` only what is above the greatest of those below, whoever has direct credit included.
    """

    shares: tuple[Decimal, ...]
    every_level: bool
    field: str | None
    span: Span
    column: str | None = None
    of_rest: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited with an event: the first group of direct entries that applies, and the overlays.

    The entries of a group total 100%. A group applies if each of its persons is there, and each list has parts.
    """

    direct: tuple[tuple[Direct, ...], ...]
    overlays: tuple[Overlay, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Reversal:
    """The event type that reverses another one, by which field, and in which period it counts."""

    event: str
    of: str
    by: str
    count: Counting
    span: Span


@dataclass(frozen=True, slots=True)
class ClawBack:
    """A return within so many months and days of its deal's day takes back what was paid on the deal."""

    title: Title
    months: int
    days: int
    span: Span


@dataclass(frozen=True, slots=True)
class Offer:
    """A fact of a policy that others may use: the column of its results, the type, and where the policy says it.

    `stands`: once decided it holds from the day after the period on, until the next is decided, as a tier does. It is
    then asked as of a day, also by policies that count by the same periods.
    """

    column: str
    type: Type
    span: Span
    stands: bool = False


@dataclass(frozen=True, slots=True)
class UsedFact:
    """A fact of another policy as a policy uses it, in the column `name`: `POLICY.FACT`, or the name of the measure
    that gathers it. `of` is the type of the fact itself, `each` the kind of period that the other policy counts by.

    `of_period`: it is asked of a subject's period; `of_events` are the event types of which it is asked.
    """

    name: str
    policy: str
    fact: str
    how: How
    type: Type
    of: Type
    each: str
    subject: Subject
    span: Span
    default: Expression | None = None
    of_period: bool = True
    of_events: frozenset[str] = frozenset()

    @property
    def is_quotient(self) -> bool:
        """Whether it is `NAME.sum` over `NAME.count`."""
        return self.how == "average"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPolicy:
    """What every policy has once it is ready to be planned, whatever its kind: the head, how events count, measures,
    values and actions. `facts` are those of other policies that it uses. A kind is a class beneath it. Values stand in
    the order in which they need each other. `calendar` is that by which working days are counted.

    `splits`: it may begin inside a period, which then has a result of the version before and one of this.
    """

    kind: ClassVar[str]
    """Which kind of policy it is, in the author's word."""
    goes_on: ClassVar[bool] = False
    """Whether each period goes on from the one before, so that a plan holds all of them."""

    id: str
    version: int
    title: Title
    path: str
    span: Span
    since: datetime.date
    through: datetime.date | None
    each: str
    splits: bool
    currency: str
    rounding: Rounding
    minor_digits: int
    served: Expression | None
    served_span: Span
    credit: Mapping[str, Credit]
    reversal: Reversal | None
    measures: tuple[CheckedMeasure, ...]
    values: tuple[CheckedValue, ...]
    actions: tuple[ActionClause, ...]
    calendar: WorkCalendar | None = None
    facts: tuple[UsedFact, ...] = ()
    subject: Subject = "person"

    @property
    def offers(self) -> Mapping[str, Offer]:
        """The facts that other policies may use, by their names."""
        named: tuple[CheckedMeasure | CheckedValue, ...] = (*self.measures, *self.values)
        return {each.name: Offer(each.name, each.type, each.span) for each in named}

    @property
    def looks(self) -> tuple[CheckedMeasure, ...]:
        """Every look at events: each measure, and a share's second event."""
        return tuple(each for measure in self.measures for each in (measure, measure.kept) if each is not None)

    @property
    def events(self) -> tuple[str, ...]:
        """The types of events that it reads for what they count, by name."""
        counted = {each.each for each in self.counted if each.each is not None}
        return tuple(sorted({measure.event for measure in self.looks} | counted))

    @property
    def reads(self) -> tuple[str, ...]:
        """The types of events that it reads, whether they count or move something, by name."""
        return self.events

    @property
    def claws_back(self) -> bool:
        """Whether returns take back what was paid, and so nothing of what is measured."""
        return self.reversal is not None and self.reversal.count == "as claw back"

    @property
    def counted(self) -> tuple[Counted, ...]:
        """What is counted event by event, besides measures."""
        return ()

    @property
    def clauses(self) -> tuple[Formula, ...]:
        """Everything that its clauses read."""
        return tuple(each for action in self.actions for each in action.expressions)

    @property
    def of_period(self) -> tuple[Formula, ...]:
        """Everything that it asks of a subject's period."""
        return (*(value.expression for value in self.values), *self.clauses)

    def of_events(self, event: str) -> tuple[Formula, ...]:
        """Everything that it asks of each event of a type."""
        return tuple(measure.where for measure in self.measures if measure.event == event)

    def windows(self, event: str | None = None) -> frozenset[Window]:
        """The days that the policy looks at, or of events of one type."""
        measured = {measure.window for measure in self.looks if event in {None, measure.event}}
        over = {each.window for each in self.counted if event in {None, each.event}}
        return frozenset(measured | over | ({THIS_PERIOD} if over else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIncentive(CheckedPolicy):
    """An incentive policy: what it pays. Limits stand in the order in which they work."""

    kind = "incentive"

    claw_back: ClawBack | None
    pay: tuple[PayClause, ...]
    limits: tuple[Limit, ...]

    @property
    def offers(self) -> Mapping[str, Offer]:
        """Measures and values, what each clause pays, and `total`; a measure or value goes before a clause."""
        line = Type(Kind.MONEY, LINE_DIGITS + self.minor_digits, self.minor_digits, self.currency)
        places = {clause.name.replace("-", "_"): clause.span for clause in self.pay}
        paid = {name: Offer(f"paid.{name}", line, span) for name, span in places.items()}
        paid = {"total": Offer(TOTAL, line, self.span), **paid} if paid else {}
        named: tuple[CheckedMeasure | CheckedValue, ...] = (*self.measures, *self.values)
        return paid | {each.name: Offer(each.name, each.type, each.span) for each in named}

    @property
    def counted(self) -> tuple[Counted, ...]:
        """What its clauses count event by event."""
        return tuple(clause.counted for clause in self.pay if clause.counted is not None)

    @property
    def clauses(self) -> tuple[Formula, ...]:
        """Everything that its clauses read."""
        parts: tuple[Clause, ...] = (*self.pay, *self.limits, *self.actions)
        return tuple(each for part in parts for each in part.expressions)

    @property
    def of_period(self) -> tuple[Formula, ...]:
        """Everything that it asks of a subject's period; clauses with `for each` ask it of events."""
        paid = (clause for clause in self.pay if clause.each is None)
        parts: tuple[Clause, ...] = (*paid, *self.limits, *self.actions)
        return (*(value.expression for value in self.values), *(each for part in parts for each in part.expressions))

    def of_events(self, event: str) -> tuple[Formula, ...]:
        """Everything that it asks of each event of a type, also in clauses that pay for each."""
        paid = (each for clause in self.pay if clause.each == event for each in clause.expressions)
        return (*(measure.where for measure in self.measures if measure.event == event), *paid)


@dataclass(frozen=True, slots=True)
class CheckedWorkspace:
    """A workspace without mistakes: what can be recorded and triggered, where from, and the policies.

    `periods` are the kinds that files list; the calendar's month, quarter and year need none. `order` has the ids of
    the policies, each behind those whose facts it uses. `roles` are those who act, are told or see what others don't.
    """

    id: str
    title: Title
    currency: str
    zone: str
    periods: Mapping[str, PeriodKind]
    year_starts: tuple[int, int]
    languages: tuple[str, ...]
    events: Mapping[str, EventType]
    registers: Mapping[str, Mapping[str, CheckedField]]
    items: Mapping[ActionKind, Mapping[str, Title]]
    roles: Mapping[str, Title]
    sources: tuple[SourceMapping, ...]
    policies: tuple[CheckedPolicy, ...]
    order: tuple[str, ...] = ()

    def place(self, policy: str) -> int:
        """The place of a policy among all: behind those whose facts it uses."""
        return self.order.index(policy)
