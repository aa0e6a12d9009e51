"""Both engines agree on generated typed expressions: every operator and built-in, over rows full of edges.

`EXPRESSIONS` in the environment asks for more than the default; 20,000 take some minutes.
"""

from __future__ import annotations

import collections
import os
import random
from collections.abc import Iterator

import pytest

from tests.engines.formulas import LEVEL, Formulas, value_of
from workflow.model.typed import Apply, Expression, Op, Round, Value
from workflow.model.types import DATE, DATE_TIME, INSTANT, TEXT, TIME, TRUTH, Kind, Type, money, number, ratio
from workflow.plan.formulas import check_expression
from workflow.plan.nodes import Field
from workflow.run.trial import CODES, tried

BATCH, ROWS = 25, 12
EXPRESSIONS = int(os.environ.get("EXPRESSIONS", "1000"))
KINDS = (
    *(Kind.NUMBER, Kind.RATIO, Kind.MONEY, Kind.TRUTH, Kind.TRUTH, Kind.TEXT, Kind.DATE, Kind.TIME, Kind.DATE_TIME),
    *(Kind.INSTANT, Kind.MONTHS, Kind.ELAPSED),
)
TYPES = {
    "n": number(9, 2),
    "whole": number(4, 0),
    "wide": number(38, 6),
    "r": ratio(14, 12),
    "m": money("CNY"),
    "y": TRUTH,
    "t": TEXT,
    "s": TEXT,
    "level": LEVEL,
    "d": DATE,
    "e": DATE,
    "clock": TIME,
    "moment": DATE_TIME,
    "instant": INSTANT,
    "months": Type(Kind.MONTHS),
    "elapsed": Type(Kind.ELAPSED),
}
FIELDS = tuple(Field(name, of, maybe=name not in ("t", "whole", "d")) for name, of in TYPES.items())


def rows(rng: random.Random) -> list[dict[str, Value | None]]:
    """Rows of edges; a column that may be missing now and then is."""
    return [
        {
            field.name: None if field.maybe and rng.random() < 0.15 else value_of(rng, field.type)  # type: ignore[misc]
            for field in FIELDS
        }
        for _ in range(ROWS)
    ]


def parts(expression: Expression) -> Iterator[Expression]:
    """An expression and all in it."""
    yield expression
    inner = expression.args if isinstance(expression, Apply) else ()
    for part in (expression.value,) if isinstance(expression, Round) else inner:
        yield from parts(part)


@pytest.mark.parametrize("seed", range(EXPRESSIONS // BATCH))
def test_engines_agree(seed: int) -> None:
    """The same values, the same reasons, in every row."""
    rng = random.Random(f"expressions {seed}")
    maker = Formulas(rng, FIELDS, (0, 1, 2, 3))
    made = [maker.of_kind(rng.choice(KINDS), 3) for _ in range(BATCH)]
    for expression in made:
        check_expression(expression, FIELDS, len(CODES))
    given = rows(rng)
    reference, duck = (tried(engine, FIELDS, given, made) for engine in ("reference", "duckdb"))
    for row, ours, theirs in zip(given, reference, duck, strict=True):
        for expression, one, other in zip(made, ours, theirs, strict=True):
            assert one == other, (expression, row)


def test_every_operator_is_reached() -> None:
    """The expressions of the default run hold every operator, and come to results as well as to every reason."""
    seen: collections.Counter[object] = collections.Counter()
    for seed in range(40):
        rng = random.Random(f"expressions {seed}")
        maker = Formulas(rng, FIELDS, (0, 1, 2, 3))
        made = [maker.of_kind(rng.choice(KINDS), 3) for _ in range(BATCH)]
        seen.update(part.op for expression in made for part in parts(expression) if isinstance(part, Apply))
        for row in tried("reference", FIELDS, rows(rng), made):
            seen.update(cause for found in row for cause in found.causes or ("known",))
    missing = [wanted for wanted in (*Op, *CODES, "known") if not seen[wanted]]
    assert not missing
