"""Who acts in a stage: whoever it was on the day on which it opened, and if he has left, who takes his place.

The columns of stage `s`: `stage.s.asked`, whose it was when it opened; `stage.s.actor`, whose it is now, or was on the
day on which it was done; `stage.s.instead`, in which way he came to it: empty, `delegate`, `successor` or `supervisor`;
and where stages can be handed to somebody `stage.s.handed.to`, `.day`, `.by` and `.reason`, as the latest such event
of a day not after that one says.

Who has no row in the register on a day, or by the policy's `acting` can't act then, has left. His successor is whoever
the register names in his place for the person who is reviewed; where that is nobody who is there, his own supervisor
takes it. Of a person who had left before a stage opened, the register is asked as of the last day served.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.checks.cycles import Actor, CheckedStage
from workflow.checks.ratings import CheckedReview
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import DATE, TEXT, TRUTH, Kind, Type
from workflow.plan.building import all_of, surely
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Take
from workflow.plan.workdays import WorkDays

PERSON = Type(Kind.PERSON)
SUPERVISOR = "supervisor"
"""The column of the register in which a person's supervisor stands."""
SUCCESSOR, DELEGATE = "successor", "delegate"
HANDED: Mapping[str, str] = {"to": "to", "day": "event.day", "by": "by", "reason": "reason"}
"""What is said of a stage that was handed to somebody: the columns, and what they take of the event."""


def columns_of_actors(policy: CheckedReview, stage: CheckedStage) -> tuple[str, ...]:
    """The columns of results that say whose a stage is; none where it is a role's."""
    if stage.by.role is not None:
        return ()
    handed = (*(f"handed.{word}" for word in HANDED),) if policy.delegated is not None else ()
    return tuple(f"{stage.column}.{word}" for word in ("asked", *handed, "actor", "instead"))


def delegations(ground: Ground, policy: CheckedReview, rows: Mapping[str, str]) -> str | None:
    """The events that hand a stage to somebody; None where nobody may."""
    handed = policy.delegated
    if handed is None:
        return None
    return ground.builder.add("delegations", Filter(rows[handed.event], f"{handed.done.name}.counts"))


def acted(ground: Ground, step: str, stage: CheckedStage, when: tuple[WorkDays, str, str | None]) -> str:
    """The subjects with whoever acts in a stage; `when` are the days, the rows of the register of who can act, and the
    stages that were handed to somebody.
    """
    days, actors, handed = when
    if stage.by.role is not None:
        return step
    builder, own, place = ground.builder, stage.column, stage.by.span
    opened, done = Column(f"{own}.opened", DATE), Column(own, TRUTH)
    since = Apply(Op.IF, (done, Column(f"{own}.ended", DATE), Apply(Op.MAX, (days.now.day, opened), DATE)), DATE)
    step = builder.derive(step, f"{own}.asks", since, place)
    step = as_of(ground, step, f"{own}.asked on", opened)
    step, asked = reached(ground, step, f"{own}.first", stage.by, f"{own}.asked on")
    step = _known_once_open(ground, step, f"{own}.asked", asked, opened)
    asked = Column(f"{own}.asked", PERSON)
    found: list[tuple[Expression, Expression, str]] = []
    if handed is not None:
        step, given = _handed(ground, step, stage, (actors, handed))
        found.append(given)
    step = _there(ground, step, (asked.name, f"{own}.asks"), f"{own}.here", actors)
    found.append((Column(f"{own}.here", TRUTH), asked, ""))
    if stage.by.path:
        step, next_one = reached(ground, step, f"{own}.next", stage.by, f"{own}.asks")
        step = _there(ground, step, (next_one.name, f"{own}.asks"), f"{own}.next here", actors)
        found.append((Column(f"{own}.next here", TRUTH), next_one, SUCCESSOR))
    if SUPERVISOR in ground.people:
        step = _climbed(ground, step, (asked.name, f"{own}.above", SUPERVISOR), f"{own}.asked on", stage)
        above = Column(f"{own}.above", PERSON)
        step = _there(ground, step, (above.name, f"{own}.asks"), f"{own}.above here", actors)
        found.append((Column(f"{own}.above here", TRUTH), above, SUPERVISOR))
    nobody = builder.cause("nobody-acts", place, name=stage.name, by=stage.by.words)
    actor: Expression = Missing(nobody, PERSON)
    instead: Expression = Missing(nobody, TEXT)
    for there, person, word in reversed(found):
        actor = Apply(Op.IF, (there, person, actor), PERSON)
        instead = Apply(Op.IF, (there, Literal(word, TEXT), instead), TEXT)
    step = _known_once_open(ground, step, f"{own}.actor", actor, opened)
    return _known_once_open(ground, step, f"{own}.instead", instead, opened)


def _handed(
    ground: Ground, step: str, stage: CheckedStage, rows: tuple[str, str]
) -> tuple[str, tuple[Expression, Expression, str]]:
    """The subjects with whom a stage was handed to, and whether he has it by the day that is asked about."""
    own, none = stage.column, ground.builder.cause("not-delegated", stage.span, name=stage.name)
    actors, handed = rows
    last = _latest(ground, step, stage, handed, none)
    take = tuple(Take(f"{own}.handed.{word}", f"{own}.handed.{word}", none) for word in HANDED)
    step = ground.builder.add("subjects", Lookup(step, last, (("person", "credit.person"),), take))
    to = Column(f"{own}.handed.to", PERSON)
    step = _there(ground, step, (to.name, f"{own}.asks"), f"{own}.handed here", actors)
    return step, (Column(f"{own}.handed here", TRUTH), to, DELEGATE)


def _latest(ground: Ground, step: str, stage: CheckedStage, handed: str, none: int) -> str:
    """By person: to whom a stage was handed last by the day that is asked about, when, by whom and why."""
    builder, policy, own = ground.builder, ground.policy, f"{stage.column}.handed"
    assert isinstance(policy, CheckedReview), "only reviews have stages"
    assert policy.delegated is not None, "somebody may hand a stage over"
    fields, place = ground.events[policy.delegated.event].fields, policy.delegated.span
    asks = f"{stage.column}.asks"
    rows = builder.add("delegations", Lookup(handed, step, (("credit.person", "person"),), (Take(asks, asks, none),)))
    meant = Apply(Op.EQ, (Column("stage", fields["stage"].type), Literal(stage.name, TEXT)), TRUTH)
    by_then = Apply(Op.LE, (Column("event.day", DATE), Column(asks, DATE)), TRUTH)
    rows = builder.derive(rows, own, all_of(meant, surely(by_then)), place)
    rows = builder.add("delegations", Filter(rows, own))
    measures = tuple(
        Measure(
            f"{own}.{word}",
            Function.LATEST,
            DATE if column == "event.day" else fields[column].type,
            column,
            order=ORDER,
        )
        for word, column in HANDED.items()
    )
    return builder.add("delegations by person", Aggregate(rows, ("credit.person",), measures))


def as_of(ground: Ground, step: str, name: str, day: Column) -> str:
    """The subjects with the day on which the register is asked: this one, or the last served if they had left."""
    builder, place = ground.builder, ground.policy.served_span
    step = _there(ground, step, ("person", day.name), f"{name}.there", ground.register)
    there, last = Column(f"{name}.there", TRUTH), Column("subject.last day", DATE)
    return builder.derive(step, name, Apply(Op.IF, (there, day, last), DATE), place)


def reached(ground: Ground, step: str, prefix: str, actor: Actor, day: str) -> tuple[str, Column]:
    """The subjects with whom the columns of the register lead to on a day; whoever is reviewed, if there are none."""
    whose = Column("person", TEXT)
    for number, column in enumerate(actor.path, 1):
        name = f"{prefix}.{number}"
        nobody = ground.builder.cause("nobody-acts", actor.span, name=_stage(prefix), by=actor.words)
        take = (Take(column, name, nobody),)
        node = Lookup(step, ground.register, ((whose.name, "person"),), take, day)
        step, whose = ground.builder.add("subjects", node), Column(name, PERSON)
    return step, whose


def _climbed(ground: Ground, step: str, names: tuple[str, str, str], day: str, stage: CheckedStage) -> str:
    """The subjects with a column of the register of somebody, under a new name."""
    whose, name, column = names
    nobody = ground.builder.cause("nobody-acts", stage.by.span, name=stage.name, by=stage.by.words)
    node = Lookup(step, ground.register, ((whose, "person"),), (Take(column, name, nobody),), day)
    return ground.builder.add("subjects", node)


def _there(ground: Ground, step: str, asked: tuple[str, str], found: str, rows: str) -> str:
    """The subjects with whether somebody has one of these rows of the register on a day."""
    whose, day = asked
    return ground.builder.add("subjects", Lookup(step, rows, ((whose, "person"),), (), day, found=found))


def _known_once_open(ground: Ground, step: str, name: str, value: Expression, opened: Column) -> str:
    """The subjects with something that is known once the stage is open; before that it is missing for what lacks."""
    known = Apply(Op.EQ, (opened, opened), TRUTH)
    of = TEXT if value.type == TEXT and not name.endswith((".asked", ".actor")) else PERSON
    return ground.builder.derive(step, name, Apply(Op.IF, (known, value, value), of), ground.policy.served_span)


def _stage(prefix: str) -> str:
    return prefix.split(".")[1]
