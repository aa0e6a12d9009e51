"""The kernel of escalations: a state machine with timers and clocks, replayed over the recorded events of each case.

Like every kernel it knows nothing but numbers: states, kinds of events, truths, instants and lengths of time in
microseconds. States and kinds of events count from 1; 0 is none. What the numbers mean to an author, the lowering of
the policy keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Literal

from workflow.worktime.clocks import UTC, WallClocks
from workflow.worktime.lengths import Length
from workflow.worktime.spans import WorkTime

UNKNOWN = -1
"""What is missing, or isn't known."""
FOREVER = 2**63 - 1
"""An instant after all others."""
UNDECIDED = -2
"""The target of a clock of which an unknown guard would decide."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition decided in a column before: of the event that is looked at, or of the one with which the case
    began.
    """

    number: int
    of: Literal["event", "begin"] = "event"


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether the case has had so many events of a kind so far, this one included: at least, or at most."""

    kind: int
    limit: int
    least: bool


@dataclass(frozen=True, slots=True)
class Both:
    """All of these hold."""

    of: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these holds."""

    of: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It doesn't hold."""

    of: Guard


Guard = Truth | Counted | Both | Either | Not


@dataclass(frozen=True, slots=True)
class Move:
    """From a state to another when an event of a kind comes; `to` 0 stays, which leaves nothing."""

    state: int
    kind: int
    to: int
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """What happens in a state after a time, unless the case has left it: it goes `to` another, or stays there (0).

    The time begins with the entry, or with the newest event of kind `since`, or at the newest instant number `moment`
    that an event of the case has told (numbers from 1). Without such an event it doesn't run; what would be due before
    the entry is due then, or if `punctual` not at all. `by_day` means that the moment is a day, counted from
    1970-01-01, and that the time begins with the last instant of that day by the clocks on the wall. It fires again
    each time after `every` so long, counted from the first, at most `most` times in all (0: without end); without
    `every` once.
    """

    state: int
    after: Length
    to: int = 0
    guard: Guard | None = None
    since: int = 0
    moment: int = 0
    every: Length | None = None
    most: int = 0
    by_day: bool = False
    punctual: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """How long a clock may run where the guard holds."""

    within: int
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something takes, beside the states: in working time or as it elapses, in microseconds.

    It is one of the cases of an era. It starts with an event of `starts`, is held in the states `paused_in` and from an
    event of `holds` to one of `releases`, and stops on entering a state of `stops_in` or with an event of `stops`.
    Where the state in which it stopped is left, it goes on; or begins anew, which asks its target again, if it
    `restarts`. An event of `resets` begins it anew too; one of `asks` asks its target again and keeps what it has
    consumed. `warn` is a share of the target.
    """

    working: bool
    targets: tuple[Target, ...]
    starts: tuple[int, ...]
    stops_in: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()
    paused_in: tuple[int, ...] = ()
    holds: tuple[int, ...] = ()
    releases: tuple[int, ...] = ()
    resets: tuple[int, ...] = ()
    asks: tuple[int, ...] = ()
    restarts: bool = False
    warn: tuple[int, int] | None = None
    era: int = 1


@dataclass(frozen=True, slots=True)
class Era:
    """The cases that begin from an instant on, `through` another or until the next era: by which machine they go,
    whatever comes later.

    They begin in `state`; the states of an era are those from that one on, up to the one in which the next begins. If
    several moves are possible at once, it is the first if `first`, else the case fails. `time` counts its working time.
    """

    since: int = 0
    state: int = 1
    through: int = FOREVER
    first: bool = False
    time: WorkTime | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """How a case goes over from one era to another: of each open state of the first the one that it becomes, and of
    each clock likewise; 0 stops it.
    """

    era: int
    to: int
    states: tuple[tuple[int, int], ...]
    clocks: tuple[tuple[int, int], ...] = ()


class Went(IntEnum):
    """What a step of a case is."""

    BEGAN = 1
    """The case began with this event."""
    MOVED = 2
    """A move's event came, and its guard holds."""
    STAYED = 3
    """The same of a move that stays."""
    REFUSED = 4
    """Moves on this event there are, and no guard holds."""
    UNMOVED = 5
    """No move here is on this event."""
    DOUBTED = 6
    """Whether a guard holds is unknown, so nothing moved: of a move, or of a timer that was due."""
    FIRED = 7
    """A timer was due."""
    WAIVED = 8
    """A timer was due, and its guard doesn't hold."""
    CANCELLED = 9
    """Its state was left before a timer was due."""
    PENDING = 10
    """A timer is still to come."""
    STARTED = 11
    """A clock starts, or starts anew."""
    HELD = 12
    """A clock doesn't run for now."""
    RESUMED = 13
    """It runs again."""
    STOPPED = 14
    """It has come to its end."""
    ASKED = 15
    """Its target was asked again."""
    WARNED = 16
    """It has come to a share of its target."""
    BREACHED = 17
    """It has come to its target."""
    EARLY = 18
    """An event before the first that begins the case."""
    LATE = 19
    """An event after the case has ended."""
    AMBIGUOUS = 20
    """Two moves are possible at once: the run can't go on."""
    RAN_AWAY = 21
    """Timers fire again and again, with no event and no time in between, or too often: the run can't go on."""
    BEYOND = 22
    """Something needs a day that the calendar doesn't know: the run can't go on. Clocks are told after the timers."""

    SHOWN = 23
    """What a clock has consumed by the end of the replay, of a case that is open."""
    SET = 24
    """A timer runs whose time begins with a moment that an event has told."""
    MIGRATED = 25
    """From now on the case goes by another era."""
    ALREADY_THERE = 26
    """It was to migrate, and goes by that era already."""
    NO_VERSION = 27
    """It was to migrate to an era that there isn't, or that hasn't begun yet."""
    NO_MAPPING = 28
    """It was to migrate to an era to which nothing leads from its own."""


FAILURES = (Went.AMBIGUOUS, Went.RAN_AWAY, Went.BEYOND)
"""The steps with which a case ends because nothing sure can be said of it any more."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The steps of cases; it gives rows of its own, any number for each group.

    A case begins with an event of kind `begins`, in the era of that instant and in its state, and ends in one of
    `final`; another event of that kind then begins it anew, as its next run. At an instant of no era no case begins;
    while one is open, an event of that kind is like any other. Instants up to
    `until` count. Where, without an event in between, more than `most_firings` timers fire, or more than `most_at_once`
    at one instant, the case fails.

    Of a group's rows, in their order, each is an event. Inputs: `event`, its number; `instant`, `kind`; and `truth.N`
    and `moment.N`, which may be missing. Between two events, and until `until` after the last, what is due happens in
    the order of its instants; of what is due at one instant clocks come before timers, each in its order here, a
    warning before its breach; all that is due at an event's instant comes before that event.

    *An event.* If no case is open it begins one, or is told as early or late. Then it counts, is the newest of its
    kind, and tells its moments; timers of the state whose time begins with these begin anew. It starts, resets, holds,
    releases, asks and stops clocks, in that order and clock after clock. Then it moves: of the moves from this state on
    this kind the one whose guard holds. If several hold, it is the first if the era says so, else the case fails. If
    none holds, or one that might take its place is unknown, nothing moves. An event that begins a case enters its state
    before all that, and makes no move.

    *A migration* is an event of kind `migrates`. Its further input `era` is the number of the era that it names,
    missing where that is the newest by now. If `migrations` lead there, the case is in the
    state that its own becomes; the timers that still run are cancelled, and those of the new state begin to run.
    Then clock after clock becomes another, or stops: it keeps what it has consumed, whether it runs, whether it has
    warned and breached, and an event's hold where there are such events still; its target is asked again; and then
    the new state does to it what entering it does. Clocks that nothing becomes aren't started. Such an event makes
    no move.

    *A move to another state, or to the same one:* the timers that still run are cancelled, in their order; then the
    state is entered: its timers begin to run; clocks that stop in it stop; those that had stopped in the one before go
    on, or begin anew; those paused in it are held, and those no longer paused run again. In a final state all clocks
    stop and no timer runs.

    *A clock* that starts asks its target: the first whose guard holds, none if all are false; if a guard on the way is
    unknown, the target is undecided, and can't be breached. It warns and breaches at the first instants by which it has
    consumed the share, and the whole, of its target, each at most once until it begins anew.

    Where working time is asked for a day that the era's `time` doesn't know, the case fails, unless that lies after
    `until`.

    Outputs: `turn`, the number of the step in its group, from 1; `run` of the group (from 1; 0 before the first);
    `went`; `event`, the number of the one it follows from (of what was due that of the one before); `instant`; `day`,
    that the clocks on the wall show then; `item`, the move, timer or clock, counted from 1 in its tuple (0 where none);
    `state` before and `to` after it; `consumed` (of clocks: so long by then; else UNKNOWN); and `due` (of timers when
    it is or would have been due, of clocks the target, which may be UNDECIDED; UNKNOWN where there
    is none, or no day for it). What is pending at `until` is told last, in order of timers, and then what clocks show.
    """

    of_its_own: ClassVar[bool] = True
    states: int
    final: tuple[int, ...]
    begins: int
    until: int
    moves: tuple[Move, ...]
    timers: tuple[Timer, ...] = ()
    clocks: tuple[Clock, ...] = ()
    eras: tuple[Era, ...] = (Era(),)
    migrates: int = 0
    migrations: tuple[Migration, ...] = ()
    most_firings: int = 10_000
    conditions: int = 0
    moments: int = 0
    wall: WallClocks = UTC

    @property
    def most_at_once(self) -> int:
        """So many timers can fire at one instant in a case that comes to rest: each so often as it says, or once. One
        that fires again there finds all as it was, so it would fire for ever.
        """
        return sum(max(each.most, 1) for each in self.timers)

    def era_of(self, state: int) -> int:
        """The number of the era that has a state, from 1."""
        return max(number for number, each in enumerate(self.eras, 1) if each.state <= state)

    def era_at(self, instant: int) -> int:
        """The number of the newest era at an instant, the first before that."""
        return max((number for number, each in enumerate(self.eras, 1) if each.since <= instant), default=1)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs, in order."""
        return ("event", "instant", "kind", *self.open)

    @property
    def wide(self) -> tuple[str, ...]:
        """The inputs and outputs that are instants or lengths of time."""
        return ("instant", "consumed", "due", *self.told)

    @property
    def truths(self) -> tuple[str, ...]:
        """The inputs that are truths."""
        return tuple(f"truth.{number}" for number in range(1, self.conditions + 1))

    @property
    def open(self) -> tuple[str, ...]:
        """The inputs that may be missing."""
        return (*(("era",) if self.migrates else ()), *self.truths, *self.told)

    @property
    def told(self) -> tuple[str, ...]:
        """The inputs that are moments of which an event tells."""
        return tuple(f"moment.{number}" for number in range(1, self.moments + 1))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of its outputs, in order."""
        return ("turn", "run", "went", "event", "instant", "day", "item", "state", "to", "consumed", "due")
