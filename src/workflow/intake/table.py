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
from workflow.intake.ahead import ahead
from workflow.intake.plain import Proven, looked_at
from workflow.syntax.unusable import Unusable

BATCH_ROWS = 1 << 15
"""Records that are handed on at once, at most."""
BATCH_SIGNS = 1 << 23
"""Signs after which a batch is handed on, however few records they make; also the most that one record may have."""
_MOST_WAITING = 1 << 26
"""Bytes of rows that wait for the long look at once."""
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
    """One file. Once read to its end, `rows` counts its records, `last` is the number of the last that gives cells,
    `broken` holds those that give none, and `mistakes` says why the file can't be used, if it can't.
    """

    header: tuple[str, ...] | None = None
    """The names of the columns in the file's order; None where each record names its own."""

    def __init__(self, path: str) -> None:
        """`path` is relative to the workspace."""
        self.path = path
        self.rows = 0
        self.last = 0
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

    def stream(self, columns: Sequence[str]) -> Any:
        """An Arrow reader of batches with `record` (int64) and `c0`, `c1` ... (string), in the order of `columns`.

        It never raises, because its reader is another library's thread; a mistake ends it early.
        """
        import pyarrow as pa

        batches = ahead(map(self._told, self._met(columns)))
        return pa.RecordBatchReader.from_batches(schema_of(columns), self._guarded(batches))

    def parted(
        self, columns: Sequence[str], proven: Sequence[Proven], asked: Collection[int]
    ) -> Iterator[tuple[bool, Any]]:
        """An Arrow reader of plain rows, in which all cells to be `proven` are; then, if there are any, the other rows
        that were met meanwhile, which are as in `stream`; and so on to the end. Each has with it whether its rows are
        plain, and must be read before the next is asked for.

        Plain rows have `record` (int64), the texts of columns `asked` by their places as `t0`, `t1` ..., and what the
        proofs give.
        """
        import pyarrow as pa

        types = self.types(columns)
        given = [pair for each in proven for pair in zip(each.names, each.types(types[each.place]), strict=True)]
        texts = [(f"t{place}", pa.string()) for place in sorted(asked)]
        schema = pa.schema([("record", pa.int64()), *texts, *given])
        looks = ahead(looked_at(batch, proven) for batch in self._met(columns))
        others, over = list[Any](), False

        def plain() -> Iterator[Any]:
            nonlocal over
            over = True
            for sound, values, unsound in looks:
                texts = [self.texts(sound.column(place + 1)) for place in sorted(asked)]
                yield pa.record_batch([sound.column(0), *texts, *values], schema=schema)
                if unsound.num_rows:
                    others.append(self._told(unsound))
                    if sum(each.nbytes for each in others) > _MOST_WAITING:
                        over = False
                        return

        while not over:
            yield True, pa.RecordBatchReader.from_batches(schema, self._guarded(plain()))
            if others:
                yield False, pa.Table.from_batches(others, schema_of(columns))
                others.clear()

    def types(self, columns: Sequence[str]) -> tuple[Any, ...]:
        """The Arrow types of these columns in `batches`."""
        return tuple(schema_of(columns).types[1:])

    def texts(self, cells: Any) -> Any:
        """A column of `batches` as texts."""
        return cells

    def _met(self, columns: Sequence[str]) -> Iterator[Any]:
        """The batches, noting the number of the last record."""
        for batch in self.batches(columns):
            if batch.num_rows:
                self.last = batch.column(0)[-1].as_py()
            yield batch

    def _told(self, batch: Any) -> Any:
        """A batch with its cells as texts."""
        import pyarrow as pa

        cells = [self.texts(each) for each in batch.columns[1:]]
        return pa.record_batch([batch.column(0), *cells], names=batch.schema.names)

    def _guarded(self, batches: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from batches
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
