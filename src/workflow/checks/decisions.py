"""Tables of several dimensions checked: every cell's type and unit, and that every input finds its row.

A table has a column for each name that it asks, and last of all the columns of what it gives, mostly one. Its cells
compare with literals only, so a sweep can look at every place of it, once for all that it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.asked import Asked, without_fix
from workflow.checks.calculated import Decision, DecisionRow
from workflow.checks.context import Context
from workflow.checks.expressions.rules import type_word
from workflow.checks.formulas import Typing
from workflow.checks.quantities import is_zero, unified
from workflow.checks.sweep import MOST_STEPS, Dimension, Swept, TooIntricate, impossible, sweep
from workflow.diagnostics import NOWHERE, Diagnostic, Span
from workflow.model.leaves import Formula
from workflow.model.reading import nearest, shown
from workflow.model.sizes import sum_type
from workflow.model.terms import Hit
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH, Type
from workflow.syntax import ast
from workflow.syntax.cells import ANYTHING, parse_cell
from workflow.syntax.formula import parse
from workflow.syntax.literals import number

Gives = Callable[[str, Formula], Expression | None]
"""Reads what a row gives, by the word at the head of its column."""


def check_decision(
    context: Context, typing: Typing, asked: Asked, outputs: Sequence[str], gives: Gives
) -> dict[str, Decision] | None:
    """The table by the word at the head of each column that it gives, or None after noting its mistakes.

    Args:
        context: takes the mistakes of the table as a whole.
        typing: reads its cells.
        asked: the table.
        outputs: what its last column may give; with `gives` they have the names that it says.
        gives: reads a cell of such a column.
    """
    before, mistakes = len(context.diagnostics), len(typing.mistakes)
    found = _Table(context, typing, asked).checked(outputs, gives)
    typing.mistakes[mistakes:] = [without_fix(each) for each in typing.mistakes[mistakes:]]
    context.diagnostics[before:] = [without_fix(each) for each in context.diagnostics[before:]]
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    """A column of results: the word at its head, where it stands, what each row gives, and the type that holds all."""

    word: str
    at: int
    gives: tuple[Expression, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class _Table:
    context: Context
    typing: Typing
    asked: Asked

    def checked(self, outputs: Sequence[str], gives: Gives) -> dict[str, Decision] | None:
        asked = self.asked
        if asked.hit is Hit.COUNT and "value" not in outputs:
            self.context.refuse("count-pays-nothing", asked.grid.header[-1].span)
            return None
        dimensions = self._dimensions()
        order = self._order()
        given = self._results(outputs, gives)
        if dimensions is None or order is None or given is None or self._same_column(dimensions):
            return None
        orders = [self._by_result(each) if asked.hit in (Hit.MIN, Hit.MAX) else order for each in given]
        if None in orders or not self._swept(dimensions, order, given):
            return None
        if not given:
            return {"value": self._decision(dimensions, order, None)}
        known = zip(given, orders, strict=True)
        return {each.word: self._decision(dimensions, own, each) for each, own in known if own is not None}

    def _decision(self, dimensions: Sequence[Dimension], order: Sequence[int], given: _Given | None) -> Decision:
        """The table as far as it gives one thing; None: how many rows apply."""
        rows = tuple(
            DecisionRow(
                tuple(_apart(each, row) for each in dimensions),
                given.gives[row] if given is not None else None,
                self.asked.row_span(row),
            )
            for row in range(len(self.asked.grid.rows))
        )
        columns = tuple(each.column for each in dimensions)
        of = given.type if given is not None else COUNT
        return Decision(columns, rows, self.asked.hit, tuple(order), of, self._cells())

    def _dimensions(self) -> list[Dimension] | None:
        """The columns of what is asked, or None after noting mistakes in any of them."""
        found: list[Dimension] = []
        for at in self.asked.asks:
            column = self._column(at)
            dimension = self._dimension(at, column) if column is not None else None
            found += [dimension] if dimension is not None else []
        return found if len(found) == len(self.asked.asks) else None

    def _results(self, outputs: Sequence[str], gives: Gives) -> list[_Given] | None:
        """The columns of what is given, or None after noting mistakes in any of them."""
        found: list[_Given] = []
        for at in self.asked.results:
            word = self.asked.grid.header[at].text if self.asked.gives else self._output(outputs)
            given = self._given(word, at, gives) if word is not None else None
            of = self._unified(given, at) if given is not None else None
            if word is not None and given is not None and of is not None:
                zero = Literal(Decimal(0), of.sized(1, 0)) if of.is_numeric else None
                sized = (replace(zero, span=each.span) if zero and is_zero(each) else each for each in given)
                found.append(_Given(word, at, tuple(sized), of))
        return found if len(found) == len(self.asked.results) else None

    def _cells(self) -> tuple[tuple[Span | None, ...], ...]:
        """Where each test stands; None where anything fits."""
        asks, rows = self.asked.asks, self.asked.grid.rows
        return tuple(tuple(None if row[at].text in ANYTHING else row[at].span for at in asks) for row in rows)

    def _output(self, outputs: Sequence[str]) -> str | None:
        """The word at the head of the last column."""
        head = self.asked.grid.header[-1]
        word = " ".join(head.text.split())
        if word in outputs:
            return word
        near = nearest(word, outputs)
        accepted = shown(outputs, near)
        self.context.note(Diagnostic("table-output", head.span, {"found": head.text, "accepted": accepted}))
        return None

    def _column(self, at: int) -> Column | None:
        """What the head of a column names."""
        head, scope = self.asked.grid.header[at], self.typing.scope
        tree, mistakes = parse(head, scope.vocabulary)
        self.typing.mistakes.extend(mistakes)
        if tree is None or mistakes:
            return None
        if self.asked.gives and at + 1 == self.asked.results.start and scope.is_like_nothing(head.text, head.span):
            self.context.refuse("input-or-output", head.span, found=head.text)
            return None
        typed = self.typing.type(tree) if isinstance(tree, ast.Name) else None
        if isinstance(tree, ast.Name):
            return typed if isinstance(typed, Column) else None
        self.context.refuse("header-no-name", head.span, found=head.text)
        return None

    def _dimension(self, at: int, column: Column) -> Dimension | None:
        """A column with the tests of its rows; each text of a test is read once."""
        name = ast.Name(tuple(column.name.split(".")), column.span)
        words = self.asked.in_file and column.type.is_textual
        tests: list[Expression | None] = []
        for row in self.asked.grid.rows:
            tree, mistakes = parse_cell(row[at], name, words=words)
            self.typing.mistakes.extend(mistakes)
            if tree is None:
                continue
            if isinstance(tree, ast.YesNo):
                tests.append(None)
                continue
            typed = self.typing.type(tree)
            tests += [typed] if typed is not None else []
        if len(tests) < len(self.asked.grid.rows):
            return None
        return Dimension(column, tuple(tests), any(_asks_for_missing(test) for test in tests))

    def _same_column(self, dimensions: Sequence[Dimension]) -> bool:
        """Whether two heads are names of one thing."""
        seen: dict[str, Span] = {}
        for each, at in zip(dimensions, self.asked.asks, strict=True):
            span = self.asked.grid.header[at].span
            if each.column.name in seen:
                args = {"found": self.asked.grid.header[at].text}
                self.context.note(Diagnostic("header-twice", span, args, related=(seen[each.column.name],)))
                return True
            seen[each.column.name] = span
        return False

    def _order(self) -> list[int] | None:
        """The rows in the order in which they are asked."""
        grid = self.asked.grid
        if self.asked.hit is not Hit.PRIORITY:
            return list(range(len(grid.rows)))
        at = self.asked.priority
        if at is None:
            self.context.refuse("priority-column", grid.header[0].span, found="")
            return None
        ranks = [number(row[at].text) for row in grid.rows]
        for row, rank in zip(grid.rows, ranks, strict=True):
            if rank is None or rank % 1:
                self.context.refuse("priority-column", row[at].span, found=row[at].text)
        known = [rank for rank in ranks if rank is not None and not rank % 1]
        if len(known) < len(ranks):
            return None
        return sorted(range(len(known)), key=lambda row: (known[row], row))

    def _given(self, word: str, at: int, gives: Gives) -> tuple[Expression, ...] | None:
        """What each row gives in a column."""
        found = [gives(word, Formula(row[at])) for row in self.asked.grid.rows]
        known = tuple(each for each in found if each is not None)
        return known if len(known) == len(found) else None

    def _unified(self, given: Sequence[Expression], at: int) -> Type | None:
        """The type that holds what every row gives in a column."""
        first = next((each for each in given if not is_zero(each)), given[0])
        result = first.type
        for row, each in zip(self.asked.grid.rows, given, strict=True):
            of = each.type if not is_zero(each) or not result.is_numeric else result.sized(1, 0)
            both = unified(result, of)
            if both is None:
                words = {"left": type_word(result), "right": type_word(each.type)}
                self.context.refuse("rows-unlike", row[at].span, **words)
                return None
            result = both
        if self.asked.hit is Hit.SUM:
            if not result.is_numeric:
                words = {"left": type_word(COUNT), "right": type_word(result)}
                self.context.refuse("rows-unlike", self.asked.grid.rows[0][at].span, **words)
                return None
            for _ in range((len(given) - 1).bit_length()):
                result = sum_type(result, result)
        return result

    def _by_result(self, given: _Given) -> list[int] | None:
        """The rows by what they give: the smallest, or the largest, is asked first."""
        for row, each in zip(self.asked.grid.rows, given.gives, strict=True):
            if not isinstance(each, Literal) or not each.type.is_numeric:
                self.context.refuse("collect-of-formulas", row[given.at].span, hit=self.asked.hit.value)
                return None
        values = [each.value for each in given.gives if isinstance(each, Literal)]
        sign = 1 if self.asked.hit is Hit.MIN else -1
        return sorted(range(len(values)), key=lambda row: (sign * values[row], row))  # type: ignore[operator]

    def _swept(self, dimensions: Sequence[Dimension], order: Sequence[int], given: Sequence[_Given]) -> bool:
        """Note every gap and overlap, and every row that never counts."""
        grid = self.asked.grid
        good = True
        for each, at in zip(dimensions, self.asked.asks, strict=True):
            for row in range(len(grid.rows)):
                if each.tests[row] is not None and impossible(each, row):
                    self.context.refuse("row-never-applies", grid.rows[row][at].span)
                    good = False
        if not good:
            return False
        try:
            found = sweep(dimensions, order)
        except TooIntricate:
            self.context.refuse("table-too-intricate", grid.header[0].span, limit=MOST_STEPS)
            return False
        rows = tuple(zip(*(each.gives for each in given), strict=True))
        return _Judged(self.context, self.asked, found, tuple(order), rows).good()


def dimensions_of(decision: Decision) -> tuple[Dimension, ...]:
    """The columns of a checked table, to be looked at again."""
    columns = zip(decision.inputs, zip(*(row.tests for row in decision.rows), strict=True), strict=True)
    return tuple(Dimension(column, tests, any(map(_asks_for_missing, tests))) for column, tests in columns)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a sweep found, judged by which rows count."""

    context: Context
    asked: Asked
    found: Swept
    order: tuple[int, ...]
    given: tuple[tuple[Expression, ...], ...]
    """What each row gives, in all columns of results."""

    def good(self) -> bool:
        hit = self.asked.hit
        good = True
        if hit not in (Hit.SUM, Hit.COUNT):
            good = not self.found.gaps
            header = self.asked.grid.header[: self.asked.results.start]
            for place in self.found.gaps:
                self.context.refuse("no-row-applies", header[0].span.to(header[-1].span), example=", ".join(place))
        if hit is Hit.UNIQUE:
            return self._none_twice("two-rows-apply") and good
        if hit is Hit.ANY:
            return self._none_twice("rows-disagree") and good
        if hit is Hit.PRIORITY:
            good = self._none_twice("two-rows-apply") and good
        if hit in (Hit.FIRST, Hit.PRIORITY):
            good = self._none_masked() and good
        return good

    def _none_twice(self, code: str) -> bool:
        """Whether no two rows apply at once that may not."""
        told: set[int] = set()
        for (one, other), place in sorted(self.found.overlaps.items()):
            first, second = sorted((one, other))
            if second in told or not self._in_conflict(first, second):
                continue
            told.add(second)
            related = (self.asked.row_span(first),)
            args = {"example": ", ".join(place)}
            self.context.note(Diagnostic(code, self.asked.row_span(second), args, related=related))
        return not told

    def _in_conflict(self, one: int, other: int) -> bool:
        if self.asked.hit is Hit.ANY:
            return tuple(map(unplaced, self.given[one])) != tuple(map(unplaced, self.given[other]))
        if self.asked.hit is Hit.PRIORITY:
            at, rows = self.asked.priority, self.asked.grid.rows
            assert at is not None, "its rows have been put in order"
            return number(rows[one][at].text) == number(rows[other][at].text)
        return True

    def _none_masked(self) -> bool:
        """Whether every row is the first somewhere."""
        masked = [row for row in range(len(self.order)) if not self.found.first >> row & 1]
        for row in masked:
            earlier = [one for one, other in self.found.overlaps if other == row]
            related = tuple(self.asked.row_span(each) for each in sorted(earlier)[:1])
            self.context.note(Diagnostic("row-masked", self.asked.row_span(row), {}, related=related))
        return not masked


def unplaced(expression: Expression) -> Expression:
    """The expression without its places, to be compared with another."""
    if isinstance(expression, Apply):
        return replace(expression, args=tuple(map(unplaced, expression.args)), span=NOWHERE)
    return replace(expression, span=NOWHERE)


def _asks_for_missing(test: Expression | None) -> bool:
    if isinstance(test, Apply):
        return test.op is Op.IS_MISSING or any(_asks_for_missing(arg) for arg in test.args)
    return False


def _apart(dimension: Dimension, row: int) -> Expression | None:
    """The test of a row; where the column has rows for the missing, no other row applies to it."""
    test = dimension.tests[row]
    if test is None or not dimension.aware or _asks_for_missing(test):
        return test
    lacking = Apply(Op.IS_MISSING, (dimension.column,), TRUTH, test.span)
    return Apply(Op.IF, (lacking, Literal(False, TRUTH), test), TRUTH, test.span)
