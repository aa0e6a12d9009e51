"""From the tree of a formula to a typed expression: names, types and units.

Every rule of units stands here, in one function an operator. A mistake is noted in `Typing.mistakes` and the formula
gives None, so that one slip makes one message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflow.checks.meant import compared_fix
from workflow.checks.quantities import alike, calculated, is_zero, unified
from workflow.checks.scope import Scope
from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.leaves import Formula
from workflow.model.reading import nearest
from workflow.model.sizes import DURATION_DIGITS
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import (
    DATE,
    MAX_DIGITS,
    QUOTIENT_SCALE,
    TEXT,
    TRUTH,
    Kind,
    Type,
    literal_type,
    shifted,
)
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.words import Term

_COMPARISON = {"=": Op.EQ, "!=": Op.NE, "<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE}
_ARITHMETIC = {"+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV}
_MICROSECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}

PLACES = QUOTIENT_SCALE
"""Digits after the point that the author may write; a percentage has two more of them once it is a number."""
MOST_PLACES = {Kind.NUMBER: PLACES, Kind.MONEY: PLACES, Kind.RATIO: PLACES + 2}
"""The same, of the numbers that stand for them: so that products of two never need more than a decimal has."""
MOST_WHOLE = 24
"""Digits before the point of a number in a formula."""


def type_word(of: Type) -> Term:
    """A type as its reader knows it: `money in CNY`, `percent`."""
    key = of.kind.name.lower()
    return Term(f"{key}:{of.unit}" if of.unit else key)


@dataclass(frozen=True, slots=True)
class Typing:
    """The typing of formulas at one place: what they may name, and the mistakes met."""

    scope: Scope
    mistakes: list[Diagnostic] = field(default_factory=list)

    def formula(self, leaf: Formula) -> Expression | None:
        """The typed expression of a formula, or None after noting its mistakes."""
        return self.parsed(*parse(leaf.scalar, self.scope.vocabulary))

    def parsed(self, tree: ast.Expression | None, mistakes: tuple[Diagnostic, ...]) -> Expression | None:
        """The typed expression of a formula that has been read, or None after noting its mistakes."""
        self.mistakes.extend(mistakes)
        return None if tree is None or mistakes else self.type(tree)

    def condition(self, leaf: Formula) -> Expression | None:
        """The same, for a place where a yes or no is needed."""
        typed = self.formula(leaf)
        return self.must_be_truth(typed, leaf.span) if typed is not None else None

    def must_be_truth(self, typed: Expression, span: Span) -> Expression | None:
        """The expression, if it is a condition."""
        if typed.type.kind is Kind.TRUTH:
            return typed
        return self.refuse("not-a-condition", span, found=type_word(typed.type))

    def refuse(self, code: str, span: Span, fix: Fix | None = None, **args: Argument) -> Expression | None:
        """Note a mistake; there is no expression then, so None comes back for the caller to return."""
        self.mistakes.append(Diagnostic(code, span, args, fix=fix))
        return None

    def type(self, tree: ast.Expression) -> Expression | None:
        """The typed expression of a tree."""
        return _RULES[type(tree)](self, tree)

    def types(self, trees: tuple[ast.Expression, ...]) -> tuple[Expression, ...] | None:
        """The typed expressions of several trees, all of whose mistakes are noted; None if any has one."""
        typed = [self.type(tree) for tree in trees]
        known = tuple(each for each in typed if each is not None)
        return known if len(known) == len(typed) else None


def literal(tree: ast.Expression) -> Literal | None:
    """The literal that a tree is, or None if it is anything else."""
    match tree:
        case ast.Number(value, span):
            return Literal(value, literal_type(Kind.NUMBER, value), span)
        case ast.Percent(value, span):
            share = shifted(value, -2)
            return Literal(share, literal_type(Kind.RATIO, share), span)
        case ast.Money(value, currency, span):
            return Literal(value, literal_type(Kind.MONEY, value, currency), span)
        case ast.Text(value, span):
            return Literal(value, TEXT, span)
        case ast.YesNo(value, span):
            return Literal(value, TRUTH, span)
        case ast.Date(value, span):
            return Literal(value, DATE, span)
        case ast.Duration():
            return length_of(tree)
        case ast.Negate(operand, span):
            inner = literal(operand)
            if inner is not None and isinstance(inner.value, Decimal):
                return Literal(inner.value.copy_negate(), inner.type, span)
    return None


def length_of(tree: ast.Duration) -> Literal | None:
    """A length of time in whole months or microseconds; None if it isn't one, or is longer than can be kept."""
    kind, unit = Kind.WORKING if tree.working else Kind.ELAPSED, 1
    if tree.unit in {"years", "months"}:
        kind, unit = Kind.MONTHS, 12 if tree.unit == "years" else 1
    else:
        unit = _MICROSECONDS[tree.unit] * 1_000_000
    length = Fraction(tree.value) * unit
    if length.denominator != 1 or length >= 10**DURATION_DIGITS:
        return None
    return Literal(int(length), Type(kind), tree.span)


def _literal(typing: Typing, tree: ast.Expression) -> Expression | None:
    found = literal(tree)
    if found is None:
        return typing.refuse("length-not-possible", tree.span)
    if found.type.is_numeric and found.type.precision - found.type.scale > MOST_WHOLE:
        return typing.refuse("literal-too-large", tree.span)
    if found.type.is_numeric and found.type.scale > MOST_PLACES[found.type.kind]:
        return typing.refuse("literal-too-fine", tree.span, limit=PLACES)
    return found


def _name(typing: Typing, tree: ast.Name) -> Expression | None:
    found = typing.scope.find(tree.text, tree.span)
    if isinstance(found, Diagnostic):
        typing.mistakes.append(found)
        return None
    return found


def _negate(typing: Typing, tree: ast.Negate) -> Expression | None:
    if literal(tree) is not None:
        return _literal(typing, tree)
    operand = typing.type(tree.operand)
    if operand is None:
        return None
    if not operand.type.is_numeric:
        return typing.refuse("not-a-quantity", tree.operand.span, found=type_word(operand.type))
    return Apply(Op.NEG, (operand,), operand.type, tree.span)


def _calculate(typing: Typing, tree: ast.Calculate) -> Expression | None:
    operands = typing.types((tree.left, tree.right))
    if operands is None:
        return None
    if tree.operator == "**":
        return typing.refuse("not-yet", tree.operator_span, what=tree.operator)
    left, right = operands
    for operand, side in ((left, tree.left), (right, tree.right)):
        if not operand.type.is_numeric:
            return typing.refuse("not-a-quantity", side.span, found=type_word(operand.type))
    op = _ARITHMETIC[tree.operator]
    result = calculated(op, left, right)
    if result is not None:
        return Apply(op, _as_zero(left, right), result, tree.span)
    if op is Op.MUL and left.type.scale + right.type.scale > MAX_DIGITS:
        return typing.refuse("too-many-digits", tree.span)
    return typing.refuse(
        "unlike-units",
        tree.span,
        compared_fix(left, right) or compared_fix(right, left),
        operator=tree.operator,
        left=type_word(left.type),
        right=type_word(right.type),
    )


def _as_zero(left: Expression, right: Expression) -> tuple[Expression, Expression]:
    """A bare 0 takes the unit of what it is added to or compared with."""
    if is_zero(left) and right.type.is_numeric:
        return _retyped(left, right.type.sized(1, 0)), right
    if is_zero(right) and left.type.is_numeric:
        return left, _retyped(right, left.type.sized(1, 0))
    return left, right


def _retyped(expression: Expression, of: Type) -> Literal:
    assert isinstance(expression, Literal)
    return replace(expression, type=of)


def comparison(typing: Typing, op: Op, pair: tuple[Expression, Expression], span: Span) -> Expression | None:
    """A comparison of two typed operands, if their units can be compared."""
    left, right = _as_zero(*pair)
    if left.type.is_numeric and right.type.is_numeric:
        if alike(left.type, right.type):
            return Apply(op, (left, right), TRUTH, span)
        return _unlike(typing, op, (left, right), span)
    worded = _as_words(typing, left, right)
    if worded is None:
        return None
    left, right = worded
    if left.type.kind != right.type.kind:
        return _unlike(typing, op, (left, right), span)
    ordered = left.type.kind in {Kind.DATE, Kind.INSTANT, Kind.MONTHS, Kind.ELAPSED, Kind.WORKING}
    if op not in {Op.EQ, Op.NE} and not ordered:
        return typing.refuse("no-order", span, operator=op.value, found=type_word(left.type))
    return Apply(op, (left, right), TRUTH, span)


def _as_words(typing: Typing, left: Expression, right: Expression) -> tuple[Expression, Expression] | None:
    """A literal text takes the type of what it is compared with, if it is one of the words that this can be."""
    for word, other in ((left, right), (right, left)):
        if not isinstance(word, Literal) or word.type.kind is not Kind.TEXT or not other.type.is_textual:
            continue
        if other.type.values and word.value not in other.type.values:
            near = nearest(str(word.value), other.type.values)
            fix = Fix(word.span, f'"{near}"') if near else None
            typing.refuse("not-one-of", word.span, fix, found=str(word.value), accepted=other.type.values)
            return None
        retyped = _retyped(word, other.type)
        return (retyped, right) if word is left else (left, retyped)
    return left, right


def _unlike(typing: Typing, op: Op, pair: tuple[Expression, Expression], span: Span) -> Expression | None:
    left, right = pair
    for bare, against in ((left, right), (right, left)):
        if isinstance(bare, Literal) and bare.type.kind is Kind.NUMBER:
            if against.type.kind is Kind.RATIO and isinstance(bare.value, Decimal):
                both = (f"{bare.value}%", f"{(bare.value * 100).normalize():f}%")
                return typing.refuse(
                    "ratio-against-number",
                    bare.span,
                    compared_fix(bare, against),
                    found=str(bare.value),
                    one=both[0],
                    other=both[1],
                )
            if against.type.kind is Kind.MONEY:
                fix = Fix(bare.span, f"{bare.value} {against.type.unit}")
                return typing.refuse(
                    "money-against-number", bare.span, fix, found=str(bare.value), unit=against.type.unit
                )
    return typing.refuse(
        "unlike-units", span, operator=op.value, left=type_word(left.type), right=type_word(right.type)
    )


def _compare(typing: Typing, tree: ast.Compare) -> Expression | None:
    operands = typing.types((tree.left, tree.right))
    if operands is None:
        return None
    left, right = operands
    return comparison(typing, _COMPARISON[tree.operator], (left, right), tree.span)


def _logical(op: Op) -> Callable[[Typing, ast.All | ast.Any], Expression | None]:
    def rule(typing: Typing, tree: ast.All | ast.Any) -> Expression | None:
        operands = typing.types(tree.operands)
        if operands is None:
            return None
        checked = [typing.must_be_truth(each, side.span) for each, side in zip(operands, tree.operands, strict=True)]
        return None if None in checked else Apply(op, operands, TRUTH, tree.span)

    return rule


def _not(typing: Typing, tree: ast.Not) -> Expression | None:
    operand = typing.type(tree.operand)
    if operand is None or typing.must_be_truth(operand, tree.operand.span) is None:
        return None
    return Apply(Op.NOT, (operand,), TRUTH, tree.span)


def _between(typing: Typing, tree: ast.Between) -> Expression | None:
    return _within(typing, tree.operand, ast.Range(tree.low, tree.high, True, True, tree.span))


def _within(typing: Typing, operand: ast.Expression, tested: ast.Range) -> Expression | None:
    """A range as one or two comparisons."""
    subject = typing.type(operand)
    sides = ((tested.low, Op.GE if tested.low_in else Op.GT), (tested.high, Op.LE if tested.high_in else Op.LT))
    tests: list[Expression | None] = []
    for side, op in sides:
        if side is not None:
            border = typing.type(side)
            if subject is None or border is None:
                return None
            tests.append(comparison(typing, op, (subject, border), side.span))
    known_tests = tuple(test for test in tests if test is not None)
    if not tests or len(known_tests) < len(tests):
        return None
    return known_tests[0] if len(known_tests) == 1 else Apply(Op.AND, known_tests, TRUTH, tested.span)


def _in(typing: Typing, tree: ast.In) -> Expression | None:
    tests: list[Expression | None] = []
    for each in tree.tests:
        if isinstance(each, ast.Range):
            tests.append(_within(typing, tree.operand, each))
            continue
        pair = typing.types((tree.operand, each))
        tests.append(comparison(typing, Op.EQ, (pair[0], pair[1]), each.span) if pair else None)
    known = tuple(test for test in tests if test is not None)
    if len(known) < len(tests):
        return None
    return known[0] if len(known) == 1 else Apply(Op.OR, known, TRUTH, tree.span)


def _if(typing: Typing, tree: ast.If) -> Expression | None:
    operands = typing.types((tree.condition, tree.then, tree.otherwise))
    if operands is None:
        return None
    condition, *branches = operands
    if typing.must_be_truth(condition, tree.condition.span) is None:
        return None
    then, otherwise = _as_zero(branches[0], branches[1])
    result = unified(then.type, otherwise.type)
    if result is None:
        return _unlike_branches(typing, then.type, otherwise.type, tree.span)
    return Apply(Op.IF, (condition, then, otherwise), result, tree.span)


def _unlike_branches(typing: Typing, one: Type, other: Type, span: Span) -> Expression | None:
    return typing.refuse("unlike-branches", span, left=type_word(one), right=type_word(other))


def _is_missing(typing: Typing, tree: ast.IsMissing) -> Expression | None:
    operand = typing.type(tree.operand)
    if operand is None:
        return None
    asked = Apply(Op.IS_MISSING, (operand,), TRUTH, tree.span)
    return Apply(Op.NOT, (asked,), TRUTH, tree.span) if tree.known else asked


def _at_least(typing: Typing, tree: ast.AtLeast) -> Expression | None:
    return typing.refuse("not-yet", tree.span, what="at least")


def _call(typing: Typing, tree: ast.Call) -> Expression | None:
    operands = typing.types(tree.arguments)
    if operands is None:
        return None
    if tree.name not in {"min", "max"}:
        near = nearest(tree.name, ("min", "max"))
        fix = Fix(tree.name_span, near) if near else None
        return typing.refuse("unknown-function", tree.name_span, fix, found=tree.name, accepted=("min", "max"))
    if len(operands) < 2:  # noqa: PLR2004 the least of one value is that value
        return typing.refuse("too-few-arguments", tree.span, found=tree.name)
    for operand, side in zip(operands, tree.arguments, strict=True):
        if not operand.type.is_numeric:
            return typing.refuse("not-a-quantity", side.span, found=type_word(operand.type))
    result = operands[0].type
    for operand in operands[1:]:
        both = unified(result, operand.type)
        if both is None:
            return _unlike_branches(typing, result, operand.type, tree.span)
        result = both
    return Apply(Op.MIN if tree.name == "min" else Op.MAX, operands, result, tree.span)


_RULES: dict[type, Callable[[Typing, Any], Expression | None]] = {
    ast.Number: _literal,
    ast.Percent: _literal,
    ast.Money: _literal,
    ast.Text: _literal,
    ast.YesNo: _literal,
    ast.Date: _literal,
    ast.Duration: _literal,
    ast.Name: _name,
    ast.Negate: _negate,
    ast.Calculate: _calculate,
    ast.Compare: _compare,
    ast.All: _logical(Op.AND),
    ast.Any: _logical(Op.OR),
    ast.Not: _not,
    ast.Between: _between,
    ast.In: _in,
    ast.If: _if,
    ast.IsMissing: _is_missing,
    ast.AtLeast: _at_least,
    ast.Call: _call,
}
