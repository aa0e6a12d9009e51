"""Lookups as joins that keep all rows of one side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from workflow.columns.expressions import bit
from workflow.columns.queries import (
    join,
    relation,
    select,
    subquery,
)
from workflow.columns.tree import (
    Tree,
    between,
    binary,
    bits,
    both,
    column,
    is_known,
    is_null,
    named,
    true,
    when,
)
from workflow.plan.nodes import Field, Lookup, mask_of


def other_side(node: Lookup) -> Tree:
    """The rows that are looked up, each marked as being there."""
    marked = select([exp.Star(), named(true(), "?there")], relation(node.other))
    return subquery(marked, "r")


def there() -> Tree:
    """The mark; null where nothing was found."""
    return column("?there", "r")


def matches(node: Lookup) -> Tree:
    """Whether a row of the other side (`r`) is the one looked for by a row of this side (`l`)."""
    conditions = [binary("=", column(left, "l"), column(right, "r")) for left, right in node.on]
    if node.day is not None:
        conditions.append(between(column(node.day, "l"), column(node.since, "r"), column(node.until, "r")))
    return both(*conditions) if conditions else true()


def looked_up(node: Lookup, columns: Sequence[str], other: Mapping[str, Field]) -> exp.Select:
    """All rows of this side with what was found for each."""
    taken: list[Tree] = []
    for take in node.take:
        taken.append(named(column(take.column, "r"), take.name))
        maybe = other[take.column].maybe
        if not maybe and take.absent is None:
            continue
        mask = column(mask_of(take.column), "r") if maybe else bits(0)
        if take.absent is not None:
            mask = when((is_null(there()), bit(take.absent)), otherwise=mask)
        taken.append(named(mask, mask_of(take.name)))
    if node.found is not None:
        taken.append(named(is_known(there()), node.found))
    query = select([*(named(column(name, "l"), name) for name in columns), *taken], relation(node.of, "l"))
    return join(query, other_side(node), matches(node), keeping_all=True)
