"""The one writer of a run's files: all of them appear whole, or none."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workflow.diagnostics import CODES, Diagnostic, Span, WorldFailed, WrongUsage
from workflow.intake.taken import Refused
from workflow.ledger.book import Decided
from workflow.ledger.entries import Action, Withheld
from workflow.ledger.evaluation import FORMAT, Run
from workflow.plan.incentives import LINES, RESULTS
from workflow.words import has, say

ACTION_COLUMNS = (
    "id", "kind", "policy", "version", "clause", "subject", "period", "amount", "currency", "what", "due", "expected",
    "because", "file", "line",
)  # fmt: skip
WITHHELD_COLUMNS = ("policy", "version", "clause", "subject", "period", "because", "file", "line")
QUARANTINE_COLUMNS = ("source", "file", "line", "id", "column", "code", "reason")
MARK = "run.json"
"""The file whose `format` says that a folder is one of ours."""
TABLES = "results"
"""The folder of a table a policy."""
FILES = ("actions.jsonl", "actions.csv", "withheld.csv", "quarantine.csv", "lines.parquet", MARK)
"""All names beside it: a folder that holds any other isn't ours alone, and is never replaced."""

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def write(into: Path, run: Run, record: Mapping[str, Any], language: str) -> None:
    """Write a run's files.

    Args:
        into: the folder; made if it isn't there, replaced whole if it holds an earlier run.
        run: the run.
        record: what run.json says.
        language: the language of the reasons in withheld.csv and quarantine.csv.

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
        _write_all(fresh, run, record, language)
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
        return frozenset(_table_of(policy["id"]) for policy in said["policies"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _table_of(policy: str) -> str:
    return f"{policy}.parquet"


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
    actions = [_action(each) for each in run.book.actions]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in actions)
    (fresh / "actions.jsonl").write_text(lines, encoding="utf-8", newline="\n")
    flat = [{**row, "because": _joined(row["because"])} for row in actions]
    _write_csv(fresh / "actions.csv", ACTION_COLUMNS, flat)
    worded = _worded(run.book.withheld, language)
    _write_csv(fresh / "withheld.csv", WITHHELD_COLUMNS, [_withheld(each, worded) for each in run.book.withheld])
    _write_csv(
        fresh / "quarantine.csv", QUARANTINE_COLUMNS, [_refused(each, language) for each in run.taken.quarantine]
    )
    _write_tables(fresh, run.decided)
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (fresh / MARK).write_text(text, encoding="utf-8", newline="\n")


def _action(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "kind": action.kind,
        "policy": action.policy,
        "version": action.version,
        "clause": action.clause,
        "subject": action.subject,
        "period": action.period,
        "amount": None if action.amount is None else f"{action.amount:f}",
        "currency": action.currency,
        "what": action.what,
        "due": None if action.due is None else action.due.isoformat(),
        "expected": action.expected,
        "because": dict(action.because),
        "file": action.span.path,
        "line": action.span.line,
    }


def _joined(because: Mapping[str, str]) -> str:
    return "; ".join(f"{name} = {value}" for name, value in because.items())


def _withheld(entry: Withheld, worded: Mapping[int, str]) -> dict[str, Any]:
    return {
        "policy": entry.policy,
        "version": entry.version,
        "clause": entry.clause,
        "subject": entry.subject,
        "period": entry.period,
        "because": worded[id(entry.reasons)],
        "file": entry.span.path,
        "line": entry.span.line,
    }


def _worded(entries: Sequence[Withheld], language: str) -> Mapping[int, str]:
    """The reasons in words, each tuple once: many entries share one."""
    different = {id(entry.reasons): entry.reasons for entry in entries}
    return {
        key: "; ".join(say(language, "run", reason.code, **reason.args) for reason in reasons)
        for key, reasons in different.items()
    }


def _refused(row: Refused, language: str) -> dict[str, Any]:
    return {
        "source": row.source,
        "file": row.path,
        "line": row.line,
        "id": row.id,
        "column": row.column,
        "code": row.diagnostic.code,
        "reason": _reason(row.diagnostic, language),
    }


def _reason(diagnostic: Diagnostic, language: str) -> str:
    """What was found, and what is accepted."""
    room, code = CODES[diagnostic.code].room, diagnostic.code
    parts = [each for each in (code, f"{code}.help") if has(room, each, language)]
    return "; ".join(say(language, room, each, **diagnostic.args) for each in parts)


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A CSV of text: missing is empty, truth is yes or no, lines end with a line feed on every system.

    These files are opened in spreadsheets, which would carry out a text that begins like a formula; such a text has an
    apostrophe before it, as OWASP advises. Numbers stay numbers, and actions.jsonl stays exact.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _write_tables(fresh: Path, decided: Sequence[Decided]) -> None:
    """results/POLICY.parquet, one row a subject, and lines.parquet, one row a line of all policies."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (fresh / TABLES).mkdir()
    lines = []
    for each in decided:
        policy, occasion = each.policy, each.occasion
        causes = [{"code": cause.code, **dict(cause.args)} for cause in each.plan.causes]
        meaning = {"policy": policy.id, "version": policy.version, "period": occasion.period, "causes": causes}
        table = each.outcome.tables[RESULTS]
        table = table.replace_schema_metadata({"workflow": json.dumps(meaning, ensure_ascii=False)})
        pq.write_table(table.combine_chunks(), fresh / TABLES / _table_of(policy.id))
        if LINES in each.outcome.tables:
            lines.append(_with_policy(each))
    if lines:
        together = pa.concat_tables(lines, promote_options="default").combine_chunks()
        pq.write_table(together, fresh / "lines.parquet")


def _with_policy(each: Decided) -> Any:
    """A policy's lines with what says whose they are; the causes of a withheld line stand in its results."""
    import pyarrow as pa

    table = each.outcome.tables[LINES]
    policy, rows = each.policy, table.num_rows
    spans = {clause.name: clause.span for clause in policy.pay}
    clauses = table["clause"].to_pylist()
    columns = {
        "policy": pa.array([policy.id] * rows, pa.string()),
        "version": pa.array([policy.version] * rows, pa.int32()),
        "clause": table["clause"],
        "subject": table["person"],
        "period": pa.array([each.occasion.period] * rows, pa.string()),
        "exact": table["line.exact"],
        "amount": table["line.amount"],
        "currency": pa.array([policy.currency] * rows, pa.string()),
        "file": pa.array([spans[clause].path for clause in clauses], pa.string()),
        "line": pa.array([spans[clause].line for clause in clauses], pa.int32()),
    }
    return pa.table(columns)
