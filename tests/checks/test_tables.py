"""Tables of tiers: rows without gap or overlap, each giving one thing in the right unit."""

from __future__ import annotations

import textwrap
from decimal import Decimal

import pytest

from tests.checks.small import Told, measured
from workflow.model.terms import Yields
from workflow.model.typed import Literal
from workflow.model.types import ratio


def table(rows: str, mode: str = "whole", by: str = "attainment") -> Told:
    """A clause that pays these rows, by the quota reached."""
    head = f"pay:\n  p:\n    on: revenue\n    by: {by}\n    mode: {mode}\n    tiers:\n"
    return measured("values:\n  attainment: revenue / quota\n" + head + textwrap.indent(textwrap.dedent(rows), " " * 6))


def borders(found: Told) -> list[str]:
    """Where the rows of the checked table begin."""
    read = found.policy.pay[0].table
    assert read is not None
    return [str(row.border.value) for row in read.rows if isinstance(row.border, Literal)]


def test_rows_may_run_either_way() -> None:
    """Checked, they ascend."""
    rows = "- {from: 100%, rate: 3%}\n- {from: 0%, rate: 1%}\n- {from: 80%, rate: 2%}\n"
    assert borders(table(rows)) == ["0.00", "0.80", "1.00"]


def test_a_lowest_row_without_from_begins_at_nothing() -> None:
    """不满 80% is from 0 to 80%."""
    assert borders(table("- {below: 80%, rate: 1%}\n- {from: 80%, rate: 2%}\n")) == ["0", "0.80"]


def test_below_may_say_again_where_the_next_begins() -> None:
    """Then they must agree."""
    rows = "- {from: 0%, below: 80%, rate: 1%}\n- {from: 80%, below: 100%, rate: 2%}\n- {from: 100%, rate: 3%}\n"
    assert table(rows).mistakes == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("- {from: 0%, below: 80%, rate: 1%}\n- {from: 90%, rate: 2%}\n", ("gap-in-table", "90%")),
        ("- {from: 0%, below: 80%, rate: 1%}\n- {from: 70%, rate: 2%}\n", ("overlap-in-table", "70%")),
        ("- {below: 0%, rate: 1%}\n- {from: 0%, rate: 2%}\n", ("no-room-below", "0%")),
        ("- {below: -5%, rate: 1%}\n- {from: -5%, rate: 2%}\n", ("no-room-below", "-5%")),
        ("- {from: 80%, rate: 1%}\n- {from: 80.0%, rate: 2%}\n", ("border-twice", "80.0%")),
        ("- {below: 80%, rate: 1%}\n- {below: 90%, rate: 2%}\n", ("border-twice", "90%")),
        ("- {from: 0%, rate: 1%}\n- {from: 80%, below: 100%, rate: 2%}\n", ("rows-end", "80%")),
        ("- {from: 0%, rate: 1%}\n- {from: 80, rate: 2%}\n", ("border-unit", "80")),
        ("- {from: 0 CNY, rate: 1%}\n", ("border-unit", "0 CNY")),
        ("- {from: quota, rate: 1%}\n", ("border-unit", "quota")),
        ("- {from: 0%, rate: 5}\n", ("not-a-rate", "5")),
        ("- {from: 0%, rate: 5 CNY}\n", ("not-a-rate", "5 CNY")),
        ("- {from: 0%, amount: 5%}\n", ("not-the-currency-paid", "5%")),
        ("- {from: 0%, amount: 5 USD}\n", ("not-the-currency-paid", "5 USD")),
        ("- {from: 0%}\n", ("row-gives-one", "0%")),
        ("- {from: 0%, rate: 1%, factor: 1%}\n", ("row-gives-one", "0%")),
        ("- {from: 0%, rate: 1%}\n- {from: 80%, factor: 1%}\n", ("rows-differ", "1%")),
        ("- {rate: 1%}\n", ("row-without-border", "p")),
    ],
)
def test_a_row_is_refused(rows: str, expected: tuple[str, str]) -> None:
    """At the row that is at fault, once."""
    assert table(rows).mistakes == [expected]


def test_a_gap_shows_both_rows() -> None:
    """With their borders as the author thinks of them."""
    mistake = table("- {from: 0%, below: 80%, rate: 1%}\n- {from: 90%, rate: 2%}\n").only
    assert (mistake.args["one"], mistake.args["other"], len(mistake.related)) == ("80%", "90%", 1)


def test_the_borders_of_money_are_money() -> None:
    """A bare 0 is one too."""
    assert borders(table("- {from: 0, rate: 1%}\n- {from: 50000 CNY, rate: 2%}\n", by="revenue")) == ["0", "50000"]
    (mistake,) = table("- {from: 0, rate: 1%}\n- {from: 50000, rate: 2%}\n", by="revenue").diagnostics
    assert (mistake.code, mistake.fix.text if mistake.fix else None) == ("border-unit", "50000 CNY")


def test_the_rate_of_a_table_holds_that_of_every_row() -> None:
    """1% has two digits after the point, 3.55% four."""
    read = table("- {from: 0%, rate: 1%}\n- {from: 80%, rate: 3.55%}\n").policy.pay[0].table
    assert read is not None
    assert (read.yields, read.rate_type) == (Yields.RATE, ratio(4, 4))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("amount: 5 CNY\n    rate: 1%", ("one-way-to-pay", "p")),
        ("when: revenue > 0", ("one-way-to-pay", "p")),
        ("rate: 1%", ("missing-key", "p")),
        ("on: revenue\n    rate: 1", ("not-a-rate", "1")),
        ("on: revenue\n    rate: 0 CNY", ("not-a-rate", "0 CNY")),
        ("on: revenue\n    rate: false", ("not-a-rate", "false")),
        ("on: revenue + quota\n    rate: 1%", ("name-a-value", "revenue + quota")),
        ("on: csat\n    rate: 1%", ("name-a-value", "csat")),
        ("amount: 5", ("not-the-currency-paid", "5")),
        ("amount: 5 CNY\n    on: revenue", ("key-without-effect", "revenue")),
        ("on: revenue\n    rate: 1%\n    mode: whole", ("key-without-effect", "whole")),
        ("amount: 5 CNY\n    prorate: hours", ("not-a-choice", "hours")),
        ("amount: 5 CNY\n    when: revenue", ("not-a-condition", "revenue")),
        ("on: revenue\n    by: revenue\n    tiers: [{from: 0, rate: 1%}]", ("mode-not-said", "p")),
        ("on: revenue\n    mode: whole\n    tiers: [{from: 0, rate: 1%}]", ("missing-key", "p")),
        ("by: revenue\n    mode: whole\n    tiers: [{from: 0, rate: 1%}]", ("missing-key", "p")),
        ("on: revenue\n    by: revenue\n    mode: steps\n    tiers: [{from: 0, rate: 1%}]", ("not-a-choice", "steps")),
        (
            "on: revenue\n    by: revenue\n    mode: interpolated\n    tiers: [{from: 0, rate: 1%}]",
            ("mode-and-rows", "interpolated"),
        ),
        ("on: revenue\n    by: revenue\n    mode: whole\n    points: [{at: 0, pay: 1%}]", ("mode-and-rows", "whole")),
        ("on: revenue\n    by: csat\n    mode: marginal\n    tiers: [{from: 0, rate: 1%}]", ("marginal-by", "csat")),
        ("on: revenue\n    by: revenue\n    mode: whole\n    tiers: []", ("empty-value", "[]")),
    ],
)
def test_a_clause_is_refused(body: str, expected: tuple[str, str]) -> None:
    """Once, where the author would mend it."""
    assert measured(f"pay:\n  p:\n    {body}\n").mistakes == [expected]


def test_slices_by_another_value_point_to_it() -> None:
    """The mistake may stand where the value is defined."""
    values = "values:\n  share: revenue * 100\n"
    body = "pay:\n  p:\n    on: revenue\n    by: share\n    mode: marginal\n    tiers: [{from: 0 CNY, rate: 1%}]\n"
    (mistake,) = measured(values + body).diagnostics
    assert (mistake.code, len(mistake.related)) == ("marginal-by", 1)


def test_slices_give_rates() -> None:
    """A marginal table of amounts has no meaning."""
    found = table("- {from: 0%, amount: 5 CNY}\n", mode="marginal")
    assert [mistake.code for mistake in found.diagnostics] == ["marginal-needs-rates"]


def test_slices_by_a_quotient_know_what_it_was_divided_by() -> None:
    """Their borders are multiplied by the quota."""
    read = table("- {from: 80%, rate: 1%}\n", mode="marginal").policy.pay[0].table
    assert read is not None
    assert read.unit is not None
    assert read.unit.name == "quota"


def test_points_of_a_straight_line_have_a_rate_of_twelve_digits() -> None:
    """Whatever the points say; below the first is what `below` says."""
    body = """
        values:
          attainment: revenue / quota
        pay:
          p:
            {on: revenue, by: attainment, mode: interpolated, below: 1%, points: [{at: 80%, pay: 50%}]}
    """
    read = measured(textwrap.dedent(body)).policy.pay[0].table
    assert read is not None
    assert read.rate_type.scale == 12
    assert isinstance(read.below, Literal)
    assert read.below.value == Decimal("0.01")


def test_a_product_of_too_many_digits_is_refused() -> None:
    """No decimal holds 12 + 28 digits after the point."""
    body = "values:\n  third: revenue / 3\npay:\n  p:\n    on: third\n    rate: {0} * {0}\n".format(f"0.{'1' * 12}%")
    assert [code for code, _ in measured(body).mistakes] == ["too-many-digits"]
