"""Lengths of time as policies say them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["working", "elapsed", "days", "months"]


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: microseconds, `working` or `elapsed`, or `days` or `months` by the clock on the wall."""

    count: int
    unit: Unit
