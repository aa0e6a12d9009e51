"""The one form of a policy file: two blanks for each level, one empty line between the parts, all else as written.

Lines are moved, never made anew: keys keep their order, quotes and comments stay. Only within a table the blanks around
its bars change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Texts
from dataclasses import dataclass

from workflow.syntax.aligned import aligned
from workflow.syntax.columns import Columns, Start, Stretch
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping, Scalar, alike

HEAD = frozenset({"title", "effective"})
"""Blocks that stand among the lines of the head; all others are parts, with an empty line around them."""

_ALIGNED = 3
"""So many blanks before a comment say that its column is meant."""


def formed(text: str, path: str) -> str | None:
    """The text in the one form, with the same meaning; None where a mistake leaves its meaning open."""
    tree, mistakes = read(text, path)
    if tree is None or any(mistake.severity == "error" for mistake in mistakes):
        return None
    if not isinstance(tree, Mapping):
        return text
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    made = mark + _written(_spaced(_moved(text.removeprefix(mark)), tree), text)
    assert alike(tree, read(made, path)[0]), f"{path} would have another meaning"
    return made


def all_formed(texts: Texts[str, str]) -> tuple[Texts[str, str], tuple[str, ...]]:
    """The texts of a workspace with every YAML file in the one form, and the paths of those that stay as they are."""
    made = {path: formed(text, path) for path, text in texts.items() if path.endswith((".yaml", ".yml"))}
    unclear = tuple(path for path, text in made.items() if text is None)
    known = {path: text for path, text in made.items() if text is not None}
    return {path: aligned(known[path], path) if path in known else text for path, text in texts.items()}, unclear


@dataclass
class _Line:
    """A line: its words, its break, its number in the file.

    `inside`: it belongs to a text or to braces. `keeps`: an empty line below would be part of its text.
    """

    words: str
    end: str
    number: int
    inside: bool = False
    keeps: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing stands on it."""
        return not self.inside and not self.words.strip()

    @property
    def remark(self) -> bool:
        """Whether a comment stands on it, and nothing else."""
        return not self.inside and self.words.lstrip().startswith("#")


def _moved(text: str) -> list[_Line]:
    """The lines of a file, each in its column."""
    parts = re.split(r"(\r?\n)", text)
    lines = [_Line(words, end, at) for at, (words, end) in enumerate(zip(parts[::2], [*parts[1::2], ""], strict=True))]
    columns = Columns(text)
    for stretch in columns.stretches:
        for line in lines[stretch.first : stretch.last + 1]:
            line.words, line.inside, line.keeps = _shifted(line.words, stretch), True, stretch.keeps
    for line in lines:
        line.words = "" if line.empty else line.words
    firsts = {stretch.first - 1 for stretch in columns.stretches}
    beside = {}
    for number, start in columns.starts.items():
        line, behind = lines[number], columns.ends[number]
        if number in firsts:
            line.words = _begun(line.words, start)
        else:
            column = len(line.words) - len(line.words[behind:].lstrip())
            line.words = _commented(_begun(line.words[:behind], start), behind, line.words[behind:])
            beside[number] = (column, len(line.words) - len(parts[2 * number][column:].rstrip()))
    _remarks(lines, columns, beside)
    return lines


def _shifted(words: str, stretch: Stretch) -> str:
    """A line of a text or of braces; after `|` or `>` its own blanks go with it."""
    indent = len(words) - len(words.lstrip(" " if stretch.words is not None else " \t"))
    if not words.strip():
        extra = len(words) - stretch.words if stretch.words is not None else 0
        return " " * (len(words) + stretch.by) if extra > 0 else ""
    return " " * max(stretch.least, indent + stretch.by) + words[indent:]


def _begun(words: str, start: Start) -> str:
    """The words in their column, with one blank after each dash."""
    for first, last in reversed(start.gaps):
        words = f"{words[:first]} {words[last:]}"
    return " " * start.new + words[start.old :]


def _commented(words: str, behind: int, rest: str) -> str:
    """The words with the comment behind them, in the column where it stood if that one was chosen."""
    comment = rest.strip()
    if not comment:
        return words.rstrip()
    blanks = len(rest) - len(rest.lstrip())
    kept = behind + blanks - len(words) if blanks >= _ALIGNED else blanks
    return words + " " * max(kept, min(blanks, _ALIGNED)) + comment


def _remarks(lines: list[_Line], columns: Columns, beside: dict[int, tuple[int, int]]) -> None:
    """Move the comments on lines of their own.

    One below a comment beside words stays in its column. Any other goes with the words below it, or with the block
    above in whose column it stands.
    """
    column: tuple[int, int] | None = None
    above: tuple[tuple[int, int], ...] = ()
    for line in lines:
        if line.number in columns.starts or line.inside:
            column = beside.get(line.number)
            above = columns.open.get(line.number, above)
        elif line.empty:
            column = None
        elif line.remark:
            old = len(line.words) - len(line.words.lstrip())
            below = next((found for each in lines[line.number :] if (found := columns.starts.get(each.number))), None)
            new = column[1] if column and column[0] == old else _column(old, above, below)
            line.words = " " * new + line.words.strip()
            column = column if column and column[0] == old else None


def _column(old: int, above: tuple[tuple[int, int], ...], below: Start | None) -> int:
    """Where a comment goes: with the words below, or else with the deepest block in which it can stand."""
    known = ([(below.old, below.new)] if below else []) + list(above)
    reached = [pair for pair in known if pair[0] <= old]
    if not reached:
        return min((new for _, new in known), default=0)
    deepest = max(pair[0] for pair in reached)
    return next(new for column, new in reached if column == deepest)


def _spaced(lines: list[_Line], tree: Mapping) -> list[_Line]:
    """The lines with one empty line around each part, and nowhere more than one."""
    parted = _parted(lines, tree)
    kept: list[_Line] = []
    for line in lines:
        if line.number in parted and kept and not kept[-1].empty and not kept[-1].keeps:
            kept.append(_Line("", "", -1))
        if not line.empty or (kept and not kept[-1].empty):
            kept.append(line)
    while kept and kept[-1].empty:
        kept.pop()
    return kept


def _parted(lines: list[_Line], tree: Mapping) -> set[int]:
    """The lines before which an empty one belongs: where a part begins, or what follows it, with the comments above.

    Only policies have parts; the other files are short, and keep the empty lines that they have.
    """
    found: set[int] = set()
    before = False
    if tree.key("policy") is None:
        return found
    for number, (key, value) in enumerate(tree.items):
        part = not isinstance(value, Scalar) and value.span.line > key.span.line and key.text not in HEAD
        first = key.span.line - 1
        while first > 0 and lines[first - 1].remark and not lines[first - 1].words.startswith(" "):
            first -= 1
        if number and (part or before):
            found.add(first)
        before = part
    return found


def _written(lines: list[_Line], text: str) -> str:
    """The lines as one text; every line ends, but for the end of a text that takes in its last break."""
    end = "\r\n" if "\r\n" in text else "\n"
    written = [line.words + (line.end or ("" if line.inside else end)) for line in lines]
    return "".join(written)
