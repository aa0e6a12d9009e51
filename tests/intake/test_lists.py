"""Lists in events: read from objects and from cells, refused whole for one wrong part, kept in a table of their own."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.intake.records import mistake, refused, taken
from workflow.checks.mapping import Cell, ListMapping
from workflow.intake import Intake

OBJECTS = ListMapping("splits", "seller", "share", required=True, cell=Cell("Splits"), keys=("seller", "share"))
CELL = ListMapping("splits", "seller", "share", required=True, cell=Cell("Splits"), separators=(";", ":"))
TURNED = ListMapping(
    "splits", "seller", "share", required=True, cell=Cell("Splits"), separators=(" / ", " "), person_first=False
)
FRACTIONS = ListMapping(
    "splits", "seller", "share", required=True, cell=Cell("Splits", fraction=True), keys=("rep", "pct")
)


def parts(intake: Intake) -> list[tuple[str, int, str, Decimal]]:
    """Id, number, person and share of each part, in order."""
    ids = {row[0]: str(row[1]) for row in intake.evidence.rows("event deal.won", ["event", "event.id"])}
    columns = ["event", "part.number", "splits.seller", "splits.share"]
    rows = intake.evidence.rows("parts deal.won splits", columns)
    return sorted((ids[event], int(str(n)), str(who), Decimal(str(share))) for event, n, who, share in rows)


def lines(*splits: object) -> bytes:
    """JSON lines of deals A, B … with these lists."""
    rows = ({"Id": chr(65 + n), "Day": "2026-07-01", "Amount": "1", "Splits": each} for n, each in enumerate(splits))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def sheet(*cells: str) -> bytes:
    """A CSV file of deals A, B … with these cells."""
    rows = (f'{chr(65 + n)},2026-07-01,1,,"{cell}"\n' for n, cell in enumerate(cells))
    return ("Id,Day,Amount,Note,Splits\n" + "".join(rows)).encode()


def shared(*pairs: tuple[str, object]) -> list[dict[str, object]]:
    """A list of objects."""
    return [{"seller": person, "share": share} for person, share in pairs]


HALVES = [("A", 1, "E1", Decimal("0.4")), ("A", 2, "E2", Decimal("0.6"))]


@pytest.mark.parametrize(
    ("name", "data", "of"),
    [
        ("a.jsonl", lines(shared(("E2", "60%"), ("E1", "40%"))), OBJECTS),
        ("a.jsonl", lines([{"seller": "E2", "share": "60%", "kind": "x"}, {"seller": "E1", "share": "40%"}]), OBJECTS),
        ("a.jsonl", lines([{"rep": "E2", "pct": 0.6}, {"rep": "E1", "pct": 0.40}]), FRACTIONS),
        ("a.jsonl", lines("E2:60%;E1:40%"), CELL),
        ("a.csv", sheet("E1:40%; E2: 60%"), CELL),
        ("a.csv", sheet("60.0% E2 / 40% E1"), TURNED),
    ],
)
def test_parts_are_read_from_objects_and_from_cells(name: str, data: bytes, of: ListMapping, tmp_path: Path) -> None:
    """They stand in the order of the people, whatever the record's."""
    assert parts(taken(tmp_path, name, data, lists=(of,))) == HALVES


def test_a_list_may_be_empty(tmp_path: Path) -> None:
    """In a cell by an empty one; of objects the list itself must be there."""
    assert parts(taken(tmp_path, "a.csv", sheet("", " "), lists=(CELL,))) == []
    intake = taken(tmp_path, "a.jsonl", lines([], None, ""), lists=(OBJECTS,))
    assert parts(intake) == []
    assert refused(intake) == [(2, "cell-absent", None), (3, "cell-absent", None)]


MANY = [(f"E{number}", "1%") for number in range(101)]


@pytest.mark.parametrize(
    ("given", "code", "found"),
    [
        (shared(("E1", "50%"), ("E2", "40%")), "parts-not-whole", "90%"),
        (shared(("E1", "33.3333%"), ("E2", "33.3333%"), ("E3", "33.3333%")), "parts-not-whole", "99.9999%"),
        (shared(("E1", "50%"), ("E1", "50%")), "part-twice", "E1 50%, E1 50%"),
        (shared(("E1", "110%"), ("E2", "-10%")), "part-share", "E1 110%, E2 -10%"),
        (shared(("E1", "100%"), ("E2", "0%")), "part-share", "E1 100%, E2 0%"),
        (shared(("E1", "33.33333%"), ("E2", "66.66667%")), "percent-malformed", "33.33333%"),
        (shared(("E1", 100)), "percent-malformed", "100"),
        (shared(("E1", None)), "part-malformed", "E1"),
        (shared(("", "100%")), "part-malformed", " 100%"),
        (shared(("E\u200b1", "100%")), "id-unseen", "E\\u200b1"),
        ([{"seller": "E1"}], "part-malformed", "E1"),
        ({"seller": "E1", "share": "100%"}, "json-list", None),
        (["E1"], "json-list", None),
        ("E1:100%", "json-list", None),
        (shared(*MANY), "too-many-parts", "101"),
    ],
)
def test_a_list_is_refused_whole(given: object, code: str, found: str | None, tmp_path: Path) -> None:
    """The event with it; the one beside it counts."""
    intake = taken(tmp_path, "a.jsonl", lines(given, shared(("E1", "100%"))), lists=(OBJECTS,))
    assert refused(intake) == [(1, code, found)]
    assert parts(intake) == [("B", 1, "E1", Decimal(1))]


@pytest.mark.parametrize("cell", ["E1", "E1:60%;", "E1:50%:x; E2:50%", ":100%", "E1:60%, E2:40%"])
def test_a_cell_that_is_not_parted_as_declared_is_refused(cell: str, tmp_path: Path) -> None:
    """No part is guessed."""
    ((line, code, _),) = refused(taken(tmp_path, "a.csv", sheet(cell), lists=(CELL,)))
    assert (line, code in {"part-malformed", "percent-malformed"}) == (2, True)


def test_a_hundred_parts_are_taken(tmp_path: Path) -> None:
    """As many as a list may have."""
    intake = taken(tmp_path, "a.jsonl", lines(shared(*MANY[:100])), lists=(OBJECTS,))
    assert len(parts(intake)) == 100


def test_the_order_of_parts_means_nothing(tmp_path: Path) -> None:
    """The same parts in another order are the same row, and other parts are another one."""
    one, turned = shared(("E1", "60%"), ("E2", "40%")), shared(("E2", "40%"), ("E1", "60%"))
    same = lines(one) + lines(turned)
    assert [each.duplicate for each in taken(tmp_path, "a.jsonl", same, lists=(OBJECTS,)).counts] == [1]
    other = lines(one) + lines(shared(("E1", "50%"), ("E2", "50%")))
    assert refused(taken(tmp_path, "a.jsonl", other, lists=(OBJECTS,))) == [
        (1, "rows-contradict", None),
        (2, "rows-contradict", None),
    ]


PARTS = pa.list_(pa.struct([("rep", pa.string()), ("pct", pa.decimal128(9, 4))]))


def table(splits: pa.Array) -> bytes:
    """A Parquet file of deals with these lists."""
    size = len(splits)
    columns = {"Id": [chr(65 + n) for n in range(size)], "Day": ["2026-07-01"] * size, "Amount": ["1"] * size}
    out = io.BytesIO()
    parquet.write_table(pa.table({**columns, "Note": [""] * size, "Splits": splits}), out, row_group_size=2)
    return out.getvalue()


def test_lists_of_parquet_are_read(tmp_path: Path) -> None:
    """Of every row its own, null and empty ones between them."""
    part: list[Any] = [{"rep": "E1", "pct": Decimal(1)}]
    two = [{"rep": "E2", "pct": Decimal("0.6")}, {"rep": "E1", "pct": Decimal("0.4")}]
    intake = taken(tmp_path, "a.parquet", table(pa.array([two, None, [], part], PARTS)), lists=(FRACTIONS,))
    assert parts(intake) == [*HALVES, ("D", 1, "E1", Decimal(1))]
    assert refused(intake) == [(2, "cell-absent", None)]


@pytest.mark.parametrize(
    "splits",
    [
        pa.array(["E1:100%"]),
        pa.array([["E1"]]),
        pa.array([[{"rep": "E1"}]]),
    ],
)
def test_a_column_that_is_no_list_of_parts_is_refused(splits: pa.Array, tmp_path: Path) -> None:
    """By name, before a row is read."""
    code, _, args = mistake(tmp_path, "a.parquet", table(splits), lists=(FRACTIONS,))
    assert (code, args["column"]) == ("column-no-list", "Splits")


def test_shares_that_are_not_exact_are_refused(tmp_path: Path) -> None:
    """A floating share is no share."""
    code, _, _ = mistake(tmp_path, "a.parquet", table(pa.array([[{"rep": "E1", "pct": 1.0}]])), lists=(FRACTIONS,))
    assert code == "column-inexact"
