"""`workflow cases`: where cases stand over the week of holidays of the golden case, and what is asked of it in vain."""

from __future__ import annotations

import datetime
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from docs import build
from workflow.api import evaluate
from workflow.cli import main

CASES = build.ROOT / "tests" / "golden" / "escalation"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    root = tmp_path / "desk"
    shutil.copytree(CASES / "base", root)
    records = CASES / "good" / "a-complaint-climbs-over-the-holidays" / "records"
    shutil.copytree(records, root / "records", dirs_exist_ok=True)
    return root


@dataclass
class Result:
    """What a command gave."""

    exit_code: int
    output: str


def asked(desk: Path, *options: str) -> Result:
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out, redirect_stderr(out):
        patch.setattr(sys, "argv", ["workflow", "cases", str(desk), "--period", "2026-Q4", *options])
        return Result(main(), out.getvalue())


def test_where_a_case_stands_to_the_instant(desk: Path) -> None:
    """At 11:00 of 9 October C-1 is the director's: work of 2, 8 and 2 hours lies behind it."""
    result = asked(desk, "--as-of", "2026-10-09T03:00:00Z", "--format", "json")
    assert result.exit_code == 0, result.output
    (case,) = json.loads(result.output)["cases"]
    assert (case["case"], case["person"], case["state"], case["level"], case["ended"]) == (
        "C-1",
        "E1",
        "director",
        2,
        False,
    )
    hour = 3_600_000_000
    assert case["clocks"] == [{"clock": "resolution", "consumed": 12 * hour, "target": 8 * hour, "breached": True}]
    assert (case["began"], case["since"]) == ("2026-09-30T08:00:00+00:00", "2026-10-09T03:00:00+00:00")
    assert case["next"] is None


def test_a_microsecond_before_it_is_still_escalated(desk: Path) -> None:
    """What is due at an instant has happened by then, and not before."""
    result = asked(desk, "--as-of", "2026-10-09T02:59:59.999999Z", "--format", "json")
    (case,) = json.loads(result.output)["cases"]
    assert (case["state"], case["next"]) == (
        "escalated",
        {"timer": "escalated.timer", "due": "2026-10-09T03:00:00+00:00"},
    )


def test_one_case_with_every_step_in_both_languages(desk: Path) -> None:
    """The steps are those of the golden case; here they are only shown."""
    english = asked(desk, "--case", "C-2").output
    assert "2026-10-14 17:00  resumed" in english
    assert "1:30 / 24:00" in english
    assert "waiting -> in_progress" in english
    assert "计时继续" in asked(desk, "--case", "C-2", "--lang", "zh-CN").output
    assert "C-3" not in english


def test_what_is_asked_in_vain_is_refused(desk: Path) -> None:
    """With what there is."""
    for options, told in (
        (("--state", "opened"), "open, escalated, director"),
        (("--policy", "desk"), "complaint-desk"),
        (("--case", "C-11"), "C-1"),
    ):
        result = asked(desk, *options)
        assert result.exit_code == 2, result.output
        assert told in result.output


def test_cases_that_have_ended_are_counted(desk: Path) -> None:
    """By 25 October C-1 and C-2 have ended, and C-3 comes only later."""
    told = asked(desk, "--as-of", "2026-10-25", "--lang", "en").output
    assert "2 cases have ended: --ended tells them too" in told
    assert "2 个个案已经结束：加 --ended 一并列出" in asked(desk, "--as-of", "2026-10-25", "--lang", "zh-CN").output


def test_refused_rows_are_told_below_the_cases(desk: Path) -> None:
    """Whoever asks where cases stand must see that an event of theirs couldn't be read."""
    with (desk / "records" / "complaints.csv").open("a", encoding="utf-8") as file:
        file.write("4,2026-10-13 10:00,resolved,,,\n")
    page = asked(desk, "--ended").output
    head = (desk / "records" / "complaints.csv").read_text("utf-8").count("\n")
    assert "Refused rows\n" in page
    assert f"records/complaints.csv:{head}  " in page
    (refused,) = json.loads(asked(desk, "--format", "json").output)["refused"]
    assert (refused["file"], refused["line"]) == ("records/complaints.csv", head)


def test_a_log_is_verified_and_a_changed_one_found_out(desk: Path, tmp_path: Path) -> None:
    """The command says what a step says, and what would be right; its exit code tells a script."""
    out = tmp_path / "out"
    evaluate(desk, "2026-Q4", as_of=datetime.date(2026, 12, 31), out=out)
    assert verified(desk, out) == Result(0, "complaint-desk: 34 steps of 3 cases, each of them follows\n")
    lines = out / "results" / "complaint-desk.cases.jsonl"
    lines.write_text(lines.read_text("utf-8").replace("2026-10-08T03:00:00", "2026-10-08T03:30:00"), "utf-8")
    result = verified(desk, out, "--lang", "zh-CN")
    assert result.exit_code == 1
    assert "C-1 第 3 步，time：2026-10-08T03:30:00+00:00；应为 2026-10-08T03:00:00+00:00" in result.output
    found = json.loads(verified(desk, out, "--format", "json").output)["logs"][0]
    assert [(each["case"], each["turn"], each["what"]) for each in found["problems"]] == [
        ("C-1", 3, "time"),
        ("C-1", 3, "table"),
    ]


def verified(desk: Path, out: Path, *options: str) -> Result:
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as said, redirect_stderr(said):
        patch.setattr(sys, "argv", ["workflow", "verify", str(desk), str(out), *options])
        return Result(main(), said.getvalue())


def test_what_would_have_happened_by_another_version(desk: Path) -> None:
    """C-1 began by version 1; by version 2, which lets 2 hours pass, it climbs as work ends on 30 September."""
    migrated = CASES / "good" / "a-recorded-migration-takes-a-case-over" / "escalations"
    shutil.copytree(migrated, desk / "escalations", dirs_exist_ok=True)
    result = asked(desk, "--as-of", "2026-10-01", "--under", "2")
    assert "by version 2" in result.output, result.output
    assert "C-1 of E1: escalated (level 1) since 2026-09-30 18:00" in result.output
    result = asked(desk, "--as-of", "2026-10-01", "--under", "1")
    assert "C-1 of E1: open since 2026-09-30 16:00" in result.output
    assert asked(desk, "--under", "3").exit_code == 2
