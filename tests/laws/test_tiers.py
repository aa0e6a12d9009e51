"""Laws of tiers: what is true of every customer, whatever the numbers are."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import workflow
from tests.golden.cases import cases
from workflow.plan.kernels import Hysteresis, Standing
from workflow.run.reference.folds import Ladder

KERNELS = st.builds(Hysteresis, st.integers(2, 4), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
AMOUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=10)


def climbed(kernel: Hysteresis, amounts: list[int], resumed: Mapping[str, int] | None = None) -> list[dict[str, int]]:
    """The tiers of a customer with these amounts: tier N of `n` is entered at 10 * (n - N), and kept 5 below."""
    ladder, found = Ladder(kernel), []
    for turn, amount in enumerate(amounts, 1):
        row = {"turn": turn, "until": turn, "set": 0, **(resumed or {})}
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
@given(KERNELS, AMOUNTS, AMOUNTS)
def test_a_version_that_changes_nothing_changes_nothing(
    kernel: Hysteresis, before: list[int], after: list[int]
) -> None:
    """A ladder that goes on where another one ended climbs on as that one would have."""
    whole, turns = climbed(kernel, [*before, *after]), len(before)
    ended = whole[turns - 1]
    numbers = {word: ended[word] - turns for word in ("since", "until", "first")}
    resumed = {f"resumed.{word}": value for word, value in {**ended, **numbers}.items()}
    rows = climbed(replace(kernel, resumes=True), after, resumed)
    told = [row | {word: row[word] + turns for word in ("since", "until", "first")} for row in rows]
    assert told == whole[turns:]


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


def bought(root: Path, amounts: Mapping[str, Sequence[int]]) -> None:
    """What each customer buys in the quarters from the first of 2026 on."""
    days = [f"{2026 + number // 4}-{number % 4 * 3 + 2:02}-10" for number in range(6)]
    rows = [
        f"{customer}-{day},{customer},E1,{amount}.00,CNY,cloud,{day} 10:00\n"
        for customer, each in amounts.items()
        for day, amount in zip(days, each, strict=True)
        if amount
    ]
    header = "Purchase,Customer,Seller,Amount,Currency,Product,Time\n"
    (root / "records" / "purchases.csv").write_text(header + "".join(rows), encoding="utf-8")
    known = "".join(f"{customer},2024-01-01,,east,active\n" for customer in amounts)
    away = "C0,2024-01-01,2026-06-30,east,active\nC0,2026-10-01,,east,active\n"
    text = f"Customer,From,Through,Region,Status\n{away}{known}"
    (root / "records" / "customers.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("when", ["at period end", "at each event"])
def test_a_policy_in_three_versions_is_that_policy(tmp_path: Path, when: str) -> None:
    """Of the same words in one version and in three, whatever is counted, held, protected and set by hand."""
    case = next(case for case in cases("good") if case.folder.name == "a-tier-set-by-hand")
    root, chance = case.workspace(tmp_path / "workspace"), random.Random(11)
    bought(
        root, {f"C{number}": [chance.choice((0, 0, 400, 600, 900, 1000)) for _ in range(6)] for number in range(1, 25)}
    )
    first = root / "tiers" / "customer-tier.v1.yaml"
    text = first.read_text(encoding="utf-8").partition("actions:")[0]
    text += "fall: {grace: 1 quarter, at most: 1 tier}\nprotect: {new for: 1 quarter}\nholds: 4 months from entry\n"
    text += f"evaluate: {when}\n"
    first.write_text(text, encoding="utf-8")
    found = []
    for versions in ((), ((2, "2026-07-01"), (3, "2027-01-01"))):
        for version, since in versions:
            later = first.read_text(encoding="utf-8").replace("version: 1", f"version: {version}")
            later = later.replace("from: 2026-01-01", f"from: {since}")
            first.with_name(f"customer-tier.v{version}.yaml").write_text(later, encoding="utf-8")
        out = tmp_path / f"{len(versions)}"
        workflow.evaluate(root, "2027-Q2", out=out)
        table = parquet.read_table(out / "results" / "customer-tier.parquet")
        found.append(
            table.select([name for name in table.column_names if name == "customer" or name.startswith("tier")])
        )
    assert found[0].column_names == found[1].column_names
    assert found[0].to_pylist() == found[1].to_pylist()
    assert len(set(found[0]["tier.standing"].to_pylist())) >= 4  # all of it happens
