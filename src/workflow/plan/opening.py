"""Openings: where somebody recorded how far a total had come, the events up to that day are in it.

An opening names a clause that accumulates, and a day. It is the total at that day's end, of the stretch of days in
which the day lies; of two for one stretch, the one that became known later holds. With `borders in: rest` it says what
the payer has kept so far.

Columns of the rows of clause `c`: `pay.c.opening` (0 without one), `pay.c.opening.day`, `.event`, `.id` and `.reason`;
with borders in the rest also `pay.c.opening.position`, how much was paid on, times the scale of the table.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.builtin import OPENED
from workflow.checks.calculated import EventType
from workflow.checks.clauses import Rest
from workflow.checks.facts import fact_name
from workflow.checks.opening import can_open
from workflow.checks.tables import rate_type_of
from workflow.model.sizes import product_type, sum_type
from workflow.model.terms import Function, Mode, Yields
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type, literal_type, money
from workflow.plan.building import NO, all_of, any_of
from workflow.plan.counted import Counting
from workflow.plan.credits import FILTERED, OUT_OF_PERIOD, UNMATCHED, USED, givens, own_amount
from workflow.plan.ground import PayGround
from workflow.plan.nodes import Aggregate, Events, Filter, Lookup, Measure, Take, TierRow, Tiers
from workflow.plan.stretches import inside, since

LATER = ("event.recorded", "event.time", "event.source", "event")
"""Of two openings the one that is greater by these holds."""
_DAY = Column("as of", DATE)


@dataclass(frozen=True, slots=True)
class Openings:
    """The step of all recorded openings, and of each clause that of those which hold, one a person and stretch."""

    rows: str
    held: Mapping[str, str]


def openings(ground: PayGround, event: EventType) -> Openings:
    """The openings that are recorded; `event` is the type `opening.set`, as the workspace knows it."""
    builder, place = ground.builder, ground.policy.span
    fields = tuple(replace(each, type=TEXT) if each.type.is_textual else each for each in event.fields.values())
    rows = builder.add(OPENED, Events(OPENED, givens(ground, event, fields)))
    amount = own_amount(ground, event.fields["value"])
    rows = builder.derive(rows, "value.own", amount, place)
    held = {}
    for clause in filter(can_open, ground.policy.pay):
        stem, counted = f"pay.{clause.name}", clause.counted
        assert counted is not None
        fact = Literal(fact_name(ground.policy.id, clause.name), TEXT)
        rows = builder.derive(rows, f"{stem}.named", Apply(Op.EQ, (Column("fact", TEXT), fact), TRUTH), place)
        told = all_of(Column(f"{stem}.named", TRUTH), inside(ground.occasion, counted, _DAY))
        rows = builder.derive(rows, f"{stem}.opens", told, place)
        rows = builder.derive(rows, f"{stem}.since", since(ground.occasion, counted, _DAY), place)
        own = builder.add(f"{stem} opening", Filter(rows, f"{stem}.opens"))
        taken = [("opening.value", "value.own", amount.type), ("opening.day", "as of", DATE)]
        taken += [
            ("opening.event", "event", COUNT),
            ("opening.id", "event.id", TEXT),
            ("opening.reason", "reason", TEXT),
        ]
        latest = tuple(Measure(f"{stem}.{name}", Function.LATEST, of, value, None, LATER) for name, value, of in taken)
        held[clause.name] = builder.add(f"{stem} opening", Aggregate(own, ("person", f"{stem}.since"), latest))
    return Openings(rows, held)


def disposed_openings(ground: PayGround, found: Openings, subjects: str) -> str:
    """The step that says what became of each opening. One that a later one replaces is filtered."""
    builder, place, rows = ground.builder, ground.policy.span, found.rows
    rows = builder.add(OPENED, Lookup(rows, subjects, (("person", "person"),), (), found="opening.subject"))
    named, opens, holds = [], [], []
    for clause, held in found.held.items():
        stem = f"pay.{clause}"
        on = (("person", "person"), (f"{stem}.since", f"{stem}.since"), ("event", f"{stem}.opening.event"))
        rows = builder.add(OPENED, Lookup(rows, held, on, (), found=f"{stem}.holds"))
        named.append(Column(f"{stem}.named", TRUTH))
        opens.append(Column(f"{stem}.opens", TRUTH))
        holds.append(all_of(opens[-1], Column(f"{stem}.holds", TRUTH)))
    used, filtered, elsewhere, nowhere = (
        Literal(Decimal(code), COUNT) for code in (USED, FILTERED, OUT_OF_PERIOD, UNMATCHED)
    )
    code: Expression = nowhere
    if found.held:
        code = Apply(Op.IF, (any_of(*holds), used, filtered), COUNT)
        code = Apply(Op.IF, (any_of(*opens), code, elsewhere), COUNT)
        code = Apply(Op.IF, (any_of(*named), code, nowhere), COUNT)
        code = Apply(Op.IF, (Column("opening.subject", TRUTH), code, nowhere), COUNT)
    return builder.derive(rows, "event.disposition", code, place)


def opened(counting: Counting, step: str) -> str:
    """The rows with the opening of each one's person and stretch."""
    if counting.opening is None:
        return step
    builder, stem, quantity = counting.ground.builder, counting.stem, counting.counted.quantity
    assert quantity is not None
    none = builder.cause("no-opening", counting.clause.span, name=counting.clause.name)
    take = tuple(Take(f"{stem}.opening.{name}", f"{stem}.opening.{name}", none) for name in TOLD)
    on = (("credit.person", "person"), (f"{stem}.since", f"{stem}.since"))
    found = Column(f"{stem}.opened", TRUTH)
    step = builder.add(builder.stem(step), Lookup(step, counting.opening, on, take, found=found.name))
    value = Column(f"{stem}.opening.value", _value_type(counting))
    amount = Apply(Op.IF, (found, value, Literal(Decimal(0), value.type)), value.type)
    step = counting.derive(step, f"{stem}.opening", amount, value.type)
    rest = counting.clause.table.rest if counting.clause.table is not None else None
    return step if rest is None else _placed(counting, step, rest)


TOLD = ("value", "day", "event", "id", "reason")
"""What is known of an opening, each in a column `pay.c.opening.…` of the rows."""


def with_opening(counting: Counting, total: Column) -> Expression:
    """A total that begins with its opening; one of which the borders lie in the rest begins with it later."""
    quantity, table = counting.counted.quantity, counting.clause.table
    assert quantity is not None
    if counting.opening is None or (table is not None and table.rest is not None):
        return total
    opening = Column(f"{counting.stem}.opening", _value_type(counting))
    return Apply(Op.ADD, (total, opening), sum_type(total.type, opening.type))


def after(counting: Counting, step: str, day: Column) -> str:
    """The rows that are not in an opening: those of later days."""
    if counting.opening is None:
        return step
    stem = counting.stem
    later = Apply(Op.GT, (day, Column(f"{stem}.opening.day", DATE)), TRUTH)
    begun = Apply(Op.NOT, (Column(f"{stem}.opened", TRUTH),), TRUTH)
    return counting.keep(counting.derive(step, f"{stem}.after", any_of(begun, later)), f"{stem}.after")


def covers(counting: Counting, step: str, day: datetime.date | None) -> tuple[str, Expression]:
    """The subjects, and whether an opening holds all that came before a day; None is no such day."""
    if counting.opening is None or day is None:
        return step, NO
    stem, builder = counting.stem, counting.ground.builder
    none = builder.cause("no-opening", counting.clause.span, name=counting.clause.name)
    told, found = Column(f"{stem}.opening.day", DATE), Column(f"{stem}.opened", TRUTH)
    take = (Take(told.name, told.name, none),)
    step = builder.add(
        builder.stem(step), Lookup(step, counting.opening, (("person", "person"),), take, found=found.name)
    )
    reaches = Apply(Op.GE, (told, Literal(day - datetime.timedelta(days=1), DATE)), TRUTH)
    step = counting.derive(step, f"{stem}.covered", Apply(Op.IF, (found, reaches, NO), TRUTH))
    return step, Column(f"{stem}.covered", TRUTH)


def _value_type(counting: Counting) -> Type:
    quantity = counting.counted.quantity
    assert quantity is not None
    return money(quantity.type.unit)


def _placed(counting: Counting, step: str, rest: Rest) -> str:
    """The rows with how much was paid on when the payer had kept so much, times the scale of the table.

    Below zero the payer has kept all of it, as nothing is paid there; but by the same rates a share of it.
    """
    stem, builder, kept = (
        counting.stem,
        counting.ground.builder,
        Column(f"{counting.stem}.opening", _value_type(counting)),
    )
    zero, below_zero = Literal(Decimal(0), kept.type), counting.clause.below_zero
    negative = Apply(Op.LT, (kept, zero), TRUTH)
    size = Column(f"{stem}.opening.size", kept.type)
    turned = Apply(Op.IF, (negative, Apply(Op.NEG, (kept,), kept.type), kept), kept.type) if below_zero else kept
    step = counting.derive(step, size.name, turned, size.type)
    rows = tuple(TierRow(row.border, row.gives, row.span) for row in rest.position)
    node = Tiers(
        of=step,
        name=f"{stem}.opening.above",
        by=size,
        on=size,
        mode=Mode.MARGINAL,
        yields=Yields.RATE,
        rows=rows,
        rate_type=rate_type_of(rest.position, Mode.MARGINAL),
        type=rest.type,
        too_large=builder.cause("too-large", counting.clause.span, name=counting.clause.name),
    )
    step = builder.add(builder.stem(step), node)
    above = Column(node.name, rest.type)
    scale = Literal(rest.scale, literal_type(Kind.NUMBER, rest.scale))
    product = product_type(kept.type, scale.type, Kind.MONEY, kept.type.unit)
    assert product is not None
    whole = Apply(Op.MUL, (Apply(Op.MIN, (kept, zero), kept.type), scale), product)
    position = Apply(Op.ADD, (above, whole), sum_type(rest.type, product))
    if below_zero:
        position = Apply(Op.IF, (negative, Apply(Op.NEG, (above,), above.type), above), above.type)
    return counting.derive(step, f"{stem}.opening.position", position, rest.type)
