"""Lists in events checked: parts that each name a person and a share, so that an event can be credited to several."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflow.checks.calculated import ListField
from workflow.checks.context import Context
from workflow.checks.mapping import Cell, ListMapping, format_of
from workflow.diagnostics import Span
from workflow.model.catalogue import FieldDefinition
from workflow.model.leaves import Leaf, Words
from workflow.model.source import CellDefinition, CurrencyCell, Source
from workflow.model.types import ratio
from workflow.words import Term

PART_SHARE = ratio(7, 6)
"""The type of a part's share: at most four digits after the point of its percent."""
MOST_PARTS = 100
"""Parts that a list may have."""
PARTS = ("person", "percent")
"""What a part consists of, one of each."""


def check_lists(context: Context, definitions: Mapping[str, FieldDefinition], block: object) -> Mapping[str, ListField]:
    """The lists among the fields of an event type, by name."""
    found = {}
    for name, definition in definitions.items():
        if definition.list_of is None:
            continue
        span = context.key_span(block, name)
        if definition.type is not None or definition.digits is not None:
            context.refuse("list-is-no-type", span, found=name)
        parts = _parts(context, name, definition.list_of)
        required = definition.optional is None or not definition.optional.value
        title = context.title(definition.title, span)
        found[name] = ListField(
            name, parts["person"], parts["percent"], next(iter(parts)) == "person", required, span, title
        )
    return found


def refuse_lists(context: Context, definitions: Mapping[str, FieldDefinition], block: object) -> None:
    """A register's column is one value: what has parts is an event."""
    for name, definition in definitions.items():
        if definition.list_of is not None:
            context.refuse("list-not-here", context.key_span(block, name), found=name)


def _parts(context: Context, name: str, written: Mapping[str, Words]) -> Mapping[str, str]:
    """The names of a part's person and percent, by type and in the author's order; of mistaken ones some, so that the
    checks can go on.
    """
    found: dict[str, str] = {}
    mistaken = False
    for part, leaf in written.items():
        kind = context.choice(leaf, PARTS)
        mistaken = mistaken or kind is None
        if kind is not None and (kind in found or not re.fullmatch(r"[^\W\d]\w*", part)):
            context.refuse("part-not-possible", leaf.span, found=part, list=name)
            mistaken = True
        if kind is not None:
            found.setdefault(kind, part)
    absent = [kind for kind in PARTS if kind not in found]
    if absent and not mistaken:
        context.refuse("part-absent", next(iter(written.values())).span, list=name, kind=absent[0])
    return found | dict.fromkeys(absent, next(iter(written)))


def check_list_cells(
    context: Context, source: Source, lists: Mapping[str, ListField], block: object
) -> tuple[ListMapping, ...]:
    """The cells of an event's lists, in the catalogue's order."""
    found = []
    for name, of in lists.items():
        definition = source.fields.get(name)
        if definition is None:
            if of.required:
                context.refuse("field-not-mapped", source.source.span, field=name, of=_event_of(source))
            found.append(ListMapping(name, of.person, of.share, False, None))
            continue
        span = context.key_span(block, name)
        if definition.column is None:
            context.refuse("column-or-text", span)
        _check_cell_keys(context, definition)
        column = definition.column.text if definition.column else None
        cell = Cell(column, fraction=definition.written_as is not None, span=span)
        keys, separators = _keys(context, definition, of), _separators(context, definition)
        _check_format(context, source, definition, span)
        found.append(ListMapping(name, of.person, of.share, of.required, cell, keys, separators, of.person_first))
    return tuple(found)


def _event_of(source: Source) -> str:
    assert source.event is not None, "only events have lists"
    return source.event.text


def _check_cell_keys(context: Context, definition: CellDefinition) -> None:
    """What is said of a list's cell says something of a list."""
    currency = definition.currency
    others: Mapping[str, Leaf | None] = {
        "text": definition.text,
        "form": definition.form,
        "zone": definition.zone,
        "currency": currency.column if isinstance(currency, CurrencyCell) else currency,
        "period starting": definition.period_starting,
        "parent path": definition.parent_path,
    }
    for key, leaf in others.items():
        if leaf is not None:
            context.refuse("key-of-other-kind", leaf.span, key=key, found=Term("list"))
    context.choice(definition.written_as, ("fraction",))
    if definition.separators is not None and definition.parts is not None:
        context.refuse("separators-or-parts", definition.separators[0].span)


def _keys(context: Context, definition: CellDefinition, of: ListField) -> tuple[str, str]:
    """The names that a part's fields have in the record: their own unless others are given."""
    given = definition.parts or {}
    for name, leaf in given.items():
        if name not in {of.person, of.share}:
            context.refuse("unknown-field", leaf.span, found=name, accepted=(of.person, of.share), of=of.name)
    person, share = (given[name].text if name in given else name for name in (of.person, of.share))
    return person, share


def _separators(context: Context, definition: CellDefinition) -> tuple[str, str] | None:
    """What parts the text of a cell: two different texts."""
    if definition.separators is None:
        return None
    texts = [leaf.text.strip() for leaf in definition.separators]
    if len(texts) != len(PARTS) or len(set(texts)) < len(texts):
        context.refuse("two-separators", definition.separators[-1].span)
        return None
    return texts[0], texts[1]


def _check_format(context: Context, source: Source, definition: CellDefinition, span: Span) -> None:
    """The cell of a table is one text, so it says how that is parted."""
    declared = source.format.text if source.format else None
    formats = {format_of(leaf.text, declared) for leaf in source.read}
    if definition.separators is None and formats & {"csv", "xlsx"}:
        context.refuse("separators-not-said", span, found=", ".join(sorted(each for each in formats if each)))
