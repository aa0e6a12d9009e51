"""Where records stand in their file: a second pass, made only for the few records that somebody asks about.

Only the records of a delimited file may span lines; those of the other formats are known by their line or row.
"""

from __future__ import annotations

import bisect
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from workflow.diagnostics import Diagnostic, InputRefused, Span
from workflow.intake.evidence import Evidence
from workflow.intake.files import WrongEncoding, opened, utf8_chunks
from workflow.intake.taken import FileTaken
from workflow.syntax.unusable import Unusable

_QUOTE, _RETURN, _FEED = ord('"'), ord("\r"), ord("\n")

_ORIGINS = """
SELECT o.event, o.record, f.source, f.path, f.layout, f.encoding, f.sha256, f.rows
FROM origin AS o JOIN file AS f ON f.number = o.file
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
    wanted: dict[FileTaken, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event, record, *file in rows:
        wanted[FileTaken(*file)][record].append(int(event))
    found: dict[int, tuple[str, int]] = {}
    for taken, records in wanted.items():
        lines = lines_in(where, taken, records)
        found |= {event: (taken.path, lines[record]) for record, numbers in records.items() for event in numbers}
    return found


def lines_in(where: Path, taken: FileTaken, records: Iterable[int]) -> Mapping[int, int]:
    """The line on which each of `records` of a file begins, counted from 1.

    Raises:
        InputRefused: the file isn't the one that was read, so that its lines prove nothing.
        WorldFailed: it can't be read.
    """
    wanted = sorted(set(records))
    digest = hashlib.sha256()
    with opened(where, taken.path) as file:
        if taken.layout == "csv":
            found = _found(utf8_chunks(file, taken.path, taken.encoding, digest), wanted)
        else:
            digest = hashlib.file_digest(file, "sha256")
            found = wanted
    if digest.hexdigest() != taken.sha256 or len(found) != len(wanted):
        raise InputRefused((Diagnostic("file-changed", Span(taken.path, 1, 1, 1, 1)),))
    return dict(zip(wanted, found, strict=True))


def _found(chunks: Iterator[bytes], wanted: list[int]) -> list[int]:
    """The lines of the wanted records; fewer, if the text isn't what it was. All of it is read, for its digest."""
    finder = _Finder(wanted)
    found: list[int] = []
    try:
        for chunk in chunks:
            if len(found) < len(wanted):
                found += finder.feed(chunk)
    except (WrongEncoding, Unusable):
        return []
    return found


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
