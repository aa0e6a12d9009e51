"""Nodes over groups of rows as SQL: aggregates, running totals, totals divided to the last cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.columns.division import rescaled, unscaled
from workflow.columns.expressions import bit, together
from workflow.columns.layers import Layers
from workflow.columns.numbers import sized
from workflow.columns.queries import grouped, select, subquery
from workflow.columns.storage import sql_type
from workflow.columns.sums import addends, summed, total
from workflow.columns.tree import (
    Tree,
    ascending,
    attempted,
    binary,
    bits,
    call,
    cast,
    column,
    count_rows,
    decimal,
    descending,
    fields,
    filtered,
    hugeint,
    is_null,
    named,
    negated,
    null,
    over,
    part,
    plain,
    true,
    when,
    whole,
)
from workflow.model.sizes import size_of, sum_can_overflow
from workflow.model.terms import Function
from workflow.model.types import COUNT, MAX_DIGITS
from workflow.plan.nodes import Aggregate, Apportion, Field, Measure, Running, mask_of

Of = Mapping[str, Field]


def aggregate(layers: Layers, node: Aggregate, of: Of) -> Layers:
    """One row a group: aggregates in a grouped SELECT, and above it the measures made of them."""
    aggregates = [_aggregates(layers, measure, of) for measure in node.measures]
    keys = [column(name) for name in node.by]
    columns = [named(tree, _part(i, name)) for i, each in enumerate(aggregates) for name, tree in each.items()]
    # Without keys SQL makes a group of no rows.
    having = None if keys else binary(">", count_rows(), plain(0))
    query = select([*keys, *columns] or [plain(1)], layers.source())
    result = Layers(subquery(grouped(query, keys, having)), node.by)
    for i, (measure, each) in enumerate(zip(node.measures, aggregates, strict=True)):
        _add_measure(result, measure, of, {name: column(_part(i, name)) for name in each})
    return result


def ungrouped(layers: Layers, node: Aggregate, of: Of) -> Layers | None:
    """The same where every row is a group of its own; None where a measure asks for more than the row's value.

    To group many rows that no two of are alike costs time and memory for nothing.
    """
    names, chosen = list(node.by), [column(name) for name in node.by]
    for measure in node.measures:
        bare = measure.function in (Function.LEAST, Function.GREATEST) and measure.where is None
        if not bare or measure.value is None:
            return None
        pairs = [(measure.value, measure.name)]
        pairs += [(mask_of(measure.value), mask_of(measure.name))] if of[measure.value].maybe else []
        names += [name for _, name in pairs]
        chosen += [named(column(value), name) for value, name in pairs]
    return Layers(subquery(select(chosen, layers.source())), names)


def _part(measure: int, name: str) -> str:
    return f"?{measure}.{name}"


def _aggregates(layers: Layers, measure: Measure, of: Of) -> dict[str, Tree]:
    """The aggregates that a measure is made of."""
    where = column(measure.where) if measure.where is not None else None
    mask = _row_mask(measure, of)
    if measure.function is Function.LATEST:
        return {"latest": _latest(measure, where, mask)}
    result = {} if mask is None else {"mask": _all_causes(measure, of, mask)}
    if measure.function is Function.COUNT or (measure.empty is not None and where is not None):
        result["count"] = filtered(count_rows(), where)
    if measure.value is None:
        return result
    value = column(measure.value)
    if measure.function is Function.SUM:
        for i, addend in enumerate(addends(layers, value, of[measure.value].type)):
            result[f"sum.{i}"] = filtered(summed(addend), where)
        return result
    name = "min" if measure.function is Function.LEAST else "max"
    return result | {"value": filtered(call(name, value), where)}


def _all_causes(measure: Measure, of: Of, mask: Tree) -> Tree:
    """The causes of all rows together; where it is known which take part, only these are looked at."""
    if measure.where is None or measure.value is None or of[measure.where].maybe:
        return call("bit_or", mask)
    own = filtered(call("bit_or", column(mask_of(measure.value))), column(measure.where))
    return call("coalesce", own, bits(0))


def _row_mask(measure: Measure, of: Of) -> Tree | None:
    """What one row adds to the causes: those of an undecided `where`, or of the value of a row that takes part."""
    own = None
    if measure.value is not None and of[measure.value].maybe:
        own = column(mask_of(measure.value))
    if measure.where is None:
        return own
    undecided = column(mask_of(measure.where)) if of[measure.where].maybe else None
    if own is None:
        return undecided
    return when((column(measure.where), own), otherwise=undecided or bits(0))


def _latest(measure: Measure, where: Tree | None, mask: Tree | None) -> Tree:
    """The value, and the mask, of the row that is greatest by `order`, as one structure."""
    assert measure.value is not None
    value = column(measure.value)
    parts = [("value", value if where is None else when((where, value)))]
    if mask is not None:
        parts.append(("mask", mask))
    latest = call("arg_max", fields(parts), call("row", *(column(name) for name in dict.fromkeys(measure.order))))
    return filtered(latest, None if where is None else call("coalesce", where, true()))


def _add_measure(result: Layers, measure: Measure, of: Of, parts: Mapping[str, Tree]) -> None:
    """The measure and its mask, from its aggregates."""
    mask, empty, value = parts.get("mask"), None, parts.get("value")
    if "latest" in parts:
        latest = parts["latest"]
        value = part(latest, "value")
        mask = part(latest, "mask") if _row_mask(measure, of) is not None else None
        empty = is_null(latest) if measure.empty is not None else None
    elif measure.empty is not None and measure.where is not None:
        empty = binary("=", parts["count"], plain(0))
    large = None
    if measure.function is Function.COUNT:
        value = cast(parts["count"], sql_type(COUNT))
    elif measure.function is Function.SUM:
        assert measure.value is not None
        value, large = _sum(result, measure, of, parts)
    assert value is not None
    branches = [] if mask is None else [(binary("!=", mask, bits(0)), mask)]
    if empty is not None:
        branches.append((empty, bit(measure.empty)))
    if large is not None:
        branches.append((is_null(large), bit(measure.too_large)))
    if not branches:
        result.add(measure.name, value)
        return
    causes = result.once(when(*branches, otherwise=bits(0)))
    result.add(measure.name, when((binary("=", causes, bits(0)), value)))
    result.add(mask_of(measure.name), causes)


def _sum(result: Layers, measure: Measure, of: Of, parts: Mapping[str, Tree]) -> tuple[Tree, Tree | None]:
    """The sum, 0 where nothing is added; and again where it can be too large, null where it is."""
    assert measure.value is not None
    source = of[measure.value].type
    sums = [tree for name, tree in parts.items() if name.startswith("sum.")]
    if measure.where is not None:
        sums = [call("coalesce", tree, _nothing(source.scale, sums)) for tree in sums]
    added = total(sums, source, measure.type)
    if not sum_can_overflow(source, measure.type):
        return added, None
    held = result.once(added)
    return held, held


def running(layers: Layers, node: Running, of: Of) -> None:
    """The sum so far, and the causes so far."""
    by, order = [column(name) for name in node.by], [ascending(column(name)) for name in node.order]
    source = of[node.value].type
    sums = [
        layers.once(over(summed(addend), by, order, so_far=True))
        for addend in addends(layers, column(node.value), source)
    ]
    if of[node.value].maybe:
        # A sum of no known value is null, and would be so for a reason of its own.
        sums = [layers.once(call("coalesce", tree, _nothing(source.scale, sums))) for tree in sums]
    value = layers.once(total(sums, source, node.type))
    branches = []
    if of[node.value].maybe:
        causes = layers.once(over(call("bit_or", column(mask_of(node.value))), by, order, so_far=True))
        branches.append((binary("!=", causes, bits(0)), causes))
    if sum_can_overflow(source, node.type):
        branches.append((is_null(value), bit(node.too_large)))
    if not branches:
        layers.add(node.name, value)
        return
    mask = layers.once(when(*branches, otherwise=bits(0)))
    layers.add(node.name, when((binary("=", mask, bits(0)), value)))
    layers.add(mask_of(node.name), mask)


def _nothing(scale: int, sums: Sequence[Tree]) -> Tree:
    """The sum of nothing, as wide as the sums are."""
    return hugeint(plain(0)) if len(sums) > 1 else decimal(plain(0), MAX_DIGITS, scale)


def apportion(layers: Layers, node: Apportion, of: Of) -> None:
    """Whole cents by integer division, then one more for the largest remainders."""
    by = [column(name) for name in node.by]
    masks = [column(mask_of(name)) for name in (node.total, node.weight) if of[name].maybe]
    row_mask = together(masks)
    cents = layers.once(unscaled(sized(column(node.total), size_of(node.type)), size_of(node.type)))
    amount = layers.once(call("abs", cents))
    weight = layers.once(unscaled(column(node.weight), size_of(of[node.weight].type)))
    weights = layers.once(call("nullif", over(summed(weight), by), whole(0)))
    fits = layers.once(attempted(binary("*", decimal(amount, MAX_DIGITS, 0), decimal(weights, MAX_DIGITS, 0))))
    # Where the product with all weights fits, so does that with one.
    product = layers.once(when((is_null(fits), null("HUGEINT")), otherwise=binary("*", amount, weight)))
    share = layers.once(binary("//", product, weights))
    rest = layers.once(binary("%", product, weights))
    left = layers.once(binary("-", amount, hugeint(over(summed(share), by))))
    order = [descending(rest), *(ascending(column(name)) for name in node.order)]
    place = layers.once(over(call("row_number"), by, order))
    cent = when((binary("<=", hugeint(place), left), whole(1)), otherwise=whole(0))
    units = layers.once(binary("+", share, cent))
    signed = when((binary("<", cents, whole(0)), negated(units)), otherwise=units)
    branches = []
    if row_mask is not None:
        causes = layers.once(over(call("bit_or", row_mask), by))
        branches.append((binary("!=", causes, bits(0)), causes))
    branches.append((is_null(weights), bit(node.zero_division)))
    if node.too_large is not None:
        branches.append((is_null(fits), bit(node.too_large)))
    mask = layers.once(when(*branches, otherwise=bits(0)))
    value = rescaled(layers.once(signed), size_of(node.type), large=False)
    layers.add(node.name, when((binary("=", mask, bits(0)), value)))
    layers.add(mask_of(node.name), mask)
