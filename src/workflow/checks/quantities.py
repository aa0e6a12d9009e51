"""The units of arithmetic: which quantities may meet, and what comes out.

Like units may be added; money may be multiplied and divided by bare numbers and ratios; a quotient of like units is a
ratio. A number that stands there, or is reckoned from such alone, has no unit of its own: multiplying or dividing by it
scales the other side and keeps its kind.
"""

from __future__ import annotations

from dataclasses import replace

from workflow.model import sizes
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import Kind, Type

_RECKONED = frozenset({Op.NEG, Op.ADD, Op.SUB, Op.MUL, Op.DIV})


def calculated(op: Op, left: Expression, right: Expression) -> Type | None:
    """The type of `left op right`, or None where the units can't meet."""
    match op:
        case Op.ADD | Op.SUB:
            return _sum(left, right)
        case Op.MUL:
            return _product(left, right)
        case _:
            return _quotient(left, right)


def alike(one: Type, other: Type) -> bool:
    """Whether values of both have the same unit."""
    return (one.kind, one.unit) == (other.kind, other.unit)


def unified(one: Type, other: Type) -> Type | None:
    """The type that holds values of both, or None where their units differ."""
    if not alike(one, other):
        return None
    if not one.is_numeric:
        return one if one == other else replace(one, values=())
    return sizes.unified(one, other)


def is_zero(of: Expression) -> bool:
    """Whether it is the bare literal 0, which may stand beside any unit."""
    return isinstance(of, Literal) and of.type.kind is Kind.NUMBER and of.value == 0


def _is_bare(of: Expression) -> bool:
    match of:
        case Literal(type=type_):
            return type_.kind is Kind.NUMBER
        case Apply(op=op, args=args) if op in _RECKONED:
            return all(_is_bare(arg) for arg in args)
    return False


def _sum(left: Expression, right: Expression) -> Type | None:
    one = replace(left.type, kind=right.type.kind, unit=right.type.unit) if is_zero(left) else left.type
    other = replace(right.type, kind=one.kind, unit=one.unit) if is_zero(right) else right.type
    return sizes.sum_type(one, other) if alike(one, other) else None


def _product(left: Expression, right: Expression) -> Type | None:
    one, other = left.type, right.type
    if Kind.MONEY in {one.kind, other.kind}:
        return None if one.kind == other.kind else sizes.product_type(one, other, Kind.MONEY, one.unit or other.unit)
    if _is_bare(left) or _is_bare(right):
        return sizes.product_type(one, other, other.kind if _is_bare(left) else one.kind)
    kind = Kind.RATIO if one.kind == other.kind == Kind.RATIO else Kind.NUMBER
    return sizes.product_type(one, other, kind)


def _quotient(left: Expression, right: Expression) -> Type | None:
    one, other = left.type, right.type
    if one.kind is Kind.MONEY:
        if other.kind is not Kind.MONEY:
            return sizes.quotient_type(one, other, Kind.MONEY, one.unit)
        return sizes.quotient_type(one, other, Kind.RATIO) if one.unit == other.unit else None
    if other.kind is Kind.MONEY:
        return None
    if _is_bare(right) or one.kind is Kind.RATIO:
        return sizes.quotient_type(one, other, one.kind)
    return sizes.quotient_type(one, other, Kind.RATIO if other.kind is Kind.NUMBER else Kind.NUMBER)
