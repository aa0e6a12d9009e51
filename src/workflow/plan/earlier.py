"""Reading the results of earlier occasions: each stands in the evidence as a register, its rows dated by its period."""

from __future__ import annotations

from dataclasses import replace

from workflow.diagnostics import Span
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import DATE, TRUTH
from workflow.plan.building import NO, all_of, word_of
from workflow.plan.ground import Ground
from workflow.plan.nodes import Cause, Given, Lookup, Register, Take
from workflow.plan.occasions import DAYS, Fact

MOST_BEHIND = 8
"""So many causes of one fact are told apart by those that use it."""


def recalled(
    ground: Ground, step: str, own: str, place: Span, *, key: str = "person", day: str | None = None
) -> tuple[str, tuple[tuple[Column, Column], ...]]:
    """The rows of a step with the facts that decide the column `own`.

    Args:
        ground: what the policy stands on.
        step: the subjects, or other rows.
        own: the column.
        place: where its author says so.
        key: the column of the step that says whose fact it is.
        day: of a fact of another policy the column of the day that is asked about; what is missing of it is told with
            the causes that it has there.

    Returns:
        The step, and for each fact, in the order in which `own` asks for them, two columns: whether the person had a
        result then, and the fact, which is missing where it was then or where there is none.
    """
    builder, found = ground.builder, []
    for number, fact in enumerate(ground.occasion.recalled(own), 1):
        due, field = fact.due, fact.field
        undecided, whys = _causes(ground, fact, place, within=day is not None)
        given = Given(field.name, field.type, undecided if field.maybe else None)
        givens = (given, *(Given(name, TRUTH, why) for name, why in whys))
        register = builder.add(fact.register, Register(fact.register, due.policy.subject, givens))
        there, value = f"{own}.{number}.there", f"{own}.{number}.fact"
        on, take = f"{own}.{number}.day", (Take(field.name, value, undecided), *_takes(own, number, whys))
        # A register has one row of a person on a day, so that no engine needs to look for two.
        asked = Column(day, DATE) if day is not None and fact.output == DAYS else Literal(due.first, DATE)
        step = builder.derive(step, on, asked, place)
        whose = ((key, due.policy.subject),)
        step = builder.add(builder.stem(step), Lookup(step, register, whose, take, on, found=there))
        if whys:
            # Each is missing for its own reason, so that together they say all of them.
            known = all_of(*(Column(each.name, TRUTH) for each in _takes(own, number, whys)))
            told_of = Apply(Op.IF, (known, Column(value, field.type), Column(value, field.type)), field.type)
            value = f"{own}.{number}.told"
            step = builder.derive(step, value, told_of, place)
        found.append((Column(there, TRUTH), Column(value, field.type)))
    return step, tuple(found)


def _causes(ground: Ground, fact: Fact, place: Span, *, within: bool) -> tuple[int, list[tuple[str, int]]]:
    """The cause of a fact that is missing; and of those behind it, each with its column of the register."""
    due, builder = fact.due, ground.builder
    told = (("name", word_of(fact.field.name)), ("period", due.period), ("policy", due.policy.id))
    own = Cause("fact-withheld" if within else "earlier-undecided", told, place)
    behind = fact.causes if within else ()
    whys = [(name, builder.place_of(replace(own, because=cause))) for name, cause in behind]
    return whys[0][1] if whys and len(whys) < MOST_BEHIND else builder.place_of(own), whys


def _takes(own: str, number: int, whys: list[tuple[str, int]]) -> list[Take]:
    return [Take(name, f"{own}.{number}.because.{at}", why) for at, (name, why) in enumerate(whys, 1)]


def held(fact: tuple[Column, Column]) -> Expression:
    """Whether a condition held then; where the person had no result it did not."""
    there, value = fact
    return Apply(Op.IF, (there, value, NO), TRUTH)
