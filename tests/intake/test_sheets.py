"""Sheets: numbers as they were typed in, dates as dates, and what has no exact value quarantined."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.records import COLUMNS, SHEET, cell, mistake, refused, sheet, taken, texts, told, workbook
from workflow.intake import lines_of
from workflow.syntax.sheet import Refused, number_text
from workflow.syntax.workbook import Workbook

HEADER = texts(1, *COLUMNS)
STYLES = (
    f'<styleSheet xmlns="{SHEET}"><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m"/>'
    '<numFmt numFmtId="165" formatCode="[Red]#,##0.00 &quot;days&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


def row(number: int, amount: str, note: str = "") -> str:
    """A row of a sheet whose amount and note are cells as written."""
    known = cell(f"A{number}", "A", "inlineStr") + cell(f"B{number}", "2026-07-01", "inlineStr")
    return f'<row r="{number}">{known}{amount}{note}</row>'


def test_a_sheet_is_read_by_its_header(tmp_path: Path) -> None:
    """Blank rows and what stands beside the columns are nothing; a row is known by its number in the sheet."""
    beside = cell("J5", "a remark", "inlineStr")
    data = workbook(sheet(texts(3, *COLUMNS), row(5, cell("C5", "12.5"), beside)))
    intake = taken(tmp_path, "a.xlsx", data)
    assert told(intake) == [("A", "2026-07-01", "12.5000", None)]
    assert (intake.counts[0].rows, lines_of(intake.evidence, tmp_path, [1])) == (1, {1: ("a.xlsx", 5)})


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (cell("D2", "1234.56"), "1234.56"),
        (cell("D2", "1.1000000000000001"), "1.1"),
        (cell("D2", "1.0E-3"), "0.001"),
        (cell("D2", "5"), "5"),
        (cell("D2", "5.0"), "5"),
        (cell("D2", "0012"), "12"),
        (cell("D2", "1234.50"), "1234.5"),
        (cell("D2", "123456789012345"), "123456789012345"),
        (cell("D2", "1e15"), "1000000000000000"),
        (cell("D2", "0.012", style=3), "0.012"),
        (cell("D2", "1", "b"), "true"),
        (cell("D2", "  x ", "str"), "  x "),
        (cell("D2", "a_x000D_b", "str"), "a\rb"),
        (cell("D2", "0", "s"), "中文"),
        (cell("D2", "1", "s"), "rich text"),
        (cell("D2", "46204", style=1), "2026-07-01"),
        (cell("D2", "46204.395833333336", style=2), "2026-07-01 09:30:00.000"),
        (cell("D2", "46204"), "46204"),
        (cell("D2", "2026-07-01T09:30:00Z", "d"), "2026-07-01T09:30:00Z"),
        ('<c r="D2" t="n"><f>1+1</f><v>2</v></c>', "2"),
        ("", None),
    ],
)
def test_a_cell_is_what_was_typed_in(tmp_path: Path, written: str, text: str | None) -> None:
    """A number by its shortest decimal; a date where its format shows one."""
    aloud, rich = "<si><t>中文</t><rPh><t>x</t></rPh></si>", "<si><r><t>rich </t></r><r><t>text</t></r></si>"
    shared = f'<sst xmlns="{SHEET}">{aloud}{rich}</sst>'
    data = workbook(
        sheet(HEADER, row(2, cell("C2", "1"), written)), parts={"xl/sharedStrings.xml": shared, "xl/styles.xml": STYLES}
    )
    assert [each[3] for each in told(taken(tmp_path, "a.xlsx", data))] == [text]


@pytest.mark.parametrize(
    ("written", "code", "found"),
    [
        (cell("C2", "0.30000000000000004"), "number-inexact", "0.30000000000000004"),
        (cell("C2", "12345678901234567"), "number-inexact", "12345678901234567"),
        (cell("C2", "1e999"), "number-inexact", "1e999"),
        (cell("C2", "NaN"), "number-inexact", "NaN"),
        (cell("C2", "１２"), "number-inexact", "１２"),
        (cell("C2", "1_000"), "number-inexact", "1_000"),
        (cell("C2", "#N/A", "e"), "cell-without-value", "#N/A"),
        ('<c r="C2"><f>1+1</f></c>', "cell-without-value", "="),
        (cell("C2", "5,000", "inlineStr"), "amount-malformed", "5,000"),
        (cell("C2", "1.23456"), "amount-malformed", "1.23456"),
    ],
)
def test_a_cell_without_an_exact_value_is_quarantined(tmp_path: Path, written: str, code: str, found: str) -> None:
    """With its row; the others go on."""
    good = row(3, cell("C3", "1")).replace(">A<", ">B<")
    intake = taken(tmp_path, "a.xlsx", workbook(sheet(HEADER, row(2, written), good)))
    assert [each[0] for each in told(intake)] == ["B"]
    assert refused(intake) == [(2, code, found)]


def test_the_sheet_must_be_said_where_there_are_several(tmp_path: Path) -> None:
    """By its name."""
    data = workbook(sheet(texts(1, "x")), sheet(HEADER, row(2, cell("C2", "1"))))
    assert mistake(tmp_path, "a.xlsx", data) == ("sheet-not-said", 1, {"accepted": ("Deals", "Other")})
    assert mistake(tmp_path, "a.xlsx", data, sheet="Deal")[0] == "sheet-absent"
    assert len(told(taken(tmp_path, "a.xlsx", data, sheet="Other"))) == 1


def test_columns_of_a_sheet_without_header(tmp_path: Path) -> None:
    """In their order from the first."""
    assert len(told(taken(tmp_path, "a.xlsx", workbook(sheet(row(1, cell("C1", "1")))), columns=COLUMNS))) == 1


def test_a_shared_text_that_is_not_there(tmp_path: Path) -> None:
    """The workbook is damaged."""
    data = workbook(sheet(HEADER, row(2, cell("C2", "1"), cell("D2", "10000000000", "s"))))
    assert mistake(tmp_path, "a.xlsx", data)[0] == "file-damaged"


def test_days_since_1904(tmp_path: Path) -> None:
    """Where the workbook says so."""
    said = '<workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets>'
    book = f'<workbook xmlns="{SHEET}" xmlns:r="r">{said}</workbook>'
    data = workbook(
        sheet(HEADER, row(2, cell("C2", "1"), cell("D2", "44742", style=1))),
        parts={"xl/workbook.xml": book, "xl/styles.xml": STYLES},
    )
    assert [each[3] for each in told(taken(tmp_path, "a.xlsx", data))] == ["2026-07-01"]


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_number_that_is_taken_is_the_one_that_is_stored(value: float) -> None:
    """And it has no more than 15 digits; any other is refused."""
    book = Workbook.__new__(Workbook)
    try:
        text = number_text(repr(value), book, dated=False)
    except Refused:
        assert float(f"{value:.15g}") != value
    else:
        assert float(text) == value
        assert len(text.replace(".", "").lstrip("-0").rstrip("0")) <= 15
