"""Delimited files: what is read, and what makes a whole file unreadable, with the line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.diagnostics import Argument, InputRefused
from workflow.intake import Moment, take_in
from workflow.intake.delimited import BLOCK
from workflow.intake.quotes import Guard
from workflow.model.types import TEXT

SOURCE = SourceMapping(
    name="notes",
    files=("notes.csv",),
    event="note.made",
    id="Id",
    time=Cell(text="2026-07-01"),
    fields=(FieldMapping("text", TEXT, required=False, cell=Cell("Text")),),
)


def texts(where: Path, data: bytes, source: SourceMapping = SOURCE) -> dict[object, object]:
    """The text of each note, by id."""
    (where / "notes.csv").write_bytes(data)
    intake = take_in((source,), where, where / f"{len(list(where.iterdir()))}.duckdb", Moment("Asia/Shanghai"))
    assert not intake.quarantine
    return {row[0]: row[1] for row in intake.evidence.rows("event note.made", ["event.id", "text"])}


def mistake(where: Path, data: bytes, source: SourceMapping = SOURCE) -> tuple[str, int, dict[str, Argument]]:
    """Code, line and arguments of the only reason why nothing was taken in."""
    (where / "notes.csv").write_bytes(data)
    with pytest.raises(InputRefused) as refusal:
        take_in((source,), where, where / "none.duckdb", Moment("Asia/Shanghai"))
    assert not (where / "none.duckdb").exists()
    (diagnostic,) = refusal.value.diagnostics
    return diagnostic.code, diagnostic.span.line, dict(diagnostic.args)


def test_an_unquoted_empty_cell_is_absent_and_a_quoted_one_the_empty_text(tmp_path: Path) -> None:
    """They mean different things in free text."""
    assert texts(tmp_path, b'Id,Text\nA,\nB,""\n') == {"A": None, "B": ""}


def test_quotes_hold_delimiters_lines_and_doubled_quotes(tmp_path: Path) -> None:
    """What stands in a quoted cell is text."""
    assert texts(tmp_path, b'Id,Text\nA,"a,b\r\n""c"""\n') == {"A": 'a,b\r\n"c"'}


def test_nothing_is_trimmed_or_guessed(tmp_path: Path) -> None:
    """Blanks of a text, zeros in front and words like NULL are what they are."""
    assert texts(tmp_path, b"Id,Text\n01, NULL \n02,N/A\n") == {"01": " NULL ", "02": "N/A"}


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    """Excel writes it."""
    assert texts(tmp_path, b"\xef\xbb\xbfId,Text\nA,x\n") == {"A": "x"}


def test_another_delimiter_and_columns_that_nobody_maps(tmp_path: Path) -> None:
    """Headers may repeat where it doesn't matter."""
    source = SourceMapping(
        "notes", ("notes.csv",), SOURCE.fields, "note.made", id="Id", time=SOURCE.time, delimiter=";"
    )
    assert texts(tmp_path, b"x;Id;x;Text\n1;A;2;a,b\n", source) == {"A": "a,b"}


def test_a_quote_that_is_never_closed_is_found_where_it_opens(tmp_path: Path) -> None:
    """Not at the end of the file that it would swallow."""
    assert mistake(tmp_path, b'Id,Text\nA,x\nB,"y\nC,z\nD,z\n') == ("quote-unclosed", 3, {})


def test_a_lost_quote_is_found_although_later_quotes_pair_with_it(tmp_path: Path) -> None:
    """The next cell's opening quote would close it, and text follows."""
    assert mistake(tmp_path, b'Id,Text\nA,"y\nC,"z"\nD,"z"\n') == ("quote-unclosed", 2, {})


def test_a_quote_inside_of_a_bare_cell_is_refused(tmp_path: Path) -> None:
    """Readers disagree about it."""
    assert mistake(tmp_path, b'Id,Text\nA,x\nB,5" nail\n') == ("quote-misplaced", 3, {})


def test_nul_characters_and_broken_letters_are_refused_with_their_line(tmp_path: Path) -> None:
    """Neither is text."""
    assert mistake(tmp_path, b"Id,Text\r\nA,\x00\r\n") == ("nul-character", 2, {})
    assert mistake(tmp_path, b"Id,Text\r\nA,x\r\nB,\xff\xfe\r\n") == ("encoding-wrong", 3, {})


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    """Columns are found by name."""
    assert mistake(tmp_path, b"") == ("header-absent", 1, {})


def test_a_column_that_is_not_there_is_named_with_what_is_near(tmp_path: Path) -> None:
    """One mistake, at the header."""
    found = mistake(tmp_path, b"Id,Texts,Zone\nA,x,y\n")
    assert found == ("column-absent", 1, {"column": "Text", "nearest": ("Texts",)})


def test_a_mapped_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can say which is meant."""
    assert mistake(tmp_path, b"Id,Text,Text\nA,x,y\n") == ("column-twice", 1, {"column": "Text"})


def test_no_file_and_files_outside_of_the_workspace_are_refused(tmp_path: Path) -> None:
    """Patterns, and links, stay inside."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (tmp_path / "secret.csv").write_text("Id,Text\nA,x\n")
    (workspace / "link.csv").symlink_to(tmp_path / "secret.csv")
    expected = {"nothing*.csv": "nothing-to-read", "../secret.csv": "file-outside", "link.csv": "file-outside"}
    for pattern, code in expected.items():
        source = replace(SOURCE, files=(pattern,))
        assert mistake(workspace, b"Id,Text\n", source)[0] == code


def test_all_mistakes_of_all_sources_are_told_in_one_run(tmp_path: Path) -> None:
    """By file and line."""
    (tmp_path / "a.csv").write_text('Id,Text\nA,"x\n')
    (tmp_path / "b.csv").write_text("Id\nA\n")
    sources = [replace(SOURCE, name=n, files=(f"{n}.csv",)) for n in "ba"]
    with pytest.raises(InputRefused) as refusal:
        take_in(sources, tmp_path, tmp_path / "none.duckdb", Moment("UTC"))
    assert [(each.span.path, each.code) for each in refusal.value.diagnostics] == [
        ("a.csv", "quote-unclosed"),
        ("b.csv", "column-absent"),
    ]


@given(st.text('",x\n\r', max_size=30), st.integers(1, 5))
def test_the_guard_finds_the_same_in_any_chunks(text: str, size: int) -> None:
    """Where chunks end changes nothing."""
    whole, parts = Guard(","), Guard(",")
    whole.feed(text.encode())
    for start in range(0, len(text), size):
        parts.feed(text[start : start + size].encode())
    whole.finish()
    parts.finish()
    assert whole.fault == parts.fault


@given(st.lists(st.text('",;x\n\r ', max_size=6), min_size=1, max_size=6))
def test_the_guard_accepts_all_that_is_quoted_as_it_should_be(cells: list[str]) -> None:
    """Doubled quotes inside of quotes, whatever stands around."""
    guard = Guard(",")
    guard.feed(",".join('"' + cell.replace('"', '""') + '"' for cell in cells).encode())
    guard.finish()
    assert guard.fault is None


def test_a_declared_encoding_is_transcoded_and_its_faults_have_lines(tmp_path: Path) -> None:
    """What Excel in China writes; the digest is of the file's own bytes."""
    source = replace(SOURCE, encoding="gb18030")
    assert texts(tmp_path, "Id,Text\nA,北辰\n".encode("gb18030"), source) == {"A": "北辰"}
    assert mistake(tmp_path, "Id,Text\nA,北辰\nB,".encode("gb18030") + b"\xff\n", source) == ("encoding-wrong", 3, {})


def test_a_record_without_end_is_refused(tmp_path: Path) -> None:
    """Longer than the parser holds at once."""
    data = b"Id,Text\nA,x\nB," + b"x" * (3 * BLOCK) + b"\n"
    assert mistake(tmp_path, data) == ("row-too-long", 3, {})
