"""An expression by itself, checked: the names given with it, its type, and the parts that it is calculated from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.checks.expressions.literals import literal
from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Span
from workflow.model.typed import Expression, Literal, Value
from workflow.model.types import TEXT, Type, number
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.positions import whole_text
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import children

EXPRESSION = "expression"
"""The place of the expression in diagnostics; that of a given value is its name."""
_MISSING = ("missing", "缺失")
_OTHER_FORMS = frozenset({"number-form", "date-form"})
"""A literal in a form that others use: hardly meant as a text."""
_UNKNOWN = number(24, 12)
"""The type of what is missing, where none is said."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the expression as written, and what it means."""

    text: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Attempt:
    """An expression without mistakes: its tree, its steps from the inside out, itself last, and what was given."""

    text: str
    tree: ast.Expression
    steps: tuple[Step, ...]
    types: Mapping[str, Type]
    values: Mapping[str, Value | None]

    @property
    def expression(self) -> Expression:
        """The whole."""
        return self.steps[-1].expression


def attempted(text: str, given: Mapping[str, str]) -> tuple[Attempt | None, tuple[Diagnostic, ...]]:
    """The expression and what is given with it, checked.

    Args:
        text: the expression.
        given: the value of each name it uses: a literal, a text without quotes, `missing`, or `missing` and a literal
            of the type that it would have.

    Returns:
        The checked expression, or None; and what is wrong.
    """
    types: dict[str, Type] = {}
    values: dict[str, Value | None] = {}
    slips: list[Diagnostic] = []
    for name, written in given.items():
        types[name], values[name], found = _given(name, written)
        slips += found
    if slips:
        return None, tuple(slips)
    scope = Scope(types)
    scalar = whole_text(text, EXPRESSION)
    tree, said = parse(scalar, scope.vocabulary)
    typing = Typing(scope)
    typed = typing.parsed(tree, said)
    if tree is None or typed is None:
        return None, tuple(typing.mistakes)
    steps = tuple(_steps(Typing(scope), tree, scalar))
    return Attempt(text, tree, (*steps, Step(" ".join(text.split()), typed)), types, values), ()


def _given(name: str, written: str) -> tuple[Type, Value | None, tuple[Diagnostic, ...]]:
    """A value, its type, and where it is a number or date in another form, that; what is no literal is a text."""
    word = next((word for word in _MISSING if written.startswith(word)), None)
    plain = written.removeprefix(word).strip() if word else written
    if word and not plain:
        return _UNKNOWN, None, ()
    tree, said = parse(whole_text(plain, name), Vocabulary())
    if tree is not None and said and _is_literal(tree) and {each.code for each in said} <= _OTHER_FORMS:
        return _UNKNOWN, None, tuple(said)
    found = Typing(Scope({})).type(tree) if tree is not None and not said and _is_literal(tree) else None
    if not isinstance(found, Literal):
        found = Literal(plain, TEXT)
    return found.type, None if word else found.value, ()


def _is_literal(tree: ast.Expression) -> bool:
    named = isinstance(tree, ast.Call) and all(isinstance(part, ast.Text) for part in tree.arguments)
    return literal(tree) is not None or isinstance(tree, ast.At) or named


def _steps(typing: Typing, tree: ast.Expression, scalar: Scalar) -> Iterator[Step]:
    """The parts below a node that have a value of their own, each text once, the innermost first."""
    seen: set[str] = set()
    for node in _inside_out(tree):
        text = _written(scalar, node.span)
        if text not in seen and not _bare(node):
            typed = typing.type(node)
            if typed is not None:
                seen.add(text)
                yield Step(text, typed)


def _inside_out(tree: ast.Expression) -> Iterator[ast.Expression]:
    for child in children(tree):
        yield from _inside_out(child)
        yield child


def _bare(node: ast.Expression) -> bool:
    """Whether there is nothing to show: a literal says what it is, a list and a range have no value of their own."""
    return literal(node) is not None or isinstance(node, ast.List | ast.Range | ast.Unless | ast.Null | ast.At)


def _written(scalar: Scalar, span: Span) -> str:
    lines = scalar.text.split("\n")
    if span.line == span.end_line:
        return " ".join(lines[span.line - 1][span.column - 1 : span.end_column - 1].split())
    middle = lines[span.line : span.end_line - 1]
    parts = (lines[span.line - 1][span.column - 1 :], *middle, lines[span.end_line - 1][: span.end_column - 1])
    return " ".join(" ".join(parts).split())
