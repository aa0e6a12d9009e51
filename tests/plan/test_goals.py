"""The plan of a goals policy: of whom goals are, what is not recorded at all, and that no order of rows decides."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import workflow
from tests.golden.cases import HERE, cases
from workflow import api
from workflow.ledger.evaluation import Evaluation
from workflow.report.graph import as_mermaid, graph_of

HEAD = "Goal,Person,Team,Title,Measure,Unit,From,To,Start,Due,Weight,Set On,Set By\n"
QUARTER = "2026-07-01,2026-09-30"


def laid(into: Path, goals: str, *, leaving: tuple[str, ...] = (), policy: tuple[str, str] = ("", "")) -> Path:
    """The base of the golden cases with these goals, without some sources, a text of its policy replaced."""
    root = into / "workspace"
    shutil.copytree(HERE / "goals" / "base", root)
    (root / "records/goals.csv").write_text(HEAD + goals, "utf-8")
    (root / "records/deals.csv").write_text("Deal,Seller,Day,Amount\nD1,E1,2026-07-10,100\n", "utf-8")
    for name in leaving:
        (root / f"sources/{name}.yaml").unlink()
    file = root / "goals/personal-goals.v1.yaml"
    text = file.read_text("utf-8")
    assert policy[0] in text
    file.write_text(text.replace(*policy) if policy[0] else text, "utf-8")
    return root


def of(root: Path, into: Path, name: str = "personal-goals") -> tuple[Evaluation, dict[str, Any]]:
    """A run of the third quarter, and its results by person."""
    found = workflow.evaluate(root, "2026-Q3", out=into / "out")
    rows = pq.read_table(into / "out" / "results" / f"{name}.parquet").to_pylist()
    return found, {row["person"]: row for row in rows}


SAID = ("goal-revisions", "goal-reports", "goals-dropped")


def test_goals_need_no_source_of_what_is_said_of_them_later(tmp_path: Path) -> None:
    """Nothing is revised, reported or given up: what is measured counts, what is reported isn't known."""
    goals = (
        f"G1,E1,,Revenue,revenue,CNY,0,200,{QUARTER},100%,2026-07-01,S1\n"
        f"G2,E2,,Visits,reported,visits,0,9,{QUARTER},100%,2026-07-01,S1\n"
    )
    found, rows = of(laid(tmp_path, goals, leaving=SAID), tmp_path)
    assert f"{rows['E1']['attainment'].normalize():f}" == "0.5"  # 100 / 200
    assert rows["E2"]["attainment"] is None
    assert found.dispositions["goal.set"] == {"used": 2}


def test_without_teams_a_team_s_goal_is_nobody_s(tmp_path: Path) -> None:
    """It is unmatched, and counts for nobody."""
    goals = f"G1,,S1,Revenue,team_revenue,CNY,0,200,{QUARTER},100%,2026-07-01,S1\n"
    root = laid(tmp_path, goals, leaving=SAID, policy=("  teams: the supervisor's people\n", ""))
    found, rows = of(root, tmp_path)
    assert {row["goals_set"] for row in rows.values()} == {0}
    assert found.dispositions["goal.set"] == {"unmatched": 1}


def test_without_a_cap_a_goal_counts_up_to_100_percent(tmp_path: Path) -> None:
    """And never below 0%, also where it moved away from its target; it weighs what it weighs."""
    goals = (
        f"G1,E1,,Revenue,revenue,CNY,0,50,{QUARTER},60%,2026-07-01,S1\n"
        f"G2,E1,,Fewer,revenue,CNY,80,40,{QUARTER},40%,2026-07-01,S1\n"
    )
    root = laid(tmp_path, goals, leaving=SAID, policy=("  attainment up to: 120%\n", ""))
    _, rows = of(root, tmp_path)
    # 100 of 50 is 200%, of which 100% count; (100 - 80) / (40 - 80) is -50%, which counts as 0%.
    assert f"{rows['E1']['attainment'].normalize():f}" == "0.6"
    assert rows["E1"]["goals_reached"] == 1


def test_weights_in_thirds_lie_on_a_border_exactly(tmp_path: Path) -> None:
    """1/3 of each way, 33.33% + 33.33% + 33.34% of the weight: a third has 12 digits, what all come to has 10."""
    row = "G{0},E1,,Part,revenue,CNY,0,300,{1},{2},2026-07-01,S1\n"
    goals = "".join(row.format(at, QUARTER, weight) for at, weight in enumerate(("33.33%", "33.33%", "33.34%")))
    _, rows = of(laid(tmp_path, goals, leaving=SAID), tmp_path)
    assert f"{rows['E1']['attainment']:f}" == "0.3333333333"


def test_no_order_of_rows_decides(tmp_path: Path) -> None:
    """Rows of all files in other orders give the same files."""
    case = next(case for case in cases("good") if case.folder.name == "revised-given-up-and-said-twice")
    root = case.workspace(tmp_path / "workspace")
    written = []
    for seed in (1, 2):
        for file in sorted((root / "records").glob("*.csv")):
            head, *rows = file.read_text("utf-8").splitlines()
            random.Random(seed).shuffle(rows)
            file.write_text("\n".join((head, *rows)) + "\n", "utf-8")
        out = tmp_path / f"out {seed}"
        workflow.evaluate(root, "2026-Q3", as_of=case.day("as of"), out=out)
        files = [out / "actions.csv", out / "withheld.csv", out / "results" / "personal-goals.parquet"]
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_graph_shows_that_goals_are_recorded(language: str) -> None:
    """The events that set them lead to the policy, by what measures them."""
    rules = api.checked_workspace(HERE / "goals" / "base")
    drawn = as_mermaid(graph_of(rules, language))
    assert "goal.set" in drawn
    assert '|"revenue, team_revenue, quota_share"|' in drawn.replace("#95;", "_")
