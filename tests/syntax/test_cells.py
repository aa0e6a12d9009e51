"""The cells of a table: the unary tests of FEEL, in both languages, and nothing that isn't a literal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.diagnostics import NOWHERE, Diagnostic, Span
from workflow.syntax import ast
from workflow.syntax.cells import parse_cell
from workflow.syntax.tree import Scalar

COLUMN = ast.Name(("x",), NOWHERE)


def parsed(text: str, *, words: bool = False) -> tuple[ast.Expression | None, tuple[Diagnostic, ...]]:
    """The condition of a cell that stands at the beginning of a file."""
    return parse_cell(Scalar(text, Span("a", 1, 1, 1, len(text) + 1), "plain", ((0, 1, 1),)), COLUMN, words=words)


def shown(node: ast.Expression | ast.Range | None) -> object:
    """A condition without its places."""
    match node:
        case ast.Range(low, high, low_in, high_in):
            return ("[" if low_in else "(", shown(low), shown(high), "]" if high_in else ")")
        case ast.In(_, tests):
            return [shown(test) for test in tests]
        case ast.Compare("=", _, right):
            return shown(right)
        case ast.Not(operand):
            return ("not", shown(operand))
        case ast.IsMissing(_, known):
            return "known" if known else "missing"
        case ast.Percent(value) | ast.Number(value):
            return int(value)
        case ast.Text(value):
            return value
        case ast.YesNo(value):
            return value
        case ast.AtLeast(_, border):
            return ("at least", shown(border))
        case ast.AtMost(_, border):
            return ("at most", shown(border))
        case ast.Any(operands):
            return {"any": [shown(each) for each in operands]}
        case ast.Negate(operand):
            return ("-", shown(operand))
    return node


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("-", True),
        ("—", True),
        ("－", True),
        ("80%", 80),
        ("= 80%", 80),
        ("-5", ("-", 5)),
        ('"key"', "key"),
        ("“key”", "key"),
        ("true", True),
        ('at least "b"', ("at least", "b")),
        ("至少“b”", ("at least", "b")),
        ('不低于 "b"', ("at least", "b")),
        ('at most "b"', ("at most", "b")),
        ("至多“b”", ("at most", "b")),
        ('not(at most "b")', ("not", ("at most", "b"))),
        ('"a", at least "c"', {"any": [("at least", "c"), ["a"]]}),
        ("< 80%", [("(", None, 80, ")")]),
        ("≤80％", [("(", None, 80, "]")]),
        (">= 80%", [("[", 80, None, ")")]),
        ("> 80%", [("(", 80, None, ")")]),
        ("[80%..100%)", [("[", 80, 100, ")")]),
        ("(1..5]", [("(", 1, 5, "]")]),
        ("]1..5[", [("(", 1, 5, ")")]),
        ("]1..5]", [("(", 1, 5, "]")]),
        ("［80％..100％）", [("[", 80, 100, ")")]),
        ("between 1 and 5", [("[", 1, 5, "]")]),
        ("介于 1 和 5", [("[", 1, 5, "]")]),
        ('"a", "b"', ["a", "b"]),
        ('"a"，"b"', ["a", "b"]),
        ("< 1, [2..3], > 5", [("(", None, 1, ")"), ("[", 2, 3, "]"), ("(", 5, None, ")")]),
        ('not("a")', ("not", "a")),
        ('not("a", "b")', ("not", ["a", "b"])),
        ('非("a")', ("not", "a")),
        ("not(< 5)", ("not", [("(", None, 5, ")")])),
        ("is missing", "missing"),
        ("is known", "known"),
        ("缺失", "missing"),
    ],
)
def test_a_cell_is_a_condition_of_its_column(text: str, means: object) -> None:
    """As FEEL reads it, whatever signs it is written with."""
    tree, mistakes = parsed(text)
    assert mistakes == ()
    assert shown(tree) == means


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("key", "cell-word", "key"),
        ('"a", key', "cell-word", "key"),
        ("< quota", "cell-word", "quota"),
        ("80% - 100%", "cell-range", "80% - 100%"),
        (">= 2 * 50%", "cell-formula", "2 * 50%"),
        ("to 80%", "to-in-a-cell", "to 80%"),
        ("[80%..100%", "missing-word", "100%"),
        ("80%..100%", "expected-operator", ".."),
        ("< 80% < 90%", "expected-operator", "<"),
        ("< 10,000", "number-form", "10,000"),
        ('!= "a"', "written-otherwise", '!= "a"'),
        ("大于 5", "written-otherwise", "大于"),
        ("<", "formula-ends-early", "<"),
        ('"key', "text-not-closed", '"key'),
    ],
)
def test_a_cell_that_is_none_is_refused_at_its_words(text: str, code: str, words: str) -> None:
    """One mistake, which underlines what is wrong."""
    tree, mistakes = parsed(text)
    assert tree is None
    assert [each.code for each in mistakes] == [code]
    assert text[mistakes[0].span.column - 1 : mistakes[0].span.end_column - 1] == words


@pytest.mark.parametrize("text", ["south", "account manager", "0123", "华东", "no", "to", "A-1"])
def test_in_a_sheet_words_are_a_text(text: str) -> None:
    """Where a column holds texts, a cell of a file without any sign of a test is that text."""
    tree, mistakes = parsed(text, words=True)
    assert mistakes == ()
    assert shown(tree) == text


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("-", True),
        ("is missing", "missing"),
        ('not("a")', ("not", "a")),
        ("at least standard", ("at least", "standard")),
        ("至多 标准", ("at most", "标准")),
    ],
)
def test_in_a_sheet_tests_stay_tests(text: str, means: object) -> None:
    """A sign, or the words that ask for what is missing, make a test of it."""
    assert shown(parsed(text, words=True)[0]) == means


def test_numbers_keep_their_digits() -> None:
    """A literal is exact."""
    tree, _ = parsed("< 80.50%")
    assert isinstance(tree, ast.In)
    border = tree.tests[0]
    assert isinstance(border, ast.Range)
    assert border.high == ast.Percent(Decimal("80.50"), Span("a", 1, 3, 1, 9))
