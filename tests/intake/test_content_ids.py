"""Ids made from content: rows that are equal count as often as they stand there, in whatever order."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.records import taken
from workflow.intake import Intake

HEADER = "Id,Day,Amount,Note\n"
ROWS = ["x,2026-07-01,1,a\n", "x,2026-07-01,1,a\n", "y,2026-07-01,1,a\n", "x,2026-07-02,1,\n", 'x,2026-07-02,1,""\n']


def ids(intake: Intake) -> list[tuple[str, str, str]]:
    return sorted(
        (str(a), str(b), str(c))
        for a, b, c in intake.evidence.rows("event deal.won", ["event.id", "event.day", "note"])
    )


def test_equal_rows_are_events_of_their_own(tmp_path: Path) -> None:
    """The second of two is told apart by its number; a column that the source doesn't read says nothing."""
    found = ids(taken(tmp_path, "a.csv", (HEADER + "".join(ROWS)).encode(), id=None))
    first, second, third, *rest = (id_ for id_, day, _ in found if day == "2026-07-01")
    assert not rest
    assert (second, third) == (f"{first}-2", f"{first}-3")
    assert len(found) == 5


@settings(max_examples=15, deadline=None)
@given(st.permutations(ROWS), st.integers(0, 5))
def test_any_order_and_any_files_give_the_same_ids(rows: list[str], cut: int) -> None:
    """Dealt into two files at any place."""
    where = Path(tempfile.mkdtemp())
    whole = taken(where, "whole.csv", (HEADER + "".join(ROWS)).encode(), id=None)
    (where / "a1.csv").write_text(HEADER + "".join(rows[:cut]))
    dealt = taken(where, "a2.csv", (HEADER + "".join(rows[cut:])).encode(), id=None, files=("a1.csv", "a2.csv"))
    assert ids(dealt) == ids(whole)


def test_two_sources_with_equal_rows_have_ids_of_their_own(tmp_path: Path) -> None:
    """The source's name is part of the content."""
    one, other = (taken(tmp_path, "a.csv", (HEADER + ROWS[0]).encode(), id=None, name=name) for name in ("p", "q"))
    assert ids(one)[0][0] != ids(other)[0][0]
