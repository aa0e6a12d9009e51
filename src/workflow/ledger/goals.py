"""The goals of people and teams as a run finds them: the plan's rows, with where each was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workflow.checks.goalsetting import CheckedGoals
from workflow.diagnostics import Span
from workflow.intake.evidence import Evidence
from workflow.intake.lines import lines_of
from workflow.ledger.account import Goal
from workflow.ledger.part import Part
from workflow.ledger.rows import told_in
from workflow.plan.goals import GOAL_ROWS, REVISION_ROWS


def goals_of(part: Part, person: Mapping[str, Any] | None, evidence: Evidence, where: Path) -> tuple[Goal, ...]:
    """The goals that run in a period, in the order in which they were set.

    Args:
        part: the entries of one policy.
        person: the row of results of the person whose own they are, or whose team's; None: everybody's.
        evidence: in which the events stand.
        where: the workspace's folder.
    """
    policy, tables = part.decided.policy, part.decided.outcome.tables
    if not isinstance(policy, CheckedGoals) or GOAL_ROWS not in tables:
        return ()
    rows = tables[GOAL_ROWS].to_pylist()
    if person is not None:
        team = person.get(policy.teams.name) if policy.teams is not None else None
        rows = [row for row in rows if row["person"] == person["person"] or (team is not None and row["team"] == team)]
    names = {row["goal"] for row in rows}
    revised = tables[REVISION_ROWS].to_pylist() if REVISION_ROWS in tables else []
    revised = [row for row in revised if row["goal"] in names]
    places = lines_of(evidence, where, sorted({int(row["event"]) for row in (*rows, *revised)}))
    spans = {number: Span(file, line, 1, line, 1) for number, (file, line) in places.items()}
    changes: dict[str, list[Mapping[str, Any]]] = {name: [] for name in names}
    for row in revised:
        changes[row["goal"]].append({**row, "place": spans[int(row["event"])]})
    found = []
    for row in rows:
        values, causes = told_in(row, part.reasons)
        found.append(Goal(values, causes, tuple(changes[row["goal"]]), spans[int(row["event"])]))
    return tuple(found)
