"""The sweep over a table: whether every input finds its row, and only one, and which rows no input finds.

The values that a column can have fall into few stretches that the cells tell apart: the borders and what lies between
them, the words and any other, the value that is missing. A sweep looks at one value of each, column after column, and
only at the rows that are left; columns that leave the same rows are looked at once.
"""

from __future__ import annotations

import bisect
import datetime
import decimal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH, Kind, Type, literal_type

MOST_STEPS = 1_000_000
"""Values that one sweep looks at: about a second. A table that needs more is better parted in two."""
MOST_SHOWN = 3
"""Examples of one kind that are told at once."""
_PLENTY = 100
"""Digits in which borders are halved."""

Rows = int
"""A set of rows: bit i is the row i."""
Place = tuple[str, ...]
"""One value for each column, as a reader knows them."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column of the table: its name and type, the tests of its rows, and whether one of them asks for the missing."""

    column: Column
    tests: tuple[Expression | None, ...]
    aware: bool


@dataclass
class Swept:
    """What a sweep found: places without a row, places of several, rows that are the first anywhere."""

    gaps: list[Place] = field(default_factory=list)
    overlaps: dict[tuple[int, int], Place] = field(default_factory=dict)
    first: Rows = 0


class TooIntricate(Exception):
    """The table has more places than a sweep looks at."""


def sweep(dimensions: Sequence[Dimension], order: Sequence[int]) -> Swept:
    """Look at every place of a table.

    Args:
        dimensions: its columns.
        order: the rows, in the order in which they are asked.

    Raises:
        TooIntricate: there are more than MOST_STEPS of them.
    """
    every = (1 << len(order)) - 1
    return _Sweep([_Axis.of(each) for each in dimensions], tuple(order)).over(every)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values of a column that pass the tests of the same rows; the last of a column is the value that is missing.

    `sure` are the rows whose test it passes, `open` those of which that isn't known. `test` says whether a value lies
    in it, for numbers and dates in it or before it; None of the last two, the rest and the missing.
    """

    sure: Rows
    open: Rows
    test: Expression | None


def stretches(dimension: Dimension) -> tuple[Stretch, ...]:
    """The stretches of a column, from the lowest up where its values have an order."""
    samples = _samples(dimension)
    axis = _Axis.of(dimension)
    apart = dimension.column.type.is_textual or dimension.column.type == TRUTH
    groups: list[tuple[Rows, list[int]]] = []
    for at in range(len(samples)):
        same = [group for group in groups[0 if apart else -1 :] if group[0] == axis.rows[at]]
        if same:
            same[0][1].append(at)
        else:
            groups.append((axis.rows[at], [at]))
    groups.sort(key=lambda group: group[1][-1] == len(samples) - 1)
    borders = {value for test in dimension.tests for value in _literals(test)}
    found = [
        Stretch(rows, 0, _in_stretch(dimension.column, [samples[at] for at in places]))
        if apart
        else Stretch(rows, 0, _through(dimension.column, samples, places[-1], borders))
        for rows, places in groups[:-1]
    ]
    found.append(Stretch(groups[-1][0], 0, None))
    if dimension.aware:
        return (*found, Stretch(axis.rows[-1], 0, None))
    asks = sum(1 << row for row, test in enumerate(dimension.tests) if test is not None)
    return (*found, Stretch(((1 << len(dimension.tests)) - 1) & ~asks, asks, None))


def _in_stretch(column: Column, values: Sequence[Any]) -> Expression:
    """Whether the column is one of these."""
    tests = tuple(Apply(Op.EQ, (column, Literal(value, column.type)), TRUTH) for value in values)
    return tests[0] if len(tests) == 1 else Apply(Op.OR, tests, TRUTH)


def _through(column: Column, samples: Sequence[Any], last: int, borders: set[Any]) -> Expression:
    """Whether the column is at most the last value of a stretch, or below the border that follows it."""
    op, value = (Op.LE, samples[last]) if samples[last] in borders else (Op.LT, samples[last + 1])
    of = literal_type(column.type.kind, value, column.type.unit) if isinstance(value, Decimal) else column.type
    return Apply(op, (column, Literal(value, of)), TRUTH)


def impossible(dimension: Dimension, row: int) -> bool:
    """Whether no value passes the test of a row."""
    samples = _samples(dimension)
    return not _passing(dimension.tests[row], samples, aware=dimension.aware)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The values of a column that its tests tell apart: each as shown, with the rows whose test it passes."""

    shown: tuple[str, ...]
    rows: tuple[Rows, ...]

    @classmethod
    def of(cls, dimension: Dimension) -> _Axis:
        samples = _samples(dimension)
        passing: dict[int, Rows] = {}
        for row, test in enumerate(dimension.tests):
            values = _passing(test, samples, aware=dimension.aware)
            passing[values] = passing.get(values, 0) | 1 << row
        shown = [f"{dimension.column.name} = {_shown(value, dimension.column.type)}" for value in samples]
        shown += [f"{dimension.column.name} is missing"] if dimension.aware else []
        rows = []
        for at in range(len(shown)):
            found = 0
            for values, whose in passing.items():
                found |= whose if values >> at & 1 else 0
            rows.append(found)
        return cls(tuple(shown), tuple(rows))


@dataclass
class _Sweep:
    axes: Sequence[_Axis]
    order: tuple[int, ...]
    found: Swept = field(default_factory=Swept)
    steps: int = 0
    seen: set[tuple[int, Rows]] = field(default_factory=set)

    def over(self, every: Rows) -> Swept:
        """All places of a table of `every` row."""
        waiting: list[tuple[Rows, Place]] = [(every, ())]
        while waiting:
            rows, place = waiting.pop()
            depth = len(place)
            if not rows and len(self.found.gaps) >= MOST_SHOWN:
                continue
            if depth == len(self.axes):
                self._reached(rows, place)
                continue
            axis = self.axes[depth]
            self.steps += len(axis.rows)
            if self.steps > MOST_STEPS:
                raise TooIntricate
            left: dict[Rows, str] = {}
            for shown, passing in zip(axis.shown, axis.rows, strict=True):
                left.setdefault(rows & passing, shown)
            for rest, shown in reversed(left.items()):
                if (depth, rest) not in self.seen:
                    self.seen.add((depth, rest))
                    waiting.append((rest, (*place, shown)))
        return self.found

    def _reached(self, rows: Rows, place: Place) -> None:
        """A place with the rows that apply there."""
        if not rows:
            self.found.gaps.append(place)
            return
        here = [row for row in self.order if rows >> row & 1]
        self.found.first |= 1 << here[0]
        for other in here[1:]:
            self.found.overlaps.setdefault((here[0], other), place)


def _samples(dimension: Dimension) -> list[Any]:
    """One value of each stretch that the tests tell apart, in their order, without the one that is missing."""
    of = dimension.column.type
    literals = {value for test in dimension.tests for value in _literals(test)}
    if of == TRUTH:
        return [False, True]
    if of.is_textual:
        return list(of.values) or [*sorted(literals), _OTHER]
    return _ordered(sorted(literals), of)


_OTHER = "…"
"""Stands for every text that no row names."""


def _ordered(borders: list[Any], of: Type) -> list[Any]:
    """The borders, a value between each two where there is one, and one at either end."""
    step, between = _steps(of)
    if not borders:
        return [_zero(of)]
    least = _zero(of) if of == COUNT else None  # what is counted is never below 0
    values = [*_below(borders[0], step, least)]
    for at, border in enumerate(borders):
        values.append(border)
        if at + 1 < len(borders):
            values += between(border, borders[at + 1])
    values += _above(borders[-1], step)
    return [value for value in values if least is None or value >= least]


def _below(border: Any, step: Any, least: Any) -> list[Any]:
    try:
        value = border - step
    except OverflowError:
        return []
    return [value if least is None or value >= least else least] if least is None or border > least else []


def _above(border: Any, step: Any) -> list[Any]:
    try:
        return [border + step]
    except OverflowError:
        return []


def _steps(of: Type) -> tuple[Any, Callable[[Any, Any], list[Any]]]:
    """How far a value lies beyond the outermost border, and what lies between two."""
    if of.kind in (Kind.DATE, Kind.INSTANT):
        day = datetime.timedelta(days=1)
        return day, lambda low, high: [low + day] if low + day < high else []
    if not of.is_numeric:
        return 1, lambda low, high: [low + 1] if low + 1 < high else []
    step = Decimal("0.01") if of.kind is Kind.RATIO else Decimal(1)
    return step, lambda low, high: _middle(low, high, of.scale)


def _middle(low: Decimal, high: Decimal, scale: int) -> list[Decimal]:
    """A number between two borders with as few digits as tell them apart, and no more than the column has."""
    with decimal.localcontext(prec=_PLENTY):
        for digits in range(scale + 1):
            value = ((low + high) / 2).quantize(Decimal(1).scaleb(-digits), rounding=decimal.ROUND_FLOOR)
            if low < value < high:
                return [value]
    return []


def _zero(of: Type) -> Any:
    return datetime.date(2000, 1, 1) if of.kind in (Kind.DATE, Kind.INSTANT) else Decimal(0) if of.is_numeric else 0


def _literals(test: Expression | None) -> Iterable[Any]:
    """What a test compares its column with."""
    match test:
        case Apply(op=op, args=(Column(), Literal(value=value))) if op is not Op.IS_MISSING:
            yield value
        case Apply(args=args):
            for arg in args:
                yield from _literals(arg)
        case _:
            return


def _passing(test: Expression | None, samples: Sequence[Any], *, aware: bool) -> int:
    """Which values pass a test: bit i is sample i, the bit after the last is the value that is missing."""
    known = (1 << len(samples)) - 1
    match test:
        case Apply(op=Op.IF, args=(_, _, otherwise)):
            return _passing(otherwise, samples, aware=aware)  # where the column is missing, such a test fails
        case None:
            return known | (1 << len(samples) if aware else 0)
        case Apply(op=Op.IS_MISSING):
            return 1 << len(samples)
        case Apply(op=Op.NOT, args=(Apply(op=Op.IS_MISSING),)):
            return known
        case Apply(op=Op.NOT, args=(inner,)):
            return known & ~_passing(inner, samples, aware=aware)
        case Apply(op=Op.AND | Op.OR as op, args=args):
            found = known if op is Op.AND else 0
            for arg in args:
                passing = _passing(arg, samples, aware=aware)
                found = found & passing if op is Op.AND else found | passing
            return found
        case Apply(op=op, args=(Column(type=of), Literal(value=value))):
            return _compared(op, of, value, samples) & known
    raise AssertionError(test)


def _compared(op: Op, of: Type, value: Any, samples: Sequence[Any]) -> int:
    """The values that stand so to a literal."""
    if of.is_textual or of == TRUTH:
        low = samples.index(value) if value in samples else len(samples)
        high = low + 1
    else:
        low, high = bisect.bisect_left(samples, value), bisect.bisect_right(samples, value)
    below, through = (1 << low) - 1, (1 << high) - 1
    match op:
        case Op.LT:
            return below
        case Op.LE:
            return through
        case Op.GT:
            return ~through
        case Op.GE:
            return ~below
        case Op.NE:
            return ~(through & ~below)
        case _:
            return through & ~below


def _shown(value: Any, of: Type) -> str:
    """A value as an author would write it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            number = value * 100 if of.kind is Kind.RATIO else value
            return f"{number.normalize():f}{'%' if of.kind is Kind.RATIO else ''} {of.unit}".strip()
        case str():
            return f'"{value}"'
    return str(value)
