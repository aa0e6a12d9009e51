"""Staged rows of one event type become its evidence: numbered, with their origin, counts and control totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workflow.checks.mapping import FieldMapping, ListMapping
from workflow.columns.storage import sql_type
from workflow.intake.about import Telling
from workflow.intake.cells import literal
from workflow.intake.evidence import quoted
from workflow.intake.parts import write_parts
from workflow.intake.quarantine import Row
from workflow.intake.rows import columns_of, staged
from workflow.intake.staging import Staged
from workflow.intake.taken import About, ControlTotal, Counts, currency_of
from workflow.model.types import COUNT, MAX_DIGITS, TEXT, Kind
from workflow.plan.nodes import EVENT_FIELDS, Field

if TYPE_CHECKING:
    import duckdb

# The number depends on nothing but what the events say, so neither rows nor files have an order that matters. Only the
# keys are sorted; whole rows would cost three times as much.
_NUMBERED = """
CREATE TEMP TABLE numbered AS
SELECT row_number() OVER (ORDER BY time, source, sequence NULLS FIRST, id) + {before} AS number, place, file, record
FROM {view} WHERE fate = 'accepted'
"""
_EVENTS = """
CREATE TABLE {table} AS
SELECT CAST(n.number AS {count}) AS event, s.id AS "event.id", s.day AS "event.day", s.time AS "event.time",
    s.recorded AS "event.recorded", CASE s.source {sources} END AS "event.source" {fields}
FROM numbered AS n JOIN {staged} AS s ON s.rowid = n.place
"""
_TABLES = """
CREATE TABLE origin (event {count}, file INTEGER, record BIGINT);
CREATE TABLE file (
    number INTEGER, source VARCHAR, path VARCHAR, layout VARCHAR, encoding VARCHAR, sha256 VARCHAR, rows BIGINT
)
"""
_ORIGINS = """
INSERT INTO origin SELECT CAST(number AS {count}), file, record FROM numbered
"""
_SIZE = "SELECT count(*) FROM {table}"
_COUNTED = "SELECT source, fate, count(*) FROM {view} GROUP BY ALL"
_REFUSED = """
SELECT source, file, record, id, why, found {about} FROM {view}
WHERE fate = 'quarantined' ORDER BY source, file, record
"""
_TOTAL = """
SELECT {currency}, sum(CAST({amount} AS DECIMAL({digits}, {scale}))), count(*)
FROM {table} WHERE {amount} IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


def write_files(connection: duckdb.DuckDBPyConnection, sources: Sequence[Staged]) -> None:
    """The tables that say where each event stands: `file`, and `origin`, still empty."""
    connection.execute(_TABLES.format(count=sql_type(COUNT)))
    rows = [
        [number, file.source, file.path, file.layout, file.encoding, file.sha256, file.rows]
        for each in sources
        for number, file in each.files
    ]
    if rows:
        connection.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


@dataclass(frozen=True, slots=True)
class Judged:
    """The staged rows of one event type, the view of their fates, and what a row has and comes from."""

    type: str
    table: str
    view: str
    fields: Sequence[FieldMapping]
    lists: Sequence[ListMapping]
    sources: Sequence[Staged]


def write_events(connection: duckdb.DuckDBPyConnection, of: Judged, before: int) -> int:
    """Write the accepted rows as the table `event TYPE`, numbered from `before` + 1, their parts, and their origin.

    Returns:
        How many there are.
    """
    names = {each.index: each.source.name for each in of.sources}
    chosen = "".join(f", s.{staged(name)} AS {quoted(name)}" for name, _ in columns_of(of.fields))
    branches = " ".join(f"WHEN {number} THEN {literal(name)}" for number, name in names.items())
    count = sql_type(COUNT)
    connection.execute(_NUMBERED.format(before=before, view=of.view))
    table = quoted(f"event {of.type}")
    connection.execute(
        _EVENTS.format(table=table, staged=quoted(of.table), fields=chosen, count=count, sources=branches)
    )
    for each in of.lists:
        write_parts(connection, of.type, (quoted(of.table), staged(each.name)), each)
    connection.execute(_ORIGINS.format(count=count))
    connection.execute("DROP TABLE numbered")
    return int(connection.execute(_SIZE.format(table=table)).fetchall()[0][0])


def event_fields(fields: Sequence[FieldMapping], sources: Sequence[Staged]) -> tuple[Field, ...]:
    """The fields of an evidence table of events; a field may be missing unless every source demands it."""
    sure = {
        field.name
        for field in fields
        if all(
            any(each.name == field.name and each.required and each.cell is not None for each in one.source.fields)
            for one in sources
        )
    }
    given = []
    for field in fields:
        given.append(Field(field.name, field.type, maybe=field.name not in sure))
        if field.type.kind is Kind.MONEY:
            given.append(Field(currency_of(field.name), TEXT, maybe=field.name not in sure))
    return (*EVENT_FIELDS, *given)


def counted(connection: duckdb.DuckDBPyConnection, of: str, view: str, sources: Sequence[Staged]) -> tuple[Counts, ...]:
    """The counts of each source of one event type or register, `of`; every row read has exactly one fate."""
    fates: dict[int, dict[str, int]] = defaultdict(dict)
    for source, fate, count in connection.execute(_COUNTED.format(view=view)).fetchall():
        fates[source][fate.replace(" ", "_")] = count
    found = []
    for each in sources:
        own = fates[each.index]
        own["quarantined"] = own.get("quarantined", 0) + len(each.broken)
        counts = Counts(each.source.name, of, each.source.event is not None, each.rows, **own)
        assert counts.balanced, counts
        found.append(counts)
    return tuple(found)


def refused_rows(
    connection: duckdb.DuckDBPyConnection, view: str, telling: Telling | None, periods: frozenset[str]
) -> tuple[Row, ...]:
    """The rows of `view` that are in quarantine; with what events tell of themselves, where they are events."""
    columns = f", {telling.columns}" if telling is not None else ""
    found = connection.execute(_REFUSED.format(view=view, about=columns)).fetchall()
    return tuple(
        Row(source, file, record, id_, why, text, telling.about(told, periods) if telling is not None else About())
        for source, file, record, id_, why, text, *told in found
    )


def totals_of(
    connection: duckdb.DuckDBPyConnection, type_: str, fields: Sequence[FieldMapping]
) -> tuple[ControlTotal, ...]:
    """The exact sums of an evidence table's amounts, by field and currency."""
    totals = []
    for field in fields:
        if field.type.kind is Kind.MONEY:
            sql = _TOTAL.format(
                currency=quoted(currency_of(field.name)),
                amount=quoted(field.name),
                digits=MAX_DIGITS,
                scale=field.type.scale,
                table=quoted(f"event {type_}"),
            )
            for currency, total, count in connection.execute(sql).fetchall():
                assert isinstance(total, Decimal)
                totals.append(ControlTotal(type_, field.name, currency, total, count))
    return tuple(totals)
