"""Characters: bytes to text, what may not stand in a file, and full-width signs folded to what they mean."""

from __future__ import annotations

import re
import unicodedata

from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.syntax.positions import Layout

MOST_ODD = 20
"""So many odd characters are shown one by one; a file with more isn't text, and more lines wouldn't help."""

_ODD = re.compile(
    "\r(?!\n)|["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, NEL among them
    "\u2028\u2029"  # line breaks that editors show in different ways
    "\u200b\u2060\ufeff\u00ad"  # invisible: two names that look alike would differ
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the reading order, so that a text reads otherwise than it is
    "\ud800-\udfff\ufffe\uffff]"
)

_SIGNS = {
    0x3000: " ",
    **dict.fromkeys((0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F), " "),
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    ord("、"): ",",
    ord("【"): "[",
    ord("】"): "]",
    ord("×"): "*",
    ord("÷"): "/",
    ord("−"): "-",
    ord("￥"): "¥",
}


def fold(text: str) -> str:
    """Full-width signs, digits and letters, exotic blanks and `× ÷ −` as the plain ones; the length stays."""
    return text if text.isascii() else text.translate(_SIGNS)


def decode(data: bytes, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a file, without its byte order mark.

    Returns:
        The text; empty where the bytes aren't UTF-8, with the diagnostic that says where.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as bad:
        before = data[: bad.start].decode("utf-8")
        span = Layout(path, before).span(len(before), len(before))
        return "", (Diagnostic("not-utf8", span, {"byte": f"0x{data[bad.start]:02X}"}),)


def without_odd(text: str, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text with a blank for each character that may not stand in a file, and a diagnostic for each."""
    if text.replace("\n", "").isprintable():  # No character that may not stand is; to look for each takes much longer.
        return text, ()
    found = [match.start() for match in _ODD.finditer(text)]
    if "\r" in text:  # one message for a file whose lines end in the way of old machines
        first = text.index("\r")
        found = [index for index in found if text[index] != "\r" or index == first]
    if not found:
        return text, ()
    layout = Layout(path, text)
    shown = tuple(_odd(layout.span(index, index + 1), text[index]) for index in found[:MOST_ODD])
    return _ODD.sub(lambda odd: "\n" if odd[0] == "\r" else " ", text), shown


def _odd(span: Span, character: str) -> Diagnostic:
    name = f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return Diagnostic("odd-character", span, {"character": name}, fix=Fix(span, ""))


def tab_width(line: str, above: str) -> int:
    """The blanks that a tab stands for, so that its line stands as the one above it does, or below its key."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    before, _, _ = above.partition(" #")
    meant = len(before) - len(before.lstrip(" ")) + 2 * before.rstrip().endswith(":") - lead.count(" ")
    tabs = lead.count("\t")
    return meant // tabs if tabs and meant > 0 and meant % tabs == 0 else 2
