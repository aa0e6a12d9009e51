"""The SQL of a plan: only functions of the list, no division that floats, and no size that DuckDB chose."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.engines import generated, recorded
from tests.engines.plans import AMOUNT, apply, out, plan
from workflow.columns.queries import EVIDENCE
from workflow.columns.statements import Lowered, Statement, columns_of, lowered, with_needed
from workflow.columns.storage import sql_type
from workflow.columns.tree import (
    FUNCTIONS,
    identifier,
    sql_name,
)
from workflow.model.terms import Function
from workflow.model.typed import Column, Op
from workflow.model.types import money
from workflow.plan.nodes import Aggregate, Derive, Emit, Given, Measure, Node, Plan, Running, mask_of
from workflow.plan.relations import fields_of

PLANS = 60
SYNTAX = frozenset(
    [
        "all",
        "and",
        "as",
        "by",
        "case",
        "cast",
        "decimal",
        "else",
        "filter",
        "from",
        "having",
        "in",
        "join",
        "materialized",
        "not",
        "on",
        "or",
        "over",
        "select",
        "then",
        "try",
        "values",
        "when",
        "where",
    ]
)
"""Words before a bracket that are no functions."""


def bare(sql: str) -> str:
    """A statement without its names and texts."""
    return re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", " # ", sql)


def texts(of: Lowered) -> list[str]:
    """All statements and checks."""
    return [
        *(each.sql for each in (*of.relations, *of.outputs)),
        *(sql for _, check in of.checks for sql in check.queries),
    ]


def plans() -> list[Plan]:
    return [generated.plan(random.Random(f"sql {seed}")) for seed in range(PLANS)]


def test_only_listed_functions() -> None:
    """Whatever stands before a bracket is a function of the list, or syntax."""
    seen: set[str] = set()
    for of in plans():
        for sql in texts(lowered(of)):
            seen |= {name.lower() for name in re.findall(r"([A-Za-z_][A-Za-z0-9_]*)\s*\(", bare(sql))}
    assert seen - SYNTAX <= FUNCTIONS
    assert {"round_even", "arg_max", "sum", "bit_or", "row_number"} <= seen


def test_no_floating_division() -> None:
    """There is only `//`; exponents and floating literals are nowhere."""
    for of in plans():
        for sql in texts(lowered(of)):
            assert not re.search(r"(?<!/)/(?!/)|\*\*|\d[eE]\d|DOUBLE|FLOAT|REAL", bare(sql))


def as_kept(statement: Statement) -> Statement:
    """A statement whose rows the engine folds, with the columns that it puts beside them: whole numbers."""
    if statement.folding is None:
        return statement
    outputs = "".join(f', CAST(0 AS BIGINT) AS "{name}"' for _, name in statement.folding.gives)
    return replace(statement, sql=f"SELECT *{outputs} FROM ({statement.sql})")


def test_every_column_has_the_declared_type(tmp_path: Path) -> None:
    """DESCRIBE gives for each column that is read of a step what storage says for its type, so nothing that floats."""
    path = tmp_path / "evidence.duckdb"
    recorded.evidence(random.Random(0), path)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS {EVIDENCE} (READ_ONLY)")
        for of in plans():
            fields, statements = fields_of(of), [as_kept(each) for each in lowered(of).relations]
            for i, statement in enumerate(statements):
                if statement.folding is not None:
                    continue  # No step's, but what a kernel is given and gives; `test_folds` compares that.
                described = connection.execute("DESCRIBE " + with_needed(statement.sql, statements[:i])).fetchall()
                wanted = {sql_name(each.name): sql_type(each.type).replace(" ", "") for each in fields[statement.name]}
                wanted |= {sql_name(mask_of(each.name)): "BIGINT" for each in fields[statement.name] if each.maybe}
                found = {row[0]: row[1] for row in described}
                assert found == {name: wanted[name] for name in found}
                every = [sql_name(name) for name in columns_of(fields[statement.name])]
                assert list(found) == [name for name in every if name in found]


def test_a_relation_has_the_columns_that_are_read() -> None:
    """By outputs, by later steps, by checks; one column where only its rows matter."""
    given = (Given("value", AMOUNT), Given("wide", AMOUNT))
    total = Aggregate("deals", ("event.source",), (Measure("sum", Function.SUM, money("CNY", 28, 4), "value"),))
    made = lowered(plan(given, ("total", total), ("out", Emit("total", (("sum", "sum"),), ("event.source",)))))
    columns = {each.name: re.findall(r'"([^"]+)"', each.sql.partition(" FROM ")[0]) for each in made.relations}
    assert columns == {"deals": ["event.source", "value"], "total": ["event.source", "sum"]}


def test_statements_grow_with_what_they_compute() -> None:
    """A chain of twice as many values, each made of the one before, is about twice as long, not its square."""

    def chained(count: int) -> int:
        steps: list[tuple[str, Node]] = []
        of = "deals"
        for i in range(count):
            before = f"v{i - 1}" if i else "value"
            value = apply(Op.MAX, AMOUNT, Column(before, AMOUNT), Column("value", AMOUNT))
            steps.append((f"s{i}", Derive(of, f"v{i}", value, AMOUNT)))
            of = f"s{i}"
        made = lowered(plan((Given("value", AMOUNT, 0),), *steps, ("out", out(of, "value"))))
        assert len(made.relations) == 1
        return sum(map(len, texts(made)))

    assert chained(40) < 2.5 * chained(20)


def test_derived_columns_share_a_statement() -> None:
    """Steps that only add columns are one SELECT with the step below, if nothing else reads that."""
    given = (Given("value", AMOUNT),)
    steps = (
        ("a", Derive("deals", "x", Column("value", AMOUNT), AMOUNT)),
        ("b", Running("a", "y", "x", (), ("event",), money("CNY", 28, 4))),
    )
    assert [each.name for each in lowered(plan(given, *steps, ("out", out("b", "y")))).relations] == ["b"]
    both = plan(given, *steps, ("out", out("b", "y")), ("also", out("a", "x")))
    assert [each.name for each in lowered(both).relations] == ["a", "b"]


@pytest.mark.parametrize("names", [("Rate", "rate"), ("a^", "A"), ('say "x"', "say 'x'")])
def test_names_stay_apart(names: tuple[str, str]) -> None:
    """DuckDB takes names that differ in case for one; ours differ for it too, and quotes can't end them."""
    one, other = (identifier(name).sql("duckdb").lower() for name in names)
    assert one != other
