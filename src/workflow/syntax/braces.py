"""The block form of what stands in `{…}` or `[…]`: a formula stands on a line of its own.

YAML cuts what stands in braces at each comma and bracket, so a formula there is read apart. Here the text is cut as its
author meant it: brackets and quotes of a formula hold together. A block form is offered only if it is read as what was
meant before.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.syntax.characters import without_odd
from workflow.syntax.positions import Edit, Layout
from workflow.syntax.reader import read
from workflow.syntax.tree import Node, Scalar, alike

CODE = "formula-in-braces"
_LEAD = re.compile(r"[ \t]*(?:-[ \t]+)*")
_COMMENT = re.compile(r"(?P<blanks>[ \t]*)(?P<words>#[^\r\n]*)")
_TRAILING = re.compile(r"[ \t]+#[^\r\n]*")
_GAP = re.compile(r"\s+")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'", re.DOTALL)
_AFTER_QUOTED = re.compile(r"\s*(?:[,}\]:]|\s#)")
_QUOTES = {'"': '"', "“": "”"}


def with_block_forms(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The diagnostics, those about a formula in braces with the block form as their fix.

    Args:
        diagnostics: what was found, in any order.
        texts: the files by path.

    Returns:
        All of them in the same order; one whose braces can't be told apart stays without a fix.
    """
    found = tuple(diagnostics)
    marked: dict[str, list[Span]] = {}
    for diagnostic in found:
        if diagnostic.code == CODE and diagnostic.span.path in texts:
            marked.setdefault(diagnostic.span.path, []).append(diagnostic.span)
    fixes = {span: fix for path, spans in marked.items() for span, fix in _fixes(texts[path], path, spans)}
    return tuple(
        dataclasses.replace(each, fix=fixes[each.span]) if each.code == CODE and each.span in fixes else each
        for each in found
    )


def _fixes(text: str, path: str, spans: list[Span]) -> Iterator[tuple[Span, Fix]]:
    """The fix of each formula; those in the same braces have the same."""
    tree, _ = read(text, path)
    layout = Layout(path, without_odd(text.removeprefix("\ufeff"), path)[0])
    marks = [layout.stretch(span) for span in spans]
    made: dict[int, Fix | None] = {}
    for span, (start, end) in zip(spans, marks, strict=True):
        opening = next((at for at, stop in _opened(tree, layout) if at <= start and end <= stop), None)
        if opening is None:
            continue
        if opening not in made:
            made[opening] = _fix(layout, opening, marks, tree)
        if fix := made[opening]:
            yield span, fix


def _opened(node: Node | None, layout: Layout) -> Iterator[tuple[int, int]]:
    """Where braces begin and end, the outer before the inner."""
    if node is None or isinstance(node, Scalar):
        return
    start, end = layout.stretch(node.span)
    if layout.text[start : start + 1] in ("{", "[") and layout.text[end - 1 : end] in ("}", "]"):
        yield start, end
    for item in node.items:
        yield from _opened(item[1] if isinstance(item, tuple) else item, layout)


def _fix(layout: Layout, opening: int, marks: list[tuple[int, int]], tree: Node | None) -> Fix | None:
    """The block form of the braces that open there, if it says the same."""
    try:
        braces = _Scan(layout.text, opening + 1).braces(opening)
    except _Unclear:
        return None
    start, end, text = _replacement(layout.text, braces, marks)
    after, mistakes = read(Layout("", layout.text, (Edit(start, end, text),)).text, layout.path)
    first, last = layout.point(start)[0], layout.point(start)[0] + text.count("\n")
    again = any(each.code == CODE and first <= each.span.line <= last for each in mistakes)
    return Fix(layout.span(start, end), text, safe=True) if alike(tree, after) and not again else None


class _Unclear(Exception):
    """Braces whose entries can't be told apart."""


@dataclass
class _Braces:
    """What stands between two braces; `comments` are those behind the opening one, `last` those after all entries."""

    start: int
    end: int = 0
    items: list[_Item] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)


@dataclass
class _Item:
    """An entry: its key with the colon, or a dash; its value; comments above it and behind it."""

    head: str
    value: str | _Braces = ""
    above: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)


class _Scan:
    """The place reached in the text of braces."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def braces(self, opening: int) -> _Braces:
        """The braces that open there; the place reached is behind their opening sign, then behind their closing one."""
        found = _Braces(opening)
        closing = "}" if self.text[opening] == "{" else "]"
        own_line, beside = self.comments()
        found.comments, above = beside, own_line
        while self.sign() != closing:
            item = self.item(named=closing == "}")
            item.above = above
            found.items.append(item)
            own_line, item.behind = self.comments()
            if self.sign() == ",":
                self.at += 1
                more, beside = self.comments()
                item.behind += beside
                above = own_line + more
            elif self.sign() == closing:
                above = own_line
            else:
                raise _Unclear
        found.last = above
        self.at += 1
        found.end = self.at
        if not found.items:
            raise _Unclear
        return found

    def sign(self) -> str:
        """The next sign, which must be there."""
        if self.at >= len(self.text):
            raise _Unclear
        return self.text[self.at]

    def comments(self) -> tuple[list[str], list[str]]:
        """The comments up to the next word: those on lines of their own, and the one beside what stands before."""
        own_line: list[str] = []
        beside: list[str] = []
        broken = False
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                words = _COMMENT.match(self.text, self.at)
                assert words
                (own_line if broken else beside).append(words["words"].rstrip())
                self.at = words.end()
            elif blanks := _GAP.match(self.text, self.at):
                broken = broken or "\n" in blanks[0]
                self.at = blanks.end()
            else:
                break
        return own_line, beside

    def item(self, *, named: bool) -> _Item:
        """One entry, up to its comma or the end of the braces."""
        item = _Item("-")
        if named:
            item.head = f"{self.key()}:"
            item.above, item.behind = self.comments()
            if item.above or item.behind:
                raise _Unclear
        if self.sign() in "{[":
            opening = self.at
            self.at += 1
            item.value = self.braces(opening)
        else:
            item.value = self.words()
        return item

    def key(self) -> str:
        """A key; the place reached is behind its colon."""
        quoted = _QUOTED.match(self.text, self.at)
        colon = self.text.find(":", quoted.end() if quoted else self.at)
        key = self.text[self.at : colon].rstrip()
        if colon < 0 or not key or (not quoted and re.search(r"[\n{}\[\],#\"'?&*!|>%@`]", key)):
            raise _Unclear
        self.at = colon + 1
        return key

    def words(self) -> str:
        """A text or a formula, up to the comma or brace that ends it and not a bracket of its own."""
        start = self.at
        quoted = _QUOTED.match(self.text, start)
        if quoted and _AFTER_QUOTED.match(self.text, quoted.end()):
            self.at = quoted.end()
            return quoted[0]
        depth, quote = 0, ""
        while self.at < len(self.text):
            sign = self.text[self.at]
            if quote:
                quote = "" if sign == quote else quote
            elif sign in _QUOTES:
                quote = _QUOTES[sign]
            elif sign in "([":
                depth += 1
            elif sign in ")]" and depth:
                depth -= 1
            elif (sign in ",}]" and not depth) or (sign == "#" and self.text[self.at - 1].isspace()):
                break
            self.at += 1
        words = self.text[start : self.at].rstrip()
        self.at = start + len(words)
        return words


def _replacement(text: str, braces: _Braces, marks: list[tuple[int, int]]) -> tuple[int, int, str]:
    """What to replace, from where to where, and by what."""
    line = text.rfind("\n", 0, braces.start) + 1
    lead = _LEAD.match(text, line, braces.start)
    assert lead, "the pattern matches any line"
    head = text[lead.end() : braces.start]
    indent = lead.end() - line + (2 if head.strip() else 0)
    lines = list(_lines(text, braces, marks, indent))
    trailing = _TRAILING.match(text, braces.end)
    end = trailing.end() if trailing else braces.end
    comment = trailing[0].rstrip() if trailing else ""
    opening = "".join(f"  {each}" for each in braces.comments)
    if "\n" in text[braces.start : braces.end] and comment:
        lines.append(" " * indent + comment.strip())
        comment = ""
    if head.strip():
        start = lead.end() + len(head.rstrip())
        return start, end, "\n".join((f"{opening}{comment}", *lines))
    first = next(number for number, each in enumerate(lines) if not each.lstrip().startswith("#"))
    lines[first] += f"{opening}{comment}"
    return braces.start, end, "\n".join(lines).lstrip(" ")


def _lines(text: str, braces: _Braces, marks: list[tuple[int, int]], indent: int) -> Iterator[str]:
    """The lines of a block form; inner braces without a formula stay braces."""
    blanks = " " * indent
    for item in braces.items:
        yield from (f"{blanks}{comment}" for comment in item.above)
        value = item.value
        behind = "".join(f"  {comment}" for comment in item.behind)
        if isinstance(value, str):
            yield f"{blanks}{item.head} {_gathered(value, indent)}".rstrip() + behind
        elif not any(value.start <= start and end <= value.end for start, end in marks):
            yield f"{blanks}{item.head} {_gathered(text[value.start : value.end], indent)}{behind}"
        else:
            inner = list(_lines(text, value, marks, indent + 2))
            opening = "".join(f"  {comment}" for comment in value.comments)
            if item.head == "-" and not inner[0].lstrip().startswith("#"):
                yield f"{blanks}- {inner[0].lstrip(' ')}{opening}{behind}"
                yield from inner[1:]
            else:
                yield f"{blanks}{item.head}{opening}{behind}"
                yield from inner
    yield from (f"{blanks}{comment}" for comment in braces.last)


def _gathered(value: str, indent: int) -> str:
    """A value of several lines stands in further than its key."""
    return re.sub(r"\r?\n[ \t]*", "\n" + " " * (indent + 2), value)
