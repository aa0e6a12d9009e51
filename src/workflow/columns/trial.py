"""Expressions over a table that stands in the statement: for trying one, without a plan around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.columns.expressions import Formulas
from workflow.columns.layers import Layers
from workflow.columns.queries import listed, printed, relation
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    bits,
    cast,
    constant,
    null,
    plain,
    quoted,
)
from workflow.model.typed import Expression, Value
from workflow.plan.nodes import Field, mask_of

_TABLE, _PLACE = "rows", "?row"
_ZERO_DIVISION, _TOO_LARGE, _UNDEFINED, _NOT_GIVEN = range(4)


def created(fields: Sequence[Field], rows: Sequence[Mapping[str, Value | None]]) -> tuple[str, ...]:
    """The statements that make the table, each value in a column of its own."""
    names = [_PLACE]
    for field in fields:
        names += [field.name, mask_of(field.name)] if field.maybe else [field.name]
    values = []
    for place, row in enumerate(rows):
        cells = [plain(place)]
        for field in fields:
            value = row[field.name]
            cells.append(null(sql_type(field.type)) if value is None else constant(value, field.type))
            if field.maybe:
                cells.append(bits(0 if value is not None else 1 << _NOT_GIVEN))
        values.append(cells)
    return (f"CREATE TABLE {quoted(_TABLE)} AS {printed(listed(values, names))}",)


def selected(fields: Sequence[Field], of: Sequence[Expression]) -> str:
    """The statement that gives for each row its place, and of each expression the value and the mask of its causes."""
    maybe = frozenset(field.name for field in fields if field.maybe)
    outputs = [_PLACE, *(field.name for field in fields), *map(mask_of, maybe)]
    layers = Layers(relation(_TABLE), outputs)
    formulas = Formulas(layers, maybe, _ZERO_DIVISION, _TOO_LARGE, _UNDEFINED)
    names = [_PLACE]
    for number, expression in enumerate(of):
        cell = formulas.cell(expression)
        value, mask = f"?value {number}", f"?mask {number}"
        layers.add(value, cast(cell.value, sql_type(expression.type)))
        layers.add(mask, cell.mask if cell.mask is not None else bits(0))
        names += [value, mask]
    return printed(layers.select(names))
