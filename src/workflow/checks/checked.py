"""Checked policies: every name resolved, every type and unit known. Having one proves that the checks have passed.

The room is longer than others so that all that later stages may rely on stands in one file.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from workflow.checks.mapping import PeriodKind, SourceMapping
from workflow.diagnostics import Span
from workflow.model.terms import THIS_PERIOD, Function, Hit, Mode, Over, Window, Yields
from workflow.model.typed import Column, Expression, Rounding
from workflow.model.types import Kind, Type
from workflow.worktime.calendars import WorkCalendar

Title = Mapping[str, str]
"""A title by language tag; empty where the author gave none."""
ActionKind = Literal["training", "coaching", "award", "task", "nominate"]
Counting = Literal["in own period", "in the deal's period", "as claw back"]
LimitKind = Literal["gate", "floor", "cap"]
Ties = Literal["all", "split", "none"]
Subject = Literal["person", "customer"]
How = Literal["period", "standing", "sum", "average", "latest"]
"""In which way a policy uses another's fact: of the same period, as it stands on a day, or gathered from the shorter
periods inside its own."""
LINE_DIGITS = 26
"""Digits before the point of what a policy pays, where lines of all clauses share one column."""
TOTAL = "paid.total"
"""The column of results that holds what a policy pays in all, where others use it."""
Due = tuple[int, Literal["days", "months", "working days"]]


@dataclass(frozen=True, slots=True)
class CheckedField:
    """A field of an event or a column of a register. `least` and `most` bound a number, both included."""

    name: str
    type: Type
    required: bool
    span: Span
    title: Title
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ListField:
    """A list in an event: parts that each name a person and a share; the shares of all parts total 100%.

    `person` and `share` are the author's names of the two; `person_first`, whether they stand in this order.
    """

    name: str
    person: str
    share: str
    person_first: bool
    required: bool
    span: Span
    title: Title


@dataclass(frozen=True, slots=True)
class EventType:
    """An event type. `owner` is its person field; `reverses` the type it reverses and the field naming that event."""

    name: str
    title: Title
    fields: Mapping[str, CheckedField]
    owner: str | None
    reverses: tuple[str, str] | None
    span: Span
    lists: Mapping[str, ListField] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """The people over whom a measure is taken: those who share a column of the register; None: everybody.

    `type` is that of the column.
    """

    column: str | None
    type: Type | None = None

    @property
    def name(self) -> str:
        """The group's name: `company`, or the column as formulas write it."""
        return "company" if self.column is None else f"person.{self.column}"


@dataclass(frozen=True, slots=True)
class CheckedMeasure:
    """A measure: `function` of `field` over the events of type `event` for which `where` holds.

    `type` is that of the measure; `needed` the number of events below which an average is missing; `default` the value
    it takes where it would be missing; `window` the days that it looks at; `like` the measure that it is but
    for them; `among` whose events it takes, None: the person's own. Of a share of
    customers `kept` is the second event, as a measure of its own that only plans know, and `by_anybody` whether it may
    be anybody's; `field` is that of the customer.
    """

    name: str
    title: Title
    function: Function | Literal["average", "share", "days since"]
    event: str
    field: str | None
    where: Expression | None
    needed: int
    default: Expression | None
    type: Type
    span: Span
    window: Window = THIS_PERIOD
    like: str | None = None
    among: Group | None = None
    kept: CheckedMeasure | None = None
    by_anybody: bool = False

    @property
    def is_quotient(self) -> bool:
        """Whether it is `NAME.sum` over `NAME.count`."""
        return self.function in {"average", "share"}


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A row of a table of several dimensions: a test for each column, None where anything fits, and what it gives."""

    tests: tuple[Expression | None, ...]
    gives: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """A table of several dimensions. `order` has its rows as they are asked, `cells` where each test stands.

    `type` is that of what it gives; with `collect count` its rows give nothing, and are counted. `rows_of` is the value
    under whose name the results say which rows count, where several outputs share them; None: each by itself.
    """

    inputs: tuple[Column, ...]
    rows: tuple[DecisionRow, ...]
    hit: Hit
    order: tuple[int, ...]
    type: Type
    cells: tuple[tuple[Span | None, ...], ...]
    rows_of: str | None = None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything that it reads: its columns, and what its rows give."""
        return (*self.inputs, *(row.gives for row in self.rows if row.gives is not None))


@dataclass(frozen=True, slots=True)
class Band:
    """In which of so many bands a result lies, when those of all subjects of a period are ranked: 1 is the worst.

    A band holds as many as another, as far as that is possible; equal results are in one, the `lower` or the higher.
    """

    of: Column
    into: int
    best: Literal["greatest", "least"]
    lower: bool
    type: Type

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What it reads."""
        return (self.of,)


Formula = Expression | Decision | Band | None
"""What a value or a clause may be decided by; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """A named formula, or what a table decides, with the value it takes where it would be missing."""

    name: str
    title: Title
    expression: Expression | Decision | Band
    default: Expression | None
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, from `border` (included) up to the next; `gives` a rate, an amount or a factor."""

    border: Expression
    gives: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Rest:
    """Borders that are counted in what the payer keeps, `borders in: rest`.

    `rows` are the author's: each border in what is kept, and what the row gives. The table's own borders are the same
    in what is paid on, times `scale`: the least whole number that makes all of them exact. `position` gives, by a
    marginal table of what is kept, how much was paid on, times `scale` too.
    """

    rows: tuple[Row, ...]
    scale: Decimal
    position: tuple[Row, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Table:
    """A table of tiers or points, rows ascending; one read by `on` over a value of money has that value as `unit`.

    `follows`: it is read by `on`, or by `on` over such a value.
    """

    by: Expression
    by_name: str
    mode: Mode
    yields: Yields
    rows: tuple[Row, ...]
    rate_type: Type
    unit: Column | None
    below: Expression | None
    rest: Rest | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """What each event of a type adds to a total: the named field's value, or 1 where `field` is None.

    `measure`: only the events that this measure takes, else all. `type` is that of the total.
    """

    name: str
    event: str
    field: str | None
    measure: str | None
    type: Type


@dataclass(frozen=True, slots=True)
class Counted:
    """How a clause is counted: for each event of type `each` (None: once a period), its borders over what.

    `quantity` is what is counted; None where a line depends on nothing but its own event. `gives` is the type of what
    the clause gives for a total, from which what it gives for the total before is taken.
    """

    each: str | None
    over: Over
    quantity: Quantity | None
    gives: Type

    @property
    def event(self) -> str:
        """The event type whose events are counted."""
        found = self.each if self.quantity is None else self.quantity.event
        assert found is not None, "a clause that is counted is so by events"
        return found

    @property
    def window(self) -> Window:
        """The days over which it is counted."""
        return Window("year to date") if self.over is Over.YEAR else THIS_PERIOD


@dataclass(frozen=True, slots=True)
class Rank:
    """The first, or last, `places` by the result `by`, among those with one value of the register's column `among`.

    None: in the company. Nobody is, where fewer than `people` are ranked; `least` is a condition on the result.
    """

    by: Column
    among: Column | None
    order: Literal["first", "last"]
    places: int
    people: int
    least: Expression | None
    ties: Ties
    span: Span

    @property
    def expressions(self) -> tuple[Formula, ...]:
        """What it reads of a person."""
        return (self.by, self.among, self.least)


@dataclass(frozen=True, slots=True)
class PayClause:
    """A line of pay: an `amount`, or a `rate`, `table` or `decision`, of `on` unless it gives amounts.

    `type` is that of the amount before rounding. `counted` is None for a clause that pays once a period, by the
    period's results alone. `below_zero`: of a negative `on` so much is taken back as would be paid.
    """

    name: str
    title: Title
    when: Expression | None
    amount: Expression | None
    on: Column | None
    rate: Expression | None
    table: Table | None
    prorated: bool
    type: Type
    span: Span
    identity: str
    decision: Decision | None = None
    rank: Rank | None = None
    counted: Counted | None = None
    below_zero: bool = False

    @property
    def expressions(self) -> tuple[Formula, ...]:
        """Everything that it reads, in order."""
        table = self.table
        tabled = (table.by, table.unit, table.below, *(row.gives for row in table.rows)) if table is not None else ()
        ranked = self.rank.expressions if self.rank is not None else ()
        return (self.when, self.amount, self.on, self.rate, self.decision, *tabled, *ranked)

    @property
    def each(self) -> str | None:
        """The event type for each of whose events it pays; None if it pays once a period."""
        return self.counted.each if self.counted is not None else None


@dataclass(frozen=True, slots=True)
class Limit:
    """A line over all lines of a policy: a gate with its `condition`, a floor or a cap with its `amount`.

    `opens`: the gate lets the pay through where its condition holds; else it takes it there.
    `carries`: what the cap takes is added in the next period.
    """

    kind: LimitKind
    title: Title
    condition: Expression | None
    opens: bool
    amount: Expression | None
    span: Span
    carries: bool = False

    @property
    def expressions(self) -> tuple[Formula, ...]:
        """Everything that it reads, in order."""
        return (self.condition, self.amount)

    @property
    def name(self) -> str:
        """The name of its lines."""
        return self.kind

    @property
    def identity(self) -> str:
        """What stands for it in the ids of actions."""
        return self.kind


@dataclass(frozen=True, slots=True)
class ActionClause:
    """Something triggered: an item of the catalogue, when a condition holds; `due` so long after the period.

    `in_a_row` is the number of periods in a row for which the condition must have held; `once_per` the kind of period
    in which a person gets the item only once.
    """

    name: str
    title: Title
    kind: ActionKind
    item: str
    when: Expression | None
    due: Due | None
    span: Span
    identity: str
    in_a_row: int | None = None
    once_per: str | None = None
    rank: Rank | None = None

    @property
    def expressions(self) -> tuple[Formula, ...]:
        """Everything that it reads, in order."""
        return (self.when, *(self.rank.expressions if self.rank is not None else ()))


Clause = PayClause | Limit | ActionClause
"""What reads results and leads to an entry."""


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
    the policies, each behind those whose facts it uses.
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
    sources: tuple[SourceMapping, ...]
    policies: tuple[CheckedPolicy, ...]
    order: tuple[str, ...] = ()

    def place(self, policy: str) -> int:
        """The place of a policy among all: behind those whose facts it uses."""
        return self.order.index(policy)
