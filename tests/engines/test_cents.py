"""No wrong cent: payouts at the half cent and a millionth beside it, in every mode, both signs, by both engines.

The expected cents are integers, rounded by rules written out here; floats' count of wrong cents is printed beside.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines.plans import events, out, plan
from workflow.model.sizes import product_type
from workflow.model.typed import Apply, Column, Op, Round, Rounding
from workflow.model.types import Kind, money, ratio
from workflow.plan.nodes import Derive, Given
from workflow.run.outcome import Engine

AMOUNT, RATE, LINE = money("CNY", 18, 6), ratio(5, 4), money("CNY", 18, 2)
RATES = {"0.02": 50, "0.025": 40, "0.125": 8, "0.0125": 80, "0.05": 20}
"""Rates, and what a payout is multiplied by to be paid at one."""
STEPS = (-1, 0, 1)
"""Millionths beside the half cent."""
CENTS = 900
SMALL = 10_000
"""Millionths in a cent."""


def payouts() -> list[tuple[int, str, Decimal]]:
    """Every payout in millionths, the rate, and the amount that it is paid on."""
    found = []
    for cents in range(CENTS):
        for step in STEPS:
            for sign in (1, -1):
                millionths = sign * (cents * SMALL + SMALL // 2 + step)
                for rate, times in RATES.items():
                    found.append((millionths, rate, Decimal(millionths * times).scaleb(-6)))
    return found


def rounded(millionths: int, mode: Rounding) -> int:
    """The cents of a payout, by the mode's rule over whole numbers."""
    size, sign = abs(millionths), -1 if millionths < 0 else 1
    whole, rest = divmod(size, SMALL)
    up = {
        Rounding.HALF_UP: 2 * rest >= SMALL,
        Rounding.HALF_DOWN: 2 * rest > SMALL,
        Rounding.HALF_EVEN: 2 * rest > SMALL or (2 * rest == SMALL and whole % 2 == 1),
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
        Rounding.CEILING: rest > 0 and sign > 0,
        Rounding.FLOOR: rest > 0 and sign < 0,
    }
    return sign * (whole + up[mode])


def test_no_cent_is_wrong(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Amount times rate, rounded to cents."""
    cases = payouts()
    assert len(cases) >= 26_000
    product = product_type(AMOUNT, RATE, Kind.MONEY, "CNY")
    assert product is not None
    evidence = events(tmp_path, [Given("a", AMOUNT), Given("r", RATE)], [(a, rate) for _, rate, a in cases])
    exact = Apply(Op.MUL, (Column("a", AMOUNT), Column("r", RATE)), product)
    steps = []
    of = "deals"
    for mode in Rounding:
        steps.append((f"in {mode}", Derive(of, mode.value, Round(exact, mode, LINE), LINE, too_large=3)))
        of = f"in {mode}"
    made = plan(
        [Given("a", AMOUNT), Given("r", RATE)], *steps, ("out", out(of, "event", *(mode.value for mode in Rounding)))
    )
    (table,) = engine.run(made, evidence).tables.values()
    for mode in Rounding:
        cents = [int(value.scaleb(2)) for value in table.column(mode.value).to_pylist()]
        assert cents == [rounded(millionths, mode) for millionths, _, _ in cases], mode
    floats = sum(
        round(round(float(amount) * float(rate), 2) * 100) != rounded(millionths, Rounding.HALF_UP)
        for millionths, rate, amount in cases
    )
    told = f"{len(cases)} payouts in {len(Rounding)} modes, 0 wrong cents; floats, half up: {floats} wrong"
    with capsys.disabled():
        sys.stdout.write(f"\n{engine.name}: {told}\n")
    assert floats > 1000


def test_the_modes_are_told_apart() -> None:
    """The cases would show any mode taken for another."""
    cases = [millionths for millionths, _, _ in payouts()]
    results = {mode: tuple(rounded(each, mode) for each in cases) for mode in Rounding}
    assert len(set(results.values())) == len(Rounding)
