"""What a run gives: the plan's outputs as tables whose rows, order and types no engine may choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workflow.diagnostics import WorkflowError
from workflow.intake.evidence import Evidence
from workflow.model.sizes import DURATIONS
from workflow.model.types import Kind, Type
from workflow.plan.breaches import Breach
from workflow.plan.nodes import Field, Plan, mask_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Outcome:
    """An Arrow table for each `Emit`: its columns in the plan's order, a mask (int64) after each that can be missing.

    Decimals are decimal128 of the type's size, dates date32, instants timestamp[us] (UTC), text string, truth bool,
    durations int64. One chunk a column; rows in the order that the plan's `Emit` demands.
    """

    tables: Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine over evidence that nothing may be written to meanwhile."""

    run: Callable[[Plan], Outcome]
    """Runs one of many plans."""
    interrupt: Callable[[], None] | None = None
    """Ends what is being run in any thread, each by an error of its own. Without it, plans are run one after another
    in the thread that a Ctrl-C reaches.
    """


class Engine(Protocol):
    """Anything that can run a plan. Every engine gives equal tables for equal plans and evidence."""

    name: str

    def run(self, plan: Plan, evidence: Evidence) -> Outcome:
        """Run all outputs of the plan over the evidence; the first step that can't be run raises `RunFailed`."""
        ...

    def opened(self, evidence: Evidence) -> AbstractContextManager[Opened]:
        """The same for many plans; where they can be interrupted, several threads may ask for them."""
        ...


class RunFailed(WorkflowError):
    """A step could not be run: nothing of the run counts."""

    def __init__(self, breach: Breach, step: str) -> None:
        """Keep which promise was broken, and the name of the step that relied on it."""
        super().__init__(f"{breach} in step {step}")
        self.breach = breach
        self.step = step


def schema_of(fields: Sequence[Field]) -> pa.Schema:
    """The Arrow schema of an output, masks included."""
    import pyarrow as pa

    columns: list[tuple[str, pa.DataType]] = []
    for field in fields:
        columns.append((field.name, arrow_type(field.type)))
        if field.maybe:
            columns.append((mask_of(field.name), pa.int64()))
    return pa.schema(columns)


def arrow_type(of: Type) -> pa.DataType:
    """The Arrow type of a column."""
    import pyarrow as pa

    if of.is_numeric:
        return pa.decimal128(of.precision, of.scale)
    if of.kind in DURATIONS or of.kind is Kind.TIME:
        return pa.int64()
    moment = pa.timestamp("us")
    plain = {Kind.DATE: pa.date32(), Kind.DATE_TIME: moment, Kind.INSTANT: moment, Kind.TRUTH: pa.bool_()}
    return plain.get(of.kind, pa.string())
