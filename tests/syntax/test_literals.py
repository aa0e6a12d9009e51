"""The literals: what each looks like, and what people write instead."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.syntax import literals
from workflow.syntax.literals import Amount, Length


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5000", "5000"),
        ("1.50", "1.50"),
        ("-3", "-3"),
        ("５０００", "5000"),
        ("－１．５", "-1.5"),
        ("10万", "100000"),
        ("1.5亿", "150000000"),
        ("1.23456万", "12345.6"),
        ("0.50", "0.50"),
        ("007", "7"),
        (" 5 ", "5"),
    ],
)
def test_a_number_has_the_digits_that_it_shows(text: str, value: str) -> None:
    """Its scale is kept, so `1.50` has two places."""
    assert str(literals.number(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "5,000",
            "5 000",
            "1_000",
            "1e3",
            ".5",
            "5.",
            "+5",
            "NaN",
            "Infinity",
            "٣",
            "²",
            "1.2.3",
            "--5",
            "x",
            "5%",
        ),
        *("1" * 39, "0." + "1" * 39, "9" * 35 + "亿", "1" * 200),
    ],
)
def test_nothing_else_is_a_number(text: str) -> None:
    """Marks, exponents, other scripts' digits and numbers without bounds are none."""
    assert literals.number(text) is None


def test_the_longest_number_is_exact() -> None:
    """Thirty-eight digits are kept, whatever the precision of the decimal context."""
    assert str(literals.number("1" * 26 + "." + "2" * 12)) == "1" * 26 + "." + "2" * 12


@pytest.mark.parametrize(("text", "value"), [("80%", "80"), ("８０％", "80"), ("2.5 %", "2.5"), ("-10%", "-10")])
def test_a_percent_is_the_number_before_its_sign(text: str, value: str) -> None:
    """It isn't divided here."""
    assert str(literals.percent(text)) == value


@pytest.mark.parametrize("text", ["80", "80%%", "%", "80 percent", "8,0%"])
def test_nothing_else_is_a_percent(text: str) -> None:
    """A percent has digits and its sign."""
    assert literals.percent(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60000 CNY", Amount(Decimal(60000), "CNY")),
        ("10万 CNY", Amount(Decimal(100000), "CNY")),
        ("1.5亿CNY", Amount(Decimal(150000000), "CNY")),
        ("５０００　ＣＮＹ", Amount(Decimal(5000), "CNY")),
        ("-5.50 USD", Amount(Decimal("-5.50"), "USD")),
    ],
)
def test_money_has_its_currency(text: str, value: Amount) -> None:
    """After the number, in three capitals."""
    assert literals.money(text) == value


@pytest.mark.parametrize("text", ["5000", "CNY 5000", "¥5000", "5,000 CNY", "5000 cny", "5000 CNYX", "5000 AND"])
def test_nothing_else_is_money(text: str) -> None:
    """Signs, small letters and words are no currency."""
    assert literals.money(text) is None


def test_a_date_is_a_day_of_the_calendar() -> None:
    """Year, month and day, two digits each but the year."""
    assert literals.date("2026-07-01") == datetime.date(2026, 7, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-7-1", "2026/07/01", "20260701", "0000-01-01", "2026-07-01T00:00"])
def test_nothing_else_is_a_date(text: str) -> None:
    """Other forms and days that don't exist are none."""
    assert literals.date(text) is None


def test_a_date_range_has_both_ends() -> None:
    """First and last day, as written."""
    days = (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    assert literals.date_range("2026-07-01..2026-09-30") == days


@pytest.mark.parametrize("text", ["2026-07-01", "2026-07-01..", "2026-07-01..2026-09-31", "2026-07-01...2026-09-30"])
def test_nothing_else_is_a_date_range(text: str) -> None:
    """Two dates with two points between."""
    assert literals.date_range(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6 months", Length(Decimal(6), "months", working=False)),
        ("1 month", Length(Decimal(1), "months", working=False)),
        ("30 days", Length(Decimal(30), "days", working=False)),
        ("4 working hours", Length(Decimal(4), "hours", working=True)),
        ("1 working day", Length(Decimal(1), "days", working=True)),
        ("6个月", Length(Decimal(6), "months", working=False)),
        ("2 个星期", Length(Decimal(2), "weeks", working=False)),
        ("30天", Length(Decimal(30), "days", working=False)),
        ("4个工作小时", Length(Decimal(4), "hours", working=True)),
        ("4 工作小时", Length(Decimal(4), "hours", working=True)),
        ("1个工作日", Length(Decimal(1), "days", working=True)),
    ],
)
def test_a_duration_has_its_unit(text: str, value: Length) -> None:
    """In English or Chinese, of the calendar or of working time."""
    assert literals.duration(text) == value


@pytest.mark.parametrize("text", ["30", "6 moons", "days", "6months", "1,000 days", "P6M", "6 working months"])
def test_nothing_else_is_a_duration(text: str) -> None:
    """A number alone has no unit."""
    assert literals.duration(text) is None


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("false", False), ("是", True), ("NO", None), ("1", None)])
def test_yes_and_no(text: str, value: bool | None) -> None:  # noqa: FBT001 - it is what is read
    """In small letters, or in Chinese."""
    assert literals.truth(text) is value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5,000", "5000"),
        ("５，０００", "5000"),
        ("５０００", "5000"),
        ("5 000", "5000"),
        ("1_000", "1000"),
        ("1'000", "1000"),
        ("1,234,567.50", "1234567.50"),
        ("10,0000", "100000"),
        ("¥5000", "5000 CNY"),
        ("￥5,000", "5000 CNY"),
        ("5000元", "5000 CNY"),
        ("5万元", "5万 CNY"),
        ("CNY 5000", "5000 CNY"),
        ("5,000 cny", "5000 CNY"),
        ("$5.50", "5.50 USD"),
        ("1e3", "1000"),
        ("1.5e2", "150"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("5k", "5000"),
        ("5W", "5万"),
        ("80 percent", "80%"),
        ("5‰", "0.5%"),
        ("10 ‰", "1%"),
        ("2,500‰", "250%"),
        ("百分之80", "80%"),
        ("2,500%", "2500%"),
    ],
)
def test_what_people_type_is_recognised(text: str, meant: str) -> None:
    """The literal that is meant is named, for the fix."""
    assert literals.nearly_number(text) == meant


@pytest.mark.parametrize(
    "text", ["", "5000", "60000 CNY", "80%", "abc", "1,23", "12,34,567", "3 apples", "$5 CNY", "CNY"]
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    """A literal is no near miss, and a riddle isn't solved."""
    assert literals.nearly_number(text) is None


READERS = (
    literals.number, literals.percent, literals.money, literals.date, literals.date_range, literals.duration,
    literals.truth, literals.nearly_number,
)  # fmt: skip


@given(st.text() | st.text("0123456789.,-_ eE+%万亿¥元CNY个月日/:年", max_size=30))
def test_no_literal_raises(text: str) -> None:
    """Any text is the literal, or isn't."""
    for read in READERS:
        read(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_every_amount_is_read_as_it_is(amount: Decimal) -> None:
    """Digits and scale are those of the text."""
    assert str(literals.number(format(amount, "f"))) == format(amount, "f")


@given(st.text("0123456789,. 'kW¥元万eE+", max_size=20))
def test_what_is_meant_is_a_literal(text: str) -> None:
    """A fix is never wrong itself."""
    meant = literals.nearly_number(text)
    if meant is not None:
        assert any(read(meant) is not None for read in (literals.number, literals.percent, literals.money))
