"""A workspace around exports that others made, so that a test says only how they are read."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path

import workflow
from workflow.intake import Intake, Moment, take_in

SHARED = Path(os.environ.get("WORKFLOW_SHARED", Path(__file__).parents[2] / ".." / "shared")) / "data"

_BASE = {
    "workspace.yaml": """\
        language: 1
        workspace: exports
        title: {en: Exports}
        currency: USD
        rounding: half up
        time zone: America/New_York
        languages: [en]
        """,
    "catalogue/people.yaml": "people: {fields: {name: text}}\n",
    "sources/people.yaml": "source: people\nread: people.csv\nregister: people\nperson: Id\nfields: {name: Name}\n",
    "people.csv": "Id,Name\n",
}


def read(into: Path, files: Mapping[str, str], exports: Mapping[str, Path]) -> Intake:
    """What intake makes of exports, copied to a workspace by name, as its files declare them."""
    for name, text in {**_BASE, **files}.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(textwrap.dedent(text), encoding="utf-8")
    for name, path in exports.items():
        shutil.copyfile(path, into / name)
    checked = workflow.check(into)
    assert checked.workspace is not None, [(each.code, each.span, each.args) for each in checked.diagnostics]
    rules = checked.workspace
    return take_in(rules.sources, into, into / "evidence.duckdb", Moment(rules.zone, currency=rules.currency))


def told(intake: Intake, table: str, key: str, column: str) -> dict[object, object]:
    """A column of a table of the evidence, by another."""
    return {row[0]: row[1] for row in intake.evidence.rows(table, [key, column])}
