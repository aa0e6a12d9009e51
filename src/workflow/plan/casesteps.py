"""The steps of an escalation's cases, as facts look at them: whose they are, when they were, and what they led to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workflow.checks.cases import CheckedEscalation
from workflow.diagnostics import Span
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.building import Builder, all_of, any_of
from workflow.plan.nodes import Emit, Filter, Running, Union
from workflow.plan.occasions import Occasion
from workflow.plan.owners import NUMBER
from workflow.plan.replaying import Machine
from workflow.plan.stepwords import is_just, number, text

CASE_FACTS = "case facts"
"""An output: each row that a fact counts or times."""
_TOLD = {
    "fact": "time.fact",
    "person": "time.person",
    "case": "case",
    "run": "step.run",
    "date": "time.date",
    "length": "time.length",
    "good": "time.good",
}
"""What is told of such a row: for whom it counts and on which day, how long it took in microseconds (-1: that isn't
known, or not asked), and whether that was in time; by the column in which it stands.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """The subjects with facts of their cases: the names of these, and the rows that each is made of."""

    subjects: str
    names: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """All steps of a policy's cases: `rows`, with the person of each; `events` are those that they follow from.

    `moves` says whether a step leads to another state, `enters` whether it enters a certain one of a version.
    """

    builder: Builder
    policy: CheckedEscalation
    machine: Machine
    occasion: Occasion
    rows: str
    events: str
    moves: Expression
    enters: Callable[[CheckedEscalation, str], Expression]

    def where(self, rows: str, name: str, condition: Expression, place: Span) -> str:
        """The rows for which a condition holds."""
        step = self.builder.derive(rows, name, condition, place)
        return self.builder.add(self.builder.stem(rows), Filter(step, name))

    def decided(self, day: str) -> Expression:
        """Whether a day is one that is decided now."""
        first, last = Literal(self.occasion.first, DATE), Literal(self.occasion.last, DATE)
        column = Column(day, DATE)
        return all_of(Apply(Op.GE, (column, first), TRUTH), Apply(Op.LE, (column, last), TRUTH))

    def of_state(self, name: str, said: Callable[[CheckedEscalation, str], Expression]) -> Expression:
        """What is said of a state of that name, in whichever version of the policy."""
        versions = (each for each in self.machine.versions if name in {state.name for state in each.states})
        return any_of(*(said(each, name) for each in versions))

    def stands_in(self, version: CheckedEscalation, name: str) -> Expression:
        """Whether the case is in a state before the step."""
        return is_just("step.state", self.machine.state(version, name))

    def of_fact(self, rows: str, name: str) -> str:
        """The rows of which a fact is made."""
        return self.builder.derive(rows, "time.fact", text(name), self.policy.span)

    def emit(self, parts: Sequence[str]) -> None:
        """The rows of which facts are made."""
        if parts:
            rows = self.builder.add("told", Union(tuple(parts))) if len(parts) > 1 else parts[0]
            told = tuple((column, word) for word, column in _TOLD.items())
            self.builder.emit(CASE_FACTS, Emit(rows, told, ("time.fact", "case", "step.turn")))

    def in_doubt(self, rows: str, name: str, doubted: Expression, place: Span) -> tuple[str, Expression]:
        """The rows, and whether something is in doubt for the person of each: doubts go over with the case."""
        if not self.machine.handing:
            return rows, doubted
        one = Apply(Op.IF, (doubted, number(1), number(0)), COUNT)
        rows = self.builder.derive(rows, f"{name}.doubt", one, place)
        node = Running(rows, f"{name}.doubts", f"{name}.doubt", ("case", "step.run"), ("step.turn",), NUMBER)
        since = Apply(Op.GT, (Column(f"{name}.doubts", NUMBER), number(0)), TRUTH)
        return self.builder.add(self.builder.stem(rows), node), all_of(self.by_now, since)

    @property
    def by_now(self) -> Expression:
        """Whether a step isn't of a later period."""
        return Apply(Op.LE, (Column("step.date", DATE), Literal(self.occasion.last, DATE)), TRUTH)
