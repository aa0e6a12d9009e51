"""Every good case means what was worked out by hand, in every engine."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

import workflow
from tests.golden.cases import Case, cases
from workflow.api import ENGINES
from workflow.ledger.entries import Action, Withheld
from workflow.ledger.evaluation import Evaluation

WORDS = {
    "nothing-recorded": "no event",
    "too-few": "too few answers",
    "not-delivered": "not delivered",
    "other-currency": "other currency",
    "divided-by-zero": "division by zero",
    "unknown-of-person": "no value",
    "window-not-delivered": "window not delivered",
    "window-not-listed": "not listed",
    "in-no-group": "no group",
    "outside-scale": "outside its scale",
    "stage-open": "stage open",
    "too-many-rated": "too many rated",
    "no-such-rating": "no such rating",
    "nobody-acts": "nobody acts",
    "day-not-known": "day not known",
    "field-absent": "left out",
    "case-in-doubt": "in doubt",
    "no-goals": "no goals",
    "goal-weights": "weights",
    "goal-not-reported": "not reported",
    "goal-measured-later": "due on another day",
    "goal-not-of-team": "not of the team",
    "goal-of-nobody": "of nobody",
}
"""The cases' words for causes."""
WHO = ("person", "customer", "goal")
"""Whom a row is about, by the column that names it."""


@pytest.mark.parametrize("case", cases("good"), ids=lambda case: case.folder.name)
def test_means_what_was_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    """Lines, actions, withheld clauses, values and dispositions are those of the case, in every engine."""
    root = case.workspace(tmp_path / "workspace")
    period, as_of, known_by = str(case.says["period"]), case.day("as of"), case.day("known by")
    for engine in ENGINES:
        out = tmp_path / engine
        result = workflow.evaluate(
            root, period, as_of=as_of, known_by=known_by, engine=engine, reader=case.says.get("for"), out=out
        )
        _compare(result, out, case.expect, ZoneInfo(str(case.says.get("zone", "Asia/Shanghai"))))
        if any((out / "results").glob("*.cases.jsonl")):
            assert [each.problems for each in workflow.verify_cases(root, out) if each.problems] == []


def _compare(result: Evaluation, out: Path, expect: Any, zone: ZoneInfo) -> None:
    assert _lines(result, expect["lines"]) == [_key(row) | {"amount": row["amount"]} for row in expect["lines"]]
    if "actions" in expect:
        assert sorted_rows(_actions(result, expect["actions"])) == sorted_rows(expect["actions"])
    if "withheld" in expect:
        assert sorted_rows(_withheld(result, expect["withheld"])) == sorted_rows(expect["withheld"])
    if "warnings" in expect:
        told = [each for each in result.diagnostics if each.severity == "warning"]
        found = [{"code": each.code} | {name: _listed(arg) for name, arg in each.args.items()} for each in told]
        assert found == expect["warnings"]
    for row in expect.get("results", ()):
        assert _value(out, row) == _expected(row), row
    if "steps" in expect:
        assert _steps(out, expect["steps"], zone) == [
            {"hours": None, **row, "time": str(row["time"])} for row in expect["steps"]
        ]
    for end, count in expect.get("dispositions", {}).items():
        assert sum(ends.get(end, 0) for ends in result.dispositions.values()) == count, end


def _listed(argument: object) -> object:
    return list(argument) if isinstance(argument, tuple) else argument


def _key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("policy", *WHO, "clause", "event") if name in row}


def sorted_rows(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(str(sorted(row.items())) for row in rows)


def _lines(result: Evaluation, like: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All lines, in the order of the case."""
    found = [_of(action, like) | {"amount": f"{action.amount:f}"} for action in result.actions if action.kind == "pay"]
    order = [_key(row) for row in like]
    return sorted(found, key=lambda row: order.index(_key(row)) if _key(row) in order else len(order))


def _of(entry: Action | Withheld, like: list[dict[str, Any]]) -> dict[str, Any]:
    named = {"policy": entry.policy} if any("policy" in row for row in like) else {}
    paid_for = {"event": entry.event} if any("event" in row for row in like) else {}
    who = "customer" if any("customer" in row for row in like) else "person"
    return {**named, who: entry.subject, "clause": entry.clause, **paid_for}


def _about(result_clause: tuple[str, str], like: list[dict[str, Any]]) -> bool:
    """Whether the case speaks of that clause; an empty list speaks of all."""
    policy, clause = result_clause
    return not like or any(row["clause"] == clause and row.get("policy", policy) == policy for row in like)


def _actions(result: Evaluation, like: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for action in result.actions:
        if action.kind != "pay" and _about((action.policy, action.clause), like):
            row = _of(action, like) | {"kind": action.kind, "what": action.what}
            due = {"due": action.due} if any("due" in each for each in like) else {}
            to = {"to": action.to} if action.to is not None else {}
            found.append(row | due | to)
    return found


def _withheld(result: Evaluation, like: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for entry in result.withheld:
        if _about((entry.policy, entry.clause), like):
            because = sorted({WORDS.get(reason.code, reason.code) for reason in entry.reasons})
            found.append(_of(entry, like) | {"because": because})
    return found


def _steps(out: Path, like: list[dict[str, Any]], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The steps of all cases, at the time of the clocks of a zone; of the columns those that the case names."""
    (file,) = (out / "results").glob("*.cases.parquet")
    found = []
    for row in pq.read_table(file).to_pylist():
        moment = row["time"].replace(tzinfo=datetime.UTC).astimezone(zone).replace(tzinfo=None)
        hours = None if row["consumed"] < 0 else round(float(row["consumed"]) / 3_600_000_000, 6)
        told = {"version": int(row["version"]), "case": row["case"], "went": row["went"], "to": row["to"]}
        told |= {"time": _shown(moment), "hours": hours}
        found.append({name: value for name, value in told.items() if name in {"hours", *like[0]}})
    return found


def _shown(moment: datetime.datetime) -> str:
    return str(moment).removesuffix(":00")


def _value(out: Path, row: dict[str, Any]) -> object:
    """The value of a named column of a person's result."""
    for file in sorted((out / "results").glob(f"{row.get('policy', '*')}.parquet")):
        if file.name.endswith(".steps.parquet"):
            continue
        for found in pq.read_table(file).to_pylist():
            if any(name in row and found.get(name) == row[name] for name in WHO) and row["name"] in found:
                value = found[row["name"]]
                return str(value) if isinstance(value, bool | datetime.date) else value
    raise AssertionError(f"no {row}")


def _expected(row: dict[str, Any]) -> object:
    if row["value"] == "missing":
        return None
    try:
        return Decimal(str(row["value"]))
    except ArithmeticError:
        return str(row["value"])
