"""The tiering policy: in which tier a customer or a person is, and what that brings."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workflow.model.leaves import Formula, Ident, Reference, Whole, Words
from workflow.model.policy import ActionDefinition, MeasureDefinition, Policy, ValueDefinition
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, ONE_OR_MORE, Titled, short_for


class TierMeasure(MeasureDefinition):
    """A number taken from a subject's events, or how long ago the last of them was."""

    days_since: Annotated[
        Words | None,
        Field(
            alias="days since",
            description="`last event` or `first event`: how many days lie between it and the period's last day.",
        ),
    ] = None


class ScoredValue(ValueDefinition):
    """A named formula, what a table decides, or a score: in which band of all subjects a result lies."""

    band_of: Annotated[
        Reference | None,
        Field(alias="band of", description="Of a score: the measure or value by which all subjects are ranked."),
    ] = None
    into: Annotated[Whole | None, Field(description="Of a score: the number of bands; the best band has it.")] = None
    best: Annotated[
        Words | None, Field(description="Of a score: greatest or least, which results are the best; must be said.")
    ] = None
    ties: Annotated[
        Words | None, Field(description="Of a score: lower or higher, the band that equal results share; must be said.")
    ] = None


class TierDefinition(Titled):
    """A tier: when somebody comes into it, and when he stays."""

    enter: Annotated[
        Formula | None, Field(description="The condition to come into this tier; the last tier has none.")
    ] = None
    stay: Annotated[
        Formula | None, Field(description="The condition to stay in it; the same as `enter` unless said.")
    ] = None
    was: Annotated[
        Annotated[list[Ident], NOT_EMPTY, ONE_OR_MORE] | None,
        Field(description="The tiers of the version before whose place it takes, where its own name is another."),
    ] = None


class Fall(Written):
    """How slowly a tier is lost."""

    grace: Annotated[
        Words | None,
        Field(description="So many whole periods in a row below `stay` a fall waits: 1 quarter."),
    ] = None
    at_most: Annotated[
        Words | None,
        Field(alias="at most", description="The most tiers of one fall: 1 tier; without it as far as the numbers say."),
    ] = None


class Protect(Written):
    """Who doesn't fall."""

    new_for: Annotated[
        Words, Field(alias="new for", description="So many periods after the one with the first tier: 2 quarters.")
    ]


class TierAction(ActionDefinition):
    """What a rise or a fall, or a condition, triggers."""

    rises_to: Annotated[
        Ident | None, Field(alias="tier rises to", description="The tier is this one, and was a lower one or none.")
    ] = None
    falls_to: Annotated[
        Ident | None, Field(alias="tier falls to", description="The tier is this one, and was a higher one.")
    ] = None
    rises_by: Annotated[
        Whole | None, Field(alias="tier rises by", description="The tier is higher by at least so many tiers.")
    ] = None
    falls_by: Annotated[
        Whole | None, Field(alias="tier falls by", description="The tier is lower by at least so many tiers.")
    ] = None


class Tiering(Policy):
    """The whole of a file in tiers/."""

    kind: ClassVar[str] = "tiering"
    subjects: ClassVar[tuple[str, ...]] = ("customer", "person")
    measures: Annotated[dict[str, TierMeasure], Field(default_factory=dict, description="Numbers taken from events.")]  # type: ignore[assignment]
    values: Annotated[  # type: ignore[assignment]
        dict[str, Annotated[ScoredValue, short_for("value")]],
        Field(default_factory=dict, description="Named formulas, and scores by rank."),
    ]
    tiers: Annotated[
        Annotated[dict[str, Annotated[TierDefinition, short_for("enter")]], NOT_EMPTY],
        Field(description="The tiers, best first."),
    ]
    evaluate: Annotated[
        Words | None,
        Field(
            description="When tiers are decided: at period end, as is meant unless said, or at each event: then also "
            "anew on each day of an event that a measure takes."
        ),
    ] = None
    fall: Annotated[Fall | None, Field(description="How slowly a tier is lost; at once unless said.")] = None
    protect: Annotated[Protect | None, Field(description="Who doesn't fall.")] = None
    holds: Annotated[
        Words | None,
        Field(description="How long a tier is held once it begins: until end of year, 12 months from entry."),
    ] = None
    override: Annotated[
        Reference | None, Field(description="The type of event by which somebody sets a tier by hand, until a day.")
    ] = None
    service: Annotated[
        dict[str, dict[str, Words]],
        Field(
            default_factory=dict,
            description="What each tier is promised, by the tier's key; each word is a fact for others.",
        ),
    ]
    actions: Annotated[  # type: ignore[assignment]
        dict[str, TierAction], Field(default_factory=dict, description="What a rise, a fall or a condition triggers.")
    ]
