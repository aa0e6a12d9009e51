"""The places of a table: one number for each combination of stretches of its columns, and the row that counts there.

Which stretch a value lies in is asked once a column, by halves where values have an order. Then a row is found by one
number, however many rows there are. Tables with too many places are asked row by row instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import Decision
from workflow.checks.decisions import dimensions_of
from workflow.checks.sweep import Stretch, stretches
from workflow.diagnostics import Span
from workflow.model.sizes import product_type, sum_type
from workflow.model.terms import Hit
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH, Kind, Type, literal_type
from workflow.plan.building import Builder, crossed

MOST_PLACES = 4096
_MOST_WORDS = 64
"""Stretches of a column without an order, which are asked one after another."""


@dataclass(frozen=True, slots=True)
class Places:
    """The stretches of each column, and the result at each place: a row from 1, or less the columns that it lacks.

    A result below 0 is undecided: bit i of its size says that column i is missing, and asked.
    """

    columns: tuple[Column, ...]
    stretches: tuple[tuple[Stretch, ...], ...]
    results: tuple[int, ...]

    def step(self, builder: Builder, step: str, name: str, quotients: Mapping[str, Expression], place: Span) -> str:
        """The step with `NAME.row`; on the way `NAME.in.N`, `NAME.place` and `NAME.placed`."""
        number: Expression | None = None
        for at, (column, each) in enumerate(zip(self.columns, self.stretches, strict=True)):
            own = Column(f"{name}.in.{at + 1}", _whole(len(each)).type)
            step = builder.derive(step, own.name, _stretch(column, each, quotients), place, own.type)
            number = own if number is None else _joined(number, len(each), own)
        assert number is not None, "a table has columns"
        step = builder.derive(step, f"{name}.place", number, place)
        runs = [(value, len(list(same))) for value, same in itertools.groupby(self.results)]
        ends = list(itertools.accumulate(length for _, length in runs))
        row = _by_halves(Column(f"{name}.place", number.type), [value for value, _ in runs], ends, self._widest)
        found = Column(f"{name}.placed", self._widest)
        step = builder.derive(step, found.name, row, place)
        return builder.derive(step, f"{name}.row", self._decided(found), place, COUNT)

    @property
    def _widest(self) -> Type:
        """The type that holds every result."""
        return _whole(max(map(abs, self.results))).type

    def _decided(self, found: Column) -> Expression:
        """The row found; where it is undecided, what is missing for the reasons that the columns have."""
        row: Expression = found
        for undecided in sorted({value for value in self.results if value < 0}):
            lacking = tuple(
                Apply(Op.EQ, (column, column), TRUTH) for at, column in enumerate(self.columns) if -undecided >> at & 1
            )
            known = lacking[0] if len(lacking) == 1 else Apply(Op.AND, lacking, TRUTH)
            missing = Apply(Op.IF, (known, _whole(0), _whole(0)), COUNT)
            row = Apply(Op.IF, (Apply(Op.EQ, (found, _whole(undecided)), TRUTH), missing, row), COUNT)
        return row


def _joined(places: Expression, size: int, own: Column) -> Expression:
    """The number of a place among those of one column more, which has so many stretches."""
    factor = _whole(size)
    product = product_type(places.type, factor.type, Kind.NUMBER)
    assert product is not None, "whole numbers"
    scaled = Apply(Op.MUL, (places, factor), product)
    return Apply(Op.ADD, (scaled, own), sum_type(product, own.type))


def places_of(decision: Decision) -> Places | None:
    """The places of a table of which one row counts; None if they are too many."""
    dimensions = dimensions_of(decision)
    found = tuple(stretches(each) for each in dimensions)
    wordy = any(
        len(each) > _MOST_WORDS and dimension.column.type.is_textual
        for each, dimension in zip(found, dimensions, strict=True)
    )
    if wordy or math.prod(map(len, found)) > MOST_PLACES:
        return None
    results = tuple(_result(decision, place, found) for place in itertools.product(*(range(len(e)) for e in found)))
    return Places(decision.inputs, found, results)


def _result(decision: Decision, place: Sequence[int], found: Sequence[tuple[Stretch, ...]]) -> int:
    """The row that counts at a place, from 1; less than 0 where that can't be decided, 0 where there is none."""
    here = [each[at] for each, at in zip(found, place, strict=True)]
    sure = possible = (1 << len(decision.rows)) - 1
    for each in here:
        sure &= each.sure
        possible &= each.sure | each.open
    rows = [row for row in decision.order if possible >> row & 1]
    if decision.hit is Hit.ANY:
        rows.sort(key=lambda row: not sure >> row & 1)
    if not rows or sure >> rows[0] & 1:
        return rows[0] + 1 if rows else 0
    return -sum(1 << at for at, each in enumerate(here) if each.open >> rows[0] & 1)


def _stretch(column: Column, known: tuple[Stretch, ...], quotients: Mapping[str, Expression]) -> Expression:
    """The number of the stretch that a value lies in, from 0."""
    last = len(known) - 1
    of = _whole(len(known)).type
    tests = [crossed(each.test, quotients) for each in known[: last - 1] if each.test is not None]
    assert len(tests) == last - 1, "all stretches but the last two have a test"
    if column.type.is_textual or column.type == TRUTH:
        found: Expression = _whole(last - 1)
        for at in reversed(range(len(tests))):
            found = Apply(Op.IF, (tests[at], _whole(at), found), of)
    else:
        found = _among(tests, 0, last, of)
    return Apply(Op.IF, (Apply(Op.IS_MISSING, (column,), TRUTH), _whole(last), found), of)


def _among(tests: Sequence[Expression], first: int, end: int, of: Type) -> Expression:
    """The number from `first` up to `end`, left out, of the first stretch whose test holds."""
    if end - first == 1:
        return _whole(first)
    middle = (first + end) // 2
    lower, upper = _among(tests, first, middle, of), _among(tests, middle, end, of)
    return Apply(Op.IF, (tests[middle - 1], lower, upper), of)


def _by_halves(place: Column, results: Sequence[int], ends: Sequence[int], of: Type) -> Expression:
    """The result of the run of places that a number lies in; `ends` are the numbers at which the runs end."""
    if len(results) == 1:
        return _whole(results[0])
    half = len(results) // 2
    below = Apply(Op.LT, (place, _whole(ends[half - 1])), TRUTH)
    lower = _by_halves(place, results[:half], ends[:half], of)
    upper = _by_halves(place, results[half:], ends[half:], of)
    return Apply(Op.IF, (below, lower, upper), of)


def _whole(number: int) -> Literal:
    return Literal(Decimal(number), literal_type(Kind.NUMBER, Decimal(number)))
