"""Conditions that nothing met: mostly a misspelt word, which would otherwise pay nobody in silence.

Only what came to nothing for everybody is looked into, so that a run over many events costs no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.checked import CheckedWorkspace
from workflow.diagnostics import Span
from workflow.intake.taken import Counts, Intake
from workflow.ledger.decided import Decided
from workflow.plan.lowered import ENDS, RESULTS, Lowered
from workflow.plan.meeting import MET, events_met
from workflow.run.outcome import Engine

_LOOKED_AT = 2
"""Codes of dispositions below it are those of events that a policy looked at: used, and filtered."""
_OTHERS = ("superseded", "withdrawn", "duplicate", "quarantined", "not_yet", "accepted")


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition at `where` that none of `count` events or rows met; `of` is the measure or source, by its `key`."""

    key: str
    of: str
    event: str
    count: int
    where: Span


def unmet(
    rules: CheckedWorkspace, decided: Sequence[Decided], lowered: Sequence[Lowered], taken: Intake, engine: Engine
) -> tuple[Unmet, ...]:
    """The conditions of sources and measures that nothing met, though there was something to be asked."""
    return (*_of_sources(rules, taken.counts), *_of_measures(decided, lowered, taken, engine))


def _of_sources(rules: CheckedWorkspace, counts: Sequence[Counts]) -> Iterator[Unmet]:
    """The sources whose `where` left out every row."""
    where = {source.name: source.where for source in rules.sources}
    for each in counts:
        condition = where.get(each.source)
        if condition is not None and each.unselected and not any(getattr(each, name) for name in _OTHERS):
            yield Unmet("source", each.source, each.of, each.unselected, condition.span)


def _of_measures(
    decided: Sequence[Decided], lowered: Sequence[Lowered], taken: Intake, engine: Engine
) -> Iterator[Unmet]:
    """The measures whose `where` left out every event of the period."""
    for part, plans in zip(decided, lowered, strict=True):
        asked = {
            measure.name: (measure.event, measure.where.span, looked)
            for measure in part.policy.measures
            if measure.where is not None and measure.kept is None
            if _came_to_nothing(part, measure)
            if (looked := _looked_at(part, measure.event))
        }
        if asked:
            found = engine.run(events_met(plans, asked), taken.evidence).tables
            for name, (event, where, looked) in asked.items():
                if not found[f"{MET} {name}"].num_rows:
                    yield Unmet("measure", name, event, looked, where)


def _came_to_nothing(part: Decided, measure: CheckedMeasure) -> bool:
    """Whether it is zero or missing for everybody."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = part.outcome.tables[RESULTS][measure.name]
    if not pa.types.is_decimal(values.type):
        return bool(values.null_count == len(values))
    return not pc.any(pc.not_equal(values, pa.scalar(Decimal(0), values.type))).as_py()


def _looked_at(part: Decided, event: str) -> int:
    """How many events of a type the policy looked at."""
    ends = part.outcome.tables[f"{ENDS} {event}"].to_pylist()
    return sum(int(end["events"]) for end in ends if end["event.disposition"] < _LOOKED_AT)
