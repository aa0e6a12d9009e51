"""The ratings of policies/, computed from its CSV files alone: every account manager, quarter by quarter."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from tests.golden import oracle_goals as goals
from tests.golden.oracle_records import FOURTH, Quarter, Row, days_served, postings, rows

RATINGS = "ABCD"
"""Best first."""
BORDERS = {"A": 100, "B": 80, "C": 60}
MANAGER = "account manager"
SUPERVISOR, CALIBRATION = "supervisor-reviews.csv", "calibrations.csv"
STAGES = {"self-assessments.csv": "Submitted", SUPERVISOR: "Submitted", CALIBRATION: "Decided"}
"""By the file of a stage, the column that says when it was done."""
RATED = ("rating", "null")
CLAUSES = {
    "rating": RATED,
    "coaching_plan": ("coaching", "account-planning"),
    "improvement_plan": ("task", "improvement-plan"),
    "counselling": ("support", "confidential-counselling"),
    "promotion": ("nominate", "senior-account-manager"),
}
"""What the review may trigger: the kind, and what."""


def quota(person: str, quarter: Quarter) -> Fraction | None:
    """The newest quota that names the quarter."""
    own = [row for row in rows("quotas.csv") if row["Employee No"] == person and row["Period"] == quarter.name]
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


def digits(value: Fraction) -> Decimal:
    """Rounded to twelve digits, half even, as every quotient is."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("1e-12"), ROUND_HALF_EVEN)


def attainment(person: str, quarter: Quarter) -> Fraction | None:
    """The revenue of the days served, against the quota."""
    served, target = days_served(person, MANAGER, quarter), quota(person, quarter)
    own = (amount for day, _, deal, amount in postings() if deal["Deal Owner Id"] == person and day in served)
    return None if target is None else sum(own, Fraction()) / target


def _newest(pattern: str, person: str, quarter: Quarter, time: str) -> Row | None:
    """The newest form about a person and a quarter."""
    about = [row for row in rows(pattern) if (row["Employee"], row["Quarter"]) == (person, quarter.name)]
    return max(about, key=lambda row: row[time], default=None)


def score(person: str, quarter: Quarter) -> Fraction | None:
    """The attainment, with no points below 60% and at most 120, the answers, the supervisor's mark; later the goals."""
    reached, answers = attainment(person, quarter), csat(person, days_served(person, MANAGER, quarter))
    form = _newest(SUPERVISOR, person, quarter, "Submitted")
    if reached is None or answers is None or form is None:
        return None
    revenue = min(Fraction(digits(reached)) * 100, Fraction(120)) if reached >= Fraction(60, 100) else Fraction()
    service, mark = ((Fraction(each) - 1) / 4 * 100 for each in (digits(answers), Decimal(form["Score"])))
    if quarter is FOURTH:  # the second version
        return (revenue * 50 + service * 20 + mark * 10 + goals.attainment(person) * 100 * 20) / 100
    return (revenue * 60 + service * 25 + mark * 15) / 100


def lacks(person: str, quarter: Quarter) -> set[str]:
    """Why there is no rating yet, in the words of the golden cases: a result, a form, or a stage that isn't done."""
    found = set()
    if attainment(person, quarter) is None or csat(person, days_served(person, MANAGER, quarter)) is None:
        found.add("fact-withheld")
    forms = {name: _newest(name, person, quarter, time) for name, time in STAGES.items()}
    if forms[SUPERVISOR] is None:
        found.add("no event")
    return found | ({"stage open"} if None in forms.values() else set())


def rating(person: str, quarter: Quarter) -> str | None:
    """What the calibration says, once there is all that it needs."""
    calibrated = _newest(CALIBRATION, person, quarter, STAGES[CALIBRATION])
    return None if calibrated is None or lacks(person, quarter) else calibrated["Rating"]


def scored(person: str, quarter: Quarter) -> str | None:
    """What the score alone would be rated."""
    found = score(person, quarter)
    return None if found is None else next((name for name, least in BORDERS.items() if found >= least), "D")


def reminded(person: str, quarter: Quarter) -> str | None:
    """Who is reminded of a self-assessment that isn't there; the first version reminds nobody."""
    form = _newest("self-assessments.csv", person, quarter, "Submitted")
    return person if form is None and quarter is FOURTH else None


@dataclass(frozen=True)
class Reviewed:
    """By clause: the kind and what of each action that a review triggers; and why it withholds others."""

    actions: dict[str, tuple[str, str]]
    withheld: dict[str, set[str]]


def reviewed(person: str, quarter: Quarter) -> Reviewed:
    """What the rating of a quarter sets off, given that of the quarter before."""
    now, before = rating(person, quarter), quarter.before
    then = rating(person, before) if before is not None else None
    unsure = before is not None and bool(days_served(person, MANAGER, before)) and then is None
    doubt = {"earlier-undecided"} if unsure else set()
    if now is None:
        withheld = {clause: lacks(person, quarter) for clause in CLAUSES}
        withheld["counselling"] |= doubt
        if before is None:  # there can't be two in a row yet, whatever this one is
            del withheld["improvement_plan"], withheld["promotion"]
        return Reviewed({}, withheld)
    row = {"D": "improvement_plan", "A": "promotion"}.get(now)
    if unsure:
        return Reviewed({"rating": RATED}, {clause: doubt for clause in ("counselling", row) if clause})
    actions = {"rating": RATED}
    if now == "C":
        actions["coaching_plan"] = CLAUSES["coaching_plan"]
    if then is not None and RATINGS.index(now) - RATINGS.index(then) >= 2:
        actions["counselling"] = CLAUSES["counselling"]
    if row and now == then:
        actions[row] = CLAUSES[row]
    return Reviewed(actions, {})
