"""The kinds of policy as they are checked: of each model, what makes a checked policy of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.checks.checked import CheckedPolicy, Offer
from workflow.checks.context import Context
from workflow.checks.escalations import check_escalation
from workflow.checks.goals import check_goals
from workflow.checks.incentives import check_incentive
from workflow.checks.reviews import check_review
from workflow.checks.tiering import check_tiering, tier_standing
from workflow.model.escalation import Escalation
from workflow.model.files import Document
from workflow.model.goals import Goals
from workflow.model.incentive import Incentive
from workflow.model.policy import Policy
from workflow.model.review import Review
from workflow.model.tiering import Tiering


def _nothing(document: Document[Any]) -> Mapping[str, Offer]:
    del document
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """What is done with the files of one kind of policy, those beside whose model it stands.

    `check` gives the policy, or None after noting its mistakes. `standing` are the facts that a file declares itself,
    with their types, and that stand from the day after a period on: `customer.tier`. They are known before anything is
    checked, so that a policy may use what rests on its own earlier results.
    """

    check: Callable[[Context, Document[Any]], CheckedPolicy | None]
    standing: Callable[[Document[Any]], Mapping[str, Offer]] = _nothing


KINDS: Mapping[type[Policy], Kind] = {
    Escalation: Kind(check_escalation),
    Goals: Kind(check_goals),
    Incentive: Kind(check_incentive),
    Review: Kind(check_review),
    Tiering: Kind(check_tiering, tier_standing),
}


def check_policy(context: Context, document: Document[Policy]) -> CheckedPolicy | None:
    """The policy of a file, whatever its kind, or None after noting its mistakes."""
    return KINDS[type(document.content)].check(context, document)


def standing_in(document: Document[Policy]) -> Mapping[str, Offer]:
    """What a file declares that stands from the day after a period on."""
    return KINDS[type(document.content)].standing(document)
