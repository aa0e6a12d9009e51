"""A choice that falls out the same way for every recorded event is none: its masks aren't computed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.engines.plans import ABSENT_A, ABSENT_B, AMOUNT, apply, compare, events, literal, out, plan, result
from workflow.columns.queries import EVIDENCE
from workflow.columns.settling import questions
from workflow.columns.statements import lowered
from workflow.model.terms import Function
from workflow.model.typed import Column, Missing, Op
from workflow.model.types import TEXT, TRUTH, number
from workflow.plan.nodes import Aggregate, Derive, Emit, Filter, Given, Measure, Plan
from workflow.run.duck import DuckDB
from workflow.run.reference import Reference

VALUE, CURRENCY, SELLER = Given("value", AMOUNT), Given("value.currency", TEXT), Given("seller", TEXT)
SAME = compare(Op.EQ, Column("value.currency", TEXT), literal("CNY", TEXT))
OWN = apply(Op.IF, AMOUNT, SAME, Column("value", AMOUNT), Missing(ABSENT_A, AMOUNT))


OWNED = Derive("deals", "own", OWN, AMOUNT)


def summed(own: Derive = OWNED) -> Plan:
    """What each seller sold in the policy's currency."""
    total = Measure("total", Function.SUM, replace(AMOUNT, precision=28), "own", too_large=ABSENT_B)
    return plan(
        (SELLER, VALUE, CURRENCY),
        ("own", own),
        ("sums", Aggregate("own", ("seller",), (total,))),
        ("out", Emit("sums", (("seller", "seller"), ("total", "total")), ("seller",))),
    )


@pytest.mark.parametrize(
    ("other", "found"),
    [("CNY", Decimal("3.5")), ("USD", {ABSENT_A})],
)
def test_what_is_settled_changes_no_result(other: str, found: object, tmp_path: Path) -> None:
    """With one amount in another currency a sum is missing, with none 1.25 + 2.25 = 3.5, in both engines."""
    rows = [("a", "1.25", "CNY"), ("a", "2.25", other), ("b", "7", "CNY")]
    evidence = events(tmp_path, (SELLER, VALUE, CURRENCY), rows)
    for engine in (DuckDB(), Reference()):
        assert result(engine, summed(), evidence, "seller", "total") == [("a", found), ("b", Decimal(7))]


@pytest.mark.parametrize(("other", "exceptions"), [("CNY", 0), ("USD", 1)])
def test_the_question_finds_an_event_that_is_otherwise(other: str, exceptions: int, tmp_path: Path) -> None:
    """It finds a row if one is there, and no more than one."""
    rows = [("a", "1", "CNY"), ("a", "2", other), ("b", "3", other)]
    evidence = events(tmp_path, (SELLER, VALUE, CURRENCY), rows)
    (question,) = questions(summed())
    assert question.step == "own"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{evidence.path}' AS {EVIDENCE} (READ_ONLY)")
        assert len(connection.execute(question.sql).fetchall()) == exceptions


def test_what_is_settled_has_no_mask() -> None:
    """The currency is read no more, and the sum gathers no causes."""
    chosen, sure = ("".join(each.sql for each in lowered(summed(), of).relations) for of in ((), {"own"}))
    assert "BIT_OR" in chosen
    assert "BIT_OR" not in sure
    assert "CASE" in chosen
    assert '"value" AS "own"' in sure


@pytest.mark.parametrize(
    "own",
    [
        Derive("deals", "own", replace(OWN, args=(*OWN.args[:2], Column("value", AMOUNT))), AMOUNT),
        Derive("deals", "own", replace(OWN, type=number(30, 4)), AMOUNT, too_large=ABSENT_B),
    ],
)
def test_other_choices_are_left_as_they_are(own: Derive) -> None:
    """One between two values, and one of another type than its value, whose digits would be rounded twice."""
    assert not list(questions(summed(own)))


def test_only_what_every_event_has_is_asked() -> None:
    """Not what a record may leave out, nor what is derived, nor of events of which some are left out already."""
    maybe = plan((SELLER, VALUE, replace(CURRENCY, absent=ABSENT_B)), ("own", OWNED))
    here = Derive("deals", "here", SAME, TRUTH)
    chosen = apply(Op.IF, AMOUNT, apply(Op.NOT, TRUTH, Column("here", TRUTH)), *OWN.args[1:])
    derived = plan((SELLER, VALUE, CURRENCY), ("here", here), ("own", Derive("here", "own", chosen, AMOUNT)))
    left = ("here", here), ("left", Filter("here", "here")), ("own", Derive("left", "own", OWN, AMOUNT))
    for of in (maybe, derived, plan((SELLER, VALUE, CURRENCY), *left, ("out", out("own", "own")))):
        assert not list(questions(of))
