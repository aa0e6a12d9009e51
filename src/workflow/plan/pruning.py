"""Taking from a plan only what some of its outputs need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workflow.plan.nodes import Emit, Plan, Step
from workflow.plan.relations import reads


def pruned(plan: Plan, outputs: tuple[str, ...]) -> Plan:
    """The plan with these outputs only, and the steps that lead to them."""
    needed = set(outputs)
    for step in reversed(plan.steps):
        if step.name in needed:
            needed.update(reads(step.node))
    return replace(plan, steps=tuple(step for step in plan.steps if step.name in needed))


def narrowed(plan: Plan, columns: Mapping[str, tuple[str, ...]]) -> Plan:
    """The plan with these outputs only, and of each only these columns."""
    steps = []
    for step in plan.steps:
        node = step.node
        if step.name in columns:
            assert isinstance(node, Emit)
            node = replace(node, columns=tuple(pair for pair in node.columns if pair[1] in columns[step.name]))
        steps.append(Step(step.name, node))
    return pruned(replace(plan, steps=tuple(steps)), tuple(columns))
