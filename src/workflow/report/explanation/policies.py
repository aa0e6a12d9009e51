"""One person's account as a whole: who and when, each policy with its days served, its clauses, and the total."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.checked import CheckedIncentive
from workflow.checks.goalsetting import CheckedGoals
from workflow.checks.ratings import CheckedReview
from workflow.checks.tiers import CheckedTiering
from workflow.ledger.account import Account, PolicyAccount
from workflow.ledger.entries import paid
from workflow.plan.adjusting import ADJUSTMENT
from workflow.plan.clawing import CLAW_BACK
from workflow.plan.limits import CARRIED
from workflow.report.cells import visible
from workflow.report.explanation.actions import tell_action
from workflow.report.explanation.adjustments import tell_adjustments
from workflow.report.explanation.clawbacks import tell_claw_backs
from workflow.report.explanation.figures import Figures
from workflow.report.explanation.goals import tell_goals
from workflow.report.explanation.limits import tell_carried, tell_limit
from workflow.report.explanation.page import Page
from workflow.report.explanation.pay import tell_pay
from workflow.report.explanation.ratings import tell_rating
from workflow.report.explanation.telling import Telling
from workflow.report.explanation.tiers import tell_tier
from workflow.report.money import amount_text
from workflow.report.summary import title_in


def render(account: Account, language: str, colour: bool) -> str:  # noqa: FBT001 as terminals are asked
    """Why a person is paid what they are paid, step by step.

    Args:
        account: the person's account of a period.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.

    Returns:
        The text, without a line break at its end.
    """
    page = Page(language, colour=colour)
    person, period = visible(account.person), visible(account.period)
    who = person if account.name == account.person else page.say("named", name=visible(account.name), person=person)
    words = {"first": account.first.isoformat(), "last": account.last.isoformat()}
    page.title(page.say("person", who=who, period=period, **words))
    if not account.policies and account.clause is not None:
        page.sentence(page.say("no-part", clause=visible(account.clause)))
    for part in account.policies:
        _tell_policy(Telling(account, part, page, Figures(part, language)))
    return page.text()


def _tell_policy(telling: Telling) -> None:
    """A policy's head, its clauses of pay and its actions in the author's order, and the total."""
    page, policy, only = telling.page, telling.part.policy, telling.account.clause
    title = visible(title_in(policy.title, page.language) or policy.id)
    page.policy(page.say("policy", title=title, policy=visible(policy.id), version=policy.version), policy.span)
    _tell_days(telling)
    if any(each.expected for each in telling.part.actions):
        page.sentence(page.say("expected"))
    if telling.part.uncounted:
        page.sentence(page.counted("not-final", telling.part.uncounted), style="warning")
        telling.refused("")
    if isinstance(policy, CheckedIncentive):
        _tell_paid(telling, policy)
    if isinstance(policy, CheckedTiering) and only is None:
        tell_tier(telling, policy)
    if isinstance(policy, CheckedReview):
        tell_rating(telling, policy)
    if isinstance(policy, CheckedGoals):
        tell_goals(telling, policy)
    for action in policy.actions:
        if only in {None, action.name}:
            tell_action(telling, action)
    if only is None and isinstance(policy, CheckedIncentive) and policy.pay:
        _tell_total(telling.part, page)


def _tell_paid(telling: Telling, policy: CheckedIncentive) -> None:
    """What an incentive pays, line by line."""
    only = telling.account.clause
    for clause in policy.pay:
        if only in {None, clause.name}:
            tell_pay(telling, clause, policy.limits)
    for limit in policy.limits:
        if limit.carries and only in {None, CARRIED}:
            tell_carried(telling, limit.span)
        if only in {None, limit.kind}:
            tell_limit(telling, limit)
    if not any(limit.carries for limit in policy.limits) and only in {None, CARRIED}:
        tell_carried(telling, policy.span)
    if only in {None, CLAW_BACK} and policy.claw_back is not None:
        tell_claw_backs(telling, policy.claw_back)
    if only in {None, ADJUSTMENT}:
        tell_adjustments(telling)


def _tell_days(telling: Telling) -> None:
    """How many of the period's days count, and why not all."""
    page, policy, figures = telling.page, telling.part.policy, telling.figures
    served, days = figures.number("days_served"), figures.number("period.days")
    of = "-of-customer" if policy.subject == "customer" else ""
    if served is None or days is None:
        page.sentence(page.say(f"days-unknown{of}"), policy.served_span, "warning")
        telling.why(telling.reasons("days_served"))
        telling.settles(telling.reasons("days_served"))
        return
    key = "days-all" if served == days else "days-some"
    words = {"served": f"{served:f}", "days": f"{days:f}"}
    if telling.part.days is not None:
        first, last = (day.isoformat() for day in telling.part.days)
        page.sentence(page.say("days-of-part", first=first, last=last, **words), policy.served_span)
    elif policy.served is None:
        page.sentence(page.say(f"{key}-registered{of}", **words), policy.served_span)
    else:
        page.sentence(page.say(f"{key}{of}", condition=telling.written(policy.served), **words), policy.served_span)
    if served != days:
        spells = tuple(page.say("spell", first=str(first), last=str(last)) for first, last in telling.part.spells)
        page.sentence(page.say("days-spells", spells=spells))


def _tell_total(part: PolicyAccount, page: Page) -> None:
    """What the policy pays the person in all, and what is still open."""
    sums = paid(part.actions) or {part.policy.currency: Decimal(0)}
    total = " + ".join(amount_text(amount, currency, page.language) for currency, amount in sums.items())
    page.heading(page.say("total-partial" if part.withheld or part.uncounted else "total"), total)
    if part.withheld:
        page.sentence(
            page.say("open", clauses=tuple(f"`{visible(each.clause)}`" for each in part.withheld)), style="warning"
        )
    if part.uncounted:
        page.sentence(page.counted("not-final", part.uncounted), style="warning")
