"""Delimited text read exactly: the header, then batches of text cells with the number of each record.

Nothing is guessed. Every cell is text; an unquoted empty cell is absent, a quoted one is the empty text. Records are
numbered from 1 after the header; a line without any sign is none. One pass reads, hashes and guards, so what is taken
in is what the digest stands for.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.diagnostics import Diagnostic, Span
from workflow.intake.files import WrongEncoding, opened, utf8_chunks
from workflow.intake.quotes import Fault, Guard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 1 << 23
"""Bytes that are parsed at once; a record that is longer may be refused."""
_HEADER = 1 << 17
"""Bytes that a header may have."""


class Feed(io.RawIOBase):
    """A file as its parser may see it: UTF-8 behind the header, cut short at the first fault."""

    def __init__(self, where: Path, path: str, encoding: str, delimiter: str) -> None:
        """Open the file below the workspace and read its header.

        Raises:
            WorldFailed: it can't be opened.
        """
        super().__init__()
        self.path = path
        self._digest = hashlib.sha256()
        self._file = opened(where, path)
        self._chunks = utf8_chunks(self._file, encoding, self._digest)
        self._guard = Guard(delimiter)
        self._left = memoryview(b"")
        self.header = self._read_header(delimiter)

    @property
    def fault(self) -> Fault | None:
        """What made the file end here, if anything did."""
        return self._guard.fault

    @property
    def sha256(self) -> str:
        """The digest, in hex, of all that has been read."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """Yes: this is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next; 0 at the end."""
        if not self._left:
            self._left = memoryview(self._next())
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()

    def _next(self) -> bytes:
        """The next chunk that is sound; nothing after a fault."""
        if self._guard.fault is not None:
            return b""
        try:
            chunk = next(self._chunks, b"")
        except WrongEncoding as error:
            self._guard.feed(error.good)
            if self._guard.fault is None:
                self._guard.fault = Fault("encoding-wrong", self._guard.line, self._guard.line)
            return b""
        if chunk:
            self._guard.feed(chunk)
        else:
            self._guard.finish()
        return b"" if self._guard.fault is not None else chunk

    def _read_header(self, delimiter: str) -> tuple[str, ...]:
        """The cells of the first record; empty where the file has none."""
        seen = b""
        while (end := _record_end(seen)) is None and (chunk := self._next()):
            seen = (seen + chunk).lstrip(b"\r\n")
        end = len(seen) if end is None else end
        if end > _HEADER and self.fault is None:
            self._guard.fault = Fault("row-too-long", 1, 1)
        if self.fault is not None:
            return ()
        self._left = memoryview(seen[end:])
        lines = io.StringIO(seen[:end].decode(), newline="")
        return tuple(next(csv.reader(lines, delimiter=delimiter, strict=True), ()))


def _record_end(data: bytes) -> int | None:
    """Where the first record ends, before its line's end; None if it may go on."""
    quotes = 0
    for index, sign in enumerate(data[: _HEADER + 1]):
        quotes += sign == ord('"')
        if quotes % 2 == 0 and sign in b"\r\n":
            return index
    return None if len(data) <= _HEADER else len(data)


@dataclass(frozen=True, slots=True)
class Ragged:
    """A record with another number of cells than the header."""

    record: int
    cells: int


class Records:
    """The records of one file. When `stream` has been read to its end, `rows` counts them all, `ragged` holds those
    that fit no column, and `mistakes` says why the file can't be used, if it can't.
    """

    def __init__(self, feed: Feed, columns: Sequence[str], delimiter: str) -> None:
        """`columns` are names that stand in the header exactly once."""
        self.ragged: list[Ragged] = []
        self.rows = 0
        self.mistakes: tuple[Diagnostic, ...] = ()
        self._feed = feed
        self._places = [feed.header.index(column) for column in columns]
        self._delimiter = delimiter

    def stream(self) -> Any:
        """An Arrow reader of batches with `record` (int64) and `c0`, `c1` ... (string), in the order of `columns`.

        It never raises, because its reader is another library's thread; a mistake ends it early.
        """
        import pyarrow as pa

        cells = [(f"c{index}", pa.string()) for index in range(len(self._places))]
        return pa.RecordBatchReader.from_batches(pa.schema([("record", pa.int64()), *cells]), self._batches())

    def _batches(self) -> Iterator[Any]:
        import pyarrow as pa

        valid = 0
        names = ["record", *(f"c{index}" for index in range(len(self._places)))]
        try:
            for batch in self._parsed():
                if batch.num_rows:
                    numbers = self._numbers(valid, batch.num_rows)
                    valid += batch.num_rows
                    cells = [batch.column(f"{place}") for place in self._places]
                    yield pa.record_batch([pa.array(numbers), *cells], names=names)
        except pa.ArrowInvalid:
            # The grammar of quotes holds so far: only a record longer than two blocks is left to go wrong.
            self.mistakes = (_row_too_long(self._feed.path, int(self._numbers(valid, 1)[0]) + 1),)
        if self._feed.fault is not None:
            self.mistakes = (fault_of(self._feed.path, self._feed.fault),)
        self.rows = valid + len(self.ragged)

    def _parsed(self) -> Iterator[Any]:
        """Pyarrow's own batches; records that fit no column are noted and left out."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        def note(row: Any) -> str:
            self.ragged.append(Ragged(row.number, row.actual_columns))
            return "skip"

        names = [f"{index}" for index in range(len(self._feed.header))]
        chosen = sorted({names[place] for place in self._places}, key=int)
        source = io.BufferedReader(self._feed, 1 << 20)
        if not source.peek(1):
            return
        # One thread: only then does the parser know the number of a record that it leaves out.
        yield from arrow.open_csv(
            pa.PythonFile(source, "r"),
            read_options=arrow.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK),
            parse_options=arrow.ParseOptions(
                delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=chosen,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    def _numbers(self, valid: int, rows: int) -> NDArray[np.int64]:
        """The record numbers of `rows` good records, `valid` of which came before: the ragged ones are skipped."""
        import numpy as np

        skipped = np.array([each.record - index - 1 for index, each in enumerate(self.ragged)], np.int64)
        good = np.arange(valid, valid + rows, dtype=np.int64)
        return good + 1 + np.searchsorted(skipped, good, side="right")


def fault_of(path: str, fault: Fault) -> Diagnostic:
    """A file's fault as a diagnostic at the line where it begins."""
    related = () if fault.shows == fault.line else (Span(path, fault.shows, 1, fault.shows, 1),)
    return Diagnostic(fault.code, Span(path, fault.line, 1, fault.line, 1), {}, related)


def _row_too_long(path: str, record: int) -> Diagnostic:
    """The parser gives up on a record; only its number is known, which is never above its line."""
    return Diagnostic("row-too-long", Span(path, record, 1, record, 1))
