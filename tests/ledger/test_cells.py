"""Cells of the files that people open in a spreadsheet: no text of the data is carried out as a formula."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import workflow
from tests.golden.cases import cases
from workflow.ledger.written import Pairs, cells, csv_lines, json_lines, text_of


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 10 6555", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "－", "--1", "-1e5"]
)
def test_a_text_that_begins_like_a_formula_is_marked_as_text(text: str) -> None:
    """An apostrophe before it, which a spreadsheet takes for the mark of a text."""
    assert cells(pa.array([text, "a"])).to_pylist() == [f"'{text}", "a"]


@pytest.mark.parametrize("value", ["-1250.00", "0.5", "-3"])
def test_a_number_stays_a_number(value: str) -> None:
    """Negative amounts add up in a spreadsheet as they do elsewhere."""
    assert cells(pa.array([value, "=1"])).to_pylist() == [value, "'=1"]


@pytest.mark.parametrize("text", ["E-17", "revenue = 5", "'already", "", "销售"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    """Signs inside of a text do nothing."""
    assert cells(pa.array([text, "=1"])).to_pylist() == [text, "'=1"]


SIGNS = st.text(st.sampled_from("aE1-=,;\"'\\\n\r\t\b\x1f\x7f\u2028 达成率🙂"), max_size=6)
ROWS = st.lists(st.tuples(SIGNS, st.none() | SIGNS, st.none() | SIGNS), min_size=1, max_size=4)


@given(ROWS, SIGNS, st.none() | st.integers(-3, 3))
def test_a_line_of_json_is_what_pythons_own_writer_gives(
    rows: list[tuple[str, str | None, str | None]], shared: str, number: int | None
) -> None:
    """For any texts, missing ones and pairs; sign for sign."""
    whose, one, two = (pa.array(each, pa.string()) for each in zip(*rows, strict=True))
    fields = {"whose": whose, "one": one, shared: number, "because": Pairs([(shared, one), ("two", two)])}
    expected = ""
    for name, first, second in rows:
        told = {key: text for key, text in ((shared, first), ("two", second)) if text is not None}
        line = {"whose": name, "one": first, shared: number, "because": told}
        if len(line) == len(fields) and shared != "two":
            expected += json.dumps(line, ensure_ascii=False) + "\n"
    assume(expected)
    assert bytes(text_of(json_lines(fields))).decode() == expected


@given(ROWS, SIGNS, st.booleans())
def test_a_line_of_csv_is_read_back_as_it_was(
    rows: list[tuple[str, str | None, str | None]],
    shared: str,
    truth: bool,  # noqa: FBT001
) -> None:
    """Whatever commas, quotes and breaks of lines it holds; a text like a formula with its mark."""
    whose, one, two = (pa.array(each, pa.string()) for each in zip(*rows, strict=True))
    fields = {"whose": whose, "one": one, "shared": shared, "truth": truth, "because": Pairs([("a", one), ("b", two)])}
    found = list(csv.reader(io.StringIO(bytes(text_of(csv_lines(fields))).decode(), newline="")))
    expected = []
    for name, first, second in rows:
        told = "; ".join(f"{key} = {text}" for key, text in (("a", first), ("b", second)) if text is not None)
        texts = (name, first or "", shared, "yes" if truth else "no", told)
        expected.append([f"'{text}" if marked(text) else text for text in texts])
    assert found == expected


def marked(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula: by its first sign, unless all of it is a number."""
    return text[:1] in {*"=-\t\r\n"} and not (text[1:].isdigit() and text[0] == "-")


def test_actions_jsonl_stays_exact(tmp_path: Path) -> None:
    """The CSV marks a person called `=E1`, the file for programs gives the id as it is recorded."""
    case = next(each for each in cases("good") if each.folder.name == "whole-with-amounts")
    root = case.workspace(tmp_path / "workspace")
    for path in (root / "records").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("E1", "=E1"), encoding="utf-8")
    workflow.evaluate(root, str(case.says["period"]), out=tmp_path / "out")
    lines = (tmp_path / "out" / "actions.jsonl").read_text(encoding="utf-8").splitlines()
    with (tmp_path / "out" / "actions.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["subject"] for row in csv.DictReader(file)]
    subjects = [json.loads(line)["subject"] for line in lines]
    assert "=E1" in subjects
    assert cells == [f"'{subject}" if subject.startswith("=") else subject for subject in subjects]
