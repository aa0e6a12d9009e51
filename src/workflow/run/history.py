"""Deciding one occasion after another: the results of each become evidence for those that look back at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workflow.intake.evidence import Evidence, with_register
from workflow.model.types import DATE, TEXT
from workflow.plan.lowered import RESULTS, Lowered
from workflow.plan.needs import Need
from workflow.plan.nodes import Field
from workflow.plan.occasions import Due, Fact, Facts
from workflow.plan.pruning import narrowed
from workflow.plan.relations import fields_of
from workflow.run.outcome import Engine, Outcome

_DATED = {"person": "person", "period.start": "from", "period.end": "through"}
"""The columns of results that become those of a register."""


Decision = tuple[Lowered, Outcome]
"""An occasion's plan, and what an engine made of it."""


def decide(
    needs: Sequence[Need], lower: Callable[[Due, Facts], Lowered], engine: Engine, evidence: Evidence
) -> tuple[tuple[Decision, ...], Evidence]:
    """Decide all occasions, each after those it reads.

    Args:
        needs: the occasions in their order.
        lower: what makes the plan of an occasion, from the facts that it reads.
        engine: what runs the plans.
        evidence: what was recorded.

    Returns:
        What the occasions of the run itself came to, in the order of their policies; and the evidence with the facts.
    """
    found: list[Decision] = []
    known: dict[str, dict[str, Field]] = {}
    for need in needs:
        facts = {
            column: tuple(Fact(due, known[due.facts][name]) for due, name in asked)
            for column, asked in need.reads.items()
        }
        lowered = lower(need.due, facts)
        plan = lowered.plan if need.own else narrowed(lowered.plan, RESULTS, (*_DATED, *need.columns))
        outcome = engine.run(plan, evidence)
        if need.own:
            found.append((lowered, outcome))
        if need.columns:
            known[need.due.facts] = {field.name: field for field in fields_of(plan)[RESULTS]}
            fields = [known[need.due.facts][name] for name in need.columns]
            evidence = _remembered(need, fields, outcome, evidence)
    return tuple(sorted(found, key=lambda each: each[0].policy.id)), evidence


def _remembered(need: Need, fields: Sequence[Field], outcome: Outcome, evidence: Evidence) -> Evidence:
    """The evidence with the results of an occasion that later ones read, valid for the days of its period."""
    names = {**_DATED, **{field.name: field.name for field in fields}}
    rows = outcome.tables[RESULTS].select(list(names)).rename_columns(list(names.values()))
    dated = (Field("person", TEXT), Field("from", DATE), Field("through", DATE))
    return with_register(evidence, need.due.facts, (*dated, *fields), rows)
