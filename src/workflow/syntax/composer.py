"""From the events of YAML's parser to a located tree, within bounds, and with all that is refused reported.

Depth and size are counted while the events arrive, so a file that is too large or too deep is left before anything of
that size is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.syntax.positions import Layout, starts_of
from workflow.syntax.repairs import EXOTIC, MOST_DEPTH, Failure
from workflow.syntax.tree import Mapping, Node, Scalar, Sequence, Style

MOST_NODES = 200_000
"""Keys, values, lists and mappings of one file: ten times what a thousand rules take."""

MOST_MISTAKES = 200
"""So many mistakes of one file are shown; who has more has one mistake many times."""

_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+|$))+")
_ENTRY = re.compile(rf"\s*(?P<key>[^\W\d][\w .-]{{0,60}}?)(?P<sign>：|:[{EXOTIC}]|:(?=[^\s/]))")
_DASH = re.compile(r"\n[ \t]*(-) ")
_HASH = re.compile(r"[ \t]+(#[^\s#=*~!-].*)")
_ODD_KEY = re.compile(rf"[：，{{\[]|^[{EXOTIC}]")


class _Enough(Exception):  # noqa: N818 - a bound is no error of ours
    """A bound of the file is reached: reading stops, the diagnostic is noted."""


class Composer:
    """What was composed of a text, and what was found wrong with it.

    `sound` says whether the tree holds all that was written; `suspects` are places that are YAML, but hardly the YAML
    that is meant; `failure` is where YAML itself gave up.
    """

    def __init__(self, layout: Layout) -> None:
        """Compose the text of the layout."""
        self.layout = layout
        self.tree: Node | None = None
        self.sound = True
        self.diagnostics: list[Diagnostic] = []
        self.suspects: list[int] = []
        self.failure: Failure | None = None
        self._events: Iterator[Event] = yaml.parse(layout.text, Loader=yaml.CSafeLoader)  # type: ignore[no-untyped-call]
        self._nodes = 0
        try:
            self._stream()
        except yaml.YAMLError as error:
            self.failure = Failure.of(error, layout.text)
        except _Enough:
            self.sound = False

    def _stream(self) -> None:
        next(self._events)
        event = next(self._events)
        if isinstance(event, StreamEndEvent):
            self._report("empty-file", 0, 0)
            return
        assert isinstance(event, DocumentStartEvent)
        if event.version or event.tags:
            start = self.layout.text.index("%")
            self._report("yaml-directive", start, start + 1, found="%")
        root = next(self._events)
        self.tree = self._node(root, 0, braced=False)
        if isinstance(self.tree, Scalar):
            if not self.tree.text and self.tree.style == "plain":
                self.tree = None
                self._report("empty-file", 0, 0)
            else:
                self._suspect(root, self.tree, colon=True)
        end = next(self._events)
        assert isinstance(end, DocumentEndEvent)
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            self._report("several-documents", after.start_mark.index, after.end_mark.index)
            raise _Enough

    def _report(self, code: str, start: int, end: int, **args: Argument) -> None:
        self._keep(Diagnostic(code, self.layout.span(start, end), args))

    def _keep(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)
        if len(self.diagnostics) >= MOST_MISTAKES:
            raise _Enough

    def _node(self, event: Event, depth: int, *, braced: bool) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._report("file-too-large", event.start_mark.index, event.end_mark.index, limit=MOST_NODES)
            raise _Enough
        if isinstance(event, NodeEvent) and (event.anchor or getattr(event, "tag", None)):
            self._properties(event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, braced=braced)
        if isinstance(event, AliasEvent):
            return Scalar("", self.layout.span(event.start_mark.index, event.end_mark.index), "plain", ((0, 1, 1),))
        if depth >= MOST_DEPTH:
            self._report("file-too-deep", event.start_mark.index, event.start_mark.index + 1, limit=MOST_DEPTH)
            raise _Enough
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth + 1, braced=braced or bool(event.flow_style))
        assert isinstance(event, SequenceStartEvent)
        return self._sequence(event, depth + 1, braced=braced or bool(event.flow_style))

    def _properties(self, event: NodeEvent) -> None:
        """Refuse an alias, an anchor or a tag."""
        start, text = event.start_mark.index, self.layout.text
        if isinstance(event, AliasEvent):
            self.sound = False
            self._report("alias", start, event.end_mark.index, name=event.anchor)
            return
        if event.anchor:
            at = text.index("&", start)
            self._report("anchor", at, at + 1 + len(event.anchor), name=event.anchor)
        if event.tag:
            match = re.compile(r"!\S*").search(text, start)
            assert match, "a tag begins with its sign"
            self._report("tag", match.start(), match.end(), tag=match[0])

    def _scalar(self, event: ScalarEvent, *, braced: bool) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        text = self.layout.text
        if event.anchor or event.tag:
            properties = _PROPERTIES.match(text, start, end)
            start = properties.end() if properties else end
        style = _STYLES.get(event.style, "plain")
        value: str = event.value
        starts = starts_of(self.layout, start, end, value, style)
        if style == "plain" and len(starts) == 1 and not self.layout.edits:
            _, line, column = starts[0]
            span = Span(self.layout.path, line, column, line, column + end - start)
        else:
            if style in ("literal", "folded"):
                end = start + len(text[start:end].rstrip())
            span = self.layout.span(start, end)
        return Scalar(value, span, style, starts, braced)

    def _sequence(self, event: SequenceStartEvent, depth: int, *, braced: bool) -> Sequence:
        items: list[Node] = []
        while not isinstance(entry := next(self._events), SequenceEndEvent):
            item = self._node(entry, depth, braced=braced)
            if isinstance(item, Scalar) and isinstance(entry, ScalarEvent):
                self._value(entry, item, colon=False)
            items.append(item)
        return Sequence(
            tuple(items), self._span(event, entry, items[0] if items else None, items[-1] if items else None)
        )

    def _mapping(self, event: MappingStartEvent, depth: int, *, braced: bool) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        first: Node | None = None
        last: Node | None = None
        while not isinstance(entry := next(self._events), MappingEndEvent):
            key = self._node(entry, depth, braced=braced)
            value_event = next(self._events)
            value = self._node(value_event, depth, braced=braced)
            first, last = first or key, value
            if isinstance(entry, ScalarEvent) and isinstance(key, Scalar):
                if self._entry(entry, key, value_event, value):
                    self._unique(items, key, value)
            else:
                self.sound = False
                if not isinstance(entry, AliasEvent):
                    self._keep(Diagnostic("key-not-text", key.span))
        return Mapping(tuple(items.values()), self._span(event, entry, first, last))

    def _unique(self, items: dict[str, tuple[Scalar, Node]], key: Scalar, value: Node) -> None:
        """Keep an entry, unless its key stands there already."""
        if key.text in items:
            related = (items[key.text][0].span,)
            self._keep(Diagnostic("duplicate-key", key.span, {"key": key.text}, related))
        else:
            items[key.text] = (key, value)

    def _span(self, start: Event, end: Event, first: Node | None, last: Node | None) -> Span:
        """A mapping's or list's place: its brackets, or in block form from its first to its last words."""
        if getattr(start, "flow_style", False) or first is None or last is None:
            at = start.start_mark.index
            if getattr(start, "anchor", None) or getattr(start, "tag", None):
                properties = _PROPERTIES.match(self.layout.text, at)
                at = properties.end() if properties else at
            return self.layout.span(at, end.end_mark.index)
        return first.span.to(last.span)

    def _entry(self, event: ScalarEvent, key: Scalar, value_event: Event, value: Node) -> bool:
        """Whether an entry of a mapping is one; what is wrong with it is noted."""
        if key.style != "plain":
            pass
        elif key.text == "<<":
            self.sound = False
            self._keep(Diagnostic("merge-key", key.span))
            return False
        elif _ODD_KEY.search(key.text):
            self.suspects.append(event.start_mark.index)
        if not isinstance(value_event, ScalarEvent) or not isinstance(value, Scalar):
            return True
        if key.braced and value_event.start_mark.index == value_event.end_mark.index == event.end_mark.index:
            self.sound = False
            self.suspects.append(event.start_mark.index)
            self._keep(Diagnostic("entry-without-value", key.span, {"found": key.text}))
            return False
        self._value(value_event, value, colon=value.span.line > key.span.line)
        return True

    def _value(self, event: ScalarEvent, value: Scalar, *, colon: bool) -> None:
        """Note what makes a plain text suspicious, and what YAML cut off it."""
        if value.style != "plain" or value.braced:
            return
        start, end = event.start_mark.index, event.end_mark.index
        text = self.layout.text
        if value.span.end_line > value.span.line and (dash := _DASH.search(text, start, end)):
            self.sound = False
            self._report("wrong-indentation", dash.start(1), dash.end(1))
        if text[end : end + 1] in (" ", "\t") and value.text and (cut := _HASH.match(text, end)):
            span = self.layout.span(cut.start(1), cut.end(1))
            meant = "'" + text[start : cut.end(1)].rstrip().replace("'", "''") + "'"
            fix = Fix(self.layout.span(start, cut.end(1)), meant)
            self._keep(Diagnostic("text-cut-by-hash", span, {"found": cut[1].rstrip()}, fix=fix))
        if colon or "：" in value.text or not value.text.isascii():
            self._suspect(event, value, colon=colon)

    def _suspect(self, event: Event, value: Scalar, *, colon: bool) -> None:
        """Note a text whose every line looks like `key：value`; with `colon`, like `key:value` too.

        One line with a key in Chinese may well be prose, and is left alone.
        """
        if value.style != "plain":
            return
        start, end = event.start_mark.index, event.end_mark.index
        lines, at = [], start
        while at < end:
            stop = self.layout.text.find("\n", at, end)
            stop = end if stop < 0 else stop
            match = _ENTRY.match(self.layout.text, at, stop)
            if not match or (match["sign"] == ":" and not colon):
                return
            lines.append((match.start("key"), match["key"].isascii()))
            at = stop + 1
        if len(lines) > 1 or (lines and lines[0][1]):
            self.suspects += [line for line, _ in lines]
