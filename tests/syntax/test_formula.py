"""Formulas: what they mean, and what is said of a slip, with what is underlined."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.syntax.texts import KNOWN, found, mended, parsed, slips, under, value, written
from workflow.syntax import ast
from workflow.syntax.formula import MOST_CHARACTERS, MOST_DEPTH, parse
from workflow.syntax.lexer import MOST_TOKENS
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping, Scalar
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import walk


def shape(node: ast.Expression | ast.Range | None) -> str:
    """A tree with all its brackets."""
    match node:
        case ast.Number(value=number):
            return str(number)
        case ast.Percent(value=number):
            return f"{number}%"
        case ast.Money(value=number, currency=currency):
            return f"{number} {currency}"
        case ast.Text(value=text):
            return repr(text)
        case ast.YesNo(value=truth):
            return str(truth)
        case ast.Date(value=day):
            return str(day)
        case ast.Duration(value=number, unit=unit, working=working):
            return f"{number} {'working ' * working}{unit}"
        case ast.Name(path=path):
            return "/".join(path)
        case ast.Negate(operand=operand):
            return f"-({shape(operand)})"
        case ast.Calculate(operator=sign, left=left, right=right) | ast.Compare(operator=sign, left=left, right=right):
            return f"({shape(left)} {sign} {shape(right)})"
        case ast.All(operands=operands):
            return "(" + " and ".join(map(shape, operands)) + ")"
        case ast.Any(operands=operands):
            return "(" + " or ".join(map(shape, operands)) + ")"
        case ast.Not(operand=operand):
            return f"not({shape(operand)})"
        case ast.Between(operand=operand, low=low, high=high):
            return f"({shape(operand)} between {shape(low)} and {shape(high)})"
        case ast.Range(low=low, high=high, low_in=low_in, high_in=high_in):
            return f"{'(['[low_in]}{shape(low)}..{shape(high)}{')]'[high_in]}"
        case ast.In(operand=operand, tests=tests):
            return f"({shape(operand)} in {', '.join(map(shape, tests))})"
        case ast.If(condition=condition, then=then, otherwise=otherwise):
            return f"if {shape(condition)} then {shape(then)} else {shape(otherwise)}"
        case ast.IsMissing(operand=operand, known=known):
            return f"({shape(operand)} is {'known' if known else 'missing'})"
        case ast.AtLeast(operand=operand, least=least):
            return f"({shape(operand)} at least {shape(least)})"
        case ast.AtMost(operand=operand, most=most):
            return f"({shape(operand)} at most {shape(most)})"
        case ast.Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(shape, arguments))})"
    return "-"


MEANT = {
    "attainment >= 80%": "(attainment >= 80%)",
    "revenue / quota": "(revenue / quota)",
    "csat between 3.5 and 4.5 and x": "((csat between 3.5 and 4.5) and x)",
    "tenure in [6 months..24 months)": "(tenure in [6 months..24 months))",
    'person.role = "account manager"': "(person/role = 'account manager')",
    'product in ("cloud", "services")': "(product in 'cloud', 'services')",
    'product in ["cloud", "services"]': "(product in 'cloud', 'services')",
    'product in "cloud"': "(product in 'cloud')",
    "x in (> 5, [1..2], (3..4], (a + b) * c)": "(x in (5..-), [1..2], (3..4], ((a + b) * c))",
    "x in <= 5": "(x in (-..5])",
    "x in ((1..2))": "(x in (1..2))",
    'customer.tier at least "standard"': "(customer/tier at least 'standard')",
    'customer.tier at most "standard"': "(customer/tier at most 'standard')",
    "if attainment > 100% then 120% else 100%": "if (attainment > 100%) then 120% else 100%",
    "1 + if a then b else c + 2": "(1 + if a then b else (c + 2))",
    "min(revenue, 2 * quota)": "min(revenue, (2 * quota))",
    "f()": "f()",
    "csat is missing and quota is known": "((csat is missing) and (quota is known))",
    "not(a) or not (b = c)": "(not(a) or not((b = c)))",
    "a or b and c or d": "(a or (b and c) or d)",
    "a and (b and c)": "(a and (b and c))",
    "1 - 2 - 3 * 4 / 5": "((1 - 2) - ((3 * 4) / 5))",
    "-2 ** 2 ** 3": "((-(2) ** 2) ** 3)",
    "a-b": "(a - b)",
    "--a": "-(-(a))",
    "1.50 + 10万": "(1.50 + 100000)",
    "60000 CNY": "60000 CNY",
    "5 CNY and x": "(5 CNY and x)",
    "2026-07-01": "2026-07-01",
    "d + 6 months": "(d + 6 months)",
    "4 working hours": "4 working hours",
    "true and false": "(True and False)",
    "a\n  and b": "(a and b)",
    'string length("a") + day of week(d)': "(string length('a') + day of week(d))",
    "date and time(x)": "date and time(x)",
    '"say \\"no\\" \\u4e2d"': "'say \"no\" 中'",
    "Deal Owner Id = “x” and Stage = 价格（元）": "((Deal Owner Id = 'x') and (Stage = 价格（元）))",
    "is is missing": "(is is missing)",
    # Chinese, with blanks and without
    "销售额 >= 10万 CNY 并且 满意度 >= 4.5": "((销售额 >= 100000 CNY) and (满意度 >= 4.5))",
    "销售额>=10万CNY并且满意度>=4.5": "((销售额 >= 100000 CNY) and (满意度 >= 4.5))",
    "如果达成率>=100%那么120%否则100%": "if (达成率 >= 100%) then 120% else 100%",
    "满意度介于3和4.5或者人和>5": "((满意度 between 3 and 4.5) or (人和 > 5))",
    "最低介于甲和乙": "(最低 between 甲 and 乙)",
    "非(满意度缺失)": "not((满意度 is missing))",
    "不（满意度已知）": "not((满意度 is known))",
    "产品在（“云”、“服务”）中": "(产品 in '云', '服务')",
    "产品属于(“云”)": "(产品 in '云')",
    "客户.等级不低于“标准”": "(客户/等级 at least '标准')",
    "客户.等级至多“标准”": "(客户/等级 at most '标准')",
    "客户.等级至少“标准”": "(客户/等级 at least '标准')",
    "工龄在[6个月..24个月)中并且GMV>0": "((工龄 in [6 months..24 months)) and (GMV > 0))",
    "GMV总额并且销售额度": "(GMV总额 and 销售额度)",
    "不良率 > 非常": "(不良率 > 非常)",
    "4个工作小时": "4 working hours",
    # Full-width signs and others that are certain
    "ａ＞＝（５０％）　＊　２": "(a >= (50% * 2))",
    "a ≥ 1 and b ≤ 2 or c ≠ 3": "(((a >= 1) and (b <= 2)) or (c != 3))",
    "a × b ÷ c − d": "(((a * b) / c) - d)",
    "“（＞５，０００）” = x": "('（＞５，０００）' = x)",
}


@pytest.mark.parametrize("formula", MEANT)
def test_a_formula_means(formula: str) -> None:
    """Precedence, words and signs of both languages."""
    assert shape(parsed(formula)) == MEANT[formula]


SLIPS = {
    "a >": [("formula-ends-early", ">")],
    "a and": [("formula-ends-early", "and")],
    "min(a,": [("formula-ends-early", ",")],
    "a and or b": [("expected-value", "or")],
    "* a": [("expected-value", "*")],
    "a b": [("expected-operator", "b")],
    "a, b": [("expected-operator", ",")],
    'a "b"': [("expected-operator", '"b"')],
    "Deal Stage = 1": [("expected-operator", "Stage")],
    "x between 1": [("missing-word", "1")],
    "x between 1 or 2": [("expected-word", "or")],
    "if a then b": [("missing-word", "b")],
    "if a else b": [("expected-word", "else")],
    "x in [1..2": [("bracket-not-closed", "[")],
    "x in [1..2,": [("expected-word", ",")],
    "(a + b": [("bracket-not-closed", "(")],
    "min(": [("bracket-not-closed", "(")],
    "min(a b)": [("expected-operator", "b")],
    "a + b)": [("bracket-not-opened", ")")],
    ")": [("bracket-not-opened", ")")],
    "(a]": [("expected-word", "]")],
    "1 < x < 5": [("chained-comparison", "<")],
    "a = b = c": [("chained-comparison", "=")],
    "产品在(“云”)": [("missing-word", ")")],
    'x = "abc': [("text-not-closed", '"abc')],
    "x = “abc": [("text-not-closed", "“abc")],
    '"\\q"': [("text-escape", "\\q")],
    '"\\ud800"': [("text-escape", "\\ud800")],
    "a ？ b": [("unknown-sign", "？")],
    "a % b": [("unknown-sign", "%")],
    "a; b": [("unknown-sign", ";")],
    "12abc": [("number-with-letters", "12abc")],
    "5 CNYs": [("expected-operator", "CNYs")],
    "2026-02-30": [("impossible-date", "2026-02-30")],
    "2026/2/30": [("impossible-date", "2026/2/30")],
    "1" * 39: [("number-too-long", "1" * 39)],
    "today() > x": [("left-out-clock", "today")],
    "now()": [("left-out-clock", "now")],
    "日期 > 今天": [("left-out-clock", "今天")],
    "for x in y return x": [("left-out-loop", "for")],
    "some x in y satisfies x": [("left-out-loop", "some")],
    "every x in y satisfies x": [("left-out-loop", "every")],
    "x[1]": [("left-out-filter", "[")],
    "f(x)[item > 1]": [("left-out-filter", "[")],
    "x instance of number": [("left-out-instance", "instance")],
    "function(x) x": [("left-out-function", "function")],
    "{a: 1}": [("left-out-context", "{")],
    "get value(x, y)": [("left-out-context", "get value")],
    'matches(a, "b")': [("left-out-pattern", "matches")],
    'replace(a, "b", "c")': [("left-out-pattern", "replace")],
    'split(a, "b")': [("left-out-pattern", "split")],
    "sort(x)": [("left-out-sort", "sort")],
    "is(a, b)": [("left-out-is", "is")],
    'range("[1..2]")': [("left-out-range", "range")],
    "x = null": [("left-out-null", "null")],
    "@2026-07-01": [("unknown-sign", "@")],
    # what is meant is certain, so reading goes on
    "5,000 < x": [("number-form", "5,000")],
    "a == b && c || d": [("written-otherwise", "=="), ("written-otherwise", "&&"), ("written-otherwise", "||")],
    "a == b && 12abc": [("written-otherwise", "=="), ("written-otherwise", "&&"), ("number-with-letters", "12abc")],
    "AND": [("written-otherwise", "AND")],
    "AND(a, b)": [("word-as-function", "AND")],
    "a > 1 AND (b > 2)": [("written-otherwise", "AND")],
    "(a) OR (b)": [("written-otherwise", "OR")],
}


@pytest.mark.parametrize("formula", SLIPS)
def test_a_slip_is_named_once(formula: str) -> None:
    """One message for one slip, with the caret on the right text."""
    assert slips(formula) == SLIPS[formula]


MENDED = {
    "5,000 < x": "5000 < x",
    "x > 1,234,567.50 CNY": "x > 1234567.50 CNY",
    "x > 5 000": "x > 5000",
    "x > 1_000": "x > 1000",
    "x > ¥5000": "x > 5000 CNY",
    "x > 5万元": "x > 5万 CNY",
    "x > 5,000 cny": "x > 5000 CNY",
    "x > 1e3 + .5": "x > 1000 + 0.5",
    "x > 80 percent": "x > 80%",
    "x > 5k": "x > 5000",
    "d > 2026/7/1": "d > 2026-07-01",
    "d > 2026年7月1日": "d > 2026-07-01",
    "d > 2026-7-1": "d > 2026-07-01",
    "a == b && c || d": "a = b and c or d",
    "a <> b": "a != b",
    "a => b": "a >= b",
    "a =< b": "a <= b",
    "a ^ 2": "a ** 2",
    "!x and !(y)": "not(x) and not(y)",
    "not x and y": "not(x) and y",
    'a + 1 not in ("a", "b")': 'not(a + 1 in ("a", "b"))',
    "x is not missing": "x is known",
    "a AND b Or TRUE": "a and b or true",
    "x = yes": "x = true",
    "x = 'abc' or y = ‘it’": 'x = "abc" or y = "it"',
    "产品不属于(“云”)": "非(产品属于(“云”))",
    "满意度大于等于4且x等于1": "满意度>=4且x=1",
    "满意度 > 4 且 x": "满意度 > 4 并且 x",
    "x > 5‰": "x > 0.5%",
    "满意度 4.5 及以上": "满意度 >= 4.5",
    "满意度 >= .5以上": "满意度 >= 0.5",
    "如果满意度>4则1否则2": "如果满意度>4那么1否则2",
    "若满意度>4，则1，否则2": "如果满意度>4那么1否则2",
    "满意度>4且满意度<5": "满意度>4并且满意度<5",
    "if x > 4, then 1, else 2": "if x > 4 then 1 else 2",
}


@pytest.mark.parametrize("formula", MENDED)
def test_what_is_meant_is_the_fix(formula: str) -> None:
    """The fixed formula has no mistake and means what was read at once."""
    scalar = written(formula)
    expression, diagnostics = parse(scalar, KNOWN)
    repaired = mended(f"a: |-\n  {formula}\n", diagnostics).removeprefix("a: |-\n  ").removesuffix("\n")
    assert repaired == MENDED[formula]
    assert shape(expression) == shape(parse(written(repaired), KNOWN)[0])


def test_a_number_with_a_comma_in_a_list_may_be_two() -> None:
    """So its fix isn't applied without being asked."""
    _, (diagnostic,) = parse(written("min(1,200)"), KNOWN)
    assert diagnostic.fix
    assert (diagnostic.fix.text, diagnostic.fix.safe) == ("1200", False)


def test_a_sign_of_money_may_mean_another_currency() -> None:
    """So its fix isn't applied without being asked."""
    _, (diagnostic,) = parse(written("x > ¥5000"), KNOWN)
    assert diagnostic.fix
    assert not diagnostic.fix.safe


def test_chinese_words_are_expected_in_chinese_formulas() -> None:
    """Who writes 如果 is told of 否则."""
    _, (diagnostic,) = parse(written("如果a那么b"), KNOWN)
    assert diagnostic.args["expected"] == "否则"


@pytest.mark.parametrize("formula", ["revenue", "80%", "10万 CNY", "-5", '"x"', "2026-07-01", "6 months"])
def test_names_and_literals_may_stand_in_braces(formula: str) -> None:
    """YAML can't cut them."""
    assert parse(braced(formula), KNOWN)[1] == ()


@pytest.mark.parametrize("formula", ["a > 1", "min(a)", "-a", "a +", "2 * 3"])
def test_a_formula_in_braces_is_refused(formula: str) -> None:
    """Complete or cut, it is one mistake: the braces."""
    text = f"a: {{b: {formula}}}\n"
    assert found(text, parse(braced(formula), KNOWN)[1]) == [("formula-in-braces", formula)]


def braced(formula: str) -> Scalar:
    tree, _ = read(f"a: {{b: {formula}}}\n", "a.yaml")
    assert isinstance(tree, Mapping)
    inner = tree.get("a")
    assert isinstance(inner, Mapping)
    scalar = inner.get("b")
    assert isinstance(scalar, Scalar)
    return scalar


def test_every_node_underlines_what_it_was_read_from() -> None:
    """Operands with their brackets, operators alone."""
    text = "a: (revenue + 1) * min(quota, 2) >= 5 CNY\n"
    tree, _ = parse(value(text), KNOWN)
    assert tree
    assert [under(text, node.span) for node in walk(tree)] == [
        "(revenue + 1) * min(quota, 2) >= 5 CNY",
        "(revenue + 1) * min(quota, 2)",
        "(revenue + 1)",
        "revenue",
        "1",
        "min(quota, 2)",
        "quota",
        "2",
        "5 CNY",
    ]
    assert isinstance(tree, ast.Compare)
    assert under(text, tree.operator_span) == ">="


def test_a_folded_formula_underlines_its_lines() -> None:
    """A part on the second line is underlined there."""
    text = "a: revenue >\n   quota and\n   * b\n"
    assert found(text, parse(value(text), KNOWN)[1]) == [("expected-value", "*")]


def test_an_empty_formula_is_underlined_by_its_quotes() -> None:
    """There is no text, so the place is that of the scalar."""
    text = "a: ''\n"
    assert found(text, parse(value(text), KNOWN)[1]) == [("formula-empty", "''")]


@pytest.mark.parametrize("text", ["//", "// later", "/* later */"])
def test_a_comment_is_no_formula(text: str) -> None:
    """Nothing stands there either."""
    assert [each.code for each in parse(value(f"a: {text}\n"), KNOWN)[1]] == ["formula-empty"]


def test_digits_are_not_read_as_floats() -> None:
    """A number is the decimal that its digits show."""
    assert parsed("0.1 + 0.20") == parsed("0.1 + 0.20")
    assert [node.value for node in walk(parsed("0.1 + 0.20")) if isinstance(node, ast.Number)] == [
        Decimal("0.1"),
        Decimal("0.20"),
    ]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("a" * (MOST_CHARACTERS + 1), "formula-too-long"),
        ("a+" * MOST_TOKENS + "a", "formula-too-large"),
        ("(" * (MOST_DEPTH + 1) + "a" + ")" * (MOST_DEPTH + 1), "formula-too-deep"),
        ("(" * 900, "formula-too-deep"),
        ("-" * 900 + "a", "formula-too-deep"),
        ("not(" * 400 + "a", "formula-too-deep"),
        ("not " * 400 + "a", "formula-too-deep"),
        ("if a then " * 300, "formula-too-deep"),
        ("a" + " + a" * (MOST_DEPTH + 1), "formula-too-deep"),
        ("x in ((" * 200, "formula-too-deep"),
    ],
)
def test_bounds_are_named(formula: str, code: str) -> None:
    """Length, words and depth have their messages, and no formula exhausts the stack."""
    expression, diagnostics = parse(value(f"a: {formula}\n"), Vocabulary())
    assert [each.code for each in diagnostics] == [code]
    assert expression is None


def test_many_operands_of_one_row_are_no_depth() -> None:
    """A row of `and` is one node, however long."""
    expression = parsed(" and ".join(["a"] * 400))
    assert isinstance(expression, ast.All)
    assert len(expression.operands) == 400


WORDS = (
    "a revenue Deal Owner Id Deal_Owner 销售额 满意度 if then else between and in at least is missing not null today()",
    "并且 或者 非 不 介于 和 在 中 属于 个月 ( ) [ ] , .. . + - * / ** = == ! { ？ \\ @ \" “ ” '",
    "5 5,000 80% 10万 CNY 2026-07-01 6 months",
)
PIECES = st.sampled_from([piece for line in WORDS for piece in line.split(" ")])


@given(st.text() | st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join))
def test_the_parser_never_raises(formula: str) -> None:
    """Any text gives an expression or says what is wrong, inside the text."""
    scalar = Scalar(formula, value("a: x\n").span, "plain", ((0, 1, 1),))
    expression, diagnostics = parse(scalar, KNOWN)
    assert expression is not None or diagnostics
    assert all(0 <= each.span.column - 1 <= each.span.end_column - 1 <= len(formula) + 4 for each in diagnostics)
