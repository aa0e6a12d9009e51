"""Diagnostics for people and for programs: the place, the line underlined, the remedy, the repair.

The texts of files are an argument: nothing is read here. What authors wrote may hold signs that a terminal obeys;
they are shown spelled out, and underlined in their full width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from workflow.diagnostics import CODES, Argument, Diagnostic, Fix, Span, in_order
from workflow.report.cells import painted, visible, width
from workflow.words import has, say

LINE_CELLS = 100
"""The cells that a quoted line may take; a longer one is cut around the underlined text."""

_TAB = "    "
_BREAK = re.compile(r"\r?\n")  # as `syntax` counts lines
_FIX_LINES = 6


def rendered(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], *, language: str = "en", colour: bool = False
) -> str:
    """All diagnostics in order, a blank line after each, without a closing line: that is `summary`.

    Args:
        diagnostics: what is to be shown; sorted and each shown once.
        texts: the files' texts by path; a place in a file that isn't there is shown without its line.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.

    Returns:
        The text, ending with a line break if there is any.
    """
    pages = _Pages(texts, colour=colour)
    return "".join(f"{_block(diagnostic, pages, language)}\n" for diagnostic in in_order(diagnostics))


def summary(diagnostics: Iterable[Diagnostic], *, files: int, language: str = "en") -> str:
    """One line that counts: `2 mistakes, 1 warning in 3 files`; `no mistakes in 12 files` of all that were read."""
    found = in_order(diagnostics)
    if not found:
        return say(language, "report", "diagnostic-clean", files=counted(language, "file", files))
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    numbers = (("mistake", errors), ("warning", len(found) - errors))
    what = tuple(counted(language, noun, count) for noun, count in numbers if count)
    places = len({diagnostic.span.path for diagnostic in found if diagnostic.span.path})
    if not places:
        return say(language, "report", "diagnostic-summary-nowhere", what=what)
    return say(language, "report", "diagnostic-summary", what=what, files=counted(language, "file", places))


def counted(language: str, noun: str, count: int) -> str:
    """A count with its noun, in the number that English wants."""
    return say(language, "report", f"diagnostic-one-{noun}" if count == 1 else f"diagnostic-many-{noun}", count=count)


def message(diagnostic: Diagnostic, language: str, part: str = "", *, raw: bool = False) -> str:
    """What a diagnostic says, or with `part` (`.help`) another of its sentences; empty where there is none.

    `raw` leaves the author's signs as they are: for JSON, which has escapes of its own.
    """
    room = CODES[diagnostic.code].room
    key = diagnostic.code + part
    if part and not has(room, key, language):
        return ""
    args = diagnostic.args if raw else {name: _shown(value) for name, value in diagnostic.args.items()}
    return say(language, room, key, **args)


def _shown(value: Argument) -> Argument:
    if isinstance(value, tuple):
        return tuple(type(item)(visible(item)) for item in value)
    return type(value)(visible(value)) if isinstance(value, str) else value  # a Term stays a Term


def as_data(diagnostic: Diagnostic, language: str = "en") -> dict[str, object]:
    """A diagnostic as JSON would have it; its keys never change. Places without a file are null."""
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": message(diagnostic, language, raw=True),
        **_place_data(diagnostic.span),
        "help": message(diagnostic, language, ".help", raw=True) or None,
        "fix": fix and {**_place_data(fix.span), "text": fix.text, "safe": fix.safe},
        "related": [_place_data(span) for span in diagnostic.related],
    }


def _place_data(span: Span) -> dict[str, object]:
    return {
        "file": span.path or None,
        "line": span.line or None,
        "column": span.column or None,
        "end_line": span.end_line or None,
        "end_column": span.end_column or None,
    }


def _block(diagnostic: Diagnostic, pages: _Pages, language: str) -> str:
    fix = _fixed(diagnostic.fix, pages)
    gutter = len(str(max(span.line for span in (diagnostic.span, *diagnostic.related))))
    severity = say(language, "report", f"diagnostic-{diagnostic.severity}")
    head = pages.paint(f"{severity}[{diagnostic.code}]", diagnostic.severity)
    lines = [f"{place(diagnostic.span)}{head}: {pages.paint(message(diagnostic, language), 'strong')}"]
    lines += pages.quoted(diagnostic.span, "^", diagnostic.severity, gutter)
    for related in diagnostic.related:
        lines.append(f"{place(related)}{pages.paint(say(language, 'report', 'diagnostic-related'), 'gutter')}")
        lines += pages.quoted(related, "-", "gutter", gutter)
    if remedy := message(diagnostic, language, ".help"):
        lines.append(pages.paint(say(language, "report", "diagnostic-help", remedy=remedy), "help"))
    if fix:
        lines.append(pages.paint(say(language, "report", "diagnostic-fix"), "fix"))
        lines += [f" {number:>{gutter}} | {pages.paint(text, 'fix')}".rstrip() for number, text in fix]
    return "\n".join(lines) + "\n"


def place(span: Span) -> str:
    """`file:line:column: `, as much of it as is known."""
    if not span.path:
        return ""
    return f"{visible(span.path)}:{span.line}:{span.column}: " if span.line else f"{visible(span.path)}: "


def _fixed(fix: Fix | None, pages: _Pages) -> list[tuple[int, str]]:
    """The lines as they would read once repaired, with their numbers; cut where they are many or long."""
    if fix is None:
        return []
    first, last = pages.line(fix.span.path, fix.span.line), pages.line(fix.span.path, fix.span.end_line)
    if first is None or last is None:
        return []
    before = first[: fix.span.column - 1]
    repaired = _BREAK.split(before + fix.text + last[fix.span.end_column - 1 :])
    shown = []
    for offset, line in enumerate(repaired[:_FIX_LINES]):
        start = len(before) if offset == 0 else 0
        text, _, _ = _cut(line, start, start + len(fix.text))
        shown.append((fix.span.line + offset, text))
    return [*shown, (fix.span.line + _FIX_LINES, "…")] if len(repaired) > _FIX_LINES else shown


class _Pages:
    """The files' lines, split once each, and how they are painted."""

    def __init__(self, texts: Mapping[str, str], *, colour: bool) -> None:
        self._texts = texts
        self._lines: dict[str, Sequence[str]] = {}
        self._colour = colour

    def paint(self, text: str, style: str) -> str:
        return painted(text, style, colour=self._colour)

    def line(self, path: str, number: int) -> str | None:
        """One line of a file, or None where the file or the line is unknown."""
        if path not in self._lines:
            self._lines[path] = _BREAK.split(self._texts.get(path, ""))
        lines = self._lines[path]
        return lines[number - 1] if path in self._texts and 1 <= number <= len(lines) else None

    def quoted(self, span: Span, mark: str, style: str, gutter: int) -> list[str]:
        """The line of a span with its number, and below it the marks under the span; nothing if it is unknown."""
        line = self.line(span.path, span.line)
        if line is None or not span.column:
            return []
        start = min(span.column - 1, len(line))
        runs_on = span.end_line > span.line
        end = len(line) if runs_on else min(max(span.end_column - 1, start), len(line))
        text, indent, marks = _cut(line, start, end)
        more = f" … {span.end_line}" if runs_on else ""
        edge = self.paint("|", "gutter")
        return [
            f" {self.paint(f'{span.line:>{gutter}}', 'gutter')} {edge} {text}".rstrip(),
            f" {' ' * gutter} {edge} {' ' * indent}{self.paint(mark * marks + more, style)}",
        ]


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A line made fit for a terminal: its text, the cells before what is marked, and the cells that are marked."""
    low, high = max(0, start - LINE_CELLS), min(len(line), start + LINE_CELLS)
    signs = [_TAB if sign == "\t" else visible(sign) for sign in line[low:high]]
    cells = [width(sign) for sign in signs]
    first, last = _window(cells, start - low)
    head = "…" if low + first else ""
    tail = "…" if low + last < len(line) else ""
    before = len(head) + sum(cells[first : start - low])
    marks = max(1, sum(cells[start - low : min(end - low, last)]))
    return f"{head}{''.join(signs[first:last])}{tail}", before, marks


def _window(cells: Sequence[int], start: int) -> tuple[int, int]:
    """The stretch of signs that LINE_CELLS can hold, a third of it before `start`, more where the line ends early."""
    if sum(cells) <= LINE_CELLS:
        return 0, len(cells)
    first = start
    while first and sum(cells[first - 1 : start]) <= LINE_CELLS // 3:
        first -= 1
    last = first
    while last < len(cells) and sum(cells[first : last + 1]) <= LINE_CELLS:
        last += 1
    while first and sum(cells[first - 1 : last]) <= LINE_CELLS:
        first -= 1
    return first, last
