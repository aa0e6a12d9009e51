"""A source's `where` as SQL over the text cells of its file, and the columns that it asks about."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.intake.cells import literal
from workflow.model.typed import Apply, Column, Expression, Literal, Op

_JOINED = {Op.AND: " AND ", Op.OR: " OR ", Op.JOIN: " || "}
_CALLED = {
    Op.CONTAINS: "contains",
    Op.STARTS: "starts_with",
    Op.ENDS: "suffix",
    Op.UPPER: "upper",
    Op.LOWER: "lower",
}
_COMPARED = {Op.EQ: "=", Op.NE: "<>", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


def condition(of: Expression, columns: Mapping[str, str]) -> str:
    """The SQL of a condition over texts; `columns` maps the file's columns to SQL. Missing where it is undecided.

    SQL's own three-valued logic is the language's. Texts compare by code point, which is DuckDB's binary order of
    UTF-8.
    """
    if isinstance(of, Column):
        return columns[of.name]
    if isinstance(of, Literal):
        if isinstance(of.value, bool):
            return "true" if of.value else "false"
        assert isinstance(of.value, str), of
        return literal(of.value)
    assert isinstance(of, Apply), of
    parts = [condition(each, columns) for each in of.args]
    if of.op in _JOINED:
        return "(" + _JOINED[of.op].join(parts) + ")"
    if of.op is Op.NOT:
        return f"(NOT {parts[0]})"
    if of.op is Op.IS_MISSING:
        return f"({parts[0]} IS NULL)"
    if of.op in _CALLED:
        return f"{_CALLED[of.op]}({', '.join(parts)})"
    if of.op is Op.IF:
        return f"(CASE WHEN {parts[0]} THEN {parts[1]} WHEN NOT {parts[0]} THEN {parts[2]} END)"
    return f"({parts[0]} {_COMPARED[of.op]} {parts[1]})"


def deciding(of: Expression | None) -> frozenset[str]:
    """The names of the columns that can leave a condition undecided: whether one is missing is always known."""
    if isinstance(of, Apply) and of.op is Op.IS_MISSING:
        return frozenset()
    return frozenset().union(*map(deciding, of.args)) if isinstance(of, Apply) else columns_in(of)


def columns_in(of: Expression | None) -> frozenset[str]:
    """The names of the columns in an expression."""
    if isinstance(of, Column):
        return frozenset({of.name})
    return frozenset().union(*map(columns_in, of.args)) if isinstance(of, Apply) else frozenset()
