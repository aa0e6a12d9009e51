"""Measures checked: which function of which field, over which events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workflow.checks.calculated import CheckedField, CheckedMeasure, EventType
from workflow.checks.checked import Credit
from workflow.checks.context import Context
from workflow.checks.crediting import share_type
from workflow.checks.expressions.rules import type_word
from workflow.checks.formulas import Typing
from workflow.checks.quantities import alike, is_zero
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.leaves import Formula, Words
from workflow.model.policy import MeasureDefinition
from workflow.model.reading import nearest
from workflow.model.sizes import product_type, quotient_type
from workflow.model.terms import Function
from workflow.model.typed import Expression
from workflow.model.typed import Literal as Value
from workflow.model.types import COUNT, DATE, Kind, Type, summed

FUNCTIONS: tuple[str, ...] = ("sum", "count", "average", "latest", "least", "greatest")
"""The functions of a measure; exactly one stands in its block."""
OWN: tuple[Literal["average", "days since"], ...] = ("average", "days since")
"""Those of them that no aggregate has."""


def in_currency(of: Type, currency: str) -> Type:
    """The type that a field of money has for a policy that pays in `currency`."""
    return of if of.kind is not Kind.MONEY else Type(Kind.MONEY, of.precision, of.scale, currency)


def event_scope(event: EventType, currency: str, person: Scope) -> Scope:
    """What a condition on an event may name: its fields, and the person it is credited to, as of its day."""
    fields = {name: in_currency(field.type, currency) for name, field in event.fields.items()}
    about = person.with_customer() if customer_of(event) is not None else person
    return about.with_names({"event.day": DATE, **fields})


def customer_of(event: EventType) -> str | None:
    """The field that names the customer of an event; None where none does, or several do."""
    found = [name for name, field in event.fields.items() if field.type.kind is Kind.CUSTOMER]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class MeasurePlace:
    """Where measures stand: the policy's currency, what may be said of a subject, how events are credited, and whom the
    policy is about.
    """

    currency: str
    person: Scope
    credit: Mapping[str, Credit]
    subject: str = "person"


def check_measure(
    context: Context, name: str, definition: MeasureDefinition, span: Span, place: MeasurePlace
) -> CheckedMeasure | None:
    """One measure of a policy."""
    currency, person = place.currency, place.person
    title = context.title(definition.title, span)
    there = functions_of(definition)
    said = [each for each in there if getattr(definition, each.replace(" ", "_")) is not None]
    if len(said) != 1:
        context.refuse("one-function", span, found=tuple(said), accepted=(*there, "share of", "measure"))
        return None
    if definition.inside is not None:
        context.refuse("key-of-other-measure", definition.inside.span, key="in", found=said[0])
    for key, leaf in (("with", definition.having), ("that have", definition.that_have), ("by", definition.by)):
        if leaf:
            context.refuse("key-of-other-measure", span, key=key, found=said[0])
    event = _event(context, definition, span, place.subject)
    if event is None:
        return None
    leaf = getattr(definition, said[0].replace(" ", "_"))
    field = _field(context, leaf, said[0], event)
    if field is None:
        return None
    typing = Typing(event_scope(event, currency, person))
    where = typing.condition(definition.where) if definition.where else None
    context.diagnostics.extend(typing.mistakes)
    result = _type(context, (said[0], leaf.span), event.fields.get(field), place, place.credit.get(event.name))
    if result is None:
        return None
    default = default_of(context, definition.if_missing, result)
    if definition.answers_needed and said[0] != "average":
        context.refuse("only-of-an-average", definition.answers_needed.span)
    function = next((each for each in OWN if each == said[0]), None) or Function(said[0])
    needed = definition.answers_needed.value if definition.answers_needed else 1
    chosen = None if said[0] == "count" else field
    return CheckedMeasure(name, title, function, event.name, chosen, where, needed, default, result, span)


def _counted(context: Context, leaf: Words | None) -> Fix | None:
    """The repair of `{count: deals}`, where one type of events is so called: events of that are counted."""
    if leaf is None or not leaf.scalar.braced:
        return None
    called = {leaf.text, leaf.text.removesuffix("s")}
    found = [each.name for each in context.events.values() if each.reverses is None]
    found = [name for name in found if called & {name, name.partition(".")[0]}]
    return Fix(leaf.span, f"events, of: {found[0]}") if len(found) == 1 else None


def functions_of(definition: MeasureDefinition) -> tuple[str, ...]:
    """The functions that a measure of its kind of policy may have."""
    return tuple(each for each in (*FUNCTIONS, "days since") if hasattr(definition, each.replace(" ", "_")))


def subject_field(event: EventType, subject: str) -> str | None:
    """The field of an event that names the subject: the person it belongs to, or its only customer."""
    if subject == "person":
        return event.owner
    named = [name for name, field in event.fields.items() if field.type.kind is Kind.CUSTOMER]
    return named[0] if len(named) == 1 else None


def _event(context: Context, definition: MeasureDefinition, span: Span, subject: str) -> EventType | None:
    """The type of event that a measure looks at, or None after noting what is wrong with it."""
    if definition.of is None:
        context.note(Diagnostic("missing-key", span, {"key": "of"}, fix=_counted(context, definition.count)))
        return None
    event = context.events.get(definition.of.text)
    if event is None:
        context.unknown("unknown-event", definition.of, context.events)
        return None
    if event.reverses is not None:
        context.refuse("measure-of-returns", definition.of.span, found=event.name)
        return None
    if subject_field(event, subject) is None:
        code = "event-of-nobody" if subject == "person" else "event-of-no-customer"
        context.refuse(code, definition.of.span, found=event.name)
        return None
    return event


def default_of(context: Context, leaf: Formula | None, of: Type) -> Expression | None:
    """The literal that stands for a missing value, in the value's own unit."""
    if leaf is None:
        return None
    typing = Typing(Scope({}))
    default = typing.formula(leaf)
    context.diagnostics.extend(typing.mistakes)
    if default is None:
        return None
    if is_zero(default) and of.is_numeric:
        return Value(Decimal(0), of, leaf.span)
    if not isinstance(default, Value) or not alike(default.type, of):
        context.refuse("default-unit", leaf.span, found=type_word(default.type), accepted=type_word(of))
        return None
    return Value(default.value, default.type, leaf.span)


def _field(context: Context, leaf: Words, function: str, event: EventType) -> str | None:
    """The field that a function reads, or `events`; for a misspelt one the nearest, so that the checks can go on."""
    if function == "count":
        return context.choice(leaf, ("events",))
    if function == "days since":
        return context.choice(leaf, ("last event", "first event"))
    if leaf.text in event.fields:
        return leaf.text
    context.unknown("unknown-field", leaf, event.fields, of=event.name)
    return nearest(leaf.text, event.fields)


def counted_type(of: Type, credit: Credit | None) -> Type:
    """The type of what an event adds to a sum: the field's, or its product with the share that is credited."""
    share = share_type(credit)
    if share is None:
        return of
    product = product_type(of, share, of.kind, of.unit)
    assert product is not None, "an amount has 6 digits after the point, a share of a share at most 22"
    return product


def _type(
    context: Context, said: tuple[str, Span], field: CheckedField | None, place: MeasurePlace, credit: Credit | None
) -> Type | None:
    """The type of the result; only quantities can be added up, averaged or compared."""
    function, span = said
    if field is None:
        return COUNT
    of = in_currency(field.type, place.currency)
    if function == "latest":
        return of
    if not of.is_numeric:
        context.note(Diagnostic("not-a-quantity", span, {"found": type_word(of)}))
        return None
    total = summed(counted_type(of, credit))
    if function == "average":
        return quotient_type(total, COUNT, of.kind, of.unit)
    return total if function == "sum" else of
