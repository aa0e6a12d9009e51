"""Goals told: of each what was to be reached by when, what it has come to, how its terms were revised, and the sum."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from workflow.checks.goalsetting import ATTAINED, ATTAINMENT, FIGURE, GOALS, REPORTED, WEIGHT, CheckedGoals
from workflow.ledger.account import Goal
from workflow.ledger.entries import Reason
from workflow.model.types import Type
from workflow.plan.attaining import SHARE
from workflow.report.cells import visible
from workflow.report.explanation.figures import SHORT, Figures
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.page import Page
from workflow.report.explanation.telling import Telling

_TERMS = ("target", "due", "weight")
_FIGURES = {
    "baseline": ("baseline", FIGURE),
    "target": ("goal.target", FIGURE),
    "value": ("goal.actual", FIGURE),
    "weight": ("goal.weight", WEIGHT),
    "exact": ("goal.exact", SHARE),
    "attainment": ("goal.attainment", SHARE),
    "weighted": ("goal.weighted", ATTAINED),
}
"""The numbers of a goal, by the word that stands for each in a sentence."""


def tell_goals(telling: Telling, policy: CheckedGoals) -> None:
    """The steps that lead to the attainment."""
    page, figures, known = telling.page, telling.figures, telling.figures.known(ATTAINMENT)
    outcome = page.say("goals-withheld") if known is None else figures.shown(ATTAINMENT, ATTAINED)
    telling.begin(page.say("goals-heading"), outcome, "warning" if known is None else "strong")
    asked = {str(goal.values["measure"]) for goal in telling.part.goals}
    tell_inputs(telling, ATTAINMENT, [column for column in policy.measured if column.name in asked])
    for goal in telling.part.goals:
        tell_goal(page, figures, goal, telling.why)
    counting = [goal for goal in telling.part.goals if goal.values["goal.counts"]]
    if known is not None:
        parts = " + ".join(_figure(figures, goal, "goal.weighted", ATTAINED) for goal in counting)
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


def tell_goal(page: Page, figures: Figures, goal: Goal, why: Callable[[Sequence[Reason]], None]) -> None:
    """A step: one goal, what it has come to, by whom that is said, and its revisions; `why` tells what is missing."""
    said = goal.values
    label = page.say("labelled", title=visible(str(said["title"])), name=visible(str(said["goal"])))
    if said["team"] is not None:
        label = page.say("goal-of-team", label=label, team=visible(str(said["team"])))
    words = {word: _figure(figures, goal, name, of) for word, (name, of) in _FIGURES.items()}
    words |= {"label": label, "unit": visible(str(said["unit"])), "start": str(said["start"])}
    words |= {"due": str(said["goal.due"])}
    if said["goal.dropped"]:
        drop = {name: visible(str(said[f"drop.{name}"])) for name in ("by", "reason")}
        page.step(page.say("goal-dropped", label=label, day=str(said["drop.event.day"]), **drop), goal.place)
    elif not said["goal.counts"]:
        page.step(page.say("goal-later", **words), goal.place)
    elif said["goal.attainment"] is None:
        page.step(page.say("goal-open", **words), goal.place, "warning")
        why(goal.causes["goal.attainment"])
    else:
        capped = said["goal.exact"] != said["goal.attainment"]
        page.step(page.say("goal-capped" if capped else "goal", **words), goal.place)
    _tell_source(page, goal)
    _tell_revisions(page, figures, goal)


def _tell_source(page: Page, goal: Goal) -> None:
    """Below a goal: who set it, and by what, or by whom, it is known how far it has come."""
    said = goal.values
    words = {"set_by": visible(str(said["by"])), "set_on": str(said["event.day"])}
    if said["measure"] != REPORTED:
        page.below(page.say("goal-measured", measure=visible(str(said["measure"])), **words))
    elif said["goal.actual"] is not None:
        report = {"by": visible(str(said["goal.reported by"])), "day": str(said["goal.reported on"])}
        page.below(page.say("goal-reported", **report, **words))
    else:
        page.below(page.say("goal-set", **words))


def _tell_revisions(page: Page, figures: Figures, goal: Goal) -> None:
    """Below a goal: its first terms, if they were revised, and each revision with its reason."""
    unit = visible(str(goal.values["unit"]))
    for revision in goal.revisions:
        changes = tuple(
            page.say(f"goal-revised-{name}", value=_text(figures, revision[name], name), unit=unit)
            for name in _TERMS
            if revision[name] is not None
        )
        words = {
            "day": str(revision["event.day"]),
            "by": visible(revision["by"]),
            "reason": visible(revision["reason"]),
        }
        key = "goal-revised" if revision["said.counts"] else "goal-revised-late"
        page.below(page.say(key, changes=changes, **words), revision["place"])
    if goal.revisions:
        first = {name: _text(figures, goal.values[name], name) for name in _TERMS}
        page.below(page.say("goal-first", unit=unit, **first))


def _text(figures: Figures, value: object, name: str) -> str:
    if isinstance(value, Decimal):
        return figures.text(value, WEIGHT if name == "weight" else FIGURE)
    assert isinstance(value, datetime.date)
    return value.isoformat()


def _figure(figures: Figures, goal: Goal, name: str, of: Type) -> str:
    """A number of a goal, for a reader who compares."""
    value = goal.values[name]
    return figures.cut(Fraction(value), of, SHORT) if isinstance(value, Decimal) else "-"
