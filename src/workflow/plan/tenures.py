"""On which days each tier holds that somebody has set by hand: from its event's day until the day that it names.

A later one of the same subject ends the one before it. Columns of the events: `set.place` (the tier's, 0 if there is no
such tier), `from` and `through`, the days on which it holds.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from workflow.checks.tiers import CheckedTiering, Setting
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH, Type, number, summed
from workflow.plan.building import all_of, any_of, is_known, where_known
from workflow.plan.credits import givens
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER
from workflow.plan.nodes import Events, Filter, Lookup, Running, Take

TOLD = {"event": "event.id", "reason": "reason", "by": "by"}
"""What is known of a setting, and the column of its event that says it."""
PLACE, FROM, THROUGH = Column("set.place", COUNT), Column("from", DATE), Column("through", DATE)
_EVER = Literal(datetime.date.max, DATE)
_ZERO, _ONE = (Literal(Decimal(value), COUNT) for value in (0, 1))
_DAYS = number(7, 0)


def dated(ground: Ground, policy: CheckedTiering, setting: Setting) -> tuple[str, str]:
    """The settings of the tiers that there are, with the days on which each holds; and those that hold on some day."""
    builder, event, place, key = ground.builder, setting.event, setting.span, policy.subject
    rows = builder.add(event.name, Events(event.name, givens(ground, event, tuple(event.fields.values()))))
    if setting.subject != key:
        whose = Column(setting.subject, event.fields[setting.subject].type)
        rows = builder.derive(rows, key, whose, place)
    said = Column("tier", event.fields["tier"].type)
    number_of: Expression = _ZERO
    for number_, tier in enumerate(policy.tiers, 1):
        names = (Apply(Op.EQ, (said, Literal(name, said.type)), TRUTH) for name in (tier.name, *tier.was))
        is_it = where_known(any_of(*names), Literal(False, TRUTH))
        number_of = Apply(Op.IF, (is_it, _count(number_), number_of), COUNT)
    rows = builder.derive(rows, PLACE.name, number_of, place)
    known = is_known(Column(key, event.fields[setting.subject].type))
    there = all_of(known, Apply(Op.GT, (PLACE, _ZERO), TRUTH))
    rows = builder.derive(rows, "set.there", there, place)
    kept = builder.derive(builder.add("settings", Filter(rows, "set.there")), "set.one", _ONE, place)
    many = summed(COUNT)
    kept = builder.add("settings", Running(kept, "set.so far", "set.one", (key,), ORDER, many))
    kept = builder.derive(kept, "set.turn", Column("set.so far", many), place, COUNT)
    following = Apply(Op.ADD, (Column("set.turn", COUNT), _ONE), many)
    kept = builder.derive(kept, "set.following", following, place, COUNT)
    none = builder.cause("nothing-set", place, event=event.name)
    take = (Take("event.day", "set.next day", none),)
    on = ((key, key), ("set.following", "set.turn"))
    kept = builder.add("settings", Lookup(kept, kept, on, take))
    kept = builder.derive(kept, FROM.name, Column("event.day", DATE), place)
    until = where_known(Column("until", DATE), _EVER)
    kept = builder.derive(kept, "set.until", until, place)
    before = Apply(Op.OF_COUNT, (_less_a_day(Column("set.next day", DATE)),), DATE)
    kept = builder.derive(kept, "set.before", before, place)
    ends = Apply(Op.MIN, (Column("set.until", DATE), where_known(Column("set.before", DATE), _EVER)), DATE)
    kept = builder.derive(kept, THROUGH.name, ends, place)
    holding = builder.derive(kept, "set.holds", Apply(Op.LE, (FROM, THROUGH), TRUTH), place)
    return kept, builder.add("settings", Filter(holding, "set.holds"))


def _less_a_day(day: Expression) -> Expression:
    counted = Apply(Op.COUNT_OF, (day,), _DAYS)
    return Apply(Op.SUB, (counted, Literal(Decimal(1), _one())), _DAYS.sized(_DAYS.precision + 1, 0))


def _one() -> Type:
    return number(1, 0)


def _count(value: int) -> Literal:
    return Literal(Decimal(value), COUNT)


def set_on(
    ground: Ground, step: str, asked: tuple[str, str, str], version: CheckedTiering, words: tuple[str, ...] = ()
) -> tuple[str, Column]:
    """Rows with what a version's settings say for each on its own day; and the place of the tier that is set there,
    missing where none is.

    Args:
        ground: what the policy stands on that asks.
        step: the rows.
        asked: the stem of the columns that are added, the column that names the subject, and that of the day.
        version: the tiering, by whose tiers it is set.
        words: which of TOLD are wanted too.
    """
    (stem, key, day), setting, builder = asked, version.setting, ground.builder
    assert setting is not None, "what nobody may set isn't asked"
    _, holding = dated(ground, version, setting)
    none = builder.cause("nothing-set", setting.span, event=setting.event.name)
    place = Column(f"{stem}.place", COUNT)
    take = (Take(PLACE.name, place.name, none), *(Take(TOLD[word], f"{stem}.{word}", none) for word in words))
    step = builder.add(builder.stem(step), Lookup(step, holding, ((key, version.subject),), take, day))
    return step, place


def fact_in(version: CheckedTiering, fact: str, place: Column, ground: Ground) -> Expression:
    """What a fact that stands with the tier is, by the place of the tier; missing where that has none."""
    worth, of = version.standing(fact), version.offers[fact].type
    assert worth is not None, f"{fact} doesn't stand"
    found: Expression = Missing(ground.builder.cause("not-promised", version.span, name=fact), of)
    for number_, each in enumerate(worth, 1):
        if each is not None:
            value = Literal(each.value, of, each.span)
            found = Apply(Op.IF, (Apply(Op.EQ, (place, _count(number_)), TRUTH), value, found), of)
    return found
