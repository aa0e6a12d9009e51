"""What every format gives: a file as batches of text cells, each record with its number, each broken one with a reason.

A text stands for its cell exactly; only the declared type of a field says what it means. None is an absent cell.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from workflow.diagnostics import Argument, Diagnostic
from workflow.intake.plain import Proven, looked_at
from workflow.syntax.unusable import Unusable

BATCH_ROWS = 1 << 15
"""Records that are handed on at once, at most."""
BATCH_SIGNS = 1 << 23
"""Signs after which a batch is handed on, however few records they make; also the most that one record may have."""
HEADER_SIGNS = 1 << 17
"""Signs that a header may have."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that gives no cells: its number, and why, as a code with its arguments."""

    record: int
    code: str
    args: Mapping[str, Argument] = field(default_factory=dict)

    @property
    def column(self) -> str | None:
        """The column that is at fault, if one is."""
        column = self.args.get("column")
        return column if isinstance(column, str) else None


class Table(ABC):
    """One file. When `stream` has been read to its end, `rows` counts its records, `broken` holds those that give no
    cells, and `mistakes` says why the file can't be used, if it can't.
    """

    header: tuple[str, ...] | None = None
    """The names of the columns in the file's order; None where each record names its own."""

    def __init__(self, path: str) -> None:
        """`path` is relative to the workspace."""
        self.path = path
        self.rows = 0
        self.broken: list[Broken] = []
        self.mistakes: tuple[Diagnostic, ...] = ()

    @property
    @abstractmethod
    def sha256(self) -> str:
        """The digest, in hex, of the file's bytes."""

    @abstractmethod
    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Arrow batches named as `schema_of(columns)` says, of `types` that `texts` writes out. They count `rows` and
        note what is `broken`.

        Raises:
            Unusable: the file ends here, for the reader's purposes.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def stream(self, columns: Sequence[str], proven: Sequence[Proven] = (), asked: Collection[int] = ()) -> Any:
        """An Arrow reader of batches with `record` (int64) and `c0`, `c1` ... (string), in the order of `columns`.

        With cells to be `proven` there are also `plain`, whether all of them are, and what they give; of plain rows the
        texts of other columns than those `asked` may then be left out.

        It never raises, because its reader is another library's thread; a mistake ends it early.
        """
        import pyarrow as pa

        schema = schema_of(columns)
        if proven:
            types = self.types(columns)
            given = [pair for each in proven for pair in zip(each.names, each.types(types[each.place]), strict=True)]
            schema = pa.schema([*schema, ("plain", pa.bool_()), *given])
        return pa.RecordBatchReader.from_batches(schema, self._guarded(columns, schema, proven, asked))

    def types(self, columns: Sequence[str]) -> tuple[Any, ...]:
        """The Arrow types of these columns in `batches`."""
        return tuple(schema_of(columns).types[1:])

    def texts(self, cells: Any) -> Any:
        """A column of `batches` as texts."""
        return cells

    def _guarded(
        self, columns: Sequence[str], schema: Any, proven: Sequence[Proven], asked: Collection[int]
    ) -> Iterator[Any]:
        try:
            for batch in self.batches(columns):
                yield looked_at(batch, self.texts, schema, proven, asked)
        except Unusable as fault:
            self.mistakes = (fault.at(self.path),)

    def __enter__(self) -> Self:
        """The table itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file, whatever happened."""
        self.close()


def schema_of(columns: Sequence[str]) -> Any:
    """The Arrow schema of batches with these columns."""
    import pyarrow as pa

    cells = [(f"c{index}", pa.string()) for index in range(len(columns))]
    return pa.schema([("record", pa.int64()), *cells])


class Gathered:
    """Records gathered one by one until they make a batch."""

    def __init__(self, columns: Sequence[str]) -> None:
        """`columns` are the cells of each record, in this order."""
        self._schema = schema_of(columns)
        self._records: list[int] = []
        self._rows: list[Sequence[str | None]] = []
        self._signs = 0

    def add(self, record: int, cells: Sequence[str | None], signs: int) -> bool:
        """Keep a record that took `signs` in its file; whether the batch is full."""
        self._records.append(record)
        self._rows.append(cells)
        self._signs += signs
        return len(self._records) >= BATCH_ROWS or self._signs >= BATCH_SIGNS

    def batch(self) -> Any:
        """What has been gathered, as one batch; then it is empty again."""
        import pyarrow as pa

        columns = zip(*self._rows, strict=True) if self._rows else [()] * (len(self._schema) - 1)
        arrays = [pa.array(self._records, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
        self._records, self._rows, self._signs = [], [], 0
        return pa.record_batch(arrays, schema=self._schema)
