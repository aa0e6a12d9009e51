"""How many digits a result needs: the one rule that checker, plan and engines share.

A number fits its type if it has no more digits after the point than `scale`, and its unscaled integer (the number
times 10**scale) stays below 10**`precision` in magnitude. A size inferred here without being cut to 38 digits holds
every result, so nothing has to be watched at run time; where it was cut, or a caller chose a narrower one,
`can_overflow` says so, and a cause for "too large" is needed.

Durations are whole numbers of at most 18 digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflow.model.typed import COMPARISONS, UNDEFINED, Apply, Expression, Literal, Op, Round
from workflow.model.types import MAX_DIGITS, QUOTIENT_SCALE, SUM_DIGITS, Kind, Type

DURATIONS = frozenset({Kind.MONTHS, Kind.ELAPSED, Kind.WORKING})
DURATION_DIGITS = 18
"""A duration stays below 10**18 of its unit, so it fits 64 bits: 31,000 years of microseconds."""


@dataclass(frozen=True, slots=True)
class Size:
    """Digits in all, and after the point; `precision` may exceed what a decimal can hold."""

    precision: int
    scale: int

    @property
    def whole(self) -> int:
        """Digits before the point; negative where even the first digits after it are always 0."""
        return self.precision - self.scale


def size_of(of: Type) -> Size:
    """The size of a numeric type or of a duration."""
    if of.kind in DURATIONS:
        return Size(DURATION_DIGITS, 0)
    assert of.is_numeric, of
    return Size(of.precision, of.scale)


def sum_type(a: Type, b: Type) -> Type:
    """The type of `a + b` and `a - b`: the larger scale, one digit more for the carry; kind and unit of `a`."""
    return _sized(a, _sum(size_of(a), size_of(b)))


def product_type(a: Type, b: Type, kind: Kind, unit: str = "") -> Type | None:
    """The type of `a * b`: scales and precisions add up; None where the scales exceed 38, which no decimal holds."""
    if a.scale + b.scale > MAX_DIGITS:
        return None
    return _sized(Type(kind, 1, 0, unit), Size(a.precision + b.precision, a.scale + b.scale))


def quotient_type(a: Type, b: Type, kind: Kind, unit: str = "") -> Type:
    """The type of `a / b`: 12 digits after the point, and before it what the smallest divisor can give."""
    return _sized(Type(kind, 1, 0, unit), _quotient(size_of(a), size_of(b), QUOTIENT_SCALE))


def unified(first: Type, *others: Type) -> Type:
    """The type that holds each of several values, as MIN, MAX and IF need it: kind and unit of the first."""
    if not first.is_numeric:
        return first
    scale = max(of.scale for of in (first, *others))
    return _sized(first, Size(max(size_of(of).whole for of in (first, *others)) + scale, scale))


_ARITHMETIC = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.NEG, Op.IF, Op.MIN, Op.MAX})
"""The operators whose result depends on the sizes of their operands; those of built-ins fit by construction."""


def can_overflow(op: Op, args: tuple[Type, ...], of: Type) -> bool:
    """Whether `op` over operands of these types can give what does not fit `of`.

    Operands that are not numbers or durations never overflow, nor do comparisons; for one that compares a quotient
    crosswise see `product_can_overflow`.
    """
    if op in COMPARISONS or not _counts(of):
        return False
    if op is Op.OF_COUNT:
        return True
    if op not in _ARITHMETIC:
        return False
    sizes = tuple(size_of(arg) for arg in (args[1:] if op is Op.IF else args))
    to = size_of(of)
    if op is Op.DIV:
        left, right = sizes
        shift = to.scale + right.scale - left.scale
        scaled = left.precision + shift if shift >= 0 else right.precision - shift
        return scaled > MAX_DIGITS or _quotient(left, right, to.scale).precision > to.precision
    if op is Op.MUL:
        exact = Size(sizes[0].precision + sizes[1].precision, sizes[0].scale + sizes[1].scale)
    elif op in (Op.ADD, Op.SUB):
        exact = _sum(*sizes)
    else:
        exact = Size(max(size.whole for size in sizes), 0)
    return exact.whole + to.scale > to.precision


def product_can_overflow(a: Type, b: Type) -> bool:
    """Whether `a * b` can need more than 38 digits: what a crosswise comparison must watch."""
    return a.precision + b.precision > MAX_DIGITS


def conversion_can_overflow(of: Type, to: Type) -> bool:
    """Whether a value of type `of`, rounded or converted to `to`, may not fit it."""
    if not _counts(of):
        return False
    source, target = size_of(of), size_of(to)
    carry = 1 if target.scale < source.scale else 0
    return source.whole + carry + target.scale > target.precision


def sum_can_overflow(of: Type, to: Type) -> bool:
    """Whether a sum of up to 10**10 values of type `of` may not fit `to`, which has its scale."""
    return size_of(of).whole + SUM_DIGITS + size_of(to).scale > size_of(to).precision


@dataclass(frozen=True, slots=True)
class Failures:
    """How an expression can fail by itself."""

    zero_division: bool = False
    too_large: bool = False
    undefined: bool = False

    def __or__(self, other: Failures) -> Failures:
        """Either of two expressions' failures."""
        return Failures(
            self.zero_division or other.zero_division,
            self.too_large or other.too_large,
            self.undefined or other.undefined,
        )

    def __bool__(self) -> bool:
        """Whether it can fail at all."""
        return self.zero_division or self.too_large or self.undefined


def failures(expression: Expression) -> Failures:
    """How an expression, or any part of it, can fail by itself, and so which causes its `Derive` must declare."""
    if isinstance(expression, Round):
        own = Failures(too_large=conversion_can_overflow(expression.value.type, expression.type))
        return own | failures(expression.value)
    if not isinstance(expression, Apply):
        return Failures()
    crossed = quotient_compared(expression)
    if crossed is None:
        types = tuple(arg.type for arg in expression.args)
        zero = expression.op in (Op.DIV, Op.MODULO) and not _is_never_zero(expression.args[1])
        undefined = expression.op in UNDEFINED and expression.type.kind not in DURATIONS
        result = Failures(zero, can_overflow(expression.op, types, expression.type), undefined)
        operands = expression.args
    else:
        _, quotient, other = crossed
        divisor = quotient.args[1]
        result = Failures(not _is_never_zero(divisor), product_can_overflow(divisor.type, other.type))
        operands = (*quotient.args, other)
    for operand in operands:
        result |= failures(operand)
    return result


_FLIPPED = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}


def quotient_compared(comparison: Apply) -> tuple[Op, Apply, Expression] | None:
    """A comparison that is made crosswise, turned so that its quotient stands left; None for any other expression."""
    if comparison.op not in COMPARISONS:
        return None
    left, right = comparison.args
    if isinstance(left, Apply) and left.op is Op.DIV:
        return comparison.op, left, right
    if isinstance(right, Apply) and right.op is Op.DIV:
        return _FLIPPED.get(comparison.op, comparison.op), right, left
    return None


def _is_never_zero(divisor: Expression) -> bool:
    return isinstance(divisor, Literal) and divisor.value != 0


def _counts(of: Type) -> bool:
    return of.is_numeric or of.kind in DURATIONS


def _sum(a: Size, b: Size) -> Size:
    scale = max(a.scale, b.scale)
    return Size(max(a.whole, b.whole) + 1 + scale, scale)


def _quotient(a: Size, b: Size, scale: int) -> Size:
    """The largest quotient: the largest dividend over the smallest divisor, which is 1 in the divisor's last place."""
    carry = 1 if scale + b.scale < a.scale else 0
    return Size(max(a.whole + b.scale + carry, 0) + scale, scale)


def _sized(of: Type, size: Size) -> Type:
    if of.kind in DURATIONS:
        return of
    return replace(of, precision=min(max(size.precision, 1), MAX_DIGITS), scale=size.scale)
