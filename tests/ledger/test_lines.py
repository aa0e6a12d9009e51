"""The file of lines: one row a line of pay of all policies, before and after rounding."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workflow
from tests.golden.cases import cases
from workflow.api import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "name",
    [
        "a-share-for-the-supervisor",
        "half-a-cent-below-zero-is-rounded-away-from-zero",
        "plan-four-percent-less-credit-notes",
    ],
)
def test_lines_are_a_file(name: str, engine: str, tmp_path: Path) -> None:
    """lines.parquet holds what the case expects to be paid, with each line's policy, clause and place."""
    case = next(each for each in cases("good") if each.folder.name == name)
    root = case.workspace(tmp_path / "workspace")
    workflow.evaluate(root, str(case.says["period"]), engine=engine, out=tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "lines.parquet").to_pylist()
    assert [(row["subject"], row["clause"], str(row["amount"])) for row in rows] == [
        (line["person"], line["clause"], line["amount"]) for line in case.expect["lines"]
    ]
    assert {(row["policy"], row["period"], row["currency"], row["file"]) for row in rows} == {
        ("bonus", str(case.says["period"]), "CNY", "incentives/bonus.v1.yaml")
    }
    for row in rows:
        assert abs(row["exact"] - row["amount"]) <= Decimal("0.005")
