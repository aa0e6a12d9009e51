"""Goals told: of each what was to be reached by when, what it has come to, how its terms were revised, and the sum."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from workflow.checks.goalsetting import ATTAINED, ATTAINMENT, FIGURE, GOALS, REPORTED, WEIGHT, CheckedGoals
from workflow.ledger.account import Goal
from workflow.model.types import Type
from workflow.plan.attaining import SHARE
from workflow.report.cells import visible
from workflow.report.explanation.figures import SHORT
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.telling import Telling

_TERMS = ("target", "due", "weight")


def tell_goals(telling: Telling, policy: CheckedGoals) -> None:
    """The steps that lead to the attainment."""
    page, figures, known = telling.page, telling.figures, telling.figures.known(ATTAINMENT)
    outcome = page.say("goals-withheld") if known is None else figures.shown(ATTAINMENT, ATTAINED)
    telling.begin(page.say("goals-heading"), outcome, "warning" if known is None else "strong")
    asked = {str(goal.values["measure"]) for goal in telling.part.goals}
    tell_inputs(telling, ATTAINMENT, [column for column in policy.measured if column.name in asked])
    for goal in telling.part.goals:
        _tell_goal(telling, goal)
    counting = [goal for goal in telling.part.goals if goal.values["goal.counts"]]
    if known is not None:
        parts = " + ".join(_figure(telling, goal, "goal.weighted", ATTAINED) for goal in counting)
        total = page.step(page.say("goals-total", parts=parts, value=outcome), policy.place, "strong")
        telling.shown[ATTAINMENT] = (ATTAINMENT, total)
        return
    if not figures.number(GOALS):
        page.step(page.say("goals-none"), policy.place, "warning")
    elif (weight := figures.number("goals.weight")) is not None and weight != 1:
        said = page.say("goals-weights", weight=figures.text(weight, WEIGHT))
        page.step(said, policy.place, "warning")
    else:
        page.step(page.say("goals-unfinished"), policy.place, "warning")
    telling.settles(telling.reasons(ATTAINMENT))


def _tell_goal(telling: Telling, goal: Goal) -> None:
    """A step: one goal, what it has come to, by whom that is said, and its revisions."""
    page, said = telling.page, goal.values
    label = telling.labelled(str(said["goal"]), str(said["title"]))
    if said["team"] is not None:
        label = page.say("goal-of-team", label=label, team=visible(str(said["team"])))
    words = {"label": label, "unit": visible(str(said["unit"]))}
    words |= {name: _figure(telling, goal, name, FIGURE) for name in ("baseline",)}
    words |= {
        "value": _figure(telling, goal, "goal.actual", FIGURE),
        "target": _figure(telling, goal, "goal.target", FIGURE),
    }
    words |= {"start": str(said["start"]), "due": str(said["goal.due"])}
    words |= {"weight": _figure(telling, goal, "goal.weight", WEIGHT)}
    words |= {
        "attainment": _figure(telling, goal, "goal.attainment", SHARE),
        "exact": _figure(telling, goal, "goal.exact", SHARE),
    }
    words |= {"weighted": _figure(telling, goal, "goal.weighted", ATTAINED)}
    if said["goal.dropped"]:
        drop = {name: visible(str(said[f"drop.{name}"])) for name in ("by", "reason")}
        page.step(page.say("goal-dropped", label=label, day=str(said["drop.event.day"]), **drop), goal.place)
    elif not said["goal.counts"]:
        page.step(page.say("goal-later", **words), goal.place)
    elif said["goal.attainment"] is None:
        page.step(page.say("goal-open", **words), goal.place, "warning")
        telling.why(goal.causes["goal.attainment"])
    else:
        capped = said["goal.exact"] != said["goal.attainment"]
        page.step(page.say("goal-capped" if capped else "goal", **words), goal.place)
    _tell_source(telling, goal)
    _tell_revisions(telling, goal)


def _tell_source(telling: Telling, goal: Goal) -> None:
    """Below a goal: who set it, and by what, or by whom, it is known how far it has come."""
    page, said = telling.page, goal.values
    words = {"set_by": visible(str(said["by"])), "set_on": str(said["event.day"])}
    if said["measure"] != REPORTED:
        page.below(page.say("goal-measured", measure=visible(str(said["measure"])), **words))
    elif said["goal.actual"] is not None:
        report = {"by": visible(str(said["goal.reported by"])), "day": str(said["goal.reported on"])}
        page.below(page.say("goal-reported", **report, **words))
    else:
        page.below(page.say("goal-set", **words))


def _tell_revisions(telling: Telling, goal: Goal) -> None:
    """Below a goal: its first terms, if they were revised, and each revision with its reason."""
    page = telling.page
    unit = visible(str(goal.values["unit"]))
    for revision in goal.revisions:
        changes = tuple(
            page.say(f"goal-revised-{name}", value=_text(telling, revision[name], name), unit=unit)
            for name in _TERMS
            if revision[name] is not None
        )
        words = {
            "day": str(revision["event.day"]),
            "by": visible(revision["by"]),
            "reason": visible(revision["reason"]),
        }
        page.below(page.say("goal-revised", changes=changes, **words), revision["place"])
    if goal.revisions:
        first = {name: _text(telling, goal.values[name], name) for name in _TERMS}
        page.below(page.say("goal-first", unit=unit, **first))


def _text(telling: Telling, value: object, name: str) -> str:
    if isinstance(value, Decimal):
        return telling.figures.text(value, WEIGHT if name == "weight" else FIGURE)
    assert isinstance(value, datetime.date)
    return value.isoformat()


def _figure(telling: Telling, goal: Goal, name: str, of: Type) -> str:
    """A number of a goal, for a reader who compares."""
    value = goal.values[name]
    return telling.figures.cut(Fraction(value), of, SHORT) if isinstance(value, Decimal) else "-"
