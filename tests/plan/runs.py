"""Tiny runs: the small workspace with a policy and a few records, evaluated by one engine."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping
from pathlib import Path

import workflow
from tests.checks.small import FILES, HEAD, POLICY
from workflow.ledger.evaluation import Evaluation

RECORDS: Mapping[str, str] = {
    "deals": "Id,Seller,Amount,Product,Day\n",
    "people": "Person,From,Role,Supervisor,Rate\nE1,2024-01-01,rep,S1,5%\n",
    "quotas": "Id,Seller,Amount,Period,Day\n",
    "surveys": "Id,Seller,Score,Day\n",
}
"""Nothing recorded, and one person."""
WHOLE: Mapping[str, str] = {
    path: text + "delivered: 2026-01-01..2026-12-31\n"
    for path, text in FILES.items()
    if path in {"sources/deals.yaml", "sources/quotas.yaml", "sources/surveys.yaml"}
}
"""Sources that have delivered the whole year."""


def workspace(
    folder: Path, body: str, records: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
) -> Path:
    """The small workspace on disk, with a policy of this body; records without their header, by source."""
    texts = {**FILES, POLICY: HEAD + textwrap.dedent(body), **(files or {})}
    for name, header in RECORDS.items():
        more = (records or {}).get(name, "")
        texts[f"records/{name}.csv"] = header + textwrap.dedent(more)
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def paid(result: Evaluation, person: str = "E1") -> dict[str, str]:
    """The amount of each line of a person."""
    return {each.clause: f"{each.amount:f}" for each in result.actions if each.subject == person and each.kind == "pay"}


def withheld(result: Evaluation, person: str = "E1") -> dict[str, list[str]]:
    """The codes for which clauses of a person are withheld."""
    return {each.clause: [reason.code for reason in each.reasons] for each in result.withheld if each.subject == person}


def evaluated(root: Path, engine: str, period: str = "2026-Q3", as_of: datetime.date | None = None) -> Evaluation:
    """The result of a quarter."""
    return workflow.evaluate(root, period, engine=engine, as_of=as_of)
