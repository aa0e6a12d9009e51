"""Facts of other policies: in which order policies are decided, and what is told of a fact that is withheld."""

from __future__ import annotations

import shutil
from pathlib import Path

import workflow

GOOD = Path(__file__).parent.parent / "golden" / "incentive"


def laid(case: str, into: Path) -> Path:
    """The workspace of a golden case."""
    shutil.copytree(GOOD / "base", into)
    shutil.copytree(GOOD / "good" / case, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns("case.yaml"))
    return into


def test_a_policy_stands_behind_those_that_it_uses(tmp_path: Path) -> None:
    """The order is that of need; policies that need nothing of each other stand by their ids."""
    checked = workflow.check(laid("a-policy-uses-what-others-come-to", tmp_path / "workspace")).workspace
    assert checked is not None
    assert checked.order == ("monthly", "sales", "a-bonus")


def test_what_is_withheld_says_why_the_other_policy_withholds_it(tmp_path: Path) -> None:
    """The reason behind the reason stands in the words of the ledger, in both languages."""
    root = laid("a-policy-uses-what-others-come-to", tmp_path / "workspace")
    withheld = workflow.evaluate(root, "2026-Q3").withheld
    reasons = {each.clause: each.reasons for each in withheld if (each.policy, each.subject) == ("a-bonus", "E3")}
    assert [reason.said("en") for reason in reasons["months"]] == [
        "`commission` of `monthly` is withheld for 2026-07: `amount` of an event is not in CNY"
    ]
    assert [reason.said("zh-CN").partition("：")[0] for reason in reasons["months"]] == [
        "`monthly` 在 2026-07 的 `commission` 暂缓"
    ]


def test_an_average_of_a_period_without_a_result_is_missing(tmp_path: Path) -> None:
    """Where the other policy wasn't in force in one of the periods, there is no average, nor are its sides known."""
    root = laid("a-policy-uses-what-others-come-to", tmp_path / "workspace")
    late = root / "incentives" / "monthly.v1.yaml"
    text = late.read_text(encoding="utf-8")
    late.write_text(text.replace("from: 2026-01-01", "from: 2026-08-01"), encoding="utf-8")
    found = workflow.evaluate(root, "2026-Q3")
    assert "fact-not-there" in {reason.code for each in found.withheld for reason in each.reasons}
