"""The tier of a day told: what decided it, how the period that runs then stands so far, and what is lacking."""

from __future__ import annotations

import datetime

from workflow.checks.tiers import CheckedTier
from workflow.ledger.account import Account
from workflow.ledger.standing import Lacking, Standing, Threat, Wanted
from workflow.model.types import COUNT
from workflow.plan.kernels import Standing as Why
from workflow.report.cells import visible
from workflow.report.explanation.conditions import tell_condition
from workflow.report.explanation.figures import Figures
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.page import Page, Row
from workflow.report.explanation.telling import Telling
from workflow.report.explanation.tiers import OPEN, called, lacking, standing_in, tell_reasons
from workflow.report.summary import title_in


def render_standing(standing: Standing, language: str, colour: bool) -> str:  # noqa: FBT001 as terminals are asked
    """In which tier somebody is on a day, why, and what is lacking for the next one.

    Args:
        standing: the tier of the day.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.

    Returns:
        The text, without a line break at its end.
    """
    page, policy = Page(language, colour=colour), standing.policy
    person = visible(standing.person)
    who = person if standing.name == standing.person else page.say("named", name=visible(standing.name), person=person)
    page.title(page.say("tier-of-day", who=who, day=standing.day.isoformat()))
    title = visible(title_in(policy.title, language) or policy.id)
    page.policy(page.say("policy", title=title, policy=visible(policy.id), version=policy.version), policy.span)
    _tell_decided(standing, page)
    if standing.running is not None:
        _tell_running(standing, standing.running, page)
    return page.text()


def _telling(account: Account, page: Page) -> Telling:
    """The account of a period, which has this policy alone."""
    return Telling(account, account.policies[0], page, Figures(account.policies[0], page.language))


def _title(page: Page, tier: CheckedTier) -> str:
    """A tier as readers and as the policy call it."""
    title = title_in(tier.title, page.language)
    return page.say("labelled", title=visible(title), name=visible(tier.name)) if title else f"`{visible(tier.name)}`"


def _tell_decided(standing: Standing, page: Page) -> None:
    """Who set the tier, or which period decided it, and why."""
    account, by_hand = standing.decided, standing.by_hand
    outcome = page.say("tier-none") if standing.tier is None else _title(page, standing.tier)
    page.heading(page.say("tier-heading"), outcome, "strong")
    if by_hand is not None:
        words = {name: visible(getattr(by_hand, name)) for name in ("event", "by", "reason")}
        words |= {"tier": visible(by_hand.tier.name), "since": by_hand.since.isoformat()}
        key = "tier-set-on-day" if by_hand.through is not None else "tier-set-until-another"
        through = {} if by_hand.through is None else {"through": by_hand.through.isoformat()}
        page.step(page.say(key, **words, **through), None, "strong")
        page.rows([Row((visible(by_hand.event),), visible(f"{by_hand.file}:{by_hand.line}"))], right=0)
    if account is None:
        if standing.running is not None:
            words = {"period": visible(standing.running.period), "last": standing.running.last.isoformat()}
            page.step(page.say("tier-not-decided", **words), standing.policy.span)
        return
    telling = _telling(account, page)
    if standing.moment is not None:
        page.step(page.say("tier-decided-on", day=standing.moment.isoformat()), standing.decided_by.span)
    else:
        words = {"period": visible(account.period)}
        words |= {"first": account.first.isoformat(), "last": account.last.isoformat()}
        page.step(page.say("tier-decided-with", **words), standing.decided_by.span)
    _tell_refused(telling)
    was_set = standing_in(telling) is Why.SET
    tell_reasons(telling, standing.decided_by, follows=not was_set)
    earned = telling.figures.known("tier.earned")
    if standing.earned is not None and standing.earned.name != earned:
        words = {"old": visible(str(earned)), "tier": visible(standing.earned.name)}
        page.step(page.say("tier-called-now", version=f"{standing.policy.version}", **words), standing.earned.span)
    if standing.earned is not None and (was_set or by_hand is not None):
        key = "tier-beside" if by_hand is not None else "tier-no-longer-set"
        page.step(page.say(key, tier=visible(standing.earned.name)), standing.policy.span)


def _tell_running(standing: Standing, account: Account, page: Page) -> None:
    """How the running period stands, what is lacking for the next tier, and whether a fall threatens."""
    telling, why = _telling(account, page), standing_in(_telling(account, page))
    words = {"period": visible(account.period), "first": account.first.isoformat(), "last": account.last.isoformat()}
    page.heading(page.say("tier-running", **words), "")
    _tell_refused(telling)
    wanted, threat = standing.next, standing.threat
    tiers = (None if wanted is None else wanted.tier, standing.ahead)
    asked = [each.enter for each in tiers if each is not None]
    asked += [standing.earned.stay] if standing.earned is not None else []
    tell_inputs(telling, "tier", asked)
    since = (account.last + datetime.timedelta(days=1)).isoformat()
    if why in OPEN:
        conditions = [part for tier in standing.policy.tiers for part in (tier.enter, tier.stay)]
        page.step(page.say("tier-stands-open"), standing.policy.span, "warning")
        telling.why(telling.reasons("tier.confirmed", *conditions))
        telling.settles(telling.reasons("tier.confirmed", *conditions))
    elif standing.ahead is not None and standing.ahead != standing.earned and threat is None:
        key = "tier-stands-first" if standing.earned is None else "tier-stands-rises"
        page.step(page.say(key, tier=called(telling, standing.ahead), since=since), standing.policy.span, "strong")
    elif standing.ahead is not None and threat is None:
        key = {Why.PROTECTED: "tier-protected", Why.HELD: "tier-held"}.get(why, "tier-stands-stays")
        page.step(page.say(key, tier=visible(standing.ahead.name)), standing.policy.span)
    if threat is not None and why in OPEN:
        _tell_wanted(telling, threat.keeps, "stay")
    elif threat is not None and standing.earned is not None:
        _tell_threat(telling, standing, standing.earned, threat)
    if wanted is not None:
        _tell_wanted(telling, wanted, "enter")


def _tell_refused(telling: Telling) -> None:
    """How many rows name somebody and aren't counted, since they were refused."""
    if telling.part.uncounted:
        telling.page.sentence(telling.page.counted("not-final", telling.part.uncounted), style="warning")
        telling.refused("")


def _tell_threat(telling: Telling, standing: Standing, present: CheckedTier, threat: Threat) -> None:
    """From which day a fall is to come, and what prevents it."""
    page, words = telling.page, {"tier": visible(present.name)}
    if threat.to is not None:
        since = f"{threat.since}"
        told = page.say("tier-stands-falls", to=called(telling, threat.to), since=since, **words)
    else:
        words |= {"below": telling.figures.stored("tier.below", COUNT), "grace": str(standing.policy.grace)}
        key = "tier-stands-grace" if threat.since is not None else "tier-stands-grace-unlisted"
        told = page.say(key, **words, **({} if threat.since is None else {"since": f"{threat.since}"}))
    page.step(told, standing.policy.span, "warning")
    _tell_wanted(telling, threat.keeps, "stay")


def _tell_wanted(telling: Telling, wanted: Wanted, word: str) -> None:
    """What a tier takes by the end of the period, name by name where its condition is plain."""
    condition = wanted.tier.enter if word == "enter" or wanted.tier.stay is None else wanted.tier.stay
    assert condition is not None, "into the last tier everybody comes, and nobody falls out of it"
    if wanted.lacking is None:
        tell_condition(telling, condition, f"tier-needs-{word}")
        return
    for each in wanted.lacking:
        telling.page.step(lacking(telling, wanted.tier, each.border, each.amount, word), wanted.tier.span, "strong")
        _tell_since(telling, each)


def _tell_since(telling: Telling, lack: Lacking) -> None:
    """Below a step: of the days since the last event, from which day on another one is enough."""
    if lack.since is None:
        return
    measure = next(each for each in telling.part.policy.measures if each.name == lack.border.name)
    words = {"event": visible(measure.event), "title": telling.event(measure.event)}
    words |= {"first": lack.since.isoformat(), "last": telling.account.last.isoformat()}
    telling.page.below(telling.page.say("tier-event-enough", **words))
