"""SQL trees: the few shapes that values need, each wrapped and cast so that DuckDB chooses nothing.

sqlglot prints hand-made trees without the parentheses they need, so every operator stands in its own. Functions come
from one list, which leaves out all that give a floating number without saying so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache, lru_cache

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
    "TINYINT": exp.DType.TINYINT,
    "VARCHAR": exp.DType.VARCHAR,
}


@lru_cache(10_000)
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


@cache
def data_type(spelled: str) -> exp.DataType:
    """An SQL type from its spelling in the table of storage; HUGEINT and TINYINT beside. All casts to it share a tree,
    which nobody changes.
    """
    decimal = _DECIMAL.fullmatch(spelled)
    if decimal is None:
        return exp.DataType(this=_PLAIN[spelled])
    sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in decimal.groups()]
    return exp.DataType(this=exp.DType.DECIMAL, expressions=sizes)


def cast(tree: Tree, spelled: str) -> Tree:
    """A tree as an SQL type."""
    return exp.Cast(this=tree, to=data_type(spelled))


def decimal(tree: Tree, precision: int, scale: int) -> Tree:
    """A tree as a decimal; a constant that fits is written as one of that size at once."""
    if isinstance(tree, exp.Cast) and isinstance(tree.this, exp.Literal) and _fits(tree.this, precision, scale):
        tree = tree.this
    return cast(tree, f"DECIMAL({precision}, {scale})")


def _fits(literal: exp.Literal, precision: int, scale: int) -> bool:
    before, _, after = literal.name.removeprefix("-").partition(".")
    return f"{before}{after}".isdigit() and len(before) <= precision - scale and len(after) <= scale


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


def listed_values(values: Iterable[Decimal], spelled: str) -> Tree:
    """A list of decimals that stands in a statement, in one literal: a tree for each is slow to read."""
    of = exp.DataType(this=exp.DType.ARRAY, expressions=[data_type(spelled)], nested=True)
    return exp.Cast(this=exp.Literal.string(f"[{', '.join(format(value, 'f') for value in values)}]"), to=of)


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
    "&": exp.BitwiseAnd,
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
    """The first branch whose condition holds; a choice that is left for the others goes on in the same CASE."""
    ifs = [exp.If(this=condition, true=tree) for condition, tree in branches]
    if isinstance(otherwise, exp.Case) and otherwise.this is None:
        ifs += otherwise.args["ifs"]
        otherwise = otherwise.args.get("default")
    return exp.Case(ifs=ifs, default=otherwise)


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
