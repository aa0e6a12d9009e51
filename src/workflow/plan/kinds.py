"""The kinds of policy as they are planned: of each checked policy, what makes a plan of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflow.checks.cases import CheckedEscalation
from workflow.checks.checked import CheckedIncentive, CheckedPolicy, CheckedWorkspace
from workflow.checks.goalsetting import CheckedGoals
from workflow.checks.ratings import CheckedReview
from workflow.checks.tiers import CheckedTiering
from workflow.plan.escalations import lower_escalation
from workflow.plan.goals import lower_goals
from workflow.plan.incentives import lower_incentive
from workflow.plan.lowered import Lowered
from workflow.plan.occasions import Occasion
from workflow.plan.reviews import lower_review
from workflow.plan.tiering import lower_tiering

Lower = Callable[[Any, CheckedWorkspace, Occasion], Lowered]
"""What makes a plan of a policy of one kind, the one beside it, for an occasion."""

LOWERINGS: Mapping[type[CheckedPolicy], Lower] = {
    CheckedEscalation: lower_escalation,
    CheckedIncentive: lower_incentive,
    CheckedGoals: lower_goals,
    CheckedTiering: lower_tiering,
    CheckedReview: lower_review,
}


def lower(policy: CheckedPolicy, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one policy, whatever its kind, for one period."""
    return LOWERINGS[type(policy)](policy, workspace, occasion)
