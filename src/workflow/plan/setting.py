"""Tiers set by hand: recorded events that take the place of the earned tier from their day until the day they name.

Of a subject by periods: `tier.set`, the place of the tier that somebody has set for the day after the period, or 0,
and what is known of it: `tier.set.event`, `.reason`, `.by`. The output `tiers set` has a row for each setting, with
the days on which it holds.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.tiers import CheckedTiering, Setting
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.building import all_of, where_known
from workflow.plan.credits import FILTERED, OUT_OF_PERIOD, UNMATCHED, USED
from workflow.plan.gathering import emit_disposed
from workflow.plan.ground import Ground
from workflow.plan.moments import BEGINS
from workflow.plan.nodes import Aggregate, Emit, Events, Lookup, Measure, Take
from workflow.plan.spans import Spans, by_start, day_after
from workflow.plan.tenures import FROM, PLACE, THROUGH, TOLD, dated

BY_HAND = "tiers set"
"""The output of the tiers that somebody has set by hand."""
_HELD = (FROM.name, THROUGH.name, PLACE.name, "event", *TOLD.values(), "set.until")


def settable(spans: Spans, ground: Ground, policy: CheckedTiering, step: str) -> tuple[str, str | None]:
    """The subjects with what somebody has set for them, and the step of all settings; None where nobody may."""
    builder, setting = ground.builder, policy.setting
    if setting is None:
        return builder.derive(step, "tier.set", _count(0), policy.span), None
    rows, holding = dated(ground, policy, setting)
    names = (spans.key, *_HELD)
    builder.emit(BY_HAND, Emit(holding, tuple((name, name) for name in names), (spans.key, FROM.name)))
    days = [Literal(day_after(occasion.whole[1]), DATE) for occasion in spans.occasions]
    day = BEGINS if policy.at_events else by_start(spans.occasions, days)
    step = builder.derive(step, "set.day", day, setting.span)
    none = builder.cause("nothing-set", setting.span, event=setting.event.name)
    take = (Take(PLACE.name, PLACE.name, none), *(Take(said, f"tier.set.{word}", none) for word, said in TOLD.items()))
    on = ((spans.key, spans.key),)
    step = builder.add("subjects", Lookup(step, holding, on, take, "set.day"))
    return builder.derive(step, "tier.set", PLACE, setting.span), rows


def _count(value: int) -> Literal:
    return Literal(Decimal(value), COUNT)


def emit_settings(spans: Spans, ground: Ground, rows: str, step: str, setting: Setting) -> None:
    """How each setting was disposed of: used where it holds on the day after the period."""
    builder, event, key = ground.builder, setting.event, spans.key
    day = Literal(day_after(spans.occasions[-1].whole[1]), DATE)
    told = builder.add("settings told", Lookup(rows, step, ((key, key),), (), found="set.subject"))

    def holds(until: Column) -> Expression:
        return all_of(Apply(Op.LE, (FROM, day), TRUTH), Apply(Op.LE, (day, until), TRUTH))

    code: Expression = Apply(Op.IF, (holds(Column("set.until", DATE)), _count(FILTERED), _count(OUT_OF_PERIOD)), COUNT)
    code = Apply(Op.IF, (holds(THROUGH), _count(USED), code), COUNT)
    code = Apply(Op.IF, (Column("set.subject", TRUTH), code, _count(UNMATCHED)), COUNT)
    told = builder.derive(told, "set.disposition", code, setting.span)
    # What names no tier, or nobody, is in no other rows.
    every = builder.add(event.name, Events(event.name, ()))
    none = builder.cause("nothing-set", setting.span, event=event.name)
    least = Measure("set.disposition", Function.LEAST, COUNT, "set.disposition")
    told = builder.add("settings told", Aggregate(told, ("event",), (least,)))
    take = (Take("set.disposition", "set.disposition", none),)
    every = builder.add(event.name, Lookup(every, told, (("event", "event"),), take))
    code = where_known(Column("set.disposition", COUNT), _count(UNMATCHED))
    emit_disposed(builder, event.name, builder.derive(every, "event.disposition", code, setting.span))
