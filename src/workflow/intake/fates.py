"""What becomes of each staged row: the newest known row of an event counts, and nothing is lost or counted twice.

Only rows that are known at the run's instant take part, so a run as of then gives what was given then. Of those with
one id the newest `changed` counts, the older are superseded. Newest rows that say the same are one and its duplicates;
that contradict each other, a conflict, and the event isn't accepted at all. A log's rows that its `where` leaves out
never were events; a snapshot's may withdraw one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.intake.evidence import quoted
from workflow.intake.rows import LOG, UNDATED

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CONFLICT, ORDER_UNKNOWN, EXCESS, WRONG_WAY = -1, -2, -3, -4
"""Why a row is quarantined that fails no check of its own: it contradicts another; another of its id has no date; it
takes away more than its original gave; it adds to what its original gave."""

# Where a row stands among all, in one number, which is compared much faster than several: files are numbered from
# source to source, and none has so many records.
_STANDING = f"file * {2**40} + record"

_NEWEST = "SELECT max(greatest(changed, recorded)) FROM {table}"

# Hashes first: almost all ids stand alone, and their texts need not be compared to know it.
_HASHED = "SELECT hash(id) AS hashed FROM {table} WHERE {eligible}"

_SHARING = """
CREATE TEMP TABLE sharing AS
SELECT rowid AS place, id, {standing} AS standing, source, changed, selected, kept, verdict, {single} AS single
FROM {table} WHERE {eligible} AND hash(id) IN (SELECT hashed FROM suspect)
"""
# `formerly` asks of a snapshot's rows, which all have a `changed` where neither `undated` nor `mixed` holds. Windows
# would sort the rows by their ids, which takes longer than to group and join them.
_SHARED = """
CREATE OR REPLACE TEMP TABLE shared AS
SELECT place, s.id AS id, standing, source, changed, selected, verdict, single, alone, ever, undated, mixed, formerly,
    changed IS NOT DISTINCT FROM latest AS newest
FROM sharing AS s JOIN (
    SELECT id, count(*) = 1 AS alone, bool_or(selected) AS ever, bool_or(kept = {undated}) AS undated,
        bool_or(kept = {log}) AND bool_or(kept <> {log}) AS mixed, max(changed) AS latest,
        coalesce(min(changed) FILTER (selected) < max(changed), false) AS formerly
    FROM sharing GROUP BY id
) AS i ON i.id = s.id
"""
_SEVERAL = """
SELECT unnest(places) AS place FROM (
    SELECT list(place) AS places FROM shared WHERE newest GROUP BY id HAVING count(*) > 1
)
"""

# Rows of logs are all selected, and all are the newest of their id: whatever shares it must be compared.
_LOGGED = """(
    SELECT *, false AS alone, true AS ever, false AS undated, false AS mixed, false AS formerly, true AS newest
    FROM sharing
)"""
_EVERY = "SELECT place FROM sharing"

# Only where several rows are the newest of their id must it be known whether they say the same: rows that do are one
# group, and an id of several groups contradicts itself. Windows would sort whole rows.
_TIED = """
CREATE OR REPLACE TEMP TABLE tied AS
SELECT id, count(*) > 1 AS differs, min(earliest) AS earliest
FROM (
    SELECT id, min(standing) AS earliest
    FROM (
        SELECT s.id AS id, s.{standing} AS standing, s.selected AS selected, {content}
        FROM {table} AS s JOIN ({several}) AS t ON t.place = s.rowid
    )
    GROUP BY id, selected, {compared}
)
GROUP BY id
"""

# Of most ids that are shared, all rows but one are superseded, and that one is as if it stood alone.
_JUDGED = """
CREATE TEMP TABLE {judged} AS
SELECT place, source, single, fate, why FROM (
    SELECT place, source, single, verdict,
        CASE WHEN alone OR (undated AND NOT ever) THEN single
            WHEN undated OR mixed THEN 'quarantined'
            WHEN NOT newest THEN 'superseded'
            WHEN t.differs THEN 'quarantined'
            WHEN standing <> t.earliest THEN 'duplicate'
            WHEN NOT selected AND formerly THEN 'withdrawn'
            ELSE single END AS fate,
        CASE WHEN alone OR (undated AND NOT ever) THEN verdict
            WHEN undated THEN CASE WHEN verdict <> 0 THEN verdict ELSE {order_unknown} END
            WHEN mixed OR t.differs THEN {conflict}
            ELSE verdict END AS why
    FROM {shared} AS s LEFT JOIN tied AS t ON t.id = s.id AND newest
) WHERE fate <> single OR why <> verdict
"""

_FATES = """
CREATE TEMP VIEW {view} AS
SELECT s.*, s.rowid AS place, coalesce(j.fate, {single}) AS fate, coalesce(j.why, verdict) AS why
FROM {table} AS s LEFT JOIN {judged} AS j ON s.rowid = j.place
"""

# To ask every row for its fate would take longer than to correct what all would come to by themselves.
_COUNTED = """
SELECT source, fate, sum(rows) FROM (
    SELECT source, {single} AS fate, count(*) AS rows FROM {table} GROUP BY ALL
    UNION ALL SELECT source, single, -count(*) FROM {judged} GROUP BY ALL
    UNION ALL SELECT source, fate, count(*) FROM {judged} GROUP BY ALL
) GROUP BY ALL HAVING sum(rows) > 0
"""
_COUNTED_ROWS = "SELECT source, fate, count(*) FROM {view} GROUP BY ALL"

_SINGLE = """CASE WHEN NOT ({known}) THEN 'not yet' WHEN verdict <> 0 THEN 'quarantined'
WHEN NOT selected THEN 'unselected' WHEN {late} THEN 'not yet' ELSE 'accepted' END"""


@dataclass(frozen=True, slots=True)
class Fates:
    """The view of staged rows with `place`, `fate` (a name of `Counts`, with blanks) and `why` (a verdict, or one of
    the numbers above) beside their columns, and the query of how many rows of each source met which fate.
    """

    view: str
    counts: str

    @classmethod
    def of_rows(cls, view: str) -> Fates:
        """The fates whose rows are few, or must be asked one by one."""
        return cls(view, _COUNTED_ROWS.format(view=view))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The instants (UTC) that a run looks from; None: no bound."""

    known_by: datetime.datetime | None
    as_of: datetime.datetime | None

    @property
    def known(self) -> str:
        """The SQL of whether a staged row was known; a row that says nothing readable about it was."""
        if self.known_by is None:
            return "true"
        return f"coalesce(greatest(changed, recorded) <= TIMESTAMP '{self.known_by}', true)"

    def single(self, *, timed: bool) -> str:
        """The SQL of a row's fate if no other row shares its id; `timed` rows have a `time`."""
        late = f"time > TIMESTAMP '{self.as_of}'" if timed and self.as_of is not None else "false"
        return _SINGLE.format(known=self.known, late=late)


def newest_in(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> datetime.datetime | None:
    """The newest instant at which anything staged was recorded or changed."""
    found = [connection.execute(_NEWEST.format(table=quoted(table))).fetchall()[0][0] for table in tables]
    return max((instant for instant in found if instant is not None), default=None)


def judged_table(table: str) -> str:
    """The table of the rows of the staged `table` whose fate isn't `single`, that of a row by itself: `place`,
    `source`, `single`, `fate`, `why`.
    """
    return f"judged {table}"


def judge_events(
    connection: duckdb.DuckDBPyConnection, table: str, content: Sequence[str], bounds: Bounds, *, logs: bool
) -> Fates:
    """Decide the fate of every row of the staged `table`, whose sources are all `logs`, or not.

    `content` are the columns, as SQL, in which rows of one id and `changed` must agree.
    """
    eligible = f"{bounds.known} AND id IS NOT NULL AND (selected OR kept <> {LOG})"
    names = {
        "table": quoted(table),
        "judged": quoted(judged_table(table)),
        "view": quoted("fate " + table),
        "single": bounds.single(timed=True),
        "standing": _STANDING,
        "shared": _LOGGED if logs else "shared",
        "several": _EVERY if logs else _SEVERAL,
    }
    connection.register("suspect", shared_hashes(connection, _HASHED.format(**names, eligible=eligible)))
    # Of rows that aren't selected nothing is compared.
    compared = {f"said{place}": each for place, each in enumerate(("doubt", "recorded", "time", "sequence", *content))}
    said = ", ".join(f"CASE WHEN s.selected THEN s.{each} END AS {name}" for name, each in compared.items())
    connection.execute(_SHARING.format(**names, eligible=eligible))
    connection.unregister("suspect")
    if not logs:
        connection.execute(_SHARED.format(undated=UNDATED, log=LOG))
    connection.execute(_TIED.format(**names, content=said, compared=", ".join(compared)))
    connection.execute(_JUDGED.format(**names, conflict=CONFLICT, order_unknown=ORDER_UNKNOWN))
    connection.execute("DROP TABLE sharing")
    connection.execute(_FATES.format(**names))
    return Fates(names["view"], _COUNTED.format(**names))


def shared_hashes(connection: duckdb.DuckDBPyConnection, hashed: str) -> pa.Table:
    """The hashes that more than one row's id has."""
    import pyarrow as pa

    hashes = connection.execute(hashed).fetchnumpy()["hashed"]
    hashes.sort()
    return pa.table({"hashed": hashes[1:][hashes[1:] == hashes[:-1]]})
