"""What is recorded where nothing counts: events of a person that name a period of another kind than the policy's.

A target that was set for 2026 is no target of a quarter, and nothing is guessed from it. But "nothing is recorded" by
itself would send its reader to look for a record that is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from workflow.checks.calculated import EventType
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.periods import all_periods
from workflow.intake.evidence import Evidence
from workflow.ledger.part import Part
from workflow.model.types import Kind

NOTHING = "nothing-recorded"
"""The cause of a measure over no events."""
Instead = Mapping[tuple[str, str, str], tuple[str, ...]]
"""By policy, person and type of event: the periods of other kinds, in the order of their names."""


def instead(rules: CheckedWorkspace, parts: tuple[Part, ...], evidence: Evidence) -> Instead:
    """What is recorded instead of what withholds a clause, where events name their periods."""
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for part in parts:
        policy, (first, last) = part.decided.policy, part.decided.occasion.whole
        others = {
            name
            for kind, of in all_periods(rules).items()
            for name, begin, end in of.periods
            if kind != policy.each and begin <= last and first <= end
        }
        for event, people in _lacking(part, rules.events):
            period = next(field.name for field in event.fields.values() if field.type.kind is Kind.PERIOD)
            table, owner = f"event {event.name}", event.owner or ""
            if {owner, period} <= {field.name for field in evidence.tables.get(table, ())}:
                for person, named in evidence.among(table, owner, people, (owner, period)):
                    if named in others:
                        found[policy.id, person, event.name].add(named)
    return {key: tuple(sorted(names)) for key, names in sorted(found.items())}


def _lacking(part: Part, events: Mapping[str, EventType]) -> Iterator[tuple[EventType, list[str]]]:
    """The types of events that name their period, with those of whom none counts, and something is withheld for it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for at, cause in enumerate(part.decided.plan.causes):
        event = events.get(dict(cause.args).get("event", "")) if cause.code == NOTHING else None
        if event is not None and any(field.type.kind is Kind.PERIOD for field in event.fields.values()):
            bit = pc.bit_wise_and(part.withheld["mask"], pa.scalar(1 << at, pa.int64()))
            rows = pc.unique(part.withheld["row"].filter(pc.greater(bit, 0)))
            yield event, part.people(rows).to_pylist()
