"""How the text of a cell becomes a value, as SQL over whole columns: what is accepted, exactly, and what is refused.

The text is looked at before anything is cast, because casts accept what people never mean: `1_000`, `1e3`, digits of
other scripts, more digits than a type holds. An empty text is absent, except where the type is free text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workflow.checks.mapping import Cell, FieldMapping
from workflow.columns.storage import sql_type
from workflow.diagnostics import Argument
from workflow.intake.evidence import quoted
from workflow.intake.moment import Moment
from workflow.intake.taken import currency_of
from workflow.intake.times import TimeReading, day_of_text, instant_of_text
from workflow.model.types import Kind, Type

UNSEEN = (
    r"^ | $|[\p{Cc}\x{A0}\x{AD}\x{61C}\x{1680}\x{180E}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{206F}\x{3000}"
    r"\x{FEFF}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E007F}]"
)
"""What nobody can see: control, zero-width and direction signs, blanks but for the usual one, and that one at an end.
Two ids that differ only in them look equal.
"""

TRUE, FALSE = ("true", "True", "TRUE", "yes", "Yes", "YES", "是"), ("false", "False", "FALSE", "no", "No", "NO", "否")
"""The words of yes and no."""

_CURRENCY = "[A-Z]{3}"
_DIGEST = 20
"""Hexadecimal digits of an id made from content: in a hundred million rows two alike are one chance in a million."""


@dataclass(frozen=True, slots=True)
class Check:
    """One way in which a row can be refused.

    `fails` is a truth over the columns of the reading; `found` the SQL of the text that the author sees; `args` the
    code's arguments besides `column` and `found`.
    """

    fails: str
    code: str
    column: str
    found: str
    args: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """SQL that reads cells, in layers: each defines columns, by name, over those of the layers before it.

    Layer 0 reads the file's columns. The last one defines the values. The first check that fails decides.
    """

    layers: tuple[Mapping[str, str], ...] = ({}, {}, {}, {})
    checks: tuple[Check, ...] = ()

    def __add__(self, other: Reading) -> Reading:
        """Both, the checks of this one first."""
        layers = tuple({**one, **two} for one, two in zip(self.layers, other.layers, strict=True))
        return Reading(layers, self.checks + other.checks)


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a cell takes: the SQL names of the file's columns, the moment, and the zones installed by name."""

    columns: Mapping[str, str]
    moment: Moment
    zones: Mapping[str, int]

    def text(self, cell: Cell) -> str:
        """The SQL of a cell's text."""
        return self.columns[cell.column] if cell.column is not None else literal(cell.text or "")


def staged(field: str) -> str:
    """The staged column of a field, as an SQL identifier; its dot keeps it apart from the row's own columns."""
    return quoted("." + field)


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def read_field(reader: Reader, mapping: FieldMapping, name: str) -> Reading:
    """The reading of a field: its value is column `name`, and for money its currency `name.currency`, of layer 3."""
    kind, cell = mapping.type.kind, mapping.cell
    stored = sql_type(mapping.type)
    if cell is None:
        nothing = {f'"{name}"': f"CAST(NULL AS {stored})"}
        if kind is Kind.MONEY:
            nothing[f'"{currency_of(name)}"'] = "CAST(NULL AS VARCHAR)"
        absent = (Check("true", "cell-absent", mapping.name, "NULL"),) if mapping.required else ()
        return Reading(({}, {}, {}, nothing), absent)
    free = kind is Kind.TEXT and not mapping.type.values
    text = reader.text(cell) if free or cell.parent is not None else f"NULLIF({reader.text(cell)}, '')"
    column = cell.column or mapping.name
    there = Reading(({f'"{name}:"': text}, {}, {}, {}))
    if mapping.required and cell.parent is None:
        there += Reading(checks=(Check(f'"{name}:" IS NULL', "cell-absent", column, "NULL"),))
    return there + _read_kind(reader, mapping, cell, name, column) + _ranges(mapping, name, column)


def read_id(reader: Reader, column: str, name: str) -> Reading:
    """The reading of an id that must be there: its value is column `name` of layer 3, NULL where it can't be one."""
    text = {f'"{name}:"': f"NULLIF({reader.columns[column]}, '')"}
    absent = Check(f'"{name}:" IS NULL', "cell-absent", column, "NULL")
    return Reading((text, {}, {}, {}), (absent,)) + _named(name, column)


def read_content(reader: Reader, source: str, name: str) -> Reading:
    """The reading of an id that no column gives: a digest of all the cells that the source reads, and of its name."""
    cells = ", ".join((literal(source), *reader.columns.values()))
    return Reading(({}, {}, {}, {f'"{name}"': f"left(sha256(CAST(to_json([{cells}]) AS VARCHAR)), {_DIGEST})"}))


def read_instant(reader: Reader, cell: Cell, name: str, *, required: bool) -> Reading:
    """The reading of an instant: UTC in column `name` of layer 3, and its day in the workspace's zone in `name.day`."""
    column = cell.column or name
    text = {f'"{name}:"': f"NULLIF({reader.text(cell)}, '')"}
    absent = (Check(f'"{name}:" IS NULL', "cell-absent", column, "NULL"),) if required else ()
    return Reading((text, {}, {}, {}), absent) + _of_time(
        instant_of_text(cell, name, reader.zones, reader.moment.zone), name, column
    )


def read_day(reader: Reader, cell: Cell, name: str, *, required: bool) -> Reading:
    """The reading of a day: column `name` of layer 3."""
    column = cell.column or name
    text = {f'"{name}:"': f"NULLIF({reader.text(cell)}, '')"}
    absent = (Check(f'"{name}:" IS NULL', "cell-absent", column, "NULL"),) if required else ()
    return Reading((text, {}, {}, {}), absent) + _of_time(day_of_text(cell, name), name, column)


def read_whole(reader: Reader, column: str, name: str) -> Reading:
    """The reading of a whole number that must be there: column `name` of layer 3."""
    text = {f'"{name}:"': f"NULLIF({reader.columns[column]}, '')"}
    absent = Check(f'"{name}:" IS NULL', "cell-absent", column, "NULL")
    return Reading((text, {}, {}, {}), (absent,)) + _matched(
        name, "-?[0-9]{1,18}", "BIGINT", Check("", "sequence-malformed", column, f'"{name}:"')
    )


def _read_kind(reader: Reader, mapping: FieldMapping, cell: Cell, name: str, column: str) -> Reading:
    """The reading of a text that is there, by its type."""
    kind, values = mapping.type.kind, mapping.type.values
    if cell.parent is not None:
        return _path(cell.parent, name, column)
    if kind is Kind.MONEY and cell.currency is not None and cell.currency == cell.column:
        return _amount_and_currency(mapping, name, column)
    if kind is Kind.MONEY:
        return _number(mapping, name, Check("", "amount-malformed", column, f'"{name}:"')) + _currency(
            reader, cell, name
        )
    if kind is Kind.NUMBER:
        return _number(mapping, name, Check("", "number-malformed", column, f'"{name}:"'))
    if kind is Kind.RATIO:
        return _ratio(mapping, cell, name, column)
    if kind is Kind.DATE:
        return _of_time(day_of_text(cell, name), name, column)
    if kind is Kind.INSTANT:
        return _of_time(instant_of_text(cell, name, reader.zones, reader.moment.zone), name, column)
    if kind is Kind.TRUTH:
        return _truth(name, column)
    if kind is Kind.PERIOD:
        return _period(reader, cell, name, column)
    if values:
        words = ", ".join(map(literal, values))
        unknown = Check(
            f'"{name}:" NOT IN ({words})', "word-unknown", column, f'"{name}:"', {"accepted": tuple(values)}
        )
        return _as_is(name, (unknown,))
    if kind is Kind.TEXT:
        return _as_is(name, ())
    assert kind in {Kind.PERSON, Kind.CUSTOMER, Kind.ID, Kind.EVENT}, kind
    return _named(name, column)


def _as_is(name: str, checks: tuple[Check, ...]) -> Reading:
    return Reading(({}, {}, {}, {f'"{name}"': f'"{name}:"'}), checks)


def _named(name: str, column: str) -> Reading:
    """An id: never changed, refused where it holds what can't be seen."""
    unseen = f"""regexp_matches("{name}:", '{UNSEEN}')"""
    value = {f'"{name}"': f'CASE WHEN NOT {unseen} THEN "{name}:" END'}
    return Reading(({}, {}, {}, value), (Check(_again(name, unseen), "id-unseen", column, f'"{name}:"'),))


def _matched(name: str, pattern: str, cast: str, check: Check) -> Reading:
    """A text that must match `pattern` and is then cast without losing anything."""
    good = f"""regexp_full_match("{name}:", '{pattern}')"""
    value = {f'"{name}"': f'CAST(CASE WHEN {good} THEN "{name}:" END AS {cast})'}
    fails = _again(name, f"NOT {good}")
    return Reading(({}, {}, {}, value), (Check(fails, check.code, check.column, check.found, check.args),))


def _again(name: str, fails: str) -> str:
    """A costly check of a text, for those texts only that gave no value; a text that gave one has passed it."""
    return f'"{name}" IS NULL AND {fails}'


def _number(mapping: FieldMapping, name: str, check: Check) -> Reading:
    """A decimal of at most the type's digits before and after the point; zeros in front don't count."""
    before, after = mapping.type.precision - mapping.type.scale, mapping.type.scale
    refused = Check("", check.code, check.column, check.found, {"before": before, "after": after})
    return _matched(name, _decimal(before, after), sql_type(mapping.type), refused)


def _amount_and_currency(mapping: FieldMapping, name: str, column: str) -> Reading:
    """An amount and its currency in one cell: `1234.50 CNY`."""
    before, after = mapping.type.precision - mapping.type.scale, mapping.type.scale
    good = f"""regexp_full_match("{name}:", '{_decimal(before, after)} {_CURRENCY}')"""
    text = f"""CASE WHEN {good} THEN "{name}:" END"""
    value = {
        f'"{name}"': f"CAST(split_part({text}, ' ', 1) AS {sql_type(mapping.type)})",
        f'"{currency_of(name)}"': f"split_part({text}, ' ', 2)",
    }
    wrong = Check(
        _again(name, f"NOT {good}"), "amount-without-currency", column, f'"{name}:"', {"before": before, "after": after}
    )
    return Reading(({}, {}, {}, value), (wrong,))


def _decimal(before: int, after: int) -> str:
    """The pattern of a plain decimal."""
    point = rf"(?:\.[0-9]{{1,{after}}})?" if after else ""
    return rf"-?0{{0,20}}[0-9]{{1,{before}}}{point}" if before else rf"-?0{{1,20}}{point}"


def plain_decimal(of: Type, text: str) -> tuple[str, str]:
    """Whether a text is a decimal that a type takes, and the value, as SQL; of another text the value is missing."""
    good = f"regexp_full_match({text}, '{_decimal(of.precision - of.scale, of.scale)}')"
    return good, f"CAST(CASE WHEN {good} THEN {text} END AS {sql_type(of)})"


def percent_of(of: Type, text: str) -> tuple[str, str]:
    """Whether a text is a percent that a ratio's type takes, and the value, as SQL; of another text it is missing."""
    before, after = of.precision - of.scale, of.scale
    assert after >= 2, of  # noqa: PLR2004 a percent is worth two digits after the point
    good = f"regexp_full_match({text}, '{_decimal(before + 2, after - 2)}%')"
    digits = f"CAST(CASE WHEN {good} THEN rtrim({text}, '%') END AS DECIMAL(38, {after - 2}))"
    return good, f"CAST({digits} * CAST(0.01 AS DECIMAL(3, 2)) AS {sql_type(of)})"


def form_of(of: Type, text: str) -> tuple[str, str]:
    """Whether a text, as SQL, is a quantity of a type as an author would write it, and how such a text looks."""
    if of.kind is Kind.RATIO:
        return percent_of(of, text)[0], "85%"
    if of.kind is Kind.NUMBER:
        return plain_decimal(of, text)[0], "12"
    pattern = f"{_decimal(of.precision - of.scale, of.scale)} {of.unit}"
    return f"regexp_full_match({text}, '{pattern}')", f"5000 {of.unit}"


def _ratio(mapping: FieldMapping, cell: Cell, name: str, column: str) -> Reading:
    """A percent with its sign, or a fraction where the source says so."""
    before, after, stored = mapping.type.precision - mapping.type.scale, mapping.type.scale, sql_type(mapping.type)
    if cell.fraction:
        args = {"before": before, "after": after}
        return _matched(
            name, _decimal(before, after), stored, Check("", "fraction-malformed", column, f'"{name}:"', args)
        )
    good, value = percent_of(mapping.type, f'"{name}:"')
    args = {"before": before + 2, "after": after - 2}
    wrong = Check(_again(name, f"NOT {good}"), "percent-malformed", column, f'"{name}:"', args)
    return Reading(({}, {}, {}, {f'"{name}"': value}), (wrong,))


def _currency(reader: Reader, cell: Cell, name: str) -> Reading:
    """The currency of an amount that is there: from its column, fixed, or the workspace's."""
    known = currency_of(name)
    if cell.currency is None:
        fixed = literal(cell.currency_is or reader.moment.currency)
        return Reading(({}, {}, {}, {f'"{known}"': f'CASE WHEN "{name}:" IS NOT NULL THEN {fixed} END'}))
    good = f"""regexp_full_match("{known}:", '{_CURRENCY}')"""
    return Reading(
        (
            {f'"{known}:"': f"NULLIF({reader.columns[cell.currency]}, '')"},
            {},
            {},
            {f'"{known}"': f'CASE WHEN "{name}:" IS NOT NULL AND {good} THEN "{known}:" END'},
        ),
        (
            Check(f'"{name}:" IS NOT NULL AND "{known}:" IS NULL', "currency-absent", cell.currency, f'"{name}:"'),
            Check(
                _again(known, f'"{name}:" IS NOT NULL AND NOT {good}'),
                "currency-malformed",
                cell.currency,
                f'"{known}:"',
            ),
        ),
    )


def _truth(name: str, column: str) -> Reading:
    words = {truth: ", ".join(map(literal, known)) for truth, known in ((True, TRUE), (False, FALSE))}
    value = f'CASE WHEN "{name}:" IN ({words[True]}) THEN true WHEN "{name}:" IN ({words[False]}) THEN false END'
    wrong = f'"{name}:" NOT IN ({words[True]}, {words[False]})'
    return Reading(({}, {}, {}, {f'"{name}"': value}), (Check(wrong, "yes-or-no-malformed", column, f'"{name}:"'),))


def _period(reader: Reader, cell: Cell, name: str, column: str) -> Reading:
    """A period by its id, of any kind, or by its first day, of the kind that the cell says."""
    kinds = reader.moment.periods
    if cell.starts is None:
        # As one text: thousands of names in a list take as long to be read as all else that is done with a small file.
        known = "\n".join(each[0] for kind in kinds.values() for each in kind.periods)
        listed = f"SELECT unnest(string_split({literal(known)}, chr(10)))"
        unknown = f'"{name}:" IS NOT NULL AND "{name}:" NOT IN ({listed})'
        return _as_is(name, (Check(unknown, "period-unknown", column, f'"{name}:"'),))
    branches = " ".join(
        f"WHEN DATE '{first}' THEN {literal(period)}" for period, first, _ in kinds[cell.starts].periods
    )
    text, first = f'"{name}:"', f'"{name}.first"'
    day = _of_time(day_of_text(cell, f"{name}.first", text), f"{name}.first", column, text)
    found = f"CASE {day.layers[3][first]} {branches} END" if branches else "CAST(NULL AS VARCHAR)"
    none = Check(
        f'"{name}" IS NULL AND "{name}:" IS NOT NULL',
        "period-start-unknown", column, f'"{name}:"', {"kind": cell.starts},
    )  # fmt: skip
    return Reading(({}, {}, {}, {f'"{name}"': found})) + day + Reading(checks=(none,))


def _path(separator: str, name: str, column: str) -> Reading:
    """A place in the hierarchy: parts that each end with the separator; the empty text is the top."""
    end = literal(separator)
    wrong = f'"{name}:" <> \'\' AND NOT ends_with("{name}:", {end})'
    top = f'CASE WHEN "{name}:" = {end} THEN \'\' ELSE "{name}:" END'
    return Reading(
        ({}, {}, {}, {f'"{name}"': top}),
        (Check(wrong, "path-malformed", column, f'"{name}:"', {"separator": separator}),),
    )


def _ranges(mapping: FieldMapping, name: str, column: str) -> Reading:
    """The bounds of a number, both included."""
    checks = [
        Check(f'"{name}" {sign} {_exact(bound)}', code, column, f'"{name}:"', {"accepted": str(bound)})
        for bound, sign, code in ((mapping.least, "<", "number-too-small"), (mapping.most, ">", "number-too-large"))
        if bound is not None
    ]
    return Reading(checks=tuple(checks))


def _exact(bound: Decimal) -> str:
    """A decimal as an SQL literal of its own size."""
    _, digits, exponent = bound.as_tuple()
    assert isinstance(exponent, int)
    scale = max(0, -exponent)
    return f"CAST('{bound:f}' AS DECIMAL({max(len(digits) + max(exponent, 0), scale, 1)}, {scale}))"


def _of_time(reading: TimeReading, name: str, column: str, text: str | None = None) -> Reading:
    """A date or time, its checks in the order in which they matter."""
    found = text or f'"{name}:"'
    checks = tuple(Check(fails, code, column, found, args) for fails, code, args in reading.checks)
    return Reading(({}, reading.stamps, reading.instants, reading.values), checks)
