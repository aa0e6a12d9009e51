"""What nothing uses, and what a policy measures that nobody records."""

from __future__ import annotations

import pytest

from tests.checks.small import MEASURES, told_of

PAYS = "pay:\n  p: {on: revenue, rate: 1%}\n"
ONE = "measures:\n  revenue: {sum: amount, of: deal.won}\n"


def test_a_measure_that_leads_to_nothing_is_a_warning() -> None:
    """A run may go on."""
    found = told_of(MEASURES + PAYS)
    assert found.mistakes == [("unused", "deals"), ("unused", "quota"), ("unused", "csat")]
    assert {each.severity for each in found.diagnostics} == {"warning"}
    assert found.workspace is not None


def test_a_value_that_only_an_unused_value_needs_is_unused() -> None:
    """Nothing of the chain leads to pay."""
    found = told_of(ONE + "values:\n  a: revenue * 2\n  b: a * 2\n" + PAYS)
    assert found.mistakes == [("unused", "a"), ("unused", "b")]


@pytest.mark.parametrize(
    "body",
    [
        "pay:\n  p:\n    when: a > 0\n    amount: 5 CNY\n",
        "pay:\n  p:\n    amount: a * 1%\n",
        "pay:\n  p: {on: a, rate: 1%}\n",
        "pay:\n  p: {on: a, by: a, mode: whole, tiers: [{from: 0, rate: 1%}]}\n",
        "actions:\n  x:\n    when: a > 0\n    training: basics\n",
    ],
)
def test_wherever_a_clause_reads_it_a_value_is_used(body: str) -> None:
    """In a condition, an amount, what a rate is of, a table, an action; and so is what it needs itself."""
    assert told_of(ONE + "values:\n  a: revenue * 2\n" + body).mistakes == []


def test_the_rate_of_a_row_is_a_use() -> None:
    """A row may give a formula."""
    body = """
      rate: if revenue > 0 then 1% else 2%
    pay:
      p:
        on: revenue
        by: revenue
        mode: whole
        tiers:
          - from: 0
            rate: rate
    """
    text = body.replace("\n    ", "\n").replace("\n  rate", "  rate", 1)
    assert told_of(ONE + "values:\n" + text.lstrip("\n")).mistakes == []


def test_events_that_nobody_records_can_not_be_measured() -> None:
    """No source gives any, so every result would be missing."""
    found = told_of(ONE + PAYS, files={"sources/deals.yaml": None})
    assert found.mistakes == [("event-not-recorded", "revenue")]


def test_without_people_there_are_no_subjects() -> None:
    """The register of people has its source too."""
    assert told_of(ONE + PAYS, files={"sources/people.yaml": None}).mistakes == [("register-not-recorded", "bonus")]


RETURNS = {
    "sources/returns.yaml": "source: returns\nread: r.csv\nevent: deal.returned\nid: I\nchanged: never\ntime: D\n"
    "fields: {deal: E, amount: {column: A, currency: CNY}}\n"
}


def test_recorded_returns_are_said_to_count() -> None:
    """A sum whose events can be reversed would otherwise pay for what came back."""
    assert told_of(ONE + PAYS, files=dict(RETURNS)).mistakes == [("returns-not-said", "revenue")]


def test_a_count_is_not_reduced_by_returns() -> None:
    """So nothing need be said of them."""
    body = "measures:\n  deals: {count: events, of: deal.won}\npay:\n  p:\n    when: deals > 0\n    amount: 5 CNY\n"
    assert told_of(body, files=dict(RETURNS)).mistakes == []


def test_returns_that_nobody_records_can_not_count() -> None:
    """The policy says that they do."""
    body = ONE + "returns: {of: deal.returned, count: in own period}\n" + PAYS
    assert told_of(body).mistakes == [("event-not-recorded", "deal.returned")]
