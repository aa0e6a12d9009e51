"""The standard's own arithmetic, of 34 digits, for what policies refuse because no decimal holds it exactly.

Only the runner uses it, only in the interpreter, and the totals count the cases that needed it. The operands are
evaluated by the reference engine first; the result stands in the expression as a number of 12 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, DivisionByZero, InvalidOperation

from workflow.checks.expressions.lists import items
from workflow.checks.formulas import Typing
from workflow.model.typed import Expression, Literal
from workflow.model.types import Kind, literal_type
from workflow.plan.nodes import Field
from workflow.run.trial import tried
from workflow.syntax import ast

CONTEXT = Context(prec=34)
_PLACES = Decimal("1e-12")


def _deviation(values: Sequence[Decimal]) -> Decimal:
    mean = CONTEXT.divide(sum(values), Decimal(len(values)))
    squares = sum(CONTEXT.power(CONTEXT.subtract(value, mean), 2) for value in values)
    return CONTEXT.sqrt(CONTEXT.divide(Decimal(squares), Decimal(len(values) - 1)))


def _wide(tree: ast.Expression) -> Decimal | None:
    """Arithmetic of literal numbers, all of it in 34 digits; None for anything else."""
    match tree:
        case ast.Number(value=value):
            return value
        case ast.Negate(operand=operand):
            inner = _wide(operand)
            return None if inner is None else -inner
        case ast.Calculate(operator=sign, left=left, right=right):
            one, other = _wide(left), _wide(right)
            return None if one is None or other is None else _SIGNS[sign](one, other)
    return None


_SIGNS = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
    "**": CONTEXT.power,
}
_OF_ONE = {"sqrt": CONTEXT.sqrt, "exp": CONTEXT.exp, "log": CONTEXT.ln}


@dataclass(frozen=True, slots=True)
class Standard(Typing):
    """The typing of the standard's cases for the interpreter."""

    used: list[str] = field(default_factory=list)

    def type(self, tree: ast.Expression) -> Expression | None:
        """As for policies, but for functions and powers that have no exact result."""
        try:
            match tree:
                case ast.Call(name=name, arguments=(argument,), names=() | ("number",)) if name in _OF_ONE:
                    return self._folded(name, (argument,), lambda values: _OF_ONE[name](values[0]))
                case ast.Call(name="stddev") if len(found := items(tree) or ()) > 1:
                    return self._folded("stddev", found, _deviation)
                case ast.Calculate(operator="**", left=left, right=right):
                    return self._folded("**", (left, right), lambda values: CONTEXT.power(*values))
        except (InvalidOperation, DivisionByZero):
            return None
        return Typing.type(self, tree)

    def _folded(self, name: str, trees: Sequence[ast.Expression], function: object) -> Expression | None:
        typed = self.types(tuple(trees))
        if typed is None:
            return None
        for each, side in zip(typed, trees, strict=True):
            if each.type.kind not in (Kind.NUMBER, Kind.RATIO):
                return self.refuse("not-a-quantity", side.span, found=each.type.kind.value)
        names = self.scope.names
        fields = [Field(name, of, maybe=True) for name, of in names.items()]
        (found,) = tried("reference", fields, [dict.fromkeys(names)], typed)
        wide = [_wide(tree) for tree in trees]
        known = [each.value if full is None else full for each, full in zip(found, wide, strict=True)]
        values = [value for value in known if isinstance(value, Decimal)]
        if len(values) < len(found):
            return self.refuse("no-exact-result", trees[0].span, found=name)
        assert callable(function)
        exact = Decimal(function(values)).quantize(_PLACES, context=CONTEXT).normalize()
        value = Decimal(f"{exact:f}")
        self.used.append(name)
        return Literal(value, literal_type(Kind.NUMBER, value), trees[0].span)
