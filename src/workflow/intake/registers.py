"""Staged rows of a register become its evidence: dated rows of one key that never overlap.

Several sources may describe the same people. They exist on the days of the sources that say since when (on all days, if
none does); the others add columns. Where sources change on different days, rows are split at all of these borders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.checks.mapping import FieldMapping
from workflow.columns.storage import sql_type
from workflow.diagnostics import Argument, Diagnostic, InputRefused, Span
from workflow.intake.cells import staged
from workflow.intake.evidence import quoted
from workflow.intake.fates import Bounds, Fates, shared_hashes
from workflow.intake.hierarchy import Twice, resolve
from workflow.intake.quarantine import lines_of_rows, visible
from workflow.intake.rows import columns_of
from workflow.intake.staging import Staged
from workflow.model.types import DATE, Kind, Type
from workflow.plan.nodes import Field

if TYPE_CHECKING:
    import duckdb

KEYS = {"people": Field("person", Type(Kind.PERSON)), "customers": Field("customer", Type(Kind.CUSTOMER))}
"""The registers and their keys."""

_At = tuple[int, int]
"""A row, by its file's number and its record."""

# Of most keys there is one row: nothing repeats it, overlaps it, or says otherwise, and it needs no second look.
_HASHED = "SELECT hash(id) AS hashed FROM {table} WHERE {single} = 'accepted'"
_TURNS = """
CREATE TEMP TABLE {turns} AS
SELECT rowid AS place, row_number() OVER (
    PARTITION BY source, id, "from", through {content} ORDER BY file, record
) AS turn
FROM {table} WHERE {single} = 'accepted' AND hash(id) IN (SELECT hashed FROM suspect)
"""
_FATES = """
CREATE TEMP VIEW {judged} AS
SELECT s.*, s.rowid AS place, verdict AS why, CASE WHEN turn > 1 THEN 'duplicate' ELSE {single} END AS fate,
    turn IS NOT NULL AS shared
FROM {table} AS s LEFT JOIN {turns} AS t ON t.place = s.rowid
"""
_SHARED = "CREATE TEMP TABLE {rows} AS SELECT * FROM {judged} WHERE fate = 'accepted' AND shared"
_OVERLAPS = """
SELECT id, before.file, before.record, file, record FROM (
    SELECT id, file, record, "from", max(struct_pack(through := through, file := file, record := record)) OVER (
        PARTITION BY source, id ORDER BY "from", through, file, record ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM {rows}
) WHERE "from" <= before.through ORDER BY ALL
"""
_SEGMENTS = """
CREATE OR REPLACE TEMP TABLE segment AS
SELECT id, day AS "from", lead(day) OVER (PARTITION BY id ORDER BY day) - 1 AS through
FROM (SELECT id, "from" AS day FROM {rows} UNION SELECT id, through + 1 FROM {rows})
QUALIFY through IS NOT NULL
"""
_REFINED = """
CREATE OR REPLACE TEMP TABLE refined AS
SELECT s.id, s."from", s.through {places} {fields} FROM segment AS s {joins} WHERE {exists}
UNION ALL
SELECT id, "from", through {places_alone} {fields_alone} FROM {judged}
WHERE fate = 'accepted' AND NOT shared AND source IN ({dated})
"""
_JOIN = """
LEFT JOIN (SELECT * FROM {rows} WHERE source = {source}) AS s{source}
ON s.id = s{source}.id AND s."from" BETWEEN s{source}."from" AND s{source}.through
"""
_DIFFERENT = """
SELECT DISTINCT r.id, one.file, one.record, other.file, other.record FROM refined AS r
JOIN {rows} AS one ON one.place = r."at {one}" JOIN {rows} AS other ON other.place = r."at {other}"
WHERE one.{column} <> other.{column} ORDER BY ALL
"""
_PLACES = "SELECT place, file, record FROM {judged} WHERE place IN (SELECT unnest(?))"
_REGISTER = """
CREATE TABLE {table} AS SELECT id AS {key}, "from", through {fields} FROM refined ORDER BY id, "from"
"""


@dataclass(frozen=True, slots=True)
class Register:
    """A register's staged rows: its name, their table, its fields and sources."""

    name: str
    table: str
    fields: tuple[FieldMapping, ...]
    sources: tuple[Staged, ...]


def judge_rows(connection: duckdb.DuckDBPyConnection, register: Register, bounds: Bounds) -> Fates:
    """Decide the fate of every staged row, as `fates.judge_events` does: a row told twice by one source counts once.

    Returns:
        The fates; their view says besides whether several rows may have one's key: `shared`.
    """
    judged = quoted("fate " + register.table)
    names = {
        "judged": judged,
        "table": quoted(register.table),
        "turns": quoted("turns " + register.table),
        "single": bounds.single(timed=False),
        "content": "".join(f", {staged(name)}" for name, _ in columns_of(register.fields)),
    }
    connection.register("suspect", shared_hashes(connection, _HASHED.format(**names)))
    connection.execute(_TURNS.format(**names))
    connection.unregister("suspect")
    connection.execute(_FATES.format(**names))
    return Fates.of_rows(judged)


def write_register(
    connection: duckdb.DuckDBPyConnection, where: Path, register: Register, judged: str
) -> tuple[Field, ...]:
    """Write the accepted rows of the view `judged` as the table `register NAME`, by key and day.

    Returns:
        The table's fields.

    Raises:
        InputRefused: rows of one source overlap; sources say different things of one day; two have one place in the
            hierarchy.
        WorldFailed: a file can't be read again, for the lines of such rows.
    """
    rows = quoted("shared " + register.table)
    connection.execute(_SHARED.format(rows=rows, judged=judged))
    clashes = _Clashes(connection, where, register, judged, rows)
    mistakes = clashes.overlaps()
    if not mistakes:
        _refine(connection, register, judged, rows)
        mistakes = clashes.differences()
    for field in register.fields:
        separator = _separator(register, field.name)
        if separator is not None and not mistakes:
            givers = ", ".join(quoted(f"at {one.index}") for one in _givers(register, field.name))
            twice = resolve(connection, quoted(field.name), f"coalesce({givers})", separator)
            mistakes = clashes.twice(twice)
    if mistakes:
        raise InputRefused(tuple(mistakes))
    key = KEYS[register.name]
    chosen = "".join(f", {quoted(name)}" for name, _ in columns_of(register.fields))
    table = quoted(f"register {register.name}")
    connection.execute(_REGISTER.format(table=table, key=quoted(key.name), fields=chosen))
    given = (Field(name, type_, maybe=True) for name, type_ in columns_of(register.fields))
    return (key, Field("from", DATE), Field("through", DATE), *given)


def _givers(register: Register, field: str) -> tuple[Staged, ...]:
    """The sources that map a field."""
    return tuple(
        one
        for one in register.sources
        if any(each.name == field and each.cell is not None for each in one.source.fields)
    )


def _first_of(givers: Sequence[Staged], column: str, type_: Type) -> str:
    """The SQL of a column's value on a stretch of days; missing where no source gives it."""
    if not givers:
        return f"CAST(NULL AS {sql_type(type_)})"
    return f"coalesce({', '.join(f's{one.index}.{staged(column)}' for one in givers)})"


def _separator(register: Register, field: str) -> str | None:
    """What parts the paths of a field that names people by their place in the hierarchy; None for other fields."""
    cells = [each.cell for one in register.sources for each in one.source.fields if each.name == field]
    separators = {cell.parent for cell in cells if cell is not None}
    assert len(separators) <= 1, field
    return next(iter(separators), None)


def _refine(connection: duckdb.DuckDBPyConnection, register: Register, judged: str, rows: str) -> None:
    """The table `refined`: a row for each stretch of days of a key on which no source changes. `rows` are those of
    `judged` whose keys are shared.
    """
    # What stands alone follows in the same order, as rows are put together by the places of their columns.
    fields = "".join(
        f", {_first_of(_givers(register, field.name), name, type_)} AS {quoted(name)}"
        for field in register.fields
        for name, type_ in columns_of((field,))
    )
    dated = [one for one in register.sources if one.source.since is not None] or register.sources
    connection.execute(_SEGMENTS.format(rows=rows))
    connection.execute(
        _REFINED.format(
            places="".join(f", s{one.index}.place AS {quoted(f'at {one.index}')}" for one in register.sources),
            fields=fields,
            joins=" ".join(_JOIN.format(rows=rows, source=one.index) for one in register.sources),
            exists=" OR ".join(f"s{one.index}.id IS NOT NULL" for one in dated),
            places_alone="".join(f", CASE source WHEN {one.index} THEN place END" for one in register.sources),
            fields_alone="".join(f", {staged(name)}" for name, _ in columns_of(register.fields)),
            judged=judged,
            dated=", ".join(str(one.index) for one in dated),
        )
    )


@dataclass(frozen=True, slots=True)
class _Clashes:
    """Finds rows of a register that can't both be true, and says so with the lines of both. `rows` are those of the
    view `judged` whose keys are shared.
    """

    connection: duckdb.DuckDBPyConnection
    where: Path
    register: Register
    judged: str
    rows: str

    def overlaps(self) -> list[Diagnostic]:
        """Two rows of one source for one key on one day."""
        found = self.connection.execute(_OVERLAPS.format(rows=self.rows)).fetchall()
        return self._both(
            "register-rows-overlap", [((row[1], row[2]), (row[3], row[4]), {"key": visible(row[0])}) for row in found]
        )

    def differences(self) -> list[Diagnostic]:
        """Two sources that give one field different values for one key on one day."""
        found: list[tuple[_At, _At, dict[str, Argument]]] = []
        for field in self.register.fields:
            for one, other in combinations(_givers(self.register, field.name), 2):
                for name, _ in columns_of((field,)):
                    sql = _DIFFERENT.format(rows=self.rows, one=one.index, other=other.index, column=staged(name))
                    found += [
                        ((row[1], row[2]), (row[3], row[4]), {"key": visible(row[0]), "field": field.name})
                        for row in self.connection.execute(sql).fetchall()
                    ]
        return self._both("register-values-differ", found)

    def twice(self, found: Sequence[Twice]) -> list[Diagnostic]:
        """Two people in one place of the hierarchy on one day."""
        places = [place for each in found for place in (each.place, each.other_place)]
        at = {
            place: (file, record)
            for place, file, record in self.connection.execute(_PLACES.format(judged=self.judged), [places]).fetchall()
        }
        return self._both(
            "path-twice",
            [
                (at[each.place], at[each.other_place], {"path": visible(each.path), "keys": (each.key, each.other)})
                for each in found
            ],
        )

    def _both(self, code: str, found: Sequence[tuple[_At, _At, Mapping[str, Argument]]]) -> list[Diagnostic]:
        """A diagnostic at the second row of each pair, which names the first as well."""
        files = {number: file for one in self.register.sources for number, file in one.files}
        lines = lines_of_rows(self.where, files, {at for one, other, _ in found for at in (one, other)})

        def span(at: _At) -> Span:
            return Span(files[at[0]].path, lines[at], 1, lines[at], 1)

        return [Diagnostic(code, span(other), args, (span(one),)) for one, other, args in found]
