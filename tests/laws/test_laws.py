"""Laws that hold for every workspace: on the example, and on small ones that are made at random."""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.laws.worlds import CREDITS, World, actions, revenue, shared_worlds, worlds

EXAMPLE = Path(__file__).parents[2] / "policies"
LONG = os.environ.get("WORKFLOW_HYPOTHESIS") == "long"
SEEDS = range(20 if LONG else 2)
LAWS, FORMS = 7, 2
"""Those of the laws below that hold for workspaces made at random, and in how many forms each of them makes one."""
WORLDS = 200 * (10 if LONG else 1)
"""Workspaces that are made for all of them, at least."""
made = settings(max_examples=-(-WORLDS // (LAWS * FORMS)), deadline=None, suppress_health_check=list(HealthCheck))
Rows = dict[str, list[str]]


@contextmanager
def place() -> Iterator[Path]:
    """A folder for one example."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def of(world: World, engine: str = "reference") -> bytes:
    """The actions of a world."""
    with place() as folder:
        return actions(world.written(folder), engine)


def bare(found: bytes, *, without: str = "") -> list[dict[str, object]]:
    """The actions of all but one person."""
    rows = [json.loads(line) for line in found.decode().splitlines()]
    return [row for row in rows if row["subject"] != without]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The actions of the example workspace as it is."""
    return actions(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "policies"))


def changed(folder: Path, change: Callable[[Rows], Rows]) -> bytes:
    """The actions of the example with other files of records; `change` takes and gives the rows of each."""
    root = shutil.copytree(EXAMPLE, folder / "policies")
    before = {path.name: path.read_text("utf-8").splitlines() for path in (root / "records").iterdir()}
    shutil.rmtree(root / "records")
    (root / "records").mkdir()
    for name, rows in change(before).items():
        (root / "records" / name).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return actions(root)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_of_rows_and_of_files_changes_nothing(example: bytes, tmp_path: Path, seed: int) -> None:
    """The example's rows are shuffled in their files, and the files of deals change their names with one another."""
    rng = random.Random(seed)

    def shuffled(files: Rows) -> Rows:
        deals = sorted(name for name in files if name.startswith("deals-"))
        names = dict(zip(deals, rng.sample(deals, len(deals)), strict=True))
        return {names.get(name, name): [head, *rng.sample(rows, len(rows))] for name, (head, *rows) in files.items()}

    assert changed(tmp_path, shuffled) == example


@made
@given(worlds(), st.randoms(use_true_random=False))
def test_any_order_of_rows_changes_nothing(world: World, rng: random.Random) -> None:
    """Nor do the names of the files they stand in."""
    with place() as folder:
        files = {
            source: {f"{source}-{rng.randint(0, 99)}": tuple(rng.sample(rows, len(rows)))}
            for source, rows in world.rows.items()
        }
        assert actions(world.written(folder, files)) == of(world)


def test_a_deal_and_its_return_pay_what_neither_pays(example: bytes, tmp_path: Path) -> None:
    """In the example: below the size from which deals are counted, and both within the quarter."""

    def returned(files: Rows) -> Rows:
        deal = "D-9001,Closed Won,E1002,C006,99999.99,CNY,cloud,2026-08-01 10:00:00,2026-08-01 10:00:00"
        return {
            **files,
            "deals-2026-08.csv": [*files["deals-2026-08.csv"], deal],
            "returns.csv": [*files["returns.csv"], "R-9001,D-9001,2026-08-09,99999.99"],
        }

    assert changed(tmp_path, returned) == example


PRODUCT = st.sampled_from(("cloud", "hardware"))
DAY = st.dates(datetime.date(2026, 7, 1), datetime.date(2026, 9, 1))


@made
@given(worlds(), st.integers(1, 9_999_999), DAY, PRODUCT, st.sampled_from(("", "E1:33.3333%; E2:66.6667%", "E2:100%")))
def test_a_deal_and_its_return_pay_nothing(
    world: World, cents: int, day: datetime.date, product: str, splits: str
) -> None:
    """On one day, whether or not it was served, and whoever shares it."""
    amount = f"{cents // 100}.{cents % 100:02}"
    more = world.having("deals", f"D900,E1,{amount},{product},{day},{splits},2026-09-01")
    more = more.having("returns", f"R900,D900,{amount},{day}")
    assert of(more) == of(world)


def test_somebody_else_changes_nothing_for_others(example: bytes, tmp_path: Path) -> None:
    """In the example: a new account manager under nobody, with a quota and a deal."""

    def joined(files: Rows) -> Rows:
        deal = "D-9002,Closed Won,E9999,C006,250000.00,CNY,cloud,2026-08-01 10:00:00,2026-08-01 10:00:00"
        return {
            **files,
            "people.csv": [*files["people.csv"], "E9999,2026-01-01,,New,account manager,south,active,,1.0%"],
            "quotas.csv": [*files["quotas.csv"], "L-99,E9999,2026-06-22,2026-Q3,100000.00"],
            "deals-2026-08.csv": [*files["deals-2026-08.csv"], deal],
        }

    found = changed(tmp_path, joined)
    assert len(bare(found)) > len(bare(example))
    assert bare(found, without="E9999") == bare(example)


@made
@given(worlds(), st.integers(1, 9_999_999), DAY)
def test_an_unrelated_person_changes_nothing_for_others(world: World, cents: int, day: datetime.date) -> None:
    """With a deal, a quota and a survey of their own."""
    more = world.having("people", "E50,2024-01-01,,rep,,5%").having("quotas", "Q50,E50,1000.00,2026-Q3,2026-06-01")
    more = more.having("deals", f"D900,E50,{cents // 100}.{cents % 100:02},cloud,{day},,2026-09-01")
    more = more.having("surveys", f"S900,E50,1,{day}")
    assert bare(of(more), without="E50") == bare(of(world))


@made
@given(shared_worlds())
def test_the_parts_of_an_event_add_up_to_it(world: World) -> None:
    """What people are credited with together is what was sold, to the last digit, however it is shared."""
    split, whole = (revenue(world, credit) for credit in (CREDITS[2], CREDITS[0]))
    sold = sum((Decimal(row.split(",")[2]) for row in world.rows["deals"]), Decimal(0))
    assert sum(split.values()) == sum(whole.values()) == sold


@made
@given(shared_worlds())
def test_an_overlay_takes_nothing_from_anybody(world: World) -> None:
    """Nobody stands above anybody here, so it adds nothing either."""
    assert revenue(world, CREDITS[3]) == revenue(world, CREDITS[2])


@pytest.mark.parametrize("seed", SEEDS)
def test_splitting_a_source_into_two_files_changes_nothing(example: bytes, tmp_path: Path, seed: int) -> None:
    """Of the example: each file of deals, at any row, into two."""
    rng = random.Random(seed)

    def split(files: Rows) -> Rows:
        found: Rows = {}
        for name, (head, *rows) in files.items():
            at = rng.randint(0, len(rows)) if name.startswith("deals-") else len(rows)
            found[name] = [head, *rows[:at]]
            if at < len(rows):
                found[name.replace("deals-", "deals-more-")] = [head, *rows[at:]]
        return found

    assert changed(tmp_path, split) == example


@made
@given(worlds(), st.randoms(use_true_random=False))
def test_two_files_are_as_one(world: World, rng: random.Random) -> None:
    """Each source's rows dealt out over two."""
    with place() as folder:
        files = {}
        for source, rows in world.rows.items():
            first = [rng.random() < 0.5 for _ in rows]
            files[source] = {
                f"{source}-{name}": tuple(row for row, here in zip(rows, first, strict=True) if here is kept)
                for name, kept in (("a", True), ("b", False))
            }
        assert actions(world.written(folder, files)) == of(world)


def test_every_engine_gives_the_example(example: bytes, tmp_path: Path) -> None:
    """To the last byte."""
    assert actions(shutil.copytree(EXAMPLE, tmp_path / "policies"), "duckdb") == example


@made
@given(worlds())
def test_every_engine_gives_the_same(world: World) -> None:
    """To the last byte."""
    assert of(world, "duckdb") == of(world)
