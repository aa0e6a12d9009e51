"""Arithmetic of dates, times and durations, and the parts that they have."""

from __future__ import annotations

from collections.abc import Callable

from workflow.checks.expressions.counting import count_of, cut, of_count, over, plus, rest, times, units_in, whole
from workflow.checks.expressions.rules import Rules, type_word
from workflow.diagnostics import Fix, Span
from workflow.model.reading import nearest
from workflow.model.sizes import DURATIONS, product_type, quotient_type
from workflow.model.typed import Apply, Expression, Literal, Op, Rounding
from workflow.model.types import DATE, MAX_DIGITS, TIME, Kind, Type, number
from workflow.syntax import ast
from workflow.syntax.moments import MICROSECONDS

DAY, HOUR, MINUTE, SECOND = MICROSECONDS.values()
_MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.INSTANT})
_ELAPSED = Type(Kind.ELAPSED)


def is_temporal(of: Type) -> bool:
    """Whether it is a moment or a duration."""
    return of.kind in _MOMENTS or of.kind in DURATIONS


def opposite(rules: Rules, operand: Expression, span: Span) -> Expression | None:
    """A duration with the other sign."""
    if operand.type.kind not in DURATIONS:
        return rules.refuse("not-a-quantity", span, found=type_word(operand.type))
    return Apply(Op.NEG, (operand,), operand.type, span)


def reckoned(rules: Rules, op: Op, pair: tuple[Expression, Expression], tree: ast.Calculate) -> Expression | None:
    """Arithmetic one of whose sides is a moment or a duration."""
    left, right = pair
    if op is Op.ADD and right.type.kind in _MOMENTS and left.type.kind in DURATIONS:
        left, right = right, left
    if op in (Op.ADD, Op.SUB) and left.type.kind in _MOMENTS and right.type.kind in DURATIONS:
        return _moved(rules, op, (left, right), tree)
    if op is Op.SUB and left.type.kind is right.type.kind and left.type.kind in _MOMENTS:
        return _apart(left, right, tree.span)
    if left.type.kind is right.type.kind and left.type.kind in DURATIONS and op is not Op.MUL:
        if op is Op.DIV:
            counts = count_of(left), count_of(right)
            return Apply(op, counts, quotient_type(counts[0].type, counts[1].type, Kind.RATIO), tree.span)
        return Apply(op, (left, right), left.type, tree.span)
    if op in (Op.MUL, Op.DIV):
        return _scaled(rules, op, pair, tree)
    return _unlike(rules, pair, tree)


def _unlike(rules: Rules, pair: tuple[Expression, Expression], tree: ast.Calculate) -> Expression | None:
    kinds = {side.type.kind for side in pair}
    if Kind.INSTANT in kinds and len(kinds & _MOMENTS) > 1:
        return rules.refuse("no-calendar-in-an-instant", tree.span)
    left, right = (type_word(side.type) for side in pair)
    fix = next((_as_days(side) for side in pair if tree.operator in "+-" and _as_days(side)), None)
    return rules.refuse("unlike-units", tree.span, fix, operator=tree.operator, left=left, right=right)


def _as_days(side: Expression) -> Fix | None:
    """A bare whole number beside a date most likely means days."""
    bare = isinstance(side, Literal) and side.type.kind is Kind.NUMBER and side.type.scale == 0
    return Fix(side.span, f"{side.value} days") if bare and isinstance(side, Literal) else None


def _moved(rules: Rules, op: Op, pair: tuple[Expression, Expression], tree: ast.Calculate) -> Expression | None:
    """A moment, a duration later or earlier."""
    moment, length = pair
    kind, by = moment.type.kind, length.type.kind
    if op is Op.SUB:
        length = Apply(Op.NEG, (length,), length.type, length.span)
    if by is Kind.MONTHS and kind in {Kind.DATE, Kind.DATE_TIME}:
        return Apply(Op.ADD_MONTHS, (moment, length), moment.type, tree.span)
    if by is Kind.MONTHS and kind is Kind.INSTANT:
        return rules.refuse("no-calendar-in-an-instant", tree.span)
    if by is not Kind.ELAPSED:
        return _unlike(rules, pair, tree)
    count = count_of(length)
    if kind is Kind.DATE:
        count = cut(over(count, whole(DAY)), Rounding.FLOOR)
    total: Expression | None = plus(count_of(moment), count)
    assert total is not None
    if kind is Kind.TIME:
        total = rest(total, whole(DAY))
        assert total is not None
    return of_count(total, moment.type, tree.span)


def _apart(later: Expression, earlier: Expression, span: Span) -> Expression:
    """How long it is from one moment to another."""
    between = plus(count_of(later), count_of(earlier), Op.SUB)
    if later.type.kind is Kind.DATE:
        between = times(between, whole(DAY))
    return of_count(between, _ELAPSED, span)


def _scaled(rules: Rules, op: Op, pair: tuple[Expression, Expression], tree: ast.Calculate) -> Expression | None:
    """A duration times a number, or divided by one, cut to whole units towards zero."""
    left, right = pair
    if op is Op.MUL and right.type.kind in DURATIONS:
        left, right = right, left
    if left.type.kind not in DURATIONS or right.type.kind not in {Kind.NUMBER, Kind.RATIO}:
        return _unlike(rules, pair, tree)
    count = count_of(left)
    if op is Op.DIV:
        return of_count(cut(over(count, right), Rounding.DOWN), left.type, tree.span)
    product = product_type(count.type, right.type, Kind.NUMBER)
    if product is None or product.scale >= MAX_DIGITS:
        return rules.refuse("too-many-digits", tree.span)
    return of_count(cut(times(count, right), Rounding.DOWN), left.type, tree.span)


def on_the_day(moment: Expression) -> Expression:
    """The date of a date and time; a date as it is."""
    if moment.type.kind is Kind.DATE:
        return moment
    return of_count(cut(over(count_of(moment), whole(DAY)), Rounding.FLOOR), DATE)


def clock(moment: Expression) -> Expression:
    """The time of day in a date and time, or a time as it is."""
    if moment.type.kind is Kind.TIME:
        return moment
    left = rest(count_of(moment), whole(DAY))
    assert left is not None
    return of_count(left, TIME)


def _of_day(op: Op, digits: int) -> Callable[[Expression], Expression]:
    return lambda moment: Apply(op, (on_the_day(moment),), number(digits, 0))


def _of_clock(unit: int, within: int) -> Callable[[Expression], Expression]:
    return lambda moment: units_in(count_of(clock(moment)), unit, within)


def _of_length(unit: int, within: int = 0) -> Callable[[Expression], Expression]:
    return lambda length: units_in(count_of(length), unit, within)


def _seconds(length: Expression) -> Expression:
    """Seconds of a minute, with their parts."""
    micros = units_in(count_of(clock(length) if length.type.kind in _MOMENTS else length), 1, MINUTE)
    return times(micros, whole("0.000001"))


_DAYS = {
    "year": _of_day(Op.YEAR, 4),
    "month": _of_day(Op.MONTH, 2),
    "day": _of_day(Op.DAY, 2),
    "weekday": _of_day(Op.WEEKDAY, 1),
}
_CLOCKS = {"hour": _of_clock(HOUR, 24), "minute": _of_clock(MINUTE, 60), "second": _seconds}
PARTS: dict[Kind, dict[str, Callable[[Expression], Expression]]] = {
    Kind.DATE: _DAYS,
    Kind.TIME: _CLOCKS,
    Kind.DATE_TIME: {**_DAYS, **_CLOCKS},
    Kind.MONTHS: {"years": _of_length(12), "months": _of_length(1, 12)},
    Kind.ELAPSED: {
        "days": _of_length(DAY),
        "hours": _of_length(HOUR, 24),
        "minutes": _of_length(MINUTE, 60),
        "seconds": _seconds,
    },
}
"""The parts of each kind of moment and duration, by name."""


def part(rules: Rules, operand: Expression, name: str, place: tuple[Span, Span]) -> Expression | None:
    """`date.month`: a part of a value; `place` is that of the part's name and that of the whole."""
    if operand.type.kind is Kind.INSTANT:
        return rules.refuse("no-calendar-in-an-instant", place[1])
    known = PARTS.get(operand.type.kind, {})
    if name not in known:
        near = nearest(name, tuple(known))
        fix = Fix(place[0], f".{near}") if near else None
        word = type_word(operand.type)
        return rules.refuse("no-such-part", place[0], fix, found=name, of=word, accepted=tuple(known) or ("–",))
    return known[name](operand)


def type_property(rules: Rules, tree: ast.Property) -> Expression | None:
    """A part of a value that is no name."""
    operand = rules.type(tree.operand)
    return part(rules, operand, tree.name, (tree.name_span, tree.span)) if operand is not None else None
