"""Carrying out fixes: the text of a file with the repairs that its diagnostics offer, and all else as it was."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.diagnostics import Diagnostic, Fix
from workflow.syntax.characters import without_odd
from workflow.syntax.positions import Edit, Layout
from workflow.syntax.reader import MOST_CHARACTERS, read

_BREAK = re.compile(r"\r?\n")
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """Lines of a file that became others; `line` is the first of them before the change, counted from 1."""

    path: str
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def mended(texts: Mapping[str, str], diagnostics: Iterable[Diagnostic]) -> Mapping[str, str]:
    """The texts with every safe fix that can be carried out at once.

    Args:
        texts: the files by path, as they were when the diagnostics were made.
        diagnostics: what is wrong with them.

    Returns:
        All texts. Of fixes that overlap, the first is carried out; a fix that would leave a file less readable isn't.
    """
    safe: dict[str, list[Fix]] = {}
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix and fix.safe and len(texts.get(fix.span.path, "x" * (MOST_CHARACTERS + 1))) <= MOST_CHARACTERS:
            safe.setdefault(fix.span.path, []).append(fix)
    return {path: _mended(text, path, safe[path]) if path in safe else text for path, text in texts.items()}


def _mended(text: str, path: str, fixes: list[Fix]) -> str:
    edits = edits_of(text, path, fixes)
    whole = Layout(path, text, edits).text
    worst = _unread(text, path)
    if _unread(whole, path) <= worst:
        return whole
    for edit in reversed(edits):
        alone = Layout(path, text, (edit,)).text
        text = alone if _unread(alone, path) <= worst else text
    return text


def edits_of(text: str, path: str, fixes: Iterable[Fix]) -> tuple[Edit, ...]:
    """The edits that carry out fixes, in order and none over another; breaks are those of the file."""
    mark = len(text) - len(text.removeprefix(_MARK))
    layout = Layout(path, without_odd(text[mark:], path)[0])  # every sign keeps its place, and lines end where read
    line_end = "\r\n" if "\r\n" in text else "\n"
    wanted = dict.fromkeys((*layout.stretch(fix.span), _BREAK.sub(line_end, fix.text)) for fix in fixes)
    edits: list[Edit] = []
    for start, end, replacement in sorted(wanted):
        if not edits or start >= edits[-1].end - mark:
            edits.append(Edit(start + mark, end + mark, replacement))
    return tuple(edits)


def _unread(text: str, path: str) -> int:
    """How many mistakes the reader finds."""
    return sum(diagnostic.severity == "error" for diagnostic in read(text, path)[1])


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs between two states of the same files, in order."""
    found: list[Change] = []
    for path in sorted(before):
        old, new = _BREAK.split(before[path]), _BREAK.split(after[path])
        if before[path] == after[path]:
            continue
        steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        found += [
            Change(path, start + 1, tuple(old[start:end]), tuple(new[first:last]))
            for step, start, end, first, last in steps
            if step != "equal"
        ]
    return tuple(found)
