"""Both engines give equal tables, to the last digit and with equal masks, on thousands of random plans.

`WORKFLOW_HYPOTHESIS=long` runs ten times as many, and others in each run.
"""

from __future__ import annotations

import collections
import itertools
import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.engines import generated, recorded
from tests.engines.formulas import OWN_CAUSES
from workflow.model.terms import Function, Mode
from workflow.model.typed import Apply, Expression, Op, Round, Rounding
from workflow.plan.nodes import Aggregate, Derive, Expand, Node, Plan, Tiers, mask_of
from workflow.run.duck import DuckDB
from workflow.run.outcome import Outcome, RunFailed
from workflow.run.reference import Reference
from workflow.run.reference.builtins import BUILT_INS

LONG = os.environ.get("WORKFLOW_HYPOTHESIS") == "long"
SHARDS = 6
EXAMPLES = 32 * (10 if LONG else 1)
PLANS = 8
"""Plans over the evidence of one example: 6 shards of 32 examples make 1,536 plans."""

_numbers = itertools.count()


Runs = Callable[[Plan], Outcome]
"""An engine with the evidence open for many plans: to open it takes longer than to run one."""


def outcome(run: Runs, plan: Plan) -> Outcome | tuple[str, str]:
    """What the run gives, or which promise was broken where."""
    try:
        return run(plan)
    except RunFailed as failure:
        return failure.breach, failure.step


def same(plan: Plan, meaning: Runs, engine: Runs) -> bool:
    """Whether the plan could be run; fails if the engines don't agree."""
    meant, found = outcome(meaning, plan), outcome(engine, plan)
    if isinstance(meant, tuple) or isinstance(found, tuple):
        assert meant == found
        return False
    assert meant.tables.keys() == found.tables.keys()
    for name, table in meant.tables.items():
        assert table.schema == found.tables[name].schema, name
        assert table.equals(found.tables[name]), f"{name}:\n{table.to_pylist()}\n{found.tables[name].to_pylist()}"
        assert all(column.num_chunks == 1 for column in found.tables[name].columns)
    return True


@pytest.mark.parametrize("shard", range(SHARDS))
def test_engines_agree(shard: int, tmp_path: Path) -> None:
    """Every generated plan gives the same on both engines, and the plans are as many as they seem."""
    plans: set[int] = set()
    ran = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(min_value=0, max_value=2**63))
    def examples(seed: int) -> None:
        nonlocal ran
        rng = random.Random(f"{shard} {seed}")
        path = tmp_path / f"{next(_numbers)}.duckdb"
        evidence = recorded.evidence(rng, path)
        with Reference().opened(evidence) as meaning, DuckDB().opened(evidence) as engine:
            for _ in range(PLANS):
                plan = generated.plan(rng)
                ran += same(plan, meaning.run, engine.run)
                plans.add(hash(repr(plan)))
        path.unlink()

    examples()
    assert len(plans) >= 0.99 * EXAMPLES * PLANS
    assert ran > 0.85 * len(plans)


def expressions_of(node: Node) -> Iterator[Expression]:
    """All expressions of a node, with their parts."""
    if isinstance(node, Derive):
        yield from parts_of(node.expression)
    if isinstance(node, Tiers):
        yield from parts_of(node.by)


def parts_of(expression: Expression) -> Iterator[Expression]:
    """An expression and all in it."""
    yield expression
    inner = expression.args if isinstance(expression, Apply) else ()
    for part in (expression.value,) if isinstance(expression, Round) else inner:
        yield from parts_of(part)


def covered(plan: Plan, seen: collections.Counter[object]) -> None:
    """Count what a plan is made of."""
    for step in plan.steps:
        node = step.node
        seen[type(node).__name__] += 1
        if isinstance(node, Expand):
            seen[type(node.by).__name__] += 1
        if isinstance(node, Tiers):
            seen[node.mode] += 1
            seen["crosswise tiers"] += isinstance(node.by, Apply)
        if isinstance(node, Aggregate):
            seen.update(measure.function for measure in node.measures)
        for part in expressions_of(node):
            seen[part.op if isinstance(part, Apply) else type(part).__name__] += 1
            if isinstance(part, Round):
                seen[part.mode] += 1


def test_generator_reaches_everything(tmp_path: Path) -> None:
    """Plans hold every node, operator, mode and function; results are known, and missing for each kind of reason."""
    seen: collections.Counter[object] = collections.Counter()
    results: collections.Counter[object] = collections.Counter()
    for seed in range(40):
        rng = random.Random(f"covered {seed}")
        evidence = recorded.evidence(rng, tmp_path / f"{seed}.duckdb")
        for _ in range(PLANS):
            plan = generated.plan(rng)
            covered(plan, seen)
            run = outcome(partial(Reference().run, evidence=evidence), plan)
            if isinstance(run, tuple):
                results[run[0]] += 1
                continue
            for table in run.tables.values():
                for name in table.column_names:
                    if mask_of(name) in table.column_names:
                        masks = table.column(mask_of(name)).to_pylist()
                        results["known"] += masks.count(0)
                        results["missing"] += len(masks) - masks.count(0)
                        results.update(bit for mask in masks for bit in range(62) if mask >> bit & 1)
    nodes = {kind.__name__ for kind in Node.__args__} | {"EachPeriod", "EachSuperior"}
    leaves = {"Literal", "Column", "Missing", "Round", "crosswise tiers"}
    # Built-ins are reached by the expressions of `test_expressions`.
    operators = [op for op in Op if op not in BUILT_INS]
    for wanted in (*nodes, *leaves, *operators, *Rounding, *Mode, *Function):
        assert seen[wanted] > 0, f"no plan holds {wanted}"
    for wanted in ("known", "missing", *range(1, 14), *range(20, 23), *OWN_CAUSES):
        assert results[wanted] > 0, f"no result is {wanted}"
    assert 0.05 < results["missing"] / (results["known"] + results["missing"]) < 0.6
