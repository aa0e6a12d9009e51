"""Checked goals policies: what the plan of one may rely on, and what an event that sets a goal may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure, CheckedValue, Formula
from workflow.checks.checked import CheckedPolicy, Offer
from workflow.diagnostics import Span
from workflow.model.sizes import sum_type
from workflow.model.typed import Column
from workflow.model.types import COUNT, Kind, Type, number, ratio

SET, REVISED, PROGRESS, DROPPED = "goal.set", "goal.revised", "goal.progress", "goal.dropped"
"""The events by which a goal is set, changed, reported on, and given up."""
SMART = ("measure", "baseline", "target", "unit", "start", "due")
"""What makes a goal one of which anybody can tell whether it is reached, and by when."""
REPORTED = "reported"
"""What a goal names as its measure whose progress somebody reports."""
ATTAINMENT, GOALS, REACHED = "attainment", "goals_set", "goals_reached"
"""What the policy says of each person: what the goals come to with their weights, how many there are, and how many of
them are reached."""
FIGURE = number(18, 4)
"""The type of what a goal begins with, aims at and has come to: a plain number, of the goal's unit."""
WEIGHT = ratio(8, 6)
"""The type of how much a goal weighs."""
TALLY = sum_type(COUNT, COUNT)
"""The type of a number of goals: those of a person, and those of the team."""
ATTAINED = ratio(22, 10)
"""The type of the whole attainment. Each goal's has 12 digits; with 10 what lies on a border is seen to do so."""
PERCENT = "%"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedGoals(CheckedPolicy):
    """A goals policy: what goals may be measured by, the column of the register whose values are teams, and the most
    that one goal counts.
    """

    kind = "goals"

    measured: tuple[Column, ...]
    teams: Column | None
    most: Decimal
    place: Span

    @property
    def offers(self) -> Mapping[str, Offer]:
        """Measures and values, and what the goals come to."""
        named: tuple[CheckedMeasure | CheckedValue, ...] = (*self.measures, *self.values)
        found = {each.name: Offer(each.name, each.type, each.span) for each in named}
        return {**found, **{name: Offer(name, of, self.place) for name, of in OFFERED.items()}}

    @property
    def clauses(self) -> tuple[Formula, ...]:
        """Everything that its goals and its actions read."""
        acted = (each for action in self.actions for each in action.expressions)
        return (*self.measured, *((self.teams,) if self.teams is not None else ()), *acted)


OFFERED: Mapping[str, Type] = {ATTAINMENT: ATTAINED, GOALS: TALLY, REACHED: TALLY}
"""What a goals policy says of each person, with its types."""


def goal_policies(policies: Iterable[CheckedPolicy]) -> tuple[str, ...]:
    """The ids of the policies whose goals may be set."""
    return tuple(sorted({policy.id for policy in policies if isinstance(policy, CheckedGoals)}))


def measures_of_goals(policies: Iterable[CheckedPolicy]) -> tuple[tuple[str, str, Type], ...]:
    """By what goals may be measured: the policy's id, the measure, its type; in order, each once."""
    own = (policy for policy in policies if isinstance(policy, CheckedGoals))
    found = {(policy.id, column.name, column.type) for policy in own for column in policy.measured}
    return tuple(sorted(found, key=lambda each: (each[0], each[1], each[2].kind, each[2].unit, each[2].precision)))


def unit_of(of: Type) -> str:
    """The unit in which a goal says what is measured: a currency, `%`, or any word of its own for a bare number."""
    return of.unit if of.kind is Kind.MONEY else PERCENT if of.kind is Kind.RATIO else ""
