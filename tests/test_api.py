"""The front page of the package: what its functions take, give and raise."""

from __future__ import annotations

import datetime
import inspect
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import workflow
from tests.checks.small import HEAD, POLICY
from tests.plan.runs import WHOLE, workspace
from workflow import api
from workflow.api import policies, questions
from workflow.diagnostics import InputRefused, PoliciesRefused, WorkflowError, WorldFailed, WrongUsage
from workflow.report.diagnostics import message

BODY = """\
measures:
  revenue: {sum: amount, of: deal.won}
  csat: {average: score, of: survey.answered, answers needed: 2}
pay:
  bonus:
    title: {en: Bonus, zh: 奖金}
    on: revenue
    rate: 1%
actions:
  course:
    when: csat < 3
    training: basics
"""
DEALS = {"deals": "D1,E1,1200.00,cloud,2026-07-01\nD2,E1,300.00,cloud,2026-09-30\n"}
D = datetime.date


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two deals and no survey."""
    return workspace(tmp_path / "small", BODY, DEALS, WHOLE)


def codes(caught: pytest.ExceptionInfo[WorkflowError]) -> list[str]:
    """What an exception of the package says."""
    assert isinstance(caught.value, (PoliciesRefused, InputRefused, WrongUsage, WorldFailed))
    return [each.code for each in caught.value.diagnostics]


def test_the_package_offers_the_functions_of_its_api() -> None:
    """Those that don't begin with `_`, and no other name."""
    public = {
        name
        for room in (policies, questions)
        for name, each in inspect.getmembers(room, inspect.isfunction)
        if each.__module__ == room.__name__ and not name.startswith("_")
    }
    assert set(workflow.__all__) == public == set(api.__all__) - {"ENGINES"}
    assert public >= {"load", "check", "evaluate", "explain"}
    assert all(getattr(workflow, name) is getattr(api, name) for name in public)
    with pytest.raises(AttributeError):
        _ = workflow.pay_everybody


HEAVY = ("duckdb", "pyarrow", "numpy", "sqlglot", "transitions", "pandas")


@pytest.mark.parametrize(
    ("does", "loads"),
    [
        ("", ("pydantic", "yaml", "babel", "click", *HEAVY)),
        ("import pathlib; workflow.check(pathlib.Path(sys.argv[1]))", ("click", *HEAVY)),
    ],
)
def test_what_needs_no_engine_loads_none(small: Path, does: str, loads: tuple[str, ...]) -> None:
    """To import the package, and to check policies."""
    says = f"import sys, workflow\n{does}\nprint(*(set({loads!r}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", says, str(small)], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_load_gives_the_texts_and_what_they_say(small: Path) -> None:
    """Without judging it: an unknown name is no matter here."""
    (small / POLICY).write_text(HEAD + "pay:\n  p: {amount: unheard}\n", encoding="utf-8")
    loaded = workflow.load(small)
    assert loaded.diagnostics == ()
    assert loaded.texts[POLICY] == (small / POLICY).read_text(encoding="utf-8")
    assert [document.path for document in loaded.policies.policies] == [POLICY]
    assert not [path for path in loaded.texts if path.startswith("records/")]


def test_check_gives_the_workspace_and_its_warnings(small: Path) -> None:
    """A warning stops no run."""
    (small / POLICY).write_text(HEAD + BODY.replace("  revenue:", "  other: {count: events, of: deal.won}\n  revenue:"))
    checked = workflow.check(small)
    assert checked.workspace is not None
    assert [policy.id for policy in checked.policies] == ["bonus"]
    assert [(each.code, each.severity) for each in checked.diagnostics] == [
        ("unused", "warning"),
        ("pay-unlimited", "warning"),
    ]


def test_check_gives_all_mistakes_in_order_and_no_workspace(small: Path) -> None:
    """Of reading and of checking together."""
    (small / POLICY).write_text(HEAD.replace("quarter", "quater") + "pay:\n  p: {amount: unheard}\n", encoding="utf-8")
    (small / "sources" / "deals.yaml").write_text("source: deals\nread: [\n", encoding="utf-8")
    checked = workflow.check(small)
    assert (checked.workspace, checked.policies) == (None, ())
    found = [each.span for each in checked.diagnostics]
    assert found == sorted(found)
    assert {each.path for each in found} >= {POLICY, "sources/deals.yaml"}


@pytest.mark.parametrize("folder", ["", "none"])
def test_without_workspace_yaml_there_is_no_workspace(tmp_path: Path, folder: str) -> None:
    """In an empty folder, and in none."""
    for does in (workflow.load, workflow.check, lambda path: workflow.evaluate(path, "2026-Q3")):
        with pytest.raises(WrongUsage) as caught:
            does(tmp_path / folder)
        assert codes(caught) == ["no-workspace"]


@pytest.mark.parametrize("engine", api.ENGINES)
def test_evaluate_gives_the_periods_result(small: Path, engine: str) -> None:
    """Actions, withheld clauses, ends, totals, names and titles."""
    result = workflow.evaluate(small, "2026-Q3", engine=engine)
    assert [(each.clause, each.amount) for each in result.actions] == [("bonus", Decimal("15.00"))]
    assert [each.clause for each in result.withheld] == ["course"]
    assert result.totals == {"CNY": Decimal("15.00")}
    assert result.dispositions["deal.won"] == {"used": 2}
    assert result.as_of == D(2026, 9, 30)
    assert result.titles["bonus", "bonus"] == {"en": "Bonus", "zh": "奖金"}
    assert result.titles["bonus", "course"] == {"en": "Basics", "zh": "基础"}
    assert result.texts[POLICY] == HEAD + BODY


@pytest.mark.parametrize(
    "moment", [D(2026, 7, 31), datetime.datetime(2026, 7, 31, 15, 59, 59, 999999, datetime.UTC)], ids=["day", "instant"]
)
def test_evaluate_takes_a_day_or_an_instant(small: Path, moment: datetime.date) -> None:
    """What happened later is not yet there."""
    result = workflow.evaluate(small, "2026-Q3", as_of=moment, engine="reference")
    assert (result.as_of, result.dispositions["deal.won"]) == (moment, {"not yet": 1, "used": 1})


def test_evaluate_writes_files_only_where_asked(small: Path, tmp_path: Path) -> None:
    """Nothing is written into the workspace either."""
    before = sorted(path.as_posix() for path in tmp_path.rglob("*"))
    workflow.evaluate(small, "2026-Q3", engine="reference")
    assert sorted(path.as_posix() for path in tmp_path.rglob("*")) == before


def test_mistakes_in_policies_refuse_a_run(small: Path) -> None:
    """With all of them, and nothing was read of the records."""
    (small / POLICY).write_text(HEAD + "pay:\n  p: {amount: unheard}\n", encoding="utf-8")
    (small / "records" / "deals.csv").unlink()
    with pytest.raises(PoliciesRefused) as caught:
        workflow.evaluate(small, "2026-Q3")
    assert codes(caught) == ["unknown-name"]


def test_records_that_are_not_as_declared_refuse_a_run(small: Path) -> None:
    """A file without the column that its source names."""
    (small / "records" / "deals.csv").write_text("Id,Seller,Price,Product,Day\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        workflow.evaluate(small, "2026-Q3")
    assert codes(caught) == ["column-absent"]


@pytest.mark.parametrize(("period", "code"), [("2026-Q5", "unknown-period"), ("2025-Q4", "nothing-in-force")])
def test_a_period_that_nothing_decides_is_wrong_usage(small: Path, period: str, code: str) -> None:
    """One that there isn't, and one before any policy."""
    with pytest.raises(WrongUsage) as caught:
        workflow.evaluate(small, period)
    assert codes(caught) == [code]


@pytest.mark.parametrize("does", ["evaluate", "explain"])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"engine": "abacus"}, "unknown-engine"),
        ({"as_of": datetime.datetime(2026, 7, 31, 12)}, "moment-without-offset"),  # noqa: DTZ001
        ({"known_by": datetime.datetime(2026, 7, 31, 12)}, "moment-without-offset"),  # noqa: DTZ001
    ],
)
def test_an_engine_or_an_instant_that_is_none_is_wrong_usage(
    small: Path, does: str, said: dict[str, Any], code: str
) -> None:
    """Said before anything is read."""
    with pytest.raises(WrongUsage) as caught:
        getattr(workflow, does)(small, "2026-Q3", *(["E1"] if does == "explain" else []), **said)
    assert codes(caught) == [code]
    assert all(message(each, language) for each in caught.value.diagnostics for language in ("en", "zh-CN"))


@pytest.mark.parametrize(("person", "near"), [("E2", ()), ("e10081", ("E1008",)), ("E1080", ("E1008",)), ("X", ())])
def test_an_unknown_person_gets_the_ids_alike_and_no_others(tmp_path: Path, person: str, near: tuple[str, ...]) -> None:
    """Whoever asks isn't given a list of people."""
    people = {"people": "E1008,2024-01-01,rep,,\nA2,2024-01-01,rep,,\nA3,2024-01-01,rep,,\n"}
    root = workspace(tmp_path / "small", BODY, people, WHOLE)
    with pytest.raises(WrongUsage) as caught:
        workflow.explain(root, "2026-Q3", person, engine="reference")
    (found,) = caught.value.diagnostics
    assert found.args["near"] == (near or ("no-id-alike",))
    assert message(found, "en", ".help") == f"the nearest ids: {', '.join(near) or 'none is alike'}"


@pytest.mark.parametrize("engine", api.ENGINES)
def test_explain_gives_a_persons_account(small: Path, engine: str) -> None:
    """Every value, why one is missing, the events behind each measure, and the entries."""
    account = workflow.explain(small, "2026-Q3", "E1", engine=engine)
    (part,) = account.policies
    assert part.values["revenue"] == Decimal("1500.0000")
    assert part.values["csat"] is None
    assert [reason.code for reason in part.causes["csat"]] == ["nothing-recorded"]
    assert [(each.id, each.value, each.file, each.line) for each in part.events["revenue"]] == [
        ("D1", Decimal("1200.0000"), "records/deals.csv", 2),
        ("D2", Decimal("300.0000"), "records/deals.csv", 3),
    ]
    assert ([each.clause for each in part.actions], [each.clause for each in part.withheld]) == (["bonus"], ["course"])


@pytest.mark.parametrize("name", ["王磊", "wang", "王磊 Wang Lei"])
def test_explain_by_a_name_says_whose_it_is(name: str) -> None:
    """By the whole name or a word of it."""
    with pytest.raises(WrongUsage) as caught:
        workflow.explain(Path(__file__).parent.parent / "policies", "2026-Q3", name, engine="reference")
    (mistake,) = caught.value.diagnostics
    assert (mistake.code, mistake.args["near"]) == ("unknown-person", ("called-so:E1002",))


@pytest.mark.parametrize(
    ("person", "clause", "code"), [("E9", None, "unknown-person"), ("E1", "bonos", "unknown-clause")]
)
def test_explain_of_nobody_or_nothing_is_wrong_usage(small: Path, person: str, clause: str | None, code: str) -> None:
    """A person without a result, a clause that no policy has."""
    with pytest.raises(WrongUsage) as caught:
        workflow.explain(small, "2026-Q3", person, clause=clause, engine="reference")
    assert codes(caught) == [code]


def test_each_refusal_has_an_exit_code_of_its_own() -> None:
    """1 policies, 2 usage, 3 input, 4 the world."""
    assert [each.exit_code for each in (PoliciesRefused, WrongUsage, InputRefused, WorldFailed)] == [1, 2, 3, 4]
