"""One case taken through its machine with everything seen: what was asked at each happening, and how the case stood
after it. The steps are those of the replay; nothing here decides any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workflow.plan.machines import UNDECIDED, Guard, Replay, Timer
from workflow.run.reference.cases import Numbers, machine_of
from workflow.run.reference.machines import Asker, Group, Step


@dataclass(frozen=True, slots=True)
class Asking:
    """A guard that was asked: of a move, of a timer, or of row `row` of the targets of a clock; the `number` of that,
    what it came to (None: unknown), and how often each kind of event had come by then.
    """

    of: Asker
    number: int
    row: int
    held: bool | None
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Showing:
    """What a clock shows: how much it has consumed, its target if it has one, and whether it runs."""

    number: int
    consumed: int
    target: int | None
    runs: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, or one thing that was due, with the steps that it made.

    `event` and `begin` are the rows of the newest event and of the case's first, None before any. `asked` are the
    guards in their order, `begun` the timers that began and when they are due, `clocks` those that have started and
    not stopped, as they show afterwards. An instant that the calendar doesn't know is None.
    """

    steps: tuple[Step, ...]
    event: Numbers | None
    begin: Numbers | None
    asked: tuple[Asking, ...]
    begun: Mapping[int, int | None]
    clocks: tuple[Showing, ...]


def stepped(kernel: Replay, rows: Sequence[Numbers]) -> tuple[Happening, ...]:
    """What happens to one group, whose events are in their order; at last, what is pending and what clocks show."""
    group = _Watched(kernel, machine_of(kernel))
    group.replay(rows)
    return tuple(group.happenings)


class _Watched(Group):
    """A group that is watched while it is replayed."""

    happenings: list[Happening]
    told: int
    """So many steps have been told of in `happenings`."""
    asked: list[Asking]
    begun: dict[int, int | None]
    begin: Numbers | None = None
    row: Numbers | None = None

    def replay(self, rows: Sequence[Numbers]) -> None:
        self.happenings, self.told, self.asked, self.begun = [], 0, [], {}
        super().replay(rows)

    def event(self, row: Numbers) -> None:
        self.row = row
        before = self.run
        super().event(row)
        self.begin = row if self.run > before else self.begin
        self._close(row["instant"])

    def due(self, what: Callable[[int], None], instant: int) -> None:
        super().due(what, instant)
        self._close(instant)

    def pending(self) -> None:
        super().pending()
        self._close(self.kernel.until)

    def holds(self, _of: Asker, _number: int, guard: Guard | None, _row: int = 0) -> bool | None:
        held = super().holds(_of, _number, guard, _row)
        if guard is not None:
            self.asked.append(Asking(_of, _number, _row, held, dict(self._case.counts)))
        return held

    def _begin_timer(self, number: int, timer: Timer, now: int) -> None:
        super()._begin_timer(number, timer, now)
        if number in self._case.timers:
            self.begun[number] = self._case.timers[number].due

    def _close(self, now: int) -> None:
        """What has happened since the last one; nothing where no step was made."""
        if len(self.steps) > self.told:
            seen = (tuple(self.asked), dict(self.begun), tuple(self._shown(now)))
            self.happenings.append(Happening(tuple(self.steps[self.told :]), self.row, self.begin, *seen))
            self.told = len(self.steps)
        self.asked, self.begun = [], {}

    def _shown(self, now: int) -> list[Showing]:
        if self.case is None or self.failed:
            return []
        pairs = zip(self.kernel.clocks, self.case.clocks, strict=True)
        return [
            Showing(number, self.case.used(clock, ticking, now), _known(ticking.target), ticking.since is not None)
            for number, (clock, ticking) in enumerate(pairs, 1)
            if ticking.started
        ]


def _known(target: int | None) -> int | None:
    return None if target == UNDECIDED else target
