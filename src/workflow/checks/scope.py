"""What a formula may name at its place: names with their types, and the synonyms they go by."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.reading import nearest, shown
from workflow.model.typed import Column
from workflow.model.types import Type
from workflow.syntax.vocabulary import Vocabulary


@dataclass(frozen=True)
class Scope:
    """Names usable in a formula. `names` maps a canonical name to its type, `synonyms` a frozen synonym to its name.

    `broken` are names whose own definition has a mistake: using one is no second mistake.
    """

    names: Mapping[str, Type]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that the reader of formulas must know to part Chinese text into names."""
        return Vocabulary(frozenset(self.names) | frozenset(self.synonyms) | self.broken)

    def with_broken(self, names: Iterable[str]) -> Scope:
        """A scope that knows of names without a type."""
        return replace(self, broken=self.broken | frozenset(names))

    def with_names(self, names: Mapping[str, Type], synonyms: Mapping[str, str] | None = None) -> Scope:
        """A scope that knows more."""
        return replace(self, names={**self.names, **names}, synonyms={**self.synonyms, **(synonyms or {})})

    def find(self, name: str, span: Span) -> Column | Diagnostic | None:
        """The column that a name means, or what is wrong with the name; None where its definition is broken."""
        canonical = self.synonyms.get(name, name)
        if canonical in self.broken:
            return None
        if canonical in self.names:
            return Column(canonical, self.names[canonical], span)
        if name.rsplit(".", maxsplit=1)[-1] == "manager":
            return Diagnostic("manager-means-two", span, {"found": name})
        known = tuple(sorted({*self.names, *self.synonyms, *self.broken}))
        near = nearest(name, known)
        fix = Fix(span, near) if near else None
        return Diagnostic("unknown-name", span, {"found": name, "accepted": shown(known, near)}, fix=fix)
