"""What an opening can open: the clauses of pay whose money accumulates, and the names of these facts."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.checks.checked import CheckedIncentive, CheckedPolicy
from workflow.checks.clauses import PayClause
from workflow.checks.facts import fact_name
from workflow.model.terms import Over
from workflow.model.types import Kind


def can_open(clause: PayClause) -> bool:
    """Whether a clause has a total of money that runs on from event to event."""
    counted = clause.counted
    if counted is None or counted.quantity is None or counted.over is Over.EVENT:
        return False
    return counted.quantity.type.kind is Kind.MONEY


def openable(policies: Iterable[CheckedPolicy]) -> tuple[str, ...]:
    """The facts that an opening may name, in order."""
    return tuple(
        sorted(
            {
                fact_name(policy.id, clause.name)
                for policy in policies
                if isinstance(policy, CheckedIncentive)
                for clause in policy.pay
                if can_open(clause)
            }
        )
    )
