"""Tiers set by hand: recorded events that take the place of the earned tier from their day until the day they name.

A later one of the same subject ends the one before it. Columns of the events: `set.place` (the tier's, 0 if there is no
such tier), `from` and `through`, the days on which it holds. Of a subject by periods: `tier.set`, the place of the tier
that somebody has set for the day after the period, or 0, and what is known of it: `tier.set.event`, `.reason`, `.by`.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from workflow.checks.tiers import CheckedTiering, Setting
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH, Type, number, summed
from workflow.plan.building import all_of, is_known, where_known
from workflow.plan.credits import FILTERED, OUT_OF_PERIOD, UNMATCHED, USED, givens
from workflow.plan.gathering import emit_disposed
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER
from workflow.plan.nodes import Aggregate, Events, Filter, Lookup, Measure, Running, Take
from workflow.plan.spans import Spans, by_start, day_after

TOLD = ("event", "reason", "by")
"""What is known of a setting, each in a column `tier.set.…` of the subjects."""
PLACE, FROM, THROUGH = Column("set.place", COUNT), Column("from", DATE), Column("through", DATE)
_EVER = Literal(datetime.date.max, DATE)
_ZERO, _ONE = (Literal(Decimal(value), COUNT) for value in (0, 1))
_DAYS = number(7, 0)


def settable(spans: Spans, ground: Ground, policy: CheckedTiering, step: str) -> tuple[str, str | None]:
    """The subjects with what somebody has set for them, and the step of all settings; None where nobody may."""
    builder, setting = ground.builder, policy.setting
    if setting is None:
        return builder.derive(step, "tier.set", _ZERO, policy.span), None
    rows = _dated(spans, ground, policy, setting)
    holding = builder.derive(rows, "set.holds", Apply(Op.LE, (FROM, THROUGH), TRUTH), setting.span)
    holding = builder.add("settings", Filter(holding, "set.holds"))
    days = [Literal(day_after(occasion.whole[1]), DATE) for occasion in spans.occasions]
    step = builder.derive(step, "set.day", by_start(spans.occasions, days), setting.span)
    none = builder.cause("nothing-set", setting.span, event=setting.event.name)
    take = (
        Take(PLACE.name, PLACE.name, none),
        Take("event.id", "tier.set.event", none),
        *(Take(name, f"tier.set.{name}", none) for name in TOLD[1:]),
    )
    on = ((spans.key, spans.key),)
    step = builder.add("subjects", Lookup(step, holding, on, take, "set.day"))
    return builder.derive(step, "tier.set", PLACE, setting.span), rows


def _dated(spans: Spans, ground: Ground, policy: CheckedTiering, setting: Setting) -> str:
    """The settings of tiers that there are, with the days on which each holds."""
    builder, event, place = ground.builder, setting.event, setting.span
    rows = builder.add(event.name, Events(event.name, givens(ground, event, tuple(event.fields.values()))))
    if setting.subject != spans.key:
        whose = Column(setting.subject, event.fields[setting.subject].type)
        rows = builder.derive(rows, spans.key, whose, place)
    said = Column("tier", event.fields["tier"].type)
    number_of: Expression = _ZERO
    for number_, tier in enumerate(policy.tiers, 1):
        is_it = Apply(Op.EQ, (said, Literal(tier.name, said.type)), TRUTH)
        number_of = Apply(Op.IF, (where_known(is_it, Literal(False, TRUTH)), _count(number_), number_of), COUNT)
    rows = builder.derive(rows, PLACE.name, number_of, place)
    known = is_known(Column(spans.key, event.fields[setting.subject].type))
    there = all_of(known, Apply(Op.GT, (PLACE, _ZERO), TRUTH))
    rows = builder.derive(rows, "set.there", there, place)
    kept = builder.derive(builder.add("settings", Filter(rows, "set.there")), "set.one", _ONE, place)
    many = summed(COUNT)
    kept = builder.add("settings", Running(kept, "set.so far", "set.one", (spans.key,), ORDER, many))
    kept = builder.derive(kept, "set.turn", Column("set.so far", many), place, COUNT)
    following = Apply(Op.ADD, (Column("set.turn", COUNT), _ONE), many)
    kept = builder.derive(kept, "set.following", following, place, COUNT)
    none = builder.cause("nothing-set", place, event=event.name)
    take = (Take("event.day", "set.next day", none),)
    on = ((spans.key, spans.key), ("set.following", "set.turn"))
    kept = builder.add("settings", Lookup(kept, kept, on, take))
    kept = builder.derive(kept, FROM.name, Column("event.day", DATE), place)
    until = where_known(Column("until", DATE), _EVER)
    kept = builder.derive(kept, "set.until", until, place)
    before = Apply(Op.OF_COUNT, (_less_a_day(Column("set.next day", DATE)),), DATE)
    kept = builder.derive(kept, "set.before", before, place)
    ends = Apply(Op.MIN, (Column("set.until", DATE), where_known(Column("set.before", DATE), _EVER)), DATE)
    return builder.derive(kept, THROUGH.name, ends, place)


def _less_a_day(day: Expression) -> Expression:
    counted = Apply(Op.COUNT_OF, (day,), _DAYS)
    return Apply(Op.SUB, (counted, Literal(Decimal(1), _one())), _DAYS.sized(_DAYS.precision + 1, 0))


def _one() -> Type:
    return number(1, 0)


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
