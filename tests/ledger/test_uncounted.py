"""Refused rows at the names of those whom they are about."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workflow
from tests.checks.small import FILES
from tests.intake.records import sheet, texts, workbook
from tests.plan.runs import WHOLE, workspace
from workflow.report.explanation import render
from workflow.report.summary import as_text, document

RETURNS = """\
source: returns
read: records/returns.csv
event: deal.returned
id: Id
changed: never
time: Day
fields: {deal: Deal, amount: {column: Amount, currency: CNY}}
"""
BODY = """\
measures:
  revenue: {sum: amount, of: deal.won}
  quota: {latest: amount, of: quota.set}
returns: {of: deal.returned, count: in own period}
values:
  attainment: revenue / quota
pay:
  bonus: {on: revenue, rate: 1%}
  kicker:
    when: attainment >= 100%
    amount: 5 CNY
"""
PEOPLE = "".join(f"E{number},2024-01-01,rep,S1,5%\n" for number in range(2, 9))
RECORDS = {
    "people": PEOPLE,
    "deals": (
        'D0,E1,1200.00,cloud,2026-07-01\nD1,E1,"1,2",cloud,2026-07-01\nD2,E2,x,cloud,2026-04-01\n'
        "D3,E3,x,cloud,yesterday\nD4,E4,100.00,cloud,2026-07-01\nD5,E99,x,cloud,2026-07-01\nD6,E1,x,cloud,2026-07-02\n"
    ),
    "quotas": (
        "Q1,E5,x,2026-Q3,2026-06-01\nQ2,E6,x,2026-Q2,2026-08-01\nQ3,E7,9.00,Q3 of 2026,2026-06-01\n"
        "Q4,E4,9.00,2026-Q3,2026-06-01\n"
    ),
    "surveys": "S1,E8,9,2026-07-01\n",
}
NAMED = {"E1": ["D1", "D6"], "E3": ["D3"], "E4": ["R1"], "E5": ["Q1"], "E7": ["Q3"]}
"""Another quarter's deal and quota, a survey that nothing measures, and somebody in no register: at nobody's name."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = workspace(tmp_path_factory.mktemp("root"), BODY, RECORDS, {"sources/returns.yaml": RETURNS})
    (folder / "records/returns.csv").write_text("Id,Deal,Amount,Day\nR1,D4,x,2026-08-01\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def out(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "out"
    workflow.evaluate(root, "2026-Q3", out=folder, engine="reference")
    return folder


def test_at_whose_name_each_refused_row_stands(root: Path) -> None:
    """At those to whom the event belongs, a return at the seller of its deal, if it may belong to the period."""
    result = workflow.evaluate(root, "2026-Q3", engine="reference")
    lines = {"D1": 3, "D3": 5, "D6": 8, "Q1": 2, "Q3": 4, "R1": 2}
    found = {person: [row.span.line for row in rows] for person, rows in result.uncounted.items()}
    assert found == {person: [lines[id_] for id_ in ids] for person, ids in NAMED.items()}
    assert {each.subject: each.refused for each in result.actions}["E1"] == 2
    assert {each.subject: each.refused for each in result.withheld} == {
        f"E{number}": len(NAMED.get(f"E{number}", ())) for number in (1, 2, 3, 5, 6, 7, 8)
    }


def test_the_files_carry_how_many(out: Path) -> None:
    """Beside each entry and each line of the person."""
    acted = [json.loads(line) for line in (out / "actions.jsonl").read_text("utf-8").splitlines()]
    assert {each["subject"]: each["refused rows"] for each in acted} == {"E1": 2, "E4": 1}
    for name in ("actions.csv", "withheld.csv"):
        with (out / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["refused rows"] == str(len(NAMED.get(row["subject"], ()))), row
    lines = pq.read_table(out / "lines.parquet").select(["subject", "refused rows"]).to_pylist()
    assert {row["subject"]: row["refused rows"] for row in lines}["E3"] == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("partial: CN¥12.00", "not final: 2 rows about this person were refused and aren't counted")),
        ("zh-CN", ("部分：¥12.00", "尚非最终结果：有 2 行涉及此人的记录被拒绝，未计入")),
    ],
)
def test_the_summary_marks_the_total(root: Path, language: str, words: tuple[str, str]) -> None:
    """And names each row with its reason, at the person."""
    result = workflow.evaluate(root, "2026-Q3", engine="reference")
    text = as_text(result, "2026-Q3", language)
    person = text[text.index("E1") : text.index("E2")]
    assert all(each in person for each in words)
    assert "records/deals.csv:3\n" in person
    told = document(result, "2026-Q3", language)["uncounted"]
    assert isinstance(told, dict)
    assert sorted(told) == sorted(NAMED)


def test_rows_of_two_sheets_with_one_number_are_two(tmp_path: Path) -> None:
    """The sheets of a workbook are different sources, whose rows have the same numbers."""
    names = ("north", "south")
    files = {
        f"sources/{name}.yaml": FILES["sources/deals.yaml"]
        .replace("source: deals\n", f"source: {name}\n")
        .replace("read: records/deals.csv\n", f"read: records/deals.xlsx\nsheet: {name}\n")
        for name in names
    }
    root = workspace(tmp_path, BODY, RECORDS, {**files, "sources/returns.yaml": RETURNS})
    (root / "records/returns.csv").write_text("Id,Deal,Amount,Day\n", "utf-8")
    head = texts(1, "Id", "Seller", "Amount", "Product", "Day")
    sheets = (sheet(head, texts(2, f"X-{name}", "E8", "x", "cloud", "2026-07-01")) for name in names)
    (root / "records/deals.xlsx").write_bytes(workbook(*sheets, names=names))
    result = workflow.evaluate(root, "2026-Q3", engine="reference")
    assert [(row.span.path, row.span.line) for row in result.uncounted["E8"]] == [("records/deals.xlsx", 2)] * 2
    assert {each.refused for each in result.withheld if each.subject == "E8"} == {2}


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("E1", "`D1` isn't counted, since its row was refused: `1,2` in `Amount` is not an amount."),
        ("E4", "`R1` isn't counted, since its row was refused: `x` in `Amount` is not an amount."),
        ("E7", "`Q3` isn't counted, since its row was refused: "),
    ],
)
def test_an_explanation_names_the_row_below_its_measure(root: Path, person: str, told: str) -> None:
    """With the place of the record, and a total that is partial."""
    text = render(workflow.explain(root, "2026-Q3", person, engine="reference"), "en", False)
    assert told in " ".join(text.split())
    assert "Paid by this policy so far (partial)" in text


def test_a_target_of_another_kind_of_period_is_told(tmp_path: Path) -> None:
    """A quota for the year is none for a quarter; who looks for it learns that it is there, of this year only."""
    quotas = "Q1,E1,9.00,2026,2026-06-01\nQ2,E2,9.00,2025,2026-06-01\nQ3,E3,9.00,2026-Q2,2026-06-01\n"
    root = workspace(
        tmp_path,
        BODY.replace("returns: {of: deal.returned, count: in own period}\n", ""),
        {**RECORDS, "quotas": quotas},
    )
    result = workflow.evaluate(root, "2026-Q3", engine="reference")
    assert result.instead == {("bonus", "E1", "quota.set"): ("2026",)}
    told = "`quota`: no `quota.set` is recorded; `quota.set` is recorded for 2026, a period of another kind"
    assert as_text(result, "2026-Q3", "en").replace("\n      ", " ").count(told) == 1
    text = " ".join(render(workflow.explain(root, "2026-Q3", "E1", engine="reference"), "en", False).split())
    assert "There is something else: `quota.set` is recorded for 2026, a period of another kind." in text


MONTHLY = """\
policy: incentive
id: monthly
version: 1
title: {en: Monthly, zh: 月度}
effective: {from: 2026-01-01}
owner: hr
reason: Trial.
subject: person
each: month
measures: {revenue: {sum: amount, of: deal.won}}
pay:
  base: {on: revenue, rate: 1%}
"""


def test_a_refused_row_passes_through_the_facts_of_another_policy(tmp_path: Path) -> None:
    """A quarter that adds up what its months pay isn't final where a month isn't; the row of April is in none of it."""
    body = "measures: {months: {sum: monthly.total}}\npay:\n  extra: {on: months, rate: 10%}\ncap: none\n"
    deals = 'D0,E1,1000.00,cloud,2026-07-01\nD1,E1,"1,2",cloud,2026-08-02\nD2,E1,x,cloud,2026-04-01\n'
    records = {**RECORDS, "deals": deals, "quotas": "", "surveys": ""}
    root = workspace(tmp_path, body, records, {**WHOLE, "incentives/monthly.v1.yaml": MONTHLY})
    result = workflow.evaluate(root, "2026-Q3", engine="reference")
    found = [(each.span.line, each.own, each.through) for each in result.uncounted["E1"]]
    assert found == [(3, False, (("months", "monthly", "2026-08"),))]
    assert list(result.uncounted) == ["E1"]
    assert {each.refused for each in result.actions if each.subject == "E1"} == {1}
    text = as_text(result, "2026-Q3", "en")
    assert "partial: CN¥1.00" in text
    assert "`1,2` in `Amount` is not an amount; in `monthly` of 2026-08\n" in text
    told = document(result, "2026-Q3", "en")["uncounted"]
    assert isinstance(told, dict)
    assert told["E1"][0]["through"] == [{"policy": "monthly", "period": "2026-08", "column": "months"}]
    account = " ".join(render(workflow.explain(root, "2026-Q3", "E1", engine="reference"), "en", False).split())
    assert "Not final: 1 row about this person was refused, and isn't counted." in account
    assert "is not an amount. It is missing in `monthly` of 2026-08." in account
    assert "Paid by this policy so far (partial)" in account
