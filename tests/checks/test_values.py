"""Values: named formulas in the order in which they need each other; circles are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.checks.small import measured
from workflow.model.typed import Literal
from workflow.model.types import Kind, money

PAYS = "pay:\n  p:\n    when: last > 0\n    amount: 5 CNY\n"


def test_values_stand_in_the_order_in_which_they_need_each_other() -> None:
    """Whatever the order in which the author wrote them."""
    policy = measured(PAYS + "values:\n  last: middle * 2\n  middle: first + first\n  first: revenue / quota\n").policy
    assert [value.name for value in policy.values] == ["first", "middle", "last"]


def test_values_that_need_nothing_of_each_other_keep_the_authors_order() -> None:
    """So a result reads like its policy."""
    policy = measured(PAYS + "values:\n  last: revenue / quota\n  b: revenue\n  a: quota\n").policy
    assert [value.name for value in policy.values] == ["last", "b", "a"]


def test_a_synonym_counts_as_a_need() -> None:
    """达成率 is the value that goes by that name."""
    body = "values:\n  last: 达成率 * 2\n  first:\n    value: revenue / quota\n    names: [达成率]\n"
    assert [value.name for value in measured(PAYS + body).policy.values] == ["first", "last"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ("  last: last + 1\n", "last -> last"),
        ("  last: b + 1\n  b: last + 1\n", "last -> b -> last"),
        ("  last: b + 1\n  b: c + 1\n  c: b + 1\n", "b -> c -> b"),
    ],
)
def test_a_circle_is_told_with_its_path(values: str, path: str) -> None:
    """Once, where it begins; what uses its names makes no second mistake."""
    found = measured(f"values:\n{values}{PAYS}")
    (mistake,) = found.diagnostics
    assert (mistake.code, mistake.args["path"]) == ("circle", path)


def test_a_circle_shows_everybody_in_it() -> None:
    """The other values of it are places beside."""
    found = measured("values:\n  a: b + 1\n  b: c + 1\n  c: a + 1\n")
    assert [span.line for span in found.only.related] == [
        span.line + step for step, span in ((1, found.only.span), (2, found.only.span))
    ]


def test_a_broken_value_makes_one_mistake() -> None:
    """What needs it is not told a second time."""
    found = measured(PAYS + "values:\n  last: first * 2\n  first: reveneu / quota\n")
    assert found.mistakes == [("unknown-name", "reveneu")]


def test_the_default_of_a_value_is_of_its_unit() -> None:
    """A bare 0 is nothing of any unit; another number needs the unit."""
    body = "values:\n  last:\n    value: revenue / quota\n    if missing: {}\n"
    zero = measured(PAYS + body.format("0")).policy.values[0].default
    assert isinstance(zero, Literal)
    assert (zero.value, zero.type.kind) == (Decimal(0), Kind.RATIO)
    assert measured(PAYS + body.format("50%")).mistakes == []
    assert measured(PAYS + body.format("5")).mistakes == [("default-unit", "5")]
    assert measured(PAYS + body.format("0 CNY")).mistakes == [("default-unit", "0 CNY")]
    assert measured(PAYS + body.format("1% + 1%")).mistakes == [("default-unit", "1% + 1%")]


def test_a_value_has_twelve_digits_after_the_point_at_most() -> None:
    """A product of more is rounded, half even, where it gets its name."""
    policy = measured("values:\n  a: revenue / quota\n  last: revenue * a\n" + PAYS).policy
    last = policy.values[1]
    assert (last.expression.type.scale, last.type.scale) == (16, 12)
    assert last.type.kind is money("CNY").kind


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("  revenue: quota\n", ("name-twice", "revenue")),
        ("  a: {value: quota, names: [revenue]}\n", ("name-twice", "revenue")),
        ("  a: {value: quota, names: [b]}\n  b: quota\n", ("name-twice", "b")),
        ("  two-words: quota\n", ("not-a-name", "two-words")),
        ("  person: quota\n", ("reserved-name", "person")),
        ("  days_served: quota\n", ("reserved-name", "days_served")),
    ],
)
def test_a_name_means_one_thing_in_a_policy(values: str, expected: tuple[str, str]) -> None:
    """Of measures, values and their synonyms."""
    assert measured(f"values:\n{values}").mistakes == [expected]


def test_a_long_chain_of_values_is_sorted() -> None:
    """However the author ordered it, and each formula read once."""
    most = 2000
    chain = "".join(f"  v{index}: v{index + 1}\n" for index in range(most)) + f"  v{most}: revenue\n"
    policy = measured(f"values:\n{chain}pay:\n  p:\n    when: v0 > 0 CNY\n    amount: 5 CNY\n").policy
    assert [policy.values[0].name, policy.values[-1].name] == [f"v{most}", "v0"]


def test_two_circles_are_told_apart() -> None:
    """Each once, where the author's order meets it."""
    found = measured("values:\n  a: b + c\n  b: a\n  c: d\n  d: c\n")
    assert [each.args["path"] for each in found.diagnostics] == ["a -> b -> a", "c -> d -> c"]
