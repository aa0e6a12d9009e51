"""Named columns in layers of SELECTs, so that no tree is written twice and none grows beyond what it names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from workflow.columns.queries import printed, select, verbatim
from workflow.columns.tree import (
    Tree,
    column,
    named,
    sql_name,
)


class Layers:
    """A source and the columns computed from it, each in the lowest layer whose columns it needs.

    Columns whose names begin with `?` are ours, and left out of the outputs; no author's name holds that sign.
    """

    def __init__(self, source: Tree, outputs: Iterable[str]) -> None:
        """Start from a table or subquery and the columns of it that are given on."""
        self._source = source
        self._outputs = list(outputs)
        self._layers: list[list[tuple[str, Tree]]] = []
        self._level: dict[str, int] = {}
        self._held: dict[Tree, Tree] = {}

    @property
    def outputs(self) -> tuple[str, ...]:
        """The columns that the relation gives, masks included, in order."""
        return tuple(self._outputs)

    def add(self, name: str, tree: Tree) -> Tree:
        """A new output; gives the column."""
        self._outputs.append(name)
        return self._place(name, tree)

    def once(self, tree: Tree) -> Tree:
        """A column that holds the tree, so that it can be read again and again; a column is its own.

        Trees that say the same share one.
        """
        if isinstance(tree, exp.Column):
            return tree
        if tree not in self._held:
            self._held[tree] = self._place(f"?{len(self._level)}", tree)
        return self._held[tree].copy()

    def source(self) -> Tree:
        """All columns, ours too, to be read by another SELECT."""
        source = self._source
        for layer in self._layers:
            columns = [named(tree, name) for name, tree in layer]
            # As text: a tree as deep as a plan is long would be too deep to be walked.
            source = verbatim(printed(select([exp.Star(), *columns], source)))
        return source

    def select(self, names: Iterable[str]) -> exp.Select:
        """The named columns as one SELECT, each layer reading the one below."""
        return select([column(name) for name in names], self.source())

    def _place(self, name: str, tree: Tree) -> Tree:
        needed = [self._level.get(read.name, 0) for read in tree.find_all(exp.Column)]
        level = 1 + max(needed, default=0)
        if level > len(self._layers):
            self._layers.append([])
        self._layers[level - 1].append((name, tree))
        self._level[sql_name(name)] = level
        return column(name)
