"""Tables of several dimensions: the row that applies, and what it gives.

`NAME.row` is the number of the row that counts, derived once; what it gives is chosen by that number. It is found by
the table's places, or, where these are too many, row by row: then each test that the cells ask has a column of its own,
`NAME.test.N`, however many rows ask it. Where rows are collected, `NAME.row.N` says whether row N applies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import Decision
from workflow.checks.decisions import unplaced
from workflow.diagnostics import Span
from workflow.model.sizes import sum_type
from workflow.model.terms import Hit
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH, Type
from workflow.plan.building import YES, Builder, all_of, crossed, surely
from workflow.plan.places import places_of

_TOGETHER = 16
"""So many rows are chosen from in one expression, which engines walk into."""
_COLLECTED = (Hit.SUM, Hit.COUNT)
_NONE = Literal(Decimal(0), COUNT)


@dataclass(frozen=True, slots=True)
class Deciding:
    """A table to be read: the builder of the plan, the name that its columns begin with, its place."""

    builder: Builder
    name: str
    decision: Decision
    quotients: Mapping[str, Expression]
    place: Span

    def rows(self, step: str) -> str:
        """The step with the number of the row that counts, or with those that are collected."""
        places = None if self.decision.hit in _COLLECTED else places_of(self.decision)
        if places is not None:
            return places.step(self.builder, step, self.name, self.quotients, self.place)
        step, tests = self._tests(step)
        conditions = [all_of(*(tests.get((at, row)) for at in range(len(self.decision.inputs)))) for row in self._all]
        if self.decision.hit in _COLLECTED:
            for row, condition in enumerate(conditions):
                step = self.builder.derive(step, f"{self.name}.row.{row + 1}", condition, self.place)
            return step
        if self.decision.hit is Hit.ANY:
            undecided = Apply(Op.IF, (_or(conditions), _NONE, _NONE), COUNT)
            return self._chosen(step, [(row, surely(conditions[row])) for row in self.decision.order], undecided)
        return self._chosen(step, [(row, conditions[row]) for row in self.decision.order], _NONE)

    def given(self) -> Expression:
        """What the row that counts gives, or what all that are collected give together."""
        decision = self.decision
        if decision.hit in _COLLECTED:
            return _sum([self._part(row) for row in self._all])
        row = Column(f"{self.name}.row", COUNT)
        return _picked(row, [crossed(self._gives(each), self.quotients) for each in self._all], 1, decision.type)

    @property
    def _all(self) -> range:
        return range(len(self.decision.rows))

    def _gives(self, row: int) -> Expression:
        gives = self.decision.rows[row].gives
        assert gives is not None, "only rows that are counted give nothing"
        return gives

    def _part(self, row: int) -> Expression:
        """What a collected row adds: nothing where it doesn't apply."""
        applies = Column(f"{self.name}.row.{row + 1}", TRUTH)
        if self.decision.hit is Hit.COUNT:
            return Apply(Op.IF, (applies, Literal(Decimal(1), COUNT), _NONE), COUNT)
        gives = crossed(self._gives(row), self.quotients)
        nothing = Literal(Decimal(0), gives.type)
        return Apply(Op.IF, (applies, gives, nothing), gives.type)

    def _tests(self, step: str) -> tuple[str, dict[tuple[int, int], Expression]]:
        """A column for each test, and by column and row of the table which one is asked there."""
        known: dict[Expression, Expression] = {}
        found: dict[tuple[int, int], Expression] = {}
        for row, each in enumerate(self.decision.rows):
            for at, test in enumerate(each.tests):
                if test is None:
                    continue
                plain = unplaced(test)
                if plain not in known:
                    name = f"{self.name}.test.{len(known) + 1}"
                    step = self.builder.derive(step, name, crossed(test, self.quotients), self.place)
                    known[plain] = Column(name, TRUTH)
                found[at, row] = known[plain]
        return step, found

    def _chosen(self, step: str, rows: Sequence[tuple[int, Expression]], otherwise: Expression) -> str:
        """The step with `NAME.row`: the first of the rows whose condition holds. Many are asked in parts."""
        parts = [rows[at : at + _TOGETHER] for at in range(0, len(rows), _TOGETHER)]
        if len(parts) == 1:
            numbers = [(condition, _number(row)) for row, condition in rows]
            return self.builder.derive(step, f"{self.name}.row", _first(numbers, otherwise), self.place)
        columns: list[Column] = []
        for part in parts:
            numbers = [(condition, _number(row)) for row, condition in part]
            columns.append(Column(f"{self.name}.rows.{len(columns) + 1}", COUNT))
            step = self.builder.derive(step, columns[-1].name, _first(numbers, _NONE), self.place)
        level = 0
        while len(columns) > _TOGETHER:
            level += 1
            wider: list[Column] = []
            for at in range(0, len(columns), _TOGETHER):
                wider.append(Column(f"{self.name}.rows.{level}.{len(wider) + 1}", COUNT))
                choice = _first(_numbers(columns[at : at + _TOGETHER]), _NONE)
                step = self.builder.derive(step, wider[-1].name, choice, self.place)
            columns = wider
        return self.builder.derive(step, f"{self.name}.row", _first(_numbers(columns), otherwise), self.place)


def rows_told(name: str, decision: Decision) -> tuple[str, ...]:
    """The columns that say which rows count, for the results."""
    if decision.hit in _COLLECTED:
        return tuple(f"{name}.row.{row + 1}" for row in range(len(decision.rows)))
    return (f"{name}.row",)


def _numbers(columns: Sequence[Column]) -> list[tuple[Expression, Expression]]:
    """Numbers of rows, each counting where it isn't 0."""
    return [(Apply(Op.GT, (column, _NONE), TRUTH), column) for column in columns]


def _number(row: int) -> Literal:
    return Literal(Decimal(row + 1), COUNT)


def _first(rows: Sequence[tuple[Expression, Expression]], otherwise: Expression) -> Expression:
    """The number beside the first condition that holds."""
    found = otherwise
    for condition, number in reversed(rows):
        found = number if condition == YES else Apply(Op.IF, (condition, number, found), COUNT)
    return found


def _or(conditions: Sequence[Expression]) -> Expression:
    return conditions[0] if len(conditions) == 1 else Apply(Op.OR, tuple(conditions), TRUTH)


def _picked(row: Column, gives: Sequence[Expression], first: int, of: Type) -> Expression:
    """What the row of that number gives, by halves, so that no choice is deeper than it must be."""
    if len({unplaced(each) for each in gives}) == 1:
        return gives[0]
    half = len(gives) // 2
    below = Apply(Op.LT, (row, _number(first + half - 1)), TRUTH)
    lower, upper = _picked(row, gives[:half], first, of), _picked(row, gives[half:], first + half, of)
    return Apply(Op.IF, (below, lower, upper), of)


def _sum(parts: Sequence[Expression]) -> Expression:
    if len(parts) == 1:
        return parts[0]
    left, right = _sum(parts[: len(parts) // 2]), _sum(parts[len(parts) // 2 :])
    return Apply(Op.ADD, (left, right), sum_type(left.type, right.type))
