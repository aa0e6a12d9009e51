"""A published calendar as a file of calendars/, with what its reader has to look at."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator

from workflow.checks.weekdays import WEEKDAYS
from workflow.words import say
from workflow.worktime.published import Published, Range, worked_weekdays

_PLAIN = re.compile(r"[^\W\d_][\w ]*", re.UNICODE)
_HOURS = "[09:00..12:00, 13:00..18:00]"


def as_yaml(published: Published, name: str, language: str) -> str:
    """The text of the file. The hours are those of an office, since nobody publishes a company's.

    Args:
        published: the days.
        name: what the calendar is called.
        language: that of the comments.
    """
    first, last = datetime.date(published.first, 1, 1), datetime.date(published.last, 12, 31)
    unnamed = say(language, "report", "calendar-make-up")
    lines = [
        f"# {say(language, 'report', 'calendar-head')}",
        f"calendar: {name}",
        f"valid: {{from: {first}, through: {last}}}",
        f"source: {_text(published.source)}",
        f"# {say(language, 'report', 'calendar-hours')}",
        "day: 8 hours",
        "hours:",
        *(f"  {_weekdays(*each)}: {_HOURS}" for each in worked_weekdays(published.weekend)),
        *_block("holidays", published.holidays, unnamed),
        *_block("make-up days", published.make_up, unnamed),
    ]
    return "\n".join(lines) + "\n"


def _block(key: str, ranges: tuple[Range, ...], unnamed: str) -> Iterator[str]:
    if ranges:
        yield f"{key}:"
    for first, last, name in ranges:
        days = f"{first}" if first == last else f"{first}..{last}"
        yield f"  {days}: {_text(name.strip() or unnamed)}"


def _weekdays(first: int, last: int) -> str:
    return WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]} to {WEEKDAYS[last]}"


def _text(words: str) -> str:
    """A text of YAML: in quotes unless it is letters, digits and blanks only."""
    return words if _PLAIN.fullmatch(words) else json.dumps(words, ensure_ascii=False)
