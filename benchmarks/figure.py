"""A figure: two sides, their ratio, and the goal that the ratio is held against."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What one benchmark found. `ours` and `theirs` are in `unit`; `goal` is the largest ratio that meets it.

    Where theirs is nothing, the ratio is 0 if ours is nothing too, else 1.
    """

    name: str
    ours: float
    theirs: float
    goal: float
    unit: str = "s"

    def as_data(self) -> dict[str, object]:
        """The figure as one JSON line."""
        ratio = self.ours / self.theirs if self.theirs else float(self.ours > 0)
        return {
            "name": self.name,
            "ours": round(self.ours, 4),
            "theirs": round(self.theirs, 4),
            "ratio": round(ratio, 3),
            "goal": self.goal,
            "met": ratio <= self.goal,
            "unit": self.unit,
        }


def best(of: Callable[[], object], times: int = 3) -> float:
    """The shortest of several runs, in seconds: what the machine can do when nothing else disturbs it."""
    found = []
    for _ in range(times):
        gc.collect()
        started = time.perf_counter()
        of()
        found.append(time.perf_counter() - started)
    return min(found)
