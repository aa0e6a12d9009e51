"""How the files of a source are written, checked: nothing about a file is found out by looking at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from workflow.checks.context import Context
from workflow.checks.mapping import BLANKS, ENCODINGS, ENDINGS, FORMATS, TEXTS, SourceMapping, format_of
from workflow.model.leaves import Words
from workflow.model.source import Source

DELIMITERS = {",": ",", ";": ";", "|": "|", "tab": "\t", BLANKS: BLANKS}
"""What a source may call its delimiter."""
REPEATED = "repeated"
"""What a source says of a header that comes again and again."""

_MEANT_FOR: Mapping[str, frozenset[str]] = {
    "delimiter": frozenset({"csv"}),
    "header": frozenset({"csv"}),
    "columns": frozenset({"csv", "xlsx"}),
    "encoding": TEXTS,
    "sheet": frozenset({"xlsx"}),
}
"""The formats for which a key says something."""


def is_below(pattern: str) -> bool:
    """Whether a pattern stays below the workspace."""
    path = PurePosixPath(pattern)
    return not (path.is_absolute() or ".." in path.parts or "\\" in pattern or ":" in pattern)


def check_layout(context: Context, source: Source, mapping: SourceMapping) -> SourceMapping:
    """The mapping with all that is said of its files."""
    declared = context.choice(source.format, FORMATS)
    formats = _formats(context, source, declared)
    delimiter = context.choice(source.delimiter, tuple(DELIMITERS))
    repeated = context.choice(source.header, (REPEATED,))
    for key, leaf in _said(source).items():
        if formats and not formats & _MEANT_FOR[key]:
            context.refuse("key-of-other-format", leaf.span, key=key, found=", ".join(sorted(formats)))
    columns = source.columns or []
    named = [leaf.text for leaf in columns]
    for place, leaf in enumerate(columns):
        if leaf.text in named[:place]:
            context.refuse("column-named-twice", leaf.span, found=leaf.text)
    return replace(
        mapping,
        format=declared,
        sheet=source.sheet.text if source.sheet else None,
        columns=tuple(named),
        header_repeated=repeated is not None,
        delimiter=DELIMITERS[delimiter] if delimiter else ",",
        encoding=context.choice(source.encoding, ENCODINGS) or "utf-8",
    )


def _formats(context: Context, source: Source, declared: str | None) -> frozenset[str]:
    """The formats of the source's files; a name that doesn't say its own is a mistake."""
    found = {leaf: format_of(leaf.text, declared) for leaf in source.read}
    if source.format is None or declared is not None:
        for leaf, known in found.items():
            if known is None and is_below(leaf.text):
                context.refuse("format-not-said", leaf.span, found=leaf.text, accepted=tuple(ENDINGS))
    return frozenset(known for known in found.values() if known is not None)


def _said(source: Source) -> Mapping[str, Words]:
    """The keys that only some formats know, as far as the author says them."""
    keys = {
        "delimiter": source.delimiter,
        "header": source.header,
        "columns": next(iter(source.columns or []), None),
        "encoding": source.encoding,
        "sheet": source.sheet,
    }
    return {key: leaf for key, leaf in keys.items() if leaf is not None}
