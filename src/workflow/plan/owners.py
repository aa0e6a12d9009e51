"""Whose a case is at each of its steps: the person of its first event, or the one to whom it was handed over since.

Adds `case.person` to the steps. Where a policy hands cases over, the events of each case are numbered by how many of
them have handed it over so far; one that comes before the case begins, or after its end, hands nothing over. A step is
of the person whom the newest hand-over names, if one came since the case began, with the step's event or before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.checks.calculated import EventType
from workflow.checks.cases import CheckedEscalation
from workflow.model.typed import Apply, Column, Expression, Op
from workflow.model.types import COUNT, TRUTH
from workflow.plan.building import Builder, all_of, any_of
from workflow.plan.lowered import PERSON
from workflow.plan.machines import Went
from workflow.plan.nodes import Filter, Lookup, Running, Take, Union
from workflow.plan.replaying import Machine
from workflow.plan.stepwords import is_just, number

NUMBER = COUNT.sized(20, 0)
"""The type of a number of rows that were added up."""
_OF_EVENTS = (Went.BEGAN, Went.MOVED, Went.STAYED, Went.REFUSED, Went.UNMOVED, Went.AMBIGUOUS)
"""What becomes of the events of an open case, if no condition is in doubt: one step of each."""
_BY = (("step.event", "event"),)


@dataclass(frozen=True, slots=True)
class Replayed:
    """The steps of cases, the events from which they follow, and the order of a case's events."""

    steps: str
    events: str
    order: tuple[str, ...]


def owned(builder: Builder, machine: Machine, policy: CheckedEscalation, rows: Mapping[str, str], of: Replayed) -> str:
    """The steps with the person whose case it is.

    Args:
        builder: takes the steps of the plan.
        machine: what the numbers of steps mean.
        policy: the version that decides.
        rows: the events by type.
        of: the steps, and all events.
    """
    nobody = builder.cause("no-case", policy.begins.span)
    given = _counted(builder, machine, policy, of) if machine.handing else ""
    now = (Take("hand.number", "hand.now", nobody),)
    step = builder.add("steps", Lookup(of.steps, given, _BY, now)) if given else of.steps
    begun = builder.derive(step, "step.begun", is_just("step.went", Went.BEGAN), policy.span)
    begun = builder.add("begun", Filter(begun, "step.begun"))
    first = (Take(_own(policy.begins), "begun.person", nobody),)
    begun = builder.add("begun", Lookup(begun, rows[policy.begins.name], _BY, first))
    on = (("case", "case"), ("step.run", "step.run"))
    if not given:
        return builder.add("steps", Lookup(step, begun, on, (Take("begun.person", "case.person", nobody),)))
    takes = (Take("begun.person", "case.first", nobody), Take("hand.now", "hand.then", nobody))
    step = builder.add("steps", Lookup(step, begun, on, takes))
    over = _handed(builder, machine, policy, rows, given)
    latest = (Take("hand.person", "case.latest", nobody),)
    step = builder.add("steps", Lookup(step, over, (("case", "case"), ("hand.now", "hand.number")), latest))
    since = Apply(Op.GT, (Column("hand.now", NUMBER), Column("hand.then", NUMBER)), TRUTH)
    person = Apply(Op.IF, (since, Column("case.latest", PERSON), Column("case.first", PERSON)), PERSON)
    return builder.derive(step, "case.person", person, policy.span)


def _counted(builder: Builder, machine: Machine, policy: CheckedEscalation, of: Replayed) -> str:
    """All events with `hands`, 1 where one hands its case over, and `hand.number`, how many have by then."""
    events, place, hands = of.events, policy.span, []
    for name, versions in machine.handing.items():
        found, inside = f"hand.{machine.kind(name)}", any_of(*(_goes_by(machine, each) for each in versions))
        steps = builder.derive(of.steps, found, all_of(inside, _is_of_event()), place)
        steps = builder.add("hands over", Filter(steps, found))
        node = Lookup(events, steps, (("event", "step.event"),), (), found=found)
        events = builder.add("events handed", node)
        hands.append(all_of(is_just("kind", machine.kind(name)), Column(found, TRUTH)))
    counted = Apply(Op.IF, (any_of(*hands), number(1), number(0)), COUNT)
    events = builder.derive(events, "hands", counted, place)
    return builder.add("events handed", Running(events, "hand.number", "hands", ("case",), of.order, NUMBER))


def _handed(builder: Builder, machine: Machine, policy: CheckedEscalation, rows: Mapping[str, str], given: str) -> str:
    """The events that hand a case over, with its new person."""
    nobody, place, parts = builder.cause("no-case", policy.begins.span), policy.span, []
    takes = (Take("hands", "hands", nobody), Take("hand.number", "hand.number", nobody))
    for name in machine.handing:
        part = builder.add("handed over", Lookup(rows[name], given, (("event", "event"),), takes))
        part = builder.derive(part, "hand.person", Column(_own(machine.types[name]), PERSON), place)
        part = builder.derive(part, "hand.counts", is_just("hands", 1), place)
        parts.append(builder.add("handed over", Filter(part, "hand.counts")))
    return builder.add("handed over", Union(tuple(parts))) if len(parts) > 1 else parts[0]


def _goes_by(machine: Machine, version: CheckedEscalation) -> Expression:
    """Whether a step is of a case that goes by a version."""
    first = machine.state(version, version.states[0].name)
    from_it = Apply(Op.GE, (Column("step.to", COUNT), number(first)), TRUTH)
    return all_of(from_it, Apply(Op.LT, (Column("step.to", COUNT), number(first + len(version.states))), TRUTH))


def _is_of_event() -> Expression:
    """Whether a step is the one that says what became of an event of an open case."""
    doubted = all_of(is_just("step.went", Went.DOUBTED), is_just("step.item", 0))
    return any_of(doubted, *(is_just("step.went", each) for each in _OF_EVENTS))


def _own(event: EventType) -> str:
    """The column of the person to whom an event belongs."""
    assert event.owner is not None, "a case is somebody's, before and after"
    return f"{event.owner}.own"
