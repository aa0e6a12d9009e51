"""Pruning: a plan for some of its outputs keeps what they need, in order, and nothing else."""

from __future__ import annotations

from workflow.diagnostics import NOWHERE
from workflow.plan.building import YES, Builder
from workflow.plan.nodes import Emit, Events, Filter, Lookup, Plan, Register
from workflow.plan.pruning import narrowed, pruned


def plan() -> Plan:
    """Two outputs over three inputs; one of them looks people up."""
    builder = Builder()
    deals = builder.add("deals", Events("deal.won", ()))
    people = builder.add("people", Register("people", "person", ()))
    surveys = builder.add("surveys", Events("survey.answered", ()))
    found = builder.add("found", Lookup(deals, people, (("event.id", "person"),), (), found="there"))
    kept = builder.add("kept", Filter(found, "there"))
    marked = builder.derive(surveys, "marked", YES, NOWHERE)
    builder.cause("too-large")
    builder.emit("of deals", Emit(kept, (("event", "event"),), ("event",)))
    builder.emit("of surveys", Emit(marked, (("event", "event"),), ("event",)))
    return builder.plan()


def names(of: Plan) -> list[str]:
    return [step.name for step in of.steps]


def test_keeps_what_an_output_needs() -> None:
    """Both inputs of a lookup too, in the plan's order."""
    assert names(pruned(plan(), ("of deals",))) == ["deals", "people", "found", "kept", "of deals"]
    assert names(pruned(plan(), ("of surveys",))) == ["surveys", "surveys 2", "of surveys"]


def test_all_outputs_are_the_whole_plan() -> None:
    """Where nothing is left over."""
    assert pruned(plan(), ("of deals", "of surveys")) == plan()


def test_causes_keep_their_bits() -> None:
    """A mask means the same in the pruned plan."""
    assert pruned(plan(), ("of deals",)).causes == plan().causes


def test_an_output_can_be_narrowed_to_some_columns() -> None:
    """And only that output is left."""
    builder = Builder()
    deals = builder.add("deals", Events("deal.won", ()))
    columns = (("event", "number"), ("event.id", "id"), ("event.day", "day"))
    builder.emit("of deals", Emit(deals, columns, ("event",)))
    narrow = narrowed(builder.plan(), {"of deals": ("number", "day")})
    assert narrow.steps[-1].node == Emit("deals", (("event", "number"), ("event.day", "day")), ("event",))
