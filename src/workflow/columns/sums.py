"""Sums in SQL that never end a statement by overflowing: exact over 10**10 rows, null where the result does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.columns.division import SPLIT, rescaled, unscaled
from workflow.columns.layers import Layers
from workflow.columns.numbers import sized, stored, watched
from workflow.columns.tree import Tree, binary, call, cast, decimal, whole
from workflow.model.sizes import DURATIONS, size_of, sum_can_overflow
from workflow.model.types import MAX_DIGITS, SUM_DIGITS, Type


def addends(layers: Layers, value: Tree, of: Type) -> tuple[Tree, ...]:
    """What has to be summed: the value; or, where sums of it might need more than 38 digits, its two halves."""
    if of.kind in DURATIONS or of.precision + SUM_DIGITS <= MAX_DIGITS:
        return (value,)
    units = layers.once(unscaled(value, size_of(of)))
    # A half has 19 digits, so its sum has 29; the lower one keeps the value's sign.
    return (layers.once(binary("//", units, whole(SPLIT))), layers.once(binary("%", units, whole(SPLIT))))


def total(sums: Sequence[Tree], of: Type, to: Type) -> Tree:
    """The sum of the addends' sums in the type `to`, which has the values' scale; null where it does not fit."""
    large = sum_can_overflow(of, to)
    if len(sums) == 1:
        exact = decimal(sums[0], MAX_DIGITS, 0) if of.kind in DURATIONS else sums[0]
        return stored(watched(sized(exact, size_of(to)), large=large), to)
    high, low = (cast(tree, "HUGEINT") for tree in sums)
    return watched(rescaled(binary("+", binary("*", high, whole(SPLIT)), low), size_of(to), large=False), large=True)


def summed(addend: Tree) -> Tree:
    """The aggregate of one addend."""
    return call("sum", addend)
