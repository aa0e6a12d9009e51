"""JSON lines: exact numbers, and a line that can't be read is quarantined while the others go on."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.records import mistake, refused, taken, told
from workflow.intake import lines_of
from workflow.intake.jsonlines import _cells, _Refused

GOOD = b'{"Id": "A", "Day": "2026-07-01", "Amount": 12345678901234.5678, "Note": null}\n'


def line(written: str) -> bytes:
    """A line with this value for its note."""
    return f'{{"Id": "B", "Day": "2026-07-01", "Amount": 1, "Note": {written}}}\n'.encode()


def test_numbers_are_exact(tmp_path: Path) -> None:
    """More digits than a floating number has; null and an absent key are absent cells, lines are their own numbers."""
    intake = taken(tmp_path, "a.jsonl", b"\n" + GOOD + b'{"Id": 7, "Day": "2026-07-02", "Amount": "1.50"}')
    assert told(intake) == [("7", "2026-07-02", "1.5000", None), ("A", "2026-07-01", "12345678901234.5678", None)]
    assert lines_of(intake.evidence, tmp_path, [1, 2]) == {1: ("a.jsonl", 2), 2: ("a.jsonl", 3)}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"x"', "x"),
        ('""', ""),
        ("true", "true"),
        ("1.50", "1.50"),
        ("-0", "-0"),
        ("1.5E3", "1500"),
        ("1e-7", "0.0000001"),
        ("1e41", "1e41"),
        ('"\\u4e2d\\u6587\\ud83d\\ude00"', "中文😀"),
        ('"1e3"', "1e3"),
    ],
)
def test_a_value_is_the_text_that_stands_there(tmp_path: Path, written: str, text: str) -> None:
    """What it means is for the field's type to say."""
    assert [row[3] for row in told(taken(tmp_path, "a.jsonl", line(written)))] == [text]


@pytest.mark.parametrize(
    ("written", "code", "found"),
    [
        (b'{"Id": "B", "Id": "C"}', "json-key-twice", "Id"),
        (b'{"Id": "B", "x": {"y": 1, "y": 2}}', "json-key-twice", "y"),
        (b'{"Id": "B", "Amount": NaN}', "json-not-a-number", "NaN"),
        (b'{"Id": "B", "Amount": -Infinity}', "json-not-a-number", "-Infinity"),
        (b'["Id", "B"]', "json-malformed", None),
        (b'{"Id": "B"', "json-malformed", None),
        (b'{"Id": "B"} {"Id": "C"}', "json-malformed", None),
        (b"{'Id': 'B'}", "json-malformed", None),
        (b'{"Id": "B\\ud800"}', "json-malformed", None),
        (b'{"Id": "B\\u0000"}', "json-malformed", None),
        (b'{"Id": 0123}', "json-malformed", None),
        ('{"Id": １２}'.encode(), "json-malformed", None),
        (b'{"Id": ["B"]}', "json-nested", None),
        pytest.param(b'{"Id": ' + b"[" * 100_000, "json-malformed", None, id="nested"),
        (b'{"Id": "B", "Day": "2026-07-01", "Amount": 1e1000000}', "amount-malformed", "1e1000000"),
        (b'{"Id": "B", "Day": "2026-07-01", "Amount": true}', "amount-malformed", "true"),
        (b'{"Id": "B", "Day": "2026-07-01"}', "cell-absent", None),
    ],
)
def test_a_bad_line_is_quarantined(tmp_path: Path, written: bytes, code: str, found: str | None) -> None:
    """With its line, its reason and what stands there; the line behind it counts."""
    intake = taken(tmp_path, "a.jsonl", written + b"\n" + GOOD)
    assert [row[0] for row in told(intake)] == ["A"]
    assert refused(intake) == [(1, code, found)]
    assert intake.counts[0].balanced


def test_a_column_may_be_a_path(tmp_path: Path) -> None:
    """A key of that very name goes first; what isn't there is absent."""
    rest = b', "Day": "2026-07-01", "Amount": 1}\n'
    data = b'{"p": {"Id": "A"}' + rest + b'{"p.Id": "B", "p": 1' + rest
    assert [row[0] for row in told(taken(tmp_path, "a.jsonl", data, id="p.Id"))] == ["A", "B"]


def test_a_line_too_long_is_refused(tmp_path: Path) -> None:
    """Rather than held in memory."""
    data = GOOD + b'{"Id": "' + b"x" * (9 << 20)
    assert mistake(tmp_path, "a.jsonl", data) == ("row-too-long", 2, {})


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.one_of(st.none(), st.text(), st.booleans(), st.integers())))
def test_any_object_gives_its_texts(row: dict[str, object]) -> None:
    """As Python's own reader would, said as texts; only NUL is refused."""
    try:
        cells = _cells(json.dumps(row).encode(), ["a", "b", "c"])
    except _Refused:
        assert any("\0" in value for value in row.values() if isinstance(value, str))
        return
    expected = [row.get(key) for key in ("a", "b", "c")]
    said = [str(value).lower() if isinstance(value, bool) else str(value) for value in expected]
    assert cells == [None if value is None else text for value, text in zip(expected, said, strict=True)]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_any_decimal_keeps_its_worth(number: Decimal) -> None:
    """Through an exponent, too."""
    (text,) = _cells(f'{{"a": {number:e}}}'.replace("e+", "e").encode(), ["a"])
    assert Decimal(str(text)) == number
