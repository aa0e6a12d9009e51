"""The leaves of an expression: the node of each literal, and what may stand where no formula may."""

from __future__ import annotations

import datetime
from decimal import Decimal

from workflow.diagnostics import Span
from workflow.syntax import ast
from workflow.syntax.lexer import Token
from workflow.syntax.literals import Amount, Length


def leaf(token: Token, span: Span) -> ast.Expression:
    """The node of a literal token."""
    match token.value:
        case Amount(value=value, currency=currency):
            return ast.Money(value, currency, span)
        case Length(value=value, unit=unit, working=working):
            return ast.Duration(value, unit, working, span)
        case datetime.date() as day:
            return ast.Date(day, span)
        case Decimal() as value:
            return ast.Percent(value, span) if token.kind == "percent" else ast.Number(value, span)
        case value:
            assert isinstance(value, str)
            return ast.At(value, span) if token.kind == "at" else ast.Text(value, span)


def simple(expression: ast.Expression) -> bool:
    """Whether it may stand inside braces: a name, or one literal."""
    if isinstance(expression, ast.Negate):
        return isinstance(expression.operand, ast.Number | ast.Percent | ast.Money)
    literals = ast.Name | ast.Number | ast.Percent | ast.Money | ast.Text | ast.YesNo | ast.Date | ast.Duration
    return isinstance(expression, literals)
