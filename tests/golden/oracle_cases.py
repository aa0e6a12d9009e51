"""What becomes of the complaints of policies/, and what follows for whom, computed from its CSV files alone."""

from __future__ import annotations

import datetime
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tests.golden.oracle_hours import DAY, HOUR, When, work_done, worked
from tests.golden.oracle_records import FOURTH, PEOPLE, Quarter, Row, rows
from tests.golden.oracle_ticket import FINAL, Complaint, Step, Told

MICROSECOND = datetime.timedelta(microseconds=1)


def entries() -> dict[str, list[Row]]:
    """The entries of each ticket by time; an entry that stands twice counts once, and none if it contradicts itself."""
    numbers: dict[str, list[Row]] = {}
    for row in rows("complaints.csv"):
        same = numbers.setdefault(row["No"], [])
        if row not in same:
            same.append(row)
    tickets: dict[str, list[Row]] = {}
    agreed = [same[0] for same in numbers.values() if len(same) == 1]
    agreed += [row | {"Entry": "Migrated"} for row in rows("migrations.csv")]
    for row in sorted(agreed, key=lambda row: row["Time"]):
        tickets.setdefault(row["Ticket"], []).append(row)
    return tickets


@cache
def complaints(until: When) -> tuple[tuple[Step, ...], tuple[Told, ...], tuple[Complaint, ...]]:
    """All steps of all tickets up to an instant, what they trigger, and the complaints themselves."""
    steps: list[Step] = []
    told: list[Told] = []
    everything: list[Complaint] = []
    for ticket, found in sorted(entries().items()):
        case: Complaint | None = None
        runs: list[Complaint] = []
        for row in found:
            at = When.fromisoformat(row["Time"])
            if at > until:
                continue
            if case is not None:
                case.pass_until(at)
            if row["Entry"] == "Opened":
                case = Complaint(row, len(runs) + 1)
                runs.append(case)
            elif case is None:
                steps.append(Step(ticket, 0, 0, "", "early", at, "", ""))
            elif case.state == FINAL:
                case.steps.append(Step(ticket, case.run, 0, case.person, "late", at, "", ""))
            elif row["Entry"] == "Migrated":
                case.migrate(at)
            else:
                case.event(row, at)
        if case is not None:
            case.pass_until(until)
            case.close(until)
        everything += runs
        for each in runs:
            steps += each.steps
            told += each.told
    return tuple(steps), tuple(told), tuple(everything)


class Facts(NamedTuple):
    """The numbers of a person's complaints in a quarter."""

    complaints: int
    warned: int
    breached: int
    with_director: int
    answer_time: Fraction | None = None
    answered_in_time: Fraction | None = None


@cache
def facts(person: str, quarter: Quarter) -> Facts:
    """How many complaints about a person began, took too long, and went to the director in a quarter."""
    steps, told, everything = complaints(When.combine(quarter.last, datetime.time.max))
    inside = [step for step in steps if step.person == person and quarter.first <= step.at.date() <= quarter.last]
    warned, breached = (
        sum(step.went == went and step.of == "resolution" for step in inside) for went in ("warned", "breached")
    )
    climbed = sum(
        (each.person, each.clause) == (person, "director.entry") for each in told if each.day >= quarter.first
    )
    counts = sum(step.went == "began" for step in inside), warned, breached, climbed
    return Facts(*counts) if quarter is not FOURTH else Facts(*counts, *answers(person, quarter, everything))


def answers(person: str, quarter: Quarter, cases: tuple[Complaint, ...]) -> tuple[Fraction | None, Fraction | None]:
    """How many microseconds of work it took on average until a complaint was acknowledged, and how many of them were
    within two hours: on the day of that, or on which the two hours had passed.
    """
    took, within = [], []
    for case in cases:
        late = work_done(case.opened, 2 * HOUR)
        at, who = case.answered or (When.max, case.person)
        if who == person and quarter.first <= at.date() <= quarter.last:
            took.append(Fraction(worked(case.opened, at) // MICROSECOND))
        if case.person == person and quarter.first <= min(at, late).date() <= quarter.last:
            within.append(at < late)
    share = Fraction(sum(within), len(within)) if within else None
    return (sum(took, Fraction()) / len(took) if took else None), share


def handled(quarter: Quarter) -> list[Told]:
    """What the policy complaint-desk triggers in a quarter."""
    _, told, _ = complaints(When.combine(quarter.last, datetime.time.max))
    found = [each for each in told if each.day >= quarter.first]
    due = quarter.last + 30 * DAY
    for person in sorted({row["Employee No"] for row in PEOPLE}):
        own = facts(person, quarter)
        if own.with_director:
            found.append(Told(person, "handling_course", "training", "complaint-handling", "", quarter.last, due))
        if own.complaints >= 2 and own.answered_in_time == 1 and not own.breached:
            found.append(Told(person, "quick_answers", "award", "quick-answers", "", quarter.last, None))
        if own.breached >= 2:
            found.append(Told(person, "handling_coaching", "coaching", "service-recovery", "", quarter.last, due))
    return found
