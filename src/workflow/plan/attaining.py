"""What goals have come to: each one's actual, how much of the way that is, and the sums of a person with their weights.

Columns of a goal, beside those of `plan.goalsetting`: `goal.actual`, `goal.come` and `goal.way` (how far it has come
from its baseline, and how far it is to the target), `goal.exact` (their quotient), `goal.attainment` (not below 0, nor
above what one goal counts), `goal.reached`, `goal.weighted` and `goal.counts`. Of a subject: `goals.weight` and
`goals.weighted`, over the own goals and those of the team, and `attainment`, `goals_set` and `goals_reached`.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workflow.checks.goalsetting import (
    ATTAINED,
    ATTAINMENT,
    FIGURE,
    GOALS,
    REACHED,
    REPORTED,
    TALLY,
    WEIGHT,
    CheckedGoals,
)
from workflow.model.sizes import product_type, quotient_type, sum_type, unified
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type, literal_type, ratio, summed
from workflow.plan.building import NO, YES, all_of, crossed, is_known
from workflow.plan.goalsetting import Told
from workflow.plan.ground import Ground
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Take

ENTERED = "goals.entered"
"""The column that says whether the attainment is entered in the ledger: missing, with its causes, if it is withheld."""
SHARE = ratio(14, 12)
"""The type of one goal's attainment."""
WEIGHTED = ratio(22, 18)
"""The type of that times the goal's weight."""
_SUMS = (("goals", COUNT), ("reached", COUNT), ("weight", summed(WEIGHT)), ("weighted", summed(WEIGHTED)))
_OF_TEAM = Column("goal.of team", TRUTH)


def in_units(ground: Ground, policy: CheckedGoals, step: str) -> str:
    """The subjects with what goals are measured by, as plain numbers of their units: a percent as so many percent."""
    for column in policy.measured:
        counted = Apply(Op.MUL, (column, _factor(column.type)), _counted(column.type))
        step = ground.builder.derive(step, f"goal.{column.name}", counted, column.span)
    return step


def _factor(of: Type) -> Literal:
    """How many of its unit a measure is: a ratio of 1 is 100 percent."""
    value = Decimal(100 if of.kind is Kind.RATIO else 1)
    return Literal(value, literal_type(Kind.NUMBER, value))


def _counted(of: Type) -> Type:
    """The type of a measure as a plain number."""
    counted = product_type(of, _factor(of).type, Kind.NUMBER)
    assert counted is not None, "a measure has at most 12 digits after the point"
    return counted


def attained(ground: Ground, policy: CheckedGoals, told: Told, subjects: str) -> Told:
    """The goals with what each has come to."""
    builder, place = ground.builder, policy.place
    of_team = is_known(Column("team", policy.teams.type)) if policy.teams is not None else NO
    rows = builder.derive(told.own, _OF_TEAM.name, of_team, place)
    nobody = builder.cause("goal-of-nobody", place)
    take = tuple(Take(f"goal.{each.name}", f"own.{each.name}", nobody) for each in policy.measured)
    rows = builder.add("goals set", Lookup(rows, subjects, (("person", "person"),), take, found="goal.subject"))
    rows = _of_teams(ground, policy, rows, subjects)
    actual = _actual(ground, policy)
    rows = builder.derive(rows, "goal.actual", actual, place)
    baseline, target = Column("baseline", FIGURE), Column("goal.target", FIGURE)
    come = Apply(Op.SUB, (Column("goal.actual", actual.type), baseline), sum_type(actual.type, FIGURE))
    way = Apply(Op.SUB, (target, baseline), sum_type(FIGURE, FIGURE))
    rows = builder.derive(rows, "goal.come", come, place)
    rows = builder.derive(rows, "goal.way", way, place)
    parts = Column("goal.come", come.type), Column("goal.way", way.type)
    quotient = Apply(Op.DIV, parts, quotient_type(come.type, way.type, Kind.RATIO), place)
    rows = builder.derive(rows, "goal.exact", quotient, place)
    exact = Column("goal.exact", quotient.type)
    clamped = _between(exact, Decimal(0), policy.most)
    rows = builder.derive(rows, "goal.attainment", crossed(clamped, {exact.name: quotient}), place, SHARE)
    reached = Apply(Op.GE, (exact, _ratio(Decimal(1))), TRUTH)
    rows = builder.derive(rows, "goal.reached", crossed(reached, {exact.name: quotient}), place)
    weighted = Apply(Op.MUL, (Column("goal.weight", WEIGHT), Column("goal.attainment", SHARE)), WEIGHTED)
    rows = builder.derive(rows, "goal.weighted", weighted, place)
    kept = Apply(Op.NOT, (Column("goal.dropped", TRUTH),), TRUTH)
    rows = builder.derive(rows, "goal.counts", all_of(Column("goal.in period", TRUTH), kept), place)
    return replace(told, own=rows)


def _of_teams(ground: Ground, policy: CheckedGoals, rows: str, subjects: str) -> str:
    """The goals with what each team has come to: what is the same for all of them."""
    builder, place, teams = ground.builder, policy.place, policy.teams
    if teams is None:
        return builder.derive(rows, "goal.of subjects", NO, place)
    members = builder.derive(subjects, "goal.in a team", is_known(teams), place)
    members = builder.add("teams", Filter(members, "goal.in a team"))
    ends = tuple(
        Measure(f"{each.name}.{function}", function, _counted(each.type), f"goal.{each.name}")
        for each in policy.measured
        for function in (Function.LEAST, Function.GREATEST)
    )
    found = builder.add("teams", Aggregate(members, (teams.name,), ends))
    nobody = builder.cause("goal-of-nobody", place)
    take = tuple(Take(each.name, f"team.{each.name}", nobody) for each in ends)
    return builder.add("goals set", Lookup(rows, found, (("team", teams.name),), take, found="goal.of subjects"))


def _actual(ground: Ground, policy: CheckedGoals) -> Expression:
    """What a goal has come to: the newest report, or what its measure comes to in the period that it ends with."""
    builder, last = ground.builder, Literal(ground.occasion.last, DATE)
    named = Column("measure", TEXT)
    actual: Expression = Column("goal.reported", FIGURE)
    for each in policy.measured:
        of = _counted(each.type)
        value: Expression = Column(f"own.{each.name}", of)
        if policy.teams is not None:
            least, greatest = (
                Column(f"team.{each.name}.{function}", of) for function in (Function.LEAST, Function.GREATEST)
            )
            apart = Missing(builder.cause("goal-not-of-team", each.span, name=each.name), of)
            same = Apply(Op.IF, (Apply(Op.EQ, (least, greatest), TRUTH), greatest, apart), of)
            value = Apply(Op.IF, (_OF_TEAM, same, value), of)
        ends = Apply(Op.EQ, (Column("goal.due", DATE), last), TRUTH)
        later = Missing(builder.cause("goal-measured-later", each.span, name=each.name), of)
        value = Apply(Op.IF, (ends, value, later), of)
        is_it = Apply(Op.EQ, (named, Literal(each.name, TEXT)), TRUTH)
        actual = Apply(Op.IF, (is_it, value, actual), unified(actual.type, of))
    assert REPORTED not in {each.name for each in policy.measured}
    return actual


def _between(value: Column, low: Decimal, high: Decimal) -> Expression:
    """A value, or the nearer of two bounds where it lies outside of them."""
    least, most = _ratio(low), _ratio(high)
    of = unified(value.type, least.type, most.type)
    above = Apply(Op.IF, (Apply(Op.GT, (value, most), TRUTH), most, value), of)
    return Apply(Op.IF, (Apply(Op.LT, (value, least), TRUTH), least, above), of)


def _ratio(value: Decimal) -> Literal:
    return Literal(value, literal_type(Kind.RATIO, value))


def totalled(ground: Ground, policy: CheckedGoals, step: str, told: Told) -> str:
    """The subjects with how many goals each has, what these weigh in all, and what they come to."""
    builder, place = ground.builder, policy.place
    alone: Expression = Apply(Op.NOT, (_OF_TEAM,), TRUTH)
    kinds = [("own", alone, ("person", "person"))]
    if policy.teams is not None:
        kinds.append(("team", _OF_TEAM, ("team", policy.teams.name)))
    for word, of_kind, (key, by) in kinds:
        counts = all_of(Column("goal.counts", TRUTH), of_kind)
        if word == "own":
            counts = all_of(counts, is_known(Column("person", TEXT)))
        rows = builder.derive(told.own, f"goal.counts {word}", counts, place)
        rows = builder.add(f"goals {word}", Filter(rows, f"goal.counts {word}"))
        measures = (
            Measure("goals", Function.COUNT, COUNT),
            Measure("reached", Function.COUNT, COUNT, where="goal.reached"),
            Measure("weight", Function.SUM, summed(WEIGHT), "goal.weight"),
            Measure("weighted", Function.SUM, summed(WEIGHTED), "goal.weighted"),
        )
        sums = builder.add(f"goals {word}", Aggregate(rows, (key,), measures))
        none = builder.cause("no-goals", place)
        take = tuple(Take(name, f"goals.{word}.{name}", none) for name, _ in _SUMS)
        step = builder.add(builder.stem(step), Lookup(step, sums, ((by, key),), take, found=f"goals.{word}"))
    for name, of in _SUMS:
        parts = [_part(word, name, of) for word, _, _ in kinds]
        total: Expression = parts[0]
        for each in parts[1:]:
            total = Apply(Op.ADD, (total, each), sum_type(of, of))
        result = TALLY if of == COUNT else sum_type(of, of)
        step = builder.derive(step, f"goals.{name}", total, place, result)
    return step


def _part(word: str, name: str, of: Type) -> Expression:
    """A sum over own goals, or those of the team; 0 where there are none."""
    found = Column(f"goals.{word}", TRUTH)
    return Apply(Op.IF, (found, Column(f"goals.{word}.{name}", of), Literal(Decimal(0), of)), of)


def concluded(ground: Ground, policy: CheckedGoals, step: str, *, any_set: bool) -> str:
    """The subjects with the attainment: withheld without goals, and where their weights don't total 100%."""
    builder, place = ground.builder, policy.place
    none = Missing(builder.cause("no-goals", place), TRUTH)
    if not any_set:
        step = builder.derive(step, GOALS, Literal(Decimal(0), TALLY), place)
        step = builder.derive(step, REACHED, replace(none, type=TALLY), place)
        step = builder.derive(step, ATTAINMENT, Missing(none.cause, ATTAINED), place)
    else:
        weights, weighted = (Column(f"goals.{name}", sum_type(of, of)) for name, of in _SUMS[2:])
        step = builder.derive(step, GOALS, Column("goals.goals", TALLY), place)
        count = Column(GOALS, TALLY)
        any_there = Apply(Op.GT, (count, Literal(Decimal(0), TALLY)), TRUTH)
        # Who has no goal hasn't reached all of them: nothing of nothing is no result.
        reached = Apply(Op.IF, (any_there, Column("goals.reached", TALLY), replace(none, type=TALLY)), TALLY)
        step = builder.derive(step, REACHED, reached, place)
        some = Apply(Op.IF, (any_there, YES, none), TRUTH)
        off = Missing(builder.cause("goal-weights", place), TRUTH)
        whole = Apply(Op.EQ, (weights, _ratio(Decimal(1))), TRUTH)
        nothing = Apply(Op.EQ, (count, Literal(Decimal(0), TALLY)), TRUTH)
        total = Apply(Op.IF, (Apply(Op.OR, (whole, nothing), TRUTH), YES, off), TRUTH)
        sound = all_of(some, total, Apply(Op.EQ, (weighted, weighted), TRUTH))
        # Whatever of these isn't so is missing, so that an attainment that is withheld names all of it.
        value = Apply(Op.IF, (sound, weighted, weighted), weighted.type)
        step = builder.derive(step, ATTAINMENT, value, place, ATTAINED)
    known = Column(ATTAINMENT, ATTAINED)
    entered = all_of(Column("subject.eligible", TRUTH), Apply(Op.EQ, (known, known), TRUTH))
    return builder.derive(step, ENTERED, entered, place)
