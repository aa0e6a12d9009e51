"""The kinds of policy as their authors write them: a folder of each, and the model of a file in it."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.model.incentive import Incentive
from workflow.model.policy import Policy

POLICIES: Mapping[str, type[Policy]] = {"incentives": Incentive}
"""The folder of each kind of policy, and what reads a file in it."""
