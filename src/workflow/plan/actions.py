"""Actions: when each is triggered, in how many periods in a row, and how often.

The columns of action `a`: `action.a`, whether it is triggered; where it looks back, `action.a.when`, whether its
condition holds; with `periods in a row`, `action.a.row`, the number of periods in a row so far, counted up to one more
than asked for, and `action.a.row.since`, the first of them (empty where the condition doesn't hold); with `once per`,
`action.a.had`, whether the person got the item before, and of the first clause that triggered it `action.a.had.through`
(its policy and key) and `action.a.had.in` (its period), empty where there is none; with `notify` of somebody whom the
register names, `action.a.to`, who that is.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from workflow.checks.clauses import ActionClause
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, TEXT, TRUTH, Kind, Type
from workflow.plan.building import NO, all_of, any_of, crossed, surely
from workflow.plan.due import due_day
from workflow.plan.earlier import held, recalled
from workflow.plan.ground import Ground
from workflow.plan.nodes import Lookup, Take
from workflow.plan.ranking import rank_columns, ranked


def decision_of(action: ActionClause) -> str:
    """The column that says whether the action is triggered."""
    return f"action.{action.name}"


def condition_of(action: ActionClause) -> str:
    """The column that says whether its condition holds, whatever was before."""
    looks_back = action.in_a_row is not None or action.once_per is not None
    return f"{decision_of(action)}.when" if looks_back else decision_of(action)


def row_of(action: ActionClause) -> str:
    """The column of the number of periods in a row."""
    return f"{decision_of(action)}.row"


def had_of(action: ActionClause) -> str:
    """The column that says whether the person got the item before."""
    return f"{decision_of(action)}.had"


def recipient_of(action: ActionClause) -> Column:
    """The column of the person who is told."""
    return Column(f"{decision_of(action)}.to", Type(Kind.PERSON))


def columns_of(action: ActionClause) -> tuple[str, ...]:
    """All columns of an action, its decision last."""
    names = [*rank_columns(decision_of(action), action.rank), condition_of(action)]
    names += [row_of(action), f"{row_of(action)}.since"] if action.in_a_row is not None else []
    if action.once_per is not None:
        names += [had_of(action), f"{had_of(action)}.through", f"{had_of(action)}.in"]
    names += [recipient_of(action).name] if action.told is not None else []
    return tuple(dict.fromkeys((*names, decision_of(action))))


def triggered(ground: Ground, step: str, quotients: dict[str, Expression]) -> str:
    """The subjects with the decision of every action."""
    for action in ground.policy.actions:
        step, unknown = _open(ground, step, action)
        own = crossed(action.when, quotients) if action.when else None
        step, reached = ranked(ground, step, decision_of(action), action.rank, quotients)
        when = all_of(Column("subject.eligible", TRUTH), own, reached)
        alone = condition_of(action) == decision_of(action)
        step = ground.builder.derive(step, condition_of(action), unknown(when) if alone else when, action.span)
        decision: Expression = Column(condition_of(action), TRUTH)
        if action.in_a_row is not None:
            step, decision = _in_a_row(ground, step, action, action.in_a_row)
        if action.once_per is not None:
            step, had = _had(ground, step, action)
            decision = all_of(decision, Apply(Op.NOT, (had,), TRUTH))
        if not alone:
            step = ground.builder.derive(step, decision_of(action), unknown(decision), action.span)
    return step


def _open(ground: Ground, step: str, action: ActionClause) -> tuple[str, Callable[[Expression], Expression]]:
    """What makes a decision missing where it is yes, if nobody can tell whom to tell, or by when it would be due."""
    if action.told is None:
        return step, _due_unknown(ground, action)
    to = recipient_of(action)
    if action.told.above:
        nobody = ground.builder.cause("unknown-of-person", action.told.column.span, name=action.item.partition(".")[2])
        on, take = ((action.told.column.name, "person"),), (Take("supervisor", to.name, nobody),)
        step = ground.builder.add(
            ground.builder.stem(step), Lookup(step, ground.register, on, take, "subject.last day")
        )
    else:
        step = ground.builder.derive(step, to.name, action.told.column, action.told.column.span)
    there = Apply(Op.EQ, (to, to), TRUTH)
    return step, lambda decision: Apply(Op.IF, (decision, there, NO), TRUTH)


def _due_unknown(ground: Ground, action: ActionClause) -> Callable[[Expression], Expression]:
    """What makes a decision missing where it is yes, if the calendar can't tell by when the action would be due."""
    policy, last = ground.policy, ground.occasion.whole[1]
    if action.due is None or due_day(policy, action, last) is not None:
        return lambda decision: decision
    calendar = policy.calendar
    assert calendar is not None, "only a calendar ends"
    told = {"first": calendar.first.isoformat(), "last": calendar.last.isoformat(), "end": last.isoformat()}
    cause = ground.builder.cause("calendar-unknown", action.span, calendar=calendar.name, **told)
    return lambda decision: Apply(Op.IF, (decision, Missing(cause, TRUTH), NO), TRUTH)


def _in_a_row(ground: Ground, step: str, action: ActionClause, length: int) -> tuple[str, Expression]:
    """Whether the row is full in just this period: one more period in a row, and it was so before."""
    step, facts = recalled(ground, step, row_of(action), action.span, key=ground.policy.subject)
    periods = [ground.occasion.period, *(each.due.period for each in ground.occasion.facts.get(row_of(action), ()))]
    count: Expression = Literal(Decimal(len(periods)), COUNT)
    since = _text(periods[-1])
    for number, fact in reversed(tuple(enumerate(facts, 1))):
        before = held(fact)
        count = Apply(Op.IF, (before, count, Literal(Decimal(number), COUNT)), COUNT)
        since = Apply(Op.IF, (before, since, _text(periods[number - 1])), TEXT)
    now = Column(condition_of(action), TRUTH)
    count = Apply(Op.IF, (now, count, Literal(Decimal(0), COUNT)), COUNT)
    step = ground.builder.derive(step, row_of(action), count, action.span)
    since = Apply(Op.IF, (now, since, _text("")), TEXT)
    step = ground.builder.derive(step, f"{row_of(action)}.since", since, action.span)
    if len(periods) < length:
        return step, NO  # Whatever is missing: there are fewer periods than the row needs.
    return step, Apply(Op.EQ, (Column(row_of(action), COUNT), Literal(Decimal(length), COUNT)), TRUTH)


def _had(ground: Ground, step: str, action: ActionClause) -> tuple[str, Column]:
    """Whether the person got the item before: in an earlier period, or by a clause that stands before this one."""
    builder, name, place = ground.builder, had_of(action), action.span
    step, facts = recalled(ground, step, name, place, key=ground.policy.subject)
    policy = ground.policy
    told = [
        (held(fact), each.due.policy.id, each.due.period, each.field.name)
        for fact, each in zip(facts, ground.occasion.facts.get(name, ()), strict=True)
    ]
    told += [
        (Column(decision_of(each), TRUTH), policy.id, ground.occasion.period, decision_of(each))
        for each in policy.actions[: policy.actions.index(action)]
        if (each.kind, each.item) == (action.kind, action.item)
    ]
    had = any_of(*(fired for fired, *_ in told))
    through = within = _text("")
    for number, (fired, by, when, column) in reversed(tuple(enumerate(told, 1))):
        step = builder.derive(step, f"{name}.{number}.surely", surely(fired), place)
        known = Column(f"{name}.{number}.surely", TRUTH)
        through = Apply(Op.IF, (known, _text(f"{by}.{column.removeprefix('action.')}"), through), TEXT)
        within = Apply(Op.IF, (known, _text(when), within), TEXT)
    step = builder.derive(step, name, had, place)
    step = builder.derive(step, f"{name}.through", through, place)
    return builder.derive(step, f"{name}.in", within, place), Column(name, TRUTH)


def _text(of: str) -> Expression:
    return Literal(of, TEXT)
