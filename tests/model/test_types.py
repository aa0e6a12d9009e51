"""Sizes: every result's digits are known before anything runs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.model.sizes import (
    can_overflow,
    conversion_can_overflow,
    failures,
    product_type,
    quotient_compared,
    quotient_type,
    sum_type,
    unified,
)
from workflow.model.typed import Apply, Column, Literal, Op, Round, Rounding
from workflow.model.types import (
    COUNT,
    TRUTH,
    Kind,
    Type,
    literal_type,
    money,
    named,
    number,
    number_form,
    ratio,
    summed,
)

CNY = money("CNY")


@pytest.mark.parametrize(
    ("text", "precision", "scale"),
    [("0", 1, 0), ("5000", 4, 0), ("0.80", 2, 2), ("12.50", 4, 2), ("0.001", 3, 3), ("1E+3", 4, 0), ("100000", 6, 0)],
)
def test_a_literal_has_the_digits_that_it_shows(text: str, precision: int, scale: int) -> None:
    """`1.10` keeps its nought."""
    assert literal_type(Kind.NUMBER, Decimal(text)) == number(precision, scale)


def test_a_sum_grows_by_one_digit_and_keeps_the_larger_scale() -> None:
    """12345.67 + 1.2345 has five digits before the point, one for the carry, and four after it."""
    assert sum_type(number(7, 2), number(5, 4)) == number(10, 4)


def test_a_product_adds_digits_before_and_after_the_point() -> None:
    """Money of 18 digits, 4 after the point, times a rate of 16 digits, 12 after the point."""
    assert product_type(CNY, ratio(16, 12), Kind.MONEY, "CNY") == money("CNY", 34, 16)


def test_a_product_with_more_than_38_digits_after_the_point_has_no_type() -> None:
    """No decimal holds it, so the checker refuses it."""
    assert product_type(number(20, 20), number(19, 19), Kind.NUMBER) is None


def test_a_product_too_long_before_the_point_is_cut_to_38_digits() -> None:
    """What doesn't fit is missing at run time, "too large"."""
    assert product_type(number(30, 2), number(30, 2), Kind.NUMBER) == number(38, 4)


def test_a_quotient_has_twelve_digits_after_the_point() -> None:
    """Before the point: the largest dividend over the smallest divisor, here 99999.99 / 0.01."""
    assert quotient_type(number(7, 2), number(4, 2), Kind.RATIO) == ratio(5 + 2 + 12, 12)


def test_values_of_different_sizes_share_one_that_holds_both() -> None:
    """Five digits before the point from one, three after it from the other."""
    assert unified(number(5, 0), number(4, 3)) == number(8, 3)


def test_a_sum_over_events_has_ten_digits_more() -> None:
    """No run adds more than 10**10 rows."""
    assert summed(CNY) == money("CNY", 28, 4)


def test_a_named_value_has_twelve_digits_after_the_point_at_most() -> None:
    """What is rounded away no longer counts among its digits."""
    assert named(money("CNY", 34, 16)) == money("CNY", 30, 12)
    assert named(CNY) == CNY
    assert named(TRUTH) == TRUTH


@settings(deadline=None)
@given(st.integers(1, 38), st.integers(0, 38), st.integers(1, 38), st.integers(0, 38))
def test_an_inferred_size_never_overflows_unless_it_was_cut(p1: int, s1: int, p2: int, s2: int) -> None:
    """The rules that infer a size and those that watch it agree."""
    a, b = number(max(p1, s1), s1), number(max(p2, s2), s2)
    for op in (Op.ADD, Op.SUB):
        of = sum_type(a, b)
        assert can_overflow(op, (a, b), of) == (
            max(p1 - s1, p2 - s2, a.precision - s1, b.precision - s2) + 1 + of.scale > 38
        )
    product = product_type(a, b, Kind.NUMBER)
    if product is not None:
        assert can_overflow(Op.MUL, (a, b), product) == (a.precision + b.precision > 38)
    assert not can_overflow(Op.MAX, (a, b), unified(a, b)) or unified(a, b).precision == 38


def test_a_count_fits_a_wider_count_and_not_a_narrower_one() -> None:
    """A conversion fails only where digits before the point are lost, or a carry makes one more."""
    assert not conversion_can_overflow(number(10, 0), COUNT)
    assert conversion_can_overflow(number(11, 0), COUNT)
    assert conversion_can_overflow(number(12, 2), number(11, 1))
    assert not conversion_can_overflow(number(12, 2), number(12, 1))


REVENUE, QUOTA = Column("revenue", CNY), Column("quota", CNY)
QUOTIENT = Apply(Op.DIV, (REVENUE, QUOTA), quotient_type(CNY, CNY, Kind.RATIO))
BORDER = Literal(Decimal("0.80"), ratio(2, 2))


def test_a_quotient_on_the_right_is_turned_to_the_left() -> None:
    """`80% <= revenue / quota` is compared as `revenue / quota >= 80%`."""
    assert quotient_compared(Apply(Op.LE, (BORDER, QUOTIENT), TRUTH)) == (Op.GE, QUOTIENT, BORDER)
    assert quotient_compared(Apply(Op.EQ, (BORDER, QUOTIENT), TRUTH)) == (Op.EQ, QUOTIENT, BORDER)
    assert quotient_compared(QUOTIENT) is None


def test_division_by_a_literal_cannot_fail_by_zero() -> None:
    """Only a divisor that may be 0 needs a cause."""
    two = Literal(Decimal(2), number(1, 0))
    halved = Apply(Op.DIV, (REVENUE, two), quotient_type(CNY, two.type, Kind.MONEY, "CNY"))
    assert not failures(halved).zero_division
    assert failures(QUOTIENT).zero_division
    assert failures(Apply(Op.GE, (QUOTIENT, BORDER), TRUTH)).zero_division


def test_a_failure_deep_inside_is_a_failure_of_the_whole() -> None:
    """A rounding over a choice over a quotient can still divide by zero."""
    chosen = Apply(Op.IF, (Literal(True, TRUTH), QUOTIENT, QUOTIENT), QUOTIENT.type)
    assert failures(Round(chosen, Rounding.HALF_UP, ratio(30, 2))).zero_division


def test_a_size_outside_the_engines_decimals_is_a_bug() -> None:
    """The checker refuses it first."""
    with pytest.raises(AssertionError):
        Type(Kind.NUMBER, 39, 0)
    with pytest.raises(AssertionError):
        Type(Kind.NUMBER, 3, 4)


@pytest.mark.parametrize(
    ("of", "text", "fits"),
    [
        (number(3, 0), "123", True),
        (number(3, 0), "123.00", True),
        (number(3, 0), "123.5", False),
        (number(3, 0), "1234", False),
        (number(2, 2), "0.25", True),
        (number(2, 2), "1.25", False),
        (number(5, 2), "-012.340", True),
    ],
)
def test_the_form_of_a_number_of_a_size(of: Type, text: str, *, fits: bool) -> None:
    """Digits that the size has no room for are refused, zeros that say nothing aren't."""
    assert (re.fullmatch(number_form(of), text) is not None) is fits
