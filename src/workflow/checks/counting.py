"""What a clause of pay is counted by: each event or the period, and over what the borders of its table are counted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workflow.checks.calculated import CheckedMeasure, CheckedValue, EventType
from workflow.checks.checked import Credit
from workflow.checks.clauses import Quantity, Rest, Row, Table
from workflow.checks.context import Context
from workflow.checks.measures import counted_type, event_scope, in_currency
from workflow.checks.scope import Scope
from workflow.model.incentive import PayClause as Written
from workflow.model.leaves import Reference
from workflow.model.sizes import sum_type
from workflow.model.terms import THIS_PERIOD, Function, Mode, Over, Yields
from workflow.model.typed import Column, Expression, Literal
from workflow.model.types import COUNT, MAX_DIGITS, Kind, Type, literal_type, money, shifted, summed

OVERS = tuple(over.value for over in Over)
LARGEST_SCALE = 10**9
"""Borders in the rest are made exact by whole numbers up to this one."""
MOST_PLACES = 12
"""Digits after the point of a border that was made exact."""


@dataclass(frozen=True, slots=True)
class PayPlace:
    """Where pay clauses stand: what they may name, what these names are, and how events are credited."""

    scope: Scope
    person: Scope
    measures: Mapping[str, CheckedMeasure]
    values: Mapping[str, CheckedValue]
    credit: Mapping[str, Credit]
    currency: str


def event_paid_for(context: Context, leaf: Reference) -> EventType | None:
    """The event type that `for each` names; None after noting that no person can be paid for one."""
    event = context.events.get(leaf.text)
    if event is None:
        context.unknown("unknown-event", leaf, [name for name, each in context.events.items() if each.owner])
    elif event.reverses is not None:
        context.refuse("measure-of-returns", leaf.span, found=event.name)
    elif event.owner is None:
        context.refuse("event-of-nobody", leaf.span, found=event.name)
    else:
        return event
    return None


def scope_of(place: PayPlace, event: EventType | None) -> Scope:
    """What the formulas of a clause may name: the results of the period, and of `for each` the event's own fields."""
    if event is None:
        return place.scope
    return place.scope.with_names(event_scope(event, place.currency, place.person).names)


def check_told_apart(context: Context, place: PayPlace, event: EventType, read: Iterable[Column]) -> None:
    """A name that a clause reads means either a field of the event or a result of the period."""
    results = {*place.measures, *place.values}
    for column in read:
        if column.name in event.fields and column.name in results:
            context.refuse("field-and-result", column.span, found=column.name, event=event.name)


def quantity_of(place: PayPlace, event: EventType | None, column: Column | None) -> Quantity | None:
    """What a name adds up, event by event; None where it is no field of the event, and no sum or count of events."""
    if column is None:
        return None
    if event is not None and column.name in event.fields:
        of = counted_type(in_currency(event.fields[column.name].type, place.currency), place.credit.get(event.name))
        return Quantity(column.name, event.name, column.name, None, _total(of))
    measure = place.measures.get(column.name)
    if measure is None or measure.function not in {Function.SUM, Function.COUNT}:
        return None
    if measure.window != THIS_PERIOD or measure.among is not None:
        return None
    if event is not None and measure.event != event.name:
        return None
    of = measure.type if measure.field is not None else COUNT
    return Quantity(measure.name, measure.event, measure.field, measure.name, _total(of))


def _total(of: Type) -> Type:
    """The type of a total over events, with an opening."""
    total = summed(of)
    return sum_type(total, money(of.unit)) if of.kind is Kind.MONEY else total


def over_of(context: Context, written: Written, event: EventType | None) -> Over | None:
    """What `accumulate` says; without it each event of `for each` is counted by itself."""
    word = context.choice(written.accumulate, OVERS)
    if word == Over.EVENT and event is None:
        assert written.accumulate is not None
        context.refuse("accumulate-event", written.accumulate.span)
        return None
    if word is None:
        return Over.EVENT if event is not None else None
    return Over(word)


def check_counted(
    context: Context, written: Written, over: Over, quantity: Quantity | None, table: tuple[Table, Column | None]
) -> bool:
    """Whether a table can be read by what is counted: its borders cut the very total that runs on."""
    if over is Over.EVENT:
        return True
    assert written.accumulate is not None
    place, (of, on) = written.accumulate.span, table
    if quantity is None:
        context.refuse("accumulate-what", place, found=on.name if on is not None else of.by_name, over=over)
        return False
    named = any(field.type.kind is Kind.PERIOD for field in context.events[quantity.event].fields.values())
    if named and over is not Over.PERIOD:
        context.refuse("accumulate-named-period", place, event=quantity.event, over=over)
        return False
    if of.by_name != quantity.name and not (over is Over.PERIOD and of.unit is not None):
        assert written.by is not None
        context.refuse("accumulate-by", written.by.span, by=of.by_name, on=quantity.name, over=over)
        return False
    return True


def check_rest(context: Context, written: Written, table: Table, counted: tuple[Over | None, Column | None]) -> bool:
    """Whether borders can be counted in what the payer keeps: slices with fixed rates, something kept in each."""
    assert written.borders_in is not None
    place, (over, on) = written.borders_in.span, counted
    if context.choice(written.borders_in, ("rest",)) is None:
        return False
    if over is None:
        context.refuse("rest-of-what", place)
        return False
    if table.mode is not Mode.MARGINAL or table.yields is not Yields.RATE:
        context.refuse("rest-needs-slices", place, found=table.mode)
        return False
    if on is None or table.by_name != on.name:
        assert written.by is not None
        context.refuse("rest-by", written.by.span, by=table.by_name, on=on.name if on is not None else "")
        return False
    for row in table.rows:
        if not isinstance(row.gives, Literal):
            context.refuse("rest-rate-open", row.gives.span)
            return False
        rate = _number(row.gives)
        if rate > 1 or (rate == 1 and row is not table.rows[-1]):
            context.refuse("rest-rate-whole", row.gives.span)
            return False
    return True


def in_rest(rows: Sequence[Row], total: Type) -> tuple[tuple[Row, ...], Rest] | None:
    """The rows of a table with borders in what is paid on, exactly; None where that takes too many digits.

    Of a slice, the payer keeps what its rate leaves. So a border that is k further in what is kept is k / (1 - rate)
    further in what is paid on. That has no end of digits for most rates: hence the scale.
    """
    written = _above_zero(rows)
    kept = [Fraction(_number(row.border)) for row in written]
    shares = [1 - Fraction(_number(row.gives)) for row in written]
    borders = [kept[0]]
    for at in range(1, len(written)):
        borders.append(borders[-1] + (kept[at] - kept[at - 1]) / shares[at - 1])
    slopes = [1 / share if share else Fraction(0) for share in shares]
    scale = math.lcm(*(_odd(each.denominator) for each in (*borders, *slopes)))
    exact = [_decimal(each * scale) for each in (*borders, *slopes, Fraction(scale))]
    if scale > LARGEST_SCALE or any(each is None for each in exact):
        return None
    known = [each for each in exact if each is not None]
    own = [_literal(each, Kind.MONEY, total.unit, row) for each, row in zip(known, written, strict=False)]
    steep = [_literal(each, Kind.RATIO, "", row) for each, row in zip(known[len(own) :], written, strict=False)]
    position = [Row(row.border, slope, row.span) for row, slope in zip(written, steep, strict=True)]
    if kept[0] > 0:
        zero = Literal(Decimal(0), written[0].border.type.sized(1, 0))
        position.insert(0, Row(zero, _literal(known[-1], Kind.RATIO, "", written[0]), written[0].span))
    places = max(
        total.scale, *(each.type.scale for each in own), *(money("").scale + each.type.scale for each in steep)
    )
    digits = total.precision - total.scale + len(str(scale)) + 3 + places
    if places > MAX_DIGITS:
        return None
    of = Type(Kind.MONEY, min(digits, MAX_DIGITS), places, total.unit)
    found = tuple(Row(border, row.gives, row.span) for border, row in zip(own, written, strict=True))
    return found, Rest(tuple(written), Decimal(scale), tuple(position), of)


def _above_zero(rows: Sequence[Row]) -> list[Row]:
    """The rows with the lowest from 0, if it began below: of a marginal table only what is above 0 counts."""
    above = [row for row in rows if _number(row.border) > 0]
    lower = rows[len(rows) - len(above) - 1] if len(above) < len(rows) else None
    if lower is None:
        return above
    return [Row(Literal(Decimal(0), lower.border.type.sized(1, 0), lower.border.span), lower.gives, lower.span), *above]


def _literal(value: Decimal, kind: Kind, unit: str, row: Row) -> Literal:
    return Literal(value, literal_type(kind, value, unit), row.border.span)


def _number(expression: Expression) -> Decimal:
    assert isinstance(expression, Literal)
    assert isinstance(expression.value, Decimal)
    return expression.value


def _odd(number: int) -> int:
    """A number without its factors 2 and 5, which a decimal has no trouble with."""
    for factor in (2, 5):
        while number % factor == 0:
            number //= factor
    return number


def _decimal(value: Fraction) -> Decimal | None:
    """A fraction as a decimal; None where it has too many digits after the point."""
    for places in range(MOST_PLACES + 1):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return shifted(Decimal(scaled.numerator), -places)
    return None
