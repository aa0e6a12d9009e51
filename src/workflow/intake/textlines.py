"""Text line by line: what formats share whose records are single lines. A record's number is that of its line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from workflow.checks.mapping import SourceMapping
from workflow.intake.files import WrongEncoding, opened, utf8_chunks
from workflow.intake.table import BATCH_SIGNS, HEADER_SIGNS, Broken, Gathered, Table
from workflow.syntax.unusable import Unusable


class Lines:
    """The lines of a text file as UTF-8, without their ends, from line 1; lines of nothing but blanks are left out."""

    def __init__(self, where: Path, path: str, encoding: str) -> None:
        """Open the file below the workspace.

        Raises:
            WorldFailed: it can't be opened.
        """
        self._digest = hashlib.sha256()
        self._file = opened(where, path)
        self._chunks = utf8_chunks(self._file, path, encoding, self._digest)
        self._number = 0

    @property
    def sha256(self) -> str:
        """The digest, in hex, of all that has been read."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Each line with its number.

        Raises:
            Unusable: a line is too long, the text isn't in its encoding, or the file isn't packed as its name says.
        """
        rest = b""
        try:
            for chunk in self._chunks:
                *whole, rest = (rest + chunk).split(b"\n")
                yield from self._numbered(whole)
                if len(rest) > BATCH_SIGNS:
                    raise Unusable("row-too-long", self._number + 1)
        except WrongEncoding as error:
            raise Unusable("encoding-wrong", self._number + 1 + (rest + error.good).count(b"\n")) from error
        yield from self._numbered([rest])

    def _numbered(self, lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
        for line in lines:
            self._number += 1
            if line.strip():
                yield self._number, line


class Blanks(Table):
    """A file whose columns are parted by runs of blanks. It knows no quotes, and so no empty cell."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the file and read its header, unless the source says that it has none.

        Raises:
            Unusable: its first line can't be read.
            WorldFailed: it can't be opened.
        """
        super().__init__(path)
        self._text = Lines(where, path, source.encoding)
        self._lines = iter(self._text)
        self._repeated = source.header_repeated
        try:
            self.header = source.columns or self._read_header()
        except Unusable:
            self.close()
            raise

    @property
    def sha256(self) -> str:
        """The digest of all that has been read."""
        return self._text.sha256

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def batches(self, columns: Sequence[str]) -> Iterator[object]:
        """Batches of these columns, which stand in the header exactly once."""
        assert self.header is not None
        width = len(self.header)
        places = [self.header.index(column) for column in columns]
        gathered = Gathered(columns)
        for number, line in self._lines:
            if b"\0" in line:
                raise Unusable("nul-character", number)
            cells = line.decode().split()
            if self._repeated and tuple(cells) == self.header:
                continue
            self.rows += 1
            if len(cells) != width:
                self.broken.append(Broken(number, "row-ragged", {"found": len(cells)}))
            elif gathered.add(number, [cells[place] for place in places], len(line)):
                yield gathered.batch()
        yield gathered.batch()

    def _read_header(self) -> tuple[str, ...]:
        number, line = next(self._lines, (1, b""))
        if len(line) > HEADER_SIGNS:
            raise Unusable("row-too-long", number)
        return tuple(line.decode().split())
