"""Delimited text beyond plain CSV: encodings, compression, other delimiters, headers that repeat or aren't there."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.intake.records import COLUMNS, mistake, refused, taken, told
from workflow.checks.mapping import Cell
from workflow.intake import lines_of

TEXT = 'Id,Day,Amount,Note\nA,2026-07-01,12.50,"中文，\n两行"\nB,2026-07-02,1,x\n'
EVENTS = [("A", "2026-07-01", "12.5000", "中文，\n两行"), ("B", "2026-07-02", "1.0000", "x")]


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8", TEXT.encode()),
        ("utf-8", TEXT.encode("utf-8-sig")),
        ("utf-16", TEXT.encode("utf-16")),
        ("utf-16", b"\xfe\xff" + TEXT.encode("utf-16-be")),
        ("gb18030", TEXT.encode("gb18030")),
        ("gb18030", ("\ufeff" + TEXT).encode("gb18030")),
    ],
)
def test_an_encoding_is_read_as_declared(tmp_path: Path, encoding: str, data: bytes) -> None:
    """With or without a mark where the encoding doesn't need one; lines are those of the text."""
    intake = taken(tmp_path, "a.csv", data, encoding=encoding)
    assert told(intake) == EVENTS
    assert lines_of(intake.evidence, tmp_path, [1, 2]) == {1: ("a.csv", 2), 2: ("a.csv", 4)}


def test_utf_16_needs_its_mark(tmp_path: Path) -> None:
    """Without it nobody knows in which order the bytes stand."""
    assert mistake(tmp_path, "a.csv", TEXT.encode("utf-16-le"), encoding="utf-16") == ("encoding-wrong", 1, {})


def test_another_encoding_than_declared_is_refused_at_its_line(tmp_path: Path) -> None:
    """Chinese in GB18030 is no UTF-8."""
    assert mistake(tmp_path, "a.csv", TEXT.encode("gb18030")) == ("encoding-wrong", 2, {})


def test_a_chinese_header(tmp_path: Path) -> None:
    """Columns are found by whatever the header says."""
    data = "编号,Day,Amount,Note\nA,2026-07-01,1,\n".encode()
    assert told(taken(tmp_path, "a.csv", data, id="编号")) == [("A", "2026-07-01", "1.0000", None)]


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    """As declared; the comma is then a sign like others."""
    data = TEXT.replace(",", delimiter).encode()
    assert told(taken(tmp_path, "a.csv", data, delimiter=delimiter)) == EVENTS


def test_gzip_is_read_by_the_ending_of_the_name(tmp_path: Path) -> None:
    """Also in several members; the lines are those of the text inside."""
    data = gzip.compress(TEXT[:40].encode()) + gzip.compress(TEXT[40:].encode())
    intake = taken(tmp_path, "a.csv.gz", data)
    assert told(intake) == EVENTS
    assert lines_of(intake.evidence, tmp_path, [2]) == {2: ("a.csv.gz", 4)}


@pytest.mark.parametrize(
    "data",
    [gzip.compress(TEXT.encode())[:-9], TEXT.encode(), b"", gzip.compress(b"x") + b"rest"],
    ids=["cut off", "none", "empty", "something behind it"],
)
def test_a_broken_gzip_is_refused(tmp_path: Path, data: bytes) -> None:
    """Cut off, none at all, empty, or with something behind it."""
    assert mistake(tmp_path, "a.csv.gz", data)[0] == "packing-broken"


def test_a_header_that_repeats_is_no_row(tmp_path: Path) -> None:
    """Where it is declared; and what isn't the header is a row."""
    data = (TEXT + TEXT + "Id,Day,Amount,\n").encode()
    intake = taken(tmp_path, "a.csv", data, header_repeated=True)
    assert told(intake) == EVENTS
    assert (intake.counts[0].rows, intake.counts[0].duplicate) == (5, 2)
    assert refused(intake) == [(9, "time-malformed", "Day")]


def test_a_header_that_repeats_unsaid_is_quarantined(tmp_path: Path) -> None:
    """Nothing is left out that nobody declared."""
    assert refused(taken(tmp_path, "a.csv", (TEXT + TEXT).encode())) == [(5, "time-malformed", "Day")]


def test_columns_name_those_of_a_file_without_header(tmp_path: Path) -> None:
    """Its first row is a row, on line 1; a row too short is quarantined there."""
    intake = taken(tmp_path, "a.csv", ("A,B\n" + TEXT.partition("\n")[2]).encode(), columns=COLUMNS)
    assert told(intake) == EVENTS
    assert refused(intake) == [(1, "row-ragged", 2)]
    assert lines_of(intake.evidence, tmp_path, [1]) == {1: ("a.csv", 2)}


def test_blanks_part_columns(tmp_path: Path) -> None:
    """Any run of blanks and tabs; rows with more or fewer cells are quarantined at their line."""
    data = b" A  2026-07-01 3.5\tx\r\n\r\n B 2026-07-02 1 y z\n\tC 2026-07-02 1 y"
    intake = taken(tmp_path, "a.txt", data, columns=COLUMNS, delimiter="blanks")
    assert told(intake) == [("A", "2026-07-01", "3.5000", "x"), ("C", "2026-07-02", "1.0000", "y")]
    assert refused(intake) == [(3, "row-ragged", 5)]
    assert lines_of(intake.evidence, tmp_path, [1, 2]) == {1: ("a.txt", 1), 2: ("a.txt", 4)}


def test_blanks_with_a_header(tmp_path: Path) -> None:
    """Its names are parted like cells, and may repeat."""
    data = b"Id Day Amount Note\nA 2026-07-01 1 x\nId Day Amount Note\nB 2026-07-01 2 y\n"
    assert len(told(taken(tmp_path, "a.txt", data, delimiter="blanks", header_repeated=True))) == 2


def test_several_files_of_several_formats(tmp_path: Path) -> None:
    """One source may read them all; each is read by its ending."""
    (tmp_path / "a.csv").write_text(TEXT)
    intake = taken(tmp_path, "b.jsonl", b'{"Id": "C", "Day": "2026-07-03", "Amount": 7}\n', files=("a.csv", "b.jsonl"))
    assert [row[0] for row in told(intake)] == ["A", "B", "C"]
    read = [(file.path, file.layout, file.rows) for file in intake.files]
    assert read == [("a.csv", "csv", 2), ("b.jsonl", "jsonl", 1)]


@pytest.mark.parametrize(
    ("form", "written", "day"),
    [
        ("DD/Mon/YY h:mm AM", "22/Sep/25 9:26 PM", "2025-09-22"),
        ("DD/Mon/YY h:mm AM", "01/jan/26 12:05 am", "2026-01-01"),
        ("D.M.YYYY", "3.10.2026", "2026-10-03"),
        ("M/D/YYYY hh:mm", "7/4/2026 23:59", "2026-07-04"),
        ("YYYY年M月D日", "2026年7月1日", "2026-07-01"),
        ("YYYYMMDD", "20260701", "2026-07-01"),
    ],
)
def test_forms_of_days_and_times(tmp_path: Path, form: str, written: str, day: str) -> None:
    """Names of months, years of two digits, days of one, clocks of twelve hours."""
    data = f"Id,Day,Amount,Note\nA,{written},1,\n".encode()
    intake = taken(tmp_path, "a.csv", data, time=Cell("Day", form=form, zone="Asia/Shanghai"))
    assert [row[1] for row in told(intake)] == [day]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/Feb/26 9:00 AM", "date-not-real"),
        ("1/Foo/26 9:00 AM", "time-malformed"),
        ("01/Foo/26 9:00 AM", "date-not-real"),
        ("01/Jan/26 13:00 AM", "time-malformed"),
    ],
)
def test_forms_refuse_what_they_don_t_say(tmp_path: Path, written: str, code: str) -> None:
    """A day that isn't there, a month that isn't one, an hour beyond twelve."""
    data = f"Id,Day,Amount,Note\nA,{written},1,\n".encode()
    intake = taken(tmp_path, "a.csv", data, time=Cell("Day", form="DD/Mon/YY h:mm AM", zone="Asia/Shanghai"))
    assert refused(intake) == [(2, code, written)]
