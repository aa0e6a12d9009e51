"""Tables of several dimensions checked: every cell's type and unit, and that every input finds its row.

A table has a column for each name that it asks, and last of all the column of what it gives. Its cells compare with
literals only, so a sweep can look at every place of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.checked import Decision, DecisionRow
from workflow.checks.context import Context
from workflow.checks.expressions.rules import type_word
from workflow.checks.formulas import Typing
from workflow.checks.quantities import is_zero, unified
from workflow.checks.sweep import MOST_STEPS, Dimension, Swept, TooIntricate, impossible, sweep
from workflow.diagnostics import NOWHERE, Diagnostic, Span
from workflow.model.leaves import Formula, Sheet, Words
from workflow.model.reading import nearest, shown
from workflow.model.sizes import sum_type
from workflow.model.terms import Hit
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH, Type
from workflow.syntax import ast
from workflow.syntax.cells import ANYTHING, parse_cell
from workflow.syntax.formula import parse
from workflow.syntax.grids import Grid, read_block, read_table_file
from workflow.syntax.literals import number
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import names_in

FOLDER = "tables/"
ENDINGS = (".csv", ".xlsx")
PRIORITY = "priority"
"""The column that says, with `hit: priority`, which of several rows counts: the one with the smallest number."""
LISTS = ("rule order", "output order", "collect")
"""Hit policies of DMN that give a list, which nothing here can be."""

Gives = Callable[[str, Formula], Expression | None]
"""Reads what a row gives, by the word at the head of its column."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A table as found: its cells, whether they stand in a file, and which rows count."""

    grid: Grid
    in_file: bool
    hit: Hit


def find_table(context: Context, sheet: Sheet, hit: Words | None) -> Asked | None:
    """The table under a key, or in the file that it names; None after noting what is wrong with it."""
    chosen = _hit(context, hit)
    grid, mistakes = _read(context, sheet)
    context.diagnostics.extend(_without_fixes(each) for each in mistakes)
    return Asked(grid, sheet.is_a_name, chosen) if grid is not None and chosen is not None else None


def names_asked(asked: Asked, words: Vocabulary) -> tuple[ast.Name, ...]:
    """Every name that a table speaks of, in its header and in what its rows give."""
    cells = [*asked.grid.header, *(row[-1] for row in asked.grid.rows)]
    trees = [parse(cell, words)[0] for cell in cells]
    return tuple(name for tree in trees if tree is not None for name in names_in(tree))


def _hit(context: Context, leaf: Words | None) -> Hit | None:
    if leaf is None:
        return Hit.UNIQUE
    word = " ".join(leaf.text.split())
    if word in LISTS:
        context.refuse("hit-gives-a-list", leaf.span, found=word)
        return None
    chosen = context.choice(leaf, tuple(hit.value for hit in Hit))
    return Hit(chosen) if chosen is not None else None


def _read(context: Context, sheet: Sheet) -> tuple[Grid | None, tuple[Diagnostic, ...]]:
    if not sheet.is_a_name:
        return read_block(sheet.scalar)
    name, tables = sheet.text.strip(), context.written.tables
    paths = [path for path in (f"{FOLDER}{name}{ending}" for ending in ENDINGS) if path in tables]
    if len(paths) == 1:
        return read_table_file(tables[paths[0]], paths[0])
    if paths:
        return None, (Diagnostic("table-in-two-files", sheet.span, {"found": name}),)
    known = [path.removeprefix(FOLDER).rpartition(".")[0] for path in tables if path.startswith(FOLDER)]
    context.unknown("unknown-table", sheet, known)
    return None, ()


def _without_fixes(diagnostic: Diagnostic) -> Diagnostic:
    """A fix is text; in a workbook it would have to be a cell, and in a CSV file it must not need quotes."""
    path, fix = diagnostic.span.path, diagnostic.fix
    if fix is not None and (path.endswith(".xlsx") or (path.endswith(".csv") and set(fix.text) & set('",\n'))):
        return replace(diagnostic, fix=None)
    return diagnostic


def check_decision(
    context: Context, typing: Typing, asked: Asked, outputs: Sequence[str], gives: Gives
) -> tuple[str, Decision] | None:
    """The word at the head of what a table gives, and the table, or None after noting its mistakes.

    Args:
        context: takes the mistakes of the table as a whole.
        typing: reads its cells.
        asked: the table.
        outputs: what its last column may give.
        gives: reads a cell of that column.
    """
    before, mistakes = len(context.diagnostics), len(typing.mistakes)
    found = _Table(context, typing, asked).checked(outputs, gives)
    typing.mistakes[mistakes:] = [_without_fixes(each) for each in typing.mistakes[mistakes:]]
    context.diagnostics[before:] = [_without_fixes(each) for each in context.diagnostics[before:]]
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    context: Context
    typing: Typing
    asked: Asked

    def checked(self, outputs: Sequence[str], gives: Gives) -> tuple[str, Decision] | None:
        grid, hit = self.asked.grid, self.asked.hit
        counts = hit is Hit.COUNT
        if counts and "value" not in outputs:
            self.context.refuse("count-pays-nothing", grid.header[-1].span)
            return None
        word = "value" if counts else self._output(outputs)
        asks = [at for at in range(len(grid.header) - (not counts)) if not self._is_priority(at)]
        columns = [self._column(grid.header[at]) for at in asks]
        dimensions = [self._dimension(at, column) for at, column in zip(asks, columns, strict=True) if column]
        order = self._order()
        given = self._given(word, gives) if word is not None and not counts else ()
        if word is None or order is None or given is None or None in columns or None in dimensions:
            return None
        known = [each for each in dimensions if each is not None]
        if self._same_column(known, asks):
            return None
        of = COUNT if counts else self._unified(given)
        if of is None:
            return None
        given = tuple(Literal(Decimal(0), of.sized(1, 0), each.span) if is_zero(each) else each for each in given)
        if hit in (Hit.MIN, Hit.MAX):
            sorted_rows = self._by_result(given)
            if sorted_rows is None:
                return None
            order = sorted_rows
        if not self._swept(known, order, given, asks):
            return None
        rows = tuple(
            DecisionRow(tuple(_apart(each, row) for each in known), given[row] if given else None, self._row_span(row))
            for row in range(len(grid.rows))
        )
        return word, Decision(tuple(each.column for each in known), rows, hit, tuple(order), of, self._cells(asks))

    def _cells(self, asks: Sequence[int]) -> tuple[tuple[Span | None, ...], ...]:
        """Where each test stands; None where anything fits."""
        return tuple(
            tuple(None if row[at].text in ANYTHING else row[at].span for at in asks) for row in self.asked.grid.rows
        )

    def _row_span(self, row: int) -> Span:
        cells = self.asked.grid.rows[row]
        return cells[0].span.to(cells[-1].span)

    def _is_priority(self, at: int) -> bool:
        return self.asked.hit is Hit.PRIORITY and self.asked.grid.header[at].text == PRIORITY

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

    def _column(self, head: Scalar) -> Column | None:
        """What the head of a column names."""
        tree, mistakes = parse(head, self.typing.scope.vocabulary)
        self.typing.mistakes.extend(mistakes)
        if tree is None or mistakes:
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

    def _same_column(self, dimensions: Sequence[Dimension], asks: Sequence[int]) -> bool:
        """Whether two heads are names of one thing."""
        seen: dict[str, Span] = {}
        for each, at in zip(dimensions, asks, strict=True):
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
        at = next((at for at in range(len(grid.header) - 1) if self._is_priority(at)), None)
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

    def _given(self, word: str, gives: Gives) -> tuple[Expression, ...] | None:
        """What each row gives."""
        found = [gives(word, Formula(row[-1])) for row in self.asked.grid.rows]
        known = tuple(each for each in found if each is not None)
        return known if len(known) == len(found) else None

    def _unified(self, given: Sequence[Expression]) -> Type | None:
        """The type that holds what every row gives."""
        first = next((each for each in given if not is_zero(each)), given[0])
        result = first.type
        for row, each in zip(self.asked.grid.rows, given, strict=True):
            of = each.type if not is_zero(each) or not result.is_numeric else result.sized(1, 0)
            both = unified(result, of)
            if both is None:
                words = {"left": type_word(result), "right": type_word(each.type)}
                self.context.refuse("rows-unlike", row[-1].span, **words)
                return None
            result = both
        if self.asked.hit is Hit.SUM:
            if not result.is_numeric:
                words = {"left": type_word(COUNT), "right": type_word(result)}
                self.context.refuse("rows-unlike", self.asked.grid.rows[0][-1].span, **words)
                return None
            for _ in range((len(given) - 1).bit_length()):
                result = sum_type(result, result)
        return result

    def _by_result(self, given: Sequence[Expression]) -> list[int] | None:
        """The rows by what they give: the smallest, or the largest, is asked first."""
        for row, each in zip(self.asked.grid.rows, given, strict=True):
            if not isinstance(each, Literal) or not each.type.is_numeric:
                self.context.refuse("collect-of-formulas", row[-1].span, hit=self.asked.hit.value)
                return None
        values = [each.value for each in given if isinstance(each, Literal)]
        sign = 1 if self.asked.hit is Hit.MIN else -1
        return sorted(range(len(values)), key=lambda row: (sign * values[row], row))  # type: ignore[operator]

    def _swept(
        self, dimensions: Sequence[Dimension], order: Sequence[int], given: Sequence[Expression], asks: Sequence[int]
    ) -> bool:
        """Note every gap and overlap, and every row that never counts."""
        grid = self.asked.grid
        good = True
        for each, at in zip(dimensions, asks, strict=True):
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
        return _Judged(self.context, self.asked, found, tuple(order), tuple(given)).good()


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
    given: tuple[Expression, ...]

    def good(self) -> bool:
        hit = self.asked.hit
        good = True
        if hit not in (Hit.SUM, Hit.COUNT):
            good = not self.found.gaps
            header = self.asked.grid.header
            for place in self.found.gaps:
                self.context.refuse("no-row-applies", header[0].span.to(header[-2].span), example=", ".join(place))
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
            related = (self._span(first),)
            args = {"example": ", ".join(place)}
            self.context.note(Diagnostic(code, self._span(second), args, related=related))
        return not told

    def _in_conflict(self, one: int, other: int) -> bool:
        if self.asked.hit is Hit.ANY:
            return unplaced(self.given[one]) != unplaced(self.given[other])
        if self.asked.hit is Hit.PRIORITY:
            at = next(at for at, head in enumerate(self.asked.grid.header) if head.text == PRIORITY)
            rows = self.asked.grid.rows
            return number(rows[one][at].text) == number(rows[other][at].text)
        return True

    def _none_masked(self) -> bool:
        """Whether every row is the first somewhere."""
        masked = [row for row in range(len(self.order)) if not self.found.first >> row & 1]
        for row in masked:
            earlier = [one for one, other in self.found.overlaps if other == row]
            related = tuple(self._span(each) for each in sorted(earlier)[:1])
            self.context.note(Diagnostic("row-masked", self._span(row), {}, related=related))
        return not masked

    def _span(self, row: int) -> Span:
        cells = self.asked.grid.rows[row]
        return cells[0].span.to(cells[-1].span)


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
