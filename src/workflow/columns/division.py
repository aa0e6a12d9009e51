"""Quotients in SQL: whole numbers of 128 bits divided and rounded by hand, since `/` would give a floating number."""

from __future__ import annotations

from workflow.columns.layers import Layers
from workflow.columns.numbers import sized, units, watched
from workflow.columns.tree import (
    Tree,
    attempted,
    binary,
    both,
    call,
    cast,
    decimal,
    either,
    hugeint,
    text,
    when,
    whole,
)
from workflow.model.sizes import Size
from workflow.model.types import MAX_DIGITS

SPLIT = 10**19
"""Where an integer of 38 digits is cut in two, so that 10**10 of them can be summed."""


def unscaled(tree: Tree, size: Size) -> Tree:
    """A decimal as the integer of units in its last place."""
    if size.scale == 0:
        return hugeint(tree)
    if size.precision + size.scale <= MAX_DIGITS:
        wide = decimal(tree, size.precision + size.scale, size.scale)
        return hugeint(binary("*", wide, units(10**size.scale, 0)))
    # There is no decimal that holds the product; its text without the point is the integer.
    return hugeint(call("replace", cast(tree, "VARCHAR"), text("."), text("")))


def rescaled(tree: Tree, size: Size, *, large: bool) -> Tree:
    """An integer of units in the last place as a decimal of that size; null where `large` and it does not fit."""
    counted = decimal(tree, MAX_DIGITS, 0)
    exact = binary("*", counted, units(1, size.scale)) if size.scale else counted
    return watched(sized(exact, size), large=large)


def enlarged(tree: Tree, digits: int, exponent: int) -> Tree:
    """An integer of so many digits times a power of ten; null where it would need more than 38."""
    if exponent == 0:
        return tree
    if digits + exponent <= MAX_DIGITS:
        return binary("*", tree, whole(10**exponent))
    wide = decimal(tree, MAX_DIGITS, 0)
    if exponent == MAX_DIGITS:
        # The power itself would have 39 digits.
        wide, exponent = binary("*", wide, units(10, 0)), exponent - 1
    return attempted(hugeint(binary("*", wide, units(10**exponent, 0))))


def divided(layers: Layers, left: tuple[Tree, Size], right: tuple[Tree, Size], to: Size, *, large: bool) -> Tree:
    """The quotient, rounded half even to the scale of `to`; null where `right` is 0, or where it does not fit."""
    (n, n_size), (d, d_size) = left, right
    shift = to.scale + d_size.scale - n_size.scale
    above = layers.once(enlarged(unscaled(n, n_size), n_size.precision, max(shift, 0)))
    divisor = call("nullif", unscaled(d, d_size), whole(0))
    below = layers.once(enlarged(divisor, d_size.precision, max(-shift, 0)))
    return rescaled(half_even(layers, above, below), to, large=large)


def half_even(layers: Layers, n: Tree, d: Tree) -> Tree:
    """Two integers below 10**38 divided, halves to the even side; `d` is never 0."""
    quotient = layers.once(binary("//", n, d))
    # A product, since a division of 128 bits takes many times as long; it is no greater than `n`.
    rest = layers.once(call("abs", binary("-", n, binary("*", quotient, d))))
    # Compared with what is left of the divisor: twice the rest might not fit in 128 bits.
    other = layers.once(binary("-", call("abs", d), rest))
    odd = binary("!=", binary("&", quotient, whole(1)), whole(0))
    away = either(binary(">", rest, other), both(binary("=", rest, other), odd))
    negative = binary("!=", binary("<", n, whole(0)), binary("<", d, whole(0)))
    step = when((negative, whole(-1)), otherwise=whole(1))
    return binary("+", quotient, when((away, step), otherwise=whole(0)))
