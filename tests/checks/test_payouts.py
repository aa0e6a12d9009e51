"""Pay that falls when the result rises, and conditions that can never hold; and what only looks like them."""

from __future__ import annotations

import pytest

from tests.checks.small import MEASURES, told_of

USES = "  u: {on: revenue, rate: 1%}\n  v:\n    when: deals > 0 and csat > 1\n    amount: quota * 1%\n"
VALUES = "values:\n  attainment: revenue / quota\n"


def falls(*rows: str, by: str = "revenue", mode: str = "whole") -> list[tuple[str, str]]:
    """What is said of a table."""
    word = "points" if mode == "interpolated" else "tiers"
    body = f"pay:\n{USES}  t:\n    on: revenue\n    by: {by}\n    mode: {mode}\n    {word}:\n"
    body += "".join(f"      - {{{row}}}\n" for row in rows)
    told = told_of(MEASURES + VALUES + body + "actions:\n  a:\n    when: attainment > 1%\n    training: basics\n")
    return [(code, text) for code, text in told.mistakes if code != "unused"]


def test_a_lower_rate_of_all_from_a_border_on() -> None:
    """The amounts on both sides are told: 10,000 × 8% and 10,000 × 5%."""
    body = f"pay:\n{USES}  t:\n    on: revenue\n    by: revenue\n    mode: whole\n    tiers:\n"
    body += "      - {from: 0 CNY, rate: 8%}\n      - {from: 10000 CNY, rate: 5%}\n"
    told = told_of(MEASURES + body)
    assert told.mistakes == [("pay-falls", "10000 CNY")]
    assert told.diagnostics[0].severity == "warning"
    args = told.diagnostics[0].args
    assert (args["before"], args["after"], args["other"]) == ("800 CNY", "500 CNY", "10000 CNY")


@pytest.mark.parametrize(
    ("rows", "words", "code"),
    [
        (("from: 0%, rate: 8%", "from: 100%, rate: 5%"), {"by": "attainment"}, "pay-falls"),
        (("from: 0, rate: 8%", "from: 3, rate: 9%", "from: 4, rate: 2%"), {"by": "csat"}, "pay-falls"),
        (
            ("at: 50%, pay: 100%", "at: 100%, pay: 40%"),
            {"by": "attainment", "mode": "interpolated"},
            "pay-falls-between",
        ),
    ],
)
def test_what_falls(rows: tuple[str, ...], words: dict[str, str], code: str) -> None:
    """By a quotient of what is paid on; by a result whose table also rises; along a straight line."""
    assert [each for each, _ in falls(*rows, **words)] == [code]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("from: 0 CNY, rate: 8%", "from: 10000 CNY, rate: 5%"), {"mode": "marginal"}),
        (("from: 0 CNY, rate: 5%", "from: 10000 CNY, rate: 5%"), {}),
        (("from: 0, rate: 8%", "from: 3, rate: 5%"), {"by": "csat"}),
        (("from: 0 CNY, rate: 8%", "from: 1 CNY, rate: person.commission_rate"), {}),
        (("at: 50%, pay: 100%", "at: 100%, pay: 60%"), {"by": "attainment", "mode": "interpolated"}),
    ],
)
def test_what_does_not(rows: tuple[str, ...], words: dict[str, str]) -> None:
    """Slices; equal rates; a result of which less may be better; a rate that is not known here; 50 paid, then 60."""
    assert falls(*rows, **words) == []


@pytest.mark.parametrize(
    "condition",
    [
        "revenue < 60 CNY and revenue > 80 CNY",
        "revenue > 5 CNY and deals = 1 and revenue <= 5 CNY",
        "5 CNY <= revenue and 5 CNY > revenue",
        "deals = 1 and deals = 2",
        'person.role = "rep" and person.role = "supervisor"',
        "deals > 2 and deals < 1 or deals = 0 and deals = 1",
    ],
)
def test_a_condition_that_excludes_itself(condition: str) -> None:
    """Whatever order its parts stand in."""
    assert _conditions(condition) == ["never-holds"]


@pytest.mark.parametrize(
    "condition",
    [
        "revenue >= 5 CNY and revenue <= 5 CNY",
        "revenue < 60 CNY or revenue > 80 CNY",
        "revenue > 60 CNY and quota < 50 CNY",
        "deals > 2 and (deals < 1 or csat > 3)",
        "not(deals > 2 and deals < 1)",
        "deals != 1 and deals != 2",
    ],
)
def test_a_condition_that_leaves_room(condition: str) -> None:
    """A single value, one of two, or two names."""
    assert _conditions(condition) == []


def _conditions(condition: str) -> list[str]:
    body = f"pay:\n{USES}  t:\n    when: {condition}\n    amount: 5 CNY\n"
    return [code for code, _ in told_of(MEASURES + body).mistakes]
