"""The events that every workspace has without declaring them: what somebody says of the calculation itself.

They are told when all is over, so a run takes those that it knows of, whatever `as of` says. Policies don't measure
them; each stage that has a use for one reads it by its name here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow.checks.checked import CheckedField, CheckedIncentive, CheckedWorkspace, EventType
from workflow.checks.mapping import SourceMapping
from workflow.checks.opening import openable
from workflow.diagnostics import NOWHERE
from workflow.model.types import DATE, TEXT, Kind, Type, money, number

DELIVERED, ADJUSTED, OPENED = "source.delivered", "pay.adjusted", "opening.set"


def _event(name: str, *fields: CheckedField, owner: str | None = None) -> EventType:
    return EventType(name, {}, {field.name: field for field in fields}, owner, None, NOWHERE)


def _field(name: str, of: Type, *, required: bool = True) -> CheckedField:
    return CheckedField(name, of, required, NOWHERE, {})


_PERSON = Type(Kind.PERSON)
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
    )
}
"""The built-in types, by name. A field `policy` names one of the workspace's policies, the `fact` of an opening a total
that runs on; see `in_workspace`."""
RESERVED_TYPES = frozenset({*BUILT_IN, "fact.overridden", "period.closed", "lines", "results"})
"""Event types that every workspace has, or will have, and words that name a run's own tables."""
TWO_PEOPLE: Mapping[str, tuple[str, str]] = {ADJUSTED: ("by", "approved by")}
"""Of a type, the two fields that name different people: nobody approves what is his own doing."""


def in_workspace(policies: Iterable[str], totals: Iterable[str] = ()) -> Mapping[str, EventType]:
    """The built-in types as a workspace knows them: a field `policy` says one of these ids, that which is opened one of
    these totals.
    """
    known = {(ADJUSTED, "policy"): policies, (OPENED, "fact"): totals}
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
    return {**workspace.events, **in_workspace((policy.id for policy in policies), openable(policies))}


def delivers(workspace: CheckedWorkspace, event: str) -> bool:
    """Whether a source delivers events of a type."""
    return any(source.event == event for source in workspace.sources)


def with_totals(sources: tuple[SourceMapping, ...], policies: Iterable[CheckedIncentive]) -> tuple[SourceMapping, ...]:
    """The sources, those of openings with the totals that a row may name."""
    of = replace(TEXT, values=openable(policies))
    return tuple(
        replace(source, fields=tuple(replace(each, type=of) if each.name == "fact" else each for each in source.fields))
        if source.event == OPENED
        else source
        for source in sources
    )
