"""What every pass of the checker works with: what was written, what is known already, and the mistakes so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflow.checks.calculated import CheckedField, EventType, Title
from workflow.checks.checked import Offer, Subject
from workflow.checks.clauses import ActionKind
from workflow.checks.mapping import PeriodKind
from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.files import PolicySet
from workflow.model.leaves import Leaf, Words
from workflow.model.otherwise import written_for
from workflow.model.reading import nearest, shown
from workflow.model.shapes import Title as WrittenTitle
from workflow.model.typed import Rounding
from workflow.syntax.tree import Mapping as Block
from workflow.syntax.tree import Scalar
from workflow.worktime.calendars import WorkCalendar

NO_CURRENCY = "XXX"
"""Stands for the currency until workspace.yaml has said it: the code of ISO 4217 for none."""


@dataclass(frozen=True, slots=True)
class Known:
    """A policy as the checks of others see it: what it offers, and by which periods it counts.

    `whole`: all that it offers is known; before its own check that is what stands without one, and where it has a
    mistake it stays so.
    """

    id: str
    each: str
    subject: Subject
    offers: Mapping[str, Offer]
    whole: bool = False


@dataclass
class Context:
    """The state of one check. Passes fill in what later passes need, in the order of the table in `check.passes`.

    `policies` are known by the word with which formulas name them; `asked` are the facts that others ask of a policy,
    by its id.
    """

    written: PolicySet
    currency: str = NO_CURRENCY
    rounding: Rounding = Rounding.HALF_UP
    minor_digits: int = 2
    zone: str = "UTC"
    counts_days: bool = False
    calendar: WorkCalendar | None = None
    calendars: Mapping[str, WorkCalendar | None] = field(default_factory=dict)
    recorded: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    year_starts: tuple[int, int] = (1, 1)
    periods: Mapping[str, PeriodKind] = field(default_factory=dict)
    events: Mapping[str, EventType] = field(default_factory=dict)
    registers: Mapping[str, Mapping[str, CheckedField]] = field(default_factory=dict)
    items: Mapping[ActionKind, Mapping[str, Title]] = field(default_factory=dict)
    roles: Mapping[str, Title] = field(default_factory=dict)
    seen_by: Mapping[tuple[ActionKind, str], tuple[str, ...]] = field(default_factory=dict)
    policies: dict[str, Known] = field(default_factory=dict)
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def note(self, diagnostic: Diagnostic) -> None:
        """Keep a mistake."""
        self.diagnostics.append(diagnostic)

    def refuse(self, code: str, span: Span, **args: Argument) -> None:
        """Keep a mistake that has neither a fix nor a second place."""
        self.note(Diagnostic(code, span, args))

    def may_record(self, name: str) -> bool:
        """Whether a source is for this type of events or register, or one that can't be read may be."""
        return name in self.recorded or not self.written.sources_whole

    def unknown(self, code: str, leaf: Leaf, known: Iterable[str], **args: Argument) -> None:
        """Keep a mistake about a name that isn't among the known ones, with the nearest as its fix."""
        accepted = tuple(sorted(known))
        near = nearest(leaf.text, accepted)
        if code in {"unknown-period-kind", "unknown-state"}:
            near = written_for(leaf.text, accepted) or near
        fix = Fix(leaf.span, near) if near else None
        all_args: dict[str, Argument] = {"found": leaf.text, "accepted": shown(accepted, near), **args}
        self.note(Diagnostic(code, leaf.span, all_args, fix=fix))

    def choice(self, leaf: Leaf | None, accepted: tuple[str, ...]) -> str | None:
        """The word of a closed list that a leaf says; None, after noting a mistake, if it says another."""
        if leaf is None:
            return None
        word = " ".join(leaf.text.split())
        if word in accepted:
            return word
        only = accepted[0] if len(accepted) == 1 else None
        near = written_for(word, accepted) or nearest(word, accepted) or only
        fix = Fix(leaf.span, near) if near else None
        self.note(Diagnostic("not-a-choice", leaf.span, {"found": leaf.text, "accepted": accepted}, fix=fix))
        return None

    def key_span(self, block: object, key: str) -> Span:
        """Where a key of a block stands."""
        assert isinstance(block, Block)
        found = block.key(key)
        assert found is not None
        return found.span

    def inside(self, block: object, *keys: str) -> object:
        """The block under the keys; None where the author wrote none."""
        for key in keys:
            block = block.get(key) if isinstance(block, Block) else None
        return block

    def title(self, written: WrittenTitle | None, span: Span, *, needed: bool = False) -> Title:
        """A title as texts, after checking that it is there in every language of the workspace."""
        if written is None:
            if needed:
                self.refuse("title-missing", span, languages=self.languages)
            return {}
        absent = tuple(language for language in self.languages if _in_language(written, language) is None)
        if absent:
            self.refuse("title-missing", next(iter(written.values())).span, languages=absent)
        strangers = [key for key in written if not any(_speaks(key, language) for language in self.languages)]
        for key in strangers if self.languages else ():
            self.refuse("title-language", written[key].span, found=key, accepted=self.languages)
        return {key: leaf.text for key, leaf in written.items()}


def _in_language(title: WrittenTitle, language: str) -> Leaf | None:
    return next((leaf for key, leaf in title.items() if _speaks(key, language)), None)


def _speaks(key: str, language: str) -> bool:
    """`zh` says `zh-CN`, `en` says `en`."""
    return key.split("-", maxsplit=1)[0] == language.split("-", maxsplit=1)[0]


def word_at(text: str, span: Span) -> Leaf:
    """A key as a leaf, for messages about it."""
    return Words(Scalar(text, span, "plain", ()))
