"""Cases as a run has replayed them: where each stands, and every step that led there.

Everything is read off the steps that the plan gives; what a clock shows at the end is one of them.
"""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.checks.calculated import Title
from workflow.checks.cases import CheckedEscalation
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.ledger.alike import alike
from workflow.ledger.decided import Decided
from workflow.ledger.evaluation import Run
from workflow.ledger.uncounted import refused_of
from workflow.plan.escalations import CASE_STEPS
from workflow.plan.machines import UNKNOWN
from workflow.worktime.clocks import EPOCH, MICROSECOND

_LEADS = ("began", "moved", "fired", "migrated")
"""Steps that may lead to another state."""


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A step of a case: when it was, what it was, of which move, timer or clock, the states before and after it, the
    newest event by then and its type, and whose the case is; `version` is that by which the case goes after it.
    `consumed` and `target` are a clock's, in microseconds; `due` is a timer's.
    """

    time: datetime.datetime
    went: str
    of: str
    state: str
    to: str
    event: str
    type: str
    person: str | None
    consumed: int | None
    target: int | None
    due: datetime.datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a clock shows: what it has consumed, its target, whether that was breached and whether it has stopped."""

    name: str
    title: Title
    working: bool
    consumed: int
    target: int | None
    breached: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands, and by which version it goes. `waiting` is what comes due next, and when: None where the
    calendar doesn't know.
    """

    policy: str
    case: str
    run: int
    version: int
    person: str
    state: str
    title: Title
    level: int
    ended: bool
    began: datetime.datetime
    since: datetime.datetime
    clocks: tuple[ClockState, ...]
    waiting: tuple[str, datetime.datetime | None] | None
    steps: tuple[CaseStep, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a period as of a day or instant, those that were asked for. `titles` are those of the policies;
    `refused` says what is wrong with rows of events that they read, and that no case has had; `over` how many of each
    policy's cases have ended and aren't told; `under` which version all were replayed by, if not each by its own.
    """

    period: str
    as_of: datetime.date
    zone: str
    titles: Mapping[str, Title]
    rows: tuple[CaseState, ...]
    names: Mapping[str, str]
    refused: tuple[Diagnostic, ...]
    over: Mapping[str, int] = field(default_factory=dict)
    under: int | None = None


@dataclass(frozen=True, slots=True)
class AskedCase:
    """A case that somebody asks for: all its runs, or one."""

    case: str
    run: int | None = None


def cases_of(run: Run, *, state: str | None = None, case: str | None = None, ended: bool = False) -> Cases:
    """The cases of a run.

    Args:
        run: the run, of escalations.
        state: only those in this state.
        case: only this one, or one run of it as `ID#2`.
        ended: also those that have ended; they are told anyway where a state or a case is asked for.
    """
    asked = None if case is None else case_asked(run, case)
    found = [one for decided in run.decided for one in _of_policy(decided, asked)]
    if state is not None:
        found = [one for one in found if one.state == state]
    over: Counter[str] = Counter()
    if not ended and state is None and case is None:
        over.update(one.policy for one in found if one.ended)
        found = [one for one in found if not one.ended]
    titles = {each.policy.id: each.policy.title for each in run.decided}
    refused = refused_of([each.policy for each in run.decided], run.taken.quarantine)
    return Cases(run.period, run.as_of, run.rules.zone, titles, tuple(found), run.names, refused, over)


def case_asked(run: Run, name: str) -> AskedCase:
    """The case of that id; or, if there is none, the run that has this name where cases are listed.

    Raises:
        WrongUsage: no escalation of the run has it.
    """
    tables = [decided.outcome.tables[CASE_STEPS] for decided in run.decided]
    known = {each for table in tables for each in table["case"].unique().to_pylist()}
    if name in known:
        return AskedCase(name)
    case, _, number = name.rpartition("#")
    if case in known:
        rows = (row for decided in run.decided for row in rows_of(decided, case))
        found = next((at for at in (int(row["run"]) for row in rows) if at and f"{at}" == number), None)
        if found is not None:
            return AskedCase(case, found)
    raise WrongUsage((Diagnostic("unknown-case", NOWHERE, {"case": name, "near": alike(name, known)}),))


def rows_of(decided: Decided, case: str | None) -> list[dict[str, Any]]:
    """The steps of a case, or of all, as the plan tells them."""
    import pyarrow.compute as pc

    steps = decided.outcome.tables[CASE_STEPS]
    return list((steps if case is None else steps.filter(pc.equal(steps["case"], case))).to_pylist())


def _of_policy(decided: Decided, asked: AskedCase | None) -> Iterator[CaseState]:
    policy = decided.policy
    assert isinstance(policy, CheckedEscalation), "only escalations have cases"
    rows = rows_of(decided, None if asked is None else asked.case)
    for (name, number), own in itertools.groupby(rows, key=lambda row: (row["case"], int(row["run"]))):
        if number and (asked is None or asked.run in {None, number}):
            yield _case(policy, name, number, list(own))


def _case(decided: CheckedEscalation, case: str, run: int, rows: Sequence[Mapping[str, Any]]) -> CaseState:
    version = next(int(row["version"]) for row in reversed(rows) if row["version"])
    policy = next(each for each in decided.versions if each.version == version)
    clocks = {clock.name for each in decided.versions for clock in each.clocks}
    steps = tuple(step_of(row, clocks) for row in rows)
    led = [each for each in steps if each.went in _LEADS and (each.went != "fired" or each.state != each.to)]
    state = next(each for each in policy.states if each.name == led[-1].to)
    pending = [(each.of, each.due) for each in steps if each.went == "pending"]
    known = sorted((when, name) for name, when in pending if when is not None)
    waiting = (known[0][1], known[0][0]) if known else pending[0] if pending else None
    return CaseState(
        policy=policy.id,
        case=case,
        run=run,
        version=version,
        person=rows[-1]["person"],
        state=state.name,
        title=state.title,
        level=state.level,
        ended=state.name in policy.final,
        began=steps[0].time,
        since=led[-1].time,
        clocks=tuple(_clocks(decided, policy, steps)),
        waiting=waiting,
        steps=steps,
    )


def _clocks(decided: CheckedEscalation, policy: CheckedEscalation, steps: Sequence[CaseStep]) -> Iterator[ClockState]:
    for clock in policy.clocks:
        names = _former(decided, policy, clock.name)
        own = [each for each in steps if each.of == names.get(each.version) and each.consumed is not None]
        if own:
            starts = max((number for number, each in enumerate(own) if each.went == "started"), default=0)
            yield ClockState(
                clock.name,
                clock.title,
                clock.working,
                own[-1].consumed or 0,
                own[-1].target,
                any(each.went == "breached" for each in own[starts:]),
                "stopped" in {each.went for each in own[-2:]} and "resumed" not in {each.went for each in own[-1:]},
            )


def _former(decided: CheckedEscalation, policy: CheckedEscalation, clock: str) -> Mapping[int, str]:
    """What a clock was called in the versions from which a case may have come, by the number of each."""
    found, versions = {policy.version: clock}, {each.version: each for each in decided.versions}
    later = policy
    while later.migrates is not None:
        before = next((old for old, new in later.migrates.clocks.items() if new == found[later.version]), None)
        if before is None:
            break
        later = versions[later.migrates.since]
        found[later.version] = before
    return found


def step_of(row: Mapping[str, Any], clocks: Collection[str]) -> CaseStep:
    """A step as the plan tells it; `clocks` are the names of all clocks."""
    consumed, due = int(row["consumed"]), int(row["due"])
    of_clock = row["of"] in clocks
    known = due > UNKNOWN
    return CaseStep(
        time=row["time"].replace(tzinfo=datetime.UTC),
        went=row["went"],
        of=row["of"],
        state=row["state"],
        to=row["to"],
        event=row["event"],
        type=row["type"],
        person=row["person"],
        consumed=consumed if consumed != UNKNOWN else None,
        target=due if known and of_clock else None,
        due=EPOCH + due * MICROSECOND if known and not of_clock else None,
        version=int(row["version"]),
    )
