"""Carrying out fixes in texts: what is replaced, what stays, and which fix gives way."""

from __future__ import annotations

import pytest

from tests.syntax.texts import KNOWN, value
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.syntax.fixes import Change, changes, mended
from workflow.syntax.formula import parse
from workflow.syntax.reader import read


def fix(column: int, end: int, text: str, *, line: int = 1, safe: bool = True) -> Diagnostic:
    """A diagnostic with a fix of one line."""
    span = Span("a.yaml", line, column, line, end)
    return Diagnostic("empty-file", span, fix=Fix(span, text, safe=safe))


def after(text: str, *diagnostics: Diagnostic) -> str:
    """The text with what is safe carried out."""
    return mended({"a.yaml": text}, diagnostics)["a.yaml"]


def test_fixes_of_a_file_are_carried_out_together() -> None:
    """None moves the place of another."""
    assert after("a: xx\nb: y\n", fix(4, 6, "long"), fix(4, 5, "z", line=2)) == "a: long\nb: z\n"


def test_a_fix_that_is_not_safe_is_left_to_the_author() -> None:
    """A near name may not be the name that is meant."""
    assert after("a: x\n", fix(4, 5, "y", safe=False)) == "a: x\n"


def test_of_fixes_that_overlap_the_first_is_carried_out() -> None:
    """The other one is found again, if it still applies."""
    assert after("a: xyz\n", fix(4, 6, "1"), fix(5, 7, "2")) == "a: 1z\n"


def test_the_same_fix_of_two_mistakes_is_carried_out_once() -> None:
    """Two mistakes in one stretch may have one cure."""
    assert after("a: x\n", fix(5, 5, "!"), fix(5, 5, "!")) == "a: x!\n"


def test_a_fix_that_would_leave_the_file_less_readable_is_not_carried_out() -> None:
    """The others are."""
    assert after("a: x\nb: y\n", fix(4, 5, '"x" y'), fix(4, 5, "z", line=2)) == "a: x\nb: z\n"


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    """Lines that a fix adds end like the others."""
    assert after("\ufeffa: x\r\nb: y\r\n", fix(3, 5, "\n  c: 1")) == "\ufeffa:\r\n  c: 1\r\nb: y\r\n"


def test_a_file_that_is_not_of_the_workspace_is_left_alone() -> None:
    """A place without a file, or in another one, changes nothing."""
    assert mended({"b.yaml": "a: x\n"}, [fix(4, 5, "y")]) == {"b.yaml": "a: x\n"}


def test_changes_name_the_lines_before_and_after() -> None:
    """Numbered as the author last saw them."""
    before = {"a.yaml": "a: 1\nb: 2\nc: 3\n", "b.yaml": "x\n"}
    assert changes(before, {"a.yaml": "a: 1\nb:\n  d: 2\nc: 4\n", "b.yaml": "x\n"}) == (
        Change("a.yaml", 2, ("b: 2", "c: 3"), ("b:", "  d: 2", "c: 4")),
    )


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a: csat == 4\n", "a: csat = 4\n"),
        ('a: "csat == 4"\n', 'a: "csat = 4"\n'),
        ("a: 'person.role == \"it''s\"'\n", "a: 'person.role = \"it''s\"'\n"),
        ('a: "customer.tier = 「key」"\n', 'a: "customer.tier = \\"key\\""\n'),
        ("a: 'customer.tier = 「it''s」'\n", "a: 'customer.tier = \"it''s\"'\n"),
        ("a: not csat\n", "a: not(csat)\n"),
        ('a: "not \\"x\\""\n', 'a: "not(\\"x\\")"\n'),
        ("a: |\n  csat == 4\n  && csat => 3\n", "a: |\n  csat = 4\n  and csat >= 3\n"),
        ("a: csat > 5,000\n", "a: csat > 5000\n"),
    ],
)
def test_a_fix_of_a_formula_fits_into_its_quotes(text: str, made: str) -> None:
    """What stands in quotes of YAML is escaped as YAML wants it, and read as what was meant."""
    expression, mistakes = parse(value(text), KNOWN)
    assert after(text, *mistakes) == made
    assert not read(made, "a.yaml")[1]
    again, left = parse(value(made), KNOWN)
    assert not left
    assert type(again) is type(expression)


def test_a_fix_that_would_begin_a_text_of_yaml_is_only_offered() -> None:
    """A formula that begins with a quote would end with it."""
    text = "a: 「key」 = customer.tier\n"
    (mistake,) = parse(value(text), KNOWN)[1]
    assert mistake.fix
    assert not mistake.fix.safe
