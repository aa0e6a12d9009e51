"""The page of goals tells the truth: its files, laid over the example workspace, give the attainments that it says."""

from __future__ import annotations

import datetime
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

import workflow
from docs import build
from workflow import api
from workflow.report.explanation.progress import render_progress

PAGE = (build.ROOT / "docs" / "goals.md").read_text(encoding="utf-8")


def laid_over(into: Path) -> Path:
    """The example workspace with the whole files of the page."""
    root = into / "policies"
    shutil.copytree(build.ROOT / "policies", root)
    for found in re.finditer(r"^```(?:yaml|csv)\n# ([a-z]+/\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        path, text = found.groups()
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def test_the_example_gives_the_attainments_of_the_page(tmp_path: Path) -> None:
    """Its whole files make a workspace of the example's."""
    root = laid_over(tmp_path)
    workflow.evaluate(root, "2026-Q3", out=tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "results" / "personal-goals.parquet").to_pylist()
    given = {row["person"]: row["attainment"] for row in rows}
    # 651800 / 700000 x 40% + 120% x 30% + 75% x 30% = 0.95745714285…
    assert given["E1006"] == Decimal("0.9574571429")
    assert given["E1001"] is None
    assert "| E1006 | 95.74571429% |" in PAGE


def test_the_command_says_what_the_page_shows(tmp_path: Path) -> None:
    """On a day inside the quarter."""
    shown = re.search(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert shown is not None
    found = api.goals(laid_over(tmp_path), datetime.date(2026, 9, 15), person="E1006")
    assert shown[1] in render_progress(found, "en", False)
