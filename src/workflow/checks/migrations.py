"""How cases of an earlier version of an escalation go on by a later one: its states and clocks have a place there.

A mapping with a hole would leave some case nowhere, or measure it anew, so it is refused before any case needs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from workflow.checks.cases import CheckedMigration
from workflow.checks.caseversions import earlier_versions
from workflow.checks.context import Context, word_at
from workflow.diagnostics import Argument, Diagnostic, Span
from workflow.model.escalation import ClockDefinition, Escalation, MigrationDefinition
from workflow.model.files import Document
from workflow.model.leaves import Ident
from workflow.model.reading import nearest
from workflow.syntax import literals

STOPS = "stops"
"""What is said of a clock that the later version doesn't have."""


def check_migrates(context: Context, document: Document[Escalation]) -> CheckedMigration | None:
    """The mapping of a version; None where there is none, or it is about no version."""
    written = document.content.migrates
    if written is None:
        return None
    lower = {each.version.value: each for each in earlier_versions(context, document.content)}
    earlier = lower.get(written.since.value)
    if earlier is None:
        known = tuple(each.version.text for each in lower.values())
        if document.content.id.text not in context.written.policies_unread:
            context.refuse("migrates-from-nothing", written.since.span, found=written.since.text, accepted=known)
        return None
    _Mapping(context, document, written, earlier).check()
    return CheckedMigration(
        written.since.value,
        {old: leaf.text for old, leaf in written.states.items()},
        {old: None if leaf.text == STOPS else leaf.text for old, leaf in written.clocks.items()},
    )


class _Mapping:
    """A mapping from one version to another."""

    def __init__(
        self, context: Context, document: Document[Escalation], written: MigrationDefinition, earlier: Escalation
    ) -> None:
        self.context, self.later, self.written, self.earlier = context, document.content, written, earlier
        self.tree, self.block = document.tree, context.inside(document.tree, "migrates")

    def check(self) -> None:
        """Note what is wrong with it."""
        final = [leaf.text for leaf in self.later.final]
        ended = {leaf.text for leaf in self.earlier.final}
        self._complete("states", self.written.states, [name for name in self.earlier.states if name not in ended])
        for leaf in self.written.states.values():
            if leaf.text in final:
                self.context.refuse("migrates-to-the-end", leaf.span, found=leaf.text)
            elif leaf.text not in self.later.states:
                known = [name for name in self.later.states if name not in final]
                self.context.unknown("unknown-state", leaf, known)
        self._complete("clocks", self.written.clocks, self.earlier.clocks)
        taken: dict[str, Span] = {}
        for old, leaf in self.written.clocks.items():
            if leaf.text != STOPS:
                self._clock(old, leaf)
                if leaf.text in taken:
                    double = {"found": leaf.text}
                    self.context.note(Diagnostic("clock-twice", leaf.span, double, related=(taken[leaf.text],)))
                taken.setdefault(leaf.text, leaf.span)

    def _complete(self, key: str, said: Mapping[str, Ident], needed: Collection[str]) -> None:
        """Every name of the earlier version is mapped, and no other."""
        block = self.context.inside(self.block, key)
        version = self.earlier.version.text
        unknown = [name for name in said if name not in needed]
        for name in unknown:
            leaf = word_at(name, self.context.key_span(block, name))
            self.context.unknown(f"unknown-{key.removesuffix('s')}", leaf, needed)
        misspelt = {nearest(name, needed) for name in unknown}
        lacking = tuple(name for name in needed if name not in said and name not in misspelt)
        if lacking:
            where = self.block if said else self.tree
            span = self.context.key_span(where, key if said else "migrates")
            args: dict[str, Argument] = {"key": key, "found": lacking, "version": version}
            self.context.note(Diagnostic("migration-hole", span, args))

    def _clock(self, old: str, leaf: Ident) -> None:
        """The clock that takes the place of another counts time as that does."""
        clock, before = self.later.clocks.get(leaf.text), self.earlier.clocks.get(old)
        if clock is None:
            self.context.unknown("unknown-clock", leaf, (*self.later.clocks, STOPS))
        elif before is not None and set(_counts(clock)) | set(_counts(before)) == {True, False}:
            self.context.refuse("clock-of-another-time", leaf.span, found=leaf.text, other=old)


def _counts(clock: ClockDefinition) -> Iterator[bool]:
    """Whether its targets are lengths of working time."""
    for target in clock.target:
        length = literals.duration(target.within.text) if target.within is not None else None
        if length is not None:
            yield length.working
