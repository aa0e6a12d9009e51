"""What a table of tiers adds to one row."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal

from workflow.model.terms import Mode
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import TRUTH, Type
from workflow.plan.nodes import Tiers
from workflow.plan.tables import part_type
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
from workflow.run.reference.expressions import Formula


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and the row whose result is looked up in it."""

    node: Tiers
    row: Row

    def added(self) -> Row:
        """All columns that the node adds."""
        node = self.node
        reached = self._reached()
        missing = mask(*self._operands(), *(self._used(reached) if reached is not None else ()))
        common: Cell = Absent(missing)
        if not missing and reached is None:
            common = self._why_not_reached()
        elif not missing and self._parts_too_large():
            common = because(node.too_large)
        elif not missing and reached is not None:
            return self._known(reached)
        names = [f"{node.name}.row", f"{node.name}.rate", node.name]
        if node.mode is Mode.MARGINAL:
            names += [f"{node.name}.part.{i}" for i in range(1, len(node.rows) + 1)]
        return dict.fromkeys(names, common)

    def _value(self, expression: Expression) -> Cell:
        return Formula(self.node.zero_division, self.node.too_large, self.node.undefined).value(expression, self.row)

    def _operands(self) -> list[Cell]:
        by = self.node.by
        parts = [*by.args] if isinstance(by, Apply) else [by]
        parts += [column for column in (self.node.on, self.node.unit) if column is not None]
        return [self._value(part) for part in parts]

    def _at_least(self, border: Expression) -> Cell:
        """Whether `by` reaches a border."""
        return self._value(Apply(Op.GE, (self.node.by, border), TRUTH))

    def _reached(self) -> int | None:
        """The number of the row reached; None where that is missing."""
        zero = Literal(Decimal(0), Type(self.node.by.type.kind, 1, 0, self.node.by.type.unit))
        answers = [self._at_least(row.border) for row in self.node.rows]
        positive = self._at_least(zero)
        if mask(positive, *answers):
            return None
        if positive is False and self.node.mode is not Mode.INTERPOLATED:
            return 0
        return answers.count(True)

    def _why_not_reached(self) -> Cell:
        answers = [self._at_least(row.border) for row in self.node.rows]
        return Absent(mask(*answers))

    def _used(self, reached: int) -> list[Cell]:
        """The rates that the result depends on."""
        rates = [self._value(row.gives) for row in self.node.rows]
        if self.node.mode is Mode.MARGINAL:
            return rates[:reached]
        if reached == 0:
            return [self._below()]
        if self.node.mode is Mode.INTERPOLATED:
            return rates[reached - 1 : reached + 1]
        return [rates[reached - 1]]

    def _below(self) -> Cell:
        return Decimal(0) if self.node.below is None else self._value(self.node.below)

    def _known(self, reached: int) -> Row:
        node = self.node
        rate = self._interpolated(reached) if node.mode is Mode.INTERPOLATED else self._rate(reached)
        added: Row = {f"{node.name}.row": Decimal(reached), f"{node.name}.rate": rate}
        if node.mode is Mode.MARGINAL:
            parts = self._parts(reached)
            added |= {f"{node.name}.part.{i}": part for i, part in enumerate(parts, start=1)}
            rates = [exact(self._rate(i)) if i <= reached else Decimal(0) for i in range(1, len(parts) + 1)]
            return added | {node.name: self._paid(parts, rates, part_type(node).scale)}
        if isinstance(rate, Absent):
            return added | {node.name: rate}
        if node.on is None:
            return added | {node.name: converted(exact(rate), node.type, node.too_large)}
        on = exact(self._value(node.on))
        return added | {node.name: self._paid([on], [exact(rate)], node.on.type.scale)}

    def _rate(self, reached: int) -> Cell:
        return self._value(self.node.rows[reached - 1].gives) if reached else self._below()

    def _paid(self, parts: list[Decimal], rates: list[Decimal], scale: int) -> Cell:
        """The sum of part times rate, watched as it grows."""
        so_far = Decimal(0)
        for part, rate in zip(parts, rates, strict=True):
            product = EXACT.multiply(part, rate)
            so_far = EXACT.add(so_far, product)
            digits = scale + self.node.rate_type.scale
            if needs_too_many(product, digits) or needs_too_many(so_far, digits):
                return because(self.node.too_large)
        return converted(so_far, self.node.type, self.node.too_large)

    def _parts_too_large(self) -> bool:
        node = self.node
        if node.mode is not Mode.MARGINAL or node.on is None:
            return False
        return needs_too_many(exact(self._value(node.on)), part_type(node).scale)

    def _parts(self, reached: int) -> list[Decimal]:
        """How much of `on` lies in each row; nothing where `by` is negative, whatever the signs of its parts."""
        node = self.node
        assert node.on is not None
        on = max(exact(self._value(node.on)), Decimal(0)) if reached else Decimal(0)
        unit = exact(self._value(node.unit)) if node.unit is not None else Decimal(1)
        borders = [EXACT.multiply(exact(self._value(row.border)), unit) for row in node.rows]
        below = [min(max(border, Decimal(0)), on) for border in borders] + [on]
        return [EXACT.subtract(above, under) for under, above in itertools.pairwise(below)]

    def _interpolated(self, reached: int) -> Cell:
        node = self.node
        if reached in (0, len(node.rows)):
            return self._rate(reached)
        by = self._value(node.by)
        if isinstance(by, Absent):
            return by
        here, there = node.rows[reached - 1], node.rows[reached]
        scale = max(node.by.type.scale, *(row.border.type.scale for row in node.rows))
        start, end = exact(self._value(here.border)), exact(self._value(there.border))
        low, high = exact(self._value(here.gives)), exact(self._value(there.gives))
        distance, rise, width = (EXACT.subtract(*pair) for pair in ((exact(by), start), (high, low), (end, start)))
        digits = node.rate_type.scale
        too_many = [needs_too_many(value, scale) for value in (exact(by), start, end, distance, width)]
        if any(too_many) or needs_too_many(rise, digits):
            return because(node.too_large)
        straight = quotient((EXACT.multiply(rise, distance), digits + scale), (width, scale), digits)
        if straight is None:
            return because(node.too_large)
        return converted(EXACT.add(low, straight), node.rate_type, node.too_large)
