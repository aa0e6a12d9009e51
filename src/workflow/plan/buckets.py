"""Measures of subjects by periods, from sums of few days: each event is looked at once, however many windows hold it.

The days are cut wherever a window of any period begins or ends; between two cuts lies a bucket. Events are added up by
subject and bucket, and these sums once more for each window of each period that holds their bucket. Columns of a
measure `m` in both: `m` and `m.rows` (how many events it takes), of an average `m.sum` and `m.count`, of a `latest`
what orders it. Where windows are few, each event stands for itself: to look at it for each of them takes less time than
to add it up before.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from workflow.checks.calculated import CheckedMeasure, EventType
from workflow.checks.measures import in_currency
from workflow.checks.tiers import CheckedTiering
from workflow.model.terms import Function, Window
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH, Kind, Type
from workflow.plan.between import facts_of_event
from workflow.plan.building import YES, all_of, is_known
from workflow.plan.credits import Reading
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER, of_deal, total_type, value_read
from workflow.plan.nodes import (
    EVENT_FIELDS,
    Aggregate,
    Filter,
    Lookup,
    Measure,
    Take,
    Union,
)
from workflow.plan.spans import Spans
from workflow.plan.ties import ends, with_ties
from workflow.plan.windows import Days, Reach

DAY = Column("bucket.day", DATE)
FEW = 6
"""So many windows of periods are few."""
_ORDER_TYPES = {field.name: field.type for field in EVENT_FIELDS}


@dataclass(frozen=True, slots=True)
class Bucketed:
    """The events of one type, by subject: `rows` all of them, `sums` a row a subject and bucket; `starts` are the first
    days of the buckets.

    `chosen` are the measures that don't take every row. `single`: `sums` are the events themselves, each on its day.
    """

    event: EventType
    rows: str
    sums: str
    measures: tuple[CheckedMeasure, ...]
    starts: tuple[datetime.date, ...]
    chosen: frozenset[str]
    single: bool = False


def reaches(spans: Spans, window: Window) -> list[Reach | None]:
    """What a window holds in each period."""
    return [occasion.reach(window) for occasion in spans.occasions]


def bucketed(spans: Spans, ground: Ground, event: EventType, field: str, asked: Sequence[str]) -> Bucketed:
    """The events of one type in buckets, with everything that measures need of them.

    Args:
        spans: the periods.
        ground: what the policy stands on.
        event: the type of event.
        field: its field of the subject.
        asked: the register's columns that conditions on it read.
    """
    policy, builder = ground.policy, ground.builder
    measures = tuple(measure for measure in policy.looks if measure.event == event.name)
    rows = _placed(spans, ground, event)
    rows = builder.add(
        f"{event.name} of somebody", Filter(_of_somebody(ground, rows, event, field, spans.key), "named")
    )
    rows = facts_of_event(ground, _belonging(spans, ground, rows, asked), event.name, person=spans.key)
    found = [reach for measure in measures for reach in reaches(spans, measure.window) if reach is not None]
    own = [(occasion.first, occasion.last) for occasion in spans.occasions]
    starts, last = _cuts([*own, *(days for reach in found for days in reach.days)])
    rows_inside = _inside(ground, rows, measures[0], (starts[0], last))
    if _is_few(spans, ground, measures):
        single = builder.derive(rows_inside, "from", DAY, event.span)
        return Bucketed(event, rows, single, measures, tuple(starts), frozenset(), single=True)
    sums, chosen = _added_up(spans, ground, rows_inside, measures, starts)
    return Bucketed(event, rows, sums, measures, tuple(starts), chosen)


def _placed(spans: Spans, ground: Ground, event: EventType) -> str:
    """The events and what takes them back, each on the day on which it counts; nowhere where that isn't known."""
    builder, reversal = ground.builder, ground.policy.reversal
    reading = Reading(ground, event)
    originals = reading.originals()
    day = _day_of(spans, ground, event, Column("event.day", DATE))
    if reversal is None or reversal.of != event.name:
        return builder.derive(originals, DAY.name, day, event.span)
    returns = reading.reversals(originals)
    counts = Column("credit.day" if reversal.count == "in the deal's period" else "event.day", DATE)
    known = Column("credit.original", TRUTH)
    lost = builder.cause("original-unknown", reversal.span, event=reversal.event)
    counts_on = Apply(Op.IF, (known, _day_of(spans, ground, event, counts), Missing(lost, DATE)), DATE)
    returns = builder.derive(returns, DAY.name, counts_on, reversal.span)
    originals = builder.derive(originals, DAY.name, day, event.span)
    return builder.add(f"{event.name} and returns", Union((originals, returns)))


def _day_of(spans: Spans, ground: Ground, event: EventType, day: Column) -> Expression:
    """The day on which an event counts: its own, or the first of the period that it names."""
    naming = next((field for field in event.fields.values() if field.type.kind is Kind.PERIOD), None)
    if naming is None:
        return day
    elsewhere = ground.builder.cause("period-elsewhere", event.span, event=event.name)
    found: Expression = Missing(elsewhere, DATE)
    for occasion in spans.occasions:
        is_it = Apply(Op.EQ, (Column(naming.name, naming.type), Literal(occasion.period, naming.type)), TRUTH)
        found = Apply(Op.IF, (is_it, Literal(occasion.first, DATE), found), DATE)
    return found


def _of_somebody(ground: Ground, rows: str, event: EventType, field: str, key: str) -> str:
    """The rows with their subject, and whether there is one, on a day that is known."""
    builder = ground.builder
    if field != key:
        rows = builder.derive(rows, key, Column(field, event.fields[field].type), event.span)
    return builder.derive(
        rows, "named", all_of(is_known(Column(key, event.fields[field].type)), is_known(DAY)), event.span
    )


def _belonging(spans: Spans, ground: Ground, rows: str, asked: Sequence[str]) -> str:
    """The rows with whether their subject was there that day, and served, and what is asked of it."""
    builder, place = ground.builder, ground.policy.served_span
    if spans.register is None or not (spans.dated or asked):
        return builder.derive(rows, "credit.belongs", YES, place)
    nobody = builder.cause("not-served", place)
    take = [Take("spell.served", "spell.served", nobody), *(Take(n, f"{spans.key}.{n}", nobody) for n in asked)]
    on = ((spans.key, spans.key),)
    rows = builder.add(
        builder.stem(rows), Lookup(rows, spans.register, on, tuple(take), "credit.day", found="spell.there")
    )
    there = all_of(Column("spell.there", TRUTH), Column("spell.served", TRUTH))
    return builder.derive(rows, "credit.belongs", there, place)


def _cuts(stretches: Sequence[Days]) -> tuple[list[datetime.date], datetime.date]:
    """The first day of each bucket, and the last day of the last one."""
    one = datetime.timedelta(days=1)
    starts = {first for first, _ in stretches}
    starts |= {last + one for _, last in stretches if last < datetime.date.max}
    end = max(last for _, last in stretches)
    return sorted(day for day in starts if day <= end), end


def _is_few(spans: Spans, ground: Ground, measures: Sequence[CheckedMeasure]) -> bool:
    """Whether events may stand for themselves: few windows, and measures that take every event in any order.

    Where events name who is a subject, the first bucket of each says from when on.
    """
    if _is_daily(ground):
        return False
    windows = {measure.window for measure in measures}
    plain = (each.function is not Function.LATEST and _taken(spans, ground, each) == YES for each in measures)
    return spans.register is not None and len(windows) * len(spans.occasions) <= FEW and all(plain)


def _is_daily(ground: Ground) -> bool:
    """Whether each day is a bucket of its own: tiers are looked at anew at each event."""
    return isinstance(ground.policy, CheckedTiering) and ground.policy.at_events


def _inside(ground: Ground, rows: str, measure: CheckedMeasure, days: Days) -> str:
    """The rows of the days that any window holds."""
    inside = within(DAY, days)
    rows = ground.builder.derive(rows, "bucket.inside", inside, measure.span)
    return ground.builder.add(f"{measure.event} in buckets", Filter(rows, "bucket.inside"))


def within(day: Column, days: Days) -> Expression:
    """Whether a day is one of a stretch."""
    return all_of(*(Apply(op, (day, Literal(end, DATE)), TRUTH) for op, end in zip((Op.GE, Op.LE), days, strict=True)))


def _added_up(
    spans: Spans, ground: Ground, rows: str, measures: tuple[CheckedMeasure, ...], starts: Sequence[datetime.date]
) -> tuple[str, frozenset[str]]:
    """A row a subject and bucket, and the measures that don't take every event."""
    builder, place = ground.builder, measures[0].span
    rows = builder.derive(rows, "from", DAY if _is_daily(ground) else _bucket(starts), place)
    parts: list[Measure] = []
    chosen = set()
    latest = {measure.name: measure for measure in measures if measure.function is Function.LATEST}
    for measure in measures:
        condition = _taken(spans, ground, measure)
        where = None
        if condition != YES:
            chosen.add(measure.name)
            where = f"{measure.name}.counts"
        if where is not None or measure.name in latest:
            rows = builder.derive(rows, f"{measure.name}.counts", condition, measure.span)
        own = parts_of(ground, measure, where)
        parts += own
        parts += [more for part in own if part.name in latest for more in ends(measure, part)]
    sums = builder.add(f"{measures[0].event} by bucket", Aggregate(rows, (spans.key, "from"), tuple(parts)))
    if latest:
        # Records that tie are of one instant, and so of one bucket: what ties there does so in each window of it.
        values = {
            part.name: (latest[part.name], Column(str(part.value), part.type)) for part in parts if part.name in latest
        }
        sums = with_ties(ground, (sums, rows, sums), ((spans.key, spans.key), ("from", "from")), values)
    return sums, frozenset(chosen)


def _taken(spans: Spans, ground: Ground, measure: CheckedMeasure) -> Expression:
    """Whether a measure takes a row; what is always so is left out."""
    belongs = of_deal(measure)
    if spans.register is None or not spans.dated:
        # Whoever isn't in the register is no subject, so nobody looks for his sums.
        belongs = _without(belongs, Column("credit.belongs", TRUTH))
    reversal = ground.policy.reversal
    returned = reversal is not None and reversal.of == measure.event and measure.function is not Function.SUM
    return all_of(belongs, Apply(Op.NOT, (Column("credit.reversal", TRUTH),), TRUTH) if returned else None)


def _without(condition: Expression, part: Column) -> Expression:
    """The condition without one of those that it joins."""
    if condition == part:
        return YES
    if isinstance(condition, Apply) and condition.op is Op.AND:
        return all_of(*(each for each in condition.args if each != part))
    return condition


def _bucket(starts: Sequence[datetime.date]) -> Expression:
    """The first day of the bucket in which a day lies: halves are asked, so that many buckets take few questions."""
    if len(starts) == 1:
        return Literal(starts[0], DATE)
    middle = len(starts) // 2
    earlier = Apply(Op.LT, (DAY, Literal(starts[middle], DATE)), TRUTH)
    return Apply(Op.IF, (earlier, _bucket(starts[:middle]), _bucket(starts[middle:])), DATE)


def value_of(ground: Ground, measure: CheckedMeasure) -> tuple[str | None, Type]:
    """The column that a measure takes of a row, and its type."""
    if measure.function == "days since":
        return "event.day", DATE
    if measure.field is None:
        return None, COUNT
    of = in_currency(ground.events[measure.event].fields[measure.field].type, ground.policy.currency)
    return value_read(ground, measure), of


def parts_of(ground: Ground, measure: CheckedMeasure, where: str | None) -> list[Measure]:
    """What is kept of a measure in each bucket: of the rows of a truth column, or of all."""
    builder, (value, of), name = ground.builder, value_of(ground, measure), measure.name
    rows = [Measure(f"{name}.rows", Function.COUNT, COUNT, where=where)] if where is not None else []
    empty = builder.cause("nothing-recorded", measure.span, name=name, event=measure.event) if where else None
    large = builder.cause("too-large", measure.span, name=name)
    match measure.function:
        case Function.COUNT:
            return [Measure(name, Function.COUNT, COUNT, where=where)]
        case Function.SUM:
            return [*rows, Measure(name, Function.SUM, measure.type, value, where, too_large=large)]
        case "average":
            total = total_type(ground, measure)
            parts = [Measure(f"{name}.sum", Function.SUM, total, value, where, too_large=large)]
            return [*parts, Measure(f"{name}.count", Function.COUNT, COUNT, where=where)]
        case Function.LATEST:
            told = [
                Measure(f"{name}.{each}", Function.LATEST, _ORDER_TYPES[each], each, where, ORDER, empty)
                for each in ORDER
            ]
            return [*rows, Measure(name, Function.LATEST, of, value, where, ORDER, empty), *told]
        case _:
            return [*rows, Measure(name, extreme_of(measure), of, value, where, empty=empty)]


def extreme_of(measure: CheckedMeasure) -> Function:
    """Whether a measure takes the least or the greatest of what it is taken over: the first day is the least."""
    if measure.function == "days since":
        return Function.LEAST if measure.field == "first event" else Function.GREATEST
    assert measure.function in {Function.LEAST, Function.GREATEST}, measure.function
    return Function(measure.function)
