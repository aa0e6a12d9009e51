"""The events that every workspace has without declaring them: what somebody says of the calculation itself, goals, and
what takes a case to another version.

What is said of the calculation is told when all is over, so a run takes what it knows of, whatever `as of` says; the
others stand from their day on. Policies don't measure them; each stage that has a use for one reads it by its name
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from workflow.checks.calculated import CheckedField, EventType, Title
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.facts import all_facts
from workflow.checks.goalsetting import (
    DROPPED,
    FIGURE,
    PROGRESS,
    REPORTED,
    REVISED,
    SET,
    WEIGHT,
    goal_policies,
    measures_of_goals,
)
from workflow.checks.mapping import FieldMapping, SourceMapping
from workflow.checks.opening import openable
from workflow.diagnostics import NOWHERE
from workflow.model.types import COUNT, DATE, TEXT, Kind, Type, money, number

DELIVERED, ADJUSTED, OPENED, OVERRIDDEN = "source.delivered", "pay.adjusted", "opening.set", "fact.overridden"
MIGRATED = "case.migrated"


def _event(name: str, *fields: CheckedField, owner: str | None = None, title: Title | None = None) -> EventType:
    return EventType(name, title or {}, {field.name: field for field in fields}, owner, None, NOWHERE)


def _field(name: str, of: Type, *, required: bool = True) -> CheckedField:
    return CheckedField(name, of, required, NOWHERE, {})


_PERSON = Type(Kind.PERSON)
_WEIGHT = replace(_field("weight", WEIGHT), least=Decimal(0), most=Decimal(1))
BUILT_IN: Mapping[str, EventType] = {
    event.name: event
    for event in (
        _event(
            DELIVERED,
            _field("source", TEXT),
            _field("from", DATE),
            _field("through", DATE),
            _field("rows", number(18, 0), required=False),
            _field("total", number(36, 6), required=False),
        ),
        _event(
            ADJUSTED,
            _field("person", _PERSON),
            _field("policy", TEXT),
            _field("period", Type(Kind.PERIOD)),
            _field("amount", money("")),
            _field("reason", TEXT),
            _field("by", _PERSON),
            _field("approved by", _PERSON),
            owner="person",
        ),
        _event(
            OPENED,
            _field("person", _PERSON),
            _field("fact", TEXT),
            _field("value", money("")),
            _field("as of", DATE),
            _field("reason", TEXT),
            owner="person",
        ),
        _event(
            OVERRIDDEN,
            _field("fact", TEXT),
            _field("subject", _PERSON),
            _field("value", TEXT),
            _field("from", DATE),
            _field("until", DATE),
            _field("reason", TEXT),
            _field("by", _PERSON),
            owner="subject",
        ),
        _event(
            SET,
            _field("goal", Type(Kind.ID)),
            _field("policy", TEXT),
            _field("person", _PERSON, required=False),
            _field("team", TEXT, required=False),
            _field("title", TEXT),
            _field("measure", TEXT),
            _field("unit", TEXT),
            _field("baseline", FIGURE),
            _field("target", FIGURE),
            _field("start", DATE),
            _field("due", DATE),
            _WEIGHT,
            _field("by", _PERSON),
            owner="person",
        ),
        _event(
            REVISED,
            _field("goal", Type(Kind.ID)),
            _field("target", FIGURE, required=False),
            _field("due", DATE, required=False),
            replace(_WEIGHT, required=False),
            _field("reason", TEXT),
            _field("by", _PERSON),
        ),
        _event(
            PROGRESS,
            _field("goal", Type(Kind.ID)),
            _field("value", FIGURE),
            _field("as of", DATE),
            _field("by", _PERSON),
        ),
        _event(DROPPED, _field("goal", Type(Kind.ID)), _field("reason", TEXT), _field("by", _PERSON)),
        _event(
            MIGRATED,
            _field("policy", TEXT),
            _field("case", Type(Kind.ID)),
            _field("version", COUNT, required=False),
            _field("reason", TEXT),
            _field("by", _PERSON),
            title={"en": "Case migrated", "zh": "个案迁移"},
        ),
    )
}
"""The built-in types, by name. A field `policy` names one of the workspace's policies, the `fact` of an opening a total
that runs on, that of an override a measure or value; see `in_workspace`."""
GOAL_EVENTS = frozenset({SET, REVISED, PROGRESS, DROPPED})
"""Those of goals."""
FROM_THEIR_TIME = GOAL_EVENTS | {MIGRATED}
"""Those that stand from their time on, as the events of a catalogue do."""
RESERVED_TYPES = frozenset({*BUILT_IN, "period.closed", "lines", "results"})
"""Event types that every workspace has, or will have, and words that name a run's own tables."""
TWO_PEOPLE: Mapping[str, tuple[str, str, str]] = {
    ADJUSTED: ("by", "approved by", "approved-by-oneself"),
    OVERRIDDEN: ("subject", "by", "overridden-by-oneself"),
}
"""Of a type, the two fields that name different people, and what is said where they don't: nobody approves what is his
own doing, or sets a fact of his own.
"""


def in_workspace(
    policies: Iterable[str],
    totals: Iterable[str] = (),
    facts: Iterable[str] = (),
    goals: tuple[Iterable[str], Iterable[str]] = ((), ()),
) -> Mapping[str, EventType]:
    """The built-in types as a workspace knows them: a field `policy` says one of these ids, that which is opened one of
    these totals, that which is overridden one of these facts, a goal one of the policies and measures of `goals`.
    """
    policies = tuple(policies)
    known = {(ADJUSTED, "policy"): policies, (MIGRATED, "policy"): policies}
    known |= {(OPENED, "fact"): tuple(totals), (OVERRIDDEN, "fact"): tuple(facts)}
    known |= {(SET, "policy"): tuple(goals[0]), (SET, "measure"): (*goals[1], REPORTED)}
    named = {field: replace(TEXT, values=tuple(sorted(set(words)))) for field, words in known.items()}
    return {
        name: replace(
            event,
            fields={
                each: replace(field, type=named.get((name, each), field.type)) for each, field in event.fields.items()
            },
        )
        for name, event in BUILT_IN.items()
    }


def recordable(workspace: CheckedWorkspace) -> Mapping[str, EventType]:
    """Every type that a workspace's sources can deliver: those of its catalogue, and the built-in ones."""
    policies = workspace.policies
    facts = (name for name, _ in all_facts(policies))
    goals = goal_policies(policies), [name for _, name, _ in measures_of_goals(policies)]
    return {**workspace.events, **in_workspace((policy.id for policy in policies), openable(policies), facts, goals)}


def delivers(workspace: CheckedWorkspace, event: str) -> bool:
    """Whether a source delivers events of a type."""
    return any(source.event == event for source in workspace.sources)


def with_totals(sources: tuple[SourceMapping, ...], policies: Iterable[CheckedPolicy]) -> tuple[SourceMapping, ...]:
    """The sources, those of openings with the totals that a row may name."""
    of = replace(TEXT, values=openable(policies))
    return tuple(
        replace(source, fields=tuple(replace(each, type=of) if each.name == "fact" else each for each in source.fields))
        if source.event == OPENED
        else source
        for source in sources
    )


def with_facts(sources: tuple[SourceMapping, ...], policies: Iterable[CheckedPolicy]) -> tuple[SourceMapping, ...]:
    """The sources, those of `fact.overridden` with the facts that a row may name, and the form of each one's value."""
    facts = all_facts(policies)

    def known(field: FieldMapping) -> FieldMapping:
        if field.name == "fact":
            return replace(field, type=replace(field.type, values=tuple(dict.fromkeys(name for name, _ in facts))))
        return replace(field, facts=facts) if field.name == "value" else field

    return tuple(
        replace(source, fields=tuple(map(known, source.fields))) if source.event == OVERRIDDEN else source
        for source in sources
    )


def with_goals(sources: tuple[SourceMapping, ...], policies: Iterable[CheckedPolicy]) -> tuple[SourceMapping, ...]:
    """The sources, those of goals with the policies and measures that a row may name, and the unit of each measure."""
    policies = tuple(policies)
    measured = measures_of_goals(policies)
    words = {
        "policy": goal_policies(policies),
        "measure": tuple(dict.fromkeys((*(m for _, m, _ in measured), REPORTED))),
    }

    def known(field: FieldMapping) -> FieldMapping:
        if field.name in words:
            return replace(field, type=replace(field.type, values=words[field.name]))
        facts = tuple((f"{policy}.{name}", of) for policy, name, of in measured)
        return replace(field, facts=facts) if field.name == "unit" else field

    return tuple(
        replace(source, fields=tuple(map(known, source.fields))) if source.event == SET else source
        for source in sources
    )
