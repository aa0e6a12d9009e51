"""What a policy measures and calculates, checked: events and their fields, groups, measures, tables, values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from workflow.diagnostics import Span
from workflow.model.terms import THIS_PERIOD, Function, Hit, Window
from workflow.model.typed import Column, Expression
from workflow.model.types import Type

Title = Mapping[str, str]
"""A title by language tag; empty where the author gave none."""


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
    """An event type. `owner` is its person field, `case` the field that names the case it is about, if it says one;
    `reverses` the type it reverses and the field naming that event.
    """

    name: str
    title: Title
    fields: Mapping[str, CheckedField]
    owner: str | None
    reverses: tuple[str, str] | None
    span: Span
    lists: Mapping[str, ListField] = field(default_factory=dict)
    case: str | None = None


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
