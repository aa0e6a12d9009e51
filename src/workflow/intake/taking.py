"""The order in which files become evidence: stage all, agree on the instants, judge, write, and prove the counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.checks.builtin import BUILT_IN, FROM_THEIR_TIME
from workflow.checks.mapping import FieldMapping, ListMapping, SourceMapping
from workflow.diagnostics import Diagnostic, InputRefused, in_order
from workflow.intake.about import Telling, of_original, telling, with_originals
from workflow.intake.cells import staged
from workflow.intake.controls import wrong_deliveries
from workflow.intake.delivery import delivered_days
from workflow.intake.events import (
    Judged,
    counted,
    event_fields,
    number_events,
    refused_rows,
    totals_of,
    unnumber_refused,
    write_events,
    write_files,
    write_origins,
)
from workflow.intake.evidence import NOT_SYNCED, Evidence, engine_failures
from workflow.intake.fates import Bounds, Fates, judge_events, newest_in
from workflow.intake.moment import Moment
from workflow.intake.parts import parts_fields
from workflow.intake.quarantine import Row, refused
from workflow.intake.registers import Register, judge_rows, write_register
from workflow.intake.reversals import settle
from workflow.intake.rows import DATED, EVENT, columns_of, creation, fields_of, lists_of
from workflow.intake.staging import Staged, Stager, zones_of
from workflow.intake.taken import ControlTotal, Counts, Intake, Refused
from workflow.intake.zones import FIRST_YEAR, install
from workflow.model.types import Kind
from workflow.plan.nodes import Field, parts_table

if TYPE_CHECKING:
    import duckdb


Reversals = Mapping[str, tuple[str, str]]
"""By type of event, the type that it reverses and the field that names the reversed event."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The sources of one event type, or of one register, staged into one table."""

    name: str
    is_event: bool
    table: str
    fields: tuple[FieldMapping, ...]
    lists: tuple[ListMapping, ...]
    sources: tuple[Staged, ...]


def take_in(
    sources: Sequence[SourceMapping],
    where: Path,
    into: Path,
    moment: Moment,
    reversals: Reversals | None = None,
    ordered: Collection[str] | None = None,
) -> Intake:
    """Read, validate and deduplicate what was recorded.

    Args:
        sources: checked mappings; their order doesn't matter.
        where: the workspace's folder.
        into: the DuckDB file to write; it may not exist.
        moment: the run's zone, instants, periods and currency.
        reversals: for each type of event that reverses another, that other type and the field that names the event.
        ordered: the types whose events are numbered in their order; all unless said.

    Returns:
        The evidence with its quarantine, counts and sums. Equal for equal rows, whatever their order and files; but
        numbers of events of other types than those `ordered` are only names.

    Raises:
        InputRefused: a file can't be read as declared, or a register contradicts itself; all such mistakes together.
        WorldFailed: a file can't be opened, or memory or the disk is too small.
    """
    import duckdb

    assert not into.exists(), into
    try:
        with engine_failures(), duckdb.connect(str(into)) as connection:
            connection.execute("SET enable_progress_bar = false")  # It would be printed amid the caller's own output.
            connection.execute("SET memory_limit = '1500MB'")  # What is more waits on the disk, beside the evidence.
            # Whoever reads rows names their order. To keep that of the files, threads would wait for each other.
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(NOT_SYNCED)
            # To make the file a quarter smaller takes longer than to write it as it is.
            connection.execute("PRAGMA force_compression = 'uncompressed'")
            asked = {each.event for each in sources if each.event is not None} if ordered is None else ordered
            return _Taking(connection, where, into, moment, frozenset(asked)).run(sources, reversals or {})
    except BaseException:
        # Half an evidence looks like a whole one.
        into.unlink(missing_ok=True)
        raise


def _check_registers(quarantine: Sequence[Refused], registers: Collection[str]) -> None:
    """A register with a row in doubt ends the run: without that row a person would go unpaid, and nobody would know."""
    doubtful = [row.diagnostic for row in quarantine if row.source in registers]
    if doubtful:
        spans = tuple(each.span for each in doubtful)
        raise InputRefused((Diagnostic("register-in-doubt", spans[0], {"rows": len(doubtful)}), *in_order(doubtful)))


class _Taking:
    """One intake in progress: a connection to the file, and what has been found so far."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, where: Path, into: Path, moment: Moment, ordered: frozenset[str]
    ) -> None:
        self._connection = connection
        self._ordered = ordered
        self._where = where
        self._into = into
        self._moment = moment
        self._rows: list[Row] = []
        self._counts: list[Counts] = []
        self._totals: list[ControlTotal] = []
        self._tables: dict[str, tuple[Field, ...]] = {}

    def run(self, sources: Sequence[SourceMapping], reversals: Reversals) -> Intake:
        """All of it, once."""
        groups = self._stage(sources)
        newest = newest_in(self._connection, [group.table for group in groups])
        bounds = Bounds(self._moment.known_by or newest, self._moment.as_of)
        staged_sources = sorted((one for group in groups for one in group.sources), key=lambda one: one.index)
        write_files(self._connection, staged_sources)
        self._write_events([group for group in groups if group.is_event], bounds, reversals)
        self._write_registers([group for group in groups if not group.is_event], bounds)
        wrong = wrong_deliveries(self._connection, [(group.table, group.sources) for group in groups])
        if wrong:
            raise InputRefused(in_order(wrong))
        quarantine = refused(self._where, staged_sources, self._rows)
        _check_registers(quarantine, {one.source.name for one in staged_sources if one.source.register})
        return Intake(
            evidence=Evidence(self._into, self._tables),
            quarantine=quarantine,
            counts=tuple(sorted(self._counts, key=lambda each: (each.source, each.of))),
            files=tuple(file for one in staged_sources for _, file in one.files),
            totals=tuple(self._totals),
            known_by=bounds.known_by,
            delivered=delivered_days(self._connection, sources),
        )

    def _stage(self, sources: Sequence[SourceMapping]) -> list[_Group]:
        """Every source in its table; sources are numbered by name, so that their order doesn't matter."""
        named = sorted(sources, key=lambda each: each.name)
        assert len({each.name for each in named}) == len(named), "sources have different names"
        zones = [self._moment.zone, *sorted(frozenset[str]().union(*map(zones_of, named)) - {self._moment.zone})]
        about = self._moment.as_of
        install(self._connection, zones, FIRST_YEAR if about is None else about.year)
        places = {zone: place for place, zone in enumerate(zones)}
        stager = Stager(self._connection, self._where, self._moment, places, self._ordered)
        together: dict[tuple[bool, str], list[SourceMapping]] = defaultdict(list)
        for source in named:
            together[source.event is not None, source.event or source.register or ""].append(source)
        groups, mistakes = [], list[Diagnostic]()
        for (is_event, name), members in sorted(together.items()):
            fields, table = fields_of(members), f"staged {'event' if is_event else 'register'} {name}"
            lists = lists_of(members)
            self._connection.execute(creation(table, EVENT if is_event else DATED, fields, lists))
            found = []
            for source in members:
                try:
                    found.append(stager.stage(named.index(source), source, table, fields, lists))
                except InputRefused as refusal:
                    mistakes += refusal.diagnostics
            groups.append(_Group(name, is_event, table, fields, lists, tuple(found)))
        if mistakes:
            raise InputRefused(in_order(mistakes))
        return groups

    def _write_events(self, groups: Sequence[_Group], bounds: Bounds, reversals: Reversals) -> None:
        """The tables of events; those whose order is read are numbered through all such types, by the types' names."""
        written = 0
        fates = self._judge(groups, bounds, reversals)
        for group in groups:
            met = fates[group.name]
            accepted = self._note(group, met, self._telling(group, reversals))
            judged = Judged(group.name, group.table, met.view, group.fields, group.lists, group.sources)
            if group.name in self._ordered:
                written += number_events(self._connection, judged, written)
            else:
                unnumber_refused(self._connection, judged, accepted)
            write_events(self._connection, judged)
            self._tables[f"event {group.name}"] = event_fields(group.fields, group.sources)
            for each in group.lists:
                self._tables[parts_table(group.name, each.name)] = parts_fields(each)
            self._totals += totals_of(self._connection, group.name, group.fields)
        write_origins(self._connection, [group.table for group in groups])
        for name, (of, _) in reversals.items():
            self._find_originals(name, next((group for group in groups if group.name == of), None), reversals)

    def _telling(self, group: _Group, reversals: Reversals) -> Telling:
        """What the rows of an event type tell of themselves."""
        return telling(
            group.name, group.fields, group.lists, reversals[group.name][1] if group.name in reversals else None
        )

    def _find_originals(self, event: str, of: _Group | None, reversals: Reversals) -> None:
        """A refused row that reverses an event is about those whom that event names."""
        own = [row.about for row in self._rows if row.about.event == event]
        if of is None or not own:
            return
        originals = with_originals(self._connection, own, of.table, self._telling(of, reversals))
        self._rows = [
            replace(row, about=of_original(row.about, originals)) if row.about.event == event else row
            for row in self._rows
        ]

    def _judge(self, groups: Sequence[_Group], bounds: Bounds, reversals: Reversals) -> dict[str, Fates]:
        """The fates of each type's rows; what a reversal may take depends on its original's."""
        fates, amounts = {}, {}
        for group in groups:
            content = [staged(name) for name in (*dict(columns_of(group.fields)), *(each.name for each in group.lists))]
            told = group.name in BUILT_IN and group.name not in FROM_THEIR_TIME
            own = (
                replace(bounds, as_of=None) if told else bounds
            )  # What is said of a calculation comes when all is over.
            logs = all(each.source.changed is None for each in group.sources)
            fates[group.name] = judge_events(self._connection, group.table, content, own, logs=logs)
            amounts[group.name] = [field.name for field in group.fields if field.type.kind is Kind.MONEY]
        for name, (of, by) in sorted(reversals.items()):
            if name in fates and of in fates:
                both = [amount for amount in amounts[name] if amount in amounts[of]]
                fates[name] = settle(self._connection, fates[name], fates[of], by, both)
        return fates

    def _write_registers(self, groups: Sequence[_Group], bounds: Bounds) -> None:
        """The tables of registers; the mistakes of all of them are raised together."""
        mistakes: list[Diagnostic] = []
        for group in groups:
            register = Register(group.name, group.table, group.fields, group.sources)
            judged = judge_rows(self._connection, register, bounds)
            self._note(group, judged)
            try:
                fields = write_register(self._connection, self._where, register, judged.view)
            except InputRefused as refusal:
                mistakes += refusal.diagnostics
            else:
                self._tables[f"register {group.name}"] = fields
        if mistakes:
            raise InputRefused(in_order(mistakes))

    def _note(self, group: _Group, met: Fates, told: Telling | None = None) -> int:
        """Count a group's rows, and keep those in quarantine, with what they say of themselves; the number accepted."""
        counts = counted(self._connection, group.name, met, group.sources)
        self._counts += counts
        # A broken row is none of those in the view.
        if sum(each.quarantined for each in counts) != sum(len(each.broken) for each in group.sources):
            periods = frozenset(name for kind in self._moment.periods.values() for name, _, _ in kind.periods)
            self._rows += refused_rows(self._connection, met.view, told, periods)
        return sum(each.accepted for each in counts)
