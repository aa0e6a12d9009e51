"""Checked tierings: what the plan of one may rely on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workflow.checks.calculated import CheckedMeasure, CheckedValue, EventType, Formula, Title
from workflow.checks.checked import CheckedPolicy, Offer
from workflow.diagnostics import Span
from workflow.model.typed import Expression
from workflow.model.typed import Literal as Constant
from workflow.model.types import Kind, Type


@dataclass(frozen=True, slots=True)
class CheckedTier:
    """A tier; `enter` and `stay` are None in the last, into which everybody may come. `was` are the names that it, and
    what was joined to it, had in earlier versions.
    """

    name: str
    title: Title
    enter: Expression | None
    stay: Expression | None
    span: Span
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """How long a tier is held once it begins: until the end of the month, quarter or year in which it begins, until so
    many months later, or until a day.
    """

    until: Literal["month", "quarter", "year", "months", "day"]
    months: int = 0
    day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """The type of event by which somebody sets a tier, and its field of the subject."""

    event: EventType
    subject: str
    span: Span


@dataclass(frozen=True, slots=True)
class Move:
    """A change of tier that triggers an action: to the tier of that number (1 the best), or by so many tiers."""

    way: Literal["rises", "falls"]
    to: int | None
    by: int


@dataclass(frozen=True, slots=True)
class Service:
    """What a tier is promised: a word of the author's, and how much, as he wrote it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as formulas name it: its type, and by tier how much it is; a tier that isn't there has none."""

    name: str
    type: Type
    values: Mapping[str, Constant]
    span: Span

    @property
    def column(self) -> str:
        """The column of results that says how much the tier is promised that the conditions give."""
        return f"promised.{self.name}"

    @property
    def offer(self) -> Offer:
        """The promise as others may use it: it stands as long as the tier."""
        return Offer(self.column, self.type, self.span, stands=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTiering(CheckedPolicy):
    """A tiering: its tiers, the best first. `fields` are by type of event the field that names the subject; `moves` are
    by action; `most` is 0 where a fall may go as far as the numbers say; with `at_events` it is looked at anew on each
    day of an event too. `becomes` is, by the tiers of a later version, the lowest first, what each tier is called
    there.
    """

    kind = "tiering"
    goes_on = True

    tiers: tuple[CheckedTier, ...]
    grace: int
    most: int
    protect: int
    holding: Holding | None
    setting: Setting | None
    service: Mapping[str, tuple[Service, ...]]
    promises: tuple[Promise, ...]
    moves: Mapping[str, Move]
    fields: Mapping[str, str]
    at_events: bool
    becomes: Mapping[tuple[str, ...], Mapping[str, str]]

    def called_in(self, of: Type) -> Mapping[str, str] | None:
        """What each of its tiers is called among tiers of this type; None if it has no place there."""
        if of.values == self.type.values:
            return {tier.name: tier.name for tier in self.tiers}
        found = self.becomes.get(of.values)
        return found if found is not None and len(found) == len(self.tiers) else None

    @property
    def named(self) -> Mapping[str, str]:
        """By type of event, also of those that set a tier, the field that names the subject."""
        return self.fields if self.setting is None else {**self.fields, self.setting.event.name: self.setting.subject}

    @property
    def clauses(self) -> tuple[Formula, ...]:
        """Everything that its tiers and actions read."""
        acted = (each for action in self.actions for each in action.expressions)
        return (*(part for tier in self.tiers for part in (tier.enter, tier.stay)), *acted)

    @property
    def offers(self) -> Mapping[str, Offer]:
        """Measures and values of the same period; and the tier, which holds from the day after it on."""
        named: tuple[CheckedMeasure | CheckedValue, ...] = (*self.measures, *self.values)
        own = {each.name: Offer(each.name, each.type, each.span) for each in named}
        # What is set by hand holds on days of its own, and is asked beside the tier that the conditions give.
        column = "tier" if self.setting is None else "tier.earned"
        stands = {each.name: each.offer for each in self.promises}
        return {**stands, **own, "tier": Offer(column, self.type, self.span, stands=True)}

    def standing(self, fact: str) -> tuple[Constant | None, ...] | None:
        """What a fact that stands is in each tier, the best first; None if it is no such fact."""
        if fact == "tier":
            return tuple(Constant(tier.name, self.type) for tier in self.tiers)
        promise = next((each for each in self.promises if each.name == fact), None)
        return None if promise is None else tuple(promise.values.get(tier.name) for tier in self.tiers)

    @property
    def type(self) -> Type:
        """The type of its tiers: ordered, the lowest first."""
        return tier_type(tier.name for tier in self.tiers)


def tier_type(names: Iterable[str]) -> Type:
    """The type of tiers that are named best first."""
    return Type(Kind.ORDERED, values=tuple(reversed(tuple(names))))
