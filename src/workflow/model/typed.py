"""Typed expressions: what a formula means once its names, units and sizes are known.

The checker makes them, the plan carries them, engines compute them. Three-valued: every expression gives a value or is
missing with its causes. The rules of missing, equal in all engines:

* arithmetic, comparison, rounding: missing if an operand is, with the causes of all missing operands;
* `AND` / `OR`: decided as soon as known operands decide; else missing with the causes of all missing operands;
* `NOT`: missing with its operand;
* `IF`: missing with the condition's causes if the condition is; else whatever the chosen branch gives;
* `IS_MISSING`: always known.

An operation that fails by itself (division by zero, a result that does not fit its type) is missing with the cause
that the enclosing `Derive` declares for it. Causes are bits of a 62-bit mask; the plan's table of causes says what
each means.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workflow.diagnostics import NOWHERE, Span
from workflow.model.types import Type

Value = Decimal | str | bool | datetime.date | datetime.datetime | int
"""A known value: numeric kinds are Decimal, durations int, instants UTC datetimes."""


class Op(StrEnum):
    """The operators.

    ADD SUB MUL DIV are binary, NEG and NOT unary. EQ to GE compare two operands of one kind. AND and OR take two or
    more. IF takes condition, then, otherwise. IS_MISSING takes one. MIN and MAX take two or more numeric operands.
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


COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})


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

    * ADD, SUB, MUL, NEG, MIN, MAX, IF: the exact result is converted to `type`; more than 38 digits is missing, too
      large.
    * DIV: the exact quotient rounded half even to `type.scale`. Too large unless both |left| * 10**(type.scale +
      right.scale - left.scale), all as integers, and the result stay below 10**38.
    * A comparison one of whose operands is a DIV compares crosswise, exactly: `n / d >= y` is `n >= y * d` for d > 0
      and `n <= y * d` for d < 0, missing (division by zero) for d = 0; where the product does not fit in 38 digits,
      too large. If both operands are DIV, the right one is computed as a DIV, the left one crosswise.
    """

    op: Op
    args: tuple[Expression, ...]
    type: Type
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Round:
    """`value` rounded to `type.scale` digits; halves and directions as `mode` says, away from zero for HALF_UP."""

    value: Expression
    mode: Rounding
    type: Type
    span: Span = NOWHERE


Expression = Literal | Column | Missing | Apply | Round
