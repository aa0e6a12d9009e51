"""Lengths of time that are nearly understood: the repair that a message offers."""

from __future__ import annotations

import pytest

from workflow.checks.lengths import UNITS, repaired
from workflow.diagnostics import NOWHERE
from workflow.model.leaves import Words
from workflow.syntax.tree import Scalar


@pytest.mark.parametrize(
    ("written", "alone", "meant"),
    [
        ("4 hrs", None, "4 hours"),
        ("4 workng hours", None, "4 working hours"),
        ("1 business day", None, "1 working day"),
        ("3 business days", None, "3 working days"),
        ("6", "working days", "6 working days"),
        ("1", "days", "1 day"),
        ("6", None, None),  # six of what?
        ("4 fortnights", None, None),
        ("2 working weeks", None, None),  # of five days or of six?
        ("soon", None, None),
    ],
)
def test_a_unit_is_repaired(written: str, alone: str | None, meant: str | None) -> None:
    """Where it is misspelt, abbreviated, or left out and can be only one."""
    fix = repaired(Words(Scalar(written, NOWHERE, "plain", ())), UNITS, alone)
    assert (fix and fix.text) == meant
