"""The steps of all groups as arrays, written as they happen, and what all of the replay writes with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workflow.plan.machines import UNKNOWN
from workflow.worktime.bulk import WallTimes
from workflow.worktime.clocks import DAY

Numbers = Any
"""An array of whole numbers; `at` are the places of some groups."""
NEVER = np.iinfo(np.int64).max
"""An instant that doesn't come."""


class Log:
    """The steps of all groups as they are told, each group's in its order."""

    def __init__(self, groups: int, wall: WallTimes) -> None:
        self.wall = wall
        self.steps = np.zeros(groups, np.int64)
        self.parts: list[dict[str, Numbers]] = []

    def add(self, at: Numbers, went: Any, now: Numbers, told: Mapping[str, Numbers]) -> None:
        """Write a step of each of these groups."""
        if not len(at):
            return
        given = {"group": at, "turn": self.steps[at] + 1, "went": went, "instant": now, "item": 0, **told}
        given = {"consumed": UNKNOWN, "due": UNKNOWN} | given
        self.parts.append({word: np.broadcast_to(column, at.shape) for word, column in given.items()})
        self.steps[at] += 1

    def told(self) -> dict[str, Numbers]:
        """All steps, group after group."""
        begins = np.cumsum(self.steps) - self.steps
        total = int(self.steps.sum())
        places = [begins[part["group"]] + part["turn"] - 1 for part in self.parts]
        found = {}
        for word in ("group", "turn", "run", "went", "event", "instant", "item", "state", "to", "consumed", "due"):
            found[word] = np.empty(total, np.int64)
            for place, part in zip(places, self.parts, strict=True):
                found[word][place] = part[word]
        found["day"] = self.wall.shown(found["instant"]) // DAY
        return found
