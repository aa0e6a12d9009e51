"""Conditions that nothing met."""

from __future__ import annotations

from pathlib import Path

import pytest

import workflow
from tests.checks.small import EVENTS, SURVEYS_SOURCE
from tests.plan.runs import workspace
from workflow.report.summary import as_text, document

BODY = """\
measures:
  cloud:
    sum: amount
    of: deal.won
    where: product = "clod"
  hardware:
    sum: amount
    of: deal.won
    where: product = "hardware"
  taken:
    sum: amount
    of: deal.won
    where: product = "none"
  csat: {average: score, of: survey.answered}
pay:
  bonus: {on: cloud, rate: 1%}
  other: {on: hardware, rate: 1%}
  third: {on: taken, rate: 1%}
  kicker:
    when: csat > 4
    amount: 5 CNY
"""
RECORDS = {
    "deals": (
        "D1,E1,100.00,cloud,2026-07-01\nD2,E1,100.00,hardware,2026-07-01\nD3,E1,100.00,cloud,2026-01-01\n"
        "D4,E1,5.00,none,2026-07-01\nD5,E1,-5.00,none,2026-07-01\n"
    ),
    "surveys": "S1,E1,4,2026-07-01\nS2,E1,5,2026-07-01\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "catalogue/events.yaml": EVENTS.replace('product: {is: "one of [cloud, hardware]"}', "product: text"),
        "sources/surveys.yaml": f'{SURVEYS_SOURCE}where: Seller = "E-1"\n',
    }
    return workspace(tmp_path_factory.mktemp("root"), BODY, RECORDS, files)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_misspelt_word_is_told(root: Path, engine: str) -> None:
    """Not what met something, though it adds up to nothing; and of a source only where no row is left."""
    found = workflow.evaluate(root, "2026-Q3", engine=engine).unmet
    assert [(each.of, each.event, each.count) for each in found] == [
        ("surveys", "survey.answered", 2),
        ("cloud", "deal.won", 4),
    ]


def test_the_summary_says_how_many_were_looked_at(root: Path) -> None:
    """With the condition as it was written, and its place."""
    result = workflow.evaluate(root, "2026-Q3", engine="reference")
    text = as_text(result, "2026-Q3", "en")
    assert (
        'no event met `product = "clod"` of `cloud`: 4 of `deal.won` were looked at\n  incentives/bonus.yaml:14' in text
    )
    assert 'no row met `Seller = "E-1"` of the source `surveys`: 2 were read\n  sources/surveys.yaml:' in text
    told = document(result, "2026-Q3", "en")["unmet"]
    assert isinstance(told, list)
    assert [each["of"] for each in told] == ["surveys", "cloud"]
