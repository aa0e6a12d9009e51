"""What an escalation times looked at as a whole: something ends each clock, and the calendar reaches far enough."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from workflow.checks.cases import CheckedEscalation
from workflow.checks.context import Context
from workflow.checks.periods import periods_about
from workflow.diagnostics import Span
from workflow.worktime.calendars import ONE_DAY
from workflow.worktime.clocks import EPOCH, MICROSECOND
from workflow.worktime.spans import work_time


def check_casetimes(context: Context, policy: CheckedEscalation) -> None:
    """Note clocks that nothing stops, and lengths of time for which the calendar is too short."""
    entered = {move.to for move in policy.moves} | {timer.to for timer in policy.timers}
    for clock in policy.clocks:
        if not clock.stops and not entered & set(clock.stops_in):
            context.refuse("clock-never-stops", clock.span, found=clock.name, accepted=policy.final)
    _check_calendar(context, policy)


def _check_calendar(context: Context, policy: CheckedEscalation) -> None:
    """Warn of working time that a case of the policy's first or last day needs, and the calendar doesn't know.

    Without an end the last day is that of the first period: later ones need later years of the calendar.
    """
    lengths = tuple(_working(policy))
    calendar = policy.calendar
    if calendar is None or not lengths:
        return
    time, last = work_time(calendar, policy.zone), policy.through
    if last is None:
        periods = periods_about(context, policy.each, policy.since)
        last = next((row[2] for row in periods if row[1] <= policy.since <= row[2]), policy.since)
    count, span = max(lengths, key=lambda each: each[0])
    asked = ((policy.since, _start(policy.since, policy.zone)), (last, _end(last, policy.zone)))
    beyond = next((day for day, instant in asked if time.after(instant, count) is None), None)
    if beyond is not None:
        days = {"first": calendar.first.isoformat(), "last": calendar.last.isoformat()}
        context.refuse("calendar-too-short", span, name=calendar.name, day=beyond.isoformat(), **days)


def _working(policy: CheckedEscalation) -> Iterator[tuple[int, Span]]:
    """Each length of working time that a case may need, with its place."""
    for timer in policy.timers:
        if timer.after.unit == "working":
            yield timer.after.count, timer.span
    for clock in policy.clocks:
        if clock.working:
            yield from ((target.within, target.span) for target in clock.targets)


def _start(day: datetime.date, zone: str) -> int:
    """The first instant of a day."""
    return (datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone)) - EPOCH) // MICROSECOND


def _end(day: datetime.date, zone: str) -> int:
    """The instant after a day."""
    return _start(day + ONE_DAY, zone) if day < datetime.date.max else _start(day, zone)
