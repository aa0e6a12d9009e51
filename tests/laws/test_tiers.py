"""Laws of tiers: what is true of every customer, whatever the numbers are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workflow
from tests.golden.cases import cases
from workflow.plan.kernels import Hysteresis, Standing
from workflow.run.reference.folds import Ladder

KERNELS = st.builds(Hysteresis, st.integers(2, 4), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
AMOUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=10)


def climbed(kernel: Hysteresis, amounts: list[int]) -> list[dict[str, int]]:
    """The tiers of a customer with these amounts: tier N of `n` is entered at 10 * (n - N), and kept 5 below."""
    ladder, found = Ladder(kernel), []
    for turn, amount in enumerate(amounts, 1):
        row = {"turn": turn, "until": turn, "set": 0}
        for tier in range(1, kernel.tiers):
            border = 10 * (kernel.tiers - tier)
            row |= {f"enter.{tier}": int(amount >= border), f"stay.{tier}": int(amount >= border - 5)}
        found.append(ladder.climbed(row))
    return found


@settings(max_examples=60, deadline=None)
@given(KERNELS, AMOUNTS, st.integers(0, 60))
def test_nothing_later_decides(kernel: Hysteresis, amounts: list[int], later: int) -> None:
    """A tier on a day doesn't depend on what comes after it."""
    assert climbed(kernel, [*amounts, later])[:-1] == climbed(kernel, amounts)


@settings(max_examples=60, deadline=None)
@given(KERNELS, AMOUNTS)
def test_a_fall_never_skips_its_grace(kernel: Hysteresis, amounts: list[int]) -> None:
    """Before each fall stand so many periods of grace, none of them in another tier; and it is never too deep."""
    rows = climbed(kernel, amounts)
    for at, row in enumerate(rows):
        if row["standing"] == Standing.FELL:
            waited = rows[max(at - kernel.grace, 0) : at]
            assert [each["standing"] for each in waited] == [Standing.IN_GRACE] * kernel.grace
            assert {each["tier"] for each in waited} <= {row["before"]}
            assert not kernel.most or row["tier"] - row["before"] <= kernel.most


@settings(max_examples=60, deadline=None)
@given(KERNELS, st.lists(st.integers(5, 9), min_size=1, max_size=10))
def test_between_stay_and_enter_nobody_moves(kernel: Hysteresis, amounts: list[int]) -> None:
    """Whoever has come into the last tier but one, and goes on between its borders, stays there."""
    rows = climbed(kernel, [10, *amounts])
    assert {row["tier"] for row in rows} == {kernel.tiers - 1}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with purchases, tiers set by hand, and a policy that asks both."""
    case = next(case for case in cases("good") if case.folder.name == "a-deal-has-the-tier-set-on-its-day")
    return case.workspace(tmp_path_factory.mktemp("recorded") / "workspace")


def came_to(root: Path, out: Path) -> dict[str, bytes]:
    """Every file of results, lines and actions of a run."""
    workflow.evaluate(root, "2026-Q2", out=out)
    named = [*out.glob("results/*.parquet"), *out.glob("lines.*"), *out.glob("actions.*")]
    found = {str(file.relative_to(out)): file.read_bytes() for file in named}
    assert {"results/customer-tier.parquet", "results/key-bonus.parquet"} <= found.keys()
    return found


def test_any_order_of_rows_and_files_changes_nothing(recorded: Path, tmp_path: Path) -> None:
    """Rows turned about, and those of each source in two files: the same bytes, also of tiers set by hand."""
    before, shuffled = came_to(recorded, tmp_path / "before"), random.Random(7)
    for source in (recorded / "sources").glob("*.yaml"):
        text = source.read_text(encoding="utf-8")
        source.write_text(text.replace(".csv", "*.csv", 1), encoding="utf-8")
    for file in sorted((recorded / "records").glob("*.csv")):
        header, *rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
        shuffled.shuffle(rows)
        file.write_text("".join([header, *rows[::2]]), encoding="utf-8")
        file.with_name(f"{file.stem}-2.csv").write_text("".join([header, *rows[1::2]]), encoding="utf-8")
    assert came_to(recorded, tmp_path / "after") == before
