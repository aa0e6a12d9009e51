"""Expressions tried by themselves, over rows that are at hand: what `workflow try` shows and what tests compare.

Each engine does what it does for a `Derive` of a plan, by the same code, without a plan or evidence around it. An
expression can be missing because a column is, with that column's causes, or fail by itself with a cause of `OWN`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workflow.checks.attempt import Attempt
from workflow.model.typed import Expression, Value
from workflow.plan.nodes import Field
from workflow.run.reference.cells import Absent, Row
from workflow.run.reference.expressions import Formula

ZERO_DIVISION, TOO_LARGE, UNDEFINED, NOT_GIVEN = range(4)
"""The causes of a trial: three ways to fail, and a column without a value."""
CODES = ("divided-by-zero", "too-large", "undefined", "not-given")
"""What they are called."""

EngineName = Literal["reference", "duckdb"]
ENGINES: tuple[EngineName, ...] = ("reference", "duckdb")


@dataclass(frozen=True, slots=True)
class Found:
    """What came out: a value, or why there is none (codes of `CODES`)."""

    value: Value | None
    causes: tuple[str, ...] = ()


def found_by(engine: str, attempt: Attempt) -> tuple[Found, ...]:
    """What an engine gives for each step of an attempt."""
    fields = [Field(name, of, attempt.values[name] is None) for name, of in attempt.types.items()]
    (found,) = tried(engine, fields, [attempt.values], [step.expression for step in attempt.steps])
    return tuple(found)


def tried(
    engine: str, fields: Sequence[Field], rows: Sequence[Mapping[str, Value | None]], of: Sequence[Expression]
) -> list[list[Found]]:
    """What each expression gives in each row, a list for each row; a column that is None is missing."""
    assert engine in ENGINES, engine
    return _reference(fields, rows, of) if engine == "reference" else _duckdb(fields, rows, of)


def _found(value: Value | None, mask: int) -> Found:
    if not mask:
        return Found(value)
    return Found(None, tuple(code for place, code in enumerate(CODES) if mask >> place & 1))


def _reference(
    fields: Sequence[Field], rows: Sequence[Mapping[str, Value | None]], of: Sequence[Expression]
) -> list[list[Found]]:
    formula = Formula(ZERO_DIVISION, TOO_LARGE, UNDEFINED)
    results = []
    for row in rows:
        given = {field.name: row[field.name] for field in fields}
        cells: Row = {name: Absent(1 << NOT_GIVEN) if value is None else value for name, value in given.items()}
        found = []
        for expression in of:
            cell = formula.value(expression, cells)
            found.append(_found(None, cell.mask) if isinstance(cell, Absent) else _found(cell, 0))
        results.append(found)
    return results


def _duckdb(
    fields: Sequence[Field], rows: Sequence[Mapping[str, Value | None]], of: Sequence[Expression]
) -> list[list[Found]]:
    import duckdb

    from workflow.columns.trial import created, selected

    with duckdb.connect() as connection:
        connection.execute("SET disabled_optimizers = 'common_subexpressions'")
        connection.execute("SET TimeZone = 'UTC'")
        for statement in created(fields, rows):
            connection.execute(statement)
        answers = connection.sql(selected(fields, of)).fetchall()
    return [
        [_found(value, mask) for value, mask in zip(row[1::2], row[2::2], strict=True)]
        for row in sorted(answers, key=lambda row: row[0])
    ]
