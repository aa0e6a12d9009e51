"""What a run knows besides its files: its zone, its two instants, its periods and its currency."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.checks.mapping import PeriodKind


@dataclass(frozen=True, slots=True)
class Moment:
    """The arguments of time and place that intake may not ask anybody else for.

    `zone` is the IANA name of the workspace's zone; it decides the day of an event. `as_of` and `known_by` are UTC
    instants without zone, both included; None: no bound by time, and the newest that the input records. `currency` is
    that of an amount whose cell names none.
    """

    zone: str
    as_of: datetime.datetime | None = None
    known_by: datetime.datetime | None = None
    periods: Mapping[str, PeriodKind] = field(default_factory=dict)
    currency: str = ""
