"""The guarded reader: what it reads, what it refuses, and that it can't be harmed."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.syntax.texts import found, mended, mistakes, plain, under, value
from workflow.diagnostics import Diagnostic, Span
from workflow.syntax.composer import MOST_MISTAKES, MOST_NODES
from workflow.syntax.reader import MOST_CHARACTERS, read, read_bytes
from workflow.syntax.repairs import MOST_DEPTH
from workflow.syntax.tree import Mapping, Scalar, Sequence


def tree(text: str) -> object:
    return plain(read(text, "a.yaml")[0])


@pytest.mark.parametrize(
    "text", ["NO", "0123", "1.10", "22:30", "2026-07-01", "1_000", "~", "null", "yes", "0x1F", "="]
)
def test_a_text_stays_as_it_is_written(text: str) -> None:
    """No text is taken for a number, a date or nothing; only the declared type of its field decides."""
    assert value(f"a: {text}\n").text == text


def test_mappings_and_lists_are_read_in_order() -> None:
    """The tree has the author's order."""
    assert tree("b: 1\na: [x, {y: z}]\n") == {"b": "1", "a": ["x", {"y": "z"}]}


def test_a_key_knows_its_place() -> None:
    """Keys are located as values are."""
    text = "title:\n  en: Bonus\n"
    mapping, _ = read(text, "a.yaml")
    assert isinstance(mapping, Mapping)
    title = mapping.get("title")
    assert isinstance(title, Mapping)
    key = title.key("en")
    assert key
    assert under(text, key.span) == "en"


def test_a_text_inside_braces_says_so() -> None:
    """What stands in `{…}` is marked, as no formula may stand there."""
    mapping, _ = read("a: {when: x}\n", "a.yaml")
    assert isinstance(mapping, Mapping)
    inner = mapping.get("a")
    assert isinstance(inner, Mapping)
    assert isinstance(when := inner.get("when"), Scalar)
    assert when.braced


def test_lines_may_end_in_two_signs() -> None:
    """Line ends of Windows read as those of other systems."""
    assert tree("a: 1\r\nb: |\r\n  x\r\n  y\r\n") == {"a": "1", "b": "x\ny\n"}


def test_a_byte_order_mark_is_left_out() -> None:
    """Excel and Notepad write one; the first key begins after it."""
    mapping, diagnostics = read_bytes(b"\xef\xbb\xbfa: 1\n", "a.yaml")
    assert (plain(mapping), diagnostics) == ({"a": "1"}, ())


def test_bytes_must_be_utf8() -> None:
    """The place of the first wrong byte is shown."""
    _, (diagnostic,) = read_bytes("a: 1\nb: 中".encode("gb18030"), "a.yaml")
    assert (diagnostic.code, diagnostic.span.line, diagnostic.span.column) == ("not-utf8", 2, 4)


REFUSED = {
    "a: &x 1\n": ("anchor", "&x"),
    "a: 1\nb: *x\n": ("alias", "*x"),
    "a:\n  <<: {b: 1}\n": ("merge-key", "<<"),
    "a: !!str 1\n": ("tag", "!!str"),
    "a: !x\n  b: 1\n": ("tag", "!x"),
    "a: ! x\n": ("tag", "!"),
    "%YAML 1.1\n---\na: 1\n": ("yaml-directive", "%"),
    "a: 1\n---\nb: 1\n": ("several-documents", "---"),
    "a: 1\nb: 2\na: 3\n": ("duplicate-key", "a"),
    "[x, y]: 1\n": ("key-not-text", "[x, y]"),
    "? {x: y}\n: 1\n": ("key-not-text", "{x: y}"),
    "": ("empty-file", ""),
    "# nothing\n": ("empty-file", ""),
    "---\n": ("empty-file", ""),
    "a: 1\x07\n": ("odd-character", "\x07"),
    "a: x\u200by\n": ("odd-character", "\u200b"),
    "a: x\u202ey\n": ("odd-character", "\u202e"),
    "a: x\u2028y\n": ("odd-character", "\u2028"),
    "a: \ud800\n": ("odd-character", "\ud800"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_policy_has_no_use_for_is_refused(text: str) -> None:
    """Each has its own code and underlines just the thing."""
    assert mistakes(text) == [REFUSED[text]]


def test_old_line_ends_are_one_mistake() -> None:
    """A file with lone carriage returns gets one message, and is read."""
    mapping, diagnostics = read("a: 1\rb: 2\rc: 3\r", "a.yaml")
    assert plain(mapping) == {"a": "1", "b": "2", "c": "3"}
    assert [each.code for each in diagnostics] == ["odd-character"]


def test_a_duplicate_key_shows_both_places() -> None:
    """The first of the two keys is the related place."""
    text = "a: 1\nb: 2\na: 3\n"
    _, (diagnostic,) = read(text, "a.yaml")
    assert [(each.line, under(text, each)) for each in diagnostic.related] == [(1, "a")]


SLIPS = {
    "a: 1\n键：值\nb: 2\n": ("full-width-sign", "：", "a: 1\n键: 值\nb: 2\n"),
    "键：值\nb: 2\n": ("full-width-sign", "：", "键: 值\nb: 2\n"),
    "when：\n  a: 1\n": ("full-width-sign", "：", "when:\n  a: 1\n"),
    "a:\n  en：x\n": ("full-width-sign", "：", "a:\n  en: x\n"),
    "a:\n  - stage：x\n": ("full-width-sign", "：", "a:\n  - stage: x\n"),
    "a: {x： 0%， y： 2}\n": ("full-width-sign", "：", "a: {x: 0%, y: 2}\n"),
    "a: {x: 0%， y: 2}\n": ("full-width-sign", "，", "a: {x: 0%, y: 2}\n"),
    "a: ｛x: 1｝\nb: 2\n": ("full-width-sign", "｛", "a: {x: 1}\nb: 2\n"),
    "a：{x: 1}\nb: 2\n": ("full-width-sign", "：", "a: {x: 1}\nb: 2\n"),
    "a:\u3000b\nc: d\n": ("full-width-sign", ":\u3000", "a: b\nc: d\n"),
    "a:\u00a0b\nc: d\n": ("full-width-sign", ":\u00a0", "a: b\nc: d\n"),
    "a:\n\u3000\u3000b: 1\n    c: 2\n": ("full-width-sign", "\u3000", "a:\n    b: 1\n    c: 2\n"),
    "rate:1%\nb: 2\n": ("blank-after-colon", ":", "rate: 1%\nb: 2\n"),
    "a: {from:0%, rate:1%}\n": ("blank-after-colon", ":", "a: {from: 0%, rate: 1%}\n"),
    "a: x: y\n": ("colon-in-text", "x: y", "a: 'x: y'\n"),
    'a: "cloud" = product\n': ("text-needs-quotes", '"cloud" = product', "a: '\"cloud\" = product'\n"),
    "a: 'x' = y # z\n": ("text-needs-quotes", "'x' = y", "a: '''x'' = y' # z\n"),
    "a: >= 100%\n": ("text-needs-quotes", ">= 100%", "a: '>= 100%'\n"),
    "- %x\n": ("text-needs-quotes", "%x", "- '%x'\n"),
    "a: @x\n": ("text-needs-quotes", "@x", "a: '@x'\n"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_certain_slip_is_mended(text: str) -> None:
    """One message, whose fix gives a file without mistakes that reads as the reader read it at once."""
    code, underlined, repaired = SLIPS[text]
    meant, diagnostics = read(text, "a.yaml")
    assert found(text, diagnostics) == [(code, underlined)]
    assert mended(text, diagnostics) == repaired
    assert mistakes(repaired) == []
    assert plain(meant) == tree(repaired)
    assert all(each.fix and each.fix.safe for each in diagnostics)


GUESSED = {
    "a:\n\tb: 1\n\tc: 2\n": [("tab-indentation", "\t"), ("tab-indentation", "\t")],
    "a: 1\n  b: 2\n": [("wrong-indentation", "  ")],
    "a:\n    b: 1\n  c: 2\n": [("wrong-indentation", "  ")],
    "- a: 1\n b: 2\n": [("wrong-indentation", " ")],
    "- a\n - b\n": [("wrong-indentation", "-")],
    "  a: 1\nb: 2\n": [("wrong-indentation", "b")],
    "a: 1\n- b\n": [("wrong-indentation", "- b")],
    "a:\n  - b: {x: 1}\n  c: 2\n": [("dash-before-key", "-")],
    "a: 0% to 80%: 2%\n": [("row-as-text", "0% to 80%: 2%")],
    "a: 1\nb\nc: 2\n": [("missing-colon", "b")],
    "a\nb: 1\n": [("missing-colon", "a")],
    'a: "abc\nb: 2\n': [("quote-not-closed", '"')],
    "a: 'abc\nb: 2\n": [("quote-not-closed", "'")],
    "a: [1, 2\nb: 3\n": [("braces-not-closed", "[")],
    "a: {x: 1\nb: 3\n": [("braces-not-closed", "{")],
    "a: {x: 1": [("braces-not-closed", "{")],
    "a: [x]]\n": [("braces-not-opened", "]")],
    "a: }\n": [("braces-not-opened", "}")],
    'a: {x: "y" z}\n': [("comma-missing", "z}")],
    "a: - b\n": [("list-on-key-line", "-")],
    'a: "\\d"\n': [("unknown-escape", "\\d")],
    'a: "x\\u12"\n': [("unknown-escape", "\\u")],
    "a: | x\n  y\n": [("text-needs-quotes", "|")],
    "a: {at most: 60,000 CNY}\n": [("entry-without-value", "60,000 CNY")],
    "a: {rate: 2,5%}\n": [("entry-without-value", "2,5%")],
    "a: {x}\n": [("entry-without-value", "x")],
}


@pytest.mark.parametrize("text", GUESSED)
def test_a_slip_that_leaves_doubt_gives_no_tree(text: str) -> None:
    """The message stands alone in our words, and nothing is built on a guess."""
    meant, diagnostics = read(text, "a.yaml")
    assert found(text, diagnostics) == GUESSED[text]
    assert meant is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a:\n  b:\n    c: 1\n\td: 2\n", "a:\n  b:\n    c: 1\n    d: 2\n"),
        ("a:\n  b:\n\t\tc: 1\n", "a:\n  b:\n    c: 1\n"),
        ("a:\n\tb: 1\n", "a:\n  b: 1\n"),
        ("a:\n    b: # c\n\td: 1\n", "a:\n    b: # c\n      d: 1\n"),
    ],
)
def test_a_tab_is_as_wide_as_the_line_above_asks(text: str, meant: str) -> None:
    """The line then belongs to what the one above belongs to, or stands below its key."""
    (diagnostic,) = read(text, "a.yaml")[1]
    assert diagnostic.fix
    assert text.replace(text[text.index("\t") : text.rindex("\t") + 1], diagnostic.fix.text) == meant


@pytest.mark.parametrize("formula", ["min(a, b) > 2", 'product in ("cloud", "hardware")', "x in [1..2)", "(a + b) * 2"])
def test_a_formula_in_braces_is_one_mistake(formula: str) -> None:
    """However YAML would cut it, the formula is underlined as a whole, and the rest of the file is read."""
    text = f"a: {{sum: amount, where: {formula}}}\nb: 2\n"
    if formula.startswith("("):
        assert mistakes(text) == []  # uncut, so the parser of formulas reports it
    else:
        assert mistakes(text) == [("formula-in-braces", formula)]
    assert tree(text) == {"a": {"sum": "amount", "where": formula}, "b": "2"}


def test_a_formula_in_braces_is_told_once() -> None:
    """What has been put into quotes to read on is no slip again, though another entry can't be read."""
    text = 'a: {k0: min(a, 5000 CNY), k1: if a = "x, y" then 1 else 2}\n'
    assert mistakes(text) == [
        ("formula-in-braces", "min(a, 5000 CNY)"),
        ("entry-without-value", 'if a = "x, y" then 1 else 2'),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: 说明：这是\nb:\n  说明：这是一段\n",
        "a: {t: 22:30, u: 'x:y', v: http://x}\n",
        "a: https://example.com/x：y\n",
        "a: |\n  en：x\n  zh：y\n",
        "a: 'en：x'\n",
        "a: one，two\n",
        "a: [x, y]\nb: {c: [d, {e: f}]}\n",
        "a:\nb: \n",
        "a: 1 # a comment\n",
        "a: [ ]\nb: { }\n",
    ],
)
def test_what_is_fine_is_left_alone(text: str) -> None:
    """Full-width signs inside of texts, times, addresses and comments are nobody's mistake."""
    assert mistakes(text) == []


def test_a_text_cut_by_a_comment_is_a_warning() -> None:
    """`#1` after a blank is gone, and the author is told."""
    text = "a: Team #1\n"
    mapping, (diagnostic,) = read(text, "a.yaml")
    assert (diagnostic.code, diagnostic.severity, under(text, diagnostic.span)) == ("text-cut-by-hash", "warning", "#1")
    assert plain(mapping) == {"a": "Team"}


def test_all_slips_are_shown_in_one_run() -> None:
    """After a repair reading goes on, in order and with the places of the file."""
    text = "a：1\nb: x: y\nc: &d 1\nc: 2\ne: {f：1}\n"
    assert mistakes(text) == [
        ("full-width-sign", "："),
        ("colon-in-text", "x: y"),
        ("anchor", "&d"),
        ("duplicate-key", "c"),
        ("full-width-sign", "："),
    ]


def test_repaired_text_keeps_its_places() -> None:
    """What stands behind a repair on its line is underlined where it stands."""
    text = "a：&b x\nc: 1\n"
    assert mistakes(text) == [("full-width-sign", "："), ("anchor", "&b")]


BOMBS = {
    "brackets": "'[' * 30000 + ']' * 30000",
    "braces": "'{a: ' * 1000000",
    "brackets without end": "'[' * 1000000",
    "lists": "'- ' * 500000",
    "keys": "'? ' * 500000",
    "lists in lists": "''.join(' ' * i + '-\\n' for i in range(1400))",
    "mappings in mappings": "''.join(' ' * i + 'a:\\n' for i in range(1400))",
    "colons": "': ' * 500000",
    "quotes": "'\"' * 1000000",
    "lines": "'a\\n' * 500000",
    "entries": "'[' + 'a,' * 499990 + ']'",
    "entries without value": "'{' + 'a,' * 499990 + '}'",
    "tabs": "'\\ta: 1\\n' * 10000",
    "full-width colons": "'a：1\\n' * 14000",
    "missing blanks": "'a:1\\n' * 19000",
    "unclosed braces": "'a: {b\\n' * 10000",
    "keys that never end": "'a b ' * 250000",
    "colons in a line": "'a：' * 30000",
    "blanks in quotes": "'a: \"\\\\t' + ' ' * 900000 + '\"'",
    "blanks before a colon": "'a: x' + ' ' * 90000 + 'y: z'",
    "blanks between braces": "'{' + ' ' * 90000 + 'a'",
    "brackets in braces": "'a: {b: ' + '(' * 90000 + '\\nc: 1'",
    "quotes in braces": "'a: {b: ' + '\"x\" ' * 20000 + '}'",
    "carriage returns": "'\\r' * 1000000",
    "odd characters": "'\\x01' * 1000000",
    "columns": "''.join(' ' * (i % 90) + 'a: 1\\n' for i in range(1800))",
    "steps down": "''.join(' ' * i + 'a:\\n' for i in range(60)) + 'b: \"' + 'x\\n' * 10000",
    "folded lines": "'a: >\\n' + '  x \\n\\n' * 150000",
    "escapes": "'a: \"' + '\\\\n' * 400000 + '\"'",
    "quotes needed": "'a: \"b\" c\\n' * 8000",
    "merges": "'a0: &a0 {x: 1}\\n' + ''.join(f'a{i}: &a{i} {{<<: [*a{i-1}, *a{i-1}]}}\\n' for i in range(1, 40))",
    "aliases": "'a0: &a0 [x, x]\\n' + ''.join(f'a{i}: &a{i} [*a{i-1}, *a{i-1}]\\n' for i in range(1, 40))",
    "aliases in a row": "'a: &a 1\\nb: [' + '*a, ' * 240000 + ']'",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_hostile_file_is_refused(bomb: str) -> None:
    """In a process of its own, as a parser may kill it; refused with a diagnostic, in bounded time."""
    program = f"""
from workflow.syntax.reader import read
tree, diagnostics = read({BOMBS[bomb]}, "a.yaml")
assert len(diagnostics) <= 1200, len(diagnostics)
print(tree is None or diagnostics == () or "repaired", diagnostics[0].code if diagnostics else "")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (MOST_CHARACTERS + 1), "file-too-long"),
        ("[" + "a," * MOST_NODES + "]", "file-too-large"),
        ("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1), "file-too-deep"),
    ],
)
def test_bounds_are_named(text: str, code: str) -> None:
    """Each bound has its message."""
    meant, diagnostics = read(text, "a.yaml")
    assert [each.code for each in diagnostics] == [code]
    assert meant is None


def test_what_is_as_deep_as_allowed_is_read() -> None:
    """The bound itself is allowed."""
    assert mistakes("[" * MOST_DEPTH + "]" * MOST_DEPTH) == []


def test_mistakes_end_somewhere() -> None:
    """A file with one mistake a thousand times shows a bounded number of them."""
    assert len(mistakes("a: 1\n" * 1000)) == MOST_MISTAKES


ANYTHING = st.text() | st.text("ab: -\n\t{}[],\"'#&*!|>%@`?：，\u3000\u00a0中<\\.0", max_size=60)


@given(ANYTHING)
def test_the_reader_never_raises(text: str) -> None:
    """Any text gives a tree or says what is wrong, with places inside the file."""
    meant, diagnostics = read(text, "a.yaml")
    assert meant is not None or diagnostics
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= place.line <= lines for place in _places(diagnostics))


def _places(diagnostics: tuple[Diagnostic, ...]) -> list[Span]:
    fixes = [each.fix.span for each in diagnostics if each.fix]
    return [*(each.span for each in diagnostics), *fixes]


@given(st.binary(max_size=40))
def test_bytes_never_raise(data: bytes) -> None:
    """Any bytes give a tree or say what is wrong."""
    meant, diagnostics = read_bytes(data, "a.yaml")
    assert meant is not None or diagnostics


@given(st.text("ab: -\n{}[],\"'：，中0", max_size=40))
def test_safe_fixes_are_safe(text: str) -> None:
    """Where the reader is sure of the tree, the fixed file reads as the same tree."""
    meant, diagnostics = read(text, "a.yaml")
    repairs = ("full-width-sign", "blank-after-colon", "colon-in-text", "text-needs-quotes")
    if meant is not None and diagnostics and all(each.code in repairs for each in diagnostics):
        places = [each.fix.span for each in diagnostics if each.fix]
        if len({place.line for place in places}) == len(places):
            assert plain(read(mended(text, diagnostics), "a.yaml")[0]) == plain(meant)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "    "]),
        st.sampled_from(["a: ", "b: ", "- ", "c:", "- d: ", "中: "]),
        st.sampled_from(
            ["", "x", "'it''s'", '"q\\n"', "|", ">-", "[x, {y: z}]", "{x: 1, y: [2]}", "x y # z", "10:30", "# c"]
        ),
    ).map("".join),
    max_size=6,
).map(lambda lines: "".join(line + "\n" for line in lines))


@given(LINES)
def test_what_is_accepted_reads_as_yaml_reads_it(text: str) -> None:
    """Where nothing is said, the tree is YAML's, with every text as it stands; so editors show what counts."""
    tree_, diagnostics = read(text, "a.yaml")
    if not diagnostics:
        assert plain(tree_) == yaml.load(text, Loader=yaml.CBaseLoader)


@given(LINES)
def test_every_word_is_underlined_where_it_stands(text: str) -> None:
    """Each plain text of a tree on one line has just itself under its span."""
    tree_, _ = read(text, "a.yaml")
    waiting = [tree_]
    while waiting:
        match waiting.pop():
            case Mapping(items=entries):
                waiting += [node for entry in entries for node in entry]
            case Sequence(items=items):
                waiting += items
            case Scalar(style="plain") as scalar if scalar.span.line == scalar.span.end_line:
                assert under(text, scalar.span) == scalar.text
            case _:
                pass
