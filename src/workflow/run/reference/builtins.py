"""The built-ins for one row: each takes the operator with its types, and its operands, all of them known."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflow.model.typed import Apply, Op
from workflow.model.types import Kind, number_form
from workflow.run.reference.cells import EXACT, Cell, decimal, exact, integer
from workflow.syntax.moments import clock_text, elapsed_text, moment_text, months_text

EPOCH = datetime.date(1970, 1, 1)
MIDNIGHT = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 what a clock on a wall shows has no zone
DAY = 86_400 * 1_000_000
"""Microseconds."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Undefined(Exception):
    """There is no result for these operands."""


def _absolute(of: Apply, value: Any) -> Cell:
    return EXACT.abs(value) if isinstance(value, Decimal) else abs(int(value))


def _modulo(of: Apply, a: Decimal, b: Decimal) -> Cell:
    scale = of.type.scale
    return decimal(integer(a, scale) % integer(b, scale), scale)


def _nth(of: Apply, k: Decimal, *values: Decimal) -> Cell:
    return sorted(values)[int(k) - 1]


def _substring(of: Apply, text: str, start: Decimal, count: Decimal | None = None) -> Cell:
    if start == 0 or abs(start) > len(text) or (count is not None and count < 1):
        raise Undefined
    first = int(start) - 1 if start > 0 else len(text) + int(start)
    return text[first:] if count is None else text[first : first + int(count)]


def _upper(of: Apply, text: str) -> Cell:
    return "".join(map(_upper_letter, text))


def _upper_letter(letter: str) -> str:
    # The title form of what has no single capital is its simple capital; the sharp s has one that Python leaves out.
    forms = (letter.upper(), letter.title(), "ẞ" if letter == "ß" else letter)
    return next(form for form in forms if len(form) == 1)


def _lower(of: Apply, text: str) -> Cell:
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


def _before(of: Apply, text: str, match: str) -> Cell:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


def _after(of: Apply, text: str, match: str) -> Cell:
    return text.partition(match)[2] if match else text


def _text_of(of: Apply, value: Any) -> Cell:
    match of.args[0].type.kind:
        case Kind.TRUTH:
            return "true" if value else "false"
        case Kind.DATE:
            return f"{value.isoformat()}"
        case Kind.TIME:
            return clock_text(value)
        case Kind.DATE_TIME:
            return moment_text(value)
        case Kind.MONTHS:
            return months_text(value)
        case Kind.ELAPSED:
            return elapsed_text(value)
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _number_of(of: Apply, text: str, grouping: str, point: str) -> Cell:
    plain = text.replace(grouping, "") if grouping else text
    if point != ".":
        plain = plain.replace(".", "?").replace(point, ".")
    if not re.fullmatch(number_form(of.type), plain):
        raise Undefined
    return exact(Decimal(plain)) + 0


def _date_of(of: Apply, text: str) -> Cell:
    if not _DATE.fullmatch(text):
        raise Undefined
    return _existing(int(text[:4]), int(text[5:7]), int(text[8:]))


def _date_from(of: Apply, year: Decimal, month: Decimal, day: Decimal) -> Cell:
    if not (1 <= year <= datetime.MAXYEAR and 1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 a calendar's
        raise Undefined
    return _existing(int(year), int(month), int(day))


def _existing(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError as none:
        raise Undefined from none


def _count_of(of: Apply, value: Any) -> Cell:
    if isinstance(value, datetime.datetime):
        since = value - MIDNIGHT
        return Decimal(since // datetime.timedelta(microseconds=1))
    return Decimal((value - EPOCH).days if isinstance(value, datetime.date) else value)


def _of_count(of: Apply, count: Decimal) -> Cell:
    try:
        match of.type.kind:
            case Kind.DATE:
                return EPOCH + datetime.timedelta(days=int(count))
            case Kind.DATE_TIME | Kind.INSTANT:
                return MIDNIGHT + datetime.timedelta(microseconds=int(count))
    except OverflowError as beyond:
        raise Undefined from beyond
    if of.type.kind is Kind.TIME and not 0 <= count < DAY:
        raise Undefined
    return int(count)


def _add_months(of: Apply, moment: Any, months: int) -> Cell:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise Undefined
    last = calendar.monthrange(year, month + 1)[1]
    found: Cell = moment.replace(year=year, month=month + 1, day=min(moment.day, last))
    return found


def _months_between(of: Apply, since: Any, until: Any) -> Cell:
    months = (until.year - since.year) * 12 + until.month - since.month
    if months > 0 and until.day < since.day:
        months -= 1
    elif months < 0 and until.day > since.day:
        months += 1
    return int(months)


def _number(function: Callable[[Any], int]) -> Callable[..., Cell]:
    return lambda of, value: Decimal(function(value))


BUILT_INS: dict[Op, Callable[..., Cell]] = {
    Op.ABS: _absolute,
    Op.MODULO: _modulo,
    Op.NTH: _nth,
    Op.JOIN: lambda of, *texts: "".join(texts),
    Op.LENGTH: _number(len),
    Op.SUBSTRING: _substring,
    Op.UPPER: _upper,
    Op.LOWER: _lower,
    Op.CONTAINS: lambda of, text, match: match in text,
    Op.STARTS: lambda of, text, match: text.startswith(match),
    Op.ENDS: lambda of, text, match: text.endswith(match),
    Op.BEFORE: _before,
    Op.AFTER: _after,
    Op.TEXT_OF: _text_of,
    Op.NUMBER_OF: _number_of,
    Op.DATE_OF: _date_of,
    Op.COUNT_OF: _count_of,
    Op.OF_COUNT: _of_count,
    Op.YEAR: _number(lambda day: day.year),
    Op.MONTH: _number(lambda day: day.month),
    Op.DAY: _number(lambda day: day.day),
    Op.WEEKDAY: _number(lambda day: day.isoweekday()),
    Op.DAY_OF_YEAR: _number(lambda day: day.timetuple().tm_yday),
    Op.WEEK_OF_YEAR: _number(lambda day: day.isocalendar().week),
    Op.DAY_NAME: lambda of, day: _DAYS[day.weekday()],
    Op.MONTH_NAME: lambda of, day: _MONTHS[day.month - 1],
    Op.DATE_FROM: _date_from,
    Op.ADD_MONTHS: _add_months,
    Op.MONTHS_BETWEEN: _months_between,
}
"""What each built-in does. None of them is asked where an operand is missing."""
