"""Control totals: files that hold something else than their sender declares end the run."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.intake.records import SOURCE, mistake, taken
from workflow.checks.builtin import BUILT_IN
from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.diagnostics import InputRefused
from workflow.intake import Intake, Moment, take_in

SHANGHAI = Moment("Asia/Shanghai")
WHOLE = b"Id,Day,Amount,Note\nA,2026-07-01,12.50,\nB,2026-07-02,-1,\nB,2026-07-02,-1,\nC,soon,3,\n"
NOTICES = SourceMapping(
    name="notices",
    files=("notices.csv",),
    event="source.delivered",
    id="Id",
    time=Cell("Sent"),
    fields=tuple(
        FieldMapping(name, each.type, each.required, Cell(name))
        for name, each in BUILT_IN["source.delivered"].fields.items()
    ),
)


def test_what_is_declared_is_there(tmp_path: Path) -> None:
    """Rows are those of the files, also duplicates and those in quarantine; the total is that of all amounts."""
    assert taken(tmp_path, "a.csv", WHOLE, rows=4, total=Decimal("13.5")).counts[0].rows == 4


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_file_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    """By the count of its rows."""
    data = b"".join(WHOLE.splitlines(keepends=True)[:-cut])
    expected = {"source": "log", "found": str(4 - cut), "declared": "4"}
    assert mistake(tmp_path, "a.csv", data, rows=4) == ("delivered-rows-differ", 0, expected)


def test_another_total_is_refused(tmp_path: Path) -> None:
    """To the last digit."""
    args = {"source": "log", "found": "13.50", "declared": "13.5001"}
    assert mistake(tmp_path, "a.csv", WHOLE, total=Decimal("13.5001")) == ("delivered-total-differs", 0, args)


def test_a_total_with_an_amount_in_doubt_is_not_compared(tmp_path: Path) -> None:
    """The quarantine says what is wrong; a total without that row would say nothing."""
    intake = taken(tmp_path, "a.csv", WHOLE + b"D,2026-07-03,5x,\n", rows=5, total=Decimal(1000))
    assert [each.id for each in intake.quarantine] == ["C", "D"]


def noticed(where: Path, *notices: str, moment: Moment = SHANGHAI) -> Intake:
    """WHOLE, and notices about it."""
    (where / "log.csv").write_bytes(WHOLE)
    (where / "notices.csv").write_text("Id,Sent,source,from,through,rows,total\n" + "\n".join(notices) + "\n")
    sources = (NOTICES, replace(SOURCE, files=("log.csv",)))
    return take_in(sources, where, where / f"{len(list(where.iterdir()))}.duckdb", moment)


def test_a_delivery_counts_when_it_is_known(tmp_path: Path) -> None:
    """It is sent after the days that it is about, so `as of` doesn't ask for its time; `known by` does."""
    notice = "1,2026-08-01T09:00:00Z,log,2026-07-01,2026-07-31,,"
    early, late = datetime.datetime(2026, 7, 31), datetime.datetime(2026, 8, 2)  # noqa: DTZ001 UTC, as a run says it
    july = ((datetime.date(2026, 7, 1), datetime.date(2026, 7, 31)),)
    for known, delivered in ((late, july), (early, ())):
        intake = noticed(tmp_path, notice, moment=Moment("Asia/Shanghai", early, known))
        assert intake.delivered["deal.won"] == delivered


@pytest.mark.parametrize(
    "notices",
    [
        ["1,2026-08-01,log,2026-07-01,2026-07-01,1,12.50"],
        ["1,2026-08-01,log,2026-07-01,2026-07-31,3,"],
        ["1,2026-08-01,log,2026-07-01,2026-07-31,4,"],
        ["1,2026-08-01,log,2026-07-01,2026-07-31,,"],
        ["1,2026-08-01,log,2026-07-01,2026-07-01,7,", "2,2026-08-02,log,2026-07-01,2026-07-01,1,"],
        ["1,2026-08-01,other,2026-07-01,2026-07-31,99,"],
    ],
    ids=["a day", "without the doubtful", "with the doubtful", "nothing said", "the newer notice", "another source"],
)
def test_a_recorded_delivery_that_is_there(tmp_path: Path, notices: list[str]) -> None:
    """Rows are those of its days; one whose day can't be read may be among them; of two notices the newer counts."""
    assert noticed(tmp_path, *notices).counts


@pytest.mark.parametrize(
    ("notice", "code"),
    [
        ("1,2026-08-01,log,2026-07-01,2026-07-31,5,", "delivered-rows-differ"),
        ("1,2026-08-01,log,2026-07-01,2026-07-31,2,", "delivered-rows-differ"),
        ("1,2026-08-01,log,2026-07-02,2026-07-02,,-2.01", None),
    ],
)
def test_a_recorded_delivery_that_is_not(tmp_path: Path, notice: str, code: str | None) -> None:
    """Too many or too few; a total isn't compared while a row's day is in doubt."""
    if code is None:
        assert noticed(tmp_path, notice).counts
        return
    with pytest.raises(InputRefused) as refusal:
        noticed(tmp_path, notice)
    assert [each.code for each in refusal.value.diagnostics] == [code]
