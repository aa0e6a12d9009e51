"""Tables of tiers as SQL columns: the row reached, the rate, the parts, and the pay before rounding."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workflow.columns.division import divided
from workflow.columns.expressions import Formulas, bit, together
from workflow.columns.layers import Layers
from workflow.columns.numbers import arithmetic, compared, converted, sized, units, watched
from workflow.columns.storage import sql_type
from workflow.columns.tree import Tree, binary, bits, both, cast, either, is_null, opposite, plain, when
from workflow.model.sizes import Size, conversion_can_overflow, size_of
from workflow.model.terms import Mode
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import COUNT, MAX_DIGITS, TRUTH, Type, number
from workflow.plan.nodes import Tiers, mask_of
from workflow.plan.tables import part_type, products_can_overflow


def add_tiers(layers: Layers, node: Tiers, maybe: frozenset[str]) -> None:
    """Add what the table gives; `maybe` are the columns there that can be missing."""
    _Table(layers, node, Formulas(layers, maybe, node.zero_division, node.too_large, node.undefined)).add()


@dataclass(frozen=True, slots=True)
class _Table:
    """A table over the columns of one relation."""

    layers: Layers
    node: Tiers
    formulas: Formulas

    def add(self) -> None:
        """Add all columns; `mask` is what they share, and only the pay (and a straight rate) can be missing beyond."""
        node = self.node
        rates, rate_masks = self._rates()
        reached, reached_mask = self._reached()
        mask = self._mask(reached, reached_mask, rate_masks)
        self._give(f"{node.name}.row", cast(reached, sql_type(COUNT)), mask)
        large = products_can_overflow(node)
        if node.mode is Mode.INTERPOLATED:
            straight = self.formulas.guarded(self._when_known(self._straight(reached, rates), mask), mask, large=True)
            rate, mask = self._give(f"{node.name}.rate", straight.value, straight.mask), straight.mask
        else:
            rate = self._give(f"{node.name}.rate", _of_row(reached, rates), mask)
        if node.mode is Mode.MARGINAL:
            pay = self._sum(self._parts(reached, mask), reached, rates[1:])
        elif node.on is None:
            pay = converted(self.layers, rate, node.rate_type, node.type)
        else:
            on = self.formulas.cell(node.on).value
            pay = self._paid([(on, rate)], node.on.type)
        paid = self.formulas.guarded(self._when_known(pay, mask), mask, large=large)
        self._give(node.name, paid.value, paid.mask)

    def _give(self, name: str, value: Tree, mask: Tree | None) -> Tree:
        held = self.layers.add(name, self._when_known(value, mask))
        if mask is not None:
            self.layers.add(mask_of(name), mask)
        return held

    def _when_known(self, value: Tree, mask: Tree | None) -> Tree:
        return value if mask is None else when((binary("=", mask, bits(0)), value))

    def _rates(self) -> tuple[list[Tree], list[Tree | None]]:
        """What row 0 and each row of the table gives, as `rate_type`, and their masks."""
        node = self.node
        zero = Literal(Decimal(0), node.rate_type)
        gives: list[Expression] = [node.below or zero, *(row.gives for row in node.rows)]
        cells = [self.formulas.cell(value) for value in gives]
        rates = [
            self.layers.once(converted(self.layers, cell.value, value.type, node.rate_type))
            for cell, value in zip(cells, gives, strict=True)
        ]
        return rates, [cell.mask for cell in cells]

    def _reached(self) -> tuple[Tree, Tree | None]:
        """The number of the row reached, null where `by` can't be compared; and why it can't."""
        node = self.node
        zero = Literal(Decimal(0), Type(node.by.type.kind, 1, 0, node.by.type.unit))
        borders = [zero, *(row.border for row in node.rows)]
        cells = [self.formulas.cell(Apply(Op.GE, (node.by, border), TRUTH)) for border in borders]
        positive, *answers = [self.layers.once(cell.value) for cell in cells]
        branches = [(answer, plain(i)) for i, answer in reversed(list(enumerate(answers, start=1)))]
        if node.mode is not Mode.INTERPOLATED:
            branches.insert(0, (opposite(positive), plain(0)))
        mask = together([cell.mask for cell in cells])
        if mask is not None:
            unknown = either(*(is_null(answer) for answer in (positive, *answers)))
            branches.insert(0, (unknown, plain(-1)))
        return self.layers.once(when(*branches, otherwise=plain(0))), mask

    def _mask(self, reached: Tree, reached_mask: Tree | None, rate_masks: list[Tree | None]) -> Tree | None:
        """The causes that all columns share: operands and rates used; if these are known, what failed."""
        node = self.node
        by = list(node.by.args) if isinstance(node.by, Apply) else [node.by]
        operands = [*by, *(column for column in (node.on, node.unit) if column is not None)]
        used = [
            when((self._uses(reached, i), mask), otherwise=bits(0))
            for i, mask in enumerate(rate_masks)
            if mask is not None
        ]
        missing = together([*(self.formulas.cell(operand).mask for operand in operands), *used])
        held = None if missing is None else self.layers.once(missing)
        branches = [] if held is None else [(binary("!=", held, bits(0)), held)]
        if isinstance(node.by, Apply) and reached_mask is not None:
            why = self.layers.once(reached_mask)
            branches.append((binary("!=", why, bits(0)), why))
        if node.mode is Mode.MARGINAL and node.on is not None:
            large = conversion_can_overflow(node.on.type, part_type(node))
            if large:
                branches.append((is_null(self._on_as_part()), bit(node.too_large)))
        return self.layers.once(when(*branches, otherwise=bits(0))) if branches else None

    def _uses(self, reached: Tree, i: int) -> Tree:
        """Whether a result in the row reached needs what row `i` gives."""
        here = binary("=", reached, plain(i))
        if self.node.mode is Mode.MARGINAL:
            return binary(">=", reached, plain(i))
        if self.node.mode is Mode.INTERPOLATED and i > 1:
            return either(here, binary("=", reached, plain(i - 1)))
        return here

    def _on_as_part(self) -> Tree:
        node = self.node
        assert node.on is not None
        large = conversion_can_overflow(node.on.type, part_type(node))
        on = self.formulas.cell(node.on).value
        return self.layers.once(watched(sized(on, size_of(part_type(node))), large=large))

    def _parts(self, reached: Tree, mask: Tree | None) -> list[Tree]:
        """The part of `on` in each row: what lies above its border and not above the next."""
        node = self.node
        of = part_type(node)
        size, zero = size_of(of), units(0, of.scale, of.precision)
        on = self._on_as_part()
        whole = self.layers.once(
            when((both(binary(">", reached, plain(0)), binary(">", on, zero)), on), otherwise=zero)
        )
        below = [self._below(row.border, whole, size) for row in node.rows] + [whole]
        return [
            self._give(f"{node.name}.part.{i}", sized(binary("-", below[i], below[i - 1]), size), mask)
            for i in range(1, len(below))
        ]

    def _below(self, border: Expression, whole: Tree, size: Size) -> Tree:
        """How much of `on` lies below a border."""
        node = self.node
        of, value = border.type, self.formulas.cell(border).value
        if node.unit is not None:
            unit = self.formulas.cell(node.unit).value
            to = number(min(of.precision + node.unit.type.precision, MAX_DIGITS), of.scale + node.unit.type.scale)
            value = arithmetic(self.layers, Op.MUL, [(value, of), (unit, node.unit.type)], to)
            of = to
        value, own = self.layers.once(value), size_of(of)
        zero = units(0, own.scale, own.precision)
        fitted = watched(sized(value, size), large=conversion_can_overflow(of, number(size.precision, size.scale)))
        return self.layers.once(
            when(
                (binary("<=", value, zero), units(0, size.scale, size.precision)),
                (compared(self.layers, ">=", (value, own), (whole, size)), whole),
                otherwise=fitted,
            )
        )

    def _sum(self, parts: list[Tree], reached: Tree, rates: list[Tree]) -> Tree:
        """The sum of part times rate; a row that is not reached has no part, whatever its rate."""
        zero = units(0, self.node.rate_type.scale, self.node.rate_type.precision)
        used = [when((binary(">=", reached, plain(i)), rate), otherwise=zero) for i, rate in enumerate(rates, start=1)]
        return self._paid(list(zip(parts, used, strict=True)), part_type(self.node))

    def _paid(self, products: list[tuple[Tree, Tree]], of: Type) -> Tree:
        """Products of `of` and rates, added up in turn and converted to the table's type."""
        rate = self.node.rate_type
        carry = len(str(len(products))) if len(products) > 1 else 0
        digits = of.precision + rate.precision + carry
        exact = Size(min(digits, MAX_DIGITS), of.scale + rate.scale)
        total: Tree | None = None
        for part, given in products:
            product = sized(binary("*", sized(part, Size(exact.precision, of.scale)), given), exact)
            total = product if total is None else sized(binary("+", total, product), exact)
        assert total is not None
        summed = watched(total, large=digits > MAX_DIGITS)
        return converted(self.layers, summed, _plain(exact), _plain(size_of(self.node.type)))

    def _straight(self, reached: Tree, rates: list[Tree]) -> Tree:
        """The rate between two points, or that of the only one beside."""
        node = self.node
        last = len(node.rows)
        if last == 1:
            return _of_row(reached, rates)
        wide = max(node.by.type.scale, *(row.border.type.scale for row in node.rows))
        distances, digits = number(MAX_DIGITS, wide), node.rate_type.scale
        borders = [self._in(distances, self.formulas.cell(row.border).value, row.border.type) for row in node.rows]
        by = self._in(distances, self.formulas.cell(node.by).value, node.by.type)
        at = [borders[0], *borders], [*borders, borders[-1]], rates, [*rates[1:], rates[-1]]
        start, end, low, high = (self.layers.once(_of_row(reached, points)) for points in at)
        rise = self._less(high, low, number(MAX_DIGITS, digits), node.rate_type)
        slope = arithmetic(
            self.layers,
            Op.MUL,
            [(rise, number(MAX_DIGITS, digits)), (self._less(by, start, distances), distances)],
            number(MAX_DIGITS, digits + wide),
        )
        width = self._less(end, start, distances)
        size = Size(MAX_DIGITS, digits)
        left, right = (self.layers.once(slope), Size(MAX_DIGITS, digits + wide)), (width, size_of(distances))
        added = divided(self.layers, left, right, size, large=True)
        between = arithmetic(self.layers, Op.ADD, [(low, node.rate_type), (added, _plain(size))], node.rate_type)
        flat = either(*(binary("=", reached, plain(i)) for i in (0, last)))
        return when((flat, low), otherwise=between)

    def _in(self, to: Type, value: Tree, of: Type) -> Tree:
        return watched(sized(value, size_of(to)), large=conversion_can_overflow(of, to))

    def _less(self, a: Tree, b: Tree, to: Type, of: Type | None = None) -> Tree:
        source = of if of is not None else to
        return self.layers.once(arithmetic(self.layers, Op.SUB, [(a, _like(source)), (b, _like(source))], to))


def _plain(size: Size) -> Type:
    return number(size.precision, size.scale)


def _like(of: Type) -> Type:
    return number(of.precision, of.scale)


def _of_row(reached: Tree, values: list[Tree]) -> Tree:
    """The value that stands at the number of the row reached."""
    *others, last = values
    branches = [(binary("=", reached, plain(i)), value) for i, value in enumerate(others)]
    return when(*branches, otherwise=last) if branches else last
