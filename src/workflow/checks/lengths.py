"""Lengths of time as they are checked: of timers and targets, exact and not too long."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflow.checks.context import Context
from workflow.diagnostics import Diagnostic, Fix
from workflow.model.leaves import Leaf, Words
from workflow.model.reading import nearest
from workflow.syntax import literals
from workflow.worktime.lengths import Length

LONGEST = 36_500
"""The most days of a timer or target: a hundred years."""
DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}
"""How many days a unit has at least; of shorter ones many make a day."""
MICROSECONDS = {"hours": 3_600_000_000, "minutes": 60_000_000, "seconds": 1_000_000}

UNITS = (*DAYS, *MICROSECONDS, "working hours", "working minutes", "working days")
"""The units as they are written of several."""
_ABBREVIATED = {"h": "hours", "hr": "hours", "hrs": "hours", "m": "minutes", "min": "minutes", "mins": "minutes",
    "s": "seconds", "sec": "seconds", "secs": "seconds", "d": "days", "wd": "working days", "bd": "working days",
    "business days": "working days", "business hours": "working hours"}  # fmt: skip
"""How units are written elsewhere."""
_NUMBERED = re.compile(r"\s*([0-9]+)\s*(.*?)\s*")


def check_length(context: Context, leaf: Words) -> Length:
    """A length of time; of what isn't understood one that does no harm, after noting it."""
    length = literals.duration(leaf.text)
    if length is None or not 0 <= length.value * DAYS.get(length.unit, 1) <= LONGEST:
        fix = repaired(leaf, UNITS) if length is None else None
        context.note(Diagnostic("length-not-understood", leaf.span, {"found": leaf.text}, fix=fix))
        return Length(1, "days")
    if length.working and context.calendar is None:
        context.refuse("calendar-not-said", leaf.span, found=leaf.text, accepted=tuple(context.calendars))
        return Length(1, "days")
    return _exact(context, leaf, length)


def check_lasting(context: Context, leaf: Words) -> Length:
    """A length of time that is longer than none."""
    length = check_length(context, leaf)
    if not length.count:
        context.refuse("length-of-no-time", leaf.span, found=leaf.text)
    return length


def repaired(leaf: Leaf, units: Iterable[str], alone: str | None = None) -> Fix | None:
    """The length that a text nearly says: its unit is misspelt or abbreviated, or a number stands `alone`."""
    words = _NUMBERED.fullmatch(leaf.text)
    if words is None:
        return None
    said = " ".join(words[2].lower().split())
    if said in {"working week", "working weeks"}:
        return None  # How many working days a week has is the calendar's to say.
    unit = (_ABBREVIATED.get(said) or _ABBREVIATED.get(f"{said}s") or nearest(said, units)) if said else alone
    if unit is None or unit not in units:
        return None
    return Fix(leaf.span, f"{words[1]} {unit if words[1] != '1' else unit.removesuffix('s')}")


def _exact(context: Context, leaf: Words, length: literals.Length) -> Length:
    calendar = context.calendar
    if length.working and length.unit in {"days", "weeks"}:
        assert calendar is not None, "asked before"
        micros = length.value * calendar.day
    elif length.unit in MICROSECONDS:
        micros = length.value * MICROSECONDS[length.unit]
    elif length.value % 1:
        context.refuse("length-not-understood", leaf.span, found=leaf.text)
        return Length(1, "days")
    elif length.unit in {"years", "months"}:
        return Length(int(length.value) * (12 if length.unit == "years" else 1), "months")
    else:
        return Length(int(length.value) * (7 if length.unit == "weeks" else 1), "days")
    if micros % 1:
        # Less than a microsecond would be no time at all.
        context.refuse("length-not-understood", leaf.span, found=leaf.text)
    return Length(int(micros), "working" if length.working else "elapsed")
