"""Moments, times of day and durations as readers say them: `2026-09-30`, `10:30:00`, `6 months`, `91天`."""

from __future__ import annotations

import datetime
from decimal import Decimal

from workflow.diagnostics import NOWHERE
from workflow.model.types import Kind, Type
from workflow.syntax import ast, literals
from workflow.syntax.moments import MICROSECONDS, clock_text, elapsed_text
from workflow.syntax.printer import print_formula
from workflow.worktime.lengths import Length

_UNITS: tuple[tuple[ast.DurationUnit, int], ...] = (
    ("days", MICROSECONDS["day"]),
    ("hours", MICROSECONDS["hour"]),
    ("minutes", MICROSECONDS["minute"]),
    ("seconds", MICROSECONDS["second"]),
)


def length_text(value: int, of: Type, language: str) -> str:
    """A time of day, or a duration in the largest unit of which it is a whole number; else in the form of ISO 8601."""
    if of.kind is Kind.TIME:
        return clock_text(value)
    if of.kind is Kind.MONTHS:
        years = value != 0 and value % 12 == 0
        return _said(value // 12 if years else value, "years" if years else "months", of, language)
    # How long a working day is, the calendar says; hours of work are the same everywhere.
    units = _UNITS[1:] if of.kind is Kind.WORKING and value else _UNITS
    found = next(((unit, size) for unit, size in units if value % size == 0), None)
    return elapsed_text(value) if found is None else _said(value // found[1], found[0], of, language)


def _said(count: int, unit: ast.DurationUnit, of: Type, language: str) -> str:
    duration = ast.Duration(Decimal(abs(count)), unit, of.kind is Kind.WORKING and unit != "seconds", NOWHERE)
    return "-" * (count < 0) + print_formula(duration, "zh-CN" if language == "zh-CN" else "en")


def length_said(length: Length, language: str) -> str:
    """A length of time of a timer: what is worked, or elapses, in hours at most, since a day is one on the calendar."""
    kinds = {"working": Kind.WORKING, "elapsed": Kind.ELAPSED, "months": Kind.MONTHS, "days": Kind.ELAPSED}
    of, hour = Type(kinds[length.unit]), MICROSECONDS["hour"]
    if length.unit == "days":
        return _said(length.count, "days", of, language)
    if length.unit != "months" and length.count % hour == 0:
        return _said(length.count // hour, "hours", of, language)
    return length_text(length.count, of, language)


def as_said(words: str, language: str) -> str:
    """A length of time that an author has written, in the reader's language and in the author's units."""
    length = literals.duration(words)
    if length is None:
        return words
    duration = ast.Duration(length.value, length.unit, length.working, NOWHERE)
    return print_formula(duration, "zh-CN" if language == "zh-CN" else "en")


def clock_hours(length: int) -> str:
    """Hours and minutes, as on a clock: 27:00, and seconds, if there are any. A day ends a microsecond before the next
    begins, so what is shorter than a second is rounded away.
    """
    seconds = (length + MICROSECONDS["second"] // 2) // MICROSECONDS["second"]
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def known_text(known_by: datetime.date) -> str:
    """As `--known-by` takes it; the last instant of a day as that day, which means the same."""
    if isinstance(known_by, datetime.datetime) and known_by.time() == datetime.time.max:
        return known_by.date().isoformat()
    return known_by.isoformat()
