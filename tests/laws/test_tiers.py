"""Laws of tiers: what is true of every customer, whatever the numbers are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

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
