"""What a policy pays and triggers, checked: lines of pay with their tables, limits over them, actions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workflow.checks.calculated import (
    Decision,
    Formula,
    Title,
)
from workflow.diagnostics import Span
from workflow.model.terms import THIS_PERIOD, Mode, Over, Window, Yields
from workflow.model.typed import Column, Expression
from workflow.model.types import Type
from workflow.worktime.due import Due

ActionKind = Literal["training", "coaching", "award", "task", "nominate", "support", "notify"]
ITEMS: tuple[ActionKind, ...] = ("training", "coaching", "award", "task", "nominate", "support")
"""The kinds of what catalogue/actions.yaml lists."""
LimitKind = Literal["gate", "floor", "cap"]
Ties = Literal["all", "split", "none"]
LINE_DIGITS = 26
"""Digits before the point of what a policy pays, where lines of all clauses share one column."""


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
class Recipient:
    """A person who is told: whoever the register has in a column, or with `above` that person's own superior."""

    column: Column
    above: bool


@dataclass(frozen=True, slots=True)
class ActionClause:
    """Something triggered when a condition holds: an item of the catalogue, or that somebody is told; `due` so long
    after the period. `item` is its name, or the author's word for whoever is told; `told` is where that person is
    looked up, None of a role and of the person himself.

    `in_a_row` is the number of periods in a row for which the condition must have held; `once_per` the kind of period
    in which a person gets the item only once. `seen_by` are the
    roles that see for whom it is triggered; none: everybody does.
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
    told: Recipient | None = None
    seen_by: tuple[str, ...] = ()

    @property
    def is_for_role(self) -> bool:
        """Whether it tells a role, who is nobody of the register."""
        return self.kind == "notify" and self.told is None and self.item != "person"

    @property
    def expressions(self) -> tuple[Formula, ...]:
        """Everything that it reads, in order."""
        told = self.told.column if self.told is not None else None
        return (self.when, told, *(self.rank.expressions if self.rank is not None else ()))


Clause = PayClause | Limit | ActionClause
"""What reads results and leads to an entry."""
