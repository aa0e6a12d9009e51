"""The lines of a score checked: of which result, by a scale or by points, and with how many at most."""

from __future__ import annotations

import re
from decimal import Decimal

from workflow.checks.context import Context
from workflow.checks.formulas import Typing
from workflow.checks.ratings import CheckedLine, CheckedPoint, Scale
from workflow.checks.scope import Scope
from workflow.checks.tables import Between, Rows
from workflow.diagnostics import Span
from workflow.model.leaves import Number, Words
from workflow.model.review import ScoreLine
from workflow.model.typed import Column, Literal
from workflow.model.types import Kind, Type, literal_type, shifted
from workflow.syntax import literals

ALL = Decimal(100)
"""The points that a line gives at most, unless it says otherwise."""
MOST_POINTS = Decimal(1000)
"""No line gives more, whatever it says: the score has room for them."""
FINEST = 4
"""Digits after the point that points, and borders of ratings, may have."""
_SCALE = re.compile(r"(\S+) to (\S+)")


def check_line(context: Context, named: tuple[str, ScoreLine], span: Span, scope: Scope) -> CheckedLine | None:
    """A line of a score, or None after noting its mistakes."""
    name, written = named
    before, typing = len(context.diagnostics), Typing(scope)
    of = typing.formula(written.of)
    context.diagnostics.extend(typing.mistakes)
    if (written.scale is None) == (written.points is None):
        context.refuse("scale-or-points", span)
    for key, leaf in (("between", written.between), ("below", written.below)):
        if leaf is not None and written.points is None:
            context.refuse("key-of-points", leaf.span, key=key)
    straight = context.choice(written.between, ("straight",)) is not None
    most = _most(context, written.points_up_to)
    below = _points(context, written.below, most) if written.below is not None else Decimal(0)
    if of is not None and (not isinstance(of, Column) or not of.type.is_numeric):
        context.refuse("name-a-value", written.of.span, key="of")
    if not isinstance(of, Column) or not of.type.is_numeric:
        return None
    scale = _scale(context, written.scale, of.type) if written.scale is not None else None
    points = _table(context, written, of, most)
    if any(each.severity == "error" for each in context.diagnostics[before:]):
        return None
    _check_turns(context, name, below, points)
    title = context.title(written.title, span)
    return CheckedLine(name, title, written.weight.value, of, scale, points, straight, below, most, span)


def _check_turns(context: Context, name: str, below: Decimal, points: tuple[CheckedPoint, ...]) -> None:
    """Warn of points that rise and fall as the result rises: better or worse, one of both was meant."""
    given = [below, *(each.points for each in points)]
    rising = None
    for before, after, point in zip(given, given[1:], points, strict=False):
        if before == after:
            continue
        if rising is not None and rising != (after > before):
            told = tuple(f"{each.normalize():f}" for each in given)
            context.refuse("points-turn", point.span, name=name, found=told)
            return
        rising = after > before


def _most(context: Context, leaf: Number | None) -> Decimal:
    """The most points of a line."""
    if leaf is None:
        return ALL
    if not 0 < leaf.value <= MOST_POINTS or _is_too_fine(leaf):
        context.refuse("points-not-possible", leaf.span, found=leaf.text, limit=str(MOST_POINTS))
        return ALL
    return leaf.value


def _points(context: Context, leaf: Number, most: Decimal) -> Decimal:
    """Points from 0 to the most that the line gives."""
    if not 0 <= leaf.value <= most or _is_too_fine(leaf):
        context.refuse("points-not-possible", leaf.span, found=leaf.text, limit=f"{most:f}")
    return leaf.value


def _is_too_fine(leaf: Number) -> bool:
    return literal_type(Kind.NUMBER, leaf.value).scale > FINEST


def _scale(context: Context, leaf: Words, of: Type) -> Scale | None:
    """The ends of a scale, in the unit of the result."""
    words = _SCALE.fullmatch(" ".join(leaf.text.split()))
    ends = [_end(word, leaf, of) for word in words.groups()] if words is not None else []
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:  # noqa: PLR2004 the first and the last
        first, last = ends[0], ends[1]
        if first.value != last.value:
            return Scale(first, last)
    accepted = "0% to 120%" if of.kind is Kind.RATIO else "1 to 5"
    context.refuse("scale-not-understood", leaf.span, found=leaf.text, accepted=accepted)
    return None


def _end(word: str, leaf: Words, of: Type) -> Literal | None:
    """An end of a scale; None where it isn't of the result's kind."""
    if of.kind is Kind.RATIO:
        percent = literals.percent(word)
        value = None if percent is None else shifted(percent, -2)
    else:
        value = literals.number(word) if of.kind is Kind.NUMBER else None
    return None if value is None else Literal(value, literal_type(of.kind, value), leaf.span)


def _table(context: Context, written: ScoreLine, of: Column, most: Decimal) -> tuple[CheckedPoint, ...]:
    """The points by the results that they are given from on, ascending."""
    typing = Typing(Scope({}))
    rows, given = [], dict[Span, Decimal]()
    for point in written.points or ():
        at = typing.formula(point.at)
        given[point.at.span] = _points(context, point.points, most)
        if at is not None:
            number = Literal(point.points.value, literal_type(Kind.NUMBER, point.points.value), point.points.span)
            rows.append(Between(at, None, number, point.at.span))
    context.diagnostics.extend(typing.mistakes)
    if not rows or typing.mistakes:
        return ()
    found = Rows(context, typing, lambda _, __: None, None, written.of.span).ascending(rows, of)
    points = []
    for row in found or ():
        assert isinstance(row.border, Literal)
        points.append(CheckedPoint(row.border, given[row.span], row.span))
    return tuple(points)
