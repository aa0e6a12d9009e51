"""AdventureWorks taken in whole: every row counted, every cent in the sums, everybody under the right person."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Intake, Moment, lines_of, take_in
from workflow.model.types import TEXT, Kind, Type, ratio

SHARED = (
    Path(os.environ.get("WORKFLOW_SHARED", Path(__file__).parents[2] / ".." / "shared")) / "data" / "adventureworks"
)
FORM = "YYYY-MM-DD 00:00:00.000"
PERSON, MONEY = Type(Kind.PERSON), Type(Kind.MONEY, 18, 4)

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"AdventureWorks is not in {SHARED}")


def given(name: str, of: Type, cell: Cell, *, required: bool = True) -> FieldMapping:
    return FieldMapping(name, of, required, cell)


SOURCES = (
    SourceMapping(
        name="orders",
        files=("reseller_orders.csv",),
        event="order.placed",
        id="SalesOrderID",
        time=Cell("OrderDate"),
        fields=(
            given("seller", PERSON, Cell("SalesPersonID")),
            given("customer", Type(Kind.CUSTOMER), Cell("CustomerID")),
            given("amount", MONEY, Cell("SubTotal", currency_is="USD")),
        ),
    ),
    SourceMapping(
        name="quotas",
        files=("SalesPersonQuotaHistory.csv",),
        event="quota.set",
        id="rowguid",
        time=Cell("QuotaDate", form=FORM),
        fields=(
            given("seller", PERSON, Cell("BusinessEntityID")),
            given("amount", MONEY, Cell("SalesQuota", currency_is="USD")),
        ),
    ),
    SourceMapping(
        name="people",
        files=("Employee.csv",),
        register="people",
        key="BusinessEntityID",
        since=Cell("HireDate", form=FORM),
        fields=(
            given("title", TEXT, Cell("JobTitle")),
            given("supervisor", PERSON, Cell("OrganizationNode", parent="/"), required=False),
        ),
    ),
    SourceMapping(
        name="sellers",
        files=("SalesPerson.csv",),
        register="people",
        key="BusinessEntityID",
        fields=(given("commission_rate", ratio(15, 8), Cell("CommissionPct", fraction=True)),),
    ),
)


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """All sources, taken in as a company in New York would."""
    return take_in(SOURCES, SHARED, tmp_path_factory.mktemp("aw") / "evidence.duckdb", Moment("America/New_York"))


def cells(name: str, column: str) -> list[str]:
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def test_every_row_is_accepted(intake: Intake) -> None:
    """Nothing is lost, refused or counted twice."""
    assert {each.source: (each.rows, each.accepted) for each in intake.counts} == {
        "orders": (1578, 1578),
        "quotas": (163, 163),
        "people": (290, 290),
        "sellers": (17, 17),
    }


def test_sums_equal_the_files_by_decimal(intake: Intake) -> None:
    """To the last digit that the files write."""
    assert {each.event: (each.total, each.count) for each in intake.totals} == {
        "order.placed": (sum(map(Decimal, cells("reseller_orders.csv", "SubTotal"))), 1578),
        "quota.set": (sum(map(Decimal, cells("SalesPersonQuotaHistory.csv", "SalesQuota"))), 163),
    }


def test_everybody_but_the_top_has_a_supervisor(intake: Intake) -> None:
    """As of the last day, when all 290 are there; the sellers' managers are the known ones."""
    rows = intake.evidence.rows("register people", ["person", "through", "supervisor", "commission_rate"])
    last = {row[0]: row[2:] for row in rows if str(row[1]) == "9999-12-31"}
    assert len(last) == 290
    assert [person for person, (above, _) in last.items() if above is None] == ["1"]
    assert (last["273"][0], last["274"][0], last["275"], last["290"][0]) == (
        "1",
        "273",
        ("274", Decimal("0.012")),
        "287",
    )
    assert sum(rate is not None for _, rate in last.values()) == 17


def test_an_order_is_found_on_its_line(intake: Intake) -> None:
    """The line that an editor shows."""
    ids = {row[0]: row[1] for row in intake.evidence.rows("event order.placed", ["event", "event.id"])}
    with (SHARED / "reseller_orders.csv").open(encoding="utf-8") as file:
        expected = {line.split(",")[0]: number for number, line in enumerate(file, 1)}
    events = [int(str(event)) for event in list(ids)[:50]]
    for event, (path, line) in lines_of(intake.evidence, SHARED, events).items():
        assert (path, line) == ("reseller_orders.csv", expected[str(ids[Decimal(event)])])
