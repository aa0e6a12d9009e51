"""A value that is known, or missing with its causes; and exact arithmetic between such values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from workflow.model.typed import Value
from workflow.model.types import MAX_DIGITS, Type

EXACT = Context(prec=400)
"""Digits enough that no sum or product of what fits in 38 digits is ever rounded."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A missing value: bit i of `mask` is cause i of the plan."""

    mask: int


Cell = Value | Absent
Row = dict[str, Cell]


def mask(*cells: Cell) -> int:
    """The causes of all that is missing among `cells`; 0 if nothing is."""
    together = 0
    for cell in cells:
        if isinstance(cell, Absent):
            together |= cell.mask
    return together


def because(cause: int | None) -> Absent:
    """Missing with one cause, which the plan has declared wherever it can come to that."""
    assert cause is not None, "the plan has no cause for this"
    return Absent(1 << cause)


def exact(value: object) -> Decimal:
    """A known number, or a duration, as a decimal."""
    assert isinstance(value, Decimal | int)
    return Decimal(value)


def integer(value: object, scale: int) -> int:
    """A number as an integer of units in its last place; it has no more digits than `scale`."""
    scaled = exact(value).scaleb(scale, EXACT)
    assert scaled == int(scaled), f"{value} has more than {scale} digits"
    return int(scaled)


def decimal(units: int, scale: int) -> Decimal:
    """The number of so many units in its last place."""
    return Decimal(units).scaleb(-scale, EXACT)


def needs_too_many(value: Decimal, scale: int) -> bool:
    """Whether a number, written with `scale` digits after the point, needs more than 38."""
    limit: int = 10**MAX_DIGITS
    return abs(integer(value, scale)) >= limit


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    result = Decimal(0)
    for value in values:
        result = EXACT.add(result, value)
    return result


def converted(value: Decimal, to: Type, too_large: int | None, rounding: str = ROUND_HALF_EVEN) -> Cell:
    """A number rounded to the digits of `to`, or missing where it does not fit; a duration as a whole number."""
    precision = to.precision if to.is_numeric else 18
    rounded = value.quantize(Decimal(1).scaleb(-to.scale), rounding, EXACT)
    if abs(integer(rounded, to.scale)) >= 10**precision:
        return because(too_large)
    return rounded if to.is_numeric else int(rounded)


def quotient(left: tuple[Decimal, int], right: tuple[Decimal, int], scale: int) -> Decimal | None:
    """Numbers, each with its scale, divided half even; None where an operand needs too many digits for that."""
    shift = scale + right[1] - left[1]
    above = integer(*left) * 10 ** max(shift, 0)
    below = integer(*right) * 10 ** max(-shift, 0)
    if abs(above if shift >= 0 else below) >= 10**MAX_DIGITS:
        return None
    return decimal(round(Fraction(above, below)), scale)
