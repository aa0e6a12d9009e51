"""What policies/ must give for 2026-Q3, computed from its CSV files alone.

An independent reading of the three policies: no code of the engine, one pass from the recorded rows to the lines of
pay. `python tests/golden/oracle_example.py` prints the expected file of the case `example-workspace`.
"""

from __future__ import annotations

import csv
import datetime
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

RECORDS = Path(__file__).parents[2] / "policies" / "records"
FIRST, LAST = datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)
DAYS = [FIRST + datetime.timedelta(n) for n in range((LAST - FIRST).days + 1)]
Row = dict[str, str]


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


def days_served(person: str, role: str) -> list[datetime.date]:
    """The days of the quarter on which the person is active in the role."""
    at = {day: on_day(person, day) for day in DAYS}
    return [day for day, row in at.items() if row and row["Role"] == role and row["Status"] == "active"]


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


def quota(person: str) -> Fraction | None:
    """The newest quota that names the quarter."""
    own = [row for row in rows("quotas.csv") if row["Employee No"] == person and row["Period"] == "2026-Q3"]
    return Fraction(max(own, key=lambda row: row["Set On"])["Quota"]) if own else None


def csat(person: str, served: list[datetime.date]) -> Fraction | None:
    """The average score of the surveys answered on days served, if there are at least three."""
    scores = [
        int(row["评分"])
        for row in rows("surveys.csv")
        if row["客户经理"] == person
        and datetime.date.fromisoformat(row["提交时间"][:10].replace("/", "-")) in served
        and 1 <= int(row["评分"]) <= 5
    ]
    return Fraction(sum(scores), len(scores)) if len(scores) >= 3 else None


def cents(amount: Fraction) -> str:
    """Rounded to the cent, half up, away from zero."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def digits(value: Fraction) -> Decimal:
    """Rounded to twelve digits, half even, as every quotient is."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("1e-12"), ROUND_HALF_EVEN)


Found = dict[str, list[Row]]


def account_manager(person: str, out: Found) -> None:
    """The policy key-account-bonus."""
    served = days_served(person, "account manager")
    own = [
        (day, deal_day, deal, amount)
        for day, deal_day, deal, amount in postings()
        if deal["Deal Owner Id"] == person and day in served
    ]
    revenue = sum((amount for *_, amount in own), Fraction())
    cloud = sum((amount for _, _, deal, amount in own if deal["Product"] == "cloud"), Fraction())
    south = sum((amount for _, day, _, amount in own if (on_day(person, day) or {})["Region"] == "south"), Fraction())
    large = sum(1 for *_, amount in own if amount >= 100_000)
    target, score = quota(person), csat(person, served)
    last_row = on_day(person, served[-1])
    assert last_row is not None

    bonus = {"policy": "key-account-bonus", "person": person}

    def line(clause: str, amount: Fraction) -> None:
        out["lines"].append(bonus | {"clause": clause, "amount": cents(amount)})

    def withheld(clause: str, because: str) -> None:
        out["withheld"].append(bonus | {"clause": clause, "because": because})

    def action(clause: str, kind: str, what: str) -> None:
        out["actions"].append(bonus | {"clause": clause, "kind": kind, "what": what})

    if target is None:
        for clause in ("commission", "negotiation_training", "account_plan", "champion"):
            withheld(clause, "no event")
    else:
        borders = [target * share / 100 for share in (60, 80, 100)]
        tops = [*borders[1:], max(revenue, borders[-1])]
        rates = [Fraction(10, 1000), Fraction(20, 1000), Fraction(35, 1000)]
        slices = [max(min(revenue, top) - border, Fraction()) for border, top in zip(borders, tops, strict=True)]
        line("commission", sum((part * rate for part, rate in zip(slices, rates, strict=True)), Fraction()))
        out["results"].append(bonus | {"name": "attainment", "value": str(digits(revenue / target))})
        if revenue < target * 60 / 100:
            action("negotiation_training", "training", "negotiation-basics")
        elif revenue < target * 80 / 100:
            action("account_plan", "task", "account-plan")
        elif revenue >= target * 120 / 100:
            action("champion", "award", "quarterly-champion")
    line("cloud_bonus", cloud * Fraction(last_row["Commission Rate"].rstrip("%")) / 100)
    if south > 0:
        line("south_development", south * 5 / 1000)
    if large:
        line("large_deal_bonus", Fraction(large * 800))
    reached = None if target is None else revenue >= target
    if score is None:
        withheld("service_coaching", "too few answers")
        if reached:
            withheld("service_kicker", "too few answers")
    elif score >= Fraction("4.5") and reached is None:
        withheld("service_kicker", "no event")
    elif score >= Fraction("4.5") and reached:
        line("service_kicker", Fraction(5000 * len(served), len(DAYS)))
    if score is not None and score < Fraction("3.5"):
        action("service_coaching", "coaching", "service-recovery")
    service_star(person, revenue, score, out)


def service_star(person: str, revenue: Fraction, score: Fraction | None, out: Found) -> None:
    """The policy service-star, whose sales and satisfaction are those of key-account-bonus."""
    star = {"policy": "service-star", "person": person}
    if score is None:
        out["withheld"].append(star | {"clause": "star_bonus", "because": "too few answers"})
        out["withheld"].append(star | {"clause": "star", "because": "too few answers"})
    elif score >= Fraction("4.5") and revenue >= 100_000:
        amount = 3000 if score >= Fraction("4.8") else 2000
        out["lines"].append(star | {"clause": "star_bonus", "amount": cents(Fraction(amount))})
    if score is not None and score >= Fraction("4.8"):
        out["actions"].append(star | {"clause": "star", "kind": "award", "what": "service-star"})


def supervisor(person: str, out: Found) -> None:
    """The policy supervisor-bonus: the own deals, and those of whoever reported to the person on the deal's day."""
    served = days_served(person, "sales supervisor")
    target = quota(person)
    assert target is not None
    revenue = Fraction()
    for day, deal_day, deal, amount in postings():
        seller = deal["Deal Owner Id"]
        above = (on_day(seller, deal_day) or {"Supervisor": ""})["Supervisor"]
        revenue += amount if day in served and person in {seller, above} else 0
    reached = Fraction(digits(revenue / target))
    rate = Fraction()
    for (at, pay), (next_at, next_pay) in ((80, 50), (100, 100)), ((100, 100), (120, 150)):
        if at <= reached * 100:
            along = min((reached * 100 - at) / (next_at - at), Fraction(1))
            rate = Fraction(digits((pay + (next_pay - pay) * along) / 100))
    head = {"policy": "supervisor-bonus", "person": person}
    out["lines"].append(head | {"clause": "team_bonus", "amount": cents(15_000 * rate)})
    out["results"].append(head | {"name": "team_attainment", "value": str(digits(reached))})
    if reached < 1:
        out["actions"].append(head | {"clause": "team_plan", "kind": "task", "what": "team-recovery-plan"})


def expected() -> Found:
    """Lines, actions, withheld clauses and attainments of everybody."""
    out: Found = {"lines": [], "actions": [], "withheld": [], "results": []}
    for person in sorted({row["Employee No"] for row in PEOPLE}):
        if days_served(person, "account manager"):
            account_manager(person, out)
        if days_served(person, "sales supervisor"):
            supervisor(person, out)
    return {name: sorted(found, key=lambda row: (row["policy"], row["person"])) for name, found in out.items()}


def as_yaml(found: Found) -> str:
    """One row a line; amounts and values stay text."""
    forms = {"amount": '"{}"', "value": '"{}"', "because": "[{}]"}
    written = []
    for name, several in found.items():
        written.append(f"  {name}:")
        for row in several:
            cells = ", ".join(f"{key}: {forms.get(key, '{}').format(cell)}" for key, cell in row.items())
            written.append(f"    - {{{cells}}}")
    return "\n".join(written) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_yaml(expected()))
