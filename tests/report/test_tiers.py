"""What explanations say of tiers, and of policies that ask for one."""

from __future__ import annotations

from pathlib import Path

from tests.report.test_explanation import english, golden, on_one_line
from workflow.report.explanation import render


def test_a_tier_that_is_set_by_hand_is_told_where_it_is_asked(tmp_path: Path) -> None:
    """By which event, and why, in both languages; without one, which period decided it."""
    account = golden("a-person-s-tier", tmp_path, "E3")
    said = '`seller_tier.tier` is "gold": set by hand with `S1`, beside what policy `seller-tier` comes to: Promised'
    assert said in on_one_line(english(account))
    assert "以 `S1` 手动设定，不取政策 `seller-tier` 得出的结果：Promised" in on_one_line(
        render(account, "zh-CN", False)
    )


def test_a_tier_that_nobody_has_set_is_told_with_its_period(tmp_path: Path) -> None:
    text = on_one_line(english(golden("a-person-s-tier", tmp_path, "E2")))
    assert '`seller_tier.tier` is "starter": what policy `seller-tier`, version 1, came to for 2026-Q1' in text
