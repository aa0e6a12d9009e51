"""Nodes that read, join, multiply and order rows."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflow.intake.evidence import Evidence
from workflow.plan.breaches import Breach
from workflow.plan.nodes import (
    EachPart,
    EachPeriod,
    EachSuperior,
    EachWithin,
    Emit,
    Events,
    Expand,
    Lookup,
    Register,
    Take,
)
from workflow.run.outcome import RunFailed
from workflow.run.reference.cells import Absent, Cell, Row, because, mask

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step's name, and the rows of all earlier ones."""

    name: str
    known: Mapping[str, list[Row]]

    def failed(self, breach: Breach) -> RunFailed:
        """What to raise where this step can't be run."""
        return RunFailed(breach, self.name)

    def key(self, row: Row, names: Sequence[str]) -> Key:
        """The values that group or order a row, all known."""
        cells = tuple(row[name] for name in names)
        if any(isinstance(cell, Absent) for cell in cells):
            raise self.failed(Breach.UNKNOWN_KEY)
        return cells

    def ordered(self, rows: Iterable[Row], names: Sequence[str]) -> list[Row]:
        """The rows in an order that must be known and total."""
        keyed = [(self.key(row, names), row) for row in rows]
        if len({key for key, _ in keyed}) < len(keyed):
            raise self.failed(Breach.NO_ORDER)
        return [row for _, row in sorted(keyed, key=lambda pair: pair[0])]


def recorded(step: Step, node: Events | Register, evidence: Evidence) -> list[Row]:
    """The rows of one table of the evidence."""
    table = node.table if isinstance(node, Events) else f"register {node.name}"
    absent: dict[str, int | None] = dict.fromkeys(field.name for field in node.always)
    absent |= {given.name: given.absent for given in node.fields}
    rows: list[Row] = []
    for values in evidence.rows(table, tuple(absent)):
        row: Row = {}
        for (name, cause), value in zip(absent.items(), values, strict=True):
            if value is None and cause is None:
                raise step.failed(Breach.UNRECORDED)
            row[name] = because(cause) if value is None else value
        rows.append(row)
    return rows


def joined(step: Step, node: Lookup) -> list[Row]:
    """Each row with what was found for it."""
    index: dict[Key, list[Row]] = {}
    for row in step.known[node.other]:
        index.setdefault(tuple(row[other] for _, other in node.on), []).append(row)
    found = [_matches(node, row, index) for row in step.known[node.of]]
    if any(not matches for matches in found) and any(take.absent is None for take in node.take):
        raise step.failed(Breach.NO_ROW)
    if any(len(matches) > 1 for matches in found):
        raise step.failed(Breach.TWO_ROWS)
    return [
        row | {take.name: _taken(take, matches) for take in node.take} | _found(node, matches)
        for row, matches in zip(step.known[node.of], found, strict=True)
    ]


def _found(node: Lookup, matches: list[Row]) -> Row:
    return {} if node.found is None else {node.found: bool(matches)}


def _matches(node: Lookup, row: Row, index: Mapping[Key, list[Row]]) -> list[Row]:
    key = tuple(row[name] for name, _ in node.on)
    if any(isinstance(cell, Absent) for cell in key):
        return []
    candidates = index.get(key, [])
    if node.day is None:
        return candidates
    return [other for other in candidates if _within(row[node.day], other[node.since], other[node.until])]


def _within(day: Cell, since: Cell, until: Cell) -> bool:
    """Whether a day lies between two, both included; nothing lies beside what is missing."""
    if not (isinstance(day, datetime.date) and isinstance(since, datetime.date) and isinstance(until, datetime.date)):
        return False
    return since <= day <= until


def _taken(take: Take, matches: list[Row]) -> Cell:
    return matches[0][take.column] if matches else because(take.absent)


def expanded(step: Step, node: Expand) -> list[Row]:
    """Each row, as often as there is something to add to it."""
    if isinstance(node.by, EachPeriod):
        periods = step.known[node.by.periods]
        return [row | added for row in step.known[node.of] for added in _overlaps(row, periods)]
    if isinstance(node.by, EachPart):
        return _parts(step, node.of, node.by)
    if isinstance(node.by, EachWithin):
        return _days_within(step, node.of, node.by)
    return [row | added for row in step.known[node.of] for added in _superiors(step, node.by, row)]


def _parts(step: Step, of: str, by: EachPart) -> list[Row]:
    parts: dict[Cell, list[Row]] = {}
    for part in step.known[by.parts]:
        parts.setdefault(part["event"], []).append({name: cell for name, cell in part.items() if name != "event"})
    return [
        row | part
        for row in step.known[of]
        if not isinstance(row[by.event], Absent)
        for part in parts.get(row[by.event], ())
    ]


def _days_within(step: Step, of: str, by: EachWithin) -> list[Row]:
    own, others = zip(*by.on, strict=True)
    index: dict[Key, list[Row]] = {}
    for other in step.known[by.other]:
        index.setdefault(tuple(other[name] for name in others), []).append(other)
    return [
        row | {name: other[column] for column, name in by.take}
        for row in step.known[of]
        if not any(isinstance(row[name], Absent) for name in own)
        for other in index.get(tuple(row[name] for name in own), ())
        if _within(other[by.day], row[by.since], row[by.until])
    ]


def _overlaps(row: Row, periods: Iterable[Row]) -> Iterable[Row]:
    first, last = row["from"], row["through"]
    for period in periods:
        start, end = period["period.start"], period["period.end"]
        assert isinstance(start, datetime.date)
        assert isinstance(end, datetime.date)
        assert isinstance(first, datetime.date)
        assert isinstance(last, datetime.date)
        since, until = max(first, start), min(last, end)
        if since <= until:
            overlap: Row = {"overlap.from": since, "overlap.through": until}
            overlap["overlap.days"] = Decimal((until - since).days + 1)
            yield period | overlap


def _superiors(step: Step, by: EachSuperior, row: Row) -> Iterable[Row]:
    person, day, met, level = row[by.person], row[by.day], set[Cell](), 0

    def the_row_of(someone: Cell) -> Row | None:
        there = [
            other
            for other in step.known[by.register]
            if other[by.key] == someone and _within(day, other["from"], other["through"])
        ]
        if len(there) > 1:
            raise step.failed(Breach.TWO_ROWS)
        return there[0] if there else None

    here = None if isinstance(person, Absent) else the_row_of(person)
    below: list[Cell] = []
    while here is not None and (by.levels is None or level < by.levels):
        met.add(here[by.key])
        below += [here[by.rate]] if by.rate is not None else []
        parent = here[by.parent]
        here = None if isinstance(parent, Absent) or parent in met else the_row_of(parent)
        if here is not None:
            level += 1
            rates = {} if by.rate is None else {"superior.rate": here[by.rate], "superior.below": _greatest(below)}
            yield {"superior.person": parent, "superior.level": Decimal(level)} | rates


def _greatest(rates: Sequence[Cell]) -> Cell:
    """The greatest of some rates; missing where one is."""
    missing = mask(*rates)
    return Absent(missing) if missing else max(rate for rate in rates if isinstance(rate, Decimal))


def emitted(step: Step, node: Emit) -> list[Row]:
    """The output's rows, in order, under its names."""
    rows = step.ordered(step.known[node.of], node.order)
    return [{output: row[name] for name, output in node.columns} for row in rows]
