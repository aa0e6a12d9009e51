"""Tables of tiers: the proof that one is well-formed, and the sizes of what it adds."""

from __future__ import annotations

import itertools
from decimal import Decimal

from workflow.model.sizes import Size, conversion_can_overflow, product_can_overflow
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Apply, Column, Literal, Op
from workflow.model.types import MAX_DIGITS, Kind, Type
from workflow.plan.nodes import Tiers


def check_tiers(node: Tiers) -> None:
    """Assert that the parts of a table fit together, whatever their values."""
    _check_borders(node)
    gives = [row.gives for row in node.rows] + ([node.below] if node.below is not None else [])
    for value in gives:
        assert value.type.kind == node.rate_type.kind, f"{node.name} gives another kind than its rate"
        assert value.type.scale <= node.rate_type.scale, f"{node.name}: a rate would be rounded"
        assert not conversion_can_overflow(value.type, node.rate_type), f"{node.name}: a rate would be cut"
    assert (node.on is None) == (node.yields is Yields.AMOUNT), f"{node.name}: what is the rate of?"
    if node.on is None:
        assert node.type.kind == node.rate_type.kind, f"{node.name} is no amount"
    else:
        assert node.type.kind == node.on.type.kind, f"{node.name} is of another kind than what it pays for"
        assert node.on.type.scale + node.rate_type.scale <= MAX_DIGITS, "a product of more digits than there are"
    assert node.below is None or node.mode is Mode.INTERPOLATED, f"{node.name}: nothing is paid below the lowest row"
    if node.mode is Mode.MARGINAL:
        _check_slices(node)
    elif node.mode is Mode.INTERPOLATED:
        assert node.yields is not Yields.AMOUNT, f"{node.name}: an amount is not straight between points"
        assert _fraction_scale(node) <= MAX_DIGITS, "a product of more digits than there are"
        assert node.rate_type.scale + _border_scale(node) <= MAX_DIGITS, "a product of more digits than there are"
    large = table_can_overflow(node) or products_can_overflow(node)
    assert node.too_large is not None or not large, f"{node.name}: no cause for too large a product"


def part_type(node: Tiers) -> Type:
    """The type of `name.part.i`: that of `on`, with as many digits after the point as a border (times `unit`) has."""
    assert node.on is not None
    scale = max(node.on.type.scale, _border_scale(node) + (node.unit.type.scale if node.unit is not None else 0))
    return node.on.type.sized(_part_size(node, scale).precision, scale)


def table_can_overflow(node: Tiers) -> bool:
    """Whether the exact look at the table, or a part, can be too large: then all that the node adds is missing."""
    if isinstance(node.by, Apply):
        divisor = node.by.args[1].type
        if any(product_can_overflow(divisor, row.border.type) for row in node.rows):
            return True
    return node.mode is Mode.MARGINAL and _part_size(node, part_type(node).scale).precision > MAX_DIGITS


def products_can_overflow(node: Tiers) -> bool:
    """Whether the pay itself (and with INTERPOLATED the rate) can be too large."""
    if node.mode is Mode.INTERPOLATED:
        return True
    if node.on is None:
        return conversion_can_overflow(node.rate_type, node.type)
    on, carry = (part_type(node), len(str(len(node.rows)))) if node.mode is Mode.MARGINAL else (node.on.type, 0)
    exact = Size(on.precision + node.rate_type.precision + carry, on.scale + node.rate_type.scale)
    if exact.precision > MAX_DIGITS:
        return True
    return conversion_can_overflow(Type(Kind.NUMBER, exact.precision, exact.scale), node.type)


def _check_borders(node: Tiers) -> None:
    assert node.rows, f"{node.name} has no rows"
    borders = [row.border for row in node.rows]
    values = [border.value for border in borders if isinstance(border, Literal) and isinstance(border.value, Decimal)]
    assert len(values) == len(borders), f"{node.name}: borders are literals"
    assert all(a < b for a, b in itertools.pairwise(values)), f"{node.name}: borders ascend"
    by = node.by
    assert isinstance(by, Column) or (isinstance(by, Apply) and by.op is Op.DIV), f"{node.name}: by what?"
    assert all(border.type.kind == by.type.kind for border in borders), f"{node.name}: borders of another kind"
    if isinstance(by, Apply):
        scale = by.args[1].type.scale + _border_scale(node)
        assert scale <= MAX_DIGITS, "a product of more digits than there are"


def _check_slices(node: Tiers) -> None:
    assert node.yields is Yields.RATE, f"{node.name}: slices have rates"
    if node.unit is None:
        assert isinstance(node.by, Column), f"{node.name}: slices of what?"
        assert node.on is not None
        assert node.by.name == node.on.name, f"{node.name}: slices of what?"
    else:
        assert isinstance(node.by, Apply), f"{node.name}: slices of what?"
        names = [arg.name if isinstance(arg, Column) else None for arg in node.by.args]
        assert node.on is not None
        assert names == [node.on.name, node.unit.name], f"{node.name}: borders in another unit"
    assert part_type(node).scale + node.rate_type.scale <= MAX_DIGITS, "a product of more digits than there are"


def _border_scale(node: Tiers) -> int:
    return max(row.border.type.scale for row in node.rows)


def _fraction_scale(node: Tiers) -> int:
    """Digits after the point of (difference of rates) times (distance from a point)."""
    return node.rate_type.scale + max(node.by.type.scale, _border_scale(node))


def _part_size(node: Tiers, scale: int) -> Size:
    assert node.on is not None
    return Size(node.on.type.precision - node.on.type.scale + scale, scale)
