"""The sample of the standard's tests, where it is present: the goals, and that the engines agree."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.tck.cases import Case, outside
from tests.tck.page import page
from tests.tck.report import Report, report
from tests.tck.running import run
from workflow.run.trial import ENGINES, EngineName

SAMPLE = Path(os.environ.get("WORKFLOW_SHARED", "../shared")) / "data" / "dmn-tck" / "literal-expressions.jsonl"
LEAST = {"reference": 0.98, "duckdb": 0.95}
"""The part of the value cases that must be right; of the null cases 0.95 must be reported."""

needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason=f"{SAMPLE} isn't here")


def case(feel: str, expected: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None) -> Case:
    return Case("made", "made", inputs or {}, feel, expected)


@pytest.fixture(scope="module")
def reports() -> dict[EngineName, Report]:
    """The sample, run by each engine."""
    return {engine: report(SAMPLE, engine) for engine in ENGINES}


@needs_sample
def test_the_page_is_what_the_runs_show(reports: dict[EngineName, Report]) -> None:
    """docs/tck.md is up to date."""
    written = (Path(__file__).parents[2] / "docs" / "tck.md").read_text(encoding="utf-8")
    assert written == page(dict(reports), SAMPLE), "run `python -m tests.tck FILE --page docs/tck.md`"


@needs_sample
@pytest.mark.parametrize("engine", ENGINES)
def test_the_sample_is_right(reports: dict[EngineName, Report], engine: EngineName) -> None:
    """Of value cases 98% in the interpreter and 95% in DuckDB, of null cases 95%; every case is counted."""
    found = reports[engine]
    total = found.total
    assert total.right >= LEAST[engine] * total.values, found.failures
    assert total.reported >= 0.95 * total.nulls, found.failures
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    assert total.values + total.nulls + total.outside == len(lines)
    assert sum(json.loads(line)["expected"] is None for line in lines) == total.nulls


@pytest.mark.parametrize("engine", ENGINES)
def test_a_wrong_value_is_no_pass(engine: EngineName) -> None:
    """What differs by more than the standard's tolerance is wrong, and so is a value of another kind."""
    assert run(case("1 + 1", {"t": "decimal", "v": "2"}), engine).outcome == "right"
    assert run(case("1 + 1", {"t": "decimal", "v": "2.00000002"}), engine).outcome == "wrong"
    assert run(case("1 + 1", {"t": "string", "v": "2"}), engine).outcome == "wrong"
    assert run(case("1 + 1"), engine).outcome == "wrong"


@pytest.mark.parametrize("engine", ENGINES)
def test_literals_are_columns(engine: EngineName) -> None:
    """The operation is executed over columns: the operators are counted."""
    found = run(case("x * 3 + 1", {"t": "decimal", "v": "7"}, {"x": {"t": "decimal", "v": "2"}}), engine)
    assert (found.outcome, found.operators) == ("right", 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_instant_is_the_same_with_any_offset(engine: EngineName) -> None:
    """As the standard's `=` has it; a date and time in no zone is another value."""
    noon = '@"2026-07-01T12:00:00+08:00"'
    assert run(case(noon, {"t": "dateTime", "v": "2026-07-01T04:00:00Z"}), engine).outcome == "right"
    assert run(case(noon, {"t": "dateTime", "v": "2026-07-01T05:00:00Z"}), engine).outcome == "wrong"
    assert run(case(noon, {"t": "dateTime", "v": "2026-07-01T04:00:00"}), engine).outcome == "wrong"


def test_a_slip_is_read_as_repaired_or_is_the_answer() -> None:
    """Where a value is expected the repair gives it; where null is, the report is what is asked for."""
    repaired = run(case('false and "true"', {"t": "boolean", "v": "false"}), "reference")
    assert (repaired.outcome, repaired.mended) == ("right", True)
    assert run(case('true and "true"'), "reference").outcome == "error"
    assert run(case("true or 123", {"t": "boolean", "v": "true"}), "reference").outcome == "error"


def test_what_lies_outside_says_why() -> None:
    """A case is left out of the count for a reason of the language reference only."""
    value = {"t": "decimal", "v": "1"}
    assert outside(case("1 + 1", value), frozenset()) is None
    assert outside(case('time("10:00:00Z").hour', value), frozenset()) == "a zone or an offset"
    assert outside(case('date("-2017-12-31").day', value), frozenset()) == "a year outside 1 to 9999"
    assert outside(case('matches("a", "b")', value), frozenset()) == "left-out-pattern"
    assert outside(case("[1]", {"t": "list", "v": []}), frozenset()) == "a list or a context as the result"
    assert outside(case("date(i)", value), frozenset({"no-calendar-in-an-instant"})) == "a zone or an offset"


def test_what_the_language_has_lies_inside() -> None:
    """An instant, and what stands among the inputs without being named."""
    value, zoned = {"t": "boolean", "v": "true"}, {"t": "string", "v": "10:00:00@Europe/Paris"}
    assert outside(case('@"2026-07-01T12:00:00+08:00" = @"2026-07-01T04:00:00Z"', value), frozenset()) is None
    assert outside(case("1 = 1", value, {"Paris": zoned}), frozenset()) is None
    assert outside(case("time(Paris) = time(Paris)", value, {"Paris": zoned}), frozenset()) == "a zone or an offset"
