"""What lines of single events rest on: the event's own values, in the order of time."""

from __future__ import annotations

from pathlib import Path

import pytest

import workflow
from tests.golden.cases import cases
from workflow.ledger.evaluation import Evaluation
from workflow.ledger.said import said
from workflow.report.summary import as_text
from workflow.words import LANGUAGES


def result(name: str, into: Path, engine: str = "duckdb") -> Evaluation:
    """What a golden case comes to."""
    case = next(case for case in cases("good") if case.folder.name == name)
    root = case.workspace(into / "workspace")
    return workflow.evaluate(root, str(case.says["period"]), engine=engine)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_a_line_names_its_event_and_what_it_adds(tmp_path: Path, engine: str) -> None:
    """A return stands where it happened, among the deals; its line says what it takes and what is left."""
    lines = result("a-return-reduces-the-running-total", tmp_path, engine).actions
    told = [(each.event, *(value for _, value in each.because)) for each in lines]
    assert told == [
        ("A1", "200 CNY", "200 CNY"),
        ("A2", "300 CNY", "500 CNY"),
        ("A3", "1500 CNY", "2000 CNY"),
        ("R1", "-1100 CNY", "900 CNY"),
        ("A4", "1200 CNY", "2100 CNY"),
        ("A5", "2000 CNY", "4100 CNY"),
        ("A6", "4500 CNY", "8600 CNY"),
    ]
    assert lines[3].because[0][0] == "amount"


def test_a_line_says_what_its_table_was_asked(tmp_path: Path) -> None:
    """The field of its own event, and the measure of the period; the summary names the event."""
    found = result("a-table-of-dimensions-for-each-deal", tmp_path)
    assert [dict(each.because)["product"] for each in found.actions] == ["cloud", "hardware"]
    assert {dict(each.because)["revenue"] for each in found.actions} == {"1100 CNY"}
    text = as_text(found, "2026-Q3", "en")
    assert "  bonus.commission: A1" in text
    assert "      amount 600 CNY; product cloud; revenue 1100 CNY\n" in text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("revenue", ("revenue", "revenue")),
        ("person.rate", ("person.rate", "person.rate")),
        ("pay.cap.before", ("lines before it", "此前各行合计")),
        ("cap.limit", ("limit", "限额")),
        ("carried.from", ("carried from", "结转自")),
        ("action.champion.rank", ("rank", "名次")),
        ("action.plan.row", ("periods in a row", "连续期数")),
        ("pay.bonus.total", ("total so far", "累计")),
        ("credit.day", ("day of the deal", "成交日")),
        ("claw_back.bonus.paid", ("bonus, paid then", "bonus 当时所付")),
        ("revenue.calculated", ("revenue as calculated", "revenue 计算值")),
        ("revenue.overridden", ("revenue set by hand in", "revenue 人工设定于")),
    ],
)
def test_what_readers_call_a_value(name: str, told: tuple[str, str]) -> None:
    """An author's word stays; a name of ours is put into words."""
    assert tuple(said(name, language) for language in ("en", "zh-CN")) == told


@pytest.mark.parametrize(
    "name", ["a-cap-never-hides-a-claw-back", "a-quota-set-by-hand", "what-a-cap-takes-is-carried"]
)
def test_no_name_of_ours_reaches_a_reader(name: str, tmp_path: Path) -> None:
    """Nor in the reasons below the lines."""
    because = [key for each in result(name, tmp_path).actions for key, _ in each.because]
    assert because
    for language in LANGUAGES:
        assert not {key for key in because if "." in said(key, language) and not key.startswith("person.")}
