"""The evidence of a run: a closed DuckDB file with its schema and counts, from which every engine reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.columns.storage import sql_type
from workflow.diagnostics import NOWHERE, Diagnostic, WorldFailed
from workflow.model.typed import Value
from workflow.model.types import COUNT
from workflow.plan.nodes import Field

if TYPE_CHECKING:
    import pyarrow as pa


NOT_SYNCED = "SET fsync_mode = 'NONE'"
"""The file lives as long as the run: it needn't be on the disk for good, and to wait for that takes a second a GB."""
_BROKEN_OFF = "KeyboardInterrupt"
"""The last line of an engine's failure, where Python's own was this."""
_IN_ORDER = """
SELECT event FROM origin WHERE event IN (SELECT CAST(event AS {count}) FROM asked)
ORDER BY time, source, sequence NULLS FIRST, id LIMIT ?
"""


@contextmanager
def engine_failures() -> Iterator[None]:
    """Say of DuckDB that it stopped, and why: mostly too little memory or disk; or which file couldn't be used.

    Raises:
        WorldFailed: that happened.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if _BROKEN_OFF in str(error).splitlines()[-1:]:
            # Ctrl-C reached Python while DuckDB was asking it for records.
            raise KeyboardInterrupt from error
        problem = str(error).partition("\n")[0]
        failure = Diagnostic("engine-failed", NOWHERE, {"engine": "duckdb", "problem": problem})
        raise WorldFailed((failure,)) from error
    except OSError as error:
        args = {"path": str(error.filename or ""), "problem": error.strerror or type(error).__name__}
        raise WorldFailed((Diagnostic("file-failed", NOWHERE, args),)) from error


@contextmanager
def memory_kept() -> Iterator[None]:
    """Batches and columns that come and go in the same memory: Arrow's own way gives it back at once and asks for it
    again, so that the system clears every page of each, an eighth of all time where many rows are read or written.
    """
    import pyarrow as pa

    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Accepted events (`event TYPE`) and registers (`register NAME`), nothing in them left to doubt. Those of events
    are views: what was read of a type is written once, and they show the rows that are accepted.

    A run adds what it decides of earlier occasions, as registers of facts, each written once and before it is read.

    `tables` gives the fields of each table, in the file's order. Values are stored as `columns.storage` says; a
    missing value is NULL.
    """

    path: Path
    tables: Mapping[str, tuple[Field, ...]]

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Value | None, ...]]:
        """The rows of a table as Python values (Decimal, str, bool, date, UTC datetime without zone), in no order."""
        import duckdb

        chosen = ", ".join(quoted(column) for column in columns)
        with duckdb.connect(str(self.path), read_only=True) as connection:
            cursor = connection.execute(f"SELECT {chosen} FROM {quoted(table)}")  # noqa: S608 names are ours and quoted
            while batch := cursor.fetchmany(10_000):
                yield from batch

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Have the file open for reading in this block: to open it for each table costs more than reading a small one.

        Nothing may be written to it meanwhile.
        """
        import duckdb

        # Connections of one process to one file share what is open.
        with duckdb.connect(str(self.path), read_only=True):
            yield

    def among(self, table: str, key: str, values: Sequence[object], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """The few rows of a table whose `key` is one of some values, in one order."""
        import duckdb

        if not values:
            return []
        chosen = ", ".join(quoted(column) for column in columns)
        query = f"SELECT {chosen} FROM {quoted(table)} WHERE {quoted(key)} IN (SELECT unnest(?)) ORDER BY ALL"  # noqa: S608 names are ours and quoted
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query, [list(values)]).fetchall()

    def in_order(self, numbers: pa.Array, most: int) -> list[int]:
        """The first of some events, `most` of them, by their numbers, which needn't follow the order of events."""
        import duckdb
        import pyarrow as pa

        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.register("asked", pa.table({"event": numbers}))
            return [
                int(number)
                for (number,) in connection.execute(_IN_ORDER.format(count=sql_type(COUNT)), [most]).fetchall()
            ]

    def first_day(self, table: str, column: str) -> datetime.date | None:
        """The earliest day in a column of a table; None where it has no rows."""
        import duckdb

        with duckdb.connect(str(self.path), read_only=True) as connection:
            query = f"SELECT min({quoted(column)}) FROM {quoted(table)}"  # noqa: S608 names are ours and quoted
            ((day,),) = connection.execute(query).fetchall()
        assert day is None or isinstance(day, datetime.date)
        return day

    def first_day_behind(self, table: str, by: str, originals: str, days: tuple[datetime.date, datetime.date]) -> Any:
        """The earliest day of the events that those of a table reverse, of the ones that are of these days; None where
        there are none. `by` is the column that names the reversed event.
        """
        import duckdb

        with duckdb.connect(str(self.path), read_only=True) as connection:
            query = (
                f'SELECT min(o."event.day") FROM {quoted(table)} AS r JOIN {quoted(originals)} AS o '  # noqa: S608 as above
                f'ON o."event.id" = r.{quoted(by)} WHERE r."event.day" BETWEEN ? AND ?'
            )
            ((day,),) = connection.execute(query, list(days)).fetchall()
        return day

    def texts(self, table: str, column: str) -> tuple[str, ...]:
        """The different texts in a column of a table, in order."""
        import duckdb

        with duckdb.connect(str(self.path), read_only=True) as connection:
            name = quoted(column)
            query = f"SELECT DISTINCT {name} FROM {quoted(table)} WHERE {name} IS NOT NULL ORDER BY {name}"  # noqa: S608 names are ours and quoted
            return tuple(str(text) for (text,) in connection.execute(query).fetchall())


def with_register(evidence: Evidence, name: str, fields: Sequence[Field], rows: pa.Table) -> Evidence:
    """The evidence with one more register: what an earlier occasion decided. Its columns are those of `fields`.

    Raises:
        WorldFailed: memory or the disk is too small.
    """
    import duckdb

    table = f"register {name}"
    assert table not in evidence.tables, f"{table} is written once"
    with engine_failures(), duckdb.connect(str(evidence.path)) as connection:
        connection.execute(NOT_SYNCED)
        connection.register("given", rows)
        chosen = ", ".join(
            f"CAST({quoted(each.name)} AS {sql_type(each.type)}) AS {quoted(each.name)}" for each in fields
        )
        connection.execute(f"CREATE TABLE {quoted(table)} AS SELECT {chosen} FROM given")  # noqa: S608 names are ours
    return Evidence(evidence.path, {**evidence.tables, table: tuple(fields)})


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def evidence_of(path: Path, tables: Mapping[str, tuple[tuple[Field, ...], Sequence[tuple[object, ...]]]]) -> Evidence:
    """Evidence written from rows at hand, to `path`: for hand-made plans and for tests of engines."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for name, (fields, rows) in tables.items():
            columns = ", ".join(f"{quoted(field.name)} {sql_type(field.type)}" for field in fields)
            connection.execute(f"CREATE TABLE {quoted(name)} ({columns})")
            if rows:
                marks = ", ".join(f"CAST(? AS {sql_type(field.type)})" for field in fields)
                insert = f"INSERT INTO {quoted(name)} VALUES ({marks})"  # noqa: S608 names are ours and quoted
                connection.executemany(insert, [list(row) for row in rows])
    return Evidence(path, {name: fields for name, (fields, _) in tables.items()})
