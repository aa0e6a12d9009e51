"""What steps of cases trigger: each once, from however many states a move leads."""

from __future__ import annotations

from pathlib import Path

import workflow
from tests.golden.cases import cases
from workflow.run import ENGINES

MOVE = "complaint.acknowledged, go to: in_progress"


def test_a_move_from_several_states_triggers_once(tmp_path: Path) -> None:
    """C-1 was acknowledged once, C-2 twice; beside what two states trigger. One run takes the place of the other."""
    (case,) = (each for each in cases("good") if each.folder.name == "a-complaint-climbs-over-the-holidays")
    root = case.workspace(tmp_path / "workspace")
    policy = root / "escalations" / "complaint-desk.v1.yaml"
    text = policy.read_text(encoding="utf-8")
    assert MOVE in text
    policy.write_text(text.replace(MOVE, f"{MOVE}, task: call-customer"), encoding="utf-8")
    for engine in ENGINES:
        result = workflow.evaluate(root, "2026-Q4", as_of=case.day("as of"), engine=engine, out=tmp_path / "out")
        assert [(each.clause, each.event) for each in result.actions if each.kind == "task"] == [
            ("escalated.entry", "C-1/1"),
            ("director.entry", "C-1/1"),
            ("move.1", "C-1/1"),
            ("move.1", "C-2/1"),
            ("escalated.entry", "C-2/1"),
            ("move.1", "C-2/2"),
        ]
