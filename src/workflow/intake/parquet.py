"""Parquet read exactly: every column that is exact by its type becomes text; a floating one is refused.

No filter is pushed down to the file: what it says about itself (its statistics) may be wrong, and a reader that
believes it would lose rows in silence. A record's number is that of its row, from 1.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from workflow.checks.mapping import SourceMapping
from workflow.intake.ahead import begun
from workflow.intake.files import opened
from workflow.intake.pages import each_for_itself
from workflow.intake.parts import lists_in, packed
from workflow.intake.table import BATCH_ROWS, Table, schema_of
from workflow.syntax.packed import RATIO, Expansion
from workflow.syntax.unusable import Unusable

_ROWS_FREE, _ROWS_A_BYTE = 1 << 22, 64
"""Rows that a file may have without any question, and that a byte of a larger one may stand for."""
_WRITTEN_OUT = frozenset({"PLAIN", "RLE", "BIT_PACKED"})
"""The encodings of a column of texts in which each text stands for itself, beside which of them are absent."""
_PLAIN_SCALE = 6
"""Digits after the point up to which Arrow writes a decimal without an exponent."""


class Parquet(Table):
    """A Parquet file. Columns are those of the top level."""

    def __init__(self, where: Path, path: str, source: SourceMapping) -> None:
        """Open the file below the workspace and read what it says of its columns.

        Raises:
            Unusable: it is no Parquet file, or stands for more rows than it can hold.
            WorldFailed: it can't be opened.
        """
        import pyarrow as pa
        from pyarrow import parquet

        super().__init__(path)
        self._lists = lists_in(source)
        self._raw, whole = opened(where, path), opened(where, path)
        self._size = whole.seek(0, os.SEEK_END)
        self._digest = begun(functools.partial(_digest_of, whole))
        try:
            looked = parquet.ParquetFile(pa.PythonFile(self._raw, "r"))
            self._arrow = looked.schema_arrow
            folded = _in_dictionaries(looked, self._raw)
            self._file = parquet.ParquetFile(pa.PythonFile(self._raw, "r"), read_dictionary=folded)
        except (pa.ArrowException, OSError, ValueError) as error:
            self.close()
            raise Unusable("file-damaged", format="Parquet") from error
        if self._file.metadata.num_rows > max(_ROWS_FREE, self._size * _ROWS_A_BYTE):
            self.close()
            raise Unusable("packed-too-tightly", limit=RATIO)
        self.header = tuple(self._arrow.names)

    @property
    def sha256(self) -> str:
        """The digest of the file's bytes."""
        return self._digest()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Batches of these columns, which the file has exactly once."""
        import numpy as np
        import pyarrow as pa

        for column in columns:
            of = self._arrow.field(column).type
            for kind in _kinds(column, of, self._lists[column]) if column in self._lists else (of,):
                _must_be_exact(column, kind)
        expansion = Expansion(self._size)
        names = schema_of(columns).names
        try:
            # Without columns there are no rows either, and so no source that maps none.
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS, columns=list(dict.fromkeys(columns))):
                numbers = pa.array(np.arange(self.rows + 1, self.rows + batch.num_rows + 1, dtype=np.int64))
                self.rows += batch.num_rows
                cells = [
                    _packed(batch.column(column), self._lists[column], expansion)
                    if column in self._lists
                    else _unfolded(batch.column(column), expansion)
                    for column in columns
                ]
                for cell in cells:
                    if _is_text(cell.type):
                        cell.validate(full=True)  # A text may hold bytes that are none.
                yield pa.record_batch([numbers, *cells], names=names)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Unusable("file-damaged", self.rows + 1, format="Parquet") from error

    def types(self, columns: Sequence[str]) -> tuple[Any, ...]:
        """The types of the file, without a dictionary; of lists, that of the text which stands for them."""
        import pyarrow as pa
        from pyarrow import types

        own = [pa.string() if column in self._lists else self._arrow.field(column).type for column in columns]
        given = [each.value_type if types.is_dictionary(each) else each for each in own]
        return tuple(pa.string() if _is_text(each) else each for each in given)

    def texts(self, cells: Any) -> Any:
        """A column as texts.

        Raises:
            Unusable: a value is beyond what can be written.
        """
        import pyarrow as pa

        try:
            return _texts(cells)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Unusable("file-damaged", self.rows + 1, format="Parquet") from error


def _digest_of(file: BinaryIO) -> str:
    """The digest of all bytes of a file, which is closed then."""
    with file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _in_dictionaries(file: Any, raw: BinaryIO) -> list[str]:
    """The columns of text that must stay in their dictionary until it is known how long they would be written out.

    A text that is written out in the file needs no dictionary, which would have to be made for it first.
    """
    groups = [file.metadata.row_group(index) for index in range(file.metadata.num_row_groups)]
    chunks = [group.column(index) for group in groups for index in range(group.num_columns)]
    texts = {field.name for field in file.schema_arrow if _is_text(field.type)}
    folded = {
        chunk.path_in_schema for chunk in chunks if chunk.path_in_schema in texts and not _written_out(chunk, raw)
    }
    return [field.name for field in file.schema_arrow if field.name in folded]


def _written_out(chunk: Any, raw: BinaryIO) -> bool:
    """Whether the texts of a column stand for themselves: first by what the file says, then by what is there."""
    begins = [each for each in (chunk.dictionary_page_offset, chunk.data_page_offset) if each]
    said = _WRITTEN_OUT.issuperset(chunk.encodings) and bool(begins)
    return said and each_for_itself(raw, min(begins), chunk.total_compressed_size)


def _kinds(column: str, of: Any, keys: tuple[str, str]) -> tuple[Any, ...]:
    """The types of the two fields of a list's parts.

    Raises:
        Unusable: it is no list of such parts.
    """
    from pyarrow import types

    is_list = types.is_list(of) or types.is_large_list(of)
    if not (is_list and types.is_struct(of.value_type) and {each.name for each in of.value_type} >= {*keys}):
        raise Unusable("column-no-list", column=column, found=str(of), accepted=keys)
    return tuple(of.value_type.field(key).type for key in keys)


def _packed(column: Any, keys: tuple[str, str], expansion: Expansion) -> Any:
    """A column of lists as texts, each of all the parts of a row."""
    import pyarrow as pa

    parts = column.flatten()  # Those of null rows left out, and those of other batches.
    texts = [_texts(_unfolded(parts.field(parts.type.get_field_index(key)), expansion)).to_pylist() for key in keys]
    told = iter(zip(*texts, strict=True))
    lengths = column.value_lengths().to_pylist()
    rows = [None if length is None else packed(next(told) for _ in range(length)) for length in lengths]
    return pa.array(rows, pa.string())


def _is_text(of: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(of) or types.is_large_string(of))


def _must_be_exact(column: str, of: Any) -> None:
    """Refuse types whose values aren't exact, or are no single value.

    Raises:
        Unusable: such a type.
    """
    from pyarrow import types

    if types.is_dictionary(of):
        of = of.value_type
    if types.is_floating(of):
        raise Unusable("column-inexact", column=column)
    known = (types.is_boolean, types.is_integer, types.is_decimal, types.is_date, types.is_timestamp, types.is_null)
    if not (_is_text(of) or any(is_one(of) for is_one in known)):
        raise Unusable("column-untold", column=column, found=str(of))


def _unfolded(column: Any, expansion: Expansion) -> Any:
    """A column without its dictionary.

    Raises:
        Unusable: written out, it would be beyond all measure.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_dictionary(column.type):
        lengths = pc.binary_length(column.dictionary.cast(pa.string())).fill_null(0)
        expansion.add(pc.sum(lengths.take(column.indices.fill_null(0))).as_py() or 0 if len(lengths) else 0)
        column = column.cast(column.type.value_type)
    elif _is_text(column.type):
        expansion.add(pc.sum(pc.binary_length(column)).as_py() or 0)
    return column.cast(pa.string()) if _is_text(column.type) else column


def _texts(column: Any) -> Any:
    """A column without a dictionary as texts."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_decimal(column.type):
        return _decimals(column)
    if types.is_date(column.type):
        return column.cast(pa.date32()).cast(pa.string())
    if types.is_timestamp(column.type) and column.type.tz is not None:
        # What is stored is UTC, whatever zone it is to be shown in.
        return pc.binary_join_element_wise(column.cast(pa.timestamp(column.type.unit)).cast(pa.string()), "Z", "")
    return column.cast(pa.string())


def _decimals(column: Any) -> Any:
    """Decimals as plain digits; the scale is the column's, so zeros at the end say nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not 0 <= column.type.scale <= _PLAIN_SCALE:
        texts = pa.array([None if value is None else f"{value:f}" for value in column.to_pylist()], pa.string())
    else:
        texts = column.cast(pa.string())
    return pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".") if column.type.scale > 0 else texts
