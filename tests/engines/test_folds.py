"""`Fold`: what tiers come to over some periods, worked out by hand, and both engines at random."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines.plans import ABSENT_A, events, out, plan, result
from workflow.columns.folds import Folding
from workflow.model.types import COUNT, TEXT, TRUTH
from workflow.plan.breaches import Breach
from workflow.plan.kernels import Hysteresis, Standing
from workflow.plan.nodes import Field, Filter, Fold, Given, Node
from workflow.plan.relations import fields_of
from workflow.run.duck import DuckDB
from workflow.run.folding import made_of
from workflow.run.outcome import Engine, RunFailed
from workflow.run.reference import Reference

WORDS = ("earned", "standing", "below", "since")
ENTERED, STAYED, IN_GRACE, FELL = Standing.ENTERED, Standing.STAYED, Standing.IN_GRACE, Standing.FELL
UNCONFIRMED, UNDECIDED, SET, PROTECTED, HELD = (
    Standing.UNCONFIRMED,
    Standing.UNDECIDED,
    Standing.SET,
    Standing.PROTECTED,
    Standing.HELD,
)
YES, NO, UNKNOWN = True, False, None


def given_of(kernel: Hysteresis) -> tuple[Given, ...]:
    """The columns of a group's rows: truths may be missing, counts not."""
    truths = kernel.truths
    return (
        Given("who", TEXT),
        *(
            Given(word, TRUTH if word in truths else COUNT, ABSENT_A if word in kernel.open else None)
            for word in kernel.inputs
        ),
        Given("wanted", TRUTH),
    )


def fold_of(kernel: Hysteresis) -> Fold:
    order = ("turn", "day", "ends") if kernel.at_events else ("turn",)
    return Fold("deals", "tier", ("who",), order, kernel, kernel.inputs)


def climbed(
    engine: Engine, folder: Path, kernel: Hysteresis, rows: list[tuple[object, ...]], *words: str
) -> list[tuple[object, ...]]:
    """The outputs of each row; a row is who, turn, until, set, then the truths (and what is resumed)."""
    told = [f"tier.{word}" for word in words or WORDS]
    of = plan(given_of(kernel), ("rows", fold_of(kernel)), ("out", out("rows", *told, order=("event",))))
    count = {"turn", "day", "ends", "until", "set"} | {name for name in kernel.inputs if name.startswith("resumed.")}
    names = ("who", *kernel.inputs)
    filled = [
        (
            *tuple(
                Decimal(str(cell)) if name in count and cell is not None else cell
                for name, cell in zip(names, row, strict=True)
            ),
            YES,
        )
        for row in rows
    ]
    found = result(engine, of, events(folder, given_of(kernel), filled), *told)
    return [tuple(int(str(cell)) for cell in row) for row in found]


def periods(*truths: tuple[object, ...], who: str = "c") -> list[tuple[object, ...]]:
    """Periods in a row, with nothing set and no validity."""
    return [(who, turn, turn, 0, *each) for turn, each in enumerate(truths, 1)]


def test_between_stay_and_enter_nothing_changes(engine: Engine, tmp_path: Path) -> None:
    """Enter at 1,000 and stay at 800: of 900, 1,000, 800, 900, 700 the third and fourth keep the tier, the last loses
    it.
    """
    rows = periods((NO, YES), (YES, YES), (NO, YES), (NO, YES), (NO, NO))
    assert climbed(engine, tmp_path, Hysteresis(2), rows) == [
        (2, ENTERED, 0, 1),
        (1, ENTERED, 0, 2),
        (1, STAYED, 0, 2),
        (1, STAYED, 0, 2),
        (2, FELL, 0, 5),
    ]


def test_a_fall_waits_for_its_grace_and_one_good_period_resets_it(engine: Engine, tmp_path: Path) -> None:
    """With a grace of two: two periods below wait, a good one ends the waiting, the third in a row below falls."""
    low, good = (NO, NO), (NO, YES)
    rows = periods((YES, YES), low, low, good, low, low, low)
    assert climbed(engine, tmp_path, Hysteresis(2, grace=2), rows) == [
        (1, ENTERED, 0, 1),
        (1, IN_GRACE, 1, 1),
        (1, IN_GRACE, 2, 1),
        (1, STAYED, 0, 1),
        (1, IN_GRACE, 1, 1),
        (1, IN_GRACE, 2, 1),
        (2, FELL, 0, 7),
    ]


def test_each_step_of_a_bounded_fall_has_its_own_grace(engine: Engine, tmp_path: Path) -> None:
    """From the best of three to the lowest by one tier at a time, a grace of one before each step."""
    none = (NO, NO, NO, NO)
    rows = periods((YES, NO, YES, NO), none, none, none, none, none)
    assert climbed(engine, tmp_path, Hysteresis(3, grace=1, most=1), rows, "earned", "standing", "below") == [
        (1, ENTERED, 0),
        (1, IN_GRACE, 1),
        (2, FELL, 0),
        (2, IN_GRACE, 1),
        (3, FELL, 0),
        (3, STAYED, 0),
    ]


def test_a_fall_goes_to_the_best_whose_stay_holds(engine: Engine, tmp_path: Path) -> None:
    """Out of the best tier into the second, whose `enter` doesn't hold any more, but whose `stay` does."""
    rows = periods((YES, NO, YES, YES), (NO, NO, NO, YES))
    assert climbed(engine, tmp_path, Hysteresis(3), rows, "earned", "standing") == [(1, ENTERED), (2, FELL)]


def test_who_has_no_tier_takes_enter_only(engine: Engine, tmp_path: Path) -> None:
    """`stay` of the best tier holds in the first period: that is not enough to enter it."""
    assert climbed(engine, tmp_path, Hysteresis(2), periods((NO, YES)), "earned", "before") == [(2, 0)]


def test_the_unknown_keeps_the_tier_and_the_count(engine: Engine, tmp_path: Path) -> None:
    """Nobody falls by what isn't known; the count goes on where it stood. Who has no tier gets none."""
    low, unknown = (NO, NO), (NO, UNKNOWN)
    rows = periods((UNKNOWN, NO), (YES, YES), low, unknown, low)
    assert climbed(engine, tmp_path, Hysteresis(2, grace=1), rows, "earned", "standing", "below") == [
        (0, UNDECIDED, 0),
        (1, ENTERED, 0),
        (1, IN_GRACE, 1),
        (1, UNCONFIRMED, 1),
        (2, FELL, 0),
    ]


def test_what_decides_nothing_may_be_unknown(engine: Engine, tmp_path: Path) -> None:
    """Of a customer whose `enter` of the best tier holds, nobody asks for the others."""
    rows = periods((YES, UNKNOWN, UNKNOWN, UNKNOWN), (UNKNOWN, UNKNOWN, YES, UNKNOWN))
    assert climbed(engine, tmp_path, Hysteresis(3), rows, "earned", "standing") == [(1, ENTERED), (1, STAYED)]


def test_what_is_set_stands_above_what_is_earned(engine: Engine, tmp_path: Path) -> None:
    """Set to the best for two periods: the earned tier goes on below, and is back at once."""
    rows: list[tuple[object, ...]] = [("c", turn, turn, 1 if turn in {2, 3} else 0, NO, NO) for turn in (1, 2, 3, 4)]
    assert climbed(engine, tmp_path, Hysteresis(2, grace=3), rows, "tier", "before", "earned", "standing") == [
        (2, 0, 2, ENTERED),
        (1, 2, 2, SET),
        (1, 1, 2, SET),
        (2, 1, 2, STAYED),
    ]


def test_who_is_new_does_not_fall(engine: Engine, tmp_path: Path) -> None:
    """New for two periods after the first: the third after it counts, and with no grace he falls."""
    rows = periods((YES, YES), (NO, NO), (NO, NO), (NO, NO))
    assert climbed(engine, tmp_path, Hysteresis(2, protect=2), rows, "earned", "standing", "first") == [
        (1, ENTERED, 1),
        (1, PROTECTED, 1),
        (1, PROTECTED, 1),
        (2, FELL, 1),
    ]


def test_a_tier_is_held_until_its_day(engine: Engine, tmp_path: Path) -> None:
    """Entered with the first period and held through the third: whoever is below then falls with the fourth; one who
    stays in the fourth is held anew.
    """
    low = [("a", turn, turn + 2, 0, turn == 1, NO) for turn in (1, 2, 3, 4)]
    stays = [("b", turn, turn + 2, 0, turn == 1, turn == 4) for turn in (1, 2, 3, 4, 5)]
    assert climbed(engine, tmp_path, Hysteresis(2), [*low, *stays], "earned", "standing", "until") == [
        (1, ENTERED, 3),
        (1, HELD, 3),
        (1, HELD, 3),
        (2, FELL, 6),
        (1, ENTERED, 3),
        (1, HELD, 3),
        (1, HELD, 3),
        (1, STAYED, 6),
        (1, HELD, 6),
    ]


def test_a_period_without_a_row_ends_all(engine: Engine, tmp_path: Path) -> None:
    """Who was away for a period comes back without a tier, and `stay` is not asked."""
    rows: list[tuple[object, ...]] = [("c", 1, 1, 0, YES, YES), ("c", 3, 3, 0, NO, YES)]
    assert climbed(engine, tmp_path, Hysteresis(2), rows, "earned", "before") == [(1, 0), (2, 0)]


def test_the_period_before_the_first_may_be_told(engine: Engine, tmp_path: Path) -> None:
    """A second version goes on from the tier, the count, and the days of the first."""
    rows: list[tuple[object, ...]] = [
        ("c", 1, 1, 0, NO, NO, 1, 1, 1, -3, -3, -3),
        ("d", 1, 1, 0, NO, NO, 0, 0, 0, 0, 0, 0),
        ("d2", 1, 1, 0, NO, NO, None, None, None, None, None, None),
        ("e", 1, 1, 0, NO, YES, 2, 1, 0, 0, 0, 0),  # somebody had set another tier, beside the one that goes on
    ]
    kernel = Hysteresis(2, grace=1, resumes=True)
    assert climbed(engine, tmp_path, kernel, rows, "before", *WORDS) == [
        (1, 2, FELL, 0, 1),
        (0, 2, ENTERED, 0, 1),
        (0, 2, ENTERED, 0, 1),
        (2, 1, STAYED, 0, 0),
    ]


LOW, SILVER, GOLD = (NO, NO, NO, NO), (NO, YES, NO, YES), (YES, YES, YES, YES)
"""`enter` of gold and of silver, then `stay` of both."""
UNDONE, WAITS = Standing.UNDONE, Standing.WAITS


def days(*rows: tuple[int, tuple[object, ...]], held: int = 0) -> list[tuple[object, ...]]:
    """Days of periods of ten days each, the tenth of which stands for the period's end: it holds from the next day on.

    What begins is held through so many days more.
    """
    found: list[tuple[object, ...]] = []
    for at, truths in rows:
        ends = at % 10 == 0
        begins = at + ends
        found.append(("c", (at - 1) // 10 + 1, begins, int(ends), begins - 1 + held, 0, *truths))
    return found


def test_a_rise_holds_from_its_day_and_a_fall_without_grace_too(engine: Engine, tmp_path: Path) -> None:
    """Silver on day 3, gold on day 12, silver again on day 14 as the rise is undone, and out of it on day 25."""
    rows = days((3, SILVER), (10, SILVER), (12, GOLD), (14, SILVER), (20, SILVER), (25, LOW), (30, LOW))
    assert climbed(engine, tmp_path, Hysteresis(3, at_events=True), rows, "earned", "before", "standing", "since") == [
        (2, 0, ENTERED, 3),
        (2, 0, STAYED, 3),
        (1, 2, ENTERED, 12),
        (2, 2, UNDONE, 14),
        (2, 2, STAYED, 14),
        (3, 2, FELL, 25),
        (3, 2, STAYED, 25),
    ]


def test_what_a_period_began_with_waits_for_whole_periods(engine: Engine, tmp_path: Path) -> None:
    """With a grace of one: a rise of the same period is undone at once, down to silver and no lower; the count of whole
    periods goes on beside it, and the second in a row below falls at its end.
    """
    rows = days((3, SILVER), (10, SILVER), (12, LOW), (13, GOLD), (14, LOW), (20, LOW), (25, LOW), (30, LOW))
    kernel = Hysteresis(3, grace=1, at_events=True)
    assert climbed(engine, tmp_path, kernel, rows, "earned", "standing", "below", "since") == [
        (2, ENTERED, 0, 3),
        (2, STAYED, 0, 3),
        (2, WAITS, 0, 3),
        (1, ENTERED, 0, 13),
        (2, UNDONE, 0, 14),
        (2, IN_GRACE, 1, 14),
        (2, WAITS, 1, 14),
        (3, FELL, 0, 31),
    ]


def test_all_falls_of_a_period_go_down_by_the_most_of_one(engine: Engine, tmp_path: Path) -> None:
    """By one tier on day 12, and no further before the next period."""
    rows = days((3, GOLD), (10, GOLD), (12, LOW), (15, LOW), (20, LOW), (21, LOW))
    kernel = Hysteresis(3, most=1, at_events=True)
    assert climbed(engine, tmp_path, kernel, rows, "earned", "standing") == [
        (1, ENTERED),
        (1, STAYED),
        (2, FELL),
        (2, WAITS),
        (2, WAITS),
        (3, FELL),
    ]


def test_what_is_held_falls_on_a_day_after_its_last(engine: Engine, tmp_path: Path) -> None:
    """Silver from day 3 is held through day 14; gold from day 12 would be through day 23, but its rise is undone."""
    rows = days((3, SILVER), (10, SILVER), (12, GOLD), (13, LOW), (14, LOW), (15, LOW), held=12)
    assert climbed(engine, tmp_path, Hysteresis(3, at_events=True), rows, "earned", "standing", "since", "until") == [
        (2, ENTERED, 3, 14),
        (2, STAYED, 3, 14),
        (1, ENTERED, 12, 23),
        (2, UNDONE, 13, 14),
        (2, HELD, 13, 14),
        (3, FELL, 15, 26),
    ]


def test_rows_of_one_turn_are_in_no_order(engine: Engine, tmp_path: Path) -> None:
    """Two rows of a group that nothing orders end the run."""
    rows: list[tuple[object, ...]] = [("c", 1, 1, 0, NO, NO), ("c", 1, 1, 0, YES, YES)]
    with pytest.raises(RunFailed) as failed:
        climbed(engine, tmp_path, Hysteresis(2), rows)
    assert (failed.value.breach, failed.value.step) == (Breach.NO_ORDER, "rows")


def test_a_fold_gives_counts_that_are_always_known() -> None:
    """Its columns stand behind those of its rows."""
    kernel = Hysteresis(2)
    fields = fields_of(plan(given_of(kernel), ("rows", fold_of(kernel))))["rows"]
    assert fields[-len(kernel.outputs) :] == tuple(Field(f"tier.{word}", COUNT) for word in kernel.outputs)


@pytest.mark.parametrize("seed", range(12))
def test_engines_agree(tmp_path: Path, seed: int) -> None:
    """Random kernels over random rows, with and without a filter behind."""
    rng = random.Random(seed)
    kernel = Hysteresis(
        rng.randint(1, 4),
        rng.randint(0, 2),
        rng.randint(0, 2),
        rng.randint(0, 2),
        resumes=rng.random() < 0.5,
        at_events=seed % 2 == 1,
    )
    set_at = kernel.inputs.index("set")
    given, rows = given_of(kernel), []
    for who in range(rng.randint(1, 6)):
        resumed = {name: rng.randint(0, kernel.tiers) for name in kernel.inputs if name.startswith("resumed.")}
        turn = day = rng.randint(1, 3)
        for _ in range(rng.randint(1, 8)):
            ends = int(rng.random() < 0.4)
            counts = {"turn": turn, "until": day + rng.choice((0, 0, 2)), "set": rng.choice((0, 0, 0, 1)), **resumed}
            counts |= {"day": day, "ends": ends}
            cells = [Decimal(counts[name]) if name in counts else rng.choice((YES, NO, None)) for name in kernel.inputs]
            cells[set_at] = rng.choice((cells[set_at], None))
            rows.append((f"c{who}", *cells, rng.random() < 0.5))
            step = rng.choice((1, 1, 1, 2))
            turn, day = turn + (step if ends or not kernel.at_events else 0), day + step
    rng.shuffle(rows)
    told = [f"tier.{word}" for word in kernel.outputs]
    evidence = events(tmp_path, given, rows)
    steps: list[tuple[str, Node]] = [("rows", fold_of(kernel)), ("some", Filter("rows", "wanted"))]
    for last in ("rows", "some"):
        of = plan(given, *steps[: 1 + (last == "some")], ("out", out(last, "who", *told, order=("event",))))
        assert DuckDB().run(of, evidence).tables["out"].equals(Reference().run(of, evidence).tables["out"])


def test_groups_may_be_cut_by_batches() -> None:
    """Three groups of rows that arrive two at a time give what they give at once."""
    import pyarrow as pa

    kernel = Hysteresis(2, grace=1)
    rows = [("a", 1, 1), ("a", 2, 0), ("a", 3, 0), ("a", 4, 0), ("b", 1, 1), ("c", 1, 0), ("c", 2, 1), ("c", 3, 0)]
    table = pa.table(
        {
            "who": [who for who, _, _ in rows],
            **{f"?in.{number}": [turn for _, turn, _ in rows] for number in (0, 1)},
            "?in.2": [0] * len(rows),
            **{f"?in.{number}": [truth for _, _, truth in rows] for number in (3, 4)},
        }
    )
    inputs = tuple(f"?in.{number}" for number in range(5))
    folding = Folding(kernel, ("who",), ("?in.0",), inputs, ("who",), (("earned", "earned"),))
    for size in (2, 3, 100):
        batches = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=size))
        assert made_of(folding, batches)["earned"].to_pylist() == [1, 1, 2, 2, 1, 2, 1, 1]


def test_groups_may_be_told_apart_by_many_columns() -> None:
    """More of them than a number of 64 bits can tell: two groups that differ in the first column only stay two."""
    import pyarrow as pa

    columns = {f"by.{number}": [0, 0, 1, 1, 1] if number == 0 else [0, 0, 0, 0, 1] for number in range(66)}
    kernel, turns, truths = Hysteresis(2), [1, 2, 1, 2, 1], [1, 1, 0, 1, 1]
    given = dict(zip(("turn", "until", "set", "enter", "stay"), (turns, turns, [0] * 5, truths, truths), strict=True))
    table = pa.table({**columns, **given})
    folding = Folding(kernel, tuple(columns), ("turn",), tuple(given), ("turn",), (("before", "before"),))
    assert made_of(folding, table.to_reader())["before"].to_pylist() == [0, 1, 0, 2, 0]
