"""Which periods a question about one day asks for: the one that runs then, and of a tier the one that decided it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.goalsetting import CheckedGoals
from workflow.checks.mapping import PeriodKind
from workflow.checks.tiers import CheckedTiering
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.plan.occasions import Due, day_of, governs, parts_of
from workflow.plan.windows import Days


def around(
    rules: CheckedWorkspace, periods: Mapping[str, PeriodKind], policy: str | None, on: datetime.date
) -> tuple[Due, ...]:
    """What a tiering decides around a day: the newest period that is over, and the one in which the day lies.

    Either is left out where there is none.

    Args:
        rules: the checked workspace.
        periods: every kind of period.
        policy: the tiering's id; None: the only one that there is.
        on: the day, or an instant of it.

    Raises:
        WrongUsage: there is no tiering, none of that id, or several and no id; or it decides nothing for that day.
    """
    versions, day = _versions(rules, policy), day_of(on, rules.zone)
    each = next((one.each for one in versions if governs(rules, one, day)), versions[-1].each)
    rows = periods[each].periods
    over = [row for row in rows if row[2] < day][-1:]
    runs = [row for row in rows if row[1] <= day <= row[2]]
    due = tuple(part for row in (*over, *runs) for part in parts_of(rules, versions[0].id, each, row))
    if due:
        return due
    first = next((first for _, first, _ in rows if first >= versions[0].since), versions[0].since)
    last = "" if versions[-1].through is None else versions[-1].through.isoformat()
    args = {"policy": versions[0].id, "day": day.isoformat(), "days": f"{first.isoformat()}..{last}"}
    raise WrongUsage((Diagnostic("no-tier-on-day", NOWHERE, args),))


def _versions(rules: CheckedWorkspace, policy: str | None) -> Sequence[CheckedPolicy]:
    """The versions of the tiering that is asked about, the oldest first."""
    tierings = sorted(
        (each for each in rules.policies if isinstance(each, CheckedTiering)), key=lambda each: (each.id, each.version)
    )
    known = tuple(dict.fromkeys(each.id for each in tierings))
    if not known:
        raise WrongUsage((Diagnostic("no-tiering", NOWHERE, {}),))
    if policy is None and len(known) > 1:
        raise WrongUsage((Diagnostic("several-tierings", NOWHERE, {"known": known}),))
    if policy is not None and policy not in known:
        raise WrongUsage((Diagnostic("unknown-tiering", NOWHERE, {"policy": policy, "known": known}),))
    return [each for each in tierings if each.id == (policy or known[0])]


def ends_from(whole: Days, each: str, periods: Mapping[str, PeriodKind]) -> tuple[datetime.date, ...]:
    """The last days of a period and of those after it."""
    return tuple(last for _, first, last in periods[each].periods if first >= whole[0])


def goals_on(rules: CheckedWorkspace, periods: Mapping[str, PeriodKind], on: datetime.date) -> tuple[Due, ...]:
    """What the goals policies in force on a day decide of the periods in which it lies.

    Args:
        rules: the checked workspace.
        periods: every kind of period.
        on: the day, or an instant of it.

    Raises:
        WrongUsage: there is no goals policy, or none is in force.
    """
    day, own = day_of(on, rules.zone), [each for each in rules.policies if isinstance(each, CheckedGoals)]
    if not own:
        raise WrongUsage((Diagnostic("no-goals-policy", NOWHERE, {}),))
    due = tuple(
        part
        for policy, each in sorted({(each.id, each.each) for each in own})
        for row in periods[each].periods
        if row[1] <= day <= row[2]
        for part in parts_of(rules, policy, each, row)
    )
    if not due:
        args = {"day": day.isoformat(), "first": min(each.since for each in own).isoformat()}
        raise WrongUsage((Diagnostic("no-goals-on-day", NOWHERE, args),))
    return due
