"""Sources: each slip in how an export becomes events or register rows is told at its word."""

from __future__ import annotations

import textwrap

import pytest

from tests.checks.small import DEALS_SOURCE, PEOPLE_SOURCE, QUOTAS_SOURCE, WORKSPACE, told
from workflow.checks.mapping import SourceMapping
from workflow.model.typed import Apply, Column, Op
from workflow.model.types import Kind

DEALS, PEOPLE = "sources/deals.yaml", "sources/people.yaml"


def source(text: str) -> SourceMapping:
    """The checked source of deals that a text says."""
    workspace = told({DEALS: text}).workspace
    assert workspace is not None
    return next(each for each in workspace.sources if each.event == "deal.won")


def test_fields_stand_in_the_catalogues_order() -> None:
    """Whatever the order in which the source writes them."""
    text = """\
        source: deals
        read: [records/a.csv, "records/b-*.csv"]
        event: deal.won
        id: Id
        changed: never
        time: Day
        fields: {product: Product, amount: {column: Amount, currency: CNY}, seller: Seller}
    """
    found = source(text)
    assert [field.name for field in found.fields] == ["seller", "amount", "product"]
    assert found.files == ("records/a.csv", "records/b-*.csv")
    assert (found.changed, found.recorded, found.delivered) == (None, None, None)


def test_the_sources_zone_is_that_of_its_times() -> None:
    """A cell that names its own has that one."""
    text = DEALS_SOURCE.replace("changed: never", "changed: {column: Changed, zone: Europe/Berlin}")
    found = source(text + "zone: Asia/Tokyo\nrecorded: Known\n")
    assert found.changed is not None
    assert found.time is not None
    assert found.recorded is not None
    assert (found.changed.zone, found.time.zone, found.recorded.zone) == ("Europe/Berlin", "Asia/Tokyo", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Stage = Won", [("Won", '"Won"')]),
        ("Stage in (Won, Lost)", [("Won", '"Won"'), ("Lost", '"Lost"')]),
        ("Stage != Seller", []),  # a column that the source names elsewhere
        ("'Stage = Won'", [("Won", None)]),  # a quote more would end the text
    ],
)
def test_a_column_is_hardly_compared_with_a_column(condition: str, found: list[tuple[str, str | None]]) -> None:
    """A word on the right that is no column of the source elsewhere is warned of: texts stand in quotes."""
    mistakes = told({DEALS: DEALS_SOURCE.replace("id: Id", f"id: Id\nwhere: {condition}")}).diagnostics
    warned = [each for each in mistakes if each.code == "text-without-quotes"]
    assert [(each.args["found"], each.fix and each.fix.text) for each in warned] == found


def test_names_in_a_condition_on_rows_are_columns() -> None:
    """As the file writes them, also with blanks; every one is a text."""
    found = source(DEALS_SOURCE.replace("id: Id", 'id: Record Id\nwhere: Record Id != "x" and Stage = "Won"'))
    assert isinstance(found.where, Apply)
    assert found.where.op is Op.AND
    columns = [arg.args[0] for arg in found.where.args if isinstance(arg, Apply)]
    assert [(each.name, each.type.kind) for each in columns if isinstance(each, Column)] == [
        ("Record Id", Kind.TEXT),
        ("Stage", Kind.TEXT),
    ]


def test_an_amount_has_a_currency_by_name_or_by_column() -> None:
    """`CNY` is the currency, `{column: Currency}` the column that says it."""
    by_column = source(DEALS_SOURCE.replace("currency: CNY", "currency: {column: Cur}"))
    cells = [
        field.cell for each in (source(DEALS_SOURCE), by_column) for field in each.fields if field.name == "amount"
    ]
    assert [(cell.currency, cell.currency_is) for cell in cells if cell] == [(None, "CNY"), ("Cur", None)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("read: records/deals.csv", "read: ../deals.csv", ("path-leaves", "../deals.csv")),
        ("read: records/deals.csv", "read: /etc/passwd", ("path-leaves", "/etc/passwd")),
        ("read: records/deals.csv", 'read: "C:deals.csv"', ("path-leaves", '"C:deals.csv"')),
        ("read: records/deals.csv", "read: records\\deals.csv", ("path-leaves", "records\\deals.csv")),
        ("event: deal.won", "event: deal.one", ("unknown-event", "deal.one")),
        ("event: deal.won", "register: customer", ("not-a-choice", "customer")),
        ("event: deal.won", "event: deal.won\nregister: people", ("event-or-register", "deals")),
        ("event: deal.won\n", "", ("event-or-register", "deals")),
        ("changed: never\n", "", ("missing-key", "deal.won")),
        ("time: Day\n", "", ("missing-key", "deal.won")),
        ("time: Day", "time: {column: Day, zone: Mars/Base}", ("unknown-zone", "Mars/Base")),
        ("time: Day", "time: Day\nzone: Asia/Shangai", ("unknown-zone", "Asia/Shangai")),
        ("seller: Seller, ", "", ("field-not-mapped", "deals")),
        ("seller: Seller", "seler: Seller, seller: Seller", ("unknown-field", "seler")),
        (", currency: CNY", "", ("currency-not-said", "amount")),
        ("seller: Seller", "seller: {column: Seller, currency: CNY}", ("currency-of-what", "seller")),
        ("seller: Seller", "seller: {column: Seller, text: E1}", ("column-or-text", "seller")),
        ("seller: Seller", "seller: {zone: UTC}", ("column-or-text", "seller")),
        ("seller: Seller", "seller: {column: S, written as: text}", ("not-a-choice", "text")),
        ("seller: Seller", "seller: {column: S, period starting: week}", ("key-of-other-kind", "week")),
        ("id: Id", "id: Id\nperson: Who", ("key-of-other-source", "Who")),
        ("id: Id", "id: Id\ncustomer: Who", ("key-of-other-source", "Who")),
        ("id: Id", "id: Id\nfrom: First", ("key-of-other-source", "First")),
        ("id: Id", "id: Id\nthrough: Last", ("key-of-other-source", "Last")),
        ("seller: Seller", "seller: {column: S, form: YYYY-MM-DD}", ("key-of-other-kind", "YYYY-MM-DD")),
        ("seller: Seller", "seller: {column: S, parent path: /}", ("key-of-other-kind", "/")),
        ("seller: Seller", "seller: {column: S, written as: fraction}", ("key-of-other-kind", "fraction")),
        ("time: Day", "time: {column: Day, written as: fraction}", ("key-of-other-kind", "fraction")),
        ("time: Day", "time: {column: Day, currency: CNY}", ("key-of-other-kind", "CNY")),
        ("time: Day", "time: {column: Day, form: yyyy-MM-DD}", ("form-not-understood", "yyyy-MM-DD")),
        ("time: Day", "time: {column: Day, form: YYYY-MM-DD x}", ("form-not-understood", "YYYY-MM-DD x")),
        ("time: Day", "time: {column: Day, zone: localtime}", ("unknown-zone", "localtime")),
        (", currency: CNY", ", currency: CNQ", ("unknown-currency", "CNQ")),
        ("id: Id", "id: Id\ndelimiter: tabs", ("not-a-choice", "tabs")),
        ("id: Id", "id: Id\nencoding: latin-9", ("not-a-choice", "latin-9")),
        ("id: Id", "id: Id\nwhere: Stage", ("not-a-condition", "Stage")),
        ("id: Id", "id: Id\nwhere: Amount > 5", ("unlike-units", "Amount > 5")),
        ("id: Id", "id: Id\nwhere: string length(Stage) > 5", ("not-of-cells", "string length(Stage) > 5")),
        ("id: Id", "id: Id\nwhere: 2 > 1", ("not-of-cells", "2 > 1")),
        ("id: Id", "id: Id\nwhere: number(Amount) > 5", ("not-of-cells", "number(Amount) > 5")),
        ("id: Id", "id: Id\ndelivered: 2026-09-30..2026-07-01", ("not-of-kind", "2026-09-30..2026-07-01")),
    ],
)
def test_is_refused(old: str, new: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert old in DEALS_SOURCE
    assert told({DEALS: DEALS_SOURCE.replace(old, new)}).mistakes == [expected]


@pytest.mark.parametrize(
    "form", ["YYYY-MM-DD", "YYYY年M月D日", "YYYY-MM-DDThh:mm:ss", "DD Mon YYYY", "MM/DD/YYYY h:mm AM"]
)
def test_letters_that_stand_for_something_are_a_form(form: str) -> None:
    """And the letters between the parts of a date that is written so."""
    assert told({DEALS: DEALS_SOURCE.replace("time: Day", f'time: {{column: Day, form: "{form}"}}')}).mistakes == []


def test_a_period_is_named_by_its_first_day_in_any_form() -> None:
    """Of a kind that there is."""
    period = "{column: Start, period starting: quarter, form: YYYY/MM/DD}"
    path = "sources/quotas.yaml"
    assert told({path: QUOTAS_SOURCE.replace("period: Period", f"period: {period}")}).mistakes == []
    week = QUOTAS_SOURCE.replace("period: Period", "period: {column: Start, period starting: week}")
    assert told({path: week}).mistakes == [("unknown-period-kind", "week")]


def test_a_registers_key_is_read_as_it_stands() -> None:
    """It has no form."""
    text = PEOPLE_SOURCE.replace("person: Person", "person: {column: Person, form: YYYY-MM-DD}")
    assert told({PEOPLE: text}).mistakes == [("key-of-other-kind", "YYYY-MM-DD")]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("id: Id", "Id"),
        ("time: Day", "Day"),
        ("sequence: No", "No"),
        ("customer: Who", "Who"),
        ("delivered: 2026-01-01..2026-12-31", "2026-01-01..2026-12-31"),
    ],
)
def test_a_register_has_no_keys_of_events(line: str, text: str) -> None:
    """What would change nothing is refused; a count of rows is compared with the files."""
    assert told({PEOPLE: PEOPLE_SOURCE + line + "\n"}).mistakes == [("key-of-other-source", text)]
    assert told({PEOPLE: PEOPLE_SOURCE + "delivered: {rows: 3}\n"}).mistakes == []


def test_a_registers_row_says_when_it_was_recorded_and_changed() -> None:
    """So that a run can look from an earlier day."""
    workspace = told({PEOPLE: PEOPLE_SOURCE + "recorded: Known\nchanged: {column: At, zone: UTC}\n"}).workspace
    assert workspace is not None
    people = next(each for each in workspace.sources if each.register == "people")
    assert people.recorded is not None
    assert people.changed is not None
    assert (people.recorded.column, people.changed.column, people.changed.zone) == ("Known", "At", "UTC")
    never = told({PEOPLE: PEOPLE_SOURCE + "changed: never\n"}).workspace
    assert never is not None
    assert next(each for each in never.sources if each.register == "people").changed is None


def test_a_registers_rows_need_a_key() -> None:
    """The column that says whose row it is."""
    assert told({PEOPLE: PEOPLE_SOURCE.replace("person: Person\n", "")}).mistakes == [("missing-key", "people")]


def test_a_register_may_leave_out_what_its_policies_don_t_ask() -> None:
    """It has the column all the same, from no cell, whether or not another policy asks for it one day."""
    text = "source: people\nread: records/people.csv\nregister: people\nperson: Person\nfields: {role: Role}\n"
    workspace = told({PEOPLE: text}).workspace
    assert workspace is not None
    people = next(each for each in workspace.sources if each.register == "people")
    assert [(field.name, field.cell is not None, field.required) for field in people.fields] == [
        ("role", True, True),
        ("supervisor", False, False),
        ("commission_rate", False, False),
    ]
    assert (people.since, people.until) == (None, None)


def test_what_a_register_must_have_comes_from_one_of_its_sources() -> None:
    """A column that isn't optional, at the place where the catalogue names it."""
    text = PEOPLE_SOURCE.replace("role: Role, ", "")
    assert text != PEOPLE_SOURCE
    assert told({PEOPLE: text}).mistakes == [("field-not-mapped", "role")]


def test_two_sources_of_one_name_are_refused() -> None:
    """A record would not say which of them it came from; both are shown."""
    found = told({"sources/more-deals.yaml": DEALS_SOURCE})
    assert found.mistakes == [("source-twice", "deals")]
    assert [span.path for span in found.only.related] == [DEALS]


def test_two_sources_may_record_one_type_of_event() -> None:
    """Under names of their own."""
    assert told({"sources/more.yaml": DEALS_SOURCE.replace("source: deals", "source: more")}).mistakes == []


def test_a_period_is_named_by_its_first_day() -> None:
    """Of a kind that the calendar or a file has."""
    quotas = """\
        source: quotas
        read: records/quotas.csv
        event: quota.set
        id: Id
        changed: never
        time: Day
        fields:
          seller: Seller
          amount: {column: Amount, currency: CNY}
          period: {column: Month, period starting: quarter}
    """
    workspace = told({"sources/quotas.yaml": textwrap.dedent(quotas), "workspace.yaml": WORKSPACE}).workspace
    assert workspace is not None
    (cell,) = [field.cell for each in workspace.sources for field in each.fields if field.name == "period"]
    assert cell is not None
    assert cell.starts == "quarter"
