"""How far goals have come on a day, for programs: figures are texts, so that none is read as a float; keys stay."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.checks.goalsetting import ATTAINMENT, GOALS, REACHED
from workflow.ledger.account import Goal
from workflow.ledger.progress import OnTheWay, Progress
from workflow.report.jsontext import text_of
from workflow.report.summary import reason_text

_NAMES = {
    "goal": "goal",
    "person": "person",
    "team": "team",
    "title": "title",
    "measure": "measure",
    "unit": "unit",
    "baseline": "baseline",
    "target": "goal.target",
    "start": "start",
    "due": "goal.due",
    "weight": "goal.weight",
    "set_by": "by",
    "counts": "goal.counts",
    "dropped": "goal.dropped",
    "actual": "goal.actual",
    "reported_on": "goal.reported on",
    "attainment": "goal.attainment",
    "reached": "goal.reached",
}


def document(found: Sequence[Progress], language: str) -> dict[str, object]:
    """The goals of each policy and person, with their terms, what each has come to, and how it was revised."""
    return {
        "day": found[0].day.isoformat(),
        "policies": [
            {
                "policy": each.policy.id,
                "version": each.policy.version,
                "period": each.period,
                "first": each.first.isoformat(),
                "last": each.last.isoformat(),
                "people": [_person(one, language) for one in each.people],
                "without": [person for person, _ in each.without],
            }
            for each in found
        ],
    }


def _person(one: OnTheWay, language: str) -> dict[str, object]:
    values, causes = one.part.values, one.part.causes
    return {
        "person": one.person,
        "name": None if one.name == one.person else one.name,
        "attainment": text_of(values[ATTAINMENT]),
        "goals_set": text_of(values[GOALS]),
        "goals_reached": text_of(values[REACHED]),
        "missing": [reason_text(reason, language) for reason in causes.get(ATTAINMENT, ())],
        "goals": [_goal(goal, language) for goal in one.part.goals],
        "refused": [
            {"id": each.row.id, "code": each.diagnostic.code, "file": each.span.path, "line": each.span.line}
            for each in one.part.refused.get("", ())
        ],
    }


def _goal(goal: Goal, language: str) -> dict[str, object]:
    revised = ("target", "due", "weight", "reason", "by")
    return {
        **{name: text_of(goal.values[column]) for name, column in _NAMES.items()},
        "missing": [reason_text(reason, language) for reason in goal.causes.get("goal.attainment", ())],
        "revisions": [
            {
                "day": each["event.day"].isoformat(),
                **{name: text_of(each[name]) for name in revised},
                "counts": each["said.counts"],
            }
            for each in goal.revisions
        ],
        "first": {name: text_of(goal.values[name]) for name in ("target", "due", "weight")},
        "file": goal.place.path,
        "line": goal.place.line,
    }
