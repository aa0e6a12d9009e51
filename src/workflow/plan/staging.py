"""Stages: what is done of each, and in a review that opens also since when, by when, by whom, and how late.

The columns of stage `s`: `stage.s`, whether it is done; `stage.s.event`, the id of the event by which, and
`stage.s.day`, its day; and where stages can be opened again `stage.s.reopened`, the day of the last time. In a review
that opens: `stage.s.opened`; `stage.s.due` and `stage.s.late`, where something is due; what `plan.acting` and
`plan.reminding` add. Of the review as a whole: `cycle.stage`, where it stands, and `cycle.late`.

A stage opens on the day on which the last of those before it is done. Events that come before count from then on. Once
a stage is opened again, only what is recorded after that counts for it and for those that follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.checks.cycles import (
    ALL_DONE,
    IS_LATE,
    NOT_OPEN,
    STANDS,
    CheckedStage,
    StageEvent,
    abreast,
    standing_type,
)
from workflow.checks.measures import in_currency
from workflow.checks.ratings import CheckedReview
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, INSTANT, TEXT, TRUTH, summed
from workflow.plan.acting import acted, columns_of_actors, delegations
from workflow.plan.building import NO, YES, all_of, any_of, renamed, surely
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Running, Take
from workflow.plan.reminding import columns_of_reminders, reminded
from workflow.plan.sharing import ROW
from workflow.plan.workdays import MICROSECONDS, Moment, WorkDays, is_after, timed
from workflow.worktime.due import day_after


def columns_of_stages(policy: CheckedReview) -> tuple[str, ...]:
    """The columns of results that say what is done of each stage, and when."""
    names: list[str] = []
    for stage in policy.stages:
        own = stage.column
        names += [own, f"{own}.event", f"{own}.day"]
        names += [f"{own}.reopened"] if policy.reopened is not None else []
        if policy.opens is None:
            continue
        names += [f"{own}.opened", *([f"{own}.due", f"{own}.late"] if stage.due is not None else ())]
        names += [*columns_of_actors(policy, stage), *columns_of_reminders(stage)]
    return (*names, STANDS, IS_LATE) if policy.opens is not None and policy.stages else tuple(names)


def staged(ground: Ground, policy: CheckedReview, step: str, rows: Mapping[str, str], zone: str) -> str:
    """The subjects with their stages; `rows` are the credited rows by type of event, `zone` is the workspace's."""
    again = None if policy.reopened is None else _reopenings(ground, policy, policy.reopened, rows)
    for stage in policy.stages:
        step = _done(ground, step, stage, rows[stage.event], (again, zone))
    if policy.opens is None or not policy.stages:
        return step
    days = WorkDays.of(ground, policy.opens.span, zone, ground.occasion.whole[1])
    step, actors = _opened(ground, policy, step, days), _actors(ground, policy)
    handed = delegations(ground, policy, rows)
    for stage in policy.stages:
        if stage.due is not None:
            step = days.after(step, f"{stage.column}.due", stage.due, Column(f"{stage.column}.opened", DATE))
            step, due = days.close(step, f"{stage.column}.close", stage.due, Column(f"{stage.column}.due", DATE))
            ended = Apply(Op.IF, (is_done(stage), is_after(done_at(stage), due), is_after(days.now, due)), TRUTH)
            late = Apply(Op.IF, (begun(stage), ended, NO), TRUTH)
            step = ground.builder.derive(step, f"{stage.column}.late", late, stage.span)
        step = acted(ground, step, stage, (days, actors, handed))
        step = reminded(ground, step, stage, days)
    return _standing(ground, policy, step, days)


def is_done(stage: CheckedStage) -> Column:
    """Whether a stage is done."""
    return Column(stage.column, TRUTH)


def begun(stage: CheckedStage) -> Column:
    """Whether all stages before it are done."""
    return Column(f"{stage.column}.begun", TRUTH)


def done_at(stage: CheckedStage) -> Moment:
    """When it was done."""
    return Moment(Column(f"{stage.column}.day", DATE), Column(f"{stage.column}.time", MICROSECONDS))


def _reopenings(ground: Ground, policy: CheckedReview, reopened: StageEvent, rows: Mapping[str, str]) -> str:
    """By person: the last time at which each stage, or one before it, was opened again."""
    builder, place, measures = ground.builder, reopened.span, []
    step = builder.add("reopenings", Filter(rows[reopened.event], f"{reopened.done.name}.counts"))
    named = Column("stage", ground.events[reopened.event].fields["stage"].type)
    before: list[str] = []
    for together in abreast(policy.stages):
        for stage in together:
            names = (*before, stage.name)
            meant = any_of(*(Apply(Op.EQ, (named, Literal(name, TEXT)), TRUTH) for name in names))
            own = f"{stage.column}.reopens"
            step = builder.derive(step, own, meant, place)
            never = builder.cause("never-reopened", stage.span, name=stage.name)
            for word, of in (("day", DATE), ("time", INSTANT)):
                measures.append(Measure(f"{own}.{word}", Function.GREATEST, of, f"event.{word}", own, empty=never))
        before += [stage.name for stage in together]
    return builder.add("reopenings by person", Aggregate(step, ("credit.person",), tuple(measures)))


def _done(ground: Ground, step: str, stage: CheckedStage, rows: str, when: tuple[str | None, str]) -> str:
    """The subjects with the first event by which a stage was done; once it is opened again, the first after that.

    `when` are the step of what was opened again, and the zone.
    """
    again, zone = when
    builder, own, place = ground.builder, stage.column, stage.span
    rows = builder.add(f"{stage.event} done", Filter(rows, f"{stage.done.name}.counts"))
    rows = timed(ground, rows, "done.time", zone, place)
    if again is not None:
        rows = _after(ground, rows, stage, again)
    one = builder.derive(rows, "done.one", Literal(Decimal(1), COUNT), place)
    turn = Running(one, "done.turn", "done.one", ("credit.person",), (*ORDER, *ROW), summed(COUNT))
    rows = builder.add(f"{stage.event} done", turn)
    first = Apply(Op.EQ, (Column("done.turn", summed(COUNT)), Literal(Decimal(1), COUNT)), TRUTH)
    rows = builder.derive(rows, "done.first", first, place)
    rows = builder.add(f"{stage.event} done", Filter(rows, "done.first"))
    undone = builder.cause("stage-open", place, name=stage.name, by=stage.by.words, event=stage.event)
    said = (("event.id", "event"), ("event.day", "day"), ("done.time", "time"))
    take = tuple(Take(column, f"{own}.{word}", undone) for column, word in said)
    on, found = (("person", "credit.person"),), Column(f"{own}.found", TRUTH)
    step = builder.add("subjects", Lookup(step, rows, on, take, found=found.name))
    if again is not None:
        never = builder.cause("never-reopened", place, name=stage.name)
        take = (Take(f"{own}.reopens.day", f"{own}.reopened", never),)
        step = builder.add("subjects", Lookup(step, again, on, take))
    # Where nobody knows which events count, nobody knows that there is none.
    none = Apply(Op.IF, (Apply(Op.GE, (stage.done, Literal(Decimal(0), COUNT)), TRUTH), NO, NO), TRUTH)
    return builder.derive(step, own, Apply(Op.IF, (found, YES, none), TRUTH), place)


def _after(ground: Ground, rows: str, stage: CheckedStage, again: str) -> str:
    """The events that were recorded after the stage was last opened again."""
    builder, own = ground.builder, f"{stage.column}.reopens"
    never = builder.cause("never-reopened", stage.span, name=stage.name)
    take = tuple(Take(f"{own}.{word}", f"{own}.{word}", never) for word in ("day", "time"))
    rows = builder.add(builder.stem(rows), Lookup(rows, again, (("credit.person", "credit.person"),), take))
    day = Column(f"{own}.day", DATE)
    last = Moment(day, Apply(Op.COUNT_OF, (Column(f"{own}.time", INSTANT),), MICROSECONDS))
    later = is_after(Moment(Column("event.day", DATE), Column("done.time", MICROSECONDS)), last)
    fresh = Apply(Op.IF, (Apply(Op.IS_MISSING, (day,), TRUTH), YES, later), TRUTH)
    rows = builder.derive(rows, "done.fresh", fresh, stage.span)
    return builder.add(builder.stem(rows), Filter(rows, "done.fresh"))


def _opened(ground: Ground, policy: CheckedReview, step: str, days: WorkDays) -> str:
    """The subjects with the day on which each stage opened: the review's, or that on which those before it ended."""
    builder, opens = ground.builder, policy.opens
    assert opens is not None, "only a review that opens has days"
    first = day_after(policy.calendar, opens.after, ground.occasion.whole[1])
    name = policy.stages[0].name
    start: Expression = Literal(first, DATE) if first is not None else Missing(days.unknown(f"stage.{name}"), DATE)
    done: list[Expression] = []
    for together in abreast(policy.stages):
        for stage in together:
            own, opened = stage.column, start
            step = builder.derive(step, f"{own}.begun", all_of(*done), stage.span)
            if policy.reopened is not None:
                again = Column(f"{own}.reopened", DATE)
                never = Apply(Op.IS_MISSING, (again,), TRUTH)
                opened = Apply(Op.IF, (never, start, Apply(Op.MAX, (start, again), DATE)), DATE)
            step = builder.derive(step, f"{own}.opened", opened, stage.span)
            ended = Apply(Op.MAX, (Column(f"{own}.opened", DATE), Column(f"{own}.day", DATE)), DATE)
            step = builder.derive(step, f"{own}.ended", ended, stage.span)
        ends = tuple(Column(f"{stage.column}.ended", DATE) for stage in together)
        start = Apply(Op.MAX, ends, DATE) if len(ends) > 1 else ends[0]
        done += [surely(is_done(stage)) for stage in together]
    return step


def _actors(ground: Ground, policy: CheckedReview) -> str:
    """The rows of the register of those who can act."""
    builder = ground.builder
    if policy.acting is None:
        return ground.register
    own = {
        f"person.{field.name}": Column(field.name, in_currency(field.type, policy.currency))
        for field in ground.people.values()
    }
    step = builder.derive(ground.register, "spell.acts", renamed(policy.acting, own), policy.acting.span)
    return builder.add("actors", Filter(step, "spell.acts"))


def _standing(ground: Ground, policy: CheckedReview, step: str, days: WorkDays) -> str:
    """The subjects with the first stage that isn't done, and whether anything that is open is late."""
    builder, of, first = ground.builder, standing_type(policy.stages), policy.stages[0]
    stands: Expression = Literal(ALL_DONE, of)
    for stage in reversed(policy.stages):
        stands = Apply(Op.IF, (is_done(stage), stands, Literal(stage.name, of)), of)
    closed = Apply(Op.GT, (Column(f"{first.column}.opened", DATE), days.now.day), TRUTH)
    early = all_of(Apply(Op.NOT, (is_done(first),), TRUTH), closed)
    stands = Apply(Op.IF, (early, Literal(NOT_OPEN, of), stands), of)
    step = builder.derive(step, STANDS, stands, policy.span, of)
    waiting = [
        all_of(Apply(Op.NOT, (is_done(stage),), TRUTH), Column(f"{stage.column}.late", TRUTH))
        for stage in policy.stages
        if stage.due is not None
    ]
    return builder.derive(step, IS_LATE, any_of(*waiting), policy.span)
