"""What an expression gives for one row."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflow.model.sizes import DURATIONS
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Literal, Missing, Op, Round, Rounding
from workflow.model.types import Kind, Type
from workflow.run.reference.builtins import BUILT_INS, Undefined
from workflow.run.reference.cells import (
    EXACT,
    Absent,
    Cell,
    Row,
    because,
    converted,
    exact,
    mask,
    needs_too_many,
    quotient,
)

_ROUNDINGS = {
    Rounding.HALF_UP: decimal.ROUND_HALF_UP,
    Rounding.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rounding.HALF_DOWN: decimal.ROUND_HALF_DOWN,
    Rounding.UP: decimal.ROUND_UP,
    Rounding.DOWN: decimal.ROUND_DOWN,
    Rounding.CEILING: decimal.ROUND_CEILING,
    Rounding.FLOOR: decimal.ROUND_FLOOR,
}
_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}
_MIRRORED = {Op.EQ: Op.EQ, Op.NE: Op.NE, Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}


@dataclass(frozen=True, slots=True)
class Formula:
    """Expressions of one node, with the node's causes for what fails by itself."""

    zero_division: int | None
    too_large: int | None
    undefined: int | None = None

    def value(self, expression: Expression, row: Row) -> Cell:
        """The value of the expression in a row."""
        match expression:
            case Literal(value=value):
                return value
            case Column(name=name):
                return row[name]
            case Missing(cause=cause):
                return because(cause)
            case Round(value=inner, mode=mode, type=to):
                cell = self.value(inner, row)
                if isinstance(cell, Absent):
                    return cell
                return converted(exact(cell), to, self.too_large, _ROUNDINGS[mode])
            case Apply():
                return self._apply(expression, row)

    def _apply(self, expression: Apply, row: Row) -> Cell:
        op, args = expression.op, expression.args
        if op is Op.IF:
            return self._if(expression, row)
        if op in COMPARISONS:
            return self._comparison(expression, row)
        cells = [self.value(arg, row) for arg in args]
        missing = mask(*cells)
        if op is Op.IS_MISSING:
            return missing != 0
        if op in (Op.AND, Op.OR):
            decisive = op is Op.OR
            if any(cell is decisive for cell in cells):
                return decisive
            return Absent(missing) if missing else not decisive
        if missing:
            return Absent(missing)
        if op is Op.NOT:
            return not cells[0]
        if op in (Op.MIN, Op.MAX) and not _counts(expression.type):
            return _extreme(op, expression.type, cells)
        if op in BUILT_INS:
            return self._built_in(expression, cells)
        return self._arithmetic(expression, [exact(cell) for cell in cells])

    def _built_in(self, expression: Apply, cells: list[Cell]) -> Cell:
        try:
            found = BUILT_INS[expression.op](expression, *cells)
        except ZeroDivisionError:
            return because(self.zero_division)
        except Undefined:
            return because(self.undefined)
        if expression.op is Op.OF_COUNT and expression.type.kind in DURATIONS:
            return converted(exact(found), expression.type, self.too_large)
        return found

    def _if(self, expression: Apply, row: Row) -> Cell:
        condition = self.value(expression.args[0], row)
        if isinstance(condition, Absent):
            return condition
        chosen = self.value(expression.args[1 if condition else 2], row)
        if isinstance(chosen, Absent) or not expression.type.is_numeric:
            return chosen
        return converted(exact(chosen), expression.type, self.too_large)

    def _arithmetic(self, expression: Apply, values: list[decimal.Decimal]) -> Cell:
        op, args, to = expression.op, expression.args, expression.type
        if op is Op.DIV:
            return self.divided((values[0], args[0].type.scale), (values[1], args[1].type.scale), to)
        if op is Op.MUL:
            return converted(EXACT.multiply(*values), to, self.too_large)
        if op is Op.NEG:
            return converted(EXACT.minus(values[0]), to, self.too_large)
        if any(needs_too_many(value, to.scale) for value in values):
            return because(self.too_large)
        if op is Op.ADD:
            return converted(EXACT.add(*values), to, self.too_large)
        if op is Op.SUB:
            return converted(EXACT.subtract(*values), to, self.too_large)
        assert op in (Op.MIN, Op.MAX), op
        return converted(min(values) if op is Op.MIN else max(values), to, self.too_large)

    def divided(self, left: tuple[decimal.Decimal, int], right: tuple[decimal.Decimal, int], to: Type) -> Cell:
        """Numbers, each with its scale, divided half even to the digits of `to`."""
        if right[0] == 0:
            return because(self.zero_division)
        result = quotient(left, right, to.scale)
        return because(self.too_large) if result is None else converted(result, to, self.too_large)

    def _comparison(self, expression: Apply, row: Row) -> Cell:
        op, (left, right) = expression.op, expression.args
        if isinstance(left, Apply) and left.op is Op.DIV:
            return self.crosswise(op, left, right, row)
        if isinstance(right, Apply) and right.op is Op.DIV:
            return self.crosswise(_MIRRORED[op], right, left, row)
        a, b = self.value(left, row), self.value(right, row)
        missing = mask(a, b)
        if missing:
            return Absent(missing)
        if left.type.kind is Kind.ORDERED and op not in (Op.EQ, Op.NE):
            return _COMPARE[op](left.type.values.index(str(a)), left.type.values.index(str(b)))
        return _COMPARE[op](a, b)

    def crosswise(self, op: Op, division: Apply, other: Expression, row: Row) -> Cell:
        """`n / d` compared with `other` without dividing."""
        n, d, y = (self.value(part, row) for part in (*division.args, other))
        missing = mask(n, d, y)
        if missing:
            return Absent(missing)
        divisor = exact(d)
        if divisor == 0:
            return because(self.zero_division)
        product = EXACT.multiply(exact(y), divisor)
        if needs_too_many(product, other.type.scale + division.args[1].type.scale):
            return because(self.too_large)
        return _COMPARE[op if divisor > 0 else _MIRRORED[op]](exact(n), product)


def _counts(of: Type) -> bool:
    return of.is_numeric or of.kind in DURATIONS


def _extreme(op: Op, of: Type, cells: list[Any]) -> Cell:
    """The least or the greatest of texts or moments."""
    order = of.values.index if of.kind is Kind.ORDERED else None
    found: Cell = min(cells, key=order) if op is Op.MIN else max(cells, key=order)
    return found
