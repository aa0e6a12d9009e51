"""The JSON Schema of a workspace's own events: what a record in JSON may say, by the catalogue.

An amount and a percent are texts, `"1234.50 CNY"` and `"1.2%"`, because a JSON number is a floating number to most who
read one. A time has its offset; a day alone is a day. Intake refuses besides what no schema can say: a day that isn't
in the calendar, a number with too many digits after the point, a period that the workspace doesn't have, shares that
don't total 100%.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from workflow.checks.calculated import CheckedField, EventType, ListField
from workflow.checks.forms import CLOCK, DATE, OFFSET
from workflow.checks.lists import MOST_PARTS, PART_SHARE
from workflow.model.schemas import DIALECT, identity
from workflow.model.types import Kind, Type
from workflow.words import translated

EVENTS = "recorded-events.schema.json"
"""The name of the schema's file."""

_UNSEEN = (
    r"\u0000-\u001F\u007F-\u00A0\u00AD\u061C\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF"
    r"\uFFF9-\uFFFB"
)
"""Signs that nobody can see, which no id may hold; those beyond the first plane editors can't name."""
_NAMED: Mapping[str, Any] = {"type": "string", "pattern": f"^[^ {_UNSEEN}]([^{_UNSEEN}]*[^ {_UNSEEN}])?$"}
_TIME: Mapping[str, Any] = {"type": "string", "pattern": f"^{DATE}({CLOCK}({OFFSET}))?$"}
_NONE: Mapping[str, Any] = {"enum": [None, ""]}
"""What a record may say of a field that it leaves out."""


def event_schema(events: Mapping[str, EventType], language: str = "en") -> Mapping[str, Any]:
    """The schema of one event, of any of these types.

    Args:
        events: the checked event types, by name.
        language: that of the titles and the description.

    Returns:
        A document in which each type has a definition of its own.
    """
    return {
        "$schema": DIALECT,
        "$id": identity("recorded-events"),
        "title": translated(language, "schemas", "Event"),
        "description": translated(language, "schemas", "One recorded event, of one of the catalogue's types."),
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in sorted(events)],
        "$defs": {name: _event(event, language) for name, event in sorted(events.items())},
    }


def _event(event: EventType, language: str) -> Mapping[str, Any]:
    """What every event has, and what this type declares."""
    required = [field.name for field in event.fields.values() if field.required]
    return {
        **_titled(event.title, language),
        "type": "object",
        "properties": {
            "id": dict(_NAMED),
            "type": {"const": event.name},
            "time": dict(_TIME),
            "recorded": dict(_TIME),
            "source": dict(_NAMED),
            **{field.name: _field(field, language) for field in event.fields.values()},
            **{each.name: _list(each, language) for each in event.lists.values()},
        },
        "required": ["id", "type", "time", *required, *(each.name for each in event.lists.values() if each.required)],
        "additionalProperties": False,
    }


def _field(field: CheckedField, language: str) -> Mapping[str, Any]:
    bounds = {"minimum": field.least, "maximum": field.most}
    shape = {
        **_SHAPES.get(field.type.kind, _word)(field.type),
        **{name: _number(value) for name, value in bounds.items() if value is not None},
    }
    return {**_titled(field.title, language), **(shape if field.required else {"anyOf": [shape, dict(_NONE)]})}


def _list(of: ListField, language: str) -> Mapping[str, Any]:
    """A list of parts, each a person and a share."""
    part = {
        "type": "object",
        "properties": {of.person: dict(_NAMED), of.share: _SHAPES[Kind.RATIO](PART_SHARE)},
        "required": [of.person, of.share],
        "additionalProperties": False,
    }
    shape = {"type": "array", "items": part, "maxItems": MOST_PARTS}
    return {**_titled(of.title, language), **(shape if of.required else {"anyOf": [shape, dict(_NONE)]})}


def _titled(title: Mapping[str, str], language: str) -> Mapping[str, str]:
    """The title for readers: in their language where there is one."""
    first = title.get(language) or title.get(language.partition("-")[0]) or next(iter(title.values()), None)
    return {"title": first} if first else {}


def _word(of: Type) -> Mapping[str, Any]:
    """A text; one of its words where the type lists them. Free text may be empty, an id may not."""
    if of.values:
        return {"enum": list(of.values)}
    return {"type": "string", "pattern": r"^[^\u0000]*$"} if of.kind is Kind.TEXT else dict(_NAMED)


def _digits(of: Type, moved: int = 0) -> str:
    """The pattern of a plain decimal of the type's digits, the point moved to the right."""
    before, after = of.precision - of.scale + moved, of.scale - moved
    return rf"-?0{{0,20}}[0-9]{{1,{before}}}(\.[0-9]{{1,{after}}})?"


def _number(value: Decimal) -> int | float:
    """A bound as JSON writes numbers; it is for editors, the checker compares the decimal."""
    return int(value) if value == int(value) else float(value)


_SHAPES: Mapping[Kind, Callable[[Type], Mapping[str, Any]]] = {
    Kind.MONEY: lambda of: {"type": "string", "pattern": f"^{_digits(of)} [A-Z]{{3}}$"},
    Kind.RATIO: lambda of: {"type": "string", "pattern": f"^{_digits(of, 2)}%$"},
    Kind.NUMBER: lambda of: {
        "type": "number",
        "exclusiveMinimum": -(10 ** (of.precision - of.scale)),
        "exclusiveMaximum": 10 ** (of.precision - of.scale),
    },
    Kind.DATE: lambda _: {"type": "string", "pattern": f"^{DATE}$"},
    Kind.INSTANT: lambda _: dict(_TIME),
    Kind.TRUTH: lambda _: {"type": "boolean"},
}
