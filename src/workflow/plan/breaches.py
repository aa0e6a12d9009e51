"""What can break a run: promises that a plan makes of its rows, which engines look after."""

from __future__ import annotations

from enum import StrEnum


class Breach(StrEnum):
    """What the evidence, or the plan, had promised of its rows and did not keep; looked for in this order."""

    UNRECORDED = "unrecorded"
    """A value that is always recorded is not."""
    UNKNOWN_KEY = "unknown-key"
    """A column that groups or orders rows is missing in one."""
    NO_ROW = "no-row"
    """A lookup that always finds a row found none."""
    TWO_ROWS = "two-rows"
    """A lookup found two rows for one."""
    NO_ORDER = "no-order"
    """Two rows are equal in all that should order them."""
    TWO_LATEST = "two-latest"
    """Two rows are the latest, and differ."""
    TWO_TOTALS = "two-totals"
    """The rows of a group differ in the total that is divided among them."""
    NEGATIVE_WEIGHT = "negative-weight"
    """A total is divided by a weight below zero."""
