"""What the buckets of a window come to, in each period that a plan looks at.

Windows overlap, and a bucket lies in as many of them. Its row isn't repeated for each: one row a subject has a column
for each period, `m in 3` for a measure `m` over the window of the third, and the subject's row of that period takes it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.model.terms import THIS_PERIOD, Function, Window
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.buckets import Bucketed, extreme_of, parts_of, reaches, value_of, within
from workflow.plan.building import all_of, any_of
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER, nothing, total_type
from workflow.plan.nodes import Aggregate, Lookup, Measure, Take
from workflow.plan.spans import Spans, by_start
from workflow.plan.windows import Reach

_FROM = Column("from", DATE)
ADDED = (Function.SUM, Function.COUNT)
"""The functions that add up what a row says."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The subjects by periods with `NAME.found` for each column of the measures of a window, of a latest `NAME.ties`.

    `there` is the column that says whether a subject has any rows of the type, in the window or not; the measures
    `counted` are sums with `NAME.rows.found`, which is 0 where none of the window's rows counts. Of other sums a row
    that is there counts.
    """

    step: str
    there: Column
    counted: frozenset[str]


def brought(spans: Spans, ground: Ground, step: str, found: Bucketed, window: Window) -> Brought:
    """Bring over what the measures of one window come to.

    Args:
        spans: the periods.
        ground: what the policy stands on.
        step: the subjects by periods.
        found: the events in buckets.
        window: the window.
    """
    measures = tuple(measure for measure in found.measures if measure.window == window)
    sums = frozenset(measure.name for measure in measures if measure.function is Function.SUM)
    there = Column(f"{found.event.name} found in {window.words}", TRUTH)
    held = reaches(spans, window)
    firsts = tuple(reach.days[0][0] for reach in held if reach is not None)
    if window == THIS_PERIOD and firsts == found.starts and not found.single:
        counted = sums & found.chosen
        told = [(measure, each) for measure in measures for each in columns_brought(ground, measure, counted)]
        take = [Take(each.name, found_as(each.name), nothing(ground.builder, measure)) for measure, each in told]
        on = ((spans.key, spans.key), ("period.start", _FROM.name))
        step = ground.builder.add("subjects", Lookup(step, found.sums, on, tuple(take), found=there.name))
        return Brought(step, there, counted)
    told = [(measure, each) for measure in measures for each in columns_brought(ground, measure, sums)]
    rows = _added_up(spans, ground, found, measures, held)
    return Brought(_picked(spans, ground, (step, rows, there.name), told, held), there, sums)


def _picked(
    spans: Spans,
    ground: Ground,
    steps: tuple[str, str, str],
    told: Sequence[tuple[CheckedMeasure, Column]],
    held: Sequence[Reach | None],
) -> str:
    """The subjects by periods, each with its period's columns; `steps` are theirs, that of the sums, and the name of
    the column that says whether there are any.
    """
    builder, (step, rows, there) = ground.builder, steps
    turns = [turn for turn, reach in enumerate(held, 1) if reach is not None]
    take = [
        Take(name, name, nothing(builder, measure))
        for measure, each in told
        for name in (_in(each.name, t) for t in turns)
    ]
    step = builder.add("subjects", Lookup(step, rows, ((spans.key, spans.key),), tuple(take), found=there))
    for measure, each in told:
        none = Missing(nothing(builder, measure), each.type)
        own = [none if reach is None else Column(_in(each.name, turn), each.type) for turn, reach in enumerate(held, 1)]
        step = builder.derive(step, found_as(each.name), by_start(spans.occasions, own), measure.span)
    return step


def found_as(name: str) -> str:
    """What a column is called once it is brought over."""
    return name if name.endswith(".ties") else f"{name}.found"


def _in(name: str, turn: int) -> str:
    """The column of a period's window, by the period's number."""
    return f"{name} in {turn}"


def columns_brought(ground: Ground, measure: CheckedMeasure, counted: Collection[str]) -> tuple[Column, ...]:
    """What is brought over of a measure."""
    name = measure.name
    if measure.is_quotient:
        return Column(f"{name}.sum", total_type(ground, measure)), Column(f"{name}.count", COUNT)
    own = Column(name, measure.type if measure.function in ADDED else value_of(ground, measure)[1])
    if measure.function is Function.LATEST:
        return own, Column(f"{name}.ties", COUNT)
    return (own, Column(f"{name}.rows", COUNT)) if name in counted else (own,)


def _added_up(
    spans: Spans,
    ground: Ground,
    found: Bucketed,
    measures: Sequence[CheckedMeasure],
    held: Sequence[Reach | None],
) -> str:
    """A row a subject with the columns of all periods."""
    builder, step, parts = ground.builder, found.sums, list[Measure]()
    for turn, reach in enumerate(held, 1):
        if reach is not None:
            step = builder.derive(step, _in("bucket", turn), inside(reach), measures[0].span)
            for measure in measures:
                step, own = _of_period(ground, step, measure, turn, found)
                parts += own
    return builder.add(f"{found.event.name} by window", Aggregate(step, (spans.key,), tuple(parts)))


def inside(reach: Reach) -> Expression:
    """Whether a bucket lies in a window; days between listed periods part it into stretches."""
    return any_of(*(within(_FROM, days) for days in reach.days))


def _of_period(
    ground: Ground, step: str, measure: CheckedMeasure, turn: int, found: Bucketed
) -> tuple[str, list[Measure]]:
    """What is added up of a measure over one period's window."""
    builder, inside, chosen = ground.builder, _in("bucket", turn), measure.name in found.chosen
    if found.single:
        return step, [replace(each, name=_in(each.name, turn)) for each in parts_of(ground, measure, inside)]
    large = builder.cause("too-large", measure.span, name=measure.name)
    columns = columns_brought(ground, measure, {measure.name} if measure.function is Function.SUM else ())
    if measure.function in ADDED or measure.is_quotient:
        parts = [
            Measure(_in(each.name, turn), Function.SUM, each.type, each.name, inside, too_large=large)
            for each in columns
        ]
        if measure.function is Function.SUM and not chosen:
            parts[1:] = [Measure(_in(f"{measure.name}.rows", turn), Function.COUNT, COUNT, where=inside)]
        return step, parts
    if chosen:
        some = Apply(Op.GT, (Column(f"{measure.name}.rows", COUNT), Literal(Decimal(0), COUNT)), TRUTH)
        where = _in(f"{measure.name}.there", turn)
        step = builder.derive(step, where, all_of(Column(inside, TRUTH), some), measure.span)
        inside = where
    is_latest = measure.function is Function.LATEST
    order = tuple(f"{measure.name}.{each}" for each in ORDER) if is_latest else ()
    function = Function.LATEST if is_latest else extreme_of(measure)
    empty = nothing(builder, measure)
    return step, [
        Measure(_in(each.name, turn), function, each.type, each.name, inside, order, empty) for each in columns
    ]
