"""What a run gives: the plan's outputs as tables whose rows, order and types no engine may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workflow.intake.evidence import Evidence
from workflow.plan.nodes import Plan

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Outcome:
    """One Arrow table an `Emit`: its columns in the plan's order, each followed by its mask (int64) where it may be missing.

    Decimals are decimal128 of the type's size, dates date32, instants timestamp[us] (UTC), text string, truth bool,
    durations int64. One chunk a column; rows in the order that the plan's `Emit` demands.
    """

    tables: Mapping[str, pa.Table]


class Engine(Protocol):
    """Anything that can run a plan. Every engine gives equal tables for equal plans and evidence."""

    name: str

    def run(self, plan: Plan, evidence: Evidence) -> Outcome:
        """Run all outputs of the plan over the evidence."""
        ...
