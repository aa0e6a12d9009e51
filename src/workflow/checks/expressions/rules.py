"""What every rule works with: the names at a place, the mistakes met, and the typing of parts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from workflow.checks.scope import Scope
from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.typed import Expression, Literal
from workflow.model.types import TRUTH, Kind, Type
from workflow.syntax import ast
from workflow.words import Term


def type_word(of: Type) -> Term:
    """A type as its reader knows it: `money in CNY`, `percent`."""
    key = of.kind.name.lower()
    return Term(f"{key}:{of.unit}" if of.unit else key)


@dataclass(frozen=True, slots=True)
class Rules(ABC):
    """The typing of formulas at one place: what they may name, and the mistakes met."""

    scope: Scope
    mistakes: list[Diagnostic] = field(default_factory=list)

    @abstractmethod
    def type(self, tree: ast.Expression) -> Expression | None:
        """The typed expression of a tree, or None after noting its mistakes."""

    def types(self, trees: tuple[ast.Expression, ...]) -> tuple[Expression, ...] | None:
        """The typed expressions of several trees, all of whose mistakes are noted; None if any has one."""
        typed = [self.type(tree) for tree in trees]
        known = tuple(each for each in typed if each is not None)
        return known if len(known) == len(typed) else None

    def refuse(self, code: str, span: Span, fix: Fix | None = None, **args: Argument) -> Expression | None:
        """Note a mistake; there is no expression then, so None comes back for the caller to return."""
        self.mistakes.append(Diagnostic(code, span, args, fix=fix))
        return None

    def must_be_truth(self, typed: Expression, span: Span) -> Expression | None:
        """The expression, if it is a condition, or what it means as one."""
        if typed.type.kind is Kind.TRUTH:
            return typed
        if isinstance(typed, Literal) and isinstance(typed.value, str) and typed.value in ("true", "false"):
            # In quotes it is a text; what is meant is certain, so that reading goes on. A place that is wider than the
            # quotes covers brackets.
            quoted = span.end_column - span.column == len(typed.value) + 2
            fix = Fix(span, typed.value if quoted else f"({typed.value})")
            self.refuse("not-a-condition", span, fix, found=type_word(typed.type))
            return Literal(typed.value == "true", TRUTH, typed.span)
        return self.refuse("not-a-condition", span, found=type_word(typed.type))
