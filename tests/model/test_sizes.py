"""Sizes hold every result: by the largest values that the operands can have."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from workflow.model.sizes import (
    can_overflow,
    conversion_can_overflow,
    product_type,
    quotient_type,
    sum_can_overflow,
    sum_type,
    unified,
)
from workflow.model.typed import Op
from workflow.model.types import Kind, Type, number

SIZES = [number(p, s) for p in (1, 2, 5, 18, 28, 37, 38) for s in (0, 1, 2, 12, 26, 38) if s <= p]
PAIRS = list(itertools.product(SIZES, SIZES))


def largest(of: Type) -> Fraction:
    return Fraction(10**of.precision - 1, 10**of.scale)


def holds(of: Type, value: Fraction) -> bool:
    return bool(abs(round(value * 10**of.scale)) < 10**of.precision)


@pytest.mark.parametrize("op", [Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MIN, Op.MAX, Op.NEG, Op.IF])
def test_no_result_is_larger_than_said(op: Op) -> None:
    """Where a type can't overflow, it holds the greatest result that there is; the inferred ones only do past 38."""
    safe = 0
    for a, b in PAIRS:
        exact, args, to = greatest(op, a, b)
        if to is None:
            assert a.scale + b.scale > 38
            continue
        if not can_overflow(op, args, to):
            assert holds(to, exact), (op, a, b, to)
            safe += 1
        else:
            # A dividend or divisor may be too large to be scaled, whatever the quotient is.
            assert to.precision == 38 or op is Op.DIV, (op, a, b, to)
    assert safe > len(PAIRS) / 5


def greatest(op: Op, a: Type, b: Type) -> tuple[Fraction, tuple[Type, ...], Type | None]:
    """The greatest magnitude of a result, the operands' types, and the inferred type."""
    if op in (Op.ADD, Op.SUB):
        return largest(a) + largest(b), (a, b), sum_type(a, b)
    if op is Op.MUL:
        return largest(a) * largest(b), (a, b), product_type(a, b, Kind.NUMBER)
    if op is Op.DIV:
        return largest(a) * 10**b.scale, (a, b), quotient_type(a, b, Kind.NUMBER)
    if op is Op.NEG:
        return largest(a), (a,), a
    operands = (Type(Kind.TRUTH), a, b) if op is Op.IF else (a, b)
    return max(largest(a), largest(b)), operands, unified(a, b)


def test_narrower_type_is_watched() -> None:
    """A type chosen narrower than inferred can overflow."""
    assert can_overflow(Op.ADD, (number(4, 2), number(4, 2)), number(4, 2))
    assert not can_overflow(Op.ADD, (number(4, 2), number(4, 2)), number(5, 2))


def test_rounding_can_carry() -> None:
    """9.99 becomes 10.0, which needs a digit more."""
    assert conversion_can_overflow(number(3, 2), number(2, 1))
    assert not conversion_can_overflow(number(3, 2), number(3, 1))
    assert not conversion_can_overflow(number(3, 2), number(4, 3))


def test_sum_of_many() -> None:
    """Ten more digits hold every sum of a run."""
    assert not sum_can_overflow(number(18, 4), number(28, 4))
    assert sum_can_overflow(number(18, 4), number(27, 4))
    assert sum_can_overflow(Type(Kind.ELAPSED), Type(Kind.ELAPSED))
