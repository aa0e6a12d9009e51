"""Facts set by hand: which there are, in which days they hold, and what rests on them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import workflow
from tests.checks.small import HEAD as FIRST
from tests.plan.runs import WHOLE, evaluated, paid, withheld, workspace
from workflow.api import ENGINES
from workflow.checks.builtin import recordable
from workflow.report.explanation import render

OVERRIDES = """\
source: overrides
read: records/overrides.csv
event: fact.overridden
id: Id
changed: never
time: {column: Day}
fields: {fact: Fact, subject: Person, value: Value, from: From, until: Until, reason: Reason, by: By}
"""
BODY = """
    measures:
      revenue: {sum: amount, of: deal.won}
      csat: {average: score, of: survey.answered, if missing: 3}
    values:
      target: 1000 CNY
      attainment: revenue / target
      twice: 2 * attainment
    pay:
      bonus:
        when: twice >= 200%
        amount: 500 CNY
      service:
        when: csat >= 4.5
        amount: 70 CNY
"""
HEAD = "Id,Day,Fact,Person,Value,From,Until,Reason,By\n"


def run(folder: Path, rows: str, body: str = BODY, **records: str) -> Path:
    """A workspace in which these facts have been set."""
    files = {**WHOLE, "sources/overrides.yaml": OVERRIDES, "records/overrides.csv": HEAD + rows}
    return workspace(folder, body, records, files)


DEAL = "D1,E1,999.00,cloud,2026-07-15\n"


def slip(fact: str, value: str, first: str = "2026-07-01", last: str = "2026-09-30") -> str:
    """An override of a fact of E1."""
    return f"O-{fact},2026-10-01,bonus.{fact},E1,{value},{first},{last},New region,S1\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_read_through_another_decides(tmp_path: Path, engine: str) -> None:
    """999 of 1,000 is 99.9%, twice 199.8%; with the target at 999 it is 200%."""
    root = run(tmp_path, slip("target", "999 CNY"), deals=DEAL)
    assert paid(evaluated(root, engine)) == {"bonus": "500.00"}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_set_comes_before_if_missing(tmp_path: Path, engine: str) -> None:
    """The average has no answers and would be 3; 4.5 was said."""
    root = run(tmp_path, slip("csat", "4.5"), deals=DEAL)
    assert paid(evaluated(root, engine)) == {"service": "70.00"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_divisor_of_zero_no_longer_matters(tmp_path: Path, engine: str) -> None:
    """Attainment over a target of 0 is withheld, until somebody says what it is."""
    body = BODY.replace("target: 1000 CNY", "target: 0 CNY")
    nothing = run(tmp_path / "nothing", "", body, deals=DEAL)
    said = run(tmp_path / "said", slip("attainment", "100%"), body, deals=DEAL)
    assert withheld(evaluated(nothing, engine)) == {"bonus": ["divided-by-zero"]}
    assert (paid(evaluated(said, engine)), withheld(evaluated(said, engine))) == ({"bonus": "500.00"}, {})


def test_a_fact_without_source_has_no_columns(tmp_path: Path) -> None:
    """Only where somebody can set facts do results tell what was calculated."""
    root = workspace(tmp_path / "w", BODY, {"deals": DEAL}, WHOLE)
    out = tmp_path / "out"
    workflow.evaluate(root, "2026-Q3", out=out)
    names = pq.read_schema(out / "results" / "bonus.parquet").names
    assert "revenue" in names
    assert not [name for name in names if name.endswith((".calculated", ".overridden"))]


def test_what_a_clause_adds_up_event_by_event_is_no_fact(tmp_path: Path) -> None:
    """The clause goes on with its deals, so nobody may believe to have changed it."""
    body = """
        measures:
          revenue: {sum: amount, of: deal.won}
          deals: {count: events, of: deal.won}
        pay:
          each_deal: {for each: deal.won, on: amount, rate: 5%}
          monthly:
            accumulate: month
            on: revenue
            by: revenue
            mode: marginal
            tiers:
              - {from: 0 CNY, rate: 1%}
              - {from: 500 CNY, rate: 2%}
          many:
            when: deals > 3
            amount: 5 CNY
    """
    checked = workflow.check(workspace(tmp_path, body))
    assert checked.workspace is not None, checked.diagnostics
    assert recordable(checked.workspace)["fact.overridden"].fields["fact"].type.values == ("bonus.deals",)


def test_reasons_name_what_was_set_and_by_whom(tmp_path: Path) -> None:
    """A line that rests on it through two values says so."""
    root = run(tmp_path, slip("target", "999 CNY"), deals=DEAL)
    (line,) = evaluated(root, ENGINES[0]).actions
    told = dict(line.because)
    assert {name: told[name] for name in told if name.startswith("target.")} == {
        "target.calculated": "1000 CNY",
        "target.overridden": "O-target",
        "target.reason": "New region",
        "target.by": "S1",
    }


def test_a_line_that_does_not_rest_on_it_does_not_name_it(tmp_path: Path) -> None:
    """Service asks only for the average."""
    root = run(tmp_path, slip("csat", "5") + slip("target", "5000 CNY"), deals=DEAL)
    (line,) = evaluated(root, ENGINES[0]).actions
    assert [name for name, _ in line.because] == [
        "csat",
        "csat.calculated",
        "csat.overridden",
        "csat.reason",
        "csat.by",
    ]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "`attainment`: set to 100% by S1 from 2026-07-01 until 2026-09-30: New region. Calculated: 99.9%."),
        ("zh-CN", "`attainment`：由 S1 设定为 100%，自 2026-07-01 至 2026-09-30：New region。计算值：99.9%。"),
    ],
)
def test_an_explanation_tells_both(tmp_path: Path, language: str, sentence: str) -> None:
    """First how it was calculated, then who set it, to what, why, and where that is recorded."""
    root = run(tmp_path, slip("attainment", "100%"), deals=DEAL)
    text = render(workflow.explain(root, "2026-Q3", "E1", clause="bonus"), language, False)
    plain = "".join(text.split())
    assert "".join(sentence.split()) in plain
    assert "records/overrides.csv:2" in text
    assert plain.index("99.9%") < plain.index("".join(sentence.split()))


@pytest.mark.parametrize("engine", ENGINES)
def test_each_part_of_a_period_has_its_own_days(tmp_path: Path, engine: str) -> None:
    """A version begins on 16 August; what was set from that day on holds in the second part only."""
    later = FIRST.replace("version: 1", "version: 2").replace("2026-01-01}", "2026-08-16}\nmid-period: split")
    root = run(tmp_path, slip("csat", "5", "2026-08-16"), deals=DEAL)
    (root / "incentives" / "bonus.v2.yaml").write_text(later + textwrap.dedent(BODY), encoding="utf-8")
    result = evaluated(root, engine)
    assert [(each.version, each.clause) for each in result.actions] == [(2, "service")]
