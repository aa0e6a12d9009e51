"""What intake hands on: the evidence, what it refused and why, and the counts and sums that prove nothing was lost."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

from workflow.diagnostics import Diagnostic
from workflow.intake.evidence import Evidence

Days = tuple[datetime.date, datetime.date]
"""A stretch of days, both included."""


def currency_of(name: str) -> str:
    """The column that holds the currency of the money field `name`."""
    return f"{name}.currency"


@dataclass(frozen=True, slots=True)
class FileTaken:
    """A file as it was read: its path below the workspace, the sha256 of its bytes, its rows without the header.

    `layout` says what its records are, and so where they stand: a format of `checks.mapping`, or BLANKS.
    """

    source: str
    path: str
    layout: str
    encoding: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class About:
    """What a refused row says besides what is wrong with it; what can't be read is empty or None.

    `people` are those that it names, by field; `day` is its own, or `period` the one that it names instead. `of` is the
    event that it reverses, and `of_day` that event's day. `names` says what a record of the calculation itself is
    about: a policy, or a fact of one.
    """

    event: str | None = None
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    day: datetime.date | None = None
    period: str | None = None
    names: str | None = None
    of: str | None = None
    of_day: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row in quarantine.

    `path` is relative to the workspace, `line` the physical line of the record's first character, of Parquet and XLSX
    the number of the row. `id` is the event's
    id or the register's key, None where the row has none that can be read. `column` is the file's column that is at
    fault, None where the whole row is. `diagnostic` says what was found and what is accepted, `about` whom and what the
    row is about.
    """

    source: str
    path: str
    line: int
    id: str | None
    column: str | None
    diagnostic: Diagnostic
    about: About = field(default_factory=About)

    @property
    def place(self) -> tuple[str, int, str]:
        """What tells it from all other rows: the sheets of one workbook are different sources."""
        return self.path, self.line, self.source


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one source; `of` is the event type if `is_event`, else the register.

    `unselected` rows fail the source's `where` and never were events; `withdrawn` ones were, until their newest row.
    """

    source: str
    of: str
    is_event: bool
    rows: int = 0
    unselected: int = 0
    superseded: int = 0
    withdrawn: int = 0
    duplicate: int = 0
    quarantined: int = 0
    not_yet: int = 0
    accepted: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every row that was read has exactly one fate."""
        fates = (getattr(self, each.name) for each in fields(self)[4:])
        return bool(self.rows == sum(fates))


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The exact sum of a money field over the accepted events of a type, in one currency, and how many had it."""

    event: str
    field: str
    currency: str
    total: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Intake:
    """All that a run may know of its files.

    `known_by` is the instant (UTC) that was used: the one asked for, else the newest that the input records; None for
    an input without any. `delivered` holds for each event type the stretches of days that every source of it has
    delivered completely, in order and without touching each other.
    """

    evidence: Evidence
    quarantine: tuple[Refused, ...]
    counts: tuple[Counts, ...]
    files: tuple[FileTaken, ...]
    totals: tuple[ControlTotal, ...]
    known_by: datetime.datetime | None
    delivered: Mapping[str, tuple[Days, ...]]
