"""Exact numbers in SQL: sums, products, roundings and comparisons without a lost digit.

A value that does not fit is null: `TRY` stands where that can happen and nowhere else, since a row that fails in it is
slow. Decimals of up to 18 digits stay 64 bits wide. Durations count as decimals of 18 digits.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.columns.layers import Layers
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    Tree,
    attempted,
    binary,
    call,
    cast,
    constant,
    decimal,
    if_true,
    negated,
    plain,
    when,
)
from workflow.model.sizes import DURATIONS, Size, can_overflow, conversion_can_overflow, size_of
from workflow.model.typed import Op, Rounding
from workflow.model.types import MAX_DIGITS, Type, number


def counted(tree: Tree, of: Type) -> Tree:
    """A number as it is, a duration as a decimal."""
    return decimal(tree, size_of(of).precision, 0) if of.kind in DURATIONS else tree


def stored(tree: Tree, of: Type) -> Tree:
    """A decimal as the type is stored."""
    return cast(tree, sql_type(of)) if of.kind in DURATIONS else tree


def sized(tree: Tree, size: Size) -> Tree:
    """A decimal of another size; the caller knows that it fits, or watches."""
    return decimal(tree, size.precision, size.scale)


def watched(tree: Tree, *, large: bool) -> Tree:
    """A tree that is null where it overflows, if it can."""
    return attempted(tree) if large else tree


def units(count: int, scale: int, precision: int | None = None) -> Tree:
    """So many units of the last place, as a decimal."""
    digits = max(len(str(abs(count))), scale, 1)
    return constant(Decimal(count).scaleb(-scale), number(precision or digits, scale))


def arithmetic(layers: Layers, op: Op, operands: list[tuple[Tree, Type]], to: Type) -> Tree:
    """ADD, SUB, MUL, NEG, MIN or MAX, exactly, in the type `to`; null where an operand is, or where it does not fit."""
    large = can_overflow(op, tuple(of for _, of in operands), to)
    size = size_of(to)
    if op is Op.MUL:
        (left, a), (right, b) = operands
        # The left side is as wide as the product, else two operands of 64 bits are multiplied in 64 bits.
        wide_left = decimal(left, min(a.precision + b.precision, MAX_DIGITS), a.scale)
        return watched(sized(binary("*", wide_left, right), size), large=large)
    wide = Size(MAX_DIGITS, size.scale) if large else size
    trees = [counted(tree, of) for tree, of in operands]
    if op in (Op.MIN, Op.MAX):
        held = [layers.once(watched(sized(tree, wide), large=large)) for tree in trees]
        chosen = held[0]
        for tree in held[1:]:
            # Not DuckDB's `least`: it leaves nulls out, and refuses the same column twice.
            ahead = binary("<=" if op is Op.MIN else ">=", chosen, tree)
            chosen = layers.once(if_true(ahead, chosen, tree))
        return stored(watched(sized(chosen, size), large=large), to)
    trees = [sized(tree, wide) for tree in trees]
    exact = negated(trees[0]) if op is Op.NEG else binary(op.value, *trees)
    return stored(watched(sized(exact, size), large=large), to)


def converted(layers: Layers, tree: Tree, of: Type, to: Type, mode: Rounding = Rounding.HALF_EVEN) -> Tree:
    """A value of type `of` as one of type `to`, rounded if it must lose digits; null where it does not fit."""
    if not of.is_numeric or (of.precision, of.scale) == (to.precision, to.scale):
        return tree
    rounded = _rounded(layers, tree, of, to.scale, mode) if to.scale < of.scale else tree
    return watched(sized(rounded, size_of(to)), large=conversion_can_overflow(of, to))


_BY_NAME = {Rounding.HALF_UP: "round", Rounding.HALF_EVEN: "round_even", Rounding.DOWN: "trunc"}


def _rounded(layers: Layers, tree: Tree, of: Type, scale: int, mode: Rounding) -> Tree:
    if mode in _BY_NAME:
        return call(_BY_NAME[mode], tree, plain(scale))
    value = layers.once(tree)
    cut = layers.once(call("trunc", value, plain(scale)))
    # What is cut off has the value's own scale, so that it is compared in it, never in one that DuckDB chooses.
    rest = layers.once(binary("-", value, decimal(cut, of.precision, of.scale)))
    half = 5 * 10 ** (of.scale - scale - 1) if mode is Rounding.HALF_DOWN else 0
    above = (binary(">", rest, units(half, of.scale, of.precision)), binary("+", cut, units(1, scale)))
    below = (binary("<", rest, units(-half, of.scale, of.precision)), binary("-", cut, units(1, scale)))
    if mode is Rounding.CEILING:
        return when(above, otherwise=cut)
    if mode is Rounding.FLOOR:
        return when(below, otherwise=cut)
    return when(above, below, otherwise=cut)


MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The comparison with its sides exchanged."""


def compared(layers: Layers, operator: str, left: tuple[Tree, Size], right: tuple[Tree, Size]) -> Tree:
    """Two decimals compared exactly, whatever their sizes."""
    (a, a_size), (b, b_size) = left, right
    scale = max(a_size.scale, b_size.scale)
    common = Size(max(a_size.whole, b_size.whole, 0) + scale, scale)
    if common.precision <= MAX_DIGITS:
        common = Size(max(common.precision, 1), scale)
        return binary(operator, sized(a, common), sized(b, common))
    if a_size.scale > b_size.scale:
        return compared(layers, MIRRORED[operator], right, left)
    # No decimal holds both. The coarse side is compared with the fine one cut to its scale, which holds less before
    # the point and so fits; where these are equal, what was cut off decides.
    coarse, fine = layers.once(a), layers.once(b)
    cut = layers.once(call("trunc", fine, plain(a_size.scale)))
    like = sized(cut, Size(MAX_DIGITS, a_size.scale))
    coarse_like = sized(coarse, Size(MAX_DIGITS, a_size.scale))
    return if_true(
        binary("=", coarse_like, like),
        binary(operator, sized(cut, b_size), fine),
        binary(operator, coarse_like, like),
    )
