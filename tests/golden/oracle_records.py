"""What stands in the CSV files of policies/: an independent reading of them, without any code of the engine."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

RECORDS = Path(__file__).parents[2] / "policies" / "records"
Row = dict[str, str]


@dataclass(frozen=True)
class Quarter:
    """A quarter, its days, and the one before it."""

    name: str
    first: datetime.date
    last: datetime.date
    before: Quarter | None = None

    @property
    def days(self) -> list[datetime.date]:
        """All of them, in order."""
        return [self.first + datetime.timedelta(n) for n in range((self.last - self.first).days + 1)]


THIRD = Quarter("2026-Q3", datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
FOURTH = Quarter("2026-Q4", datetime.date(2026, 10, 1), datetime.date(2026, 12, 31), THIRD)


@cache
def rows(pattern: str) -> list[Row]:
    """All rows of the files that match, in the files' order."""
    found = []
    for path in sorted(RECORDS.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


PEOPLE = rows("people.csv")


def on_day(person: str, day: datetime.date) -> Row | None:
    """The register's row of a person on a day."""
    for row in PEOPLE:
        if row["Employee No"] == person and row["From"] <= str(day) <= (row["Through"] or "9999-12-31"):
            return row
    return None


def days_served(person: str, role: str, quarter: Quarter) -> list[datetime.date]:
    """The days of the quarter on which the person is active in the role."""
    at = {day: on_day(person, day) for day in quarter.days}
    return [day for day, row in at.items() if row and row["Role"] == role and row["Status"] == "active"]


@cache
def deals() -> dict[str, Row]:
    """The newest version of each deal: won, not in conflict, with a readable amount."""
    versions: dict[str, dict[str, list[Row]]] = {}
    for row in rows("deals-*.csv"):
        same = versions.setdefault(row["Record Id"], {}).setdefault(row["Modified Time"], [])
        if row not in same:  # an equal row is a duplicate
            same.append(row)
    newest = {deal: changes[max(changes)] for deal, changes in versions.items()}
    return {
        deal: same[0]
        for deal, same in newest.items()
        if len(same) == 1 and same[0]["Stage"] == "Closed Won" and "," not in same[0]["Amount"]
    }


def postings() -> Iterator[tuple[datetime.date, datetime.date, Row, Fraction]]:
    """What counts in a sum of deals: the day it counts on, the deal's day, the deal, the amount (returns negative)."""
    won = deals()
    for deal in won.values():
        day = datetime.date.fromisoformat(deal["Closing Time"][:10])
        yield day, day, deal, Fraction(deal["Amount"])
    for back in rows("returns.csv"):
        deal = won[back["Deal"]]
        deal_day = datetime.date.fromisoformat(deal["Closing Time"][:10])
        yield datetime.date.fromisoformat(back["Date"]), deal_day, deal, -Fraction(back["Amount"])
