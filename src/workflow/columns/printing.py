"""How trees are printed: as sqlglot does it for DuckDB, with a shorter way for the few kinds of which there are most.

A plan has tens of thousands of names, columns, casts and choices, and sqlglot asks each of them for all that it might
say in any dialect; ours say a few things only. What they print is the same, letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator


class _Printer(DuckDBGenerator):
    """sqlglot's way, but for the kinds in `_SHORT`."""

    def sql(self, expression: str | exp.Expr | None, key: str | None = None, comment: bool = True) -> str:  # noqa: FBT001, FBT002 as inherited
        short = _SHORT.get(type(expression)) if key is None else None
        return super().sql(expression, key, comment) if short is None else short(self, expression)


def printer() -> DuckDBGenerator:
    """What prints one statement and changes no tree. It remembers things, and several threads print: none is shared."""
    return _Printer(dialect=DuckDB(), comments=False)


def _identifier(printer: _Printer, tree: exp.Identifier) -> str:
    if not tree.args.get("quoted"):
        return printer.identifier_sql(tree)
    name: str = tree.args["this"]
    return '"' + name.replace('"', '""') + '"'


def _column(printer: _Printer, tree: exp.Column) -> str:
    name, table = _identifier(printer, tree.args["this"]), tree.args.get("table")
    return name if table is None else f"{_identifier(printer, table)}.{name}"


def _alias(printer: _Printer, tree: exp.Alias) -> str:
    return f"{printer.sql(tree.args['this'])} AS {_identifier(printer, tree.args['alias'])}"


def _literal(_: _Printer, tree: exp.Literal) -> str:
    value: str = tree.args["this"]
    return "'" + value.replace("'", "''") + "'" if tree.args["is_string"] else value


def _null(_printer: _Printer, _tree: exp.Null) -> str:
    return "NULL"


def _paren(printer: _Printer, tree: exp.Paren) -> str:
    return f"({printer.sql(tree.args['this'])})"


def _cast(printer: _Printer, tree: exp.Cast) -> str:
    return f"CAST({printer.sql(tree.args['this'])} AS {_type(tree.args['to'])})"


@cache
def _type(tree: exp.DataType) -> str:
    return printer().datatype_sql(tree)


def _case(printer: _Printer, tree: exp.Case) -> str:
    args, of = tree.args, tree.args.get("this")
    parts = ["CASE" if of is None else f"CASE {printer.sql(of)}"]
    parts += [f"WHEN {printer.sql(each.args['this'])} THEN {printer.sql(each.args['true'])}" for each in args["ifs"]]
    default = args.get("default")
    return " ".join((*parts, "END") if default is None else (*parts, f"ELSE {printer.sql(default)}", "END"))


def _select(printer: _Printer, tree: exp.Select) -> str:
    if any(value and key not in _PLAIN for key, value in tree.args.items()):
        return DuckDBGenerator.sql(printer, tree)
    found = f"SELECT {', '.join([printer.sql(each) for each in tree.args['expressions']])}"
    for word in ("from", "where"):
        clause = tree.args.get(_CLAUSES[word])
        found += f" {word.upper()} {printer.sql(clause.args['this'])}" if clause is not None else ""
    return found


_CLAUSES = {"from": "from_", "where": "where"}
_PLAIN = frozenset(("expressions", *_CLAUSES.values()))
"""What a plain SELECT has."""


def _between(sign: str) -> Callable[[_Printer, exp.Binary], str]:
    """What prints two operands and the sign between them."""

    def print_both(printer: _Printer, tree: exp.Binary) -> str:
        return f"{printer.sql(tree.args['this'])} {sign} {printer.sql(tree.args['expression'])}"

    return print_both


# Not And and Or: sqlglot goes along a chain of them without going deeper, however long an author makes it.
_SHORT: dict[type, Callable[[_Printer, Any], str]] = {
    exp.Identifier: _identifier,
    exp.Column: _column,
    exp.Alias: _alias,
    exp.Literal: _literal,
    exp.Null: _null,
    exp.Paren: _paren,
    exp.Cast: _cast,
    exp.Case: _case,
    exp.Select: _select,
    exp.Is: _between("IS"),
    exp.EQ: _between("="),
    exp.NEQ: _between("<>"),
    exp.LT: _between("<"),
    exp.LTE: _between("<="),
    exp.GT: _between(">"),
    exp.GTE: _between(">="),
}
