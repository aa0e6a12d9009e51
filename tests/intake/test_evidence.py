"""The evidence's failures: what is the engine's, and what is its user's."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from workflow.intake.evidence import engine_failures


def test_a_ctrl_c_while_records_are_read_is_no_failure_of_the_engine() -> None:
    """DuckDB tells what stopped the reader as an error of its own."""

    def broken_off() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([pa.array([1])], names=["a"])
        raise KeyboardInterrupt

    rows = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), broken_off())
    with duckdb.connect() as connection:
        connection.register("batch", rows)
        with pytest.raises(KeyboardInterrupt), engine_failures():
            connection.execute("CREATE TABLE t AS SELECT * FROM batch")
