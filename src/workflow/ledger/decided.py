"""One policy's part of a run, as it was decided, and the files in which its tables stand."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.checks.checked import CheckedPolicy
from workflow.plan.escalations import CASE_STEPS
from workflow.plan.goals import GOAL_ROWS, REVISION_ROWS
from workflow.plan.lowered import STEPS
from workflow.plan.nodes import Plan
from workflow.plan.occasions import DAYS, Occasion
from workflow.run.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """One policy's part of a run: what was checked, planned and found."""

    policy: CheckedPolicy
    plan: Plan
    occasion: Occasion
    outcome: Outcome

    @property
    def table(self) -> str:
        """The file of its results: named by the policy, and by the first day of a part that begins inside a period."""
        return f"{self.policy.id}{self.occasion.key.removeprefix(self.occasion.period)}.parquet"


def stepped(decided: Decided) -> dict[str, str]:
    """The clauses whose amounts have steps of their own, in an output beside the lines, and the file of each."""
    stem = decided.table.removesuffix(".parquet")
    names = [name.removeprefix(f"{STEPS} ") for name in decided.outcome.tables if name.startswith(f"{STEPS} ")]
    return {name: f"{stem}.{name}.steps.parquet" for name in names}


def tables_beside(decided: Decided) -> dict[str, str]:
    """The outputs beside the results, and the file of each: goals, their revisions, days of tiers, steps of cases."""
    stem = decided.table.removesuffix(".parquet")
    words = {GOAL_ROWS: "goals", REVISION_ROWS: "revisions", DAYS: "days", CASE_STEPS: "cases"}
    return {name: f"{stem}.{word}.parquet" for name, word in words.items() if name in decided.outcome.tables}
