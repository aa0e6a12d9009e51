"""Arithmetic: of quantities with their units, of texts, and powers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from workflow.checks.expressions.comparing import as_zero
from workflow.checks.expressions.counting import paired, times, whole
from workflow.checks.expressions.literals import literal, type_literal
from workflow.checks.expressions.moments import is_temporal, opposite, reckoned
from workflow.checks.expressions.rules import Rules, type_word
from workflow.checks.meant import compared_fix
from workflow.checks.quantities import calculated
from workflow.diagnostics import Argument, Diagnostic, Fix
from workflow.model.sizes import quotient_type
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import MAX_DIGITS, TEXT, Kind
from workflow.syntax import ast

_ARITHMETIC = {"+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV}
_EXACTLY: dict[Op, Callable[..., Fraction]] = {
    Op.NEG: operator.neg, Op.ADD: operator.add, Op.SUB: operator.sub, Op.MUL: operator.mul,
}  # fmt: skip
MOST_POWER = 64
"""The greatest exponent; few numbers have so many digits to give."""


def type_negate(rules: Rules, tree: ast.Negate) -> Expression | None:
    """`-x` of a quantity or a duration."""
    if literal(tree) is not None:
        return type_literal(rules, tree)
    operand = rules.type(tree.operand)
    if operand is None:
        return None
    if is_temporal(operand.type):
        return opposite(rules, operand, tree.span)
    if not operand.type.is_numeric:
        return rules.refuse("not-a-quantity", tree.operand.span, found=type_word(operand.type))
    return Apply(Op.NEG, (operand,), operand.type, tree.span)


def type_calculate(rules: Rules, tree: ast.Calculate) -> Expression | None:
    """`a + b` and its like."""
    if tree.operator == "**":
        return _power(rules, tree)
    before = len(rules.mistakes)
    operands = rules.types((tree.left, tree.right))
    if operands is None:
        _hyphenated(rules, tree, before)
        return None
    left, right = operands
    op = _ARITHMETIC[tree.operator]
    if op is Op.ADD and left.type.kind is right.type.kind is Kind.TEXT:
        return Apply(Op.JOIN, (left, right), TEXT, tree.span)
    if is_temporal(left.type) or is_temporal(right.type):
        return reckoned(rules, op, (left, right), tree)
    for operand, side in ((left, tree.left), (right, tree.right)):
        if not operand.type.is_numeric:
            return rules.refuse("not-a-quantity", side.span, found=type_word(operand.type))
    result = calculated(op, left, right)
    if result is not None:
        return Apply(op, as_zero(left, right), result, tree.span)
    if op is Op.MUL and left.type.scale + right.type.scale > MAX_DIGITS:
        return rules.refuse("too-many-digits", tree.span)
    return rules.refuse(
        "unlike-units",
        tree.span,
        compared_fix(left, right) or compared_fix(right, left),
        operator=tree.operator,
        left=type_word(left.type),
        right=type_word(right.type),
    )


def _hyphenated(rules: Rules, tree: ast.Calculate, before: int) -> None:
    """A subtraction of unknown names, `sales-bonus.attainment`, most likely is one name, written with its hyphens."""
    parts = _parts(tree)
    name = "_".join(parts)
    # The other policy may be checked after this one: then its facts aren't known yet, and its word is.
    if parts and not isinstance(rules.scope.find(name, tree.span), Diagnostic):
        told: dict[str, Argument] = {"found": "-".join(parts), "meant": name}
        rules.mistakes[before:] = [Diagnostic("written-otherwise", tree.span, told, fix=Fix(tree.span, name))]


def _parts(tree: ast.Expression) -> tuple[str, ...]:
    """The names between the minus signs; none where anything else stands there."""
    if isinstance(tree, ast.Name):
        return (tree.text,)
    if isinstance(tree, ast.Calculate) and tree.operator == "-" and isinstance(tree.right, ast.Name):
        left = _parts(tree.left)
        return (*left, tree.right.text) if left else ()
    return ()


def _reckoned(expression: Expression) -> Fraction | None:
    """What numbers that stand there, added, subtracted or multiplied, come to; None for anything else."""
    match expression:
        case Literal(value=Decimal() as value):
            return Fraction(value)
        case Apply(op=op, args=args) if op in _EXACTLY:
            known = [each for arg in args if (each := _reckoned(arg)) is not None]
            return _EXACTLY[op](*known) if len(known) == len(args) else None
    return None


def _power(rules: Rules, tree: ast.Calculate) -> Expression | None:
    """A power as the product that it is; the exponent is a whole number that stands there, so the digits are known."""
    operands = rules.types((tree.left, tree.right))
    if operands is None:
        return None
    base, exponent = operands
    if base.type.kind not in {Kind.NUMBER, Kind.RATIO}:
        return rules.refuse("not-a-quantity", tree.left.span, found=type_word(base.type))
    if exponent.type.kind is not Kind.NUMBER:
        return rules.refuse("not-a-quantity", tree.right.span, found=type_word(exponent.type))
    known = _reckoned(exponent)
    if known is None or known.denominator != 1 or abs(known) > MOST_POWER:
        return rules.refuse("power-not-possible", tree.right.span, limit=MOST_POWER)
    value = int(known)
    if base.type.scale * abs(value) > MAX_DIGITS:
        return rules.refuse("too-many-digits", tree.span)
    product: Expression = paired([base] * abs(value), times) if value else whole(1, base.type.kind)
    if value >= 0:
        return product
    one = whole(1, base.type.kind)
    return Apply(Op.DIV, (one, product), quotient_type(one.type, product.type, base.type.kind), tree.span)
