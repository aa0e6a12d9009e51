"""The order of rows and files, and rows that are told again, change nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Intake, Moment, take_in
from workflow.model.typed import Apply, Column, Literal, Op
from workflow.model.types import TEXT, TRUTH, Kind, Type

SNAPSHOT = SourceMapping(
    name="crm",
    files=("crm*.csv",),
    event="deal.won",
    where=Apply(Op.EQ, (Column("Stage", TEXT), Literal("won", TEXT)), TRUTH),
    id="Id",
    changed=Cell("Changed"),
    time=Cell("Day"),
    fields=(FieldMapping("amount", Type(Kind.MONEY, 18, 4), required=True, cell=Cell("Amount", currency_is="CNY")),),
)
LOG = replace(SNAPSHOT, name="log", files=("log*.csv",), changed=None, where=None, event="deal.logged")
HEADER = "Id,Stage,Changed,Day,Amount\n"
ROWS = st.lists(
    st.builds(
        "{},{},{},{},{}\n".format,
        st.sampled_from(["A", "B", "C", ""]),
        st.sampled_from(["won", "won", "lost"]),
        st.sampled_from(["2026-07-01", "2026-07-02", "2026-07-03", "soon"]),
        st.sampled_from(["2026-06-01", "2026-06-02", ""]),
        st.sampled_from(["1", "1.0", "2", "x"]),
    ),
    max_size=12,
)


def taken(files: Sequence[Sequence[str]], ordered: Collection[str] | None = None) -> Intake:
    """The same rows as a snapshot and as a log, each in as many files as there are lists."""
    where = Path(tempfile.mkdtemp())
    for name in ("crm", "log"):
        for number, rows in enumerate(files):
            (where / f"{name}{number}.csv").write_text(HEADER + "".join(rows))
    return take_in((SNAPSHOT, LOG), where, where / "evidence.duckdb", Moment("Asia/Shanghai"), ordered=ordered)


def told(intake: Intake) -> object:
    """All tables of the evidence, and what a run sees beside them."""
    tables = {
        name: sorted(intake.evidence.rows(name, [field.name for field in fields]), key=str)
        for name, fields in intake.evidence.tables.items()
    }
    return tables, intake.totals, intake.known_by, intake.delivered


@settings(max_examples=20, deadline=None)
@given(ROWS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_order_and_any_repetition_give_the_same_evidence(rows: list[str], random: object, files: int) -> None:
    """Shuffled, dealt into files and told twice; and all rows that were read have a fate."""
    shuffled = [*rows, *rows]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    once, again = taken([rows]), taken([shuffled[start::files] for start in range(files)])
    assert told(once) == told(again)
    for intake, times in ((once, 1), (again, 2)):
        assert all(counts.balanced and counts.rows == times * len(rows) for counts in intake.counts)
        assert len(intake.quarantine) == sum(counts.quarantined for counts in intake.counts)
    for few, many in zip(once.counts, again.counts, strict=True):
        assert (few.accepted, few.withdrawn) == (many.accepted, many.withdrawn)


@settings(max_examples=6, deadline=None)
@given(ROWS, st.integers(1, 3))
def test_numbers_that_are_only_names_stand_for_the_same_events(rows: list[str], files: int) -> None:
    """The numbers of the one type follow the order of its events; those of the other tell its events apart, no more."""
    every, some = (taken([rows[at::files] for at in range(files)], ordered) for ordered in (None, {"deal.logged"}))
    columns = ("event", "event.time", "event.id", "amount")
    for name in every.evidence.tables:
        of_every, of_some = (sorted(each.evidence.rows(name, columns)) for each in (every, some))
        assert sorted(row[1:] for row in of_some) == [row[1:] for row in of_every]
        numbers = [int(str(row[0])) for row in of_some]
        assert len(set(numbers)) == len(numbers)
        if name == "event deal.logged":
            assert of_some == [(Decimal(at), *row[1:]) for at, row in enumerate(of_every, 1)]
        ordered = some.evidence.in_order(pa.array(numbers, pa.int64()), 100)
        told = {int(str(row[0])): row[1:] for row in of_some}
        assert [told[number] for number in ordered] == [row[1:] for row in of_every]
    assert every.counts == some.counts
    assert {file for _, file in places(every)} == {file for _, file in places(some)}


def places(intake: Intake) -> set[tuple[int, tuple[int, int]]]:
    """Where each event stands."""
    with duckdb.connect(str(intake.evidence.path), read_only=True) as connection:
        found = connection.execute("SELECT event, file, record FROM origin").fetchall()
    assert len({event for event, _, _ in found}) == len(found)
    return {(int(event), (file, record)) for event, file, record in found}


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_the_fates_are_those_of_a_plain_reading(rows: list[str]) -> None:
    """The accepted amounts, decided for each id by hand: newest, unanimous, selected, sound."""
    (table,) = (t for n, t in told_tables(taken([rows])) if n == "event deal.won")
    assert sorted(table) == sorted(plain(rows))


def told_tables(intake: Intake) -> list[tuple[str, list[tuple[str, str]]]]:
    """Id and amount of the events of each table."""
    return [
        (name, [(str(id_), str(amount)) for id_, amount in intake.evidence.rows(name, ["event.id", "amount"])])
        for name in intake.evidence.tables
    ]


def plain(rows: Sequence[str]) -> list[tuple[str, str]]:
    """The rules of snapshots, one id after another."""
    accepted = []
    cells = [row.rstrip("\n").split(",") for row in rows]
    for id_ in ("A", "B", "C"):
        own = [cell for cell in cells if cell[0] == id_]
        if not own or any(cell[2] == "soon" for cell in own):
            continue
        newest = [cell for cell in own if cell[2] == max(cell[2] for cell in own)]
        contents = {("lost",) if cell[1] == "lost" else content(cell) for cell in newest}
        if len(contents) == 1 and not {"lost", "x", ""} & set(sound := contents.pop()):
            accepted.append((id_, f"{sound[1]}.0000"))
    return accepted


def content(cell: Sequence[str]) -> tuple[str, ...]:
    """Day and amount as typed values; a row that isn't sound is its texts."""
    _, _, _, day, amount = cell
    return (day, amount.removesuffix(".0")) if day and amount != "x" else (day, amount)
