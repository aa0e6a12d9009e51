"""Scores checked: in which band of all subjects a result lies."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.checks.calculated import Band
from workflow.checks.context import Context
from workflow.checks.formulas import Typing
from workflow.diagnostics import Span
from workflow.model.leaves import Reference
from workflow.model.policy import ValueDefinition
from workflow.model.tiering import ScoredValue
from workflow.model.typed import Column
from workflow.model.types import COUNT
from workflow.syntax import ast

MOST_BANDS = 1000
"""No score has more bands."""


@dataclass(frozen=True, slots=True)
class BandAsked:
    """A score as written, its words understood."""

    of: ast.Name
    leaf: Reference
    into: int
    least: bool
    lower: bool


def find_band(context: Context, definition: ValueDefinition, span: Span) -> BandAsked | None:
    """The score that a value is; None if it is none, or after noting what is wrong with it."""
    if not isinstance(definition, ScoredValue):
        return None
    keys = {"into": definition.into, "best": definition.best, "ties": definition.ties}
    if definition.band_of is None:
        for key, leaf in keys.items():
            if leaf is not None:
                context.refuse("key-of-a-score", leaf.span, key=key)
        return None
    for key, leaf in keys.items():
        if leaf is None:
            context.refuse("missing-key", span, key=key)
    best = context.choice(definition.best, ("greatest", "least"))
    ties = context.choice(definition.ties, ("lower", "higher"))
    into = definition.into
    if into is not None and not 1 < into.value <= MOST_BANDS:
        context.refuse("bands-not-possible", into.span, found=into.text, limit=MOST_BANDS)
        return None
    if into is None or best is None or ties is None:
        return None
    name = ast.Name(tuple(definition.band_of.text.split(".")), definition.band_of.span)
    return BandAsked(name, definition.band_of, into.value, best == "least", ties == "lower")


def check_band(context: Context, typing: Typing, asked: BandAsked) -> Band | None:
    """The score, of a result that has an order."""
    of = typing.type(asked.of)
    if of is None:
        return None
    if not isinstance(of, Column) or not of.type.is_numeric:
        context.refuse("name-a-value", asked.leaf.span, key="band of")
        return None
    return Band(of, asked.into, "least" if asked.least else "greatest", asked.lower, COUNT)
