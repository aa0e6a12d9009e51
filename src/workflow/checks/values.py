"""Values checked: each formula once, in the order in which they need each other; circles are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.checks.checked import CheckedValue
from workflow.checks.context import Context
from workflow.checks.formulas import Typing
from workflow.checks.measures import default_of
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Span
from workflow.model.policy import ValueDefinition
from workflow.model.types import TEXT, named
from workflow.syntax.formula import parse
from workflow.syntax.walk import names_in


def check_values(
    context: Context, definitions: Mapping[str, ValueDefinition], block: object, scope: Scope
) -> tuple[tuple[CheckedValue, ...], Scope]:
    """The values in the order in which they need each other, and the scope that knows them."""
    synonyms = {leaf.text: name for name, each in definitions.items() for leaf in each.names}
    spans = {name: context.key_span(block, name) for name in definitions}
    order = _Order(context, definitions, spans, synonyms, scope)
    for name in definitions:
        order.visit(name, ())
    scope = scope.with_broken(order.broken)
    values = []
    for name in order.done:
        definition = definitions[name]
        typing = Typing(scope)
        expression = typing.formula(definition.value)
        context.diagnostics.extend(typing.mistakes)
        if expression is None:
            scope = scope.with_broken((name,))
            continue
        of = named(expression.type)
        default = default_of(context, definition.if_missing, of)
        title = context.title(definition.title, spans[name])
        values.append(CheckedValue(name, title, expression, default, of, spans[name]))
        scope = scope.with_names({name: of}, {leaf.text: name for leaf in definition.names})
    scope = scope.with_names({}, synonyms)
    return tuple(values), scope


@dataclass
class _Order:
    """Sorting values by need: depth first, in the author's order."""

    context: Context
    definitions: Mapping[str, ValueDefinition]
    spans: Mapping[str, Span]
    synonyms: Mapping[str, str]
    scope: Scope
    done: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def visit(self, name: str, path: tuple[str, ...]) -> None:
        if name in self.done or name in self.broken:
            return
        if name in path:
            circle = (*path[path.index(name) :], name)
            related = tuple(self.spans[each] for each in circle[1:-1])
            self.context.note(Diagnostic("circle", self.spans[name], {"path": " -> ".join(circle)}, related=related))
            self.broken.update(circle)
            return
        for needed in self._needs(name):
            self.visit(needed, (*path, name))
        if name not in self.broken:
            self.done.append(name)

    def _needs(self, name: str) -> list[str]:
        known = self.scope.with_names(dict.fromkeys(self.definitions, TEXT), self.synonyms)
        tree, _ = parse(self.definitions[name].value.scalar, known.vocabulary())
        found = names_in(tree) if tree is not None else ()
        named_here = [self.synonyms.get(each.text, each.text) for each in found]
        return [each for each in named_here if each in self.definitions]
