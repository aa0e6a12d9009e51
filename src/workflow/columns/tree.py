"""SQL trees: the few shapes that lowering needs, each wrapped and cast so that DuckDB chooses nothing.

sqlglot prints hand-made trees without the parentheses they need, so every operator stands in its own. Functions come
from one list, which leaves out all that give a floating number without saying so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlglot import exp

from workflow.columns.storage import sql_type
from workflow.model.typed import Value
from workflow.model.types import Type

FUNCTIONS = frozenset(
    {
        "abs",
        "arg_max",
        "bit_or",
        "coalesce",
        "contains",
        "count",
        "day",
        "dayname",
        "dayofyear",
        "epoch_us",
        "instr",
        "isodow",
        "length",
        "list_append",
        "list_contains",
        "list_extract",
        "list_sort",
        "list_value",
        "lower",
        "make_date",
        "make_timestamp",
        "max",
        "min",
        "month",
        "monthname",
        "nullif",
        "rank",
        "regexp_full_match",
        "replace",
        "round",
        "round_even",
        "row",
        "row_number",
        "rtrim",
        "starts_with",
        "struct_extract",
        "struct_pack",
        "substring",
        "suffix",
        "sum",
        "to_months",
        "trunc",
        "upper",
        "week",
        "year",
    }
)
"""All functions that may stand in a statement. Of decimals and integers none of them gives a floating number."""

Tree = exp.Expression

_DECIMAL = re.compile(r"DECIMAL\((\d+), (\d+)\)")
_PLAIN = {
    "BIGINT": exp.DType.BIGINT,
    "BOOLEAN": exp.DType.BOOLEAN,
    "DATE": exp.DType.DATE,
    "HUGEINT": exp.DType.INT128,
    "INTEGER": exp.DType.INT,
    "TIMESTAMP": exp.DType.TIMESTAMP,
    "VARCHAR": exp.DType.VARCHAR,
}


def sql_name(name: str) -> str:
    """A name whose capitals are marked: DuckDB takes `Rate` and `rate` for one column, quoted or not."""
    return re.sub(r"[A-Z^]", lambda capital: "^" + capital.group().lower(), name)


def identifier(name: str) -> exp.Identifier:
    """A quoted name."""
    return exp.Identifier(this=sql_name(name), quoted=True)


def quoted(name: str) -> str:
    """A name as text of a statement."""
    return '"' + sql_name(name).replace('"', '""') + '"'


def column(name: str, table: str | None = None) -> Tree:
    """A column, of one side of a join if that must be said."""
    return exp.Column(this=identifier(name), table=identifier(table) if table is not None else None)


def named(tree: Tree, name: str) -> Tree:
    """A column of a SELECT."""
    return exp.Alias(this=tree, alias=identifier(name))


def data_type(spelled: str) -> exp.DataType:
    """An SQL type from its spelling in the table of storage; HUGEINT beside."""
    decimal = _DECIMAL.fullmatch(spelled)
    if decimal is None:
        return exp.DataType(this=_PLAIN[spelled])
    sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in decimal.groups()]
    return exp.DataType(this=exp.DType.DECIMAL, expressions=sizes)


def cast(tree: Tree, spelled: str) -> Tree:
    """A tree as an SQL type."""
    return exp.Cast(this=tree, to=data_type(spelled))


def decimal(tree: Tree, precision: int, scale: int) -> Tree:
    """A tree as a decimal."""
    return cast(tree, f"DECIMAL({precision}, {scale})")


def hugeint(tree: Tree) -> Tree:
    """A tree as an integer of 128 bits."""
    return cast(tree, "HUGEINT")


def whole(value: int) -> Tree:
    """An integer of 128 bits."""
    return hugeint(exp.Literal.string(str(value)))


def plain(value: int) -> Tree:
    """A small number as an argument of a function."""
    return exp.Literal.number(value)


def text(value: str) -> Tree:
    """A text that a statement needs."""
    return exp.Literal.string(value)


def true() -> Tree:
    """Yes."""
    return exp.true()


def constant(value: Value, of: Type) -> Tree:
    """A value that stands in the plan."""
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    text = str(value)
    if isinstance(value, Decimal):
        text = format(value, "f")
    elif isinstance(value, datetime.datetime):
        text = value.replace(tzinfo=None).isoformat(sep=" ")
    return cast(exp.Literal.string(text), sql_type(of))


def null(spelled: str) -> Tree:
    """A missing value of an SQL type."""
    return cast(exp.Null(), spelled)


def bits(mask: int) -> Tree:
    """A mask of causes."""
    return cast(exp.Literal.number(mask), "BIGINT")


def call(name: str, *args: Tree) -> Tree:
    """A function of the list."""
    assert name in FUNCTIONS, name
    return exp.Anonymous(this=name, expressions=list(args))


def count_rows() -> Tree:
    """The number of rows."""
    return call("count", exp.Star())


def fields(parts: Sequence[tuple[str, Tree]]) -> Tree:
    """A structure with named parts."""
    pairs = [exp.PropertyEQ(this=exp.Identifier(this=name), expression=tree) for name, tree in parts]
    return exp.Anonymous(this="struct_pack", expressions=pairs)


def part(tree: Tree, name: str) -> Tree:
    """A part of a structure."""
    return call("struct_extract", tree, exp.Literal.string(name))


_BINARY: dict[str, type[exp.Binary]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "//": exp.IntDiv,
    "%": exp.Mod,
    "|": exp.BitwiseOr,
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def binary(operator: str, left: Tree, right: Tree) -> Tree:
    """Two operands and what stands between them."""
    return exp.Paren(this=_BINARY[operator](this=left, expression=right))


def both(*conditions: Tree) -> Tree:
    """All of the conditions."""
    return _chained(exp.And, conditions)


def either(*conditions: Tree) -> Tree:
    """Any of the conditions."""
    return _chained(exp.Or, conditions)


def _chained(of: type[exp.Binary], conditions: Iterable[Tree]) -> Tree:
    """The operator between all of them, in halves: a chain as long as a formula would be too deep to be printed."""
    trees = list(conditions)
    while len(trees) > 1:
        pairs = zip(trees[::2], trees[1::2], strict=False)
        odd = trees[len(trees) & ~1 :]
        trees = [exp.Paren(this=of(this=left, expression=right)) for left, right in pairs] + odd
    return trees[0]


def concatenated(*texts: Tree) -> Tree:
    """Texts one behind another; null where one is."""
    return _chained(exp.DPipe, texts)


def between(tree: Tree, since: Tree, until: Tree) -> Tree:
    """Whether a day lies between two, both included."""
    return both(binary("<=", since, tree), binary("<=", tree, until))


def negated(tree: Tree) -> Tree:
    """The opposite number."""
    return exp.Paren(this=exp.Neg(this=tree))


def opposite(tree: Tree) -> Tree:
    """The opposite truth."""
    return exp.Paren(this=exp.Not(this=tree))


def is_null(tree: Tree) -> Tree:
    """Whether there is no value."""
    return exp.Paren(this=exp.Is(this=tree, expression=exp.Null()))


def is_known(tree: Tree) -> Tree:
    """Whether there is a value."""
    return opposite(is_null(tree))


def when(*branches: tuple[Tree, Tree], otherwise: Tree | None = None) -> Tree:
    """The first branch whose condition holds."""
    return exp.Case(ifs=[exp.If(this=condition, true=tree) for condition, tree in branches], default=otherwise)


def if_true(condition: Tree, then: Tree, otherwise: Tree, missing: Tree | None = None) -> Tree:
    """One of two branches, or a third where the condition, which is looked at once, is missing."""
    ifs = [exp.If(this=exp.true(), true=then), exp.If(this=exp.false(), true=otherwise)]
    return exp.Case(this=condition, ifs=ifs, default=missing)


def attempted(tree: Tree) -> Tree:
    """A tree that is null where it would overflow."""
    return exp.Try(this=tree)


def filtered(aggregate: Tree, where: Tree | None) -> Tree:
    """An aggregate over the rows for which a condition holds."""
    return aggregate if where is None else exp.Filter(this=aggregate, expression=exp.Where(this=where))


def over(aggregate: Tree, by: Sequence[Tree], order: Sequence[Tree] = (), *, so_far: bool = False) -> Tree:
    """An aggregate over the rows of a group; `so_far`: only those up to this one in `order`."""
    spec = None
    if so_far:
        spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW", end_side=None)
    ordered = exp.Order(expressions=list(order)) if order else None
    return exp.Window(this=aggregate, partition_by=list(by), order=ordered, spec=spec)


def descending(tree: Tree) -> Tree:
    """An order from the greatest down."""
    return exp.Ordered(this=tree, desc=True)


def ascending(tree: Tree) -> Tree:
    """An order from the least up."""
    return exp.Ordered(this=tree, desc=False)


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
    return query.sql("duckdb", copy=False)
