"""Every bad case is a slip of a person who doesn't program: the message stands at the right words, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import workflow
from tests.golden.cases import Case, cases
from workflow.diagnostics import CODES, Diagnostic
from workflow.words import LANGUAGES, say


@pytest.mark.parametrize("case", cases("bad"), ids=lambda case: case.folder.name)
def test_is_explained_at_the_right_words(case: Case, tmp_path: Path) -> None:
    """All diagnostics of the case, in order: file, line, underlined text, code and severity. Each can be said in both
    languages: no message leaves a place unfilled or shows a name of our classes.
    """
    root = case.workspace(tmp_path / "workspace")
    checked = workflow.check(root)
    found = [_shown(diagnostic, checked.texts) for diagnostic in checked.diagnostics]
    expected = [
        {
            "file": row.get("file", case.says["policy"]),
            "line": row["line"],
            "text": row["text"],
            "code": row["code"],
            "severity": row.get("severity", "error"),
        }
        for row in case.expect
    ]
    assert found == expected
    for diagnostic in checked.diagnostics:
        for language in LANGUAGES:
            message = say(language, CODES[diagnostic.code].room, diagnostic.code, **diagnostic.args)
            assert "workflow." not in message
            assert "<class" not in message


def _shown(diagnostic: Diagnostic, texts: Mapping[str, str]) -> dict[str, object]:
    span = diagnostic.span
    lines = texts[span.path].split("\n")
    text = lines[span.line - 1][span.column - 1 : span.end_column - 1 if span.line == span.end_line else None]
    return {
        "file": span.path,
        "line": span.line,
        "text": text,
        "code": diagnostic.code,
        "severity": diagnostic.severity,
    }


@pytest.mark.parametrize(
    ("name", "repair"),
    [
        ("a-grace-without-its-unit", "1 quarter"),
        ("a-grace-in-months-of-a-quarterly-policy", None),
        ("protected-in-days", None),
    ],
)
def test_a_length_in_another_unit_is_not_repaired_by_its_number(name: str, repair: str | None, tmp_path: Path) -> None:
    """90 days aren't 90 quarters; a number alone lacks only the policy's own unit."""
    (case,) = (each for each in cases("bad") if each.folder.name == name)
    (diagnostic,) = workflow.check(case.workspace(tmp_path / "workspace")).diagnostics
    assert (diagnostic.fix and diagnostic.fix.text) == repair
