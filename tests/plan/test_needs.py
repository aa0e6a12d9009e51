"""Needs: which earlier occasions a run decides, in which order, and which of their results are read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import workflow
from tests.checks.small import HEAD, told
from tests.golden.cases import cases
from workflow.checks.periods import all_periods
from workflow.plan.needs import Calendar, Need, needs_of
from workflow.plan.occasions import RESULTS, policies_due

D = datetime.date
RETURNS = {
    "sources/returns.yaml": "source: returns\nread: records/returns.csv\nevent: deal.returned\nid: Note\n"
    "changed: never\ntime: {column: Day}\nfields: {deal: {column: Deal}, amount: {column: Amount, currency: CNY}}\n"
}


def policy(clause: str, name: str = "bonus", each: str = "quarter", since: str = "2025-07-01") -> str:
    """A policy with one training."""
    head = HEAD.replace("id: bonus", f"id: {name}").replace("each: quarter", f"each: {each}")
    return (
        f"{head.replace('from: 2026-01-01', f'from: {since}')}measures: {{revenue: {{sum: amount, of: deal.won}}}}\n"
        f"actions:\n  {name}_training:\n    when: revenue < 100 CNY\n    training: basics\n    {clause}\n"
    )


def needed(period: str, *policies: str, begins: Mapping[str, datetime.date | None] | None = None) -> tuple[Need, ...]:
    """What a run of the period decides."""
    sources = RETURNS if any("claw back:" in text for text in policies) else {}
    rules = told({f"incentives/{number}.yaml": text for number, text in enumerate(policies)} | sources).workspace
    assert rules is not None
    periods = all_periods(rules)
    return needs_of(Calendar(rules, periods, begins or {}), policies_due(rules, periods, period))


def shown(needs: tuple[Need, ...]) -> list[tuple[str, str, bool, tuple[str, ...]]]:
    return [(each.due.policy.id, each.due.period, each.own, each.columns.get(RESULTS, ())) for each in needs]


def test_a_clause_that_looks_at_its_own_period_needs_no_other() -> None:
    """One occasion, of which nothing is read."""
    assert shown(needed("2026-Q3", policy("due: 1 month"))) == [("bonus", "2026-Q3", True, ())]


def test_a_row_needs_as_many_periods_before_as_it_is_long() -> None:
    """Only their condition is read, so that they need nothing themselves."""
    condition = ("action.bonus_training.when",)
    assert shown(needed("2026-Q3", policy("periods in a row: 2"))) == [
        ("bonus", "2026-Q1", False, condition),
        ("bonus", "2026-Q2", False, condition),
        ("bonus", "2026-Q3", True, ()),
    ]


def test_a_row_ends_where_the_policy_was_not_in_force() -> None:
    """Of four quarters before only one had it."""
    needs = needed("2026-Q3", policy("periods in a row: 4", since="2026-04-01"))
    assert [each.due.period for each in needs] == ["2026-Q2", "2026-Q3"]


def test_once_per_year_needs_the_year_so_far_of_every_policy_with_the_item() -> None:
    """By the last day of the period, then by the policy; March stands before its quarter, its id being less."""
    needs = needed("2026-Q1", policy("once per: year"), policy("", "a", "month"))
    column = ("action.a_training",)
    assert shown(needs) == [
        ("a", "2026-01", False, column),
        ("a", "2026-02", False, column),
        ("a", "2026-03", False, column),
        ("bonus", "2026-Q1", True, ()),
    ]
    assert [due.period for due, *_ in needs[-1].reads["action.bonus_training.had"]] == ["2026-01", "2026-02", "2026-03"]


def test_what_is_needed_may_need_more() -> None:
    """Whether the item came in January depends on the two months before, though they lie in another year."""
    both = "periods in a row: 2\n    once per: year"
    periods = [each.due.period for each in needed("2026-02", policy(both, each="month"))]
    assert periods == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_periods_before_the_first_record_are_not_there() -> None:
    """Unless a source says what it delivered, and so isn't named here."""
    once = policy("once per: year")
    assert [each.due.period for each in needed("2026-Q3", once, begins={"deal.won": D(2026, 5, 1)})] == [
        "2026-Q2",
        "2026-Q3",
    ]
    assert [each.due.period for each in needed("2026-Q3", once, begins={"deal.won": None})] == ["2026-Q3"]
    assert len(needed("2026-Q3", once, begins={"survey.answered": None})) == 3


def capped(version: int, since: str, each: str, over: str | None) -> str:
    """A version of a policy of pay, with a cap that carries, that doesn't, or without any."""
    head = HEAD.replace("version: 1", f"version: {version}").replace("each: quarter", f"each: {each}")
    cap = f"cap: {{at most: 60 CNY, per: period, over: {over}}}\n" if over else ""
    return (
        f"{head.replace('from: 2026-01-01', f'from: {since}')}measures: {{revenue: {{sum: amount, of: deal.won}}}}\n"
        f"pay:\n  commission: {{on: revenue, rate: 10%}}\n{cap}"
    )


def test_what_is_carried_needs_every_period_back_to_the_first() -> None:
    """Of each only what its cap leaves, and of the first too."""
    needs = needed("2026-Q3", capped(1, "2026-01-01", "quarter", "carry"))
    on = ("cap.carried",)
    assert [(period, columns) for _, period, _, columns in shown(needs)] == [
        ("2026-Q1", on),
        ("2026-Q2", on),
        ("2026-Q3", ()),
    ]


def test_a_total_of_earlier_periods_needs_what_was_carried_to_them() -> None:
    """A year that adds up what its quarters pay: each total counts what the caps before it left."""
    year = HEAD.replace("id: bonus", "id: extra").replace("each: quarter", "each: year")
    extra = f"{year}measures: {{paid: {{sum: bonus.total}}}}\npay:\n  extra: {{on: paid, rate: 10%}}\n"
    needs = needed("2026", capped(1, "2026-04-01", "quarter", "carry"), extra)
    both = ("cap.carried", "paid.total")
    assert [(period, columns) for _, period, _, columns in shown(needs)] == [
        ("2026-Q2", both),
        ("2026-Q3", both),
        ("2026-Q4", both[1:]),
        ("2026", ()),
    ]


def test_it_passes_from_months_to_quarters() -> None:
    """The last month of the old version, and what it reads of the months before."""
    versions = capped(1, "2026-05-01", "month", "carry"), capped(2, "2026-07-01", "quarter", None)
    needs = needed("2026-Q3", *versions)
    assert [each.due.period for each in needs] == ["2026-05", "2026-06", "2026-Q3"]
    assert [each.due.period for each in needed("2026-Q4", *versions)] == ["2026-Q4"]


def test_a_cap_that_loses_needs_no_other_period() -> None:
    """Nothing is carried, and nothing was."""
    assert len(needed("2026-Q3", capped(1, "2026-01-01", "quarter", "lost"))) == 1


def test_a_claw_back_reads_what_was_paid_for_each_deal() -> None:
    """By person and event where the clause pays for each, by person where it pays on their sum, and what a cap took."""
    text = HEAD.replace("from: 2026-01-01", "from: 2026-04-01") + (
        "measures: {revenue: {sum: amount, of: deal.won}}\n"
        "pay:\n  each_deal: {for each: deal.won, on: amount, rate: 5%}\n  commission: {on: revenue, rate: 10%}\n"
        "cap: {at most: 60 CNY, per: period, over: lost}\n"
        "returns: {of: deal.returned, count: as claw back}\n"
        "claw back: {within: 3 months, of: the deal's day, at: rate paid}\n"
    )
    before, now = needed("2026-Q3", text)
    assert before.columns == {
        "results": ("pay.cap", "pay.cap.before", "pay.cap.when", "pay.commission", "pay.commission.when", "revenue"),
        "steps of each_deal": ("pay.each_deal", "pay.each_deal.due"),
    }
    assert {each.due.period for each in now.reads["claw_back"]} == {"2026-Q2"}


def test_a_tier_is_asked_only_of_days_on_which_something_counts(tmp_path: Path) -> None:
    """Of a policy that is in force for years: the months that are in force in the quarter, and those of the deals that
    are taken back in it. Whoever asks for `returns` in the deal's own period asks for none of these.
    """
    case = next(case for case in cases("good") if case.folder.name == "a-deal-has-the-tier-of-its-day")
    root = case.workspace(tmp_path / "workspace")
    tiers, bonus = root / "tiers" / "customer-tier.v1.yaml", root / "incentives" / "key-bonus.v1.yaml"
    text = tiers.read_text(encoding="utf-8").replace("each: quarter", "each: month")
    tiers.write_text(text.replace("from: 2026-01-01", "from: 1990-01-01"), encoding="utf-8")

    def asked(back: datetime.date | None) -> list[str]:
        rules = workflow.check(root).workspace
        assert rules is not None
        periods = all_periods(rules)
        due = [each for each in policies_due(rules, periods, "2026-Q2") if each.policy.id == "key-bonus"]
        needs = needs_of(Calendar(rules, periods, {}, lambda _event, _days: back), due)
        return [each.due.period for each in needs if not each.own]

    assert asked(None) == ["2026-03", "2026-04", "2026-05"]
    assert asked(D(2026, 1, 15)) == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    text = bonus.read_text(encoding="utf-8")
    bonus.write_text(text.replace("count: in own period", "count: in the deal's period"), encoding="utf-8")
    assert asked(D(2026, 1, 15)) == ["2026-03", "2026-04", "2026-05"]
