"""What was promised of rows and is not kept ends the run, on every engine in the same step for the same reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines.plans import ABSENT_A, ABSENT_B, AMOUNT, EMPTY, NOWHERE, ZERO, day, events, out, plan, result
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Op
from workflow.model.types import DATE, TEXT, TRUTH, money, number, summed
from workflow.plan.breaches import Breach
from workflow.plan.nodes import (
    Aggregate,
    Apportion,
    Derive,
    EachSuperior,
    Expand,
    Field,
    Given,
    Lookup,
    Measure,
    Node,
    Register,
    Running,
    Take,
    Union,
)
from workflow.run.outcome import Engine, RunFailed

SELLER, MAYBE = Given("seller", TEXT), Given("customer", TEXT, ABSENT_A)
VALUE, WON, ON = Given("value", AMOUNT), Given("won", TRUTH, ABSENT_B), Given("on", DATE)
WEIGHT = Given("weight", number(6, 0))
GIVEN = (SELLER, MAYBE, VALUE, WON, ON, WEIGHT)
JULY = day("2026-07-01")
TWO = [("a", "x", "1", True, JULY, "1"), ("a", None, "2", True, JULY, "-1")]
EVER = (day("2026-01-01"), day("9999-12-31"))
TOTAL = Apportion("deals", "part", "value", "weight", (), ("event",), money("CNY", 20, 4), ZERO)


def latest(order: str, where: str | None = None) -> Aggregate:
    """The last value by some order."""
    return Aggregate("deals", (), (Measure("m", Function.LATEST, AMOUNT, "value", where, (order,), EMPTY),))


CASES: dict[str, tuple[Breach, tuple[tuple[str, Node], ...]]] = {
    "group by what is missing": (Breach.UNKNOWN_KEY, (("x", Aggregate("deals", ("customer",), ())),)),
    "order by what is missing": (Breach.UNKNOWN_KEY, (("x", out("deals", "seller", order=("customer",))),)),
    "order that is not total": (Breach.NO_ORDER, (("x", out("deals", "seller", order=("seller", "on"))),)),
    "running in no order": (
        Breach.NO_ORDER,
        (("x", Running("deals", "n", "value", ("seller",), ("on",), summed(AMOUNT))),),
    ),
    "latest of equals": (Breach.TWO_LATEST, (("x", latest("on")),)),
    "latest of equals that a condition leaves": (Breach.TWO_LATEST, (("x", latest("on", "won")),)),
    "latest by what is missing": (Breach.UNKNOWN_KEY, (("x", latest("customer")),)),
    "lookup of two": (
        Breach.TWO_ROWS,
        (("x", Lookup("deals", "deals", (("seller", "seller"),), (Take("value", "v", NOWHERE),))),),
    ),
    "lookup of none": (
        Breach.NO_ROW,
        (("x", Lookup("deals", "deals", (("customer", "customer"),), (Take("value", "v"),))),),
    ),
    "two totals": (Breach.TWO_TOTALS, (("x", TOTAL),)),
    "weight below zero": (
        Breach.NEGATIVE_WEIGHT,
        (("x", Apportion("deals", "p", "value", "weight", ("event",), ("event",), money("CNY", 20, 4), ZERO)),),
    ),
    "rows twice in a union": (
        Breach.TWO_ROWS,
        (
            ("people", Register("people", "id", (Given("boss", TEXT, ABSENT_A),))),
            ("twice", Union(("people", "people"))),
            ("x", Expand("deals", EachSuperior("twice", "id", "boss", "seller", "on"))),
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_run_fails(engine: Engine, tmp_path: Path, case: str) -> None:
    """The step that relied on the promise, and the promise, are named."""
    breach, steps = CASES[case]
    people = ((Field("boss", TEXT, maybe=True),), [("a", *EVER, None)])
    with pytest.raises(RunFailed) as failed:
        engine.run(plan(GIVEN, *steps), events(tmp_path, GIVEN, TWO, {"people": people}))
    assert (failed.value.breach, failed.value.step) == (breach, "x")


def test_unrecorded_value(engine: Engine, tmp_path: Path) -> None:
    """A field that is always recorded, and is not, ends the run."""
    evidence = events(tmp_path, (Given("value", AMOUNT, ABSENT_A),), [(None,)])
    with pytest.raises(RunFailed, match="unrecorded in step deals"):
        engine.run(plan((VALUE,), ("x", out("deals", "value"))), evidence)


def test_first_step_counts(engine: Engine, tmp_path: Path) -> None:
    """Of two steps that can't be run the first is named, whatever is put out."""
    steps = (
        ("first", Aggregate("deals", ("customer",), ())),
        ("second", latest("on")),
        ("out", out("deals", "event")),
    )
    with pytest.raises(RunFailed, match="unknown-key in step first"):
        engine.run(plan(GIVEN, *steps), events(tmp_path, GIVEN, TWO))


def test_equals_that_agree_are_fine(engine: Engine, tmp_path: Path) -> None:
    """Two latest rows with one value are no contradiction; nor are two where only one may be the latest."""
    rows = [("a", "x", "1", True, JULY, "1"), ("a", "x", "1.00", True, JULY, "1"), ("a", "x", "3", False, JULY, "1")]
    steps = (
        ("x", latest("on", "won")),
        ("known", Derive("x", "k", Apply(Op.IS_MISSING, (Column("m", AMOUNT),), TRUTH), TRUTH)),
        ("out", out("known", "m", order=("k",))),
    )
    assert result(engine, plan(GIVEN, *steps), events(tmp_path, GIVEN, rows), "m") == [(Decimal(1),)]
