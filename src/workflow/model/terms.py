"""The closed vocabularies of a calculation: what a measure does, how a table pays, how a digit is rounded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Function(StrEnum):
    """What an aggregate does with the values of a group."""

    SUM = "sum"
    COUNT = "count"
    LATEST = "latest"
    LEAST = "least"
    GREATEST = "greatest"


class Mode(StrEnum):
    """How a table of tiers turns a result into pay."""

    WHOLE = "whole"
    MARGINAL = "marginal"
    INTERPOLATED = "interpolated"


class Yields(StrEnum):
    """What a row of a table gives: a rate of `on`, an amount of money, or a factor of `on` (the target)."""

    RATE = "rate"
    AMOUNT = "amount"
    FACTOR = "factor"


class Hit(StrEnum):
    """Which of a table's rows count where their conditions hold."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    SUM = "collect sum"
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"


class Over(StrEnum):
    """What the borders of a table are counted over: one event, or a total of some days."""

    EVENT = "event"
    MONTH = "month"
    PERIOD = "period"
    YEAR = "year to date"


WindowKind = Literal["this period", "previous period", "same period last year", "year to date", "months", "periods"]
"""Which days a measure looks at; the last two count back, so many of them, the present one included."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a measure looks at, seen from the period that is decided; `count` is that of `last 12 months`."""

    kind: WindowKind
    count: int = 1

    @property
    def words(self) -> str:
        """The window in the author's words."""
        if self.kind not in {"months", "periods"}:
            return self.kind
        return f"last {self.count} {self.kind if self.count != 1 else self.kind.removesuffix('s')}"

    @property
    def is_one_period(self) -> bool:
        """Whether it is a period as a whole, and not a stretch that may hold several."""
        return self.kind in {"this period", "previous period", "same period last year"}


THIS_PERIOD = Window("this period")
"""The period that is decided: where nothing else is said."""
