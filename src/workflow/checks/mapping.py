"""Checked sources: how the columns of an export become events or register rows, nothing left to look up."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from workflow.diagnostics import NOWHERE, Span
from workflow.model.typed import Expression
from workflow.model.types import Type


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
    words of a `one of`.
    """

    name: str
    type: Type
    required: bool
    cell: Cell | None
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """One source file of the workspace, checked.

    `files` are glob patterns below the workspace, matched in sorted order. Exactly one of `event` (an event type) and
    `register` (`people`, `customers`) is set. `where` is a truth expression over Columns of type TEXT, named as the
    file's columns. `id` is the column of the event's id. `changed` says when a snapshot row was last changed (None: an
    append-only log). `recorded`: when the event became known (None: `changed`, else the event's own time). `sequence`:
    a column of whole numbers that orders events of one instant. `delivered`: the days, both included, that the files
    hold completely. For a register: `key` is the person's or customer's column; `since` and `until` the columns of the
    first and last day (`until` None or an empty cell: open end; `since` None: from the beginning, 0001-01-01).
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
    delimiter: str = ","
    encoding: str = "utf-8"
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class PeriodKind:
    """Periods of one name in order, without gaps or overlaps being required: id, first and last day, both included."""

    name: str
    periods: tuple[tuple[str, datetime.date, datetime.date], ...]
