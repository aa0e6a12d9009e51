"""Facts of an escalation checked: what is counted of a person's cases, and how long something takes in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from workflow.checks.calculated import EventType
from workflow.checks.cases import SHARE, CaseFact, Counting, Taking, TimeFact
from workflow.checks.context import Context
from workflow.checks.lengths import check_lasting
from workflow.diagnostics import Span
from workflow.model.escalation import Escalation, FactDefinition
from workflow.model.files import Document
from workflow.model.leaves import Leaf, Reference
from workflow.model.types import COUNT, Kind, Type

COUNTINGS: tuple[Counting, ...] = get_args(Counting)
TAKINGS: tuple[Taking, ...] = get_args(Taking)
WORKING = "working "
"""Before the words that say how long something takes: it is counted in working time."""
TIMES = ("time to", "time in", f"{WORKING}time to", f"{WORKING}time in")


@dataclass(frozen=True, slots=True)
class Names:
    """What facts may name: `event` and `state` give what a word stands for, after noting that there is none;
    `warning` are the clocks that warn.
    """

    event: Callable[[Reference], EventType | None]
    state: Callable[[Leaf], str]
    states: tuple[str, ...]
    clocks: tuple[str, ...]
    warning: frozenset[str]
    final: tuple[str, ...]


def fact_types(written: Escalation) -> Mapping[str, Type]:
    """What the policy's own actions may name, and of which type it is."""
    return {name: _type(fact) for name, fact in written.facts.items()}


def _type(fact: FactDefinition) -> Type:
    if fact.count is not None:
        return COUNT
    word = fact.average or fact.longest
    if word is None:
        return SHARE if fact.share is not None else COUNT
    return Type(Kind.WORKING if word.text.startswith(WORKING) else Kind.ELAPSED)


def check_case_facts(
    context: Context, document: Document[Escalation], names: Names
) -> tuple[tuple[CaseFact, ...], tuple[TimeFact, ...]]:
    """The facts of a policy, those that count and those that time, after noting what is wrong with them."""
    counted: list[CaseFact] = []
    timed: list[TimeFact] = []
    block = context.inside(document.tree, "facts")
    for name, fact in document.content.facts.items():
        one = _Fact(context, names, name, fact, context.key_span(block, name))
        said = [each for each in ("count", *TAKINGS) if getattr(fact, each) is not None]
        for more in said[1:]:
            context.refuse("key-of-other-measure", getattr(fact, more).span, key=more, found=said[0])
        if not said:
            context.refuse("missing-key", one.span, key="count")
        elif said[0] == "count":
            counted += one.counted()
        else:
            timed += one.timed(next(each for each in TAKINGS if each == said[0]))
    return tuple(counted), tuple(timed)


def events_of_facts(written: Escalation) -> tuple[Reference, ...]:
    """The events that facts name: those that can be told from states, whose names have no point."""
    found = [fact.since for fact in written.facts.values() if fact.since is not None]
    return (*found, *(leaf for fact in written.facts.values() for leaf in fact.of if "." in leaf.text))


@dataclass(frozen=True, slots=True)
class _Fact:
    context: Context
    names: Names
    name: str
    written: FactDefinition
    span: Span

    def counted(self) -> Iterator[CaseFact]:
        """What is counted."""
        fact, context = self.written, self.context
        assert fact.count is not None, "asked before"
        counts = context.choice(fact.count, COUNTINGS)
        for key, leaf in (("from", fact.since), ("within", fact.within)):
            if leaf is not None:
                context.refuse("key-of-other-measure", leaf.span, key=key, found="count")
        for leaf in fact.of[1:]:
            context.refuse("fact-of-one", leaf.span, found=leaf.text)
        if not fact.of and counts not in {None, "cases"}:
            context.refuse("missing-key", self.span, key="of")
        if fact.of and counts in {"entries", "reopened"}:
            self._left_again(self.names.state(fact.of[0]), fact.of[0], counts)
        elif fact.of and counts in {"breaches", "warnings"} and fact.of[0].text not in self.names.clocks:
            context.unknown("unknown-clock", fact.of[0], self.names.clocks)
        elif fact.of and counts == "warnings" and fact.of[0].text not in self.names.warning:
            context.refuse("clock-never-warns", fact.of[0].span, found=fact.of[0].text)
        title, of = context.title(fact.title, self.span), fact.of[0].text if fact.of else None
        for word in (each for each in COUNTINGS if each == counts):
            yield CaseFact(self.name, title, word, of, self.span)

    def _left_again(self, state: str, leaf: Leaf, counts: str | None) -> None:
        if counts == "reopened" and state in self.names.final:
            self.context.refuse("end-is-not-left", leaf.span, found=state)

    def timed(self, takes: Taking) -> Iterator[TimeFact]:
        """How long something takes."""
        fact, context = self.written, self.context
        leaf = getattr(fact, takes)
        words = context.choice(leaf, TIMES[:1] if takes == "share" else TIMES)
        if words is None:
            return
        if not fact.of:
            context.refuse("missing-key", self.span, key="of")
        if takes == "share" and fact.within is None:
            context.refuse("missing-key", self.span, key="within")
        if takes != "share" and fact.within is not None:
            context.refuse("key-of-other-measure", fact.within.span, key="within", found=takes)
        within = check_lasting(context, fact.within) if fact.within is not None else None
        if within is not None and within.unit not in {"working", "elapsed"}:
            context.refuse("target-units", self.span, found=self.name)
        working = within.unit == "working" if within is not None else words.startswith(WORKING)
        if working and within is None and context.calendar is None:
            context.refuse("calendar-not-said", leaf.span, found=leaf.text, accepted=tuple(context.calendars))
        stays = words.endswith(" in")
        if stays and fact.since is not None:
            context.refuse("key-of-other-measure", fact.since.span, key="from", found=words)
        since = self.names.event(fact.since) if fact.since is not None else None
        events, states = self._come_to(stays=stays)
        yield TimeFact(
            self.name,
            context.title(fact.title, self.span),
            takes,
            events,
            states,
            stays,
            since.name if since is not None else None,
            working,
            within.count if within is not None else 0,
            self.span,
        )

    def _come_to(self, *, stays: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The events and the states that `of` names."""
        events, states = [], []
        for leaf in self.written.of:
            if "." in leaf.text and not stays:
                event = self.names.event(leaf)
                events += [event.name] if event is not None else []
            else:
                states.append(self.names.state(leaf))
                if stays and leaf.text in self.names.final:
                    self.context.refuse("end-is-not-left", leaf.span, found=leaf.text)
        return tuple(events), tuple(states)
