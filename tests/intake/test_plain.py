"""What is proven plain has the value and the verdict that the long look gives it, whatever stands beside it."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Moment, plain, rows, take_in
from workflow.intake.cells import UNSEEN
from workflow.intake.plain import Clocks
from workflow.intake.zones import zone
from workflow.model.typed import Apply, Column, Literal, Op
from workflow.model.types import DATE, TEXT, TRUTH, Kind, Type

MONEY = Type(Kind.MONEY, 18, 4)
SOURCE = SourceMapping(
    name="crm",
    files=(),
    event="deal.won",
    id="id",
    where=Apply(Op.EQ, (Column("stage", TEXT), Literal("won", TEXT)), TRUTH),
    changed=Cell("changed", zone="America/New_York"),
    time=Cell("time", zone="Asia/Shanghai"),
    sequence="sequence",
    fields=(
        FieldMapping("seller", Type(Kind.PERSON), required=True, cell=Cell("seller")),
        FieldMapping("buyer", Type(Kind.CUSTOMER), required=False, cell=Cell("buyer")),
        FieldMapping("amount", MONEY, required=False, cell=Cell("amount", currency="currency")),
        FieldMapping("fee", MONEY, required=True, cell=Cell("fee", currency_is="USD")),
        FieldMapping("score", Type(Kind.NUMBER, 3, 1), required=False, cell=Cell("score")),
        FieldMapping("due", DATE, required=False, cell=Cell("due")),
        FieldMapping("product", Type(Kind.TEXT, values=("cloud", "edge")), required=False, cell=Cell("product")),
        FieldMapping("note", TEXT, required=False, cell=Cell("note")),
    ),
)
TEXTS: Mapping[str, tuple[Sequence[str | None], Sequence[str | None]]] = {
    "id": (("A1", "B-2", "c 3", "客户"), ("", None, "A\u200bB", "A\u00ad", "A\tB", "\ufeffA", "A\x7f")),
    "stage": (("won", "won", "lost"), (None, "")),
    "changed": (
        ("2026-07-01 10:00:00", "2026-03-08T01:59:59", "1999-12-31 23:59:59"),
        ("2026-03-08 02:30:00", "2026-11-01 01:30:00", "2026-07-01", "2026-07-01T10:00:00+08:00", "1899-12-31 23:59:59",
         "2026-02-30 10:00:00", "2026-07-01 24:00:00", "2026-07-01 10.00.00", "2026-07-01 10:00", None, "gestern"),
    ),
    "time": (
        ("2026-07-01 00:00:00", "2026-07-01T23:59:59", "1986-06-01 12:00:00"),
        ("2026-07-01", "1986-05-04 02:30:00", "2200-01-01 00:00:00", "2026/07/01 00:00:00", "2026-07-01 10:00:00.5",
         "2026-07-01 1:00:000", "2026-07-01 12:33+08", "2026-07-01 12:33:2Z", "20260701 12:33:4567",
         "２026-07-01 10:00:0", ""),
    ),
    "sequence": (("1", "-7", "007", "999999999999999999"), ("1.0", "", "1e3", "1234567890123456789", "--1")),
    "seller": (("E1", "王", "É2"), ("", None, "E\u202e1", "\U000e0041")),
    "buyer": (("C1", None, ""), ("C\u20601", "\u180e")),
    "amount": (("1", "-0.5", "12345678901234.1234", "000012.30", None), ("", "-", ".5", "5.", "1.2.3", "1-2", "--1",
         "+1", "1,000", "0.12345", "123456789012345", "1e3", " 1", "١", "00000000000000000001", "-.5", "1_0")),
    "currency": (("CNY", "USD", "EUR"), (None, "", "cny", "CN", "CNYX", "C Y", "€")),
    "fee": (("0", "10.25"), (None, "", "ten")),
    "score": (("1", "1.5", "12", "-99.9", None), ("123", "1.55", "x")),
    "due": (("2026-07-01", "0001-01-01", None), ("0000-01-01", "2026-07-01 10:00:00", "2026-13-01", "2026-W27-1")),
    "product": (("cloud", "edge", None), ("", "Cloud")),
    "note": (("", "x", None, "a\u200b"), ("…",)),
}  # fmt: skip
"""Of each column, texts that are mostly met, and those that somebody has written all the same."""


def staged(where: Path, name: str, source: SourceMapping) -> list[tuple[Any, ...]]:
    """The staged rows of one file, by their record."""
    into = where / f"{len(list(where.iterdir()))}.duckdb"
    taken = take_in((source.__class__(**_said(source) | {"files": (name,)}),), where, into, Moment("Europe/Berlin"))
    with duckdb.connect(str(taken.evidence.path)) as connection:
        found = connection.execute('SELECT * FROM "staged event deal.won" ORDER BY file, record').fetchall()
    return [*found, (taken.counts, [each.diagnostic for each in taken.quarantine])]


def _said(source: SourceMapping) -> dict[str, Any]:
    return {name: getattr(source, name) for name in source.__slots__}


def drawn(count: int, odd: float, seed: int) -> list[list[str | None]]:
    """Rows of cells of which `odd` are such as are rarely met."""
    draw = random.Random(seed)
    return [
        [draw.choice(rare if draw.random() < odd else usual) for usual, rare in TEXTS.values()] for _ in range(count)
    ]


def both(where: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any], int]:
    """The staged rows with proofs and without, and how many were plain."""
    seen = 0
    look = plain.looked_at

    def counting(*of: Any) -> Any:
        nonlocal seen
        found = look(*of)
        seen += found[0].num_rows
        return found

    with monkeypatch.context() as patch:
        patch.setattr("workflow.intake.table.looked_at", counting)
        short = staged(where, name, SOURCE)
    with monkeypatch.context() as patch:
        patch.setattr(rows, "proofs_of", lambda *_: None)
        return short, staged(where, name, SOURCE), seen


@pytest.mark.parametrize(("odd", "least"), [(0.0, 350), (0.01, 250), (0.2, 1)])
def test_a_proof_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: float, least: int) -> None:
    """Rows of every kind in one file, few or many of them odd, are staged as they are without any proof."""
    lines = io.StringIO()
    csv.writer(lines).writerow(TEXTS)
    for row in drawn(600, odd, seed=7):
        # An absent cell is empty, a text without signs stands in quotes.
        quoted = (None if each is None else '"' + each.replace('"', '""') + '"' for each in row)
        lines.write(",".join(each or "" for each in quoted) + "\n")
    (tmp_path / "a.csv").write_text(lines.getvalue(), encoding="utf-8")
    short, long, seen = both(tmp_path, "a.csv", monkeypatch)
    assert short == long
    assert seen >= least


def test_a_single_odd_cell_is_seen_in_every_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text that is rarely met, alone in an otherwise plain row, between plain ones."""
    usual = [choices[0] for choices, _ in TEXTS.values()]
    odd = [
        [*usual[:place], text, *usual[place + 1 :]]
        for place, (common, rare) in enumerate(TEXTS.values())
        for text in (*common, *rare)
    ]
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerows([list(TEXTS), *itertools.chain.from_iterable((usual, row) for row in odd)])
    (tmp_path / "a.csv").write_text(lines.getvalue(), encoding="utf-8")
    short, long, seen = both(tmp_path, "a.csv", monkeypatch)
    assert short == long
    assert len(odd) < seen < 2 * len(odd)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"time": pa.array([0, 1_782_892_800_000_001, -1, None], pa.timestamp("us"))},
        {"time": pa.array([0, 1_782_892_800_001, -1, None], pa.timestamp("ms", "UTC"))},
        {"time": pa.array([0, 1, -1, 2], pa.timestamp("ns"))},
        {"time": pa.array([0, 1, -(1 << 60), 1 << 60], pa.timestamp("ms"))},
        {"time": pa.array([datetime.date(2026, 7, 1)] * 4)},
        {"time": pa.array([datetime.date(2026, 7, 1)] * 4, pa.date64())},
        {"due": pa.array([datetime.date(2026, 7, 1), None, datetime.date(1, 1, 1), None])},
        {"due": pa.array([None] * 4)},
        {"amount": pa.array([Decimal("1.5"), None, Decimal("-0.01"), Decimal(0)], pa.decimal128(14, 2))},
        {"amount": pa.array([Decimal("1.5"), None, Decimal("-0.00001"), Decimal(0)], pa.decimal128(20, 5))},
        {"amount": pa.array([1, -(2**31), None, 0], pa.int32())},
        {"amount": pa.array([1, -(2**63), None, 0], pa.int64())},
        {"amount": pa.array([True, False, None, True])},
        {"amount": pa.array([datetime.date(2026, 7, 1)] * 4)},
        {"id": pa.array([1, 2, 3, None]), "seller": pa.array([1, 2, 3, 4]), "stage": pa.array(["won"] * 4)},
        {"note": pa.array([1, 2, 3, None]), "product": pa.array([1, 2, 3, 4])},
        {"stage": pa.array([1, 2, None, 3])},
        {"product": pa.array(["cloud", "edge", None, "x"]).dictionary_encode()},
        {"sequence": pa.array([1, 2, 3, None], pa.int16())},
        {"score": pa.array([Decimal("1.5"), Decimal("-0.1"), None, Decimal(9)], pa.decimal128(2, 1))},
    ],
)
def test_typed_columns_say_what_their_texts_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Mapping[str, Any]
) -> None:
    """A column of a type of its own has the value that its text would have."""
    texts = {name: pa.array([usual[0]] * 4, pa.string()) for name, (usual, _) in TEXTS.items()}
    parquet.write_table(pa.table({**texts, **typed}), tmp_path / "a.parquet")
    short, long, _ = both(tmp_path, "a.parquet", monkeypatch)
    assert short == long


def test_rows_that_need_the_long_look_may_be_staged_in_many_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few rows at once, of which none may wait for others, and each has a number and an origin of its own."""
    rows_drawn = zip(*drawn(40, 0.02, seed=3), strict=True)
    texts = {name: pa.array(column, pa.string()) for name, column in zip(TEXTS, rows_drawn, strict=True)}
    parquet.write_table(pa.table(texts), tmp_path / "a.parquet")
    monkeypatch.setattr("workflow.intake.parquet.BATCH_ROWS", 4)
    monkeypatch.setattr("workflow.intake.table._MOST_WAITING", 0)
    short, long, seen = both(tmp_path, "a.parquet", monkeypatch)
    assert short == long
    assert 0 < seen < 40


def test_no_sign_that_is_unseen_is_plain() -> None:
    """Each sign of Unicode that an id may not hold is found by the byte that it begins with."""
    every = [chr(number) for number in (*range(1, 0xD800), *range(0xE000, 0x110000))]
    with duckdb.connect() as connection:
        connection.register("every_sign", pa.table({"sign": pa.array(every)}))
        unseen = connection.execute("SELECT sign FROM every_sign WHERE regexp_matches(sign, ?)", [UNSEEN]).fetchall()
    signs = [f"A{sign}" for (sign,) in unseen]
    assert len(signs) > 100
    assert not plain.named(pa.array(signs), required=True).plain.any()
    assert plain.named(pa.array(["A", "~", "客", "é", "😀"]), required=True).plain.all()


def test_slices_are_read_where_they_begin() -> None:
    """A part of a column, with absent cells in it, is looked at for itself."""
    column = pa.array(["x", None, "1.5", "-2", None, "a"])[1:5]
    found = plain.decimal(column, 14, 4, required=False)
    assert found.plain.tolist() == [True, True, True, True]
    assert plain.decimal(column, 14, 4, required=True).plain.tolist() == [False, True, True, False]
    clocks = Clocks(zone("Asia/Shanghai"), zone("Asia/Shanghai"), (0, 1 << 60))
    times = pa.array(["x", "2026-07-01 08:00:00", None])[1:]
    found = plain.instant(times, clocks, required=True)
    assert found.plain.tolist() == [True, False]
    assert found.values[0].to_pylist() == [datetime.datetime(2026, 7, 1), None]  # noqa: DTZ001
