"""What only some roles may see: nothing that is written, printed or counted for anybody else tells of it."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workflow
from tests.checks.small import ACTIONS, PEOPLE, WORKSPACE
from tests.golden.cases import cases
from tests.plan.runs import workspace
from workflow.diagnostics import WrongUsage
from workflow.ledger.account import Account
from workflow.ledger.evaluation import Evaluation
from workflow.report.explanation import render
from workflow.report.summary import as_text, document

HELP = """\
  quiet_help:
    when: csat < 3 and revenue >= 0 CNY
    support: counselling
  quiet_call:
    when: csat < 3 and person.commission_rate >= 0%
    support: counselling
    due: 5 working days
"""
BODY = """\
measures:
  csat: {average: score, of: survey.answered}
  revenue: {sum: amount, of: deal.won}
pay:
  bonus: {on: revenue, rate: 1%}
cap: none
actions:
  course:
    when: csat < 3
    training: basics
"""
FILES = {
    "catalogue/actions.yaml": ACTIONS
    + """\
  support:
    counselling:
      title: {en: Private talks, zh: 私人谈话}
      seen by: [hr, company_doctor]
""",
    "catalogue/people.yaml": PEOPLE
    + """\
roles:
  company_doctor: {title: {en: Company doctor, zh: 公司医生}}
  sales_director: {title: {en: Director of sales, zh: 销售总监}}
""",
    "calendars/cn.yaml": """\
calendar: cn
valid: {from: 2026-01-01, through: 2026-04-02}
source: A memo.
day: 8 hours
hours:
  monday to friday: [09:00..12:00, 13:00..18:00]
""",
}
RECORDS = {
    "people": "E2,2024-01-01,rep,S1,5%\nE3,2024-01-01,rep,S1,5%\nE4,2024-01-01,rep,S1,5%\n",
    "deals": "D1,E1,100.00,cloud,2026-07-01\nD2,E2,100.00,cloud,2026-07-01\n",
    "surveys": "A1,E1,1,2026-04-01\nA2,E1,1,2026-07-01\nA3,E2,1,2026-07-01\nA4,E3,5,2026-07-01\n",
}
TRACES = (
    "quiet_",
    "counselling",
    "Private talks",
    "私人谈话",
    "support",
    "Support",
    "支持",
    "calendar-",
    "commission_rate",
)
"""The clauses, the item with its titles, its kind, a warning and a column that only they can cause."""


def laid(folder: Path, body: str) -> Path:
    said = {"workspace.yaml": WORKSPACE + "calendar: cn\n"}
    return workspace(folder, body, RECORDS, FILES | said)


@dataclass(frozen=True, slots=True)
class Ran:
    """An evaluation, what explains it, and the folder of its files."""

    result: Evaluation
    account: Account
    out: Path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid(tmp_path_factory.mktemp("seen"), BODY + HELP)


def evaluated(root: Path, reader: str | None, out: Path) -> Evaluation:
    return workflow.evaluate(
        root, "2026-Q3", as_of=datetime.date(2026, 9, 30), reader=reader, out=out, workbook=True, engine="reference"
    )


@pytest.fixture(scope="module")
def ran(root: Path) -> Callable[[str | None], Ran]:
    """The workspace as a role sees it, each once."""

    @cache
    def run(reader: str | None) -> Ran:
        out = root.parent / f"out {reader}"
        account = workflow.explain(root, "2026-Q3", "E1", reader=reader, engine="reference")
        return Ran(evaluated(root, reader, out), account, out)

    return run


def written(out: Path) -> str:
    """All that a folder of files says, whatever its form."""
    texts = []
    for path in sorted(out.rglob("*")):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            texts += [str(table.schema.metadata), json.dumps(table.to_pylist(), default=str), str(table.column_names)]
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                texts += [book.read(name).decode() for name in book.namelist()]
        elif path.is_file():
            texts.append(path.read_text(encoding="utf-8"))
    return "\n".join(texts)


@pytest.mark.parametrize("reader", [None, "sales_director"])
def test_nothing_for_others_tells_of_it(ran: Callable[[str | None], Ran], reader: str | None) -> None:
    """Not the files, the summary, its JSON or an explanation, in either language."""
    seen = ran(reader)
    said = [written(seen.out)]
    for language in ("en", "zh-CN"):
        said.append(as_text(seen.result, "2026-Q3", language))
        said.append(json.dumps(document(seen.result, "2026-Q3", language), ensure_ascii=False))
        said.append(render(seen.account, language, colour=False))
    assert {trace for trace in TRACES for text in said if trace in text} == set()


def test_it_is_as_if_there_were_no_such_clause(ran: Callable[[str | None], Ran], tmp_path: Path) -> None:
    """The same rows, counts and bytes as of a policy without it, but for the policy's own digest."""
    evaluated(laid(tmp_path / "without", BODY), None, tmp_path / "out")
    one, other = ran(None).out, tmp_path / "out"
    for name in ("actions.jsonl", "actions.csv", "withheld.csv", "unmatched.csv", "lines.parquet", "workbook.xlsx"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    tables = [pq.read_table(each / "results" / "bonus.parquet").to_pylist() for each in (one, other)]
    assert tables[0] == tables[1]
    records = [json.loads((each / "run.json").read_text(encoding="utf-8")) for each in (one, other)]
    assert {**records[0], "files": None} == {**records[1], "files": None}


def test_those_who_may_see_it_do(ran: Callable[[str | None], Ran]) -> None:
    """In every output; which says whom it is for."""
    seen = ran("hr")
    assert [each.subject for each in seen.result.actions if each.clause == "quiet_help"] == ["E1", "E2"]
    assert [each.subject for each in seen.result.withheld if each.clause == "quiet_call"] == ["E1", "E2", "E4"]
    assert "calendar-ends-early" in {each.code for each in seen.result.diagnostics}
    text = written(seen.out)
    assert '"for": "hr"' in text
    assert "quiet_help" in text
    assert "for hr" in as_text(seen.result, "2026-Q3", "en")
    assert "Support: Private talks (`counselling`)" in render(seen.account, "en", colour=False)


def test_nor_that_somebody_asks_how_far_a_rating_fell(tmp_path: Path) -> None:
    """In a review whose only such action is for hr to see."""
    (case,) = (each for each in cases("good") if each.folder.name == "what-follows-from-a-rating")
    out = tmp_path / "out"
    workflow.evaluate(case.workspace(tmp_path / "workspace"), "2026-Q4", as_of=case.day("as of"), out=out)
    said = written(out)
    assert "promotion" in said
    assert [trace for trace in ("confidential", "support", "rating.fell", "rating.before") if trace in said] == []


@pytest.mark.parametrize(("reader", "tasks"), [(None, ["call-customer"]), ("hr", ["answer-now", "call-customer"])])
def test_nor_what_a_step_of_a_case_triggers(tmp_path: Path, reader: str | None, tasks: list[str]) -> None:
    """What everybody sees keeps its clause, its day and its identity."""
    (case,) = (each for each in cases("good") if each.folder.name == "a-complaint-climbs-over-the-holidays")
    root, out = case.workspace(tmp_path / "workspace"), tmp_path / "out"
    items = root / "catalogue" / "actions.yaml"
    text = items.read_text(encoding="utf-8").replace("    answer-now:", "    answer-now:\n      seen by: hr")
    items.write_text(text, encoding="utf-8")
    result = workflow.evaluate(root, "2026-Q4", as_of=case.day("as of"), reader=reader, out=out)
    own = [each for each in result.actions if each.subject == "E1" and each.kind == "task"]
    assert [each.what for each in own] == tasks
    assert (own[-1].clause, own[-1].due) == ("director.entry", datetime.date(2026, 10, 12))
    assert own[-1].id.endswith("director.entry/E1/2026-Q4/case/C-1%2F1")
    assert ("answer-now" in written(out)) is (reader == "hr")


def test_an_unknown_role_sees_nothing(root: Path, tmp_path: Path) -> None:
    """The roles that there are, are named."""
    with pytest.raises(WrongUsage) as refusal:
        evaluated(root, "boss", tmp_path / "out")
    (diagnostic,) = refusal.value.diagnostics
    assert diagnostic.args == {"found": "boss", "known": ("company_doctor", "hr", "sales_director")}
