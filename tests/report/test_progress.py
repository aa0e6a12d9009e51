"""How far goals have come on a day: the terms in force, what they come to so far, and who has none."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.golden.cases import cases
from tests.report.test_tier_explanation import PLACE
from workflow import api
from workflow.diagnostics import WrongUsage
from workflow.report.explanation.progress import render_progress
from workflow.report.progress import document


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """E1's G1 is lowered to 400,000 on 15 August and weighs all from 10 September on, when G2 is given up."""
    into = tmp_path_factory.mktemp("goals") / "workspace"
    return next(case for case in cases("good") if case.folder.name == "revised-given-up-and-said-twice").workspace(into)


def on(month: int, day: int) -> datetime.date:
    return datetime.date(2026, month, day)


def told(root: Path, day: datetime.date, person: str | None = None, language: str = "en") -> str:
    """The text on one line, without its places."""
    found = api.goals(root, day, person=person, engine="reference")
    return " ".join(PLACE.sub("", render_progress(found, language, False)).split())


def test_a_goal_has_the_terms_of_the_day(revised: Path) -> None:
    """200,000 of 500,000 on 31 July, and of 400,000 a month later."""
    july, august = told(revised, on(7, 31), "E1"), told(revised, on(8, 31), "E1")
    assert "from 0 to 500000 CNY, 2026-07-01 to 2026-09-30; at 200000: 40% attained" in july
    assert "times the weight of 40%: 16%" in july
    assert "33% of its time is over" in july  # 31 of 92 days
    assert "at 200000: 50% attained, times the weight of 40%: 20%" in august
    assert "revised on 2026-08-15 by S1, who says: Two customers went to E2: target 400000 CNY" in august
    assert "before any revision: target 500000 CNY, due 2026-09-30, weight 40%" in august
    assert "revised" not in july


def test_a_goal_that_is_given_up_says_why(revised: Path) -> None:
    """Its weight goes to the other one."""
    text, chinese = told(revised, on(9, 30), "E1"), told(revised, on(9, 30), "E1", "zh-CN")
    assert "(`G2`): given up on 2026-09-10 by S1, who says: The desk has moved to another team" in text
    assert "90% so far" in text
    assert "2026-09-10 由 S1 取消，理由：The desk has moved to another team" in chinese


def test_who_has_no_goals_is_named(tmp_path: Path) -> None:
    """After everybody who has some."""
    case = next(case for case in cases("good") if case.folder.name == "own-goals-and-the-team-s-by-their-weights")
    found = api.goals(case.workspace(tmp_path / "workspace"), on(9, 30), engine="reference")
    assert render_progress(found, "en", False).endswith("Without goals that run in the period: E4")
    assert [one.person for one in found[0].people] == ["E1", "E2", "E3", "E5"]


def test_a_goal_of_a_later_period_does_not_count_yet(revised: Path) -> None:
    """It stands there with what it has come to, and doesn't weigh."""
    text = told(revised, on(9, 30))
    assert "Of the year (`G7`): from 0 to 80 visits, 2026-07-01 to 2026-12-31: it isn't due in this period" in text


def test_programs_read_the_same(revised: Path) -> None:
    """Figures are texts; what is missing has its reasons."""
    found: Any = document(api.goals(revised, on(9, 30), as_of=on(10, 31), engine="reference"), "en")
    (policy,) = found["policies"]
    people = {each["person"]: each for each in policy["people"]}
    assert people["E1"]["attainment"] == "0.9000000000"
    assert [each["goal"] for each in people["E1"]["goals"]] == ["G1", "G2"]
    assert [(each["reason"], each["counts"]) for each in people["E1"]["goals"][0]["revisions"]] == [
        ("Two customers went to E2", True),
        ("moved", True),
        ("moved back", True),
        ("The other goal was given up", True),
        ("when all was over", False),
    ]
    assert people["E2"]["attainment"] is None
    assert people["E2"]["missing"] == ["the weights of the goals don't total 100%"]
    assert people["E3"]["attainment"] == "0.5000000000"  # reported late, as of the last day
    (late,) = people["E5"]["goals"][0]["revisions"]
    assert (late["target"], late["counts"]) == ("5.0000", False)


def test_what_is_revised_once_all_is_over_changes_nothing(revised: Path) -> None:
    """It is told all the same, with who did it and why."""
    text = " ".join(
        render_progress(api.goals(revised, on(9, 30), as_of=on(10, 31), engine="reference"), "en", False).split()
    )
    assert "revised on 2026-10-05 by S2, when it was due already, so this changes nothing;" in text
    assert "S2 said: It was not reached: target 5 visits" in text


@pytest.mark.parametrize(
    ("day", "person", "code"), [(on(1, 31), None, "no-goals-on-day"), (on(9, 30), "E7", "unknown-person")]
)
def test_what_nobody_decides_is_wrong_usage(revised: Path, day: datetime.date, person: str | None, code: str) -> None:
    """A day before the policy, and a person whom it doesn't cover."""
    with pytest.raises(WrongUsage) as refused:
        api.goals(revised, day, person=person, engine="reference")
    assert [each.code for each in refused.value.diagnostics] == [code]


def test_a_workspace_without_goals_says_so(tmp_path: Path) -> None:
    """It has incentives only."""
    case = next(case for case in cases("good") if case.folder.name == "two-goals-and-their-weights")
    root = case.workspace(tmp_path / "workspace")
    with pytest.raises(WrongUsage) as refused:
        api.goals(root, on(9, 30), engine="reference")
    assert [each.code for each in refused.value.diagnostics] == ["no-goals-policy"]


def test_a_goal_that_was_refused_says_what_is_missing(tmp_path: Path) -> None:
    """At the name of whose it would have been, by the columns of the file."""
    case = next(case for case in cases("good") if case.folder.name == "goals-that-nobody-could-measure")
    root = case.workspace(tmp_path / "workspace")
    text, found = told(root, on(9, 30), "E2"), api.goals(root, on(9, 30), engine="reference")
    assert "`G2` isn't counted, since its row was refused: the goal isn't measurable: it lacks To" in text
    (policy,) = found
    refused = {one.person: [each.row.id for each in one.part.refused.get("", ())] for one in policy.people}
    assert refused == {"E1": ["G1"], "E2": ["G2"], "E3": ["G3"], "E4": ["G4"], "E5": ["G5"]}
    document(found, "en")


def test_a_refused_goal_of_another_quarter_says_nothing_of_this_one(tmp_path: Path) -> None:
    """Its due day says when it would have counted; where that can't be read it may be any."""
    case = next(case for case in cases("good") if case.folder.name == "goals-that-nobody-could-measure")
    root = case.workspace(tmp_path / "workspace")
    (policy,) = api.goals(root, on(10, 15), engine="reference")
    assert [one.person for one in policy.people] == ["E1", "E3"]
