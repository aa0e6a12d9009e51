"""The block form of formulas in braces: what it looks like, and that it says what was meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.syntax.texts import plain
from workflow.diagnostics import Diagnostic, Span
from workflow.syntax.braces import CODE, with_block_forms
from workflow.syntax.fixes import mended
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping, Node, Scalar

FORMULAS = (
    "min(a, 5000 CNY)",
    'x in ("a", "b")',
    "a in [1..2)",
    "round(a, 2) + max(b, c)",
    'if a = "x, y" then 1 else 2',
    "如果 a 那么 1 否则 2",
)


def formulas(node: Node | None, path: str = "a.yaml") -> list[Diagnostic]:
    """What a checker says of the texts in braces that are no single word."""
    if isinstance(node, Scalar):
        simple = not node.braced or re.fullmatch(r"[\w. %'\"-]*", node.text)
        return [] if simple else [Diagnostic(CODE, node.span, {"found": node.text})]
    parts = () if node is None else node.items
    return [found for part in parts for found in formulas(part[1] if isinstance(part, tuple) else part, path)]


def unfolded(text: str) -> str:
    """The text with every formula out of its braces."""
    for _ in range(5):
        tree, mistakes = read(text, "a.yaml")
        found = with_block_forms((*mistakes, *formulas(tree)), {"a.yaml": text})
        before, text = text, mended({"a.yaml": text}, (each for each in found if each.code == CODE))["a.yaml"]
        if text == before:
            break
    return text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a: {when: x > 1, amount: 5 CNY}\n", "a:\n  when: x > 1\n  amount: 5 CNY\n"),
        ("  b: {when: x > 1}   # why\n", "  b:   # why\n    when: x > 1\n"),
        ("t:\n  - {from: a * 2, rate: 1%}  # low\n  - {from: 3}\n",
         "t:\n  - from: a * 2  # low\n    rate: 1%\n  - {from: 3}\n"),
        ("a: {amount: min(x, 5000 CNY), is: y}\n", "a:\n  amount: min(x, 5000 CNY)\n  is: y\n"),
        ("a: {in: x, of: {when: y > 1, b: 'c, d'}}\n", "a:\n  in: x\n  of:\n    when: y > 1\n    b: 'c, d'\n"),
        ("a: {b: {c: d}, when: y > 1}\n", "a:\n  b: {c: d}\n  when: y > 1\n"),
        ("a: [x, y > 1]\n", "a:\n  - x\n  - y > 1\n"),
        ("a: [{b: y > 1, c: d}, z]\n", "a:\n  - b: y > 1\n    c: d\n  - z\n"),
        ("a:\n  {b: y > 1, c: d}\n", "a:\n  b: y > 1\n  c: d\n"),
        ("a: {b: y > 1}\r\nc: d\r\n", "a:\r\n  b: y > 1\r\nc: d\r\n"),
        ("a: {\n  # above\n  b: y > 1,  # behind\n  c: d\n  # last\n}\ne: f\n",
         "a:\n  # above\n  b: y > 1  # behind\n  c: d\n  # last\ne: f\n"),
    ],
)  # fmt: skip
def test_the_block_form(text: str, made: str) -> None:
    """Each entry on its line, inner braces kept where they hold no formula, comments where they belong."""
    assert unfolded(text) == made


@pytest.mark.parametrize("text", ["a: {b: y > 1, c}\n", "a: {? b : y > 1}\n"])
def test_braces_that_cannot_be_told_apart_stay(text: str) -> None:
    """No fix is better than a wrong one."""
    assert unfolded(text) == text


def test_only_this_code_gets_a_fix() -> None:
    """Other diagnostics pass through."""
    other = Diagnostic("empty-file", Span("a.yaml", 1, 1, 1, 1))
    assert with_block_forms((other,), {"a.yaml": "a: {b: y > 1}\n"}) == (other,)


@st.composite
def braces(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A mapping in braces, and what it means."""
    values = draw(st.lists(st.sampled_from((*FORMULAS, "word", "'a, b'", '"c: d"', "5 CNY")), min_size=1, max_size=5))
    pieces, meant = [], {}
    for number, value in enumerate(values):
        gap = draw(st.sampled_from([" ", "\n   ", f"  #c{number}\n   "])) if number else ""
        pieces.append(f"{gap}k{number}: {value}")
        meant[f"k{number}"] = value.strip("'") if value[0] == "'" else value.strip('"') if value[:2] == '"c' else value
    return f"a: {{{','.join(pieces)}}}\nz: 1\n", meant


@settings(max_examples=50, deadline=None)
@given(braces())
def test_a_block_form_says_what_the_braces_meant(drawn: tuple[str, dict[str, str]]) -> None:
    """Where one is given, each formula is whole in it, and every comment survives."""
    text, meant = drawn
    made = unfolded(text)
    assert sorted(re.findall(r"#c\d", made)) == sorted(re.findall(r"#c\d", text))
    tree, _ = read(made, "a.yaml")
    if made != text:
        assert isinstance(tree, Mapping)
        assert plain(tree.get("a")) == meant
        assert formulas(tree) == []
