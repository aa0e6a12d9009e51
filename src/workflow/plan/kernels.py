"""Kernels of `Fold`: what is decided row after row of a group, because each row needs what the one before it came to.

A kernel knows nothing but integers: a truth is 1 or 0; what is missing is UNKNOWN. All that is compared, money above
all, has been compared in columns before. A kernel names its inputs and its outputs, and which of them are `wide`:
instants and lengths of time in microseconds. It gives one row for each row, or rows `of_its_own`. To add one: its class
here or beside, its meaning in `run.reference`, its arrays in `run`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from workflow.plan.machines import UNKNOWN as UNKNOWN  # noqa: PLC0414 whoever looks for kernels finds it here
from workflow.plan.machines import Replay
from workflow.worktime.spans import WorkTime


class Standing(IntEnum):
    """Why somebody has the tier that he has after a row."""

    UNDECIDED = 0
    """None yet, and an unknown input would decide which."""
    ENTERED = 1
    """Its `enter` holds, and he had none or a lower one."""
    STAYED = 2
    """He has it still."""
    IN_GRACE = 3
    """It would fall, and waits."""
    FELL = 4
    """He fell to it."""
    UNCONFIRMED = 5
    """Whether he keeps it is unknown, so he does."""
    SET = 6
    """Somebody has set it."""
    PROTECTED = 7
    """It would fall, and he is new."""
    HELD = 8
    """It would fall, and holds until a day that is still to come."""
    UNDONE = 9
    """A rise of the same period is taken back."""
    WAITS = 10
    """It would fall; that is decided with the end of the period."""


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """Tiers with a threshold to enter and another to stay, 1 the best, `tiers` the lowest, 0 none.

    A row is a period. Inputs, in this order: `turn`, the number of the period; `until`, the number of the last period
    for which a tier that begins with this one is held, UNKNOWN if for none; `set`, the tier that somebody has set for
    the day after the period, 0 or UNKNOWN where nobody has; `enter.N`, then `stay.N`, for each tier but the lowest,
    whose conditions always hold; and, where it `resumes`, the outputs `tier`, `earned`, `below`, `since`, `until` and
    `first` of the period before the group's first row, as `resumed.NAME`, all 0 or UNKNOWN where there was none.

    Of a row, *best* is the best tier whose `enter` holds, or whose `stay` holds and which is the present one or lower.
    If that is higher than the present one, or there is no present one and `enter` alone is asked, he takes it; if it is
    the present one, he stays. If it is lower, the tier would fall. It does not for the first `protect` periods
    after the one with which he first had any, nor until `until` is past; else each such period counts: while they are
    not more than `grace` he is in grace, then he falls to the best, but by at most `most` tiers (0: as far as that is),
    and the count begins anew. It also does where he stays or rises.

    Where an unknown condition decides which of this happens, the tier and the count stay as they are. A tier that is
    set takes the place of the earned one, which goes on beside it. A period without a row ends all: after it he has no
    tier.

    With `at_events` a row is a period's end or, before it, a day of the period. Two inputs follow `turn`: `day`, the
    number of the day from which what the row decides holds, and `ends`, whether it is the period's end. `until` and
    `since` are such numbers too: a fall whose day isn't after `until` is held; none is where it is UNKNOWN. A rise is
    at once. What one had as the period began is what only the period's end takes: on a day before it, who has grace,
    is new, or is held goes back to that tier at most, so that a rise of the same period is undone; anybody else falls
    at once. All falls of a period together go down by at most `most` tiers from there, and `below` counts at its end
    only. Who had none as the period began goes back to the best.

    Outputs: `tier` (the set or earned one), `before` (that of the period before, 0 in a group's first; with `resumes`
    the one that is resumed there), `earned`, `standing`, `below` (how many periods count), `since` (the period with
    which the earned tier began), `until` (the period through which it is held) and `first` (the one with which he
    first had any).
    """

    of_its_own: ClassVar[bool] = False
    wide: ClassVar[tuple[str, ...]] = ()

    tiers: int
    grace: int = 0
    most: int = 0
    protect: int = 0
    resumes: bool = False
    at_events: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs, in order."""
        when = ("turn", "day", "ends") if self.at_events else ("turn",)
        return (*when, "until", "set", *self.truths, *self.resumed)

    @property
    def resumed(self) -> tuple[str, ...]:
        """The inputs that tell of the period before the first row."""
        return tuple(f"resumed.{name}" for name in ("tier", *self.carried)) if self.resumes else ()

    @property
    def open(self) -> tuple[str, ...]:
        """The inputs that may be missing."""
        return ("until", "set", *self.truths, *self.resumed)

    @property
    def truths(self) -> tuple[str, ...]:
        """The inputs that are truths."""
        return tuple(f"{word}.{tier}" for word in ("enter", "stay") for tier in range(1, self.tiers))

    @property
    def carried(self) -> tuple[str, ...]:
        """The outputs that the next row needs."""
        return ("earned", "below", "since", "until", "first")

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of its outputs, in order."""
        return ("tier", "before", "standing", *self.carried)


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """How much working time lies between two instants of a row, and when a limit of it has passed; row for row.

    Inputs: `since` and `until`, instants, the later one last, or UNKNOWN. Outputs: `length`, the working time from one
    to the other; and `due`, the first instant, from `since` on, by which `limit` has passed. Both are UNKNOWN where
    they need an instant that is missing, or a day that `time` doesn't know.
    """

    of_its_own: ClassVar[bool] = False
    inputs: ClassVar[tuple[str, ...]] = ("since", "until")
    open: ClassVar[tuple[str, ...]] = inputs
    truths: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[tuple[str, ...]] = ("length", "due")
    wide: ClassVar[tuple[str, ...]] = (*inputs, *outputs)

    time: WorkTime
    limit: int = 0


Kernel = Hysteresis | Replay | Stopwatch
"""Every kernel there is."""
