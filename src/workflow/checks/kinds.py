"""The kinds of policy as they are checked: of each model, what makes a checked policy of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflow.checks.checked import CheckedPolicy
from workflow.checks.context import Context
from workflow.checks.incentives import check_incentive
from workflow.model.files import Document
from workflow.model.incentive import Incentive
from workflow.model.policy import Policy

Check = Callable[[Context, Document[Any]], CheckedPolicy | None]
"""What checks a file of one kind, the one beside it: the policy, or None after noting its mistakes."""

CHECKS: Mapping[type[Policy], Check] = {Incentive: check_incentive}


def check_policy(context: Context, document: Document[Policy]) -> CheckedPolicy | None:
    """The policy of a file, whatever its kind, or None after noting its mistakes."""
    return CHECKS[type(document.content)](context, document)
