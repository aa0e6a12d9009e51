"""Values as text: every digit that counts and none that doesn't, by columns as one by one."""

from __future__ import annotations

import datetime
from decimal import Decimal, localcontext

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.ledger.texts import plain, texts
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Type, money, number, ratio
from workflow.run.outcome import arrow_type


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [
        (Decimal("1234.5000"), money("CNY"), "1234.5 CNY"),
        (Decimal("-0.0100"), money("USD"), "-0.01 USD"),
        (Decimal(100), money("CNY"), "100 CNY"),
        (Decimal("0.831200000000"), ratio(15, 12), "83.12%"),
        (Decimal("1.200000000000"), ratio(15, 12), "120%"),
        (Decimal("0.000000000001"), ratio(15, 12), "0.0000000001%"),
        (Decimal("1234567890123456789012.123456789012"), ratio(38, 12), "123456789012345678901212.3456789012%"),
        (Decimal("4.500000"), number(18, 6), "4.5"),
        (Decimal(0), COUNT, "0"),
        (Decimal("1E+3"), COUNT, "1000"),
        (True, TRUTH, "yes"),
        (False, TRUTH, "no"),
        ("cloud", TEXT, "cloud"),
        (datetime.date(2026, 7, 1), DATE, "2026-07-01"),
    ],
)
def test_a_value_as_text(value: object, of: Type, text: str) -> None:
    """So that every reader can parse it again, without needless noughts and with all digits."""
    assert texts(pa.array([value, None], arrow_type(of)), of).to_pylist() == [text, None]


@given(st.lists(st.none() | st.integers(-(10**38) + 1, 10**38 - 1)), st.integers(0, 38), st.integers(0, 2))
def test_decimals_have_all_digits_and_no_exponent(values: list[int | None], scale: int, moved: int) -> None:
    """As Python prints them with `f`, the point moved by a power of ten."""
    with localcontext(prec=80):
        written = [None if each is None else Decimal(each).scaleb(-scale) for each in values]
        shown = [None if each is None else f"{Decimal(each).scaleb(moved - scale):f}" for each in values]
    assert plain(pa.array(written, pa.decimal128(38, scale)), moved).to_pylist() == shown


def test_a_part_of_a_column_is_read_from_where_it_begins() -> None:
    """An Arrow array may be a window of a longer one."""
    values = pa.array([Decimal("1.50"), None, Decimal("-0.01")], pa.decimal128(5, 2))
    assert plain(values.slice(1)).to_pylist() == [None, "-0.01"]
