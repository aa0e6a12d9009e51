"""How a value of each type is stored: the one table that intake, engines and writers share."""

from __future__ import annotations

from workflow.model.types import Kind, Type

_PLAIN = {
    Kind.MONTHS: "BIGINT",
    Kind.ELAPSED: "BIGINT",
    Kind.WORKING: "BIGINT",
    Kind.DATE: "DATE",
    Kind.TIME: "BIGINT",
    Kind.DATE_TIME: "TIMESTAMP",
    Kind.INSTANT: "TIMESTAMP",
    Kind.TRUTH: "BOOLEAN",
}


def sql_type(of: Type) -> str:
    """The SQL type of a column: decimals of the type's own size, instants as UTC timestamps, every name as text."""
    if of.is_numeric:
        return f"DECIMAL({of.precision}, {of.scale})"
    return _PLAIN.get(of.kind, "VARCHAR")
