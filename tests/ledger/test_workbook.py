"""The workbook holds what the CSV files hold, and nothing in it can be carried out."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

import workflow
from workflow.ledger.workbook import write_workbook

ROOT = Path(__file__).resolve().parents[2]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(path: Path) -> dict[str, list[dict[str, tuple[str, str]]]]:
    """Each sheet's rows: by column letter the cell's type (`n`, or an inline or shared text) and its text."""
    with zipfile.ZipFile(path) as book:
        names = [sheet.get("name", "") for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")]
        found = {}
        for number, name in enumerate(names, start=1):
            rows = []
            for row in ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{_MAIN}row"):
                cells = {}
                for cell in row.iter(f"{_MAIN}c"):
                    assert cell.find(f"{_MAIN}f") is None, "a formula"
                    letters = "".join(sign for sign in cell.get("r", "") if sign.isalpha())
                    cells[letters] = (cell.get("t", "n"), "".join(cell.itertext()))
                rows.append(cells)
            found[name] = rows
        return found


def columns(count: int) -> list[str]:
    """The letters of the first columns."""
    return [chr(ord("A") + at) for at in range(count)]


def test_holds_what_the_csv_files_hold(tmp_path: Path) -> None:
    """Cell by cell: the same texts, the same amounts, in the same order."""
    workflow.evaluate(ROOT / "policies", "2026-Q3", out=tmp_path / "out", workbook=True)
    book = sheets(tmp_path / "out" / "workbook.xlsx")
    for sheet, name in zip(book.values(), ("actions", "withheld", "quarantine", "unmatched"), strict=True):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            _, *expected = list(csv.reader(file))
        assert len(sheet) == len(expected) + 1, name
        for cells, row in zip(sheet[1:], expected, strict=True):
            for letter, text in zip(columns(len(row)), row, strict=True):
                kind, found = cells.get(letter, ("n", ""))
                same = Decimal(found) == Decimal(text) if kind == "n" and text else found == text.removeprefix("'")
                assert same, (name, letter, found, text)


def test_texts_stay_texts_and_numbers_numbers(tmp_path: Path) -> None:
    """A text that begins like a formula, a link or a number is a text; an amount of many digits isn't cut."""
    row = ("=1+1", "http://example.com", "0123", Decimal("-12.50"), Decimal("1234567890123456.78"), 7, None)
    write_workbook(tmp_path / "a.xlsx", [("actions", ["id"] * len(row), [row])], "en")
    _, cells = sheets(tmp_path / "a.xlsx")["Actions"]
    assert [cells[letter][1] for letter in "ABCDEF"] == [
        "=1+1", "http://example.com", "0123", "-12.50", "1234567890123456.78", "7"
    ]  # fmt: skip
    assert [cells[letter][0] == "n" for letter in "ABCDEF"] == [False, False, False, True, False, True]
    assert "G" not in cells


@pytest.mark.parametrize(("language", "names"), [("en", "Actions"), ("zh-CN", "行动")])
def test_headings_are_in_the_readers_language(tmp_path: Path, language: str, names: str) -> None:
    """Sheets and columns."""
    write_workbook(tmp_path / "a.xlsx", [("actions", ["amount"], [])], language)
    ((title, rows),) = sheets(tmp_path / "a.xlsx").items()
    assert title == names
    assert rows[0]["A"][1] in {"Amount", "金额"}


def test_equal_lists_give_equal_bytes(tmp_path: Path) -> None:
    """Nothing of the clock stands in it."""
    for name in ("a", "b"):
        write_workbook(tmp_path / name, [("actions", ["id"], [("x",)])], "en")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
