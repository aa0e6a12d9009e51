"""The tree of an expression as the author wrote it: every node with its span, no name resolved, no type known."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workflow.diagnostics import Span

Arithmetic = Literal["+", "-", "*", "/", "**"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
DurationUnit = Literal["years", "months", "weeks", "days", "hours", "minutes", "seconds"]


@dataclass(frozen=True, slots=True)
class Number:
    """`1.50`, `10万`: a bare number with the scale that its digits show."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Percent:
    """`80%`; `value` is the number before the sign."""

    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Money:
    """`60000 CNY`, `10万 CNY`."""

    value: Decimal
    currency: str
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """`"cloud"`, without its quotes."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class YesNo:
    """`true`, `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Null:
    """`null`: no value; only an optional parameter may be left out so, and the checker says what is meant elsewhere."""

    span: Span


@dataclass(frozen=True, slots=True)
class Date:
    """`2026-07-01`."""

    value: datetime.date
    span: Span


@dataclass(frozen=True, slots=True)
class At:
    """`@"10:30:00"`, `@"P1Y2M"`: a moment or a duration in the form of ISO 8601; the text in its quotes."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    """`6 months`, `4 working hours`, `1 working day`."""

    value: Decimal
    unit: DurationUnit
    working: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """`revenue`, `person.role`: a path of names as written."""

    path: tuple[str, ...]
    span: Span

    @property
    def text(self) -> str:
        """The path as one dotted word."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Negate:
    """`-x`."""

    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Calculate:
    """Arithmetic between two operands; `operator_span` underlines the sign."""

    operator: Arithmetic
    left: Expression
    right: Expression
    operator_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison between two operands."""

    operator: Comparison
    left: Expression
    right: Expression
    operator_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class All:
    """`a and b and c`: true when every operand is."""

    operands: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Any:
    """`a or b or c`: true when one operand is."""

    operands: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """`not(x)`."""

    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Between:
    """`x between a and b`, both borders included."""

    operand: Expression
    low: Expression
    high: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Range:
    """`[a..b)`: a side that is None is open without an end; `low_in`, `high_in` say whether the border belongs."""

    low: Expression | None
    high: Expression | None
    low_in: bool
    high_in: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Unless:
    """`!= a` as a test after `in`: every value but this one."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class List:
    """`[a, b, c]`: several values, for what takes a list; an item may be a range where the list is one of tests."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class In:
    """`x in (a, b, [c..d))`: true when one of the tests holds; a test is a value, a range, or a list of them."""

    operand: Expression
    tests: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`if c then a else b`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class IsMissing:
    """`x is missing`, or with `known` set `x is known`."""

    operand: Expression
    known: bool
    span: Span


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`customer.tier at least "standard"`: on ordered values only."""

    operand: Expression
    least: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class AtMost:
    """`customer.tier at most "standard"`: on ordered values only."""

    operand: Expression
    most: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Property:
    """`date("2026-07-01").month`: a part of a value; after a name it is written as a path, and so a `Name`."""

    operand: Expression
    name: str
    name_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`min(revenue, 2 * quota)`: a built-in by its name; `names` are those of parameters, where they are written."""

    name: str
    arguments: tuple[Expression, ...]
    name_span: Span
    span: Span
    names: tuple[str, ...] = ()


Expression = (
    Number
    | Percent
    | Money
    | Text
    | YesNo
    | Null
    | Date
    | At
    | Duration
    | Name
    | Negate
    | Calculate
    | Compare
    | All
    | Any
    | Not
    | Between
    | Range
    | Unless
    | List
    | In
    | If
    | IsMissing
    | AtLeast
    | AtMost
    | Property
    | Call
)
