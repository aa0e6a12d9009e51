"""Formulas: from the text of a scalar to the tree of an expression, strict FEEL in English and Chinese.

Precedence, weakest first: `or`, `and`, one comparison (`=`, `between`, `in`, `is missing`, `at least`, `at most`), `+
-`, `* /`, `**`, unary minus, calls and brackets. `if` takes all that follows it. The first mistake that leaves the rest
unclear ends the reading; a mistake whose meaning is certain is reported with its fix, and reading goes on.

The room is longer than others because a grammar is read in one piece: each rule calls the next.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import cast

from workflow.diagnostics import Argument, Diagnostic, Fix, Span, in_order
from workflow.syntax import ast, keywords
from workflow.syntax.leaves import leaf, simple
from workflow.syntax.lexer import Slip, Token, tokens
from workflow.syntax.positions import locate, written_in
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import height

MOST_CHARACTERS = 4000
"""Characters of one formula."""

MOST_DEPTH = 64
"""How deep brackets may be nested, and how high the tree of a formula may grow: whoever walks it needs no more."""

_OR, _AND, _RELATION, SUM, _PRODUCT, _POWER = range(1, 7)
_LEVELS = {
    "or": _OR, "and": _AND, "between": _RELATION, "in": _RELATION, "missing": _RELATION, "known": _RELATION,
    "at least": _RELATION, "at most": _RELATION, "not": _RELATION, "=": _RELATION, "!=": _RELATION, "<": _RELATION,
    "<=": _RELATION, ">": _RELATION, ">=": _RELATION, "+": SUM, "-": SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER,
}  # fmt: skip
_PARTS_OF_IF = 3


def parse(scalar: Scalar, names: Vocabulary) -> tuple[ast.Expression | None, tuple[Diagnostic, ...]]:
    """The expression that a scalar holds.

    Args:
        scalar: the text with its places.
        names: what is known here; needed to cut a text into words, unknown names are read as well.

    Returns:
        The expression as it is meant, or None where that isn't clear, and what is wrong with its writing.
    """
    reported: list[Diagnostic] = []
    try:
        _bounded(scalar)
        expression = Parser(scalar, tokens(scalar, names, reported), reported).whole()
    except Slip as slip:
        if all(slip.diagnostic.span != earlier.span for earlier in reported):
            reported.append(slip.diagnostic)
        return None, _braces(scalar) or in_order(reported)
    if scalar.braced and not simple(expression):
        return expression, _braces(scalar)
    return expression, in_order(reported)


def _bounded(scalar: Scalar) -> None:
    span = locate(scalar, 0, len(scalar.text))
    if len(scalar.text) > MOST_CHARACTERS:
        raise Slip(Diagnostic("formula-too-long", span, {"limit": MOST_CHARACTERS}))
    if not scalar.text.strip():
        raise Slip(Diagnostic("formula-empty", scalar.span))


def _braces(scalar: Scalar) -> tuple[Diagnostic, ...]:
    if not scalar.braced or not scalar.text.strip():
        return ()
    return (Diagnostic("formula-in-braces", scalar.span, {"found": scalar.text}),)


class Parser:
    """The tokens of a formula and the place reached in them."""

    def __init__(self, scalar: Scalar, found: list[Token], diagnostics: list[Diagnostic]) -> None:
        self.scalar = scalar
        self.tokens = found
        self.diagnostics = diagnostics
        self.at = 0
        self.depth = 0
        self.open: list[Token] = []

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self.tokens[self.at]

    def is_(self, *values: str) -> bool:
        """Whether the token at hand is one of these words or signs."""
        token = self.tokens[self.at]
        return token.kind in ("word", "sign") and token.value in values

    def next(self) -> Token:
        """The token at hand, which is read with that."""
        self.at += 1
        return self.tokens[self.at - 1]

    def written(self, token: Token) -> str:
        """A token as its author wrote it."""
        return self.scalar.text[token.start : token.end]

    def span(self, first: Token, last: Token | None = None) -> Span:
        """The place of a token, or from one to another."""
        return locate(self.scalar, first.start, (last or first).end)

    def slip(self, code: str, token: Token, **args: Argument) -> Slip:
        """A mistake at a token."""
        return Slip(Diagnostic(code, self.span(token), args))

    def whole(self) -> ast.Expression:
        """The expression that takes all tokens."""
        expression = self.climb(_OR)
        if self.token.kind != "end":
            raise self.stray()
        if height(expression) > MOST_DEPTH:
            span = locate(self.scalar, 0, len(self.scalar.text))
            raise Slip(Diagnostic("formula-too-deep", span, {"limit": MOST_DEPTH}))
        return expression

    def stray(self) -> Slip:
        """What is wrong with a token after a finished value."""
        if self.is_(")", "]") and not self.open:
            return self.slip("bracket-not-opened", self.token, bracket=self.written(self.token))
        if self.is_("["):
            return self.slip("left-out-filter", self.token, found="[")
        if self.token.kind == "name" and self.token.value == ("instance",):
            return self.slip("left-out-instance", self.token, found="instance of")
        if self.token.kind == "end":
            return self.slip("bracket-not-closed", self.open[-1], bracket=self.written(self.open[-1]))
        return self.slip("expected-operator", self.token, found=self.written(self.token))

    def expect(self, *values: str) -> Token:
        """The next token, which must be one of these."""
        if self.is_(*values):
            return self.next()
        closing, expected = values[0] in (")", "]"), values[0]
        if any(token.kind == "word" and not self.written(token).isascii() for token in self.tokens):
            expected = keywords.SAID_IN_CHINESE.get(expected, expected)
        if self.token.kind == "end":
            if closing and self.open:
                raise self.stray()
            raise self.slip("missing-word", self.tokens[self.at - 1], expected=expected, after=self.last())
        if closing and not self.is_(")", "]", ","):
            raise self.stray()
        raise self.slip("expected-word", self.token, expected=expected, found=self.written(self.token))

    def last(self) -> str:
        """The token before the one at hand, as written."""
        return self.written(self.tokens[self.at - 1])

    def climb(self, level: int) -> ast.Expression:
        """An expression of operators that bind at least as tightly as `level`."""
        left = self.unary()
        while (found := self.level()) >= level:
            if found in (_OR, _AND):
                left = self.joined(left, found)
            elif found == _RELATION:
                left = self.relation(left)
                if self.level() == _RELATION:
                    raise self.slip("chained-comparison", self.token, found=self.written(self.token))
            else:
                operator = self.next()
                right = self.climb(found + 1)
                sign = cast("ast.Arithmetic", operator.value)
                left = ast.Calculate(sign, left, right, self.span(operator), left.span.to(right.span))
        return left

    def level(self) -> int:
        """How tightly the operator at hand binds; 0 where there is none."""
        token = self.tokens[self.at]
        return _LEVELS.get(str(token.value), 0) if token.kind in ("word", "sign") else 0

    def joined(self, first: ast.Expression, level: int) -> ast.Expression:
        """All operands of a row of `and`, or of `or`."""
        operands = [first]
        while self.level() == level:
            self.next()
            operands.append(self.climb(level + 1))
        node = ast.All if level == _AND else ast.Any
        return node(tuple(operands), first.span.to(operands[-1].span))

    def relation(self, left: ast.Expression) -> ast.Expression:
        """A comparison, whose left side is read."""
        operator = self.next()
        match operator.value:
            case "between":
                low = self.climb(SUM)
                self.expect("and")
                high = self.climb(SUM)
                return ast.Between(left, low, high, left.span.to(high.span))
            case "in":
                return self.membership(left, operator)
            case "not":
                return self.outside(left, operator)
            case "missing" | "known":
                return ast.IsMissing(left, operator.value == "known", left.span.to(self.span(operator)))
            case "at least":
                least = self.climb(SUM)
                return ast.AtLeast(left, least, left.span.to(least.span))
            case "at most":
                most = self.climb(SUM)
                return ast.AtMost(left, most, left.span.to(most.span))
            case _:
                return self.comparison(left, operator)

    def comparison(self, left: ast.Expression, operator: Token) -> ast.Expression:
        """`a >= b`, whose left side and sign are read."""
        if self.is_("null") and operator.value in ("=", "!="):
            return self.known(left, operator)
        right = self.climb(SUM)
        sign = cast("ast.Comparison", operator.value)
        return ast.Compare(sign, left, right, self.span(operator), left.span.to(right.span))

    def known(self, left: ast.Expression, operator: Token) -> ast.Expression:
        """`x = null`, which is written `x is missing`."""
        null = self.next()
        asked = "is missing" if operator.value == "=" else "is known"
        fix = Fix(self.span(operator, null), written_in(self.scalar, asked), safe=True)
        args = {"found": self.written(null)}
        self.diagnostics.append(Diagnostic("left-out-null", self.span(null), args, fix=fix))
        return ast.IsMissing(left, operator.value == "!=", left.span.to(self.span(null)))

    def outside(self, left: ast.Expression, operator: Token) -> ast.Expression:
        """`x not in (…)`, which is written `not(x in (…))`."""
        if not self.is_("in"):
            raise self.slip("expected-operator", operator, found=self.written(operator))
        sign = self.token
        inner = self.relation(left)
        text = self.scalar.text
        start = self.start_of(left)
        end = self.tokens[self.at - 1].end
        negated = "not" if self.written(operator).isascii() else "非"
        meant = f"{negated}({text[start : operator.start]}{text[sign.start : end]})"
        args = {"found": text[operator.start : sign.end], "meant": meant}
        fix = Fix(inner.span, written_in(self.scalar, meant), safe=True)
        self.diagnostics.append(Diagnostic("written-otherwise", self.span(operator, sign), args, fix=fix))
        return ast.Not(inner, inner.span)

    def start_of(self, node: ast.Expression) -> int:
        """Where a node begins in the text: at the token whose place it has."""
        place = (node.span.line, node.span.column)
        return next(token.start for token in self.tokens if (self.span(token).line, self.span(token).column) == place)

    def membership(self, left: ast.Expression, operator: Token) -> ast.Expression:
        """`x in …`: one test, a range, or several of them in brackets."""
        tests: tuple[ast.Expression, ...]
        if self.is_("(", "[") and not self.range_ahead():
            closing = ")" if self.is_("(") else "]"
            tests = self.listed(closing, tested=True)
        else:
            tests = (self.test(),)
        if self.written(operator) == "在":
            self.expect("中")
        return ast.In(left, tests, left.span.to(self.span(self.tokens[self.at - 1])))

    def listed(
        self, closing: str, *, tested: bool = False, names: list[str] | None = None
    ) -> tuple[ast.Expression, ...]:
        """What stands between brackets, with commas between; `names` takes the names of parameters."""
        self.open.append(self.next())
        items: list[ast.Expression] = []
        while not (self.is_(closing) and not items):
            if names is not None:
                names.append(str(self.next().value) if self.token.kind == "parameter" else "")
            items.append(self.test(_OR) if tested else self.climb(_OR))
            if not self.is_(","):
                break
            self.next()
        self.expect(closing)
        self.open.pop()
        return tuple(items)

    def test(self, level: int = SUM) -> ast.Expression:
        """One entry after `in`: a value, a range, or a border such as `> 5`."""
        if self.is_(*keywords.COMPARISONS):
            sign = self.next()
            border = self.climb(SUM)
            span = self.span(sign).to(border.span)
            match sign.value:
                case "=":
                    return dataclasses.replace(border, span=span)
                case "!=":
                    return ast.Unless(border, span)
                case "<" | "<=":
                    return ast.Range(None, border, low_in=False, high_in=sign.value == "<=", span=span)
            return ast.Range(border, None, low_in=sign.value == ">=", high_in=False, span=span)
        return self.climb(level)

    def range_ahead(self) -> bool:
        """Whether the bracket at hand opens a range: `..` stands directly inside of it."""
        depth = 0
        for token in self.tokens[self.at :]:
            if token.kind != "sign":
                continue
            if depth == 1 and token.value == "..":
                return True
            depth += depth == 0 or (token.value in ("(", "[")) - (token.value in (")", "]"))
            if depth <= 0 or (depth == 1 and token.value == ","):
                return False
        return False

    def range(self) -> ast.Range:
        """`[a..b)`: square brackets take the border in; round ones, and square ones turned away, leave it out."""
        opening = self.next()
        self.open.append(opening)
        low = self.climb(SUM)
        self.expect("..")
        high = self.climb(SUM)
        closing = self.next() if self.is_("[") else self.expect(")", "]")
        self.open.pop()
        low_in, high_in = opening.value == "[", closing.value == "]"
        return ast.Range(low, high, low_in, high_in, self.span(opening, closing))

    def unary(self) -> ast.Expression:
        """A value, perhaps with a minus before it."""
        # All that nests (brackets, calls, `if`, `not`, minus) comes back here, so here its depth is bounded.
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.slip("formula-too-deep", self.token, limit=MOST_DEPTH)
        if self.is_("-"):
            sign = self.next()
            operand = self.unary()
            found: ast.Expression = ast.Negate(operand, self.span(sign).to(operand.span))
        else:
            found = self.parted(self.primary())
        self.depth -= 1
        return found

    def parted(self, found: ast.Expression) -> ast.Expression:
        """The value with the parts asked of it: `.month`."""
        while self.token.kind == "property":
            part = self.next()
            found = ast.Property(found, str(part.value), self.span(part), found.span.to(self.span(part)))
        return found

    def primary(self) -> ast.Expression:
        """A literal, a name, a call, `if`, `not(…)` or brackets."""
        token = self.token
        if token.kind == "name":
            return self.named()
        if token.kind not in ("word", "sign", "end"):
            return leaf(self.next(), self.span(token))
        if self.is_("true", "false"):
            self.next()
            return ast.YesNo(token.value == "true", self.span(token))
        if self.is_("(", "[", "]") and self.range_ahead():
            return self.range()
        if self.is_("["):
            return self.list()
        if self.is_("("):
            return self.bracketed()
        if self.is_("null"):
            return ast.Null(self.span(self.next()))
        if self.is_("if"):
            return self.choice()
        if self.is_("not"):
            return self.negation()
        raise self.no_value()

    def no_value(self) -> Slip:
        """What is wrong with a token that stands where a value is expected."""
        token = self.token
        if token.kind == "end":
            if self.at == 0:
                return Slip(Diagnostic("formula-empty", self.scalar.span))  # A comment is all that stands there.
            if self.open and self.tokens[self.at - 1] == self.open[-1]:
                return self.stray()
            return self.slip("formula-ends-early", self.tokens[self.at - 1], after=self.last())
        if self.is_(")", "]") and not self.open:
            return self.stray()
        return self.slip("expected-value", token, found=self.written(token))

    def list(self) -> ast.List:
        """`[a, b, c]`."""
        opening = self.token
        items = self.listed("]", tested=True)
        return ast.List(items, self.span(opening, self.tokens[self.at - 1]))

    def bracketed(self) -> ast.Expression:
        """An expression in round brackets, or a test such as `(< 10)`; its place covers them."""
        opening = self.next()
        self.open.append(opening)
        inner = self.test(_OR)
        closing = self.expect(")")
        self.open.pop()
        return dataclasses.replace(inner, span=self.span(opening, closing))

    def choice(self) -> ast.Expression:
        """`if c then a else b`."""
        start = self.next()
        marks = self.marks_of_call()
        if len(marks) == _PARTS_OF_IF + 1:
            return self.called(start, marks)
        condition = self.climb(_OR)
        self.past_comma("then")
        self.expect("then")
        then = self.climb(_OR)
        self.past_comma("else")
        self.expect("else")
        otherwise = self.climb(_OR)
        return ast.If(condition, then, otherwise, self.span(start).to(otherwise.span))

    def marks_of_call(self) -> tuple[Token, ...]:
        """The bracket at hand, the commas right within it, and where it closes; empty where none does."""
        marks: tuple[Token, ...] = (self.token,)
        depth = 0
        for token in self.tokens[self.at :] if self.is_("(") else ():
            sign = token.value if token.kind == "sign" else None
            depth += (sign in ("(", "[")) - (sign in (")", "]"))
            if depth == 0:
                return (*marks, token)
            marks += (token,) if sign == "," and depth == 1 else ()
        return ()

    def called(self, start: Token, marks: Sequence[Token]) -> ast.If:
        """`IF(c, a, b)`, as spreadsheets have it: it is reported with the words for it."""
        condition, then, otherwise = self.listed(")")
        text, pairs = self.scalar.text, itertools.pairwise(marks)
        c, a, b = (text[one.end : other.start].strip() for one, other in pairs)
        alone = start is self.tokens[0] and self.token.kind == "end"
        said = f"if {c} then {a} else {b}" if self.written(start).isascii() else f"如果 {c} 那么 {a} 否则 {b}"
        self.diagnostics[:] = [each for each in self.diagnostics if each.span != self.span(start)]
        self.otherwise(start, marks[-1], said if alone else f"({said})")
        return ast.If(condition, then, otherwise, self.span(start, marks[-1]))

    def past_comma(self, word: str) -> None:
        """A comma before `then` or `else`, as sentences have it, is reported and read over."""
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if self.is_(",") and following.kind == "word" and following.value == word:
            # What the word itself should be is part of what is said here.
            self.diagnostics[:] = [each for each in self.diagnostics if each.span != self.span(following)]
            plain = self.written(following).isascii()
            self.otherwise(self.token, following, f" {word}" if plain else keywords.SAID_IN_CHINESE[word])
            self.next()

    def negation(self) -> ast.Expression:
        """`not(x)`; without brackets it is reported, and taken to mean the comparison that follows."""
        sign = self.next()
        if self.is_("("):
            operand = self.bracketed()
            inner = operand
            if self.written(sign) in ("!", "！"):
                self.otherwise(sign, sign, "not")
            return ast.Not(inner, self.span(sign, self.tokens[self.at - 1]))
        first = self.token
        operand = self.climb(_RELATION)
        last = self.tokens[self.at - 1]
        self.otherwise(sign, last, f"not({self.scalar.text[first.start : last.end]})")
        return ast.Not(operand, self.span(sign, last))

    def otherwise(self, first: Token, last: Token, meant: str) -> None:
        """Report what is written in another way here."""
        span = self.span(first, last)
        args = {"found": self.scalar.text[first.start : last.end], "meant": meant.strip()}
        fix = Fix(span, written_in(self.scalar, meant), safe=True)
        self.diagnostics.append(Diagnostic("written-otherwise", span, args, fix=fix))

    def named(self) -> ast.Expression:
        """A name, or the call of a built-in; what is left out of the language is named."""
        token = self.next()
        path = cast("tuple[str, ...]", token.value)
        name = ".".join(path)
        if self.is_("("):
            if name in keywords.LEFT_OUT_CALLS:
                raise self.slip(keywords.LEFT_OUT_CALLS[name], token, found=f"{name}()")
            arguments, names = self.arguments()
            span = self.span(token, self.tokens[self.at - 1])
            return ast.Call(name, arguments, self.span(token), span, names)
        return ast.Name(path, self.span(token))

    def arguments(self) -> tuple[tuple[ast.Expression, ...], tuple[str, ...]]:
        """What a call is given, and the names of the parameters, empty where one isn't written."""
        names: list[str] = []
        found = self.listed(")", names=names)
        return found, tuple(names) if any(names) else ()
