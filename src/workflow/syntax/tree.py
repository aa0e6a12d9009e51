"""The located tree: what a YAML file says, every leaf with its place, and nothing guessed about its type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflow.diagnostics import Span

Style = Literal["plain", "single", "double", "literal", "folded"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as the author wrote it.

    `starts` maps the text back to its file: one (offset in text, line, column) for each stretch that runs on without
    a break in the file, ascending. `locate` in `syntax.positions` reads it. `braced`: it
    stands inside `{…}` or `[…]`, where YAML cuts at commas and brackets.
    """

    text: str
    span: Span
    style: Style
    starts: tuple[tuple[int, int, int], ...]
    braced: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values in the author's order; keys are unique, the reader has seen to it."""

    items: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value under `key`, or None."""
        return next((value for name, value in self.items if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The key itself as written, for its place."""
        return next((name for name, _ in self.items if name.text == key), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Entries in the author's order."""

    items: tuple[Node, ...]
    span: Span


Node = Scalar | Mapping | Sequence


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
