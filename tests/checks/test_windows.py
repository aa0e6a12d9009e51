"""Windows, groups and shares of customers checked: what each way of saying one means, or most likely meant."""

from __future__ import annotations

import pytest

from tests.checks.small import EVENTS, HEAD, Told, told_of
from workflow.checks.calculated import CheckedMeasure, Group
from workflow.model.terms import Window
from workflow.model.types import Kind

PAY = "pay:\n  flat:\n    when: other is known\n    amount: 1 CNY\n"


def other(measure: str, each: str = "quarter", files: dict[str, str | None] | None = None) -> Told:
    """A policy that sums deals and has this other measure."""
    head = HEAD.replace("each: quarter", f"each: {each}")
    body = f"measures:\n  revenue: {{sum: amount, of: deal.won}}\n  other: {{{measure}}}\n"
    found = told_of(body + PAY, head, files)
    return Told(found.workspace, tuple(each for each in found.diagnostics if each.code != "unused"), found.texts)


def measure(found: Told) -> CheckedMeasure:
    """The other measure of a policy without mistakes."""
    return next(each for each in found.policy.measures if each.name == "other")


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("last 12 months", Window("months", 12)),
        ("last 1 month", Window("months", 1)),
        ("last  4   periods", Window("periods", 4)),
        ("last 40 periods", Window("periods", 40)),
        ("previous period", Window("previous period")),
        ("same period last year", Window("same period last year")),
        ("year to date", Window("year to date")),
    ],
)
def test_a_window_is_read(words: str, window: Window) -> None:
    """And its own words say it again."""
    found = measure(other(f"sum: amount, of: deal.won, over: {words}")).window
    assert found == window
    assert found.words == " ".join(words.split())


@pytest.mark.parametrize(
    ("words", "each", "meant"),
    [
        ("last 4 quarters", "quarter", "last 4 periods"),
        ("last 4 quarters", "month", "last 12 months"),
        ("past 12 months", "quarter", "last 12 months"),
        ("rolling 6 months", "quarter", "last 6 months"),
        ("the last 2 years", "quarter", "last 24 months"),
        ("YTD", "quarter", "year to date"),
        ("year-to-date", "quarter", "year to date"),
        ("last period", "quarter", "previous period"),
        ("same period last yaer", "quarter", "same period last year"),
        ("12 months", "quarter", "last 12 months"),
    ],
)
def test_a_window_in_other_words_is_offered_in_ours(words: str, each: str, meant: str) -> None:
    """As a fix that the author must look at."""
    found = other(f"sum: amount, of: deal.won, over: {words}", each).only
    assert found.code == "unknown-window"
    assert found.fix is not None
    assert (found.fix.text, found.fix.safe) == (meant, False)


@pytest.mark.parametrize(
    ("words", "each", "limit"),
    [
        ("last 0 months", "quarter", 120),
        ("last 121 months", "month", 120),
        ("last 41 periods", "quarter", 40),
        ("last 11 periods", "year", 10),
    ],
)
def test_a_window_has_a_length_of_some_years(words: str, each: str, limit: int) -> None:
    """Ten at most, in whatever periods the policy counts."""
    found = other(f"sum: amount, of: deal.won, over: {words}", each).only
    assert (found.code, found.args["limit"]) == ("window-length", limit)


def test_another_measure_in_other_days_is_that_measure_but_for_them() -> None:
    """Field, condition, default and type go along; a default of its own takes precedence."""
    found = measure(other("measure: revenue, in: previous period, if missing: 5 CNY"))
    assert (found.function, found.field, found.event, found.like) == ("sum", "amount", "deal.won", "revenue")
    assert found.window == Window("previous period")
    assert found.default is not None


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ("person", None),
        ("company", Group(None)),
        ("team", "supervisor"),
        ("role", "role"),
        ("person.role", "role"),
    ],
)
def test_a_group_is_read(said: str, group: Group | str | None) -> None:
    """A team is a column as well: that of the supervisor."""
    found = measure(other(f"sum: amount, of: deal.won, among: {said}")).among
    assert found == group if not isinstance(group, str) else found is not None and found.column == group


def test_a_team_needs_supervisors() -> None:
    """Without the column nobody knows who is in one."""
    files = {
        "catalogue/people.yaml": "people:\n  fields:\n    role: text\n",
        "sources/people.yaml": (
            "source: people\nread: p.csv\nregister: people\nperson: Person\nfrom: From\nfields: {role: Role}\n"
        ),
    }
    found = other("sum: amount, of: deal.won, among: team", files=dict(files))
    assert found.mistakes == [("unknown-group", "team")]


CUSTOMERS = EVENTS.replace(
    "seller: person, amount: money, product", "seller: person, customer: customer, amount: money, product"
)
CUSTOMERS_SOURCE = (
    "source: deals\nread: d.csv\nevent: deal.won\nid: Id\nchanged: never\ntime: Day\nfields: {seller: Seller, "
    "customer: Customer, amount: {column: Amount, currency: CNY}, product: Product}\n"
)
SHARE = "share of: customers, with: {deal.won: previous period}, that have: {deal.won: this period}"


def shared(body: str) -> Told:
    """The other measure where deals name their customer."""
    return other(body, files={"catalogue/events.yaml": CUSTOMERS, "sources/deals.yaml": CUSTOMERS_SOURCE})


def test_a_share_looks_twice() -> None:
    """Its second event is a look of its own, and the share a ratio."""
    found = measure(shared(f"{SHARE}, by: anybody"))
    assert found.type.kind is Kind.RATIO
    assert found.by_anybody
    assert found.kept is not None
    assert (found.window, found.kept.window) == (Window("previous period"), Window("this period"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SHARE, [("missing-key", "other")]),
        (f"{SHARE}, by: same person, over: year to date", [("key-of-other-measure", "year to date")]),
        (f"{SHARE}, by: same person, among: team", [("key-of-other-measure", "team")]),
        (SHARE.replace("customers", "customer") + ", by: anybody", [("not-a-choice", "customer")]),
        (SHARE.replace("deal.won: this", "deal.lost: this") + ", by: anybody", [("unknown-event", "deal.lost")]),
        (SHARE.replace("deal.won: this", "rain.fell: this") + ", by: anybody", [("event-of-nobody", "rain.fell")]),
        ("sum: amount, of: deal.won, by: anybody", [("key-of-other-measure", "other")]),
    ],
)
def test_a_share_is_refused(body: str, expected: list[tuple[str, str]]) -> None:
    """At the author's words."""
    assert shared(body).mistakes == expected
