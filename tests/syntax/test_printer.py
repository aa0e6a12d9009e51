"""Printing: what is printed parses to the same tree, in both languages."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.syntax.texts import parsed
from workflow.diagnostics import NOWHERE
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.printer import Language, print_formula
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import height

BOTH: tuple[Language, ...] = ("en", "zh-CN")
PATHS = [
    ("revenue",),
    ("person", "role"),
    ("销售额",),
    ("客户", "等级"),
    ("人和",),
    ("是",),
    ("Deal Owner Id",),
    ("at",),
]
NAMES = Vocabulary(frozenset(".".join(path) for path in PATHS if " " not in path[0]), frozenset({"Deal Owner Id"}))


@pytest.mark.parametrize(
    ("formula", "english", "chinese"),
    [
        ("a>=80% and not(b)", "a >= 80% and not(b)", "a >= 80% 并且 非(b)"),
        ("(a or b) and c", "(a or b) and c", "(a 或者 b) 并且 c"),
        (
            "如果a那么1个月否则4个工作小时",
            "if a then 1 month else 4 working hours",
            "如果 a 那么 1个月 否则 4个工作小时",
        ),
        ("x between 1 and 2", "x between 1 and 2", "x 介于 1 和 2"),
        ("x in ( <= 5, [1..2) )", "x in (<= 5, [1..2))", "x 属于 (<= 5, [1..2))"),
        ("x in [1..2]", "x in [1..2]", "x 属于 [1..2]"),
        ('x at least "a"', 'x at least "a"', 'x 不低于 "a"'),
        ("x is missing or x is known", "x is missing or x is known", "x 缺失 或者 x 已知"),
        ("1-(2-3)", "1 - (2 - 3)", "1 - (2 - 3)"),
        ("-(1+2)**2", "-(1 + 2) ** 2", "-(1 + 2) ** 2"),
        ("10万 CNY + 1.50", "100000 CNY + 1.50", "100000 CNY + 1.50"),
        ("min( a,b )", "min(a, b)", "min(a, b)"),
        ("true or 2026-07-01 = d", "true or 2026-07-01 = d", "true 或者 2026-07-01 = d"),
    ],
)
def test_a_formula_is_printed_as_people_write(formula: str, english: str, chinese: str) -> None:
    """With no more brackets than it needs."""
    expression = parsed(formula)
    assert [print_formula(expression, language) for language in BOTH] == [english, chinese]


DIGITS = st.decimals(min_value=0, max_value=10**12, places=3, allow_nan=False)
UNITS = st.sampled_from(["years", "months", "weeks", "days", "hours", "minutes", "seconds"])
LEAVES = st.one_of(
    st.builds(ast.Number, DIGITS, st.just(NOWHERE)),
    st.builds(ast.Percent, DIGITS, st.just(NOWHERE)),
    st.builds(ast.Money, DIGITS, st.sampled_from(["CNY", "USD"]), st.just(NOWHERE)),
    st.builds(ast.Text, st.text(max_size=8), st.just(NOWHERE)),
    st.builds(ast.YesNo, st.booleans(), st.just(NOWHERE)),
    st.builds(ast.Date, st.dates(), st.just(NOWHERE)),
    st.builds(ast.At, st.sampled_from(["2026-07-01T10:30:00", "PT1H", 'x"y']), st.just(NOWHERE)),
    st.builds(ast.Duration, DIGITS, UNITS, st.just(False), st.just(NOWHERE)),
    st.builds(
        ast.Duration,
        st.just(Decimal(1)),
        st.sampled_from(["days", "hours", "minutes"]),
        st.just(True),
        st.just(NOWHERE),
    ),
    st.builds(ast.Name, st.sampled_from(PATHS), st.just(NOWHERE)),
)


def above(below: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.Expression]:
    """Every kind of node over the nodes below."""
    here = st.just(NOWHERE)
    many = st.lists(below, min_size=2, max_size=3).map(tuple)
    closed = st.builds(ast.Range, below, below, st.booleans(), st.booleans(), here)
    open_low = st.builds(ast.Range, st.none(), below, st.just(False), st.booleans(), here)
    open_high = st.builds(ast.Range, below, st.none(), st.booleans(), st.just(False), here)
    unless = st.builds(ast.Unless, below, here)
    tests = st.lists(below | closed | open_low | open_high | unless, min_size=1, max_size=3).map(tuple)
    listed = st.builds(ast.List, st.just(()) | tests, here)
    nothing = st.tuples(below, st.builds(ast.Null, here))
    return st.one_of(
        st.builds(ast.Call, st.just("number"), nothing, here, here),
        st.builds(ast.Negate, below, here),
        st.builds(ast.Calculate, st.sampled_from(["+", "-", "*", "/", "**"]), below, below, here, here),
        st.builds(ast.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), below, below, here, here),
        st.builds(ast.All, many, here),
        st.builds(ast.Any, many, here),
        st.builds(ast.Not, below, here),
        st.builds(ast.Between, below, below, below, here),
        st.builds(ast.In, below | listed, tests, here),
        st.builds(ast.In, below, listed.map(lambda each: (each,)), here),
        st.builds(ast.Property, below, st.sampled_from(["month", "hour"]), here, here),
        listed,
        closed,
        open_low,
        unless,
        st.builds(ast.Call, st.just("substring"), many, here, here, st.just(()))
        | st.builds(ast.Call, st.just("min"), st.tuples(below), here, here, st.just(("list",))),
        st.builds(ast.If, below, below, below, here),
        st.builds(ast.IsMissing, below, st.booleans(), here),
        st.builds(ast.AtLeast, below, below, here),
        st.builds(
            ast.Call, st.sampled_from(["min", "string length"]), st.lists(below, max_size=2).map(tuple), here, here
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, above, max_leaves=12).filter(lambda tree: height(tree) < 12)


def bare(node: object) -> object:
    """A tree without its places."""
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        fields = [field.name for field in dataclasses.fields(node) if not field.name.endswith("span")]
        return (type(node), *(bare(getattr(node, name)) for name in fields))
    return node


@pytest.mark.parametrize("language", BOTH)
@given(expression=EXPRESSIONS)
def test_what_is_printed_parses_to_the_same_tree(language: Language, expression: ast.Expression) -> None:
    """Whatever the tree, its text says it all."""
    text = print_formula(expression, language)
    again, diagnostics = parse(Scalar(text, NOWHERE, "plain", ((0, 1, 1),)), NAMES)
    assert (diagnostics, bare(again)) == ((), bare(expression)), text
