"""Built-ins over lists: each takes a list, or the values themselves, and is laid open before anything runs."""

from __future__ import annotations

from collections.abc import Callable

from workflow.checks.expressions.comparing import as_zero, has_order, joined, tested
from workflow.checks.expressions.counting import paired, plus, times, whole
from workflow.checks.expressions.rules import Rules, type_word
from workflow.checks.quantities import alike, calculated, unified
from workflow.diagnostics import Span
from workflow.model.sizes import DURATIONS, quotient_type
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import MAX_DIGITS, TEXT, Kind
from workflow.syntax import ast

Trees = tuple[ast.Expression, ...]


def items(tree: ast.Call) -> Trees | None:
    """The values that an aggregate is over; None where what is named is no list."""
    if tree.names and tree.names != ("list",):
        return None
    if len(tree.arguments) == 1 and isinstance(tree.arguments[0], ast.List):
        return tree.arguments[0].items
    return tree.arguments or None


def _alike(rules: Rules, trees: Trees, span: Span) -> tuple[Expression, ...] | None:
    """The typed values, of one kind, a bare 0 taking it; None after saying what is wrong."""
    typed = rules.types(trees)
    if typed is None:
        return None
    first = next((each for each in typed if each.type.kind is not Kind.NUMBER), typed[0])
    typed = tuple(as_zero(each, first)[0] for each in typed)
    for each, side in zip(typed, trees, strict=True):
        if not (alike(each.type, typed[0].type) or (each.type.is_textual and typed[0].type.is_textual)):
            rules.refuse("unlike-branches", side.span, left=type_word(typed[0].type), right=type_word(each.type))
            return None
    return typed


def _quantities(rules: Rules, trees: Trees, span: Span, *, durations: bool = False) -> tuple[Expression, ...] | None:
    typed = _alike(rules, trees, span)
    if typed is None:
        return None
    for each, side in zip(typed, trees, strict=True):
        if not (each.type.is_numeric or (durations and each.type.kind in DURATIONS)):
            rules.refuse("not-a-quantity", side.span, found=type_word(each.type))
            return None
    return typed


def _extreme(op: Op) -> Callable[[Rules, Trees, Span], Expression | None]:
    def build(rules: Rules, trees: Trees, span: Span) -> Expression | None:
        typed = _alike(rules, trees, span)
        if typed is None:
            return None
        result = typed[0].type
        for each, side in zip(typed, trees, strict=True):
            both = unified(result, each.type)
            if not has_order(each.type) or both is None:
                return rules.refuse("not-a-quantity", side.span, found=type_word(each.type))
            result = both
        return typed[0] if len(typed) == 1 else Apply(op, typed, result, span)

    return build


def _sum(rules: Rules, trees: Trees, span: Span) -> Expression | None:
    typed = _quantities(rules, trees, span, durations=True)
    if typed is None:
        return None
    return paired(typed, plus)


def _count(rules: Rules, trees: Trees, span: Span) -> Expression | None:
    typed = rules.types(trees)
    return whole(len(trees)) if typed is not None else None


def _mean(rules: Rules, trees: Trees, span: Span) -> Expression | None:
    typed = _quantities(rules, trees, span)
    if typed is None:
        return None
    total = paired(typed, plus)
    count = whole(len(typed))
    of = quotient_type(total.type, count.type, total.type.kind, total.type.unit)
    return Apply(Op.DIV, (total, count), of, span)


def _median(rules: Rules, trees: Trees, span: Span) -> Expression | None:
    typed = _quantities(rules, trees, span)
    if typed is None:
        return None
    of = typed[0].type
    for each in typed[1:]:
        of = unified(of, each.type) or of
    count = len(typed)

    def nth(place: int) -> Expression:
        return Apply(Op.NTH, (whole(place), *typed), of, span)

    if count % 2:
        return nth(count // 2 + 1)
    if of.scale == MAX_DIGITS:
        return rules.refuse("too-many-digits", span)
    return times(plus(nth(count // 2), nth(count // 2 + 1)), whole("0.5"))


def _product(rules: Rules, trees: Trees, span: Span) -> Expression | None:
    typed = rules.types(trees)
    if typed is None:
        return None
    for each, side in zip(typed, trees, strict=True):
        if not each.type.is_numeric:
            return rules.refuse("not-a-quantity", side.span, found=type_word(each.type))
    too_fine: list[Expression] = []

    def joined_by(left: Expression, right: Expression) -> Expression:
        of = calculated(Op.MUL, left, right)
        too_fine.extend([left] * (of is None))
        return left if of is None else Apply(Op.MUL, (left, right), of, span)

    total = paired(typed, joined_by)
    return rules.refuse("too-many-digits", span) if too_fine else total


def _truths(op: Op) -> Callable[[Rules, Trees, Span], Expression | None]:
    def build(rules: Rules, trees: Trees, span: Span) -> Expression | None:
        typed = rules.types(trees)
        if typed is None:
            return None
        checked = [rules.must_be_truth(each, side.span) for each, side in zip(typed, trees, strict=True)]
        return joined(op, checked, span)

    return build


AGGREGATES: dict[str, Callable[[Rules, Trees, Span], Expression | None]] = {
    "min": _extreme(Op.MIN),
    "max": _extreme(Op.MAX),
    "sum": _sum,
    "count": _count,
    "mean": _mean,
    "median": _median,
    "product": _product,
    "all": _truths(Op.AND),
    "any": _truths(Op.OR),
}
"""By name."""
OF_NOTHING = {"count", "all", "any"}
"""Those that have a result for an empty list."""


def aggregated(rules: Rules, tree: ast.Call) -> Expression | None:
    """`sum([a, b, c])` or `sum(a, b, c)`."""
    found = items(tree)
    if found is None:
        return rules.refuse("wrong-arguments", tree.span, found=tree.name, accepted=(f"{tree.name}(list)",))
    if not found and tree.name not in OF_NOTHING:
        return rules.refuse("empty-list", tree.span, found=tree.name)
    return AGGREGATES[tree.name](rules, found, tree.span)


def _pair(tree: ast.Call, names: tuple[str, str], least: int) -> tuple[ast.Expression, ...] | None:
    """What is given for a list and a second parameter."""
    if not least <= len(tree.arguments) <= len(names):
        return None
    if not tree.names:
        return tree.arguments
    given = dict(zip(tree.names, tree.arguments, strict=True))
    return (
        tuple(given[name] for name in names if name in given)
        if set(given) <= set(names) and names[0] in given
        else None
    )


def list_contains(rules: Rules, tree: ast.Call) -> Expression | None:
    """`list contains(list, element)`."""
    found = _pair(tree, ("list", "element"), 2)
    if found is None or not isinstance(found[0], ast.List):
        return rules.refuse("wrong-arguments", tree.span, found=tree.name, accepted=("list contains(list, element)",))
    tests = [tested(rules, found[1], item) for item in found[0].items]
    if isinstance(found[1], ast.List):
        tests = [
            tested(rules, found[1], ast.List((item,), item.span))
            for item in found[0].items
            if isinstance(item, ast.List)
        ]
    elif not tests and rules.type(found[1]) is None:
        return None
    return joined(Op.OR, tests, tree.span)


def string_join(rules: Rules, tree: ast.Call) -> Expression | None:
    """`string join(list, delimiter?)`."""
    found = _pair(tree, ("list", "delimiter"), 1)
    if found is None or isinstance(found[0], ast.Null):
        return rules.refuse("wrong-arguments", tree.span, found=tree.name, accepted=("string join(list, delimiter?)",))
    every = found[0].items if isinstance(found[0], ast.List) else (found[0],)
    parts = tuple(part for part in every if not isinstance(part, ast.Null))
    found = found if not isinstance(found[-1], ast.Null) else found[:1]
    typed = rules.types((*parts, *found[1:]))
    if typed is None:
        return None
    for each, side in zip(typed, (*parts, *found[1:]), strict=True):
        if each.type.kind is not Kind.TEXT:
            return rules.refuse(
                "wrong-argument",
                side.span,
                function=tree.name,
                parameter="list",
                found=type_word(each.type),
                accepted=(type_word(TEXT),),
            )
    texts, between = typed[: len(parts)], typed[len(parts) :]
    woven = [piece for text in texts for piece in (*between, text)][len(between) :]
    if not woven:
        return Literal("", TEXT, tree.span)
    return woven[0] if len(woven) == 1 else Apply(Op.JOIN, tuple(woven), TEXT, tree.span)
