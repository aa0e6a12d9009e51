"""From a checked escalation to the kernel that replays it, and to the numbers by which that knows states and events."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflow.checks import guards
from workflow.checks.cases import CheckedClock, CheckedEscalation
from workflow.plan import machines
from workflow.plan.machines import Clock, Move, Replay, Target, Timer
from workflow.worktime.clocks import EPOCH, MICROSECOND, wall_clocks
from workflow.worktime.spans import work_time

FAR = datetime.date(9880, 1, 1)
"""No changes of clocks are looked for so far ahead that dates end."""
LONGEST_WAIT = datetime.timedelta(days=366 * 110)
"""So far after the last day the changes of clocks are looked for: what is due later has no day."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A policy as a kernel knows it: numbers, from 1, of its types of events and of the conditions asked of them."""

    policy: CheckedEscalation
    asked: tuple[guards.Asked, ...]
    askers: Mapping[guards.Asked, tuple[str, ...]]

    def kind(self, event: str) -> int:
        """The number of a type of event; that with which a case begins is 1."""
        return list(self.policy.types).index(event) + 1

    def state(self, name: str | None) -> int:
        """The number of a state; 0 for none."""
        return [each.name for each in self.policy.states].index(name) + 1 if name is not None else 0

    def kernel(self, until: datetime.datetime) -> Replay:
        """The kernel that replays what happens up to an instant, in UTC without a zone."""
        policy, calendar = self.policy, self.policy.calendar
        moves = tuple(
            Move(self.state(each.state), self.kind(each.event), self.state(each.to), self._guard(each.guard))
            for each in policy.moves
        )
        timers = tuple(
            Timer(
                state=self.state(each.state),
                after=each.after,
                to=self.state(each.to),
                guard=self._guard(each.guard),
                since=self.kind(each.since) if each.since is not None else 0,
                every=each.every,
                most=each.most,
            )
            for each in policy.timers
        )
        return Replay(
            states=len(policy.states),
            final=tuple(map(self.state, policy.final)),
            begins=1,
            until=(until.replace(tzinfo=datetime.UTC) - EPOCH) // MICROSECOND,
            moves=moves,
            timers=timers,
            clocks=tuple(map(self._clock, policy.clocks)),
            first=policy.first,
            conditions=len(self.asked),
            time=work_time(calendar, policy.zone) if calendar is not None else None,
            wall=wall_clocks(policy.zone, policy.since, min(until.date(), FAR) + LONGEST_WAIT),
        )

    def _clock(self, clock: CheckedClock) -> Clock:
        kinds = (clock.starts, clock.stops, clock.holds, clock.releases, clock.resets, clock.asks)
        starts, stops, holds, releases, resets, asks = (tuple(map(self.kind, each)) for each in kinds)
        return Clock(
            working=clock.working,
            targets=tuple(Target(each.within, self._guard(each.guard)) for each in clock.targets),
            starts=starts,
            stops_in=tuple(map(self.state, clock.stops_in)),
            stops=stops,
            paused_in=tuple(self.state(each.name) for each in self.policy.states if clock.name in each.pauses),
            holds=holds,
            releases=releases,
            resets=resets,
            asks=asks,
            restarts=clock.restarts,
            warn=clock.warn,
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


def machine_of(policy: CheckedEscalation) -> Machine:
    """The numbers of a policy's machine."""
    askers: dict[guards.Asked, dict[str, None]] = {}
    for guard, event in _guards(policy):
        for asked in _asked(guard):
            askers.setdefault(asked, {})[event if asked.of == "event" else policy.begins.name] = None
    return Machine(policy, tuple(askers), {asked: tuple(events) for asked, events in askers.items()})


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
