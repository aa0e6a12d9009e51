"""Literals: the typed value of what stands in a formula as it is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from workflow.checks.expressions.rules import Rules
from workflow.diagnostics import Fix, Span
from workflow.model.sizes import DURATION_DIGITS
from workflow.model.typed import Expression, Literal
from workflow.model.types import (
    DATE,
    DATE_TIME,
    INSTANT,
    QUOTIENT_SCALE,
    TEXT,
    TIME,
    TRUTH,
    Kind,
    Type,
    literal_type,
    shifted,
)
from workflow.syntax import ast
from workflow.syntax.moments import MICROSECONDS, as_fine_as_kept, offset, read_moment
from workflow.words import Term

_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}

PLACES = QUOTIENT_SCALE
"""Digits after the point that the author may write; a percentage has two more of them once it is a number."""
MOST_PLACES = {Kind.NUMBER: PLACES, Kind.MONEY: PLACES, Kind.RATIO: PLACES + 2}
"""The same, of the numbers that stand for them: so that products of two never need more than a decimal has."""
MOST_WHOLE = 24
"""Digits before the point of a number in a formula."""

FORMS = {
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "months": Type(Kind.MONTHS),
    "elapsed": Type(Kind.ELAPSED),
}
"""The type of each form of ISO 8601."""


def literal(tree: ast.Expression, day: int = MICROSECONDS["day"]) -> Literal | None:
    """The literal that a tree is, or None if it is anything else; `day` is the working time of one working day."""
    match tree:
        case ast.Number(value, span):
            return Literal(value, literal_type(Kind.NUMBER, value), span)
        case ast.Percent(value, span):
            share = shifted(value, -2)
            return Literal(share, literal_type(Kind.RATIO, share), span)
        case ast.Money(value, currency, span):
            return Literal(value, literal_type(Kind.MONEY, value, currency), span)
        case ast.Text(value, span):
            return Literal(value, TEXT, span)
        case ast.YesNo(value, span):
            return Literal(value, TRUTH, span)
        case ast.Date(value, span):
            return Literal(value, DATE, span)
        case ast.Duration():
            return length_of(tree, day)
        case ast.Negate(operand, span):
            inner = literal(operand)
            if inner is not None and isinstance(inner.value, Decimal):
                return Literal(inner.value.copy_negate(), inner.type, span)
    return None


def length_of(tree: ast.Duration, day: int) -> Literal | None:
    """A length of time in whole months or microseconds; None if it isn't one, or is longer than can be kept."""
    kind, unit = Kind.WORKING if tree.working else Kind.ELAPSED, 1
    if tree.unit in {"years", "months"}:
        kind, unit = Kind.MONTHS, 12 if tree.unit == "years" else 1
    else:
        unit = day if tree.working and tree.unit == "days" else _SECONDS[tree.unit] * MICROSECONDS["second"]
    length = Fraction(tree.value) * unit
    if length.denominator != 1 or length >= 10**DURATION_DIGITS:
        return None
    return Literal(int(length), Type(kind), tree.span)


def type_literal(rules: Rules, tree: ast.Expression) -> Expression | None:
    """A literal within the bounds of what a formula may hold."""
    found = literal(tree, rules.scope.working_day)
    if found is None:
        return rules.refuse("length-not-possible", tree.span)
    if found.type.is_numeric and found.type.precision - found.type.scale > MOST_WHOLE:
        return rules.refuse("literal-too-large", tree.span)
    if found.type.is_numeric and found.type.scale > MOST_PLACES[found.type.kind]:
        return rules.refuse("literal-too-fine", tree.span, limit=PLACES)
    return found


def type_at(rules: Rules, tree: ast.At) -> Expression | None:
    """`@"2026-07-01"`, `@"P1Y"`: a moment or a duration in the form of ISO 8601."""
    return iso(rules, tree.value, tree.span, tuple(FORMS))


def iso(rules: Rules, text: str, span: Span, forms: tuple[str, ...], quoted: Span | None = None) -> Literal | None:
    """The literal that a text of one of the forms stands for; with an offset a date and time is an instant.

    Args:
        rules: takes the mistakes.
        text: what stands in quotes.
        span: the place of the literal.
        forms: which of `FORMS` may stand there.
        quoted: the place of the text within it; None where it stands behind an `@`.
    """
    cut = as_fine_as_kept(text)
    found = read_moment(cut or text)
    if cut or found is None or found.form not in forms:
        fix = Fix(quoted or span, f'{"" if quoted else "@"}"{cut}"') if cut else None
        accepted = tuple(Term(f"iso-{form.split()[-1]}") for form in forms)
        rules.refuse("not-a-moment", span, fix, found=text, accepted=accepted)
    if found is None or found.form not in forms:
        return None
    if isinstance(found.value, int) and abs(found.value) >= 10**DURATION_DIGITS:
        rules.refuse("length-not-possible", span)
        return None
    if not found.zone:
        return Literal(found.value, FORMS[found.form], span)
    ahead = offset(found.zone)
    if found.form == "time" or ahead is None:
        rules.refuse("zone-in-a-time", span, found=found.zone)
        return None
    try:
        return Literal(found.value - ahead, INSTANT, span)  # type: ignore[operator]
    except OverflowError:
        rules.refuse("not-a-moment", span, found=text, accepted=(Term("iso-time"),))
        return None
