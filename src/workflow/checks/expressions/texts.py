"""Built-ins over texts, and between texts and numbers."""

from __future__ import annotations

from workflow.checks.expressions.counting import cut, whole
from workflow.checks.expressions.rules import Rules
from workflow.checks.expressions.signatures import TEXTS, Given, Parameter, Signature
from workflow.diagnostics import Span
from workflow.model.typed import Apply, Expression, Literal, Op, Rounding
from workflow.model.types import TEXT, TRUTH, Kind, Type, number

_LENGTH = number(10, 0)
_PARSED = number(26, 12)
"""What a text can say as a number: 14 digits before the point, 12 after it."""
_POSITION_DIGITS = 18
_STRING = Parameter("string", TEXTS)
_MATCH = Parameter("match", TEXTS)
_GROUPINGS, _POINTS = ("", " ", ",", "."), (".", ",")
_SAYABLE = frozenset(
    {Kind.NUMBER, Kind.RATIO, Kind.TEXT, Kind.TRUTH, Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.MONTHS, Kind.ELAPSED}
)


def _over(op: Op, of: Type, *parameters: Parameter) -> tuple[Signature, ...]:
    def build(rules: Rules, given: Given, span: Span) -> Expression | None:
        return Apply(op, tuple(value for value in given if value is not None), of, span)

    return (Signature(parameters, build),)


def _position(value: Expression) -> Expression:
    """A whole number of few enough digits to count characters with."""
    down = cut(value, Rounding.DOWN)
    if down.type.precision <= _POSITION_DIGITS:
        return down
    bounds = (whole("-999999999999999999"), whole("999999999999999999"))
    limited = Apply(Op.MAX, (Apply(Op.MIN, (down, bounds[1]), down.type), bounds[0]), down.type)
    return Apply(Op.ADD, (limited, whole(0)), number(_POSITION_DIGITS, 0))


def _substring(rules: Rules, given: Given, span: Span) -> Expression | None:
    text, start, length = given
    assert text is not None
    assert start is not None
    places = (_position(start),) if length is None else (_position(start), _position(length))
    return Apply(Op.SUBSTRING, (text, *places), TEXT, span)


def _string(rules: Rules, given: Given, span: Span) -> Expression | None:
    (value,) = given
    assert value is not None
    return value if value.type.kind is Kind.TEXT else Apply(Op.TEXT_OF, (value,), TEXT, span)


def _number(rules: Rules, given: Given, span: Span) -> Expression | None:
    text, *marks = given
    assert text is not None
    grouping, point = (
        mark if isinstance(mark, Literal) else Literal(plain, TEXT)
        for mark, plain in zip(marks, ("", "."), strict=True)
    )
    for mark, name, known in ((grouping, "grouping separator", _GROUPINGS), (point, "decimal separator", _POINTS)):
        if mark.value not in known or mark.value == (point if mark is grouping else grouping).value:
            accepted = tuple(f'"{each}"' for each in known if each)
            return rules.refuse(
                "wrong-argument",
                mark.span,
                function="number",
                parameter=name,
                found=f'"{mark.value}"',
                accepted=accepted,
            )
    return Apply(Op.NUMBER_OF, (text, grouping, point), _PARSED, span)


TEXT_FUNCTIONS: dict[str, tuple[Signature, ...]] = {
    "string length": _over(Op.LENGTH, _LENGTH, _STRING),
    "upper case": _over(Op.UPPER, TEXT, _STRING),
    "lower case": _over(Op.LOWER, TEXT, _STRING),
    "contains": _over(Op.CONTAINS, TRUTH, _STRING, _MATCH),
    "starts with": _over(Op.STARTS, TRUTH, _STRING, _MATCH),
    "ends with": _over(Op.ENDS, TRUTH, _STRING, _MATCH),
    "substring before": _over(Op.BEFORE, TEXT, _STRING, _MATCH),
    "substring after": _over(Op.AFTER, TEXT, _STRING, _MATCH),
    "substring": (
        Signature(
            (
                _STRING,
                Parameter("start position", frozenset({Kind.NUMBER})),
                Parameter("length", frozenset({Kind.NUMBER}), optional=True),
            ),
            _substring,
        ),
    ),
    "string": (Signature((Parameter("from", _SAYABLE),), _string),),
    "number": (
        Signature(
            (
                Parameter("from", TEXTS),
                Parameter("grouping separator", TEXTS, optional=True, literal=True, nullable=True),
                Parameter("decimal separator", TEXTS, optional=True, literal=True, nullable=True),
            ),
            _number,
        ),
    ),
}
"""By name."""
