"""The fields of each step, and the plans that are refused as bugs of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engines.plans import ABSENT_A, AMOUNT, CAUSES, INT, LARGE, ZERO, apply, compare, literal, out, plan
from workflow.model.terms import Function, Mode, Yields
from workflow.model.typed import Apply, Column, Literal, Missing, Op
from workflow.model.types import COUNT, TEXT, TRUTH, money, ratio, summed
from workflow.plan.nodes import (
    Aggregate,
    Derive,
    Field,
    Filter,
    Given,
    Lookup,
    Measure,
    Node,
    Plan,
    Step,
    Take,
    TierRow,
    Tiers,
    Union,
)
from workflow.plan.relations import fields_of
from workflow.plan.tables import part_type

SELLER, VALUE, QUOTA = Given("seller", TEXT), Given("value", AMOUNT, ABSENT_A), Given("quota", AMOUNT)
GIVEN = (SELLER, VALUE, QUOTA)
V, Q = Column("value", AMOUNT), Column("quota", AMOUNT)
WIDE = ratio(34, 12)
REACHED = compare(Op.GE, apply(Op.DIV, WIDE, Q, Q), literal("1", ratio(1, 0)))


def last(*steps: tuple[str, Node]) -> Field:
    """The last field of the last step."""
    return fields_of(plan(GIVEN, *steps))[steps[-1][0]][-1]


@pytest.mark.parametrize(
    ("node", "maybe"),
    [
        (Derive("deals", "x", Q, AMOUNT), False),
        (Derive("deals", "x", V, AMOUNT), True),
        (Derive("deals", "x", apply(Op.IS_MISSING, TRUTH, V), TRUTH), False),
        (Derive("deals", "x", apply(Op.DIV, WIDE, Q, Q), WIDE, ZERO, LARGE), True),
        (Derive("deals", "x", apply(Op.DIV, money("CNY", 38, 12), Q, literal("2", INT)), money("CNY", 38, 12)), False),
        (Derive("deals", "x", Q, money("CNY", 8, 4), too_large=LARGE), True),
        (Derive("deals", "x", Missing(1, TEXT), TEXT), True),
        (
            Derive(
                "deals", "x", compare(Op.GE, apply(Op.DIV, WIDE, Q, Q), literal("1", ratio(1, 0))), TRUTH, ZERO, LARGE
            ),
            True,
        ),
    ],
    ids=str,
)
def test_maybe_is_derived(node: Derive, maybe: object) -> None:
    """A column can be missing if what it reads can, or if it can fail by itself."""
    assert last(("x", node)).maybe is maybe


def test_measures() -> None:
    """A count is known; a sum can be missing with its values; a key is known in its groups."""
    measures = Measure("n", Function.COUNT, COUNT), Measure("s", Function.SUM, summed(AMOUNT), "value")
    fields = fields_of(plan(GIVEN, ("x", Aggregate("deals", ("seller",), measures))))["x"]
    assert fields == (Field("seller", TEXT), Field("n", COUNT), Field("s", summed(AMOUNT), maybe=True))


CUT = ratio(3, 2)
ROWS = tuple(TierRow(literal(border, CUT), literal(rate, CUT)) for border, rate in (("0", "0.1"), ("1", "0.2")))
BY = apply(Op.DIV, WIDE, Q, Q)
TABLE = Tiers("deals", "pay", BY, Q, Mode.MARGINAL, Yields.RATE, ROWS, CUT, money("CNY", 30, 4), Q, None, ZERO, LARGE)


def test_parts_have_the_digits_of_their_borders() -> None:
    """A border of 2 digits times a quota of 4 leaves parts of 6."""
    assert part_type(TABLE) == money("CNY", 20, 6)
    names = [field.name for field in fields_of(plan(GIVEN, ("x", TABLE)))["x"][-5:]]
    assert names == ["pay.row", "pay.rate", "pay.part.1", "pay.part.2", "pay"]


NUMBERS, TEXTS = Derive("deals", "y", Q, AMOUNT), Derive("deals", "y", Column("seller", TEXT), TEXT)
REFUSED: dict[str, tuple[tuple[str, Node], ...]] = {
    "unknown step": (("x", Filter("gone", "y")),),
    "unknown column": (("x", Derive("deals", "y", Column("gone", TEXT), TEXT)),),
    "another type": (("x", Derive("deals", "y", Column("value", TEXT), TEXT)),),
    "column twice": (("x", Derive("deals", "value", Q, AMOUNT)),),
    "mask twice": (("x", Derive("deals", "value?", Q, AMOUNT)),),
    "step twice": (("deals", Derive("deals", "y", Q, AMOUNT)),),
    "no condition": (("x", Filter("deals", "seller")),),
    "no cause for zero": (("x", Derive("deals", "y", apply(Op.DIV, WIDE, Q, Q), WIDE, None, LARGE)),),
    "no cause for too large": (("x", Derive("deals", "y", Q, money("CNY", 8, 4))),),
    "cause out of range": (("x", Derive("deals", "y", Missing(10, TEXT), TEXT)),),
    "unlike units": (("x", Derive("deals", "y", compare(Op.GE, Q, literal("1", INT)), TRUTH)),),
    "lost digits": (("x", Derive("deals", "y", apply(Op.ADD, money("CNY", 20, 2), Q, Q), AMOUNT, None, LARGE)),),
    "literal too long": (("x", Derive("deals", "y", literal("12.345", ratio(5, 2)), ratio(5, 2))),),
    "order of truths": (("x", Derive("deals", "y", compare(Op.LT, literal("x", TRUTH), literal("y", TRUTH)), TRUTH)),),
    "sum without room": (("x", Aggregate("deals", (), (Measure("m", Function.SUM, AMOUNT, "value"),))),),
    "extreme of texts": (("x", Aggregate("deals", (), (Measure("m", Function.LEAST, TEXT, "seller"),))),),
    "keys of other kinds": (("x", Lookup("deals", "deals", (("seller", "value"),), ())),),
    "union of other types": (("a", NUMBERS), ("b", TEXTS), ("x", Union(("a", "b")))),
    "output without order": (("x", out("deals", "value", order=())),),
    "borders that fall": (("x", replace(TABLE, rows=TABLE.rows[::-1])),),
    "slices of something else": (("x", replace(TABLE, by=apply(Op.DIV, WIDE, V, Q))),),
    "slices of amounts": (("x", replace(TABLE, yields=Yields.AMOUNT, on=None)),),
    "cause of nothing": (("x", Lookup("deals", "deals", (("seller", "seller"),), (Take("value", "v", 99),))),),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    """A plan that is not well-formed is an assertion, never a wrong result."""
    with pytest.raises(AssertionError):
        fields_of(plan(GIVEN, *REFUSED[case]))


def test_too_many_causes() -> None:
    """Masks have 62 bits."""
    with pytest.raises(AssertionError, match="bits"):
        fields_of(Plan((), CAUSES * 7))


def test_both_branches_of_one_kind() -> None:
    """`if` needs a condition and like branches."""
    for args in ((Q, Q, Q), (Literal(value=True, type=TRUTH), Q, literal("1", INT))):
        node = Derive("deals", "y", Apply(Op.IF, args, AMOUNT), AMOUNT)
        with pytest.raises(AssertionError):
            fields_of(Plan((*plan(GIVEN).steps, Step("x", node)), CAUSES))
