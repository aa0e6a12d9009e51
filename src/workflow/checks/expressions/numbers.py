"""Built-ins over numbers: rounding in every mode, what is left over, even and odd."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.expressions.counting import cut, rest, times, whole
from workflow.checks.expressions.rules import Rules
from workflow.checks.expressions.signatures import DURATIONS, NUMBERS, Given, Parameter, Signature
from workflow.diagnostics import Span
from workflow.model.typed import Apply, Expression, Literal, Op, Rounding
from workflow.model.types import MAX_DIGITS, NUMERIC, TRUTH, Kind

_FINEST = 6176
"""The digits after the point that the standard's numbers can have; nobody means more."""
_QUANTITY = Parameter("n", NUMERIC)
_SCALE = Parameter("scale", frozenset({Kind.NUMBER}), literal=True)
_ANY_SCALE = Parameter("scale", frozenset({Kind.NUMBER}), optional=True, literal=True)


def _rounding(mode: Rounding, scale: Parameter = _SCALE) -> Signature:
    def build(rules: Rules, given: Given, span: Span) -> Expression | None:
        value, digits = given
        assert value is not None
        places = Decimal(str(digits.value)) if isinstance(digits, Literal) else Decimal(0)
        return _rounded(rules, value, (mode, places), digits.span if digits is not None else span)

    return Signature((_QUANTITY, scale), build)


def _rounded(rules: Rules, value: Expression, how: tuple[Rounding, Decimal], span: Span) -> Expression | None:
    mode, places = how
    if abs(places) > _FINEST:
        return rules.refuse("digits-not-possible", span, found=f"{places:f}")
    scale = int(places)
    if scale >= 0:
        return cut(value, mode, scale)
    if value.type.scale - scale > MAX_DIGITS:
        return rules.refuse("digits-not-possible", span, found=str(scale))
    # To tens or thousands: the point moved there and back again is exact.
    moved = times(value, whole(str(Decimal(1).scaleb(scale))))
    return times(cut(moved, mode), whole(10**-scale))


def _absolute(rules: Rules, given: Given, span: Span) -> Expression | None:
    (value,) = given
    assert value is not None
    return Apply(Op.ABS, (value,), value.type, span)


def _modulo(rules: Rules, given: Given, span: Span) -> Expression | None:
    dividend, divisor = given
    assert dividend is not None
    assert divisor is not None
    return rest(dividend, divisor) or rules.refuse("too-many-digits", span)


def _parity(odd: int) -> Signature:
    def build(rules: Rules, given: Given, span: Span) -> Expression | None:
        (value,) = given
        assert value is not None
        left = rest(value, whole(2))
        if left is None:
            return rules.refuse("too-many-digits", span)
        return Apply(Op.EQ, (left, whole(odd, value.type.kind)), TRUTH, span)

    return Signature((Parameter("number", NUMBERS),), build)


NUMBER_FUNCTIONS: dict[str, tuple[Signature, ...]] = {
    "decimal": (_rounding(Rounding.HALF_EVEN),),
    "floor": (_rounding(Rounding.FLOOR, _ANY_SCALE),),
    "ceiling": (_rounding(Rounding.CEILING, _ANY_SCALE),),
    "round up": (_rounding(Rounding.UP),),
    "round down": (_rounding(Rounding.DOWN),),
    "round half up": (_rounding(Rounding.HALF_UP),),
    "round half down": (_rounding(Rounding.HALF_DOWN),),
    "round half even": (_rounding(Rounding.HALF_EVEN),),
    "abs": (Signature((Parameter("n", NUMERIC | DURATIONS),), _absolute),),
    "modulo": (Signature((Parameter("dividend", NUMBERS), Parameter("divisor", NUMBERS)), _modulo),),
    "even": (_parity(0),),
    "odd": (_parity(1),),
}
"""By name."""
