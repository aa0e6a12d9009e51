"""Reminders of a stage that is open, and to whom it goes up once it is overdue.

The columns of stage `s`: `stage.s.reminders`, how many there have been so far, `stage.s.reminded`, the day of the
newest, and `stage.s.remind`, whether there is one to send: of a series only the newest counts, and none once the stage
is done. `stage.s.overdue`, the day on which it goes up if it isn't done, `stage.s.escalated to`, to whom, and
`stage.s.escalate`, whether it does.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.cycles import CheckedStage
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH, Kind, Type, number
from workflow.plan.acting import as_of, reached
from workflow.plan.building import NO, YES, all_of
from workflow.plan.ground import Ground
from workflow.plan.workdays import MICROSECONDS, Moment, WorkDays, is_after

PERSON = Type(Kind.PERSON)


def remind_of(stage: CheckedStage) -> str:
    """The column that says whether there is a reminder to send."""
    return f"{stage.column}.remind"


def escalate_of(stage: CheckedStage) -> str:
    """The column that says whether it goes up."""
    return f"{stage.column}.escalate"


def columns_of_reminders(stage: CheckedStage) -> tuple[str, ...]:
    """The columns of results that say what follows from a stage that isn't done."""
    own, names = stage.column, list[str]()
    if stage.remind is not None:
        names += [f"{own}.reminders", f"{own}.reminded", remind_of(stage)]
    if stage.overdue is not None:
        names += [f"{own}.overdue", *([f"{own}.escalated to"] if stage.overdue.to.role is None else ())]
        names.append(escalate_of(stage))
    return tuple(names)


def reminded(ground: Ground, step: str, stage: CheckedStage, days: WorkDays) -> str:
    """The subjects with the reminders of a stage, and whether it goes up."""
    if stage.remind is not None:
        step = _reminders(ground, step, stage, days)
    return _escalated(ground, step, stage, days) if stage.overdue is not None else step


def _reminders(ground: Ground, step: str, stage: CheckedStage, days: WorkDays) -> str:
    builder, own, place, every = ground.builder, stage.column, stage.span, stage.remind
    assert every is not None, "only a stage with reminders has any"
    opened, none = Column(f"{own}.opened", DATE), Literal(Decimal(0), COUNT)
    step = days.passed(step, f"{own}.reminders.passed", every, opened)
    undone = Apply(Op.NOT, (Column(own, TRUTH),), TRUTH)
    begun = all_of(Column("subject.eligible", TRUTH), Column(f"{own}.begun", TRUTH), undone)
    began = Apply(Op.LE, (opened, days.now.day), TRUTH)
    passed = Apply(Op.IF, (began, Column(f"{own}.reminders.passed", COUNT), none), COUNT)
    step = builder.derive(step, f"{own}.reminders", Apply(Op.IF, (begun, passed, none), COUNT), place)
    many = Column(f"{own}.reminders", COUNT)
    some = Apply(Op.GT, (many, none), TRUTH)
    length = number(COUNT.precision * 2, 0)
    gone = Apply(Op.MUL, (many, Literal(Decimal(every[0]), COUNT)), length)
    if every[1] == "working days":
        number_of = Apply(
            Op.ADD, (Column(f"{own}.reminders.passed.since", COUNT), gone), number(length.precision + 1, 0)
        )
        step = days.day_of(step, f"{own}.reminders.day", number_of)
    else:
        counted = Apply(Op.COUNT_OF, (opened,), COUNT)
        later = Apply(Op.OF_COUNT, (Apply(Op.ADD, (counted, gone), number(length.precision + 1, 0)),), DATE)
        step = builder.derive(step, f"{own}.reminders.day", later, place)
    never = builder.cause("not-reminded", place, name=stage.name)
    newest = Apply(Op.IF, (some, Column(f"{own}.reminders.day", DATE), Missing(never, DATE)), DATE)
    step = builder.derive(step, f"{own}.reminded", newest, place)
    whom = Column(f"{own}.actor", PERSON)
    there = Apply(Op.IF, (some, Apply(Op.EQ, (whom, whom), TRUTH), NO), TRUTH)
    return builder.derive(step, remind_of(stage), some if stage.by.role is not None else there, place)


def _escalated(ground: Ground, step: str, stage: CheckedStage, days: WorkDays) -> str:
    builder, own, overdue = ground.builder, stage.column, stage.overdue
    assert overdue is not None, "only what can be overdue goes up"
    step = days.after(step, f"{own}.overdue", overdue.after, Column(f"{own}.due", DATE))
    step, limit = days.close(step, f"{own}.overdue.close", overdue.after, Column(f"{own}.overdue", DATE))
    done = Moment(Column(f"{own}.day", DATE), Column(f"{own}.time", MICROSECONDS))
    still = Apply(Op.IF, (Column(own, TRUTH), is_after(done, limit), YES), TRUTH)
    fires = all_of(is_after(days.now, limit), still)
    to: Expression = YES
    if overdue.to.role is None:
        step = as_of(ground, step, f"{own}.overdue on", Column(f"{own}.overdue", DATE))
        step, whom = reached(ground, step, f"{own}.goes", overdue.to, f"{own}.overdue on")
        opened = Column(f"{own}.overdue", DATE)
        known = Apply(Op.IF, (Apply(Op.EQ, (opened, opened), TRUTH), whom, whom), PERSON)
        step = builder.derive(step, f"{own}.escalated to", known, overdue.span)
        whom = Column(f"{own}.escalated to", PERSON)
        to = Apply(Op.EQ, (whom, whom), TRUTH)
    begun = all_of(Column("subject.eligible", TRUTH), Column(f"{own}.begun", TRUTH))
    escalate = Apply(Op.IF, (begun, Apply(Op.IF, (fires, to, NO), TRUTH), NO), TRUTH)
    return builder.derive(step, escalate_of(stage), escalate, overdue.span)
