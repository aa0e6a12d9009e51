"""Delimited text read exactly: the header, then batches of text cells with the number of each record.

Nothing is guessed. Every cell is text; an unquoted empty cell is absent, a quoted one is the empty text. Records are
numbered from 0, which is the header where the file has one; a line without any sign is none. One pass reads, hashes and
guards, so what is taken in is what the digest stands for.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.checks.mapping import SourceMapping
from workflow.intake.files import WrongEncoding, opened, utf8_chunks
from workflow.intake.quotes import Fault, Guard
from workflow.intake.table import BATCH_SIGNS, HEADER_SIGNS, Broken, Table, schema_of
from workflow.syntax.unusable import Unusable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = BATCH_SIGNS
"""Bytes that are parsed at once; a record that is longer may be refused."""


class Feed(io.RawIOBase):
    """A file as its parser may see it: UTF-8 behind the header, cut short at the first fault."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the file below the workspace and read its header, unless the source says that it has none.

        Raises:
            WorldFailed: it can't be opened.
        """
        super().__init__()
        self.path = path
        self._digest = hashlib.sha256()
        self._file = opened(where, path)
        self._chunks = utf8_chunks(self._file, path, source.encoding, self._digest)
        self._guard = Guard(source.delimiter)
        self._left = memoryview(b"")
        self.header = source.columns or self._read_header(source.delimiter)

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
        except Unusable as broken:
            self._guard.fault = Fault(broken.code, self._guard.line, self._guard.line, broken.arguments)
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
        if end > HEADER_SIGNS and self.fault is None:
            self._guard.fault = Fault("row-too-long", 1, 1)
        if self.fault is not None:
            return ()
        self._left = memoryview(seen[end:])
        lines = io.StringIO(seen[:end].decode(), newline="")
        return tuple(next(csv.reader(lines, delimiter=delimiter, strict=True), ()))


def _record_end(data: bytes) -> int | None:
    """Where the first record ends, before its line's end; None if it may go on."""
    quotes = 0
    for index, sign in enumerate(data[: HEADER_SIGNS + 1]):
        quotes += sign == ord('"')
        if quotes % 2 == 0 and sign in b"\r\n":
            return index
    return None if len(data) <= HEADER_SIGNS else len(data)


class Delimited(Table):
    """The records of one delimited file."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the file below the workspace and read its header.

        Raises:
            Unusable: it ends within its header.
            WorldFailed: it can't be opened.
        """
        super().__init__(path)
        self._feed = Feed(where, path, source)
        self._source = source
        self._first = 0 if source.columns else 1
        self.header = self._feed.header
        try:
            self._must_be_sound()
        except Unusable:
            self.close()
            raise

    @property
    def sha256(self) -> str:
        """The digest of all that has been read."""
        return self._feed.sha256

    def close(self) -> None:
        """Close the file."""
        self._feed.close()

    def _must_be_sound(self) -> None:
        fault = self._feed.fault
        if fault is not None:
            raise Unusable(fault.code, fault.line, fault.shows, **fault.args)

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Batches of these columns, which stand in the header exactly once."""
        import pyarrow as pa

        places = [self._feed.header.index(column) for column in columns]
        valid = headers = 0
        try:
            for parsed in self._parsed(places):
                if parsed.num_rows:
                    numbers = pa.array(self._numbers(valid, parsed.num_rows))
                    valid += parsed.num_rows
                    cells = [parsed.column(f"{place}") for place in places]
                    batch = pa.record_batch([numbers, *cells], schema=schema_of(columns))
                    if self._source.header_repeated:
                        batch = _without_headers(batch, columns)
                    headers += parsed.num_rows - batch.num_rows
                    yield batch
        except pa.ArrowInvalid as error:
            # The grammar of quotes holds so far: only a record longer than two blocks is left to go wrong. Only its
            # number is known, which is never above its line.
            self._must_be_sound()
            raise Unusable("row-too-long", int(self._numbers(valid, 1)[0]) + 1) from error
        self._must_be_sound()
        self.rows = valid - headers + len(self.broken)

    def _parsed(self, places: Sequence[int]) -> Iterator[Any]:
        """Pyarrow's own batches; records that fit no column are noted and left out."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        def note(row: Any) -> str:
            self.broken.append(Broken(row.number - 1 + self._first, "row-ragged", {"found": row.actual_columns}))
            return "skip"

        names = [f"{index}" for index in range(len(self._feed.header))]
        chosen = sorted({names[place] for place in places}, key=int)
        source = io.BufferedReader(self._feed, 1 << 20)
        if not source.peek(1):
            return
        # One thread: only then does the parser know the number of a record that it leaves out.
        yield from arrow.open_csv(
            pa.PythonFile(source, "r"),
            read_options=arrow.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK),
            parse_options=arrow.ParseOptions(
                delimiter=self._source.delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=arrow.ConvertOptions(
                check_utf8=False,  # What the feed hands on has just been encoded.
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

        skipped = np.array([each.record - self._first - index for index, each in enumerate(self.broken)], np.int64)
        good = np.arange(valid, valid + rows, dtype=np.int64)
        return good + self._first + np.searchsorted(skipped, good, side="right")


def _without_headers(batch: Any, columns: Sequence[str]) -> Any:
    """The batch without the rows that are the header once more."""
    import pyarrow.compute as pc

    headers = functools.reduce(pc.and_, (pc.equal(batch.column(f"c{n}"), name) for n, name in enumerate(columns)))
    return batch.filter(pc.invert(pc.fill_null(headers, False)))
