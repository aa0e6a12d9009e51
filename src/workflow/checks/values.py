"""Values checked: each formula once, in the order in which they need each other; circles are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflow.checks.asked import Asked, find_table, names_asked
from workflow.checks.bands import BandAsked, check_band, find_band
from workflow.checks.builtin import OVERRIDDEN
from workflow.checks.calculated import Band, CheckedValue, Decision
from workflow.checks.context import Context
from workflow.checks.decisions import check_decision
from workflow.checks.facts import roomy
from workflow.checks.formulas import Typing
from workflow.checks.measures import default_of
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Span
from workflow.model.policy import ValueDefinition
from workflow.model.terms import Hit
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
    spans = {name: context.key_span(block, name) for name in definitions}
    tables = {name: outputs for name, each in definitions.items() if (outputs := _outputs(each))}
    synonyms = _synonyms(definitions, tables)
    scope = scope.with_tables(tables)
    known = [name for each in definitions for name in _names(each, tables)]
    words = scope.with_names(dict.fromkeys(known, TEXT), synonyms).vocabulary
    trees = {name: _read(context, each, spans[name], words) for name, each in definitions.items()}
    order = _Order(context, trees, spans, synonyms)
    for name in definitions:
        order.visit(name)
    scope = scope.with_broken(name for each in order.broken for name in (each, *_names(each, tables)))
    values: list[CheckedValue] = []
    for name in order.done:
        typing = Typing(scope)
        found = _typed(context, typing, name, trees[name].found)
        context.diagnostics.extend(typing.mistakes)
        if found is None:
            scope = scope.with_broken((name, *_names(name, tables)))
            continue
        own = [_checked(context, definitions[name], spans[name], output, each) for output, each in found.items()]
        values += own
        also = _synonyms({name: definitions[name]}, tables)
        scope = scope.with_names({each.name: each.type for each in own}, also)
    scope = scope.with_names({}, synonyms)
    return tuple(values), scope


def _outputs(definition: ValueDefinition) -> tuple[str, ...]:
    """The outputs that a value's table names; none where the value is one thing."""
    return tuple(dict.fromkeys(leaf.text for leaf in definition.gives or ())) if definition.table is not None else ()


def _names(name: str, tables: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The names by which formulas read a value: its own, or those of its outputs."""
    return tuple(f"{name}.{output}" for output in tables[name]) if name in tables else (name,)


def _synonyms(definitions: Mapping[str, ValueDefinition], tables: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The canonical name of each synonym; that of a table stands before its outputs too."""
    found: dict[str, str] = {}
    for name, each in definitions.items():
        for leaf in each.names:
            found[leaf.text] = name
            found |= {f"{leaf.text}.{output}": f"{name}.{output}" for output in tables.get(name, ())}
    return found


def _checked(
    context: Context, definition: ValueDefinition, span: Span, name: str, expression: Expression | Decision | Band
) -> CheckedValue:
    """A value, or one output of it, with its type, its title and what it is where it is missing."""
    of = named(expression.type)
    if OVERRIDDEN in context.recorded:
        of = roomy(of)
    default = default_of(context, definition.if_missing, of) if not _outputs(definition) else None
    output = next((leaf.span for leaf in definition.gives or () if name.endswith(f".{leaf.text}")), span)
    return CheckedValue(name, context.title(definition.title, span), expression, default, of, output)


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
    if definition.table is None:
        if definition.hit is not None:
            context.refuse("hit-without-table", definition.hit.span)
        if definition.gives:
            context.refuse("gives-without-results", definition.gives[0].span, key="value")
    if band is not None:
        return _Read(band, (band.of,))
    if definition.table is not None:
        if definition.gives and definition.if_missing is not None:
            context.refuse("default-of-outputs", definition.if_missing.span)
        asked = find_table(context, definition.table, definition.hit, definition.gives or ())
        return _Read(asked, names_asked(asked, words) if asked is not None else ())
    assert definition.value is not None
    tree, mistakes = parse(definition.value.scalar, words)
    return _Read((tree, mistakes), names_in(tree) if tree is not None else ())


def _typed(
    context: Context, typing: Typing, name: str, found: Found
) -> Mapping[str, Expression | Decision | Band] | None:
    """What decides a value, by its name, or each of its outputs by theirs."""
    if not isinstance(found, Asked):
        one = check_band(context, typing, found) if isinstance(found, BandAsked) else found and typing.parsed(*found)
        return {name: one} if one is not None else None
    decided = check_decision(context, typing, found, ("value",), lambda _, leaf: typing.formula(leaf))
    if decided is None or not found.gives:
        return {name: decided["value"]} if decided is not None else None
    shared = name if found.hit not in (Hit.MIN, Hit.MAX) else None  # there each output has a row of its own
    return {f"{name}.{leaf.text}": replace(decided[leaf.text], rows_of=shared) for leaf in found.gives}


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
        named_here = (self._definition(each.text) for each in self.trees[name].needs)
        return (each for each in named_here if each is not None)

    def _definition(self, name: str) -> str | None:
        """The value that a name means, or one of whose outputs, or a part of it."""
        while name:
            canonical = self.synonyms.get(name, name)
            if canonical in self.trees:
                return canonical
            name = name.rpartition(".")[0]
        return None
