"""Built-ins that make dates, times and durations, and those of the calendar."""

from __future__ import annotations

from workflow.checks.expressions.comparing import joined
from workflow.checks.expressions.counting import count_of, cut, of_count, plus, times, whole
from workflow.checks.expressions.literals import iso
from workflow.checks.expressions.moments import DAY, HOUR, MINUTE, SECOND, clock, on_the_day
from workflow.checks.expressions.rules import Rules
from workflow.checks.expressions.signatures import DAYS, TEXTS, Given, Parameter, Signature
from workflow.diagnostics import Span
from workflow.model.sizes import unified
from workflow.model.typed import Apply, Expression, Literal, Op, Rounding
from workflow.model.types import DATE, DATE_TIME, TEXT, TIME, TRUTH, Kind, Type, number

_NUMBER = frozenset({Kind.NUMBER})
_MOST_DIGITS = 18


def _text(value: Expression | None) -> str | None:
    return str(value.value) if isinstance(value, Literal) and value.type.kind is Kind.TEXT else None


def _date(rules: Rules, given: Given, span: Span) -> Expression | None:
    (value,) = given
    assert value is not None
    if value.type.kind is not Kind.TEXT:
        return on_the_day(value)
    text = _text(value)
    return Apply(Op.DATE_OF, (value,), DATE, span) if text is None else iso(rules, text, span, ("date",), value.span)


def _time(rules: Rules, given: Given, span: Span) -> Expression | None:
    (value,) = given
    text = _text(value)
    assert value is not None
    return clock(value) if text is None else iso(rules, text, span, ("time",), value.span)


def _date_time(rules: Rules, given: Given, span: Span) -> Expression | None:
    (value,) = given
    text = _text(value)
    assert value is not None
    if text is None:
        return _midnight(value, span) if value.type.kind is Kind.DATE else value
    found = iso(rules, text, span, ("date", "date and time"), value.span)
    return _midnight(found, span) if found is not None and found.type.kind is Kind.DATE else found


def _midnight(day: Expression, span: Span) -> Expression:
    return of_count(times(count_of(day), whole(DAY)), DATE_TIME, span)


def _duration(rules: Rules, given: Given, span: Span) -> Expression | None:
    (value,) = given
    text = _text(value)
    assert value is not None
    assert text is not None
    return iso(rules, text, span, ("months", "elapsed"), value.span)


def _date_from(rules: Rules, given: Given, span: Span) -> Expression | None:
    parts = tuple(_small(part) for part in given if part is not None)
    return Apply(Op.DATE_FROM, parts, DATE, span)


def _small(part: Expression) -> Expression:
    """A whole number of few enough digits for a calendar; what has more is too large for one anyway."""
    down = cut(part, Rounding.DOWN)
    if down.type.precision <= _MOST_DIGITS:
        return down
    return Apply(Op.ADD, (down, whole(0)), number(_MOST_DIGITS, 0))


def _time_from(rules: Rules, given: Given, span: Span) -> Expression | None:
    hour, minute, second = (part for part in given if part is not None)
    parts = ((_small(hour), 24, HOUR), (_small(minute), 60, MINUTE), (second, 60, SECOND))
    total: Expression | None = None
    tests: list[Expression | None] = []
    for part, most, unit in parts:
        tests.append(Apply(Op.GE, (part, whole(0)), TRUTH))
        tests.append(Apply(Op.LT, (part, whole(most)), TRUTH))
        micros = cut(times(part, whole(unit)), Rounding.DOWN)
        total = micros if total is None else plus(total, micros)
    possible = joined(Op.AND, tests, span)
    assert total is not None
    assert possible is not None
    none = whole(-1)
    # There is no time of day before midnight, so what isn't possible has no result.
    count = Apply(Op.IF, (possible, total, none), unified(total.type, none.type))
    return of_count(count, TIME, span)


def _together(rules: Rules, given: Given, span: Span) -> Expression | None:
    day, time = given
    assert day is not None
    assert time is not None
    midnight = times(count_of(on_the_day(day)), whole(DAY))
    return of_count(plus(midnight, count_of(time)), DATE_TIME, span)


def _between(rules: Rules, given: Given, span: Span) -> Expression | None:
    since, until = given
    assert since is not None
    assert until is not None
    return Apply(Op.MONTHS_BETWEEN, (on_the_day(since), on_the_day(until)), Type(Kind.MONTHS), span)


def _of_day(op: Op, of: Type) -> tuple[Signature, ...]:
    def build(rules: Rules, given: Given, span: Span) -> Expression | None:
        (moment,) = given
        assert moment is not None
        return Apply(op, (on_the_day(moment),), of, span)

    return (Signature((Parameter("date", DAYS),), build),)


CALENDAR_FUNCTIONS: dict[str, tuple[Signature, ...]] = {
    "date": (
        Signature((Parameter("from", DAYS | TEXTS),), _date),
        Signature(tuple(Parameter(name, _NUMBER) for name in ("year", "month", "day")), _date_from),
    ),
    "time": (
        Signature((Parameter("from", frozenset({Kind.TEXT, Kind.TIME, Kind.DATE_TIME})),), _time),
        Signature(tuple(Parameter(name, _NUMBER) for name in ("hour", "minute", "second")), _time_from),
    ),
    "date and time": (
        Signature((Parameter("from", DAYS | TEXTS),), _date_time),
        Signature((Parameter("date", DAYS), Parameter("time", frozenset({Kind.TIME}))), _together),
    ),
    "duration": (Signature((Parameter("from", TEXTS, literal=True),), _duration),),
    "years and months duration": (Signature((Parameter("from", DAYS), Parameter("to", DAYS)), _between),),
    "day of year": _of_day(Op.DAY_OF_YEAR, number(3, 0)),
    "day of week": _of_day(Op.DAY_NAME, TEXT),
    "month of year": _of_day(Op.MONTH_NAME, TEXT),
    "week of year": _of_day(Op.WEEK_OF_YEAR, number(2, 0)),
}
"""By name."""
