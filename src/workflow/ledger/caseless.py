"""Events of cases that went to nobody, since their case hadn't begun, or had ended: which case each of them names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.ledger.decided import Decided
from workflow.plan.escalations import CASE_STEPS

_WHY = {"early": "unmatched-early", "late": "unmatched-late"}


def caseless(decided: Sequence[Decided]) -> Mapping[tuple[str, str], tuple[str, dict[str, str]]]:
    """By type and id: the key of the catalogue `terms` that says why no case took the event, and its arguments."""
    import pyarrow as pa
    import pyarrow.compute as pc

    outside = pa.array(list(_WHY))
    found: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
    for each in decided:
        steps: Any = each.outcome.tables.get(CASE_STEPS)
        if steps is not None:
            rows = steps.filter(pc.is_in(steps["went"], value_set=outside)).to_pylist()
            found |= {(row["type"], row["event"]): (_WHY[row["went"]], {"case": row["case"]}) for row in rows}
    return found
