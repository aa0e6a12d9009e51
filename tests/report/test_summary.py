"""Who gets what and why, as people and as programs read it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from workflow.diagnostics import Diagnostic, Span
from workflow.ledger.entries import Action, Reason, Withheld, paid
from workflow.ledger.tiers import TierCount, Tiered
from workflow.ledger.uncounted import Uncounted
from workflow.ledger.unmatched import Unmatched
from workflow.ledger.unmet import Unmet
from workflow.report import summary as module
from workflow.report.cells import width
from workflow.report.jsontext import written
from workflow.report.summary import as_text, document

FILE = "incentives/bonus.v1.yaml"
COMMISSION = Action(
    id="n/bonus/commission/E-1/2026-Q3",
    kind="pay",
    policy="bonus",
    version=1,
    clause="commission",
    subject="E-1",
    period="2026-Q3",
    amount=Decimal("12345.60"),
    currency="CNY",
    what=None,
    due=None,
    expected=False,
    because=(("revenue", "1200000 CNY"), ("attainment", "112.5%")),
    span=Span(FILE, 24, 3, 24, 13),
)
TRAINING = replace(
    COMMISSION,
    kind="training",
    clause="coaching",
    subject="E-2",
    amount=None,
    currency=None,
    what="negotiation-basics",
    due=datetime.date(2026, 10, 30),
    because=(("attainment", "45%"),),
)
KICKER = Withheld("bonus", 1, "kicker", "E-1", "2026-Q3", (), Span(FILE, 31, 3, 31, 9))


@dataclass(frozen=True)
class Result:
    """A result of an evaluation, made by hand."""

    actions: tuple[Action, ...] = (COMMISSION, TRAINING)
    withheld: tuple[Withheld, ...] = ()
    dispositions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unmatched: tuple[Unmatched, ...] = ()
    refused: tuple[Diagnostic, ...] = ()
    uncounted: Uncounted = field(default_factory=dict)
    unmet: tuple[Unmet, ...] = ()
    tiers: tuple[Tiered, ...] = ()
    instead: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    totals: Mapping[str, Decimal] = field(default_factory=lambda: {"CNY": Decimal("12345.60")})
    as_of: datetime.date | None = datetime.date(2026, 9, 30)
    reader: str | None = None
    known_by: datetime.date | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=lambda: {"E-1": "李娜", "E-2": "Wang Wei"})
    titles: Mapping[tuple[str, str], Mapping[str, str]] = field(
        default_factory=lambda: {("bonus", "commission"): {"en": "Revenue commission", "zh": "销售提成"}}
    )


def test_each_person_has_lines_with_amount_reason_and_place() -> None:
    """The whole form in English: names, titles, amounts, the values compared, the policy's line."""
    assert as_text(Result(), "2026-Q3", "en").splitlines() == [
        "2026-Q3   as of 2026-09-30",
        "",
        "李娜 (E-1)" + " " * 66 + "CN¥12,345.60",
        "  Revenue commission" + " " * 56 + "CN¥12,345.60",
        "      revenue 1200000 CNY; attainment 112.5%",
        "      incentives/bonus.v1.yaml:24",
        "",
        "Wang Wei (E-2)",
        "  Training: negotiation-basics, due 2026-10-30",
        "      attainment 45%",
        "      incentives/bonus.v1.yaml:24",
        "",
        "Total" + " " * 71 + "CN¥12,345.60",
    ]


def test_chinese_readers_get_chinese_titles_and_amounts() -> None:
    """The title written `zh` serves zh-CN, and the yuan is ¥."""
    lines = as_text(Result(), "2026-Q3", "zh-CN").splitlines()
    assert lines[0] == "2026-Q3   截至 2026-09-30"
    assert lines[3] == "  销售提成" + " " * 68 + "¥12,345.60"
    assert lines[-1] == "合计" + " " * 74 + "¥12,345.60"


def test_amounts_end_in_one_column() -> None:
    """Full-width names don't push the amounts, and no line is wider than a page of 100."""
    lines = as_text(Result(), "2026-Q3", "zh-CN").splitlines()
    assert {width(line) for line in lines if line.endswith("5.60")} == {88}


def test_a_withheld_clause_names_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing stands below the clause, the person's total is partial, and the totals count it."""
    monkeypatch.setattr(module, "reason_text", lambda reason, language: f"{reason.code} in {language}")
    withheld = replace(KICKER, reasons=(Reason("no-answers", {}, Span(FILE, 12, 3, 12, 7)),))
    text = as_text(Result(withheld=(withheld,)), "2026-Q3", "en")
    assert "partial: CN¥12,345.60\n" in text
    assert f"withheld\n      no-answers in en\n      {FILE}:12\n" in text
    assert "1 clause is withheld until what it needs is known" in text


def test_dispositions_are_a_table() -> None:
    """A row a type of event, right-aligned counts, and only the ends that were met."""
    table = {"deal.won": {"used": 1200, "duplicate": 3, "not yet": 0}, "quota.set": {"used": 4}}
    text = as_text(Result(dispositions=table), "2026-Q3", "en")
    assert text.endswith("Events     used  duplicate\ndeal.won   1200          3\nquota.set     4          0\n")
    assert text.count("Events ") == 1


def test_refused_rows_are_grouped_by_reason() -> None:
    """Each reason with its count, its cure and the first places; the rest is counted."""
    rows = tuple(
        Diagnostic("file-failed", Span("exports/deals.csv", line, 1, line, 2), {"path": "p", "problem": "x"})
        for line in range(2, 10)
    )
    text = as_text(Result(refused=rows), "2026-Q3", "en")
    cure = "see that the file exists, that you may read or write it, and that the disk isn't full"
    assert (
        f"Refused rows\n  file-failed: 8 rows\n      {cure}\n      exports/deals.csv:2  `p` can't be used: x\n" in text
    )
    assert text.endswith("      exports/deals.csv:6  `p` can't be used: x\n      and 3 more\n")


def test_refused_rows_of_one_reason_with_two_cures_are_two_groups() -> None:
    """What one field accepts is not told of another."""
    rows = tuple(
        Diagnostic("word-unknown", Span("d.csv", line, 1, line, 2), {"found": "x", "column": name, "accepted": words})
        for line, name, words in (
            (2, "Product", ("cloud", "hw")),
            (3, "Region", ("east",)),
            (4, "Product", ("cloud", "hw")),
        )
    )
    text = as_text(Result(refused=rows), "2026-Q3", "en")
    assert "  word-unknown: 2 rows\n      accepted, written just so: cloud, hw\n" in text
    assert "  word-unknown: 1 row\n      accepted, written just so: east\n" in text


def test_nobody_gets_anything() -> None:
    """An empty result says so."""
    assert "nobody gets anything" in as_text(Result(actions=(), totals={}), "2026-Q3", "en")


def test_harmful_signs_of_data_are_visible() -> None:
    """A name or a value from the data can't command the terminal."""
    action = replace(COMMISSION, because=(("note\x1b", "\u202e1"),))
    text = as_text(Result(actions=(action,), names={"E-1": "Li\x1b[2J"}), "2026-Q3", "en")
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_sums_are_exact_beyond_python_s_usual_digits() -> None:
    """Amounts of 38 digits are added and shown to the last cent."""
    huge = replace(COMMISSION, amount=Decimal("123456789012345678901234567890123456.78"))
    assert paid([huge, COMMISSION]) == {"CNY": Decimal("123456789012345678901234567890135802.38")}
    assert "123,456,789,012,345,678,901,234,567,890,123,456.78" in as_text(Result(actions=(huge,)), "2026-Q3", "en")


def test_json_amounts_are_texts() -> None:
    """No program reads an amount as a float, and trailing zeros stay."""
    data = json.loads(written(document(Result(withheld=(KICKER,)), "2026-Q3", "en")))
    assert data["actions"][0]["amount"] == "12345.60"
    assert data["totals"] == {"CNY": "12345.60"}
    assert data["actions"][1] | {"amount": None, "due": "2026-10-30", "line": 24} == data["actions"][1]
    assert data["withheld"][0]["clause"] == "kicker"


def test_warnings_close_the_summary() -> None:
    """Warnings about the policies follow the results, with their count."""
    found = (Diagnostic("unknown-code", Span(FILE, 1, 1, 1, 2), {"wanted": "x", "near": ()}),)
    text = as_text(replace(Result(), diagnostics=found), "2026-Q3", "en")
    assert text.endswith("\n1 mistake in 1 file\n")


TIERED = Tiered(
    policy="customer-tier",
    title={"en": "Customer tiers", "zh": "客户等级"},
    version=1,
    period="2026-Q3",
    tiers=(TierCount("key", {"zh": "重要客户", "en": "Key customer"}, 12, 9), TierCount("prospect", {}, 0, 5)),
    changes={"first": 2, "rises": 0, "falls": 3, "stays": 9, "none": 1},
)


def test_how_many_have_each_tier_is_told_with_the_way_they_went() -> None:
    """At the beginning and the end of the period; ways that nobody went are left out."""
    shown = as_text(Result(tiers=(TIERED,)), "2026-Q3", "en")
    assert (
        """
Customer tiers, 2026-Q3  at its beginning  at its end
  Key customer                         12           9
  prospect                              0           5
  first tier 2; fallen 3; as before 9; undecided 1
"""
        in shown
    )
    assert shown.count("Customer tiers") == 1
    assert "首次评级 2；下降 3；不变 9；未定 1" in as_text(Result(tiers=(TIERED,)), "2026-Q3", "zh-CN")
    assert document(Result(tiers=(TIERED,)), "2026-Q3", "en")["tiers"] == [
        {
            "policy": "customer-tier",
            "version": 1,
            "period": "2026-Q3",
            "tiers": [{"tier": "key", "before": 12, "now": 9}, {"tier": "prospect", "before": 0, "now": 5}],
            "changes": {"first": 2, "rises": 0, "falls": 3, "stays": 9, "none": 1},
        }
    ]
