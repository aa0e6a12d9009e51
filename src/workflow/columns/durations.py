"""Durations as text in SQL, in the form of ISO 8601."""

from __future__ import annotations

from workflow.columns.layers import Layers
from workflow.columns.tree import Tree, binary, call, cast, concatenated, either, is_known, plain, text, when
from workflow.syntax.moments import MICROSECONDS


def duration_text(layers: Layers, value: Tree, *, months: bool) -> Tree:
    """`P1Y2M` of a number of months, `P1DT2H3.5S` of a number of microseconds."""
    held = layers.once(value)
    size = layers.once(call("abs", held))
    sign = when((binary("<", held, plain(0)), text("-")), otherwise=text(""))
    said = concatenated(sign, text("P"), *(_months(size) if months else _elapsed(layers, size)))
    # Parts that aren't shown are empty texts, also those of a duration that is missing.
    return when((is_known(held), said))


def _unit(count: Tree, unit: str, also: Tree | None = None) -> Tree:
    """A count with its unit, nothing for 0 unless the other condition holds."""
    shown = binary(">", count, plain(0))
    said = concatenated(cast(count, "VARCHAR"), text(unit))
    return when((shown if also is None else either(shown, also), said), otherwise=text(""))


def _months(size: Tree) -> tuple[Tree, ...]:
    years, rest = binary("//", size, plain(12)), binary("%", size, plain(12))
    return _unit(years, "Y"), _unit(rest, "M", binary("=", years, plain(0)))


def _elapsed(layers: Layers, size: Tree) -> tuple[Tree, ...]:
    units, rest = [], size
    for unit in MICROSECONDS.values():
        units.append(layers.once(binary("//", rest, plain(unit))))
        rest = layers.once(binary("%", rest, plain(unit)))
    days, hours, minutes, seconds = units
    nothing = binary("=", size, plain(0))
    # The digits behind the point: a million before them keeps the zeros that they begin with.
    digits = call("substring", cast(binary("+", rest, plain(1_000_000)), "VARCHAR"), plain(2))
    part = when(
        (binary(">", rest, plain(0)), concatenated(text("."), call("rtrim", digits, text("0")))), otherwise=text("")
    )
    second = concatenated(cast(seconds, "VARCHAR"), part, text("S"))
    shown = either(binary(">", seconds, plain(0)), binary(">", rest, plain(0)), nothing)
    clock = layers.once(concatenated(_unit(hours, "H"), _unit(minutes, "M"), when((shown, second), otherwise=text(""))))
    return _unit(days, "D"), when((binary("!=", clock, text("")), text("T")), otherwise=text("")), clock
