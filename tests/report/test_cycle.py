"""Where reviews stand: who is in which stage, whose turn it is, what is due when, and what is late."""

from __future__ import annotations

import csv
import datetime
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.report.test_standing import laid
from workflow import api
from workflow.diagnostics import WrongUsage
from workflow.ledger.cycle import Cycle
from workflow.report.cycle import as_text, document

AS_OF = datetime.date(2026, 10, 20)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people and three stages, on 20 October 2026; the case works out its days."""
    return laid("a-cycle-in-working-days", tmp_path_factory.mktemp("reviews"))


@pytest.fixture(scope="module")
def cycle(reviewed: Path) -> Cycle:
    return asked(reviewed)


def asked(workspace: Path, as_of: datetime.date = AS_OF, **only: Any) -> Cycle:
    return api.reviews(workspace, as_of, engine="reference", **only)


def told(cycle: Cycle, language: str = "en") -> str:
    return " ".join(as_text(cycle, language).split())


def test_each_stage_says_how_many_are_where(cycle: Cycle) -> None:
    """Of eight: seven have assessed themselves, one of them a minute late; one form and one signature are there."""
    counts = {stage: dict(found) for (_, _, stage), found in cycle.counts.items()}
    assert {key: count for key, count in counts["self_assessment"].items() if count} == {
        "done": 7,
        "done late": 1,
        "open": 1,
        "open late": 1,
    }
    assert (counts["supervisor_review"]["open"], counts["supervisor_review"]["open late"]) == (6, 4)
    assert (counts["sign_off"]["waiting"], counts["sign_off"]["done"]) == (7, 1)


def test_a_person_s_line_says_whose_turn_it_is_and_how_late(cycle: Cycle) -> None:
    """Due on the 14th; the 15th, 16th, 19th and 20th are working days after it."""
    text = told(cycle)
    assert "Quarterly review, 2026-Q3 as of 2026-10-20" in text
    line = "self_assessment: open since 2026-10-08, due on 2026-10-14 18:00, late by 4 working days, with E3"
    assert f"{line}, reminded 4 times" in text
    assert "late by 3 working days, with S2, the successor of S3, who has left, went up to D1 on 2026-10-20" in text
    assert "late by 3 working days, with D1, since S3 has left" in text
    assert "done on 2026-10-14 by `A2`, due on 2026-10-14 18:00, late, after the close of work that day" in text
    assert "opened again on 2026-10-14, due on 2026-10-21 18:00, with S1" in text


def test_it_says_the_same_in_chinese(cycle: Cycle) -> None:
    """Every sentence."""
    text = told(cycle, "zh-CN").replace(" ", "")
    assert "季度考核，2026-Q3截至2026-10-20" in text
    assert "2026-10-1418:00到期，逾期4个工作日，由E3负责，提醒过4次" in text
    assert "由S2负责（S3已离开，由其继任），2026-10-20上报给D1" in text


def test_only_what_is_asked_for_is_listed(reviewed: Path) -> None:
    """Late: what is open and late. A stage: everybody's, also of those who haven't come to it. All are counted."""
    late = asked(reviewed, late=True)
    assert {(row.person, row.stage) for row in late.rows} == {
        ("E3", "self_assessment"),
        *((person, "supervisor_review") for person in ("E4", "E6", "E7", "E8")),
    }
    signing = asked(reviewed, stage="sign_off")
    assert [row.state for row in signing.rows] == ["done", *["waiting"] * 7]
    assert signing.counts == late.counts


def test_before_its_day_the_review_is_not_open(reviewed: Path) -> None:
    """7 October is a holiday; the review opens on the 8th. E8 has assessed himself already."""
    before = asked(reviewed, datetime.date(2026, 10, 7), stage="self_assessment", period="2026-Q3")
    assert [row.state for row in before.rows] == [*["waiting"] * 7, "done"]
    assert {row.opened for row in before.rows} == {datetime.date(2026, 10, 8)}
    assert "E1 self_assessment: opens on 2026-10-08, due on 2026-10-14 18:00" in told(before)


def test_at_an_instant_of_the_due_day_nobody_is_late_before_work_ends(reviewed: Path) -> None:
    """Due on 14 October at 18:00 in Shanghai: not late at 17:59, late a minute after six."""
    zone = datetime.timezone(datetime.timedelta(hours=8))
    early = asked(reviewed, datetime.datetime(2026, 10, 14, 17, 59, tzinfo=zone))
    after = asked(reviewed, datetime.datetime(2026, 10, 14, 18, 1, tzinfo=zone))
    assert next(row for row in early.rows if row.person == "E3").late is False
    row = next(row for row in after.rows if row.person == "E3")
    assert (row.late, row.late_by) == (True, 0)


def test_programs_get_every_value(cycle: Cycle) -> None:
    """With keys that never change."""
    found = document(cycle, "en")
    rows = found["rows"]
    assert isinstance(rows, list)
    row = next(row for row in rows if (row["person"], row["stage"]) == ("E6", "supervisor_review"))
    assert {key: row[key] for key in ("state", "actor", "asked", "instead", "late_by", "unit", "escalated_to")} == {
        "state": "open",
        "actor": "S2",
        "asked": "S3",
        "instead": "successor",
        "late_by": 3,
        "unit": "working days",
        "escalated_to": "D1",
    }


def test_a_run_writes_the_state_of_every_stage(reviewed: Path, tmp_path: Path) -> None:
    """reviews.csv has a row for each of eight people's three stages."""
    api.evaluate(reviewed, "2026-Q3", as_of=AS_OF, engine="reference", out=tmp_path / "out", workbook=True)
    with (tmp_path / "out" / "reviews.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 * 3
    row = next(row for row in rows if (row["subject"], row["stage"]) == ("E4", "supervisor_review"))
    assert (row["state"], row["opened"], row["due"]) == ("open", "2026-10-08", "2026-10-14")
    assert (row["late"], row["late by"], row["escalated"], row["escalated to"]) == ("yes", "4", "2026-10-19", "D1")


@pytest.mark.parametrize(
    ("only", "code"),
    [
        ({"policy": "yearly"}, "unknown-review"),
        ({"stage": "talk"}, "unknown-stage"),
        ({"period": "2026-Q1"}, "nothing-in-force"),
    ],
)
def test_what_is_not_there_is_wrong_usage(reviewed: Path, only: dict[str, Any], code: str) -> None:
    """Before anything is read."""
    with pytest.raises(WrongUsage) as wrong:
        asked(reviewed, **only)
    assert [each.code for each in wrong.value.diagnostics] == [code]


def test_before_any_period_is_over_there_is_no_cycle(reviewed: Path) -> None:
    """The first version is in force from July on, and its first quarter isn't over in August."""
    with pytest.raises(WrongUsage) as wrong:
        asked(reviewed, datetime.date(2026, 8, 1))
    assert [each.code for each in wrong.value.diagnostics] == ["no-review-in-force"]


def test_a_workspace_without_a_review_in_time_has_no_cycle(tmp_path: Path) -> None:
    """A review that doesn't open only asks what is done."""
    with pytest.raises(WrongUsage) as wrong:
        asked(laid("two-goals-and-their-weights", tmp_path))
    assert [each.code for each in wrong.value.diagnostics] == ["no-review"]


def test_refused_rows_are_told_below_the_reviews(reviewed: Path, tmp_path: Path) -> None:
    """A form of nobody is refused, and whoever looks for a missing one sees it."""
    changed = tmp_path / "changed"
    shutil.copytree(reviewed, changed)
    (source,) = (changed / "records").glob("selfs.csv")
    with source.open("a", encoding="utf-8") as file:
        file.write("," * source.read_text("utf-8").partition("\n")[0].count(",") + "\n")
    cycle = asked(changed)
    line = source.read_text("utf-8").count("\n")
    assert f"records/selfs.csv:{line}" in as_text(cycle, "en").partition("Refused rows\n")[2]
    told: Any = document(cycle, "zh-CN")["refused"]
    assert [each["line"] for each in told] == [line]
