"""Who is told: a person whom the register names on the last day served, that person's own superior, or a role."""

from __future__ import annotations

from pathlib import Path

from tests.plan.runs import WHOLE, evaluated, withheld, workspace

ACTIONS = """\
actions:
  them: {notify: person}
  above: {notify: person.supervisor}
  twice: {notify: person.supervisor.supervisor}
  role: {notify: hr}
  never:
    when: deals > 9
    notify: person.supervisor.supervisor
"""
MEASURES = "measures:\n  deals: {count: events, of: deal.won}\n"
TIERING = """\
policy: tiering
id: grade
version: 1
title: {en: Grade, zh: 级别}
effective: {from: 2026-04-01}
owner: hr
reason: a test
subject: person
each: quarter
tiers:
  good: deals >= 1
  other: {}
"""
PEOPLE = {"people": "E2,2024-01-01,rep,E1,5%\nE3,2024-01-01,rep,,5%\n"}
"""E1 reports to S1, whom the register doesn't have; E2 to E1; E3 to nobody."""
TOLD = {
    "E1": {"them": None, "above": "S1", "role": "hr"},
    "E2": {"them": None, "above": "E1", "twice": "S1", "role": "hr"},
    "E3": {"them": None, "role": "hr"},
}
WITHHELD = {"E1": {"twice"}, "E2": set[str](), "E3": {"above", "twice"}}


def told(root: Path, engine: str, policy: str) -> dict[str, dict[str, str | None]]:
    """By person and clause, whom it goes to, if that isn't the person."""
    found: dict[str, dict[str, str | None]] = {}
    for each in evaluated(root, engine).actions:
        if each.policy == policy:
            found.setdefault(each.subject, {})[each.clause] = each.to
    return found


def test_of_every_kind(engine: str, tmp_path: Path) -> None:
    """An incentive and a tiering tell the same people; where nobody is there to be told, the notice is withheld."""
    files = {**WHOLE, "tiers/grade.v1.yaml": TIERING + MEASURES + ACTIONS}
    root = workspace(tmp_path, MEASURES + ACTIONS, PEOPLE, files)
    for policy in ("bonus", "grade"):
        assert told(root, engine, policy) == TOLD, policy
    result = evaluated(root, engine)
    for person, clauses in WITHHELD.items():
        found = withheld(result, person)
        assert found.keys() == clauses
        assert {code for codes in found.values() for code in codes} <= {"unknown-of-person"}
