"""Checked sources: how the columns of an export become events or register rows, nothing left to look up."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from workflow.diagnostics import NOWHERE, Span
from workflow.model.typed import Expression
from workflow.model.types import Type

FORMATS = ("csv", "jsonl", "parquet", "xlsx")
"""What a file of records may be."""
ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"} | {
    f".{name}": name for name in ("parquet", "xlsx")
}
"""The format that the ending of a name declares."""
GZIP = ".gz"
"""The ending of a compressed file, behind that of its format."""
TEXTS = frozenset({"csv", "jsonl"})
"""The formats that are text, and so have an encoding and may be compressed."""
ENCODINGS = ("utf-8", "utf-16", "gb18030", "gbk", "big5", "shift_jis", "windows-1252")
"""Encodings that a source may declare; a byte order mark at the start is no part of the text."""
BLANKS = "blanks"
"""The delimiter that is any run of blanks and tabs."""


def format_of(name: str, declared: str | None = None) -> str | None:
    """The format of a file, or of the files that a pattern stands for; None where nothing says it, or it can't be."""
    path = PurePosixPath(name)
    packed = path.suffix == GZIP
    found = declared or ENDINGS.get(PurePosixPath(path.stem).suffix if packed else path.suffix)
    return None if packed and found not in TEXTS else found


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value comes from: a column of the file, or the same text for every row, and how the text is read.

    `form` is the pattern of a date or time in the file, of `YYYY MM DD hh mm ss fff` and literal signs (None: ISO, as
    `2026-07-01`, `2026-07-01T09:30:00+08:00`, with a blank or a T, seconds and fractions optional). `zone` is the IANA
    zone of a time that carries no offset. `currency` is the column, `currency_is` the fixed currency, of a money cell.
    `fraction`: a percent is written as 0.012, not as 1.2%. `starts`: a period is named by its first day, and is of this
    kind (`quarter`, or the name of a file of periods). `parent`, with the separator: a person is named by the path of
    the row above, as `/6/1/` is by `/6/1/3/`; the path itself is in `column`, and the row above is the one whose path
    it is on that day; a path of one part or none has nobody above.
    """

    column: str | None = None
    text: str | None = None
    form: str | None = None
    zone: str | None = None
    currency: str | None = None
    currency_is: str | None = None
    fraction: bool = False
    starts: str | None = None
    parent: str | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """A field of the event or a column of the register, and its cell (None: the source leaves it out).

    `required`: a row without it is refused. `least` and `most` bound a number, both included; `type.values` are the
    words of a `one of`. `facts`: of a text that is the value of a fact, the facts that the row's field `fact` may name,
    each with the type of what the text then says.
    """

    name: str
    type: Type
    required: bool
    cell: Cell | None
    least: Decimal | None = None
    most: Decimal | None = None
    facts: tuple[tuple[str, Type], ...] = ()


@dataclass(frozen=True, slots=True)
class ListMapping:
    """A list of the event, and its cell (None: the source leaves it out).

    `person` and `share` are the fields of a part. In a record that holds a list of objects, `keys` are the names that
    it has for the two. Where `separators` are given the cell is a text instead: the first stands between parts, the
    second between the two fields of a part, the person before the share if `person_first`.
    """

    name: str
    person: str
    share: str
    required: bool
    cell: Cell | None
    keys: tuple[str, str] = ("", "")
    separators: tuple[str, str] | None = None
    person_first: bool = True


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """One source file of the workspace, checked.

    `files` are glob patterns below the workspace, matched in sorted order. Exactly one of `event` (an event type) and
    `register` (`people`, `customers`) is set. `where` is a truth expression over Columns of type TEXT, named as the
    file's columns. `id` is the column of the event's id; None for an event: its id comes from its content. `changed`
    says when a snapshot row was last changed (None: an append-only log). `recorded`: when the event became known (None:
    `changed`, else the event's own time). `sequence`: a column of whole numbers that orders events of one instant.
    `delivered`: the days, both included, that the files hold completely; `rows` and `total` what they then hold. For a
    register: `key` is the person's or customer's column; `since` and `until` the columns of the first and last day
    (`until` None or an empty cell: open end; `since` None: from the beginning, 0001-01-01).

    `lists` are the event's lists. The rest says how the files are written. `format` is one of FORMATS (None: a file's
    ending says it), `sheet` that of a workbook (None: its only one). `columns` are the names of the columns of files
    without a header, in their order. `header_repeated`: a row whose mapped cells are the names of their columns is the
    header once more. `delimiter` is a sign, or BLANKS.
    """

    name: str
    files: tuple[str, ...]
    fields: tuple[FieldMapping, ...]
    event: str | None = None
    register: str | None = None
    where: Expression | None = None
    id: str | None = None
    changed: Cell | None = None
    time: Cell | None = None
    recorded: Cell | None = None
    sequence: str | None = None
    delivered: tuple[datetime.date, datetime.date] | None = None
    key: str | None = None
    since: Cell | None = None
    until: Cell | None = None
    rows: int | None = None
    total: Decimal | None = None
    format: str | None = None
    sheet: str | None = None
    columns: tuple[str, ...] = ()
    header_repeated: bool = False
    delimiter: str = ","
    encoding: str = "utf-8"
    lists: tuple[ListMapping, ...] = ()
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class PeriodKind:
    """Periods of one name in order, without gaps or overlaps being required: id, first and last day, both included."""

    name: str
    periods: tuple[tuple[str, datetime.date, datetime.date], ...]
