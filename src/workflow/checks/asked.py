"""Tables of several dimensions as found: where their cells stand, which rows count, and which columns are results.

The last column is what a table gives; with `gives` the last columns are, each of which is an output with its own name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflow.checks.context import Context
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.leaves import Ident, Sheet, Words
from workflow.model.reading import nearest, shown
from workflow.model.terms import Hit
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.grids import Grid, read_block, read_table_file
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import names_in

FOLDER = "tables/"
ENDINGS = (".csv", ".xlsx")
PRIORITY = "priority"
"""The column that says, with `hit: priority`, which of several rows counts: the one with the smallest number."""
LISTS = ("rule order", "output order", "collect")
"""Hit policies of DMN that give a list, which nothing here can be."""
OUTPUTS_TAKEN = frozenset({"row", "rows", "test"})
"""Words that name columns of a table itself in the results."""

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A table as found: its cells, whether they stand in a file, which rows count, and the outputs that it names."""

    grid: Grid
    in_file: bool
    hit: Hit
    gives: tuple[Ident, ...] = ()

    @property
    def results(self) -> range:
        """The columns of what the rows give: the last, or as many as it names; rows that are counted give nothing."""
        width = len(self.grid.header)
        return range(width - (0 if self.hit is Hit.COUNT else len(self.gives) or 1), width)

    @property
    def asks(self) -> tuple[int, ...]:
        """The columns of what is asked."""
        return tuple(at for at in range(self.results.start) if at != self.priority)

    @property
    def priority(self) -> int | None:
        """The column of the rows' numbers, where these say which row counts."""
        if self.hit is not Hit.PRIORITY:
            return None
        return next((at for at in range(self.results.start) if self.grid.header[at].text == PRIORITY), None)

    def row_span(self, row: int) -> Span:
        """Where a row stands."""
        cells = self.grid.rows[row]
        return cells[0].span.to(cells[-1].span)


def find_table(context: Context, sheet: Sheet, hit: Words | None, gives: Sequence[Ident] = ()) -> Asked | None:
    """The table under a key, or in the file that it names; None after noting what is wrong with it."""
    chosen = _hit(context, hit)
    grid, mistakes = _read(context, sheet)
    context.diagnostics.extend(without_fix(each) for each in mistakes)
    if grid is None or chosen is None:
        return None
    asked = Asked(grid, sheet.is_a_name, chosen, tuple(gives))
    return asked if not gives or _gives_its_last_columns(context, asked) else None


def names_asked(asked: Asked, words: Vocabulary) -> tuple[ast.Name, ...]:
    """Every name that a table speaks of, in its header and in what its rows give."""
    header = asked.grid.header[: asked.results.start]
    cells = [*header, *(row[at] for row in asked.grid.rows for at in asked.results)]
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


def without_fix(diagnostic: Diagnostic) -> Diagnostic:
    """A fix is text; in a workbook it would have to be a cell, and in a CSV file it must not need quotes."""
    path, fix = diagnostic.span.path, diagnostic.fix
    if fix is not None and (path.endswith(".xlsx") or (path.endswith(".csv") and set(fix.text) & set('",\n'))):
        return replace(diagnostic, fix=None)
    return diagnostic


def _gives_its_last_columns(context: Context, asked: Asked) -> bool:
    """Whether the outputs are names, each that of one of the last columns, and something is asked before them."""
    before, heads = len(context.diagnostics), [head.text for head in asked.grid.header]
    if asked.hit is Hit.COUNT:
        context.refuse("gives-without-results", asked.gives[0].span, key="hit: collect count")
        return False
    seen: dict[str, Span] = {}
    for leaf in asked.gives:
        if not _NAME.fullmatch(leaf.text):
            context.refuse("not-a-name", leaf.span, found=leaf.text)
        elif leaf.text in OUTPUTS_TAKEN:
            context.refuse("reserved-name", leaf.span, found=leaf.text)
        elif leaf.text in seen:
            context.note(Diagnostic("name-twice", leaf.span, {"found": leaf.text}, related=(seen[leaf.text],)))
        elif leaf.text not in heads:
            near = nearest(leaf.text, heads)
            fix = Fix(leaf.span, near) if near is not None and _NAME.fullmatch(near) else None
            accepted = shown(heads, near)
            context.note(Diagnostic("gives-no-column", leaf.span, {"found": leaf.text, "accepted": accepted}, fix=fix))
        seen.setdefault(leaf.text, leaf.span)
    if len(context.diagnostics) > before:
        return False
    first = min(heads.index(name) for name in seen)
    for head in asked.grid.header[first:]:
        if head.text not in seen:
            context.note(without_fix(Diagnostic("input-after-output", head.span, {"found": head.text})))
    if first == 0 and len(seen) == len(heads):
        context.refuse("gives-asks-nothing", asked.grid.header[0].span.to(asked.grid.header[-1].span))
    return len(context.diagnostics) == before
