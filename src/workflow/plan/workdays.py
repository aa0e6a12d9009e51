"""Days counted from a day that each row has: in working days of the policy's calendar, in days, or in months.

Working days stand in the plan as dated rows: the n-th of them, from its day until the day before the next. So the day
that is so many working days after another is found by two lookups, in every engine alike. What lies beyond the
calendar's last day is found nowhere, and missing.
"""

from __future__ import annotations

import datetime
import itertools
import zoneinfo
from dataclasses import dataclass
from decimal import Decimal

from workflow.diagnostics import Span
from workflow.model.sizes import sum_type
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op, Round, Rounding
from workflow.model.types import COUNT, DATE, INSTANT, TEXT, TRUTH, Kind, Type, number
from workflow.plan.building import all_of, any_of, surely
from workflow.plan.ground import Ground
from workflow.plan.nodes import Lookup, Periods, Take
from workflow.plan.occasions import day_of, instant
from workflow.worktime.calendars import ONE_DAY, WorkCalendar
from workflow.worktime.due import Due

MICROSECONDS = number(20, 0)
"""Instants as numbers: microseconds since 1970-01-01."""
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_LONGEST = datetime.timedelta(days=3 * 366)
"""So long after a period its events are asked whether they have a time: no cycle takes longer."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the microsecond that decides on that day; None: none does, for only days are compared."""

    day: Expression
    time: Expression | None = None


@dataclass(frozen=True, slots=True)
class WorkDays:
    """The days of a policy's calendar from a day on, and the moment that a run looks from.

    `numbered` has a row for each working day: its number as text, and the days until the next; `closes` the close of
    work of each. None where the policy has no calendar.
    """

    ground: Ground
    place: Span
    zone: str
    since: datetime.date
    numbered: str | None
    closes: str | None

    @classmethod
    def of(cls, ground: Ground, place: Span, zone: str, since: datetime.date) -> WorkDays:
        """Those that follow the day `since`."""
        calendar, builder = ground.policy.calendar, ground.builder
        if calendar is None or not (calendar.knows(since) or calendar.knows(since + ONE_DAY)):
            return cls(ground, place, zone, since, None, None)
        numbered = builder.add("working days", Periods(tuple(_numbered(calendar, since))))
        closes = tuple((str(_close(calendar, day, zone)), day, day) for day in calendar.working if day > since)
        if not closes:
            return cls(ground, place, zone, since, numbered, None)
        return cls(ground, place, zone, since, numbered, builder.add("closes of work", Periods(closes)))

    @property
    def today(self) -> datetime.date:
        """The day that the run looks from."""
        return day_of(self.ground.occasion.as_of, self.zone)

    @property
    def now(self) -> Moment:
        """The moment that the run looks from."""
        micros = _microseconds(instant(self.ground.occasion.as_of, self.zone))
        return Moment(Literal(self.today, DATE), Literal(Decimal(micros), MICROSECONDS))

    def unknown(self, name: str) -> int:
        """The cause of a day of which the calendar knows nothing."""
        calendar = self.ground.policy.calendar
        assert calendar is not None, "only working days can lie beyond a calendar"
        told = {"first": calendar.first.isoformat(), "last": calendar.last.isoformat()}
        return self.ground.builder.cause("day-not-known", self.place, name=name, calendar=calendar.name, **told)

    def after(self, step: str, name: str, length: Due, since: Column) -> str:
        """The rows with the day so long after another; missing where that is, or where no calendar knows it."""
        count, unit = length
        builder, place = self.ground.builder, self.place
        if unit == "months":
            months = Literal(count, Type(Kind.MONTHS))
            return builder.derive(step, name, Apply(Op.ADD_MONTHS, (since, months), DATE), place)
        if unit == "days":
            return builder.derive(step, name, _later(since, count), place)
        step = self.number(step, f"{name}.since", since)
        return self.day_of(step, name, _sum(Column(f"{name}.since", COUNT), count))

    def number(self, step: str, name: str, day: Column) -> str:
        """The rows with the number of the last working day that isn't after a day."""
        builder = self.ground.builder
        text = f"{name}.text"
        if self.numbered is not None:
            take = (Take("period", text, self.unknown(_word(name))),)
            bounds = ("period.start", "period.end")
            step = builder.add("subjects", Lookup(step, self.numbered, (), take, day.name, *bounds))
            found: Expression = _number(Column(text, TEXT), COUNT)
        else:
            found = Missing(self.unknown(_word(name)), COUNT)
        # A day that isn't known says why by itself.
        known = Apply(Op.EQ, (day, day), TRUTH)
        return builder.derive(step, name, Apply(Op.IF, (known, found, found), COUNT), self.place)

    def day_of(self, step: str, name: str, number_of: Expression) -> str:
        """The rows with the working day that has a number."""
        builder, key = self.ground.builder, f"{name}.number"
        if self.numbered is None:
            return builder.derive(step, name, Missing(self.unknown(_word(name)), DATE), self.place)
        step = builder.derive(step, key, Apply(Op.TEXT_OF, (number_of,), TEXT), self.place)
        take = (Take("period.start", f"{name}.found", self.unknown(_word(name))),)
        step = builder.add("subjects", Lookup(step, self.numbered, ((key, "period"),), take))
        counted = Apply(Op.EQ, (number_of, number_of), TRUTH)
        found = Column(f"{name}.found", DATE)
        return builder.derive(step, name, Apply(Op.IF, (counted, found, found), DATE), self.place)

    def close(self, step: str, name: str, length: Due, day: Column) -> tuple[str, Moment]:
        """The rows with the moment by which something is due on a day: the close of work where working days count."""
        if length[1] != "working days" or self.closes is None:
            return step, Moment(day)
        builder = self.ground.builder
        take = (Take("period", f"{name}.text", self.unknown(_word(name))),)
        bounds = ("period.start", "period.end")
        step = builder.add("subjects", Lookup(step, self.closes, (), take, day.name, *bounds))
        time = _number(Column(f"{name}.text", TEXT), MICROSECONDS)
        return builder.derive(step, name, time, self.place), Moment(day, Column(name, MICROSECONDS))

    def passed(self, step: str, name: str, every: Due, since: Column) -> str:
        """The rows with how often a length of days has passed since a day, as the run looks at it."""
        count, unit = every
        builder = self.ground.builder
        if unit == "working days":
            step = self.number(step, f"{name}.since", since)
            now: Expression = Missing(self.unknown(_word(name)), COUNT)
            calendar = self.ground.policy.calendar
            if calendar is not None and self.today <= calendar.last:
                days = sum(1 for day in calendar.working if self.since < day <= self.today)
                now = Literal(Decimal(days), COUNT)
            begun: Expression = Column(f"{name}.since", COUNT)
        else:
            now, begun = (Apply(Op.COUNT_OF, (each,), COUNT) for each in (self.now.day, since))
        length = sum_type(COUNT, COUNT)
        whole = Apply(Op.SUB, (now, begun), length)
        times = Apply(Op.DIV, (whole, Literal(Decimal(count), COUNT)), length.sized(length.precision + 12, 12))
        return builder.derive(step, name, Round(times, Rounding.FLOOR, COUNT), self.place)


def is_after(one: Moment, other: Moment) -> Expression:
    """Whether a moment lies after another: on a later day, or on the same one at a later time, where times decide."""
    later = Apply(Op.GT, (one.day, other.day), TRUTH)
    if one.time is None or other.time is None:
        return later
    same = Apply(Op.EQ, (one.day, other.day), TRUTH)
    return any_of(later, all_of(same, Apply(Op.GT, (one.time, other.time), TRUTH)))


def timed(ground: Ground, rows: str, name: str, zone: str, place: Span) -> str:
    """Rows of events with the time of each within its day, in microseconds.

    A bare date has none, so it stands at the very beginning. It is known by its instant, the last of its day: the days
    around the period stand in the plan for that.
    """
    builder, (first, last) = ground.builder, ground.occasion.whole
    latest = min(max(day_of(ground.occasion.as_of, zone), last), last + _LONGEST)
    every = (first + ONE_DAY * count for count in range((latest - first).days + 1))
    ends = builder.add(
        "ends of days", Periods(tuple((str(_microseconds(instant(day, zone))), day, day) for day in every))
    )
    take = (Take("period", f"{name}.end", builder.cause("no-event", place)),)
    rows = builder.add(builder.stem(rows), Lookup(rows, ends, (), take, "event.day", "period.start", "period.end"))
    micros = Apply(Op.COUNT_OF, (Column("event.time", INSTANT),), MICROSECONDS)
    bare = Apply(Op.EQ, (Apply(Op.TEXT_OF, (micros,), TEXT), Column(f"{name}.end", TEXT)), TRUTH)
    time = Apply(Op.IF, (surely(bare), Literal(Decimal(0), MICROSECONDS), micros), MICROSECONDS)
    return builder.derive(rows, name, time, place)


def _numbered(calendar: WorkCalendar, since: datetime.date) -> list[tuple[str, datetime.date, datetime.date]]:
    """The working days after a day, by number, each until the next; with number 0 the days before the first."""
    days = [since, *(day for day in calendar.working if day > since)]
    ends = [*(day - ONE_DAY for day in days[1:]), max(calendar.last, days[-1])]
    spans = itertools.zip_longest(days, ends)
    return [(str(at), first, last) for at, (first, last) in enumerate(spans)]


def _close(calendar: WorkCalendar, day: datetime.date, zone: str) -> int:
    """When work ends on a working day, in microseconds."""
    midnight = datetime.datetime.combine(day, datetime.time())
    local = midnight + datetime.timedelta(minutes=calendar.minute_of_close(day))
    utc = local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(datetime.UTC)
    return _microseconds(utc)


def _microseconds(moment: datetime.datetime) -> int:
    return (moment.replace(tzinfo=datetime.UTC) - _EPOCH) // datetime.timedelta(microseconds=1)


def _number(text: Expression, of: Type) -> Expression:
    return Apply(Op.NUMBER_OF, (text, Literal("", TEXT), Literal(".", TEXT)), of)


def _sum(value: Expression, count: int) -> Expression:
    return Apply(Op.ADD, (value, Literal(Decimal(count), COUNT)), sum_type(value.type, COUNT))


def _later(day: Expression, count: int) -> Expression:
    return Apply(Op.OF_COUNT, (_sum(Apply(Op.COUNT_OF, (day,), COUNT), count),), DATE)


def _word(name: str) -> str:
    """The stage in the name of a column: `self_assessment` of `stage.self_assessment.due`."""
    return name.split(".")[1]
