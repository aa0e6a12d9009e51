"""Files made to harm: each is refused, or its row is, by name; none crashes, hangs or fills the memory.

They are read by another process, with little memory, so that a crash is a failure of the test and not its end. It
reads one file after another, as to start costs more than most of them, and the test after a crash starts a new one.
"""

from __future__ import annotations

import gzip
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.intake.records import COLUMNS, cell, sheet, texts, workbook

HEADER = b"Id,Day,Amount,Note\n"
ROW = '<row r="2">' + cell("A2", "A", "inlineStr") + cell("B2", "2026-07-01", "inlineStr") + cell("C2", "1") + "</row>"
MEMORY = 6 << 30
"""Address space of the process: far below what the bombs would take, and room for the libraries' own."""
SECONDS = 300
"""So long may one file take."""
PROGRAM = """
import json, sys
from pathlib import Path
from tests.intake.records import refused, taken, told
from workflow.diagnostics import InputRefused
for line in sys.stdin:
    where, name, said = json.loads(line)
    where = Path(where)
    try:
        intake = taken(where, name, (where / name).read_bytes(), **said)
        found = [len(told(intake)), [code for _, code, _ in refused(intake)]]
    except InputRefused as refusal:
        found = [None, [each.code for each in refusal.diagnostics]]
    print(json.dumps(found), flush=True)
"""
readers: list[tuple[subprocess.Popen[str], IO[str]]] = []
"""The process that reads, if one has been started, and the file of what it says of its own mistakes: nobody reads that
meanwhile, so that a pipe could fill up and stop it.
"""


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    """No process is left behind, and none crashes as it ends."""
    yield
    if readers:
        code, said = _end()
        assert code == 0, said


def outcome(where: Path, name: str, data: bytes, **said: Any) -> list[Any]:
    """How many events there are, and the codes of what was refused; None where the whole file was."""
    (where / name).write_bytes(data)
    if not readers:
        readers.append(_started())
    ((reader, _),) = readers
    assert reader.stdin is not None
    assert reader.stdout is not None
    patience = Timer(SECONDS, reader.kill)
    patience.start()
    try:
        with suppress(BrokenPipeError):  # It crashed after the file before, and tells nothing more.
            reader.stdin.write(json.dumps([str(where), name, said]) + "\n")
            reader.stdin.flush()
        told = reader.stdout.readline()
    finally:
        patience.cancel()
    if not told:
        pytest.fail("the reader ended with {}: {}".format(*_end()))
    found: list[Any] = json.loads(told)
    return found


def _started() -> tuple[subprocess.Popen[str], IO[str]]:
    said = TemporaryFile("w+")  # noqa: SIM115 it lives as long as the process
    reader = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),  # noqa: PLW1509 no thread runs yet
    )
    return reader, said


def _end() -> tuple[int, str]:
    """Let the process come to its end: the code that it leaves, and the last that it said."""
    reader, said = readers.pop()
    reader.communicate(timeout=SECONDS)
    with said:
        said.seek(0)
        return reader.returncode, said.read()[-2000:]


def row(*cells: str) -> bytes:
    return ",".join(cells).encode() + b"\n"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("B", "2026-07-01", "NaN", ""), "amount-malformed"),
        (("B", "2026-07-01", "Infinity", ""), "amount-malformed"),
        (("B", "2026-07-01", "1e1000000", ""), "amount-malformed"),
        (("B", "2026-07-01", "１２３", ""), "amount-malformed"),
        (("B", "2026-07-01", "9" * 100_000, ""), "amount-malformed"),
        (("B", "2026-07-01T09:30:00", "1", ""), "time-without-offset"),
        (("B\u202e1", "2026-07-01", "1", ""), "id-unseen"),
        (("B\u200b", "2026-07-01", "1", ""), "id-unseen"),
    ],
    ids=["NaN", "Infinity", "1e1000000", "full width", "digits", "no zone", "bidi", "zero width"],
)
def test_a_cell(tmp_path: Path, cells: tuple[str, ...], code: str) -> None:
    """Its row is quarantined; the row beside it counts."""
    data = HEADER + row(*cells) + row("A", "2026-07-01", "1", "")
    assert outcome(tmp_path, "a.csv", data) == [1, [code]]


def test_look_alike_ids_are_different_events(tmp_path: Path) -> None:
    """A Latin and a Cyrillic letter, and an accent in one sign or in two, are never taken for one another."""
    ids = ("A1", "А1", "caf\u00e9", "cafe\u0301")
    data = HEADER + b"".join(row(id_, "2026-07-01", "1", "") for id_ in ids)
    assert outcome(tmp_path, "a.csv", data) == [4, []]


def test_an_id_twice_with_other_content(tmp_path: Path) -> None:
    """Neither is guessed to be the right one."""
    data = HEADER + row("A", "2026-07-01", "1", "") + row("A", "2026-07-01", "2", "")
    assert outcome(tmp_path, "a.csv", data) == [0, ["rows-contradict", "rows-contradict"]]


def test_an_unterminated_quote(tmp_path: Path) -> None:
    """It would swallow all rows behind it."""
    data = HEADER + b'A,2026-07-01,1,"oh\n' + row("B", "2026-07-01", "1", "") * 1000
    assert outcome(tmp_path, "a.csv", data) == [None, ["quote-unclosed"]]


@pytest.mark.parametrize(
    "line",
    [b"[" * 5_000_000, b'{"a":' * 1_000_000, b'{"Id": ' + b"9" * 5_000_000 + b"}"],
    ids=["lists", "objects", "digits"],
)
def test_json_that_is_deep_or_long(tmp_path: Path, line: bytes) -> None:
    """Its line is quarantined."""
    good = b'{"Id": "A", "Day": "2026-07-01", "Amount": 1}\n'
    assert outcome(tmp_path, "a.jsonl", good + line)[0] == 1


def test_many_keys_twice(tmp_path: Path) -> None:
    """Found without comparing each with all."""
    line = "{" + ", ".join(f'"k{n}": 1' for n in range(300_000)) + ', "k299999": 2}'
    assert outcome(tmp_path, "a.jsonl", line.encode()) == [0, ["json-key-twice"]]


def test_a_gzip_bomb(tmp_path: Path) -> None:
    """More than a hundred megabytes in some hundred kilobytes, read as rows and as lines."""
    rows = HEADER + row("A", "2026-07-01", "1", "x" * 2000) * 640
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as packed:
        for _ in range(100):
            packed.write(rows)
    assert outcome(tmp_path, "a.csv.gz", out.getvalue()) == [None, ["packed-too-tightly"]]
    assert outcome(tmp_path, "a.jsonl.gz", out.getvalue()) == [None, ["packed-too-tightly"]]


def test_a_zip_bomb_in_a_workbook(tmp_path: Path) -> None:
    """As a sheet of blanks, and as texts that cells share."""
    blanks = workbook(sheet(texts(1, *COLUMNS), " " * (1 << 29)))
    assert outcome(tmp_path, "a.xlsx", blanks) == [None, ["packed-too-tightly"]]
    shared = "<sst><si><t>" + "x" * (1 << 28) + "</t></si></sst>"
    data = workbook(sheet(texts(1, *COLUMNS)), parts={"xl/sharedStrings.xml": shared})
    assert outcome(tmp_path, "b.xlsx", data) == [None, ["packed-too-tightly"]]


def test_a_long_text_shared_by_many_cells(tmp_path: Path) -> None:
    """A megabyte that stands in ten thousand rows."""
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", "0", "s")}</row>' for n in range(2, 10_002))
    shared = {"xl/sharedStrings.xml": "<sst><si><t>" + "x" * (1 << 20) + "</t></si></sst>"}
    data = workbook(sheet(texts(1, *COLUMNS), rows), parts=shared)
    assert outcome(tmp_path, "a.xlsx", data) == [None, ["packed-too-tightly"]]


def test_a_cell_at_the_end_of_the_sheet(tmp_path: Path) -> None:
    """A reader that lays out the whole sheet would take half a terabyte."""
    far = '<row r="1048576">' + cell("XFD1048576", "1") + "</row>"
    assert outcome(tmp_path, "a.xlsx", workbook(sheet(texts(1, *COLUMNS), ROW, far))) == [1, ["cell-absent"]]


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
    ],
    ids=["a file", "an address", "laughs"],
)
def test_entities_in_a_workbook(tmp_path: Path, before: str) -> None:
    """No part of a workbook may have a document type."""
    data = workbook(sheet(texts(1, *COLUMNS), ROW.replace(">A<", ">&e;<"), before=before))
    assert outcome(tmp_path, "a.xlsx", data) == [None, ["file-damaged"]]


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    """Other bytes, an archive without parts, one packed as no workbook is, a sheet cut off."""
    assert outcome(tmp_path, "a.xlsx", b"PK\x03\x04 no") == [None, ["file-damaged"]]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert outcome(tmp_path, "b.xlsx", out.getvalue()) == [None, ["file-damaged"]]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert outcome(tmp_path, "c.xlsx", out.getvalue()) == [None, ["file-damaged"]]
    assert outcome(tmp_path, "d.xlsx", workbook(sheet(texts(1, *COLUMNS), ROW)[:-30])) == [None, ["file-damaged"]]


def test_a_parquet_bomb(tmp_path: Path) -> None:
    """A long text that stands once in the file and in very many rows."""
    rows = 1 << 16
    out = io.BytesIO()
    note = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * (1 << 20)]))
    plain = {name: pa.array(["1"] * rows) for name in COLUMNS[:3]}
    parquet.write_table(pa.table(plain | {"Note": note}), out, compression="zstd")
    assert outcome(tmp_path, "a.parquet", out.getvalue()) == [None, ["packed-too-tightly"]]
