"""Numbers are exact on every engine: against Python's fractions and decimals, for thousands of signed cases."""

from __future__ import annotations

import decimal
import operator
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.engines.formulas import EXACT, value_of
from tests.engines.plans import ABSENT_A, LARGE, ZERO, apply, compare, events, out, plan, result
from workflow.model.sizes import product_type, quotient_type, sum_type
from workflow.model.typed import Column, Expression, Op, Round, Rounding
from workflow.model.types import TRUTH, Kind, Type, money, number, ratio
from workflow.plan.nodes import Derive, Given
from workflow.run.outcome import Engine

ROWS = 1_000
SIZES = [
    (money("CNY"), money("CNY")),
    (money("CNY", 28, 4), money("CNY", 18, 4)),
    (money("CNY", 38, 12), money("CNY", 38, 12)),
    (money("CNY", 38, 20), money("CNY", 9, 2)),
    (money("CNY", 4, 0), money("CNY", 38, 26)),
]
PYTHON: dict[Op, Any] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def pairs(a: Type, b: Type, seed: int) -> list[tuple[Decimal, Decimal]]:
    """Pairs of values: edges, halves, equals, and what comes."""
    rng = random.Random(seed)
    drawn = []
    for _ in range(ROWS):
        left, right = value_of(rng, a), value_of(rng, b)
        assert isinstance(left, Decimal)
        assert isinstance(right, Decimal)
        if rng.random() < 0.1 and abs(left) < 10 ** (b.precision - b.scale):
            right = EXACT.quantize(left, Decimal(1).scaleb(-b.scale)) or Decimal(0)
        elif rng.random() < 0.1 and can_tie(a, b):
            left, right = tie(rng, a)
        drawn.append((left, right))
    return drawn


def can_tie(a: Type, b: Type) -> bool:
    """Whether there is room for a quotient half-way between two numbers of 12 digits."""
    return a.precision > 4 and b.scale >= a.scale - 12 and fits(Decimal(2).scaleb(12 - a.scale), b)


def tie(rng: random.Random, a: Type) -> tuple[Decimal, Decimal]:
    """A pair whose quotient lies half-way between two numbers of 12 digits, or is one."""
    right = Decimal(rng.choice((2, -2))).scaleb(12 - a.scale)
    return Decimal(rng.randint(-(10**4) + 1, 10**4 - 1)).scaleb(-a.scale), right


def computed(
    engine: Engine, folder: Path, expression: Expression, to: Type, columns: list[Given], rows: Any
) -> list[object]:
    """The expression's value in each row."""
    evidence = events(folder, columns, rows)
    node = Derive("deals", "x", expression, to, ZERO, LARGE)
    return [row[0] for row in result(engine, plan(columns, ("x", node), ("out", out("x", "x"))), evidence, "x")]


def fits(value: Decimal | Fraction, of: Type) -> bool:
    limit: int = 10**of.precision
    return bool(abs(Fraction(value) * 10**of.scale) < limit)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_quotient_is_half_even(engine: Engine, tmp_path: Path, sizes: tuple[Type, Type]) -> None:
    """A quotient has 12 digits, the last one half even; too large is said, not rounded."""
    a, b = sizes
    to = quotient_type(a, b, Kind.RATIO)
    rows = pairs(a, b, 1)
    columns = [Given("a", a), Given("b", b)]
    found = computed(engine, tmp_path, apply(Op.DIV, to, Column("a", a), Column("b", b)), to, columns, rows)
    known = ties = 0
    for (left, right), value in zip(rows, found, strict=True):
        if right == 0:
            assert value == {ZERO}
            continue
        shift = 12 + b.scale - a.scale
        scaled = abs(left).scaleb(a.scale + shift, EXACT) if shift >= 0 else abs(right).scaleb(b.scale - shift, EXACT)
        exact = round(Fraction(left) / Fraction(right) * 10**12)
        if scaled >= 10**38 or abs(exact) >= 10**to.precision:
            assert value == {LARGE}
            continue
        assert value == EXACT.scaleb(Decimal(exact), -12)
        known += 1
        ties += (Fraction(left) / Fraction(right) * 10**12).denominator == 2
    assert known > ROWS / 20
    assert ties > ROWS / 50 or not can_tie(a, b)


@pytest.mark.parametrize("mode", Rounding)
def test_rounding_is_that_of_decimal(engine: Engine, tmp_path: Path, mode: Rounding) -> None:
    """Each mode rounds as Python's decimal of the same name does, halves and signs included."""
    of = number(18, 6)
    rng = random.Random(2)
    halves = [
        Decimal(rng.randint(-(10**6), 10**6)).scaleb(-2) + rng.choice((0, 1, -1)) * Decimal("0.005")
        for _ in range(ROWS)
    ]
    rows = [(value,) for value in halves] + [(value_of(rng, of),) for _ in range(ROWS)]
    name = "ROUND_" + mode.name
    to = number(15, 2)
    found = computed(engine, tmp_path, Round(Column("a", of), mode, to), to, [Given("a", of)], rows)
    assert found == [Decimal(str(row[0])).quantize(Decimal("0.01"), getattr(decimal, name)) for row in rows]


@pytest.mark.parametrize("sizes", [*SIZES, (number(38, 0), number(38, 38)), (number(38, 30), number(38, 2))], ids=str)
@pytest.mark.parametrize("op", [Op.EQ, Op.LT, Op.GE])
def test_comparison_never_fails(engine: Engine, tmp_path: Path, sizes: tuple[Type, Type], op: Op) -> None:
    """Numbers of any two sizes are compared exactly, even where no decimal could hold both."""
    a, b = sizes
    rows = pairs(a, b, 3)[:300]
    columns = [Given("a", a), Given("b", b)]
    found = computed(engine, tmp_path, compare(op, Column("a", a), Column("b", b)), TRUTH, columns, rows)
    assert found == [PYTHON[op](left, right) for left, right in rows]


@pytest.mark.parametrize("op", list(PYTHON))
def test_quotient_is_compared_crosswise(engine: Engine, tmp_path: Path, op: Op) -> None:
    """A quotient reaches a border if it does exactly, though 12 digits could not tell."""
    a, border = money("CNY"), ratio(13, 12)
    rows = [("2", "3", "0.666666666667"), ("2", "3", "0.666666666666"), ("-2", "-3", "0.666666666667")]
    rows += [
        ("1", "-3", "-0.333333333333"),
        ("3", "4", "0.75"),
        ("-3", "4", "-0.75"),
        ("1", "0", "0"),
        ("0", "-4", "0"),
    ]
    columns = [Given("a", a), Given("b", a), Given("c", border)]
    quotient = apply(Op.DIV, quotient_type(a, a, Kind.RATIO), Column("a", a), Column("b", a))
    found = computed(engine, tmp_path, compare(op, quotient, Column("c", border)), TRUTH, columns, rows)
    wanted = [
        PYTHON[op](Fraction(left) / Fraction(right), Fraction(edge)) if right != "0" else {ZERO}
        for left, right, edge in rows
    ]
    assert found == wanted


def test_two_quotients(engine: Engine, tmp_path: Path) -> None:
    """Of two quotients the right one is computed, the left one compared crosswise."""
    a = money("CNY")
    columns = [Given("a", a), Given("b", a)]
    third = apply(Op.DIV, quotient_type(a, a, Kind.RATIO), Column("a", a), Column("b", a))
    found = computed(
        engine, tmp_path, compare(Op.LE, third, third), TRUTH, columns, [("2", "3"), ("1", "3"), ("1", "0")]
    )
    # The 12 digits of 2/3 are 0.666666666667, which is more; those of 1/3 are less than it.
    assert found == [True, False, {ZERO}]


def test_sums_and_products(engine: Engine, tmp_path: Path) -> None:
    """Sums, differences and products keep all digits, or are too large."""
    a, b = number(38, 4), number(38, 12)
    rows = pairs(a, b, 5)
    columns = [Given("a", a, ABSENT_A), Given("b", b)]
    for op, to in ((Op.ADD, sum_type(a, b)), (Op.SUB, sum_type(a, b)), (Op.MUL, product_type(a, b, Kind.NUMBER))):
        assert to is not None
        folder = tmp_path / op.name
        folder.mkdir()
        found = computed(engine, folder, apply(op, to, Column("a", a), Column("b", b)), to, columns, rows)
        for (left, right), value in zip(rows, found, strict=True):
            exact = {Op.ADD: EXACT.add, Op.SUB: EXACT.subtract}.get(op, decimal.Context(prec=100).multiply)(left, right)
            alone = op is Op.MUL or fits(left, number(38, 12))
            assert value == (exact if fits(exact, to) and alone else {LARGE})


def test_shared_overflow_is_still_missing(engine: Engine, tmp_path: Path) -> None:
    """A conversion that fails in two places of one formula is too large in both; nothing takes it out of its guard."""
    of, to = number(38, 30), number(38, 31)
    a = Column("a", of)
    difference = apply(Op.SUB, to, a, a)
    value = apply(Op.ADD, to, difference, difference)
    most = Decimal("49999999.999999999999999999999999999999")
    assert computed(engine, tmp_path, value, to, [Given("a", of)], [(most,), (Decimal(1),)]) == [{LARGE}, Decimal(0)]
