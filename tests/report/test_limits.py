"""What an explanation says of lines that no clause makes: limits, claw backs, adjustments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.cases import cases
from workflow import api
from workflow.report.explanation import render
from workflow.words import LANGUAGES


def told(name: str, into: Path, language: str = "en") -> str:
    """The explanation of E1 in a golden case, its line breaks undone."""
    case = next(each for each in cases("good") if each.folder.name == name)
    account = api.explain(case.workspace(into / "workspace"), str(case.says["period"]), "E1", engine="reference")
    return " ".join(render(account, language, False).split())


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("a-cap-takes-what-lies-above", "come to CN¥80,000.00, more than CN¥60,000.00: -CN¥20,000.00 takes off"),
        ("what-was-carried-stands-under-the-cap", "The cap took CN¥20,000.00 in 2026-Q1. It is added here"),
        ("what-was-carried-stands-under-the-cap", "takes off what lies above, and it is carried to the next period."),
        ("an-undecided-cap-withholds-what-it-may-have-carried", "Withheld: what the cap took in 2026-Q2 is not known."),
        (
            "a-shut-gate-takes-everything",
            "The gate is shut: it takes all that the lines before it come to, CN¥1,700.00.",
        ),
        ("a-shut-gate-takes-what-is-not-known", "the gate is shut and would take it, whatever it is."),
        ("a-floor-waits-for-every-clause", "Withheld: whether the floor is reached can't be decided"),
        ("a-claw-back-at-the-rate-paid-then", "CN¥2,000.00 × CN¥450.00 / CN¥9,000.00 = CN¥100.00."),
        ("a-claw-back-of-the-line-of-a-deal", "CN¥2,000.00 × CN¥300.00 / CN¥6,000.00 = CN¥100.00."),
        ("a-claw-back-takes-what-a-cap-had-left", "Of its line of CN¥80,000.00, `commission` has paid CN¥48,000.00"),
        ("a-claw-back-takes-what-a-cap-had-left", "No `deal.won` (Deal won) counts for this clause."),
        ("a-claw-back-within-twelve-months", "`D9` is of 2025-07-14: it comes back too late"),
        ("an-adjustment-after-the-period", "S1 has changed the pay by -CN¥250.00, approved by D1: Paid twice in Q2"),
    ],
)
def test_a_line_of_the_policy_itself_is_explained(tmp_path: Path, case: str, sentence: str) -> None:
    """With the amounts compared, read from the results."""
    assert sentence in told(case, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_in_every_language(tmp_path: Path, language: str) -> None:
    """A cap, in Chinese."""
    assert "¥80,000.00" in told("a-cap-takes-what-lies-above", tmp_path, language)
