"""The incentive policy: its head, credit, returns, measures, actions and versions."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from tests.checks.small import FILES, HEAD, MEASURES, POLICY, Told, measured, told, told_of
from workflow.checks.checked import Reversal
from workflow.words import say

RETURNS_SOURCE = """\
source: returns
read: records/returns.csv
event: deal.returned
id: Id
changed: never
time: Day
fields: {deal: Deal, amount: {column: Amount, currency: CNY}}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("policy: incentive", "policy: bonus", ("not-a-choice", "bonus")),
        ("subject: person", "subject: customer", ("not-a-choice", "customer")),
        ("each: quarter", "each: quater", ("unknown-period-kind", "quater")),
        ("from: 2026-01-01", "from: 2026-02-01", ("from-inside-period", "2026-02-01")),
        ("from: 2026-01-01", "from: 2026-01-01, through: 2025-12-31", ("through-before-from", "2025-12-31")),
        ("zh: 奖金", "zh: 奖金, fr: Prime", ("title-language", "Prime")),
        (", zh: 奖金", "", ("title-missing", "Bonus")),
        ("version: 1", "version: one", ("not-of-kind", "one")),
        ("id: bonus", "id: two words", ("not-of-kind", "two words")),
    ],
)
def test_a_head_is_refused(old: str, new: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert told_of("", HEAD.replace(old, new)).mistakes == [expected]


def test_a_day_inside_a_period_is_answered_with_its_neighbours() -> None:
    """The first day of the period it lies in, and of the next."""
    mistake = told_of("", HEAD.replace("2026-01-01", "2026-02-01")).only
    assert (mistake.args["period"], mistake.args["accepted"]) == ("2026-Q1", ("2026-01-01", "2026-04-01"))


@pytest.mark.parametrize("day", ["0001-01-01", "1900-05-05", "2200-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_period_reaches_is_no_failure(day: str) -> None:
    """A version that begins there is in force in no period that can be named."""
    assert told_of("", HEAD.replace("2026-01-01", day)).mistakes == []


def test_for_speaks_of_the_person_only() -> None:
    """On each day there is nothing else to speak of."""
    assert told_of("for: revenue > 0\n").mistakes == [("unknown-name", "revenue")]
    assert told_of("for: person.role\n").mistakes == [("not-a-condition", "person.role")]
    assert told_of('for: person.role = "rep"\n').mistakes == []


SHARED = "credit:\n  deal.won:\n    - {to: seller}\n    - {also to: supervisors above, share: 20%}\n"


@pytest.mark.parametrize(
    ("pay", "actions", "expected"),
    [
        ("a: {amount: 5 CNY}", "a: {training: basics}", [("name-twice", "a")]),
        ("a: {amount: 5 CNY, was: b}", "b: {training: basics}", [("identity-twice", "b")]),
        ("a: {amount: 5 CNY, was: z}", "b: {training: basics, was: z}", [("identity-twice", "z")]),
        ("a: {amount: 5 CNY, was: a}", "b: {training: basics, was: z}", []),
        ("2a: {amount: 5 CNY}", "b-c: {training: basics}", [("not-a-clause-key", "2a")]),
    ],
)
def test_two_clauses_never_have_one_identity(pay: str, actions: str, expected: list[tuple[str, str]]) -> None:
    """By its key, or the one it had before, each is known again."""
    assert told_of(f"pay:\n  {pay}\nactions:\n  {actions}\n").mistakes == expected


def test_a_kind_of_action_is_said_in_the_readers_language() -> None:
    """An unknown training is a 培训."""
    mistake = told_of("actions:\n  a: {training: basic}\n").only
    assert "培训" in say("zh-CN", "check", mistake.code, **mistake.args)


def test_credit_is_the_owners_and_a_share_of_it_the_overlays() -> None:
    """As the policy says; an event type without an entry is its owner's alone."""
    credit = measured(SHARED).policy.credit
    assert list(credit) == ["deal.won"]
    won = credit["deal.won"]
    assert [(each.field, each.parts, each.share) for group in won.direct for each in group] == [
        ("seller", None, Decimal(1))
    ]
    assert [(each.shares, each.every_level, each.field) for each in won.overlays] == [((Decimal("0.20"),), True, None)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("deal.one:\n    - {to: seller}", ("unknown-event", "deal.one")),
        ("rain.fell:\n    - {to: seller}", ("unknown-event", "rain.fell")),
        ("deal.returned:\n    - {to: seller}", ("unknown-event", "deal.returned")),
        ("deal.won:\n    - {to: buyer}", ("unknown-field", "buyer")),
        ("deal.won:\n    - {also to: person.supervisor, share: 0%}", ("share-not-possible", "0%")),
        ("deal.won:\n    - {also to: person.supervisor, share: -5%}", ("share-not-possible", "-5%")),
        ("deal.won:\n    - {also to: person.supervisor, share: 120%}", ("share-not-possible", "120%")),
        (
            "deal.won:\n    - {also to: person.supervisor, share: 1.0000000000001%}",
            ("literal-too-fine", "1.0000000000001%"),
        ),
        ("deal.won:\n    - {to: amount}", ("unknown-field", "amount")),
        ("deal.won:\n    - {to: seller, share: 50%}", ("shares-not-whole", "50%")),
        ("deal.won:\n    - {to: seller, also to: person.supervisor}", ("to-or-also-to", "deal.won")),
        ("deal.won:\n    - {share: 50%}", ("to-or-also-to", "deal.won")),
        ("deal.won:\n    - {also to: person.boss}", ("not-a-choice", "person.boss")),
    ],
)
def test_credit_is_refused(entries: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert measured(f"credit:\n  {entries}\n").mistakes == [expected]


def test_an_overlay_needs_supervisors_in_the_register() -> None:
    """Without that column there is nobody above."""
    files: dict[str, str | None] = {
        "catalogue/people.yaml": "people: {fields: {role: text}}\n",
        "sources/people.yaml": "source: people\nread: p.csv\nregister: people\nperson: P\nfields: {role: R}\n",
    }
    assert measured(SHARED, files).mistakes == [("unknown-name", "supervisors above")]


@pytest.mark.parametrize("count", ["in own period", "in the deal's period"])
def test_returns_count_in_the_way_that_is_said(count: str) -> None:
    """By the field that names the deal."""
    found = measured(f"returns: {{of: deal.returned, count: {count}}}\n", {"sources/returns.yaml": RETURNS_SOURCE})
    reversal = found.policy.reversal
    assert reversal is not None
    assert reversal == Reversal("deal.returned", "deal.won", "deal", count, reversal.span)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("{of: deal.won, count: in own period}", ("unknown-event", "deal.won")),
        ("{of: deal.retuned, count: in own period}", ("unknown-event", "deal.retuned")),
        ("{of: deal.returned, count: as claw back}", ("claw-back-not-said", "as claw back")),
        ("{of: deal.returned, count: later}", ("not-a-choice", "later")),
    ],
)
def test_returns_are_refused(returns: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert measured(f"returns: {returns}\n", {"sources/returns.yaml": RETURNS_SOURCE}).mistakes == [expected]


def beside_the_others(measure: str) -> Told:
    """A measure `x` beside the usual ones; that none is used is no matter here."""
    found = told_of(MEASURES + f"  x: {measure}\n")
    return Told(found.workspace, tuple(each for each in found.diagnostics if each.code != "unused"), found.texts)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("{of: deal.won}", ("one-function", "x")),
        ("{sum: amount, count: events, of: deal.won}", ("one-function", "x")),
        ("{sum: amount, of: deal.one}", ("unknown-event", "deal.one")),
        ("{sum: depth, of: rain.fell}", ("event-of-nobody", "rain.fell")),
        ("{sum: amount, of: deal.returned}", ("measure-of-returns", "deal.returned")),
        ("{sum: amont, of: deal.won}", ("unknown-field", "amont")),
        ("{sum: seller, of: deal.won}", ("not-a-quantity", "seller")),
        ("{greatest: product, of: deal.won}", ("not-a-quantity", "product")),
        ("{count: deals, of: deal.won}", ("not-a-choice", "deals")),
        ("{sum: amount, of: deal.won, answers needed: 3}", ("only-of-an-average", "3")),
        ("{sum: amount, of: deal.won, if missing: 5}", ("default-unit", "5")),
        ("{sum: amount, of: deal.won, if missing: 0 USD}", ("default-unit", "0 USD")),
        ("{sum: amount, of: deal.won, if missing: false}", ("default-unit", "false")),
        ("{sum: amount, of: deal.won, where: product}", ("not-a-condition", "product")),
    ],
)
def test_a_measure_is_refused(measure: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert beside_the_others(measure).mistakes == [expected]


def test_a_share_makes_the_digits_of_a_sum_more() -> None:
    """20% of an amount with four digits after the point has six."""
    policy = measured(SHARED).policy
    assert [(each.name, each.type.scale) for each in policy.measures[:2]] == [("revenue", 6), ("deals", 0)]


def test_the_latest_may_be_a_word() -> None:
    """It is taken, not calculated."""
    assert beside_the_others("{latest: product, of: deal.won}").policy.measures[-1].type.values == ("cloud", "hardware")


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("{due: 30 days}", ("one-action", "a")),
        ("{training: basics, coaching: recovery}", ("one-action", "a")),
        ("{training: basic}", ("unknown-action", "basic")),
        ("{coaching: basics}", ("unknown-action", "basics")),
        ("{training: basics, when: revenue}", ("not-a-condition", "revenue")),
        ("{training: basics, due: 30}", ("due-not-understood", "30")),
        ("{training: basics, due: 4 hours}", ("due-not-understood", "4 hours")),
        ("{training: basics, due: 1.5 days}", ("due-not-understood", "1.5 days")),
        ("{training: basics, due: 3 working days}", ("calendar-not-said", "3 working days")),
        ("{training: basics, due: 0 working days}", ("due-not-understood", "0 working days")),
        ("{training: basics, due: 3 working hours}", ("due-not-understood", "3 working hours")),
        ("{training: basics, due: 36501 days}", ("due-not-understood", "36501 days")),
        ("{training: basics, title: {en: Basics}}", ("title-missing", "Basics")),
    ],
)
def test_an_action_is_refused(action: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert measured(f"actions:\n  a: {action}\n").mistakes == [expected]


def test_a_former_key_keeps_the_identity() -> None:
    """Of a line of pay and of an action."""
    policy = measured("pay:\n  p: {amount: 5 CNY, was: q}\nactions:\n  a: {training: basics, was: b}\n").policy
    assert [(each.name, each.identity) for each in policy.pay] == [("p", "q")]
    assert [(each.name, each.identity) for each in policy.actions] == [("a", "b")]


def test_due_counts_days_or_months() -> None:
    """Each as said."""
    policy = measured(
        "actions:\n  a: {training: basics, due: 30 days}\n  b: {coaching: recovery, due: 2 个月}\n"
    ).policy
    assert [action.due for action in policy.actions] == [(30, "days"), (2, "months")]


def versions(*rows: tuple[int, str]) -> dict[str, str | None]:
    """Versions of one policy with their first days."""
    return {
        f"incentives/bonus.v{index}.yaml": HEAD.replace("version: 1", f"version: {number}").replace("2026-01-01", day)
        for index, (number, day) in enumerate(rows)
    }


def test_a_higher_version_begins_later() -> None:
    """Else no day would be left to the one before, or its days would have two."""
    found = told(versions((1, "2026-04-01"), (2, "2026-04-01")))
    assert found.mistakes == [("version-begins-early", "2026-04-01")]
    assert [span.path for span in found.only.related] == ["incentives/bonus.v0.yaml"]


def test_a_version_replaces_the_one_before_from_the_same_day() -> None:
    """Both files stay, and the higher one is in force."""
    workspace = told(versions((2, "2026-04-01"), (3, "2026-04-01, replaces: 2"))).workspace
    assert workspace is not None
    assert [policy.version for policy in workspace.policies] == [2, 3]


@pytest.mark.parametrize(
    ("rows", "mistake"),
    [
        ([(3, "2026-04-01, replaces: 2")], ("replaces-nothing", "2")),
        ([(1, "2026-01-01"), (2, "2026-04-01"), (3, "2026-04-01, replaces: 1")], ("replaces-another", "1")),
        ([(2, "2026-01-01"), (3, "2026-04-01, replaces: 2")], ("replaces-from-another-day", "2026-04-01")),
    ],
)
def test_what_a_version_can_replace(rows: list[tuple[int, str]], mistake: tuple[str, str]) -> None:
    """Only the one just before, and only from its own first day."""
    assert told(versions(*rows)).mistakes == [mistake]


def test_a_version_is_there_once() -> None:
    """Both files are shown."""
    found = told(versions((1, "2026-01-01"), (1, "2026-04-01")))
    assert [code for code, _ in found.mistakes] == ["version-twice"]
    assert len(found.only.related) == 1


def test_policies_stand_in_the_order_of_their_names_and_versions() -> None:
    """Whatever their files are called."""
    workspace = told(versions((10, "2026-07-01"), (2, "2026-04-01"), (9, "2026-06-30"))).workspace
    assert workspace is None
    workspace = told(versions((10, "2026-07-01"), (2, "2026-01-01"), (9, "2026-04-01"))).workspace
    assert workspace is not None
    assert [policy.version for policy in workspace.policies] == [2, 9, 10]
    assert workspace.policies[0].since == datetime.date(2026, 1, 1)


def test_a_policy_with_a_mistake_is_no_policy() -> None:
    """Nothing of it is run, nor of the others."""
    found = told({POLICY: HEAD.replace("quarter", "quater"), "incentives/other.yaml": HEAD.replace("bonus", "other")})
    assert found.workspace is None
    assert set(FILES) < set(found.texts)
