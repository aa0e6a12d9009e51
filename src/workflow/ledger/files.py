"""The one writer of a run's files: all of them appear whole, or none."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from workflow.diagnostics import CODES, Diagnostic, Span, WorldFailed, WrongUsage
from workflow.intake.ahead import made_ahead
from workflow.intake.taken import Refused
from workflow.ledger.book import blocks
from workflow.ledger.cycle import CYCLE_COLUMNS, cells, states
from workflow.ledger.evaluation import FORMAT, Evaluation, Run, record_of
from workflow.ledger.part import Part
from workflow.ledger.rows import by_clause, column_of
from workflow.ledger.said import said
from workflow.ledger.tables import TABLES, write_cases, write_tables
from workflow.ledger.texts import plain
from workflow.ledger.tiers import TIER_COLUMNS, tier_fields, tier_list, tier_rows
from workflow.ledger.unmatched import Unmatched, places
from workflow.ledger.workbook import action_rows, withheld_rows, write_workbook
from workflow.ledger.written import Fields, Pairs, csv_lines, header, json_lines, text_array, text_of
from workflow.plan.occasions import day_of
from workflow.words import has, say

ACTION_COLUMNS = (
    "id", "kind", "policy", "version", "clause", "subject", "period", "amount", "currency", "what", "due", "to",
    "expected", "because", "file", "line", "refused rows",
)  # fmt: skip
WITHHELD_COLUMNS = ("policy", "version", "clause", "subject", "period", "because", "file", "line", "refused rows")
QUARANTINE_COLUMNS = ("source", "file", "line", "id", "column", "code", "reason")
UNMATCHED_COLUMNS = ("id", "type", "person", "reason", "file", "line")
MARK = "run.json"
"""The file whose `format` says that a folder is one of ours."""
WORKBOOK = "workbook.xlsx"
FILES = (
    "actions.jsonl",
    "actions.csv",
    "withheld.csv",
    "quarantine.csv",
    "unmatched.csv",
    "reviews.csv",
    "tiers.csv",
    "lines.parquet",
    WORKBOOK,
    MARK,
)
"""All names beside it: a folder that holds any other isn't ours alone, and is never replaced."""


def write(into: Path, run: Run, evaluation: Evaluation, where: Path, language: str, *, workbook: bool = False) -> None:
    """Write a run's files.

    Args:
        into: the folder; made if it isn't there, replaced whole if it holds an earlier run.
        run: the run.
        evaluation: what a caller sees of it.
        where: the workspace's folder, in which the lines of records are looked up.
        language: the language of the reasons in the files for people, and of the workbook's headings.
        workbook: whether to write the lists of the CSV files as sheets of a workbook too.

    Raises:
        WrongUsage: the folder holds something else.
        WorldFailed: it can't be written.
    """
    try:
        if not _replaceable(into):
            raise WrongUsage((Diagnostic("folder-not-ours", Span(str(into), 1, 1, 1, 1), {"path": str(into)}),))
        into.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    except OSError as error:
        raise _failed(into, error) from error
    try:
        nobodys = tuple(_unmatched(evaluation.unmatched, run, where, language))
        _write_all(fresh, run, record_of(run, evaluation), language)
        _write_texts(fresh / "unmatched.csv", UNMATCHED_COLUMNS, nobodys)
        reviewed = tuple(map(cells, states(run.book, day_of(run.as_of, run.rules.zone))))
        if reviewed:
            _write_texts(fresh / "reviews.csv", CYCLE_COLUMNS, reviewed)
        if workbook:
            _write_workbook(fresh / WORKBOOK, run, (nobodys, reviewed), language)
        _swap(fresh, into)
    except OSError as error:
        raise _failed(into, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _replaceable(into: Path) -> bool:
    """Whether nothing stands there that is somebody else's: no folder yet, an empty one, or an earlier run."""
    if not into.exists():
        return True
    if not into.is_dir():
        return False
    present = {path.name: path for path in into.iterdir()}
    if not present:
        return True
    ours = _tables_of(present[MARK]) if MARK in present else None
    if ours is None or any(path.is_symlink() for path in present.values()):
        return False
    tables = present.pop(TABLES, None)
    return (
        all(name in FILES and path.is_file() for name, path in present.items())
        and (tables is None or tables.is_dir())
        and all(path.name in ours and path.is_file() for path in (tables.iterdir() if tables else ()))
    )


def _tables_of(record: Path) -> frozenset[str] | None:
    """The tables that the run of this record wrote; None if it is no record of ours."""
    try:
        said = json.loads(record.read_text("utf-8"))
        if said["format"] != FORMAT:
            return None
        tables = frozenset(str(policy["results"]) for policy in said["policies"])
        keys = ("steps", "beside", "log")
        return tables | {str(name) for policy in said["policies"] for key in keys for name in policy.get(key, ())}
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _failed(into: Path, error: OSError) -> WorldFailed:
    problem = error.strerror or type(error).__name__
    return WorldFailed(
        (Diagnostic("file-failed", Span(str(into), 1, 1, 1, 1), {"path": str(into), "problem": problem}),)
    )


def _swap(fresh: Path, into: Path) -> None:
    """Put the new folder in the place of the old one, which goes only once the new one stands, and else comes back."""
    fresh.chmod(0o755)
    if not into.exists():
        fresh.rename(into)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{into.name}-old-", dir=into.parent))
    kept = old / into.name
    try:
        into.rename(kept)
        fresh.rename(into)
    except BaseException:
        if kept.exists():
            kept.rename(into)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write_all(fresh: Path, run: Run, record: Mapping[str, Any], language: str) -> None:
    # A table is written by one thread alone: the lists are made beside it.
    with ThreadPoolExecutor(1) as beside:
        tables = beside.submit(write_tables, fresh, run.book.parts)
        _write_actions(fresh, run.book.parts, language)
        _write_withheld(fresh / "withheld.csv", run.book.parts, language)
        _write_tiers(fresh / "tiers.csv", run.book.parts, language)
        _write_texts(fresh / "quarantine.csv", QUARANTINE_COLUMNS, tuple(_refused(run.taken.quarantine, language)))
        tables.result()
    write_cases(fresh / TABLES, run.book.parts)
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (fresh / MARK).write_text(text, encoding="utf-8", newline="\n")


def _write_actions(fresh: Path, parts: Sequence[Part], language: str) -> None:
    """The same entries twice: as JSON for programs, as CSV for spreadsheets, where values are called as readers do."""
    with (fresh / "actions.jsonl").open("wb") as lines, (fresh / "actions.csv").open("wb") as sheet:
        sheet.write(header(ACTION_COLUMNS))
        pieces = ((part, block) for part in parts for block in blocks(part.actions))
        for line, record in made_ahead(lambda each: _told(*each, language), pieces):
            lines.write(line)
            sheet.write(record)


def _told(part: Part, block: Any, language: str) -> tuple[memoryview, memoryview]:
    """Some actions of one policy as JSON, and as CSV."""
    fields = [(at, _action(part, number, own)) for number, at, own in by_clause(block)]
    return (
        text_of(_in_order([(at, json_lines(each)) for at, each in fields])),
        text_of(_in_order([(at, csv_lines(_called(each, language))) for at, each in fields])),
    )


def _action(part: Part, number: int, own: Any) -> Fields:
    """Some actions of one clause."""
    clause, rows, policy = part.clauses[number], column_of(own, "row"), part.decided.policy
    paid = clause.triggers is None and not clause.of_case
    values = (
        part.ids(clause, own),
        clause.kind,
        policy.id,
        (clause.of or policy).version,
        clause.name,
        part.people(rows),
        part.decided.occasion.period,
        plain(column_of(own, "amount")) if paid else None,
        policy.currency if paid else None,
        clause.what,
        text_array(None if day is None else day.isoformat() for day in part.due(clause, own)),
        part.recipients(clause, own),
        part.expected,
        Pairs(part.because(clause, own)),
        clause.span.path,
        clause.span.line,
        part.refusals(rows),
    )
    return dict(zip(ACTION_COLUMNS, values, strict=True))


def _called(fields: Fields, language: str) -> Fields:
    """The same with what readers call the values that were compared."""
    because = fields["because"]
    assert isinstance(because, Pairs)
    return {**fields, "because": Pairs([(said(name, language), text) for name, text in because.pairs])}


def _write_withheld(path: Path, parts: Sequence[Part], language: str) -> None:
    with path.open("wb") as sheet:
        sheet.write(header(WITHHELD_COLUMNS))
        for part in parts:
            for block in blocks(part.withheld):
                fields = [(at, _withheld(part, number, own, language)) for number, at, own in by_clause(block)]
                sheet.write(text_of(_in_order([(at, csv_lines(each)) for at, each in fields])))


def _write_tiers(path: Path, parts: Sequence[Part], language: str) -> None:
    """In which tier everybody is, if a policy gives tiers."""
    found = [(part, rows) for part in parts if (rows := tier_rows(part)) is not None]
    if not found:
        return
    with path.open("wb") as sheet:
        sheet.write(header(TIER_COLUMNS))
        pieces = ((part, block) for part, rows in found for block in blocks(rows))
        for lines in made_ahead(lambda each: text_of(csv_lines(tier_fields(*each, language))), pieces):
            sheet.write(lines)


def _withheld(part: Part, number: int, own: Any, language: str) -> Fields:
    """Some withheld entries of one clause; the reasons are put into words once for each mask."""
    clause, policy, rows = part.clauses[number], part.decided.policy, column_of(own, "row")
    masks = column_of(own, "mask").dictionary_encode()
    values = (
        policy.id,
        policy.version,
        clause.name,
        part.people(rows),
        part.decided.occasion.period,
        text_array(_worded(part, mask, language) for mask in masks.dictionary.to_pylist()).take(masks.indices),
        clause.span.path,
        clause.span.line,
        part.refusals(rows),
    )
    return dict(zip(WITHHELD_COLUMNS, values, strict=True))


def _worded(part: Part, mask: int, language: str) -> str:
    return "; ".join(reason.said(language) for reason in part.reasons(mask))


def _in_order(parts: Sequence[tuple[Any, Any]]) -> Any:
    """Lines that were made clause by clause, each part with the places of its lines, in the order of the places."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places, lines = (pa.concat_arrays(each) for each in zip(*parts, strict=True))
    return lines.take(pc.sort_indices(places))


def _write_texts(path: Path, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """A CSV of a few rows."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    fields = dict(zip(names, map(text_array, columns), strict=True))
    path.write_bytes(header(names) + text_of(csv_lines(fields)))


def _refused(rows: Iterable[Refused], language: str) -> Iterator[tuple[str | None, ...]]:
    """The cells of quarantine.csv."""
    for row in rows:
        reason = _reason(row.diagnostic, language)
        yield row.source, row.path, str(row.line), row.id, row.column, row.diagnostic.code, reason


def _unmatched(rows: Sequence[Unmatched], run: Run, where: Path, language: str) -> Iterator[tuple[str | None, ...]]:
    """The cells of unmatched.csv."""
    found = places(rows, run.taken.evidence, where)
    for row in rows:
        file, line = found[row.number] if row.number is not None else (None, None)
        reason = say(language, "terms", row.why, **row.args, count=row.count)
        yield row.id, row.type, row.person, reason, file, None if line is None else str(line)


_Rows = Sequence[Sequence[str | None]]


def _write_workbook(path: Path, run: Run, others: tuple[_Rows, _Rows], language: str) -> None:
    """The lists of a run; those of what went to nobody and of stages are given."""
    nobodys, reviewed = others
    gives_tiers = any(tier_rows(part) is not None for part in run.book.parts)
    lists = (
        ("actions", ACTION_COLUMNS, action_rows(run.book.actions, language)),
        ("withheld", WITHHELD_COLUMNS, withheld_rows(run.book.withheld, language)),
        ("quarantine", QUARANTINE_COLUMNS, _refused(run.taken.quarantine, language)),
        ("unmatched", UNMATCHED_COLUMNS, nobodys),
        *((("reviews", CYCLE_COLUMNS, reviewed),) if reviewed else ()),
        *((("tiers", TIER_COLUMNS, tier_list(run.book.parts, language)),) if gives_tiers else ()),
    )
    write_workbook(path, lists, language)


def _reason(diagnostic: Diagnostic, language: str) -> str:
    """What was found, and what is accepted."""
    room, code = CODES[diagnostic.code].room, diagnostic.code
    parts = [each for each in (code, f"{code}.help") if has(room, each, language)]
    return "; ".join(say(language, room, each, **diagnostic.args) for each in parts)
