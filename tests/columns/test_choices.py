"""What is said of an IF before it is written, and that what is written gives what the meaning does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.columns.choices import choice_of, known_where, known_with
from workflow.model.sizes import quotient_type, unified
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Value
from workflow.model.types import COUNT, TRUTH, Kind, Type, literal_type, number
from workflow.plan.nodes import Field
from workflow.run.trial import Found, tried

ROW = Column("row", COUNT)
RATE = Column("rate", number(6, 2))


def literal(value: str | int) -> Literal:
    found = Decimal(value)
    return Literal(found, literal_type(Kind.NUMBER, found))


def below(column: Column, end: int) -> Expression:
    return Apply(Op.LT, (column, literal(end)), TRUTH)


def chosen(condition: Expression, then: Expression, otherwise: Expression) -> Apply:
    return Apply(Op.IF, (condition, then, otherwise), unified(then.type, otherwise.type))


def missing(column: Column) -> Expression:
    return Apply(Op.IS_MISSING, (column,), TRUTH)


HALVED = chosen(
    below(ROW, 3),
    chosen(below(ROW, 1), literal(-5), literal("2.5")),
    chosen(below(ROW, 4), literal(7), literal(1000)),
)
"""-5 below 1; 2.5 at 1 and 2; 7 at 3; 1000 from 4 on."""


def given(of: Expression, column: Column, values: list[int | str | None]) -> list[Found]:
    """What both engines give, which is the same."""
    fields = [Field(column.name, column.type, maybe=True)]
    rows: list[dict[str, Value | None]] = [{column.name: None if v is None else Decimal(v)} for v in values]
    meant, found = (tried(engine, fields, rows, [of]) for engine in ("reference", "duckdb"))
    assert meant == found
    return [each for (each,) in found]


def known(*values: str | int) -> list[Found]:
    return [Found(Decimal(value)) for value in values]


def test_numbers_halved_are_a_list() -> None:
    """A list begins with the value of all numbers below the first border, and ends with that of all from the last."""
    choice = choice_of(HALVED)
    assert choice is not None
    assert (choice.first, [str(value) for value in choice.values]) == (0, ["-5", "2.5", "2.5", "7", "1000"])


def test_a_list_gives_each_number_its_value() -> None:
    """The borders, both ends, what lies beyond them, and a number that is missing."""
    numbers: list[int | str | None] = [-9, -1, 0, 1, 2, 3, 4, 5, 9999999999]
    assert given(HALVED, ROW, numbers) == known(-5, -5, -5, "2.5", "2.5", 7, 1000, 1000, 1000)
    assert given(HALVED, ROW, [None]) == [Found(None, ("not-given",))]


@pytest.mark.parametrize(
    "tree",
    [
        chosen(below(RATE, 3), literal(1), literal(2)),
        chosen(below(ROW, 3), chosen(below(RATE, 1), literal(1), literal(2)), literal(3)),
        chosen(below(ROW, 3), literal(1), ROW),
        chosen(below(ROW, 3), literal(1), chosen(below(ROW, 3), literal(2), literal(3))),
        chosen(below(ROW, 0), literal(1), chosen(below(ROW, 100_000), literal(2), literal(3))),
        chosen(Apply(Op.LE, (ROW, literal(3)), TRUTH), literal(1), literal(2)),
        Apply(Op.IF, (below(ROW, 3), literal(1), literal(100)), number(2, 0)),
    ],
    ids=["fraction", "two columns", "no literal", "no order", "too long", "another comparison", "may not fit"],
)
def test_other_choices_are_no_list(tree: Apply) -> None:
    """Whatever isn't one whole number asked for ascending borders, or could fail, is asked question by question."""
    assert choice_of(tree) is None


def test_a_choice_that_is_no_list_gives_the_same() -> None:
    """A number with digits after the point, at the border and beside it; and a row that a list would not hold."""
    tree = chosen(below(RATE, 3), chosen(below(RATE, 1), literal(10), RATE), literal(30))
    assert given(tree, RATE, ["0.99", "1", "2.99", "3"]) == known(10, 1, "2.99", 30)
    assert given(tree, RATE, [None]) == [Found(None, ("not-given",))]


def test_a_condition_tells_what_is_known() -> None:
    """`not (a is missing) and not (b is missing)` holds where both are known; `or` fails where both are."""
    a, b, nothing = missing(ROW), missing(RATE), frozenset[str]()
    neither = Apply(Op.AND, tuple(Apply(Op.NOT, (each,), TRUTH) for each in (a, b)), TRUTH)
    assert known_where(a, {}) == (nothing, frozenset({"row"}))
    assert known_where(neither, {}) == (frozenset({"row", "rate"}), nothing)
    assert known_where(Apply(Op.OR, (a, b), TRUTH), {}) == (nothing, frozenset({"row", "rate"}))
    assert known_where(Apply(Op.AND, (a, b), TRUTH), {}) == (nothing, nothing)
    assert known_where(below(ROW, 3), {}) == (nothing, nothing)
    found = Column("found", TRUTH)
    assert known_where(Apply(Op.NOT, (found,), TRUTH), {"found": frozenset({"row"})}) == (nothing, frozenset({"row"}))


@pytest.mark.parametrize("default", [literal(3), Apply(Op.DIV, (literal(1), literal(0)), number(10, 2))])
def test_what_is_asked_where_it_is_known_can_not_be_missing(default: Expression) -> None:
    """A default stands where the value is missing, and its own failure counts only there."""
    halves = Apply(Op.IF, (missing(RATE), default, RATE), number(10, 2))
    same = Apply(Op.IF, (missing(RATE), Literal(Decimal(3), RATE.type), RATE), RATE.type)
    failing = isinstance(default, Apply)
    assert given(halves, RATE, ["0.5", None]) == [
        *known("0.5"),
        Found(None, ("divided-by-zero",)) if failing else Found(Decimal(3)),
    ]
    assert given(same, RATE, ["0.5", None]) == known("0.5", 3)


def test_both_branches_may_be_missing_for_reasons_of_their_own() -> None:
    """Only the branch that is taken fails, and a condition that is missing gives its own cause alone."""
    zero: Type = number(10, 2)
    fails = Apply(Op.DIV, (RATE, Apply(Op.SUB, (RATE, RATE), number(7, 2))), zero)
    tree = Apply(Op.IF, (below(RATE, 3), fails, RATE), zero)
    assert given(tree, RATE, [1, 3, None]) == [
        Found(None, ("divided-by-zero",)),
        *known(3),
        Found(None, ("not-given",)),
    ]


def test_a_quotient_is_asked_for_borders_where_it_is_known() -> None:
    """Borders from both sides, divisors below zero and of zero, and operands that are missing, in both engines."""
    over, under = Column("over", number(12, 2)), Column("under", number(8, 2))
    quotient = Apply(Op.DIV, (over, under), quotient_type(over.type, under.type, Kind.NUMBER))

    def less(border: str) -> Expression:
        return Apply(Op.LT, (quotient, literal(border)), TRUTH)

    halved = chosen(
        less("1"), chosen(less("0.5"), literal(1), literal(2)), chosen(less("1.25"), literal(3), literal(4))
    )
    given_up = chosen(missing(over), literal(9), halved)
    rows: list[dict[str, Value | None]] = [
        {"over": None if a is None else Decimal(a), "under": None if b is None else Decimal(b)}
        for a, b in (("1", "2"), ("-1", "-2"), ("0.99", "2"), ("-3", "2"), ("2.5", "2"), ("2.49", "2"), ("-2.5", "-2"))
    ]
    rows += [
        {"over": Decimal(5), "under": Decimal(0)},
        {"over": None, "under": Decimal(0)},
        {"over": None, "under": None},
    ]
    fields = [Field(each.name, each.type, maybe=True) for each in (over, under)]
    meant, found = (tried(engine, fields, rows, [halved, given_up]) for engine in ("reference", "duckdb"))
    assert meant == found
    assert [each[0] for each in found[:7]] == known(2, 2, 1, 1, 4, 3, 4)
    zero, none = Found(None, ("divided-by-zero",)), Found(None, ("not-given",))
    assert [each[0] for each in found[7:]] == [zero, none, none]
    assert [each[1] for each in found[7:]] == [zero, *known(9, 9)]


def test_a_known_quotient_has_known_operands() -> None:
    """Its divisor isn't 0 either; of other values nothing is said."""
    quotient = Apply(Op.DIV, (RATE, ROW), number(20, 12))
    assert known_with(quotient) == {"rate", "row", "row != 0"}
    assert known_with(Apply(Op.ADD, (RATE, RATE), number(7, 2))) == frozenset()
