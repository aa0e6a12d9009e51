"""The people above somebody on a day, as a recursive SELECT."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from workflow.columns.queries import (
    join,
    relation,
    select,
    subquery,
)
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    Tree,
    between,
    binary,
    both,
    call,
    cast,
    column,
    identifier,
    is_known,
    named,
    opposite,
    plain,
    when,
)
from workflow.model.types import COUNT
from workflow.plan.nodes import EachSuperior, mask_of

_CLIMB = "?climb"
_RATE, _BELOW, _MOST = "?rate", "?below", "?most"


def climb(by: EachSuperior, of: str, *, maybe: bool = False) -> exp.With:
    """Each person and day asked, with the row of everybody met on the way up; level 0 is the person's own.

    `maybe`: the rate, where there is one, can be missing.
    """
    asked = select(
        [named(column(by.person), "?person"), named(column(by.day), "?day")],
        relation(of),
        both(is_known(column(by.person)), is_known(column(by.day))),
    ).distinct(copy=False)
    first = _met(by, column("?person", "c"), plain(0), call("list_value", column(by.key, "r")))
    first.set("expressions", [*first.expressions, *_rates(by, maybe=maybe, begins=True)])
    first = join(_from(first, subquery(asked, "c")), relation(by.register, "r"), _there(by, column("?person", "c")))
    level = binary("+", column("?level", "c"), plain(1))
    met = call("list_append", column("?met", "c"), column(by.key, "r"))
    next_up = _met(by, column("?person", "c"), level, met)
    next_up.set("expressions", [*next_up.expressions, *_rates(by, maybe=maybe, begins=False)])
    next_up = join(
        _from(next_up, relation(_CLIMB, "c")), relation(by.register, "r"), _there(by, column("?parent", "c"))
    )
    stops = [opposite(call("list_contains", column("?met", "c"), column(by.key, "r")))]
    if by.levels is not None:
        stops.append(binary("<", column("?level", "c"), plain(by.levels)))
    next_up.set("where", exp.Where(this=both(*stops)))
    steps = exp.Union(this=first, expression=next_up, distinct=False)
    return exp.With(expressions=[exp.CTE(this=steps, alias=exp.TableAlias(this=identifier(_CLIMB)))], recursive=True)


def _met(by: EachSuperior, person: Tree, level: Tree, met: Tree) -> exp.Select:
    return select(
        [
            named(person, "?person"),
            named(column("?day", "c"), "?day"),
            named(level, "?level"),
            named(column(by.key, "r"), "?here"),
            named(column(by.parent, "r"), "?parent"),
            named(met, "?met"),
        ]
    )


def _rates(by: EachSuperior, *, maybe: bool, begins: bool) -> list[Tree]:
    """The rate of who is met, the greatest of those below, and the greatest of all together; each with its mask."""
    if by.rate is None:
        return []
    own, below = column(by.rate, "r"), column(_MOST, "c")
    if begins:
        below = own
    most = own if begins else when((binary(">", below, own), below), (binary("<=", below, own), own))
    found = [named(own, _RATE), named(below, _BELOW), named(most, _MOST)]
    if not maybe:
        return found
    missing, before = column(mask_of(by.rate), "r"), column(mask_of(_MOST), "c")
    if begins:
        before = missing
    masks = {_RATE: missing, _BELOW: before, _MOST: missing if begins else binary("|", before, missing)}
    return [*found, *(named(mask, mask_of(name)) for name, mask in masks.items())]


def _from(query: exp.Select, source: Tree) -> exp.Select:
    query.set("from_", exp.From(this=source))
    return query


def _there(by: EachSuperior, person: Tree) -> Tree:
    """Whether a row of the register is that of the person, on the day."""
    days = between(column("?day", "c"), column("from", "r"), column("through", "r"))
    return both(binary("=", column(by.key, "r"), person), days)


def superiors(by: EachSuperior, of: str, columns: list[str], *, maybe: bool) -> exp.Select:
    """The rows of `of`, once for each person above; `maybe`: the rate, where there is one, can be missing."""
    added = [
        named(column("?here", "c"), "superior.person"),
        named(cast(column("?level", "c"), sql_type(COUNT)), "superior.level"),
    ]
    for name, told in ((_RATE, "superior.rate"), (_BELOW, "superior.below")) if by.rate is not None else ():
        added.append(named(column(name, "c"), told))
        added += [named(column(mask_of(name), "c"), mask_of(told))] if maybe else []
    query = select([*(named(column(name, "l"), name) for name in columns), *added], relation(of, "l"))
    same = both(
        binary("=", column(by.person, "l"), column("?person", "c")),
        binary("=", column(by.day, "l"), column("?day", "c")),
        binary(">", column("?level", "c"), plain(0)),
    )
    query.set("with_", climb(by, of, maybe=maybe))
    return join(query, relation(_CLIMB, "c"), same)


def met_twice(by: EachSuperior, of: str) -> exp.Select:
    """A row where somebody on the way up has two rows on the day."""
    keys = [column(name) for name in ("?person", "?day", "?level")]
    query = select([plain(1)], relation(_CLIMB))
    query.set("group", exp.Group(expressions=keys))
    query.set("having", exp.Having(this=binary(">", call("count", exp.Star()), plain(1))))
    query.set("with_", climb(replace(by, rate=None), of))
    # Inside, so that what the query needs can be written before it.
    return select([plain(1)], subquery(query, "met"))
