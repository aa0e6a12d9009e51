"""The steps of all groups as arrays, written as they happen, and what all of the replay writes with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from workflow.plan.machines import UNKNOWN
from workflow.worktime.bulk import WallTimes
from workflow.worktime.clocks import DAY

Numbers = Any
"""An array of whole numbers; `at` are the places of some groups."""
NEVER = np.iinfo(np.int64).max
"""An instant that doesn't come."""
SIZES: Mapping[str, type[np.signedinteger[Any]]] = {
    "run": np.int32,
    "went": np.int8,
    "event": np.int64,
    "instant": np.int64,
    "item": np.int16,
    "state": np.int16,
    "to": np.int16,
    "consumed": np.int64,
    "due": np.int64,
}
"""In how many bytes each column of the steps is held."""


class Log:
    """The steps of all groups as they are told, each group's in its order."""

    def __init__(self, groups: int, wall: WallTimes) -> None:
        """Begin with no step."""
        self.wall = wall
        self.steps = np.zeros(groups, np.int64)
        self.parts: list[tuple[Numbers, Numbers, Mapping[str, Numbers]]] = []

    def add(self, at: Numbers, told: Mapping[str, Numbers]) -> None:
        """Write a step of each of these groups; what is the same for all is one number."""
        if not len(at):
            return
        self.parts.append((at, self.steps[at], told))
        self.steps[at] += 1

    def told(self, wanted: Collection[str]) -> dict[str, Numbers]:
        """All steps, group after group: the columns wanted, and the `group` of each."""
        begins = np.cumsum(self.steps) - self.steps
        total = int(self.steps.sum())
        places = [begins[at] + turn for at, turn, _ in self.parts]
        found = {"group": np.repeat(np.arange(len(self.steps)), self.steps)}
        if "turn" in wanted:
            found["turn"] = np.arange(1, total + 1) - begins[found["group"]]
        for word, size in SIZES.items():
            if word in wanted or (word == "instant" and "day" in wanted):
                always = word not in {"consumed", "due"}
                column = np.empty(total, size) if always else np.full(total, UNKNOWN, size)
                for place, (_, _, told) in zip(places, self.parts, strict=True):
                    if word in told:
                        column[place] = told[word]
                found[word] = column
        if "day" in wanted:
            found["day"] = self.wall.shown(found["instant"]) // DAY
        return found
