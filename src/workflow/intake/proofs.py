"""Which sources can have their rows proven plain, by which looks at which cells, and the SQL of a plain row's values.

A source with a cell that no look is made for has no proof at all, and all of its rows are looked at long.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.checks.builtin import BUILT_IN
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.columns.storage import sql_type
from workflow.intake import plain
from workflow.intake.cells import Reader, literal
from workflow.intake.conditions import deciding
from workflow.intake.plain import Clocks, Proven
from workflow.intake.taken import currency_of
from workflow.intake.zones import FIRST_YEAR, LAST_YEAR, zone
from workflow.model.types import Kind

_SEQUENCE_DIGITS = 18
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 instants are UTC without zone, by contract
_MICROSECOND = datetime.timedelta(microseconds=1)
_IDS = frozenset({Kind.PERSON, Kind.CUSTOMER, Kind.ID, Kind.EVENT})


@dataclass(frozen=True, slots=True)
class Proofs:
    """The looks at a source's cells, all of which make a row plain, and the SQL of such a row's values, by name."""

    cells: tuple[Proven, ...]
    values: Mapping[str, str]


class _Unprovable(Exception):
    """No look is made for a cell."""


def proofs_of(source: SourceMapping, reader: Reader) -> Proofs | None:
    """How the rows of a source are proven plain; None where they can't be."""
    listed = any(each.cell is not None for each in source.lists)
    if source.event is None or source.event in BUILT_IN or source.id is None or listed:
        return None
    making = _Making(reader)
    try:
        making.source(source)
    except _Unprovable:
        return None
    return Proofs(tuple(making.cells), making.values)


class _Making:
    """Gathers the looks, cell by cell."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._places = {name: place for place, name in enumerate(reader.columns)}
        self.cells: list[Proven] = []
        self.values: dict[str, str] = {}

    def source(self, source: SourceMapping) -> None:
        """All cells of a source.

        Raises:
            _Unprovable: one of them can't be proven.
        """
        assert source.id is not None
        for name in sorted(deciding(source.where)):
            self._text(name, functools.partial(plain.anything, required=True))
        self.values["id"] = self._text(source.id, functools.partial(plain.named, required=True))
        for name, cell in (("changed", source.changed), ("time", source.time), ("recorded", source.recorded)):
            if cell is not None:
                self._instant(name, cell, required=True)
        if source.sequence is not None:
            self.values["sequence"] = self._number(source.sequence, (_SEQUENCE_DIGITS, 0), "BIGINT", required=True)
        for field in source.fields:
            if field.cell is not None:
                self._field(field, field.cell)
            elif field.required:
                raise _Unprovable
            else:
                self._absent(field)

    def _absent(self, field: FieldMapping) -> None:
        name = "." + field.name
        self.values[name] = f"CAST(NULL AS {sql_type(field.type)})"
        if field.type.kind is Kind.MONEY:
            self.values[currency_of(name)] = "CAST(NULL AS VARCHAR)"

    def _field(self, field: FieldMapping, cell: Cell) -> None:
        name, kind, values = "." + field.name, field.type.kind, field.type.values
        bounded = field.least is not None or field.most is not None
        if cell.column is None or cell.parent is not None or bounded or field.facts:
            raise _Unprovable
        if kind in {Kind.MONEY, Kind.NUMBER}:
            digits, stored = (field.type.precision - field.type.scale, field.type.scale), sql_type(field.type)
            self.values[name] = self._number(cell.column, digits, stored, required=field.required)
            if kind is Kind.MONEY:
                self.values[currency_of(name)] = self._currency(cell, name)
        elif kind is Kind.INSTANT:
            self._instant(name, cell, required=field.required)
        elif kind is Kind.DATE:
            if cell.form is not None:
                raise _Unprovable
            k = len(self.cells)
            self._add(cell, functools.partial(plain.day, required=field.required), (f"v{k}",), _dates)
            self.values[name] = f"v{k}"
        elif values:
            look = functools.partial(plain.one_of, words=tuple(values), required=field.required)
            self.values[name] = self._text(cell.column, look)
        elif kind is Kind.TEXT:
            self.values[name] = self._text(cell.column, functools.partial(plain.anything, required=field.required))
        elif kind in _IDS:
            self.values[name] = self._text(cell.column, functools.partial(plain.named, required=field.required))
        else:
            raise _Unprovable

    def _currency(self, cell: Cell, amount: str) -> str:
        """The SQL of the currency of an amount, which has one only where it is there."""
        if cell.currency is None:
            found = literal(cell.currency_is or self._reader.moment.currency)
        elif cell.currency == cell.column:
            raise _Unprovable
        else:
            found = self._text(cell.currency, plain.currency)
        return f"CASE WHEN {self.values[amount]} IS NOT NULL THEN {found} END"

    def _text(self, column: str, look: plain.Proof) -> str:
        self.cells.append(Proven(self._places[column], look, as_text=True))
        return f"t{self._places[column]}"

    def _number(self, column: str, digits: tuple[int, int], stored: str, *, required: bool) -> str:
        k, (before, after) = len(self.cells), digits
        look = functools.partial(plain.decimal, before=before, after=after, required=required)
        self.cells.append(
            Proven(self._places[column], look, (f"v{k}",), lambda of: (plain.cast_from(of, before, after),))
        )
        return f"CAST(v{k} AS {stored})"

    def _instant(self, name: str, cell: Cell, *, required: bool) -> None:
        if cell.form is not None:
            raise _Unprovable
        local = zone(cell.zone) if cell.zone is not None else None
        years = tuple((datetime.datetime(year, 1, 1) - _EPOCH) // _MICROSECOND for year in (FIRST_YEAR, LAST_YEAR + 1))  # noqa: DTZ001
        clocks = Clocks(local, zone(self._reader.moment.zone), (years[0], years[1]))
        k = len(self.cells)
        look = functools.partial(plain.instant, clocks=clocks, required=required)
        self._add(cell, look, (f"v{k}", f"d{k}"), _instants)
        self.values |= {name: f"v{k}", f"{name}.day": f"d{k}"}

    def _add(self, cell: Cell, look: plain.Proof, names: tuple[str, ...], types: Any) -> None:
        if cell.column is None:
            raise _Unprovable
        self.cells.append(Proven(self._places[cell.column], look, names, types))


def _dates(_: Any) -> tuple[Any, ...]:
    import pyarrow as pa

    return (pa.date32(),)


def _instants(_: Any) -> tuple[Any, ...]:
    import pyarrow as pa

    return (pa.timestamp("us"), pa.date32())
