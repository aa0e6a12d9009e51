"""The customers' tiers of policies/, computed from its CSV files alone: every customer, month by month."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tests.golden.oracle_records import deals, postings, rows

TIERS = ("key", "standard", "prospect")
"""Best first."""
MONTHS = [datetime.date(2026, month, 1) for month in range(8, 13)]
"""The first days of the months that are decided: the policy begins in August."""


@dataclass(frozen=True)
class Month:
    """What a customer's month came to: `tier` stands from the next day on, `earned` is it but for what was set by hand;
    `below` says how many months in a row, up to this one, were below the tier's `stay`.
    """

    revenue: Fraction
    silence: int
    tier: str
    earned: str
    below: int


def _after(first: datetime.date, months: int = 1) -> datetime.date:
    """The first day of a month so many months later."""
    years, month = divmod(first.month - 1 + months, 12)
    return datetime.date(first.year + years, month + 1, 1)


def _set_by_hand(customer: str, day: datetime.date) -> str | None:
    for row in rows("tier-settings.csv"):
        if row["Account Id"] == customer and row["Set On"] <= str(day) <= row["Until"]:
            return row["Tier"]
    return None


@cache
def months(customer: str) -> dict[datetime.date, Month]:
    """Each month of a customer, by its first day."""
    counted = [(day, amount) for day, _, deal, amount in postings() if deal["Account Id"] == customer]
    bought = [
        datetime.date.fromisoformat(deal["Closing Time"][:10])
        for deal in deals().values()
        if deal["Account Id"] == customer
    ]
    found: dict[datetime.date, Month] = {}
    present, below = "", 0
    for first in MONTHS:
        begin, end = _after(first, -2), _after(first)
        last = end - datetime.timedelta(1)
        revenue = sum((amount for day, amount in counted if begin <= day < end), Fraction())
        silence = min([(last - day).days for day in bought if begin <= day < end], default=92)
        enters = {"key": revenue >= 300_000 and silence <= 45, "standard": revenue >= 50_000, "prospect": True}
        stays = {"key": revenue >= 200_000, "standard": revenue >= 50_000, "prospect": True}
        at = TIERS.index(present) if present else len(TIERS)
        best = next(place for place, tier in enumerate(TIERS) if enters[tier] or (place >= at and stays[tier]))
        below = below + 1 if best > at else 0
        if best < at:
            present = TIERS[best]
        elif below == 2:
            present, below = TIERS[at + 1], 0
        found[first] = Month(revenue, silence, _set_by_hand(customer, end) or present, present, below)
    return found


def tier_on(customer: str, day: datetime.date) -> str:
    """The tier of a customer on a day; one of a day before the first is decided isn't asked for here."""
    return _set_by_hand(customer, day) or months(customer)[_after(day.replace(day=1), -1)].earned


def tier_actions(month: datetime.date) -> set[tuple[str, str, str]]:
    """What the changes of a month trigger: customer, clause, and what."""
    found = set()
    for row in rows("customers.csv"):
        customer = row["Account Id"]
        decided = months(customer)
        tier = TIERS.index(decided[month].tier)
        before = TIERS.index(decided[_after(month, -1)].tier) if month > MONTHS[0] else len(TIERS)
        if tier == 0 < before:
            found.add((customer, "senior_seller", "assign-senior-seller"))
        if tier > before:
            found.add((customer, "win_back", "win-back-visit"))
    return found
