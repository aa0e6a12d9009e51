"""The order of tiers checked: whoever comes into a tier stays in it, and a better tier asks for more.

Only plain conditions are compared: a name against a literal, alone or joined by `and`. What joins by `or` may be right
in ways that nobody can tell from the text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.context import Context
from workflow.checks.tiers import CheckedTier
from workflow.diagnostics import Diagnostic, Span
from workflow.model.typed import Apply, Column, Expression, Literal, Op


@dataclass(frozen=True, slots=True)
class Border:
    """What a condition asks of a name: at least (`up`) or at most so much, the border included or not."""

    asked: Column
    literal: Literal
    up: bool
    value: Decimal
    included: bool
    span: Span

    @property
    def name(self) -> str:
        """The name that is asked about."""
        return self.asked.name

    def asks_more_than(self, other: Border) -> bool:
        """Whether the other may hold where this one doesn't."""
        if self.value == other.value:
            return other.included and not self.included
        return self.value > other.value if self.up else self.value < other.value


Borders = Mapping[tuple[str, bool], Border]

_TURNED = {Op.GE: Op.LE, Op.LE: Op.GE, Op.GT: Op.LT, Op.LT: Op.GT}


def borders_of(condition: Expression | None) -> Borders | None:
    """What a condition asks of each name; None where it is none of plain comparisons joined by `and`."""
    found: dict[tuple[str, bool], Border] = {}
    for part in _parts(condition):
        border = _border(part)
        if border is None or (border.name, border.up) in found:
            return None
        found[border.name, border.up] = border
    return found


def check_ladder(context: Context, tiers: tuple[CheckedTier, ...]) -> None:
    """No `stay` asks for more than its `enter`, and no tier for as little as the one below it."""
    for tier in tiers:
        enter, stay = borders_of(tier.enter), borders_of(tier.stay)
        if not tier.enter or enter is None or stay is None or tier.stay is tier.enter:
            continue
        for key, border in stay.items():
            if key not in enter or border.asks_more_than(enter[key]):
                related = (enter[key].span,) if key in enter else ()
                args = {"found": tier.name, "name": border.name}
                context.note(Diagnostic("stay-asks-more", border.span, args, related=related))
    for better, worse in itertools.pairwise(tiers):
        above, below = borders_of(better.enter), borders_of(worse.enter)
        if not above or not below or above.keys() != below.keys():
            continue
        # Whoever fulfils what the worse tier asks for fulfils what the better one does, so nobody enters the worse.
        if not any(above[key].asks_more_than(below[key]) for key in above):
            border, args = next(iter(above.values())), {"found": better.name, "other": worse.name}
            context.note(Diagnostic("tiers-out-of-order", border.span, args, related=(worse.span,)))


def _parts(condition: Expression | None) -> Iterator[Expression]:
    if isinstance(condition, Apply) and condition.op is Op.AND:
        for each in condition.args:
            yield from _parts(each)
    elif condition is not None:
        yield condition


def _border(part: Expression) -> Border | None:
    if not isinstance(part, Apply) or part.op not in _TURNED:
        return None
    left, right, op = *part.args, part.op
    if isinstance(left, Literal):
        left, right, op = right, left, _TURNED[op]
    if not isinstance(left, Column) or not isinstance(right, Literal) or not isinstance(right.value, Decimal):
        return None
    return Border(left, right, op in {Op.GE, Op.GT}, right.value, op in {Op.GE, Op.LE}, part.span)
