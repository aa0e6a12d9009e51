"""The week of a calendar: the working hours of each weekday, and those of make-up days."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from workflow.checks.context import Context
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.calendar import Calendar
from workflow.model.files import Document
from workflow.model.leaves import Words
from workflow.model.reading import nearest
from workflow.syntax.characters import fold
from workflow.worktime.calendars import Stretch

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAKE_UP = "make-up days"
"""The key of the hours that are worked on make-up days."""
_CHINESE = {**dict(zip("一二三四五六日", WEEKDAYS, strict=True)), "天": "sunday"}
_STRETCH = re.compile(r"([0-9]{2}):([0-9]{2}) *\.\. *([0-9]{2}):([0-9]{2})")
_NEARLY = re.compile(
    r"(?P<begin>[0-9]{1,2})(?:[:.](?P<from>[0-5][0-9]))?\s*(?:-|–|—|~|至|到|to|\.\.)\s*"
    r"(?P<end>[0-9]{1,2})(?:[:.](?P<to>[0-5][0-9]))?"
)
_MINUTE = 60_000_000

Hours = tuple[Stretch, ...]


def check_week(context: Context, document: Document[Calendar], length: int) -> tuple[tuple[Hours, ...], Hours]:
    """The hours of each weekday, Monday first, and those of make-up days.

    Args:
        context: what is known so far.
        document: the file.
        length: that of a working day in microseconds, which some weekday should have; 0 where it isn't known.
    """
    block, said = context.inside(document.tree, "hours"), document.content.hours
    week: dict[int, Hours] = {}
    spans: dict[int, Span] = {}
    before = len(context.diagnostics)
    made_up = _hours(context, said[MAKE_UP]) if MAKE_UP in said else None
    for key in said:
        if key == MAKE_UP:
            continue
        span = context.key_span(block, key)
        hours = _hours(context, said[key])
        for at in _weekdays(context, key, span):
            if at in week:
                found = {"found": WEEKDAYS[at]}
                context.note(Diagnostic("weekday-twice", span, found, related=(spans[at],)))
            week[at], spans[at] = hours, span
    if len(context.diagnostics) == before:
        made_up = _made_up(context, document, made_up, week)
        if length and all(_minutes(hours) * _MINUTE != length for hours in week.values()):
            told = " / ".join(sorted({_spelled(_minutes(hours)) for hours in week.values()}))
            context.refuse("day-unlike-hours", document.content.day.span, found=document.content.day.text, hours=told)
    return tuple(week.get(at, ()) for at in range(len(WEEKDAYS))), made_up or ()


def _made_up(context: Context, document: Document[Calendar], said: Hours | None, week: Mapping[int, Hours]) -> Hours:
    """The hours of make-up days: those said, or those that all weekdays have."""
    kinds = set(week.values())
    if said is not None or not document.content.make_up_days:
        return said or ()
    if len(kinds) != 1:
        context.refuse("make-up-hours-not-said", context.key_span(document.tree, "make-up days"))
    return next(iter(kinds), ())


def _weekdays(context: Context, key: str, span: Span) -> tuple[int, ...]:
    """The weekdays that a key names: one, or from one to another, also over the week's end."""
    words = key.split(" to ")
    if len(words) <= 2 and all(word in WEEKDAYS for word in words):  # noqa: PLR2004 from one to another
        first, last = WEEKDAYS.index(words[0]), WEEKDAYS.index(words[-1])
        return tuple((first + at) % len(WEEKDAYS) for at in range((last - first) % len(WEEKDAYS) + 1))
    meant = _meant(key)
    fix = Fix(span, meant, safe=meant != MAKE_UP) if meant else None
    context.note(Diagnostic("unknown-weekday", span, {"found": key, "accepted": (*WEEKDAYS, MAKE_UP)}, fix=fix))
    return ()


def _meant(key: str) -> str | None:
    """The weekdays as they are written: `monday to friday` for `Mon-Fri` and 周一至周五."""
    words = [_weekday(word) for word in re.split(r"\s+to\s+|\s*[-–—~至到]\s*", fold(key).strip()) if word]
    if 1 <= len(words) <= 2 and None not in words:  # noqa: PLR2004 from one to another
        return " to ".join(word for word in words if word)
    return MAKE_UP if nearest(key, (MAKE_UP,)) else None


def _weekday(word: str) -> str | None:
    """The weekday that a word means: its first three letters tell, or the sign after 周."""
    if word[:1] == "周" or word.startswith(("星期", "礼拜")):
        return _CHINESE.get(word[-1])
    near = nearest(word, WEEKDAYS)
    return near or next((day for day in WEEKDAYS if len(word) > 2 and day.startswith(word.lower().rstrip("."))), None)  # noqa: PLR2004 as the docstring says


def _hours(context: Context, leaves: list[Words]) -> Hours:
    """The stretches of a day in order, each ending after it begins, none within another."""
    found: list[tuple[Stretch, Words]] = []
    for leaf in leaves:
        match = _STRETCH.fullmatch(fold(leaf.text).strip())
        clock = [int(part) for part in match.groups()] if match else []
        begin, end = (clock[0] * 60 + clock[1], clock[2] * 60 + clock[3]) if clock else (0, 0)
        if not clock or max(clock[1::2]) > 59 or max(begin, end) > 24 * 60:  # noqa: PLR2004 a clock's
            meant = _stretch_meant(leaf.text)
            fix = Fix(leaf.span, meant, safe=True) if meant else None
            context.note(Diagnostic("hours-not-understood", leaf.span, {"found": leaf.text}, fix=fix))
        elif begin >= end:
            context.refuse("hours-over-midnight", leaf.span, found=leaf.text)
        else:
            found.append(((begin, end), leaf))
    found.sort(key=lambda each: each[0])
    for (before, one), (after, other) in itertools.pairwise(found):
        if after[0] < before[1]:
            args = {"found": other.text, "other": one.text}
            context.note(Diagnostic("hours-overlap", other.span, args, related=(one.span,)))
    return tuple(stretch for stretch, _ in found)


def _stretch_meant(text: str) -> str | None:
    """The stretch that a text means: `09:00..18:00` for `9:00-18:00`, `9-18` and `9:00 to 18:00`."""
    match = _NEARLY.fullmatch(fold(text).strip())
    if match is None or max(int(match["begin"]), int(match["end"])) > 24:  # noqa: PLR2004 a clock's
        return None
    return f"{match['begin']:0>2}:{match['from'] or '00'}..{match['end']:0>2}:{match['to'] or '00'}"


def _minutes(hours: Hours) -> int:
    return sum(end - begin for begin, end in hours)


def _spelled(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
