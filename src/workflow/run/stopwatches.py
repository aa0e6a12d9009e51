"""Working time between instants over arrays: what `run.reference.folds` says of a stopwatch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflow.plan.kernels import UNKNOWN, Stopwatch

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def timed(kernel: Stopwatch, given: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """The outputs of a stopwatch."""
    import numpy as np

    from workflow.worktime.bulk import UNKNOWN as NOT_KNOWN
    from workflow.worktime.bulk import WorkTimes

    times, since, until = WorkTimes(kernel.time), given["since"], given["until"]
    length, due = times.between(since, until), times.after(since, np.full(len(since), kernel.limit, np.int64))
    length = np.where((since == UNKNOWN) | (until == UNKNOWN), NOT_KNOWN, length)
    due = np.where(since == UNKNOWN, NOT_KNOWN, due)
    told = {"length": length, "due": due}
    return {word: np.where(column == NOT_KNOWN, UNKNOWN, column) for word, column in told.items()}
