"""The book: who an action is about and which clause it comes from make its id; dates and reasons can be read."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.checks.small import ACTIONS, HEAD, POLICY
from tests.plan.runs import WHOLE, evaluated, workspace
from workflow.diagnostics import Span
from workflow.ledger.entries import Action
from workflow.ledger.part import reasons
from workflow.plan.building import Builder

BODY = """\
measures:
  revenue: {sum: amount, of: deal.won}
  quota: {latest: amount, of: quota.set}
values:
  attainment: revenue / quota
pay:
  bonus:
    when: attainment >= 80%
    amount: revenue * 1%
actions:
  course:
    when: attainment >= 100%
    training: basics
    due: 30 days
"""
RECORDS = {"deals": "D1,E1,1200.00,cloud,2026-07-01\n", "quotas": "Q1,E1,1000.00,2026-Q3,2026-06-01\n"}


def actions(root: Path, period: str = "2026-Q3", as_of: datetime.date | None = None) -> dict[str, Action]:
    """Each action of the one person by its clause."""
    return {each.clause: each for each in evaluated(root, "reference", period, as_of).actions}


def test_an_id_is_made_of_workspace_policy_clause_subject_and_period(tmp_path: Path) -> None:
    """In that order."""
    found = actions(workspace(tmp_path, BODY, RECORDS, WHOLE))
    assert found["bonus"].id == "small/bonus/bonus/E1/2026-Q3"
    assert found["course"].id == "small/bonus/course/E1/2026-Q3"


def test_the_parts_of_an_id_cannot_run_together(tmp_path: Path) -> None:
    """A sign that parts them is spelled out, as is every letter that isn't ASCII."""
    people = "E/1 %王,2024-01-01,rep,,\n"
    body = "measures:\n  deals: {count: events, of: deal.won}\npay:\n  奖金:\n    when: deals = 0\n    amount: 5 CNY\n"
    found = evaluated(workspace(tmp_path, body, {"people": people}, WHOLE), "reference").actions
    assert [each.id for each in found if each.subject != "E1"] == [
        "small/bonus/%E5%A5%96%E9%87%91/E%2F1%20%25%E7%8E%8B/2026-Q3"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 7"),
        ("title: {en: Bonus, zh: 奖金}", "title: {en: Other, zh: 另外}"),
        ("reason: a test", "reason: another"),
        ("revenue * 1%", "revenue * 2%"),
        ("when: attainment >= 80%", "title: {en: B, zh: 奖}"),
        ("due: 30 days", "due: 2 months"),
        ("training: basics", "coaching: recovery"),
    ],
)
def test_another_content_is_a_revision_of_the_same_action(tmp_path: Path, old: str, new: str) -> None:
    """No version, amount or wording is a part of its id."""
    before = actions(workspace(tmp_path / "before", BODY, RECORDS, WHOLE))
    changed = (HEAD + BODY).replace(old, new)
    assert changed != HEAD + BODY
    after = actions(workspace(tmp_path / "after", BODY, RECORDS, {**WHOLE, POLICY: changed}))
    assert {name: each.id for name, each in after.items()} == {name: each.id for name, each in before.items()}


def test_a_renamed_clause_that_says_so_keeps_its_identity(tmp_path: Path) -> None:
    """`was:` names the former key; without it the clause is another one."""
    renamed = BODY.replace("  bonus:\n", "  premium:\n    was: bonus\n").replace("  course:\n", "  lesson:\n")
    found = actions(workspace(tmp_path, renamed, RECORDS, WHOLE))
    assert found["premium"].id == "small/bonus/bonus/E1/2026-Q3"
    assert found["lesson"].id == "small/bonus/lesson/E1/2026-Q3"


@pytest.mark.parametrize(
    ("each", "period", "due", "day"),
    [
        ("quarter", "2026-Q3", "30 days", "2026-10-30"),
        ("quarter", "2026-Q3", "2 months", "2026-11-30"),
        ("quarter", "2026-Q4", "2 months", "2027-02-28"),
        ("quarter", "2027-Q4", "2 months", "2028-02-29"),
        ("month", "2026-01", "1 months", "2026-02-28"),
        ("month", "2026-02", "1 months", "2026-03-28"),
        ("month", "2026-12", "0 days", "2026-12-31"),
        ("month", "2026-11", "13 months", "2027-12-30"),
    ],
)
def test_due_counts_from_the_periods_last_day(tmp_path: Path, each: str, period: str, due: str, day: str) -> None:
    """A day that a month lacks is its last."""
    body = f"actions:\n  course: {{training: basics, due: {due}}}\n"
    head = HEAD.replace("each: quarter", f"each: {each}")
    root = workspace(tmp_path, "", None, {**WHOLE, POLICY: head + body})
    assert actions(root, period)["course"].due == datetime.date.fromisoformat(day)


def test_an_action_without_due_has_no_day(tmp_path: Path) -> None:
    """Nor has a line of pay."""
    found = actions(workspace(tmp_path, BODY.replace("    due: 30 days\n", ""), RECORDS, WHOLE))
    assert [each.due for each in found.values()] == [None, None]


@pytest.mark.parametrize(("as_of", "expected"), [("2026-09-29", True), ("2026-09-30", False), ("2026-12-01", False)])
def test_before_the_periods_end_actions_are_expected(tmp_path: Path, as_of: str, expected: bool) -> None:  # noqa: FBT001
    """They come into being at its end."""
    found = actions(workspace(tmp_path, BODY, RECORDS, WHOLE), as_of=datetime.date.fromisoformat(as_of))
    assert [each.expected for each in found.values()] == [expected, expected]


def test_an_action_says_the_values_that_its_clause_read(tmp_path: Path) -> None:
    """Each once, in the order of reading; those of the condition before those of the amount."""
    found = actions(workspace(tmp_path, BODY, RECORDS, WHOLE))
    assert found["bonus"].because == (("attainment", "120%"), ("revenue", "1200 CNY"))
    assert found["course"].because == (("attainment", "120%"),)


def test_an_action_knows_its_line_in_the_policy(tmp_path: Path) -> None:
    """There the clause's key stands."""
    found = actions(workspace(tmp_path, BODY, RECORDS, WHOLE))
    lines = (HEAD + BODY).split("\n")
    assert [lines[each.span.line - 1].strip() for each in found.values()] == ["bonus:", "course:"]


def test_what_kind_of_action_it_is(tmp_path: Path) -> None:
    """Pay has an amount and its currency; anything else the catalogue's item."""
    found = actions(workspace(tmp_path, BODY, RECORDS, WHOLE))
    bonus, course = found["bonus"], found["course"]
    assert (bonus.kind, bonus.amount, bonus.currency, bonus.what) == ("pay", Decimal("12.00"), "CNY", None)
    assert (course.kind, course.amount, course.currency, course.what) == ("training", None, None, "basics")


def test_entries_stand_by_policy_person_and_clause(tmp_path: Path) -> None:
    """Pay in the policy's order, then actions."""
    body = "pay:\n  z: {amount: 1 CNY}\n  a: {amount: 2 CNY}\nactions:\n  m: {training: basics}\n"
    other = HEAD.replace("id: bonus", "id: another") + "pay:\n  p: {amount: 3 CNY}\n"
    files = {**WHOLE, "incentives/zzz.yaml": other, "catalogue/actions.yaml": ACTIONS}
    root = workspace(tmp_path, body, {"people": "E0,2024-01-01,rep,,\n"}, files)
    found = [(each.policy, each.subject, each.clause) for each in evaluated(root, "reference").actions]
    assert found == [
        ("another", "E0", "p"),
        ("another", "E1", "p"),
        *[("bonus", person, clause) for person in ("E0", "E1") for clause in ("z", "a", "m")],
    ]


def test_a_withheld_clause_names_what_is_unknown(tmp_path: Path) -> None:
    """With its place in the policy: here the measure's own."""
    result = evaluated(workspace(tmp_path, BODY, {"deals": RECORDS["deals"]}, WHOLE), "reference")
    lines = (HEAD + BODY).split("\n")
    assert result.actions == ()
    assert [(each.clause, each.subject, each.period) for each in result.withheld] == [
        ("bonus", "E1", "2026-Q3"),
        ("course", "E1", "2026-Q3"),
    ]
    for each in result.withheld:
        (reason,) = each.reasons
        assert (reason.code, reason.args["name"]) == ("nothing-recorded", "quota")
        assert lines[reason.span.line - 1].strip().startswith("quota:")


def test_a_mask_names_its_causes_in_the_plans_order() -> None:
    """A bit a cause."""
    builder = Builder()
    place = Span("a.yaml", 1, 1, 1, 2)
    for name in "abc":
        builder.cause("too-large", place, name=name)
    assert [each.args for each in reasons(builder.plan(), 0b101)] == [{"name": "a"}, {"name": "c"}]
    assert reasons(builder.plan(), 0) == ()


def test_entries_are_a_sequence(tmp_path: Path) -> None:
    """Of any length, from either end, in slices; equal to a tuple of the same."""
    found = evaluated(workspace(tmp_path, BODY, RECORDS, WHOLE), "reference").actions
    assert [each.clause for each in found] == ["bonus", "course"]
    assert (found[0].clause, found[-1].clause, len(found)) == ("bonus", "course", 2)
    assert found[:1] == (found[0],)
    assert found == tuple(found)
    assert hash(found) == hash(tuple(found))
    assert found != (found[1], found[0])
    with pytest.raises(IndexError):
        found[2]
