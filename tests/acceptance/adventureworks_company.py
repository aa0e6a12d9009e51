"""AdventureWorks laid out as a workspace: its YAML from adventureworks/, its records from the shared folder."""

from __future__ import annotations

import csv
import datetime
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import workflow
from workflow.api import ENGINES
from workflow.ledger.evaluation import Evaluation

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("WORKFLOW_SHARED", ROOT.parent / "shared")) / "data" / "adventureworks"
PEOPLE, SELLERS, TERRITORIES = "Employee.csv", "SalesPerson.csv", "SalesTerritoryHistory.csv"
QUOTAS, ORDERS, LINES = "SalesPersonQuotaHistory.csv", "reseller_orders.csv", "reseller_order_lines.csv"
STARTS = ("2011-05-31", "2011-08-31", "2011-12-01", "2012-02-29", "2012-05-30", "2012-08-30")
"""The first days of the quota periods that the orders cover completely; the next begins on 2012-11-30."""
QUARTERS = ("2011-Q2", "2011-Q3", "2011-Q4", "2012-Q1", "2012-Q2", "2012-Q3", "2012-Q4")
CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")

needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason=f"AdventureWorks is not in {SHARED}")
both = pytest.mark.parametrize("engine", ENGINES)

Row = dict[str, Any]
Changes = Mapping[str, tuple[str, str]]


def read(name: str) -> list[dict[str, str]]:
    """The rows of one of Microsoft's files, or of the ground truth."""
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def laid(into: Path, changes: Changes | None = None, over: Path | None = None) -> Path:
    """The workspace with its records, and the files of `over` laid over it.

    In each file that `changes` names, one text is replaced by another.
    """
    shutil.copytree(Path(__file__).parent / "adventureworks", into)
    (into / "records").mkdir()
    if over is not None:
        shutil.copytree(over, into, dirs_exist_ok=True)
    for name in (PEOPLE, SELLERS, TERRITORIES, QUOTAS, ORDERS):
        shutil.copyfile(SHARED / name, into / "records" / name)
    for path, (old, new) in (changes or {}).items():
        text = (into / path).read_bytes().decode()
        assert old in text, (path, old)
        (into / path).write_bytes(text.replace(old, new).encode())
    return into


@dataclass(frozen=True, slots=True)
class Ran:
    """One evaluation and the folder of its files."""

    result: Evaluation
    out: Path

    def results(self, policy: str) -> dict[str, Row]:
        """A policy's results by person."""
        rows = pq.read_table(self.out / "results" / f"{policy}.parquet").to_pylist()
        return {row["person"]: row for row in rows}

    def lines(self) -> dict[str, Row]:
        """The lines of pay by person; one clause pays in this workspace."""
        return {row["subject"]: row for row in pq.read_table(self.out / "lines.parquet").to_pylist()}

    def tables(self) -> dict[str, list[Row]]:
        """Every table of the run, by path."""
        return {
            path.relative_to(self.out).as_posix(): pq.read_table(path).to_pylist()
            for path in sorted(self.out.rglob("*.parquet"))
        }

    def triggered(self, policy: str, clause: str) -> set[str]:
        """Whom an action is for."""
        return {each.subject for each in self.result.actions if (each.policy, each.clause) == (policy, clause)}

    def withheld(self, policy: str, clause: str) -> dict[str, set[str]]:
        """From whom a clause is withheld, and why."""
        return {
            each.subject: {reason.code for reason in each.reasons}
            for each in self.result.withheld
            if (each.policy, each.clause) == (policy, clause)
        }


class Company:
    """A laid-out workspace, each period of which is evaluated once an engine."""

    def __init__(self, root: Path, changes: Changes | None = None, over: Path | None = None) -> None:
        self.workspace = laid(root / "workspace", changes, over)
        self._root = root
        self._ran: dict[tuple[str, str, datetime.date | None], Ran] = {}

    def run(self, engine: str, period: str, as_of: datetime.date | None = None) -> Ran:
        """The evaluation of a period."""
        key = engine, period, as_of
        if key not in self._ran:
            out = self._root / f"{engine} {period} {as_of}"
            self._ran[key] = Ran(workflow.evaluate(self.workspace, period, engine=engine, out=out, as_of=as_of), out)
        return self._ran[key]


def half_up(value: Decimal, to: Decimal) -> Decimal:
    """Rounded half up to the digits of `to`."""
    return value.quantize(to, ROUND_HALF_UP)


def quota_of(day: str) -> str | None:
    """The first day of the complete quota period that a day is in."""
    return max(start for start in STARTS if start <= day) if day < "2012-11-30" else None


def quarter_of(day: str) -> str:
    """The calendar quarter of a day."""
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"
