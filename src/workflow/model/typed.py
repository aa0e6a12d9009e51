"""Typed expressions: what a formula means once its names, units and sizes are known.

The checker makes them, the plan carries them, engines compute them. Three-valued: every expression gives a value or is
missing with its causes. The rules of missing, equal in all engines:

* arithmetic, comparison, rounding: missing if an operand is, with the causes of all missing operands;
* `AND` / `OR`: decided as soon as known operands decide; else missing with the causes of all missing operands;
* `NOT`: missing with its operand;
* `IF`: missing with the condition's causes if the condition is; else whatever the chosen branch gives;
* `IS_MISSING`: always known.

An operation whose operands are all known, and that fails by itself (division by zero, a result that does not fit its
type, a text that is no number), is missing with the cause that the enclosing node declares for it; a branch of `IF`
that is not taken fails nothing. A number fits if its unscaled integer stays below 10**precision; `sizes` says where
that needs watching. Causes are bits of a 62-bit mask; the plan's table of causes says what each means.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workflow.diagnostics import NOWHERE, Span
from workflow.model.types import Type

Value = Decimal | str | bool | datetime.date | datetime.datetime | int
"""A known value: numeric kinds are Decimal, durations and times of day int, instants UTC datetimes without a zone."""


class Op(StrEnum):
    """The operators.

    ADD SUB MUL DIV are binary, NEG and NOT unary. EQ to GE compare two operands of one kind. AND and OR take two or
    more. IF takes condition, then, otherwise. IS_MISSING takes one. MIN and MAX take two or more operands. MUL and DIV
    take numbers; ADD, SUB and NEG also durations of one kind; MIN and MAX all that has an order. Texts are ordered by
    code point, values of an ordered kind by their place in the type's `values`, and the empty text is a value like any
    other. All others are the built-ins below.

    * ABS(x) of a number or duration. MODULO(a, b): what is left of a after whole b, with the sign of b; by zero is a
      division by zero. NTH(k, x, y, ...): the k-th least of several numbers of one type, k a literal from 1.
    * Texts are counted by code point. JOIN(a, b, ...). LENGTH(a). SUBSTRING(a, from, count): positions from 1, or from
      -1 at the end; without `count` all that follows; undefined where `from` is not a place of the text or `count` is
      below 1. UPPER, LOWER: letter by letter, where the other case is one letter. CONTAINS, STARTS, ENDS(a, b).
      BEFORE, AFTER(a, b): what stands before or after the first b, the empty text where there is none.
    * TEXT_OF(x): numbers without superfluous zeros, moments in the form of ISO 8601. NUMBER_OF(a, grouping, point):
      both literals; undefined where the text is no number or doesn't fit the type. DATE_OF(a): undefined where the
      text is no date of the form `2026-07-01`.
    * COUNT_OF(x): a duration in its unit, a time of day in microseconds, a date as days since 1970-01-01, what has both
      as microseconds since then. OF_COUNT(n): the same backwards, into the type; undefined where there is no such
      moment from year 1 to year 9999, or no such time of a day; too large where a duration doesn't fit.
    * YEAR, MONTH, DAY, WEEKDAY (Monday is 1), DAY_OF_YEAR, WEEK_OF_YEAR (of ISO 8601), DAY_NAME, MONTH_NAME of a date.
      DATE_FROM(year, month, day): undefined where there is no such date.
      ADD_MONTHS(moment, duration): a day that the month hasn't is its last; undefined beyond the years.
      MONTHS_BETWEEN(a, b): whole months from one date to another, cut towards zero.
    """

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    NEG = "negate"
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    AND = "and"
    OR = "or"
    NOT = "not"
    IF = "if"
    IS_MISSING = "is missing"
    MIN = "min"
    MAX = "max"
    ABS = "abs"
    MODULO = "modulo"
    NTH = "nth"
    JOIN = "join"
    LENGTH = "length"
    SUBSTRING = "substring"
    UPPER = "upper"
    LOWER = "lower"
    CONTAINS = "contains"
    STARTS = "starts"
    ENDS = "ends"
    BEFORE = "before"
    AFTER = "after"
    TEXT_OF = "text of"
    NUMBER_OF = "number of"
    DATE_OF = "date of"
    COUNT_OF = "count of"
    OF_COUNT = "of count"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    WEEKDAY = "weekday"
    DAY_OF_YEAR = "day of year"
    WEEK_OF_YEAR = "week of year"
    DAY_NAME = "day name"
    MONTH_NAME = "month name"
    DATE_FROM = "date from"
    ADD_MONTHS = "add months"
    MONTHS_BETWEEN = "months between"


UNDEFINED = frozenset({Op.SUBSTRING, Op.NUMBER_OF, Op.DATE_OF, Op.OF_COUNT, Op.DATE_FROM, Op.ADD_MONTHS})
"""Operators that have no result for some operands."""
COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})


OVER_CELLS = COMPARISONS | {
    Op.AND, Op.OR, Op.NOT, Op.IF, Op.IS_MISSING, Op.JOIN, Op.CONTAINS, Op.STARTS, Op.ENDS, Op.UPPER, Op.LOWER,
}  # fmt: skip
"""The operators that a source's `where` may hold: what the texts of a file's cells can be asked as they stand."""


class Rounding(StrEnum):
    """How the last digit is decided; the names are the policy language's."""

    HALF_UP = "half up"
    HALF_EVEN = "half even"
    HALF_DOWN = "half down"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the policy."""

    value: Value
    type: Type
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Column:
    """A named value: the same word in the policy, the plan and the result."""

    name: str
    type: Type
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Missing:
    """Always missing, with one cause (an index into the plan's table of causes)."""

    cause: int
    type: Type
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator over its operands.

    Numeric operands may differ in size; the engine brings them to the sizes it needs without losing a digit:

    * ADD, SUB, MUL, NEG, MIN, MAX, IF: the exact result, which `type` has the digits for after the point. Too large
      where it does not fit `type`; for ADD, SUB, MIN and MAX also where an operand, brought to `type.scale`, needs more
      than 38 digits. Of IF only the branch taken counts.
    * DIV: the exact quotient rounded half even to `type.scale`. As integers it is |left| * 10**e / |right| with
      e = type.scale + right.scale - left.scale (a negative e multiplies |right| instead); too large where the side so
      multiplied does not stay below 10**38, or the result does not fit `type`.
    * A comparison is exact whatever the sizes are, and never fails by itself unless an operand is a DIV.
    * A comparison one of whose operands is a DIV compares crosswise, exactly, as one operation of three operands:
      `n / d >= y` is `n >= y * d` for d > 0 and `n <= y * d` for d < 0, missing (division by zero) for d = 0; where the
      product does not fit in 38 digits, too large. If both operands are DIV, the right one is computed as a DIV, the
      left one crosswise.
    """

    op: Op
    args: tuple[Expression, ...]
    type: Type
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Round:
    """`value` rounded to `type.scale` digits; halves and directions as `mode` says: HALF_UP and UP go away from zero,
    HALF_DOWN and DOWN towards it, CEILING and FLOOR up and down the line. Too large where it does not fit `type`.
    """

    value: Expression
    mode: Rounding
    type: Type
    span: Span = NOWHERE


Expression = Literal | Column | Missing | Apply | Round
