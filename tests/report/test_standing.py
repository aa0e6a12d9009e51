"""The tier of a day: who or what decided it, what is lacking for the next one, and from when a fall threatens."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from tests.golden.cases import cases
from tests.report.test_tier_explanation import PLACE
from workflow import api
from workflow.diagnostics import WrongUsage
from workflow.ledger.standing import Standing
from workflow.report.explanation import render
from workflow.report.explanation.standing import render_standing
from workflow.report.standing import document


def laid(name: str, into: Path) -> Path:
    """The workspace of a golden case."""
    return next(case for case in cases("good") if case.folder.name == name).workspace(into / "workspace")


def on(year: int, month: int, day: int) -> datetime.date:
    return datetime.date(year, month, day)


def told(standing: Standing, language: str = "en") -> str:
    """The text on one line, without its places."""
    return " ".join(PLACE.sub("", render_standing(standing, language, False)).split())


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quarters with one of grace; `key` from 1,000 and while at 800, `standard` from 500."""
    return laid("a-fall-waits-and-goes-one-tier", tmp_path_factory.mktemp("quarters"))


def test_a_quarter_below_threatens_a_fall_after_its_grace(quarters: Path) -> None:
    """799.99 so far in the second quarter: one cent is lacking; the third would be the second in a row below."""
    standing = api.tier(quarters, "C1", on(2026, 5, 12), engine="reference")
    text, chinese = told(standing), told(standing, "zh-CN")
    assert "The tier of C1 on 2026-05-12" in text
    assert "Decided with 2026-Q1, 2026-01-01 to 2026-03-31, for the days after it." in text
    assert "As things stand, this is period 1 of 1 of grace below what `key` needs;" in text
    assert "if it stays so, it falls from 2026-10-01 on." in text
    assert "To stay in `key`, `revenue` lacks CN¥0.01 by 2026-06-30." in text
    assert "截至 2026-06-30，保持 `key` 还差：`revenue` ¥0.01。" in chinese
    assert "共 1 个；若一直如此，自 2026-10-01 起下" in chinese


def test_the_second_quarter_below_threatens_a_fall_at_its_end(quarters: Path) -> None:
    """The grace is used up: the fall is by one tier, on the day after the quarter."""
    standing = api.tier(quarters, "C1", on(2026, 7, 1), engine="reference")
    text, found = told(standing), document(standing, "en")
    assert "As things stand, it falls from `key` to `standard`, from 2026-10-01 on." in text
    assert "To stay in `key`, `revenue` lacks CN¥800.00 by 2026-09-30." in text
    assert (found["tier"], found["day"], found["set"]) == ("key", "2026-07-01", None)
    assert found["threat"] == {
        "tier": "standard",
        "from": "2026-10-01",
        "keeps": {
            "tier": "key",
            "by": "2026-09-30",
            "from": "2026-10-01",
            "formula": "revenue >= 800 CNY",
            "lacks": [
                {
                    "name": "revenue",
                    "asked": ">= 800 CNY",
                    "unit": "CNY",
                    "is": "0.0000",
                    "lacks": "800.0000",
                    "event_from": None,
                }
            ],
        },
    }


def test_an_open_quarter_is_not_counted_as_one_below(tmp_path: Path) -> None:
    """The second quarter used up the grace, and of the third nothing is delivered: a fall would be at its end."""
    root = laid("a-fall-waits-and-goes-one-tier", tmp_path)
    for source in (root / "sources").glob("*.yaml"):
        source.write_text(
            re.sub(r"(?m)^(delivered: \S+?\.\.).*", r"\g<1>2026-06-30", source.read_text("utf-8")), "utf-8"
        )
    standing = api.tier(root, "C1", on(2026, 7, 1), engine="reference")
    assert "As things stand" not in told(standing)
    assert standing.threat is not None
    assert (standing.threat.to, standing.threat.since) == (None, on(2026, 10, 1))


def test_the_tier_of_a_day_needs_nothing_later(quarters: Path) -> None:
    """On 9 May the purchase of 10 May hasn't happened: all 500 are lacking, for the first tier above the last."""
    standing = api.tier(quarters, "C4", on(2026, 5, 9), engine="reference")
    assert (standing.tier, standing.decided) == (None, None)
    text = told(standing)
    assert "none yet 1. No tier yet: the first one is decided with 2026-Q2, when 2026-06-30 is over." in text
    assert "To come into `standard` by 2026-06-30, `revenue` lacks CN¥500.00." in text
    later = api.tier(quarters, "C4", on(2026, 5, 10), engine="reference")
    assert "To come into `standard` by 2026-06-30, `revenue` lacks CN¥1.00." in told(later)  # 500 - 499


def test_an_unknown_customer_is_refused_with_the_nearest(quarters: Path) -> None:
    with pytest.raises(WrongUsage) as refused:
        api.tier(quarters, "c2", on(2026, 5, 12), engine="reference")
    assert [(each.code, each.args["near"]) for each in refused.value.diagnostics] == [("unknown-person", ("C2",))]


@pytest.mark.parametrize(
    ("day", "policy", "code"),
    [(on(2025, 12, 31), None, "no-tier-on-day"), (on(2026, 5, 12), "customer-tiers", "unknown-tiering")],
)
def test_what_nothing_decides_is_refused(quarters: Path, day: datetime.date, policy: str | None, code: str) -> None:
    """A day before the first period; a tiering that isn't there."""
    with pytest.raises(WrongUsage) as refused:
        api.tier(quarters, "C1", day, policy=policy, engine="reference")
    assert [each.code for each in refused.value.diagnostics] == [code]


def test_a_workspace_without_tiers_or_with_several_is_refused(quarters: Path) -> None:
    """Which one is meant must be said."""
    policy = quarters / "tiers" / "customer-tier.v1.yaml"
    text = policy.read_text(encoding="utf-8")
    other = quarters / "tiers" / "other-tier.v1.yaml"
    other.write_text(text.replace("id: customer-tier", "id: other-tier"), encoding="utf-8")
    with pytest.raises(WrongUsage) as refused:
        api.tier(quarters, "C1", on(2026, 5, 12), engine="reference")
    assert [each.args["known"] for each in refused.value.diagnostics] == [("customer-tier", "other-tier")]
    for path in (policy, other):
        path.rename(path.with_suffix(".away"))
    with pytest.raises(WrongUsage) as refused:
        api.tier(quarters, "C1", on(2026, 5, 12), engine="reference")
    assert [each.code for each in refused.value.diagnostics] == ["no-tiering"]
    policy.with_suffix(".away").rename(policy)


def test_who_set_a_tier_by_hand_is_told(tmp_path: Path) -> None:
    """While it holds, with its end, and the tier beside it; afterwards what the conditions give."""
    root = laid("a-tier-set-by-hand", tmp_path)
    standing = api.tier(root, "C1", on(2026, 6, 15), engine="reference")
    said = "Set by hand to `key` with `S1`, by D1: Promised by the board. It holds from 2026-02-01 through 2026-07-01."
    assert said in told(standing)
    assert "Beside what was set by hand, the conditions give `prospect`." in told(standing)
    ended = api.tier(root, "C1", on(2026, 7, 2), engine="reference")
    assert ended.tier is not None
    assert ended.tier.name == "prospect"
    assert "What was set by hand has ended; the conditions give `prospect`." in told(ended)


def test_what_has_to_be_low_is_told_too(tmp_path: Path) -> None:
    """Silent since 10 February: 140 days on 30 June, where 90 are allowed; 30 June less 90 days is 1 April."""
    root = laid("silence-that-is-not-sure-yet", tmp_path)
    standing = api.tier(root, "C1", on(2026, 4, 1), as_of=on(2026, 3, 31), engine="reference")
    text = told(standing)
    assert "As things stand, it falls from `lively` to Silent (`silent`), from 2026-07-01 on." in text
    assert "To stay in `lively`, `silence` may be at most 90 by 2026-06-30, and is 140: 50 too much." in text
    assert "Another `purchase.made` (Purchase) from 2026-04-01 to 2026-06-30 is enough." in text
    assert "保持 `lively` 要求 `silence` 不超过 90，现为 140：多出 50。" in told(standing, "zh-CN")


def test_a_tier_of_the_version_before_goes_by_the_name_that_it_has_now(tmp_path: Path) -> None:
    """The first version decided it by its own conditions; the second calls it otherwise, and runs."""
    standing = api.tier(
        laid("a-second-version-goes-on-from-the-tiers-of-the-first", tmp_path), "C1", on(2026, 8, 1), engine="reference"
    )
    assert standing.tier is not None
    assert (standing.tier.name, standing.policy.version, standing.decided_by.version) == ("gold", 2, 1)
    text = told(standing)
    assert "Below what `key` needs: period 1 of 1 of grace, so it stays." in text
    assert "From version 2 on, `key` is called `gold`." in text
    assert "As things stand, it falls from `gold` to Basic (`basic`), from 2026-10-01 on." in text
    assert "自版本 2 起，`key` 改称 `gold`。" in told(standing, "zh-CN")


def test_at_each_event_the_events_of_a_day_decide(tmp_path: Path) -> None:
    """Gold from 10 April through the 27th; on the 28th the rise is undone; before it the quarter before decides."""
    root = laid("a-return-undoes-a-rise", tmp_path)
    standing = api.tier(root, "C1", on(2026, 4, 28), engine="reference")
    text = told(standing)
    assert standing.tier is not None
    assert standing.tier.name == "silver"
    assert "Decided with the events of 2026-04-28, from that day on." in text
    assert "its rise is taken back, and it is `silver` from 2026-04-28 on." in text
    assert "To come into `gold` by 2026-06-30, `revenue` lacks CN¥299.00." in text  # 500 - 201
    assert standing.running is not None
    moments = standing.running.policies[0].moments
    assert [(str(each.values["from"]), each.values["tier"]) for each in moments] == [
        ("2026-04-10", "gold"),
        ("2026-04-20", "gold"),
        ("2026-04-25", "gold"),
        ("2026-04-28", "silver"),
    ]
    before = api.tier(root, "C1", on(2026, 4, 9), engine="reference")
    assert (before.moment, before.tier and before.tier.name) == (None, "silver")
    account = api.explain(root, "2026-Q2", "C1", engine="reference")
    said = " ".join(render(account, "zh-CN", False).split())
    assert "2026-04-28 revenue ¥201.00 `silver` 撤回升级" in said
    assert "2026-05-20 revenue ¥52.00 `silver` 低于要求，待期间结束" in said
