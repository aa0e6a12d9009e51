"""Comparisons: which values may be compared, and tests of a value against ranges and lists."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workflow.checks.expressions.rules import Rules, type_word
from workflow.checks.meant import compared_fix
from workflow.checks.quantities import alike, is_zero
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.reading import nearest
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import TRUTH, Kind, Type
from workflow.syntax import ast
from workflow.syntax.literals import date, money, number, percent

_COMPARISON = {"=": Op.EQ, "!=": Op.NE, "<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE}
_ORDERED = frozenset(
    {Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.INSTANT, Kind.MONTHS, Kind.ELAPSED, Kind.WORKING, Kind.TEXT}
)
_QUOTED = {Kind.RATIO: percent, Kind.MONEY: money, Kind.NUMBER: number}
"""What a text in quotes is, without them, where such a value is compared with it."""
YES, NO = Literal(True, TRUTH), Literal(False, TRUTH)


def has_order(of: Type) -> bool:
    """Whether values of a type can be greater and less; a text that is one of some words has no order of its own."""
    return of.is_numeric or (of.kind in _ORDERED and not of.values)


def as_zero(left: Expression, right: Expression) -> tuple[Expression, Expression]:
    """A bare 0 takes the unit of what it is added to or compared with."""
    if is_zero(left) and right.type.is_numeric:
        return _retyped(left, right.type.sized(1, 0)), right
    if is_zero(right) and left.type.is_numeric:
        return left, _retyped(right, left.type.sized(1, 0))
    return left, right


def _retyped(expression: Expression, of: Type) -> Literal:
    assert isinstance(expression, Literal)
    return replace(expression, type=of)


def comparison(rules: Rules, op: Op, pair: tuple[Expression, Expression], span: Span) -> Expression | None:
    """A comparison of two typed operands, if their units can be compared."""
    left, right = as_zero(*pair)
    if left.type.is_numeric and right.type.is_numeric:
        if alike(left.type, right.type):
            return Apply(op, (left, right), TRUTH, span)
        return _unlike(rules, op, (left, right), span)
    worded = _as_words(rules, left, right)
    if worded is None:
        return None
    left, right = worded
    if left.type.kind != right.type.kind:
        return _unlike(rules, op, (left, right), span)
    if op not in {Op.EQ, Op.NE} and not (has_order(left.type) and has_order(right.type)):
        return rules.refuse("no-order", span, operator=op.value, found=type_word(left.type))
    return Apply(op, (left, right), TRUTH, span)


def _as_words(rules: Rules, left: Expression, right: Expression) -> tuple[Expression, Expression] | None:
    """A literal text takes the type of what it is compared with, if it is one of the words that this can be."""
    for word, other in ((left, right), (right, left)):
        if not isinstance(word, Literal) or word.type.kind is not Kind.TEXT or not other.type.is_textual:
            continue
        if other.type.values and word.value not in other.type.values:
            near = nearest(str(word.value), other.type.values)
            fix = Fix(word.span, f'"{near}"') if near else None
            rules.refuse("not-one-of", word.span, fix, found=str(word.value), accepted=other.type.values)
            return None
        retyped = _retyped(word, other.type)
        return (retyped, right) if word is left else (left, retyped)
    return left, right


def _unlike(rules: Rules, op: Op, pair: tuple[Expression, Expression], span: Span) -> Expression | None:
    left, right = pair
    fix = None
    for bare, against in ((left, right), (right, left)):
        if isinstance(bare, Literal) and bare.type.kind is Kind.NUMBER:
            if against.type.kind is Kind.RATIO and isinstance(bare.value, Decimal):
                both = (f"{bare.value}%", f"{(bare.value * 100).normalize():f}%")
                return rules.refuse(
                    "ratio-against-number",
                    bare.span,
                    compared_fix(bare, against),
                    found=str(bare.value),
                    one=both[0],
                    other=both[1],
                )
            if against.type.kind is Kind.MONEY:
                fix = Fix(bare.span, f"{bare.value} {against.type.unit}")
                return rules.refuse(
                    "money-against-number", bare.span, fix, found=str(bare.value), unit=against.type.unit
                )
        if isinstance(bare, Literal) and bare.type.kind is Kind.TEXT and against.type.kind is Kind.DATE:
            fix = Fix(bare.span, str(bare.value)) if date(str(bare.value)) else None
        if isinstance(bare, Literal) and bare.type.kind is Kind.TEXT and against.type.kind in _QUOTED:
            fix = Fix(bare.span, str(bare.value)) if _QUOTED[against.type.kind](str(bare.value)) else None
    return rules.refuse(
        "unlike-units", span, fix, operator=op.value, left=type_word(left.type), right=type_word(right.type)
    )


def type_compare(rules: Rules, tree: ast.Compare) -> Expression | None:
    """`a >= b`; lists and ranges are only equal or not."""
    if tree.operator in ("=", "!="):
        same = _equal(rules, tree.left, tree.right, tree.span)
        if same is None or tree.operator == "=":
            return same
        if isinstance(same, Apply) and same.op is Op.EQ:
            return replace(same, op=Op.NE)
        return Apply(Op.NOT, (same,), TRUTH, tree.span)
    operands = rules.types((tree.left, tree.right))
    return comparison(rules, _COMPARISON[tree.operator], (operands[0], operands[1]), tree.span) if operands else None


def _unquoted(rules: Rules, word: ast.Expression, beside: ast.Expression) -> None:
    """An unknown name that is compared with a text most likely is a text without its quotes."""
    last = rules.mistakes[-1] if rules.mistakes else None
    if last is None or last.code != "unknown-name" or last.span != word.span or last.fix is not None:
        return
    if not isinstance(word, ast.Name) or len(word.path) > 1 or not isinstance(beside, ast.Name):
        return
    column = rules.scope.find(beside.text, beside.span)
    if isinstance(column, Column) and column.type.kind is Kind.TEXT:
        text = f'"{word.text}"'
        rules.mistakes[-1] = Diagnostic(
            "text-unquoted", word.span, {"found": word.text, "meant": text}, fix=Fix(word.span, text)
        )


def _equal(rules: Rules, left: ast.Expression, right: ast.Expression, span: Span) -> Expression | None:
    """Whether two values are equal; of two lists, whether their items are; of two ranges, whether their borders are."""
    match left, right:
        case ast.List(items=ours), ast.List(items=others):
            if len(ours) != len(others):
                return NO if _all_typed(rules, (*ours, *others)) else None
            return _every(rules, [(one, other) for one, other in zip(ours, others, strict=True)], span)
        case ast.Range() as ours, ast.Range() as others:
            shape = [(side.low is None, side.high is None, side.low_in, side.high_in) for side in (ours, others)]
            borders = [
                (one, other) for one, other in ((ours.low, others.low), (ours.high, others.high)) if one and other
            ]
            if shape[0] != shape[1]:
                return NO if _all_typed(rules, tuple(part for pair in borders for part in pair)) else None
            return _every(rules, borders, span)
        case ast.Unless(value=one), ast.Unless(value=other):
            return _equal(rules, one, other, span)
    operands = rules.types((left, right))
    if operands is None:
        _unquoted(rules, left, right)
        _unquoted(rules, right, left)
    return comparison(rules, Op.EQ, (operands[0], operands[1]), span) if operands else None


def _all_typed(rules: Rules, trees: tuple[ast.Expression, ...]) -> bool:
    return rules.types(trees) is not None


def _every(rules: Rules, pairs: list[tuple[ast.Expression, ast.Expression]], span: Span) -> Expression | None:
    return joined(Op.AND, [_equal(rules, one, other, span) for one, other in pairs], span)


def joined(op: Op, tests: list[Expression | None], span: Span) -> Expression | None:
    """All of the tests, or any of them; None if one is."""
    known = tuple(test for test in tests if test is not None)
    if len(known) < len(tests):
        return None
    if not known:
        return YES if op is Op.AND else NO
    return known[0] if len(known) == 1 else Apply(op, known, TRUTH, span)


def type_by_order(rules: Rules, tree: ast.AtLeast | ast.AtMost) -> Expression | None:
    """`level at least "senior"`: by the order in which the values are declared, of other values what `>=` says."""
    op, border = (Op.GE, tree.least) if isinstance(tree, ast.AtLeast) else (Op.LE, tree.most)
    operands = rules.types((tree.operand, border))
    if operands is None:
        return None
    left, right = _as_words(rules, *operands) or (None, None)
    if left is None or right is None:
        return None
    if left.type.kind is right.type.kind is Kind.ORDERED and left.type.values == right.type.values:
        return Apply(op, (left, right), TRUTH, tree.span)
    return comparison(rules, op, (left, right), tree.span)


def type_between(rules: Rules, tree: ast.Between) -> Expression | None:
    """`x between a and b`."""
    return _within(rules, tree.operand, ast.Range(tree.low, tree.high, True, True, tree.span))


def _within(rules: Rules, operand: ast.Expression, tested: ast.Range) -> Expression | None:
    """A range as one or two comparisons."""
    subject = rules.type(operand)
    sides = ((tested.low, Op.GE if tested.low_in else Op.GT), (tested.high, Op.LE if tested.high_in else Op.LT))
    tests: list[Expression | None] = []
    for side, op in sides:
        if side is not None:
            border = rules.type(side)
            if subject is None or border is None:
                return None
            tests.append(comparison(rules, op, (subject, border), side.span))
    return joined(Op.AND, tests, tested.span)


def type_in(rules: Rules, tree: ast.In) -> Expression | None:
    """`x in (a, [b..c], > d)`: one of the tests holds."""
    return joined(Op.OR, [tested(rules, tree.operand, each) for each in tree.tests], tree.span)


def tested(rules: Rules, operand: ast.Expression, test: ast.Expression) -> Expression | None:
    """Whether a value passes one test: it is the value, lies in the range, or passes one test of the list."""
    match test:
        case ast.Range():
            return _within(rules, operand, test)
        case ast.Unless(value=value, span=span):
            same = _equal(rules, operand, value, span)
            return None if same is None else Apply(Op.NOT, (same,), TRUTH, span)
        case ast.List(items=items, span=span):
            whole = isinstance(operand, ast.List) and not any(isinstance(item, ast.List) for item in items)
            if whole:
                return _equal(rules, operand, test, span)
            return joined(Op.OR, [tested(rules, operand, item) for item in items], span)
    return _equal(rules, operand, test, test.span)
