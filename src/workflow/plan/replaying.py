"""From a checked escalation to the kernel that replays it, and to the numbers by which that knows states and events."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflow.checks import guards
from workflow.checks.builtin import MIGRATED
from workflow.checks.calculated import EventType
from workflow.checks.cases import (
    CheckedClock,
    CheckedEscalation,
    CheckedMoment,
    CheckedMove,
    CheckedState,
    CheckedTimer,
)
from workflow.plan import machines
from workflow.plan.machines import Clock, Era, Migration, Move, Replay, Target, Timer
from workflow.plan.occasions import instant
from workflow.worktime.clocks import EPOCH, MICROSECOND, wall_clocks
from workflow.worktime.spans import work_time

FAR = datetime.date(9880, 1, 1)
"""No changes of clocks are looked for so far ahead that dates end."""
LONGEST_WAIT = datetime.timedelta(days=366 * 110)
"""So far after the last day the changes of clocks are looked for: what is due later has no day."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A policy as a kernel knows it: numbers, from 1, of its types of events and of the conditions asked of them.

    Cases go by the version that is in force when they begin, so all of `versions` are in it, in the order of their
    days; states, moves, timers and clocks are numbered version after version.
    """

    versions: tuple[CheckedEscalation, ...]
    types: Mapping[str, EventType]
    asked: tuple[guards.Asked, ...]
    askers: Mapping[guards.Asked, tuple[str, ...]]

    @property
    def states(self) -> tuple[tuple[CheckedEscalation, CheckedState], ...]:
        """The states, each with its version, in the order of their numbers."""
        return tuple((version, each) for version in self.versions for each in version.states)

    @property
    def moves(self) -> tuple[tuple[CheckedEscalation, CheckedMove], ...]:
        """The moves likewise."""
        return tuple((version, each) for version in self.versions for each in version.moves)

    @property
    def timers(self) -> tuple[tuple[CheckedEscalation, CheckedTimer], ...]:
        """The timers likewise."""
        return tuple((version, each) for version in self.versions for each in version.timers)

    @property
    def clocks(self) -> tuple[tuple[CheckedEscalation, CheckedClock], ...]:
        """The clocks likewise."""
        return tuple((version, each) for version in self.versions for each in version.clocks)

    @property
    def moments(self) -> tuple[CheckedMoment, ...]:
        """The days and times from which timers count, in the order of their numbers."""
        return tuple(dict.fromkeys(each.moment for _, each in self.timers if each.moment is not None))

    @property
    def handing(self) -> Mapping[str, tuple[CheckedEscalation, ...]]:
        """The types of events that hand cases over, each with the versions in whose cases it does."""
        names = dict.fromkeys(each.handed.name for each in self.versions if each.handed is not None)
        return {
            name: tuple(each for each in self.versions if each.handed is not None and each.handed.name == name)
            for name in names
        }

    def kind(self, event: str) -> int:
        """The number of a type of event; that with which a case begins is 1."""
        return list(self.types).index(event) + 1

    def state(self, version: CheckedEscalation, name: str | None) -> int:
        """The number of a state of a version; 0 for none."""
        if name is None:
            return 0
        return next(at for at, (of, each) in enumerate(self.states, 1) if of is version and each.name == name)

    def clock(self, version: CheckedEscalation, name: str | None) -> int:
        """The number of a clock of a version; 0 for none."""
        if name is None:
            return 0
        return next(at for at, (of, each) in enumerate(self.clocks, 1) if of is version and each.name == name)

    def kernel(self, until: datetime.datetime) -> Replay:
        """The kernel that replays what happens up to an instant, in UTC without a zone."""
        zone, since = self.versions[0].zone, self.versions[0].since
        moves = tuple(
            Move(self.state(of, each.state), self.kind(each.event), self.state(of, each.to), self._guard(each.guard))
            for of, each in self.moves
        )
        timers = tuple(
            Timer(
                state=self.state(of, each.state),
                after=each.after,
                to=self.state(of, each.to),
                guard=self._guard(each.guard),
                since=self.kind(each.since) if each.since is not None else 0,
                moment=self.moments.index(each.moment) + 1 if each.moment is not None else 0,
                every=each.every,
                most=each.most,
                by_day=each.moment is not None and each.moment.by_day,
                punctual=each.moment is not None and each.moment.column is None,
            )
            for of, each in self.timers
        )
        return Replay(
            states=len(self.states),
            final=tuple(self.state(each, name) for each in self.versions for name in each.final),
            begins=1,
            until=_micros(until),
            moves=moves,
            timers=timers,
            clocks=tuple(self._clock(of, each) for of, each in self.clocks),
            eras=tuple(map(self._era, self.versions)),
            migrates=self.kind(MIGRATED) if MIGRATED in self.types else 0,
            migrations=tuple(self.migrations()),
            conditions=len(self.asked),
            moments=len(self.moments),
            wall=wall_clocks(zone, since, min(until.date(), FAR) + LONGEST_WAIT),
        )

    def _era(self, version: CheckedEscalation) -> Era:
        """The cases that go by a version."""
        calendar, zone, last = version.calendar, version.zone, version.begun[1]
        return Era(
            since=_micros(instant(version.since - datetime.timedelta(days=1), zone)) + 1,
            state=self.state(version, version.states[0].name),
            through=_micros(instant(last, zone)),
            first=version.first,
            time=work_time(calendar, zone) if calendar is not None else None,
        )

    def migrations(self) -> Iterator[Migration]:
        """The ways from one version to another."""
        for to in self.versions:
            way = to.migrates
            for old in (each for each in self.versions if way is not None and each.version == way.since):
                assert way is not None, "asked before"
                states = ((self.state(old, one), self.state(to, other)) for one, other in way.states.items())
                clocks = {self.clock(old, one): self.clock(to, other) for one, other in way.clocks.items()}
                eras = self.versions.index(old) + 1, self.versions.index(to) + 1
                yield Migration(*eras, tuple(states), tuple(sorted(clocks.items())))

    def _clock(self, version: CheckedEscalation, clock: CheckedClock) -> Clock:
        kinds = (clock.starts, clock.stops, clock.holds, clock.releases, clock.resets, clock.asks)
        starts, stops, holds, releases, resets, asks = (tuple(map(self.kind, each)) for each in kinds)
        return Clock(
            working=clock.working,
            targets=tuple(Target(each.within, self._guard(each.guard)) for each in clock.targets),
            starts=starts,
            stops_in=tuple(self.state(version, name) for name in clock.stops_in),
            stops=stops,
            paused_in=tuple(self.state(version, each.name) for each in version.states if clock.name in each.pauses),
            holds=holds,
            releases=releases,
            resets=resets,
            asks=asks,
            restarts=clock.restarts,
            warn=clock.warn,
            era=self.versions.index(version) + 1,
        )

    def _guard(self, guard: guards.Guard | None) -> machines.Guard | None:
        match guard:
            case None:
                return None
            case guards.Asked():
                return machines.Truth(self.asked.index(guard) + 1, guard.of)
            case guards.Counted(event=event, limit=limit, least=least):
                return machines.Counted(self.kind(event), limit, least)
            case guards.Not(of=of):
                return machines.Not(self._all((of,))[0])
            case guards.Both(of=parts):
                return machines.Both(self._all(parts))
            case guards.Either(of=parts):
                return machines.Either(self._all(parts))

    def _all(self, parts: Sequence[guards.Guard]) -> tuple[machines.Guard, ...]:
        return tuple(each for each in map(self._guard, parts) if each is not None)


def machine_of(
    policy: CheckedEscalation, last: datetime.date = datetime.date.max, migrated: EventType | None = None
) -> Machine:
    """The numbers of a policy's machine, of all versions by which a case has begun up to a day, or might have.

    Args:
        policy: the escalation, with its other versions.
        last: the day.
        migrated: the type of events that take cases to another version, if any is recorded.
    """
    started = [each for each in policy.versions if each.since <= last and each.begun[0] <= each.begun[1]]
    versions = tuple(sorted(started or [policy], key=lambda each: each.since))
    askers: dict[guards.Asked, dict[str, None]] = {}
    for guard, event in (each for version in versions for each in _guards(version)):
        for asked in _asked(guard):
            askers.setdefault(asked, {})[event if asked.of == "event" else policy.begins.name] = None
    types = {name: event for version in versions for name, event in version.types.items()}
    types |= {MIGRATED: migrated} if migrated is not None else {}
    return Machine(versions, types, tuple(askers), {asked: tuple(events) for asked, events in askers.items()})


def _micros(moment: datetime.datetime) -> int:
    """An instant in UTC without a zone in microseconds."""
    return (moment.replace(tzinfo=datetime.UTC) - EPOCH) // MICROSECOND


def _guards(policy: CheckedEscalation) -> Iterator[tuple[guards.Guard | None, str]]:
    """Every condition, with the type of event that it is asked of."""
    yield from ((move.guard, move.event) for move in policy.moves)
    yield from ((timer.guard, policy.begins.name) for timer in policy.timers)
    yield from ((target.guard, policy.begins.name) for clock in policy.clocks for target in clock.targets)


def _asked(guard: guards.Guard | None) -> Iterator[guards.Asked]:
    match guard:
        case guards.Asked():
            yield guard
        case guards.Not(of=of):
            yield from _asked(of)
        case guards.Both(of=parts) | guards.Either(of=parts):
            for each in parts:
                yield from _asked(each)
        case _:
            return
