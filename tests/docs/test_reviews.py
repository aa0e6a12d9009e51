"""The page of reviews tells the truth: its files, laid over the example workspace, give the ratings that it says."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq

import workflow
from docs import build
from tests.docs.test_language import laid
from workflow.report.cycle import as_text

PAGE = (build.ROOT / "docs" / "reviews.md").read_text(encoding="utf-8")


def test_the_example_gives_the_ratings_of_the_page(tmp_path: Path) -> None:
    """Its blocks are whole files, or parts of those of the example workspace."""
    root = tmp_path / "policies"
    shutil.copytree(build.ROOT / "policies", root)
    for found in re.finditer(r"^```(?:yaml|csv)\n# (part of )?(\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        part, path, text = found.groups()
        file = root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(laid(file.read_text(encoding="utf-8"), text) if part else text, encoding="utf-8")
    as_of = datetime.date(2026, 10, 31)
    workflow.evaluate(root, "2026-Q3", as_of=as_of, out=tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "results" / "quarterly-review.parquet").to_pylist()
    given = {row["person"]: row["rating.scored"] or "-" for row in rows}
    told = dict(re.findall(r"^\| (E\d+) \| (\S+) \|", PAGE, re.MULTILINE))
    assert told == {"E1006": "B", "E1001": "-"}
    assert {person: given[person] for person in told} == told
    hers = next(row for row in rows if row["person"] == "E1006")
    assert hers["rating"] == "A"  # calibrated
    # 105.1290322581 x 60% (a quotient has 12 digits) + 93.75 x 25% + 75 x 15%
    assert f"{hers['score']:.12f}" == "97.764919354860"
    text = as_text(workflow.reviews(root, datetime.date(2026, 10, 16), engine="reference"), "en")
    (shown,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert shown in text
    assert "with 刘芳 Liu Fang, reminded 3 times" in " ".join(text.split())  # the 10th, 13th and 15th
    assert "late by 2 working days" in text  # the 15th and 16th
