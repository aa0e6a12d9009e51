"""Cells of the files that people open in a spreadsheet: no text of the data is carried out as a formula."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import workflow
from tests.golden.cases import cases
from workflow.ledger.files import _cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 10 6555", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "－", "--1", "-1e5"]
)
def test_a_text_that_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    """An apostrophe before it, which a spreadsheet takes for the mark of a text."""
    assert _cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-1250.00", "0.5", "-3", 17, -2])
def test_a_number_stays_a_number(value: object) -> None:
    """Negative amounts add up in a spreadsheet as they do elsewhere."""
    assert _cell(value) == str(value)


@pytest.mark.parametrize("text", ["E-17", "revenue = 5", "'already", "", "销售"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    """Signs inside of a text do nothing."""
    assert _cell(text) == text


def test_actions_jsonl_stays_exact(tmp_path: Path) -> None:
    """The CSV marks a person called `=E1`, the file for programs gives the id as it is recorded."""
    case = next(each for each in cases("good") if each.folder.name == "whole-with-amounts")
    root = case.workspace(tmp_path / "workspace")
    for path in (root / "records").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("E1", "=E1"), encoding="utf-8")
    workflow.evaluate(root, str(case.says["period"]), out=tmp_path / "out")
    lines = (tmp_path / "out" / "actions.jsonl").read_text(encoding="utf-8").splitlines()
    with (tmp_path / "out" / "actions.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["subject"] for row in csv.DictReader(file)]
    subjects = [json.loads(line)["subject"] for line in lines]
    assert "=E1" in subjects
    assert cells == [f"'{subject}" if subject.startswith("=") else subject for subject in subjects]
