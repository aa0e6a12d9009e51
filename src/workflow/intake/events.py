"""Staged rows of one event type become its evidence: numbered, with their origin, counts and control totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflow.checks.mapping import FieldMapping, ListMapping
from workflow.columns.storage import sql_type
from workflow.intake.about import Telling
from workflow.intake.cells import literal, staged
from workflow.intake.evidence import quoted
from workflow.intake.fates import Fates, judged_table
from workflow.intake.parts import write_parts
from workflow.intake.quarantine import Row
from workflow.intake.rows import columns_of
from workflow.intake.staging import Staged
from workflow.intake.taken import About, ControlTotal, Counts, currency_of
from workflow.model.types import COUNT, MAX_DIGITS, TEXT, Kind
from workflow.plan.nodes import EVENT_FIELDS, Field

if TYPE_CHECKING:
    import duckdb

# This number depends on nothing but what the events say, so neither rows nor files have an order that matters. Only the
# keys are sorted; whole rows would cost three times as much.
_ORDER = "SELECT place FROM {view} WHERE fate = 'accepted' ORDER BY time, source, sequence NULLS FIRST, id"
_NUMBERED = "UPDATE {staged} SET event = nullif(number_of(rowid), 0)"
_NUMBERS = "SELECT count(event) FROM {staged}"
# Mostly these are all: rows whose fate another row of their id decides. To ask every row for its own takes long.
_UNNUMBERED = (
    "UPDATE {staged} SET event = NULL WHERE rowid IN (SELECT place FROM {judged} WHERE fate <> 'accepted')",
    """
UPDATE {staged} SET event = NULL
WHERE rowid IN (SELECT place FROM {view} WHERE fate <> 'accepted' AND event IS NOT NULL)
""",
)
# Staged rows are not written a second time: the event's table shows those of them that have a number.
_EVENTS = """
CREATE VIEW {table} AS
SELECT event, id AS "event.id", day AS "event.day", time AS "event.time", recorded AS "event.recorded",
    CASE source {sources} END AS "event.source" {fields}
FROM {staged} WHERE event IS NOT NULL
"""
_FILES = """
CREATE TABLE file (
    number INTEGER, source VARCHAR, path VARCHAR, layout VARCHAR, encoding VARCHAR, sha256 VARCHAR, rows BIGINT
)
"""
_ORIGINS = "CREATE VIEW origin AS {rows}"
_ORIGIN = "SELECT event, file, record, time, source, sequence, id FROM {staged} WHERE event IS NOT NULL"
_NO_ORIGIN = """
SELECT CAST(NULL AS {count}) AS event, 0 AS file, 0 AS record, CAST(NULL AS TIMESTAMP) AS time, 0 AS source,
    0 AS sequence, '' AS id
WHERE false
"""
_SIZE = "SELECT count(*) FROM {staged}"
_REFUSED = """
SELECT source, file, record, id, why, found {about} FROM {view}
WHERE fate = 'quarantined' ORDER BY source, file, record
"""
_TOTAL = """
SELECT {currency}, sum(CAST({amount} AS DECIMAL({digits}, {scale}))), count(*)
FROM {table} WHERE {amount} IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


def write_files(connection: duckdb.DuckDBPyConnection, sources: Sequence[Staged]) -> None:
    """The table `file`, which says what each file was, by the number that rows have for it."""
    connection.execute(_FILES)
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


def write_events(connection: duckdb.DuckDBPyConnection, of: Judged) -> None:
    """Give the accepted rows, which are those with a number, as `event TYPE`, and write their parts."""
    names = {each.index: each.source.name for each in of.sources}
    chosen = "".join(f", {staged(name)} AS {quoted(name)}" for name, _ in columns_of(of.fields))
    branches = " ".join(f"WHEN {number} THEN {literal(name)}" for number, name in names.items())
    table = quoted(f"event {of.type}")
    connection.execute(_EVENTS.format(table=table, staged=quoted(of.table), fields=chosen, sources=branches))
    for each in of.lists:
        write_parts(connection, of.type, (quoted(of.table), staged(each.name)), each)


def unnumber_refused(connection: duckdb.DuckDBPyConnection, of: Judged, accepted: int) -> None:
    """Take the numbers of rows that stood for themselves when they were staged, and aren't accepted after all."""
    staged_rows = quoted(of.table)
    for statement in _UNNUMBERED:
        if connection.execute(_NUMBERS.format(staged=staged_rows)).fetchall() == [(accepted,)]:
            break
        connection.execute(statement.format(staged=staged_rows, judged=quoted(judged_table(of.table)), view=of.view))


def number_events(connection: duckdb.DuckDBPyConnection, of: Judged, before: int) -> int:
    """Number the accepted rows in their order, from `before` + 1; how many there are."""
    import numpy as np
    import pyarrow as pa
    from duckdb.func import PythonUDFType

    size = int(connection.execute(_SIZE.format(staged=quoted(of.table))).fetchall()[0][0])
    accepted = connection.execute(_ORDER.format(view=of.view)).fetchnumpy()["place"]
    numbers = np.zeros(size, np.int64)
    numbers[accepted] = np.arange(before + 1, before + 1 + len(accepted))

    def number_of(places: Any) -> Any:
        return pa.array(numbers[places.to_numpy()])

    connection.create_function("number_of", number_of, ["BIGINT"], "BIGINT", type=PythonUDFType.ARROW)
    connection.execute(_NUMBERED.format(staged=quoted(of.table)))
    connection.remove_function("number_of")
    return len(accepted)


def write_origins(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """The view `origin`: where each event of the staged `tables` stands, and what comes before what."""
    rows = [_ORIGIN.format(staged=quoted(table)) for table in tables] or [_NO_ORIGIN.format(count=sql_type(COUNT))]
    connection.execute(_ORIGINS.format(rows=" UNION ALL ".join(rows)))


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


def counted(
    connection: duckdb.DuckDBPyConnection, of: str, met: Fates, sources: Sequence[Staged]
) -> tuple[Counts, ...]:
    """The counts of each source of one event type or register, `of`; every row read has exactly one fate."""
    fates: dict[int, dict[str, int]] = defaultdict(dict)
    for source, fate, count in connection.execute(met.counts).fetchall():
        fates[source][fate.replace(" ", "_")] = int(count)
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
