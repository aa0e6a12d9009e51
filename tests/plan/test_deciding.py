"""Which row of a table counts: by places and row by row, in both engines, as a look at each row finds it."""

from __future__ import annotations

import datetime
import itertools
import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.checks.small import Told
from tests.checks.test_decisions import NUMBERS, WORDS, decision, table
from tests.engines.held import written
from workflow.diagnostics import NOWHERE
from workflow.model.types import DATE, TEXT
from workflow.plan import places
from workflow.plan.building import Builder
from workflow.plan.deciding import Deciding
from workflow.plan.nodes import Emit, Field, Given, Plan, Register
from workflow.run.duck import DuckDB
from workflow.run.reference import Reference

POINTS = list(itertools.product((None, 49, 50, 75, 100, 101), (None, "a", "b", "c")))


def rows_of(rng: random.Random) -> list[tuple[str, str]]:
    """Rows of which each is the first somewhere, the last of all for what is left."""
    while True:
        rows = [(rng.choice(sorted(NUMBERS)), rng.choice(sorted(WORDS))) for _ in range(rng.randint(1, 5))]
        rows.append(("-", "-"))
        if not any(each.severity == "error" for each in told(rows).diagnostics):
            return rows


def told(rows: list[tuple[str, str]]) -> Told:
    """What the checks say of the rows."""
    written_rows = "\n".join(f"{one} | {other} | {at}%" for at, (one, other) in enumerate(rows))
    return table(f"attainment | person.role | rate\n{written_rows}", "first")


def expected(rows: list[tuple[str, str]], x: int | None, y: str | None) -> int | None:
    """The first row that applies; None where an unknown value could make an earlier one apply."""
    for number, (one, other) in enumerate(rows, 1):
        tests = [
            True if one == "-" else None if x is None else NUMBERS[one](x),
            True if other == "-" else None if y is None else WORDS[other](y),
        ]
        if False in tests:
            continue
        return None if None in tests else number
    raise AssertionError(rows)


def plan_of(rows: list[tuple[str, str]]) -> Plan:
    """The plan that reads the table for every person of a register."""
    found = decision(told(rows))
    builder = Builder()
    causes = [builder.cause("unknown-of-person", NOWHERE, name=name) for name in ("attainment", "role")]
    given = tuple(Given(column.name, column.type, cause) for column, cause in zip(found.inputs, causes, strict=True))
    step = builder.add("subjects", Register("people", "person", given))
    step = Deciding(builder, "p", found, {}, NOWHERE).rows(step)
    builder.emit("results", Emit(step, (("person", "person"), ("p.row", "p.row")), ("person",)))
    return builder.plan()


@pytest.mark.parametrize("way", ["places", "rows"])
def test_the_row_that_counts_is_the_one_that_a_look_at_each_row_finds(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where an input is missing: it withholds only where it could decide."""
    if way == "rows":
        monkeypatch.setattr(places, "MOST_PLACES", 0)
    rng = random.Random(20260712)
    days = (datetime.date(2026, 1, 1), datetime.date(9999, 12, 31))
    for number in range(6):
        rows = rows_of(rng)
        plan = plan_of(rows)
        inputs = decision(told(rows)).inputs
        people = [(f"{at:02}", *days, None if x is None else Decimal(x) / 100, y) for at, (x, y) in enumerate(POINTS)]
        fields = (
            Field("person", TEXT), Field("from", DATE), Field("through", DATE),
            *(Field(column.name, column.type, maybe=True) for column in inputs),
        )  # fmt: skip
        evidence = written(tmp_path / f"{number}.duckdb", {"register people": (fields, people)})
        for engine in (Reference(), DuckDB()):
            found = engine.run(plan, evidence).tables["results"].to_pylist()
            numbers = [None if row["p.row"] is None else int(row["p.row"]) for row in found]
            assert numbers == [expected(rows, x, y) for x, y in POINTS], (way, engine, rows)


def test_many_rows_are_asked_in_parts() -> None:
    """No expression is deeper than a plan may be, however long the table is."""
    rows = "\n".join(f'"w{at}" | {at}%' for at in range(300))
    found = decision(table(f"person.role | rate\n{rows}\n- | 5%", "first"))
    builder = Builder()
    step = builder.add("subjects", Register("people", "person", (Given("person.role", TEXT),)))
    Deciding(builder, "p", found, {}, NOWHERE).rows(step)
    names = [getattr(each.node, "name", "") for each in builder.steps]
    assert [name for name in names if name.startswith("p.rows.1.")] == ["p.rows.1.1", "p.rows.1.2"]
    assert names[-1] == "p.row"
