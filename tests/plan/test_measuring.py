"""Measures by hand: what a person's events come to, and what is missing when nothing says."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.plan.runs import WHOLE, evaluated, paid, withheld, workspace

PART = {path: text.replace("2026-12-31", "2026-08-31") for path, text in WHOLE.items()}
DEALS = """\
D1,E1,100.00,cloud,2026-07-01
D2,E1,250.50,hardware,2026-08-15
D3,E1,40.25,cloud,2026-09-30
D4,E2,9999.00,cloud,2026-08-01
D5,E1,7777.00,cloud,2026-10-01
"""


def shows(measure: str) -> str:
    """A policy that pays what a measure of money comes to."""
    return f"measures:\n  x: {measure}\npay:\n  p: {{amount: x}}\n"


@pytest.mark.parametrize(
    ("measure", "amount"),
    [
        ("{sum: amount, of: deal.won}", "390.75"),
        ("{least: amount, of: deal.won}", "40.25"),
        ("{greatest: amount, of: deal.won}", "250.50"),
        ("{latest: amount, of: deal.won}", "40.25"),
        ("{average: amount, of: deal.won}", "130.25"),
        ("{average: amount, of: deal.won, answers needed: 3}", "130.25"),
    ],
)
def test_a_measure_of_three_deals(engine: str, tmp_path: Path, measure: str, amount: str) -> None:
    """100.00, 250.50 and 40.25 are within the quarter and the person's own."""
    root = workspace(tmp_path, shows(measure), {"deals": DEALS}, WHOLE)
    assert paid(evaluated(root, engine)) == {"p": amount}


def test_a_measure_of_some_deals(engine: str, tmp_path: Path) -> None:
    """100.00 and 40.25 are cloud."""
    body = """\
        measures:
          x:
            sum: amount
            of: deal.won
            where: product = "cloud"
        pay:
          p: {amount: x}
    """
    assert paid(evaluated(workspace(tmp_path, body, {"deals": DEALS}, WHOLE), engine)) == {"p": "140.25"}


@pytest.mark.parametrize(
    ("measure", "none", "some"),
    [
        ("{sum: amount, of: deal.won}", "0.00", "390.75"),
        ("{least: amount, of: deal.won}", "nothing-recorded", "40.25"),
        ("{latest: amount, of: deal.won}", "nothing-recorded", "40.25"),
        ("{average: amount, of: deal.won}", "nothing-recorded", "130.25"),
        ("{average: amount, of: deal.won, answers needed: 4}", "nothing-recorded", "too-few"),
        ("{average: amount, of: deal.won, answers needed: 4, if missing: 7 CNY}", "7.00", "7.00"),
        ("{greatest: amount, of: deal.won, if missing: 0}", "0.00", "250.50"),
    ],
)
def test_what_no_events_come_to(engine: str, tmp_path: Path, measure: str, none: str, some: str) -> None:
    """Where the sources have delivered everything, a sum of none is 0; the others are missing or their default."""
    for name, deals, expected in (("none", "", none), ("some", DEALS, some)):
        result = evaluated(workspace(tmp_path / name, shows(measure), {"deals": deals}, WHOLE), engine)
        assert {**paid(result), **{clause: codes[0] for clause, codes in withheld(result).items()}} == {"p": expected}


@pytest.mark.parametrize(
    ("files", "none", "some"),
    [(WHOLE, "0.00", "390.75"), (PART, "not-delivered", "not-delivered"), ({}, "nothing-recorded", "390.75")],
)
def test_a_sum_by_what_was_delivered(engine: str, tmp_path: Path, files: dict[str, str], none: str, some: str) -> None:
    """What is still to come would change it; where sources say nothing, what is there counts."""
    for name, deals, expected in (("none", "", none), ("some", DEALS, some)):
        result = evaluated(
            workspace(tmp_path / name, shows("{sum: amount, of: deal.won}"), {"deals": deals}, files), engine
        )
        assert {**paid(result), **{clause: codes[0] for clause, codes in withheld(result).items()}} == {"p": expected}


def test_only_what_is_asked_must_be_delivered(engine: str, tmp_path: Path) -> None:
    """As of 31 August the days up to it are whole."""
    root = workspace(tmp_path, shows("{sum: amount, of: deal.won}"), {"deals": DEALS}, PART)
    assert paid(evaluated(root, engine, as_of=datetime.date(2026, 8, 31))) == {"p": "350.50"}


def test_a_count_is_a_number(engine: str, tmp_path: Path) -> None:
    """Three deals at 10."""
    body = "measures:\n  x: {count: events, of: deal.won}\npay:\n  p: {amount: x * 10 CNY}\n"
    body = body.replace("{amount: x * 10 CNY}", "\n    amount: x * 10 CNY")
    assert paid(evaluated(workspace(tmp_path, body, {"deals": DEALS}, WHOLE), engine)) == {"p": "30.00"}


def test_the_latest_word_decides(engine: str, tmp_path: Path) -> None:
    """The last deal was cloud."""
    body = """\
        measures:
          last: {latest: product, of: deal.won}
        pay:
          p:
            when: last = "cloud"
            amount: 5 CNY
    """
    assert paid(evaluated(workspace(tmp_path, body, {"deals": DEALS}, WHOLE), engine)) == {"p": "5.00"}


def test_a_deal_counts_once_for_each_above(engine: str, tmp_path: Path) -> None:
    """390.75 for the seller, 20% of it, 78.15, for the supervisor, who has a deal of his own besides."""
    body = """\
        credit:
          deal.won:
            - {to: seller}
            - {also to: person.supervisor, share: 20%}
        measures:
          x: {sum: amount, of: deal.won}
        pay:
          p: {amount: x}
    """
    people = "S1,2024-01-01,boss,,\n"
    root = workspace(tmp_path, body, {"deals": DEALS + "D6,S1,1000.00,cloud,2026-08-08\n", "people": people}, WHOLE)
    result = evaluated(root, engine)
    assert (paid(result), paid(result, "S1")) == ({"p": "390.75"}, {"p": "1078.15"})
