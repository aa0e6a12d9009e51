"""Lowering a goals policy: the subjects, what has come of each goal, what all come to, and what that triggers."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.builtin import GOAL_EVENTS, delivers, recordable
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.goalsetting import ATTAINMENT, DROPPED, GOALS, REACHED, REVISED, SET, CheckedGoals
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH
from workflow.plan.actions import columns_of, triggered
from workflow.plan.attaining import ENTERED, attained, concluded, in_units, totalled
from workflow.plan.credits import FILTERED, OUT_OF_PERIOD, UNMATCHED, USED
from workflow.plan.gathering import emit_disposed, emit_events, gathered, lowered
from workflow.plan.goalsetting import Told, goals_told
from workflow.plan.ground import Ground
from workflow.plan.lowered import RESULTS, Lowered
from workflow.plan.nodes import Emit, Filter, Lookup, Take
from workflow.plan.occasions import Occasion

GOAL_ROWS, REVISION_ROWS = "goals", "goal revisions"
"""The outputs that say of each goal what has come of it, and of each revision what it changed, why, and by whom."""
_TOLD = (
    "goal", "person", "team", "title", "measure", "unit", "baseline", "target", "due", "weight", "start",
    "goal.target", "goal.due", "goal.weight",
    "by", "goal.revisions", "goal.dropped", "drop.event.day", "drop.reason", "drop.by", "goal.actual",
    "goal.reported on", "goal.reported by", "goal.attainment", "goal.reached", "goal.weighted", "goal.counts",
    "goal.exact", "event.day", "event.id", "event",
)  # fmt: skip
_REVISED = ("goal", "target", "due", "weight", "reason", "by", "said.counts", "event.day", "event.id", "event")


def lower_goals(policy: CheckedGoals, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one goals policy for one period.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, and what the sources have delivered.

    Returns:
        A plan with the outputs `results`, `goals`, `goal revisions` and `events TYPE`.
    """
    found, known = gathered(policy, workspace, occasion), recordable(workspace)
    ground, step = found.ground, found.step
    events = {name: known[name] for name in sorted(GOAL_EVENTS) if delivers(workspace, name)}
    any_set = SET in events
    if any_set:
        step = in_units(ground, policy, step)
        told = attained(ground, policy, goals_told(ground, policy, events), step)
        step = totalled(ground, policy, step, told)
        told = _disposed(ground, policy, told)
        _emit_goals(ground, told)
    step = triggered(ground, concluded(ground, policy, step, any_set=any_set), found.quotients)
    actions = (column for action in policy.actions for column in columns_of(action))
    sums = ("goals.weight", "goals.weighted") if any_set else ()
    columns = (*found.columns, GOALS, REACHED, *sums, ATTAINMENT, ENTERED, *actions)
    ground.builder.emit(RESULTS, Emit(step, tuple((name, name) for name in columns), ("person",)))
    emit_events(found, {})
    return lowered(found)


def _disposed(ground: Ground, policy: CheckedGoals, told: Told) -> Told:
    """What became of each event about goals; those about a goal share its end, unless they say nothing of it."""
    builder, place = ground.builder, policy.place
    used, filtered, elsewhere, nowhere = (
        Literal(Decimal(code), COUNT) for code in (USED, FILTERED, OUT_OF_PERIOD, UNMATCHED)
    )

    def unless(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
        return Apply(Op.IF, (condition, then, otherwise), COUNT)

    somebody = Apply(Op.OR, (Column("goal.subject", TRUTH), Column("goal.of subjects", TRUTH)), TRUTH)
    counted = unless(Column("goal.dropped", TRUTH), filtered, used)
    end = unless(somebody, unless(Column("goal.in period", TRUTH), counted, elsewhere), nowhere)
    own = builder.derive(told.own, "goal.end", end, place)
    ends = (Take("goal.end", "goal.end", builder.cause("no-event", place)),)
    rows = builder.add(SET, Lookup(told.rows, own, (("event", "event"),), ends, found="goal.first"))
    again = unless(Column("goal.mine", TRUTH), filtered, nowhere)
    code = unless(Column("goal.first", TRUTH), Column("goal.end", COUNT), again)
    emit_disposed(builder, SET, builder.derive(rows, "event.disposition", code, place))
    for name, said in told.said.items():
        step = builder.add(name, Lookup(said, own, (("goal", "goal"),), ends, found="goal.known"))
        end = Column("goal.end", COUNT)
        if name == DROPPED:
            end = unless(Apply(Op.EQ, (end, filtered), TRUTH), used, end)
        end = unless(Column("said.counts", TRUTH), end, filtered)
        code = unless(Column("goal.known", TRUTH), end, nowhere)
        emit_disposed(builder, name, builder.derive(step, "event.disposition", code, place))
    return Told(told.rows, own, told.said)


def _emit_goals(ground: Ground, told: Told) -> None:
    """The goals that run in the period, and how their terms were revised."""
    builder = ground.builder
    rows = builder.add("goals set", Filter(told.own, "goal.overlaps"))
    builder.emit(GOAL_ROWS, Emit(rows, tuple((name, name) for name in _TOLD), ("event",)))
    if REVISED in told.said:
        rows = builder.add(REVISED, Filter(told.said[REVISED], "goal.there"))
        builder.emit(REVISION_ROWS, Emit(rows, tuple((name, name) for name in _REVISED), ("event",)))
