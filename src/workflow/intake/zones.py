"""Local times and instants of a zone, vectorised: the one place that knows when clocks change.

The changes come from `zoneinfo`, as everywhere in the project, so that no two rooms can disagree; DuckDB's own zone
data are not asked.
"""

from __future__ import annotations

import bisect
import datetime
import functools
import itertools
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    from numpy.typing import NDArray

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years of instants that can be recorded; a time outside of them is a slip of the pen."""

SKIPPED = -(1 << 62)
"""Stands for the instant of a local time that clocks skip."""
TWICE = SKIPPED + 1
"""Stands for the instant of a local time that clocks show twice."""

_DAY = 86_400_000_000
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 instants are UTC without zone, by contract
_SECOND = datetime.timedelta(seconds=1)
_MICROSECOND = datetime.timedelta(microseconds=1)
_ABOUT = 3
"""Years before and behind a run's own whose changes of clocks are written into SQL."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone's changes: `at` their instants, `offsets` what holds before the first and from each on; microseconds."""

    at: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def utc(self, local: NDArray[np.int64]) -> NDArray[np.int64]:
        """The instants of local times, both in microseconds since 1970; SKIPPED or TWICE where there isn't just one."""
        import numpy as np

        steady = self._steady(local)
        if steady is not None:
            return local - steady
        early, late = self._places(local)
        change = np.maximum(late, early) - 1
        forward = self.offsets[change + 1] > self.offsets[change]
        return np.where(early == late, local - self.offsets[early], np.where(forward, SKIPPED, TWICE))

    def end_of_day(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """The last microsecond of days (since 1970) as an instant, whatever the clocks do at midnight."""
        import numpy as np

        local = (days + 1) * _DAY - 1
        early, late = self._places(local)
        change = np.maximum(late, early) - 1
        forward = self.offsets[change + 1] > self.offsets[change]
        skipped = (early != late) & forward
        last = local - self.offsets[np.maximum(early, late)]
        return np.where(skipped, self._changed(change) - 1, last)

    def day(self, utc: NDArray[np.int64]) -> NDArray[np.int64]:
        """The local days (since 1970) of instants."""
        import numpy as np

        steady = self._steady(utc)
        if steady is not None:
            return (utc + steady) // _DAY
        return (utc + self.offsets[np.searchsorted(self.at, utc, side="right")]) // _DAY

    def _steady(self, times: NDArray[np.int64]) -> np.int64 | None:
        """The offset that holds at all these times, local or UTC, and a day before and behind them; None if none does.

        No offset reaches a day, so it doesn't matter which of the two they are.
        """
        import numpy as np

        if not len(times):
            return None
        first, last = np.searchsorted(self.at, (times.min() - _DAY, times.max() + _DAY))
        return np.int64(self.offsets[first]) if first == last else None

    def _places(self, local: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many changes certainly precede a local time, and how many may: unequal in a gap and in an overlap."""
        import numpy as np

        before, after = self.offsets[:-1], self.offsets[1:]
        early = np.searchsorted(self.at + np.maximum(before, after), local, side="right")
        late = np.searchsorted(self.at + np.minimum(before, after), local, side="right")
        return early, late

    def _changed(self, change: NDArray[np.int64]) -> NDArray[np.int64]:
        import numpy as np

        return self.at[np.maximum(change, 0)] if len(self.at) else np.zeros_like(change)


@functools.cache
def zone(name: str) -> Zone:
    """The zone of an IANA name, from two days before FIRST_YEAR to two days after LAST_YEAR.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: no such zone; the checker has looked before.
    """
    import numpy as np

    info = zoneinfo.ZoneInfo(name)

    def offset(second: int) -> int:
        utc = _EPOCH + datetime.timedelta(seconds=second)
        return (info.fromutc(utc.replace(tzinfo=info)).replace(tzinfo=None) - utc) // _SECOND

    at: list[int] = []
    offsets: list[int] = []
    for noon, seconds in _noons(info):
        if offsets and offsets[-1] != seconds:
            # Two days, because a whole day may have been skipped, and its noon with it.
            stretch = range(noon - 2 * 86_400 - offsets[-1], noon - seconds + 1)
            at.append(stretch[bisect.bisect_left(stretch, 1, key=lambda s: int(offset(s) != offsets[-1]))])
        if not offsets or offsets[-1] != seconds:
            offsets.append(seconds)
    return Zone(np.array(at, np.int64) * 1_000_000, np.array(offsets, np.int64) * 1_000_000)


def _noons(info: zoneinfo.ZoneInfo) -> Iterator[tuple[int, int]]:
    """Each day's noon, in local seconds since 1970, and the zone's offset then; clocks are never changed at noon."""
    noon = datetime.datetime(FIRST_YEAR - 1, 12, 30, 12)  # noqa: DTZ001 a local time
    last = datetime.datetime(LAST_YEAR + 1, 1, 3)  # noqa: DTZ001 a local time
    second, day = (noon - _EPOCH) // _SECOND, datetime.timedelta(days=1)
    while noon < last:
        there = info.utcoffset(noon)
        assert there is not None
        yield second, there // _SECOND
        noon, second = noon + day, second + 86_400


def install(connection: duckdb.DuckDBPyConnection, names: Sequence[str], year: int) -> None:
    """Give the connection `utc_I(local)`, `end_of_day_I(day)` and `day_I(utc)`, BIGINT to BIGINT, for the I-th zone.

    They are SQL about `year`, between changes of the clocks; all else is asked of the zone. The functions live as long
    as the connection, which must be closed.
    """
    from duckdb.func import PythonUDFType

    for index, name in enumerate(names):
        place = zone(name)
        for function, method in (("utc", place.utc), ("end_of_day", place.end_of_day), ("day", place.day)):
            connection.create_function(
                f"{'' if function == 'end_of_day' else 'any_'}{function}_{index}",
                functools.partial(_on_arrow, method),
                ["BIGINT"],
                "BIGINT",
                type=PythonUDFType.ARROW,
            )
        for macro in _macros(index, list(_near(place, year))):
            connection.execute(macro)


def _macros(index: int, near: Sequence[tuple[int, int, int]]) -> Iterator[str]:
    """The functions of one zone as SQL: by the stretches that are near, and by the zone where none holds the time.

    No offset reaches a day, so a local time that is a day away from both ends of a stretch is within it.
    """
    utc = [f"WHEN t >= {first + _DAY} AND t < {behind - _DAY} THEN t - {offset}" for first, behind, offset in near]
    day = [f"WHEN t >= {first} AND t < {behind} THEN (t + {offset}) // {_DAY}" for first, behind, offset in near]
    for function, cases in (("utc", utc), ("day", day)):
        otherwise = f"any_{function}_{index}(t)"
        body = f"CASE {' '.join(cases)} ELSE {otherwise} END" if cases else otherwise
        yield f"CREATE TEMP MACRO {function}_{index}(t) AS {body}"


def _near(place: Zone, year: int) -> Iterator[tuple[int, int, int]]:
    """The stretches about a year within which clocks don't change: first instant, the one behind, offset.

    None begins before 1970, so that nothing negative is divided.
    """
    begin, end = (
        (datetime.datetime(each, 1, 2) - _EPOCH) // _MICROSECOND  # noqa: DTZ001 UTC without zone, by contract
        for each in (max(year - _ABOUT, 1970), max(year + _ABOUT, 1970))
    )
    borders = [begin, *(int(at) for at in place.at if begin < at < end), end]
    for first, behind in itertools.pairwise(borders):
        yield first, behind, int(place.offsets[int((place.at <= first).sum())])


def _on_arrow(method: Any, column: Any) -> Any:
    """`method` over an Arrow column; DuckDB itself keeps what is missing missing."""
    import pyarrow as pa

    return pa.array(method(column.fill_null(0).to_numpy()))
