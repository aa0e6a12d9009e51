"""What a formula may name at its place: names with their types, and the synonyms they go by."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.reading import nearest, shown
from workflow.model.typed import Column
from workflow.model.types import Type
from workflow.syntax.moments import MICROSECONDS
from workflow.syntax.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class OtherPolicy:
    """A policy as formulas of another see it: the types of its facts, and which of them can't be named here, and why.

    `broken`: it has a mistake of its own, so that a fact nobody knows is no second one. `itself`: it is no other.
    """

    id: str
    types: Mapping[str, Type]
    refused: Mapping[str, tuple[str, Mapping[str, Argument]]] = field(default_factory=dict)
    broken: bool = False
    itself: bool = False


@dataclass(frozen=True)
class Scope:
    """Names usable in a formula. `names` maps a canonical name to its type, `synonyms` a frozen synonym to its name.

    `broken` are names whose own definition has a mistake: using one is no second mistake. `others` are the policies
    whose facts can be named, by the word that stands before the point.
    """

    names: Mapping[str, Type]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    others: Mapping[str, OtherPolicy] = field(default_factory=dict)
    customers: Scope | None = None
    """What else may be named where there is a customer."""
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values whose tables give several outputs: each is named for itself, the table is no value."""
    working_day: int = MICROSECONDS["day"]
    """How much working time `1 working day` is, in microseconds: what the calendar says, if there is one."""

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that the reader of formulas must know to part Chinese text into names."""
        facts = {f"{word}.{name}" for word, other in self.others.items() for name in other.types}
        known = self.names.keys() | self.synonyms.keys() | self.tables.keys()
        return Vocabulary(frozenset(known) | self.broken | facts)

    def with_broken(self, names: Iterable[str]) -> Scope:
        """A scope that knows of names without a type."""
        return replace(self, broken=self.broken | frozenset(names))

    def with_names(self, names: Mapping[str, Type], synonyms: Mapping[str, str] | None = None) -> Scope:
        """A scope that knows more."""
        return replace(self, names={**self.names, **names}, synonyms={**self.synonyms, **(synonyms or {})})

    def with_tables(self, tables: Mapping[str, tuple[str, ...]]) -> Scope:
        """A scope that knows of tables with several outputs."""
        return replace(self, tables={**self.tables, **tables})

    def with_customer(self) -> Scope:
        """The scope of a place where a customer is known."""
        more = self.customers
        if more is None:
            return self
        synonyms = {**self.synonyms, **more.synonyms}
        return replace(self, synonyms=synonyms, others={**self.others, **more.others}, customers=None)

    def without_facts(self, code: str) -> Scope:
        """A scope in which the facts of other policies are known, and refused with a code."""
        others = {
            word: replace(other, refused=dict.fromkeys(other.types, (code, {}))) for word, other in self.others.items()
        }
        return replace(self, others=others)

    def find(self, name: str, span: Span) -> Column | Diagnostic | None:
        """The column that a name means, or what is wrong with the name; None where its definition is broken."""
        canonical = self.synonyms.get(name, name)
        if canonical in self.broken:
            return None
        if canonical in self.names:
            return Column(canonical, self.names[canonical], span)
        word, _, fact = canonical.partition(".")
        table = self.synonyms.get(word, word)
        if table in self.tables:
            return self._output(word, fact, span) if table not in self.broken else None
        if fact and word in self.others:
            return self._fact(self.others[word], canonical, fact, span)
        if name.rsplit(".", maxsplit=1)[-1] == "manager":
            return Diagnostic("manager-means-two", span, {"found": name})
        known = tuple(sorted({*self.names, *self.synonyms, *self.broken}))
        facts = (f"{word}.{fact}" for word, other in self.others.items() for fact in other.types)
        near = nearest(name, (*known, *facts) if "." in name else known)
        fix = Fix(span, near) if near else None
        return Diagnostic("unknown-name", span, {"found": name, "accepted": shown(known, near)}, fix=fix)

    def is_like_nothing(self, name: str, span: Span) -> bool:
        """Whether nothing has this name, nor one that is nearly the same."""
        found = self.find(name, span)
        return isinstance(found, Diagnostic) and found.code == "unknown-name" and found.fix is None

    def _output(self, table: str, output: str, span: Span) -> Diagnostic:
        """What is wrong with the name of a table, or of an output that it hasn't."""
        outputs = self.tables[self.synonyms.get(table, table)]
        if not output:
            accepted = tuple(f"{table}.{each}" for each in outputs)
            fix = Fix(span, accepted[0]) if len(accepted) == 1 else None
            return Diagnostic("output-not-said", span, {"found": table, "accepted": accepted}, fix=fix)
        near = nearest(output, outputs)
        fix = Fix(span, f"{table}.{near}") if near else None
        told: dict[str, Argument] = {"found": output, "table": table, "accepted": shown(outputs, near)}
        return Diagnostic("unknown-output", span, told, fix=fix)

    @staticmethod
    def _fact(other: OtherPolicy, name: str, fact: str, span: Span) -> Column | Diagnostic | None:
        """The column of another policy's fact, or why there is none."""
        if other.itself:
            told: dict[str, Argument] = {"found": name, "accepted": fact}
            return Diagnostic("fact-of-itself", span, told, fix=Fix(span, fact))
        if other.broken and fact not in other.types:
            return None
        if fact not in other.types:
            near = nearest(fact, other.types)
            fix = Fix(span, f"{name.partition('.')[0]}.{near}") if near else None
            told = {"found": fact, "policy": other.id, "accepted": shown(other.types, near)}
            return Diagnostic("unknown-fact", span, told, fix=fix)
        if fact in other.refused:
            code, more = other.refused[fact]
            return Diagnostic(code, span, {"found": name, **more})
        return Column(name, other.types[fact], span)
