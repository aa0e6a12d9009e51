"""Working time of many instants at once, on arrays: the answers of `spans`, each in a fraction of a microsecond."""

from __future__ import annotations

from typing import Any

import numpy as np

from workflow.worktime.spans import WorkTime

UNKNOWN = np.iinfo(np.int64).min
"""What stands where the calendar doesn't know the days: no instant and no length of time."""


class WorkTimes:
    """Working time as arrays, to be asked about arrays of microseconds."""

    def __init__(self, time: WorkTime) -> None:
        """Keep the stretches as arrays."""
        self._first, self._last = time.first, time.last
        self._starts = np.array(time.starts, np.int64)
        self._worked = np.array(time.worked, np.int64)

    def between(self, begins: Any, ends: Any) -> Any:
        """The working time from each instant to its other; UNKNOWN where one isn't known."""
        known = self._known(begins) & self._known(ends)
        return np.where(known, self._until(ends) - self._until(begins), UNKNOWN)

    def after(self, begins: Any, lengths: Any) -> Any:
        """The first instant, from each begin on, by which its length of working time has passed; or UNKNOWN."""
        target = self._until(begins) + lengths
        known = self._known(begins) & ((target <= self._worked[-1]) | (lengths == 0))
        at = np.clip(np.searchsorted(self._worked, target, side="left") - 1, 0, max(len(self._starts) - 1, 0))
        due = self._starts[at] + target - self._worked[at] if len(self._starts) else begins
        return np.where(known, np.where(lengths == 0, begins, due), UNKNOWN)

    def _known(self, instants: Any) -> Any:
        return (self._first <= instants) & (instants <= self._last)

    def _until(self, instants: Any) -> Any:
        """The working time from the first instant to each."""
        if not len(self._starts):
            return np.zeros_like(instants)
        at = np.searchsorted(self._starts, instants, side="right") - 1
        held = np.clip(at, 0, None)
        passed = np.minimum(self._worked[held] + instants - self._starts[held], self._worked[held + 1])
        return np.where(at < 0, 0, passed)
