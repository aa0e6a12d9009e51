"""What policies/ must give for the third and the fourth quarter of 2026, computed from its CSV files alone.

An independent reading of its policies: no code of the engine, one pass from the recorded rows to the lines of pay.
`python -m tests.golden.oracle_example` prints the expected file of the case `example-workspace`.
"""

from __future__ import annotations

import sys
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.golden.oracle_cases import facts, handled
from tests.golden.oracle_goals import attainment
from tests.golden.oracle_records import FOURTH, PEOPLE, THIRD, Quarter, Row, days_served, on_day, postings, rows
from tests.golden.oracle_reviews import csat, digits, quota, rating, reminded, reviewed, score
from tests.golden.oracle_tiers import tier_on


def cents(amount: Fraction) -> str:
    """Rounded to the cent, half up, away from zero."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


Found = dict[str, list[Row]]


def commission(revenue: Fraction, target: Fraction) -> Fraction:
    """Each slice of the revenue at its own rate."""
    borders = [target * share / 100 for share in (60, 80, 100)]
    tops = [*borders[1:], max(revenue, borders[-1])]
    rates = [Fraction(10, 1000), Fraction(20, 1000), Fraction(35, 1000)]
    slices = [max(min(revenue, top) - border, Fraction()) for border, top in zip(borders, tops, strict=True)]
    return sum((part * rate for part, rate in zip(slices, rates, strict=True)), Fraction())


def account_manager(person: str, quarter: Quarter, out: Found) -> None:
    """The policy key-account-bonus."""
    served = days_served(person, "account manager", quarter)
    own = [
        (day, deal_day, deal, amount)
        for day, deal_day, deal, amount in postings()
        if deal["Deal Owner Id"] == person and day in served
    ]
    revenue = sum((amount for *_, amount in own), Fraction())
    cloud = sum((amount for _, _, deal, amount in own if deal["Product"] == "cloud"), Fraction())
    south = sum((amount for _, day, _, amount in own if (on_day(person, day) or {})["Region"] == "south"), Fraction())
    large = sum(1 for *_, amount in own if amount >= 100_000)
    target, answers = quota(person, quarter), csat(person, served)
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
        line("commission", commission(revenue, target))
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
    if quarter is FOURTH:  # the second version pays for what key customers buy
        key = sum((amount for _, day, deal, amount in own if tier_on(deal["Account Id"], day) == "key"), Fraction())
        if key > 0:
            line("key_customers", key * 3 / 1000)
    if large:
        line("large_deal_bonus", Fraction(large * 800))
    late = quarter is FOURTH and facts(person, quarter).breached > 0  # the second version's kicker looks at complaints
    reached = False if late else None if target is None else revenue >= target
    if answers is None:
        withheld("service_coaching", "too few answers")
        if reached:
            withheld("service_kicker", "too few answers")
    elif answers >= Fraction("4.5") and reached is None:
        withheld("service_kicker", "no event")
    elif answers >= Fraction("4.5") and reached:
        line("service_kicker", Fraction(5000 * len(served), len(quarter.days)))
    if answers is not None and answers < Fraction("3.5"):
        action("service_coaching", "coaching", "service-recovery")
    service_star(person, revenue, answers, out)


def service_star(person: str, revenue: Fraction, answers: Fraction | None, out: Found) -> None:
    """The policy service-star, whose sales and satisfaction are those of key-account-bonus."""
    star = {"policy": "service-star", "person": person}
    if answers is None:
        out["withheld"].append(star | {"clause": "star_bonus", "because": "too few answers"})
        out["withheld"].append(star | {"clause": "star", "because": "too few answers"})
    elif answers >= Fraction("4.5") and revenue >= 100_000:
        amount = 3000 if answers >= Fraction("4.8") else 2000
        out["lines"].append(star | {"clause": "star_bonus", "amount": cents(Fraction(amount))})
    if answers is not None and answers >= Fraction("4.8"):
        out["actions"].append(star | {"clause": "star", "kind": "award", "what": "service-star"})


def supervisor(person: str, quarter: Quarter, out: Found) -> None:
    """The policy supervisor-bonus: the own deals, and those of whoever reported to the person on the deal's day."""
    served = days_served(person, "sales supervisor", quarter)
    target = quota(person, quarter)
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


def reviews(person: str, quarter: Quarter, out: Found) -> None:
    """The policy quarterly-review: its scores and ratings, what it triggers, and what it withholds."""
    head, found = {"policy": "quarterly-review", "person": person}, reviewed(person, quarter)
    for clause, (kind, what) in found.actions.items():
        out["actions"].append(head | {"clause": clause, "kind": kind, "what": what})
    if to := reminded(person, quarter):
        reminder = {"clause": "self_assessment.reminder", "kind": "reminder", "what": "self_assessment", "to": to}
        out["actions"].append(head | reminder)
    for clause, because in found.withheld.items():
        out["withheld"].append(head | {"clause": clause, "because": ", ".join(sorted(because))})
    counts = score(person, quarter)
    values = (("score", None if counts is None else digits(counts)), ("rating", rating(person, quarter)))
    out["results"] += [head | {"name": name, "value": str(value or "missing")} for name, value in values]


def goals(person: str, out: Found) -> None:
    """The policy personal-goals."""
    head, attained = {"policy": "personal-goals", "person": person}, attainment(person)
    out["actions"].append(head | {"clause": "attainment", "kind": "attainment", "what": "null"})
    out["results"].append(head | {"name": "attainment", "value": str(digits(attained))})
    if attained < Fraction(60, 100):
        out["actions"].append(head | {"clause": "goal_planning", "kind": "coaching", "what": "account-planning"})


def complaints(quarter: Quarter, out: Found) -> None:
    """The policy complaint-desk."""
    for told in handled(quarter):
        row = {"policy": "complaint-desk"} | {
            name: getattr(told, name) for name in ("person", "clause", "kind", "what")
        }
        out["actions"].append(row | ({"to": told.to} if told.to else {}))
    for person in sorted({row["Seller"] for row in rows("complaints.csv")}):
        own = {name: value for name, value in facts(person, quarter)._asdict().items() if value is not None}
        for name, value in own.items() if any(own.values()) else ():
            out["results"].append({"policy": "complaint-desk", "person": person, "name": name, "value": str(value)})


def expected(quarter: Quarter) -> Found:
    """Lines, actions, withheld clauses, attainments, scores and ratings of everybody."""
    out: Found = {"lines": [], "actions": [], "withheld": [], "results": []}
    for person in sorted({row["Employee No"] for row in PEOPLE}):
        if days_served(person, "account manager", quarter):
            account_manager(person, quarter, out)
            if quarter.last in days_served(person, "account manager", quarter):
                reviews(person, quarter, out)
            if quarter is FOURTH:
                goals(person, out)
        if days_served(person, "sales supervisor", quarter):
            supervisor(person, quarter, out)
    complaints(quarter, out)
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
    sys.stdout.write(as_yaml(expected(THIRD)))
