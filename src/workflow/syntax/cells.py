"""The cells of a table: unary tests of strict FEEL, read as conditions of the column that they stand in.

`-` holds always; `< 80%`, `[80%..100%)`, `"a", "b"`, `not("key")`, `between 1 and 5`, `at least "gold"` and
`is missing` say of the column's value what they say of any value in a formula. Literals only: what is compared with a
name or a formula needs a column of its own, so that every gap and overlap of a table can be found before it is used.
"""

from __future__ import annotations

from workflow.diagnostics import Diagnostic, Fix, Span, in_order
from workflow.syntax import ast
from workflow.syntax.formula import SUM, Parser
from workflow.syntax.leaves import simple
from workflow.syntax.lexer import Slip, Token, tokens
from workflow.syntax.positions import locate
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary

ANYTHING = frozenset({"-", "－", "−", "–", "—"})
"""The signs of a cell that holds always: the minus, and the dashes that programs make of it."""
_SIGNS = frozenset('"“”＂<>=≥≤≠＜＞＝()[]（）［］,，')

_ORDERED = ("at least", "at most")

_Test = ast.Expression


def parse_cell(
    scalar: Scalar, column: ast.Name, *, words: bool
) -> tuple[ast.Expression | None, tuple[Diagnostic, ...]]:
    """The condition that a cell makes of its column.

    Args:
        scalar: the cell.
        column: what stands in the column's header.
        words: a cell without any sign of a test is a text, as in a sheet, where nobody writes quotes.

    Returns:
        The condition, `true` for a cell that holds always; or None, and what is wrong with it.
    """
    if scalar.text in ANYTHING:
        return ast.YesNo(True, scalar.span), ()
    reported: list[Diagnostic] = []
    try:
        found = tokens(scalar, Vocabulary(), reported)
        parser = _Cell(scalar, found, reported, column)
        if words and found[0].value not in ("missing", "known") and not _SIGNS & set(scalar.text):
            return _of_words(scalar, column, found[0]), ()
        tree = parser.tests()
    except Slip as slip:
        if words and not _SIGNS & set(scalar.text):
            return ast.Compare("=", column, ast.Text(scalar.text, scalar.span), scalar.span, scalar.span), ()
        return None, in_order((*reported, slip.diagnostic))
    return (None if reported else tree), in_order(reported)


def _of_words(scalar: Scalar, column: ast.Name, first: Token) -> ast.Expression:
    """A text without quotes as a sheet has it, perhaps with `at least` or `at most` before it."""
    rest = scalar.text[first.end :]
    if first.value in _ORDERED and rest.strip():
        place = locate(scalar, len(scalar.text) - len(rest.lstrip()), len(scalar.text))
        return _by_order(str(first.value), column, ast.Text(rest.strip(), place), scalar.span)
    return ast.Compare("=", column, ast.Text(scalar.text, scalar.span), scalar.span, scalar.span)


def _by_order(word: str, column: ast.Name, border: ast.Expression, span: Span) -> ast.AtLeast | ast.AtMost:
    return ast.AtLeast(column, border, span) if word == "at least" else ast.AtMost(column, border, span)


class _Cell(Parser):
    """The tokens of a cell, whose left side is the column."""

    def __init__(self, scalar: Scalar, found: list[Token], diagnostics: list[Diagnostic], column: ast.Name) -> None:
        super().__init__(scalar, found, diagnostics)
        self.column = column

    def tests(self) -> ast.Expression:
        """All that the cell says, as one condition."""
        column = self.column
        if self.token.kind == "name" and self.token.value == ("to",):
            args = {"found": self.scalar.text}
            raise Slip(Diagnostic("to-in-a-cell", locate(self.scalar, 0, len(self.scalar.text)), args))
        span = self.scalar.span
        if self.is_("missing", "known"):
            found: ast.Expression = ast.IsMissing(column, self.next().value == "known", span)
        elif self.is_("not") and self.tokens[self.at + 1].value == "(":
            self.next()
            found = ast.Not(self.one_of(self.listed(")", tested=True)), span)
        else:
            listed = [self.test()]
            while self.is_(","):
                self.next()
                listed.append(self.test())
            found = self.one_of(tuple(listed))
        if self.token.kind != "end":
            raise self.stray()
        return found

    def one_of(self, tests: tuple[_Test, ...]) -> ast.Expression:
        """The column passes one of the tests, each of which is made of literals."""
        column = self.column
        for test in tests:
            for side in _sides(test):
                if side is not None and not simple(side):
                    raise self.no_literal(side)
                if isinstance(side, ast.Name):
                    raise self.no_literal(side)
        whole = self.scalar.span
        ordered = tuple(test for test in tests if isinstance(test, ast.AtLeast | ast.AtMost))
        if ordered:
            rest = tuple(test for test in tests if not isinstance(test, ast.AtLeast | ast.AtMost))
            found = (*ordered, ast.In(column, rest, whole)) if rest else ordered
            return found[0] if len(found) == 1 else ast.Any(found, whole)
        if len(tests) == 1 and not isinstance(tests[0], ast.Range):
            return ast.Compare("=", column, tests[0], whole, tests[0].span)
        return ast.In(column, tests, whole)

    def no_literal(self, side: ast.Expression) -> Slip:
        """A name or a formula, where only a literal can stand; a word is most likely a text without its quotes."""
        if isinstance(side, ast.Name):
            fix = Fix(side.span, f'"{side.text}"')
            return Slip(Diagnostic("cell-word", side.span, {"found": side.text}, fix=fix))
        if isinstance(side, ast.Calculate) and side.operator == "-" and simple(side.left) and simple(side.right):
            low, high = (self.written_at(part.span) for part in (side.left, side.right))
            args = {"found": self.written_at(side.span), "one": f"[{low}..{high})", "other": f"[{low}..{high}]"}
            return Slip(Diagnostic("cell-range", side.span, args))
        return Slip(Diagnostic("cell-formula", side.span, {"found": self.written_at(side.span)}))

    def written_at(self, span: Span) -> str:
        """The words at a place of the cell, which is one line."""
        start = span.column - self.scalar.span.column
        return self.scalar.text[start : start + span.end_column - span.column]

    def test(self, level: int = SUM) -> _Test:
        """One test: what may follow `in`, and what FEEL allows in cells only."""
        if self.is_("between"):
            sign = self.next()
            low = self.climb(SUM)
            self.expect("and")
            high = self.climb(SUM)
            return ast.Range(low, high, low_in=True, high_in=True, span=self.span(sign).to(high.span))
        if self.is_(*_ORDERED):
            word = self.next()
            border = self.climb(SUM)
            return _by_order(str(word.value), self.column, border, self.span(word).to(border.span))
        if self.is_("="):
            self.next()
            return self.climb(SUM)
        if self.is_("!="):
            sign, first = self.next(), self.token
            operand, last = self.climb(SUM), self.tokens[self.at - 1]
            self.otherwise(sign, last, f"not({self.scalar.text[first.start : last.end]})")
            return operand
        if self.is_("]") or (self.is_("(", "[") and self.range_ahead()):
            return self.reversible()
        return super().test(level)

    def reversible(self) -> ast.Range:
        """`[a..b)`, also with its brackets turned outward where a border doesn't belong: `]a..b[`."""
        opening = self.next()
        low = self.climb(SUM)
        self.expect("..")
        high = self.climb(SUM)
        closing = self.expect(")", "]", "[")
        span = self.span(opening, closing)
        return ast.Range(low, high, low_in=opening.value == "[", high_in=closing.value == "]", span=span)


def _sides(test: _Test) -> tuple[ast.Expression | None, ...]:
    """What a test compares the column with."""
    match test:
        case ast.Range(low=low, high=high):
            return (low, high)
        case ast.AtLeast(least=border) | ast.AtMost(most=border):
            return (border,)
    return (test,)
