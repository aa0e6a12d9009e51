"""Microsoft's AdventureWorks, its files as they are, against sums that nobody here made, to the last digit.

Expected values come from the ground truth beside the data, computed there in SQL and in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.acceptance.adventureworks_company import (
    CENT,
    MILLIONTH,
    QUARTERS,
    STARTS,
    Company,
    Row,
    both,
    half_up,
    needs_data,
    read,
)
from workflow.api import check

pytestmark = needs_data

QUOTA_TRUTH = "ground-truth/quota_attainment_by_quota_period.csv"
SELLER_TRUTH = "ground-truth/sales_by_salesperson_calendar_quarter.csv"
TEAM_TRUTH = "ground-truth/sales_by_manager_subtree_quarter.csv"

Sums = dict[tuple[str, str], tuple[Decimal, int]]
"""Revenue and number of orders by person and quarter."""


def quota_rows(company: Company, engine: str) -> dict[tuple[str, str], Row]:
    """Our results of the complete quota periods, each with its line, by person and first day."""
    found = {}
    for start in STARTS:
        ran = company.run(engine, f"quota-{start}")
        lines, met = ran.lines(), ran.triggered("quota-commission", "met")
        for person, row in ran.results("quota-commission").items():
            found[person, start] = row | {"line": lines[person], "met": person in met}
    return found


def quarter_rows(companies: Mapping[str, Company], engine: str, policy: str) -> dict[tuple[str, str], Row]:
    """Our results of calendar quarters, by person and quarter."""
    return {
        (person, quarter): row
        for quarter, company in companies.items()
        for person, row in company.run(engine, quarter).results(policy).items()
    }


def sums(rows: Mapping[tuple[str, str], Row]) -> Sums:
    return {key: (row["revenue"], int(row["orders"])) for key, row in rows.items()}


def truth_of(rows: Iterable[Mapping[str, str]], person: str) -> Sums:
    return {
        (row[person], f"{row['Year']}-Q{row['Quarter']}"): (Decimal(row["SubTotal"]), int(row["Orders"]))
        for row in rows
    }


@pytest.fixture
def quarters(company: Company, from_april: Company) -> dict[str, Company]:
    """By quarter, the company in which it is whole: the first one lacks its days before the first order."""
    return dict.fromkeys(QUARTERS, company) | {QUARTERS[0]: from_april}


def test_the_workspace_has_no_mistakes(company: Company) -> None:
    """Not even a warning."""
    assert check(company.workspace).diagnostics == ()


@both
def test_quota_periods_equal_the_ground_truth(company: Company, engine: str) -> None:
    """Quota, orders, actual, attainment, rate, exact and rounded commission, and whether it was met, of 67 periods."""
    ours = quota_rows(company, engine)
    expected = {(row["SalesPersonID"], row["QuotaDate"]): row for row in read(QUOTA_TRUTH)}
    assert len(expected) == 67
    assert ours.keys() - expected.keys() == {("287", "2012-02-29")}, "hired in April, first quota from 2012-05-30"
    for key, truth in expected.items():
        row, line = ours[key], ours[key]["line"]
        quota, revenue = Decimal(truth["SalesQuota"]), Decimal(truth["ActualSubTotal"])
        assert (row["quota"], row["orders"], row["revenue"]) == (quota, int(truth["Orders"]), revenue), key
        assert Fraction(row["attainment"]) * 10**12 == round(Fraction(revenue) / Fraction(quota) * 10**12), key
        assert half_up(row["attainment"], MILLIONTH) == Decimal(truth["Attainment_6dp_half_up"]), key
        assert row["person.commission_rate"] == Decimal(truth["CommissionPct"]), key
        assert line["exact"] == row["pay.commission.exact"] == Decimal(truth["Commission_exact"]), key
        assert str(line["amount"]) == truth["Commission_2dp_half_up"], key
        assert row["met"] == (truth["QuotaMet"] == "Y"), key


@both
def test_what_is_paid_are_the_lines(company: Company, engine: str) -> None:
    """Each line is an action of its amount; managers, whose rate is 0, are paid 0.00 and aren't absent."""
    nothing = set()
    for start in STARTS:
        ran = company.run(engine, f"quota-{start}")
        paid = {each.subject: each.amount for each in ran.result.actions if each.kind == "pay"}
        assert paid == {person: line["amount"] for person, line in ran.lines().items()}
        assert ran.result.totals == {"USD": sum(line["amount"] for line in ran.lines().values())}
        nothing |= {(person, start) for person, amount in paid.items() if str(amount) == "0.00"}
    managers = {(row["SalesPersonID"], row["QuotaDate"]) for row in read(QUOTA_TRUTH) if row["CommissionPct"] == "0"}
    assert nothing == managers | {("287", "2012-02-29")}
    assert len(managers) == 8


def test_the_place_of_rounding_matters() -> None:
    """Rounding each order's commission would change 42 of the 67: what is rounded is the period's line."""
    rates = {row["BusinessEntityID"]: Decimal(row["CommissionPct"]) for row in read("SalesPerson.csv")}
    differ = 0
    for truth in read(QUOTA_TRUTH):
        person, first, end = truth["SalesPersonID"], truth["QuotaDate"], truth["NextQuotaDate"]
        orders = [
            Decimal(row["SubTotal"])
            for row in read_orders()
            if row["SalesPersonID"] == person and first <= row["OrderDate"] < end
        ]
        assert half_up(sum(orders) * rates[person], CENT) == Decimal(truth["Commission_2dp_half_up"])
        differ += sum(half_up(each * rates[person], CENT) for each in orders) != Decimal(
            truth["Commission_2dp_half_up"]
        )
    assert differ == 42


@both
def test_calendar_quarters_equal_the_ground_truth(quarters: dict[str, Company], engine: str) -> None:
    """Revenue and orders of 80 sellers' quarters; the other rows of ours are sellers who sold nothing."""
    ours, expected = (
        sums(quarter_rows(quarters, engine, "seller-quarter")),
        truth_of(read(SELLER_TRUTH), "SalesPersonID"),
    )
    assert len(expected) == 80
    assert {key: ours[key] for key in expected} == expected
    assert {key: ours[key] for key in ours.keys() - expected.keys()} == {("274", "2011-Q2"): (Decimal(0), 0)}


@both
def test_teams_of_every_level_equal_the_ground_truth(quarters: dict[str, Company], engine: str) -> None:
    """Own sales and those of every level below, of 17 managers' quarters; the top's path is empty."""
    ours, expected = (
        sums(quarter_rows(quarters, engine, "team-quarter")),
        truth_of(read(TEAM_TRUTH), "ManagerID_incl_own_sales"),
    )
    assert len(expected) == 17
    assert {key: ours[key] for key in expected} == expected
    rest = {key: ours[key] for key in ours.keys() - expected.keys()}
    assert rest == {("1", quarter): expected["273", quarter] for quarter in QUARTERS}, (
        "everybody who sells is below 273"
    )


@both
def test_two_calendars_share_out_the_same_orders(quarters: dict[str, Company], company: Company, engine: str) -> None:
    """Quota periods and calendar quarters side by side: 1,381 orders and 197 of the period still running are all."""
    by_quota = sum(row["revenue"] for row in quota_rows(company, engine).values())
    by_quarter = sum(revenue for revenue, _ in sums(quarter_rows(quarters, engine, "seller-quarter")).values())
    later = [Decimal(row["SubTotal"]) for row in read_orders() if row["OrderDate"] >= "2012-11-30"]
    assert by_quota + sum(later) == by_quarter == sum(Decimal(row["SubTotal"]) for row in read_orders())
    counted = sum(int(row["orders"]) for row in quota_rows(company, engine).values())
    assert (counted, len(later), len(read_orders())) == (1381, 197, 1578)


def read_orders() -> list[dict[str, str]]:
    return read("reseller_orders.csv")


def test_engines_agree_on_every_table(quarters: dict[str, Company], company: Company) -> None:
    """All columns, the causes of what is missing too, in the same order."""
    for where, period in [*((company, f"quota-{start}") for start in STARTS), *((c, q) for q, c in quarters.items())]:
        assert where.run("duckdb", period).tables() == where.run("reference", period).tables(), period
