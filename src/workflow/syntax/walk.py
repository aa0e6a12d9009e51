"""Walking the tree of an expression without recursion, for trees whose height isn't bounded yet or doesn't matter."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.syntax import ast


def children(node: ast.Expression) -> tuple[ast.Expression, ...]:
    """The parts directly below a node, as written from left to right."""
    match node:
        case ast.Negate(operand=operand) | ast.Not(operand=operand) | ast.IsMissing(operand=operand):
            return (operand,)
        case ast.Calculate(left=left, right=right) | ast.Compare(left=left, right=right):
            return (left, right)
        case ast.All(operands=operands) | ast.Any(operands=operands):
            return operands
        case ast.Between(operand=operand, low=low, high=high):
            return (operand, low, high)
        case ast.Range(low=low, high=high):
            return tuple(border for border in (low, high) if border is not None)
        case ast.In(operand=operand, tests=tests):
            return (operand, *tests)
        case ast.If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case ast.AtLeast(operand=operand, least=least):
            return (operand, least)
        case ast.AtMost(operand=operand, most=most):
            return (operand, most)
        case ast.Call(arguments=parts) | ast.List(items=parts):
            return parts
        case ast.Property(operand=inner) | ast.Unless(value=inner):
            return (inner,)
    return ()


def walk(node: ast.Expression) -> Iterator[ast.Expression]:
    """The node and all below it, in the order in which they are written."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def height(node: ast.Expression) -> int:
    """How many nodes stand on the longest way down."""
    level, floor = 0, [node]
    while floor:
        level += 1
        floor = [child for parent in floor for child in children(parent)]
    return level


def names_in(tree: ast.Expression) -> tuple[ast.Name, ...]:
    """Every name that a tree speaks of, in the order in which they are written."""
    return tuple(part for part in walk(tree) if isinstance(part, ast.Name))
