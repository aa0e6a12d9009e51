"""The timers of an escalation's states checked: from when they count, how long, and how often."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping

from workflow.checks.calculated import EventType
from workflow.checks.cases import CheckedMoment
from workflow.checks.context import Context
from workflow.checks.lengths import check_lasting, check_length
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.escalation import TimerDefinition
from workflow.model.leaves import Words
from workflow.model.reading import nearest, shown
from workflow.model.types import Kind
from workflow.syntax import literals
from workflow.syntax.characters import fold
from workflow.worktime.clocks import DAY, EPOCH, wall_clocks
from workflow.worktime.lengths import Length

_INSTANT = re.compile(r"(?P<day>\S+)(?:[ T]+(?P<hour>[0-2]?[0-9]):(?P<minute>[0-5][0-9]))?")
_MINUTE = 60_000_000
_MINUTES = 1440


def check_times(context: Context, timer: TimerDefinition, span: Span) -> tuple[Length, Length | None] | None:
    """How long after that from which it counts a timer is due, and how long after that again; None after noting that
    it isn't said.

    Args:
        context: takes the mistakes.
        timer: the timer as it is written.
        span: its state, where nothing of it says a time.
    """
    if timer.after is None and timer.at is None:
        context.refuse("missing-key", span, key="after")
        return None
    if timer.at is not None and timer.since is not None:
        context.refuse("timer-of-two-times", timer.since.span, found=timer.at.text, other=timer.since.text)
    # With a condition the state only parts the cases; counted from another time, none may be left to wait.
    alone = timer.at is None and timer.since is None and timer.when is None
    check = check_lasting if alone else check_length
    after = check(context, timer.after) if timer.after is not None else Length(0, "elapsed")
    every = check_length(context, timer.every) if timer.every is not None else None
    if timer.every is not None and every is not None and not every.count:
        context.refuse("every-no-time", timer.every.span, found=timer.every.text)
    if timer.at_most is not None and timer.every is None:
        context.refuse("at-most-without-every", timer.at_most.span)
    return after, every


def check_moment(context: Context, leaf: Words, events: Mapping[str, EventType]) -> CheckedMoment | None:
    """The day or time from which a timer counts.

    Args:
        context: takes the mistakes.
        leaf: the name of a field, or an instant by the clocks of the workspace.
        events: the events of the cases, by type.
    """
    instant = _instant(fold(leaf.text).strip(), context.zone)
    if instant is not None:
        return CheckedMoment(None, (), False, instant, leaf.span)
    told = tuple(name for name, event in events.items() if leaf.text in _moments(event))
    kinds = {events[name].fields[leaf.text].type.kind for name in told}
    if len(kinds) == 1:
        return CheckedMoment(leaf.text, told, kinds == {Kind.DATE}, 0, leaf.span)
    if kinds:
        context.refuse("moment-of-two-kinds", leaf.span, found=leaf.text)
        return None
    known = tuple(dict.fromkeys(name for event in events.values() for name in _moments(event)))
    near = nearest(leaf.text, known)
    fix = Fix(leaf.span, near) if near else None
    context.note(Diagnostic("unknown-moment", leaf.span, {"found": leaf.text, "accepted": shown(known, near)}, fix=fix))
    return None


def _moments(event: EventType) -> Iterable[str]:
    """The fields of an event that hold a day or a time."""
    return [name for name, field in event.fields.items() if field.type.kind in {Kind.DATE, Kind.INSTANT}]


def _instant(text: str, zone: str) -> int | None:
    """An instant as the clocks show it, of a day its last; None of another text."""
    match = _INSTANT.fullmatch(text)
    day = literals.date(match["day"]) if match is not None else None
    if match is None or day is None:
        return None
    count, beside = (day - EPOCH.date()).days, datetime.timedelta(days=2)
    if not datetime.date.min + beside < day < datetime.date.max - beside:
        return None
    wall = wall_clocks(zone, day - beside, day + beside)
    if match["hour"] is None:
        return wall.ends(count)
    minutes = int(match["hour"]) * 60 + int(match["minute"])
    return wall.instant(count * DAY + minutes * _MINUTE) if minutes <= _MINUTES else None
