"""Sums over windows: events that stand for themselves give what buckets of them give."""

from __future__ import annotations

from pathlib import Path

import pytest

import workflow
from tests.golden.cases import HERE, Case
from workflow.plan import buckets


@pytest.mark.parametrize("case", ["a-fall-waits-and-goes-one-tier", "scores-by-rank"])
def test_few_windows_are_added_up_like_many(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums, counts and days of windows that overlap, some with returns: the same files to the last byte."""
    of_case = Case(HERE / "tiering" / "good" / case, {})
    root, found = of_case.workspace(tmp_path / "workspace"), []
    for few in (0, 1000):
        monkeypatch.setattr(buckets, "FEW", few)
        workflow.evaluate(root, "2026-Q2", out=tmp_path / str(few))
        found.append((tmp_path / str(few) / "results" / "customer-tier.parquet").read_bytes())
    assert found[0] == found[1]
