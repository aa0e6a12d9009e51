"""Files of records for the tests of formats: one mapping, and workbooks made by hand, sound or not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.diagnostics import Argument, InputRefused
from workflow.intake import Intake, Moment, take_in
from workflow.model.types import TEXT, Kind, Type

COLUMNS = ("Id", "Day", "Amount", "Note")
SOURCE = SourceMapping(
    name="log",
    files=(),
    event="deal.won",
    id="Id",
    time=Cell("Day"),
    fields=(
        FieldMapping("amount", Type(Kind.MONEY, 18, 4), required=True, cell=Cell("Amount", currency_is="CNY")),
        FieldMapping("note", TEXT, required=False, cell=Cell("Note")),
    ),
)
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def taken(where: Path, name: str, data: bytes, /, **said: Any) -> Intake:
    """One file, by SOURCE with what else is said of it."""
    (where / name).write_bytes(data)
    into = where / f"{len(list(where.iterdir()))}.duckdb"
    return take_in((replace(SOURCE, **{"files": (name,), **said}),), where, into, Moment("Asia/Shanghai"))


def told(intake: Intake) -> list[tuple[str, str, str, str | None]]:
    """Id, day, amount and note of each event, sorted."""
    rows = intake.evidence.rows("event deal.won", ["event.id", "event.day", "amount", "note"])
    return sorted((str(row[0]), str(row[1]), str(row[2]), None if row[3] is None else str(row[3])) for row in rows)


def refused(intake: Intake) -> list[tuple[int, str, Argument | None]]:
    """Line, code and what was found of each row in quarantine."""
    return [(each.line, each.diagnostic.code, each.diagnostic.args.get("found")) for each in intake.quarantine]


def mistake(where: Path, name: str, data: bytes, /, **said: Any) -> tuple[str, int, dict[str, Argument]]:
    """Code, line and arguments of the only reason why nothing was taken in."""
    with pytest.raises(InputRefused) as refusal:
        taken(where, name, data, **said)
    (diagnostic,) = refusal.value.diagnostics
    return diagnostic.code, diagnostic.span.line, dict(diagnostic.args)


def cell(reference: str, written: str, kind: str = "n", style: int = 0) -> str:
    """A cell as a sheet writes it."""
    value = f"<is><t>{escape(written)}</t></is>" if kind == "inlineStr" else f"<v>{escape(written)}</v>"
    return f'<c r="{reference}" t="{kind}" s="{style}">{value}</c>'


def texts(row: int, *written: str) -> str:
    """A row of texts."""
    cells = (cell(f"{chr(65 + place)}{row}", text, "inlineStr") for place, text in enumerate(written))
    return f'<row r="{row}">{"".join(cells)}</row>'


def sheet(*rows: str, before: str = "") -> str:
    """A sheet of such rows."""
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{SHEET}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def workbook(*sheets: str, names: Sequence[str] = ("Deals", "Other"), parts: dict[str, str] | None = None) -> bytes:
    """A workbook of these sheets, and of other parts by name."""
    entries = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names[: len(sheets)], 1)
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    held = {
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{office}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, 1)},
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in held.items():
            archive.writestr(name, text)
    return out.getvalue()
