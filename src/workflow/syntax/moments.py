"""Dates, times and durations in the form of ISO 8601, as `@"…"` and the functions named after them read them."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

MICROSECONDS = {"day": 86_400_000_000, "hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}

Form = Literal["date", "time", "date and time", "months", "elapsed"]
Value = datetime.date | datetime.datetime | int

_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,18}))?"
_ZONE = r"(?P<zone>Z|[+-][0-9]{2}:[0-5][0-9](?::[0-5][0-9])?|@[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?"
_MOMENT = re.compile(rf"{_DATE}|(?:{_DATE.replace('date', 'day')}T)?{_TIME}{_ZONE}")
_COUNT = r"[0-9]{1,15}"
_MONTHS = re.compile(rf"(?P<sign>-?)P(?=.)(?:(?P<years>{_COUNT})Y)?(?:(?P<months>{_COUNT})M)?")
_ELAPSED = re.compile(
    rf"(?P<sign>-?)P(?=.)(?:(?P<day>{_COUNT})D)?"
    rf"(?:T(?=.)(?:(?P<hour>{_COUNT})H)?(?:(?P<minute>{_COUNT})M)?(?:(?P<second>{_COUNT})(?:\.(?P<part>[0-9]{{0,18}}))?S)?)?"
)
_FINEST = 6
"""Digits of a second after the point: microseconds."""
_TOO_FINE = re.compile(rf"(\.[0-9]{{{_FINEST}}})[0-9]+")
_FARTHEST = datetime.timedelta(hours=14)
"""How far a clock may be from UTC: no place is farther."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text says: its form, its value (a time of day and a duration as a count), and the zone it names."""

    form: Form
    value: Value
    zone: str = ""


def read_moment(text: str) -> Moment | None:
    """The date, time, date and time, or duration that a text is; None if it is none, or finer than a microsecond."""
    found = _MOMENT.fullmatch(text)
    if found:
        return _moment(found)
    months = _MONTHS.fullmatch(text)
    if months:
        total = int(months["years"] or 0) * 12 + int(months["months"] or 0)
        return Moment("months", -total if months["sign"] else total)
    elapsed = _ELAPSED.fullmatch(text)
    part = _micros(elapsed["part"]) if elapsed else None
    if elapsed is None or part is None:
        return None
    total = sum(int(elapsed[unit] or 0) * size for unit, size in MICROSECONDS.items()) + part
    return Moment("elapsed", -total if elapsed["sign"] else total)


def _moment(found: re.Match[str]) -> Moment | None:
    try:
        if found["date"]:
            return Moment("date", datetime.date.fromisoformat(found["date"]))
        hour, minute, second = (int(found[unit]) for unit in ("hour", "minute", "second"))
        part = _micros(found["part"])
        # 24:00:00 is the midnight at the end of the day.
        ends = (hour, minute, second, part) == (24, 0, 0, 0)
        if part is None or not (ends or (hour < 24 and minute < 60 and second < 60)):  # noqa: PLR2004 a clock's
            return None
        time = (hour * 3600 + minute * 60 + second) * MICROSECONDS["second"] + part
        zone = found["zone"] or ""
        ahead = offset(zone) if zone else None
        if ahead is not None and abs(ahead) > _FARTHEST:
            return None
        if not found["day"]:
            return Moment("time", time % MICROSECONDS["day"], zone)
        day = datetime.datetime.fromisoformat(found["day"])
        return Moment("date and time", day + datetime.timedelta(microseconds=time), zone)
    except (ValueError, OverflowError):
        return None


def as_fine_as_kept(text: str) -> str | None:
    """The text without what is finer than a microsecond, where that alone keeps it from being read."""
    cut = _TOO_FINE.sub(r"\1", text)
    return cut if cut != text and read_moment(cut) else None


def _micros(part: str | None) -> int | None:
    digits = (part or "").rstrip("0")
    return int(digits.ljust(_FINEST, "0")) if len(digits) <= _FINEST else None


def offset(zone: str) -> datetime.timedelta | None:
    """How far a zone is from UTC, where it says so itself; None for the name of a place."""
    if zone == "Z":
        return datetime.timedelta()
    if zone.startswith("@"):
        return None
    hours, minutes, *seconds = (int(part) for part in zone[1:].split(":"))
    length = datetime.timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return -length if zone[0] == "-" else length


def clock_text(micros: int) -> str:
    """A time of day as `10:30:00`, its second with the digits that it has."""
    seconds, part = divmod(micros, MICROSECONDS["second"])
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}{_part_text(part)}"


def moment_text(moment: datetime.datetime) -> str:
    """A date and time as `2026-07-01T10:30:00`."""
    whole = moment.replace(microsecond=0, tzinfo=None)
    return whole.isoformat() + _part_text(moment.microsecond)


def months_text(months: int) -> str:
    """A calendar duration as `P1Y2M`."""
    years, rest = divmod(abs(months), 12)
    parts = f"{years}Y" * (years > 0) + f"{rest}M" * (rest > 0 or not years)
    return f"{'-' if months < 0 else ''}P{parts}"


def elapsed_text(micros: int) -> str:
    """An elapsed duration as `P1DT2H`."""
    size = abs(micros)
    counts = []
    for unit in MICROSECONDS.values():
        count, size = divmod(size, unit)
        counts.append(count)
    days, hours, minutes, seconds = counts
    day = f"{days}D" * (days > 0)
    last = f"{seconds}{_part_text(size)}S" * (seconds > 0 or size > 0 or not any(counts))
    time = f"{hours}H" * (hours > 0) + f"{minutes}M" * (minutes > 0) + last
    return f"{'-' if micros < 0 else ''}P{day}{'T' * bool(time)}{time}"


def _part_text(part: int) -> str:
    return f".{part:06}".rstrip("0") if part else ""
