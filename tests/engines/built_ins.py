"""Random calls of the built-ins, for the expressions of this room."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from workflow.model.typed import Apply, Expression, Literal, Op, Round, Rounding
from workflow.model.types import DATE, DATE_TIME, MAX_DIGITS, TEXT, TIME, TRUTH, Kind, Type, number

Make = Callable[[Kind], Expression]
"""Makes an expression of a kind, one level lower."""

MONTHS, ELAPSED = Type(Kind.MONTHS), Type(Kind.ELAPSED)
_SAID = (Kind.NUMBER, Kind.TRUTH, Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.MONTHS, Kind.ELAPSED)
_OF_DAY = (Op.YEAR, Op.MONTH, Op.DAY, Op.WEEKDAY, Op.DAY_OF_YEAR, Op.WEEK_OF_YEAR)


def _whole(value: int) -> Literal:
    return Literal(Decimal(value), number(max(len(str(abs(value))), 1), 0))


def _down(rng: random.Random, make: Make) -> Expression:
    """A whole number of few digits: mostly a small one, so that it can mean a day or a position."""
    if rng.random() < 0.7:
        return _whole(rng.choice((0, 1, -1, 2, 3, -2, 12, 13, 28, 29, 30, 31, 2024, 2026, 9999, 10_000)))
    value = make(Kind.NUMBER)
    if value.type.precision - value.type.scale > 17:
        return _whole(rng.randint(-5, 40))
    return Round(value, Rounding.DOWN, number(max(value.type.precision - value.type.scale + 1, 1), 0))


def text(rng: random.Random, make: Make) -> Expression:
    """A text that a built-in gives."""
    op = rng.choice(
        (Op.JOIN, Op.SUBSTRING, Op.UPPER, Op.LOWER, Op.BEFORE, Op.AFTER, Op.TEXT_OF, Op.DAY_NAME, Op.MONTH_NAME)
    )
    if op in (Op.DAY_NAME, Op.MONTH_NAME):
        return Apply(op, (make(Kind.DATE),), TEXT)
    if op is Op.TEXT_OF:
        return Apply(op, (make(rng.choice(_SAID)),), TEXT)
    if op is Op.SUBSTRING:
        places = tuple(_down(rng, make) for _ in range(rng.randint(1, 2)))
        return Apply(op, (make(Kind.TEXT), *places), TEXT)
    return Apply(op, tuple(make(Kind.TEXT) for _ in range(1 if op in (Op.UPPER, Op.LOWER) else 2)), TEXT)


def counted(rng: random.Random, make: Make) -> Expression:
    """A number that a built-in gives."""
    op = rng.choice((Op.LENGTH, Op.NUMBER_OF, Op.COUNT_OF, *_OF_DAY))
    if op is Op.LENGTH:
        return Apply(op, (make(Kind.TEXT),), number(10, 0))
    if op is Op.NUMBER_OF:
        marks = rng.choice((("", "."), (",", "."), (".", ","), (" ", ",")))
        return Apply(op, (make(Kind.TEXT), *(Literal(mark, TEXT) for mark in marks)), number(26, 12))
    if op is Op.COUNT_OF:
        kind = rng.choice((Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.INSTANT, Kind.ELAPSED, Kind.MONTHS))
        return Apply(op, (make(kind),), number(18, 0))
    return Apply(op, (make(rng.choice((Kind.DATE, Kind.DATE_TIME))),), number(5, 0))


def of_numbers(rng: random.Random, numeric: Callable[[], Expression]) -> Expression | None:
    """A number that a built-in makes of numbers of its kind."""
    op = rng.choice((Op.ABS, Op.MODULO, Op.NTH))
    first = numeric()
    if op is Op.ABS:
        return Apply(op, (first,), first.type)
    second = numeric()
    a, b = first.type, second.type
    scale = max(a.scale, b.scale)
    whole = max(a.precision - a.scale, b.precision - b.scale)
    if whole + scale > MAX_DIGITS:
        return None
    of = a.sized(max(whole + scale, 1), scale)
    if op is Op.MODULO:
        return Apply(op, (first, second), of)
    return Apply(op, (_whole(rng.randint(1, 2)), first, second), of)


def truth(rng: random.Random, make: Make) -> Expression:
    """A question about texts."""
    return Apply(rng.choice((Op.CONTAINS, Op.STARTS, Op.ENDS)), (make(Kind.TEXT), make(Kind.TEXT)), TRUTH)


def moment(rng: random.Random, kind: Kind, make: Make) -> Expression:
    """A date, a time, or both."""
    of = {Kind.DATE: DATE, Kind.TIME: TIME, Kind.DATE_TIME: DATE_TIME}[kind]
    luck = rng.random()
    if kind is Kind.DATE and luck < 0.2:
        return Apply(Op.DATE_OF, (make(Kind.TEXT),), DATE)
    if kind is Kind.DATE and luck < 0.4:
        return Apply(Op.DATE_FROM, tuple(_down(rng, make) for _ in range(3)), DATE)
    if kind is not Kind.TIME and luck < 0.7:
        return Apply(Op.ADD_MONTHS, (make(kind), make(Kind.MONTHS)), of)
    if luck < 0.8:
        return Apply(rng.choice((Op.MIN, Op.MAX)), (make(kind), make(kind)), of)
    return Apply(Op.OF_COUNT, (_whole(rng.choice((0, -1, 19_000, 2_932_896, 2_932_897, 10**9, 86_400_000_000))),), of)


def length(rng: random.Random, kind: Kind, make: Make) -> Expression:
    """A duration."""
    if kind is Kind.MONTHS and rng.random() < 0.5:
        return Apply(Op.MONTHS_BETWEEN, (make(Kind.DATE), make(Kind.DATE)), MONTHS)
    if rng.random() < 0.5:
        return Apply(Op.OF_COUNT, (_down(rng, make),), Type(kind))
    return Apply(Op.ABS, (make(kind),), Type(kind))
