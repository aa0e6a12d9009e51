"""Which escalations a question about their cases asks for: those that govern a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflow.checks.cases import CheckedEscalation
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.mapping import PeriodKind
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.plan.occasions import Due, policies_due


def escalations_due(
    rules: CheckedWorkspace, periods: Mapping[str, PeriodKind], period: str, asked: tuple[str | None, str | None]
) -> tuple[Due, ...]:
    """The escalations of a period.

    Args:
        rules: the checked workspace.
        periods: every kind of period.
        period: the period's name.
        asked: the policy's id, and the state, as far as they are said.

    Raises:
        WrongUsage: there is no escalation, none of that id or with that state, or none in force in the period.
    """
    policy, state = asked
    every, known = _escalations(rules, policy)
    states = tuple(dict.fromkeys(one.name for each in every if policy in {None, each.id} for one in each.states))
    if state is not None and state not in states:
        raise WrongUsage((Diagnostic("no-such-state", NOWHERE, {"state": state, "known": states}),))
    due = policies_due(rules, periods, period)
    due = tuple(each for each in due if isinstance(each.policy, CheckedEscalation) and policy in {None, each.policy.id})
    if not due:
        raise WrongUsage((Diagnostic("no-escalation-in-force", NOWHERE, {"period": period, "known": known}),))
    return due


def under(dues: Sequence[Due], version: int) -> tuple[Due, ...]:
    """The same escalations as if one version had always been in force, and no other ever.

    Raises:
        WrongUsage: one of them has no such version.
    """
    found = []
    for due in dues:
        assert isinstance(due.policy, CheckedEscalation), "only escalations have cases"
        versions = due.policy.versions
        chosen = next((each for each in versions if each.version == version), None)
        if chosen is None:
            known = tuple(str(each.version) for each in versions)
            raise WrongUsage((Diagnostic("no-such-version", NOWHERE, {"version": str(version), "known": known}),))
        first = min(each.since for each in versions)
        alone = replace(chosen, since=first, through=None, migrates=None, others=())
        found.append(replace(due, policy=alone))
    return tuple(found)


def escalation_called(rules: CheckedWorkspace, policy: str) -> CheckedEscalation:
    """The newest version of an escalation.

    Raises:
        WrongUsage: there is none of that id.
    """
    every, _ = _escalations(rules, policy)
    return max((each for each in every if each.id == policy), key=lambda each: each.version)


def _escalations(rules: CheckedWorkspace, policy: str | None) -> tuple[tuple[CheckedEscalation, ...], tuple[str, ...]]:
    """All escalations, of which one may be asked for, and their ids.

    Raises:
        WrongUsage: there is none, or none of that id.
    """
    every = tuple(each for each in rules.policies if isinstance(each, CheckedEscalation))
    known = tuple(sorted({each.id for each in every}))
    if not known:
        raise WrongUsage((Diagnostic("no-escalation", NOWHERE, {}),))
    if policy is not None and policy not in known:
        raise WrongUsage((Diagnostic("unknown-escalation", NOWHERE, {"policy": policy, "known": known}),))
    return every, known
