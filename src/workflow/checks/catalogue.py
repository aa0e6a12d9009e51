"""The catalogue checked: the type of every field, whose each event is, what it reverses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from workflow.checks.builtin import RESERVED_TYPES
from workflow.checks.calculated import CheckedField, EventType, Title
from workflow.checks.clauses import ITEMS, ActionKind
from workflow.checks.context import Context
from workflow.checks.lists import check_lists, refuse_lists
from workflow.checks.naming import is_name
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.catalogue import EventDefinition, FieldDefinition
from workflow.model.leaves import Leaf
from workflow.model.reading import nearest
from workflow.model.types import DATE, INSTANT, TEXT, TRUTH, Kind, Type, number, ratio
from workflow.syntax import literals

PLAIN = {
    "person": Type(Kind.PERSON),
    "customer": Type(Kind.CUSTOMER),
    "id": Type(Kind.ID),
    "event": Type(Kind.EVENT),
    "period": Type(Kind.PERIOD),
    "text": TEXT,
    "number": number(18, 6),
    "percent": ratio(15, 8),
    "date": DATE,
    "time": INSTANT,
    "yes or no": TRUTH,
    "money": Type(Kind.MONEY, 18, 4),
}
"""The types a field can have by one word. Money takes the workspace's currency when a policy reads it."""
ACCEPTED = (*PLAIN, "one of [a, b]", "number from 1 to 5")
RESERVED = frozenset({"event", "id", "type", "time", "recorded", "source", "person", "from", "through"})
"""Names that every event or register row has already, or that mean something else in a formula."""
REGISTERED = frozenset({"person", "customer"})
"""What no role is called: it is somebody of a register."""
HR = "hr"
"""The role that is there without being declared."""
MOST_DIGITS = 6
"""Digits after the point that a field of money may declare."""

_TYPE = re.compile(r"[^\W\d_][\w-]*(?:\.[^\W\d_][\w-]*)*")
_ONE_OF = re.compile(r"one of \[([^\[\]]*)\]")
_RANGE = re.compile(r"number from (\S+) to (\S+)")


def check_events(context: Context) -> Mapping[str, EventType]:
    """Every event type of catalogue/events.yaml, by name."""
    document = context.written.events
    if document is None:
        return {}
    block = document.tree.get("events")
    _check_alike(context, document.content.events, block)
    found = {}
    for name, definition in document.content.events.items():
        span = context.key_span(block, name)
        _check_type_name(context, name, span)
        found[name] = EventType(
            name,
            context.title(definition.title, span),
            fields := _named_periods(
                context, check_fields(context, definition.fields, context.inside(block, name, "fields"))
            ),
            _owner(context, definition, fields),
            _reverses(definition),
            span,
            check_lists(context, definition.fields, context.inside(block, name, "fields")),
            _case(context, name, definition, fields),
        )
    for name, definition in document.content.events.items():
        _check_relation(context, definition, found[name], found)
    return found


def _check_type_name(context: Context, name: str, span: Span) -> None:
    """Policies refer to an event type by its dotted name; some names mean something already."""
    if name in RESERVED_TYPES:
        context.refuse("reserved-name", span, found=name)
    elif not _TYPE.fullmatch(name):
        context.refuse("not-an-event-name", span, found=name)


def _named_periods(context: Context, fields: Mapping[str, CheckedField]) -> Mapping[str, CheckedField]:
    """The fields, after checking that each one for a period is always filled: its event counts in that period."""
    for field in fields.values():
        if field.type.kind is Kind.PERIOD and not field.required:
            context.refuse("period-optional", field.span, found=field.name)
    return fields


def check_registers(context: Context) -> Mapping[str, Mapping[str, CheckedField]]:
    """The columns of the registers of people and customers."""
    registers: dict[str, Mapping[str, CheckedField]] = {"people": {}, "customers": {}}
    for name, document in (("people", context.written.people), ("customers", context.written.customers)):
        if document is not None:
            columns = getattr(document.content, name)
            fields = context.inside(document.tree, name, "fields")
            refuse_lists(context, columns.fields, fields)
            registers[name] = check_fields(context, columns.fields, fields, RESERVED | {"period", "customer"})
    return registers


def check_items(context: Context) -> Mapping[ActionKind, Mapping[str, Title]]:
    """The titles of what can be triggered, by kind and name."""
    document = context.written.actions
    if document is None:
        return {kind: {} for kind in ITEMS}
    block = document.tree.get("actions")
    return {
        kind: {
            name: context.title(item.title, context.key_span(context.inside(block, kind), name), needed=True)
            for name, item in getattr(document.content.actions, kind).items()
        }
        for kind in ITEMS
    }


def check_roles(context: Context) -> Mapping[str, Title]:
    """The titles of those who act, are told or see what others don't, and who aren't persons of the register."""
    document = context.written.people
    if document is None:
        return {HR: {}}
    found, block = {HR: dict[str, str]()}, document.tree.get("roles")
    for name, role in document.content.roles.items():
        span = context.key_span(block, name)
        if name in REGISTERED:
            context.refuse("reserved-name", span, found=name)
        elif not is_name(name):
            context.refuse("not-a-name", span, found=name)
        found[name] = dict(context.title(role.title, span, needed=True))
    return found


def check_readers(context: Context) -> Mapping[tuple[ActionKind, str], tuple[str, ...]]:
    """The roles that see for whom an item is triggered, of each item that not everybody sees."""
    document, found = context.written.actions, dict[tuple[ActionKind, str], tuple[str, ...]]()
    for kind in ITEMS if document is not None else ():
        assert document is not None
        for name, item in getattr(document.content.actions, kind).items():
            for leaf in item.seen_by or ():
                if leaf.text not in context.roles:
                    context.unknown("unknown-role", leaf, context.roles)
            if item.seen_by is not None:
                found[kind, name] = tuple(leaf.text for leaf in item.seen_by)
    return found


def check_fields(
    context: Context,
    definitions: Mapping[str, FieldDefinition],
    block: object,
    reserved: frozenset[str] = RESERVED,
) -> dict[str, CheckedField]:
    """The fields of an event or the columns of a register that hold one value each."""
    fields = {}
    _check_alike(context, definitions, block)
    for name, definition in definitions.items():
        span = context.key_span(block, name)
        if name in reserved:
            context.refuse("reserved-name", span, found=name)
            continue
        if not re.fullmatch(r"[^\W\d]\w*", name):
            context.refuse("not-a-name", span, found=name)
            continue
        if definition.list_of is not None:
            continue
        if definition.type is None:
            context.refuse("missing-key", span, key="is")
            continue
        typed = field_type(context, definition.type, definition.digits.value if definition.digits else None)
        if typed is not None:
            kind, least, most = typed
            required = definition.optional is None or not definition.optional.value
            fields[name] = CheckedField(name, kind, required, span, context.title(definition.title, span), least, most)
    return fields


def _check_alike(context: Context, names: Iterable[str], block: object) -> None:
    """Two names that differ only in capitals would be mixed up, by readers and by engines."""
    seen: dict[str, str] = {}
    for name in names:
        earlier = seen.setdefault(name.casefold(), name)
        if earlier != name:
            related = (context.key_span(block, earlier),)
            context.note(
                Diagnostic("names-alike", context.key_span(block, name), {"found": name, "other": earlier}, related)
            )


def field_type(context: Context, leaf: Leaf, digits: int | None) -> tuple[Type, Decimal | None, Decimal | None] | None:
    """The type that a definition's words say, with the least and the most it may be; None after noting a mistake."""
    text = " ".join(leaf.text.split())
    if digits is not None and (text != "money" or digits > MOST_DIGITS):
        context.refuse("digits-not-possible", leaf.span, found=text)
        return None
    if text in PLAIN:
        plain = PLAIN[text]
        return (plain if digits is None else replace(plain, precision=14 + digits, scale=digits)), None, None
    if (match := _ONE_OF.fullmatch(text)) is not None:
        words = tuple(word.strip().strip('"') for word in re.split("[,，]", match[1]))
        if all(words) and len(set(words)) == len(words):
            return Type(Kind.TEXT, values=words), None, None
    if (match := _RANGE.fullmatch(text)) is not None:
        least, most = literals.number(match[1]), literals.number(match[2])
        if least is not None and most is not None and least <= most:
            return PLAIN["number"], least, most
    near = nearest(text, PLAIN)
    fix = Fix(leaf.span, near) if near else None
    context.note(Diagnostic("unknown-type", leaf.span, {"found": text, "accepted": ACCEPTED}, fix=fix))
    return None


def _owner(context: Context, definition: EventDefinition, fields: Mapping[str, CheckedField]) -> str | None:
    owner = definition.belongs_to
    if owner is None:
        return None
    people = tuple(name for name, each in fields.items() if each.type.kind is Kind.PERSON)
    if owner.text not in people:
        context.unknown("not-a-person-field", owner, people)
    return owner.text


def _case(context: Context, name: str, definition: EventDefinition, fields: Mapping[str, CheckedField]) -> str | None:
    """The field that names the case."""
    case = definition.case
    if case is not None and (case.text not in fields or fields[case.text].type.kind not in {Kind.ID, Kind.TEXT}):
        ids = tuple(name for name, each in fields.items() if each.type.kind is Kind.ID)
        context.unknown("unknown-field", case, ids, of=name)
    return case.text if case is not None else None


def _reverses(definition: EventDefinition) -> tuple[str, str] | None:
    relation = definition.relates
    return (relation.to.text, relation.by.text) if relation and relation.role.text == "reversal" else None


def _check_relation(
    context: Context, definition: EventDefinition, event: EventType, events: Mapping[str, EventType]
) -> None:
    """What an event relates to exists, and so does the field that names it."""
    relation = definition.relates
    if relation is None:
        return
    if relation.role.text not in {"reversal", "receipt", "correction", "cancellation"}:
        roles = ("reversal", "receipt", "correction", "cancellation")
        context.choice(relation.role, roles)
    if relation.to.text not in events:
        context.unknown("unknown-event", relation.to, events)
    by = event.fields.get(relation.by.text)
    if by is None or by.type.kind is not Kind.EVENT:
        accepted = tuple(name for name, each in event.fields.items() if each.type.kind is Kind.EVENT)
        context.unknown("unknown-field", relation.by, accepted, of=event.name)
