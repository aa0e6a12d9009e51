"""Places: what `locate` gives for a part of a text is that part in the file, however the text is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.syntax.texts import under, value
from workflow.syntax.positions import Edit, Layout, locate
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping, Scalar


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: revenue / quota\n", "quota"),
        ("a: 'revenue / quota'\n", "quota"),
        ('a: "revenue / quota"\n', "quota"),
        ("键: 销售额 / 目标\na: 满意度 > 四\n", "四"),
        ("a: 𝒳😀 > quota\n", "quota"),
        ("a:   revenue\n   / quota\n", "quota"),
        ("a: revenue\n\n\n  / quota\n", "quota"),
        ("a: 'revenue\n\n   / quota'\n", "quota"),
        ("a: 'it''s quota'\n", "quota"),
        ('a: "\\"x\\" = \\u4e2d quota"\n', "quota"),
        ('a: "one \\\n   line quota"\n', "quota"),
        ('a: "one \\\n\n   line quota"\n', "quota"),
        ("a: |\n  revenue\n  / quota\n", "quota"),
        ("a: |\n    revenue\n      / quota\n", "quota"),
        ("a: |+2\n     revenue\n   / quota\n\n", "quota"),
        ("a: |\n\n\n  revenue\n\n  / quota\n", "quota"),
        ("a: >\n  revenue\n  / quota\n", "quota"),
        ("a: >-\n  revenue\n\n    more\n  / quota\n\n", "quota"),
        ("a: >\n  revenue   \n    \n  / quota\n", "quota"),
        ("a: |  # why\n  revenue\n  / quota", "quota"),
        ("b: 1\r\na: |\r\n  revenue\r\n  / quota\r\n", "quota"),
        ('a: "revenue\r\n  / quota"\r\n', "quota"),
        ("b:\n  - x\na: revenue # quota\n", "revenue"),
        ("a: {x: 1}\nb: [revenue, quota]\n", ""),
    ],
)
def test_a_part_is_found_where_it_stands(text: str, part: str) -> None:
    """Quotes, escapes, folding, blocks and line ends don't move what is underlined."""
    if part:
        scalar = value(text)
        start = scalar.text.index(part)
        assert under(text, locate(scalar, start, start + len(part))) == part


def test_an_escape_is_underlined_as_a_whole() -> None:
    """The character of an escape covers all signs of the escape."""
    text = 'a: "x \\u4e2d y"\n'
    assert under(text, locate(value(text), 2, 3)) == "\\u4e2d"


def test_an_escape_at_the_end_is_underlined_as_a_whole() -> None:
    """Nothing follows the escape but the closing quote."""
    text = "a: 'x '''\n"
    assert under(text, locate(value(text), 2, 3)) == "''"


def test_a_part_over_several_lines() -> None:
    """A part that is folded begins on one line and ends on another."""
    text = "a: revenue /\n   quota\n"
    assert under(text, locate(value(text), 8, 15)) == "/\n   quota"


def test_an_empty_part_is_a_caret() -> None:
    """An empty part has a place without a width."""
    span = locate(value("a: revenue\n"), 7, 7)
    assert (span.line, span.column, span.end_column) == (1, 11, 11)


def test_a_scalar_covers_its_quotes() -> None:
    """The span of a quoted text holds the quotes."""
    text = "a: 'it''s' # x\n"
    assert under(text, value(text).span) == "'it''s'"


def test_a_block_covers_its_words() -> None:
    """The span of a block ends with its last word, not with the blank lines after it."""
    text = "a: |\n  one\n  two\n\n\nb: 1\n"
    assert under(text, value(text).span) == "|\n  one\n  two"


@pytest.mark.parametrize("text", ["{a: 1,\n b: 2}\n", "a: 1\nb:\n  - x\n  - y: 2\n"])
def test_a_mapping_covers_its_words(text: str) -> None:
    """From the first to the last word, or from bracket to bracket."""
    tree, _ = read(text, "a.yaml")
    assert tree
    assert under(text, tree.span) == text.rstrip()


def test_what_is_repaired_keeps_its_place() -> None:
    """After an edit the places are those of the original."""
    layout = Layout("a.yaml", "键：值 and more", (Edit(1, 2, ": "),))
    assert layout.text == "键: 值 and more"
    assert layout.point(layout.text.index("more")) == (1, 9)


def test_a_repaired_formula_keeps_its_places() -> None:
    """A text in which an edit stands is located piece by piece."""
    text = 'a: "cloud" = product\nb: 1\n'
    tree, _ = read(text, "a.yaml")
    assert isinstance(tree, Mapping)
    scalar = tree.get("a")
    assert isinstance(scalar, Scalar)
    assert under(text, locate(scalar, 10, 17)) == "product"


WORDS = st.lists(st.text("ab中文𝒳 >.5", min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=4)


@given(WORDS, st.integers(1, 4), st.data())
def test_plain_texts_are_located_exactly(words: list[str], indent: int, data: st.DataObject) -> None:
    """Any part of a plain text on one or several lines that holds no break is that part in the file."""
    if any(word[0] in ">-." for word in words):
        words = [f"w{word}" for word in words]
    text = "k: 1\na: " + ("\n" + " " * indent).join(words) + "\n"
    scalar = value(text)
    which = data.draw(st.integers(0, len(words) - 1))
    start = len("".join(f"{word} " for word in words[:which]))
    assert under(text, locate(scalar, start, start + len(words[which]))) == words[which]


SIGNS = st.text("ab中\n\"\\'😀 \t", max_size=12)


@given(SIGNS)
def test_double_quoted_texts_are_located_exactly(content: str) -> None:
    """Each character that is written as itself is found at its place, whatever escapes stand before."""
    escaped = content.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    text = f'a: "{escaped}"\n'
    scalar = value(text)
    assert scalar.text == content
    for at, character in enumerate(content):
        if character in "ab中😀 ":
            assert under(text, locate(scalar, at, at + 1)) == character


@given(st.lists(st.text("ab中 '", max_size=6).map(lambda line: "x" + line + "x"), min_size=1, max_size=4))
def test_blocks_are_located_exactly(lines: list[str]) -> None:
    """Every line of a literal and of a folded block is found at its place."""
    for style in "|>":
        text = f"a: {style}\n" + "".join(f"  {line}\n" for line in lines)
        scalar = value(text)
        start = 0
        for number, line in enumerate(lines):
            span = locate(scalar, start, start + len(line))
            assert (span.line, under(text, span)) == (number + 2, line)
            start += len(line) + 1
