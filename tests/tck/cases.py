"""The cases of a file: one JSON object a line, with the inputs, the expression, and what it gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.syntax.keywords import LEFT_OUT_CALLS

_ZONE = re.compile(
    r"(?<![T\d:])\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d)|\d\d:\d\d(?::\d\d)?(?:\.\d+)?@[A-Za-z]"
    r'|time\s*offset|timezone|offset\s*:|"@?[A-Z]\w+/\w+'
)
_ZONES = frozenset({"zone-in-a-time", "no-calendar-in-an-instant"})
"""What the reader says of a zone, or where one would have to decide the day or the hour."""
_LISTS = "a list or a context as the result"
_TIME_OF_FOUR = re.compile(r"time\([^()\"]*,[^()\"]*,[^()\"]*,\s*(?:duration|null|@)")
_FAR_YEAR = re.compile(
    r"(?<![\dTPYMDHS])-?\d{5,}-\d\d-\d\d|[\"(:\s]-\d{4,}-\d\d|date\(\s*(?:year:)?\s*(?:-\d|\d{5,})|^-\d{4}-"
)
_LEFT_OUT = re.compile(r"(?<!list )\b(?:" + "|".join(sorted(LEFT_OUT_CALLS, key=len, reverse=True)) + r")\s*\(")
_LIST_OR_CONTEXT = ("list", "context")


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `expected` is None where the standard answers with null."""

    topic: str
    name: str
    inputs: dict[str, Any]
    feel: str
    expected: dict[str, Any] | None

    @property
    def wants_value(self) -> bool:
        """Whether a value is expected, not null."""
        return self.expected is not None


def read_cases(path: Path) -> Iterator[Case]:
    """The cases in the file's order."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            name = f"{row['folder']}/{row['id']}/{row['node']}"
            yield Case(row["folder"], name, row["inputs"], row["feel"], row["expected"])


def outside(case: Case, codes: frozenset[str]) -> str | None:
    """Why a case that expects a value lies outside of what the language has; None where it lies inside.

    The reasons are those of the language reference: zones (but not the offset of a date and time, which is an instant),
    years beyond 1 to 9999, constructs that it leaves out, lists and contexts as values. Where the reader has a code for
    one of them, it has said so.
    """
    left_out = sorted(code for code in codes if code.startswith("left-out-") and code != "left-out-null")
    if left_out:
        return left_out[0]
    call = _LEFT_OUT.search(case.feel)
    if call:
        return LEFT_OUT_CALLS[call[0].rstrip("( ")]
    given = {name: value for name, value in case.inputs.items() if name in case.feel}
    said = f"{case.feel} {json.dumps(case.expected)} {json.dumps(given)}"
    if "gives-a-list" in codes or (case.expected is not None and case.expected["t"] in _LIST_OR_CONTEXT):
        return _LISTS
    if codes & _ZONES or _ZONE.search(said) or _TIME_OF_FOUR.search(case.feel):
        return "a zone or an offset"
    expected = str(case.expected["v"]) if case.expected else ""
    if _FAR_YEAR.search(case.feel) or _FAR_YEAR.search(expected):
        return "a year outside 1 to 9999"
    return None
