"""Which days the sources of an event type have delivered completely, as they say themselves or by recorded events."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workflow.checks.builtin import DELIVERED
from workflow.checks.mapping import SourceMapping
from workflow.intake.taken import Days, Intake

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


def begins(taken: Intake) -> Mapping[str, datetime.date | None]:
    """Of each event type whose sources don't say what they have delivered, the first recorded day; None: no record."""
    silent = [event for event, days in taken.delivered.items() if not days]
    return {event: taken.evidence.first_day(f"event {event}", "event.day") for event in silent}


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
