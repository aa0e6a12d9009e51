"""Where AdventureWorks leads astray: days without zone, periods not over, a seller's place on a day, the hierarchy.

Expected values are worked out here from the CSV files with Decimal.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from tests.acceptance.adventureworks_company import (
    LINES,
    ORDERS,
    PEOPLE,
    QUARTERS,
    QUOTAS,
    STARTS,
    TERRITORIES,
    Company,
    both,
    needs_data,
    quarter_of,
    quota_of,
    read,
)
from workflow.diagnostics import InputRefused

pytestmark = needs_data

DAY = datetime.timedelta(days=1)
DESK_DAYS = ("2012-05-29", "2012-05-30", "2012-09-29", "2012-09-30", "2012-11-29", "2012-11-30")
"""The days on which territories change hands, and those before."""


@cache
def orders() -> tuple[dict[str, str], ...]:
    """Every order, read once."""
    return tuple(read(ORDERS))


@cache
def territory_on(person: str, day: str) -> str | None:
    """A person's territory on a day, from the history; its EndDate is the last day there."""
    for row in read(TERRITORIES):
        ends = row["EndDate"][:10] or "9999-12-31"
        if row["BusinessEntityID"] == person and row["StartDate"][:10] <= day <= ends:
            return row["TerritoryID"]
    return None


@both
def test_a_person_without_a_quota_has_no_attainment(company: Company, engine: str) -> None:
    """287, hired on 2012-04-16, has no quota then: it is missing, not zero, and what needs it is withheld."""
    ran = company.run(engine, "quota-2012-02-29")
    row = ran.results("quota-commission")["287"]
    assert (row["days_served"], row["quota"], row["attainment"]) == (44, None, None)
    assert (row["revenue"], row["orders"], str(ran.lines()["287"]["amount"])) == (0, 0, "0.00")
    assert ran.withheld("quota-commission", "met") == {"287": {"nothing-recorded"}}
    assert ran.triggered("quota-commission", "no_orders") == {"287"}


@both
def test_a_quota_counts_in_the_period_it_names(company: Company, engine: str) -> None:
    """284's quota begins on 2012-08-30, a month before the hire: it counts, whole, with 61 days served."""
    row = company.run(engine, "quota-2012-08-30").results("quota-commission")["284"]
    assert (row["days_served"], row["period.days"], row["quota"]) == (61, 92, 321000)


@both
def test_a_quota_of_a_period_without_end_is_set_aside(company: Company, engine: str) -> None:
    """Nobody knows where the last period ends, so its 17 quotas name none: in quarantine, counted, each on its line."""
    refused = company.run(engine, "quota-2011-05-31").result.refused
    last = [number for number, row in enumerate(read(QUOTAS), 2) if row["QuotaDate"].startswith("2014-03-01")]
    assert {each.code for each in refused} == {"period-start-unknown"}
    assert sorted(each.span.line for each in refused) == last
    assert len(last) == 17


@both
def test_a_period_not_delivered_whole_is_withheld(company: Company, engine: str) -> None:
    """The orders end on 2012-12-31, within the period from 2012-11-30: a part of it isn't paid as the whole."""
    ran = company.run(engine, "quota-2012-11-30")
    people = ran.results("quota-commission")
    assert ran.withheld("quota-commission", "commission") == {person: {"not-delivered"} for person in people}
    assert len(people) == 14
    assert ran.result.actions == ()
    assert {line["amount"] for line in ran.lines().values()} == {row["revenue"] for row in people.values()} == {None}


@both
def test_a_quarter_that_begins_before_the_orders_is_withheld(company: Company, engine: str) -> None:
    """Days before the first order are not delivered either, as the source declares them."""
    people = company.run(engine, "2011-Q2").results("team-quarter")
    assert {person: (row["revenue"], row["orders"]) for person, row in people.items()} == dict.fromkeys(
        ("1", "273", "274"), (None, None)
    )


@both
def test_as_of_the_last_delivered_day_the_rest_is_expected(company: Company, engine: str) -> None:
    """Asked as of 2012-12-31, the sums so far are given, and nothing is due yet."""
    ran = company.run(engine, "quota-2012-11-30", datetime.date(2012, 12, 31))
    so_far: dict[str, Decimal] = defaultdict(Decimal)
    for order in orders():
        if order["OrderDate"] >= "2012-11-30":
            so_far[order["SalesPersonID"]] += Decimal(order["SubTotal"])
    assert {person: row["revenue"] for person, row in ran.results("quota-commission").items()} == so_far
    assert {each.expected for each in ran.result.actions} == {True}


def test_orders_crowd_on_first_days() -> None:
    """244 lie on the first day of a quarter, 327 on that of a later quota period: a day too early would move them."""
    before = {row["SalesOrderID"]: str(datetime.date.fromisoformat(row["OrderDate"]) - DAY) for row in orders()}
    later = [row for row in orders() if row["OrderDate"] > STARTS[0]]
    moved = [row for row in later if quarter_of(row["OrderDate"]) != quarter_of(before[row["SalesOrderID"]])]
    assert len(moved) == 244
    moved = [row for row in later if quota_of(row["OrderDate"]) != quota_of(before[row["SalesOrderID"]])]
    assert len(moved) == 327


@pytest.mark.parametrize(("zone", "engine"), [("Pacific/Kiritimati", "duckdb"), ("Pacific/Pago_Pago", "reference")])
def test_a_day_is_a_day_in_every_zone(company: Company, tmp_path: Path, zone: str, engine: str) -> None:
    """Fourteen hours ahead or eleven behind: every table of every period is the same."""
    elsewhere = Company(tmp_path, {"workspace.yaml": ("America/Los_Angeles", zone)})
    for period in (*(f"quota-{start}" for start in STARTS), *QUARTERS):
        here, there = company.run(engine, period), elsewhere.run(engine, period)
        assert here.tables() == there.tables(), period
        assert here.result.dispositions == there.result.dispositions, period


@both
def test_amounts_are_dollars_whatever_the_rate(company: Company, engine: str) -> None:
    """384 orders name a CurrencyRateID, yet their amounts are dollars like all: one total, to the last digit."""
    assert sum(row["CurrencyRateID"] != "" for row in orders()) == 384
    ran = company.run(engine, "2012-Q4")
    totals = json.loads((ran.out / "run.json").read_text(encoding="utf-8"))["control totals"]
    expected = sum(Decimal(row["SubTotal"]) for row in orders())
    assert [each for each in totals if each["event"] == "order.placed"] == [
        {"event": "order.placed", "field": "amount", "currency": "USD", "total": str(expected), "count": 1578}
    ]
    assert ran.result.dispositions["order.placed"] == {"out of period": 1267, "used": 311}


def test_the_header_is_the_amount() -> None:
    """The lines of 217 orders add up to something else, so do 46 periods of 67: SubTotal is what counts."""
    by_order: dict[str, Decimal] = defaultdict(Decimal)
    for line in read(LINES):
        by_order[line["SalesOrderID"]] += Decimal(line["LineTotal"])
    off = {row["SalesOrderID"]: by_order[row["SalesOrderID"]] - Decimal(row["SubTotal"]) for row in orders()}
    assert sum(each != 0 for each in off.values()) == 217
    assert max(map(abs, off.values())) <= Decimal("0.00005")
    periods: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in orders():
        start = quota_of(row["OrderDate"])
        if start is not None:
            periods[row["SalesPersonID"], start] += off[row["SalesOrderID"]]
    assert (len(periods), sum(each != 0 for each in periods.values())) == (67, 46)


@both
@pytest.mark.parametrize("day", DESK_DAYS)
def test_the_last_day_of_a_territory_is_included(company: Company, engine: str, day: str) -> None:
    """Who has which territory on a day, and who is found to have none."""
    ran = company.run(engine, day)
    there = {
        row["BusinessEntityID"]: territory_on(row["BusinessEntityID"], day)
        for row in read(PEOPLE)
        if row["JobTitle"] == "Sales Representative" and row["HireDate"][:10] <= day
    }
    assert {person: row["person.territory"] for person, row in ran.results("territory-desk").items()} == there
    assert ran.triggered("territory-desk", "unassigned") == {person for person, of in there.items() if of is None}


@both
def test_seller_280_has_no_territory_from_the_last_of_september(company: Company, engine: str) -> None:
    """Territory 1 on 2012-09-29, none on 2012-09-30, and nobody else is without."""
    desk = "territory-desk"
    assert company.run(engine, "2012-09-29").results(desk)["280"]["person.territory"] == "1"
    assert company.run(engine, "2012-09-30").results(desk)["280"]["person.territory"] is None
    assert company.run(engine, "2012-09-29").triggered(desk, "unassigned") == set()
    assert company.run(engine, "2012-09-30").triggered(desk, "unassigned") == {"280"}


@both
def test_a_condition_asks_as_of_the_order(company: Company, engine: str) -> None:
    """What was sold in territory 1, and how many orders without any, by where the seller stood on each order's day."""
    northwest: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    without: Counter[tuple[str, str]] = Counter()
    for order in orders():
        key, territory = (order["SalesPersonID"], quarter_of(order["OrderDate"])), territory_on_order(order)
        without[key] += territory is None
        northwest[key] += Decimal(order["SubTotal"]) if territory == "1" else 0
    for quarter in QUARTERS[1:]:
        ran = company.run(engine, quarter)
        for person, row in ran.results("seller-quarter").items():
            key = person, quarter
            assert (row["northwest"], row["without_territory"]) == (northwest[key], without[key]), key
        assert ran.triggered("seller-quarter", "unassigned") == {who for who, of in +without if of == quarter}
    assert without["280", "2012-Q4"] == 3


def territory_on_order(order: dict[str, str]) -> str | None:
    return territory_on(order["SalesPersonID"], order["OrderDate"])


@both
def test_a_path_needs_its_trailing_sign(tmp_path: Path, engine: str) -> None:
    """Without it nobody can say who stands above: all rows but the top's are named, and the run ends undecided."""
    with pytest.raises(InputRefused) as refusal:
        Company(tmp_path, {f"records/{PEOPLE}": ('/",', '",')}).run(engine, "2012-Q3")
    assert Counter(each.code for each in refusal.value.diagnostics) == {"register-in-doubt": 1, "path-malformed": 289}


@both
def test_the_path_of_the_top_is_empty_not_missing(company: Company, tmp_path: Path, engine: str) -> None:
    """The quoted empty text is a path, that of the top; an absent one is none, and then nobody is above 273."""
    absent = Company(tmp_path, {f"records/{PEOPLE}": ('ken0","",', 'ken0",,')}).run(engine, "2012-Q3")
    rows, as_is = absent.results("team-quarter"), company.run(engine, "2012-Q3").results("team-quarter")
    assert (rows["1"]["revenue"], rows["1"]["orders"]) == (0, 0)
    assert as_is["1"]["revenue"] == as_is["273"]["revenue"] == rows["273"]["revenue"]
