"""Which files a source means, and their bytes as UTF-8: the only place that opens and transcodes them."""

from __future__ import annotations

import codecs
import glob
import os
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from workflow.checks.mapping import ENCODINGS, GZIP, SourceMapping
from workflow.diagnostics import Diagnostic, Span, WorldFailed
from workflow.syntax.packed import unpacked

_CHUNK = 1 << 20
_MARK = codecs.BOM_UTF8


class Digest(Protocol):
    """The part of hashlib's objects that is needed here."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""
        ...


class WrongEncoding(Exception):
    """Bytes that aren't text in the declared encoding; `good` are the UTF-8 bytes between the last chunk and them."""

    def __init__(self, good: bytes) -> None:
        """Keep what came before the fault, so that its line can be counted."""
        super().__init__("wrong encoding")
        self.good = good


def files_of(source: SourceMapping, where: Path) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """The files that the source's patterns match, relative to the workspace `where`, sorted, each once, whatever links
    lead to it.

    A pattern or a link that leads out of the workspace, and a pattern that matches nothing, are mistakes.
    """
    root = where.resolve()
    found: dict[Path, str] = {}
    mistakes: list[Diagnostic] = []
    for pattern in source.files:
        parts = PurePosixPath(pattern)
        if parts.is_absolute() or ".." in parts.parts or "\\" in pattern or not pattern:
            mistakes.append(Diagnostic("file-outside", source.span, {"path": pattern}))
            continue
        matched = {path: (where / path).resolve() for path in sorted(_matching(where, parts.parts))}
        for path, real in matched.items():
            if not real.is_relative_to(root):
                mistakes.append(Diagnostic("file-outside", source.span, {"path": path}))
            elif real not in found or path == real.relative_to(root).as_posix():
                found[real] = path
        if not matched:
            mistakes.append(Diagnostic("nothing-to-read", source.span, {"pattern": pattern}))
    return tuple(sorted(found.values())), tuple(mistakes)


def _matching(where: Path, parts: tuple[str, ...]) -> set[str]:
    """The files below `where` that a pattern matches; hidden ones only where it names them.

    `**` goes into each folder once: links among folders may lead round in circles.
    """
    if "**" not in parts:
        found = glob.glob("/".join(parts), root_dir=where)  # noqa: PTH207 it leaves hidden files out
        return {PurePosixPath(path).as_posix() for path in found if (where / path).is_file()}
    at = parts.index("**")
    starts = glob.glob("/".join(parts[:at]), root_dir=where) if at else ["."]  # noqa: PTH207 likewise
    rest = parts[at + 1 :] or ("*",)
    return {
        (PurePosixPath(folder) / path).as_posix()
        for start in sorted(starts)
        for folder in _folders(where, PurePosixPath(start))
        for path in _matching(where / folder, rest)
    }


def _folders(where: Path, start: PurePosixPath) -> list[str]:
    """A folder and those below it, without hidden ones; of several ways to one folder the shortest."""
    seen: set[Path] = set()
    found, level = [], [start]
    while level:
        below: list[PurePosixPath] = []
        for folder in level:
            real = (where / folder).resolve()
            if real.is_dir() and real not in seen:
                seen.add(real)
                found.append(folder.as_posix())
                below += [folder / name for name in sorted(os.listdir(real)) if not name.startswith(".")]  # noqa: PTH208 names
        level = [folder for folder in below if (where / folder).is_dir()]
    return found


def opened(where: Path, path: str) -> BufferedReader:
    """The file below the workspace, open for reading.

    Raises:
        WorldFailed: it can't be opened.
    """
    try:
        return (where / path).open("rb")
    except OSError as error:
        at = Span(path, 1, 1, 1, 1)
        raise WorldFailed((Diagnostic("file-unreadable", at, {"reason": error.strerror or str(error)}),)) from error


def utf8_chunks(file: BinaryIO, path: str, encoding: str, digest: Digest) -> Iterator[bytes]:
    """The file's text as UTF-8 in chunks of whole characters, without a byte order mark; `digest` sees the raw bytes.

    A name that ends in `.gz` is that of a compressed file.

    Raises:
        WrongEncoding: a byte that is none of `encoding`.
        Unusable: a compressed file that is broken, or holds too much.
    """
    raw = _raw(file, digest)
    return _decoded(unpacked(raw) if path.endswith(GZIP) else raw, encoding)


def _raw(file: BinaryIO, digest: Digest) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        yield chunk


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    assert encoding in ENCODINGS, encoding
    start = next(chunks, b"")
    if encoding == "utf-16":
        start, encoding = _ordered(start)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    first, plain = True, encoding == "utf-8"
    for raw in chain((start,), chunks, (b"",)):
        if plain and raw.isascii() and not decoder.getstate()[0]:
            if raw:
                first = False
                yield raw
            continue
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding, "ignore")
            raise WrongEncoding(good.encode()) from error
        chunk = text.encode()
        if first and chunk:
            chunk, first = chunk.removeprefix(_MARK), False
        if chunk:
            yield chunk


def _ordered(start: bytes) -> tuple[bytes, str]:
    """UTF-16 without its mark, and in which order it says that its bytes stand; without a mark nobody knows.

    Raises:
        WrongEncoding: there is no mark.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            return start.removeprefix(mark), encoding
    raise WrongEncoding(b"")
