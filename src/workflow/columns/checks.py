"""Queries that find out whether a step's promises hold; none is made for what the plan proves by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sqlglot import exp

from workflow.columns.keys import Keys
from workflow.columns.lookups import matches, other_side, there
from workflow.columns.queries import (
    grouped,
    join,
    printed,
    recorded,
    recorded_column,
    relation,
    select,
    subquery,
)
from workflow.columns.superiors import met_twice
from workflow.columns.tree import (
    Tree,
    binary,
    bits,
    both,
    call,
    column,
    constant,
    count_rows,
    descending,
    either,
    fields,
    is_null,
    named,
    over,
    plain,
    true,
    when,
)
from workflow.model.terms import Function
from workflow.plan.breaches import Breach
from workflow.plan.nodes import (
    Aggregate,
    Apportion,
    EachSuperior,
    Emit,
    Events,
    Expand,
    Field,
    Fold,
    Lookup,
    Measure,
    Register,
    Running,
    Step,
    mask_of,
)


@dataclass(frozen=True, slots=True)
class Check:
    """A promise is broken if each query, the cheapest first, finds a row; `reads` are the steps that they read."""

    breach: Breach
    queries: tuple[str, ...]
    reads: tuple[str, ...]


def checks_of(step: Step, given: Mapping[str, Sequence[Field]], keys: Mapping[str, Keys]) -> tuple[Check, ...]:
    """The checks of one step, in the order of `Breach`."""
    node = step.node
    match node:
        case Events() | Register():
            table = node.table if isinstance(node, Events) else f"register {node.name}"
            always = [field.name for field in node.always]
            return _recorded(table, (*always, *(g.name for g in node.fields if g.absent is None)))
        case Lookup():
            return tuple(_lookup(node, keys[node.other]))
        case Expand(by=EachSuperior() as by) if not keys[by.register].decide_on_a_day({by.key}):
            return (_check(Breach.TWO_ROWS, (met_twice(by, node.of),), (node.of, by.register)),)
        case Aggregate():
            return tuple(_aggregate(node, _by_name(given[node.of]), keys[node.of]))
        case Running() | Apportion() | Fold():
            of = _by_name(given[node.of])
            ordered = _ordered(node.of, (*node.by, *node.order), of, keys[node.of])
            return (*ordered, *(_apportioned(node, of) if isinstance(node, Apportion) else ()))
        case Emit():
            return tuple(_ordered(node.of, node.order, _by_name(given[node.of]), keys[node.of]))
        case _:
            return ()


def _check(breach: Breach, queries: tuple[exp.Select, ...], reads: tuple[str, ...]) -> Check:
    return Check(breach, tuple(printed(query.limit(1, copy=False)) for query in queries), reads)


def _by_name(of: Sequence[Field]) -> dict[str, Field]:
    return {field.name: field for field in of}


def _found(source: Tree, where: Tree | None = None) -> exp.Select:
    return select([plain(1)], source, where)


@lru_cache(1_000)
def _recorded(table: str, names: tuple[str, ...]) -> tuple[Check, ...]:
    query = _found(recorded(table), either(*(is_null(recorded_column(name)) for name in names)))
    return (_check(Breach.UNRECORDED, (query,), ()),)


def _known(of: str, names: Iterable[str], of_step: Mapping[str, Field], where: Tree | None = None) -> Iterable[Check]:
    unknown = [is_null(column(name)) for name in dict.fromkeys(names) if of_step[name].maybe]
    if unknown:
        missing = either(*unknown)
        query = _found(relation(of), missing if where is None else both(where, missing))
        yield _check(Breach.UNKNOWN_KEY, (query,), (of,))


def _ordered(of: str, names: Sequence[str], columns: Mapping[str, Field], keys: Keys) -> Iterable[Check]:
    yield from _known(of, names, columns)
    if not keys.decide(set(names)):
        yield _check(Breach.NO_ORDER, (_repeated(relation(of), [column(name) for name in names]),), (of,))


def _repeated(source: Tree, keys: Sequence[Tree]) -> exp.Select:
    return grouped(_found(source), keys, binary(">", count_rows(), plain(1)))


def _lookup(node: Lookup, keys: Keys) -> Iterable[Check]:
    reads = (node.of, node.other)
    if any(take.absent is None for take in node.take):
        query = join(_found(relation(node.of, "l")), other_side(node), matches(node), keeping_all=True)
        query.set("where", exp.Where(this=is_null(there())))
        yield _check(Breach.NO_ROW, (query,), reads)
    columns = {other for _, other in node.on}
    bounds = (node.since, node.until) if node.day is not None else None
    apart = keys.apart and bounds == ("period.start", "period.end")
    on_a_day = bounds == ("from", "through")
    if not apart and not (keys.decide_on_a_day(columns) if on_a_day else keys.decide(columns)):
        numbered = select([exp.Star(), named(over(call("row_number"), ()), "?row")], relation(node.of))
        both_sides = join(_found(subquery(numbered, "l")), other_side(node), matches(node))
        twice = grouped(both_sides, [column("?row", "l")], binary(">", count_rows(), plain(1)))
        alike = _repeated(relation(node.other), [column(other) for _, other in node.on])
        yield _check(Breach.TWO_ROWS, (alike, twice), reads)


def _aggregate(node: Aggregate, of: Mapping[str, Field], keys: Keys) -> Iterable[Check]:
    yield from _known(node.of, node.by, of)
    latest = [measure for measure in node.measures if measure.function is Function.LATEST]
    for measure in latest:
        yield from _known(node.of, measure.order, of, _possible(measure))
    for measure in latest:
        if not keys.decide({*node.by, *measure.order}):
            yield _check(Breach.TWO_LATEST, (_two_latest(node, measure, of),), (node.of,))


def _possible(measure: Measure) -> Tree | None:
    """Whether a row may be the latest: its `where` is not false."""
    return None if measure.where is None else call("coalesce", column(measure.where), true())


def _two_latest(node: Aggregate, measure: Measure, of: Mapping[str, Field]) -> exp.Select:
    """A group whose greatest rows by `order` decide differently."""
    assert measure.value is not None
    by, order = [column(name) for name in node.by], [column(name) for name in measure.order]
    value: Tree = column(measure.value)
    parts = [("value", value), ("mask", _mask(of[measure.value]))]
    if measure.where is not None:
        where = column(measure.where)
        mask = when((where, parts[1][1]), otherwise=_mask(of[measure.where]))
        parts = [("value", when((where, value))), ("mask", mask)]
    # The rank of the first is 1, and so is that of all who are equal to it.
    ranked = over(call("rank"), by, [descending(tree) for tree in order])
    columns = [*(named(tree, f"?by.{i}") for i, tree in enumerate(by)), named(ranked, "?rank")]
    inner = select([*columns, named(fields(parts), "?outcome")], relation(node.of), _possible(measure))
    first = _found(subquery(inner), binary("=", column("?rank"), plain(1)))
    differing = binary(">", _distinct(column("?outcome")), plain(1))
    return grouped(first, [column(f"?by.{i}") for i in range(len(by))], differing)


def _distinct(tree: Tree) -> Tree:
    return call("count", exp.Distinct(expressions=[tree]))


def _mask(field: Field) -> Tree:
    return column(mask_of(field.name)) if field.maybe else bits(0)


def _apportioned(node: Apportion, of: Mapping[str, Field]) -> Iterable[Check]:
    by = [column(name) for name in node.by]
    totals = _distinct(fields([("value", column(node.total)), ("mask", _mask(of[node.total]))]))
    yield _check(
        Breach.TWO_TOTALS, (grouped(_found(relation(node.of)), by, binary(">", totals, plain(1))),), (node.of,)
    )
    negative = binary("<", column(node.weight), constant(Decimal(0), of[node.weight].type))
    yield _check(Breach.NEGATIVE_WEIGHT, (_found(relation(node.of), negative),), (node.of,))
