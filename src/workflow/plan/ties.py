"""Latest records of one day: a bare date gives no order within it, so two that differ leave open which is the later.

Of such records nothing tells but when they became known, and in one source its column `sequence`. Where they say the
same it doesn't matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.expressions.counting import count_of, rest, whole
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, INSTANT, TEXT, TRUTH, Type
from workflow.plan.building import all_of, any_of
from workflow.plan.ground import Ground
from workflow.plan.nodes import Aggregate, Lookup, Measure, Take

MINUTE, LAST = 60_000_000, 59_999_999
"""A bare date is an instant too: the last microsecond of its day, and so of a minute, in whatever zone. No record of a
time is as fine as that."""
_TOLD = {"event.time": INSTANT, "event.recorded": INSTANT, "event.source": TEXT}
"""What makes one event later than another, before the sequence within a source."""


def ends(measure: CheckedMeasure, latest: Measure) -> tuple[Measure, ...]:
    """What else is asked of the latest row: when it was, when it became known, and where it comes from."""
    shared = (latest.where, latest.order, latest.empty)
    return tuple(Measure(_of(measure, name), Function.LATEST, of, name, *shared) for name, of in _TOLD.items())


def with_ties(
    ground: Ground,
    steps: tuple[str, str, str],
    on: Sequence[tuple[str, str]],
    values: Mapping[str, tuple[CheckedMeasure, Column]],
) -> str:
    """The subjects with `NAME.ties` for each measure of `values`: how many records might be the latest as well.

    Args:
        ground: what the policy stands on.
        steps: the subjects, the rows, and their aggregates with the latest of each group.
        on: the columns of subjects and of rows that name the group, by pairs.
        values: each measure by its name, with what a row says of it.
    """
    builder, (step, rows, totals) = ground.builder, steps
    by = tuple(own for _, own in on)
    takes = []
    for name, (measure, _) in values.items():
        takes += [Take(name, _of(measure, "value")), *(Take(_of(measure, each), _of(measure, each)) for each in _TOLD)]
    rows = builder.add(builder.stem(rows), Lookup(rows, totals, tuple(zip(by, by, strict=True)), tuple(takes)))
    for measure, value in values.values():
        rows = builder.derive(rows, f"{measure.name}.tied", _tied(ground, measure, value), measure.span)
    counts = tuple(Measure(f"{name}.ties", Function.COUNT, COUNT, where=f"{name}.tied") for name in values)
    together = builder.add(f"{builder.stem(totals)} tied", Aggregate(rows, by, counts))
    take = []
    for name, (measure, _) in values.items():
        nothing = builder.cause("nothing-recorded", measure.span, name=name, event=measure.event)
        take.append(Take(f"{name}.ties", f"{name}.ties", nothing))
    return builder.add(builder.stem(step), Lookup(step, together, tuple(on), tuple(take)))


def where_told(ground: Ground, measure: CheckedMeasure, recorded: Expression, of: Type) -> Expression:
    """The latest value, unless nothing says which it is."""
    cause = ground.builder.cause("no-later", measure.span, name=measure.name, event=measure.event)
    several = Apply(Op.GT, (Column(f"{measure.name}.ties", COUNT), Literal(Decimal(0), COUNT)), TRUTH)
    return Apply(Op.IF, (several, Missing(cause, of), recorded), of)


def _tied(ground: Ground, measure: CheckedMeasure, value: Column) -> Expression:
    """Whether a row counts, is as late as the latest by all that is told, and says something else."""
    left = rest(count_of(Column("event.time", INSTANT)), whole(MINUTE))
    assert left is not None, "microseconds are whole numbers of few digits"
    same = {name: Apply(Op.EQ, (Column(name, of), Column(_of(measure, name), of)), TRUTH) for name, of in _TOLD.items()}
    source = Column("event.source", TEXT)
    numbered = any_of(*(Apply(Op.EQ, (source, Literal(name, TEXT)), TRUTH) for name in sorted(ground.sequenced)))
    return all_of(
        Column(f"{measure.name}.counts", TRUTH),
        Apply(Op.EQ, (left, whole(LAST)), TRUTH),
        same["event.time"],
        same["event.recorded"],
        Apply(Op.NOT, (all_of(same["event.source"], numbered),), TRUTH),
        Apply(Op.NE, (value, Column(_of(measure, "value"), value.type)), TRUTH),
    )


def _of(measure: CheckedMeasure, name: str) -> str:
    """The column of something that the latest row says."""
    return f"{measure.name}.latest.{name.removeprefix('event.')}"
