"""Values: a subject's named formulas and tables, and what of them is a quotient, to be compared exactly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.checks.calculated import Band, CheckedMeasure, CheckedValue, Decision
from workflow.model.sizes import unified
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import TRUTH, literal_type
from workflow.plan.bands import banded
from workflow.plan.building import crossed
from workflow.plan.deciding import Deciding
from workflow.plan.ground import Ground
from workflow.plan.measuring import average_parts, defaulted
from workflow.plan.overriding import settled_by_hand


def valued(ground: Ground, step: str, facts: Mapping[str, Expression]) -> tuple[str, dict[str, Expression]]:
    """The subjects with the policy's values, and for each name that is a quotient its dividend over its divisor.

    Both have columns of their own (`NAME.over`, `NAME.under`), so a border is compared with the quotient itself,
    exactly, and formulas on formulas stay small. Where a value has a default, that stands over 1. `facts` are the
    quotients among facts of other policies.
    """
    quotients = dict(facts)
    for measure in ground.policy.measures:
        quotient: Expression | None = None
        if measure.is_quotient:
            parts = average_parts(ground, measure)
            step, quotient = _opened(ground, step, measure, parts, measure.default)
        step, quotient = settled_by_hand(ground, step, measure, quotient)
        if quotient is not None:
            quotients[measure.name] = quotient
    told: set[str] = set()
    for value in ground.policy.values:
        if isinstance(value.expression, Decision):
            step = _rows(ground, step, value, value.expression, (quotients, told))
        step, quotient = _valued(ground, step, value, quotients)
        step, quotient = settled_by_hand(ground, step, value, quotient)
        if quotient is not None:
            quotients[value.name] = quotient
    return step, quotients


def _valued(
    ground: Ground, step: str, value: CheckedValue, quotients: dict[str, Expression]
) -> tuple[str, Expression | None]:
    """The subjects with a value as it is calculated, and the quotient that it is, if it is one."""
    if isinstance(value.expression, Band):
        return banded(ground, step, value, value.expression, ground.along), None
    if isinstance(value.expression, Decision):
        given = defaulted(_deciding(ground, value, value.expression, quotients).given(), value.default)
        return ground.builder.derive(step, ground.calculated(value.name), given, value.span, value.type), None
    expression = crossed(value.expression, quotients)
    quotient: Expression | None = None
    if isinstance(expression, Apply) and expression.op is Op.DIV:
        dividend, divisor = expression.args
        step, expression = _opened(ground, step, value, (dividend, divisor), value.default)
        quotient = expression
    elif isinstance(expression, Column) and expression.name in quotients and value.default is None:
        quotient = quotients[expression.name]
    else:
        expression = defaulted(expression, value.default)
    return ground.builder.derive(step, ground.calculated(value.name), expression, value.span, value.type), quotient


def _rows(
    ground: Ground,
    step: str,
    value: CheckedValue,
    decision: Decision,
    known: tuple[Mapping[str, Expression], set[str]],
) -> str:
    """The subjects with the rows of a table that count; of several outputs that share them, the first has them told."""
    quotients, told = known
    deciding = _deciding(ground, value, decision, quotients)
    if deciding.name in told:
        return step
    told.add(deciding.name)
    return deciding.rows(step)


def _deciding(ground: Ground, value: CheckedValue, decision: Decision, quotients: Mapping[str, Expression]) -> Deciding:
    return Deciding(ground.builder, decision.rows_of or value.name, decision, quotients, value.span)


def _opened(
    ground: Ground,
    step: str,
    named_value: CheckedMeasure | CheckedValue,
    parts: tuple[Expression, Expression],
    default: Expression | None,
) -> tuple[str, Apply]:
    """A quotient as a dividend and a divisor with columns of their own."""
    builder, name, place = ground.builder, ground.calculated(named_value.name), named_value.span
    over, under = parts
    if default is not None:
        assert isinstance(default, Literal)
        assert isinstance(default.value, Decimal)
        size = literal_type(over.type.kind, default.value, over.type.unit)
        lacking = Apply(Op.IS_MISSING, (Apply(Op.DIV, parts, named_value.type),), TRUTH)
        one = Literal(Decimal(1), literal_type(under.type.kind, Decimal(1), under.type.unit))
        stands = Literal(default.value, size, default.span)
        over = Apply(Op.IF, (lacking, stands, over), unified(size, over.type))
        under = Apply(Op.IF, (lacking, one, under), unified(one.type, under.type))
    step = builder.derive(step, f"{name}.over", over, place)
    step = builder.derive(step, f"{name}.under", under, place)
    quotient = Apply(
        Op.DIV, (Column(f"{name}.over", over.type), Column(f"{name}.under", under.type)), named_value.type, place
    )
    return step, quotient
