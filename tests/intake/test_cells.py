"""Texts of cells: what SQL accepts, and as what, agrees with plain Python on anything that people type."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator, Sequence
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.checks.mapping import Cell, FieldMapping, PeriodKind, SourceMapping
from workflow.intake import Moment
from workflow.intake.cells import Reader
from workflow.intake.rows import EVENT, creation, statement
from workflow.intake.zones import install
from workflow.model.types import DATE, INSTANT, TEXT, TRUTH, Kind, Type, money, number, ratio

NEW_YORK = "America/New_York"
QUARTERS = PeriodKind("quarter", (("2026-Q3", datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)),))
MOMENT = Moment(NEW_YORK, periods={"quarter": QUARTERS}, currency="USD")
DIGITS = "0123456789"
NASTY = st.text("0123456789.-+,_eE%% ０１٣NaInfity:/TZ\u200b\n", max_size=14)

Result = tuple[object, str | None]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database that knows New York's clocks."""
    with duckdb.connect() as opened:
        install(opened, [NEW_YORK], 2026)
        yield opened


def read(
    connection: duckdb.DuckDBPyConnection,
    of: Type,
    texts: Sequence[str | None],
    cell: Cell | None = None,
    **more: object,
) -> list[Result]:
    """Each text as a value, or as the code that refuses it."""
    cell = cell or Cell("X")
    field = FieldMapping("x", of, required=False, cell=cell, **more)  # type: ignore[arg-type]
    source = SourceMapping("s", (), (field,), event="e", id="Id", time=Cell(text="2026-07-01"))
    connection.execute(creation("staged", EVENT, (field,)))
    reader = Reader({"Id": "c0", "X": "c1", "Y": "c2"}, MOMENT, {NEW_YORK: 0})
    rows = range(len(texts))
    batch = pa.table(
        {
            "record": pa.array(rows, pa.int64()),
            "c0": [str(row) for row in rows],
            "c1": pa.array(texts, pa.string()),
            "c2": ["CNY"] * len(texts),
        }
    )
    staging = statement(source, reader, "staged", (field,))
    connection.register("batch", batch)
    connection.execute(staging.sql(0, 0))
    found = connection.execute('SELECT ".x", verdict FROM staged ORDER BY record').fetchall()
    connection.execute("DROP TABLE staged")
    return [
        (value if not verdict else None, staging.checks[verdict - 1].code if verdict else None)
        for value, verdict in found
    ]


def plain(text: str, before: int, after: int) -> Decimal | None:
    """A plain decimal of so many digits, by looking at each sign."""
    whole, point, part = text.removeprefix("-").partition(".")
    signs_fit = all(sign in DIGITS for sign in whole + part) and whole != "" and (part != "") == (point != "")
    significant = whole.lstrip("0") or "0"
    if not signs_fit or len(significant) > before or len(part) > after or len(whole) > before + 20:
        return None
    return Decimal(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(NASTY | st.decimals(allow_nan=False).map(str), max_size=40))
def test_amounts_agree_with_a_plain_reading(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """No exponent, no separators, no other digits than ASCII; 14 before and 4 after the point."""
    for text, (value, code) in zip(texts, read(connection, money("CNY"), texts), strict=True):
        expected = plain(text, 14, 4) if text else None
        assert (value, code) == (expected, "amount-malformed" if text and expected is None else None), text


@settings(max_examples=40, deadline=None)
@given(st.lists(NASTY | NASTY.map("{}%".format) | st.from_regex(r"\A-?[0-9]{1,4}\.[0-9]{1,3}%\Z"), max_size=40))
def test_percents_agree_with_a_plain_reading(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """The sign is needed, and its value exact: 1.25% is 0.0125."""
    for text, (value, code) in zip(texts, read(connection, ratio(8, 4), texts), strict=True):
        number_ = plain(text[:-1], 6, 2) if text.endswith("%") else None
        expected = None if number_ is None else number_ / 100
        assert (value, code) == (expected, "percent-malformed" if text and expected is None else None), text


DATES = st.from_regex(r"\A[0-9]{4}-[01][0-9]-[0-3][0-9]\Z")


@settings(max_examples=40, deadline=None)
@given(st.lists(NASTY | DATES | st.dates().map(str), max_size=40))
def test_dates_agree_with_the_calendar(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """ISO only; a day that doesn't exist is told apart from what is no date."""
    for text, result in zip(texts, read(connection, DATE, texts), strict=True):
        shaped = (
            len(text) == 10 and all(s in DIGITS for s in text[:4] + text[5:7] + text[8:]) and text[4] == text[7] == "-"
        )
        expected: Result = (None, "date-malformed" if text else None)
        if shaped:
            try:
                expected = (datetime.date.fromisoformat(text), None)
            except ValueError:
                expected = (None, "date-not-real")
        assert result == expected, text


MOMENTS = st.datetimes(datetime.datetime.fromisoformat("1899-06-01"), datetime.datetime.fromisoformat("2200-06-01"))
CHANGES = st.sampled_from(["2026-03-08T0{}:{:02}", "2026-11-01T0{}:{:02}", "1967-04-30T0{}:{:02}"])
LOCAL = st.builds(lambda day, hour, minute: day.format(hour, minute), CHANGES, st.integers(0, 4), st.integers(0, 59))


@settings(max_examples=60, deadline=None)
@given(st.lists(MOMENTS.map(datetime.datetime.isoformat) | LOCAL, max_size=40))
def test_local_times_agree_with_zoneinfo(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """A time that clocks skip, or show twice, is refused; any other has one instant."""
    zone = zoneinfo.ZoneInfo(NEW_YORK)
    for text, result in zip(texts, read(connection, INSTANT, texts, Cell("X", zone=NEW_YORK)), strict=True):
        local = datetime.datetime.fromisoformat(text)
        found = {
            (local.replace(tzinfo=zone, fold=fold)).astimezone(datetime.UTC).replace(tzinfo=None) for fold in (0, 1)
        }
        real = [utc for utc in found if utc.replace(tzinfo=datetime.UTC).astimezone(zone).replace(tzinfo=None) == local]
        expected: Result = (None, "time-skipped")
        if not 1900 <= local.year <= 2199:
            expected = (None, "time-out-of-reach")
        elif real:
            expected = (real[0], None) if len(real) == 1 else (None, "time-twice")
        assert result == expected, text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.datetimes(timezones=st.timezones() | st.just(datetime.UTC)), max_size=20))
def test_times_with_an_offset_need_no_zone(
    connection: duckdb.DuckDBPyConnection, moments: list[datetime.datetime]
) -> None:
    """The offset alone decides, whatever zone anybody lives in."""
    whole = [m for m in moments if not (m.utcoffset() or datetime.timedelta()).seconds % 60 and 1900 <= m.year <= 2199]
    for moment, result in zip(whole, read(connection, INSTANT, [m.isoformat() for m in whole]), strict=True):
        assert result == (moment.astimezone(datetime.UTC).replace(tzinfo=None), None), moment


CASES: list[tuple[Type, Cell, str, object]] = [
    (money("CNY"), Cell("X"), "1_000", "amount-malformed"),
    (money("CNY"), Cell("X"), "1e3", "amount-malformed"),
    (money("CNY"), Cell("X"), "NaN", "amount-malformed"),
    (money("CNY"), Cell("X"), "１２", "amount-malformed"),
    (money("CNY"), Cell("X"), "1.23456", "amount-malformed"),
    (money("CNY"), Cell("X"), "99999999999999.9999", Decimal("99999999999999.9999")),
    (money("CNY"), Cell("X"), "100000000000000", "amount-malformed"),
    (number(18, 6), Cell("X"), "-0.5", Decimal("-0.5")),
    (number(18, 6), Cell("X"), ".5", "number-malformed"),
    (ratio(15, 8), Cell("X"), "80", "percent-malformed"),
    (ratio(15, 8), Cell("X", fraction=True), "0.012", Decimal("0.012")),
    (ratio(15, 8), Cell("X", fraction=True), "1.2%", "fraction-malformed"),
    (TRUTH, Cell("X"), "是", True),
    (TRUTH, Cell("X"), "No", False),
    (TRUTH, Cell("X"), "1", "yes-or-no-malformed"),
    (Type(Kind.TEXT, values=("low", "high")), Cell("X"), "Low", "word-unknown"),
    (Type(Kind.ORDERED, values=("low", "high")), Cell("X"), "high", "high"),
    (Type(Kind.ID), Cell("X"), "0 07", "0 07"),
    (Type(Kind.ID), Cell("X"), "a\u200bb", "id-unseen"),
    (Type(Kind.PERSON), Cell("X"), "a\u202eb", "id-unseen"),
    (Type(Kind.PERSON), Cell("X"), "a\tb", "id-unseen"),
    (Type(Kind.PERSON), Cell("X"), "a ", "id-unseen"),
    (Type(Kind.ID), Cell("X"), " a", "id-unseen"),
    (Type(Kind.ID), Cell("X"), "a\u3000b", "id-unseen"),
    (Type(Kind.ID), Cell("X"), "a\u00a0b", "id-unseen"),
    (Type(Kind.PERSON), Cell("X"), "王小明", "王小明"),
    (Type(Kind.PERIOD), Cell("X"), "2026-Q3", "2026-Q3"),
    (Type(Kind.PERIOD), Cell("X"), "2026-Q4", "period-unknown"),
    (Type(Kind.PERIOD), Cell("X", starts="quarter"), "2026-07-01", "2026-Q3"),
    (Type(Kind.PERIOD), Cell("X", starts="quarter"), "2026-07-02", "period-start-unknown"),
    (Type(Kind.PERIOD), Cell("X", starts="quarter", form="DD.MM.YYYY"), "01.07.2026", "2026-Q3"),
    (DATE, Cell("X", form="MM/DD/YYYY"), "07/01/2026", datetime.date(2026, 7, 1)),
    (DATE, Cell("X", form="MM/DD/YYYY"), "2026-07-01", "date-malformed"),
    (DATE, Cell("X", form="MM/DD/YYYY"), "02/30/2026", "date-not-real"),
    (DATE, Cell("X", form="YYYY-MM-DD hh:mm:ss.fff"), "2026-07-01 23:59:59.000", datetime.date(2026, 7, 1)),
    (DATE, Cell("X", form="YYYY年MM月DD日"), "2026年07月01日", datetime.date(2026, 7, 1)),
    (INSTANT, Cell("X"), "2026-07-01T09:30", "time-without-offset"),
    (INSTANT, Cell("X"), "2026-07-01 09:30-03", datetime.datetime.fromisoformat("2026-07-01T12:30:00")),
    (INSTANT, Cell("X"), "2026-07-01 09:30:00.5+08", datetime.datetime.fromisoformat("2026-07-01T01:30:00.5")),
    (INSTANT, Cell("X"), "2026-07-01T09:30:00-0330", datetime.datetime.fromisoformat("2026-07-01T13:00")),
    (INSTANT, Cell("X"), "2026-07-01T00:10:00-00:30", datetime.datetime.fromisoformat("2026-07-01T00:40")),
    (INSTANT, Cell("X"), "2026-07-01T24:00:00Z", "time-malformed"),
    (INSTANT, Cell("X"), "2026-07-01T23:59:60Z", "time-malformed"),
    (INSTANT, Cell("X"), "2026-07-01T23:59:59.1234567Z", "time-malformed"),
    (INSTANT, Cell("X"), "2026-07-01T23:59:59.1230000Z", datetime.datetime.fromisoformat("2026-07-01T23:59:59.123")),
    (INSTANT, Cell("X"), "2026-07-01", datetime.datetime.fromisoformat("2026-07-02T03:59:59.999999")),
    (INSTANT, Cell("X", zone=NEW_YORK), "2026-03-08 02:30", "time-skipped"),
    (INSTANT, Cell("X", zone=NEW_YORK), "2026-11-01 01:30", "time-twice"),
    (INSTANT, Cell("X", zone=NEW_YORK), "2026-11-01 01:30-04:00", datetime.datetime.fromisoformat("2026-11-01T05:30")),
    (TEXT, Cell("X"), "", ""),
    (money("CNY"), Cell("X"), "", None),
]


@pytest.mark.parametrize(("of", "cell", "text", "expected"), CASES)
def test_a_text_is_what_it_is(
    connection: duckdb.DuckDBPyConnection, of: Type, cell: Cell, text: str, expected: object
) -> None:
    """One text, its value, or the code that refuses it."""
    ((value, code),) = read(connection, of, [text], cell)
    assert (code or value) == expected


def test_bounds_include_themselves(connection: duckdb.DuckDBPyConnection) -> None:
    """`number from 1 to 5`."""
    found = read(connection, number(18, 6), ["1", "5", "0.999999", "5.000001"], least=Decimal(1), most=Decimal(5))
    assert [code for _, code in found] == [None, None, "number-too-small", "number-too-large"]


def test_a_needed_cell_that_is_absent_is_refused(connection: duckdb.DuckDBPyConnection) -> None:
    """Quoted or not, an empty amount is none."""
    field = FieldMapping("x", money("CNY"), required=True, cell=Cell("X"))
    source = SourceMapping("s", (), (field,), event="e", id="Id", time=Cell(text="2026-07-01"))
    checks = statement(source, Reader({"Id": "c0", "X": "c1"}, MOMENT, {NEW_YORK: 0}), "staged", (field,)).checks
    assert [check.code for check in checks if check.column == "X"] == ["cell-absent", "amount-malformed"]
