"""A tiering that is looked at anew at each event: its subjects by periods, once more for each day that counts.

A row is a subject and a day of a period on which one of its events counts, or the period's end. Columns: `moment`, the
day; `moment.ends`, 1 for the period's end; `moment.begins`, the day from which what the row decides holds, and
`moment.number`, that day as a number. The events of a day are looked at together, since a bare date gives no order
within it. A period's last day may have two rows: what its events decide holds from it on, its end from the day after.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.periods import YEARS, calendar_periods
from workflow.checks.tiers import CheckedTiering, Holding
from workflow.model.terms import Function, Window
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH, Kind, Type, number
from workflow.plan.buckets import Bucketed, extreme_of, reaches
from workflow.plan.building import all_of, any_of, where_known
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER, nothing
from workflow.plan.nodes import Aggregate, EachWithin, Expand, Filter, Lookup, Measure, Take, Union
from workflow.plan.spans import Spans, by_start
from workflow.plan.windowing import ADDED, Brought, columns_brought, found_as, inside
from workflow.plan.windows import Reach

DAY, ENDS, BEGINS = Column("moment", DATE), Column("moment.ends", COUNT), Column("moment.begins", DATE)
NUMBER, HELD = Column("moment.number", COUNT), Column("tier.held", COUNT)
IS_END = Apply(Op.EQ, (ENDS, Literal(Decimal(1), COUNT)), TRUTH)
_DAYS = number(7, 0)
_NEVER = (datetime.date.max, datetime.date.min)


def by_moments(spans: Spans, step: str, found: Sequence[Bucketed], asked: Sequence[str]) -> str:
    """The subjects by moments; what is asked of each stands as of the day, at a period's end as of the last day served.

    Args:
        spans: the periods.
        step: the subjects by periods.
        found: the events that measures look at, by days.
        asked: the register's columns that are read.
    """
    builder, place, key = spans.builder, spans.policy.span, spans.key
    days = builder.add("days", Union(tuple(_days_of(spans, each) for each in found)))
    events = Measure("moment.types", Function.COUNT, COUNT)
    days = builder.add("days", Aggregate(days, (key, "from"), (events,)))
    within = EachWithin(days, ((key, key),), "from", "period.start", "period.end", (("from", DAY.name),))
    on_days = builder.derive(builder.add("moments", Expand(step, within)), ENDS.name, _count(0), place)
    at_end = builder.derive(step, DAY.name, Column("period.end", DATE), place)
    at_end = builder.derive(at_end, ENDS.name, _count(1), place)
    step = builder.add("subjects", Union((on_days, at_end)))
    step = builder.derive(step, NUMBER.name, _begins(), place, COUNT)
    step = builder.derive(step, BEGINS.name, where_known(Apply(Op.OF_COUNT, (NUMBER,), DATE), DAY), place)
    if asked:
        assert spans.register is not None, "what isn't there is not asked"
        nobody = builder.cause("not-served", spans.policy.served_span)
        on = Apply(Op.IF, (IS_END, Column("subject.last day", DATE), DAY), DATE)
        step = builder.derive(step, "moment.asked", on, place)
        take = tuple(Take(name, f"{key}.{name}", nobody) for name in asked)
        step = builder.add("subjects", Lookup(step, spans.register, ((key, key),), take, "moment.asked"))
    return step


def _days_of(spans: Spans, found: Bucketed) -> str:
    """The days on which a measure takes an event of the type, a row a subject and day."""
    if any(measure.name not in found.chosen for measure in found.measures):
        return found.sums
    some = any_of(*(Apply(Op.GT, (Column(_counted(each), COUNT), _count(0)), TRUTH) for each in found.measures))
    step = spans.builder.derive(found.sums, "moment.counts", some, found.event.span)
    return spans.builder.add(f"{found.event.name} of days", Filter(step, "moment.counts", or_missing=True))


def _counted(measure: CheckedMeasure) -> str:
    """The column of a day's sums that says how many events a measure takes."""
    if measure.function is Function.COUNT:
        return measure.name
    return f"{measure.name}.count" if measure.is_quotient else f"{measure.name}.rows"


def _count(value: int) -> Literal:
    return Literal(Decimal(value), COUNT)


def _number(day: Expression) -> Apply:
    return Apply(Op.COUNT_OF, (day,), _DAYS)


def _later(day: Expression, days: int) -> Apply:
    """The number of a day, and so many more or less."""
    of = _DAYS.sized(_DAYS.precision + 1, 0)
    return Apply(Op.ADD if days > 0 else Op.SUB, (day, Literal(Decimal(abs(days)), number(1, 0))), of)


def _begins() -> Apply:
    """The number of the day from which a row holds."""
    after = _later(_number(DAY), 1)
    return Apply(Op.IF, (IS_END, after, _number(DAY)), after.type)


def brought_to(spans: Spans, ground: Ground, step: str, found: Bucketed, window: Window) -> Brought:
    """Bring over what the measures of one window come to, as seen from each moment.

    Args:
        spans: the periods.
        ground: what the policy stands on.
        step: the subjects by moments.
        found: the events by days.
        window: the window.
    """
    builder, key, measures = ground.builder, spans.key, [each for each in found.measures if each.window == window]
    sums = frozenset(measure.name for measure in measures if measure.function is Function.SUM)
    place, event = measures[0].span, found.event.name
    since, until = (f"{event} {word} in {window.words}" for word in ("from", "through"))
    held = reaches(spans, window)
    for name, days in zip((since, until), _bounds(spans, window, held), strict=True):
        step = builder.derive(step, name, days, place)
    rows = found.sums
    if any(reach is not None and len(reach.days) > 1 for reach in held):
        # Days between listed periods are in none of them.
        listed = Reach(tuple(sorted({days for reach in held if reach is not None for days in reach.days})), ())
        rows = builder.derive(rows, f"{event} listed", inside(listed), place)
        rows = builder.add(f"{event} of periods", Filter(rows, f"{event} listed"))
    own = dict.fromkeys(name for measure in measures for name in _taken(ground, measure, found.chosen))
    take = tuple((name, f"{name} of day") for name in own)
    each = builder.add(f"{event} seen", Expand(step, EachWithin(rows, ((key, key),), "from", since, until, take)))
    parts: list[Measure] = []
    for measure in measures:
        each, more = _added(ground, each, measure, chosen=measure.name in found.chosen)
        parts += more
    at = (key, DAY.name, ENDS.name)
    told = builder.add(f"{event} by moment", Aggregate(each, at, tuple(parts)))
    there = Column(f"{event} found in {window.words}", TRUTH)
    brought = [
        Take(column.name, found_as(column.name), nothing(builder, measure))
        for measure in measures
        for column in columns_brought(ground, measure, sums)
    ]
    on = tuple((name, name) for name in at)
    return Brought(builder.add("subjects", Lookup(step, told, on, tuple(brought), found=there.name)), there, sums)


def _bounds(spans: Spans, window: Window, held: Sequence[Reach | None]) -> tuple[Expression, Expression]:
    """The first and the last day of a window as seen from a moment; what is over by then doesn't move with it."""
    reach = [(each.days[0][0], each.days[-1][1]) if each is not None else _NEVER for each in held]
    first, last = (by_start(spans.occasions, [Literal(days[side], DATE) for days in reach]) for side in (0, 1))
    if window.kind in {"previous period", "same period last year"}:
        return first, last
    if window.kind == "months":
        back = Literal(-window.count, Type(Kind.MONTHS))
        after = Apply(
            Op.OF_COUNT, (Apply(Op.ADD, (_number(DAY), _count(1)), COUNT.sized(COUNT.precision + 1, 0)),), DATE
        )
        first = Apply(Op.ADD_MONTHS, (after, back), DATE)
    return first, Apply(Op.MIN, (DAY, last), DATE)


def _taken(ground: Ground, measure: CheckedMeasure, chosen: frozenset[str]) -> list[str]:
    """The columns of a day's sums from which a measure is made."""
    found = [column.name for column in columns_brought(ground, measure, ())]
    if measure.function is Function.LATEST:
        found += [f"{measure.name}.{each}" for each in ORDER]
    counts = measure.name in chosen and measure.function is not Function.COUNT and not measure.is_quotient
    return [*found, *([f"{measure.name}.rows"] if counts else ())]


def _added(ground: Ground, step: str, measure: CheckedMeasure, *, chosen: bool) -> tuple[str, list[Measure]]:
    """What the days of a window come to."""
    builder, is_sum = ground.builder, measure.function is Function.SUM
    large = builder.cause("too-large", measure.span, name=measure.name)
    columns = columns_brought(ground, measure, {measure.name} if is_sum else ())
    if measure.function in ADDED or measure.is_quotient:
        found = [
            Measure(each.name, Function.SUM, each.type, f"{each.name} of day", too_large=large) for each in columns
        ]
        if is_sum and not chosen:
            found[1:] = [Measure(f"{measure.name}.rows", Function.COUNT, COUNT)]
        return step, found
    where = None
    if chosen:
        where = f"{measure.name}.there"
        some = Apply(Op.GT, (Column(f"{measure.name}.rows of day", COUNT), _count(0)), TRUTH)
        step = builder.derive(step, where, some, measure.span)
    is_latest = measure.function is Function.LATEST
    order = tuple(f"{measure.name}.{each} of day" for each in ORDER) if is_latest else ()
    function, empty = Function.LATEST if is_latest else extreme_of(measure), nothing(builder, measure)
    return step, [
        Measure(each.name, function, each.type, f"{each.name} of day", where, order, empty if where else None)
        for each in columns
    ]


def held_through(spans: Spans, policy: CheckedTiering, step: str) -> str:
    """The subjects by moments with the number of the last day for which a tier is held that begins with one."""
    builder, place, holding = spans.builder, policy.span, policy.holding
    number_before = Apply(Op.IF, (IS_END, _number(DAY), _later(_number(DAY), -1)), _later(_number(DAY), -1).type)
    last: Expression = number_before
    if holding is not None and holding.day is not None:
        last = Apply(Op.MAX, (number_before, _number(Literal(holding.day, DATE))), number_before.type)
    elif holding is not None and holding.until == "months":
        later = Apply(Op.ADD_MONTHS, (BEGINS, Literal(holding.months, Type(Kind.MONTHS))), DATE)
        last = _later(_number(later), -1)
    elif holding is not None:
        last = _number(_ending(_calendar(spans, holding)))
    return builder.derive(step, HELD.name, last, place, COUNT)


def _calendar(spans: Spans, holding: Holding) -> list[tuple[datetime.date, datetime.date]]:
    """The company's months, quarters or years in which a tier of this plan may begin."""
    first, last = (min(day.year, YEARS[1]) for day in (spans.occasions[0].first, spans.occasions[-1].last))
    assert holding.until in {"month", "quarter", "year"}
    rows = calendar_periods(holding.until, spans.year_starts, first - 1, min(last + 1, YEARS[1])).periods
    return [(begin, end) for _, begin, end in rows if spans.occasions[0].first <= end]


def _ending(rows: Sequence[tuple[datetime.date, datetime.date]]) -> Expression:
    """The last day of that of these periods in which a moment's first day lies; halves are asked."""
    if len(rows) == 1:
        return Literal(rows[0][1], DATE)
    middle = len(rows) // 2
    earlier = Apply(Op.LT, (BEGINS, Literal(rows[middle][0], DATE)), TRUTH)
    return Apply(Op.IF, (earlier, _ending(rows[:middle]), _ending(rows[middle:])), DATE)


def before(border: datetime.date) -> Expression:
    """Whether a moment lies before a day."""
    return all_of(Apply(Op.LT, (DAY, Literal(border, DATE)), TRUTH))
