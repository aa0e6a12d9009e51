"""Values checked: each formula once, in the order in which they need each other; circles are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflow.checks.bands import BandAsked, check_band, find_band
from workflow.checks.builtin import OVERRIDDEN
from workflow.checks.checked import Band, CheckedValue, Decision
from workflow.checks.context import Context
from workflow.checks.decisions import Asked, check_decision, find_table, names_asked
from workflow.checks.facts import roomy
from workflow.checks.formulas import Typing
from workflow.checks.measures import default_of
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Span
from workflow.model.policy import ValueDefinition
from workflow.model.typed import Expression
from workflow.model.types import TEXT, named
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import names_in


def check_values(
    context: Context, definitions: Mapping[str, ValueDefinition], block: object, scope: Scope
) -> tuple[tuple[CheckedValue, ...], Scope]:
    """The values in the order in which they need each other, and the scope that knows them."""
    synonyms = {leaf.text: name for name, each in definitions.items() for leaf in each.names}
    spans = {name: context.key_span(block, name) for name in definitions}
    words = scope.with_names(dict.fromkeys(definitions, TEXT), synonyms).vocabulary
    trees = {name: _read(context, each, spans[name], words) for name, each in definitions.items()}
    order = _Order(context, trees, spans, synonyms)
    for name in definitions:
        order.visit(name)
    scope = scope.with_broken(order.broken)
    values = []
    for name in order.done:
        definition = definitions[name]
        typing = Typing(scope)
        expression = _typed(context, typing, trees[name].found)
        context.diagnostics.extend(typing.mistakes)
        if expression is None:
            scope = scope.with_broken((name,))
            continue
        of = named(expression.type)
        if OVERRIDDEN in context.recorded:
            of = roomy(of)
        default = default_of(context, definition.if_missing, of)
        title = context.title(definition.title, spans[name])
        values.append(CheckedValue(name, title, expression, default, of, spans[name]))
        scope = scope.with_names({name: of}, {leaf.text: name for leaf in definition.names})
    scope = scope.with_names({}, synonyms)
    return tuple(values), scope


Found = tuple[ast.Expression | None, tuple[Diagnostic, ...]] | Asked | BandAsked | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands under a value: a formula as read, or a table as found; and the names that it needs."""

    found: Found
    needs: tuple[ast.Name, ...]


def _read(context: Context, definition: ValueDefinition, span: Span, words: Vocabulary) -> _Read:
    """The formula or the table of a value; neither, after noting that it says both, or nothing."""
    band = find_band(context, definition, span)
    if sum(each is not None for each in (definition.value, definition.table, band)) != 1:
        if not (band is None and hasattr(definition, "band_of") and definition.band_of is not None):
            context.refuse("value-or-table", span)
        return _Read(None, ())
    if band is not None:
        return _Read(band, (band.of,))
    if definition.table is not None:
        asked = find_table(context, definition.table, definition.hit)
        return _Read(asked, names_asked(asked, words) if asked is not None else ())
    assert definition.value is not None
    if definition.hit is not None:
        context.refuse("hit-without-table", definition.hit.span)
    tree, mistakes = parse(definition.value.scalar, words)
    return _Read((tree, mistakes), names_in(tree) if tree is not None else ())


def _typed(context: Context, typing: Typing, found: Found) -> Expression | Decision | Band | None:
    if isinstance(found, Asked):
        decided = check_decision(context, typing, found, ("value",), lambda _, leaf: typing.formula(leaf))
        return decided[1] if decided is not None else None
    if isinstance(found, BandAsked):
        return check_band(context, typing, found)
    return typing.parsed(*found) if found is not None else None


@dataclass
class _Order:
    """Sorting values by need: depth first, in the author's order; a chain of them may be as long as it likes."""

    context: Context
    trees: Mapping[str, _Read]
    spans: Mapping[str, Span]
    synonyms: Mapping[str, str]
    done: dict[str, None] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def visit(self, name: str) -> None:
        """Put a value behind all that it needs."""
        path = {name: self._needs(name)} if self._is_new(name) else {}
        while path:
            last = next(reversed(path))
            needed = next(path[last], None)
            if needed is None:
                del path[last]
                if last not in self.broken:
                    self.done[last] = None
            elif needed in path and self._is_new(needed):
                self._circle((*list(path)[list(path).index(needed) :], needed))
            elif self._is_new(needed):
                path[needed] = self._needs(needed)

    def _is_new(self, name: str) -> bool:
        return name not in self.done and name not in self.broken

    def _circle(self, circle: tuple[str, ...]) -> None:
        related = tuple(self.spans[each] for each in circle[1:-1])
        self.context.note(Diagnostic("circle", self.spans[circle[0]], {"path": " -> ".join(circle)}, related=related))
        self.broken.update(circle)

    def _needs(self, name: str) -> Iterator[str]:
        found = self.trees[name].needs
        named_here = (self.synonyms.get(each.text, each.text) for each in found)
        return (each for each in named_here if each in self.trees)
