"""What explanations say of clauses that look back, of ranks, and of working days."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.test_explanation import english, golden, on_one_line
from workflow.report.explanation import render

SAID = [
    (
        "a-row-fires-once-until-it-breaks",
        "E1",
        "It has held for 2 periods in a row, since 2026-08; it takes 2. 4. Task: Account plan",
    ),
    ("a-row-fires-once-until-it-breaks", "E2", "It has held for more than 2 periods in a row, in 2026-07 too."),
    ("a-row-fires-once-until-it-breaks", "E3", "It has held for 1 period in a row, since 2026-09; it takes 2."),
    (
        "due-on-a-working-day-across-the-holidays",
        "E1",
        "due on 2026-10-13 at 18:00, 5 working days after 2026-09-30 by calendar cn.",
    ),
    (
        "due-past-the-calendar-is-withheld",
        "E1",
        (
            "Withheld: nothing is triggered until the calendar tells by when it is due. Missing: calendar `cn` knows "
            "2026-07-01 to 2027-01-08, and what is due is counted from 2026-12-31."
        ),
    ),
    (
        "once-per-year-over-two-policies",
        "E1",
        "Not triggered, because it comes once per year and came already: 2026-Q1, through `welcome.first_training`.",
    ),
    (
        "an-earlier-period-in-doubt-withholds",
        "E1",
        (
            "The condition `revenue < 100 CNY` holds: CN¥50.00 < 100 CNY. In words: revenue is less than 100 CNY. "
            "3. Withheld: nothing is triggered until the condition is decided. Missing: `plan` of `bonus` can't be "
            "decided for 2026-Q1."
        ),
    ),
    (
        "a-member-in-doubt-withholds-the-ranks-of-the-group",
        "E1",
        "Missing: `attainment` of somebody in the same group can't be decided.",
    ),
    (
        "equal-results-have-the-place-alike",
        "E1",
        (
            'Place 1 of 3 by `revenue`, greatest first, among those with `person.region` "east". Places that count: 1. '
            "2 share this place. All who share a place that counts have it. There must be 3 people or more in the "
            "group. The result must be at least `1 CNY`."
        ),
    ),
    (
        "equal-results-have-the-place-alike",
        "W1",
        (
            "3 share this place. Those who share a place divide the amounts of the places they hold. 3. The share of "
            "the amounts of these places is CN¥66.66."
        ),
    ),
]


@pytest.mark.parametrize(("case", "person", "sentence"), SAID)
def test_what_decided_is_named(case: str, person: str, sentence: str, tmp_path: Path) -> None:
    """The period, the clause, the place among others: nobody has to guess why."""
    assert sentence in on_one_line(english(golden(case, tmp_path, person)))


def test_a_rank_is_told_in_chinese(tmp_path: Path) -> None:
    """The same in the other language."""
    account = golden("equal-results-have-the-place-alike", tmp_path, "E1")
    assert "按 `revenue` 从大到小，在全公司的 5 人中列第 1；前 2 名算数。" in on_one_line(
        render(account, "zh-CN", False)
    )
