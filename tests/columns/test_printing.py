"""Printing: the short ways give what sqlglot's own give, letter by letter."""

from __future__ import annotations

import random

import pytest
from sqlglot import exp

from tests.engines import generated
from workflow.columns import checks, layers, printing, statements
from workflow.columns.queries import printed
from workflow.columns.tree import cast, column, null, text, when


def test_statements_are_those_of_sqlglot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of plans at random, which have all kinds that are printed in a short way."""
    kinds: set[type] = set()

    def compared(query: exp.Query) -> str:
        kinds.update(map(type, query.walk()))
        expected = query.sql("duckdb")
        found = printed(query)
        assert found == expected
        return found

    for room in (checks, layers, statements):
        monkeypatch.setattr(room, "printed", compared)
    for seed in range(25):
        statements.lowered(generated.plan(random.Random(seed)))
    assert kinds >= set(printing._SHORT)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (text("O'Hara\n\\"), "'O''Hara\n\\'"),
        (column('a "b"', "l"), '"l"."a ""b"""'),
        (cast(exp.Literal.string("1"), "DECIMAL(38, 4)"), "CAST('1' AS DECIMAL(38, 4))"),
        (when((exp.true(), null("DATE")), otherwise=text("")), "CASE WHEN TRUE THEN CAST(NULL AS DATE) ELSE '' END"),
    ],
)
def test_signs_of_sql_within_names_and_texts(tree: exp.Expression, expected: str) -> None:
    """No name or text ends where its author wouldn't."""
    assert printing.printer().generate(tree, copy=False) == expected == tree.sql("duckdb")


def test_a_long_chain_of_conditions_is_printed() -> None:
    """An author may list more than Python goes deep."""
    chain: exp.Expression = column("a", "l")
    for number in range(3000):
        chain = exp.And(this=chain, expression=exp.Or(this=column("b", "l"), expression=text(str(number))))
    assert printing.printer().generate(chain, copy=False).count(" AND ") == 3000
