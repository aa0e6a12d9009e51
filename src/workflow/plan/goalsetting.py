"""Goals as they stand: what was set, revised, reported and given up, as far as a run knows of it.

Columns of a goal, besides the fields of the event that set it: `goal.target`, `goal.due` and `goal.weight`, the terms
in force; `goal.revisions`, how often they were revised; `goal.dropped`, and `drop.…`, why and by whom; `goal.reported`,
the newest report of its progress, with its day and who made it; `goal.in period`, whether it is due in the period, and
`goal.overlaps`, whether it runs in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.calculated import EventType
from workflow.checks.goalsetting import DROPPED, FIGURE, PROGRESS, REPORTED, REVISED, SET, CheckedGoals
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Type, summed
from workflow.plan.building import NO, all_of, any_of, is_known
from workflow.plan.credits import givens
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER
from workflow.plan.nodes import Aggregate, Events, Filter, Lookup, Measure, Running, Take

_KEY = (("goal", "goal"),)
_TERMS = ("target", "due", "weight")
_DROP = (("event.day", DATE), ("reason", TEXT), ("by", TEXT))
_REPORT = (("goal.reported", FIGURE, "value"), ("goal.reported on", DATE, "as of"), ("goal.reported by", TEXT, "by"))


@dataclass(frozen=True, slots=True)
class Told:
    """What is recorded of goals: the step of all that were set, of the policy's own, and of what was said of these."""

    rows: str
    own: str
    said: Mapping[str, str]


def goals_told(ground: Ground, policy: CheckedGoals, events: Mapping[str, EventType]) -> Told:
    """The goals of a policy with their terms in force.

    Args:
        ground: what the policy stands on.
        policy: the goals policy.
        events: the types of events about goals that a source delivers, that which sets them among them.
    """
    builder, place = ground.builder, policy.place
    rows = _read(ground, events[SET], {"team": policy.teams.type} if policy.teams is not None else {})
    mine = Apply(Op.EQ, (Column("policy", TEXT), Literal(policy.id, TEXT)), TRUTH)
    rows = builder.derive(rows, "goal.mine", mine, place)
    rows = builder.derive(rows, "goal.one", Literal(Decimal(1), COUNT), place)
    turn = Column("goal.turn", summed(COUNT))
    rows = builder.add(SET, Running(rows, turn.name, "goal.one", ("policy", "goal"), ORDER, turn.type))
    first = Apply(Op.EQ, (turn, Literal(Decimal(1), COUNT)), TRUTH)
    rows = builder.derive(rows, "goal.stands", all_of(Column("goal.mine", TRUTH), first), place)
    own = builder.add("goals set", Filter(rows, "goal.stands"))
    said = {name: _about(ground, policy, own, events[name]) for name in (REVISED, PROGRESS, DROPPED) if name in events}
    if REVISED in said:
        said[REVISED] = _in_time(ground, policy, said[REVISED])
    own = _revised(ground, policy, own, said.get(REVISED), events[SET])
    if DROPPED in said:
        said[DROPPED] = _before_due(ground, policy, own, said[DROPPED])
    own = _dropped(ground, policy, own, said.get(DROPPED))
    first_day, last_day = (Literal(day, DATE) for day in (ground.occasion.first, ground.occasion.last))
    due, start = Column("goal.due", DATE), Column("start", DATE)
    not_before = Apply(Op.GE, (due, first_day), TRUTH)
    due_here = all_of(not_before, Apply(Op.LE, (due, last_day), TRUTH))
    own = builder.derive(own, "goal.in period", due_here, place)
    overlaps = all_of(not_before, Apply(Op.LE, (start, last_day), TRUTH))
    own = builder.derive(own, "goal.overlaps", overlaps, place)
    if PROGRESS in said:
        own, said[PROGRESS] = _reported(ground, policy, own, said[PROGRESS])
        return Told(rows, own, said)
    for name, of, _ in _REPORT:
        own = builder.derive(own, name, Missing(_unreported(ground, policy), of), place)
    return Told(rows, own, said)


def _unreported(ground: Ground, policy: CheckedGoals) -> int:
    return ground.builder.cause("goal-not-reported", policy.place, name=PROGRESS)


def _read(ground: Ground, event: EventType, types: Mapping[str, Type]) -> str:
    """The events of a type, their texts as the register has them."""
    fields = tuple(
        replace(each, type=types.get(each.name, TEXT)) if each.type.is_textual else each
        for each in event.fields.values()
    )
    return ground.builder.add(event.name, Events(event.name, givens(ground, event, fields)))


def _about(ground: Ground, policy: CheckedGoals, own: str, event: EventType) -> str:
    """What was said of goals, with whether the goal is one of the policy's."""
    rows = _read(ground, event, {})
    never = ground.builder.cause("no-event", policy.place)
    take = (Take("measure", "goal.measure", never), Take("due", "goal.first due", never))
    return ground.builder.add(event.name, Lookup(rows, own, _KEY, take, found="goal.there"))


def _in_time(ground: Ground, policy: CheckedGoals, revisions: str) -> str:
    """The revisions with whether each counts: recorded by the due day that the goal was set with, or by the last one
    that a revision recorded by then gave it. What is revised once all is over changes nothing.
    """
    builder, place, day = ground.builder, policy.place, Column("event.day", DATE)
    never = builder.cause("no-event", place)
    there = Column("goal.there", TRUTH)
    by_first = Apply(Op.LE, (day, Column("goal.first due", DATE)), TRUTH)
    early = Apply(Op.IF, (there, by_first, NO), TRUTH)
    rows = builder.derive(revisions, "revision.early", early, place)
    moves = all_of(Column("revision.early", TRUTH), is_known(Column("due", DATE)))
    rows = builder.derive(rows, "revision.moves", moves, place)
    known = builder.add(REVISED, Filter(rows, "revision.moves"))
    last = Measure("revision.last due", Function.LATEST, DATE, "due", order=ORDER)
    moved = builder.add(REVISED, Aggregate(known, ("goal",), (last,)))
    take = (Take(last.name, last.name, never),)
    rows = builder.add(REVISED, Lookup(rows, moved, _KEY, take, found="revision.moved"))
    by_last = Apply(
        Op.IF, (Column("revision.moved", TRUTH), Apply(Op.LE, (day, Column(last.name, DATE)), TRUTH), NO), TRUTH
    )
    later = Apply(Op.IF, (there, by_last, NO), TRUTH)
    return builder.derive(rows, "said.counts", any_of(Column("revision.early", TRUTH), later), place)


def _before_due(ground: Ground, policy: CheckedGoals, own: str, drops: str) -> str:
    """The events that give goals up, with whether each counts: recorded by the due day in force."""
    builder, place = ground.builder, policy.place
    take = (Take("goal.due", "goal.due", builder.cause("no-event", place)),)
    drops = builder.add(DROPPED, Lookup(drops, own, _KEY, take))
    in_time = Apply(Op.LE, (Column("event.day", DATE), Column("goal.due", DATE)), TRUTH)
    counts = Apply(Op.IF, (Column("goal.there", TRUTH), in_time, NO), TRUTH)
    return builder.derive(drops, "said.counts", counts, place)


def _revised(ground: Ground, policy: CheckedGoals, own: str, revisions: str | None, event: EventType) -> str:
    """The goals with the terms in force: of each the newest that a revision names."""
    builder, place = ground.builder, policy.place
    if revisions is None:
        for name in _TERMS:
            own = builder.derive(own, f"goal.{name}", Column(name, event.fields[name].type), place)
        return builder.derive(own, "goal.revisions", Literal(Decimal(0), COUNT), place)
    never = builder.cause("no-event", place)
    known = builder.add(REVISED, Filter(revisions, "said.counts"))
    measures = [Measure("goal.revised", Function.COUNT, COUNT)]
    for name in _TERMS:
        of = event.fields[name].type
        known = builder.derive(known, f"{name}.told", is_known(Column(name, of)), place)
        measures.append(Measure(f"{name}.revised", Function.LATEST, of, name, f"{name}.told", ORDER, empty=never))
    found = builder.add(REVISED, Aggregate(known, ("goal",), tuple(measures)))
    take = tuple(Take(each.name, each.name, never) for each in measures)
    own = builder.add(builder.stem(own), Lookup(own, found, _KEY, take))
    for name in _TERMS:
        of = event.fields[name].type
        newest = Column(f"{name}.revised", of)
        lacking = Apply(Op.IS_MISSING, (newest,), TRUTH)
        own = builder.derive(own, f"goal.{name}", Apply(Op.IF, (lacking, Column(name, of), newest), of), place)
    count = Column("goal.revised", COUNT)
    none = Apply(Op.IS_MISSING, (count,), TRUTH)
    told = Apply(Op.IF, (none, Literal(Decimal(0), COUNT), count), COUNT)
    return builder.derive(own, "goal.revisions", told, place)


def _dropped(ground: Ground, policy: CheckedGoals, own: str, drops: str | None) -> str:
    """The goals with whether each was given up, and why."""
    builder, place = ground.builder, policy.place
    never = builder.cause("no-event", place)
    if drops is None:
        for name, of in _DROP:
            own = builder.derive(own, f"drop.{name}", Missing(never, of), place)
        return builder.derive(own, "goal.dropped", NO, place)
    known = builder.add(DROPPED, Filter(drops, "said.counts"))
    latest = tuple(Measure(f"drop.{name}", Function.LATEST, of, name, None, ORDER) for name, of in _DROP)
    found = builder.add(DROPPED, Aggregate(known, ("goal",), latest))
    take = tuple(Take(each.name, each.name, never) for each in latest)
    return builder.add(builder.stem(own), Lookup(own, found, _KEY, take, found="goal.dropped"))


def _reported(ground: Ground, policy: CheckedGoals, own: str, reports: str) -> tuple[str, str]:
    """The goals with the newest report of a day not after the due one; and the reports with whether each counts."""
    builder, place = ground.builder, policy.place
    never = builder.cause("no-event", place)
    reports = builder.add(PROGRESS, Lookup(reports, own, _KEY, (Take("goal.due", "goal.due", never),)))
    asked = Apply(Op.EQ, (Column("goal.measure", TEXT), Literal(REPORTED, TEXT)), TRUTH)
    in_time = Apply(Op.LE, (Column("as of", DATE), Column("goal.due", DATE)), TRUTH)
    counts: Expression = Apply(Op.IF, (Column("goal.there", TRUTH), all_of(asked, in_time), NO), TRUTH)
    reports = builder.derive(reports, "said.counts", counts, place)
    known = builder.add(PROGRESS, Filter(reports, "said.counts"))
    order = ("as of", *ORDER)
    latest = tuple(Measure(name, Function.LATEST, of, value, None, order) for name, of, value in _REPORT)
    found = builder.add(PROGRESS, Aggregate(known, ("goal",), latest))
    take = tuple(Take(each.name, each.name, _unreported(ground, policy)) for each in latest)
    return builder.add(builder.stem(own), Lookup(own, found, _KEY, take)), reports
