"""Of which types of events the order is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.small import measured
from tests.golden.cases import HERE, Case
from workflow.api import checked_workspace
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


@pytest.mark.parametrize(
    ("case", "ordered"),
    [
        # Sums over a year, purchases less returns; and how long ago the first event was.
        ("held-until-the-company-s-year-ends", set()),
        ("silence-that-is-not-sure-yet", set()),
        ("two-records-of-one-day", {"survey.answered"}),
        ("a-tier-set-by-hand", {"customer.tier_set"}),
    ],
)
def test_a_tiering_reads_the_order_of_what_sets_its_tiers(case: str, ordered: set[str], tmp_path: Path) -> None:
    """A tier that is set ends the one that was set before it; what is bought is only added up."""
    of_case = Case(HERE / "tiering" / "good" / case, {})
    workspace = checked_workspace(of_case.workspace(tmp_path / "workspace"))
    assert ordered_events(workspace) - BUILT_IN.keys() == ordered
