"""Lists in events: how a record's parts become persons with shares, what of them is refused, and where they are kept.

A text cell names them with declared separators, `E1:60%; E2:40%`. A record of objects comes as the JSON of its parts,
each the two texts that stand there, which `packed` writes. The order of parts means nothing, so they are sorted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workflow.checks.lists import MOST_PARTS, PART_SHARE
from workflow.checks.mapping import ListMapping, SourceMapping
from workflow.columns.storage import sql_type
from workflow.intake.cells import UNSEEN, Check, Reader, Reading, literal, percent_of, plain_decimal
from workflow.intake.evidence import quoted
from workflow.model.types import COUNT, Kind, Type
from workflow.plan.nodes import PART_FIELDS, Field, parts_table

if TYPE_CHECKING:
    import duckdb

LIST = f"STRUCT(person VARCHAR, share {sql_type(PART_SHARE)})[]"
"""How the parts of a staged row are stored."""
NO_PARTS = f"CAST([] AS {LIST})"
"""The parts of a row whose source tells none."""

_WRITTEN = """
CREATE TABLE {table} AS
SELECT event, CAST(place AS {count}) AS "part.number", part.person AS {person}, part.share AS {share}
FROM (
    SELECT event, unnest({parts}) AS part, generate_subscripts({parts}, 1) AS place
    FROM {staged} WHERE event IS NOT NULL AND len({parts}) > 0
)
"""


def lists_in(source: SourceMapping) -> Mapping[str, tuple[str, str]]:
    """The columns of a source's records that hold lists of objects, with the keys of a part's person and share."""
    return {
        each.cell.column: each.keys
        for each in source.lists
        if each.cell is not None and each.cell.column is not None and each.separators is None
    }


def packed(parts: Iterable[Sequence[str | None]]) -> str:
    """The parts of a record of objects, each its person and its share, as one text."""
    return json.dumps([list(part) for part in parts], ensure_ascii=False)


def read_list(reader: Reader, mapping: ListMapping, name: str) -> Reading:
    """The reading of a list: its parts are column `name` of layer 3."""
    cell = mapping.cell
    assert cell is not None, "a list that no cell gives has no parts"
    text = reader.text(cell)
    person, share = (2, 1) if mapping.separators is not None and not mapping.person_first else (1, 2)
    fraction = cell.fraction
    good, value = plain_decimal(PART_SHARE, f"part[{share}]") if fraction else percent_of(PART_SHARE, f"part[{share}]")
    whole = "len(part) = 2 AND coalesce(part[1], '') <> '' AND coalesce(part[2], '') <> ''"
    raw, sound = f'"{name}|"', f'"{name}.sound"'
    built = f"[{{'person': part[{person}], 'share': {value}}} FOR part IN {raw}]"
    layers = (
        {f'"{name}:"': text},
        {raw: _raw(mapping, f'"{name}:"')},
        {sound: f"len([part FOR part IN {raw} IF NOT coalesce({whole} AND {good}, false)]) = 0"},
        {f'"{name}"': f"CASE WHEN {sound} THEN list_sort(CAST({built} AS {LIST})) END"},
    )
    # A part of nothing but absent texts has no text of its own, and must be shown all the same.
    found = f"coalesce(array_to_string([coalesce(array_to_string(part, ' '), '') FOR part IN {raw}], ', '), '')"
    return Reading(layers, _checks(mapping, name, (whole, f"part[{person}]", f"part[{share}]", good), found))


def _raw(mapping: ListMapping, text: str) -> str:
    """The texts of the parts, as they stand in the record."""
    if mapping.separators is None:
        return f"CAST(CAST({text} AS JSON) AS VARCHAR[][])"
    between, within = (literal(each) for each in mapping.separators)
    parts = f"[[trim(piece) FOR piece IN string_split(part, {within})] FOR part IN string_split({text}, {between})]"
    return f"CASE WHEN coalesce(trim({text}), '') = '' THEN CAST([] AS VARCHAR[][]) ELSE {parts} END"


def _checks(mapping: ListMapping, name: str, part: tuple[str, str, str, str], found: str) -> tuple[Check, ...]:
    """What a list must be, in the order in which it matters."""
    assert mapping.cell is not None
    column, raw, parts = mapping.cell.column or mapping.name, f'"{name}|"', f'"{name}"'
    whole, person, share, good = part

    def any_of(condition: str, of: str = raw) -> str:
        return f"len([part FOR part IN {of} IF {condition}]) > 0"

    def first_of(condition: str, shown: str, of: str = raw) -> str:
        return f"[{shown} FOR part IN {of} IF {condition}][1]"

    unseen = f"regexp_matches({person}, '{UNSEEN}')"
    beyond = "part.share <= 0 OR part.share > 1"
    people = f"[part.person FOR part IN {parts}]"
    total = f"list_sum([part.share FOR part IN {parts}])"
    percent = f"rtrim(rtrim(CAST(CAST({total} * 100 AS DECIMAL(38, 4)) AS VARCHAR), '0'), '.') || '%'"
    wrong = "fraction-malformed" if mapping.cell.fraction else "percent-malformed"
    moved = 0 if mapping.cell.fraction else 2
    digits = {"before": PART_SHARE.precision - PART_SHARE.scale + moved, "after": PART_SHARE.scale - moved}
    absent = (Check(f'"{name}:" IS NULL', "cell-absent", column, "NULL"),)
    return (
        *(absent if mapping.required and mapping.separators is None else ()),
        Check(
            f"len({raw}) > {MOST_PARTS}",
            "too-many-parts",
            column,
            f"CAST(len({raw}) AS VARCHAR)",
            {"limit": MOST_PARTS},
        ),
        Check(any_of(f"NOT coalesce({whole}, false)"), "part-malformed", column, found),
        Check(any_of(unseen), "id-unseen", column, first_of(unseen, person)),
        Check(any_of(f"NOT {good}"), wrong, column, first_of(f"NOT {good}", share), digits),
        Check(any_of(beyond, parts), "part-share", column, found),
        Check(f"len(list_distinct({people})) < len({people})", "part-twice", column, found),
        Check(f"{total} <> 1", "parts-not-whole", column, percent),
    )


def parts_fields(of: ListMapping) -> tuple[Field, ...]:
    """The fields of the evidence table of a list."""
    return (*PART_FIELDS, *(Field(f"{of.name}.{name}", kind) for name, kind in _columns(of)))


def _columns(of: ListMapping) -> tuple[tuple[str, Type], tuple[str, Type]]:
    return (of.person, Type(Kind.PERSON)), (of.share, PART_SHARE)


def write_parts(connection: duckdb.DuckDBPyConnection, event: str, staged: tuple[str, str], of: ListMapping) -> None:
    """Write the parts of numbered events from their staged table and its column, both as SQL."""
    connection.execute(
        _WRITTEN.format(
            table=quoted(parts_table(event, of.name)),
            staged=staged[0],
            parts=staged[1],
            person=quoted(f"{of.name}.{of.person}"),
            share=quoted(f"{of.name}.{of.share}"),
            count=sql_type(COUNT),
        )
    )
