"""Measures by periods: what the sums of a window come to, where some periods have been delivered and others not.

As `measuring` says for one period: a sum or a count of nothing is 0 where everything was delivered, and missing where
something may still come.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.tiers import CheckedTiering
from workflow.model.terms import THIS_PERIOD, Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH, number
from workflow.plan.buckets import Bucketed
from workflow.plan.building import any_of, where_known
from workflow.plan.ground import Ground
from workflow.plan.measuring import defaulted, nothing, total_type
from workflow.plan.moments import DAY, before, brought_to
from workflow.plan.occasions import Occasion
from workflow.plan.spans import Spans, by_start
from workflow.plan.ties import where_told
from workflow.plan.windowing import brought
from workflow.plan.windows import Delivery

_DAYS = number(7, 0)


def measured(spans: Spans, ground: Ground, step: str, found: Bucketed) -> str:
    """The subjects with the measures of one type of event."""
    at_events = isinstance(ground.policy, CheckedTiering) and ground.policy.at_events
    for window in sorted({measure.window for measure in found.measures}, key=lambda each: each.words):
        own = tuple(measure for measure in found.measures if measure.window == window)
        told = (brought_to if at_events else brought)(spans, ground, step, found, window)
        step = told.step
        for measure in own:
            step = _concluded(spans, ground, step, measure, (told.there, measure.name in told.counted))
    return step


def delivered(spans: Spans, ground: Ground, measure: CheckedMeasure) -> tuple[Delivery | None, ...]:
    """How far what a measure needs has been delivered, period by period; None where its window is not listed."""
    reversal, found = ground.policy.reversal, list[Delivery | None]()
    for occasion in spans.occasions:
        reach = occasion.reach(measure.window)
        if reach is None:
            found.append(None)
            continue
        needed = [reach.delivery.get(measure.event, "undeclared")]
        if reversal is not None and reversal.of == measure.event and measure.function is Function.SUM:
            needed.append(reach.delivery.get(reversal.event, "undeclared"))
        found.append("part" if "part" in needed else "undeclared" if "undeclared" in needed else "whole")
    return tuple(found)


def _concluded(spans: Spans, ground: Ground, step: str, measure: CheckedMeasure, there: tuple[Column, bool]) -> str:
    """A measure, with its default where it is missing."""
    builder, place = ground.builder, measure.span
    if measure.is_quotient:
        return _average(spans, ground, step, measure, there[0])
    of = measure.type
    looked_at = isinstance(ground.policy, CheckedTiering) and ground.policy.at_events
    if measure.function == "days since":
        step, recorded = _days_since(ground, step, measure, DAY if looked_at else Column("period.end", DATE))
    else:
        recorded = Column(f"{measure.name}.found", of)
    if measure.function is Function.LATEST:
        recorded = where_told(ground, measure, recorded, of)
    told = delivered(spans, ground, measure)
    if measure.function in {Function.SUM, Function.COUNT}:
        states = [_state(ground, measure, state, recorded, there) for state in told]
        if looked_at:
            whole = _state(ground, measure, "whole", recorded, there)
            states = [
                _until_owed(ground, measure, each, (whole, state)) if told[at] == "part" else state
                for at, (each, state) in enumerate(zip(spans.occasions, states, strict=True))
            ]
    else:
        states = [_state_of_none(ground, measure, state, recorded) for state in told]
    value = defaulted(by_start(spans.occasions, states), measure.default)
    if measure.function == "days since" and "part" in told:
        value = by_start(spans.occasions, [_sure(ground, measure, each, value) for each in spans.occasions])
    return builder.derive(step, ground.calculated(measure.name), value, place)


def _state(
    ground: Ground,
    measure: CheckedMeasure,
    state: Delivery | None,
    recorded: Expression,
    there: tuple[Column, bool],
) -> Expression:
    """What a sum or a count comes to in a period of which so much has been delivered."""
    builder, of, (found, counted) = ground.builder, measure.type, there
    if state is None or state == "part":
        return Missing(_owed(ground, measure, state), of)
    nobody = Apply(Op.NOT, (found,), TRUTH)
    zero = Literal(Decimal(0), of)
    if state == "whole":
        return Apply(Op.IF, (nobody, zero, recorded), of)
    none: Expression = nobody
    if measure.function is Function.COUNT or counted:
        taken = f"{measure.name}.rows.found" if measure.function is Function.SUM else f"{measure.name}.found"
        none = any_of(nobody, Apply(Op.EQ, (Column(taken, COUNT), Literal(Decimal(0), COUNT)), TRUTH))
    # Where it isn't even known how many rows count, the sum isn't known either, and says why.
    return Apply(
        Op.IF, (where_known(none, Literal(False, TRUTH)), Missing(nothing(builder, measure), of), recorded), of
    )


def _until_owed(
    ground: Ground, measure: CheckedMeasure, occasion: Occasion, states: tuple[Expression, Expression]
) -> Expression:
    """What a sum or a count comes to at a moment: where all days up to it were delivered, and where they weren't."""
    reach, reversal = occasion.reach(measure.window), ground.policy.reversal
    owed = {} if reach is None else reach.owed
    events = [measure.event, *([reversal.event] if reversal is not None and reversal.of == measure.event else [])]
    border = min(days[0] for event in events for days in owed.get(event, ()))
    return Apply(Op.IF, (before(border), *states), measure.type)


def _state_of_none(ground: Ground, measure: CheckedMeasure, state: Delivery | None, recorded: Expression) -> Expression:
    """The same of what is missing where there is nothing, whatever has been delivered."""
    return Missing(_owed(ground, measure, state), measure.type) if state is None else recorded


def _owed(ground: Ground, measure: CheckedMeasure, state: Delivery | None) -> int:
    """Why a measure isn't known: its window is not listed, or not delivered."""
    if state is None:
        words = measure.window.words
        return ground.builder.cause("window-not-listed", measure.span, name=measure.name, window=words)
    args = {"name": measure.name, "event": measure.event}
    reach = ground.occasion.reach(measure.window)
    if measure.window == THIS_PERIOD or reach is None:
        return ground.builder.cause("not-delivered", measure.span, **args)
    first, last = reach.days[0][0].isoformat(), reach.days[-1][1].isoformat()
    return ground.builder.cause("window-not-delivered", measure.span, **args, first=first, last=last)


def _days_since(ground: Ground, step: str, measure: CheckedMeasure, until: Column) -> tuple[str, Expression]:
    """The days from an event's day to the period's last, or to that of a moment."""
    builder, day = ground.builder, Column(f"{measure.name}.day", DATE)
    step = builder.derive(step, day.name, Column(f"{measure.name}.found", DATE), measure.span)
    end, begin = (Apply(Op.COUNT_OF, (each,), _DAYS) for each in (until, day))
    days = Apply(Op.SUB, (end, begin), _DAYS.sized(_DAYS.precision + 1, 0))
    step = builder.derive(step, f"{measure.name}.days", days, measure.span, COUNT)
    return step, Column(f"{measure.name}.days", COUNT)


def _sure(ground: Ground, measure: CheckedMeasure, occasion: Occasion, value: Expression) -> Expression:
    """The days since the last event where no day after it is still to be delivered, or since the first likewise.

    The default is for those of whom nothing is recorded; that an event may still come is no reason for it.
    """
    reach, day = occasion.reach(measure.window), Column(f"{measure.name}.day", DATE)
    owed = reach.owed.get(measure.event) if reach is not None else None
    if not owed:
        return value
    first = measure.field == "first event"
    border = Literal(owed[0][0] if first else owed[-1][1], DATE)
    settled = where_known(Apply(Op.LE if first else Op.GE, (day, border), TRUTH), Literal(True, TRUTH))
    if isinstance(ground.policy, CheckedTiering) and ground.policy.at_events:
        settled = any_of(before(owed[0][0]), settled)
    return Apply(Op.IF, (settled, value, Missing(_owed(ground, measure, "part"), measure.type)), measure.type)


def _average(spans: Spans, ground: Ground, step: str, measure: CheckedMeasure, found: Column) -> str:
    """A sum over a count that is missing with fewer events than are needed."""
    builder, place = ground.builder, measure.span
    least = max(measure.needed, 1)
    few = builder.cause("too-few", place, name=measure.name, event=measure.event, needed=str(least))
    recorded, zero = Column(f"{measure.name}.count.found", COUNT), Literal(Decimal(0), COUNT)
    none = any_of(Apply(Op.NOT, (found,), TRUTH), Apply(Op.EQ, (recorded, zero), TRUTH))
    short = Apply(Op.LT, (recorded, Literal(Decimal(least), COUNT)), TRUTH)
    enough = Apply(Op.IF, (short, Missing(few, COUNT), recorded), COUNT)
    count = Apply(Op.IF, (none, Missing(nothing(builder, measure), COUNT), enough), COUNT)
    unlisted = [
        Missing(_owed(ground, measure, None), COUNT) if state is None else count
        for state in delivered(spans, ground, measure)
    ]
    total: Expression = Column(f"{measure.name}.sum.found", total_type(ground, measure))
    step = builder.derive(step, f"{measure.name}.sum", total, place)
    step = builder.derive(step, f"{measure.name}.count", by_start(spans.occasions, unlisted), place)
    parts = (Column(f"{measure.name}.sum", total.type), Column(f"{measure.name}.count", COUNT))
    quotient = Apply(Op.DIV, parts, measure.type, place)
    return builder.derive(step, ground.calculated(measure.name), defaulted(quotient, measure.default), place)
