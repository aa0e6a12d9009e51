"""The day by which something is due: an action from the last day of its period on, a review's opening likewise."""

from __future__ import annotations

import datetime

from workflow.checks.checked import CheckedPolicy
from workflow.checks.clauses import ActionClause, Due
from workflow.worktime.months import months_after


def due_day(policy: CheckedPolicy, action: ActionClause, last: datetime.date) -> datetime.date | None:
    """The day by which it is due: None if none is said, or if the calendar of working days doesn't reach so far.

    Args:
        policy: whose calendar counts working days.
        action: the action.
        last: the period's last day. A day that a month lacks is its last.
    """
    return day_after(policy, action.due, last) if action.due is not None else None


def day_after(policy: CheckedPolicy, length: Due, day: datetime.date) -> datetime.date | None:
    """The day so long after another: None if the calendar of working days doesn't reach so far."""
    count, unit = length
    if unit == "working days":
        assert policy.calendar is not None, "working days are checked to have a calendar"
        return policy.calendar.working_day_after(day, count)
    if unit == "days":
        return day + datetime.timedelta(days=count)
    return months_after(day, count)
