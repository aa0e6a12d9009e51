"""Parquet: exact columns become texts, floating ones are refused, and statistics are never believed."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.intake.records import mistake, taken, told
from workflow.intake import lines_of
from workflow.model.typed import Apply, Column, Literal, Op
from workflow.model.types import TEXT, TRUTH

DAY = datetime.date(2026, 7, 1)
SOUND: dict[str, list[Any]] = {
    "Id": ["A", "B"],
    "Day": [DAY, DAY],
    "Amount": [Decimal("12.5"), Decimal("-0.0001")],
    "Note": ["x", None],
}


def written(columns: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file of these columns."""
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def test_exact_columns_are_read(tmp_path: Path) -> None:
    """A row is known by its number."""
    intake = taken(tmp_path, "a.parquet", written(SOUND, row_group_size=1))
    assert told(intake) == [("A", "2026-07-01", "12.5000", "x"), ("B", "2026-07-01", "-0.0001", None)]
    assert lines_of(intake.evidence, tmp_path, [2]) == {2: ("a.parquet", 2)}


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([Decimal("5.000000000")], pa.decimal128(20, 9)), "5"),
        (pa.array([Decimal("0.0000001")], pa.decimal128(20, 7)), "0.0000001"),
        (pa.array([Decimal(100)], pa.decimal128(20, 0)), "100"),
        (pa.array([Decimal("-1.10")], pa.decimal256(60, 2)), "-1.1"),
        (pa.array([2**64 - 1], pa.uint64()), "18446744073709551615"),
        (pa.array([True]), "true"),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array(["x"], pa.large_string()), "x"),
        (pa.array([DAY], pa.date64()), "2026-07-01"),
        (pa.array([0], pa.timestamp("ms")), "1970-01-01 00:00:00.000"),
        (pa.array([1], pa.timestamp("us", "Asia/Shanghai")), "1970-01-01 00:00:00.000001Z"),
        (pa.array([None]), None),
    ],
)
def test_a_value_is_its_exact_text(tmp_path: Path, column: Any, text: str | None) -> None:
    """Zeros that only a decimal's scale adds are none of it; an instant is UTC, whatever zone it is shown in."""
    data = written({name: values[:1] for name, values in SOUND.items()} | {"Note": column})
    assert [row[3] for row in told(taken(tmp_path, "a.parquet", data))] == [text]


@pytest.mark.parametrize("of", [pa.float64(), pa.float32()])
def test_floating_columns_are_refused(tmp_path: Path, of: Any) -> None:
    """By name; one that the source doesn't read is nobody's business."""
    data = written(SOUND | {"Amount": pa.array([1.5, 2.5], of)})
    assert mistake(tmp_path, "a.parquet", data) == ("column-inexact", 1, {"column": "Amount"})
    assert told(taken(tmp_path, "b.parquet", written(SOUND | {"Rate": pa.array([0.1, 0.2], of)})))


def test_lists_are_refused(tmp_path: Path) -> None:
    """A field has one value."""
    data = written(SOUND | {"Note": [["x"], ["y"]]})
    assert mistake(tmp_path, "a.parquet", data)[0] == "column-untold"


def test_an_absent_column_is_named(tmp_path: Path) -> None:
    """With those that are near."""
    data = written({"ID" if name == "Id" else name: values for name, values in SOUND.items()})
    assert mistake(tmp_path, "a.parquet", data) == ("column-absent", 1, {"column": "Id", "nearest": ("ID", "Day")})


@pytest.mark.parametrize("data", [b"", b"PAR1 nothing PAR1", b"\x00" * 100])
def test_what_is_no_parquet_is_refused(tmp_path: Path, data: bytes) -> None:
    """As is a file that was cut off."""
    assert mistake(tmp_path, "a.parquet", data)[0] == "file-damaged"
    assert mistake(tmp_path, "b.parquet", written(SOUND)[:-20])[0] == "file-damaged"


def test_a_text_that_is_none_is_refused(tmp_path: Path) -> None:
    """Its bytes are no UTF-8, whatever the file says of them."""
    data = written(SOUND | {"Note": ["good text", None]}, use_dictionary=False, compression="none")
    assert mistake(tmp_path, "a.parquet", data.replace(b"good text", b"good \xff\xfe\xfd!"))[0] == "file-damaged"


def test_statistics_that_lie_hide_no_row(tmp_path: Path) -> None:
    """A reader that believes them finds nothing; we find every row."""
    data = written(SOUND | {"Note": ["won", "won"]}, use_dictionary=False, compression="none")
    end = int.from_bytes(data[-8:-4], "little")
    body, footer = data[: -8 - end], data[-8 - end :]
    assert footer.count(b"won") > 1
    (tmp_path / "lie.parquet").write_bytes(lie := body + footer.replace(b"won", b"abc"))
    believed = duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 'lie.parquet'}' WHERE Note = 'won'").fetchall()  # type: ignore[union-attr]
    assert believed == [(0,)], "the trap works"
    won = Apply(Op.EQ, (Column("Note", TEXT), Literal("won", TEXT)), TRUTH)
    assert len(told(taken(tmp_path, "b.parquet", lie, where=won))) == 2
