"""From the events of YAML's parser to a located tree, within bounds, and with all that is refused reported.

Depth and size are counted while the events arrive, so a file that is too large or too deep is left before anything of
that size is built. Keys and texts are by far the most events, so their way through here is kept short.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias, cast

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from workflow.diagnostics import Argument, Diagnostic, Span
from workflow.syntax.positions import Layout, starts_of
from workflow.syntax.repairs import MOST_DEPTH, Failure
from workflow.syntax.suspects import Suspects
from workflow.syntax.tree import Mapping, Node, Scalar, Sequence, Style

MOST_NODES = 200_000
"""Keys, values, lists and mappings of one file: ten times what a thousand rules take."""

MOST_MISTAKES = 200
"""So many mistakes of one file are shown; who has more has one mistake many times."""

_Collection: TypeAlias = SequenceStartEvent | MappingStartEvent
_STYLES: dict[str, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|$))+")
_TAG = re.compile(r"!\S*")
_BLANKS = (" ", "\t")


class _Enough(Exception):
    """A bound of the file is reached: reading stops, the diagnostic is noted."""


class Composer:
    """What was composed of a text, and what was found wrong with it.

    `sound` says whether the tree holds all that was written; `suspects` are places that are YAML, but hardly the YAML
    that is meant; `failure` is where YAML itself gave up.
    """

    def __init__(self, layout: Layout) -> None:
        """Compose the text of the layout."""
        self.tree: Node | None = None
        self.sound = True
        self.diagnostics: list[Diagnostic] = []
        self.suspects: list[int] = []
        self.failure: Failure | None = None
        self._layout = layout
        self._straight = not layout.edits
        self._nodes = 0
        self._suspicion = Suspects(layout)
        parser = yaml.CSafeLoader(layout.text)
        self._next = cast("Callable[[], Event]", parser.get_event)
        try:
            self._stream()
        except yaml.YAMLError as error:
            self.failure = Failure.of(error, layout.text)
        except _Enough:
            self.sound = False
        finally:
            parser.dispose()

    def _stream(self) -> None:
        self._next()
        event = self._next()
        if isinstance(event, StreamEndEvent):
            self._report("empty-file", 0, 0)
            return
        assert isinstance(event, DocumentStartEvent)
        if event.version or event.tags:
            start = self._layout.text.index("%")
            self._report("yaml-directive", start, start + 1, found="%")
        root = self._next()
        tree = self._node(root, 0, braced=False)
        if isinstance(root, ScalarEvent) and isinstance(tree, Scalar):
            if not tree.text and tree.style == "plain":
                self._report("empty-file", 0, 0)
                return
            self.suspects += self._suspicion.entries(tree, *_ends(root), colon=True)
        self.tree = tree
        assert isinstance(self._next(), DocumentEndEvent)
        after = self._next()
        if isinstance(after, DocumentStartEvent):
            self._report("several-documents", *_ends(after))
            raise _Enough

    def _report(self, code: str, start: int, end: int, **args: Argument) -> None:
        self._keep(Diagnostic(code, self._layout.span(start, end), args))

    def _keep(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)
        if len(self.diagnostics) >= MOST_MISTAKES:
            raise _Enough

    def _node(self, event: Event, depth: int, *, braced: bool) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._report("file-too-large", *_ends(event), limit=MOST_NODES)
            raise _Enough
        if event.__class__ is ScalarEvent:
            return self._scalar(event, braced)
        if isinstance(event, AliasEvent):
            self.sound = False
            start, end = _ends(event)
            self._report("alias", start, end, name=str(event.anchor))
            return Scalar("", self._layout.span(start, end), "plain", ((0, *self._layout.point(start)),))
        assert isinstance(event, _Collection)
        self._properties(event)
        if depth >= MOST_DEPTH:
            start, _ = _ends(event)
            self._report("file-too-deep", start, start + 1, limit=MOST_DEPTH)
            raise _Enough
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth + 1, braced=braced or bool(event.flow_style))
        return self._sequence(event, depth + 1, braced=braced or bool(event.flow_style))

    def _properties(self, event: _Collection | ScalarEvent) -> int:
        """Refuse an anchor or a tag; the index at which what follows them begins."""
        start, end = _ends(event)
        text = self._layout.text
        if not event.anchor and not event.tag:
            return start
        if event.anchor:
            at = text.index("&", start)
            self._report("anchor", at, at + 1 + len(event.anchor), name=event.anchor)
        tag = _TAG.search(text, start) if event.tag else None
        if tag:
            self._report("tag", *tag.span(), tag=tag[0])
        properties = _PROPERTIES.match(text, start, end if isinstance(event, ScalarEvent) else len(text))
        return properties.end() if properties else end

    def _scalar(self, event: ScalarEvent, braced: bool) -> Scalar:  # noqa: FBT001 - called for every word of a file
        first, last, value, written = event.start_mark, event.end_mark, event.value, event.style
        assert first
        assert last
        start, end, line = first.index, last.index, first.line + 1
        if not written and len(value) == end - start and last.line + 1 == line and self._straight:
            column = first.column + 1
            span = Span(self._layout.path, line, column, line, column + end - start)
            return Scalar(value, span, "plain", ((0, line, column),), braced)
        start = self._properties(event)
        style = _STYLES.get(written or "", "plain")
        starts = starts_of(self._layout, start, end, value, style)
        if style in ("literal", "folded"):
            end = start + len(self._layout.text[start:end].rstrip())
        return Scalar(value, self._layout.span(start, end), style, starts, braced)

    def _sequence(self, event: SequenceStartEvent, depth: int, *, braced: bool) -> Sequence:
        items: list[Node] = []
        while (entry := self._next()).__class__ is not SequenceEndEvent:
            item = self._node(entry, depth, braced=braced)
            if isinstance(item, Scalar) and item.style == "plain" and not braced:
                self._value(entry, item, below=False)
            items.append(item)
        return Sequence(
            tuple(items), self._span(event, entry, items[0].span, items[-1].span) if items else self._span(event, entry)
        )

    def _mapping(self, event: MappingStartEvent, depth: int, *, braced: bool) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        first: Span | None = None
        last: Node | None = None
        while (entry := self._next()).__class__ is not MappingEndEvent:
            key = self._node(entry, depth, braced=braced)
            value_event = self._next()
            value = self._node(value_event, depth, braced=braced)
            if first is None:
                first = key.span
            last = value
            if not isinstance(entry, ScalarEvent) or not isinstance(key, Scalar):
                self.sound = False
                if entry.__class__ is not AliasEvent:
                    self._keep(Diagnostic("key-not-text", key.span))
            elif key.text in items:
                related = (items[key.text][0].span,)
                self._keep(Diagnostic("duplicate-key", key.span, {"key": key.text}, related))
            elif self._entry(entry, key, value_event, value):
                items[key.text] = (key, value)
        span = self._span(event, entry, first, last.span) if first and last else self._span(event, entry)
        return Mapping(tuple(items.values()), span)

    def _span(self, start: Event, end: Event, first: Span | None = None, last: Span | None = None) -> Span:
        """A mapping's or list's place: its brackets, or in block form from its first to its last words."""
        assert isinstance(start, MappingStartEvent | SequenceStartEvent)
        if not start.flow_style and first and last:
            return first.to(last)
        at = _ends(start)[0]
        properties = _PROPERTIES.match(self._layout.text, at) if start.anchor or start.tag else None
        return self._layout.span(properties.end() if properties else at, _ends(end)[1])

    def _entry(self, event: ScalarEvent, key: Scalar, value_event: Event, value: Node) -> bool:
        """Whether an entry of a mapping is one; what is wrong with it is noted."""
        if key.style == "plain" and not key.text.isidentifier():
            if key.text == "<<":
                self.sound = False
                self._keep(Diagnostic("merge-key", key.span))
                return False
            if self._suspicion.odd_key(key.text):
                self.suspects.append(_ends(event)[0])
        if value_event.__class__ is not ScalarEvent or value.__class__ is not Scalar or value.style != "plain":
            return True
        if not key.braced:
            self._value(value_event, value, below=value.span.line > key.span.line)
        elif not value.text and _ends(value_event) == (_ends(event)[1],) * 2:
            self.sound = False
            start, end = self._suspicion.torn(*_ends(event))
            self.suspects.append(_ends(event)[0])
            self._report("entry-without-value", start, end, found=self._layout.text[start:end])
            return False
        return True

    def _value(self, event: Event, value: Scalar, *, below: bool) -> None:
        """Note what makes a plain text suspicious, and what YAML cut off it."""
        start, end = _ends(event)
        if value.span.end_line > value.span.line:
            dash = self._suspicion.dash(start, end)
            if dash is not None:
                self.sound = False
                self._report("wrong-indentation", dash, dash + 1)
        if self._layout.text.startswith(_BLANKS, end) and (cut := self._suspicion.cut(start, end)):
            self._keep(cut)
        if below or not value.text.isascii():
            self.suspects += self._suspicion.entries(value, start, end, colon=below)


def _ends(event: Event) -> tuple[int, int]:
    """Where an event begins and ends in the text; the parser always says."""
    assert event.start_mark
    assert event.end_mark
    return event.start_mark.index, event.end_mark.index
