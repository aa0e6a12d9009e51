"""Reading the results of earlier occasions: each stands in the evidence as a register, its rows dated by its period."""

from __future__ import annotations

from workflow.diagnostics import Span
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import DATE, TRUTH
from workflow.plan.building import NO, word_of
from workflow.plan.ground import Ground
from workflow.plan.nodes import Given, Lookup, Register, Take


def recalled(
    ground: Ground, step: str, own: str, place: Span, *, key: str = "person", code: str = "earlier-undecided"
) -> tuple[str, tuple[tuple[Column, Column], ...]]:
    """The rows of a step with the facts that decide the column `own`.

    Args:
        ground: what the policy stands on.
        step: the subjects, or other rows.
        own: the column.
        place: where its author says so.
        key: the column of the step that says whose fact it is.
        code: the cause where the fact itself is missing.

    Returns:
        The step, and for each fact, in the order in which `own` asks for them, two columns: whether the person had a
        result then, and the fact, which is missing where it was then or where there is none.
    """
    builder, found = ground.builder, []
    for number, fact in enumerate(ground.occasion.facts.get(own, ()), 1):
        due, field = fact.due, fact.field
        told = {"name": word_of(field.name), "policy": due.policy.id, "period": due.period}
        undecided = builder.cause(code, place, **told)
        given = Given(field.name, field.type, undecided if field.maybe else None)
        register = builder.add(due.facts, Register(due.facts, due.policy.subject, (given,)))
        there, value = f"{own}.{number}.there", f"{own}.{number}.fact"
        day, take = f"{own}.{number}.day", (Take(field.name, value, undecided),)
        # A register has one row of a person on a day, so that no engine needs to look for two.
        step = builder.derive(step, day, Literal(due.first, DATE), place)
        whose = ((key, due.policy.subject),)
        step = builder.add(builder.stem(step), Lookup(step, register, whose, take, day, found=there))
        found.append((Column(there, TRUTH), Column(value, field.type)))
    return step, tuple(found)


def held(fact: tuple[Column, Column]) -> Expression:
    """Whether a condition held then; where the person had no result it did not."""
    there, value = fact
    return Apply(Op.IF, (there, value, NO), TRUTH)
