"""Lowering a review: subjects, what they have reached and what forms say of them, stages, score, rating, actions."""

from __future__ import annotations

from workflow.checks.checked import CheckedWorkspace
from workflow.checks.ratings import CheckedReview
from workflow.plan.actions import columns_of, triggered
from workflow.plan.gathering import emit_events, gathered, lowered
from workflow.plan.lowered import RESULTS, Lowered
from workflow.plan.nodes import Emit
from workflow.plan.occasions import Occasion
from workflow.plan.participants import participating
from workflow.plan.scoring import columns_of_score, scored
from workflow.plan.staging import staged


def lower_review(policy: CheckedReview, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one review for one period.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, and what the sources have delivered.

    Returns:
        A plan with the outputs `results` and `events TYPE`.
    """
    found = gathered(policy, workspace, occasion)
    ground, quotients = found.ground, found.quotients
    step = participating(ground, policy, found.step)
    step = staged(ground, policy, step, found.counted, workspace.zone)
    step = triggered(ground, scored(ground, policy, step, quotients), quotients)
    actions = (column for action in policy.actions for column in columns_of(action))
    columns = (*found.columns, *columns_of_score(policy), *actions)
    ground.builder.emit(RESULTS, Emit(step, tuple((name, name) for name in columns), ("person",)))
    emit_events(found, {})
    return lowered(found)
