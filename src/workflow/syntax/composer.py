"""From the events of YAML's parser to a located tree, within bounds, and with all that is refused reported.

Depth and size are counted while the events arrive, so a file that is too large or too deep is left before all of it is
built. Keys and texts are by far the most events, so their way through here is kept short, and events have no type where
to prove that the parser gives their places would cost time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias, cast

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

from workflow.diagnostics import Argument, Diagnostic
from workflow.syntax.positions import Layout, starts_of
from workflow.syntax.repairs import MOST_DEPTH, Failure
from workflow.syntax.suspects import Suspects
from workflow.syntax.tree import Mapping, Node, Scalar, Sequence, Style, Where

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
        self._nodes = 1
        self._suspicion = Suspects(layout)
        self._scalar = self._scalars()
        parser = yaml.CSafeLoader(layout.text)
        self._next = cast("Callable[[], Any]", parser.get_event)
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

    def _node(self, event: Any, depth: int, *, braced: bool) -> Node:
        kind = event.__class__
        if kind is ScalarEvent:
            return self._scalar(event, braced)
        if isinstance(event, AliasEvent):
            self.sound = False
            start, end = _ends(event)
            self._report("alias", start, end, name=str(event.anchor))
            return Scalar("", self._layout.span(start, end), "plain", ((0, *self._layout.point(start)),))
        if event.anchor or event.tag:
            self._properties(event)
        if depth >= MOST_DEPTH:
            start, _ = _ends(event)
            self._report("file-too-deep", start, start + 1, limit=MOST_DEPTH)
            raise _Enough
        make = self._mapping if kind is MappingStartEvent else self._sequence
        return make(event, depth + 1, braced=braced or bool(event.flow_style))

    def _count(self, event: Event, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._report("file-too-large", *_ends(event), limit=MOST_NODES)
            raise _Enough

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

    def _scalars(self) -> Callable[[Any, bool], Scalar]:
        """What reads a scalar; it is called for every word of a file, so all it needs stands at hand."""
        path, straight, other = self._layout.path, not self._layout.edits, self._other_scalar

        def scalar(event: Any, braced: bool) -> Scalar:  # noqa: FBT001 - called for every word of a file
            first, last, value = event.start_mark, event.end_mark, event.value
            line = first.line
            if straight and not event.style and last.line == line and last.index - first.index == len(value):
                # Written as it is meant: unquoted on one line, and neither anchor nor tag before it.
                return Scalar(value, path, "plain", (), braced, line + 1, first.column + 1)
            return other(event, braced=braced)

        return scalar

    def _other_scalar(self, event: ScalarEvent, *, braced: bool) -> Scalar:
        end, value = _ends(event)[1], event.value
        start = self._properties(event)
        style = _STYLES.get(event.style or "", "plain")
        starts = starts_of(self._layout, start, end, value, style)
        if style in ("literal", "folded"):
            end = start + len(self._layout.text[start:end].rstrip())
        return Scalar(value, self._layout.span(start, end), style, starts, braced)

    def _sequence(self, event: _Collection, depth: int, *, braced: bool) -> Sequence:
        items: list[Node] = []
        while (entry := self._next()).__class__ is not SequenceEndEvent:
            item = self._node(entry, depth, braced=braced)
            if not braced and isinstance(item, Scalar) and item.style == "plain":
                self._value(entry, item, below=False)
            items.append(item)
        self._count(entry, len(items))
        return Sequence(
            tuple(items), self._place(event, entry, items[0], items[-1]) if items else self._place(event, entry)
        )

    def _mapping(self, event: _Collection, depth: int, *, braced: bool) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        first: Node | None = None
        value: Node | None = None
        following, scalar = self._next, self._scalar
        while (entry := following()).__class__ is not MappingEndEvent:
            is_text = entry.__class__ is ScalarEvent
            key = scalar(entry, braced) if is_text else self._node(entry, depth, braced=braced)
            after = following()
            value = scalar(after, braced) if after.__class__ is ScalarEvent else self._node(after, depth, braced=braced)
            if first is None:
                first = key
            if not is_text or key.__class__ is not Scalar:
                self.sound = False
                if entry.__class__ is not AliasEvent:
                    self._keep(Diagnostic("key-not-text", key.span))
            elif (name := key.text) in items:
                related = (items[name][0].span,)
                self._keep(Diagnostic("duplicate-key", key.span, {"key": name}, related))
            elif name.isidentifier() and (value.__class__ is not Scalar or (braced and value.text)):
                items[name] = (key, value)  # Nothing in such an entry can be amiss; most are of this kind.
            elif self._entry(entry, key, after, value):
                items[name] = (key, value)
        self._count(entry, 2 * len(items))
        place = self._place(event, entry, first, value) if first and value else self._place(event, entry)
        return Mapping(tuple(items.values()), place)

    def _place(self, start: Any, end: Any, first: Node | None = None, last: Node | None = None) -> Where:
        """A mapping's or list's place: its brackets, or in block form from its first to its last words."""
        if not start.flow_style and first and last:
            return first, last
        opened, closed = start.start_mark, end.end_mark
        if self._straight and not start.anchor and not start.tag:
            return self._layout.path, opened.line + 1, opened.column + 1, closed.line + 1, closed.column + 1
        at = opened.index
        properties = _PROPERTIES.match(self._layout.text, at) if start.anchor or start.tag else None
        return self._layout.span(properties.end() if properties else at, closed.index)

    def _entry(self, event: Any, key: Scalar, value_event: Any, value: Node) -> bool:
        """Whether an entry of a mapping is one; what is wrong with it is noted."""
        if key.style == "plain" and not key.text.isidentifier():
            if key.text == "<<":
                self.sound = False
                self._keep(Diagnostic("merge-key", key.span))
                return False
            if self._suspicion.odd_key(key.text):
                self.suspects.append(_ends(event)[0])
        is_text = value_event.__class__ is ScalarEvent
        if value.__class__ is not Scalar or value.style != "plain" or not is_text:
            return True
        if not value.braced:
            self._value(value_event, value, below=value_event.start_mark.line > event.start_mark.line)
        elif not value.text and _ends(value_event) == (_ends(event)[1],) * 2:
            self.sound = False
            start, end = self._suspicion.torn(*_ends(event))
            self.suspects.append(_ends(event)[0])
            self._report("entry-without-value", start, end, found=self._layout.text[start:end])
            return False
        return True

    def _value(self, event: Any, value: Scalar, *, below: bool) -> None:
        """Note what makes a plain text suspicious, and what YAML cut off it."""
        start, end = _ends(event)
        if event.end_mark.line > event.start_mark.line:
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
