"""The people above somebody on a day, as a recursive SELECT."""

from __future__ import annotations

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
)
from workflow.model.types import COUNT
from workflow.plan.nodes import EachSuperior

_CLIMB = "?climb"


def climb(by: EachSuperior, of: str) -> exp.With:
    """Each person and day asked, with the row of everybody met on the way up; level 0 is the person's own."""
    asked = select(
        [named(column(by.person), "?person"), named(column(by.day), "?day")],
        relation(of),
        both(is_known(column(by.person)), is_known(column(by.day))),
    ).distinct(copy=False)
    first = _met(by, column("?person", "c"), plain(0), call("list_value", column(by.key, "r")))
    first = join(_from(first, subquery(asked, "c")), relation(by.register, "r"), _there(by, column("?person", "c")))
    level = binary("+", column("?level", "c"), plain(1))
    met = call("list_append", column("?met", "c"), column(by.key, "r"))
    next_up = _met(by, column("?person", "c"), level, met)
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


def _from(query: exp.Select, source: Tree) -> exp.Select:
    query.set("from_", exp.From(this=source))
    return query


def _there(by: EachSuperior, person: Tree) -> Tree:
    """Whether a row of the register is that of the person, on the day."""
    days = between(column("?day", "c"), column("from", "r"), column("through", "r"))
    return both(binary("=", column(by.key, "r"), person), days)


def superiors(by: EachSuperior, of: str, columns: list[str]) -> exp.Select:
    """The rows of `of`, once for each person above."""
    added = [
        named(column("?here", "c"), "superior.person"),
        named(cast(column("?level", "c"), sql_type(COUNT)), "superior.level"),
    ]
    query = select([*(named(column(name, "l"), name) for name in columns), *added], relation(of, "l"))
    same = both(
        binary("=", column(by.person, "l"), column("?person", "c")),
        binary("=", column(by.day, "l"), column("?day", "c")),
        binary(">", column("?level", "c"), plain(0)),
    )
    query.set("with_", climb(by, of))
    return join(query, relation(_CLIMB, "c"), same)


def met_twice(by: EachSuperior, of: str) -> exp.Select:
    """A row where somebody on the way up has two rows on the day."""
    keys = [column(name) for name in ("?person", "?day", "?level")]
    query = select([plain(1)], relation(_CLIMB))
    query.set("group", exp.Group(expressions=keys))
    query.set("having", exp.Having(this=binary(">", call("count", exp.Star()), plain(1))))
    query.set("with_", climb(by, of))
    # Inside, so that what the query needs can be written before it.
    return select([plain(1)], subquery(query, "met"))
