"""Sentences of expressions: what is said is what is meant, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.syntax.test_printer import EXPRESSIONS
from tests.syntax.texts import parsed
from workflow.checks.expressions.calls import FUNCTIONS, OVER_LISTS
from workflow.checks.expressions.lists import AGGREGATES
from workflow.report.sentences import sentence
from workflow.syntax import ast
from workflow.words import has

SAID = {
    "revenue / quota >= 80%": (
        "revenue divided by quota is at least 80%",
        "revenue 除以 quota 不低于 80%",
    ),
    "(revenue - 5000 CNY) * 3%": (
        "(revenue minus 5000 CNY) times 3%",
        "（revenue 减 5000 CNY）乘以 3%",
    ),
    "revenue - (quota - 5000 CNY)": (
        "revenue minus (quota minus 5000 CNY)",
        "revenue 减（quota 减 5000 CNY）",
    ),
    "csat between 3.5 and 4.5": (
        "csat is from 3.5 to 4.5, both included",
        "csat 为从 3.5 到 4.5（含两端）",
    ),
    "csat in [3.5..4.5)": (
        "csat is from 3.5 to below 4.5",
        "csat 为从 3.5（含）到 4.5（不含）",
    ),
    'customer.tier in ("key", "standard", "new")': (
        'customer.tier is one of "key", "standard" or "new"',
        'customer.tier 为以下之一："key"、"standard" 或 "new"',
    ),
    "csat in (1, > 3)": (
        "csat is 1 or above 3",
        "csat 为 1 或大于 3",
    ),
    "csat is missing or not(revenue > quota)": (
        "csat is missing, or it is not so that revenue is more than quota",
        "csat 缺失，或者以下不成立：revenue 大于 quota",
    ),
    "csat > 3 and (csat < 5 or revenue = 0)": (
        "csat is more than 3, and (csat is less than 5, or revenue equals 0)",
        "csat 大于 3，并且（csat 小于 5，或者 revenue 等于 0）",
    ),
    "if csat > 3 then 120% else 100%": (
        "if csat is more than 3, then 120%, otherwise 100%",
        "如果 csat 大于 3，则为 120%，否则为 100%",
    ),
    "min(revenue, 2 * quota)": (
        "the least of revenue and 2 times quota",
        "revenue 和 2 乘以 quota 中的最小值",
    ),
    "round half up(revenue, 2)": (
        "revenue rounded to 2 digits after the point, halves away from zero",
        "revenue 四舍五入，保留 2 位小数",
    ),
    'day of week(date("2026-07-01"))': (
        'the weekday of the date "2026-07-01"',
        '日期 "2026-07-01" 是星期几',
    ),
    "revenue > 2 * quota + 5 CNY": (
        "revenue is more than 2 times quota plus 5 CNY",
        "revenue 大于 2 乘以 quota 加 5 CNY",
    ),
}


@pytest.mark.parametrize("formula", SAID)
def test_a_formula_is_said(formula: str) -> None:
    """In English and Chinese, with brackets only where it could be heard in two ways."""
    tree = parsed(formula)
    assert (sentence(tree, "en"), sentence(tree, "zh-CN")) == SAID[formula]


@given(expression=EXPRESSIONS)
def test_every_tree_has_a_sentence(expression: ast.Expression) -> None:
    """Whatever the tree, it can be said, and the two languages differ only in their own words."""
    for language in ("en", "zh-CN"):
        assert sentence(expression, language)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *AGGREGATES, *OVER_LISTS} - {"string join"}))
def test_every_function_has_words(name: str, language: str) -> None:
    """Each built-in is said in words of its own."""
    key = f"say-call-{name.replace(' ', '-')}"
    assert any(has("report", key + count, language) for count in ("", "-1", "-2"))


def test_an_authors_words_stay_as_they_are() -> None:
    """Chinese and Latin signs stand apart where a phrase meets a name, never inside of one."""
    assert sentence(parsed('csat = "南区A"'), "zh-CN") == 'csat 等于 "南区A"'
