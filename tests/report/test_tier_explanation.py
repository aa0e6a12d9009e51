"""A tier explained: what a fall comes of, how far it goes, and what is lacking for the next tier."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.golden.cases import cases
from workflow import api
from workflow.ledger.account import Account
from workflow.report.explanation import render

PLACE = re.compile(r"(?:tiers|records)/[\w.-]+:\d+")


def explained(into: Path, customer: str) -> Account:
    """An account of `a-fall-waits-and-goes-one-tier`, in which any revenue at all is enough for `standard`."""
    case = next(case for case in cases("good") if case.folder.name == "a-fall-waits-and-goes-one-tier")
    root = case.workspace(into)
    policy = root / "tiers" / "customer-tier.v1.yaml"
    text = policy.read_text(encoding="utf-8")
    assert "standard: revenue >= 500 CNY" in text
    policy.write_text(text.replace("standard: revenue >= 500 CNY", "standard: revenue > 0 CNY"), encoding="utf-8")
    return api.explain(root, "2026-Q3", customer, engine="reference")


def told(account: Account, language: str) -> str:
    """The explanation on one line, without its places."""
    return " ".join(PLACE.sub("", render(account, language, False)).split())


@pytest.fixture(scope="module")
def fallen(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Who bought for 1,000, then for 799.99, then nothing."""
    return explained(tmp_path_factory.mktemp("fallen") / "workspace", "C1")


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            (
                "Days covered: all 92 of the period.",
                "To stay in `key`, `revenue >= 800 CNY` does not hold: CN¥0.00 >= 800 CNY.",
                "Below what `key` needs, and the grace is used up, 1 of 1: falls from `key` to `standard`,",
                "By the conditions it would be lower; `at most` lets one fall go no further.",
                "To come into `key` by 2026-09-30, `revenue` lacks CN¥1,000.00.",
                "(`win_back`) triggered 1. The tier was `key` and is `standard`.",
            ),
        ),
        (
            "zh-CN",
            (
                "计入 92 天（全期 92 天）。",
                "低于 `key` 的要求，且宽限已用完（1 个周期）：由 `key` 降至 `standard`，自 2026-10-01 起。",
                "按条件应更低；`at most` 限定一次下降不再更低。",
                "截至 2026-09-30，升至 `key` 还差：`revenue` ¥1,000.00。",
                "等级原为 `key`，现为 `standard`。",
            ),
        ),
    ],
)
def test_a_fall_says_why_and_how_far(fallen: Account, language: str, sentences: tuple[str, ...]) -> None:
    """The period of grace is used up; by the conditions it would be the last tier, but one fall is by one tier."""
    text = told(fallen, language)
    for sentence in sentences:
        assert sentence in text, (sentence, text)


def test_an_action_holds_the_tiers_between_which_somebody_moved(fallen: Account) -> None:
    """That is what it is because of."""
    (part,) = fallen.policies
    assert [(each.clause, each.because) for each in part.actions] == [
        ("win_back", (("tier.before", "key"), ("tier", "standard")))
    ]


def test_what_lies_at_a_border_that_is_not_included_lacks_something(tmp_path: Path) -> None:
    """Nothing is 0 short of more than 0, and yet it isn't enough."""
    text = told(explained(tmp_path / "workspace", "C3"), "en")
    assert "To come into `standard` by 2026-09-30, `revenue` lacks more than CN¥0.00." in text, text


def test_who_is_paid_by_the_tier_of_each_deal_has_it_explained(tmp_path: Path) -> None:
    """A fact that is asked of events only has no line of its own; the deals that count are listed."""
    case = next(case for case in cases("good") if case.folder.name == "a-deal-has-the-tier-of-its-day")
    text = told(api.explain(case.workspace(tmp_path / "workspace"), "2026-Q2", "E1", engine="reference"), "en")
    assert 'over 1 event `purchase.made` (Purchase) where `customer.tier = "key"`: CN¥600.00.' in text
    assert "2026-04-01 P3 CN¥600.00" in text


def test_a_tier_that_rests_on_another_policy_names_it(tmp_path: Path) -> None:
    """What a condition asks of others stands before it: the policy, its version and the period; of months, each."""
    case = next(case for case in cases("good") if case.folder.name == "a-tier-by-what-other-policies-come-to")
    text = told(api.explain(case.workspace(tmp_path / "workspace"), "2026-Q3", "E1", engine="reference"), "en")
    assert "`quarter_bonus.attainment` is 79%: what policy `quarter-bonus`, version 1, came to for 2026-Q3." in text
    assert "CN¥79.00. 2026-07: CN¥0.00 (version 1)" in re.sub(r" incentives/[\w.-]+:\d+", "", text)
