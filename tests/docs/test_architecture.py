"""The page on architecture is true to the plans that are made."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import get_args

import pytest

import workflow
from docs import build
from tests.golden.cases import cases
from workflow.checks.checked import CheckedIncentive
from workflow.plan import nodes
from workflow.plan.kinds import lower
from workflow.plan.nodes import Emit, Plan
from workflow.plan.occasions import Occasion, governs

PAGE = (build.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| `(results|lines|steps of CLAUSE|ends TYPE|events TYPE)` \| `([\w. ]+)` \| .+ \|$", PAGE, re.MULTILINE
)


SHOWN = (
    "hit-collect-adds-up-the-rows-that-apply",
    "a-value-decided-by-a-table",
    "borders-counted-in-what-the-company-keeps",
    "the-rate-of-the-day-of-the-deal",
    "a-table-of-dimensions-for-each-deal",
    "a-gate-behind-the-cap-takes-what-it-would-carry",
    "a-policy-uses-what-others-come-to",
)
"""Golden cases with what the example has none of: tables of several dimensions, lines for each event, limits, facts of
other policies."""


def _plans(workspace: Path) -> list[Plan]:
    rules = workflow.check(workspace).workspace
    assert rules is not None
    days = (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    occasion = Occasion("2026-Q3", *days, days, dict.fromkeys(rules.events, "whole"))
    policies = (each for each in rules.policies if isinstance(each, CheckedIncentive) and governs(rules, each, days[0]))
    return [lower(policy, rules, occasion).plan for policy in policies]


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> frozenset[tuple[str, str]]:
    """Every column of every output of the plans of the example, and of those cases."""
    plans = _plans(build.ROOT / "policies")
    for case in cases("good"):
        if case.folder.name in SHOWN:
            plans += _plans(case.workspace(tmp_path_factory.mktemp("case") / "workspace"))
    emitted = [(step.name, step.node) for plan in plans for step in plan.steps if isinstance(step.node, Emit)]
    return frozenset((name, column) for name, node in emitted for _, column in node.columns)


def _pattern(output: str, column: str) -> re.Pattern[str]:
    """What a row of the table stands for: words in capitals are names."""
    return re.compile(re.sub(r"[A-Z]+", r"[\\w.]+" if " " in output else r"\\w+", f"{output}/{column}"))


def test_every_column_is_explained(columns: frozenset[tuple[str, str]]) -> None:
    """No output has a column that the table doesn't name."""
    patterns = [_pattern(*row) for row in ROWS]
    unknown = [each for each in columns if not any(pattern.fullmatch("/".join(each)) for pattern in patterns)]
    assert unknown == []


@pytest.mark.parametrize("row", ROWS, ids="/".join)
def test_every_explained_column_is_there(row: tuple[str, str], columns: frozenset[tuple[str, str]]) -> None:
    """The table names nothing that no plan has."""
    assert any(_pattern(*row).fullmatch("/".join(each)) for each in columns)


def test_the_kinds_of_node_are_counted() -> None:
    """As many as the page says."""
    words = {13: "thirteen", 14: "fourteen", 15: "fifteen"}
    assert f"{words[len(get_args(nodes.Node))]} kinds of node" in PAGE


def test_every_room_is_shown() -> None:
    """Each folder of the package has its list of modules."""
    rooms = {path.parent.name for path in (build.ROOT / "src" / "workflow").glob("*/__init__.py")}
    assert set(re.findall(r"<!-- modules of: src/workflow/(\w+) -->", PAGE)) == rooms
