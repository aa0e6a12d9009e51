"""Leaves: the declared type of a field decides what its text means, and refuses what it can't mean."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.syntax.texts import value
from workflow.model.leaves import Currency, Day, Days, Ident, Leaf, Reference, Share, Whole, Words, YesOrNo


def read(leaf: type[Leaf], text: str) -> Leaf:
    """The leaf that a text in a file means."""
    found: Leaf = TypeAdapter(leaf).validate_python(value(f"a: {text}\n"))
    return found


ACCEPTED: list[tuple[type[Leaf], str, object]] = [
    (Whole, "0", 0),
    (Whole, "007", 7),
    (Whole, "999999999", 999_999_999),
    (Share, "20%", Decimal("0.20")),
    (Share, "0.5%", Decimal("0.005")),
    (Share, "1.10%", Decimal("0.0110")),
    (Share, "２０％", Decimal("0.20")),
    (Day, "2026-07-01", datetime.date(2026, 7, 1)),
    (Day, "２０２６-０７-０１", datetime.date(2026, 7, 1)),
    (YesOrNo, "yes", True),
    (YesOrNo, "是", True),
    (YesOrNo, "no", False),
    (YesOrNo, "否", False),
]


@pytest.mark.parametrize(("leaf", "text", "meant"), ACCEPTED)
def test_means(leaf: type[Leaf], text: str, meant: object) -> None:
    """Full-width digits and signs of a number or day mean what they look like."""
    assert read(leaf, text).value == meant  # type: ignore[attr-defined]


def test_a_range_of_days_has_its_first_and_its_last() -> None:
    """Both included."""
    days = read(Days, "2026-07-01..2026-09-30")
    assert isinstance(days, Days)
    assert (days.first, days.last) == (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        (Words, "NO"),
        (Words, "0123"),
        (Words, "1.10"),
        (Words, "22:30"),
        (Words, "2026-07-01"),
        (Ident, "销售额"),
        (Ident, "key-account_2"),
        (Reference, "deal.won"),
        (Reference, "person"),
        (Currency, "CNY"),
    ],
)
def test_a_text_stays_as_written(leaf: type[Leaf], text: str) -> None:
    """YAML's guesses are not used: `NO` is no truth, `0123` keeps its nought, `22:30` is no number."""
    assert read(leaf, text).text == text


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        (Whole, "-1"),
        (Whole, "1.0"),
        (Whole, "1_000"),
        (Whole, "１２"),
        (Whole, "1000000000"),
        (Whole, "1e3"),
        (Share, "20"),
        (Share, "0.2"),
        (Share, "20 percent"),
        (Share, "1,5%"),
        (Day, "2026-7-1"),
        (Day, "2026-02-30"),
        (Day, "01.07.2026"),
        (Day, "2026-07-01T00:00"),
        (Days, "2026-07-01"),
        (Days, "2026-07-01..2026-06-30"),
        (YesOrNo, "YES"),
        (YesOrNo, "1"),
        (Ident, "1st"),
        (Ident, "two words"),
        (Ident, "_hidden"),
        (Ident, "a.b"),
        (Reference, "deal..won"),
        (Reference, ".won"),
        (Reference, "deal.1"),
        (Currency, "cny"),
        (Currency, "ＣＮＹ"),
        (Currency, "CNYX"),
        (Currency, "￥"),
    ],
)
def test_refuses(leaf: type[Leaf], text: str) -> None:
    """What the field's type can't mean is refused with our code, showing the author's words and what is accepted."""
    with pytest.raises(ValidationError) as caught:
        read(leaf, f"'{text}'")
    (complaint,) = caught.value.errors()
    assert (complaint["type"], complaint["ctx"]) == ("not-of-kind", {"found": text, "expected": leaf.expected})
