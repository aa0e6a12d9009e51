"""The state of a review's cycle: of each person and stage whether it is open, whose it is, when it is due, how late.

Everything is read off the results of a run. Only how late something is, in days or working days, is counted here.
"""

from __future__ import annotations

import bisect
import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from workflow.checks.calculated import Title
from workflow.checks.checked import CheckedPolicy
from workflow.checks.cycles import CheckedStage
from workflow.checks.ratings import CheckedReview
from workflow.diagnostics import Diagnostic
from workflow.ledger.book import Book
from workflow.ledger.entries import Reason
from workflow.ledger.evaluation import Run
from workflow.ledger.part import Part
from workflow.ledger.uncounted import refused_of
from workflow.plan.cycles import in_time
from workflow.plan.nodes import mask_of
from workflow.plan.occasions import day_of

State = Literal["waiting", "open", "done"]
_UNKNOWN = ("opened", "due", "actor", "escalate")
"""The columns of a stage that say why they are missing, where it is open."""


@dataclass(frozen=True, slots=True)
class StageState:
    """A stage of one person's review.

    `waiting`: those before it aren't done, or its day hasn't come. `opened` is the day on which it opened, or will;
    `ended` that of the event by which it is done. `late_by` counts in the unit in which it is due: 0 is the same day,
    after the close of work. `actor` has it now, or had it when it was done; `asked` when it opened; `instead` says how
    it came from one to the other. A role is no person. `missing` are the reasons for what isn't known of it.
    """

    policy: str
    period: str
    person: str
    stage: str
    state: State
    by: str
    actor: str | None
    asked: str | None
    instead: str
    opened: datetime.date | None
    due: datetime.date | None
    close: str | None
    late: bool
    late_by: int | None
    unit: str | None
    event: str | None
    ended: datetime.date | None
    reopened: datetime.date | None
    reminders: int
    escalated: datetime.date | None
    escalated_to: str | None
    missing: tuple[Reason, ...]


CYCLE_COLUMNS = (
    "policy", "period", "subject", "stage", "state", "by", "actor", "asked", "instead", "opened", "due", "late",
    "late by", "unit", "done", "event", "reopened", "reminders", "escalated", "escalated to",
)  # fmt: skip
"""The columns of reviews.csv."""


def cells(row: StageState) -> tuple[str | None, ...]:
    """A row of reviews.csv."""
    return (
        row.policy,
        row.period,
        row.person,
        row.stage,
        row.state,
        row.by,
        row.actor,
        row.asked,
        row.instead or None,
        _iso(row.opened),
        _iso(row.due),
        "yes" if row.late else "no",
        None if row.late_by is None else str(row.late_by),
        row.unit,
        _iso(row.ended),
        row.event,
        _iso(row.reopened),
        str(row.reminders),
        _iso(row.escalated),
        row.escalated_to,
    )


def _iso(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


@dataclass(frozen=True, slots=True)
class Head:
    """A review of a period: its titles, and its stages with theirs, in their order."""

    policy: str
    period: str
    title: Title
    stages: tuple[tuple[str, Title], ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """The state of all stages as of a day or instant. `counts` are by policy, period and stage, over everybody;
    `rows` those that were asked for. `refused` says what is wrong with rows of events that the reviews read.
    """

    as_of: datetime.date
    heads: tuple[Head, ...]
    counts: Mapping[tuple[str, str, str], Mapping[str, int]]
    rows: tuple[StageState, ...]
    names: Mapping[str, str]
    texts: Mapping[str, str]
    refused: tuple[Diagnostic, ...]


def cycle_of(run: Run, *, stage: str | None = None, late: bool = False) -> Cycle:
    """The state of the reviews of a run.

    Args:
        run: the run, of reviews in time.
        stage: only the rows of this stage; without it, of stages that are open or done.
        late: only the rows of what is late: where no stage is said, of what is open.
    """
    rows = tuple(states(run.book, day_of(run.as_of, run.rules.zone)))
    heads = []
    for part in run.book.parts:
        policy, period = part.decided.policy, part.decided.occasion.period
        assert isinstance(policy, CheckedReview), "only reviews have a cycle"
        heads.append(Head(policy.id, period, policy.title, tuple((each.name, each.title) for each in policy.stages)))
    kept = tuple(row for row in rows if _asked(row, stage, late=late))
    refused = refused_of([each.policy for each in run.decided], run.taken.quarantine)
    return Cycle(run.as_of, tuple(heads), _counts(heads, rows), kept, run.names, run.texts, refused)


def _asked(row: StageState, stage: str | None, *, late: bool) -> bool:
    if stage is not None:
        return row.stage == stage and (row.late or not late)
    return row.state != "waiting" and (not late or (row.late and row.state == "open"))


def _counts(heads: Iterable[Head], rows: Iterable[StageState]) -> Mapping[tuple[str, str, str], Mapping[str, int]]:
    """How many people stand where in each stage; of what is open and of what is done also how many are late."""
    found: dict[tuple[str, str, str], Counter[str]] = {
        (head.policy, head.period, stage): Counter() for head in heads for stage, _ in head.stages
    }
    for row in rows:
        counts = found[row.policy, row.period, row.stage]
        counts[row.state] += 1
        counts[f"{row.state} late"] += row.late
    return found


def states(book: Book, day: datetime.date) -> Iterator[StageState]:
    """Every stage of everybody, in the order of policies, people and stages; `day` is the one that it is asked on."""
    for part in book.parts:
        policy = part.decided.policy
        if isinstance(policy, CheckedReview) and in_time(policy):
            yield from _of_policy(part, policy, day)


def _of_policy(part: Part, policy: CheckedReview, day: datetime.date) -> Iterator[StageState]:
    names = [name for name in part.results.column_names if name.startswith("stage.")]
    table = part.results.select(["person", "subject.eligible", *names])
    for row in table.to_pylist():
        if row["subject.eligible"] is not False:
            for stage in policy.stages:
                yield _state(part, stage, row, day)


def _state(part: Part, stage: CheckedStage, row: Mapping[str, Any], day: datetime.date) -> StageState:
    policy, own = part.decided.policy, stage.column

    def value(word: str) -> Any:
        return row.get(f"{own}.{word}")

    opened, done = value("opened"), row[own] is True
    began = opened is not None and opened <= day
    state: State = "done" if done else "open" if began else "waiting"
    late = value("late") is True
    until = value("day") if done else day
    reminders = value("reminders")
    goes_up = value("escalate") is True
    return StageState(
        policy=policy.id,
        period=part.decided.occasion.period,
        person=row["person"],
        stage=stage.name,
        state=state,
        by=stage.by.words,
        actor=value("actor"),
        asked=value("asked"),
        instead=value("instead") or "",
        opened=opened,
        due=value("due"),
        close=_close(policy, stage, value("due")),
        late=late,
        late_by=_late_by(policy, stage, value("due"), until) if late else None,
        unit=stage.due[1] if stage.due is not None else None,
        event=value("event"),
        ended=value("day"),
        reopened=value("reopened"),
        reminders=int(reminders) if isinstance(reminders, Decimal | int) and state == "open" else 0,
        escalated=value("overdue") if goes_up else None,
        escalated_to=_goes_to(stage, value("escalated to")) if goes_up else None,
        missing=tuple(_missing(part, own, row)) if state != "done" else (),
    )


def _goes_to(stage: CheckedStage, person: str | None) -> str | None:
    assert stage.overdue is not None, "only what can be overdue goes up"
    return stage.overdue.to.role or person


def _close(policy: CheckedPolicy, stage: CheckedStage, due: datetime.date | None) -> str | None:
    """The close of work on the day on which it is due, where working days count."""
    if due is None or policy.calendar is None or stage.due is None or stage.due[1] != "working days":
        return None
    return policy.calendar.close_of_work(due)


def _late_by(policy: CheckedPolicy, stage: CheckedStage, due: datetime.date, until: datetime.date) -> int | None:
    """How many days, or working days, lie behind the one on which it was due; None past the calendar's last."""
    if stage.due is None or stage.due[1] != "working days" or policy.calendar is None:
        return (until - due).days
    if not policy.calendar.knows(until):
        return None
    days = policy.calendar.working
    return bisect.bisect_right(days, until) - bisect.bisect_right(days, due)


def _missing(part: Part, own: str, row: Mapping[str, Any]) -> Iterator[Reason]:
    """Why something isn't known of a stage that isn't done, but for the stages before it that aren't."""
    seen = []
    for word in _UNKNOWN:
        mask = row.get(mask_of(f"{own}.{word}")) or 0
        for reason in part.reasons(mask):
            if reason.code != "stage-open" and reason not in seen:
                seen.append(reason)
                yield reason
