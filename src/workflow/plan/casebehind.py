"""What is behind one case: its events with all that conditions ask of them, its steps, and what these trigger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflow.checks.cases import CheckedEscalation
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.uses import columns_in
from workflow.plan.escalations import CASE_ACTIONS, CASE_STEPS, ORDER, EveryCase
from workflow.plan.gathering import gathered
from workflow.plan.machines import Replay
from workflow.plan.nodes import Emit, Plan
from workflow.plan.occasions import Occasion, instant
from workflow.plan.pruning import pruned
from workflow.plan.replaying import Machine
from workflow.plan.stepwords import told

CASE_EVENTS, CASE_FIELDS = "case events", "case fields"
"""Outputs: the events of the case as the kernel takes them; and `case fields TYPE`, what conditions read of them."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A plan for one case, with the kernel that replays it and what its numbers mean.

    Outputs: CASE_STEPS, in words as in the log and beside them in numbers as `step.WORD`; CASE_ACTIONS, of all periods;
    CASE_EVENTS, in their order; and for each type of `fields` the fields that conditions read, or that are told.
    """

    plan: Plan
    machine: Machine
    kernel: Replay
    fields: Mapping[str, tuple[str, ...]]


def case_behind(policy: CheckedEscalation, workspace: CheckedWorkspace, occasion: Occasion, case: str) -> Behind:
    """The plan for one case, with nothing of others.

    Args:
        policy: the escalation in the version that decides the occasion.
        workspace: its catalogue.
        occasion: the period, which says up to which instant the case is followed.
        case: its id.
    """
    found = gathered(policy, workspace, occasion)
    builder, cases = found.ground.builder, EveryCase(found.ground, policy, workspace, case)
    machine, kernel = cases.machine, cases.machine.kernel(instant(occasion.as_of, policy.zone))
    steps = cases.steps()
    words = told(builder, machine, (steps, cases.all_rows), policy)
    numbers = tuple((f"step.{word}", f"step.{word}") for word in kernel.outputs)
    builder.emit(CASE_STEPS, replace(words, columns=(*words.columns, *numbers)))
    cases.emit_actions(steps)
    events = (*(name for name in kernel.inputs), "event.id", "event.time")
    builder.emit(CASE_EVENTS, Emit(cases.all_rows, tuple((name, name) for name in events), ORDER))
    fields = {name: (*_read(machine, name), *cases.told_of(name)) for name in machine.types}
    for name, read in fields.items():
        columns = (("event", "event"), *((f"{each}.own", each) for each in read))
        builder.emit(f"{CASE_FIELDS} {name}", Emit(cases.asked(cases.rows[name]), columns, ("event",)))
    wanted = [CASE_STEPS, CASE_EVENTS, *(f"{CASE_FIELDS} {name}" for name in fields)]
    wanted += [CASE_ACTIONS] if policy.step_actions else []
    return Behind(pruned(builder.plan(), tuple(wanted)), machine, kernel, fields)


def _read(machine: Machine, event: str) -> tuple[str, ...]:
    """The fields of a type of event that conditions read."""
    asked = (each for each in machine.asked if event in machine.askers[each])
    return tuple(dict.fromkeys(column.name for each in asked for column in columns_in(each.formula)))
