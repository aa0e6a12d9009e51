"""Building a plan: names, causes, columns replaced, and quotients laid open where they are compared."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.formulas import Formulas
from workflow.diagnostics import Span
from workflow.model.sizes import quotient_type
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Literal, Missing, Op, Round, Rounding
from workflow.model.types import COUNT, TRUTH, Kind, Type, money, number, ratio
from workflow.plan.building import NO, YES, Builder, all_of, crossed, renamed
from workflow.plan.nodes import MAX_CAUSES, Derive, Emit, Events, Field

CNY = money("CNY")
REVENUE, QUOTA = Column("revenue", CNY), Column("quota", CNY)
RATIO = quotient_type(CNY, CNY, Kind.RATIO)
ATTAINMENT = Column("attainment", RATIO)
QUOTIENT = Apply(Op.DIV, (REVENUE, QUOTA), RATIO)
BORDER = Literal(Decimal("0.80"), ratio(2, 2))
HERE = Span("a.yaml", 3, 5, 3, 9)


def compare(op: Op, left: Expression, right: Expression) -> Apply:
    return Apply(op, (left, right), TRUTH)


def test_a_border_on_a_quotient_is_compared_with_the_quotient_itself() -> None:
    """`attainment >= 80%` asks `revenue / quota >= 80%`: twelve digits would call 79.9999999999996% reached."""
    asked = compare(Op.GE, ATTAINMENT, BORDER)
    assert crossed(asked, {"attainment": QUOTIENT}) == compare(Op.GE, QUOTIENT, BORDER)


def test_on_either_side() -> None:
    """`80% <= attainment` too."""
    asked = compare(Op.LE, BORDER, ATTAINMENT)
    assert crossed(asked, {"attainment": QUOTIENT}) == compare(Op.LE, BORDER, QUOTIENT)


def test_where_it_is_not_compared_a_quotient_is_its_value() -> None:
    """What is paid is calculated with the twelve digits that the result shows."""
    product = Apply(Op.MUL, (ATTAINMENT, BORDER), ratio(38, 14))
    assert crossed(product, {"attainment": QUOTIENT}) == product
    missing = Apply(Op.IS_MISSING, (ATTAINMENT,), TRUTH)
    assert crossed(missing, {"attainment": QUOTIENT}) == missing


def test_inside_a_condition() -> None:
    """Every comparison of `a and not(b)` on its own."""
    asked = all_of(compare(Op.GE, ATTAINMENT, BORDER), Apply(Op.NOT, (compare(Op.LT, ATTAINMENT, BORDER),), TRUTH))
    opened = all_of(compare(Op.GE, QUOTIENT, BORDER), Apply(Op.NOT, (compare(Op.LT, QUOTIENT, BORDER),), TRUTH))
    assert crossed(asked, {"attainment": QUOTIENT}) == opened


def test_a_choice_between_quotients_becomes_a_choice_between_comparisons() -> None:
    """A default where the quotient is missing is compared as itself."""
    none = Apply(Op.IS_MISSING, (QUOTIENT,), TRUTH)
    nothing = Literal(Decimal(0), RATIO)
    chosen = Apply(Op.IF, (none, nothing, QUOTIENT), RATIO)
    asked = compare(Op.GE, ATTAINMENT, BORDER)
    assert crossed(asked, {"attainment": chosen}) == Apply(
        Op.IF, (none, compare(Op.GE, nothing, BORDER), compare(Op.GE, QUOTIENT, BORDER)), TRUTH
    )


def test_what_is_always_missing_is_a_missing_condition() -> None:
    """With its own cause."""
    asked = compare(Op.GE, Column("x", COUNT), Literal(Decimal(1), number(1, 0)))
    choice = Apply(Op.IF, (YES, Missing(3, COUNT), Apply(Op.DIV, (REVENUE, QUOTA), COUNT)), COUNT)
    opened = crossed(asked, {"x": choice})
    assert isinstance(opened, Apply)
    assert opened.args[1] == Missing(3, TRUTH)


FIELDS = tuple(
    Field(name, of)
    for name, of in (("a", CNY), ("b", CNY), ("n", number(10, 2)), ("r", ratio(16, 12)), ("q", RATIO), ("yes", TRUTH))
)
KINDS = (Kind.TRUTH, Kind.MONEY, Kind.RATIO, Kind.NUMBER)
QUOTIENTS = {"q": QUOTIENT}


def made(seed: int, kind: Kind) -> Expression:
    """Some expression of that kind over FIELDS."""
    return Formulas(random.Random(seed), FIELDS).of_kind(kind)


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and all below it."""
    yield expression
    below = expression.args if isinstance(expression, Apply) else ()
    below = (expression.value,) if isinstance(expression, Round) else below
    for each in below:
        yield from parts(each)


@settings(deadline=None)
@given(st.integers(), st.sampled_from(KINDS))
def test_laying_quotients_open_keeps_the_type(seed: int, kind: Kind) -> None:
    """Of the whole, whatever it is."""
    expression = made(seed, kind)
    assert crossed(expression, QUOTIENTS).type == expression.type


@settings(deadline=None)
@given(st.integers())
def test_no_comparison_reads_a_quotient_by_its_name(seed: int) -> None:
    """After it is laid open."""
    for part in parts(crossed(made(seed, Kind.TRUTH), QUOTIENTS)):
        if isinstance(part, Apply) and part.op in COMPARISONS:
            assert "q" not in {arg.name for arg in part.args if isinstance(arg, Column)}


@settings(deadline=None)
@given(st.integers(), st.sampled_from(KINDS))
def test_there_and_back_is_as_before(seed: int, kind: Kind) -> None:
    """Renaming columns changes nothing else, and nothing where there is nothing to rename."""
    expression = made(seed, kind)
    there = {field.name: Column(f"{field.name}'", field.type) for field in FIELDS}
    back = {f"{field.name}'": Column(field.name, field.type) for field in FIELDS}
    assert renamed(renamed(expression, there), back) == expression
    assert renamed(expression, {}) == expression


def test_a_renamed_column_stands_where_it_stood() -> None:
    """An explanation underlines the author's words."""
    assert renamed(Column("role", TRUTH, HERE), {"role": Column("person.role", TRUTH)}).span == HERE


def test_rounding_is_looked_into() -> None:
    """Also what is rounded has its columns replaced."""
    rounded = Round(REVENUE, Rounding.HALF_UP, money("CNY", 16, 2))
    assert renamed(rounded, {"revenue": QUOTA}) == Round(QUOTA, Rounding.HALF_UP, money("CNY", 16, 2))


@pytest.mark.parametrize(
    ("conditions", "joined"),
    [
        ((), YES),
        ((None, YES), YES),
        ((NO,), NO),
        ((None, Column("a", TRUTH), YES), Column("a", TRUTH)),
        ((Column("a", TRUTH), NO), Apply(Op.AND, (Column("a", TRUTH), NO), TRUTH)),
    ],
)
def test_conditions_joined(conditions: tuple[Expression | None, ...], joined: Expression) -> None:
    """What is always so says nothing."""
    assert all_of(*conditions) == joined


def test_steps_of_one_name_are_numbered() -> None:
    """So every step has a name of its own, and it can be read."""
    builder = Builder()
    step = builder.add("deal.won", Events("deal.won", ()))
    first = builder.derive(step, "a", YES, HERE)
    second = builder.derive(first, "b", YES, HERE)
    assert (step, first, second) == ("deal.won", "deal.won 2", "deal.won 3")


def test_an_output_keeps_its_name() -> None:
    """It is what the outcome is read by."""
    builder = Builder()
    builder.add("results", Events("deal.won", ()))
    with pytest.raises(AssertionError):
        builder.emit("results", Emit("results", (("event", "event"),), ("event",)))


def test_the_same_cause_has_one_bit() -> None:
    """Another place is another cause."""
    builder = Builder()
    first = builder.cause("too-large", HERE, name="a")
    assert builder.cause("too-large", HERE, name="a") == first
    assert builder.cause("too-large", name="a") == first + 1


def test_causes_beyond_the_mask_share_its_last_bit() -> None:
    """A policy may be as long as it likes."""
    builder = Builder()
    found = [builder.cause("nothing-recorded", name=str(number)) for number in range(100)]
    assert found[: MAX_CAUSES - 1] == list(range(MAX_CAUSES - 1))
    assert set(found[MAX_CAUSES - 1 :]) == {MAX_CAUSES - 1}


def test_a_column_declares_how_it_can_fail() -> None:
    """A division by what may be nothing, and a result that may not fit the column."""
    builder = Builder()
    step = builder.add("s", Events("deal.won", ()))
    builder.derive(step, "a", QUOTIENT, HERE)
    builder.derive(step, "b", REVENUE, HERE, money("CNY", 6, 2))
    builder.derive(step, "c", REVENUE, HERE)
    nodes = [each.node for each in builder.steps if isinstance(each.node, Derive)]
    causes = [
        tuple(None if cause is None else builder.causes[cause].code for cause in (node.zero_division, node.too_large))
        for node in nodes
    ]
    assert causes == [("divided-by-zero", None), (None, "too-large"), (None, None)]


def test_a_type_given_is_that_of_the_column() -> None:
    """A named value has at most twelve digits after the point, whatever its formula has."""
    builder = Builder()
    builder.derive(builder.add("s", Events("deal.won", ())), "a", REVENUE, HERE, money("CNY", 16, 2))
    node = builder.steps[-1].node
    assert isinstance(node, Derive)
    assert node.type == Type(Kind.MONEY, 16, 2, "CNY")
