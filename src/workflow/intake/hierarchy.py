"""Who stands above whom, where people are named by their place: the person above `/6/1/3/` is who has `/6/1/` that day.

The empty path, or the separator alone, is the top; the person above `/6/` is the top. Places change hands, so a row is
split where another person takes the place above it, and nobody stands above while it is vacant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.intake.cells import literal

if TYPE_CHECKING:
    import duckdb

# Rows of one person in one place that follow day on day are one stretch: only a change of person may split others.
_HELD = """
CREATE OR REPLACE TEMP TABLE held AS
SELECT path, id, min("from") AS "from", max(through) AS through, arg_min(place, "from") AS place
FROM (
    SELECT *, sum(CASE WHEN "from" = before + 1 THEN 0 ELSE 1 END) OVER (PARTITION BY path, id ORDER BY "from") AS run
    FROM (
        SELECT {field} AS path, id, "from", through, {place} AS place,
            lag(through) OVER (PARTITION BY {field}, id ORDER BY "from") AS before
        FROM refined WHERE {field} IS NOT NULL
    )
) GROUP BY path, id, run
"""
_TWICE = """
SELECT one.path, one.id, one.place, other.id, other.place FROM held AS one JOIN held AS other
ON one.path = other.path AND one.id < other.id AND one."from" <= other.through AND other."from" <= one.through
ORDER BY ALL
"""
_ABOVE = """
CREATE OR REPLACE TEMP TABLE above AS
SELECT *, CASE WHEN up = {end} THEN '' ELSE up END AS over FROM (
    SELECT row_number() OVER (ORDER BY id, "from") AS row, id, "from", through,
        CASE WHEN {field} <> ''
            THEN array_to_string(string_split(left({field}, length({field}) - {size}), {end})[:-2], {end}) || {end}
        END AS up
    FROM refined
)
"""
_SPLIT = """
CREATE OR REPLACE TEMP TABLE refined AS
WITH day AS (
    SELECT row, "from" AS day FROM above
    UNION SELECT a.row, h."from" FROM above AS a JOIN held AS h ON h.path = a.over
        WHERE h."from" > a."from" AND h."from" <= a.through
    UNION SELECT a.row, h.through + 1 FROM above AS a JOIN held AS h ON h.path = a.over
        WHERE h.through >= a."from" AND h.through < a.through
), piece AS (
    SELECT a.row, a.id, a."from", a.over, d.day,
        coalesce(lead(d.day) OVER (PARTITION BY a.row ORDER BY d.day) - 1, a.through) AS through
    FROM above AS a JOIN day AS d ON d.row = a.row
)
SELECT r.* REPLACE (p.day AS "from", p.through AS through, h.id AS {field})
FROM piece AS p JOIN refined AS r ON r.id = p.id AND r."from" = p."from"
LEFT JOIN held AS h ON h.path = p.over AND p.day BETWEEN h."from" AND h.through
"""


@dataclass(frozen=True, slots=True)
class Twice:
    """A place that two people hold on one day: its path, both keys, and the staged rows that say so."""

    path: str
    key: str
    place: int
    other: str
    other_place: int


def resolve(connection: duckdb.DuckDBPyConnection, field: str, place: str, separator: str) -> tuple[Twice, ...]:
    """Replace the paths in column `field` of the table `refined` by the person above, splitting rows where he changes.

    `field` and `place`, which tells the staged row that a path comes from, are SQL; every path ends with `separator`,
    or is empty.

    Returns:
        The places held twice; if there are any, `refined` is left as it was.
    """
    connection.execute(_HELD.format(field=field, place=place))
    twice = tuple(Twice(*row) for row in connection.execute(_TWICE).fetchall())
    if not twice:
        connection.execute(_ABOVE.format(field=field, end=literal(separator), size=len(separator)))
        connection.execute(_SPLIT.format(field=field))
    return twice
