"""Whom refused rows are about, as far as that can be read: so that what is missing stands at somebody's name.

A row that is refused for one cell mostly says clearly whose it is, and of which day. A row that takes back an event is
about those whom that event names, if it is recorded.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workflow.checks.goalsetting import SET
from workflow.checks.mapping import FieldMapping, ListMapping
from workflow.intake.cells import staged
from workflow.intake.evidence import quoted
from workflow.intake.taken import About
from workflow.model.types import Kind

if TYPE_CHECKING:
    import duckdb

_OF = "SELECT id, {about} FROM {table} WHERE id IN (SELECT unnest(?)) ORDER BY ALL"


@dataclass(frozen=True, slots=True)
class Telling:
    """What the staged rows of an event type tell about themselves: the names of its fields by what they hold.

    `people` are customers too. `day` is the column that says when it counts: of a goal the due day.
    """

    event: str
    people: tuple[str, ...]
    lists: tuple[str, ...]
    period: str | None
    names: str | None
    by: str | None
    day: str = quoted("day")

    @property
    def columns(self) -> str:
        """The SQL of it, in the order in which `about` takes it."""
        people = [f"CASE WHEN {staged(name)} IS NOT NULL THEN [{staged(name)}] END" for name in self.people]
        people += [f"list_sort(list_distinct([part.person FOR part IN {staged(name)}]))" for name in self.lists]
        others = [staged(name) if name is not None else "NULL" for name in (self.period, self.names, self.by)]
        return ", ".join((self.day, *others, *people))

    def about(self, told: Sequence[object], periods: frozenset[str]) -> About:
        """What a row tells; `periods` are all that there are, since another text is no period."""
        day, period, names, of, *people = told
        named = zip((*self.people, *self.lists), people, strict=True)
        return About(
            self.event,
            {name: tuple(each) for name, each in named if isinstance(each, list) and each},
            day if isinstance(day, datetime.date) and self.period is None else None,
            str(period) if period in periods else None,
            None if names is None else str(names),
            None if of is None else str(of),
        )


def telling(event: str, fields: Iterable[FieldMapping], lists: Iterable[ListMapping], by: str | None) -> Telling:
    """What the rows of a type tell; `by` is the field that names the event that one reverses, if it does."""
    kinds: dict[Kind, list[str]] = defaultdict(list)
    for each in fields:
        kinds[each.type.kind].append(each.name)
    names = {each.name for each in fields}
    return Telling(
        event,
        (*kinds[Kind.PERSON], *kinds[Kind.CUSTOMER]),
        tuple(each.name for each in lists),
        next(iter(kinds[Kind.PERIOD]), None),
        next((each for each in ("policy", "fact") if each in names), None),
        by if by in names else None,
        staged("due") if event == SET else quoted("day"),
    )


def with_originals(
    connection: duckdb.DuckDBPyConnection, rows: Iterable[About], table: str, original: Telling
) -> Mapping[str, About]:
    """Of each event that refused rows reverse, by its id: what its own rows in the staged `table` say."""
    ids = sorted({row.of for row in rows if row.of is not None})
    if not ids:
        return {}
    found = connection.execute(_OF.format(about=original.columns, table=quoted(table)), [ids]).fetchall()
    return {str(id_): original.about(told, frozenset()) for id_, *told in found}


def of_original(row: About, originals: Mapping[str, About]) -> About:
    """What a row is about once the event that it reverses is known: those whom that event names."""
    original = originals.get(row.of or "")
    return row if original is None else replace(row, people=original.people, of_day=original.day)
