"""Expressions as text again, in English or Chinese: what is printed parses to the same tree.

Names, texts and currencies are the author's and stay as they are; only keywords and units have a language.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from workflow.syntax import ast

Language = Literal["en", "zh-CN"]

_ENGLISH = {
    "and": "and", "or": "or", "not": "not", "if": "if", "then": "then", "else": "else", "between": "between",
    "border": "and", "in": "in", "missing": "is missing", "known": "is known", "at least": "at least",
    "at most": "at most",
}  # fmt: skip
_CHINESE = {
    "and": "并且", "or": "或者", "not": "非", "if": "如果", "then": "那么", "else": "否则", "between": "介于",
    "border": "和", "in": "属于", "missing": "缺失", "known": "已知", "at least": "不低于",
    "at most": "至多",
}  # fmt: skip
_CHINESE_UNITS = {
    "years": "年", "months": "个月", "weeks": "周", "days": "天", "hours": "小时", "minutes": "分钟", "seconds": "秒",
}  # fmt: skip
_CHINESE_WORKING = {"days": "个工作日", "hours": "个工作小时", "minutes": "个工作分钟"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})

_IF, _OR, _AND, _RELATION, _SUM, _PRODUCT, _POWER, _UNARY, _LEAF = range(9)
_ARITHMETIC = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}


def print_formula(expression: ast.Expression, language: Language) -> str:
    """The expression as an author would write it in a language, with no more brackets than it needs."""
    return _Printer(_CHINESE if language == "zh-CN" else _ENGLISH).at(expression, _IF)


class _Printer:
    """The printer of one language."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    def at(self, node: ast.Expression, level: int) -> str:
        """The node where only operators that bind at least as tightly may stand."""
        text, own = self.node(node)
        return text if own >= level else f"({text})"

    def node(self, node: ast.Expression) -> tuple[str, int]:
        """The text of a node, and how tightly it binds."""
        words = self.words
        match node:
            case ast.Any(operands=operands):
                return f" {words['or']} ".join(self.at(each, _AND) for each in operands), _OR
            case ast.All(operands=operands):
                return f" {words['and']} ".join(self.at(each, _RELATION) for each in operands), _AND
            case ast.Calculate(operator=sign, left=left, right=right):
                level = _ARITHMETIC[sign]
                return f"{self.at(left, level)} {sign} {self.at(right, level + 1)}", level
            case ast.Negate(operand=operand):
                return f"-{self.at(operand, _UNARY)}", _UNARY
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                choice = f"{words['if']} {self.at(condition, _OR)} {words['then']} {self.at(then, _OR)}"
                return f"{choice} {words['else']} {self.at(otherwise, _IF)}", _IF
            case ast.Not(operand=operand):
                return f"{words['not']}({self.at(operand, _IF)})", _LEAF
            case ast.Call(name=name, arguments=arguments, names=names):
                given = zip(names or [""] * len(arguments), arguments, strict=True)
                inner = ", ".join((f"{key}: " if key else "") + self.at(each, _IF) for key, each in given)
                return f"{name}({inner})", _LEAF
            case ast.Property(operand=operand, name=name):
                return f"{self.part_of(operand)}.{name}", _LEAF
            case ast.List(items=items):
                return f"[{', '.join(self.test(item, _IF) for item in items)}]", _LEAF
            case ast.Range(low=low, high=high) if low is not None and high is not None:
                return self.test(node), _LEAF
            case ast.Range() | ast.Unless():
                return f"({self.test(node)})", _LEAF
            case ast.Compare() | ast.Between() | ast.In() | ast.IsMissing() | ast.AtLeast() | ast.AtMost():
                return self.relation(node), _RELATION
        return self.leaf(node), _LEAF

    def relation(self, node: ast.Compare | ast.Between | ast.In | ast.IsMissing | ast.AtLeast | ast.AtMost) -> str:
        """A comparison of any kind."""
        words = self.words
        match node:
            case ast.Compare(operator=sign, left=left, right=right):
                return f"{self.at(left, _SUM)} {sign} {self.at(right, _SUM)}"
            case ast.Between(operand=operand, low=low, high=high):
                borders = f"{self.at(low, _SUM)} {words['border']} {self.at(high, _SUM)}"
                return f"{self.at(operand, _SUM)} {words['between']} {borders}"
            case ast.In(operand=operand, tests=tests):
                inner = ", ".join(self.test(test) for test in tests)
                alone = len(tests) == 1 and _closed(tests[0])
                return f"{self.at(operand, _SUM)} {words['in']} {inner if alone else f'({inner})'}"
            case ast.IsMissing(operand=operand, known=known):
                return f"{self.at(operand, _SUM)} {words['known' if known else 'missing']}"
            case ast.AtLeast(operand=operand, least=least):
                return f"{self.at(operand, _SUM)} {words['at least']} {self.at(least, _SUM)}"
            case ast.AtMost(operand=operand, most=most):
                return f"{self.at(operand, _SUM)} {words['at most']} {self.at(most, _SUM)}"

    def part_of(self, operand: ast.Expression) -> str:
        """A value whose part is asked for, in brackets where the two would be read as something else."""
        bare = isinstance(operand, ast.Call | ast.At | ast.Text | ast.Date | ast.Property)
        return self.at(operand, _LEAF) if bare else f"({self.at(operand, _IF)})"

    def test(self, test: ast.Expression, level: int = _SUM) -> str:
        """One entry after `in`, or of a list."""
        if isinstance(test, ast.Unless):
            return f"!= {self.at(test.value, _SUM)}"
        if not isinstance(test, ast.Range):
            return self.at(test, level)
        low, high = (None if border is None else self.at(border, _SUM) for border in (test.low, test.high))
        if low is None:
            return f"{'<=' if test.high_in else '<'} {high}"
        if high is None:
            return f"{'>=' if test.low_in else '>'} {low}"
        return f"{'[' if test.low_in else '('}{low}..{high}{']' if test.high_in else ')'}"

    def leaf(self, node: ast.Expression) -> str:
        """A name or a literal."""
        match node:
            case ast.Name():
                return node.text
            case ast.Number(value=value):
                return _digits(value)
            case ast.Percent(value=value):
                return f"{_digits(value)}%"
            case ast.Money(value=value, currency=currency):
                return f"{_digits(value)} {currency}"
            case ast.Text(value=text):
                return f'"{text.translate(_ESCAPES)}"'
            case ast.YesNo(value=truth):
                return "true" if truth else "false"
            case ast.Date(value=day):
                return day.isoformat()
            case ast.Null():
                return "null"
            case ast.At(value=text):
                return f'@"{text.translate(_ESCAPES)}"'
        assert isinstance(node, ast.Duration), node
        return self.duration(node)

    def duration(self, node: ast.Duration) -> str:
        """A length of time, in the units of the language."""
        if self.words is _CHINESE:
            return _digits(node.value) + (_CHINESE_WORKING if node.working else _CHINESE_UNITS)[node.unit]
        unit = node.unit.removesuffix("s") if node.value == 1 else node.unit
        return f"{_digits(node.value)} {'working ' if node.working else ''}{unit}"


def _closed(test: ast.Expression) -> bool:
    """Whether it is a range with two borders, which needs no brackets around it."""
    return isinstance(test, ast.Range) and None not in (test.low, test.high)


def _digits(value: Decimal) -> str:
    return format(value, "f")
