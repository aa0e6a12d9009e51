"""Pay by hand: rates, tables, proration and rounding on a few deals."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.small import WORKSPACE
from tests.plan.runs import WHOLE, evaluated, paid, withheld, workspace

MEASURES = """\
measures:
  revenue: {sum: amount, of: deal.won}
  quota: {latest: amount, of: quota.set}
values:
  attainment: revenue / quota
"""
TIERS = """\
    tiers:
      - {from: 0%, rate: 1%}
      - {from: 80%, rate: 2%}
      - {from: 100%, rate: 3%}
"""


def one(revenue: str, quota: str = "1000.00") -> dict[str, str]:
    """One deal, and the quarter's quota."""
    return {
        "deals": f"D1,E1,{revenue},cloud,2026-07-01\n",
        "quotas": f"Q1,E1,{quota},2026-Q3,2026-06-01\n" if quota else "",
    }


def pays(body: str) -> str:
    return f"{MEASURES}pay:\n  p:\n{body}"


@pytest.mark.parametrize(
    ("mode", "revenue", "amount"),
    [
        ("whole", "799.99", "8.00"),  # 7.9999
        ("whole", "800.00", "16.00"),
        ("whole", "1000.00", "30.00"),
        ("marginal", "800.00", "8.00"),
        ("marginal", "900.00", "10.00"),  # 8 + 2
        ("marginal", "1200.00", "18.00"),  # 8 + 4 + 6
        ("marginal", "-50.00", "0.00"),
        ("whole", "-50.00", "0.00"),
    ],
)
def test_a_table_by_the_quota_reached(engine: str, tmp_path: Path, mode: str, revenue: str, amount: str) -> None:
    """1% from nothing, 2% from 80%, 3% from 100% of 1000.00."""
    body = pays(f"    on: revenue\n    by: attainment\n    mode: {mode}\n{TIERS}")
    assert paid(evaluated(workspace(tmp_path, body, one(revenue), WHOLE), engine)) == {"p": amount}


@pytest.mark.parametrize(
    ("revenue", "amount"),
    [
        ("799.99", "80.00"),  # below the first point 10%
        ("800.00", "400.00"),  # 50%
        ("900.00", "675.00"),  # 75%
        ("1000.00", "1000.00"),
        ("1500.00", "1500.00"),
    ],
)
def test_a_straight_line_between_points(engine: str, tmp_path: Path, revenue: str, amount: str) -> None:
    """50% at 80%, 100% at 100%, flat above; 79.999 × 10% below."""
    points = "    points: [{at: 80%, pay: 50%}, {at: 100%, pay: 100%}]\n    below: 10%\n"
    body = pays(f"    on: revenue\n    by: attainment\n    mode: interpolated\n{points}")
    assert paid(evaluated(workspace(tmp_path, body, one(revenue), WHOLE), engine)) == {"p": amount}


def test_an_unknown_result_withholds_its_table(engine: str, tmp_path: Path) -> None:
    """Without a quota nobody knows which row is reached."""
    body = pays(f"    on: revenue\n    by: attainment\n    mode: whole\n{TIERS}")
    result = evaluated(workspace(tmp_path, body, one("800.00", ""), WHOLE), engine)
    assert (paid(result), withheld(result)) == ({}, {"p": ["nothing-recorded"]})


def test_a_quota_of_nothing_withholds_too(engine: str, tmp_path: Path) -> None:
    """Nothing can be divided by it."""
    body = pays(f"    on: revenue\n    by: attainment\n    mode: whole\n{TIERS}")
    result = evaluated(workspace(tmp_path, body, one("800.00", "0.00"), WHOLE), engine)
    assert (paid(result), withheld(result)) == ({}, {"p": ["divided-by-zero"]})


def test_a_rate_may_be_a_formula(engine: str, tmp_path: Path) -> None:
    """5% of the register, doubled from the quota on: 10% of 1000.00."""
    body = pays(
        "    on: revenue\n    rate: if attainment >= 100% then person.commission_rate * 2 else person.commission_rate\n"
    )
    assert paid(evaluated(workspace(tmp_path, body, one("1000.00"), WHOLE), engine)) == {"p": "100.00"}


@pytest.mark.parametrize(
    ("rounding", "amount"),
    [
        ("half up", "0.13"),
        ("half even", "0.12"),
        ("half down", "0.12"),
        ("up", "0.13"),
        ("down", "0.12"),
        ("ceiling", "0.13"),
        ("floor", "0.12"),
    ],
)
def test_a_line_is_rounded_as_the_workspace_says(engine: str, tmp_path: Path, rounding: str, amount: str) -> None:
    """12.50 at 1% is 0.125."""
    files = {**WHOLE, "workspace.yaml": WORKSPACE.replace("half up", rounding)}
    body = pays("    on: revenue\n    rate: 1%\n")
    assert paid(evaluated(workspace(tmp_path, body, one("12.50"), files), engine)) == {"p": amount}


def test_a_table_is_shared_out_over_the_days_served(engine: str, tmp_path: Path) -> None:
    """Here from 1 September: 30 of 92 days of 30.00 are 9.7826 and so on."""
    records = {**one("1000.00"), "people": "E9,2026-09-01,rep,,\n"}
    records["deals"] = "D1,E9,1000.00,cloud,2026-09-01\n"
    records["quotas"] = "Q1,E9,1000.00,2026-Q3,2026-06-01\n"
    body = pays(f"    on: revenue\n    by: attainment\n    mode: whole\n{TIERS}    prorate: days served\n")
    assert paid(evaluated(workspace(tmp_path, body, records, WHOLE), engine), "E9") == {"p": "9.78"}


def test_a_gate_of_unknown_outcome_withholds_and_a_closed_one_pays_nothing(engine: str, tmp_path: Path) -> None:
    """`when` missing is not false."""
    body = pays("    when: attainment >= 100%\n    amount: 5 CNY\n")
    unknown = evaluated(workspace(tmp_path / "a", body, one("800.00", ""), WHOLE), engine)
    closed = evaluated(workspace(tmp_path / "b", body, one("800.00"), WHOLE), engine)
    assert (paid(unknown), withheld(unknown)) == ({}, {"p": ["nothing-recorded"]})
    assert (paid(closed), withheld(closed)) == ({}, {})
