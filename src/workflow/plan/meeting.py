"""Whether any event of the period meets what a measure asks of it: a small plan over the same rows."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.plan.building import Builder
from workflow.plan.lowered import Lowered
from workflow.plan.nodes import Emit, Filter, Plan
from workflow.plan.pruning import pruned
from workflow.plan.sharing import ROW

MET = "met by"
"""The beginning of the outputs' names."""


def events_met(lowered: Lowered, measures: Iterable[str]) -> Plan:
    """A plan with an output `met by NAME` for each of these measures: the numbers of the events that it takes."""
    builder, wanted = Builder(list(lowered.plan.steps), list(lowered.plan.causes)), []
    event_of = {measure.name: measure.event for measure in lowered.policy.looks}
    for name in measures:
        rows = builder.add(
            f"met {name}", Filter(lowered.counted[event_of[name]], lowered.counts[name], or_missing=True)
        )
        order = ("event", "credit.person", *ROW)
        wanted.append(builder.add(f"{MET} {name}", Emit(rows, (("event", "event"),), order)))
    return pruned(builder.plan(), tuple(wanted))
