"""What every policy has: its head, how events count, its measures and values, and the actions it triggers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workflow.model.leaves import Day, Formula, Ident, Reference, Share, SharePart, Sheet, Whole, Words
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, ONE_OR_MORE, Title, Titled, short_for


class Effective(Written):
    """When a version is in force."""

    since: Annotated[Day, Field(alias="from", description="Its first day.")]
    through: Annotated[Day | None, Field(description="Its last day; without it, until the next version begins.")] = None
    replaces: Annotated[
        Whole | None,
        Field(description="The version that it corrects from the same first day on, as if that had never been."),
    ] = None


class MeasureDefinition(Titled):
    """A number taken from events: one function, one event type."""

    sum: Annotated[
        Reference | None,
        Field(description="The field to add up; without `of`, another policy's fact in the periods inside this one."),
    ] = None
    count: Annotated[Words | None, Field(description="`events`: how many there are.")] = None
    average: Annotated[Reference | None, Field(description="The field, or another policy's fact, to average.")] = None
    latest: Annotated[
        Reference | None, Field(description="The field of the newest event, or another policy's newest fact.")
    ] = None
    least: Annotated[Ident | None, Field(description="The smallest value of the field.")] = None
    greatest: Annotated[Ident | None, Field(description="The greatest value of the field.")] = None
    measure: Annotated[Ident | None, Field(description="Another measure, looked at in another window.")] = None
    share_of: Annotated[
        Words | None, Field(alias="share of", description="`customers`: which share of them has a second event.")
    ] = None
    having: Annotated[
        dict[str, Words],
        Field(
            default_factory=dict, alias="with", description="Of a share: the first event of a customer, and its window."
        ),
    ]
    that_have: Annotated[
        dict[str, Words],
        Field(default_factory=dict, alias="that have", description="Of a share: the second event, and its window."),
    ]
    by: Annotated[
        Words | None, Field(description="Of a share: whose the second event may be, same person or anybody.")
    ] = None
    of: Annotated[
        Reference | None, Field(description="The event type; every function but `measure` and `share of` needs it.")
    ] = None
    where: Annotated[Formula | None, Field(description="Which events count.")] = None
    over: Annotated[
        Words | None,
        Field(
            description="The days that count, if not the period's: last 12 months, last 4 periods, previous period, "
            "same period last year, year to date."
        ),
    ] = None
    among: Annotated[
        Words | None,
        Field(description="Whose events count: person unless said; team, company, or a column of the register."),
    ] = None
    inside: Annotated[
        Words | None, Field(alias="in", description="Of another measure: the window in which it is looked at.")
    ] = None
    answers_needed: Annotated[
        Whole | None, Field(alias="answers needed", description="Of an average: with fewer events it is missing.")
    ] = None
    if_missing: Annotated[
        Formula | None, Field(alias="if missing", description="The value to take where it is missing.")
    ] = None
    names: Annotated[list[Ident], Field(default_factory=list, description="Frozen synonyms, usable in formulas.")]


HIT = "Which rows of `table` count: unique unless said; first, any, priority, or collect sum, min, max, count."


class ValueDefinition(Titled):
    """A named formula, or what a table decides."""

    value: Annotated[Formula | None, Field(description="The formula.")] = None
    table: Annotated[
        Sheet | None,
        Field(description="Instead of a formula: rows with bars under `table: |`, or a file of tables/."),
    ] = None
    hit: Annotated[Words | None, Field(description=HIT)] = None
    gives: Annotated[
        Annotated[list[Ident], NOT_EMPTY, ONE_OR_MORE] | None,
        Field(description="The table's last columns by their names: each is an output, read as NAME.OUTPUT."),
    ] = None
    if_missing: Annotated[
        Formula | None, Field(alias="if missing", description="The value to take where it is missing.")
    ] = None
    names: Annotated[list[Ident], Field(default_factory=list, description="Frozen synonyms, usable in formulas.")]


class LeastDefinition(Written):
    """What a group and a result must reach, so that a rank counts."""

    people: Annotated[Whole | None, Field(description="So many people of the group must be ranked.")] = None
    result: Annotated[Formula | None, Field(description="The result must be at least this.")] = None


class RankDefinition(Written):
    """Who comes first, or last, among others by a result."""

    by: Annotated[Formula, Field(description="The measure or value that is compared.")]
    among: Annotated[
        Words | None,
        Field(description="company, or a column of the register such as person.region; the company unless said."),
    ] = None
    first: Annotated[Whole | None, Field(description="So many of the greatest results count.")] = None
    last: Annotated[Whole | None, Field(description="So many of the smallest results count.")] = None
    least: Annotated[LeastDefinition | None, Field(description="Below this nobody comes first or last.")] = None
    ties: Annotated[
        Words | None, Field(description="What equal results at the border get: all, split or none; must be said.")
    ] = None


class ActionDefinition(Titled):
    """What a clause triggers: one catalogue item, when a condition holds."""

    when: Annotated[Formula | None, Field(description="The condition; without it, always.")] = None
    training: Annotated[Ident | None, Field(description="A course of catalogue/actions.yaml.")] = None
    coaching: Annotated[Ident | None, Field(description="A coaching programme of catalogue/actions.yaml.")] = None
    award: Annotated[Ident | None, Field(description="An award of catalogue/actions.yaml.")] = None
    task: Annotated[Ident | None, Field(description="A task of catalogue/actions.yaml.")] = None
    nominate: Annotated[Ident | None, Field(description="A position of catalogue/actions.yaml to nominate for.")] = None
    support: Annotated[Ident | None, Field(description="Help that catalogue/actions.yaml lists.")] = None
    notify: Annotated[
        Words | None,
        Field(
            description="Who is told: person, person.supervisor, person.supervisor.supervisor, or a role such as hr."
        ),
    ] = None
    rank: Annotated[
        RankDefinition | None, Field(description="Only those who come first, or last, among others by a result.")
    ] = None
    in_a_row: Annotated[
        Whole | None,
        Field(alias="periods in a row", description="For so many periods in a row the condition must have held."),
    ] = None
    once_per: Annotated[
        Words | None,
        Field(alias="once per", description="month, quarter or year: a person gets the item only once in it."),
    ] = None
    due: Annotated[
        Words | None, Field(description="How long after the period's end it is due: 30 days, 5 working days.")
    ] = None
    was: Annotated[Ident | None, Field(description="The clause's former key, so that its identity goes on.")] = None


class CreditEntry(Written):
    """One way in which an event's credit reaches a person."""

    to: Annotated[Ident | None, Field(description="Direct credit: a person field of the event, or a list.")] = None
    also_to: Annotated[
        Words | None,
        Field(alias="also to", description="Overlay: person.supervisor, supervisors above, or a person field."),
    ] = None
    share: Annotated[
        SharePart | None,
        Field(description="The share that this entry gives; 100% unless said. Of an overlay also a column: person.x."),
    ] = None
    shares: Annotated[
        Annotated[list[Share], NOT_EMPTY] | None,
        Field(description="Of supervisors above: the share of each level, the nearest first; none beyond the last."),
    ] = None
    each_level: Annotated[
        Words | None,
        Field(alias="each level", description="Of `shares` or a column: of the whole, or of what lower levels left."),
    ] = None


class Returns(Written):
    """How reversing events count."""

    of: Annotated[Reference, Field(description="The event type that reverses.")]
    count: Annotated[Words, Field(description="in own period, in the deal's period, or as claw back.")]


class Policy(Written):
    """The head, alike in every kind."""

    kind: ClassVar[str]
    """The author's word for it, which `policy:` says."""

    blocks: ClassVar[tuple[str, ...]] = ("actions",)
    """Where its clauses stand."""

    subjects: ClassVar[tuple[str, ...]] = ("person",)
    """Whom its results may be about."""

    later: ClassVar[frozenset[str]] = frozenset({"pays in"})

    policy: Annotated[Words, Field(description="The kind: incentive, goals, tiering, review or escalation.")]
    id: Annotated[Ident, Field(description="The policy's name; all its versions share it.")]
    version: Annotated[Whole, Field(description="A whole number; a higher one ends the one before.")]
    title: Annotated[Title, Field(description="What readers see, by language.")]
    effective: Annotated[Effective, Field(description="When this version is in force.")]
    owner: Annotated[Words, Field(description="Who answers for it.")]
    reason: Annotated[Words, Field(description="Why this version exists.")]
    subject: Annotated[Words, Field(description="person, customer or case: whom each result is about.")]
    served: Annotated[
        Formula | None,
        Field(alias="for", description="Asked for each day; the days on which it holds are the days served."),
    ] = None
    each: Annotated[Ident, Field(description="month, quarter, year or the name of a file of periods.")]
    mid_period: Annotated[
        Words | None,
        Field(
            alias="mid-period",
            description="`split`: the version may begin inside a period, which then has two results.",
        ),
    ] = None
    credit: Annotated[
        dict[str, list[CreditEntry]], Field(default_factory=dict, description="Whom an event is credited to.")
    ]
    returns: Annotated[Returns | None, Field(description="How returns count; exactly one way, said.")] = None
    measures: Annotated[
        dict[str, MeasureDefinition], Field(default_factory=dict, description="Numbers taken from events.")
    ]
    values: Annotated[
        dict[str, Annotated[ValueDefinition, short_for("value")]],
        Field(default_factory=dict, description="Named formulas."),
    ]
    actions: Annotated[
        dict[str, ActionDefinition], Field(default_factory=dict, description="Training, coaching, awards, tasks.")
    ]
