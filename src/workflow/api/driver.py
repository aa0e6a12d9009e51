"""The whole story on one page: from a folder of policies and records to what is paid, and why.

This module is the only caller of all stages. Each stage takes what the one before it gives; nothing flows back. The
stages that need an engine are imported when they are called, so that checking policies loads none.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.api.policies import check
from workflow.checks.checked import CheckedWorkspace
from workflow.diagnostics import NOWHERE, Diagnostic, PoliciesRefused, WrongUsage
from workflow.run import ENGINES
from workflow.syntax.folder import digests_of

if TYPE_CHECKING:
    from workflow.checks.mapping import PeriodKind
    from workflow.intake.taken import Intake
    from workflow.ledger.evaluation import Run
    from workflow.plan.lowered import Lowered
    from workflow.plan.occasions import Due, Facts
    from workflow.plan.windows import Delivery
    from workflow.run.outcome import Engine

Clock = Callable[[], float]
"""What tells seconds, from any beginning."""
Moments = tuple[datetime.date | None, datetime.date | None]
"""From when a run looks: `as of` and `known by`."""


@contextmanager
def run_of(
    workspace: Path,
    asked: str | Callable[[CheckedWorkspace, Mapping[str, PeriodKind]], tuple[Due, ...]],
    moments: Moments,
    engine: str,
    reader: str | None,
    clock: Clock | None = None,
) -> Iterator[tuple[Run, tuple[Lowered, ...]]]:
    """All stages up to the ledger's entries, in their order; the evidence lives as long as the block.

    `asked` is a period, or what finds the occasions that the run is about. It is longer than other functions because it
    is the one place that names every stage.
    """
    from workflow.checks.periods import all_periods
    from workflow.intake import Moment, take_in
    from workflow.intake.delivery import begins, taken_back
    from workflow.intake.evidence import memory_kept
    from workflow.intake.people import names_of
    from workflow.ledger.book import entries
    from workflow.ledger.decided import Decided
    from workflow.ledger.evaluation import Run
    from workflow.ledger.failed import refuse_failed
    from workflow.ledger.seen import check_reader, seen, told
    from workflow.plan.needs import Calendar, needs_of
    from workflow.plan.occasions import instant, policies_due
    from workflow.plan.ordering import ordered_events
    from workflow.run.history import decide

    machine = engine_of(engine)
    check_moments(moments)
    as_of, known_by = moments
    ticks = [clock()] if clock else []
    checked = check(workspace)
    if checked.workspace is None:
        raise PoliciesRefused(checked.diagnostics)
    rules, digests = checked.workspace, digests_of(workspace, checked.texts)
    check_reader(rules, reader)
    periods = all_periods(rules)
    due = policies_due(rules, periods, asked) if isinstance(asked, str) else asked(rules, periods)
    until = as_of or max(each.last for each in due)
    known = None if known_by is None else instant(known_by, rules.zone)
    moment = Moment(rules.zone, instant(until, rules.zone), known, periods, rules.currency)
    with memory_kept(), tempfile.TemporaryDirectory(prefix="workflow-") as folder:
        reversals = {name: event.reverses for name, event in rules.events.items() if event.reverses}
        into = Path(folder) / "evidence.duckdb"
        taken = take_in(rules.sources, workspace, into, moment, reversals, ordered_events(rules))
        ticks += [clock()] if clock else []
        back = taken_back(taken, reversals.items())
        needs = needs_of(Calendar(rules, periods, begins(taken, rules.events, periods), back), due)
        decisions, evidence, read = decide(
            needs, _lowering(rules, periods, taken, (until, known_by), due), machine, taken.evidence
        )
        decided = tuple(
            seen(Decided(each.policy, each.plan, each.occasion, outcome), reader) for each, outcome in decisions
        )
        refuse_failed(decided)
        ticks += [clock()] if clock else []
        yield (
            Run(
                rules=rules,
                texts=checked.texts,
                digests=digests,
                warnings=told(rules, checked.texts, checked.diagnostics, reader),
                period=due[-1].period,
                as_of=until,
                engine=engine,
                reader=reader,
                taken=replace(taken, evidence=evidence),
                decided=decided,
                book=entries(rules, decided, until, taken.quarantine, read),
                names=names_of(taken.evidence),
                seconds={stage: ticks[at + 1] - ticks[at] for at, stage in enumerate(("intake", "run")) if clock},
            ),
            tuple(lowered for lowered, _ in decisions),
        )


def _lowering(
    rules: CheckedWorkspace,
    periods: Mapping[str, PeriodKind],
    taken: Intake,
    moments: tuple[datetime.date, datetime.date | None],
    asked: Sequence[Due],
) -> Callable[[Due, Facts], Lowered]:
    """What plans an occasion, for what had been delivered and known by the moments that the run looks from, beside
    those that are `asked` for.
    """
    from workflow.plan.kinds import lower as lower_policy
    from workflow.plan.occasions import day_of, delivery, occasion_of, read_alone

    alone = read_alone(asked)
    until, known = day_of(moments[0], rules.zone), None if moments[1] is None else day_of(moments[1], rules.zone)

    def delivered(days: tuple[datetime.date, datetime.date]) -> Mapping[str, Delivery]:
        return delivery(taken.delivered, days[0], min(days[1], until), known)

    def lower(due: Due, facts: Facts) -> Lowered:
        occasion = occasion_of(rules, periods, due, facts, delivered, as_of=moments[0])
        return lower_policy(due.policy, rules, replace(occasion, alone=alone))

    return lower


def engine_of(name: str) -> Engine:
    """The engine of that name.

    Raises:
        WrongUsage: there is none.
    """
    if name not in ENGINES:
        raise WrongUsage((Diagnostic("unknown-engine", NOWHERE, {"engine": name, "known": ENGINES}),))
    if name == "reference":
        from workflow.run.reference import Reference

        return Reference()
    from workflow.run.duck import DuckDB

    return DuckDB()


def check_moments(moments: tuple[datetime.date | None, ...]) -> None:
    """Refuse an instant that could be any, since it doesn't say by which clocks.

    Raises:
        WrongUsage: an instant has no offset.
    """
    for moment in moments:
        if isinstance(moment, datetime.datetime) and moment.utcoffset() is None:
            raise WrongUsage((Diagnostic("moment-without-offset", NOWHERE, {"found": moment.isoformat()}),))
