"""The log of cases checked step by step, and the state of every case at any instant rebuilt from it.

This is for whoever doubts the replay, and shares nothing with it but the formats of the log and of the calendar. It
doesn't ask conditions again, since they rest on the recorded events: it believes the log which of them held, and
checks that such a step was possible.
"""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.checks.cases import CheckedEscalation
from workflow.checks.checked import CheckedPolicy
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.ledger.caseparts import Version
from workflow.ledger.caseread import Lost
from workflow.ledger.daybyday import Days, ticks
from workflow.ledger.following import Followed
from workflow.ledger.logged import Logged, Problem, read_log, step_of
from workflow.model.calendar import Calendar


@dataclass(frozen=True, slots=True)
class RebuiltClock:
    """What a clock shows; a target of -1 is none, one of -2 isn't known."""

    name: str
    consumed: int
    target: int
    breached: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where a case stood at an instant. `due` is when a timer comes due next, if the calendar knows that."""

    case: str
    run: int
    person: str
    state: str
    began: int
    since: int
    clocks: tuple[RebuiltClock, ...]
    due: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in the log of an escalation, and how much of it there is."""

    policy: str
    cases: int
    steps: int
    problems: tuple[Problem, ...]


def verify(
    folder: Path, policies: Sequence[CheckedPolicy], files: Sequence[Calendar], zone: str
) -> tuple[Verified, ...]:
    """Check the logs of cases that a run wrote.

    Args:
        folder: the run's files.
        policies: the workspace's policies.
        files: the files of its calendars.
        zone: its time zone.

    Raises:
        WrongUsage: there is no log of cases, or none of these policies, or one that is damaged.
    """
    known = {(each.id, each.version): each for each in policies if isinstance(each, CheckedEscalation)}
    try:
        record = json.loads((folder / "run.json").read_text("utf-8"))
        until = _until(record["as of"], zone)
        logs = [
            (known[each["id"], each["version"]], _both(folder / "results" / name))
            for each in record["policies"]
            for name in each.get("log", ())
        ]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _no_log(folder) from error
    if not logs:
        raise _no_log(folder)
    found = []
    for policy, (table, lines) in logs:
        problems = (*verified(lines, policy, files, until), *_apart(table, lines))
        found.append(Verified(policy.id, len({row.case for row in lines}), len(lines), problems))
    return tuple(found)


def _both(lines: Path) -> tuple[tuple[Logged, ...], tuple[Logged, ...]]:
    """The rows of the table, and of the lines that should say the same."""
    return read_log(lines.with_suffix(".parquet")), read_log(lines)


def _no_log(folder: Path) -> WrongUsage:
    return WrongUsage((Diagnostic("no-case-log", NOWHERE, {"path": str(folder)}),))


def _until(written: str, zone: str) -> datetime.datetime:
    """The last instant that counted, of a day its last microsecond."""
    if "T" in written:
        return datetime.datetime.fromisoformat(written)
    midnight = datetime.datetime.combine(
        datetime.date.fromisoformat(written) + datetime.timedelta(days=1), datetime.time(), ZoneInfo(zone)
    )
    return midnight.astimezone(datetime.UTC) - datetime.timedelta(microseconds=1)


def _apart(table: Sequence[Logged], lines: Sequence[Logged]) -> Iterator[Problem]:
    """The first row in which the table and the lines differ, if there is any."""
    for row, line in itertools.zip_longest(table, lines):
        if row != line:
            one = row or line
            assert one is not None, "at least one of them goes on"
            yield Problem(one.case, one.turn, "table", *("" if each is None else step_of(each) for each in (row, line)))
            return


def verified(
    log: Iterable[Logged], policy: CheckedEscalation, files: Sequence[Calendar], until: datetime.datetime
) -> tuple[Problem, ...]:
    """What is wrong with a log, case by case.

    Args:
        log: its rows, in the order of cases and turns.
        policy: the escalation that the cases went by, with its other versions.
        files: the files of calendars.
        until: the last instant that counted.
    """
    versions, found = _versions(policy, files), []
    for case in _cases(log):
        followed = Followed(versions, case, ticks(until))
        with suppress(Lost):
            followed.follow()
            followed.end()
        found += followed.problems
    return tuple(found)


def rebuilt(
    log: Iterable[Logged], policy: CheckedEscalation, files: Sequence[Calendar], at: datetime.datetime
) -> tuple[Rebuilt, ...]:
    """Where the cases that were open at an instant stood, by a log that goes at least so far and is in order."""
    versions, now = _versions(policy, files), ticks(at)
    found = []
    for case in _cases(log):
        rows = [row for row in case if row.time <= now and row.went not in {"pending", "shown"}]
        followed = Followed(versions, rows, now)
        followed.follow()
        if followed.state:
            found.append(_stands(followed, now))
    return tuple(found)


def _versions(policy: CheckedEscalation, files: Sequence[Calendar]) -> tuple[Version, ...]:
    """The versions of an escalation, each with the days of its calendar."""
    days: dict[str, Days] = {}
    for each in policy.versions:
        name = each.calendar.name if each.calendar is not None else ""
        if name not in days:
            days[name] = Days((file for file in files if file.calendar.text == name), each.zone)
    names = [each.calendar.name if each.calendar is not None else "" for each in policy.versions]
    return tuple(Version(each, days[name]) for each, name in zip(policy.versions, names, strict=True))


def _cases(log: Iterable[Logged]) -> Iterator[list[Logged]]:
    return (list(rows) for _, rows in itertools.groupby(log, key=lambda row: row.case))


def _stands(followed: Followed, now: int) -> Rebuilt:
    clocks = tuple(
        RebuiltClock(each.of.name, followed.used(each, now), each.target, "breached" in each.marked, each.stopped)
        for each in followed.clocks
        if each.started
    )
    dues = [each.due for each in followed.waiting() if each.due is not None]
    return Rebuilt(
        followed.rows[0].case,
        followed.run,
        followed.person,
        followed.state,
        followed.began,
        followed.entered,
        clocks,
        min(dues, default=None),
    )
