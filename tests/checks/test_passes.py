"""The checks as a whole: a workspace whose parts are missing, and what workspace.yaml and the catalogue may say."""

from __future__ import annotations

import pytest

from tests.checks.small import ACTIONS, DEALS_SOURCE, EVENTS, FILES, HEAD, PEOPLE, POLICY, WORKSPACE, Told, told
from workflow.model.typed import Rounding
from workflow.model.types import Kind

BARE: dict[str, str | None] = dict.fromkeys(FILES)
"""Nothing of the small workspace."""


def test_a_workspace_without_mistakes() -> None:
    """It has everything that was declared."""
    workspace = told({}).workspace
    assert workspace is not None
    assert (workspace.id, workspace.currency, workspace.zone) == ("small", "CNY", "Asia/Shanghai")
    assert sorted(workspace.registers["people"]) == ["commission_rate", "role", "supervisor"]
    assert workspace.registers["customers"] == {}


@pytest.mark.parametrize("file", ["workspace.yaml", "catalogue/events.yaml", "catalogue/people.yaml"])
def test_a_missing_file_is_told(file: str) -> None:
    """By its name; the other checks go on as far as they can."""
    found = told({file: None})
    assert found.workspace is None
    assert found.diagnostics[0].args == {"file": file} or "missing-file" in [code for code, _ in found.mistakes]
    assert [each.span.path for each in found.diagnostics if each.code == "missing-file"] == [file]


@pytest.mark.parametrize("file", ["catalogue/actions.yaml", "catalogue/customers.yaml"])
def test_a_file_that_may_be_missing(file: str) -> None:
    """A workspace that triggers nothing needs no catalogue of actions."""
    assert told({file: None}).mistakes == []


def test_nothing_but_what_is_missing_is_told_of_an_empty_folder() -> None:
    """Three files are needed."""
    assert [each.args["file"] for each in told(BARE).diagnostics] == [
        "catalogue/events.yaml",
        "catalogue/people.yaml",
        "workspace.yaml",
    ]


@pytest.mark.parametrize("file", ["incentive/bonus.yaml", "catalogue/event.yaml", "bonus.yml"])
def test_a_file_where_none_is_expected_is_told(file: str) -> None:
    """Silently left out, its policy would pay nothing."""
    found = told({file: HEAD})
    assert [(each.code, each.span.path) for each in found.diagnostics] == [("file-not-expected", file)]


def test_a_policy_without_a_workspace_is_still_checked() -> None:
    """What is wrong in it is told too; what is right isn't called wrong."""
    found = told({"workspace.yaml": None, POLICY: HEAD.replace("each: quarter", "each: quater")})
    assert ("unknown-period-kind", "quater") in found.mistakes


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("language: 1", "language: 2", ("unknown-edition", "2")),
        ("currency: CNY", "currency: RMB", ("unknown-currency", "RMB")),
        ("rounding: half up", "rounding: half-up", ("not-a-choice", "half-up")),
        ("Asia/Shanghai", "Asia/Shangai", ("unknown-zone", "Asia/Shangai")),
        ("days: calendar", "days: working", ("not-a-choice", "working")),
        ("ends: both", "ends: first", ("not-a-choice", "first")),
        ("factor: exact", "factor: rounded", ("not-a-choice", "rounded")),
        ("languages: [en, zh-CN]", "languages: [en, zh-CN, fr]", ("not-a-choice", "fr")),
        (", zh: 小", "", ("title-missing", "Small")),
    ],
)
def test_workspace_yaml_is_refused(old: str, new: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert told({"workspace.yaml": WORKSPACE.replace(old, new)}).mistakes == [expected]


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), ("JPY", 0), ("KWD", 3)])
def test_the_smallest_coin_of_a_currency(currency: str, digits: int) -> None:
    """A yen has no parts, a dinar a thousand."""
    files: dict[str, str | None] = {
        "workspace.yaml": WORKSPACE.replace("CNY", currency),
        POLICY: HEAD + f"pay:\n  p: {{amount: 5 {currency}}}\n",
    }
    assert told(files).policy.minor_digits == digits


@pytest.mark.parametrize("mode", list(Rounding))
def test_every_way_of_rounding_can_be_said(mode: Rounding) -> None:
    """By the words of the language."""
    files: dict[str, str | None] = {"workspace.yaml": WORKSPACE.replace("half up", mode.value), POLICY: HEAD}
    assert told(files).policy.rounding is mode


def test_proration_needs_a_day_count() -> None:
    """How days are counted is said by the workspace, not guessed."""
    uncounted = WORKSPACE.replace("day count: {days: calendar, ends: both, factor: exact}\n", "")
    policy = HEAD + "pay:\n  p: {amount: 5 CNY, prorate: days served}\n"
    assert told({"workspace.yaml": uncounted, POLICY: policy}).mistakes == [("day-count-missing", "days served")]
    assert told({POLICY: policy}).mistakes == []


def fields(written: str) -> Told:
    """An event type with one more field."""
    return told({"catalogue/events.yaml": EVENTS + f"  x.y:\n    fields: {{f: {written}}}\n"})


@pytest.mark.parametrize(
    ("written", "kind", "precision", "scale"),
    [
        ("money", Kind.MONEY, 18, 4),
        ("{is: money, digits after the point: 6}", Kind.MONEY, 20, 6),
        ("{is: money, digits after the point: 0}", Kind.MONEY, 14, 0),
        ("percent", Kind.RATIO, 15, 8),
        ("number", Kind.NUMBER, 18, 6),
        ("number from -1 to 5", Kind.NUMBER, 18, 6),
        ("yes or no", Kind.TRUTH, 0, 0),
        ("date", Kind.DATE, 0, 0),
        ("time", Kind.INSTANT, 0, 0),
        ('"one of [a, b]"', Kind.TEXT, 0, 0),
        ("customer", Kind.CUSTOMER, 0, 0),
    ],
)
def test_the_type_of_a_field(written: str, kind: Kind, precision: int, scale: int) -> None:
    """By its words."""
    workspace = fields(written).workspace
    assert workspace is not None
    of = workspace.events["x.y"].fields["f"].type
    assert (of.kind, of.precision, of.scale) == (kind, precision, scale)


@pytest.mark.parametrize("written", ["one of [a, b]", "one of [a，b]"])  # a full-width comma is one
def test_the_words_of_a_field(written: str) -> None:
    """Each stands alone."""
    workspace = fields(f'"{written}"').workspace
    assert workspace is not None
    assert workspace.events["x.y"].fields["f"].type.values == ("a", "b")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("mony", ("unknown-type", "mony")),
        ('"one of []"', ("unknown-type", '"one of []"')),
        ('"one of [a, a]"', ("unknown-type", '"one of [a, a]"')),
        ("number from 5 to 1", ("unknown-type", "number from 5 to 1")),
        ("{is: money, digits after the point: 7}", ("digits-not-possible", "money")),
        ("{is: text, digits after the point: 2}", ("digits-not-possible", "text")),
    ],
)
def test_the_type_of_a_field_is_refused(written: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert fields(written).mistakes == [expected]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("belongs to: buyer\n    fields: {buyer: text}", ("not-a-person-field", "buyer")),
        ("fields: {time: text}", ("reserved-name", "time")),
        ("fields: {a-b: text}", ("not-a-name", "a-b")),
        ("fields: {quarter: {is: period, optional: yes}}", ("period-optional", "quarter")),
        ("relates: {to: deal.on, by: d, as: reversal}\n    fields: {d: event}", ("unknown-event", "deal.on")),
        ("relates: {to: deal.won, by: d, as: reversal}\n    fields: {d: text}", ("unknown-field", "d")),
        ("relates: {to: deal.won, by: d, as: refund}\n    fields: {d: event}", ("not-a-choice", "refund")),
    ],
)
def test_an_event_type_is_refused(event: str, expected: tuple[str, str]) -> None:
    """Once, at the author's words."""
    assert told({"catalogue/events.yaml": EVENTS + f"  x.y:\n    {event}\n"}).mistakes == [expected]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("deal won", "not-an-event-name"),
        ("deal..won", "not-an-event-name"),
        ("9.won", "not-an-event-name"),
        ('"a;b"', "not-an-event-name"),
        ("lines", "reserved-name"),
        ("results", "reserved-name"),
        ("source.delivered", "reserved-name"),
        ("pay.adjusted", "reserved-name"),
        ("opening.set", "reserved-name"),
        ("fact.overridden", "reserved-name"),
        ("period.closed", "reserved-name"),
    ],
)
def test_the_name_of_an_event_type_is_refused(name: str, code: str) -> None:
    """Once, at the name."""
    assert told({"catalogue/events.yaml": EVENTS + f"  {name}:\n    fields: {{a: text}}\n"}).mistakes == [(code, name)]


@pytest.mark.parametrize("name", ["deal-2.won_again", "成交", "deal.line"])
def test_the_name_of_an_event_type_is_a_dotted_one(name: str) -> None:
    """Of letters of any script."""
    assert told({"catalogue/events.yaml": EVENTS + f"  {name}:\n    fields: {{a: text}}\n"}).mistakes == []


def test_what_is_triggered_has_a_title() -> None:
    """Readers of an action see it."""
    found = told({"catalogue/actions.yaml": ACTIONS + "  award: {star: {}}\n"})
    assert found.mistakes == [("title-missing", "star")]


def test_a_column_of_the_register_is_checked_as_a_field_is() -> None:
    """By the same rules."""
    found = told({"catalogue/people.yaml": PEOPLE + "    from: date\n"})
    assert found.mistakes == [("reserved-name", "from")]


def test_all_mistakes_are_told_in_the_order_of_files_and_lines() -> None:
    """In one run."""
    found = told({"workspace.yaml": WORKSPACE.replace("CNY", "RMB"), POLICY: HEAD.replace("quarter", "quater")})
    assert found.mistakes == [("unknown-period-kind", "quater"), ("unknown-currency", "RMB")]


PAY = """\
measures: {revenue: {sum: amount, of: deal.won}}
pay:
  base: {on: revenue, rate: 1%}
  fixed: {amount: 100 CNY}
cap: none
"""
"""What a policy pays: a share of the deals, and an amount."""


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("currency: CNY", "currency: RMB", "CNY"),  # not the nearest code, which is Russia's
        ("currency: CNY", "currency: CNQ", None),
        ("Asia/Shanghai", "CST", None),  # the nearest letters are those of Europe
        ("Asia/Shanghai", "Asia/Shangai", "Asia/Shanghai"),
    ],
)
def test_a_currency_or_zone_is_repaired_only_by_what_it_means(old: str, new: str, meant: str | None) -> None:
    """The nearest code may be that of another country."""
    (mistake,) = told({"workspace.yaml": WORKSPACE.replace(old, new)}).diagnostics
    assert (mistake.fix.text if mistake.fix else None) == meant


def test_a_currency_that_is_written_otherwise_is_told_once() -> None:
    """Amounts of the policies are in the currency that is meant."""
    found = told({"workspace.yaml": WORKSPACE.replace("CNY", "RMB"), POLICY: f"{HEAD}{PAY}"})
    assert found.mistakes == [("unknown-currency", "RMB")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("event: deal.won", "event: deal.wom", ("unknown-event", "deal.wom")),
        ("changed: never\n", "", ("missing-key", "deal.won")),
        ("changed: never", "changed: never\ndelivered: all of it", ("not-of-kind", "all of it")),
    ],
)
def test_a_source_with_a_mistake_still_records_its_event(old: str, new: str, expected: tuple[str, str]) -> None:
    """The mistake is told where it stands, and not once more in every policy."""
    found = told({"sources/deals.yaml": DEALS_SOURCE.replace(old, new), POLICY: f"{HEAD}{PAY}"})
    assert found.mistakes == [expected]


def test_the_repair_of_a_policys_name_keeps_the_fact() -> None:
    """A hyphen where formulas have `_`."""
    year = HEAD.replace("each: quarter", "each: year")
    extra = "measures: {paid: {sum: bonus-one.total}}\npay:\n  extra: {on: paid, rate: 5%}\ncap: none\n"
    one = HEAD.replace("id: bonus", "id: bonus-one")
    found = told({POLICY: f"{one}{PAY}", "incentives/year.yaml": f"{year}{extra}"})
    (mistake,) = found.diagnostics
    assert (mistake.code, mistake.fix.text if mistake.fix else None) == ("unknown-policy", "bonus_one.total")


def test_what_rests_on_a_workspace_that_cannot_be_read_is_not_told() -> None:
    """Nobody knows in which currency it would have been paid, or in which languages titles are."""
    body = PAY.replace("amount: 100 CNY", "amount: 100 CNY, prorate: days served")
    found = told({"workspace.yaml": WORKSPACE.replace("CNY", "cny"), POLICY: f"{HEAD}{body}"})
    assert found.mistakes == [("not-of-kind", "cny")]
