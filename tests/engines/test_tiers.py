"""What tables of tiers, and totals divided to the last cent, give; worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines.plans import (
    ABSENT_A,
    ABSENT_B,
    AMOUNT,
    INT,
    LARGE,
    RATE,
    SHARE,
    ZERO,
    apply,
    events,
    literal,
    out,
    plan,
    result,
)
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Column, Op
from workflow.model.types import TEXT, money, number, ratio
from workflow.plan.nodes import Apportion, Given, TierRow, Tiers
from workflow.run.outcome import Engine

D = Decimal
SELLER, VALUE = Given("seller", TEXT), Given("value", AMOUNT, ABSENT_A)
PERCENT = ratio(4, 2)
ON = Column("value", AMOUNT)
Pairs = list[tuple[str | None, str]]
QUOTA = Given("quota", AMOUNT)
PAY = money("CNY", 30, 4)
REACHED = apply(Op.DIV, ratio(34, 12), ON, Column("quota", AMOUNT))


def tiers(engine: Engine, folder: Path, node: Tiers, rows: Pairs, *names: str) -> list[tuple[object, ...]]:
    """What a table gives for (value, quota) pairs."""
    given = (VALUE, QUOTA)
    of = plan(given, ("t", node), ("out", out("t", *names)))
    return result(engine, of, events(folder, given, rows), *names)


def table(mode: Mode, *rows: tuple[str, str]) -> Tiers:
    """A table of percents of the quota, and rates."""
    made = tuple(TierRow(literal(border, PERCENT), literal(rate, SHARE)) for border, rate in rows)
    unit = Column("quota", AMOUNT) if mode is Mode.MARGINAL else None
    return Tiers("deals", "pay", REACHED, ON, mode, Yields.RATE, made, RATE, PAY, unit, None, ZERO, LARGE)


ROWS_OF_TABLE = (("0", "0.01"), ("0.8", "0.02"), ("1", "0.035"))


def test_whole(engine: Engine, tmp_path: Path) -> None:
    """The row reached gives the rate for all; its border is included, exactly; a negative result is in row 0."""
    found = tiers(
        engine, tmp_path, table(Mode.WHOLE, *ROWS_OF_TABLE),
        [("79.9999", "100"), ("80", "100"), ("120", "100"), ("-5", "100"), ("0", "100"), ("5", "0"), (None, "100")],
        "pay.row", "pay.rate", "pay",
    )  # fmt: skip
    assert found == [
        (D(1), D("0.01"), D("0.8000")),
        (D(2), D("0.02"), D("1.6")),
        (D(3), D("0.035"), D("4.2")),
        (D(0), D(0), D(0)),
        (D(1), D("0.01"), D(0)),
        ({ZERO},) * 3,
        ({ABSENT_A},) * 3,
    ]


def test_whole_below_zero(engine: Engine, tmp_path: Path) -> None:
    """What is negative because both its sides are is no negative result: it pays by the same arithmetic."""
    found = tiers(
        engine, tmp_path, table(Mode.WHOLE, *ROWS_OF_TABLE), [("-90", "-100"), ("90", "-100")], "pay.row", "pay"
    )
    assert found == [(D(2), D("-1.8")), (D(0), D(0))]


def test_marginal(engine: Engine, tmp_path: Path) -> None:
    """Each slice has its own rate, borders times the quota; the parts add up to what lies above the lowest border."""
    found = tiers(
        engine, tmp_path, table(Mode.MARGINAL, *ROWS_OF_TABLE),
        [("120", "100"), ("80", "100"), ("-120", "100"), ("-120", "-100"), ("120", "-100"), ("3", "3.3333")],
        "pay.row", "pay.part.1", "pay.part.2", "pay.part.3", "pay",
    )  # fmt: skip
    nothing = (D(0), D(0), D(0), D(0))
    assert found == [
        (D(3), D(80), D(20), D(20), D("1.9")),
        (D(2), D(80), D(0), D(0), D("0.8")),
        (D(0), *nothing),
        (D(3), *nothing),
        (D(0), *nothing),
        (D(2), D("2.66664"), D("0.33336"), D(0), D("0.0333")),
    ]


def test_interpolated(engine: Engine, tmp_path: Path) -> None:
    """Straight between points with 12 digits, flat from the last on, nothing below the first."""
    node = table(Mode.INTERPOLATED, ("0.9", "0.5"), ("1.2", "0.7"))
    found = tiers(
        engine, tmp_path, node, [("89", "100"), ("90", "100"), ("100", "100"), ("500", "100")], "pay.rate", "pay"
    )
    assert found == [(D(0), D(0)), (D("0.5"), D(45)), (D("0.566666666667"), D("56.6667")), (D("0.7"), D(350))]
    below = replace(node, below=literal("0.1", SHARE))
    folder = tmp_path / "below"
    folder.mkdir()
    assert tiers(engine, folder, below, [("10", "100")], "pay.row", "pay.rate", "pay") == [(D(0), D("0.1"), D(1))]


def test_missing_rate_counts_only_where_used(engine: Engine, tmp_path: Path) -> None:
    """A rate from a column that is missing withholds the rows that reach it, and no others."""
    given = (VALUE, QUOTA, Given("rate", SHARE, ABSENT_B))
    rows = (
        TierRow(literal("0", PERCENT), literal("0.01", SHARE)),
        TierRow(literal("1", PERCENT), Column("rate", SHARE)),
    )
    node = replace(table(Mode.WHOLE, ("0", "0")), rows=rows)
    of = plan(given, ("t", node), ("out", out("t", "pay")))
    evidence = events(tmp_path, given, [("50", "100", None), ("100", "100", None), ("100", "100", "0.03")])
    assert result(engine, of, evidence, "pay") == [(D("0.5"),), ({ABSENT_B},), (D(3),)]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("1.00", ["1", "1", "1"], ["0.34", "0.33", "0.33"]),
        ("-1.00", ["1", "1", "1"], ["-0.34", "-0.33", "-0.33"]),
        ("0.05", ["0", "3", "1"], ["0.00", "0.04", "0.01"]),
        ("100.00", ["1", "2", "4"], ["14.29", "28.57", "57.14"]),
        ("0.01", ["1", "2", "2"], ["0", "0.01", "0"]),
    ],
)
def test_apportion(engine: Engine, tmp_path: Path, total: str, weights: list[str], parts: list[str]) -> None:
    """To the last cent: the largest remainders get the cents that are left, the first of equals first."""
    given = (Given("total", money("CNY", 18, 2)), Given("weight", number(9, 3)))
    node = Apportion("deals", "part", "total", "weight", (), ("event",), money("CNY", 18, 2), ZERO)
    of = plan(given, ("parts", node), ("out", out("parts", "part")))
    evidence = events(tmp_path, given, [(total, weight) for weight in weights])
    assert result(engine, of, evidence, "part") == [(D(part),) for part in parts]


def test_apportion_over_nothing(engine: Engine, tmp_path: Path) -> None:
    """Weights that add up to zero leave nothing to divide by; a missing one withholds the whole group."""
    given = (SELLER, Given("total", money("CNY", 18, 2)), Given("weight", INT, ABSENT_A))
    node = Apportion("deals", "part", "total", "weight", ("seller",), ("event",), money("CNY", 18, 2), ZERO)
    of = plan(given, ("parts", node), ("out", out("parts", "part")))
    rows = [("a", "1.00", "0"), ("a", "1.00", "0"), ("b", "1.00", "1"), ("b", "1.00", None)]
    assert result(engine, of, events(tmp_path, given, rows), "part") == [({ZERO},)] * 2 + [({ABSENT_A},)] * 2
