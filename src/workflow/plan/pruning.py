"""Taking from a plan only what some of its outputs need."""

from __future__ import annotations

from dataclasses import replace

from workflow.plan.nodes import Plan
from workflow.plan.relations import reads


def pruned(plan: Plan, outputs: tuple[str, ...]) -> Plan:
    """The plan with these outputs only, and the steps that lead to them."""
    needed = set(outputs)
    for step in reversed(plan.steps):
        if step.name in needed:
            needed.update(reads(step.node))
    return replace(plan, steps=tuple(step for step in plan.steps if step.name in needed))
