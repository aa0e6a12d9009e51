"""Deciding one occasion after another: the results of each become evidence for those that look back at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workflow.intake.evidence import Evidence, with_register
from workflow.model.types import COUNT, DATE, TEXT
from workflow.plan.lowered import Lowered
from workflow.plan.needs import Need
from workflow.plan.nodes import Field
from workflow.plan.occasions import RESULTS, Due, Fact, Facts
from workflow.plan.pruning import narrowed
from workflow.plan.relations import fields_of
from workflow.run.outcome import Engine, Outcome

_BY_EVENT = (Field("person", TEXT), Field("event", COUNT))
"""What tells the rows of the steps of a clause apart; those of the results are told by their subject."""


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
            column: tuple(Fact(due, known[due.register(output)][name], output) for due, name, output in asked)
            for column, asked in need.reads.items()
        }
        lowered = lower(need.due, facts)
        wanted = {
            output: (*(each.name for each in _key_of(need.due, output)), *names)
            for output, names in need.columns.items()
        }
        plan = lowered.plan if need.own else narrowed(lowered.plan, wanted)
        outcome = engine.run(plan, evidence)
        if need.own:
            found.append((lowered, outcome))
        for output, names in need.columns.items():
            own = known[need.due.register(output)] = {field.name: field for field in fields_of(plan)[output]}
            evidence = _remembered(need, output, [own[name] for name in names], outcome, evidence)
    return tuple(sorted(found, key=lambda each: each[0].policy.id)), evidence


def _key_of(due: Due, output: str) -> tuple[Field, ...]:
    """The columns that tell the rows of an output apart."""
    return (Field(due.policy.subject, TEXT),) if output == RESULTS else _BY_EVENT


def _remembered(need: Need, output: str, fields: Sequence[Field], outcome: Outcome, evidence: Evidence) -> Evidence:
    """The evidence with what an occasion's output says that later ones read, valid for the days of its period."""
    import pyarrow as pa

    key, due = _key_of(need.due, output), need.due
    rows = outcome.tables[output].select([field.name for field in (*key, *fields)])
    for name, day in (("from", due.first), ("through", due.last)):
        rows = rows.append_column(name, pa.array([day] * len(rows), pa.date32()))
    dated = (*key, Field("from", DATE), Field("through", DATE))
    return with_register(evidence, due.register(output), (*dated, *fields), rows)
