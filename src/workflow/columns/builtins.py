"""The built-ins as SQL: for each the value of known operands, null where there is no result."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from workflow.columns.division import rescaled, unscaled
from workflow.columns.durations import duration_text
from workflow.columns.layers import Layers
from workflow.columns.numbers import sized
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    Tree,
    attempted,
    binary,
    both,
    call,
    cast,
    concatenated,
    constant,
    decimal,
    either,
    is_known,
    opposite,
    plain,
    text,
    when,
    whole,
)
from workflow.model.sizes import DURATIONS, Size, size_of
from workflow.model.typed import Apply, Literal, Op
from workflow.model.types import DATE, Kind, number_form

_EPOCH = datetime.date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = ((day - _EPOCH).days for day in (datetime.date.min, datetime.date.max))
_DAY = 86_400_000_000
"""Microseconds."""
_MOST_MONTHS = 12 * datetime.MAXYEAR
_DATE_FORM = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _within(tree: Tree, least: int, most: int) -> Tree:
    return both(binary(">=", tree, plain(least)), binary("<=", tree, plain(most)))


def _bigint(tree: Tree) -> Tree:
    return cast(tree, "BIGINT")


def _modulo(layers: Layers, of: Apply, left: Tree, right: Tree) -> Tree:
    a, b = size_of(of.args[0].type), size_of(of.args[1].type)
    scale = of.type.scale
    wide = Size(max(a.whole, b.whole, 1 - scale) + scale, scale)
    n, d = (layers.once(unscaled(sized(side, wide), wide)) for side in (left, right))
    rest = layers.once(binary("%", n, call("nullif", d, whole(0))))
    apart = binary("!=", binary("<", rest, whole(0)), binary("<", d, whole(0)))
    short = both(binary("!=", rest, whole(0)), apart)
    return rescaled(binary("+", rest, when((short, d), otherwise=whole(0))), size_of(of.type), large=False)


def _nth(layers: Layers, of: Apply, place: Tree, *values: Tree) -> Tree:
    k = of.args[0]
    assert isinstance(k, Literal)
    like = [layers.once(sized(value, size_of(of.type))) for value in values]
    found = call("list_extract", call("list_sort", call("list_value", *like)), plain(int(str(k.value))))
    # A list holds nulls as values; one of them makes the whole unknown.
    return when((both(is_known(like[0]), *(is_known(each) for each in like[1:])), found))


def _join(layers: Layers, of: Apply, *texts: Tree) -> Tree:
    return concatenated(*texts)


def _length(layers: Layers, of: Apply, value: Tree) -> Tree:
    return cast(call("length", value), sql_type(of.type))


def _substring(layers: Layers, of: Apply, value: Tree, start: Tree, count: Tree | None = None) -> Tree:
    held, place = layers.once(value), layers.once(_bigint(start))
    size = layers.once(call("length", held))
    forward = binary(">", place, plain(0))
    first = when((forward, place), otherwise=binary("+", binary("+", size, place), plain(1)))
    possible = both(binary("!=", place, plain(0)), binary("<=", call("abs", place), size))
    if count is None:
        return when((possible, call("substring", held, first)))
    taken = layers.once(_bigint(count))
    fewer = when((binary("<", taken, size), taken), otherwise=size)
    return when((both(possible, binary(">=", taken, plain(1))), call("substring", held, first, fewer)))


def _plainly(name: str) -> Callable[..., Tree]:
    return lambda layers, of, *operands: call(name, *operands)


def _before(layers: Layers, of: Apply, value: Tree, match: Tree) -> Tree:
    held, sought = layers.once(value), layers.once(match)
    place = layers.once(call("instr", held, sought))
    none = either(binary("=", sought, text("")), binary("=", place, plain(0)))
    return when((none, text("")), (opposite(none), call("substring", held, plain(1), binary("-", place, plain(1)))))


def _after(layers: Layers, of: Apply, value: Tree, match: Tree) -> Tree:
    held, sought = layers.once(value), layers.once(match)
    place = layers.once(call("instr", held, sought))
    behind = call("substring", held, binary("+", place, call("length", sought)))
    empty, absent = binary("=", sought, text("")), binary("=", place, plain(0))
    return when((empty, held), (absent, text("")), (binary(">", place, plain(0)), behind))


def _text_of(layers: Layers, of: Apply, value: Tree) -> Tree:
    source = of.args[0].type
    match source.kind:
        case Kind.TIME:
            return call("substring", cast(call("make_timestamp", value), "VARCHAR"), plain(12))
        case Kind.DATE_TIME:
            return call("replace", cast(value, "VARCHAR"), text(" "), text("T"))
        case Kind.MONTHS | Kind.ELAPSED:
            return duration_text(layers, value, months=source.kind is Kind.MONTHS)
    written = cast(value, "VARCHAR")
    if source.is_numeric and source.scale == source.precision:
        # DuckDB leaves out the 0 before a point before which no digit can stand.
        held = layers.once(written)
        negative = (call("starts_with", held, text("-")), concatenated(text("-0"), call("substring", held, plain(2))))
        written = when(negative, otherwise=concatenated(text("0"), held))
    if source.is_numeric and source.scale:
        return call("rtrim", call("rtrim", written, text("0")), text("."))
    return written


def _number_of(layers: Layers, of: Apply, value: Tree, grouping: Tree, point: Tree) -> Tree:
    marks = []
    for arg in of.args[1:]:
        assert isinstance(arg, Literal)
        marks.append(str(arg.value))
    written = call("replace", value, text(marks[0]), text("")) if marks[0] else value
    if marks[1] != ".":
        written = call("replace", call("replace", written, text("."), text("?")), text(marks[1]), text("."))
    held = layers.once(written)
    possible = call("regexp_full_match", held, text(number_form(of.type)))
    return when((possible, attempted(cast(held, sql_type(of.type)))))


def _date_of(layers: Layers, of: Apply, value: Tree) -> Tree:
    held = layers.once(value)
    possible = both(call("regexp_full_match", held, text(_DATE_FORM)), binary(">=", held, text("0001")))
    return when((possible, attempted(cast(held, "DATE"))))


def _count_of(layers: Layers, of: Apply, value: Tree) -> Tree:
    match of.args[0].type.kind:
        case Kind.DATE:
            value = binary("-", value, constant(_EPOCH, DATE))
        case Kind.DATE_TIME | Kind.INSTANT:
            value = call("epoch_us", value)
    return cast(value, sql_type(of.type))


def _of_count(layers: Layers, of: Apply, value: Tree) -> Tree:
    held = layers.once(value)
    kind = of.type.kind
    if kind in DURATIONS:
        return attempted(_bigint(decimal(held, 18, 0)))
    if kind is Kind.DATE:
        days = cast(held, "INTEGER")
        return when((_within(held, _FIRST_DAY, _LAST_DAY), binary("+", constant(_EPOCH, DATE), days)))
    if kind is Kind.TIME:
        return when((_within(held, 0, _DAY - 1), _bigint(held)))
    possible = _within(held, _FIRST_DAY * _DAY, (_LAST_DAY + 1) * _DAY - 1)
    return when((possible, call("make_timestamp", _bigint(held))))


def _counted(name: str) -> Callable[..., Tree]:
    return lambda layers, of, value: cast(call(name, value), sql_type(of.type))


def _date_from(layers: Layers, of: Apply, year: Tree, month: Tree, day: Tree) -> Tree:
    y, m, d = (layers.once(_bigint(part)) for part in (year, month, day))
    possible = both(_within(y, 1, datetime.MAXYEAR), _within(m, 1, 12), _within(d, 1, 31))
    return when((possible, attempted(call("make_date", y, m, d))))


def _add_months(layers: Layers, of: Apply, moment: Tree, months: Tree) -> Tree:
    count = layers.once(months)
    moved = binary("+", moment, call("to_months", cast(count, "INTEGER")))
    held = layers.once(when((_within(count, -_MOST_MONTHS, _MOST_MONTHS), cast(moved, sql_type(of.type)))))
    return when((_within(call("year", held), datetime.MINYEAR, datetime.MAXYEAR), held))


def _months_between(layers: Layers, of: Apply, since: Tree, until: Tree) -> Tree:
    a, b = layers.once(since), layers.once(until)
    months = layers.once(binary("-", _months(b), _months(a)))
    rest = layers.once(binary("-", call("day", b), call("day", a)))
    less = both(binary(">", months, plain(0)), binary("<", rest, plain(0)))
    more = both(binary("<", months, plain(0)), binary(">", rest, plain(0)))
    return _bigint(binary("+", months, when((less, plain(-1)), (more, plain(1)), otherwise=plain(0))))


def _months(moment: Tree) -> Tree:
    return binary("+", binary("*", call("year", moment), plain(12)), call("month", moment))


BUILT_INS: dict[Op, Callable[..., Tree]] = {
    Op.ABS: _plainly("abs"),
    Op.MODULO: _modulo,
    Op.NTH: _nth,
    Op.JOIN: _join,
    Op.LENGTH: _length,
    Op.SUBSTRING: _substring,
    Op.UPPER: _plainly("upper"),
    Op.LOWER: _plainly("lower"),
    Op.CONTAINS: _plainly("contains"),
    Op.STARTS: _plainly("starts_with"),
    Op.ENDS: _plainly("suffix"),
    Op.BEFORE: _before,
    Op.AFTER: _after,
    Op.TEXT_OF: _text_of,
    Op.NUMBER_OF: _number_of,
    Op.DATE_OF: _date_of,
    Op.COUNT_OF: _count_of,
    Op.OF_COUNT: _of_count,
    Op.YEAR: _counted("year"),
    Op.MONTH: _counted("month"),
    Op.DAY: _counted("day"),
    Op.WEEKDAY: _counted("isodow"),
    Op.DAY_OF_YEAR: _counted("dayofyear"),
    Op.WEEK_OF_YEAR: _counted("week"),
    Op.DAY_NAME: _plainly("dayname"),
    Op.MONTH_NAME: _plainly("monthname"),
    Op.DATE_FROM: _date_from,
    Op.ADD_MONTHS: _add_months,
    Op.MONTHS_BETWEEN: _months_between,
}
"""How each built-in is lowered: from the layers, the operator with its types, and its operands."""
