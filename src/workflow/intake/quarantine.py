"""Refused rows, each with its file, line, column, what was found there and what is accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workflow.diagnostics import Argument, Diagnostic, Span
from workflow.intake.cells import Check
from workflow.intake.fates import CONFLICT, EXCESS, ORDER_UNKNOWN, WRONG_WAY
from workflow.intake.lines import lines_in
from workflow.intake.staging import Staged
from workflow.intake.taken import About, FileTaken, Refused

_Why = tuple[str | None, str | None, str, Mapping[str, Argument], About]
"""Id, column, code, the code's arguments, and whom and what the row is about."""

_DOUBTS = {
    CONFLICT: "rows-contradict",
    ORDER_UNKNOWN: "order-unknown",
    EXCESS: "reverses-too-much",
    WRONG_WAY: "reverses-wrong-way",
}
"""The codes of rows that fail no check of their own."""

_SHOWN = 80
"""Characters of a cell that a message shows."""


@dataclass(frozen=True, slots=True)
class Row:
    """A refused row: source and file by number, its record, its id, why, what was found, and whom it is about."""

    source: int
    file: int
    record: int
    id: str | None
    why: int
    found: str | None
    about: About


def visible(text: str) -> str:
    """A text as a message may show it: signs that nobody can see as escapes, cut where it is long."""
    shown = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text[:_SHOWN])
    return shown + "…" if len(text) > _SHOWN else shown


def refused(where: Path, sources: Sequence[Staged], rows: Iterable[Row]) -> tuple[Refused, ...]:
    """The quarantine: `rows` and the sources' broken ones, by source, file and line.

    Raises:
        InputRefused: a file has changed since it was read.
        WorldFailed: it can't be read again.
    """
    files = {number: file for staged in sources for number, file in staged.files}
    by_index = {staged.index: staged for staged in sources}
    waiting: list[tuple[int, int, int, _Why]] = [
        (row.source, row.file, row.record, _diagnosed(by_index[row.source].checks, row)) for row in rows
    ]
    for staged in sources:
        for number, broken in staged.broken:
            shown = {name: visible(arg) if isinstance(arg, str) else arg for name, arg in broken.args.items()}
            waiting.append(
                (
                    staged.index,
                    number,
                    broken.record,
                    (None, broken.column, broken.code, shown, About(staged.source.event)),
                )
            )
    lines = lines_of_rows(where, files, ((file, record) for _, file, record, _ in waiting))
    found = []
    for source, file, record, (id_, column, code, args, about) in waiting:
        path, line = files[file].path, lines[file, record]
        diagnostic = Diagnostic(code, Span(path, line, 1, line, 1), args)
        found.append(Refused(by_index[source].source.name, path, line, id_, column, diagnostic, about))
    return tuple(sorted(found, key=lambda each: (each.source, each.path, each.line)))


def lines_of_rows(
    where: Path, files: Mapping[int, FileTaken], rows: Iterable[tuple[int, int]]
) -> Mapping[tuple[int, int], int]:
    """The line of each row, given by its file's number and its record.

    Raises:
        InputRefused: a file has changed since it was read.
        WorldFailed: it can't be read again.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for file, record in rows:
        wanted[file].add(record)
    return {
        (file, record): line
        for file, records in wanted.items()
        for record, line in lines_in(where, files[file], records).items()
    }


def _diagnosed(checks: Sequence[Check], row: Row) -> _Why:
    """Id, column, code and arguments of a row that fails a check, or that other rows of its id put in doubt."""
    if row.why <= 0:
        assert row.id is not None
        return row.id, None, _DOUBTS[row.why], {"id": visible(row.id)}, row.about
    check = checks[row.why - 1]
    args: dict[str, Argument] = {"column": check.column, **check.args}
    if row.found is not None:
        args["found"] = visible(row.found)
    return row.id, check.column, check.code, args, row.about
