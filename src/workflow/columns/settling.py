"""What the evidence settles before a plan is lowered: choices that fall out the same way for every recorded event.

An amount in another currency than the policy's is missing, so each amount is a choice by its currency. Where all events
have the policy's, as most companies' do, there is nothing to choose: the amount is known, and so is all that is made of
it, whose masks need neither be computed nor be gathered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.checks.uses import columns_in
from workflow.columns.expressions import Formulas
from workflow.columns.queries import printed, select
from workflow.columns.sources import evidence_rows, layered
from workflow.columns.tree import column, opposite, plain
from workflow.model.typed import Apply, Missing, Op
from workflow.model.types import TRUTH
from workflow.plan.nodes import Derive, Events, Node, Plan


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a column of `step` is always the first branch of its choice: it is, if the query finds no row."""

    step: str
    sql: str


def questions(plan: Plan) -> Iterator[Question]:
    """What to ask of the evidence: for each choice between a value and none, made by what every event has."""
    events: dict[str, Events] = {}
    for step in plan.steps:
        node = step.node
        if isinstance(node, Events):
            events[step.name] = node
        elif isinstance(node, Derive) and node.of in events:
            recorded = events[step.name] = events[node.of]
            if (condition := _chosen_by(node)) is not None and _always_there(recorded, condition):
                yield Question(step.name, _exceptions(recorded, condition))


def settled(node: Node) -> Derive:
    """The column where its choice always is the first branch."""
    assert isinstance(node, Derive)
    assert isinstance(node.expression, Apply)
    _, value, _ = node.expression.args
    return replace(node, expression=value)


def _chosen_by(node: Derive) -> Apply | None:
    """The condition of a choice between a value and none, of one type."""
    match node.expression:
        case Apply(op=Op.IF, args=(Apply() as condition, value, Missing()), type=of) if value.type == of:
            return condition
        case _:
            return None


def _always_there(events: Events, condition: Apply) -> bool:
    """Whether all that a condition reads is recorded with every event."""
    there = {field.name for field in events.always} | {each.name for each in events.fields if each.absent is None}
    return there.issuperset(read.name for read in columns_in(condition))


def _exceptions(events: Events, condition: Apply) -> str:
    """The query for an event that makes the choice fall out otherwise."""
    rows = layered(evidence_rows(events), [])
    rows.add("?holds", Formulas(rows, frozenset()).fitted(condition, TRUTH).value)
    return printed(select([plain(1)], rows.source(), opposite(column("?holds"))).limit(1, copy=False))
