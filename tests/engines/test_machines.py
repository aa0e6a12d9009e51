"""Replay over arrays and case by case by a `transitions` machine: the same steps."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engines.machines import a_log, a_machine, columns
from tests.engines.plans import ABSENT_A, events, out, plan, result
from workflow.model.types import COUNT, TEXT, TRUTH
from workflow.plan.machines import UNKNOWN
from workflow.plan.nodes import WIDE, Fold, Given
from workflow.run.duck import DuckDB
from workflow.run.reference import Reference
from workflow.run.reference.machines import replayed as by_machine
from workflow.run.replay.cases import replayed as by_arrays


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_of_replaying_give_the_same_steps(seed: int) -> None:
    """600 machines in all, with half a dozen cases each."""
    dice = random.Random(seed)
    for _ in range(100):
        kernel = a_machine(dice)
        logs = [log for log in (a_log(dice, kernel.until) for _ in range(6)) if log]
        given, starts = columns(kernel, logs)
        found = by_arrays(
            kernel, {name: np.array(column, np.int64) for name, column in given.items()}, np.array(starts, np.int64)
        )
        steps = [{name: int(found[name][at]) for name in kernel.outputs} for at in range(len(found["run"]))]
        groups = [int(each) for each in found["group"]]
        for number, log in enumerate(logs):
            own = [step for step, group in zip(steps, groups, strict=True) if group == number]
            assert own == by_machine(kernel, log), kernel


def test_a_plan_gives_the_steps_of_each_case(tmp_path: Path) -> None:
    """Both engines, rows in any order, and no rows at all."""
    dice = random.Random(7)
    kernel = a_machine(dice)
    logs = [a_log(dice, kernel.until) for _ in range(9)]
    rows = [{"who": f"case {number}", **row} for number, log in enumerate(logs) for row in log]
    dice.shuffle(rows)
    given = tuple(
        Given(
            name,
            TEXT if name == "who" else TRUTH if name in kernel.truths else WIDE if name in kernel.wide else COUNT,
            ABSENT_A if name in kernel.open else None,
        )
        for name in ("who", *(name for name in kernel.inputs if name != "event"))
    )
    inputs = tuple("number" if name == "event" else name for name in kernel.inputs)
    given = (*given, Given("number", COUNT))
    fold = Fold("deals", "steps", ("who",), ("instant", "number"), kernel, inputs)
    told = ["who", *(f"steps.{word}" for word in kernel.outputs)]
    of = plan(given, ("rows", fold), ("out", out("rows", *told, order=("who", "steps.turn"))))
    recorded = [tuple(_cell(each, row) for each in given) for row in rows]
    held = events(tmp_path, given, recorded)
    found = [result(engine, of, held, *told) for engine in (DuckDB(), Reference())]
    assert found[0] == found[1]
    expected = [
        (f"case {number}", *(step[word] for word in kernel.outputs))
        for number, log in enumerate(logs)
        for step in by_machine(kernel, log)
    ]
    assert [(who, *(int(str(cell)) for cell in cells)) for who, *cells in found[0]] == expected
    (tmp_path / "nothing").mkdir()
    nothing = events(tmp_path / "nothing", given, [])
    assert [result(engine, of, nothing, *told) for engine in (DuckDB(), Reference())] == [[], []]


def _cell(given: Given, row: dict[str, Any]) -> object:
    value = row["event" if given.name == "number" else given.name]
    if given.type == TEXT:
        return value
    return None if value == UNKNOWN else bool(value) if given.type == TRUTH else Decimal(value)
