"""Expressions as SQL: for each a value and, where it can be missing, the mask of its causes.

INVARIANT: the value is null exactly where the mask is not 0; a value without a mask is never null. Whatever is read
twice has a column of its own, so the statement grows with the expression and not faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflow.columns.builtins import BUILT_INS
from workflow.columns.choices import asked_by, choice_of, is_default, known_where, not_zero
from workflow.columns.division import divided
from workflow.columns.layers import Layers
from workflow.columns.numbers import MIRRORED, arithmetic, compared, converted, sized, units, watched
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    Tree,
    binary,
    bits,
    both,
    call,
    column,
    constant,
    either,
    if_true,
    is_null,
    null,
    opposite,
    plain,
    when,
)
from workflow.model.sizes import (
    DURATIONS,
    Size,
    can_overflow,
    conversion_can_overflow,
    product_can_overflow,
    quotient_compared,
    size_of,
)
from workflow.model.typed import COMPARISONS, UNDEFINED, Apply, Column, Expression, Literal, Missing, Op, Round
from workflow.model.types import MAX_DIGITS, TRUTH, Kind, Type
from workflow.plan.nodes import mask_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in SQL, and the mask of its causes where it can be missing."""

    value: Tree
    mask: Tree | None = None


_YES, _NO = constant(True, TRUTH), constant(False, TRUTH)


def together(masks: Sequence[Tree | None]) -> Tree | None:
    """The causes of several values."""
    known = [mask for mask in masks if mask is not None]
    if not known:
        return None
    tree = known[0]
    for mask in known[1:]:
        tree = binary("|", tree, mask)
    return tree


def bit(cause: int | None) -> Tree:
    """The mask of one cause; relations have shown that there is one wherever it is asked for."""
    assert cause is not None
    return bits(1 << cause)


@dataclass(frozen=True, slots=True)
class Formulas:
    """Expressions over one relation: its layers, which of its columns can be missing, and the causes of failing.

    `implied` are by truth column those that are known where it holds, and by any other those that are where it is;
    `sure` is what is known beside what can't be missing.
    """

    layers: Layers
    maybe: frozenset[str]
    zero_division: int | None = None
    too_large: int | None = None
    undefined: int | None = None
    implied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()

    def cell(self, expression: Expression) -> Cell:
        """The expression in SQL, its value stored as its type is."""
        match expression:
            case Literal(value=value, type=of):
                return Cell(constant(value, of))
            case Column(name=name):
                return Cell(column(name), column(mask_of(name)) if name in self.maybe else None)
            case Missing(cause=cause, type=of):
                return Cell(null(sql_type(of)), bit(cause))
            case Round(value=value, mode=mode, type=to):
                inner = self.cell(value)
                rounded = converted(self.layers, inner.value, value.type, to, mode)
                return self.guarded(rounded, inner.mask, large=conversion_can_overflow(value.type, to))
            case Apply():
                return self._apply(expression)

    def fitted(self, expression: Expression, to: Type) -> Cell:
        """The expression as one of another type, missing where it does not fit."""
        cell = self.cell(expression)
        value = converted(self.layers, cell.value, expression.type, to)
        return self.guarded(value, cell.mask, large=conversion_can_overflow(expression.type, to))

    def knowing(self, names: Iterable[str]) -> Formulas:
        """The same where these columns are known."""
        return replace(self, maybe=self.maybe.difference(names), sure=self.sure.union(names))

    def guarded(self, value: Tree, mask: Tree | None, *, large: bool, divisor: tuple[Tree, Size] | None = None) -> Cell:
        """A value whose operation can fail by itself, where all its operands are known (their `mask` is 0)."""
        if not large and divisor is None:
            return Cell(value, mask)
        held = self.layers.once(value)
        own = [] if divisor is None else [(_is_zero(*divisor), bit(self.zero_division))]
        if large:
            own.append((is_null(held), bit(self.too_large)))
        return Cell(held, self._causes(mask, own))

    def _apply(self, expression: Apply) -> Cell:
        op, args = expression.op, expression.args
        if op in COMPARISONS:
            return self._comparison(expression)
        if op is Op.IF:
            return self._if(expression)
        if op is Op.DIV:
            return self._division(expression)
        if op in (Op.AND, Op.OR):
            return self._joined(op, args)
        cells = [self.cell(arg) for arg in args]
        mask = together([cell.mask for cell in cells])
        match op:
            case Op.IS_MISSING:
                return Cell(_NO if mask is None else is_null(cells[0].value))
            case Op.NOT:
                value = cells[0].value
                return Cell(_YES if value == _NO else _NO if value == _YES else opposite(value), mask)
            case _ if op in BUILT_INS:
                return self._built_in(expression, [cell.value for cell in cells], mask)
            case Op.MIN | Op.MAX if not _counts(expression.type):
                return Cell(self._extreme(expression, [cell.value for cell in cells]), mask)
            case _:
                types = [arg.type for arg in args]
                operands = [(cell.value, of) for cell, of in zip(cells, types, strict=True)]
                value = arithmetic(self.layers, op, operands, expression.type)
                return self.guarded(value, mask, large=can_overflow(op, tuple(types), expression.type))

    def _joined(self, op: Op, args: Sequence[Expression]) -> Cell:
        """Conditions joined by AND or OR; one that changes nothing is left out."""
        # Where a condition that is never missing decides alone, no other need be known.
        cells, known = [], frozenset[str]()
        for arg in args:
            cell = self.knowing(known).cell(arg)
            if cell.mask is None:
                known |= known_where(arg, self.implied)[0 if op is Op.AND else 1]
            cells.append(cell)
        idle = _YES if op is Op.AND else _NO
        values = [cell.value for cell in cells if cell.value != idle]
        mask = together([cell.mask for cell in cells])
        if not values:
            return Cell(idle)
        decided = (both if op is Op.AND else either)(*values)
        if mask is None:
            return Cell(decided)
        held = self.layers.once(decided)
        return Cell(held, when((is_null(held), mask), otherwise=bits(0)))

    def _built_in(self, expression: Apply, values: list[Tree], mask: Tree | None) -> Cell:
        op, right = expression.op, expression.args[-1]
        divisor = None
        if op is Op.MODULO and not (isinstance(right, Literal) and right.value != 0):
            values[1] = self.layers.once(values[1])
            divisor = values[1], size_of(right.type)
        value = BUILT_INS[op](self.layers, expression, *values)
        if op not in UNDEFINED:
            return self.guarded(value, mask, large=False, divisor=divisor)
        held = self.layers.once(value)
        cause = self.too_large if expression.type.kind in DURATIONS else self.undefined
        return Cell(held, self._causes(mask, [(is_null(held), bit(cause))]))

    def _extreme(self, expression: Apply, values: list[Tree]) -> Tree:
        """The least or the greatest of texts or moments."""
        operator = "<=" if expression.op is Op.MIN else ">="
        of = expression.type
        ranked = of.kind is Kind.ORDERED
        chosen, *others = (self.layers.once(value) for value in values)
        for other in others:
            sides = (_rank(chosen, of), _rank(other, of)) if ranked else (chosen, other)
            chosen = self.layers.once(if_true(binary(operator, *sides), chosen, other))
        return chosen

    def _if(self, expression: Apply) -> Cell:
        condition, then, otherwise = expression.args
        listed = choice_of(expression)
        if listed is not None:
            return Cell(listed.tree(), self.cell(listed.by).mask)
        columns, divisor = asked_by(condition)
        if divisor is not None and not_zero(divisor.name) in self.sure:
            divisor = None
        if columns & self.maybe or divisor is not None:
            return self._guarded_by(sorted(columns & self.maybe), divisor, expression)
        if is_default(expression):
            return self._with_default(otherwise, then)
        chosen = self.cell(condition)
        if chosen.value in (_YES, _NO):
            return self.fitted(then if chosen.value == _YES else otherwise, expression.type)
        a, b = (
            self.knowing(known).fitted(branch, expression.type)
            for known, branch in zip(known_where(condition, self.implied), (then, otherwise), strict=True)
        )
        if chosen.mask is None and a.mask is None and b.mask is None:
            return Cell(when((chosen.value, a.value), otherwise=b.value))
        held = self.layers.once(chosen.value)
        value = if_true(held, a.value, b.value)
        if chosen.mask is not None and a.mask in (None, chosen.mask) and b.mask in (None, chosen.mask):
            # Where it is 0 the condition is known, and so is the branch; where it isn't, its causes are all there are.
            return Cell(value, chosen.mask)
        known = [bits(0) if cell.mask is None else cell.mask for cell in (a, b)]
        return Cell(value, if_true(held, known[0], known[1], chosen.mask))

    def _guarded_by(self, asked: Sequence[str], divisor: Column | None, expression: Apply) -> Cell:
        """An IF whose condition is missing with these columns, or where one is 0, and only then: it is asked elsewhere.

        So however many questions about them follow in the branches, none of these has to be held.
        """
        causes = together([column(mask_of(name)) for name in asked])
        sure = [*asked]
        if divisor is not None:
            size = size_of(divisor.type)
            causes = self._causes(causes, [(_is_zero(column(divisor.name), size), bit(self.zero_division))])
            sure.append(not_zero(divisor.name))
        assert causes is not None
        held = self.layers.once(causes)
        known = self.knowing(sure).cell(expression)
        value = when((binary("=", held, bits(0)), known.value))
        if known.mask is None:
            return Cell(value, held)
        return Cell(value, when((binary("!=", held, bits(0)), held), otherwise=known.mask))

    def _causes(self, operands: Tree | None, own: Sequence[tuple[Tree, Tree]]) -> Tree:
        """The causes of operands; where they are known, what an operation fails by itself for."""
        if operands is None:
            return when(*own, otherwise=bits(0))
        held = self.layers.once(operands)
        return when((binary("!=", held, bits(0)), held), *own, otherwise=bits(0))

    def _with_default(self, value: Expression, default: Expression) -> Cell:
        """A value, or what stands where it is missing."""
        found, other = self.cell(value), self.cell(default)
        if found.mask is None:
            return found
        if other.mask is None:
            return Cell(call("coalesce", found.value, other.value))
        held = self.layers.once(found.value)
        return Cell(call("coalesce", held, other.value), when((is_null(held), other.mask), otherwise=bits(0)))

    def _division(self, expression: Apply) -> Cell:
        left, right = expression.args
        n, d = self.cell(left), self.cell(right)
        divisor = self.layers.once(d.value)
        large = can_overflow(Op.DIV, (left.type, right.type), expression.type)
        sizes = size_of(left.type), size_of(right.type), size_of(expression.type)
        value = divided(self.layers, (n.value, sizes[0]), (divisor, sizes[1]), sizes[2], large=large)
        zero = None if isinstance(right, Literal) and right.value != 0 else (divisor, sizes[1])
        return self.guarded(value, together([n.mask, d.mask]), large=large, divisor=zero)

    def _comparison(self, expression: Apply) -> Cell:
        crossed = quotient_compared(expression)
        if crossed is not None:
            return self.crosswise(*crossed)
        left, right = expression.args
        a, b = self.cell(left), self.cell(right)
        mask = together([a.mask, b.mask])
        if mask is None and expression.op is Op.EQ and left == right:
            return Cell(_YES)
        operator = expression.op.value
        if left.type.is_numeric:
            value = compared(self.layers, operator, (a.value, size_of(left.type)), (b.value, size_of(right.type)))
        elif left.type.kind is Kind.ORDERED and expression.op not in (Op.EQ, Op.NE):
            value = binary(operator, _rank(a.value, left.type), _rank(b.value, left.type))
        else:
            value = binary(operator, a.value, b.value)
        return Cell(value, mask)

    def crosswise(self, op: Op, quotient: Apply, other: Expression) -> Cell:
        """`n / d` compared with `other` without dividing."""
        left, right = quotient.args
        n, d, y = (self.cell(part) for part in (left, right, other))
        divisor, dividend = self.layers.once(d.value), self.layers.once(n.value)
        a, b = size_of(right.type), size_of(other.type)
        large = product_can_overflow(right.type, other.type)
        width = Size(min(a.precision + b.precision, MAX_DIGITS), a.scale + b.scale)
        wide = sized(divisor, Size(width.precision, a.scale))
        never_zero = (isinstance(right, Literal) and right.value != 0) or (
            isinstance(right, Column) and not_zero(right.name) in self.sure
        )
        product = watched(binary("*", wide, y.value), large=large)
        # What is asked in one branch of many should not be computed for all rows.
        product = product if never_zero and not large else self.layers.once(product)
        zero = units(0, a.scale, a.precision)
        sides = (dividend, size_of(left.type)), (product, width)
        above = (binary(">", divisor, zero), compared(self.layers, op.value, *sides))
        below = (binary("<", divisor, zero), compared(self.layers, MIRRORED[op.value], *sides))
        mask = together([n.mask, d.mask, y.mask])
        value = when(above, otherwise=below[1]) if never_zero and mask is None else when(above, below)
        return self.guarded(value, mask, large=large, divisor=None if never_zero else (divisor, a))


def _is_zero(divisor: Tree, size: Size) -> Tree:
    return binary("=", divisor, units(0, size.scale, size.precision))


def _counts(of: Type) -> bool:
    return of.is_numeric or of.kind in DURATIONS


def _rank(value: Tree, of: Type) -> Tree:
    """The place of a value among those of an ordered kind, the lowest first."""
    places = [(binary("=", value, constant(word, of)), plain(place)) for place, word in enumerate(of.values)]
    return when(*places)
