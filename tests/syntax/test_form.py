"""The one form: what moves, what stays, and that nothing in it means anything else than before."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workflow.syntax.form import all_formed, formed
from workflow.syntax.reader import read
from workflow.syntax.tree import alike


def form(text: str) -> str:
    """The one form of a text that can be read."""
    made = formed(text, "a.yaml")
    assert made is not None
    return made


def test_two_blanks_stand_for_a_level() -> None:
    """Whatever the author's step was."""
    assert form("a:\n    b:\n            c: 1\n    d: 2\n") == "a:\n  b:\n    c: 1\n  d: 2\n"


def test_dashes_stand_in_one_level_with_one_blank_behind() -> None:
    """Also where they stood below their key, as YAML allows."""
    assert form("a:\n-   b: 1\n    c: 2\n- - x\n  -  y\nd: 3\n") == "a:\n  - b: 1\n    c: 2\n  - - x\n    - y\nd: 3\n"


def test_a_text_of_several_lines_moves_as_one() -> None:
    """Blanks that are part of the text stay, the others follow their key."""
    text = "a:\n    b: |\n        x | y\n          - | 1\n\n    c: one\n      two\n"
    assert form(text) == "a:\n  b: |\n    x | y\n      - | 1\n\n  c: one\n    two\n"


def test_the_bars_of_a_table_stand_below_each_other() -> None:
    """With a Chinese character as wide as two letters; a bar in quotes is none, and what is no table stays."""
    rows = '达成率 |rate\n  < 80%|1%\n  "a|b"   ｜  person.rate\n'
    text = f"pay:\n  p:\n    table: |\n      {rows.replace(chr(10) + '  ', chr(10) + '      ')}    note: |\n      a|b\n"
    made = 'pay:\n  p:\n    table: |\n      达成率 | rate\n      < 80%  | 1%\n      "a|b"  | person.rate\n'
    assert all_formed({"a.yaml": text})[0] == {"a.yaml": f"{made}    note: |\n      a|b\n"}


def test_a_table_with_a_mistake_stays() -> None:
    """Until every row has its cells, nobody knows which bars belong together."""
    text = "pay:\n  table: |\n    a |b | rate\n    -|1%\n"
    assert all_formed({"a.yaml": text})[0] == {"a.yaml": text}


def test_an_indentation_that_is_said_counts_from_the_key() -> None:
    """`|2` says how far in the text stands, so that its own blanks are told apart."""
    assert form("a:\n    b: |2\n         x\n    c: 1\n") == "a:\n  b: |2\n       x\n  c: 1\n"


def test_empty_lines_at_the_end_of_a_text_that_keeps_them_stay() -> None:
    """After `|+` they are part of the text, elsewhere they are one empty line at most."""
    assert form("a: |+\n  x\n\n\nb: |\n  y\n\n\nc: 1\n") == "a: |+\n  x\n\n\nb: |\n  y\n\nc: 1\n"


def test_braces_stay_braces() -> None:
    """Of several lines, those below the first keep their distance from it."""
    assert form("a:\n    b: {c: 1,\n        d: [x,\n   y]}\n") == "a:\n  b: {c: 1,\n      d: [x,\n    y]}\n"


def test_parts_of_a_policy_have_an_empty_line_around_them() -> None:
    """The head stands together, each block is a part; comments above a part belong to it."""
    text = "policy: incentive\ntitle:\n  en: A\nmeasures:\n  a: 1\n\n\n# about pay\npay:\n  b: 1\nid: x\n"
    made = "policy: incentive\ntitle:\n  en: A\n\nmeasures:\n  a: 1\n\n# about pay\npay:\n  b: 1\n\nid: x\n"
    assert form(text) == made


def test_other_files_keep_their_empty_lines() -> None:
    """Of several in a row one stays; none stands at the beginning or the end."""
    assert form("\n\na:\n  b: 1\n\n\nc:\n  d: 1\n\n") == "a:\n  b: 1\n\nc:\n  d: 1\n"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a:\n    # of b\n    b: 1\n", "a:\n  # of b\n  b: 1\n"),
        ("a:\n    b: 1\n    # at the end of a\n# of c\nc: 1\n", "a:\n  b: 1\n  # at the end of a\n# of c\nc: 1\n"),
        ("a:\n- x\n# of y\n- y\n# at the end\n", "a:\n  - x\n  # of y\n  - y\n# at the end\n"),
        ("a:\n    b: 1 # close\n", "a:\n  b: 1 # close\n"),
        (
            "a:\n    b: 1        # aligned\n                # goes on\n",
            "a:\n  b: 1          # aligned\n                # goes on\n",
        ),
        ("-   a: 1\n", "-   a: 1\n"),
    ],
)
def test_comments_go_with_their_line(text: str, made: str) -> None:
    """Above words they go with them, behind words they keep a column that was chosen."""
    assert form(text) == made


def test_line_ends_quotes_and_the_byte_order_mark_stay() -> None:
    """Only blanks and empty lines change."""
    assert form("\ufeffa:\r\n    'b':   \"c\"   \r\n") == "\ufeffa:\r\n  'b':   \"c\"\r\n"


def test_a_file_ends_with_its_line() -> None:
    """But no break is added to a text that would take it in."""
    assert form("a: 1") == "a: 1\n"
    assert form("a: |\n   x") == "a: |\n  x"


def test_a_file_whose_meaning_is_open_stays_as_it_is() -> None:
    """It is named, so that its author can be asked."""
    texts = {"a.yaml": "a: [1\n", "b.yaml": "a:\n    b: 1\n", "t.csv": "x\n  y\n"}
    assert all_formed(texts) == ({**texts, "b.yaml": "a:\n  b: 1\n"}, ("a.yaml",))


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file in anybody's form: any step, lists below their keys, texts over several lines, comments everywhere."""
    names, remarks = itertools.count(), itertools.count()
    lines: list[str] = []

    def remark() -> str:
        return f"#r{next(remarks)}"

    def between(indent: int) -> None:
        for kind in draw(st.lists(st.sampled_from(["empty", "here", "out"]), max_size=2)):
            blanks = {"empty": 0, "here": indent, "out": draw(st.integers(0, 12))}[kind]
            lines.append("" if kind == "empty" else " " * blanks + remark())

    def behind() -> str:
        return draw(st.sampled_from(["", "", "  "])) or (
            " " * draw(st.integers(1, 9)) + remark() if draw(st.booleans()) else ""
        )

    def text(lead: str, indent: int) -> None:
        deep = " " * (indent + draw(st.integers(1, 5)))
        shape = draw(st.sampled_from(["word", "single", "double", "plain", "quoted", "literal", "braces", "below"]))
        if shape in ("word", "single", "double"):
            lines.append(lead + {"word": "x y", "single": "'it''s'", "double": '"a\\n # b"'}[shape] + behind())
        elif shape == "plain":
            lines.extend([f"{lead}one", f"{deep}two", *([""] if draw(st.booleans()) else []), f"{deep}three"])
        elif shape == "quoted":
            lines.extend([f'{lead}"one', "", f'{deep}two"{behind()}'])
        elif shape == "literal":
            header = draw(st.sampled_from(["|", "|-", "|+", ">", ">-", ">+"]))
            lines.append(lead + header)
            lines.append(f"{deep}a | b")
            extras = draw(st.lists(st.sampled_from(["", "c", "  d ", "# no comment", "   "]), max_size=4))
            lines.extend(deep + extra if extra.strip() else extra for extra in extras)
        elif shape == "braces":
            lines.extend([f"{lead}{{a: 1, {behind()}".rstrip(" "), f"{deep}b: [x,", f"{deep}y]}}{behind()}"])
        else:
            lines.extend([lead.rstrip(), f"{deep}under{behind()}"])

    def block(indent: int, depth: int, lead: str) -> None:
        listed = draw(st.booleans()) and depth > 0
        for _ in range(draw(st.integers(1, 3))):
            if not lead:
                between(indent)
            start, lead = lead or " " * indent, ""
            gap = " " * draw(st.integers(1, 3)) if listed else ""
            head = f"{start}-{gap}" if listed else f"{start}k{next(names)}:"
            inner = indent + 1 + len(gap) if listed else indent + draw(st.integers(1, 4))
            if depth < 3 and draw(st.integers(0, 2)) == 0:
                if listed:
                    block(inner, depth + 1, head)
                else:
                    lines.append(head + behind())
                    block(inner, depth + 1, "")
            else:
                text(head if listed else f"{head} ", indent)

    block(0, 0, "")
    between(0)
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


def remarks_of(text: str) -> list[str]:
    """The comments of a file, in order."""
    return re.findall(r"#r\d+", text)


@settings(max_examples=400, deadline=None)
@given(files(), st.booleans())
def test_form_changes_no_meaning(text: str, policy: bool) -> None:  # noqa: FBT001 drawn
    """The located tree says the same, every comment survives in its order, and the second time nothing changes."""
    text = f"policy: incentive\n{text}" if policy else text
    made = formed(text, "a.yaml")
    assume(made is not None)
    assert made is not None
    assert alike(read(text, "a.yaml")[0], read(made, "a.yaml")[0])
    assert remarks_of(made) == remarks_of(text)
    assert formed(made, "a.yaml") == made


def test_most_drawn_files_are_read() -> None:
    """The law above is about something."""
    seen: list[bool] = []

    @settings(max_examples=100, deadline=None, database=None)
    @given(files())
    def count(text: str) -> None:
        seen.append(formed(text, "a.yaml") is not None)

    count()
    assert sum(seen) > len(seen) * 0.6
