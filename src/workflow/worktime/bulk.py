"""Working time of many instants at once, on arrays: the answers of `spans`, each in a fraction of a microsecond."""

from __future__ import annotations

from typing import Any

import numpy as np

from workflow.worktime.clocks import DAY, WallClocks
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
        return np.where(known, self.worked(ends) - self.worked(begins), UNKNOWN)

    def after(self, begins: Any, lengths: Any) -> Any:
        """The first instant, from each begin on, by which its length of working time has passed; or UNKNOWN."""
        return self.after_worked(begins, self.worked(begins), lengths)

    def after_worked(self, begins: Any, worked: Any, lengths: Any) -> Any:
        """The same, where it is known how much working time lies before each begin."""
        target = worked + lengths
        known = self._known(begins) & ((target <= self._worked[-1]) | (lengths == 0))
        at = np.clip(np.searchsorted(self._worked, target, side="left") - 1, 0, max(len(self._starts) - 1, 0))
        due = self._starts[at] + target - self._worked[at] if len(self._starts) else begins
        return np.where(known, np.where(lengths == 0, begins, due), UNKNOWN)

    def _known(self, instants: Any) -> Any:
        return (self._first <= instants) & (instants <= self._last)

    def worked(self, instants: Any) -> Any:
        """The working time from the first instant to each."""
        if not len(self._starts):
            return np.zeros_like(instants)
        at = np.searchsorted(self._starts, instants, side="right") - 1
        held = np.clip(at, 0, None)
        passed = np.minimum(self._worked[held] + instants - self._starts[held], self._worked[held + 1])
        return np.where(at < 0, 0, passed)


class WallTimes:
    """The clocks on the walls of a zone as arrays, to be asked about arrays of microseconds."""

    def __init__(self, clocks: WallClocks) -> None:
        """Keep their changes as arrays."""
        self._since = np.array(clocks.since[1:], np.int64)
        self._ahead = np.array(clocks.ahead, np.int64)
        self._ends = self._since + self._ahead[:-1]

    def shown(self, instants: Any) -> Any:
        """What the clocks show at each instant."""
        return instants + self._ahead[np.searchsorted(self._since, instants, side="right")]

    def ends(self, days: Any) -> Any:
        """The last instant of each of these days, counted from 1970-01-01."""
        return self._instants((days + 1) * DAY) - 1

    def days_after(self, instants: Any, days: int) -> Any:
        """So many days after each, at the same time of day."""
        return self._instants(self.shown(instants) + days * DAY)

    def months_after(self, instants: Any, months: int) -> Any:
        """So many months after each, at the same time of day; a day that the month lacks is its last."""
        shown = self.shown(instants)
        days = (shown // DAY).astype("datetime64[D]")
        month = days.astype("datetime64[M]")
        later = month + months
        length = (later + 1).astype("datetime64[D]") - later.astype("datetime64[D]")
        within = np.minimum(days - month.astype("datetime64[D]"), length - 1)
        return self._instants((later.astype("datetime64[D]") + within).astype(np.int64) * DAY + shown % DAY)

    def _instants(self, shown: Any) -> Any:
        """The first instant at which the clocks show each time, or a later one where they skip it."""
        at = np.searchsorted(self._ends, shown, side="right")
        found = shown - self._ahead[at]
        if not len(self._since):
            return found
        return np.where(at > 0, np.maximum(found, self._since[np.maximum(at, 1) - 1]), found)
