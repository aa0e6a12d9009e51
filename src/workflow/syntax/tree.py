"""The located tree: what a YAML file says, every leaf with its place, and nothing guessed about its type."""

from __future__ import annotations

from typing import Literal

from workflow.diagnostics import Span

Style = Literal["plain", "single", "double", "literal", "folded"]


class Scalar:
    """A text as the author wrote it.

    `starts` maps the text back to its file: one (offset in text, line, column) for each stretch that runs on without
    a break in the file, ascending. `locate` in `syntax.positions` reads it. `braced`: it
    stands inside `{…}` or `[…]`, where YAML cuts at commas and brackets.

    Nodes never change, though nothing but this sentence keeps them from it: a guard would cost more than all else. The
    place of a text on one line is made when somebody asks, since a file has many and few are asked for.
    """

    __match_args__ = ("text", "span", "style", "starts", "braced")
    __slots__ = ("_column", "_line", "_starts", "_where", "braced", "style", "text")

    def __init__(  # noqa: PLR0913, PLR0917 called for every word of a file
        self,
        text: str,
        where: Span | str,
        style: Style,
        starts: tuple[tuple[int, int, int], ...] = (),
        braced: bool = False,  # noqa: FBT001, FBT002 likewise
        line: int = 0,
        column: int = 0,
    ) -> None:
        """`where` is the span; or the file, in which the text stands sign for sign from `line` and `column` on."""
        self.text = text
        self.style: Style = style
        self.braced = braced
        self._where = where
        self._starts = starts
        self._line = line
        self._column = column

    @property
    def span(self) -> Span:
        """The stretch of the file."""
        if isinstance(self._where, Span):
            return self._where
        line, column = self._line, self._column
        return Span(self._where, line, column, line, column + len(self.text))

    @property
    def starts(self) -> tuple[tuple[int, int, int], ...]:
        """Where each unbroken stretch of the text begins."""
        return self._starts if isinstance(self._where, Span) else ((0, self._line, self._column),)

    def __repr__(self) -> str:
        """The text and where it stands."""
        return f"Scalar({self.text!r}, {self.span!r}, {self.style!r})"


class _Group:
    """A mapping or a list: its entries, and its place."""

    __slots__ = ("_where",)

    _where: Where

    @property
    def span(self) -> Span:
        """The stretch of the file."""
        where = self._where
        if isinstance(where, Span):
            return where
        if len(where) == 2:  # noqa: PLR2004 its first and its last node
            return where[0].span.to(where[1].span)
        return Span(*where)


class Mapping(_Group):
    """Keys with their values in the author's order; keys are unique, the reader has seen to it."""

    __match_args__ = ("items", "span")
    __slots__ = ("items",)

    def __init__(self, items: tuple[tuple[Scalar, Node], ...], where: Where) -> None:
        """`where` is the span, what it is made of, or the first and the last node."""
        self.items = items
        self._where = where

    def get(self, key: str) -> Node | None:
        """The value under `key`, or None."""
        return next((value for name, value in self.items if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The key itself as written, for its place."""
        return next((name for name, _ in self.items if name.text == key), None)


class Sequence(_Group):
    """Entries in the author's order."""

    __match_args__ = ("items", "span")
    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...], where: Where) -> None:
        """`where` is as of a mapping."""
        self.items = items
        self._where = where


Node = Scalar | Mapping | Sequence
Where = Span | tuple[str, int, int, int, int] | tuple[Node, Node]
"""A place as it is known: the span, what it is made of, or the nodes at both ends. It is made when somebody asks."""


def alike(one: Node | None, other: Node | None) -> bool:
    """Whether two trees say the same: the same keys, texts and order, wherever and however they are written."""
    match one, other:
        case Scalar(text=text), Scalar(text=again):
            return text == again
        case Mapping(items=pairs), Mapping(items=others) if len(pairs) == len(others):
            return all(
                key.text == name.text and alike(value, there)
                for (key, value), (name, there) in zip(pairs, others, strict=True)
            )
        case Sequence(items=entries), Sequence(items=others) if len(entries) == len(others):
            return all(map(alike, entries, others))
    return one is None and other is None
