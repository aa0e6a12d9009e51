"""What can be said of an IF before it is written: where its parts are known, and when it is a list.

A tree of IFs that halves whole numbers down to values that stand in the plan is a list: however many the values are, a
row takes its own by its place, where the tree asks one question after another. The places of tables with several
dimensions, and what their rows give, are such trees.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.columns.storage import sql_type
from workflow.columns.tree import Tree, binary, both, call, cast, column, constant, listed_values, plain, when
from workflow.model.sizes import conversion_can_overflow, product_can_overflow, quotient_compared
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Literal, Op
from workflow.model.types import Type

_MOST = 8192
"""Values that a list may hold: twice the places that a table may have."""
_DIGITS = 18
"""A number of so many digits has a place in 64 bits."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The value for each number: the first below `first`, then one a number, the last from there on."""

    by: Column
    first: int
    values: tuple[Decimal, ...]
    type: Type

    def tree(self) -> Tree:
        """The choice in SQL; null where the number is."""
        by, last = column(self.by.name), self.first + len(self.values) - 1
        least, most = (constant(Decimal(end), self.by.type) for end in (self.first, last))
        place = binary("-", cast(by, "BIGINT"), plain(self.first - 1))
        listed = call("list_extract", listed_values(self.values, sql_type(self.type)), place)
        return when(
            (both(binary(">=", by, least), binary("<=", by, most)), listed),
            (binary("<", by, least), constant(self.values[0], self.type)),
            (binary(">", by, most), constant(self.values[-1], self.type)),
        )


def choice_of(expression: Apply) -> Choice | None:
    """The choice that an IF is; None where it is none, or could fail."""
    by = _number_asked(expression.args[0])
    found = _values(expression, by) if by is not None and expression.type.is_numeric else None
    if by is None or found is None:
        return None
    values, ends = found
    lengths = [end - start for start, end in itertools.pairwise(ends)]
    if any(length <= 0 for length in lengths) or sum(lengths) > _MOST:
        return None
    lengths = [1, *lengths, 1]
    listed = tuple(value for value, length in zip(values, lengths, strict=True) for _ in range(length))
    return Choice(by, ends[0] - 1, listed, expression.type)


def _number_asked(condition: Expression) -> Column | None:
    """The whole number that is compared with one that stands in the plan."""
    match condition:
        case Apply(op=Op.LT, args=(Column(type=of) as by, Literal())) if of.is_numeric and of.scale == 0:
            return by if of.precision <= _DIGITS else None
        case _:
            return None


def _values(expression: Expression, by: Column) -> tuple[list[Decimal], list[int]] | None:
    """The values from the least number up, and before which numbers the first, the second ... end."""
    match expression:
        case Literal(value=Decimal() as value):
            return [value], []
        case Apply(op=Op.IF, args=(Apply(args=(_, Literal(value=Decimal() as end))) as below, *branches)):
            if _number_asked(below) != by or end != int(end):
                return None
            if any(conversion_can_overflow(branch.type, expression.type) for branch in branches):
                return None
            lower, upper = (_values(branch, by) for branch in branches)
            return (lower[0] + upper[0], [*lower[1], int(end), *upper[1]]) if lower and upper else None
        case _:
            return None


def asked_by(condition: Expression) -> tuple[frozenset[str], Column | None]:
    """The columns of a comparison that is missing where one of them is, or where its divisor is 0, and only there."""
    if not isinstance(condition, Apply) or condition.op not in COMPARISONS:
        return frozenset(), None
    parts: tuple[Expression, ...] = condition.args
    divisor: Column | None = None
    crossed = quotient_compared(condition)
    if crossed is not None:
        _, quotient, other = crossed
        parts, below = (*quotient.args, other), quotient.args[1]
        if not isinstance(below, Column) or product_can_overflow(below.type, other.type):
            return frozenset(), None
        divisor = below
    if not all(isinstance(part, Column | Literal) for part in parts):
        return frozenset(), None
    return frozenset(part.name for part in parts if isinstance(part, Column)), divisor


def not_zero(name: str) -> str:
    """That a column isn't 0 where it is known, among the names of those that are known."""
    return f"{name} != 0"


def known_with(value: Expression) -> frozenset[str]:
    """What is known where a value is: a quotient's dividend, and its divisor, which isn't 0."""
    match value:
        case Apply(op=Op.DIV, args=args):
            names = [arg.name for arg in args if isinstance(arg, Column)]
            return frozenset(names) | {not_zero(arg.name) for arg in args[1:] if isinstance(arg, Column)}
        case _:
            return frozenset()


def known_where(condition: Expression, implied: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], frozenset[str]]:
    """The columns that are sure to be known where a condition holds, and where it does not.

    `implied` are those that are known where a truth column holds, or where another column is known.
    """
    match condition:
        case Column(name=name):
            return implied.get(name, frozenset()), frozenset()
        case Apply(op=Op.IS_MISSING, args=(Column(name=name),)):
            return frozenset(), implied.get(name, frozenset()) | {name}
        case Apply(op=Op.NOT, args=(denied,)):
            yes, no = known_where(denied, implied)
            return no, yes
        case Apply(op=Op.AND | Op.OR as op, args=args):
            parts = [known_where(arg, implied) for arg in args]
            yes, no = (frozenset().union(*each) for each in zip(*parts, strict=True))
            return (yes, frozenset()) if op is Op.AND else (frozenset(), no)
        case _:
            return frozenset(), frozenset()


def is_default(expression: Apply) -> bool:
    """Whether an IF says what stands for a value that is missing."""
    condition, then, otherwise = expression.args
    return (
        isinstance(condition, Apply)
        and condition.op is Op.IS_MISSING
        and condition.args == (otherwise,)
        and then.type == otherwise.type == expression.type
    )
