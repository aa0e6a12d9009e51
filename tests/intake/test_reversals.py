"""Reversals: what they may take away from their original, and what they may never add to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.intake import Moment, take_in
from workflow.model.types import Kind, Type

AMOUNT = FieldMapping("amount", Type(Kind.MONEY, 18, 4), required=True, cell=Cell("Amount", currency_is="CNY"))
DEALS = SourceMapping(name="deals", files=("deals.csv",), event="deal.won", id="Id", time=Cell("Day"), fields=(AMOUNT,))
RETURNS = replace(
    DEALS,
    name="returns",
    files=("returns.csv",),
    event="deal.returned",
    fields=(FieldMapping("deal", Type(Kind.EVENT), required=True, cell=Cell("Deal")), AMOUNT),
)


@pytest.mark.parametrize(
    ("given", "taken", "refused"),
    [
        ("100", ["60", "40"], {}),
        ("100", ["60", "41", "1"], {"R1": "reverses-too-much", "R2": "reverses-too-much"}),
        ("100", ["60", "-1", "40"], {"R1": "reverses-wrong-way"}),
        ("100", ["-500"], {"R0": "reverses-wrong-way"}),
        ("100", ["0"], {}),
        ("-100", ["-60", "-40"], {}),
        ("-100", ["-60", "-41"], {"R1": "reverses-too-much"}),
        ("-100", ["1"], {"R0": "reverses-wrong-way"}),
        ("0", ["1", "-1", "0"], {"R0": "reverses-too-much", "R1": "reverses-wrong-way", "R2": "reverses-too-much"}),
    ],
)
def test_what_a_reversal_may_take(tmp_path: Path, given: str, taken: list[str], refused: dict[str, str]) -> None:
    """As much as its original gave, with the earlier ones, and with its sign."""
    rows = "".join(f"R{number},D1,2026-07-02,{amount}\n" for number, amount in enumerate(taken))
    (tmp_path / "deals.csv").write_text(f"Id,Day,Amount\nD1,2026-07-01,{given}\n")
    (tmp_path / "returns.csv").write_text(f"Id,Deal,Day,Amount\n{rows}")
    reversals = {"deal.returned": ("deal.won", "deal")}
    intake = take_in((DEALS, RETURNS), tmp_path, tmp_path / "evidence.duckdb", Moment("UTC"), reversals)
    assert {each.id: each.diagnostic.code for each in intake.quarantine} == refused
    assert sum(each.accepted for each in intake.counts) == 1 + len(taken) - len(refused)
