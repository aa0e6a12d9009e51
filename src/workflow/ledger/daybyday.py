"""Working time counted day by day, as the files of a calendar say it: for checking, so it shares nothing with a replay.

Instants and lengths are microseconds, the instants since 1970-01-01 in UTC. What would need a day that no file knows is
None.
"""

from __future__ import annotations

import calendar as months
import datetime
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from workflow.model.calendar import Calendar
from workflow.worktime.lengths import Length

_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_TICK = datetime.timedelta(microseconds=1)
_DAY = datetime.timedelta(days=1)
_MINUTE = datetime.timedelta(minutes=1)
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MAKE_UP = "make-up days"

Hours = tuple[tuple[int, int], ...]
"""Minutes since midnight by the clock on the wall, from one up to another."""


def ticks(moment: datetime.datetime) -> int:
    """An instant as microseconds; one without a zone is in UTC."""
    return (moment.replace(tzinfo=moment.tzinfo or datetime.UTC) - _START) // _TICK


class Days:
    """The days of a calendar by the clocks of a zone."""

    def __init__(self, files: Iterable[Calendar], zone: str) -> None:
        """Keep the hours of each day of the files."""
        self._zone = ZoneInfo(zone)
        self._hours = {day: hours for each in files for day, hours in _days(each)}
        self._spans: dict[datetime.date, tuple[tuple[int, int], ...]] = {}
        ends = (min(self._hours), max(self._hours) + _DAY) if self._hours else None
        self.first, self.last = tuple(map(self._midnight, ends)) if ends is not None else (0, -1)

    def shown(self, instant: int) -> datetime.datetime:
        """What the clocks show at an instant."""
        return (_START + instant * _TICK).astimezone(self._zone)

    def worked(self, begin: int, end: int) -> int | None:
        """The working time between two instants."""
        if not self.first <= begin <= end <= self.last:
            return None
        total, day = 0, self.shown(begin).date() - _DAY
        while day <= self.shown(end).date():
            total += sum(max(min(end, closes) - max(begin, opens), 0) for opens, closes in self._worked_on(day))
            day += _DAY
        return total

    def after(self, begin: int, length: Length) -> int | None:
        """The first instant, from one on, by which a length of time has passed."""
        match length.unit:
            case "working":
                return self._after_work(begin, length.count)
            case "elapsed":
                return begin + length.count
            case "days":
                return self._at(self.shown(begin).replace(tzinfo=None) + length.count * _DAY)
            case "months":
                shown = self.shown(begin).replace(tzinfo=None)
                years, month = divmod(shown.month - 1 + length.count, 12)
                year, month = shown.year + years, month + 1
                day = min(shown.day, months.monthrange(year, month)[1])
                return self._at(shown.replace(year=year, month=month, day=day))

    def _after_work(self, begin: int, left: int) -> int | None:
        if not self.first <= begin <= self.last:
            return None
        if left == 0:
            return begin
        day = self.shown(begin).date() - _DAY
        while day <= max(self._hours):
            for opens, closes in self._worked_on(day):
                here = max(closes - max(begin, opens), 0)
                if here >= left:
                    return max(begin, opens) + left
                left -= here
            day += _DAY
        return None

    def _worked_on(self, day: datetime.date) -> tuple[tuple[int, int], ...]:
        """The working time of a day, in order: none on a day off, or on one that nobody knows."""
        if day not in self._spans:
            self._spans[day] = tuple(self._found(day)) if self._hours.get(day) else ()
        return self._spans[day]

    def _found(self, day: datetime.date) -> Iterator[tuple[int, int]]:
        """Hour by hour; on a day about which the clocks change minute by minute."""
        midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
        around = {(midnight + days * _DAY).astimezone(self._zone).utcoffset() for days in (-1, 0, 1, 2)}
        if len(around) == 1:
            ahead = around.pop()
            assert ahead is not None, "a zone has an offset"
            for opens, closes in self._hours[day]:
                yield ticks(midnight + opens * _MINUTE - ahead), ticks(midnight + closes * _MINUTE - ahead)
            return
        minute = midnight - _DAY
        while minute < midnight + 2 * _DAY:
            shown = minute.astimezone(self._zone)
            at = shown.hour * 60 + shown.minute
            if shown.date() == day and any(opens <= at < closes for opens, closes in self._hours[day]):
                yield ticks(minute), ticks(minute + _MINUTE)
            minute += _MINUTE

    def _midnight(self, day: datetime.date) -> int:
        return self._at(datetime.datetime.combine(day, datetime.time()))

    def _at(self, shown: datetime.datetime) -> int:
        """The first instant at which the clocks show a time, or a later one where they skip it."""
        early, late = (shown.replace(tzinfo=self._zone, fold=fold).astimezone(datetime.UTC) for fold in (0, 1))
        if early <= late:
            return ticks(early)
        while late.astimezone(self._zone).replace(tzinfo=None) < shown:
            late = late.replace(second=0, microsecond=0) + _MINUTE
        return ticks(late)


def _days(file: Calendar) -> Iterator[tuple[datetime.date, Hours]]:
    """What a file says of each of its days."""
    week: dict[int, Hours] = {}
    for key, written in file.hours.items():
        if key != _MAKE_UP:
            first, _, last = key.partition(" to ")
            at, end = _WEEK.index(first), _WEEK.index(last or first)
            hours = _hours(leaf.text for leaf in written)
            week |= {(at + more) % 7: hours for more in range((end - at) % 7 + 1)}
    made_up = file.hours.get(_MAKE_UP)
    worked = _hours(leaf.text for leaf in made_up) if made_up is not None else next(iter(week.values()), ())
    off, on = set(_ranged(file.holidays)), set(_ranged(file.make_up_days))
    day = file.valid.since.value
    while day <= file.valid.through.value:
        yield day, worked if day in on else () if day in off else week.get(day.weekday(), ())
        day += _DAY


def _ranged(keys: Iterable[str]) -> Iterator[datetime.date]:
    """Each day of days and ranges of days."""
    for key in keys:
        first, _, last = key.partition("..")
        day, end = (datetime.date.fromisoformat(each.strip()) for each in (first, last or first))
        while day <= end:
            yield day
            day += _DAY


def _hours(stretches: Iterable[str]) -> Hours:
    pairs = (each.partition("..") for each in stretches)
    return tuple(sorted((_minute(opens), _minute(closes)) for opens, _, closes in pairs))


def _minute(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    return int(hour) * 60 + int(minute)
