"""Events that went to nobody: which, whose they say they are, and why."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

import workflow
from docs import build
from tests.checks.small import EVENTS
from tests.ledger.test_uncounted import RETURNS
from tests.plan.runs import workspace
from workflow.ledger import unmatched as module
from workflow.ledger.evaluation import Evaluation
from workflow.report.summary import as_text, document

BODY = """\
for: person.role = "rep"
measures:
  revenue: {sum: amount, of: deal.won}
  quota: {latest: amount, of: quota.set}
returns: {of: deal.returned, count: in own period}
pay:
  bonus:
    when: quota > 0 CNY
    on: revenue
    rate: 1%
"""
RECORDS = {
    "people": "E2,2026-09-01,rep,S1,5%\nE3,2024-01-01,clerk,S1,5%\n",
    "deals": (
        "D1,E1,100.00,cloud,2026-07-01\nD2,E99,100.00,cloud,2026-07-01\nD3,E2,100.00,cloud,2026-07-01\n"
        "D4,E3,100.00,cloud,2026-07-01\nD5,,100.00,cloud,2026-07-01\n"
    ),
    "quotas": "Q1,E1,9.00,2026-Q3,2026-06-01\nQ2,E3,9.00,2026-Q3,2026-06-01\n",
    "surveys": "S1,E1,4,2026-07-01\nS2,E1,5,2026-07-01\n",
}
EXPECTED = [
    ("R1", "deal.returned", "", "it takes back `D77`, and no `deal.won` with that id is recorded", 2),
    ("R2", "deal.returned", "E99", "`E99` is in no register", 3),
    ("D2", "deal.won", "E99", "`E99` is in no register", 3),
    ("D3", "deal.won", "E2", "`E2` has no row in the register on 2026-07-01", 4),
    ("D4", "deal.won", "E3", "no policy that reads it covers `E3` on 2026-07-01", 5),
    ("D5", "deal.won", "", "it names nobody", 6),
    (
        "Q2",
        "quota.set",
        "E3",
        "`E3` has no result of it in 2026-Q3: no policy that reads it covers that person then",
        3,
    ),
]
UNREAD = "no policy of this period reads `survey.answered` (events: 2), so they are not listed one by one"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "sources/returns.yaml": RETURNS,
        "catalogue/events.yaml": EVENTS.replace(
            "seller: person, amount: money, prod", "seller: {is: person, optional: yes}, amount: money, prod"
        ),
    }
    folder = workspace(tmp_path_factory.mktemp("root"), BODY, RECORDS, files)
    records = "Id,Deal,Amount,Day\nR1,D77,1.00,2026-08-01\nR2,D2,1.00,2026-08-01\n"
    (folder / "records/returns.csv").write_text(records, "utf-8")
    return folder


@pytest.fixture(scope="module")
def result(root: Path) -> Evaluation:
    return workflow.evaluate(root, "2026-Q3", out=root / "out", workbook=True, engine="reference")


def test_each_reason_by_hand(root: Path, result: Evaluation) -> None:
    """Id, type, person, reason, file and line of each; a type that nothing reads is one row."""
    with (root / "out/unmatched.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    files = {"deal.returned": "returns", "deal.won": "deals", "quota.set": "quotas"}
    told = [(*row[:4], f"records/{files[row[1]]}.csv", str(row[4])) for row in EXPECTED]
    assert sorted(rows) == sorted([*told, ("", "survey.answered", "", UNREAD, "", "")])
    counts = {type_: ends.get("unmatched", 0) for type_, ends in result.dispositions.items()}
    assert counts == {"deal.returned": 2, "deal.won": 4, "quota.set": 1, "survey.answered": 2}


def test_the_summary_names_them(result: Evaluation) -> None:
    """As many as the table of events counts, and where all of them stand."""
    text = as_text(result, "2026-Q3", "en")
    assert "Unmatched events: they went to nobody\n  deal.returned: 2 events\n" in text
    assert "      `D3`: `E2` has no row in the register on 2026-07-01\n" in text
    assert "unmatched.csv" in text
    told = document(result, "2026-Q3", "en")["unmatched"]
    assert isinstance(told, list)
    assert sum(each["events"] for each in told) == 9


def test_a_file_is_named_only_for_what_stands_in_it(tmp_path: Path) -> None:
    """Events of a type that nothing reads are counted there, and none of them is listed."""
    root = workspace(tmp_path, BODY, {"surveys": "S1,E1,4,2026-07-01\n"}, {"sources/returns.yaml": RETURNS})
    (root / "records/returns.csv").write_text("Id,Deal,Amount,Day\n", "utf-8")
    text = as_text(workflow.evaluate(root, "2026-Q3", engine="reference"), "2026-Q3", "en")
    assert "  survey.answered: 1 event\n" in text
    assert "unmatched.csv" not in text


def test_only_so_many_are_looked_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest are counted."""
    monkeypatch.setattr(module, "MOST", 1)
    found = workflow.evaluate(root, "2026-Q3", engine="reference").unmatched
    assert [(each.id, each.why, each.count) for each in found if each.type == "deal.won"] == [
        ("D2", "unmatched-unknown", 1),
        (None, "unmatched-more", 3),
    ]


def test_an_event_that_no_case_could_take_says_so(tmp_path: Path) -> None:
    """Of a complaint that nobody opened, and of one that is closed since 17 October, five days after its solution."""
    desk = tmp_path / "desk"
    golden = build.ROOT / "tests" / "golden" / "escalation"
    shutil.copytree(golden / "base", desk)
    records = "good/a-complaint-climbs-over-the-holidays/records"
    shutil.copytree(golden / records, desk / "records", dirs_exist_ok=True)
    with (desk / "records" / "complaints.csv").open("a", encoding="utf-8") as file:
        file.write("90,2026-10-09 15:59,acknowledged,C-9,,\n91,2026-10-20 10:00,resolved,C-1,,\n")
    found = workflow.evaluate(desk, "2026-Q4", engine="reference").unmatched
    assert {each.id: (each.why, each.args) for each in found if each.id in {"90", "91"}} == {
        "90": ("unmatched-early", {"case": "C-9"}),
        "91": ("unmatched-late", {"case": "C-1"}),
    }
