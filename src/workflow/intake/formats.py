"""The formats of files of records: one reader each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from workflow.checks.mapping import BLANKS, SourceMapping, format_of
from workflow.intake.delimited import Delimited
from workflow.intake.jsonlines import JsonLines
from workflow.intake.parquet import Parquet
from workflow.intake.sheets import Sheet
from workflow.intake.table import Table
from workflow.intake.textlines import Blanks

_READERS: Mapping[str, Callable[[Path, str, SourceMapping], Table]] = {
    "csv": Delimited,
    BLANKS: Blanks,
    "jsonl": JsonLines,
    "parquet": Parquet,
    "xlsx": Sheet,
}


def layout_of(path: str, source: SourceMapping) -> str:
    """The layout of one of the source's files: its format, or BLANKS."""
    found = format_of(path, source.format)
    assert found is not None, "the checker has seen to it"
    return BLANKS if found == "csv" and source.delimiter == BLANKS else found


def open_table(where: Path, path: str, source: SourceMapping) -> Table:
    """One of the source's files, below the workspace.

    Raises:
        Unusable: it can't be read as it is declared.
        WorldFailed: it can't be opened.
    """
    return _READERS[layout_of(path, source)](where, path, source)
