"""Reading a file into its model: what is wrong with its shape is said in the author's words, at the right place."""

from __future__ import annotations

import pytest

from tests.syntax.texts import found, mended
from workflow.diagnostics import Diagnostic
from workflow.model.catalogue import Events, People
from workflow.model.escalation import MoveDefinition
from workflow.model.incentive import Incentive, PayClause
from workflow.model.reading import Written, nearest, read_model, shown
from workflow.model.source import Source
from workflow.model.workspace import Workspace
from workflow.syntax.reader import read

SOURCE = "source: deals\nread: deals.csv\nfields: {}\n"


def mistakes(model: type[Written], text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a file that reads as YAML."""
    tree, unreadable = read(text, "a.yaml")
    assert tree is not None
    assert unreadable == ()
    content, diagnostics = read_model(model, tree)
    assert (content is None) == bool(diagnostics)
    return diagnostics


def said(model: type[Written], text: str) -> list[tuple[str, str]]:
    """The same by code and underlined words."""
    return found(text, mistakes(model, text))


def model_of(model: type[Written], text: str) -> Written:
    """The model of a file without mistakes."""
    tree, _ = read(text, "a.yaml")
    assert tree is not None
    content, diagnostics = read_model(model, tree)
    assert content is not None, diagnostics
    return content


def test_an_unknown_key_gets_the_nearest_known_one() -> None:
    """A slip in a key is underlined there, its repair is the key as the language spells it."""
    text = "events:\n  deal.won:\n    belong to: seller\n    fields: {seller: person}\n"
    (mistake,) = mistakes(Events, text)
    assert found(text, (mistake,)) == [("unknown-key", "belong to")]
    assert mended(text, (mistake,)) == text.replace("belong to", "belongs to")


def test_accepted_keys_are_shown_as_authors_write_them() -> None:
    """No name of ours, such as `belongs_to`, stands in a message."""
    (mistake,) = mistakes(Events, "events:\n  a:\n    owner: x\n    fields: {}\n")
    assert mistake.args["accepted"] == ("title", "belongs to", "relates", "case", "fields")


def test_a_key_like_none_has_no_repair() -> None:
    """Where no known key is near, none is guessed."""
    (mistake,) = mistakes(Source, SOURCE + "lorem ipsum: x\n")
    assert (mistake.code, mistake.fix) == ("unknown-key", None)


def test_a_word_of_a_later_release_is_told_apart_from_a_slip() -> None:
    """The language knows `pool`; this release does not carry it out."""
    text = "amount: 5 CNY\npool: east\n"
    assert said(PayClause, text) == [("not-yet", "pool")]


def test_a_refused_key_says_why() -> None:
    """`to` in a table has a message of its own, wherever the table stands."""
    text = (
        "policy: incentive\nid: a\nversion: 1\ntitle: {en: A}\neffective: {from: 2026-01-01}\nowner: a\nreason: b\n"
        "subject: person\neach: month\npay:\n  c:\n    tiers:\n      - {from: 0%, to: 80%, rate: 1%}\n"
    )
    assert said(Incentive, text) == [("to-in-a-table", "to")]


def test_a_missing_key_is_told_at_the_block_that_lacks_it() -> None:
    """The block's first key is underlined, and the key is named as authors write it."""
    text = "events:\n  deal.won:\n    relates:\n      to: deal.won\n      by: deal\n    fields: {}\n"
    (mistake,) = mistakes(Events, text)
    assert found(text, (mistake,)) == [("missing-key", "to")]
    assert mistake.args["key"] == "as"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("events: [deal.won]\n", ("wrong-shape", "deal.won")),
        ("events: deal.won\n", ("wrong-shape", "deal.won")),
        ("events:\n  deal.won:\n    - fields: {}\n", ("wrong-shape", "fields")),
        ("events:\n  a:\n    fields: {x: [money]}\n", ("wrong-shape", "money")),
        ("events:\n  a:\n    belongs to: {x: y}\n    fields: {}\n", ("one-word-expected", "x")),
        ("events:\n  a:\n    belongs to: [x]\n    fields: {}\n", ("one-word-expected", "x")),
        ("events:\n  a:\n    belongs to: []\n    fields: {}\n", ("one-word-expected", "[]")),
        ('events:\n  a:\n    belongs to: " "\n    fields: {}\n', ("empty-value", '" "')),
        ("events:\n  a:\n    title: {}\n    fields: {}\n", ("empty-value", "{}")),
        ("- events\n", ("wrong-shape", "events")),
        ("events\n", ("wrong-shape", "events")),
    ],
)
def test_another_shape_than_is_meant(text: str, expected: tuple[str, str]) -> None:
    """A block, a list or a word where another is meant is told once, at its first word."""
    assert said(Events, text) == [expected]


def test_a_whole_file_of_another_shape_is_called_by_its_name() -> None:
    """No key can be named there, so the file is."""
    (mistake,) = mistakes(Events, "- events\n")
    assert mistake.args["key"] == "a.yaml"


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ("{colum: Currency}", [("unknown-key", "colum")]),
        ("{column: [Currency]}", [("one-word-expected", "Currency")]),
        ("{}", [("missing-key", "{}")]),
        ("[CNY]", [("wrong-shape", "CNY")]),
        ('""', [("empty-value", '""')]),
    ],
)
def test_a_word_or_a_block_is_read_by_its_shape(currency: str, expected: list[tuple[str, str]]) -> None:
    """Where both are accepted, what is wrong is told of the one that was meant only."""
    text = SOURCE.replace("{}", f"{{amount: {{column: Amount, currency: {currency}}}}}")
    assert said(Source, text) == expected


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    """One run shows them all."""
    text = (
        "language: one\nworkspace: 1\ntitle: T\ncurrency: cny\nrounding: half up\ntime zone: UTC\nlanguages: []\nx: y\n"
    )
    assert sorted(said(Workspace, text)) == [
        ("empty-value", "[]"),
        ("not-of-kind", "1"),
        ("not-of-kind", "cny"),
        ("not-of-kind", "one"),
        ("unknown-key", "x"),
        ("wrong-shape", "T"),
    ]


@pytest.mark.parametrize(
    ("model", "short", "long"),
    [
        (People, "people: {fields: {role: text}}\n", "people: {fields: {role: {is: text}}}\n"),
        (Source, SOURCE, SOURCE.replace("read: deals.csv", "read: [deals.csv]")),
        (Source, SOURCE + "time: Day\n", SOURCE + "time: {column: Day}\n"),
    ],
)
def test_a_short_form_means_its_long_one(model: type[Written], short: str, long: str) -> None:
    """A word where a block with one key, or a list of one, would say the same."""

    def texts(value: object) -> object:
        match value:
            case Written():
                return {name: texts(getattr(value, name)) for name in type(value).model_fields}
            case dict():
                return {key: texts(each) for key, each in value.items()}
            case list():
                return [texts(each) for each in value]
        return getattr(value, "text", value)

    assert texts(model_of(model, short)) == texts(model_of(model, long))


@pytest.mark.parametrize(("bare", "meant"), [("20", "20%"), ("0.2", "20%"), ("1.2", "1.2")])
def test_a_percent_without_its_sign_is_offered_with_it(bare: str, meant: str) -> None:
    """`20` and `0.2` become `20%`; `1.2` may be either, so nothing is offered."""
    head = "policy: incentive\nid: a\nversion: 1\ntitle: {en: A}\neffective: {from: 2026-01-01}\nowner: a\nreason: b\n"
    text = (
        head + f"subject: person\neach: month\ncredit:\n  d:\n    - also to: person.supervisor\n      share: {bare}\n"
    )
    assert mended(text, mistakes(Incentive, text)) == text.replace(f"share: {bare}", f"share: {meant}")


@pytest.mark.parametrize(
    ("word", "near"), [("reveneu", "revenue"), ("Revenue", "revenue"), ("qouta", "quota"), ("x", None), ("satis", None)]
)
def test_the_nearest_word_differs_in_a_third_of_its_letters_at_most(word: str, near: str | None) -> None:
    """Anything farther was hardly meant."""
    assert nearest(word, ("revenue", "quota", "csat")) == near


def test_a_long_list_is_cut_and_says_so() -> None:
    """A message shows twelve words, the nearest first."""
    words = [f"w{number:02}" for number in range(20)]
    assert shown(words, "w19") == ("w19", *words[:11], "…")


def test_no_fix_repeats_what_is_wrong() -> None:
    """A day that the calendar has not is no other day; one written otherwise is."""
    text = "policy: incentive\neffective: {from: %s}\n"
    fixes = {
        day: [each.fix and each.fix.text for each in mistakes(Incentive, text % day) if each.code != "missing-key"]
        for day in ("2026-06-31", "2026/6/31", "2026/6/3", "2026年6月3日")
    }
    assert fixes == {
        "2026-06-31": [None],
        "2026/6/31": [None],
        "2026/6/3": ["2026-06-03"],
        "2026年6月3日": ["2026-06-03"],
    }


HEAD = "policy: incentive\nmeasures: {a: {sum: b, of: c}}\n"
ELSEWHERE = {
    "pay: {c: {award: x}}\n": ("award", "under-block:actions"),
    "pay: {c: {cap: x}}\n": ("cap", "at-top"),
    "pay: {}\nc: {on: a, rate: 1%}\n": ("c", "under-block:pay"),
    "pay: {}\nc: {sum: a, of: b}\n": ("c", "under-block:measures"),
    "pay: {}\nc: {lorem: a}\n": ("c", None),
    "pay: {c: {lorem: x}}\n": ("lorem", None),
}


@pytest.mark.parametrize("text", ELSEWHERE)
def test_a_word_of_another_block_is_sent_there(text: str) -> None:
    """Where exactly one other place of the file takes it."""
    word, where = ELSEWHERE[text]
    (mistake,) = (each for each in mistakes(Incentive, HEAD + text) if each.code != "missing-key")
    assert (mistake.args["found"], mistake.args.get("where")) == (word, where)


WRITTEN = {"if: x\namount: 1 CNY\n": "when", "条件: x\n": "when", "bonus: 5 CNY\n": "amount", "档位: []\n": "tiers"}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_for_a_key_is_offered(text: str) -> None:
    """Words of other programs, of memos, and in Chinese."""
    assert [each.fix and each.fix.text for each in mistakes(PayClause, text)] == [WRITTEN[text]]


def test_a_title_in_place_of_a_name_has_its_name_as_repair() -> None:
    """Small letters with hyphens between words; what begins with a digit has none."""
    fixes = [mistakes(PayClause, f"amount: 1 CNY\nwas: {name}\n")[0].fix for name in ("Top sellers!", "2026 bonus")]
    assert [fix and fix.text for fix in fixes] == ["top-sellers", None]


def test_a_list_parted_by_the_comma_of_a_chinese_keyboard_is_told_so() -> None:
    """Its entries are named by nobody else: joined by a hyphen they would be a name of nothing."""
    mistake = mistakes(MoveDefinition, "in: [new，late]\non event: a.b\ngo to: late\n")[0]
    assert (mistake.code, mistake.fix and mistake.fix.text) == ("full-width-sign", "new, late")
