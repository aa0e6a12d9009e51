"""The kinds of policy as their authors write them: a folder of each, and the model of a file in it."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.model.escalation import Escalation
from workflow.model.goals import Goals
from workflow.model.incentive import Incentive
from workflow.model.policy import Policy
from workflow.model.review import Review
from workflow.model.tiering import Tiering

POLICIES: Mapping[str, type[Policy]] = {
    "escalations": Escalation,
    "goals": Goals,
    "incentives": Incentive,
    "reviews": Review,
    "tiers": Tiering,
}
"""The folder of each kind of policy, and what reads a file in it."""
