"""Which days the sources of an event type have delivered completely, as they say themselves or by recorded events."""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workflow.checks.builtin import DELIVERED
from workflow.checks.calculated import EventType
from workflow.checks.mapping import PeriodKind, SourceMapping
from workflow.intake.taken import Days, Intake
from workflow.model.types import Kind

if TYPE_CHECKING:
    import duckdb

_NOTICES = 'SELECT source, "from", through FROM "event source.delivered" WHERE "from" <= through'


def delivered_days(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[SourceMapping]
) -> Mapping[str, tuple[Days, ...]]:
    """For each event type the days that every source of it has delivered, in order; a silent source delivers none."""
    notices: dict[str, list[Days]] = defaultdict(list)
    if any(source.event == DELIVERED for source in sources):
        for name, first, last in connection.execute(_NOTICES).fetchall():
            notices[name].append((first, last))
    found: dict[str, tuple[Days, ...]] = {}
    for source in sources:
        if source.event is not None:
            said = joined([*notices[source.name], *([source.delivered] if source.delivered else [])])
            found[source.event] = common(found[source.event], said) if source.event in found else said
    return dict(sorted(found.items()))


def begins(
    taken: Intake, events: Mapping[str, EventType], kinds: Mapping[str, PeriodKind]
) -> Mapping[str, datetime.date | None]:
    """Of each event type whose sources don't say what they have delivered, the first day of which a record speaks.

    That is the day of the first record; of records that name a period, which may be over when they are made, the first
    day of the earliest that one names. None: no record speaks of any.
    """
    starts = {name: first for kind in kinds.values() for name, first, _ in kind.periods}
    found: dict[str, datetime.date | None] = {}
    for event in (event for event, days in taken.delivered.items() if not days):
        fields = events[event].fields.values() if event in events else ()
        naming = next((field.name for field in fields if field.type.kind is Kind.PERIOD), None)
        if naming is None:
            found[event] = taken.evidence.first_day(f"event {event}", "event.day")
        else:
            named = taken.evidence.texts(f"event {event}", naming)
            found[event] = min((starts[name] for name in named if name in starts), default=None)
    return found


def taken_back(
    taken: Intake, reversals: Iterable[tuple[str, tuple[str, str]]]
) -> Callable[[str, Days], datetime.date | None]:
    """What tells the earliest day of the events of a type that others take back on some days.

    `reversals` are the types that reverse another, each with that and with the field that names the reversed event.
    """
    known = tuple(reversals)

    @functools.cache
    def oldest(event: str, days: Days) -> datetime.date | None:
        found = [
            taken.evidence.first_day_behind(f"event {name}", by, f"event {of}", days)
            for name, (of, by) in known
            if of == event and name in taken.delivered
        ]
        return min((day for day in found if day is not None), default=None)

    return oldest


def joined(stretches: Iterable[Days]) -> tuple[Days, ...]:
    """The same days in stretches that neither overlap nor touch, in order."""
    found: list[Days] = []
    for first, last in sorted(stretches):
        if found and (first - found[-1][1]).days <= 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def common(one: Sequence[Days], other: Sequence[Days]) -> tuple[Days, ...]:
    """The days in both."""
    return joined((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other if max(a[0], b[0]) <= min(a[1], b[1]))
