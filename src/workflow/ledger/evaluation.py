"""A run as a whole: what went into it, what it decided, and the record by which anybody can check it."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from workflow.checks.calculated import Title
from workflow.checks.checked import CheckedWorkspace
from workflow.diagnostics import Diagnostic
from workflow.intake.taken import Intake
from workflow.ledger.adrift import cases_adrift
from workflow.ledger.book import Book
from workflow.ledger.caselog import case_log
from workflow.ledger.decided import Decided, stepped, tables_beside
from workflow.ledger.dispositions import dispositions, unmatched_numbers
from workflow.ledger.entries import Action, Withheld
from workflow.ledger.instead import Instead, instead
from workflow.ledger.rated import too_many_rated
from workflow.ledger.tiers import Tiered, tiered
from workflow.ledger.uncounted import Uncounted
from workflow.ledger.unmatched import Unmatched, unmatched
from workflow.ledger.unmet import Unmet
from workflow.plan.lowered import RESULTS

FORMAT = "workflow run 1"
"""What a record says of itself; the number changes when its keys do."""
LIBRARIES = ("duckdb", "pyarrow", "sqlglot", "pydantic", "babel")
"""The libraries whose versions a record names."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the rules with their files, the input, each policy's outcome, and the entries.

    `digests` are the sha256 of the files' bytes. `as_of` is the last day that counted (to its end, in the workspace's
    zone) or the last instant, as it was asked for; `reader` the role whom it is for, None: everybody. `seconds` are the
    durations of the stages, if somebody took them.
    """

    rules: CheckedWorkspace
    texts: Mapping[str, str]
    digests: Mapping[str, str]
    warnings: tuple[Diagnostic, ...]
    period: str
    as_of: datetime.date
    engine: str
    reader: str | None
    taken: Intake
    decided: tuple[Decided, ...]
    book: Book
    names: Mapping[str, str]
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A period's result: actions and withheld clauses, and what became of every record.

    `as_of` is the last day or instant that counted, `known_by` the last instant at which a record may have become
    known; None where no record says when. `reader` is the role whom it is for, None: everybody. `unmatched` are the
    events that went to nobody. `totals` are what is paid, by currency; `names` people's names by id; `titles` those
    of clauses and of what they trigger. `uncounted` are the refused rows that name a person, and that would have
    changed a policy's results: without them the pay isn't final. `instead` says what is recorded where nothing
    counts, `unmet` which conditions nothing met, `tiers` how many subjects each tiering has in each tier.
    """

    actions: Sequence[Action]
    withheld: Sequence[Withheld]
    dispositions: Mapping[str, Mapping[str, int]]
    unmatched: tuple[Unmatched, ...]
    refused: tuple[Diagnostic, ...]
    uncounted: Uncounted
    instead: Instead
    unmet: tuple[Unmet, ...]
    tiers: tuple[Tiered, ...]
    totals: Mapping[str, Decimal]
    as_of: datetime.date
    known_by: datetime.datetime | None
    reader: str | None
    names: Mapping[str, str]
    titles: Mapping[tuple[str, str], Title]
    texts: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def evaluation_of(run: Run, unmet: tuple[Unmet, ...]) -> Evaluation:
    """What a caller of a run sees."""
    ends = dispositions(run.taken, run.decided)
    nobodys = unmatched_numbers(run.decided, ends)
    return Evaluation(
        actions=run.book.actions,
        withheld=run.book.withheld,
        dispositions=ends,
        unmatched=unmatched(run.rules, run.decided, run.taken.evidence, nobodys),
        refused=tuple(row.diagnostic for row in run.taken.quarantine),
        uncounted=run.book.refused(),
        instead=instead(run.rules, run.book.parts, run.taken.evidence),
        unmet=unmet,
        tiers=tiered(run.decided),
        totals=run.book.paid(),
        as_of=run.as_of,
        known_by=_local(run.taken.known_by, run.rules.zone),
        reader=run.reader,
        names=run.names,
        titles=_titles(run),
        texts=run.texts,
        diagnostics=(*run.warnings, *too_many_rated(run.decided), *cases_adrift(run.decided)),
    )


def record_of(run: Run, evaluation: Evaluation) -> Mapping[str, Any]:
    """What run.json says: digests of all inputs, control totals, dispositions; what may differ between two equal runs
    (engine, versions, durations) stands in a block of its own.
    """
    known_by = evaluation.known_by
    engine: dict[str, Any] = {
        "name": run.engine,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in ("workflow", *LIBRARIES)},
    }
    if run.seconds:
        engine["seconds"] = {name: round(seconds, 3) for name, seconds in run.seconds.items()}
    return {
        "format": FORMAT,
        "workspace": run.rules.id,
        "period": run.period,
        "as of": run.as_of.isoformat(),
        "known by": None if known_by is None else known_by.isoformat(),
        **({} if run.reader is None else {"for": run.reader}),
        "policies": [_policy(each) for each in run.decided],
        "files": [{"file": path, "sha256": run.digests[path]} for path in sorted(run.texts)],
        "records": [asdict(file) for file in run.taken.files],
        "control totals": [{**asdict(total), "total": f"{total.total:f}"} for total in run.taken.totals],
        "sources": [asdict(count) for count in run.taken.counts],
        "dispositions": evaluation.dispositions,
        "paid": {currency: f"{total:f}" for currency, total in sorted(evaluation.totals.items())},
        "actions": len(evaluation.actions),
        "withheld": len(evaluation.withheld),
        "engine": engine,
    }


@cache
def _version(library: str) -> str:
    """Of an installed library: to read its description takes longer than to look at a small period's results."""
    return importlib.metadata.version(library)


def _policy(each: Decided) -> Mapping[str, Any]:
    """What run.json says of one policy: its version, the days that it governs, and the files of its results."""
    steps, beside, log = list(stepped(each).values()), list(tables_beside(each).values()), case_log(each)
    return {
        "id": each.policy.id,
        "version": each.policy.version,
        "file": each.policy.path,
        "first": each.occasion.first.isoformat(),
        "last": each.occasion.last.isoformat(),
        "results": each.table,
        "subjects": each.outcome.tables[RESULTS].num_rows,
        **({"steps": steps} if steps else {}),
        **({"beside": beside} if beside else {}),
        **({"log": list(log)} if log else {}),
    }


def _local(instant: datetime.datetime | None, zone: str) -> datetime.datetime | None:
    """A UTC instant as the workspace's clocks show it, with its offset."""
    if instant is None:
        return None
    return instant.replace(tzinfo=datetime.UTC).astimezone(zoneinfo.ZoneInfo(zone))


def _titles(run: Run) -> Mapping[tuple[str, str], Title]:
    """The title of each clause; an action without one has that of the item it triggers, or of the role it tells."""
    items: dict[tuple[str, str | None], Title] = {
        (kind, item): title for kind, of in run.rules.items.items() for item, title in of.items()
    }
    items |= {(kind, role): title for kind in ("notify", "reminder") for role, title in run.rules.roles.items()}
    return {
        (part.decided.policy.id, clause.name): clause.title or items.get((clause.kind, clause.what), {})
        for part in run.book.parts
        for clause in part.clauses
    }
