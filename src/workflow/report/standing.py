"""The tier of a day for programs: amounts are texts, so that no program reads them as floats; keys never change."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure, CheckedValue
from workflow.checks.tiers import CheckedTiering
from workflow.ledger.account import Account
from workflow.ledger.standing import ByHand, Lacking, Standing, Threat, Wanted
from workflow.plan.kernels import Standing as Why
from workflow.report.explanation.formulas import written
from workflow.report.jsontext import text_of
from workflow.report.summary import reason_text, title_in


def document(standing: Standing, language: str) -> dict[str, object]:
    """In which tier somebody is on a day, why, and what is lacking for the next one."""
    tier, threat, policy = standing.tier, standing.threat, standing.policy
    return {
        "subject": standing.person,
        "name": None if standing.name == standing.person else standing.name,
        "day": standing.day.isoformat(),
        "policy": policy.id,
        "version": policy.version,
        "tier": None if tier is None else tier.name,
        "title": None if tier is None else title_in(tier.title, language),
        "set": None if standing.by_hand is None else _by_hand(standing.by_hand),
        "decided": _period(standing.decided, language),
        "running": _period(standing.running, language),
        "next": _wanted(standing, standing.next, "enter"),
        "threat": None if threat is None else _threat(standing, threat),
    }


def _by_hand(by_hand: ByHand) -> dict[str, object]:
    return {
        "tier": by_hand.tier.name,
        "event": by_hand.event,
        "by": by_hand.by,
        "reason": by_hand.reason,
        "from": by_hand.since.isoformat(),
        "through": by_hand.through and by_hand.through.isoformat(),
        "file": by_hand.file,
        "line": by_hand.line,
    }


def _period(account: Account | None, language: str) -> dict[str, object] | None:
    """What a period decided, or comes to so far: each measure and value, each condition, and what follows."""
    if account is None:
        return None
    part, policy = account.policies[0], account.policies[0].policy
    assert isinstance(policy, CheckedTiering), "only tierings are asked for tiers"
    told: tuple[CheckedMeasure | CheckedValue, ...] = (*policy.measures, *policy.values)
    why = part.values["tier.standing"]
    assert isinstance(why, Decimal), "a fold gives counts that are always known"
    conditions = [
        {
            "tier": tier.name,
            "word": word,
            "formula": written(account.texts, condition),
            "holds": part.values[f"tier.{tier.name}.{word}"],
        }
        for tier in policy.tiers
        for word, condition in (("enter", tier.enter), ("stay", tier.stay))
        if condition is not None and f"tier.{tier.name}.{word}" in part.values
    ]
    moment = part.values.get("moment")
    return {
        "period": account.period,
        "moment": text_of(moment),
        "first": account.first.isoformat(),
        "last": account.last.isoformat(),
        "tier": part.values["tier.earned"],
        "before": part.values["tier.before"],
        "standing": Why(int(why)).name.lower().replace("_", " "),
        "values": {each.name: text_of(part.values[each.name]) for each in told},
        "conditions": conditions,
        "refused_rows": part.uncounted,
        "missing": [reason_text(reason, language) for reason in part.causes.get("tier.confirmed", ())],
    }


def _wanted(standing: Standing, wanted: Wanted | None, word: str) -> dict[str, object] | None:
    """What a tier takes, by when; `lacks` is null where its condition says more than plain borders."""
    if wanted is None or standing.running is None:
        return None
    condition = wanted.tier.enter if word == "enter" or wanted.tier.stay is None else wanted.tier.stay
    assert condition is not None, "into the last tier everybody comes, and nobody falls out of it"
    lacking = wanted.lacking
    return {
        "tier": wanted.tier.name,
        "by": wanted.by.isoformat(),
        "from": wanted.since.isoformat(),
        "formula": written(standing.running.texts, condition),
        "lacks": None if lacking is None else [_lacking(standing.running, each) for each in lacking],
    }


def _lacking(running: Account, lacking: Lacking) -> dict[str, object]:
    border = lacking.border
    sign = (">=" if border.included else ">") if border.up else ("<=" if border.included else "<")
    return {
        "name": border.name,
        "asked": f"{sign} {written(running.texts, border.literal)}",
        "unit": border.asked.type.unit or None,
        "is": text_of(running.policies[0].values[border.name]),
        "lacks" if border.up else "over": text_of(lacking.amount),
        "event_from": lacking.since and lacking.since.isoformat(),
    }


def _threat(standing: Standing, threat: Threat) -> dict[str, object]:
    return {
        "tier": None if threat.to is None else threat.to.name,
        "from": threat.since and threat.since.isoformat(),
        "keeps": _wanted(standing, threat.keeps, "stay"),
    }
