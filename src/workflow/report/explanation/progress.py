"""How far goals have come on a day, told: of each person the goals with their terms, and what they come to so far."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction

from workflow.checks.goalsetting import ATTAINED, ATTAINMENT
from workflow.ledger.account import Goal
from workflow.ledger.entries import Reason
from workflow.ledger.progress import OnTheWay, Progress
from workflow.report.cells import visible
from workflow.report.diagnostics import message
from workflow.report.explanation.figures import Figures
from workflow.report.explanation.goals import tell_goal
from workflow.report.explanation.page import Page
from workflow.report.summary import reason_text, title_in

_DAY = datetime.timedelta(days=1)


def render_progress(found: Sequence[Progress], language: str, colour: bool) -> str:  # noqa: FBT001 as terminals are asked
    """How far goals have come on a day.

    Args:
        found: the goals of each policy.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.

    Returns:
        The text, without a line break at its end.
    """
    page = Page(language, colour=colour)
    page.title(page.say("goals-of-day", day=found[0].day.isoformat()))
    for each in found:
        policy = each.policy
        title = visible(title_in(policy.title, language) or policy.id)
        page.policy(page.say("policy", title=title, policy=visible(policy.id), version=policy.version), policy.span)
        words = {"first": each.first.isoformat(), "last": each.last.isoformat()}
        page.sentence(page.say("goals-period", period=visible(each.period), **words), policy.place)
        for one in each.people:
            _tell(page, one, each.day)
        if each.without:
            page.space()
            people = tuple(_called(page, person, name) for person, name in each.without)
            page.sentence(page.say("goals-without", people=people))
    return page.text()


def _passed(goal: Goal, day: datetime.date) -> Fraction:
    """Which share of its days is over at the end of a day."""
    start, due = goal.values["start"], goal.values["goal.due"]
    assert isinstance(start, datetime.date)
    assert isinstance(due, datetime.date)
    if due < start:
        return Fraction(1)
    return min(Fraction(max((day - start + _DAY).days, 0), (due - start + _DAY).days), Fraction(1))


def _called(page: Page, person: str, name: str) -> str:
    return visible(person) if name == person else page.say("named", name=visible(name), person=visible(person))


def _tell(page: Page, one: OnTheWay, day: datetime.date) -> None:
    """One person's goals, and what they come to so far."""
    figures = Figures(one.part, page.language)
    known = figures.known(ATTAINMENT)
    value = figures.shown(ATTAINMENT, ATTAINED)
    outcome = page.say("goals-withheld") if known is None else page.say("goals-so-far", value=value)
    page.heading(_called(page, one.person, one.name), outcome, "warning" if known is None else "strong")

    told: list[Reason] = []

    def why(reasons: Sequence[Reason]) -> None:
        for reason in (each for each in reasons if each not in told):
            told.append(reason)
            page.below(page.say("why", reason=reason_text(reason, page.language)), reason.span, "warning")

    for goal in one.part.goals:
        tell_goal(page, figures, goal, why)
        if not goal.values["goal.dropped"]:
            page.below(page.say("goal-time", share=f"{int(_passed(goal, day) * 100)}%"))
    for each in one.part.refused.get("", ()):
        words = {"reason": message(each.diagnostic, page.language)}
        words |= {} if each.row.id is None else {"id": visible(each.row.id)}
        page.step(page.say("refused-row-of" if "id" in words else "refused-row", **words), each.span, "warning")
    if known is None:
        why(one.part.causes.get(ATTAINMENT, ()))
