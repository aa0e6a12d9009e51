"""A case of which nothing sure can be said any more stops the run, and is named."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import workflow
from tests.golden.cases import cases
from workflow.diagnostics import InputRefused

WAITING = "  - {in: in_progress, on event: complaint.waiting, go to: waiting}\n"
EITHER = """\
  - in: in_progress
    on event: complaint.waiting
    when: reopened <= 2
    go to: waiting
  - in: in_progress
    on event: complaint.waiting
    when: severity = "low"
    go to: resolved
"""
TIMER = "{after: 4 working hours, go to: escalated}"
OPEN_UNTIL = datetime.date(2026, 12, 31)


def desk(folder: Path, said: str, instead: str) -> Path:
    """The complaint desk of the golden case, with something else in its policy."""
    (case,) = (each for each in cases("good") if each.folder.name == "a-complaint-climbs-over-the-holidays")
    root = case.workspace(folder / "desk")
    policy = root / "escalations" / "complaint-desk.v1.yaml"
    text = policy.read_text(encoding="utf-8")
    assert said in text
    policy.write_text(text.replace(said, instead), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("said", "instead", "as_of", "code", "told"),
    [
        (
            WAITING,
            EITHER,
            OPEN_UNTIL,
            "case-ambiguous",
            {"case": "C-2", "event": "complaint.waiting", "state": "in_progress", "day": "2026-10-12"},
        ),
        (
            TIMER,
            "{after: 1 minute, every: 1 second, task: answer-now}",
            datetime.date(2026, 9, 30),
            "case-ran-away",
            {"case": "C-1", "timer": "open.timer", "state": "open", "day": "2026-09-30"},
        ),
        (
            TIMER,
            TIMER,
            datetime.date(2027, 1, 1),
            "case-beyond-calendar",
            {
                "case": "C-3", "found": "resolution", "state": "open",
                "calendar": "cn", "first": "2026-07-01", "last": "2026-12-31",
            },
        ),
    ],
)  # fmt: skip
def test_a_case_that_fails_stops_the_run(
    tmp_path: Path, said: str, instead: str, as_of: datetime.date, code: str, told: dict[str, str]
) -> None:
    """Two moves at once, a timer without rest, or a day that nobody knows."""
    period = "2026-Q3" if as_of.month == 9 else "2026-Q4"
    with pytest.raises(InputRefused) as refusal:
        workflow.evaluate(desk(tmp_path, said, instead), period, as_of=as_of)
    (diagnostic,) = refusal.value.diagnostics
    assert (diagnostic.code, diagnostic.args) == (code, told)
    assert diagnostic.span.path == "escalations/complaint-desk.v1.yaml"
