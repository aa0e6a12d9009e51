"""AdventureWorks' sellers reviewed, quota period by quota period: every score and rating by a second computation.

It reads Microsoft's files on its own and adds fractions, along the hierarchy as it stood on each day; it knows nothing
of the engines. Microsoft has no forms, so those of the supervisors are made here.
"""

from __future__ import annotations

import csv
import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from tests.acceptance.adventureworks_company import (
    ORDERS,
    PEOPLE,
    QUOTAS,
    SELLERS,
    STARTS,
    Company,
    Ran,
    needs_data,
    read,
)

pytestmark = needs_data

REVIEW, TEAM = "seller-review", "team-quota"
RUNNING = "2012-11-30"
"""The quota period that is not over when the orders end."""
ENDS = dict(zip(STARTS, (*STARTS[1:], RUNNING), strict=True))
"""The quota periods, and the first day after each."""
FORGOTTEN, STRANGER, CORRECTED = ("283", "2012-05-30"), ("290", "2012-08-30"), ("281", "2012-02-29")
"""Of these no form is there, one by somebody else's supervisor, and two."""
WITHHELD = {
    ("287", "2012-02-29"): {"fact-withheld"},
    FORGOTTEN: {"nothing-recorded"},
    STRANGER: {"nothing-recorded"},
}
"""Whose rating is withheld, and why; 287 came in April, and has no quota until May."""
BORDERS = ((Fraction(1, 2), 20), (Fraction(9, 10), 80), (Fraction(6, 5), 110))
BANDS = (("A", 75), ("B", 60), ("C", 48))
RATINGS = "ABCD"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the register, from the day of hire on."""

    node: str
    title: str
    hired: str
    sells: bool


@cache
def people() -> dict[str, Person]:
    """The register, by person."""
    sells = {row["BusinessEntityID"] for row in read(SELLERS)}
    return {
        row["BusinessEntityID"]: Person(
            row["OrganizationNode"] or "/", row["JobTitle"], row["HireDate"][:10], row["BusinessEntityID"] in sells
        )
        for row in read(PEOPLE)
    }


def above(who: str, day: str) -> Iterator[str]:
    """Everybody above a person who is there on a day, the nearest first, as far as each is there."""
    by_node = {person.node: key for key, person in people().items() if person.hired <= day}
    node = people()[who].node
    while people()[who].hired <= day and node != "/":
        node = node[: node[:-1].rindex("/") + 1]
        if node not in by_node:
            return
        yield by_node[node]


def reviewed(start: str) -> list[str]:
    """Who is reviewed in a quota period: whoever sells, or leads those who do, and is there on one of its days."""
    return [
        key
        for key, person in people().items()
        if (person.sells or person.title == "Vice President of Sales") and person.hired < ENDS.get(start, "2013-02-28")
    ]


def forms() -> Iterator[tuple[str, str, str, str, str]]:
    """The forms of all periods: employee, who wrote it, period, score, and the day after the period."""
    for at, (start, end) in enumerate(ENDS.items()):
        day = (datetime.date.fromisoformat(end) + datetime.timedelta(days=6)).isoformat()
        for who in reviewed(start):
            score = 1 + (int(who) + at) % 5
            boss = next(above(who, day))
            if (who, start) == CORRECTED:
                yield who, boss, start, "1", (datetime.date.fromisoformat(end)).isoformat()
            if (who, start) != FORGOTTEN:
                yield who, "274" if (who, start) == STRANGER else boss, start, str(score), day


ASKED = [("duckdb", STARTS[1]), ("duckdb", STARTS[3]), ("duckdb", STARTS[5]), ("reference", STARTS[3])]
"""Of every period the rating is seen, in its own results or as the one before; all runs would take half a minute."""
asked = pytest.mark.parametrize(("engine", "start"), ASKED)


def ran(company: Company, engine: str, start: str) -> Ran:
    """A period, looked at a month after its end."""
    return company.run(engine, f"quota-{start}", datetime.date.fromisoformat(ENDS[start]) + datetime.timedelta(days=30))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """AdventureWorks with a review."""
    found = Company(tmp_path_factory.mktemp("reviews"), over=Path(__file__).parent / "adventureworks_review")
    with (found.workspace / "records" / "forms.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("Form", "Employee", "By", "Period", "Score", "Day"))
        for number, (who, by, start, score, day) in enumerate(forms()):
            rows.writerow((number, who, by, f"quota-{start}", score, day))
    return found


@cache
def attainments() -> dict[tuple[str, str], Fraction | None]:
    """By person and period, revenue by quota, both with those of every level below; None without a quota.

    A quota goes up the line of the day that it is dated: on the day of 284's first, 284 wasn't hired.
    """
    totals: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for order in read(ORDERS):
        day, who = order["OrderDate"], order["SalesPersonID"]
        start = next((start for start, end in ENDS.items() if start <= day < end), RUNNING)
        for key in (who, *above(who, day)):
            totals["revenue", key, start] += Fraction(order["SubTotal"])
    for row in read(QUOTAS):
        day, who = row["QuotaDate"][:10], row["BusinessEntityID"]
        for key in (who, *above(who, day)):
            totals["quota", key, day] += Fraction(row["SalesQuota"])
    return {
        (key, start): totals["revenue", key, start] / quota if (quota := totals["quota", key, start]) else None
        for start in STARTS
        for key in reviewed(start)
    }


def twelve(exact: Fraction) -> Fraction:
    """Rounded to twelve digits, half even: so facts are, and the points between two borders."""
    return Fraction(round(exact * 10**12), 10**12)


def points(attainment: Fraction) -> Fraction:
    """What an attainment gives, straight between borders."""
    if attainment < BORDERS[0][0]:
        return Fraction(0)
    for (low, least), (high, most) in itertools.pairwise(BORDERS):
        if attainment < high:
            return twelve(least + (most - least) * (attainment - low) / (high - low))
    return Fraction(BORDERS[-1][1])


@cache
def expected() -> dict[tuple[str, str], Fraction | None]:
    """The score of each person and period; None where an input is missing."""
    said = {(who, start): int(score) for who, by, start, score, day in forms() if by == next(above(who, day))}
    return {
        key: points(twelve(attainment)) * Fraction(4, 5) + (said[key] - 1) * Fraction(100, 4) * Fraction(1, 5)
        if attainment is not None and key in said
        else None
        for key, attainment in attainments().items()
    }


def rated(key: tuple[str, str]) -> str | None:
    """The rating of a person and period; None where it is withheld, or nobody was reviewed."""
    score = expected().get(key)
    return None if score is None else next((name for name, since in BANDS if score >= since), "D")


def best_for(who: str, start: str) -> int:
    """In how many periods in a row somebody is rated best, this one included."""
    so_far = reversed(STARTS[: STARTS.index(start) + 1])
    return len(list(itertools.takewhile(lambda each: rated((who, each)) == RATINGS[0], so_far)))


def test_there_is_something_to_see() -> None:
    """Every rating is given, people join inside a period, and three ratings lack an input."""
    assert {rated(key) for key in expected()} == {*RATINGS, None}
    assert {key for key, score in expected().items() if score is None} == WITHHELD.keys()
    inside = {
        (who, start) for start, end in ENDS.items() for who in reviewed(start) if start < people()[who].hired < end
    }
    assert inside == {("287", "2012-02-29"), ("284", "2012-08-30")}


@asked
def test_every_score_and_rating(company: Company, engine: str, start: str) -> None:
    """Of sellers, managers and their superior, in each cycle with those who were there then."""
    rows = ran(company, engine, start).results(REVIEW)
    assert sorted(rows) == sorted(reviewed(start))
    for who, row in rows.items():
        score = row["score"] if row["score"] is None else Fraction(row["score"])
        assert (score, row["rating"]) == (expected()[who, start], rated((who, start))), (who, start)


@asked
def test_the_rating_before(company: Company, engine: str, start: str) -> None:
    """It is that of the period before, and who fell by two is talked to."""
    evaluated, before = ran(company, engine, start), STARTS[STARTS.index(start) - 1]
    was = {who: rated((who, before)) or "" for who in reviewed(start) if (who, before) not in WITHHELD}
    rows = evaluated.results(REVIEW)
    assert {who: rows[who]["rating.before"] for who in was} == was
    fell = {
        who
        for who, name in was.items()
        if name and (now := rated((who, start))) is not None and RATINGS.index(now) >= RATINGS.index(name) + 2
    }
    assert evaluated.triggered(REVIEW, "conversation") == fell


@asked
def test_the_second_best_rating_in_a_row(company: Company, engine: str, start: str) -> None:
    """Who is rated best twice is put forward, once; with the rating before in doubt, who is rated best waits."""
    evaluated = ran(company, engine, start)
    assert evaluated.triggered(REVIEW, "promotion") == {who for who in reviewed(start) if best_for(who, start) == 2}
    before = STARTS[STARTS.index(start) - 1]
    waits = {who for who, when in WITHHELD if when == before and rated((who, start)) == RATINGS[0]}
    assert evaluated.withheld(REVIEW, "promotion").keys() == waits | {who for who, when in WITHHELD if when == start}


@asked
def test_what_is_withheld_says_why(company: Company, engine: str, start: str) -> None:
    """A quota, or a form, that nobody recorded withholds the rating of its person, and of nobody else."""
    withheld = ran(company, engine, start).withheld(REVIEW, "rating")
    assert withheld == {who: causes for (who, when), causes in WITHHELD.items() if when == start}


def test_how_many_are_rated_best(company: Company) -> None:
    """A fifth of a supervisor's people, and one in any case: of more than that each run warns."""
    start = STARTS[-1]
    groups = defaultdict[str, list[str | None]](list)
    for who in reviewed(start):
        groups[next(above(who, ENDS[start]))].append(rated((who, start)))
    crowded = {
        boss: ratings.count("A")
        for boss, ratings in groups.items()
        if None not in ratings and ratings.count("A") > max(len(ratings) // 5, 1)
    }
    assert crowded
    warnings = ran(company, "duckdb", start).result.diagnostics
    assert {each.args["group"]: each.args["rated"] for each in warnings if each.code == "many-rated-so"} == crowded
