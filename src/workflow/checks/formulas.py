"""From the tree of a formula to a typed expression: names, types and units.

The rules stand in `checks.expressions`, a module a family, and in the table here, a row for each kind of node. A
mistake is noted in `Typing.mistakes` and the formula gives None, so that one slip makes one message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workflow.checks.expressions.arithmetic import type_calculate, type_negate
from workflow.checks.expressions.calls import type_call
from workflow.checks.expressions.comparing import as_zero, type_between, type_by_order, type_compare, type_in
from workflow.checks.expressions.literals import type_at, type_literal
from workflow.checks.expressions.moments import PARTS, part, type_property
from workflow.checks.expressions.rules import Rules, type_word
from workflow.checks.expressions.size import size_and_height
from workflow.checks.quantities import unified
from workflow.diagnostics import NOWHERE, Diagnostic
from workflow.model.leaves import Formula
from workflow.model.typed import Apply, Expression, Literal, Op
from workflow.model.types import TRUTH, Kind
from workflow.syntax import ast
from workflow.syntax.formula import parse

MOST_PARTS = 2000
"""Operations of one formula, once powers, parts of dates and tests of lists are laid open."""


MOST_HEIGHT = 80
"""How deep they may be nested in one another: who walks an expression goes down as far."""


@dataclass(frozen=True, slots=True)
class Typing(Rules):
    """The typing of formulas at one place: what they may name, and the mistakes met."""

    def formula(self, leaf: Formula) -> Expression | None:
        """The typed expression of a formula, or None after noting its mistakes."""
        return self.parsed(*parse(leaf.scalar, self.scope.vocabulary))

    def parsed(self, tree: ast.Expression | None, mistakes: tuple[Diagnostic, ...]) -> Expression | None:
        """The typed expression of a formula that has been read, or None after noting its mistakes."""
        self.mistakes.extend(mistakes)
        typed = None if tree is None or mistakes else self.type(tree)
        if typed is None or tree is None:
            return None
        size, height = size_and_height(typed, MOST_PARTS)
        if size > MOST_PARTS:
            return self.refuse("formula-too-large", tree.span, limit=MOST_PARTS)
        if height > MOST_HEIGHT:
            return self.refuse("formula-too-deep", tree.span, limit=MOST_HEIGHT)
        return typed

    def condition(self, leaf: Formula) -> Expression | None:
        """The same, for a place where a yes or no is needed."""
        typed = self.formula(leaf)
        return self.must_be_truth(typed, leaf.span) if typed is not None else None

    def type(self, tree: ast.Expression) -> Expression | None:
        """The typed expression of a tree, with its place: a rule that composes one has no place of its own."""
        found = _RULES[type(tree)](self, tree)
        return replace(found, span=tree.span) if found is not None and found.span == NOWHERE else found


def _name(rules: Rules, tree: ast.Name) -> Expression | None:
    found = rules.scope.find(tree.text, tree.span)
    if not isinstance(found, Diagnostic):
        return found
    if len(tree.path) > 1:
        # What is filled in for the name in an explanation stands where the name does, before its part.
        place = replace(tree.span, end_column=tree.span.end_column - len(tree.path[-1]) - 1)
        owner = rules.scope.find(".".join(tree.path[:-1]), place)
        if owner is not None and not isinstance(owner, Diagnostic) and owner.type.kind in {*PARTS, Kind.INSTANT}:
            return part(rules, owner, tree.path[-1], (tree.span, tree.span))
    rules.mistakes.append(found)
    return None


def _logical(op: Op) -> Callable[[Rules, ast.All | ast.Any], Expression | None]:
    def rule(rules: Rules, tree: ast.All | ast.Any) -> Expression | None:
        operands = rules.types(tree.operands)
        if operands is None:
            return None
        checked = [rules.must_be_truth(each, side.span) for each, side in zip(operands, tree.operands, strict=True)]
        known = tuple(each for each in checked if each is not None)
        return Apply(op, known, TRUTH, tree.span) if len(known) == len(operands) else None

    return rule


def _not(rules: Rules, tree: ast.Not) -> Expression | None:
    operand = rules.type(tree.operand)
    condition = operand and rules.must_be_truth(operand, tree.operand.span)
    return condition and Apply(Op.NOT, (condition,), TRUTH, tree.span)


def _if(rules: Rules, tree: ast.If) -> Expression | None:
    operands = rules.types((tree.condition, tree.then, tree.otherwise))
    if operands is None:
        return None
    asked, *branches = operands
    condition = rules.must_be_truth(asked, tree.condition.span)
    if condition is None:
        return None
    then, otherwise = as_zero(branches[0], branches[1])
    result = unified(then.type, otherwise.type)
    if result is None:
        left, right = type_word(then.type), type_word(otherwise.type)
        return rules.refuse("unlike-branches", tree.span, left=left, right=right)
    return Apply(Op.IF, (condition, then, otherwise), result, tree.span)


def _is_missing(rules: Rules, tree: ast.IsMissing) -> Expression | None:
    if isinstance(tree.operand, ast.List):
        # A list stands there: it is never missing, whatever its items are.
        return Literal(tree.known, TRUTH, tree.span) if rules.types(tree.operand.items) is not None else None
    operand = rules.type(tree.operand)
    if operand is None:
        return None
    asked = Apply(Op.IS_MISSING, (operand,), TRUTH, tree.span)
    return Apply(Op.NOT, (asked,), TRUTH, tree.span) if tree.known else asked


def _null(rules: Rules, tree: ast.Null) -> Expression | None:
    return rules.refuse("left-out-null", tree.span, found="null")


def _several(rules: Rules, tree: ast.List | ast.Range | ast.Unless) -> Expression | None:
    return rules.refuse("not-one-value", tree.span, found="[…]" if isinstance(tree, ast.List) else "a..b")


_RULES: dict[type, Callable[[Rules, Any], Expression | None]] = {
    ast.Number: type_literal,
    ast.Percent: type_literal,
    ast.Money: type_literal,
    ast.Text: type_literal,
    ast.YesNo: type_literal,
    ast.Date: type_literal,
    ast.Duration: type_literal,
    ast.Null: _null,
    ast.At: type_at,
    ast.Name: _name,
    ast.Negate: type_negate,
    ast.Calculate: type_calculate,
    ast.Compare: type_compare,
    ast.All: _logical(Op.AND),
    ast.Any: _logical(Op.OR),
    ast.Not: _not,
    ast.Between: type_between,
    ast.Range: _several,
    ast.List: _several,
    ast.Unless: _several,
    ast.In: type_in,
    ast.If: _if,
    ast.IsMissing: _is_missing,
    ast.AtLeast: type_by_order,
    ast.AtMost: type_by_order,
    ast.Property: type_property,
    ast.Call: type_call,
}
