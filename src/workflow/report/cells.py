"""Text in the cells of a terminal: how wide it is, and what must not reach a terminal raw."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_STYLES = {"error": "1;31", "warning": "1;33", "help": "36", "fix": "32", "gutter": "34", "strong": "1", "faint": "2"}
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# A mark that closes never begins a line, one that opens never ends it.
_WORD = re.compile(r"\s+|[（《「]*(?:[^\s\u2e80-\uffef]+|[^\s])[，。；：、）》」！？]*")


def harmful(sign: str) -> bool:
    """Whether a terminal could obey this sign, or a reader be deceived by it: controls, bidi marks, invisible signs."""
    return unicodedata.category(sign) in _HARMFUL


def visible(text: str) -> str:
    """The text with every harmful sign spelled out, as `<U+001B>`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"<U+{ord(sign):04X}>" if harmful(sign) else sign for sign in text)


def width(text: str) -> int:
    """The cells that visible text takes: two for full-width signs, none for marks that combine."""
    if text.isascii():
        return len(text)
    return sum(_cells(sign) for sign in text)


def _cells(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def padded(text: str, cells: int) -> str:
    """The text followed by blanks up to so many cells."""
    return text + " " * (cells - width(text))


def aligned(left: str, right: str, cells: int) -> str:
    """Two texts at the two ends of a line; two blanks between them where the line is too short."""
    return left + " " * max(2, cells - width(left) - width(right)) + right


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of columns, all but the first aligned to the right."""
    columns = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        padded(row[0], columns[0])
        + "".join(f"  {' ' * (cells - width(cell))}{cell}" for cell, cells in zip(row[1:], columns[1:], strict=True))
        for row in rows
    ]


def wrapped(text: str, cells: int) -> list[str]:
    """The text in lines of at most so many cells, broken at blanks and between Chinese signs; no word is cut."""
    lines = [""]
    for word in _WORD.findall(text):
        if width(lines[-1]) + width(word.rstrip()) > cells and lines[-1]:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.rstrip() for line in lines]


def painted(text: str, style: str, *, colour: bool) -> str:
    """The text in the colour of its role, or as it is."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour and text else text
