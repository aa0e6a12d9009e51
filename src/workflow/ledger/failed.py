"""Cases of which nothing sure can be said any more: all that follows from one would be a guess, so the run stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from workflow.checks.cases import CheckedEscalation
from workflow.diagnostics import Diagnostic, InputRefused
from workflow.ledger.decided import Decided
from workflow.plan.escalations import CASE_STEPS

AMBIGUOUS, RAN_AWAY, BEYOND = "ambiguous", "ran away", "beyond"
"""The steps with which a case fails, as they are told."""
MOST_NAMED = 20
"""So many cases of a policy are named at most."""


def refuse_failed(decided: Iterable[Decided]) -> None:
    """Refuse a run in which a case has failed.

    Raises:
        InputRefused: a case has two moves at once, never comes to rest, or needs a day that the calendar doesn't know.
    """
    found = tuple(diagnostic for each in decided for diagnostic in _failed(each))
    if found:
        raise InputRefused(found)


def _failed(decided: Decided) -> Iterator[Diagnostic]:
    import pyarrow as pa
    import pyarrow.compute as pc

    policy = decided.policy
    if not isinstance(policy, CheckedEscalation):
        return
    steps = decided.outcome.tables[CASE_STEPS]
    failures = pa.array([AMBIGUOUS, RAN_AWAY, BEYOND], pa.string())
    rows = steps.filter(pc.is_in(steps["went"], value_set=failures)).slice(0, MOST_NAMED)
    for row in rows.to_pylist():
        yield _diagnostic(policy, row)


def _diagnostic(policy: CheckedEscalation, row: dict[str, Any]) -> Diagnostic:
    """What a failed case is told with, at the state in which it stood."""
    policy = next(each for each in policy.versions if each.version == row["version"])
    place = next(each.span for each in policy.states if each.name == row["state"])
    told = {"case": str(row["case"]), "state": str(row["state"])}
    if row["went"] == AMBIGUOUS:
        return Diagnostic("case-ambiguous", place, {**told, "event": row["of"], "day": row["date"].isoformat()})
    if row["went"] == RAN_AWAY:
        return Diagnostic("case-ran-away", place, {**told, "timer": row["of"], "day": row["date"].isoformat()})
    calendar = policy.calendar
    assert calendar is not None, "only working time can lie beyond a calendar"
    days = {"first": calendar.first.isoformat(), "last": calendar.last.isoformat()}
    return Diagnostic("case-beyond-calendar", place, {**told, "found": row["of"], "calendar": calendar.name, **days})
