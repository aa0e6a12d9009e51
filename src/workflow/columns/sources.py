"""Where rows come from: tables of the evidence, the periods of a run, and rows beside each period that they overlap."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from workflow.columns.expressions import bit
from workflow.columns.layers import Layers
from workflow.columns.queries import join, listed, recorded, recorded_column, relation, select, subquery
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    binary,
    bits,
    both,
    cast,
    column,
    constant,
    is_null,
    named,
    null,
    opposite,
    plain,
    true,
    when,
)
from workflow.model.types import COUNT, DATE, TEXT
from workflow.plan.nodes import EachPeriod, Events, Periods, Register, mask_of


def layered(query: exp.Query, names: Sequence[str]) -> Layers:
    """The rows of a query, of which these columns are given on."""
    return Layers(subquery(query), names)


def evidence_rows(node: Events | Register) -> exp.Query:
    """A table of the evidence, with a mask beside each value that a record may leave out."""
    table = node.table if isinstance(node, Events) else f"register {node.name}"
    chosen = [named(recorded_column(field.name), field.name) for field in node.always]
    for given in node.fields:
        chosen.append(named(recorded_column(given.name), given.name))
        if given.absent is not None:
            mask = when((is_null(recorded_column(given.name)), bit(given.absent)), otherwise=bits(0))
            chosen.append(named(mask, mask_of(given.name)))
    return select(chosen, recorded(table))


def period_rows(node: Periods) -> exp.Query:
    """The periods, as they stand in the plan."""
    columns = (("period", TEXT), ("period.start", DATE), ("period.end", DATE))
    nothing = select([named(null(sql_type(of)), name) for name, of in columns], where=opposite(true()))
    rows = [[constant(name, TEXT), constant(start, DATE), constant(end, DATE)] for name, start, end in node.rows]
    return listed(rows, [name for name, _ in columns]) if rows else nothing


def overlaps(by: EachPeriod, of: str, columns: Sequence[str], *, undated: bool) -> Layers:
    """Each row beside each period that it overlaps: all, if rows are there on all days."""
    first, last = column("from", "l"), column("through", "l")
    start, end = column("period.start", "r"), column("period.end", "r")
    added = {"period": column("period", "r"), "period.start": start, "period.end": end}
    if undated:
        # What holds of all rows is not asked of each: then it is known, too, how many rows there will be.
        overlap, added["overlap.from"], added["overlap.through"] = true(), start, end
    else:
        overlap = both(binary("<=", start, last), binary("<=", first, end), binary("<=", first, last))
        added["overlap.from"] = when((binary(">", first, start), first), otherwise=start)
        added["overlap.through"] = when((binary("<", last, end), last), otherwise=end)
    chosen = [named(column(name, "l"), name) for name in columns] + [named(tree, name) for name, tree in added.items()]
    query = join(select(chosen, relation(of, "l")), relation(by.periods, "r"), overlap)
    layers = layered(query, [*columns, *added])
    days = binary("+", binary("-", column("overlap.through"), column("overlap.from")), plain(1))
    layers.add("overlap.days", cast(days, sql_type(COUNT)))
    return layers
