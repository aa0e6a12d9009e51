"""Sources checked: every field of the catalogue has its column, and every cell says how its text is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow.checks.builtin import in_workspace
from workflow.checks.calculated import CheckedField, ListField
from workflow.checks.context import Context, word_at
from workflow.checks.expressions.rules import type_word
from workflow.checks.forms import PIECES, is_understood, pieces
from workflow.checks.formulas import Typing
from workflow.checks.goalsetting import SET, SMART
from workflow.checks.known import currency_of, zone_of
from workflow.checks.layouts import check_layout, is_below
from workflow.checks.lists import check_list_cells
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.checks.periods import CALENDAR
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.files import Document
from workflow.model.goals import Goals
from workflow.model.leaves import Formula, Leaf, Words
from workflow.model.source import CellDefinition, CurrencyCell, Source
from workflow.model.typed import OVER_CELLS, Apply, Expression
from workflow.model.types import INSTANT, TEXT, Kind, Type
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import names_in, walk

REGISTERS = {"people": "person", "customers": "customer"}
"""The registers, and the key that says whose row it is."""
BY_CONTENT = "by content"
"""What a source says of its ids where its files have none."""


def check_sources(context: Context) -> tuple[SourceMapping, ...]:
    """Every source of sources/, checked."""
    found = [_source(context, document) for document in context.written.sources]
    names: dict[str, Span] = {}
    for document in context.written.sources:
        leaf = document.content.source
        if leaf.text in names:
            context.note(Diagnostic("source-twice", leaf.span, {"found": leaf.text}, related=(names[leaf.text],)))
        names[leaf.text] = leaf.span
    sources = tuple(source for source in found if source is not None)
    _check_registers(context, sources)
    return sources


def _check_registers(context: Context, sources: tuple[SourceMapping, ...]) -> None:
    """Every column that a register must have comes from one of its sources."""
    for name, columns in context.registers.items():
        own = [source for source in sources if source.register == name]
        mapped = {field.name for source in own for field in source.fields if field.cell is not None}
        for column in columns.values():
            if own and column.required and column.name not in mapped:
                context.refuse("field-not-mapped", column.span, field=column.name, of=name)


def _source(context: Context, document: Document[Source]) -> SourceMapping | None:
    source = document.content
    for leaf in source.read:
        _check_path(context, leaf)
    target = _target(context, source)
    if target is None:
        return None
    lists = _lists(context, source)
    mapping = SourceMapping(
        name=source.source.text,
        files=tuple(leaf.text for leaf in source.read),
        fields=_fields(context, source, (target, lists), document),
        lists=check_list_cells(context, source, lists, document.tree.get("fields")),
        where=_where(context, source.where, _columns(source)) if source.where else None,
        id=source.id.text if source.id and source.id.text != BY_CONTENT else None,
        sequence=source.sequence.text if source.sequence else None,
        span=source.source.span,
    )
    mapping = check_layout(context, source, _delivered(context, source, mapping))
    return _event(context, source, mapping) if source.event else _register(context, source, mapping)


def _target(context: Context, source: Source) -> Mapping[str, CheckedField] | None:
    """The fields that the source fills: those of its event or of its register; exactly one of the two is said."""
    if (source.event is None) == (source.register_name is None):
        context.refuse("event-or-register", source.source.span)
        return None
    if source.event is not None:
        ids = tuple(each.content.id.text for each in context.written.policies)
        known = {**context.events, **in_workspace(ids, goals=_goals(context))}
        if source.event.text not in known:
            context.unknown("unknown-event", source.event, known)
            return None
        return known[source.event.text].fields
    assert source.register_name is not None
    name = context.choice(source.register_name, tuple(REGISTERS))
    return context.registers[name] if name else None


def _goals(context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The policies whose goals may be set, and all that these may be measured by."""
    own = [each.content for each in context.written.policies if isinstance(each.content, Goals)]
    return tuple(each.id.text for each in own), tuple(name for each in own for name in (*each.measures, *each.values))


def _lists(context: Context, source: Source) -> Mapping[str, ListField]:
    """The lists of the source's event."""
    event = context.events.get(source.event.text) if source.event is not None else None
    return event.lists if event is not None else {}


def _event(context: Context, source: Source, mapping: SourceMapping) -> SourceMapping | None:
    assert source.event is not None
    keys = {"person": source.person, "customer": source.customer, "from": source.since, "through": source.until}
    _check_strangers(context, keys, "event")
    for key, leaf in (("id", source.id), ("changed", source.changed), ("time", source.time)):
        if leaf is None:
            context.refuse("missing-key", source.event.span, key=key)
    if source.id is None or source.changed is None or source.time is None:
        return None
    log = _is_log(source)
    if source.id.text == BY_CONTENT and not log:
        context.refuse("content-changes", source.id.span)
    zone = source.zone or source.time.zone
    return replace(
        mapping,
        event=source.event.text,
        changed=None if log else _time(context, source.changed, zone),
        time=_time(context, source.time, zone),
        recorded=_time(context, source.recorded, zone) if source.recorded else None,
    )


def _register(context: Context, source: Source, mapping: SourceMapping) -> SourceMapping | None:
    assert source.register_name is not None
    register = source.register_name.text
    key = source.person if register == "people" else source.customer
    if key is None or key.column is None:
        context.refuse("missing-key", source.register_name.span, key=REGISTERS[register])
        return None
    _check_keys(context, key, Type(Kind.PERSON))
    other = {"customer": source.customer} if register == "people" else {"person": source.person}
    days = source.delivered.days if source.delivered else None
    keys = {"id": source.id, "time": source.time, "sequence": source.sequence, "delivered": days, **other}
    _check_strangers(context, keys, "register")
    return replace(
        mapping,
        register=register,
        key=key.column.text,
        changed=_time(context, source.changed, source.zone) if source.changed and not _is_log(source) else None,
        recorded=_time(context, source.recorded, source.zone) if source.recorded else None,
        since=_time(context, source.since, source.zone) if source.since else None,
        until=_time(context, source.until, source.zone) if source.until else None,
    )


def _is_log(source: Source) -> bool:
    """Whether the source says that its rows never change."""
    column = source.changed.column if source.changed else None
    return column is not None and column.text == "never"


def _check_strangers(context: Context, keys: Mapping[str, Leaf | CellDefinition | None], kind: str) -> None:
    """Keys that belong to the other kind of source: whoever wrote them expects what they don't do here."""
    for key, said in keys.items():
        leaf = (said.column or said.text) if isinstance(said, CellDefinition) else said
        if leaf is not None:
            context.refuse("key-of-other-source", leaf.span, key=key, found=kind)


def _fields(
    context: Context,
    source: Source,
    targets: tuple[Mapping[str, CheckedField], Mapping[str, ListField]],
    document: Document[Source],
) -> tuple[FieldMapping, ...]:
    """The source's columns for the catalogue's fields that hold one value, in the catalogue's order."""
    block = document.tree.get("fields")
    target, lists = targets
    for name in source.fields:
        if name not in target and name not in lists:
            key = context.key_span(block, name)
            context.unknown("unknown-field", word_at(name, key), {*target, *lists}, of=_name_of(source))
    mapped = []
    for name, checked in target.items():
        definition = source.fields.get(name)
        if definition is None:
            if checked.required and source.event is not None:
                _refuse_unmapped(context, source, name)
            mapped.append(FieldMapping(name, checked.type, False, None, checked.least, checked.most))
            continue
        if definition.written_as is None or context.choice(definition.written_as, ("fraction",)):
            _check_keys(context, definition, checked.type, register=source.register_name is not None)
        cell = _cell(context, definition, checked, context.key_span(block, name), source.zone)
        mapped.append(FieldMapping(name, checked.type, checked.required, cell, checked.least, checked.most))
    return tuple(mapped)


def _refuse_unmapped(context: Context, source: Source, name: str) -> None:
    """No column is given for what every record must have; of goals it is said what for."""
    if _name_of(source) == SET and name in SMART:
        context.refuse("goal-field-not-mapped", source.source.span, field=name)
    else:
        context.refuse("field-not-mapped", source.source.span, field=name, of=_name_of(source))


def _name_of(source: Source) -> str:
    leaf = source.event or source.register_name
    assert leaf is not None
    return leaf.text


def _cell(context: Context, definition: CellDefinition, checked: CheckedField, span: Span, zone: Words | None) -> Cell:
    """How a field's text is found and read."""
    if (definition.column is None) == (definition.text is None):
        context.refuse("column-or-text", span)
    if definition.text is not None and checked.type.values:
        context.choice(definition.text, checked.type.values)
    cell = _cell_of(context, definition, zone)
    kind = checked.type.kind
    if kind is Kind.MONEY and definition.currency is None:
        context.refuse("currency-not-said", span, field=checked.name)
    if kind is not Kind.MONEY and definition.currency is not None:
        context.refuse("currency-of-what", span, field=checked.name)
    starting = definition.period_starting
    if kind is Kind.PERIOD and starting is not None and starting.text not in {*CALENDAR, *context.periods}:
        context.unknown("unknown-period-kind", starting, {*CALENDAR, *context.periods})
    currency = definition.currency
    if kind is Kind.MONEY and isinstance(currency, Words):
        currency_of(context, currency)
    return replace(
        cell,
        currency=currency.column.text if isinstance(currency, CurrencyCell) else None,
        currency_is=currency.text if isinstance(currency, Words) else None,
        fraction=definition.written_as is not None,
        starts=starting.text if starting else None,
        parent=definition.parent_path.text if definition.parent_path else None,
        span=span,
    )


def _check_keys(context: Context, definition: CellDefinition, of: Type, *, register: bool = False) -> None:
    """What is said of a cell says something of its kind of value."""
    meant = {
        "form": of.kind in {Kind.DATE, Kind.INSTANT} or (of.kind is Kind.PERIOD and bool(definition.period_starting)),
        "written as": of.kind is Kind.RATIO,
        "period starting": of.kind is Kind.PERIOD,
        "parent path": of.kind is Kind.PERSON and register,
        "separators": False,
        "parts": False,
    }
    said = (
        definition.form,
        definition.written_as,
        definition.period_starting,
        definition.parent_path,
        next(iter(definition.separators or []), None),
        next(iter((definition.parts or {}).values()), None),
    )
    for (key, fits), leaf in zip(meant.items(), said, strict=True):
        if leaf is not None and not fits:
            context.refuse("key-of-other-kind", leaf.span, key=key, found=type_word(of))


def _time(context: Context, definition: CellDefinition, zone: Words | None) -> Cell:
    """The cell of a day or an instant."""
    _check_keys(context, definition, INSTANT)
    if definition.currency is not None:
        leaf = definition.currency.column if isinstance(definition.currency, CurrencyCell) else definition.currency
        context.refuse("key-of-other-kind", leaf.span, key="currency", found=type_word(INSTANT))
    return _cell_of(context, definition, zone)


def _cell_of(context: Context, definition: CellDefinition, zone: Words | None) -> Cell:
    """What every cell has: its column or text, the form of a time, and the zone of one without an offset."""
    named = definition.zone or zone
    in_zone = zone_of(context, named)
    if definition.form is not None:
        _check_form(context, definition.form)
    leaf = definition.column or definition.text or named
    return Cell(
        column=definition.column.text if definition.column else None,
        text=definition.text.text if definition.text else None,
        form=definition.form.text if definition.form else None,
        zone=in_zone,
        span=leaf.span if leaf else Span("", 0, 0, 0, 0),
    )


def _check_form(context: Context, form: Words) -> None:
    """A form says a whole day, and of letters it holds those that stand for something and the `T` and `Z` of ISO."""
    signs = (each for each in pieces(form.text) if each not in PIECES)
    strange = any(each.isascii() and each.isalpha() and each not in "TZ" for each in signs)
    if strange or not is_understood(form.text):
        context.refuse("form-not-understood", form.span, found=form.text, accepted=PIECES)


def _delivered(context: Context, source: Source, mapping: SourceMapping) -> SourceMapping:
    """The mapping with what the source's sender declares of its files."""
    said = source.delivered
    if said is None:
        return mapping
    if said.total is not None and not any(field.type.kind is Kind.MONEY and field.cell for field in mapping.fields):
        context.refuse("total-of-what", said.total.span)
    return replace(
        mapping,
        delivered=(said.days.first, said.days.last) if said.days else None,
        rows=said.rows.value if said.rows else None,
        total=said.total.value if said.total else None,
    )


def _columns(source: Source) -> frozenset[str]:
    """The columns that the source speaks of; only such a name may hold blanks in its condition."""
    cells = (source.changed, source.time, source.recorded, source.person, source.customer, source.since, source.until)
    named = (cell.column for cell in (*cells, *source.fields.values()) if cell is not None)
    return frozenset(leaf.text for leaf in (source.id, source.sequence, *named) if leaf is not None)


def _where(context: Context, leaf: Formula, columns: frozenset[str]) -> Expression | None:
    """The condition on a row; every name in it is a column of the file, so every name is a text."""
    tree, mistakes = parse(leaf.scalar, Vocabulary(frozenset(), columns))
    if tree is None or mistakes:
        context.diagnostics.extend(mistakes)
        return None
    for name in _compared(tree):
        if name.text not in columns:
            fix = Fix(name.span, f'"{name.text}"') if leaf.scalar.style == "plain" else None
            context.note(Diagnostic("text-without-quotes", name.span, {"found": name.text}, fix=fix))
    typing = Typing(Scope({name.text: TEXT for name in names_in(tree)}))
    typed = typing.parsed(tree, ())
    condition = typing.must_be_truth(typed, leaf.span) if typed is not None else None
    context.diagnostics.extend(typing.mistakes)
    if condition is not None and not _over_cells(condition):
        context.refuse("not-of-cells", leaf.span)
        return None
    return condition


def _compared(tree: ast.Expression) -> Iterator[ast.Name]:
    """The names with which another one is compared: such a word is more often a text without its quotes."""
    for part in walk(tree):
        match part:
            case ast.Compare(left=ast.Name(), right=ast.Name() as name):
                yield name
            case ast.In(operand=ast.Name(), tests=tests):
                yield from (each for test in tests for each in walk(test) if isinstance(each, ast.Name))


def _over_cells(of: Expression) -> bool:
    """Whether all of it can be asked of texts as they stand in a file."""
    if not isinstance(of, Apply):
        return of.type.kind in {Kind.TEXT, Kind.TRUTH}
    return of.op in OVER_CELLS and all(map(_over_cells, of.args))


def _check_path(context: Context, leaf: Words) -> None:
    """A pattern stays below the workspace."""
    if not is_below(leaf.text):
        context.refuse("path-leaves", leaf.span, found=leaf.text)
