"""Where records stand in their file: a second pass, made only for the few records that somebody asks about."""

from __future__ import annotations

import bisect
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from workflow.diagnostics import Diagnostic, InputRefused, Span
from workflow.intake.evidence import Evidence
from workflow.intake.files import WrongEncoding, opened, utf8_chunks

_QUOTE, _RETURN, _FEED = ord('"'), ord("\r"), ord("\n")

_ORIGINS = """
SELECT o.event, f.path, f.encoding, f.sha256, o.record
FROM origin AS o JOIN file AS f ON f.path = o.file AND f.source = o.source
WHERE o.event IN (SELECT unnest(?))
"""


def lines_of(evidence: Evidence, where: Path, events: Collection[int]) -> Mapping[int, tuple[str, int]]:
    """The file and the physical line of events, by their number; `where` is the workspace that the files are in.

    Raises:
        InputRefused: a file isn't the one that was taken in.
        WorldFailed: a file can't be read.
    """
    import duckdb

    with duckdb.connect(str(evidence.path), read_only=True) as connection:
        rows = connection.execute(_ORIGINS, [list(events)]).fetchall()
    wanted: dict[tuple[str, str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event, path, encoding, sha256, record in rows:
        wanted[path, encoding, sha256][record].append(int(event))
    found: dict[int, tuple[str, int]] = {}
    for (path, encoding, sha256), records in wanted.items():
        lines = lines_in(where, path, encoding, sha256, records)
        found |= {event: (path, lines[record]) for record, numbers in records.items() for event in numbers}
    return found


def lines_in(where: Path, path: str, encoding: str, sha256: str, records: Iterable[int]) -> Mapping[int, int]:
    """The line on which each of `records` of a file begins; the header is record 0, lines count from 1.

    Raises:
        InputRefused: the file's digest isn't `sha256`, so that its lines prove nothing.
        WorldFailed: it can't be read.
    """
    wanted = sorted(set(records))
    digest = hashlib.sha256()
    found: list[int] = []
    finder = _Finder(wanted)
    with opened(where, path) as file:
        try:
            for chunk in utf8_chunks(file, encoding, digest):
                if len(found) < len(wanted):
                    found += finder.feed(chunk)
        except WrongEncoding:
            found = []
    if digest.hexdigest() != sha256 or len(found) != len(wanted):
        raise InputRefused((Diagnostic("file-changed", Span(path, 1, 1, 1, 1)),))
    return dict(zip(wanted, found, strict=True))


class _Finder:
    """Counts lines and records chunk by chunk. A record begins behind a line's end outside of quotes, with any sign
    that isn't itself a line's end.
    """

    def __init__(self, wanted: list[int]) -> None:
        self._wanted = wanted
        self._done = 0
        self._record = 0
        self._line = 1
        self._quotes = 0
        self._before = _FEED

    def feed(self, data: bytes) -> list[int]:
        """The lines of those wanted records that begin in `data`, in order."""
        import numpy as np

        signs = np.frombuffer(data, np.uint8)
        befores = np.concatenate((np.array([self._before], np.uint8), signs[:-1]))
        feeds, returns = signs == _FEED, signs == _RETURN
        ends = returns | (feeds & (befores != _RETURN))
        quotes = signs == _QUOTE
        outside = (self._quotes + np.cumsum(quotes) - quotes) % 2 == 0
        begins = np.flatnonzero(outside & ~feeds & ~returns & ((befores == _FEED) | (befores == _RETURN)))
        until = bisect.bisect_left(self._wanted, self._record + len(begins))
        here = np.array(self._wanted[self._done : until], np.int64) - self._record
        lines = self._line + np.cumsum(ends)[begins[here]]
        self._done = until
        self._record += len(begins)
        self._line += int(ends.sum())
        self._quotes = (self._quotes + int(quotes.sum())) % 2
        self._before = data[-1]
        return [int(line) for line in lines]
