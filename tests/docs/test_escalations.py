"""The page of escalations tells the truth: its files make a workspace, and its steps are those of the replay."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq

import workflow
from docs import build
from workflow.plan.machines import Went

PAGE = (build.ROOT / "docs" / "escalations.md").read_text(encoding="utf-8")
CASES = build.ROOT / "tests" / "golden" / "escalation"


def test_the_complaint_goes_the_way_of_the_page(tmp_path: Path) -> None:
    """The policy is that of the golden case, whose steps were worked out by hand."""
    root = tmp_path / "policies"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(
        CASES / "good" / "a-complaint-climbs-over-the-holidays" / "records", root / "records", dirs_exist_ok=True
    )
    for path, text in re.findall(r"^```yaml\n# (?:part of )?(\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        (root / path).write_text(text, encoding="utf-8")
    workflow.evaluate(root, "2026-Q4", out=tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "results" / "complaint-desk.cases.parquet").to_pylist()
    steps = [(row["went"], row["to"]) for row in rows if row["case"] == "C-1"]
    told = [
        each for line in re.findall(r"^\| \d+ \w+ [\d:]+ \| (.+?) \|", PAGE, re.MULTILINE) for each in line.split(";")
    ]
    words = [re.findall(r"`(\w+)`", each) for each in told]
    assert [(next(word for word in each if word in WENT), each[-1]) for each in words if each[-1] not in WENT] == [
        (went, to) for went, to in steps if went in {"began", "fired", "moved"}
    ]
    assert {word for each in words for word in each if word in WENT} == {went for went, _ in steps}


def test_the_policy_of_the_page_is_the_one_that_is_drawn_and_explained() -> None:
    """The drawing and the explanation below it are made from the base of the golden cases."""
    name = "escalations/complaint-desk.v1.yaml"
    shown = re.search(rf"^```yaml\n# {name}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert shown is not None
    assert shown[1] == (CASES / "base" / name).read_text(encoding="utf-8")


WENT = {each.name.lower().replace("_", " ") for each in Went}


def test_every_word_for_a_step_is_explained() -> None:
    """But those with which a run fails."""
    assert {word for word in WENT if f"`{word}`" not in PAGE} == {"ambiguous", "ran away", "beyond"}
