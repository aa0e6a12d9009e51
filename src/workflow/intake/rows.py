"""The SQL that turns text cells into staged rows: typed where the text is sound, with the first check that a row fails.

Nothing is decided here about which rows count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workflow.checks.builtin import BUILT_IN, OVERRIDDEN, TWO_PEOPLE
from workflow.checks.mapping import Cell, FieldMapping, ListMapping, SourceMapping
from workflow.columns.storage import sql_type
from workflow.diagnostics import Argument
from workflow.intake.cells import (
    Check,
    Reader,
    Reading,
    form_of,
    literal,
    read_content,
    read_day,
    read_field,
    read_id,
    read_instant,
    read_whole,
    staged,
)
from workflow.intake.conditions import columns_in, condition, deciding
from workflow.intake.evidence import quoted
from workflow.intake.goals import asked_of_goal, checks_of_goal
from workflow.intake.parts import LIST, NO_PARTS, read_list
from workflow.intake.plain import Proven
from workflow.intake.proofs import Proofs, proofs_of
from workflow.intake.taken import currency_of
from workflow.model.types import COUNT, DATE, INSTANT, TEXT, Kind, Type

ROW = (
    ("source", "SMALLINT"),
    ("file", "INTEGER"),
    ("record", "BIGINT"),
    ("selected", "BOOLEAN"),
    ("kept", "TINYINT"),
    ("verdict", "SMALLINT"),
    ("found", "VARCHAR"),
    ("doubt", "VARCHAR"),
)
"""What every staged row has. `kept`: LOG, SNAPSHOT, or UNDATED, a snapshot's row whose `changed` can't be read.
`verdict` is 0, or the place, from 1, of the first check that the row fails; `found` then is the text at fault, and
`doubt` all of its texts, which stand for its content."""
LOG, SNAPSHOT, UNDATED = 0, 1, 2

EVENT = (
    ("id", TEXT),
    ("changed", INSTANT),
    ("recorded", INSTANT),
    ("time", INSTANT),
    ("day", DATE),
    ("sequence", Type(Kind.ELAPSED)),
)
"""What a staged row of an event has besides its fields and its number, `event`, which an accepted row has in the end; a
sequence is stored as a whole number."""
DATED = (("id", TEXT), ("changed", INSTANT), ("recorded", INSTANT), ("from", DATE), ("through", DATE))
"""What a staged row of a register has besides its fields; its `id` is the register's key."""

_HEAD = "INSERT INTO {table} SELECT {number} {source}, {file}, "
_BODY = "record, selected, {kept}, verdict, {found}, {doubt}, {values} FROM ({rows})"
_NUMBER = "CASE WHEN selected AND verdict = 0 THEN record + {before} END,"
_OVER = "SELECT *, {columns} FROM ({rows})"
_BATCH = "SELECT record, {chosen} AS chosen, coalesce({chosen}, true) AS selected, {cells} FROM batch"
_PLAIN = "SELECT *, coalesce({chosen}, true) AS selected, 0 AS verdict FROM batch"


# Rows of one content are the same row: which of them is called the first says nothing.
_NUMBERED = """
UPDATE {table} AS s SET id = s.id || '-' || n.turn FROM (
    SELECT rowid AS place, row_number() OVER (PARTITION BY id ORDER BY file, record) AS turn
    FROM {table} WHERE source = {source}
) AS n WHERE s.rowid = n.place AND n.turn > 1
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """How a source is staged, from a view `batch` with `record` and the cells of `columns` as `c0`, `c1` ...

    If cells can be `proven`, `plain` stages the rows in which all are from a batch that has what these give, and of
    the columns that are `asked`, by their places, the texts as `t0`, `t1` ...
    """

    columns: tuple[str, ...]
    checks: tuple[Check, ...]
    table: str
    is_event: bool
    body: str
    plain: str = ""
    proven: tuple[Proven, ...] = ()
    asked: frozenset[int] = frozenset()

    def sql(self, source: int, file: int, before: int | None = None, *, plain: bool = False) -> str:
        """The statement for one source and file, by their numbers. Events that stand for themselves are numbered from
        `before` on by their records; None: they have no number yet.
        """
        number = ("NULL," if before is None else _NUMBER.format(before=before)) if self.is_event else ""
        head = _HEAD.format(table=quoted(self.table), number=number, source=source, file=file)
        return head + (self.plain if plain else self.body)


def numbering(table: str, source: int) -> str:
    """The statement that tells apart the rows of a source, by its number, whose ids come from their content."""
    return _NUMBERED.format(table=quoted(table), source=source)


def fields_of(sources: Iterable[SourceMapping]) -> tuple[FieldMapping, ...]:
    """The fields that sources of one event type, or of one register, give: each name once, in the order first met."""
    fields: dict[str, FieldMapping] = {}
    for source in sources:
        for each in source.fields:
            assert fields.setdefault(each.name, each).type == each.type, each
    return tuple(fields.values())


def columns_of(fields: Iterable[FieldMapping]) -> tuple[tuple[str, Type], ...]:
    """The stored columns of fields: an amount's currency stands behind it."""
    columns: list[tuple[str, Type]] = []
    for each in fields:
        columns.append((each.name, each.type))
        if each.type.kind is Kind.MONEY:
            columns.append((currency_of(each.name), TEXT))
    return tuple(columns)


def creation(
    table: str, own: Iterable[tuple[str, Type]], fields: Iterable[FieldMapping], lists: Iterable[ListMapping] = ()
) -> str:
    """The statement that makes an empty table of staged rows. Those of events stay in the evidence, whose tables show
    the accepted ones.
    """
    columns = [f"event {sql_type(COUNT)}"] if own is EVENT else []
    columns += [f"{quoted(name)} {kind}" for name, kind in ROW]
    columns += [f"{quoted(name)} {sql_type(type_)}" for name, type_ in own]
    columns += [f"{staged(name)} {sql_type(type_)}" for name, type_ in columns_of(fields)]
    columns += [f"{staged(each.name)} {LIST}" for each in lists]
    return f"CREATE {'' if own is EVENT else 'TEMP '}TABLE {quoted(table)} ({', '.join(columns)})"


def lists_of(sources: Iterable[SourceMapping]) -> tuple[ListMapping, ...]:
    """The lists that sources of one event type give: each name once, in the order first met."""
    return tuple({each.name: each for source in sources for each in source.lists}.values())


def cells_of(source: SourceMapping) -> tuple[Cell, ...]:
    """All cells that a source maps."""
    own = (source.changed, source.time, source.recorded, source.since, source.until)
    given = (*(field.cell for field in source.fields), *(each.cell for each in source.lists))
    return tuple(cell for cell in (*own, *given) if cell is not None)


def columns_read(source: SourceMapping) -> tuple[str, ...]:
    """The columns of the file that a source needs, sorted."""
    named = {source.id, source.sequence, source.key} | columns_in(source.where)
    named |= {name for cell in cells_of(source) for name in (cell.column, cell.currency)}
    return tuple(sorted(name for name in named if name is not None))


def statement(
    source: SourceMapping, reader: Reader, table: str, fields: Iterable[FieldMapping], lists: Iterable[ListMapping] = ()
) -> Statement:
    """The staging of a source into `table`, with these fields and lists; `reader` knows the columns of the batch."""
    own = _event(source, reader) if source.event is not None else _dated(source, reader)
    given = {field.name: field for field in source.fields}
    reading, values = Reading(checks=_undecided(source, reader)) + own.reading, list(own.values)
    for field in fields:
        if field.name in given:
            reading += read_field(reader, asked_of_goal(source, given[field.name]), "." + field.name)
        values += [
            staged(name) if field.name in given else f"CAST(NULL AS {sql_type(type_)})"
            for name, type_ in columns_of((field,))
        ]
    told = {each.name: each for each in source.lists if each.cell is not None and each.cell.column is not None}
    for each in lists:
        if each.name in told:
            reading += read_list(reader, told[each.name], "." + each.name)
        values.append(staged(each.name) if each.name in told else NO_PARTS)
    reading += Reading(checks=own.last)
    rows = _layered(source, reader, reading, own.always)
    found = " ".join(f"WHEN {place} THEN {check.found}" for place, check in enumerate(reading.checks, 1))
    body = _BODY.format(
        kept=own.kept,
        found=f"CASE WHEN verdict <> 0 THEN CASE verdict {found} END END",
        doubt=f"CASE WHEN verdict <> 0 THEN CAST(to_json([{', '.join(reader.columns.values())}]) AS VARCHAR) END",
        values=", ".join(values),
        rows=rows,
    )
    long = Statement(tuple(reader.columns), reading.checks, table, source.event is not None, body)
    proofs = proofs_of(source, reader)
    return long if proofs is None else _with_plain(long, source, values, proofs)


def _with_plain(long: Statement, source: SourceMapping, values: Iterable[str], proofs: Proofs) -> Statement:
    """The statement that also stages plain rows, whose `values` were proven; those that no cell gives are as ever."""
    places = {name: place for place, name in enumerate(long.columns)}
    asked = {places[name] for name in columns_in(source.where)}
    asked |= {each.place for each in proofs.cells if each.as_text}
    texts = {name: f"t{place}" for name, place in places.items() if place in asked}
    plain = _BODY.format(
        kept=LOG if source.changed is None else SNAPSHOT,
        found="NULL",
        doubt="NULL",
        values=", ".join(proofs.values.get(each.strip('"'), each) for each in values),
        rows=_PLAIN.format(chosen="true" if source.where is None else condition(source.where, texts)),
    )
    return replace(long, plain=plain, proven=proofs.cells, asked=frozenset(asked))


@dataclass(frozen=True, slots=True)
class _Own:
    """What a row has besides its fields: the SQL of its values, and `always`, the checks of unselected rows too."""

    reading: Reading
    values: tuple[str, ...]
    kept: str
    always: tuple[Check, ...]
    last: tuple[Check, ...] = ()


def _event(source: SourceMapping, reader: Reader) -> _Own:
    """EVENT's columns. A snapshot's row that is not selected still says when its event was changed."""
    assert source.time is not None
    reading = read_id(reader, source.id, "id") if source.id is not None else read_content(reader, source.name, "id")
    always: tuple[Check, ...] = ()
    if source.changed is not None:
        changed = read_instant(reader, source.changed, "changed", required=True)
        reading, always = reading + changed, changed.checks
    reading += read_instant(reader, source.time, "time", required=True)
    if source.recorded is not None:
        reading += read_instant(reader, source.recorded, "recorded", required=True)
    if source.sequence is not None:
        reading += read_whole(reader, source.sequence, "sequence")
    known = '"recorded"' if source.recorded else '"changed"' if source.changed else '"time"'
    nothing = "CAST(NULL AS TIMESTAMP)"
    values = (
        '"id"',
        '"changed"' if source.changed else nothing,
        known,
        '"time"',
        '"time.day"',
        '"sequence"' if source.sequence else "CAST(NULL AS BIGINT)",
    )
    kept = f'CASE WHEN "changed" IS NULL THEN {UNDATED} ELSE {SNAPSHOT} END' if source.changed else f"{LOG}"
    return _Own(reading, values, kept, always, _accountable(source, reader.moment.currency))


def _accountable(source: SourceMapping, currency: str) -> tuple[Check, ...]:
    """Refuse what somebody does by hand without a reason, or has approved of his own."""
    columns = {each.name: (each.cell.column if each.cell else None) or each.name for each in source.fields}
    checks = []
    if source.event in BUILT_IN and "reason" in columns:
        checks.append(Check(f"trim({staged('reason')}) = ''", "cell-absent", columns["reason"], "NULL"))
    if (two := TWO_PEOPLE.get(source.event or "")) is not None:
        one, other, code = two
        checks.append(Check(f"{staged(one)} = {staged(other)}", code, columns[other], staged(other)))
    if source.event == OVERRIDDEN:
        ended = f"{staged('until')} < {staged('from')}"
        checks.append(Check(ended, "row-ends-early", columns["until"], f"CAST({staged('until')} AS VARCHAR)"))
        checks += [check for field in source.fields for check in _of_fact(field, columns["value"])]
    return (*checks, *checks_of_goal(source, columns, currency))


def _of_fact(field: FieldMapping, column: str) -> Iterator[Check]:
    """Refuse the text of a value that the fact in its row can't have."""
    text = staged(field.name)
    for fact, of in field.facts:
        good, example = form_of(of, text)
        args: dict[str, Argument] = {
            "fact": fact,
            "example": example,
            "before": of.precision - of.scale,
            "after": of.scale,
        }
        if of.kind is Kind.RATIO:
            args |= {"before": of.precision - of.scale + 2, "after": of.scale - 2}
        named = f"{staged('fact')} = {literal(fact)}"
        yield Check(f"{named} AND NOT {good}", "value-not-of-fact", column, text, args)


def _dated(source: SourceMapping, reader: Reader) -> _Own:
    """DATED's columns: a row without `since` begins with the first day there is, an open one ends with the last."""
    assert source.key is not None
    reading = read_id(reader, source.key, "id")
    known = []
    for name, cell in (("changed", source.changed), ("recorded", source.recorded)):
        if cell is not None:
            reading += read_instant(reader, cell, name, required=True)
        known.append(f'"{name}"' if cell is not None else "CAST(NULL AS TIMESTAMP)")
    last: tuple[Check, ...] = ()
    if source.since is not None:
        reading += read_day(reader, source.since, "since", required=True)
    if source.until is not None:
        reading += read_day(reader, source.until, "until", required=False)
    if source.since is not None and source.until is not None:
        last = (Check('"until" < "since"', "row-ends-early", source.until.column or "until", '"until:"'),)
    since = '"since"' if source.since else "DATE '0001-01-01'"
    until = "coalesce(\"until\", DATE '9999-12-31')" if source.until else "DATE '9999-12-31'"
    return _Own(reading, ('"id"', *known, since, until), f"{LOG}", (), last)


def _undecided(source: SourceMapping, reader: Reader) -> tuple[Check, ...]:
    """Refuse the rows of which nobody can say whether they are meant, naming the first column that is empty."""
    return tuple(
        Check(f"chosen IS NULL AND {reader.columns[name]} IS NULL", "choice-undecided", name, "NULL")
        for name in sorted(deciding(source.where))
    )


def _layered(source: SourceMapping, reader: Reader, reading: Reading, always: tuple[Check, ...]) -> str:
    """The reading's layers over the batch, and on top of them the verdict."""
    chosen = "true" if source.where is None else condition(source.where, reader.columns)
    rows = _BATCH.format(chosen=chosen, cells=", ".join(reader.columns.values()))
    for layer in reading.layers:
        if layer:
            rows = _OVER.format(columns=_named(layer), rows=rows)
    branches = [
        f"WHEN ({'selected OR id IS NOT NULL' if check in always else 'selected'}) AND ({check.fails}) THEN {place}"
        for place, check in enumerate(reading.checks, 1)
    ]
    verdict = f"CASE {' '.join(branches)} ELSE 0 END" if branches else "0"
    return _OVER.format(columns=f"{verdict} AS verdict", rows=rows)


def _named(layer: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in layer.items())
