"""How the text of a date or a time becomes a day or an instant, as SQL over whole columns.

A bare date is a day and never converted; as an instant it is the last microsecond of that day in the workspace's zone.
A time needs its offset, unless the source names the zone; a local time that clocks skip, or show twice, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.checks.forms import CLOCK, DATE, HOUR, OFFSET, is_understood, pieces
from workflow.checks.mapping import Cell
from workflow.diagnostics import Argument
from workflow.intake.zones import FIRST_YEAR, LAST_YEAR, SKIPPED, TWICE

_PATTERNS = {
    "YYYY": "([0-9]{4})",
    "YY": "([0-9]{2})",
    "MM": "([0-9]{2})",
    "Mon": "([A-Za-z]{3})",
    "M": "(0?[1-9]|1[0-2])",
    "DD": "([0-9]{2})",
    "D": "(0?[1-9]|[12][0-9]|3[01])",
    "hh": "([01][0-9]|2[0-3])",
    "h": "(0?[1-9]|1[0-2])",
    "mm": "([0-5][0-9])",
    "ss": "([0-5][0-9])",
    "fff": "([0-9]{1,6})",
    "AM": "([AaPp][Mm])",
}
"""What each piece of a form matches."""
_PARSED = {"YY": "%y", "Mon": "%b", "M": "%-m", "D": "%-d", "h": "%-I", "AM": "%p"} | {
    "YYYY": "%Y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S", "fff": "%f"
}  # fmt: skip
"""What DuckDB calls each piece; it is asked only where a piece of the first kind must be read before it is moved."""
_READ = frozenset({"YY", "Mon", "M", "D", "h", "AM"})
_TO_SECONDS = len("YYYY-MM-DDThh:mm:ss")
ISO_DATE, ISO_TIME = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ss+08:00"
"""What is accepted where the source declares no form, as messages name it."""


@dataclass(frozen=True, slots=True)
class TimeReading:
    """Columns by layer (the local stamp, the instant, the value), and the checks: what fails, its code, arguments."""

    stamps: Mapping[str, str]
    instants: Mapping[str, str]
    values: Mapping[str, str]
    checks: tuple[tuple[str, str, Mapping[str, Argument]], ...] = field(default=())


def day_of_text(cell: Cell, name: str, text: str | None = None) -> TimeReading:
    """The day that `text` (SQL; by default the column `name:`) says, as column `name`; a time beside it is left out."""
    text = text or f'"{name}:"'
    pattern, iso = (DATE, text) if cell.form is None else _rearranged(cell.form, text)
    stamp = f'"{name}@"'
    return TimeReading(
        {stamp: _stamp(text, pattern, iso)},
        {},
        {f'"{name}"': f"CAST({stamp} AS DATE)"},
        (
            (_differs(text, stamp, pattern), "date-malformed", {"accepted": cell.form or ISO_DATE}),
            (f"{text} IS NOT NULL AND {stamp} IS NULL", "date-not-real", {}),
        ),
    )


def instant_of_text(cell: Cell, name: str, zones: Mapping[str, int], zone: str) -> TimeReading:
    """The instant that the column `name:` says, as columns `name` (UTC) and `name.day`.

    `zones` are those installed on the connection, by name; `zone` is the workspace's, which decides the day.
    """
    text, stamp, instant = f'"{name}:"', f'"{name}@"', f'"{name}~"'
    if cell.form is None:
        pattern = f"{DATE}(?:{CLOCK}(?:{OFFSET})?)?"
        local_part = f"regexp_extract({text}, '^{DATE}(?:[ T][0-9:.]+)?')"
        iso = f"CASE WHEN {_has_offset(text)} THEN {local_part} ELSE {text} END"
        bare, offset = f"strlen({text}) = 10", _offset(text)
    else:
        pattern, iso = _rearranged(cell.form, text)
        bare, offset = ("false" if set(HOUR) & set(pieces(cell.form)) else "true"), "CAST(NULL AS BIGINT)"
    local = f"utc_{zones[cell.zone]}(epoch_us({stamp}))" if cell.zone else "CAST(NULL AS BIGINT)"
    reach = f"{stamp} >= TIMESTAMP '{FIRST_YEAR}-01-01' AND {stamp} < TIMESTAMP '{LAST_YEAR + 1}-01-01'"
    shift = f'"{name}+"'
    return TimeReading(
        {stamp: _stamp(text, pattern, iso), shift: offset},
        {
            instant: f"CASE WHEN NOT ({reach}) THEN NULL "
            f"WHEN {bare} THEN end_of_day_{zones[zone]}(CAST({stamp} AS DATE) - DATE '1970-01-01') "
            f"WHEN {shift} IS NOT NULL THEN epoch_us({stamp}) - {shift} ELSE {local} END"
        },
        {
            f'"{name}"': f"CASE WHEN {instant} > {TWICE} THEN make_timestamp({instant}) END",
            f'"{name}.day"': f"CASE WHEN {bare} THEN CAST({stamp} AS DATE) "
            f"WHEN {instant} > {TWICE} THEN DATE '1970-01-01' + CAST(day_{zones[zone]}({instant}) AS INTEGER) END",
        },
        (
            (_differs(text, stamp, pattern), "time-malformed", {"accepted": cell.form or ISO_TIME}),
            (f"{text} IS NOT NULL AND {stamp} IS NULL", "date-not-real", {}),
            (f"NOT ({reach})", "time-out-of-reach", {"first": FIRST_YEAR, "last": LAST_YEAR}),
            (f"{text} IS NOT NULL AND {instant} IS NULL", "time-without-offset", {}),
            (f"{instant} = {SKIPPED}", "time-skipped", {"zone": cell.zone or ""}),
            (f"{instant} = {TWICE}", "time-twice", {"zone": cell.zone or ""}),
        ),
    )


def _differs(text: str, stamp: str, pattern: str) -> str:
    """Whether a text is none of the pattern; only those that gave no stamp need be looked at again."""
    return f"NOT regexp_full_match(CASE WHEN {stamp} IS NULL THEN {text} END, {_quoted(pattern)})"


def _stamp(text: str, pattern: str, iso: str) -> str:
    """The local time of a text that matches; NULL where there is no such day. The year 0 is none."""
    good = f"regexp_full_match({text}, {_quoted(pattern)})"
    return f"TRY_CAST(CASE WHEN {good} AND NOT starts_with({iso}, '0000') THEN {iso} END AS TIMESTAMP)"


def _has_offset(text: str) -> str:
    """Whether a text that matches ends with an offset: no other part behind the minutes has one of these signs.

    Most texts end with their seconds, which is quickly seen.
    """
    rest, seconds = f"substr({text}, 17)", f"strlen({text}) = {_TO_SECONDS} AND substr({text}, 17, 1) = ':'"
    sought = f"ends_with({text}, 'Z') OR contains({rest}, '+') OR contains({rest}, '-')"
    return f"CASE WHEN {seconds} THEN false ELSE {sought} END"


def _offset(text: str) -> str:
    """Microseconds to take away from the local time, for a text that matches; NULL where it has no offset."""
    rest = f"substr({text}, 17)"
    hours = f"TRY_CAST(regexp_extract({rest}, '[+-]([0-9]{{2}})', 1) AS BIGINT)"
    minutes = f"coalesce(TRY_CAST(regexp_extract({rest}, '[+-][0-9]{{2}}:?([0-9]{{2}})$', 1) AS BIGINT), 0)"
    sign = f"CASE WHEN contains({rest}, '-') THEN -60000000 ELSE 60000000 END"
    return (
        f"CASE WHEN ends_with({text}, 'Z') THEN 0 WHEN {_has_offset(text)} THEN ({hours} * 60 + {minutes}) * {sign} END"
    )


def _rearranged(form: str, text: str) -> tuple[str, str]:
    """The pattern of a declared form, and the SQL that brings a text of it into the order of ISO."""
    assert is_understood(form), form
    parts = pieces(form)
    pattern = "".join(
        _PATTERNS.get(part) or ("\\" + part if re.fullmatch(r"[!-/:-@\[-`{-~]", part) else part) for part in parts
    )
    if _READ & set(parts):
        parsed = "".join(_PARSED.get(part) or part.replace("%", "%%") for part in parts)
        moment = (
            f"try_strptime(CASE WHEN regexp_full_match({text}, {_quoted(pattern)}) THEN {text} END, {_quoted(parsed)})"
        )
        return pattern, f"strftime({moment}, '%Y-%m-%d %H:%M:%S.%f')"
    places = [part for part in parts if part in _PATTERNS]

    def part(token: str, absent: str) -> str:
        return f"\\{places.index(token) + 1}" if token in places else absent

    date = f"{part('YYYY', '')}-{part('MM', '')}-{part('DD', '')}"
    clock = f"{part('hh', '00')}:{part('mm', '00')}:{part('ss', '00')}.{part('fff', '0')}"
    return pattern, f"regexp_replace({text}, {_quoted(f'^{pattern}$')}, '{date} {clock}')"


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"
