"""sources/: how an export becomes events or register rows, without code."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, WrapValidator

from workflow.model.leaves import Days, Formula, Ident, Number, Reference, Whole, Words
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, ONE_OR_MORE, short_for
from workflow.syntax.tree import Scalar


class CurrencyCell(Written):
    """The column that holds an amount's currency."""

    column: Annotated[Words, Field(description="A column of the file, as its header writes it.")]


_WORDS = TypeAdapter(Words)


def _by_shape(value: Any, _either: object) -> Any:
    """A word is a currency, anything else is meant as a block; so one slip makes one message."""
    return _WORDS.validate_python(value) if isinstance(value, Scalar) else CurrencyCell.model_validate(value)


class CellDefinition(Written):
    """Where a value comes from, and how its text is read."""

    column: Annotated[Words | None, Field(description="A column of the file, as its header writes it.")] = None
    text: Annotated[Words | None, Field(description="The same text for every row, instead of a column.")] = None
    form: Annotated[Words | None, Field(description="How a date or time is written: YYYY/MM/DD hh:mm.")] = None
    zone: Annotated[Words | None, Field(description="The IANA zone of times that carry no offset.")] = None
    currency: Annotated[
        Annotated[CurrencyCell | Words, WrapValidator(_by_shape)] | None,
        Field(description="Of an amount: a currency, or the column that holds it."),
    ] = None
    written_as: Annotated[Words | None, Field(alias="written as", description="`fraction`: 1.2% is written 0.012.")] = (
        None
    )
    period_starting: Annotated[
        Ident | None, Field(alias="period starting", description="A period named by its first day, of this kind.")
    ] = None
    parent_path: Annotated[
        Words | None,
        Field(alias="parent path", description="A person named by the path above; the sign that parts it."),
    ] = None
    separators: Annotated[
        Annotated[list[Words], NOT_EMPTY] | None,
        Field(description='Of a list in one text: what stands between its parts, and within one, as [";", ":"].'),
    ] = None
    parts: Annotated[
        Annotated[dict[str, Words], NOT_EMPTY] | None,
        Field(description="Of a list of objects: the key that holds each field of a part, where it has another name."),
    ] = None


Cell = Annotated[CellDefinition, short_for("column")]


class Delivery(Written):
    """What the files hold completely, as their sender declares it."""

    days: Annotated[Days | None, Field(description="The days, both included.")] = None
    rows: Annotated[Whole | None, Field(description="How many rows the files have, headers left out.")] = None
    total: Annotated[Number | None, Field(description="The sum of the source's first field of money.")] = None


class Source(Written):
    """One file of sources/."""

    source: Annotated[Ident, Field(description="The source's name.")]
    read: Annotated[
        list[Words], NOT_EMPTY, ONE_OR_MORE, Field(description="Files below the workspace; `*` stands for any text.")
    ]
    event: Annotated[Reference | None, Field(description="The type of event that each row records.")] = None
    register_name: Annotated[
        Words | None, Field(alias="register", description="people or customers: each row is a dated register row.")
    ] = None
    where: Annotated[Formula | None, Field(description="Which rows count, over the file's columns.")] = None
    id: Annotated[
        Words | None, Field(description="The column that holds the event's id; `by content` if the file has none.")
    ] = None
    changed: Annotated[Cell | None, Field(description="When a snapshot's row was changed; `never` for a log.")] = None
    delivered: Annotated[
        Annotated[Delivery, short_for("days")] | None, Field(description="The days that the files hold completely.")
    ] = None
    time: Annotated[Cell | None, Field(description="When it happened.")] = None
    recorded: Annotated[Cell | None, Field(description="When it became known.")] = None
    sequence: Annotated[
        Words | None, Field(description="A column of whole numbers that orders one instant's events.")
    ] = None
    person: Annotated[Cell | None, Field(description="Of a register: the column that names the person.")] = None
    customer: Annotated[Cell | None, Field(description="Of a register: the column that names the customer.")] = None
    since: Annotated[Cell | None, Field(alias="from", description="Of a register: the row's first day.")] = None
    until: Annotated[Cell | None, Field(alias="through", description="Of a register: the row's last day.")] = None
    zone: Annotated[Words | None, Field(description="The IANA zone of all times here that carry no offset.")] = None
    format: Annotated[
        Words | None, Field(description="csv, jsonl, parquet or xlsx; the ending of the files' names unless said.")
    ] = None
    sheet: Annotated[Words | None, Field(description="Of a workbook: the sheet that holds the records.")] = None
    columns: Annotated[
        Annotated[list[Words], NOT_EMPTY] | None,
        Field(description="Of files without a header: the names of their columns, in order."),
    ] = None
    header: Annotated[
        Words | None, Field(description="`repeated`: rows that are the header once more are left out.")
    ] = None
    delimiter: Annotated[Words | None, Field(description="What parts the columns: a comma unless said.")] = None
    encoding: Annotated[Words | None, Field(description="How the file's letters are coded: utf-8 unless said.")] = None
    fields: Annotated[dict[str, Cell], Field(description="The catalogue's fields and where each comes from.")]
