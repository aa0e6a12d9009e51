"""Expressions inside a plan: the proof that one is well-formed, and whether it can be missing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workflow.model.sizes import DURATIONS, failures, quotient_compared
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Literal, Missing, Op, Round
from workflow.model.types import MAX_DIGITS, NUMERIC, TRUTH, Kind, Type
from workflow.plan.nodes import Field

_TRUTHS = {Op.AND: 2, Op.OR: 2, Op.NOT: 1}
_MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.DATE_TIME, Kind.INSTANT})
_DAYS = frozenset({Kind.DATE, Kind.DATE_TIME})
_NUMBERS = frozenset({Kind.NUMBER})
_TEXTS = frozenset({Kind.TEXT})
_TRUTH = frozenset({Kind.TRUTH})
_COUNTED = _MOMENTS | DURATIONS
_SAID = frozenset({*NUMERIC, *_DAYS, Kind.TIME, Kind.MONTHS, Kind.ELAPSED, Kind.TEXT, Kind.TRUTH})
_BUILT_INS: dict[Op, tuple[int, frozenset[Kind], frozenset[Kind]]] = {
    Op.ABS: (1, NUMERIC | DURATIONS, NUMERIC | DURATIONS),
    Op.MODULO: (2, NUMERIC, NUMERIC),
    Op.NTH: (2, NUMERIC, NUMERIC),
    Op.JOIN: (2, _TEXTS, _TEXTS),
    Op.LENGTH: (1, _TEXTS, _NUMBERS),
    Op.SUBSTRING: (2, _TEXTS | _NUMBERS, _TEXTS),
    Op.UPPER: (1, _TEXTS, _TEXTS),
    Op.LOWER: (1, _TEXTS, _TEXTS),
    Op.CONTAINS: (2, _TEXTS, _TRUTH),
    Op.STARTS: (2, _TEXTS, _TRUTH),
    Op.ENDS: (2, _TEXTS, _TRUTH),
    Op.BEFORE: (2, _TEXTS, _TEXTS),
    Op.AFTER: (2, _TEXTS, _TEXTS),
    Op.TEXT_OF: (1, _SAID, _TEXTS),
    Op.NUMBER_OF: (3, _TEXTS, _NUMBERS),
    Op.DATE_OF: (1, _TEXTS, frozenset({Kind.DATE})),
    Op.COUNT_OF: (1, _COUNTED, _NUMBERS),
    Op.OF_COUNT: (1, _NUMBERS, _COUNTED),
    **dict.fromkeys((Op.YEAR, Op.MONTH, Op.DAY, Op.WEEKDAY, Op.DAY_OF_YEAR, Op.WEEK_OF_YEAR), (1, _DAYS, _NUMBERS)),
    Op.DAY_NAME: (1, _DAYS, _TEXTS),
    Op.MONTH_NAME: (1, _DAYS, _TEXTS),
    Op.DATE_FROM: (3, _NUMBERS, frozenset({Kind.DATE})),
    Op.ADD_MONTHS: (2, _DAYS | {Kind.MONTHS}, _DAYS),
    Op.MONTHS_BETWEEN: (2, frozenset({Kind.DATE}), frozenset({Kind.MONTHS})),
}
"""Of each built-in: how many operands it takes at least, of which kinds, and what it gives."""
_UNARY = frozenset({Op.NEG, Op.NOT, Op.IS_MISSING})


def check_expression(expression: Expression, fields: Sequence[Field], causes: int) -> None:
    """Assert that every part is of the type it claims, over columns that are there and causes that the plan has."""
    match expression:
        case Literal(value=value, type=of):
            _check_literal(value, of)
        case Column(name=name, type=of):
            found = [field for field in fields if field.name == name]
            assert found, f"no column {name}"
            assert found[0].type == of, f"{name} is {found[0].type}, not {of}"
        case Missing(cause=cause):
            assert 0 <= cause < causes, f"cause {cause} is not in the plan's table"
        case Round(value=value, type=of):
            check_expression(value, fields, causes)
            assert of.is_numeric, "only numbers are rounded"
            assert (value.type.kind, value.type.unit) == (of.kind, of.unit), "rounding keeps kind and unit"
        case Apply(args=args):
            for arg in args:
                check_expression(arg, fields, causes)
            _check_operator(expression)


def can_be_missing(expression: Expression, fields: Sequence[Field]) -> bool:
    """Whether a column it reads can be missing, or it can fail by itself."""
    return bool(failures(expression)) or _inherits(expression, {field.name for field in fields if field.maybe})


def _inherits(expression: Expression, maybe: set[str]) -> bool:
    match expression:
        case Column(name=name):
            return name in maybe
        case Missing():
            return True
        case Round(value=value):
            return _inherits(value, maybe)
        case Apply(op=op, args=args):
            return op is not Op.IS_MISSING and any(_inherits(arg, maybe) for arg in args)
        case Literal():
            return False


def _check_literal(value: object, of: Type) -> None:
    if not of.is_numeric:
        return
    assert isinstance(value, Decimal), f"{value!r} is no decimal"
    sign_digits = value.as_tuple()
    exponent = sign_digits.exponent
    assert isinstance(exponent, int), f"{value} is no number"
    assert -exponent <= of.scale, f"{value} has more digits than {of}"
    assert value == 0 or value.adjusted() < of.precision - of.scale, f"{value} does not fit {of}"


def _check_operator(expression: Apply) -> None:
    op, args, of = expression.op, expression.args, expression.type
    if op in _UNARY:
        assert len(args) == 1, f"{op} takes one operand"
    if op in _TRUTHS:
        assert len(args) >= _TRUTHS[op], f"{op} takes more operands"
        assert all(arg.type == TRUTH for arg in args), f"{op} takes truths"
    if op in COMPARISONS:
        _check_comparison(expression)
    if op in _BUILT_INS:
        _check_built_in(expression)
        return
    if op in COMPARISONS or op in _TRUTHS or op is Op.IS_MISSING:
        assert of == TRUTH, f"{op} gives a truth"
        return
    if op is Op.IF:
        assert len(args) == 3, "`if` takes a condition and two branches"  # noqa: PLR2004 condition, then, otherwise
        assert args[0].type == TRUTH, "`if` takes a condition"
        args = args[1:]
        assert all(_alike(arg.type, of) for arg in args), "branches of one kind"
    else:
        _check_arithmetic(op, args, of)
    if of.is_numeric and op is not Op.DIV and op is not Op.MUL:
        assert max(arg.type.scale for arg in args) <= of.scale, f"{op} would lose digits"


def _check_arithmetic(op: Op, args: tuple[Expression, ...], of: Type) -> None:
    if op in (Op.ADD, Op.SUB, Op.MUL, Op.DIV):
        assert len(args) == 2, f"{op} takes two operands"  # noqa: PLR2004 binary
    elif op in (Op.MIN, Op.MAX):
        assert len(args) > 1, f"{op} takes more operands"
    if op in (Op.MUL, Op.DIV):
        assert of.is_numeric, f"{op} gives a number"
        assert all(arg.type.is_numeric for arg in args), f"{op} takes numbers"
        if op is Op.MUL:
            assert sum(arg.type.scale for arg in args) <= of.scale, f"{op} would lose digits"
        else:
            assert of.scale + args[1].type.scale <= MAX_DIGITS, "a dividend of more digits than there are"
            assert args[0].type.scale <= MAX_DIGITS
        return
    ordered = op in (Op.MIN, Op.MAX) and (of.is_textual or of.kind in _MOMENTS)
    assert of.is_numeric or of.kind in DURATIONS or ordered, f"{op} takes numbers or durations"
    if of.is_textual:
        assert all(arg.type.is_textual for arg in args), f"{op} takes like operands"
        return
    assert all((arg.type.kind, arg.type.unit) == (of.kind, of.unit) for arg in args), f"{op} takes like operands"


def _check_built_in(expression: Apply) -> None:
    """Operands and result are of the kinds that both engines know what to do with."""
    op, args, of = expression.op, expression.args, expression.type
    least, kinds, result = _BUILT_INS[op]
    assert len(args) >= least, f"{op} takes more operands"
    assert all(arg.type.kind in kinds for arg in args), f"{op} takes {kinds}"
    assert of.kind in result, f"{op} gives {result}"
    if op is Op.NTH:
        assert isinstance(args[0], Literal), "which of them is known before anything runs"
    if op in (Op.NTH, Op.MODULO):
        assert max(arg.type.scale for arg in args) <= of.scale, f"{op} would lose digits"
    if op is Op.NUMBER_OF:
        assert isinstance(args[1], Literal), "marks of digits are known before anything runs"
        assert isinstance(args[2], Literal), "marks of digits are known before anything runs"


def _check_comparison(expression: Apply) -> None:
    assert len(expression.args) == 2, "a comparison has two sides"  # noqa: PLR2004 left and right
    left, right = (arg.type for arg in expression.args)
    assert _alike(left, right), f"{left} is not compared with {right}"
    if expression.op not in (Op.EQ, Op.NE):
        assert left != TRUTH, "truths have no order"
        assert left.kind is not Kind.ORDERED or left.values == right.values, "two orders"
    crossed = quotient_compared(expression)
    if crossed is not None:
        _, quotient, other = crossed
        assert quotient.args[1].type.scale + other.type.scale <= MAX_DIGITS, "a product of more digits than there are"


def _alike(a: Type, b: Type) -> bool:
    """One kind (of one currency), or both texts; a bare 0 is checked as the other side's kind by the checker."""
    return (a.kind, a.unit) == (b.kind, b.unit) or (a.is_textual and b.is_textual)
