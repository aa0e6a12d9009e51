"""The day by which an action is due, counted from the last day of its period."""

from __future__ import annotations

import datetime

from workflow.checks.checked import CheckedPolicy
from workflow.checks.clauses import ActionClause
from workflow.worktime.due import day_after


def due_day(policy: CheckedPolicy, action: ActionClause, last: datetime.date) -> datetime.date | None:
    """The day by which it is due: None if none is said, or if the calendar of working days doesn't reach so far.

    Args:
        policy: whose calendar counts working days.
        action: the action.
        last: the period's last day. A day that a month lacks is its last.
    """
    return day_after(policy.calendar, action.due, last) if action.due is not None else None
