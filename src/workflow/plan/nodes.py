"""The relational plan: typed nodes, free of any engine.

A plan is an ordered tuple of steps, each a name and a node; a node reads earlier steps by name. A step gives a
relation: a set of rows with declared fields. A field that may be missing has a mask of causes beside its value (0 where
the value is known, and only there); engines name it with `mask_of`. Rows have no order until `Emit` gives them one.

The room is longer than others so that all that an engine must know stands in one file.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from workflow.diagnostics import NOWHERE, Span
from workflow.model.terms import Function, Mode, Yields
from workflow.model.typed import Column, Expression
from workflow.model.types import COUNT, DATE, INSTANT, TEXT, Type
from workflow.plan.kernels import Kernel

WIDE = COUNT.sized(18, 0)
"""A number of microseconds, or an instant as such a number."""


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
"""What every accepted event has: `event` numbers all events of a run; a bare date's `event.time` is the last instant of
its day in the workspace's zone; `event.recorded` equals `event.time` where the source does not say when it became
known. All instants are UTC."""


PART_FIELDS: tuple[Field, ...] = (Field("event", COUNT), Field("part.number", COUNT))
"""What every part of a list in an event has: the event's number, and its own within the list, from 1."""


@dataclass(frozen=True, slots=True)
class Events:
    """The accepted events of one type: EVENT_FIELDS, then `fields`. Evidence table `event TYPE`. With `parts`, the
    parts of that list in these events instead: PART_FIELDS, then `fields`. Evidence table `parts TYPE LIST`.
    """

    type: str
    fields: tuple[Given, ...]
    parts: str | None = None

    @property
    def table(self) -> str:
        """The evidence table that is read."""
        return parts_table(self.type, self.parts) if self.parts is not None else f"event {self.type}"

    @property
    def always(self) -> tuple[Field, ...]:
        """What every row of it has."""
        return PART_FIELDS if self.parts is not None else EVENT_FIELDS


def parts_table(event: str, name: str) -> str:
    """The evidence table of the parts of a list in events of a type."""
    return f"parts {event} {name}"


@dataclass(frozen=True, slots=True)
class Register:
    """Dated rows of people or customers: `key` (text), `from` and `through` (dates, both included; an open end is
    9999-12-31), then `fields`. Rows of one key never overlap; intake has seen to it, so engines take the key and a day
    to be unique without looking. `beside` are columns that belong to the key, never missing. `undated`: every row is in
    force from 0001-01-01 through 9999-12-31, so that the key alone tells it apart. Evidence table `register NAME`.
    """

    name: str
    key: str
    fields: tuple[Given, ...]
    beside: tuple[Field, ...] = ()
    undated: bool = False

    @property
    def always(self) -> tuple[Field, ...]:
        """What every row of it has."""
        return Field(self.key, TEXT), *self.beside, Field("from", DATE), Field("through", DATE)


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

    The result is converted to `type`: a smaller scale rounds half even, what does not fit is missing. `zero_division`,
    `too_large` and `undefined` are the causes of the expression's own failures; None where the checker has shown that
    they can't happen. The name may not exist yet.
    """

    of: str
    name: str
    expression: Expression
    type: Type
    zero_division: int | None = None
    too_large: int | None = None
    undefined: int | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """A column that a Lookup brings over under a new name; `absent` is the cause where there is no row (None: there
    always is one, else the run fails).
    """

    column: str
    name: str
    absent: int | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """At most one row of `other` for each row of `of`; all rows of `of` stay.

    `on` pairs columns (of `of`, of `other`) that must be equal; a missing key finds nothing. `day` in `of`, if given,
    must lie from `other`'s `since` through its `until` (dates, both included); a missing day finds nothing. `found`,
    if given, names a truth column that says whether there was a row. Two rows for one: the run fails.
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
    """A row for each row of `periods` that overlaps `from`..`through` (columns of the expanded step, never missing;
    nothing overlaps where `through` is before `from`): adds `period`, `period.start`, `period.end`,
    and the overlap as `overlap.from`, `overlap.through` (dates, both included) and `overlap.days` (COUNT).
    """

    periods: str


@dataclass(frozen=True, slots=True)
class EachSuperior:
    """A row for each person above `person`, a text column, as of `day`: adds `superior.person` (of `person`'s type) and
    `superior.level` (COUNT, 1 = direct). Where `person` or `day` is missing there is nobody above.

    `register` is a step with `key`, `from`, `through` and the text column `parent`. Climbing ends where the parent
    is missing or has no row on that day: who has no row isn't there, and isn't added. `levels` bounds it (None: all
    levels); a circle ends at the first person met twice (the one it began with counts), who is not added again. Two
    rows of one person on one day: the run fails.

    `rate`, if given, is a numeric column of `register`: adds `superior.rate`, that of the person above, and
    `superior.below`, the greatest of `person`'s and of those on the way up; missing where one of these is, causes
    together.
    """

    register: str
    key: str
    parent: str
    person: str
    day: str
    levels: int | None = None
    rate: str | None = None


@dataclass(frozen=True, slots=True)
class EachPart:
    """A row for each row of `parts`, a step of `Events` with `parts`, that has the number of an event which stands in
    column `event` (COUNT); none where that is missing. Adds the columns of `parts` but its `event`.
    """

    parts: str
    event: str


@dataclass(frozen=True, slots=True)
class EachWithin:
    """A row for each row of `other` whose `day` lies from `since` through `until` of the expanded row (dates, both
    included), and whose columns are equal to its own as `on` pairs them (of `of`, of `other`). Nothing lies beside what
    is missing, nor is it equal. Adds `take`: columns of `other`, each under a new name.
    """

    other: str
    on: tuple[tuple[str, str], ...]
    day: str
    since: str
    until: str
    take: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Expand:
    """More rows from one: all columns of `of`, repeated, with those that `by` adds."""

    of: str
    by: EachPeriod | EachSuperior | EachPart | EachWithin


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate of a group.

    `where` is a truth column. Rows where it is false don't take part. A row where it is missing makes the measure
    missing with that row's causes. SUM, LEAST, GREATEST: a participating row whose `value` is missing makes the
    measure missing, with the causes of all such rows together. COUNT takes no `value` and counts rows. LATEST takes
    the row that is greatest by `order` (columns, first the weightiest; known values, else the run fails; text by code
    point) of those whose `where` is not false; only that row's `where` and `value` decide; the greatest being two
    rows, equal in all of `order`, that decide differently: the run fails.
    `empty` is the cause where `where` is false for all rows; None for COUNT, which is then 0, for SUM where 0 is
    meant, and where there is no `where`. LEAST and GREATEST take numbers, durations, dates and instants.
    `type` is that of the result: a sum is never rounded; one that does not fit is missing with `too_large`, which may
    be None where 10 more digits than a value's are sure to fit. `too_large` is added to no other cause.
    """

    name: str
    function: Function
    type: Type
    value: str | None = None
    where: str | None = None
    order: tuple[str, ...] = ()
    empty: int | None = None
    too_large: int | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One row for each group of equal `by` columns (known, else the run fails), with its measures. Without `by` all
    rows are one group; no rows, no groups.
    """

    of: str
    by: tuple[str, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """Adds `name`: the sum of `value` over the rows of a group (`by`) up to and including this one in `order`, which
    must be known and total within the group, else the run fails, as it does where `by` is missing. A missing value
    makes this and all later rows missing, causes together. A sum that does not fit `type` is missing with `too_large`
    (as in `Measure`); later rows are known again where theirs fits.
    """

    of: str
    name: str
    value: str
    by: tuple[str, ...]
    order: tuple[str, ...]
    type: Type
    too_large: int | None = None


@dataclass(frozen=True, slots=True)
class TierRow:
    """From `border`, included, up to the next row's, excluded. `gives` is a rate, an amount or a factor."""

    border: Expression
    gives: Expression
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Tiers:
    """Looks a result up in a table, and says what it pays before rounding.

    `rows` ascend by `border` (literals). `by` is a Column, or a DIV that is compared crosswise with every border; a
    product that needs more than 38 digits is too large. The row reached is the last whose border is not above `by`: 1
    is the lowest, 0 is below it; in WHOLE and MARGINAL a negative `by` is in row 0. Adds, with prefix `name`:

    * `name.row` (COUNT): the row reached.
    * WHOLE: `name.rate` (`rate_type`): what the row reached gives, 0 in row 0; `name` = rate times `on`, or with AMOUNT
      the amount itself.
    * MARGINAL (RATE only; `by` is `on`, or `on` divided by `unit`, a money value that borders are multiplied by):
      `name.part.i` for each row: the part of `on` that lies from its border to the next, exactly, of the type that
      `tables.part_type` gives; only what is above 0 and not above `on` counts. `name.rate`: what the row reached
      gives, 0 in row 0. `name` = the sum of part times rate.
    * INTERPOLATED (RATE, FACTOR): rows are points. `name.rate` is `below` (None: 0) in row 0, the last point's from it
      on, and straight in between: what the point reached gives, plus (difference to the next point's) * (`by` - border)
      / (difference of borders), this quotient rounded half even to the digits of `rate_type`, `by` divided as a DIV is.
      `name` = rate times `on`.

    A negative or zero `on` pays by the same arithmetic in WHOLE and INTERPOLATED; in MARGINAL its parts are 0.

    Missing: all that is added, where `by`, `on`, or a rate that is used is (WHOLE: that of the row reached; MARGINAL:
    those of all rows up to it; INTERPOLATED: those of the points beside `by`, or `below`), causes together; where `by`
    is divided by zero, or a product with a border or a part is too large, with that cause if these are known. `name`
    also where a rate times a part, or their sum so far, needs more than 38 digits, or the sum (rounded half even to
    `type`) does not fit; and `name.rate` and `name` where between two points `by`, as a DIV, fails, or a difference,
    the product of both, or the rate does not fit.
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
    undefined: int | None = None


@dataclass(frozen=True, slots=True)
class Apportion:
    """Adds `name`: `total` (equal within a group `by`) divided in proportion to `weight` (never negative), each part
    cut to `type.scale` digits, the cents left over given one by one to the largest remainders, ties by `order`. A
    negative total is divided as the positive one is. Parts add up to the total, whose digits `type` has.

    Missing if total or any weight of the group is missing, with all their causes; if the weights add up to zero
    (`zero_division`); if the total times the sum of the weights, as integers, needs more than 38 digits (`too_large`).
    The run fails where `by` or `order` is missing, `order` is not total within the group, a weight is negative or two
    totals of a group differ.
    """

    of: str
    name: str
    total: str
    weight: str
    by: tuple[str, ...]
    order: tuple[str, ...]
    type: Type
    zero_division: int
    too_large: int | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """What is sequential. Goes through the rows of each group (`by`) in `order` (known and total within the group, else
    the run fails), and adds `NAME.OUTPUT` (COUNT, or WIDE where the kernel says so; never missing) for each output of
    the kernel, whose class says what they are. `inputs` are the columns that it reads, in its order: truths and
    numbers; it says which may be missing. No output may depend on a later row, nor on another group. A kernel with rows
    `of_its_own` gives these instead, each with the columns `by` of its group.
    """

    of: str
    name: str
    by: tuple[str, ...]
    order: tuple[str, ...]
    kernel: Kernel
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """The rows of all inputs, with the fields that all of them have, of one type each, in the first one's order (a
    field that is `maybe` in one is so in the union).
    """

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emit:
    """An output of the plan: the chosen columns (step's name, output's name) with their masks, in `order` (known, total
    by construction; else the run fails). Text is ordered by code point.
    """

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
    | Fold
    | Union
    | Emit
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a value can be missing: a code with arguments, worded by `workflow.words` (room `run`), and its place.

    `because` is the cause behind it, where that lies in another policy.
    """

    code: str
    args: tuple[tuple[str, str], ...] = ()
    span: Span = NOWHERE
    because: Cause | None = None


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
