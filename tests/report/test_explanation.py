r"""Explanations: every paid amount, every number's origin, in both languages.

The golden files in tests/golden/explain are what the command line shows for the example workspace. To write them anew,
after reading what has changed:

    for language in en zh-CN; do
        workflow explain policies --period 2026-Q3 --person E1008 --lang $language \
            > tests/golden/explain/E1008.$language.txt
    done
"""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.golden.cases import HERE, ROOT, Case, cases
from workflow import api
from workflow.api import driver
from workflow.diagnostics import CODES
from workflow.ledger.account import Account
from workflow.ledger.accounting import account_of
from workflow.ledger.entries import Reason
from workflow.model.terms import Function
from workflow.report.cells import width
from workflow.report.explanation import render
from workflow.report.explanation.page import CELLS
from workflow.report.money import amount_text
from workflow.report.summary import reason_text
from workflow.words import LANGUAGES, has

POLICIES = ROOT / "policies"
EXPECTED = {
    name: [row for row in rows if row["policy"] not in {"quarterly-review", "complaint-desk"}]
    for name, rows in yaml.safe_load(
        (HERE / "incentive/good/example-workspace/expected.yaml").read_text(encoding="utf-8")
    )["expect"].items()
    if name != "dispositions"
}
"""What the incentives of the example come to; the explanation of ratings and of cases have tests of their own."""
PEOPLE = tuple(sorted({row["person"] for row in (*EXPECTED["lines"], *EXPECTED["results"])}))
PLACE = re.compile(r"((?:incentives|records)/[\w.-]+):(\d+)")
AMOUNT = re.compile(r"-?CN¥[\d,]+\.\d+")


@pytest.fixture(scope="module")
def bonuses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example workspace with the incentives of its third quarter alone."""
    left_out = shutil.ignore_patterns(
        "reviews", "tiers", "goals", "escalations", "*.v2.yaml", "goal*.yaml", "complaints*", "*.md"
    )
    return shutil.copytree(POLICIES, tmp_path_factory.mktemp("bonuses") / "policies", ignore=left_out)


@pytest.fixture(scope="module")
def accounts(bonuses: Path) -> Mapping[str, Account]:
    """Everybody's account of the quarter, from one run."""
    with driver.run_of(bonuses, "2026-Q3", (None, None), "duckdb", None) as (run, lowered):
        engine = driver.engine_of("duckdb")
        return {person: account_of(run, lowered, engine, (bonuses, person, None)) for person in PEOPLE}


@pytest.fixture(scope="module")
def grace() -> Account:
    """The account of E1008 in the whole example, with her review."""
    return api.explain(POLICIES, "2026-Q3", "E1008", as_of=datetime.date(2026, 10, 31), engine="reference")


def golden(name: str, into: Path, person: str = "E1") -> Account:
    """The account of a person in a golden case."""
    case = next(case for case in cases("good") if case.folder.name == name)
    return _explained(case, into, person)


def _explained(case: Case, into: Path, person: str) -> Account:
    root = case.workspace(into / "workspace")
    known_by = case.day("known by")
    return api.explain(
        root, str(case.says["period"]), person, as_of=case.day("as of"), known_by=known_by, engine="reference"
    )


def english(account: Account) -> str:
    return render(account, "en", False)


def on_one_line(text: str) -> str:
    """The text without its places, line breaks and indentation, so that a sentence can be looked for."""
    return " ".join(PLACE.sub("", text).split())


def clause_of(text: str, policy: str, clause: str) -> str:
    """The part of an explanation that tells one clause of a policy."""
    part = text[text.index(f"`{policy}`") :].partition("Paid by this policy")[0]
    start = part.index(f"`{clause}`)" if f"(`{clause}`)" in part else f"\n`{clause}`")
    return part[start : part.index("\n\n", start)]


@pytest.mark.parametrize("row", EXPECTED["lines"], ids=lambda row: f"{row['person']}-{row['clause']}")
def test_every_paid_amount_is_explained(row: dict[str, Any], accounts: Mapping[str, Account]) -> None:
    """The amount that was worked out independently heads its clause, and ends its steps."""
    told = clause_of(english(accounts[row["person"]]), row["policy"], row["clause"])
    amount = amount_text(Decimal(row["amount"]), "CNY", "en")
    assert told.splitlines()[0].endswith(f"  {amount}")
    assert f"Paid: {amount}." in told


@pytest.mark.parametrize("row", EXPECTED["actions"], ids=lambda row: f"{row['person']}-{row['clause']}")
def test_every_action_is_explained(row: dict[str, Any], accounts: Mapping[str, Account]) -> None:
    """A triggered action names the item of the catalogue, after the condition that holds."""
    told = clause_of(english(accounts[row["person"]]), row["policy"], row["clause"])
    assert told.splitlines()[0].endswith("  triggered")
    assert "The condition `" in told
    assert f"(`{row['what']}`)" in on_one_line(told)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", EXPECTED["withheld"], ids=lambda row: f"{row['person']}-{row['clause']}")
def test_a_withheld_clause_names_what_is_missing(
    row: dict[str, Any], language: str, accounts: Mapping[str, Account]
) -> None:
    """The cause is in the explanation in words, with what would settle it."""
    account = accounts[row["person"]]
    part = next(part for part in account.policies if part.policy.id == row["policy"])
    withheld = next(each for each in part.withheld if each.clause == row["clause"])
    assert withheld.reasons
    text = "".join(render(account, language, False).split())
    for reason in withheld.reasons:
        assert "".join(reason_text(reason, language).split()) in text
    if language == "en":
        assert "Settled once" in clause_of(render(account, language, False), row["policy"], row["clause"])


@pytest.mark.parametrize("person", PEOPLE)
def test_the_listed_events_add_up_to_the_measure(person: str, accounts: Mapping[str, Account]) -> None:
    """The values below a sum, and the sum of those left out, are together the amount that the step states."""
    text, found = english(accounts[person]), 0
    for step in re.split(r"\n(?=  \d+\. )", text):
        if " is the sum of " not in step or "These are the events of" in step:
            continue
        sentence, _, rows = step.partition(".yaml:")
        stated = AMOUNT.findall(sentence)[-1]
        shown = [line for line in rows.splitlines() if re.match(r"\s+(\d{4}-\d\d-\d\d|…)", line)]
        assert sum(map(_amount, AMOUNT.findall("\n".join(shown)))) == _amount(stated), sentence
        found += 1
    assert found


def _amount(text: str) -> Decimal:
    return Decimal(text.replace("CN¥", "").replace(",", ""))


@pytest.mark.parametrize("person", PEOPLE)
def test_the_events_told_are_those_of_the_account(person: str, accounts: Mapping[str, Account]) -> None:
    """The sum of all events of a measure is its value in the result, also of those that the text leaves out."""
    for part in accounts[person].policies:
        for measure in part.policy.measures:
            if measure.function is Function.SUM:
                values = [each.value for each in part.events[measure.name]]
                assert sum(value for value in values if isinstance(value, Decimal)) == part.values[measure.name]


@pytest.mark.parametrize("person", PEOPLE)
def test_every_record_stands_where_it_is_said_to(person: str, accounts: Mapping[str, Account]) -> None:
    """The line of a record holds the event's id."""
    rows = re.findall(r"\d{4}-\d\d-\d\d  (\S+) .*?(records/\S+):(\d+)", english(accounts[person]))
    assert rows
    for event, file, line in rows:
        assert event in (POLICIES / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize("person", PEOPLE)
def test_every_step_names_the_line_it_tells(person: str, accounts: Mapping[str, Account]) -> None:
    """A measure, a value or a paid line is defined on its line; a condition stands on its own; a row begins there."""
    text = english(accounts[person])
    for step in re.findall(r"^  \d+\. .*(?:\n {5}(?! {3}\S).*)*", text, re.MULTILINE):
        place = PLACE.search(step)
        assert place, step
        line = (POLICIES / place[1]).read_text(encoding="utf-8").splitlines()[int(place[2]) - 1]
        sentence = on_one_line(step).split(" ", 1)[1]
        if told := re.match(r"(?:Not paid|Not triggered|The condition|Whether the condition)[^`]*`([^`]+)`", sentence):
            assert told[1] in line
        elif told := re.match(r"`([\w.]+)` (?:is the|counts|is `|is missing[. ])", sentence):
            assert line.strip().startswith(f"{told[1]}:")
        elif told := re.search(
            r"(?:reaches the row from|between the points) ([\d.]+%)|`([\w.]+)` is [^:]*: see ", sentence
        ):
            assert (told[1] or told[2]) in line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_is_left_unsaid_and_no_line_is_too_long(
    person: str, language: str, accounts: Mapping[str, Account]
) -> None:
    """No place of a sentence is left open, and what is told fits in the page."""
    text = render(accounts[person], language, False)
    assert not re.search(r"\{[a-z_]+\}", text)
    assert max(map(width, text.splitlines())) <= CELLS
    assert not any(line != line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_says_what_settles_it(language: str) -> None:
    """Whatever can be missing, there is a sentence about what would make it known."""
    for code in (code for code, told in CODES.items() if told.room == "run"):
        assert has("report", f"explain-settles-{code}", language), code


def test_both_languages_tell_the_same_steps(accounts: Mapping[str, Account]) -> None:
    """The same steps name the same lines in the same order."""
    for account in accounts.values():
        english_places, chinese_places = (PLACE.findall(render(account, language, False)) for language in LANGUAGES)
        assert english_places == chinese_places


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_golden_explanation(language: str, grace: Account) -> None:
    """Byte for byte what the command line shows, whichever engine has worked it out."""
    expected = (HERE / "explain" / f"E1008.{language}.txt").read_bytes()
    assert f"{render(grace, language, False)}\n".encode() == expected


def test_one_clause_is_told_with_what_it_needs(bonuses: Path) -> None:
    """With a clause asked for, its measures and values are told in full, and nothing else is."""
    text = english(api.explain(bonuses, "2026-Q3", "E1006", clause="service_kicker", engine="reference"))
    assert text.count("`service_kicker`") == 1
    assert "`commission`" not in text
    assert "`revenue` is the sum of" in text
    assert "CN¥5,000.00 × 71 / 92 = CN¥3,858.69565217…" in text
    assert "Paid by this policy" not in text


def test_a_border_that_twelve_digits_cannot_tell_is_told(tmp_path: Path) -> None:
    """A quotient that looks like its border says on which side it lies, and is never shown as the border."""
    text = on_one_line(english(golden("a-border-on-a-quotient-is-compared-exactly", tmp_path)))
    assert "`attainment`, 79.99…%, reaches the row from 0%" in text
    assert "CN¥7,999,999,999,999.96 / CN¥10,000,000,000,000.00 is less than 80%." in text


def test_a_missing_value_that_cannot_matter_is_named(accounts: Mapping[str, Account]) -> None:
    """A condition that known values decide is not paid whatever the missing one is."""
    told = on_one_line(clause_of(english(accounts["E1003"]), "key-account-bonus", "service_kicker"))
    assert "does not hold, whatever the missing value may be: [missing] >= 4.5 and 91.31% >= 100%." in told


def test_the_latest_of_several_is_marked(accounts: Mapping[str, Account]) -> None:
    """Of two quotas the one that counts has an arrow."""
    assert re.search(r"^ {10}2026-06-22  L-40 .*\n {8}→ 2026-07-06  L-43 ", english(accounts["E1012"]), re.MULTILINE)


def test_returns_are_told_apart(accounts: Mapping[str, Account]) -> None:
    """A return is negative, and isn't counted among the deals."""
    text = on_one_line(english(accounts["E1003"]))
    assert "over 11 events `deal.won` (Deal won): CN¥730,480.00." in text
    assert "each in the period in which it happens: 1 event `deal.returned` (Deal returned)." in text
    assert "2026-08-04 R-502 -CN¥64,300.00" in text


def test_the_days_served_are_told(accounts: Mapping[str, Account]) -> None:
    """Fewer days than the period has come with the condition that did not hold on the others."""
    text = on_one_line(english(accounts["E1006"]))
    assert 'Days served: 71 of the period\'s 92. On the others `person.role = "account manager" and' in text


def test_the_straight_line_between_points_can_be_recalculated(accounts: Mapping[str, Account]) -> None:
    """An interpolated rate is told with the points, the arithmetic, and all its digits."""
    text = on_one_line(english(accounts["E1101"]))
    line = "50% + (100% − 50%) × (94.4517888889% − 80%) / (100% − 80%) = 86.1294722222%"
    assert line in text
    assert "CN¥15,000.00 × 86.1294722222% = CN¥12,919.42083333." in text


def test_a_share_of_the_overlay_is_told(tmp_path: Path) -> None:
    """Who is credited with a share of other people's events is told which, and each event shows that share."""
    text = on_one_line(english(golden("a-share-for-the-supervisor", tmp_path, "S1")))
    assert "and 20% of each event of those who reported to the person on its day." in text


def test_the_share_of_each_event_is_told_and_the_way_it_came(tmp_path: Path) -> None:
    """Of a person's own credit, and of what came up from below; an event in two ways is one event."""
    case = "two-lines-meet-in-one-superior"
    own = on_one_line(english(golden(case, tmp_path / "own", "E1")))
    assert "D1 CN¥600.00 60% of CN¥1,000.00, direct" in own
    above = on_one_line(english(golden(case, tmp_path / "above", "D1")))
    assert "over 1 event `deal.won` (Deal won): CN¥200.00." in above
    assert "D1 CN¥120.00 12% of CN¥1,000.00, above E1, level 2" in above


def test_a_default_is_told(tmp_path: Path) -> None:
    """A value that `if missing` gives isn't told as one that was recorded."""
    text = on_one_line(english(golden("if-missing-zero", tmp_path)))
    assert (
        "`csat` would be missing with no event `survey.answered` (Survey answered), so `if missing` gives it: 0."
        in text
    )


def test_a_division_by_zero_is_told_by_the_authors_name(tmp_path: Path) -> None:
    """The cause names the value that the author divided, not a column of ours."""
    text = english(golden("zero-quota-is-division-by-zero", tmp_path))
    assert "Missing: `attainment` would be divided by zero." in text
    assert "pay.extra" not in text


def test_a_negative_base_counts_as_nothing(tmp_path: Path) -> None:
    """A rate of less than nothing is nothing, and the step says why."""
    text = on_one_line(english(golden("a-plain-rate-of-a-negative-result-pays-nothing", tmp_path)))
    assert "is negative, and counts as 0. " in text
    assert "Paid: CN¥0.00." in text


def test_colours_only_when_asked(accounts: Mapping[str, Account]) -> None:
    """Plain text has no escape sequence, and colours add nothing else."""
    plain, coloured = english(accounts["E1008"]), render(accounts["E1008"], "en", True)
    assert "\x1b" not in plain
    assert "\x1b" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_what_authors_and_records_say_is_made_visible(accounts: Mapping[str, Account]) -> None:
    """Signs that a terminal obeys are spelled out, wherever they come from."""
    account = accounts["E1008"]
    part = account.policies[0]
    events = {
        name: tuple(replace(each, id=f"\x1b{each.id}", file=f"\u202e{each.file}") for each in rows)
        for name, rows in part.events.items()
    }
    reason = Reason("too-few", {"name": "c\x07sat", "event": "e", "needed": "3"}, part.policy.span)
    policy = replace(part.policy, title={"en": "a\x9bb"})
    texts = {path: text.replace("for: person", "for: p\u200brson") for path, text in account.texts.items()}
    hostile = replace(part, policy=policy, events=events, causes=dict.fromkeys(part.causes, (reason,)))
    text = english(replace(account, name="x\x1by", policies=(hostile,), texts=texts))
    assert not set("\x1b\u202e\x07\x9b\u200b") & set(text)
    assert {"<U+001B>", "<U+202E>", "<U+0007>", "<U+009B>", "<U+200B>"} <= set(re.findall(r"<U\+\w{4}>", text))


def test_a_clause_of_another_persons_policy_is_said_to_be_none_of_theirs(bonuses: Path) -> None:
    """Who asks why a clause pays nothing is told that its policy is for others."""
    assert "does not cover this person" in english(
        api.explain(bonuses, "2026-Q3", "E1008", clause="team_bonus", engine="reference")
    )


def test_the_days_of_a_window_are_told_with_its_events(tmp_path: Path) -> None:
    """A reader can count the events of other days, and knows which measure they are of."""
    text = on_one_line(english(golden("growth-over-the-same-period-last-year", tmp_path)))
    assert "Looked at over `same period last year`: 2025-07-01 to 2025-09-30. It is `revenue` of those days." in text
    assert "2025-07-01 D2 CN¥1,000.00 2025-09-30 D3 CN¥2,000.00 3. `growth`" in text


def test_a_window_without_days_is_told(tmp_path: Path) -> None:
    """Where the file of periods lists none, what would settle it is said."""
    text = on_one_line(english(golden("a-period-that-no-file-lists-withholds", tmp_path)))
    assert "Looked at over `previous period`, of which there are no days." in text
    assert "the file of periods lists the earlier periods that `previous period` needs" in text


def test_the_members_events_of_a_group_are_told(tmp_path: Path) -> None:
    """All of them with the group, not only the person's own; of who is in no group the reason alone."""
    text = on_one_line(english(golden("a-team-has-one-supervisor", tmp_path)))
    assert 'Taken over everybody whom the policy covers in the period with `person.supervisor` = "S1"' in text
    assert "2026-07-10 D1 CN¥1,000.00 2026-09-10 D3 CN¥4,000.00" in text
    alone = on_one_line(english(golden("a-team-has-one-supervisor", tmp_path / "alone", "E4")))
    assert "the person's `supervisor` is empty, so there is no group." in alone
    assert "Taken over" not in alone


def test_both_events_of_a_share_of_customers_are_told(tmp_path: Path) -> None:
    """Whoever doubts the share can count the customers on both sides."""
    text = on_one_line(english(golden("a-share-of-customers-kept", tmp_path)))
    assert "1 of 3, that is 33.33333333…%." in text
    assert "Looked at over `previous period`: 2026-04-01 to 2026-06-30. 2026-04-10 D1 C1" in text
    assert "2026-07-01 to 2026-09-30. 2026-07-10 D5 C1 2026-07-10 D7 C4 2026-08-10 D8 C1" in text


def test_a_deal_that_colleagues_share_is_told_once_where_deals_are_counted(tmp_path: Path) -> None:
    """The events told of a group's count are as many as it counts."""
    account = golden("a-deal-shared-by-two-of-a-team", tmp_path)
    (part,) = account.policies
    assert [each.id for each in part.events["deals"]] == ["D1", "D2"]
    assert part.values["deals"] == 2


def test_a_step_names_the_row_of_its_table(tmp_path: Path) -> None:
    """By the cells that its own event meets, before the rate that the row gives."""
    text = on_one_line(english(golden("a-table-of-dimensions-for-each-deal", tmp_path)))
    row = 'Row 2 of the table applies: `product`, "cloud", is `"cloud"` and `revenue`, CN¥1,100.00, is `>= 1000 CNY`.'
    assert f"{row} 2% of that: CN¥12.00." in text
    assert text.index("`A1` of 2026-07-03") < text.index("`A2` of 2026-07-04")


def test_a_row_with_several_outputs_is_told_once(tmp_path: Path) -> None:
    """With all that it gives; an output that is a formula has a step of its own, which points to the row."""
    text = on_one_line(english(golden("several-outputs-of-one-row", tmp_path)))
    assert "`terms.rate` (Terms) is 5%, as its table decides." in text
    assert "Row 3 of the table applies to whatever it is asked." in text
    assert 'The table also gives `terms.kicker`, CN¥17.50 and `terms.course`, "advanced".' in text
    assert '`terms.course` is "advanced": see `commission`, step 4.' in text
    kicker = text.index("`terms.kicker` (Terms) is CN¥17.50, as its table decides.")
    assert "By the row that `commission`, step 4, shows." in text[kicker:]
    assert text.count("Row 3 of the table applies to whatever") == 1


def test_an_output_set_by_hand_says_by_whom(tmp_path: Path) -> None:
    """What the table gives is told first; the row's other outputs stay as they are."""
    text = on_one_line(english(golden("several-outputs-of-one-row", tmp_path, "E2")))
    assert "`terms.rate` (Terms) is 1%, as its table decides." in text
    assert "The customer's warehouse burnt down" in text
    assert "`doubled` is `条款.rate * 2`, that is 3% * 2 = 6%." in text
