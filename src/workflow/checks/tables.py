"""The rows of a table checked: each with a border and one thing that it gives, from the lowest up, without gaps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.clauses import Row
from workflow.checks.context import Context
from workflow.checks.expressions.rules import type_word
from workflow.checks.formulas import Typing
from workflow.checks.meant import percent_fix
from workflow.checks.quantities import alike, is_zero, unified
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.incentive import Point, TierRowDefinition
from workflow.model.leaves import Formula
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Column, Expression, Literal
from workflow.model.types import QUOTIENT_SCALE, Kind, Type

GIVES = ("rate", "amount", "factor")
"""What a row can give; each gives exactly one."""


@dataclass(frozen=True, slots=True)
class Between:
    """A row as written: where it begins and ends, both as the author said them, and what it gives."""

    since: Expression | None
    below: Expression | None
    gives: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Rows:
    """Reading the rows of one clause; `gives` types what a row gives under a word."""

    context: Context
    typing: Typing
    gives: Callable[[str, Formula], Expression | None]
    mode: Mode | None
    span: Span

    def points(self, written: Sequence[Point]) -> tuple[Yields, list[Between]] | None:
        """The points of an interpolated table."""
        rows = []
        for point in written:
            at, pay = self.typing.formula(point.at), self.gives("rate", point.pay)
            if at is not None and pay is not None:
                rows.append(Between(at, None, pay, point.at.span))
        return (Yields.RATE, rows) if rows and len(rows) == len(written) else None

    def tiers(self, written: Sequence[TierRowDefinition]) -> tuple[Yields, list[Between]] | None:
        """The rows of a table; all give the same thing."""
        kind: str | None = None
        rows = []
        for definition in written:
            said = [word for word in GIVES if getattr(definition, word) is not None]
            place = definition.since or definition.below
            if place is None:
                self.context.refuse("row-without-border", self.span)
                return None
            if len(said) != 1:
                self.context.refuse("row-gives-one", place.span, found=tuple(said))
                return None
            leaf = getattr(definition, said[0])
            kind = kind or said[0]
            if said[0] != kind:
                self.context.refuse("rows-differ", leaf.span, found=(kind, said[0]))
                return None
            row = self._row(definition, self.gives(said[0], leaf), place.span)
            rows += [row] if row is not None else []
        if self.mode is Mode.MARGINAL and kind != "rate":
            self.context.refuse("marginal-needs-rates", self.span)
            return None
        return (Yields(kind), rows) if kind and len(rows) == len(written) else None

    def ascending(self, rows: Sequence[Between], by: Column) -> tuple[Row, ...] | None:
        """The rows from the lowest up, after checking their borders; a lowest row without `from` begins at 0."""
        fitted = [self._fitted(row, by) for row in rows]
        known = [row for row in fitted if row is not None]
        if len(known) < len(rows):
            return None
        known.sort(key=_start)
        if not self._without_gaps(known):
            return None
        zero = Literal(Decimal(0), by.type.sized(1, 0))
        return tuple(Row(row.since or zero, row.gives, row.span) for row in known)

    def _row(self, definition: TierRowDefinition, gives: Expression | None, span: Span) -> Between | None:
        since = self.typing.formula(definition.since) if definition.since else None
        below = self.typing.formula(definition.below) if definition.below else None
        whole = (since is not None or definition.since is None) and (below is not None or definition.below is None)
        return Between(since, below, gives, span) if whole and gives is not None else None

    def _fitted(self, row: Between, by: Column) -> Between | None:
        """The row with its borders in the unit of `by`; None after noting that one isn't."""
        fitted = row
        for side in ("since", "below"):
            border = getattr(row, side)
            if border is None:
                continue
            if is_zero(border):
                border = replace(border, type=by.type.sized(1, 0))
            if not isinstance(border, Literal) or not alike(border.type, by.type):
                self._border_unit(border, by, row.span)
                return None
            fitted = replace(fitted, since=border) if side == "since" else replace(fitted, below=border)
        return fitted

    def _border_unit(self, border: Expression, by: Column, span: Span) -> None:
        bare = isinstance(border, Literal) and border.type.kind is Kind.NUMBER
        place = border.span if border.span.path else span
        fix = None
        if bare and isinstance(border, Literal):
            of_ratio = by.type.kind is Kind.RATIO
            fix = percent_fix(border) if of_ratio else Fix(place, f"{border.value} {by.type.unit}".strip())
        words = {"found": type_word(border.type), "accepted": type_word(by.type)}
        self.context.note(Diagnostic("border-unit", place, words, fix=fix))

    def _without_gaps(self, rows: Sequence[Between]) -> bool:
        """Each row ends where the next begins; `below` may say it again, but not otherwise."""
        for before, after in itertools.pairwise(rows):
            if before.since is None and after.since is not None and _value(after.since) <= 0:
                self.context.refuse("no-room-below", before.span, found=border_text(after.since))
                return False
            if after.since is None or (before.since is not None and _value(before.since) == _value(after.since)):
                found = "" if after.since is None else border_text(after.since)
                self._note("border-twice", after, before, found=found)
                return False
            if before.below is not None and _value(before.below) != _value(after.since):
                code = "gap-in-table" if _value(before.below) < _value(after.since) else "overlap-in-table"
                self._note(code, after, before, one=border_text(before.below), other=border_text(after.since))
                return False
        last = rows[-1]
        if last.below is not None:
            self.context.refuse("rows-end", last.span, found=border_text(last.below))
            return False
        return True

    def _note(self, code: str, row: Between, earlier: Between, **args: str) -> None:
        self.context.note(Diagnostic(code, row.span, args, related=(earlier.span,)))


def rate_type_of(rows: Sequence[Row], mode: Mode) -> Type:
    """The type that holds what every row gives; between points the rate has 12 digits."""
    result = rows[0].gives.type
    for row in rows[1:]:
        both = unified(result, row.gives.type)
        assert both is not None, "every row gives a ratio, or every row money of one currency"
        result = both
    if mode is Mode.INTERPOLATED:
        wide = unified(result, Type(result.kind, QUOTIENT_SCALE + 1, QUOTIENT_SCALE, result.unit))
        assert wide is not None, "the same kind and unit"
        return wide
    return result


def _value(border: Expression) -> Decimal:
    assert isinstance(border, Literal)
    assert isinstance(border.value, Decimal)
    return border.value


def _start(row: Between) -> tuple[bool, Decimal]:
    """Where a row begins: one without `from` below all others."""
    return (False, Decimal(0)) if row.since is None else (True, _value(row.since))


def border_text(border: Expression) -> str:
    """A border, or what a row gives, as authors write it."""
    value = _value(border)
    return (
        f"{(value * 100).normalize():f}%" if border.type.kind is Kind.RATIO else f"{value} {border.type.unit}".strip()
    )
