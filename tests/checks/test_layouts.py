"""How files are written: declared in words that make sense together, or told at the word that doesn't."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from tests.checks.small import DEALS_SOURCE, told
from tests.checks.test_sources import source
from workflow.checks.forms import is_understood
from workflow.checks.mapping import format_of

DEALS = "sources/deals.yaml"


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("a.csv", None, "csv"),
        ("b-*.tsv", None, "csv"),
        ("a.csv.gz", None, "csv"),
        ("a.ndjson.gz", None, "jsonl"),
        ("a.parquet", None, "parquet"),
        ("a.xlsx", None, "xlsx"),
        ("a.xlsx.gz", None, None),
        ("a.xls", None, None),
        ("a*", None, None),
        ("a.log", "csv", "csv"),
        ("a.log.gz", "jsonl", "jsonl"),
        ("a.gz", "parquet", None),
    ],
)
def test_the_ending_says_the_format_unless_it_is_declared(
    name: str, declared: str | None, expected: str | None
) -> None:
    """Only texts are compressed."""
    assert format_of(name, declared) == expected


def test_all_that_is_said_of_files() -> None:
    """And a control total, beside the days or without them."""
    text = (
        DEALS_SOURCE.replace("records/deals.csv", "records/deals.txt.gz")
        + "columns: [Id, Day, Seller, Amount, Product]\nheader: repeated\ndelimiter: blanks\nencoding: gb18030\n"
        + "delivered: {days: 2026-07-01..2026-09-30, rows: 12, total: 1234.50}\n"
    )
    found = source(text)
    assert (found.delimiter, found.encoding, found.header_repeated) == ("blanks", "gb18030", True)
    assert found.columns == ("Id", "Day", "Seller", "Amount", "Product")
    assert (found.rows, found.total) == (12, Decimal("1234.50"))
    assert found.delivered == (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    assert source(DEALS_SOURCE + "delivered: {rows: 1}\n").delivered is None


def test_an_id_by_content() -> None:
    """Of a log."""
    assert source(DEALS_SOURCE.replace("id: Id", "id: by content")).id is None


def test_a_recorded_delivery_is_no_event_of_the_catalogue() -> None:
    """Every workspace has it."""
    text = """\
source: notices
read: records/notices.csv
event: source.delivered
id: Id
changed: never
time: Sent
fields: {source: Source, from: From, through: Through, rows: Rows}
"""
    workspace = told({"sources/notices.yaml": text}).workspace
    assert workspace is not None
    found = next(each for each in workspace.sources if each.name == "notices")
    assert [field.name for field in found.fields if field.cell] == ["source", "from", "through", "rows"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("records/deals.csv", "records/deals.xls", ("format-not-said", "records/deals.xls")),
        ("records/deals.csv", "records/deals*", ("format-not-said", "records/deals*")),
        ("records/deals.csv", "records/deals.parquet.gz", ("format-not-said", "records/deals.parquet.gz")),
        ("id: Id", "id: Id\nformat: excel", ("not-a-choice", "excel")),
        ("id: Id", "id: Id\nsheet: Deals", ("key-of-other-format", "Deals")),
        ("records/deals.csv", 'records/deals.jsonl\ndelimiter: ";"', ("key-of-other-format", '";"')),
        ("records/deals.csv", "records/deals.xlsx\nencoding: utf-16", ("key-of-other-format", "utf-16")),
        ("records/deals.csv", "records/deals.parquet\ncolumns: [Id]", ("key-of-other-format", "Id")),
        ("records/deals.csv", "records/deals.xlsx\nheader: repeated", ("key-of-other-format", "repeated")),
        ("id: Id", "id: Id\nheader: twice", ("not-a-choice", "twice")),
        ("id: Id", "id: Id\ncolumns: [Id, Day, Id]", ("column-named-twice", "Id")),
        ("id: Id\nchanged: never", "id: by content\nchanged: Changed", ("content-changes", "by content")),
        ("id: Id", "id: Id\ndelivered: {rows: many}", ("not-of-kind", "many")),
        ("time: Day", "time: {column: Day, form: DD/MM}", ("form-not-understood", "DD/MM")),
    ],
)
def test_is_refused(old: str, new: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert old in DEALS_SOURCE
    assert told({DEALS: DEALS_SOURCE.replace(old, new)}).mistakes == [expected]


def test_a_total_needs_money() -> None:
    """A register of people has none to add up."""
    text = (
        "source: people\nread: records/people.csv\nregister: people\nperson: Person\nfields: {role: Role}\n"
        "delivered: {total: 5}\n"
    )
    assert told({"sources/people.yaml": text}).mistakes == [("total-of-what", "5")]


@pytest.mark.parametrize(
    "form", ["YYYY-MM-DD", "D/M/YY", "DD Mon YYYY h AM", "YYYYMMDDhhmmssfff", "YYYY年MM月DD日 hh时"]
)
def test_a_form_that_says_a_day(form: str) -> None:
    """Each part once, from the greater to the finer."""
    assert is_understood(form)


@pytest.mark.parametrize(
    "form",
    ["", "YYYY", "YYYY-MM", "YYYY-MM-DD DD", "YY YYYY-MM-DD", "YYYY-MM-DD h:mm", "YYYY-MM-DD hh AM", "YYYY-MM-DD mm"],
)
def test_a_form_that_leaves_something_open(form: str) -> None:
    """Or says something twice."""
    assert not is_understood(form)
