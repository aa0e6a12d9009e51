"""A source's condition as SQL: what it asks of the texts of cells."""

from __future__ import annotations

import duckdb
import pytest

from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.intake.conditions import condition
from workflow.model.types import TEXT
from workflow.syntax.formula import parse
from workflow.syntax.positions import whole_text
from workflow.syntax.vocabulary import Vocabulary

ASKED = {
    'contains(Stage, "Won")': [True, False, None],
    'starts with(upper case(Stage), "CLOSED")': [True, False, None],
    'ends with(Stage, "st")': [False, True, None],
    'Stage + "!" = "Lost!"': [False, True, None],
    'lower case(Stage) in ("lost", "closed won")': [True, True, None],
    'Stage is missing or Stage < "D"': [True, False, True],
}
"""What each gives for a cell of `Closed Won`, one of `Lost`, and an empty one."""


@pytest.mark.parametrize("formula", ASKED)
def test_cells_are_asked_as_texts(formula: str) -> None:
    """By SQL's own functions, undecided where the cell is empty."""
    tree, _ = parse(whole_text(formula, "a.yaml"), Vocabulary(frozenset({"Stage"})))
    typed = Typing(Scope({"Stage": TEXT})).parsed(tree, ())
    assert typed is not None
    cells = "(VALUES ('Closed Won'), ('Lost'), (NULL)) AS rows(cell)"
    found = duckdb.execute(f"SELECT {condition(typed, {'Stage': 'cell'})} FROM {cells}").fetchall()
    assert [row[0] for row in found] == ASKED[formula]
