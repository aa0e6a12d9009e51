"""Goals as they are recorded: what makes one of which nobody could tell whether it is reached, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow.checks.expressions.rules import type_word
from workflow.checks.goalsetting import PERCENT, REVISED, SET, SMART, unit_of
from workflow.checks.mapping import FieldMapping, SourceMapping
from workflow.diagnostics import Argument
from workflow.intake.cells import Check, literal, staged

_DAYS = ("start", "due")
_FIGURES = ("measure", "baseline", "target", "unit")
_CHANGED = ("target", "due", "weight")


def asked_of_goal(source: SourceMapping, field: FieldMapping) -> FieldMapping:
    """The field as its cell is read: what a goal lacks is told of all its cells together, not of the first."""
    return replace(field, required=False) if source.event == SET and field.name in SMART else field


def checks_of_goal(source: SourceMapping, columns: Mapping[str, str], currency: str) -> Iterator[Check]:
    """Refuse a goal that isn't measurable, has no days, is nobody's or says something else than its measure.

    Args:
        source: the source of goals; any other gives no check.
        columns: of each field, the column of the file.
        currency: the workspace's, the unit of no bare number.
    """
    if source.event == SET:
        yield from _smart(columns)
        yield from _sensible(source, columns, currency)
    if source.event == REVISED:
        nothing = " AND ".join(_absent(name) for name in _CHANGED)
        yield Check(nothing, "goal-unchanged", columns["goal"], staged("goal"))


def _smart(columns: Mapping[str, str]) -> Iterator[Check]:
    """What is lacking, all of it: of the figures, of the days, or of both."""
    figures, days = (" OR ".join(map(_absent, names)) for names in (_FIGURES, _DAYS))
    place = columns["goal"]
    yield Check(f"({figures}) AND ({days})", "goal-not-smart", place, _lacking((*_FIGURES, *_DAYS), columns))
    yield Check(figures, "goal-not-measurable", place, _lacking(_FIGURES, columns))
    yield Check(days, "goal-without-days", place, _lacking(_DAYS, columns))


def _sensible(source: SourceMapping, columns: Mapping[str, str], currency: str) -> Iterator[Check]:
    """The goal is one person's or one team's, aims somewhere, ends after it begins, and has the unit of its measure."""
    whose = f"{_absent('person')} = {_absent('team')}"
    yield Check(whose, "goal-of-whom", columns["goal"], staged("goal"))
    yield Check(f"trim({staged('title')}) = ''", "cell-absent", columns["title"], "NULL")
    still = f"{staged('baseline')} = {staged('target')}"
    yield Check(still, "goal-reached-already", columns["target"], f"CAST({staged('target')} AS VARCHAR)")
    ended = f"{staged('due')} < {staged('start')}"
    yield Check(ended, "row-ends-early", columns["due"], f"CAST({staged('due')} AS VARCHAR)")
    for fact, of in next(field.facts for field in source.fields if field.name == "unit"):
        policy, _, name = fact.partition(".")
        named = f"{staged('policy')} = {literal(policy)} AND {staged('measure')} = {literal(name)}"
        unit = unit_of(of)
        strange = f"{staged('unit')} IN ({literal(PERCENT)}, {literal(currency)})"
        wrong = f"{staged('unit')} <> {literal(unit)}" if unit else strange
        args: dict[str, Argument] = {"measure": name, "type": type_word(of)}
        yield Check(f"{named} AND {wrong}", "goal-in-another-unit", columns["unit"], staged("unit"), args)


def _absent(name: str) -> str:
    """Whether a field of the row says nothing; a text of blanks doesn't either."""
    empty = f" OR trim({staged(name)}) = ''" if name in {"unit", "team"} else ""
    return f"({staged(name)} IS NULL{empty})"


def _lacking(names: tuple[str, ...], columns: Mapping[str, str]) -> str:
    """The SQL of the columns that say nothing, one after another."""
    said = (f"CASE WHEN {_absent(name)} THEN {literal(columns[name])} END" for name in names)
    return f"concat_ws(', ', {', '.join(said)})"
