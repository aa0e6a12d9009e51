"""Calendars checked: the files of one name joined day by day, their hours apart, no day with two meanings."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.checks.context import Context
from workflow.checks.weekdays import check_week
from workflow.diagnostics import Diagnostic, Span
from workflow.model.calendar import Calendar
from workflow.model.files import Document
from workflow.model.leaves import Words
from workflow.syntax import literals
from workflow.syntax.moments import MICROSECONDS
from workflow.worktime.calendars import ONE_DAY, Stretch, WorkCalendar

MOST_YEARS = 100
"""A calendar of more was never published: its last day must be a stand-in for one that nobody knows."""
_UNITS = {"hours": 3_600_000_000, "minutes": 60_000_000}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one file says: its calendar's name, its first day, and the hours of each day from there."""

    calendar: WorkCalendar
    valid: Span
    day: Span


def check_calendars(context: Context) -> Mapping[str, WorkCalendar | None]:
    """Every calendar by its name, its files joined; None for one with a mistake in it."""
    parts: dict[str, list[_Part]] = {}
    broken: set[str] = set()
    for document in context.written.calendars:
        name, before = document.content.calendar.text, len(context.diagnostics)
        part = _part(context, document)
        if any(each.severity == "error" for each in context.diagnostics[before:]):
            broken.add(name)
        parts.setdefault(name, []).extend([part] if part is not None else [])
    return {name: None if name in broken else _joined(context, found) for name, found in parts.items()}


def _part(context: Context, document: Document[Calendar]) -> _Part | None:
    """One file, or None where its days can't be told."""
    written = document.content
    first, last = written.valid.since.value, written.valid.through.value
    length = _length(context, written.day)
    week, made_up = check_week(context, document, length)
    if last < first or last.year - first.year > MOST_YEARS:
        code, limit = ("through-before-from", {}) if last < first else ("calendar-too-long", {"limit": MOST_YEARS})
        context.refuse(code, written.valid.through.span, found=written.valid.through.text, **limit)
        return None
    hours = [week[(first + at * ONE_DAY).weekday()] for at in range((last - first).days + 1)]
    seen: dict[datetime.date, Span] = {}
    for day, _ in _days(context, document, "holidays", seen):
        hours[(day - first).days] = ()
    for day, span in _days(context, document, "make-up days", seen):
        if hours[(day - first).days]:
            context.refuse("works-anyway", span, found=day.isoformat())
        hours[(day - first).days] = made_up
    span = written.valid.since.span.to(written.valid.through.span)
    return _Part(WorkCalendar(written.calendar.text, first, tuple(hours), length), span, written.day.span)


def working_day(context: Context) -> int:
    """How much working time `1 working day` is in the workspace, in microseconds; a whole day without a calendar."""
    return context.calendar.day if context.calendar is not None else MICROSECONDS["day"]


def _length(context: Context, leaf: Words) -> int:
    """The length of a working day in microseconds."""
    length = literals.duration(leaf.text)
    unit = _UNITS.get(length.unit) if length is not None and not length.working else None
    found = length.value * unit if length is not None and unit else None
    if found is None or found % 1 or not 0 < found <= 24 * _UNITS["hours"]:
        context.refuse("day-length-not-possible", leaf.span, found=leaf.text)
        return 0
    return int(found)


def _days(
    context: Context, document: Document[Calendar], block: str, seen: dict[datetime.date, Span]
) -> Iterator[tuple[datetime.date, Span]]:
    """Each day that stands under a key, alone or in a range, if the file knows it and it wasn't there before."""
    valid = document.content.valid
    written = context.inside(document.tree, block)
    for key in document.content.holidays if block == "holidays" else document.content.make_up_days:
        span = context.key_span(written, key)
        day = literals.date(key)
        days = (day, day) if day is not None else literals.date_range(key)
        if days is None or days[0] > days[1]:
            context.refuse("not-days", span, found=key)
        elif days[0] < valid.since.value or days[1] > valid.through.value:
            context.refuse("day-not-valid", span, found=key, first=valid.since.text, last=valid.through.text)
        else:
            yield from _fresh(context, days, span, seen)


def _fresh(
    context: Context, days: tuple[datetime.date, datetime.date], span: Span, seen: dict[datetime.date, Span]
) -> Iterator[tuple[datetime.date, Span]]:
    """The days of a range, the first that was there before noted."""
    every = [days[0] + at * ONE_DAY for at in range((days[1] - days[0]).days + 1)]
    twice = next((day for day in every if day in seen), None)
    if twice is not None:
        context.note(Diagnostic("day-twice", span, {"found": twice.isoformat()}, related=(seen[twice],)))
    for day in every:
        if seen.setdefault(day, span) is span:
            yield day, span


def _joined(context: Context, parts: list[_Part]) -> WorkCalendar | None:
    """The calendar whose files follow each other without a gap, each day in one file."""
    parts = sorted(parts, key=lambda part: (part.calendar.first, part.valid))
    before = len(context.diagnostics)
    for earlier, later in itertools.pairwise(parts):
        name, end, start = later.calendar.name, earlier.calendar.last, later.calendar.first
        args = {"name": name}
        if start <= end:
            context.note(Diagnostic("calendar-overlaps", later.valid, args, related=(earlier.valid,)))
        elif start > end + ONE_DAY:
            gap = {"first": (end + ONE_DAY).isoformat(), "last": (start - ONE_DAY).isoformat()}
            context.note(Diagnostic("calendar-gap", later.valid, {**args, **gap}, related=(earlier.valid,)))
        if later.calendar.day != earlier.calendar.day:
            context.note(Diagnostic("day-length-differs", later.day, args, related=(earlier.day,)))
    if len(context.diagnostics) > before or not parts:
        return None
    hours: tuple[tuple[Stretch, ...], ...] = tuple(itertools.chain.from_iterable(part.calendar.hours for part in parts))
    whole = parts[0].calendar
    return WorkCalendar(whole.name, whole.first, hours, whole.day)
