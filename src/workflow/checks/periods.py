"""Periods: the calendar's months, quarters and years, and the named ones that files list."""

from __future__ import annotations

import calendar
import csv
import datetime
import functools
import io
import itertools
import re
from collections.abc import Mapping

from workflow.checks.checked import CheckedWorkspace
from workflow.checks.context import Context
from workflow.checks.mapping import PeriodKind
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.files import start_of
from workflow.model.leaves import Words
from workflow.model.reading import nearest
from workflow.syntax import literals
from workflow.worktime.months import day_of_month

CALENDAR = ("month", "quarter", "year")
"""The kinds of period that need no file."""
COLUMNS = ("period", "first", "last")
"""The columns of a file of periods; both days are included."""

YEARS = (1970, 2199)
"""The years whose calendar periods can be named."""

Period = tuple[str, datetime.date, datetime.date]
"""A period's name, first and last day."""

_YEAR_STARTS = re.compile(r"(0[1-9]|1[0-2])-([0-2][0-9]|3[01])")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def check_periods(context: Context, written: Mapping[str, Words], block: object) -> Mapping[str, PeriodKind]:
    """The named kinds of period, from the files that workspace.yaml names; `year starts` goes into the context."""
    named = {}
    for name, leaf in written.items():
        if name == "year starts":
            context.year_starts = _year_starts(context, leaf)
        elif name in CALENDAR:
            context.refuse("reserved-name", context.key_span(block, name), found=name)
        elif leaf.text not in context.written.tables:
            near = nearest(leaf.text, context.written.tables)
            fix = Fix(leaf.span, near) if near else None
            context.note(Diagnostic("file-not-found", leaf.span, {"found": leaf.text}, fix=fix))
        else:
            named[name] = PeriodKind(name, _listed(context, leaf.text, context.written.tables[leaf.text]))
    return named


@functools.cache
def calendar_periods(kind: str, year_starts: tuple[int, int], first: int, last: int) -> PeriodKind:
    """The calendar's periods of a kind, for the years `first` to `last`.

    A year that starts with 04-01 is named by the calendar year in which it starts; its first quarter begins there.
    """
    month, day = year_starts
    rows = []
    for year in range(first, last + 1):
        for index in range(12 // _MONTHS[kind]):
            start = day_of_month(year, month + index * _MONTHS[kind], day)
            end = day_of_month(year, month + (index + 1) * _MONTHS[kind], day) - datetime.timedelta(days=1)
            rows.append((_name(kind, year, index, start), start, end))
    return PeriodKind(kind, tuple(rows))


def periods_about(context: Context, kind: str, day: datetime.date) -> tuple[Period, ...]:
    """The periods of a kind among which the one of a day is, if there is one."""
    if kind in context.periods:
        return context.periods[kind].periods
    year = min(max(day.year, YEARS[0]), YEARS[1])
    return calendar_periods(kind, context.year_starts, year - 1, year).periods


def all_periods(workspace: CheckedWorkspace) -> Mapping[str, PeriodKind]:
    """Every kind of period that events and policies can name: the files' own, and the calendar's of 1970 to 2199."""
    made = {kind: calendar_periods(kind, workspace.year_starts, *YEARS) for kind in CALENDAR}
    return {**made, **workspace.periods}


def _name(kind: str, year: int, index: int, start: datetime.date) -> str:
    if kind == "year":
        return f"{year}"
    return f"{year}-Q{index + 1}" if kind == "quarter" else f"{start.year}-{start.month:02}"


def _year_starts(context: Context, leaf: Words) -> tuple[int, int]:
    match = _YEAR_STARTS.fullmatch(leaf.text)
    if match is None or int(match[2]) > calendar.monthrange(2000, int(match[1]))[1]:
        context.refuse("not-a-day-of-the-year", leaf.span, found=leaf.text)
        return (1, 1)
    return int(match[1]), int(match[2])


def _listed(context: Context, path: str, text: str) -> tuple[tuple[str, datetime.date, datetime.date], ...]:
    """The rows of a file of periods, by their first day, after checking that none overlap."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        header = tuple(next(rows, ()))
    except csv.Error:
        header = ()
    if header != COLUMNS:
        context.refuse("period-columns", start_of(path), found=header, accepted=COLUMNS)
        return ()
    found = []
    try:
        for row in rows:
            span = Span(path, rows.line_num, 1, rows.line_num, 1)
            days = tuple(literals.date(cell) for cell in row[1:])
            named = len(row) == len(COLUMNS) and row[0] and "\n" not in row[0]
            if not named or days[0] is None or days[1] is None or days[0] > days[1]:
                context.refuse("period-row", span, found=", ".join(row))
            else:
                found.append((row[0], days[0], days[1], span))
    except csv.Error:
        context.refuse("period-row", Span(path, rows.line_num, 1, rows.line_num, 1), found="")
    found.sort(key=lambda row: row[1])
    for before, after in itertools.pairwise(found):
        if after[1] <= before[2]:
            context.note(
                Diagnostic("periods-overlap", after[3], {"one": before[0], "other": after[0]}, related=(before[3],))
            )
    _unique(context, found)
    return tuple((name, start, end) for name, start, end, _ in found)


def _unique(context: Context, rows: list[tuple[str, datetime.date, datetime.date, Span]]) -> None:
    seen: dict[str, Span] = {}
    for name, _, _, span in rows:
        if name in seen:
            context.note(Diagnostic("period-twice", span, {"found": name}, related=(seen[name],)))
        seen[name] = span
