"""Of which types of events a workspace reads the order: most measures take events in any order.

Whatever is not known here to do without an order is taken to read it, as it costs time and nothing else to number the
events of a type in their order.
"""

from __future__ import annotations

from workflow.checks.builtin import recordable
from workflow.checks.checked import CheckedIncentive, CheckedPolicy, CheckedWorkspace
from workflow.checks.tiers import CheckedTiering
from workflow.model.terms import Function

_ANY_ORDER = frozenset({Function.COUNT, Function.SUM, Function.LEAST, Function.GREATEST, "average", "days since"})
"""What a measure comes to whatever the order of its events."""


def ordered_events(workspace: CheckedWorkspace) -> frozenset[str]:
    """The types of events whose numbers must follow their order: those of which a policy reads it, and the built-in
    ones, which are few.
    """
    built_in = recordable(workspace).keys() - workspace.events.keys()
    return frozenset(built_in).union(*map(_read_in_order, workspace.policies))


def _read_in_order(policy: CheckedPolicy) -> frozenset[str]:
    """The types of which a policy may read the order; all of its own where it goes through events one by one."""
    measured = frozenset(measure.event for measure in policy.looks if measure.function not in _ANY_ORDER)
    if isinstance(policy, CheckedTiering):
        return measured if policy.setting is None else measured | {policy.setting.event.name}
    if not isinstance(policy, CheckedIncentive) or policy.counted or policy.claws_back:
        counted = {each.event for each in policy.counted}
        return frozenset(policy.events) | counted | ({policy.reversal.event} if policy.reversal is not None else set())
    return measured
