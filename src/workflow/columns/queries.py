"""Queries: what is selected from which relations, as trees and printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from workflow.columns.printing import printer
from workflow.columns.tree import Tree, ascending, column, identifier


def relation(name: str, alias: str | None = None) -> Tree:
    """An earlier step, by its name."""
    return exp.Table(this=identifier(name), alias=_alias(alias))


def recorded(table: str) -> Tree:
    """A table of the evidence; its names are as intake wrote them."""
    return exp.Table(this=exp.Identifier(this=table, quoted=True), db=exp.Identifier(this=EVIDENCE, quoted=True))


def recorded_column(name: str) -> Tree:
    """A column of a table of the evidence."""
    return exp.Column(this=exp.Identifier(this=name, quoted=True))


EVIDENCE = "evidence"
"""The name under which an engine attaches the evidence."""


def subquery(query: exp.Query, alias: str | None = None) -> Tree:
    """A SELECT to read from."""
    return exp.Subquery(this=query, alias=_alias(alias))


def verbatim(sql: str) -> Tree:
    """A printed SELECT to read from."""
    return exp.Var(this=f"({sql})")


def _alias(name: str | None) -> exp.TableAlias | None:
    return exp.TableAlias(this=identifier(name)) if name is not None else None


def select(columns: Iterable[Tree], source: Tree | None = None, where: Tree | None = None) -> exp.Select:
    """A SELECT; more clauses are set on it by its maker."""
    query = exp.Select(expressions=list(columns))
    if source is not None:
        query.set("from_", exp.From(this=source))
    if where is not None:
        query.set("where", exp.Where(this=where))
    return query


def join(query: exp.Select, other: Tree, on: Tree, *, keeping_all: bool = False) -> exp.Select:
    """The SELECT with a second source; `keeping_all` rows of the first."""
    query.append("joins", exp.Join(this=other, on=on, side="LEFT" if keeping_all else None))
    return query


def grouped(query: exp.Select, by: Sequence[Tree], having: Tree | None = None) -> exp.Select:
    """The SELECT with its groups."""
    if by:
        query.set("group", exp.Group(expressions=list(by)))
    if having is not None:
        query.set("having", exp.Having(this=having))
    return query


def union(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of all queries, which have the same columns in the same order."""
    result = queries[0]
    for query in queries[1:]:
        result = exp.Union(this=result, expression=query, distinct=False)
    return result


def listed(rows: Iterable[Sequence[Tree]], names: Sequence[str]) -> exp.Query:
    """Rows that stand in the statement."""
    columns = exp.TableAlias(this=identifier("?rows"), columns=[identifier(name) for name in names])
    values = exp.Values(expressions=[exp.Tuple(expressions=list(row)) for row in rows], alias=columns)
    return select([column(name) for name in names], values)


def ordered(query: exp.Select, order: Sequence[Tree]) -> exp.Select:
    """The SELECT with its rows from the least up."""
    query.set("order", exp.Order(expressions=[ascending(tree) for tree in order]))
    return query


def printed(query: exp.Query) -> str:
    """The statement as DuckDB reads it; the tree is done with after that."""
    return printer().generate(query, copy=False)
