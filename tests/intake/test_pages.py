"""Pages of Parquet are asked themselves what they hold; what the file says of them may be a lie."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from workflow.checks.mapping import SourceMapping
from workflow.intake.pages import each_for_itself
from workflow.intake.parquet import Parquet
from workflow.syntax.unusable import Unusable

TEXTS = [f"text {number}" for number in range(2_000)]


def written(texts: list[str], **options: Any) -> bytes:
    """A file with one column of texts, whose own schema of Arrow is left out."""
    out = io.BytesIO()
    parquet.write_table(pa.table({"Note": texts}), out, store_schema=False, **options)
    return out.getvalue()


def told(data: bytes) -> bool:
    """What the pages of the only column say."""
    chunk = parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(0)
    begins = min(each for each in (chunk.dictionary_page_offset, chunk.data_page_offset) if each)
    return each_for_itself(io.BytesIO(data), begins, chunk.total_compressed_size)


@pytest.mark.parametrize(
    ("options", "each"),
    [
        ({"use_dictionary": False}, True),
        ({"use_dictionary": False, "data_page_version": "2.0"}, True),
        ({"use_dictionary": False, "compression": "zstd", "data_page_size": 500}, True),
        ({"use_dictionary": False, "write_page_checksum": True}, True),
        ({}, False),
        ({"data_page_version": "2.0"}, False),
        ({"use_dictionary": False, "column_encoding": {"Note": "DELTA_BYTE_ARRAY"}}, False),
        ({"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY", "data_page_version": "2.0"}, False),
    ],
)
def test_texts_that_stand_for_themselves(options: dict[str, Any], *, each: bool) -> None:
    """Of either version of pages, in one or in many; not with a dictionary, nor with what texts begin alike."""
    assert told(written(TEXTS, **options)) is each


def test_no_bytes_are_pages_but_pages() -> None:
    """A header that ends too early, goes on for ever, or is something else."""
    for data in (b"", b"\x15", b"\x15\x00", b"\xff" * 99, b"\x1c" * 99, b"\x15\x00\x00", bytes(99)):
        assert not each_for_itself(io.BytesIO(data), 0, 99)


def test_a_file_that_denies_its_dictionary(tmp_path: Path) -> None:
    """It says that each text stands for itself, and keeps one long text for all its rows: it is never written out."""
    data = written(["x" * (1 << 20)] * 100, compression="zstd", dictionary_pagesize_limit=1 << 22)
    said, lie = b"\x19\x35\x00\x06\x10", b"\x19\x35\x00\x06\x06"
    assert data.count(said) == 1, "the encodings: plain, by runs, by a dictionary"
    (tmp_path / "a.parquet").write_bytes(data.replace(said, lie))
    source = SourceMapping(name="a", files=(), event="deal.won", fields=())
    own = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(own)
    pa.set_memory_pool(counted)
    try:
        with Parquet(tmp_path, "a.parquet", source) as table, pytest.raises(Unusable) as refused:
            list(table.batches(["Note"]))
    finally:
        pa.set_memory_pool(own)
    assert refused.value.code == "packed-too-tightly"
    assert 0 < counted.max_memory() < 50 << 20
