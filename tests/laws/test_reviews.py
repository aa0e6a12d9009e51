"""Laws of reviews: what no policy passes, whatever its numbers are."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.checks.small import HEAD, told

WEIGHTS = st.lists(st.integers(1, 1000), min_size=1, max_size=4)
"""Tenths of a percent."""


def written(weights: list[int]) -> str:
    """A review with lines of these weights, each of one measure."""
    lines = (
        f"  line{number}: {{weight: {weight // 10}.{weight % 10}%, of: csat, scale: 1 to 5}}\n"
        for number, weight in enumerate(weights)
    )
    return (
        f"{HEAD.replace('policy: incentive', 'policy: review')}"
        "measures: {csat: {average: score, of: survey.answered}}\n"
        f"score:\n{''.join(lines)}"
        "ratings:\n  - {rating: A, from: 90}\n  - {rating: B, below: 90}\n"
    )


@settings(max_examples=25, deadline=None)
@given(WEIGHTS)
@example([1000])
@example([300, 700])
@example([333, 333, 334])
@example([333, 333, 333])
@example([500, 501])
def test_weights_pass_only_if_they_total_100_percent(weights: list[int]) -> None:
    """Whatever the lines are, and however many."""
    codes = [each.code for each in told({"reviews/review.yaml": written(weights)}).diagnostics]
    assert ("weights-not-whole" in codes) == (sum(weights) != 1000)
    assert set(codes) <= {"weights-not-whole"}
