"""Published calendars: days off and make-up days by the PRC's yearly notices, or by the rules of a country."""

from __future__ import annotations

import datetime
import importlib.metadata
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.diagnostics import NOWHERE, Argument, Diagnostic, WrongUsage
from workflow.worktime.calendars import ONE_DAY

MOST_BYTES = 1_000_000
"""A notice of one year is a few thousand bytes long."""
_SATURDAY = 5

Range = tuple[datetime.date, datetime.date, str]
"""The first and last of days with one name, and the name."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published for the years `first` to `last`; `weekend` has the weekdays off, Monday being 0."""

    first: int
    last: int
    holidays: tuple[Range, ...]
    make_up: tuple[Range, ...]
    weekend: frozenset[int]
    source: str


def of_notices(files: Mapping[str, bytes]) -> Published:
    """The calendar of the PRC, from a JSON file a year; a later year's file may speak of days of the year before.

    Raises:
        WrongUsage: a file has another form, or the years don't follow each other.
    """
    notices = sorted((_notice(path, data) for path, data in files.items()), key=lambda notice: notice[0])
    years = [year for year, _, _ in notices]
    if years != list(range(years[0], years[0] + len(years))):
        raise _wrong("years-apart", found=tuple(map(str, years)))
    days: dict[datetime.date, tuple[str, bool]] = {}
    for _, told, _ in notices:
        days |= told
    known = {day: each for day, each in days.items() if years[0] <= day.year <= years[-1]}
    off = [(day, name) for day, (name, is_off) in known.items() if is_off]
    # A notice may call a weekday a working day, where it takes back a holiday; that is no make-up day.
    worked = [(day, name) for day, (name, is_off) in known.items() if not is_off and day.weekday() >= _SATURDAY]
    papers = [paper for _, _, told in notices for paper in told]
    source = " ".join(dict.fromkeys(papers)) or ", ".join(sorted(files))
    return Published(years[0], years[-1], _ranges(off), _ranges(worked), frozenset({5, 6}), source)


def of_country(country: str, years: tuple[int, int]) -> Published:
    """The calendar of a country, `DE`, or of a part of it, `DE-BY`, by the rules of the package `holidays`.

    Raises:
        WrongUsage: the package isn't installed, or knows no such country or part.
    """
    try:
        import holidays
    except ImportError:
        raise _wrong("package-missing", package="holidays", extra="calendars") from None
    code, _, part = country.partition("-")
    first, last = years
    try:
        found = holidays.country_holidays(code, part or None, years=range(first, last + 1), language="en_US")
    except NotImplementedError:
        raise _wrong("unknown-country", found=country) from None
    worked = [(day, "") for day in found.weekend_workdays if first <= day.year <= last]
    source = f"holidays {importlib.metadata.version('holidays')}, {country}"
    return Published(first, last, _ranges(found.items()), _ranges(worked), frozenset(found.weekend), source)


_Notice = tuple[int, dict[datetime.date, tuple[str, bool]], list[str]]


def _notice(path: str, data: bytes) -> _Notice:
    """The year of a file, its days with their name and whether they are off, and the notices that say so."""
    try:
        said = json.loads(data) if len(data) <= MOST_BYTES else {}
        days = [(datetime.date.fromisoformat(day["date"]), (str(day["name"]), day["isOffDay"])) for day in said["days"]]
        year, papers = said["year"], [str(paper) for paper in said.get("papers", ())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _wrong("not-a-notice", path=path) from None
    sound = type(year) is int and all(type(is_off) is bool for _, (_, is_off) in days)
    if not sound or not days or len(dict(days)) != len(days):
        raise _wrong("not-a-notice", path=path)
    return year, dict(days), papers


def _ranges(days: Iterable[tuple[datetime.date, str]]) -> tuple[Range, ...]:
    """Days in order, those that follow each other under one name as one range."""
    found: list[Range] = []
    for day, name in sorted(days):
        if found and found[-1][1] + ONE_DAY == day and found[-1][2] == name:
            found[-1] = (found[-1][0], day, name)
        else:
            found.append((day, day, name))
    return tuple(found)


def worked_weekdays(weekend: frozenset[int]) -> tuple[tuple[int, int], ...]:
    """The weekdays that aren't off, as stretches from one to another: `0, 4`; a week may begin on Sunday: `6, 3`."""
    worked = [day for day in range(7) if day not in weekend]
    begins = [day for day in worked if (day - 1) % 7 not in worked] or worked[:1]
    return tuple(
        (
            begin,
            (begin + sum(1 for _ in itertools.takewhile(lambda at: at % 7 in worked, range(begin + 1, begin + 7)))) % 7,
        )
        for begin in begins
    )


def _wrong(code: str, **args: Argument) -> WrongUsage:
    return WrongUsage((Diagnostic(code, NOWHERE, args),))
