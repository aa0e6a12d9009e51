"""A tier told: the conditions of each, what they come to, and what is lacking for the next one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from workflow.checks.ladders import Border
from workflow.checks.tiers import CheckedTier, CheckedTiering
from workflow.plan.climbing import lacks_of
from workflow.plan.kernels import Standing
from workflow.plan.tenures import TOLD as SET
from workflow.report.cells import visible
from workflow.report.explanation.conditions import tell_borders
from workflow.report.explanation.figures import LONG, Figures
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.page import Row
from workflow.report.explanation.telling import Telling
from workflow.report.summary import title_in

_WORDS = (
    ("tier", "tier"),
    *((word, f"tier.{word}") for word in ("before", "earned", "since")),
    *((word, f"tier.set.{word}") for word in SET),
)
OPEN = {Standing.UNCONFIRMED, Standing.UNDECIDED}


def tell_tier(telling: Telling, policy: CheckedTiering) -> None:
    """The steps that lead to the tier."""
    standing, place = standing_in(telling), _number(telling, "tier.place")
    outcome = telling.page.say("tier-none") if not place else called(telling, policy.tiers[place - 1])
    telling.begin(telling.page.say("tier-heading"), outcome, "warning" if standing in OPEN else "strong")
    tell_reasons(telling, policy)
    if telling.part.moments:
        _tell_moments(telling, policy)
    if place and place > 1:
        _tell_lacking(telling, policy.tiers[place - 2])


def _tell_moments(telling: Telling, policy: CheckedTiering) -> None:
    """A step, and below it a row for each day of the period on which the tier was looked at anew."""
    page, rows = telling.page, []
    page.step(page.say("tier-moments"), policy.span)
    for each in telling.part.moments:
        figures, why = Figures(each, page.language), each.values["tier.standing"]
        assert isinstance(why, Decimal), "a fold gives counts that are always known"
        values = [f"{visible(of.name)} {figures.shown(of.name, of.type, LONG)}" for of in policy.measures]
        key = Standing(int(why)).name.lower().replace("_", "-")
        tier = str(each.values["tier"] or page.say("tier-none"))
        told = (str(each.values["moment"]), ", ".join(values), f"`{visible(tier)}`", page.say(f"tier-moment-{key}"))
        rows.append(Row(told))
    page.rows(rows, right=-1)


def tell_reasons(telling: Telling, policy: CheckedTiering, *, follows: bool = True) -> None:
    """The values, the conditions, and what follows from them, unless that is told elsewhere."""
    standing = standing_in(telling)
    conditions = [part for tier in policy.tiers for part in (tier.enter, tier.stay)]
    tell_inputs(telling, "tier", conditions)
    before = telling.figures.known("tier.before")
    _tell_conditions(telling, policy, None if before is None else str(before))
    if follows:
        _tell_standing(telling, policy, standing)
    if standing in OPEN:
        telling.why(telling.reasons("tier.confirmed", *conditions))
        telling.settles(telling.reasons("tier.confirmed", *conditions))


def standing_in(telling: Telling) -> Standing:
    """Why somebody has the tier."""
    standing = _number(telling, "tier.standing")
    assert standing is not None, "a fold gives counts that are always known"
    return Standing(standing)


def _number(telling: Telling, name: str) -> int | None:
    value = telling.figures.known(name)
    assert value is None or isinstance(value, Decimal)
    return None if value is None else int(value)


def called(telling: Telling, tier: CheckedTier) -> str:
    """A tier as readers and as the policy call it."""
    return telling.labelled(tier.name, title_in(tier.title, telling.page.language))


def _tell_conditions(telling: Telling, policy: CheckedTiering, before: str | None) -> None:
    """A step for each condition that was asked: of the tier before and lower ones also whether one stays."""
    reached = False
    for tier in policy.tiers[:-1]:
        reached = reached or tier.name == before
        asked = [("enter", tier.enter)]
        if reached and tier.stay is not tier.enter:
            asked.append(("stay", tier.stay))
        for word, condition in asked:
            assert condition is not None, "only the last tier has none"
            held = telling.figures.known(f"tier.{tier.name}.{word}")
            key = "unknown" if held is None else "holds" if held else "not"
            words = {"formula": telling.written(condition), "filled": telling.filled(condition)}
            said = telling.page.say(f"tier-{word}-{key}", tier=visible(tier.name), **words)
            telling.page.step(said, condition.span, "warning" if held is None else "")
            tell_borders(telling, condition)


def _tell_standing(telling: Telling, policy: CheckedTiering, standing: Standing) -> None:
    """A step: what follows from the conditions."""
    page, figures = telling.page, telling.figures
    words = {word: visible(str(figures.known(name) or "")) for word, name in _WORDS}
    words["below"], words["grace"] = str(_number(telling, "tier.below")), str(policy.grace)
    key = standing.name.lower().replace("_", "-")
    if standing is Standing.ENTERED and figures.known("tier.before") is None:
        key = "first"
    if standing is Standing.FELL and policy.grace:
        key = "fell-after-grace"
    if figures.known("moment") is not None and standing in {Standing.ENTERED, Standing.FELL}:
        # What it was just before isn't the tier of the period before.
        key = "entered-on-day" if standing is Standing.ENTERED else "fell-on-day"
    page.step(page.say(f"tier-{key}", **words), policy.span, "warning" if standing in OPEN else "strong")
    if standing is Standing.FELL and _would_be_lower(telling, policy):
        page.step(page.say("tier-fell-no-further"), policy.span)


def _would_be_lower(telling: Telling, policy: CheckedTiering) -> bool:
    """Whether it fell to a tier whose conditions don't hold, because one fall goes no further."""
    name = str(telling.figures.known("tier.earned"))
    tier = next(each for each in policy.tiers if each.name == name)
    words = ["enter"] if tier.stay is tier.enter else ["enter", "stay"]
    return tier.enter is not None and all(telling.figures.known(f"tier.{name}.{word}") is False for word in words)


def _tell_lacking(telling: Telling, better: CheckedTier) -> None:
    """A step for each name of which more, or less, is needed for the next tier, by the end of the period."""
    for lack in lacks_of(better, "enter"):
        amount, border = telling.figures.known(lack.name), lack.border
        # Of a border that isn't included nothing may be lacking, and yet it isn't passed.
        at_border = not border.included and telling.figures.known(border.name) == border.value
        if isinstance(amount, Decimal) and (amount or at_border):
            telling.page.step(lacking(telling, better, border, amount), better.span)


def lacking(telling: Telling, tier: CheckedTier, border: Border, amount: Decimal, word: str = "enter") -> str:
    """How much of a name is lacking to come into a tier, or to stay in it, by the end of the account's period."""
    figures, of = telling.figures, border.asked.type
    words = {
        "tier": visible(tier.name),
        "name": visible(border.name),
        "last": telling.account.last.isoformat(),
        "amount": figures.cut(Fraction(amount), of, LONG),
    }
    kind = "stay-" if word == "stay" else ""
    if border.up:
        return telling.page.say(f"tier-{kind}lacks" if border.included else f"tier-{kind}lacks-more", **words)
    words |= {"border": telling.written(border.literal), "value": figures.shown(border.name, of, LONG)}
    return telling.page.say(f"tier-{kind}over" if border.included else f"tier-{kind}over-below", **words)
