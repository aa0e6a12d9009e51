"""Typed expressions over whole numbers, and over moments and durations as counts of their smallest unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from workflow.diagnostics import NOWHERE, Span
from workflow.model.sizes import DURATION_DIGITS, product_type, quotient_type, sum_type
from workflow.model.typed import Apply, Expression, Literal, Op, Round, Rounding
from workflow.model.types import MAX_DIGITS, Kind, Type, literal_type, number

_DIGITS = {Kind.DATE: 7, Kind.TIME: 11}


def whole(value: int | str, kind: Kind = Kind.NUMBER) -> Literal:
    """A number of ours in a formula."""
    exact = Decimal(value)
    return Literal(exact, literal_type(kind, exact))


def count_of(of: Expression, span: Span = NOWHERE) -> Expression:
    """A moment or a duration as a number of its smallest units."""
    return Apply(Op.COUNT_OF, (of,), number(_DIGITS.get(of.type.kind, DURATION_DIGITS), 0), span)


def of_count(count: Expression, to: Type, span: Span = NOWHERE) -> Expression:
    """The moment or duration of so many units."""
    return Apply(Op.OF_COUNT, (count,), to, span)


def plus(left: Expression, right: Expression, op: Op = Op.ADD) -> Expression:
    """The sum of two numbers, or their difference."""
    return Apply(op, (left, right), sum_type(left.type, right.type))


def times(left: Expression, right: Expression) -> Expression:
    """A product; the caller knows that its scales fit."""
    of = product_type(left.type, right.type, left.type.kind, left.type.unit)
    assert of is not None
    return Apply(Op.MUL, (left, right), of)


def paired(values: Sequence[Expression], joined: Callable[[Expression, Expression], Expression]) -> Expression:
    """Several values joined two by two: as deep as their number has digits in base two, and no digit wider."""
    left = list(values)
    while len(left) > 1:
        pairs = zip(left[::2], left[1::2], strict=False)
        left = [joined(one, other) for one, other in pairs] + left[len(left) & ~1 :]
    return left[0]


def over(left: Expression, right: Expression) -> Expression:
    """A quotient of 12 digits."""
    return Apply(Op.DIV, (left, right), quotient_type(left.type, right.type, Kind.NUMBER))


def cut(value: Expression, mode: Rounding, scale: int = 0, span: Span = NOWHERE) -> Expression:
    """A number rounded to so many digits after the point; as it is where it has no more."""
    of = value.type
    if of.scale <= scale:
        return value
    return Round(value, mode, of.sized(max(of.precision - of.scale + 1 + scale, 1), scale), span)


def rest(value: Expression, divisor: Expression) -> Expression | None:
    """What is left over whole divisors; None where no decimal holds both sides."""
    a, b = value.type, divisor.type
    scale = max(a.scale, b.scale)
    if max(a.precision - a.scale, b.precision - b.scale) + scale > MAX_DIGITS:
        return None
    return Apply(Op.MODULO, (value, divisor), a.sized(max(b.precision - b.scale + scale, 1), scale))


def units_in(count: Expression, unit: int, of: int = 0) -> Expression:
    """Whole units in a count, cut towards zero; `of`: what is left over whole numbers of them, with the sign."""
    units = cut(over(count, whole(unit)), Rounding.DOWN) if unit > 1 else count
    if not of:
        return units
    larger = cut(over(units, whole(of)), Rounding.DOWN)
    return plus(units, times(larger, whole(of)), Op.SUB)
