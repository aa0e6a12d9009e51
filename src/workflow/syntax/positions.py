r"""Where things stand in a file: the only home of column arithmetic.

A scalar's text isn't its stretch of the file: folding joins lines, escapes become one character, blocks lose their
indentation. `starts_of` notes where each unbroken stretch of the text begins in the file; `locate` maps any part of
the text back. Lines and columns count characters from 1, and a line ends at `\n` or `\r\n`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from workflow.diagnostics import Span
from workflow.syntax.tree import Scalar, Style

# A run of blanks that no break follows is taken whole, so that no run is looked at twice.
_FOLD = r"(?P<fold>[ \t]*+(?:\r?\n[ \t]*+)+)|(?P<blanks>[ \t]++)"
_SINGLE = re.compile(rf"{_FOLD}|(?P<escape>'')")
_DOUBLE = re.compile(
    rf"(?P<join>\\\r?\n[ \t]*(?:\r?\n[ \t]*)*)|{_FOLD}"
    r"|(?P<escape>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^\r\n]))"
)
_PLAIN = re.compile(_FOLD)


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the original text that was replaced before reading on, by indexes into the original."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A text as it is read, and the way back to the file: what was repaired on the way keeps its original place."""

    path: str
    original: str
    edits: tuple[Edit, ...] = ()
    text: str = field(init=False)
    _lines: list[int] = field(init=False, repr=False)
    _read: list[int] = field(init=False, repr=False)
    _written: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Apply the edits, and keep the indexes from which text read and text written run in step."""
        pieces, read, written, past, length = [], [0], [0], 0, 0
        for edit in self.edits:
            assert past <= edit.start, "edits are sorted and don't overlap"
            pieces += [self.original[past : edit.start], edit.text]
            length += edit.start - past + len(edit.text)
            past = edit.end
            read.append(length)
            written.append(past)
        pieces.append(self.original[past:])
        object.__setattr__(self, "text", "".join(pieces) if self.edits else self.original)
        object.__setattr__(self, "_lines", [])
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_written", written)

    def written(self, index: int) -> int:
        """The index in the file of an index in the text as read; within a repair, not beyond its end."""
        if not self.edits:
            return index
        at = bisect_right(self._read, index) - 1
        moved = self._written[at] + index - self._read[at]
        return moved if at + 1 == len(self._read) else min(moved, self._written[at + 1])

    def steps(self, start: int, end: int) -> list[int]:
        """The indexes between two, in the text as read, from which it runs in step with the file again."""
        return self._read[bisect_right(self._read, start) : bisect_left(self._read, end)]

    def point(self, index: int) -> tuple[int, int]:
        """Line and column in the file of an index in the text as read."""
        place = self.written(index)
        lines = self._begins()
        line = bisect_right(lines, place)
        return line, place - lines[line - 1] + 1

    def index(self, line: int, column: int) -> int:
        """The index in the file of a line and column."""
        return self._begins()[line - 1] + column - 1

    def _begins(self) -> list[int]:
        """Where each line begins; found out when a place is asked for, which a sound file may never be."""
        if not self._lines:
            self._lines.append(0)
            self._lines.extend(end.end() for end in re.finditer("\n", self.original))
        return self._lines

    def stretch(self, span: Span) -> tuple[int, int]:
        """The indexes in the file between which a place lies."""
        return self.index(span.line, span.column), self.index(span.end_line, span.end_column)

    def span(self, start: int, end: int) -> Span:
        """The place in the file of a stretch of the text as read."""
        return Span(self.path, *self.point(start), *self.point(end))


def locate(scalar: Scalar, start: int, end: int) -> Span:
    """The place in the file of `scalar.text[start:end]`.

    An empty part has the place before its first character. A part that ends with an escape covers all of it.
    """
    assert 0 <= start <= end <= len(scalar.text)
    if len(scalar.starts) == 1:
        begin, line, column = scalar.starts[0]
        return Span(scalar.span.path, line, column + start - begin, line, column + end - begin)
    line, column = _point(scalar, start)
    if start == end:
        return Span(scalar.span.path, line, column, line, column)
    end_line, end_column = _point(scalar, end - 1)
    end_column += 1
    next_line, next_column = _point(scalar, end)
    if next_line == end_line and next_column > end_column:
        end_column = next_column
    return Span(scalar.span.path, line, column, end_line, end_column)


def written_in(scalar: Scalar, text: str) -> str:
    """What must stand in the file so that a part of the scalar reads as `text`."""
    if scalar.style == "single":
        return text.replace("'", "''")
    if scalar.style == "double":
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text


def opens_yaml(scalar: Scalar, start: int, text: str) -> bool:
    """Whether `text` at that place of an unquoted scalar would begin something of YAML's own: a quote, a list."""
    return scalar.style == "plain" and start == 0 and text[:1] in "\"'[{!&*|>%@`#"


def _point(scalar: Scalar, offset: int) -> tuple[int, int]:
    at = bisect_right(scalar.starts, offset, key=lambda start: start[0]) - 1
    begin, line, column = scalar.starts[at]
    return line, column + offset - begin


def starts_of(layout: Layout, start: int, end: int, value: str, style: Style) -> tuple[tuple[int, int, int], ...]:
    """Where each unbroken stretch of a scalar's text begins in the file.

    Args:
        layout: the text that was read.
        start: the index of the scalar's first character: its quote, `|` or `>` where it has one.
        end: the index after its last character.
        value: the scalar's text, as YAML reads it.
        style: how it is written.

    Returns:
        (offset in value, line, column), ascending; the first offset is 0.
    """
    if style in ("literal", "folded"):
        stretches = _block(layout.text, start, end, value)
    else:
        quote = 0 if style == "plain" else 1
        broken = layout.text.find("\n", start, end) >= 0 or len(value) != end - start - 2 * quote
        if not broken and not layout.edits:
            return ((0, *layout.point(start + quote)),)
        stretches = _flow(layout.text, start + quote, end - quote, style)
    return tuple((offset, *layout.point(index)) for offset, index in _in_step(layout, stretches, len(value)))


def _in_step(layout: Layout, stretches: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The stretches, cut again wherever a repair puts text and file out of step."""
    ends = [offset for offset, _ in stretches[1:]] + [length + 1]
    cut = []
    for (offset, index), end in zip(stretches, ends, strict=True):
        cut.append((offset, index))
        cut += [(offset + step - index, step) for step in layout.steps(index, index + end - offset)]
    return cut


def _flow(text: str, start: int, end: int, style: Style) -> list[tuple[int, int]]:
    """(offset, index) of the stretches of a plain or quoted scalar: a new one after each fold and escape."""
    pattern = {"single": _SINGLE, "double": _DOUBLE}.get(style, _PLAIN)
    stretches, offset, past = [(0, start)], 0, start
    for part in pattern.finditer(text, start, end):
        if part.lastgroup == "blanks":
            continue
        offset += part.start() - past
        breaks = part[0].count("\n")
        if part.lastgroup == "fold":
            offset += max(1, breaks - 1)
        elif part.lastgroup == "join":
            offset += breaks - 1
        else:
            _begin(stretches, offset, part.start())
            offset += 1
        past = part.end()
        _begin(stretches, offset, past)
    return stretches


def _begin(stretches: list[tuple[int, int]], offset: int, index: int) -> None:
    if stretches[-1][0] == offset:
        stretches[-1] = (offset, index)
    else:
        stretches.append((offset, index))


def _block(text: str, start: int, end: int, value: str) -> list[tuple[int, int]]:
    """(offset, index) of the lines of a block scalar.

    Each line's words stand in the value in the same order, so that they are found there one after the other; between
    them only blanks and breaks may stand, so the first find is the right one, whatever was folded.
    """
    index = text.index("\n", start, end) + 1 if "\n" in text[start:end] else end
    stretches, offset, indent = [(0, index)], 0, _indent(text, index, end, value)
    while index < end:
        stop = text.find("\n", index, end)
        stop = end if stop < 0 else stop
        words = text[index + indent : stop].rstrip("\r\n")
        if words.strip():
            offset = value.index(words, offset)
            _begin(stretches, offset, index + indent)
            offset += len(words)
        elif offset == 0:
            _begin(stretches, 0, min(index + indent, stop))
        index = stop + 1
    return stretches


def _indent(text: str, start: int, end: int, value: str) -> int:
    """How far a block stands in: what its first line of words has more than the same line of its text."""
    first = next((line for line in text[start:end].split("\n") if line.strip()), "").rstrip("\r")
    shown = next((line for line in value.split("\n") if line.strip()), "")
    return len(first) - len(first.lstrip(" ")) - (len(shown) - len(shown.lstrip(" ")))


def whole_text(text: str, path: str) -> Scalar:
    """A text that stands in no file as a scalar of its own, so that its places are those of its lines."""
    lines = text.split("\n")
    starts, offset = [], 0
    for number, line in enumerate(lines, start=1):
        starts.append((offset, number, 1))
        offset += len(line) + 1
    return Scalar(text, Span(path, 1, 1, len(lines), len(lines[-1]) + 1), "literal", tuple(starts))
