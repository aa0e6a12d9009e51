"""The log of cases: its files, its rows, and what can be wrong with one. It is all that a checker and a run share."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from workflow.diagnostics import Diagnostic, Span, WrongUsage
from workflow.ledger.daybyday import ticks

NONE = -1
"""What the log says where there is no number."""
UNDECIDED = -2
"""What it says of a target that an unknown condition would decide."""
_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Logged:
    """A row of the log; `time` is in microseconds since 1970."""

    case: str
    run: int
    turn: int
    version: int
    person: str
    time: int
    date: datetime.date
    went: str
    of: str
    state: str
    to: str
    event: str
    type: str
    consumed: int
    due: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a step: in which column (`step` where it is the wrong one), what was found there, and what
    would have been right. Nothing is the empty text.
    """

    case: str
    turn: int
    what: str
    found: str
    right: str


NUMBERS = ("run", "turn", "version", "consumed", "due")
"""The columns of whole numbers."""
_DAMAGES = (ValueError, LookupError, TypeError, OverflowError)
"""What reading a file raises that no run has written."""
_COLUMNS = tuple(each.name for each in fields(Logged))


def read_log(path: Path) -> tuple[Logged, ...]:
    """The rows of results/POLICY.cases.jsonl, or of the same as Parquet.

    Raises:
        WrongUsage: a line, or the table, isn't what a run writes.
    """
    if path.suffix == ".parquet":
        return _table(path)
    found = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                found.append(_logged(json.loads(line.decode("utf-8"))))
            except _DAMAGES as error:
                raise _damaged(path, number) from error
    return tuple(found)


def _table(path: Path) -> tuple[Logged, ...]:
    import pyarrow.parquet as pq

    try:
        return tuple(map(_logged, pq.read_table(path, columns=list(_COLUMNS)).to_pylist()))
    except _DAMAGES as error:
        raise _damaged(path, 1) from error


def _damaged(path: Path, line: int) -> WrongUsage:
    place = Span(str(path), line, 1, line, 1)
    return WrongUsage((Diagnostic("damaged-case-log", place, {"path": path.name, "line": f"{line}"}),))


def _logged(row: Mapping[str, Any]) -> Logged:
    """A row; an event before its case has no person."""
    time, date = row["time"], row["date"]
    told = {
        "person": row["person"] or "",
        "time": ticks(datetime.datetime.fromisoformat(time) if isinstance(time, str) else time),
        "date": datetime.date.fromisoformat(date) if isinstance(date, str) else date,
    }
    return Logged(**{**row, **told, **{name: int(row[name]) for name in NUMBERS}})


def step_of(row: Logged) -> str:
    """A row as people read it."""
    return worded(row.went, row.of, row.time)


def worded(went: str, of: str, now: int) -> str:
    """A step as people read it."""
    return " ".join(word for word in (went, of, said("time", now)) if word)


def said(column: str, value: object) -> str:
    """A cell as people read it."""
    if column == "time" and isinstance(value, int):
        return (_START + datetime.timedelta(microseconds=value)).isoformat()
    return str(value)
