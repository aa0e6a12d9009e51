"""Which reviews a question about their cycle asks for: those of a period, or of the newest that is over."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from workflow.checks.checked import CheckedWorkspace
from workflow.checks.mapping import PeriodKind
from workflow.checks.ratings import CheckedReview
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.plan.occasions import Due, day_of, parts_of, policies_due


def cycles(
    rules: CheckedWorkspace,
    periods: Mapping[str, PeriodKind],
    asked: tuple[str | None, str | None, str | None],
    as_of: datetime.date,
) -> tuple[Due, ...]:
    """The reviews in time of a period; without one, each of the newest period that is over.

    Args:
        rules: the checked workspace.
        periods: every kind of period.
        asked: the period, the review's id, and the stage, as far as they are said.
        as_of: the day or instant that it is asked on.

    Raises:
        WrongUsage: there is no review in time, none of that id or with that stage, or none in force in the period.
    """
    period, policy, stage = asked
    known = tuple(sorted({each.id for each in rules.policies if in_time(each)}))
    if not known:
        raise WrongUsage((Diagnostic("no-review", NOWHERE, {}),))
    if policy is not None and policy not in known:
        raise WrongUsage((Diagnostic("unknown-review", NOWHERE, {"policy": policy, "known": known}),))
    over = _of_period(rules, periods, period, as_of)
    due = tuple(each for each in over if in_time(each.policy) and policy in {None, each.policy.id})
    if not due:
        newest = period or max((each.period for each in over), default=day_of(as_of, rules.zone).isoformat())
        raise WrongUsage((Diagnostic("no-review-in-force", NOWHERE, {"period": newest, "known": known}),))
    stages = tuple(
        dict.fromkeys(one.name for each in due if isinstance(each.policy, CheckedReview) for one in each.policy.stages)
    )
    if stage is not None and stage not in stages:
        raise WrongUsage((Diagnostic("unknown-stage", NOWHERE, {"stage": stage, "known": stages}),))
    return due


def in_time(policy: object) -> bool:
    """Whether a policy is a review whose stages open."""
    return isinstance(policy, CheckedReview) and policy.opens is not None and bool(policy.stages)


def _of_period(
    rules: CheckedWorkspace, periods: Mapping[str, PeriodKind], period: str | None, as_of: datetime.date
) -> tuple[Due, ...]:
    if period is not None:
        return policies_due(rules, periods, period)
    day, found = day_of(as_of, rules.zone), list[Due]()
    for policy, each in sorted({(one.id, one.each) for one in rules.policies if in_time(one)}):
        over = [row for row in periods[each].periods if row[2] < day]
        found += next(filter(None, (parts_of(rules, policy, each, row) for row in reversed(over[-1:]))), ())
    return tuple(found)
