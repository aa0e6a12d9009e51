"""Files become staged rows: the guarded reader's batches go through the source's statement, one file after another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.checks.mapping import FieldMapping, ListMapping, SourceMapping
from workflow.diagnostics import NOWHERE, Argument, Diagnostic, InputRefused, Span
from workflow.intake.cells import Check, Reader
from workflow.intake.files import files_of
from workflow.intake.formats import layout_of, open_table
from workflow.intake.moment import Moment
from workflow.intake.rows import Statement, cells_of, columns_read, numbering, statement
from workflow.intake.table import Broken, Table
from workflow.intake.taken import FileTaken
from workflow.syntax.unusable import Unusable

if TYPE_CHECKING:
    import duckdb

_FIRST_NAME = 5 * 10**9
"""Numbers that follow an order stay below, those that are only names begin above: half of all numbers each."""
_NEAR = 60
"""How alike, of 100, two names must be for one to be offered instead of the other."""


@dataclass(frozen=True, slots=True)
class Staged:
    """One source, staged. `checks` are those that `verdict` counts; files and broken rows carry the file's number."""

    index: int
    source: SourceMapping
    checks: tuple[Check, ...]
    files: tuple[tuple[int, FileTaken], ...]
    broken: tuple[tuple[int, Broken], ...]

    @property
    def rows(self) -> int:
        """The rows that were read, broken ones included."""
        return sum(file.rows for _, file in self.files)


def zones_of(source: SourceMapping) -> frozenset[str]:
    """The zones that the cells of a source name."""
    return frozenset(cell.zone for cell in cells_of(source) if cell.zone is not None)


class Stager:
    """Stages sources one after another into tables that exist, numbering files on the way."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        where: Path,
        moment: Moment,
        zones: Mapping[str, int],
        ordered: Collection[str],
    ) -> None:
        """`where` is the workspace; `zones` are those installed on the connection, by name. Events of types that aren't
        `ordered` are numbered here.
        """
        self._connection = connection
        self._where = where
        self._moment = moment
        self._zones = zones
        self._ordered = ordered
        self._files = 0
        self._named = _FIRST_NAME

    def stage(
        self,
        index: int,
        source: SourceMapping,
        table: str,
        fields: Sequence[FieldMapping],
        lists: Sequence[ListMapping] = (),
    ) -> Staged:
        """Read all files of a source into `table`, which has these fields and lists.

        Raises:
            InputRefused: a file is missing, lies outside the workspace, or can't be read as declared.
            WorldFailed: a file can't be opened.
        """
        names = columns_read(source)
        reader = Reader({name: f"c{place}" for place, name in enumerate(names)}, self._moment, self._zones)
        staging = statement(source, reader, table, fields, lists)
        paths, found = files_of(source, self._where)
        mistakes = list(found)
        headers: dict[str, tuple[str, ...]] = {}
        files: list[tuple[int, FileTaken]] = []
        broken: list[tuple[int, Broken]] = []
        for path in paths:
            try:
                with open_table(self._where, path, source) as opened:
                    if opened.header is not None:
                        headers[path] = opened.header
                    if opened.header is None or all(opened.header.count(name) == 1 for name in names):
                        files.append((self._files, self._take(opened, staging, index, source)))
                        mistakes += opened.mistakes
                        broken += [(self._files, each) for each in opened.broken]
                        self._files += 1
            except Unusable as fault:
                mistakes.append(fault.at(path))
        mistakes += _headers_wrong(source, names, headers)
        if mistakes:
            raise InputRefused(tuple(mistakes))
        if source.event is not None and source.id is None:
            self._connection.execute(numbering(table, index))
        return Staged(index, source, staging.checks, tuple(files), tuple(broken))

    def _take(self, table: Table, staging: Statement, index: int, source: SourceMapping) -> FileTaken:
        """All records of one file, parsed while the ones before are staged."""
        before = None if source.event in self._ordered else self._named
        if staging.proven:
            for plain, rows in table.parted(staging.columns, staging.proven, staging.asked):
                self._insert(rows, staging.sql(index, self._files, before, plain=plain))
        else:
            self._insert(table.stream(staging.columns), staging.sql(index, self._files, before))
        self._named += table.last
        layout = layout_of(table.path, source)
        return FileTaken(source.name, table.path, layout, source.encoding, table.sha256, table.rows)

    def _insert(self, rows: Any, sql: str) -> None:
        self._connection.register("batch", rows)
        self._connection.execute(sql)
        self._connection.unregister("batch")


def _headers_wrong(
    source: SourceMapping, names: Sequence[str], headers: Mapping[str, tuple[str, ...]]
) -> list[Diagnostic]:
    """What the source needs and headers don't give: one mistake a column, at the first file that lacks it."""
    spans = {cell.column: cell.span for cell in cells_of(source) if cell.span != NOWHERE}
    mistakes = [Diagnostic("header-absent", _top(path), {}) for path, header in headers.items() if not header]
    for name in names:
        for code, wrong in (("column-absent", 0), ("column-twice", 2)):
            paths = [path for path, header in headers.items() if header and min(header.count(name), 2) == wrong]
            if paths:
                args: dict[str, Argument] = {"column": name}
                if code == "column-absent":
                    args["nearest"] = _nearest(name, headers[paths[0]])
                related = (*((spans[name],) if name in spans else ()), *map(_top, paths[1:]))
                mistakes.append(Diagnostic(code, _top(paths[0]), args, related))
    return mistakes


def _nearest(name: str, header: Sequence[str]) -> tuple[str, ...]:
    """The columns that the author most likely meant; all of them, where none is near."""
    from rapidfuzz import fuzz, process, utils

    near = process.extract(
        name, header, scorer=fuzz.WRatio, processor=utils.default_process, limit=3, score_cutoff=_NEAR
    )
    return tuple(dict.fromkeys(choice for choice, _, _ in near)) or tuple(dict.fromkeys(header))


def _top(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)
