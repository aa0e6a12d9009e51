"""Of which types of events the order is read."""

from __future__ import annotations

import pytest

from tests.checks.small import measured
from workflow.checks.builtin import BUILT_IN
from workflow.plan.ordering import ordered_events


@pytest.mark.parametrize(
    ("pay", "ordered"),
    [
        # The small workspace's measures: a sum and a count of deals, the latest quota, an average of surveys.
        ("pay:\n  bonus:\n    when: quota > 0 CNY and csat > 4\n    on: revenue\n    rate: 1%\n", {"quota.set"}),
        (
            "pay:\n  bonus:\n    for each: deal.won\n    on: amount\n    rate: 1%\n",
            {"deal.won", "quota.set", "survey.answered"},
        ),
    ],
)
def test_sums_counts_and_averages_read_no_order(pay: str, ordered: set[str]) -> None:
    """The latest does, and a policy that pays for each event is taken to read that of all its events."""
    workspace = measured(pay).workspace
    assert workspace is not None, measured(pay).mistakes
    found = ordered_events(workspace)
    assert found & workspace.events.keys() == ordered
    assert found >= BUILT_IN.keys()
