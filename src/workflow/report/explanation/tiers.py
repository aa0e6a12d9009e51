"""A tier told: the conditions of each, what they come to, and what is lacking for the next one."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.tiers import CheckedTier, CheckedTiering
from workflow.plan.climbing import lacks_of
from workflow.plan.kernels import Standing
from workflow.plan.tenures import TOLD as SET
from workflow.report.cells import visible
from workflow.report.explanation.conditions import tell_borders
from workflow.report.explanation.figures import LONG
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.telling import Telling
from workflow.report.summary import title_in

_WORDS = (
    ("tier", "tier"),
    *((word, f"tier.{word}") for word in ("before", "earned", "since")),
    *((word, f"tier.set.{word}") for word in SET),
)
_OPEN = {Standing.UNCONFIRMED, Standing.UNDECIDED}


def tell_tier(telling: Telling, policy: CheckedTiering) -> None:
    """The steps that lead to the tier."""
    page, figures = telling.page, telling.figures
    standing, place = _number(telling, "tier.standing"), _number(telling, "tier.place")
    assert standing is not None, "a fold gives counts that are always known"
    outcome = page.say("tier-none") if not place else _called(telling, policy.tiers[place - 1])
    telling.begin(page.say("tier-heading"), outcome, "warning" if standing in _OPEN else "strong")
    conditions = [part for tier in policy.tiers for part in (tier.enter, tier.stay)]
    tell_inputs(telling, "tier", conditions)
    before = figures.known("tier.before")
    _tell_conditions(telling, policy, None if before is None else str(before))
    _tell_standing(telling, policy, Standing(standing))
    if standing in _OPEN:
        telling.why(telling.reasons("tier.confirmed", *conditions))
        telling.settles(telling.reasons("tier.confirmed", *conditions))
    if place and place > 1:
        _tell_lacking(telling, policy, policy.tiers[place - 2])


def _number(telling: Telling, name: str) -> int | None:
    value = telling.figures.known(name)
    assert value is None or isinstance(value, Decimal)
    return None if value is None else int(value)


def _called(telling: Telling, tier: CheckedTier) -> str:
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
    page.step(page.say(f"tier-{key}", **words), policy.span, "warning" if standing in _OPEN else "strong")
    if standing is Standing.FELL and _would_be_lower(telling, policy):
        page.step(page.say("tier-fell-no-further"), policy.span)


def _would_be_lower(telling: Telling, policy: CheckedTiering) -> bool:
    """Whether it fell to a tier whose conditions don't hold, because one fall goes no further."""
    name = str(telling.figures.known("tier.earned"))
    tier = next(each for each in policy.tiers if each.name == name)
    words = ["enter"] if tier.stay is tier.enter else ["enter", "stay"]
    return tier.enter is not None and all(telling.figures.known(f"tier.{name}.{word}") is False for word in words)


def _tell_lacking(telling: Telling, policy: CheckedTiering, better: CheckedTier) -> None:
    """A step for each name of which more is needed for the next tier, by the end of the period."""
    page, figures = telling.page, telling.figures
    for name, border in lacks_of(policy):
        lacking, column = figures.known(name), border.asked
        # Of a border that isn't included nothing may be lacking, and yet it isn't passed.
        at_border = not border.included and figures.known(column.name) == border.value
        if name == f"tier.{better.name}.lacks.{column.name}" and (lacking or at_border):
            words = {
                "tier": visible(better.name),
                "name": visible(column.name),
                "last": telling.account.last.isoformat(),
            }
            key = "tier-lacks" if border.included else "tier-lacks-more"
            page.step(page.say(key, amount=figures.shown(name, column.type, LONG), **words), better.span)
