"""What a built-in takes: its parameters by name and kind, and how what is given is matched with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.checks.expressions.rules import Rules, type_word
from workflow.diagnostics import Span
from workflow.model.typed import Expression, Literal
from workflow.model.types import NUMERIC, Kind
from workflow.syntax import ast
from workflow.words import Term

NUMBERS = frozenset({Kind.NUMBER, Kind.RATIO})
DURATIONS = frozenset({Kind.MONTHS, Kind.ELAPSED, Kind.WORKING})
DAYS = frozenset({Kind.DATE, Kind.DATE_TIME})
TEXTS = frozenset({Kind.TEXT})
_OF_A_CALENDAR = frozenset({Kind.DATE, Kind.TIME, Kind.DATE_TIME})
_WORDS: dict[frozenset[Kind], tuple[Term, ...]] = {
    NUMERIC: (Term("quantity"),),
    NUMERIC | DURATIONS: (Term("quantity"), Term("elapsed")),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a built-in takes at one place: a `literal` one stands in the formula, a `nullable` one may be `null`."""

    name: str
    kinds: frozenset[Kind]
    optional: bool = False
    literal: bool = False
    nullable: bool = False


Given = tuple[Expression | None, ...]
"""The values of all parameters, None for those that are left out."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A built-in in one of its forms."""

    parameters: tuple[Parameter, ...]
    build: Callable[[Rules, Given, Span], Expression | None]

    def order(self, tree: ast.Call) -> tuple[ast.Expression | None, ...] | None:
        """What is given for each parameter; None where the call doesn't fit."""
        if len(tree.arguments) > len(self.parameters):
            return None
        if tree.names:
            given = dict(zip(tree.names, tree.arguments, strict=True))
            if len(given) < len(tree.names) or not set(given) <= {each.name for each in self.parameters}:
                return None
            found: tuple[ast.Expression | None, ...] = tuple(given.get(each.name) for each in self.parameters)
        else:
            found = (*tree.arguments, *(None for _ in self.parameters[len(tree.arguments) :]))
        found = tuple(
            None if isinstance(part, ast.Null) and each.nullable else part
            for part, each in zip(found, self.parameters, strict=True)
        )
        lacks = any(part is None and not each.optional for part, each in zip(found, self.parameters, strict=True))
        return None if lacks else found


def shown(name: str, signatures: Sequence[Signature]) -> tuple[str, ...]:
    """The forms of a built-in as its user reads them: `substring(string, start position, length?)`."""
    return tuple(
        f"{name}({', '.join(each.name + '?' * each.optional for each in signature.parameters)})"
        for signature in signatures
    )


def called(rules: Rules, tree: ast.Call, signatures: Sequence[Signature]) -> Expression | None:
    """The call of a built-in: the first form that takes so many values, and their kinds."""
    forms = [(signature, order) for signature in signatures if (order := signature.order(tree)) is not None]
    if not forms:
        return rules.refuse("wrong-arguments", tree.span, found=tree.name, accepted=shown(tree.name, signatures))
    signature, order = forms[0]
    values: list[Expression | None] = []
    fitting = True
    for parameter, part in zip(signature.parameters, order, strict=True):
        typed = rules.type(part) if part is not None else None
        fitting &= part is None or (typed is not None and _fits(rules, tree, parameter, typed, part.span))
        values.append(typed)
    return signature.build(rules, tuple(values), tree.span) if fitting else None


def _fits(rules: Rules, tree: ast.Call, parameter: Parameter, typed: Expression, span: Span) -> bool:
    words: dict[str, Any] = {"function": tree.name, "parameter": parameter.name}
    if typed.type.kind is Kind.INSTANT and parameter.kinds & _OF_A_CALENDAR:
        rules.refuse("no-calendar-in-an-instant", span)
        return False
    if typed.type.kind not in parameter.kinds:
        kinds = sorted(parameter.kinds, key=list(Kind).index)
        accepted = _WORDS.get(parameter.kinds) or tuple(Term(kind.name.lower()) for kind in kinds)
        rules.refuse("wrong-argument", span, **words, found=type_word(typed.type), accepted=accepted)
        return False
    if parameter.literal and not isinstance(typed, Literal):
        rules.refuse("argument-not-literal", span, **words)
        return False
    return True
