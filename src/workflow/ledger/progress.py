"""How far goals have come on a day: each person's own and those of the team, read off the rows of a period."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.checks.goalsetting import GOALS, CheckedGoals
from workflow.ledger.account import Goal, PolicyAccount
from workflow.ledger.accounting import check_asked
from workflow.ledger.evaluation import Run
from workflow.ledger.goals import goals_of
from workflow.ledger.part import Part
from workflow.ledger.rows import told_in
from workflow.plan.lowered import RESULTS
from workflow.plan.occasions import day_of


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """How far one person's goals have come."""

    person: str
    name: str
    part: PolicyAccount


@dataclass(frozen=True, slots=True)
class Progress:
    """The goals of a policy on a day, in the period in which the day lies.

    `people` are those with goals that run in it, or with rows that were refused; `without` the others, with their
    names.
    """

    policy: CheckedGoals
    day: datetime.date
    period: str
    first: datetime.date
    last: datetime.date
    people: tuple[OnTheWay, ...]
    without: tuple[tuple[str, str], ...]


def progress_of(run: Run, where: Path, on: datetime.date, person: str | None) -> tuple[Progress, ...]:
    """The goals of all policies that have any, or of one person.

    Args:
        run: a run of the periods around the day.
        where: the workspace's folder.
        on: the day, or an instant of it.
        person: the person's id; None: everybody.

    Raises:
        WrongUsage: no policy has such a person.
    """
    if person is not None:
        check_asked(run, person)
    day = day_of(on, run.rules.zone)
    return tuple(_progress(run, part, where, (day, person)) for part in run.book.parts)


def _progress(run: Run, part: Part, where: Path, asked: tuple[datetime.date, str | None]) -> Progress:
    """The goals of one policy."""
    (day, only), policy, occasion = asked, part.decided.policy, part.decided.occasion
    assert isinstance(policy, CheckedGoals), "a run about goals has no other policies"
    rows = [row for row in part.decided.outcome.tables[RESULTS].to_pylist() if only in {None, row["person"]}]
    own, teams = defaultdict[str, list[Goal]](list), defaultdict[str, list[Goal]](list)
    for goal in goals_of(part, rows[0] if only is not None and rows else None, run.taken.evidence, where):
        whose, team = goal.values["person"], goal.values["team"]
        (own[str(whose)] if team is None else teams[str(team)]).append(goal)
    people, without = [], []
    for row in rows:
        name = run.names.get(row["person"], row["person"])
        found = [*own[row["person"]], *_of_team(policy, row, teams)]
        refused = part.refused.get(row["person"], ())
        if not found and not refused and not row[GOALS]:
            without.append((row["person"], name))
            continue
        goals = tuple(sorted(found, key=lambda goal: int(str(goal.values["event"]))))
        values, causes = told_in(row, part.reasons)
        told = PolicyAccount(
            policy, values, causes, events={}, actions=(), withheld=(), goals=goals, refused={"": refused}
        )
        people.append(OnTheWay(row["person"], name, told))
    return Progress(policy, day, occasion.period, *occasion.whole, tuple(people), tuple(without))


def _of_team(policy: CheckedGoals, row: Mapping[str, Any], teams: Mapping[str, list[Goal]]) -> list[Goal]:
    team = row.get(policy.teams.name) if policy.teams is not None else None
    return [] if team is None else teams.get(team, [])
