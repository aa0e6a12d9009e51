"""An expression said in a plain sentence, in either language, made from its tree: it can't say anything else.

Brackets stand where the sentence would be heard in two ways: around a calculation inside a calculation that binds less
tightly, and around conditions inside conditions.
"""

from __future__ import annotations

import re

from workflow.syntax import ast
from workflow.syntax.printer import print_formula
from workflow.words import has, say

_COMPARED = {"=": "equal", "!=": "unequal", "<": "below", "<=": "at-most", ">": "above", ">=": "at-least"}
_CALCULATED = {"+": "plus", "-": "minus", "*": "times", "/": "over", "**": "power"}
_JOINT = re.compile("\0+")
# Chinese and Latin signs stand apart where a phrase and its part meet; inside an author's own words nothing changes.
_GAP = re.compile("(?<=[\u4e00-\u9fff])\0+(?=[!-~])|(?<=[!-~])\0+(?=[\u4e00-\u9fff])")
_SUM, _PRODUCT, _POWER, _WHOLE = 1, 2, 3, 4
_CONDITIONS = (
    ast.Compare | ast.AtLeast | ast.AtMost | ast.All | ast.Any | ast.Not | ast.Between | ast.In | ast.IsMissing | ast.If
)
_TIGHT = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}


def sentence(tree: ast.Expression, language: str) -> str:
    """The expression as a reader would say it, without a full stop."""
    return _Sayer(language).said(tree)


class _Sayer:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def word(self, key: str, **args: str) -> str:
        """One phrase of the catalogue."""
        text = say(self.language, "report", f"say-{key}", **{name: f"\0{arg}\0" for name, arg in args.items()})
        return _JOINT.sub("", _GAP.sub(" ", text))

    def said(self, node: ast.Expression) -> str:
        """A node in words."""
        match node:
            case ast.Compare(operator=sign, left=left, right=right):
                return self.word(_COMPARED[sign], left=self.value(left), right=self.value(right))
            case ast.AtLeast(operand=left, least=right):
                return self.word("at-least", left=self.value(left), right=self.value(right))
            case ast.AtMost(operand=left, most=right):
                return self.word("at-most", left=self.value(left), right=self.value(right))
            case ast.All(operands=operands) | ast.Any(operands=operands):
                return self.joined(operands, "and" if isinstance(node, ast.All) else "or")
            case ast.Not(operand=operand):
                return self.word("not", what=self.said(operand))
            case ast.Between(operand=operand, low=low, high=high):
                return self.tested(operand, (ast.Range(low, high, True, True, node.span),))
            case ast.In(operand=operand, tests=tests):
                return self.tested(operand, tests)
            case ast.IsMissing(operand=operand, known=known):
                return self.word("known" if known else "missing", what=self.value(operand))
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                parts = {"condition": self.said(condition), "then": self.said(then), "otherwise": self.said(otherwise)}
                return self.word("if", **parts)
        return self.quantity(node)

    def quantity(self, node: ast.Expression) -> str:
        """A calculation, a call, a name or a literal in words."""
        match node:
            case ast.Calculate(operator=sign, left=left, right=right):
                tight = _TIGHT[sign]
                sides = {"left": self.value(left, tight), "right": self.value(right, tight + 1)}
                return self.word(_CALCULATED[sign], **sides)
            case ast.Negate(operand=operand) if not isinstance(operand, ast.Number | ast.Percent | ast.Money):
                return self.word("negate", what=self.value(operand, _WHOLE))
            case ast.Call():
                return self.called(node)
            case ast.Property(operand=operand, name=name):
                return self.word("part", name=name, what=self.value(operand))
            case ast.List(items=items):
                return self.listed(items)
            case ast.Range() | ast.Unless():
                return self.test(node)
        return print_formula(node, "zh-CN" if self.language == "zh-CN" else "en")

    def value(self, node: ast.Expression, tight: int = 0) -> str:
        """A part of a sentence, in brackets where it would be heard in another way."""
        text = self.said(node)
        condition = isinstance(node, _CONDITIONS)
        loose = isinstance(node, ast.Calculate) and _TIGHT[node.operator] < tight
        return self.word("bracket", what=text) if condition or loose else text

    def joined(self, operands: tuple[ast.Expression, ...], key: str) -> str:
        """Conditions joined by `and` or `or`; one of the other kind stands in brackets."""
        parts = [
            self.word("bracket", what=self.said(each))
            if isinstance(each, ast.All | ast.Any | ast.If)
            else self.said(each)
            for each in operands
        ]
        text = parts[0]
        for part in parts[1:]:
            text = self.word(key, left=text, right=part)
        return text

    def tested(self, operand: ast.Expression, tests: tuple[ast.Expression, ...]) -> str:
        """A value and the tests of which it must pass one."""
        values = [test for test in tests if not isinstance(test, ast.Range | ast.Unless | ast.List)]
        key = "one-of" if len(values) == len(tests) > 1 else "is"
        return self.word(key, what=self.value(operand), tests=self.listed(tests, "or"))

    def listed(self, items: tuple[ast.Expression, ...], last: str = "and") -> str:
        """Several values, the last behind a word."""
        texts = [self.test(item) for item in items]
        if not texts:
            return self.word("nothing")
        text = texts[0]
        for number, each in enumerate(texts[1:], start=2):
            text = self.word(f"list-{last}" if number == len(texts) else "list", left=text, right=each)
        return text

    def test(self, test: ast.Expression) -> str:
        """One test of a value."""
        match test:
            case ast.Range(low=None, high=high) if high is not None:
                return self.word("test-at-most" if test.high_in else "test-below", border=self.value(high))
            case ast.Range(low=low, high=None) if low is not None:
                return self.word("test-at-least" if test.low_in else "test-above", border=self.value(low))
            case ast.Range(low=low, high=high) if low is not None and high is not None:
                ends = ("in" if test.low_in else "out") + "-" + ("in" if test.high_in else "out")
                return self.word(f"test-{ends}", low=self.value(low), high=self.value(high))
            case ast.Unless(value=value):
                return self.word("test-unless", value=self.value(value))
        return self.value(test)

    def called(self, node: ast.Call) -> str:
        """A built-in with what it is given."""
        if node.names:
            given = zip(node.names, node.arguments, strict=True)
            every = ", ".join(f"{name}: {self.value(each)}" for name, each in given)
            return self.word("call", name=node.name, every=every)
        key = f"call-{node.name.replace(' ', '-')}-{len(node.arguments)}"
        for found in (key, f"call-{node.name.replace(' ', '-')}"):
            if has("report", f"say-{found}", self.language):
                values = [self.value(each) for each in node.arguments] + ["…"] * 3
                parts = {f"p{place}": each for place, each in zip("abc", values, strict=False)}
                return self.word(found, **parts, every=self.listed(self._over(node)))
        return self.word("call", name=node.name, every=self.listed(node.arguments))

    @staticmethod
    def _over(node: ast.Call) -> tuple[ast.Expression, ...]:
        """What an aggregate is over: the items of its list, or what it is given."""
        first = node.arguments[0] if len(node.arguments) == 1 else None
        return first.items if isinstance(first, ast.List) else node.arguments
