"""One case told step by step: causes with their places, conditions with their values, timers, clocks, and the end."""

from __future__ import annotations

import datetime
import random
import shutil
from pathlib import Path

import pytest

import workflow
from tests.engines.machines import a_log, a_machine
from workflow.diagnostics import WrongUsage
from workflow.plan.machines import FAILURES, Went
from workflow.plan.stepwords import OF_TIMERS
from workflow.report.explanation import render_case
from workflow.run.reference.machines import replayed
from workflow.run.reference.stepping import stepped
from workflow.words import LANGUAGES, has

CASES = Path(__file__).parent.parent / "golden" / "escalation"
LOG = """No,Time,What,Complaint,Seller,Severity
1,2026-10-12 09:00,opened,C-7,E1,
2,2026-10-12 09:30,acknowledged,C-7,,
3,2026-10-12 10:00,resolved,C-7,,
4,2026-10-12 10:30,reopened,C-7,,
5,2026-10-12 11:00,acknowledged,C-7,,
6,2026-10-12 11:10,resolved,C-7,,
7,2026-10-12 11:20,reopened,C-7,,
8,2026-10-12 11:30,acknowledged,C-7,,
9,2026-10-12 11:40,resolved,C-7,,
10,2026-10-12 11:50,reopened,C-7,,
11,2026-10-19 09:00,opened,C-7,E2,low
12,2026-10-19 17:00,opened,C-8,E2,low
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk of the golden cases, where a severity may be unknown; C-7 is opened again thrice, and then anew."""
    root = tmp_path_factory.mktemp("told") / "desk"
    shutil.copytree(CASES / "base", root)
    shutil.copy(CASES / "good" / "a-doubt-is-no-no" / "catalogue" / "events.yaml", root / "catalogue")
    (root / "records" / "complaints.csv").write_text(LOG, encoding="utf-8")
    return root


def told(desk: Path, language: str, case: str = "C-7") -> list[str]:
    """The lines of a case, each step and what stands below it on one line, without places."""
    until = datetime.datetime.fromisoformat("2026-10-19T10:00+08:00")
    found = workflow.explain_case(desk, "2026-Q4", case, as_of=until)
    return render_case(found, language, colour=False).splitlines()


def test_each_step_is_told_with_its_cause(desk: Path) -> None:
    """An unknown target, a count that is one too many, a timer that ends the case, and the next run that is pending."""
    text = " ".join(" ".join(told(desk, "en")).split())
    for line in (
        # No severity: which target fits is unknown. Due: 9 to 12, and then one hour of the afternoon.
        "1. 2026-10-12 09:00: Complaint opened (complaint.opened, 1): the case begins in open records/complaints.csv:2",
        "target of resolution, `severity: high`: severity is [missing]; whether it holds is unknown",
        "resolution starts, without a known target",
        "timer begins: after 4 working hours to escalated, due 2026-10-12 14:00",
        "2. 2026-10-12 09:30: Complaint acknowledged (complaint.acknowledged, 2): open -> in_progress",
        "timer cancelled: after 4 working hours to escalated, was due 2026-10-12 14:00",
        "resolution: 0:30 working hours",
        "resolution stops at 1:00 working hours",
        "Complaint reopened (complaint.reopened, 4): resolved -> escalated (level 1)",
        "`reopened <= 2`: reopened is 1; it holds",
        "triggers Answer at once, for E1",
        # 10:30 and 8 working hours, of 9 to 12 and 13 to 18: 1:30, 5, and 1:30 on the next day.
        "timer begins: after 1 working day to director, due 2026-10-13 10:30",
        "`reopened <= 2`: reopened is 2; it holds",
        "10. 2026-10-12 11:50: Complaint reopened (complaint.reopened, 10): a move from resolved is on this event,",
        "`reopened <= 2`: reopened is 3; it doesn't hold",
        "11. 2026-10-17 11:40: after 5 days: resolved -> closed escalations/complaint-desk.v1.yaml:31",
        "C-7#2 of E2, by version 1 1. 2026-10-19 09:00: Complaint opened (complaint.opened, 11): the case begins in",
        'target of resolution, `severity: high`: severity is "low"; it doesn\'t hold',
        "resolution starts: target 24:00 working hours",
        "2. as of 2026-10-19T10:00:00+08:00: so it stands timer pending: after 4 working hours to escalated, due",
        "resolution: 1:00 of 24:00 working hours, 23:00 left",
    ):
        assert line in text
    # 2, 2, 2 and then twice 3, 2, 2; the third reopening, the end; and of the second run 2, pending, shown.
    assert "the same 26 steps as in the replay of all cases" in text


def test_it_is_told_in_chinese(desk: Path) -> None:
    """The same steps, on as many numbered lines."""
    text = "\n".join(told(desk, "zh-CN"))
    assert "resolution 的时限，`severity: high`：severity 为 （缺）；是否成立未知" in text
    assert "`reopened <= 2`：reopened 为 3；不成立" in text
    assert "5天后：resolved -> closed" in text


def test_an_unknown_case_is_told_with_the_nearest(desk: Path) -> None:
    """C-8 comes only later on the day; of what is like C-7 that one is named."""
    with pytest.raises(WrongUsage) as caught:
        told(desk, "en", "C-77")
    assert [(each.code, each.args["near"]) for each in caught.value.diagnostics] == [("unknown-case", ("C-7",))]


def test_one_run_is_told_by_the_name_that_lists_give_it(desk: Path) -> None:
    """C-7 is opened anew on the 19th, which is its second run; a third there isn't."""
    text = " ".join(" ".join(told(desk, "en", "C-7#2")).split())
    assert "C-7#2 of E2, by version 1 1. 2026-10-19 09:00" in text
    assert "2026-10-12" not in text
    with pytest.raises(WrongUsage):
        told(desk, "en", "C-7#3")


@pytest.mark.parametrize("went", sorted(set(Went) - set(FAILURES)))
def test_every_step_has_its_words(went: Went) -> None:
    """Whatever the replay tells, alone or of a timer; what a run fails with is told by that."""
    name = went.name.lower().replace("_", "-")
    keys = [f"explain-case-{name}"] if went is not Went.SHOWN else ["explain-case-shows"]
    if went in OF_TIMERS and went not in {Went.CANCELLED, Went.PENDING}:
        keys = [f"explain-case-{name}-timer"] if went is not Went.SET else ["explain-case-timer"]
    assert [(key, language) for key in keys for language in LANGUAGES if not has("report", key, language)] == []


def test_watching_changes_no_step() -> None:
    """Of generated machines and logs: what is seen are the steps of the replay, each in one happening."""
    dice = random.Random(3)
    for _ in range(20):
        kernel = a_machine(dice)
        log = a_log(dice, kernel.until)
        assert [step for each in stepped(kernel, log) for step in each.steps] == replayed(kernel, log)
