"""The events that every workspace has without declaring them: what somebody says of the calculation itself.

They are told when all is over, so a run takes those that it knows of, whatever `as of` says. Policies don't measure
them; each stage that has a use for one reads it by its name here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow.checks.checked import CheckedField, CheckedWorkspace, EventType
from workflow.diagnostics import NOWHERE
from workflow.model.types import DATE, TEXT, Kind, Type, number

DELIVERED, ADJUSTED = "source.delivered", "pay.adjusted"


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
            _field("amount", Type(Kind.MONEY, 18, 4)),
            _field("reason", TEXT),
            _field("by", _PERSON),
            _field("approved by", _PERSON),
            owner="person",
        ),
    )
}
"""The built-in types, by name. A field `policy` names one of the workspace's policies; see `in_workspace`."""
RESERVED_TYPES = frozenset({*BUILT_IN, "opening.set", "fact.overridden", "period.closed", "lines", "results"})
"""Event types that every workspace has, or will have, and words that name a run's own tables."""
TWO_PEOPLE: Mapping[str, tuple[str, str]] = {ADJUSTED: ("by", "approved by")}
"""Of a type, the two fields that name different people: nobody approves what is his own doing."""


def in_workspace(policies: Iterable[str]) -> Mapping[str, EventType]:
    """The built-in types as a workspace with these policies knows them: a field `policy` says one of their ids."""
    named = replace(TEXT, values=tuple(sorted(set(policies))))
    return {
        name: replace(
            event,
            fields={
                each: replace(field, type=named) if each == "policy" else field for each, field in event.fields.items()
            },
        )
        for name, event in BUILT_IN.items()
    }


def recordable(workspace: CheckedWorkspace) -> Mapping[str, EventType]:
    """Every type that a workspace's sources can deliver: those of its catalogue, and the built-in ones."""
    return {**workspace.events, **in_workspace(policy.id for policy in workspace.policies)}
