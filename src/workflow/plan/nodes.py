"""The relational plan: typed nodes, free of any engine.

A plan is an ordered tuple of steps, each a name and a node; a node reads earlier steps by name. A step gives a
relation: a set of rows with declared fields. A field that may be missing has a mask of causes beside its value (0 where
the value is known, and only there); engines name it with `mask_of`. Rows have no order until `Emit` gives them one.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.diagnostics import NOWHERE, Span
from workflow.model.typed import Column, Expression, Value
from workflow.model.types import COUNT, DATE, INSTANT, TEXT, Type


def mask_of(name: str) -> str:
    """The column that holds the causes of `name` being missing. Author's names hold no `?`, so it can't collide."""
    return name + "?"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a relation. `maybe`: it can be missing, so a mask of causes stands beside it."""

    name: str
    type: Type
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A column read from recorded evidence; `absent` is the cause where the record leaves it out (None: never)."""

    name: str
    type: Type
    absent: int | None = None


EVENT_FIELDS: tuple[Field, ...] = (
    Field("event", COUNT),
    Field("event.id", TEXT),
    Field("event.day", DATE),
    Field("event.time", INSTANT),
    Field("event.recorded", INSTANT),
    Field("event.source", TEXT),
)
"""What every accepted event has: `event` numbers all events of a run; a bare date's `event.time` is the end of its day,
UTC; `event.recorded` equals `event.time` where the source does not say when it became known."""


@dataclass(frozen=True, slots=True)
class Events:
    """The accepted events of one type: EVENT_FIELDS, then `fields`. Evidence table `event TYPE`."""

    type: str
    fields: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Dated rows of people or customers: `key` (text), `from` and `through` (dates, both included; an open end is
    9999-12-31), then `fields`. Rows of one key never overlap; intake has seen to it. Evidence table `register NAME`.
    """

    name: str
    key: str
    fields: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods a run needs: columns `period` (text), `period.start` and `period.end` (dates, both included)."""

    rows: tuple[tuple[str, datetime.date, datetime.date], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps the rows where `keep`, a truth column, is true; with `or_missing` also those where it is missing."""

    of: str
    keep: str
    or_missing: bool = False


@dataclass(frozen=True, slots=True)
class Derive:
    """One named column; the only home of an expression.

    The result is converted to `type`: a smaller scale rounds half even, what does not fit is missing. `zero_division`
    and `too_large` are the causes of the expression's own failures; None where the checker has shown that they can't
    happen. The name may not exist yet.
    """

    of: str
    name: str
    expression: Expression
    type: Type
    zero_division: int | None = None
    too_large: int | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """A column that a Lookup brings over under a new name; `absent` is the cause where there is no row (None: there
    always is one, else the run fails)."""

    column: str
    name: str
    absent: int | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """At most one row of `other` for each row of `of`; all rows of `of` stay.

    `on` pairs columns (of `of`, of `other`) that must be equal; a missing key finds nothing. `day` in `of`, if given,
    must lie from `other`'s `since` through its `until` (dates, both included). `found`, if given, names a truth column that says whether there was a
    row. Two rows for one: the run fails.
    """

    of: str
    other: str
    on: tuple[tuple[str, str], ...]
    take: tuple[Take, ...]
    day: str | None = None
    since: str = "from"
    until: str = "through"
    found: str | None = None


@dataclass(frozen=True, slots=True)
class EachPeriod:
    """A row for each row of `periods` that overlaps `from`..`through`: adds `period`, `period.start`, `period.end`,
    and the overlap as `overlap.from`, `overlap.through` (dates, both included) and `overlap.days` (COUNT)."""

    periods: str


@dataclass(frozen=True, slots=True)
class EachSuperior:
    """A row for each person above `person`, a text column, as of `day`: adds `superior` (text) and `level` (COUNT, 1 = direct).

    `register` is a step with `key`, `from`, `through` and the text column `parent`. Climbing ends where the parent
    is missing or has no row on that day; `levels` bounds it (None: all levels); a circle ends at the first person met
    twice, who is not added again.
    """

    register: str
    key: str
    parent: str
    person: str
    day: str
    levels: int | None = None


@dataclass(frozen=True, slots=True)
class Expand:
    """More rows from one: all columns of `of`, repeated, with those that `by` adds."""

    of: str
    by: EachPeriod | EachSuperior


class Function(StrEnum):
    """What an aggregate does with the values of a group."""

    SUM = "sum"
    COUNT = "count"
    LATEST = "latest"
    LEAST = "least"
    GREATEST = "greatest"


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate of a group.

    `where` is a truth column. Rows where it is false don't take part. A row where it is missing makes the measure
    missing with that row's causes. SUM, LEAST, GREATEST: a participating row whose `value` is missing makes the
    measure missing, with the causes of all such rows together. COUNT takes no `value` and counts rows. LATEST takes
    the row that is greatest by `order` (columns, first the weightiest; known values; text by code point); only that
    row's `where` and `value` decide; two rows equal in all of `order` with different values: the run fails.
    `empty` is the cause where no row takes part; None for COUNT, which is then 0, and for SUM where 0 is meant.
    `type` is that of the result: a sum is never rounded.
    """

    name: str
    function: Function
    type: Type
    value: str | None = None
    where: str | None = None
    order: tuple[str, ...] = ()
    empty: int | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One row for each group of equal `by` columns (never missing there), with its measures."""

    of: str
    by: tuple[str, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """Adds `name`: the sum of `value` over the rows of a group (`by`) up to and including this one in `order`, which
    must be total within the group, else the run fails. A missing value makes this and all later rows missing, causes
    together."""

    of: str
    name: str
    value: str
    by: tuple[str, ...]
    order: tuple[str, ...]
    type: Type


class Mode(StrEnum):
    """How a table of tiers turns a result into pay."""

    WHOLE = "whole"
    MARGINAL = "marginal"
    INTERPOLATED = "interpolated"


class Yields(StrEnum):
    """What a row of a table gives: a rate of `on`, an amount of money, or a factor of `on` (the target)."""

    RATE = "rate"
    AMOUNT = "amount"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class TierRow:
    """From `border`, included, up to the next row's, excluded. `gives` is a rate, an amount or a factor."""

    border: Expression
    gives: Expression
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Tiers:
    """Looks a result up in a table, and says what it pays before rounding.

    `rows` ascend by `border` (literals). `by` is a Column, or a DIV that is compared crosswise. Adds, with prefix `name`:

    * `name.row` (COUNT): the row reached, 1 for the lowest; 0 below it.
    * WHOLE: `name.rate` (`rate_type`): what the row reached gives, 0 in row 0; `name` = rate times `on`, or with AMOUNT
      the amount itself.
    * MARGINAL (RATE only): for each row i `name.part.i` (type of `on`): the part of `on` that lies in the row; `name` = the sum of
      part times rate. `unit`, where `by` is `on` divided by a money value, is that value: borders are multiplied by
      it. `name.rate`: the rate of the row reached, 0 in row 0.
    * INTERPOLATED (RATE, FACTOR): rows are points; between two the rate is straight, (12 digits, half even), from the last on
      flat; below the first `below`.

    A negative or zero `on` pays by the same arithmetic in WHOLE; in MARGINAL its parts are 0. A result of `by` below the lowest row, and a negative `by`, pays
    0 (WHOLE, MARGINAL). Everything added is missing where `by` or `on` (or the rate reached) is missing. Products that do not fit are
    too large; a `by` divided by zero is missing.
    """

    of: str
    name: str
    by: Expression
    on: Column | None
    mode: Mode
    yields: Yields
    rows: tuple[TierRow, ...]
    rate_type: Type
    type: Type
    unit: Column | None = None
    below: Expression | None = None
    zero_division: int | None = None
    too_large: int | None = None


@dataclass(frozen=True, slots=True)
class Apportion:
    """Adds `name`: `total` (equal within a group `by`) divided in proportion to `weight` (never negative), each part cut
    to `type.scale` digits, the cents left over given one by one to the largest remainders, ties by `order`.
    Missing if total or any weight of the group is missing, or if the weights add up to zero (`zero_division`)."""

    of: str
    name: str
    total: str
    weight: str
    by: tuple[str, ...]
    order: tuple[str, ...]
    type: Type
    zero_division: int


@dataclass(frozen=True, slots=True)
class Union:
    """The rows of all inputs, which have the same fields (a field that is `maybe` in one is so in the union)."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emit:
    """An output of the plan: the chosen columns (step's name, output's name) with their masks, in `order` (known, total
    by construction; else the run fails). Text is ordered by code point."""

    of: str
    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]


Node = (
    Events
    | Register
    | Periods
    | Filter
    | Derive
    | Lookup
    | Expand
    | Aggregate
    | Running
    | Tiers
    | Apportion
    | Union
    | Emit
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value can be missing: a code with arguments, worded by `workflow.words` (room `run`), and its place."""

    code: str
    args: tuple[tuple[str, str], ...] = ()
    span: Span = NOWHERE


MAX_CAUSES = 62
"""Causes a policy can have: the bits of a signed 64-bit mask that stay free of its sign."""


@dataclass(frozen=True, slots=True)
class Step:
    """A node and the name by which later nodes, and readers, know its relation."""

    name: str
    node: Node


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which each reads only earlier ones. The outputs are the `Emit` steps, by name.

    `causes` is the table that masks point into: bit i of any mask is `causes[i]`.
    """

    steps: tuple[Step, ...]
    causes: tuple[Cause, ...] = field(default=())
