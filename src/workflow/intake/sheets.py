"""Sheets of XLSX workbooks as files of records. A record's number is that of its row in the sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workflow.checks.mapping import SourceMapping
from workflow.intake.files import opened
from workflow.intake.table import Broken, Gathered, Table
from workflow.syntax.sheet import Refused, rows_of, text_of
from workflow.syntax.unusable import Unusable
from workflow.syntax.workbook import Workbook


class Sheet(Table):
    """One sheet. The first row that holds anything is its header, unless the source names the columns."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the workbook below the workspace and read the sheet's header.

        Raises:
            Unusable: it is no workbook, or has no such sheet.
            WorldFailed: it can't be opened.
        """
        super().__init__(path)
        self._raw = opened(where, path)
        self._sha256 = hashlib.file_digest(self._raw, "sha256").hexdigest()
        try:
            self._book = Workbook(self._raw, self._raw.tell())
            self._rows = rows_of(self._book, _part(self._book.sheets, source.sheet))
            self.header = source.columns or self._read_header()
        except Unusable:
            self.close()
            raise

    @property
    def sha256(self) -> str:
        """The digest of the file's bytes."""
        return self._sha256

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Batches of these columns, which stand in the header exactly once."""
        assert self.header is not None
        places = [self.header.index(column) for column in columns]
        gathered = Gathered(columns)
        for number, row in self._rows:
            self.rows += 1
            cells: list[str | None] = []
            try:
                cells.extend(text_of(self._book, row[place]) if place in row else None for place in places)
            except Refused as why:
                args = {"column": columns[len(cells)], "found": why.found}
                self.broken.append(Broken(number, why.code, args))
                continue
            signs = sum(len(cell) for cell in cells if cell is not None)
            self._book.expansion.add(signs)
            if gathered.add(number, cells, signs):
                yield gathered.batch()
        yield gathered.batch()

    def _read_header(self) -> tuple[str, ...]:
        """The texts of the first row; cells without one are columns without a name."""
        _, row = next(self._rows, (1, {}))
        try:
            texts = {place: text_of(self._book, cell) or "" for place, cell in row.items()}
        except Refused:
            raise Unusable("header-absent") from None
        return tuple(texts.get(place, "") for place in range(max(texts, default=-1) + 1))


def _part(sheets: Mapping[str, str], wanted: str | None) -> str:
    """Where the sheet lies.

    Raises:
        Unusable: there is no such sheet, or no word which of several is meant.
    """
    if wanted is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if wanted is None:
        raise Unusable("sheet-not-said", accepted=tuple(sheets))
    if wanted not in sheets:
        raise Unusable("sheet-absent", found=wanted, accepted=tuple(sheets))
    return sheets[wanted]
