"""To which column each line of a policy file belongs: two blanks for each level that is open.

The places come from YAML's own scanner, so that nothing is moved on a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml
from yaml.tokens import (
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    StreamEndToken,
    StreamStartToken,
    Token,
    ValueToken,
)

STEP = 2
"""Blanks of one level."""

_OPENING = (FlowMappingStartToken, FlowSequenceStartToken)
_CLOSING = (FlowMappingEndToken, FlowSequenceEndToken)
_OF_A_LINE = (KeyToken, ValueToken, BlockEntryToken, ScalarToken, *_OPENING)
_HEADER = re.compile(r"[|>][+-]?(?P<deep>[1-9])?[+-]?")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines after the first of a text or of braces, both included: how they move, and how far in they stand.

    `words` is, after `|` or `>`, the column of the text before; further in, blanks are part of the text. `keeps`: empty
    lines below it would be part of it.
    """

    first: int
    last: int
    by: int
    least: int
    words: int | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where the words of a line begin, before and after; and the blanks after dashes, of which one stays."""

    old: int
    new: int
    gaps: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Level:
    """A block that is open: the column of its keys or dashes, before and after."""

    old: int
    new: int
    dashes: bool
    indentless: bool = False


class Columns:
    """What is known of each line, counted from 0: its start, its last column, the columns open after it, its texts."""

    def __init__(self, text: str) -> None:
        """Scan a text that the reader has read without a mistake."""
        self.starts: dict[int, Start] = {}
        self.ends: dict[int, int] = {}
        self.open: dict[int, tuple[tuple[int, int], ...]] = {}
        self.stretches: list[Stretch] = []
        self._text = text
        self._lines = text.split("\n")
        self._levels: list[_Level] = []
        self._braces: list[tuple[Token, int]] = []
        self._before: Token | None = None
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            self._take(token)

    def _take(self, token: Token) -> None:
        line = token.start_mark.line
        if self._braces:
            self._braced(token)
        elif isinstance(token, BlockEndToken):
            self._close(indentless=True)
            self._levels.pop()
            return
        elif isinstance(token, BlockMappingStartToken | BlockSequenceStartToken):
            self._push(token, dashes=isinstance(token, BlockSequenceStartToken))
            return  # it stands for nothing in the text, and before the key or dash that is its first
        elif isinstance(token, _OF_A_LINE):
            self._placed(token)
        if not isinstance(token, StreamStartToken | StreamEndToken):
            if token.end_mark.column or token.end_mark.line == line:  # a text after `|` ends where the next line begins
                self.ends[token.end_mark.line] = token.end_mark.column
            self.open[line] = tuple((level.old, level.new) for level in self._levels)
            self._before = token

    def _push(self, token: Token, *, dashes: bool, indentless: bool = False) -> None:
        self._levels.append(_Level(token.start_mark.column, STEP * len(self._levels), dashes, indentless))

    def _close(self, *, indentless: bool) -> None:
        """Leave a list whose dashes stand in the column of the key above them: nothing in YAML ends it."""
        if self._levels and self._levels[-1].indentless is indentless:
            self._levels.pop()

    def _placed(self, token: Token) -> None:
        """A key, a dash, a text or an opening brace outside of braces."""
        if isinstance(token, KeyToken):
            self._close(indentless=True)
        if isinstance(token, BlockEntryToken) and not (self._levels and self._levels[-1].dashes):
            self._push(token, dashes=True, indentless=True)
        own = self._levels[-1].new if self._levels else 0
        below = own + STEP if self._levels else 0
        mark = token.start_mark
        new = own if isinstance(token, KeyToken | BlockEntryToken | ValueToken) else below
        if mark.line not in self.ends and not self._inside(mark.line):
            self.starts[mark.line] = Start(mark.column, new)
        elif isinstance(self._before, BlockEntryToken) and mark.line in self.starts:
            self.starts[mark.line].gaps.append((self._before.end_mark.column, mark.column))
        if isinstance(token, _OPENING):
            self._braces.append((token, below))
        elif isinstance(token, ScalarToken) and token.end_mark.line > mark.line:
            self._several(token, below)

    def _inside(self, line: int) -> bool:
        return bool(self.stretches) and self.stretches[-1].first <= line <= self.stretches[-1].last

    def _braced(self, token: Token) -> None:
        """A token inside of braces; after the last of them it is known over which lines they run."""
        if isinstance(token, _OPENING):
            self._braces.append((token, 0))
        elif isinstance(token, _CLOSING):
            opening, least = self._braces.pop()
            if not self._braces and token.end_mark.line > opening.start_mark.line:
                self._stretch(opening, token, least)

    def _several(self, token: ScalarToken, least: int) -> None:
        """A text of several lines."""
        header = _HEADER.match(self._text, token.start_mark.index) if token.style in ("|", ">") else None
        if not header:
            self._stretch(token, token, least)
            return
        first = token.start_mark.line + 1
        last = token.end_mark.line - (token.end_mark.column == 0)
        filled = next((each for each in self._lines[first : last + 1] if each.strip()), None)
        if filled is None or not self._levels:
            return
        level = self._levels[-1]
        words = level.old + int(header["deep"]) if header["deep"] else len(filled) - len(filled.lstrip(" "))
        while "+" not in header[0] and not self._lines[last][words:].rstrip("\r"):
            last -= 1
        by = level.new - level.old if header["deep"] else least - words
        self.stretches.append(Stretch(first, last, by, 0, words, keeps="+" in header[0]))

    def _stretch(self, first: Token, last: Token, least: int) -> None:
        self.stretches.append(Stretch(first.start_mark.line + 1, last.end_mark.line, self._moved(first), least))

    def _moved(self, token: Token) -> int:
        """How far a token moves with its line."""
        start = self.starts.get(token.start_mark.line)
        if start is None:
            return 0
        narrower = sum(last - first - 1 for first, last in start.gaps if first < token.start_mark.column)
        return start.new - start.old - narrower
