"""The steps of cases as lines, beside their table, for programs that read no Parquet."""

from __future__ import annotations

from typing import Any

from workflow.ledger.decided import Decided
from workflow.ledger.written import json_lines
from workflow.plan.escalations import CASE_STEPS
from workflow.plan.stepwords import TOLD


def case_log(decided: Decided) -> tuple[str, ...]:
    """The file of the lines; none if a policy has no cases."""
    stem = decided.table.removesuffix(".parquet")
    return (f"{stem}.cases.jsonl",) if CASE_STEPS in decided.outcome.tables else ()


def log_lines(rows: Any) -> Any:
    """Some steps as JSON, an object a step: instants and days as text, in UTC, numbers as numbers."""
    return json_lines({name: _as_text(rows[name]) for name in TOLD})


def _as_text(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_date(column.type):
        return column.cast(pa.string())
    return column.cast(pa.int64()) if pa.types.is_decimal(column.type) else column
