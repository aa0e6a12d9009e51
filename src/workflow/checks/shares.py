"""Shares of customers checked: of whose customers with one event, how many have another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.checks.calculated import CheckedField, CheckedMeasure, EventType
from workflow.checks.context import Context, word_at
from workflow.checks.measures import FUNCTIONS, default_of
from workflow.checks.windows import window_of
from workflow.diagnostics import Span
from workflow.model.leaves import Words
from workflow.model.policy import MeasureDefinition
from workflow.model.sizes import quotient_type
from workflow.model.terms import Window
from workflow.model.types import COUNT, Kind

BY = ("same person", "anybody")
"""To whom the second event may belong: to whoever the first belongs to, or to anybody whom the policy covers."""
_NEITHER = (*FUNCTIONS, "measure", "of", "where", "over", "among", "inside", "answers_needed")
_NEEDED = {"having": "with", "that_have": "that have", "by": "by"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two events that a customer has: its type, the field that names the customer, and the window."""

    event: EventType
    field: CheckedField
    window: Window


def check_share(
    context: Context, name: str, definition: MeasureDefinition, place: tuple[object, Span], each: str
) -> CheckedMeasure | None:
    """A measure with `share of`; `place` is its block, and the span of its name."""
    block, span = place
    context.choice(definition.share_of, ("customers",))
    for key in _NEITHER:
        leaf = getattr(definition, key)
        if leaf is not None:
            word = "in" if key == "inside" else key.replace("_", " ")
            context.refuse("key-of-other-measure", leaf.span, key=word, found="share of")
    for key, word in _NEEDED.items():
        if not getattr(definition, key):
            context.refuse("missing-key", span, key=word)
    by = context.choice(definition.by, BY)
    first = _side(context, definition.having, context.inside(block, "with"), each)
    second = _side(context, definition.that_have, context.inside(block, "that have"), each)
    of = quotient_type(COUNT, COUNT, Kind.RATIO)
    if first is None or second is None or by is None or of is None:
        return None
    default = default_of(context, definition.if_missing, of)
    title = context.title(definition.title, span)

    def looking(called: str, side: _Side, kept: CheckedMeasure | None = None) -> CheckedMeasure:
        return CheckedMeasure(
            called, title, "share", side.event.name, side.field.name, None, 1, default, of, span,
            window=side.window, kept=kept, by_anybody=by == "anybody",
        )  # fmt: skip

    return looking(name, first, looking(f"{name}.kept", second))


def _side(context: Context, said: Mapping[str, Words], block: object, each: str) -> _Side | None:
    """One side of a share: exactly one type of event, which names a customer each time, and a window."""
    if not said:
        return None
    (name, leaf), *more = said.items()
    key = word_at(name, context.key_span(block, name))
    for other, _ in more:
        context.refuse("one-event", context.key_span(block, other), found=other)
    window = window_of(context, leaf, each, whole=True)
    event = context.events.get(name)
    if event is None:
        context.unknown("unknown-event", key, context.events)
        return None
    if event.owner is None:
        context.refuse("event-of-nobody", key.span, found=name)
        return None
    customers = [field for field in event.fields.values() if field.type.kind is Kind.CUSTOMER]
    if len(customers) != 1 or not customers[0].required:
        context.refuse("customer-not-sure", key.span, found=name)
        return None
    return None if window is None else _Side(event, customers[0], window)
