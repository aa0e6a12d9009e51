"""What the goals of policies/ come to in the fourth quarter, computed from its CSV files alone."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from tests.golden.oracle_records import FOURTH, PEOPLE, Row, days_served, on_day, postings, rows

MANAGER = "account manager"


def _leader(person: str) -> str:
    """Whoever leads a person on the last day served."""
    return (on_day(person, days_served(person, MANAGER, FOURTH)[-1]) or {})["Supervisor"]


def _measured(person: str, *, cloud: bool = False) -> Fraction:
    """What a person sold on days served."""
    served = days_served(person, MANAGER, FOURTH)
    return sum(
        (
            amount
            for day, _, deal, amount in postings()
            if deal["Deal Owner Id"] == person and day in served and (deal["Product"] == "cloud" or not cloud)
        ),
        Fraction(),
    )


def _actual(goal: Row, person: str) -> Fraction:
    if goal["Measure"] == "reported":
        reports = [row for row in rows("goal-reports.csv") if row["Goal"] == goal["Goal"]]
        return Fraction(max(reports, key=lambda row: row["As Of"])["Value"])
    if goal["Measure"] == "cloud_revenue":
        return _measured(person, cloud=True)
    everybody = {row["Employee No"] for row in PEOPLE}
    team = (one for one in everybody if days_served(one, MANAGER, FOURTH) and _leader(one) == goal["Team"])
    return sum(map(_measured, team), Fraction())


def attainment(person: str) -> Fraction:
    """What a person's goals and those of the team come to, by their weights; none counts more than 120%."""
    total = Fraction()
    for goal in rows("goals.csv"):
        if goal["Person"] == person or goal["Team"] == _leader(person):
            revised = [row["To"] for row in rows("goal-revisions.csv") if row["Goal"] == goal["Goal"]]
            begin, end = Fraction(goal["From"]), Fraction(revised[-1] if revised else goal["To"])
            way = (_actual(goal, person) - begin) / (end - begin)
            total += min(max(way, Fraction()), Fraction(6, 5)) * Fraction(goal["Weight"].rstrip("%")) / 100
    exact = (Decimal(total.numerator) / Decimal(total.denominator)).quantize(Decimal("1e-10"), ROUND_HALF_EVEN)
    assert Fraction(exact) == total, "the targets of the example give quotients that end"
    return total
