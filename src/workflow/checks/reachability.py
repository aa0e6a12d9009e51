"""A state machine looked at as a whole: what is never reached, never left, or waits for ever.

Guards may hold or not: every move and timer counts as a way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.checks.cases import CheckedEscalation, CheckedTimer
from workflow.checks.context import Context
from workflow.checks.guards import Both, Counted, Either, Guard, Not
from workflow.checks.machine import StateMachine, Way
from workflow.diagnostics import Span
from workflow.model.escalation import Escalation


def state_machine(policy: CheckedEscalation) -> StateMachine:
    """The machine of a policy, its states by their names; moves are triggered by their events, timers by numbers."""
    ways = [Way(each.event, each.state, each.to) for each in policy.moves]
    ways += [Way(f"timer {number}", each.state, each.to) for number, each in enumerate(policy.timers, 1)]
    return StateMachine([each.name for each in policy.states], ways, policy.final)


def check_reachability(context: Context, policy: CheckedEscalation, written: Escalation) -> None:
    """Note what is wrong with the ways between states, and which counts no condition on them asks for."""
    machine = state_machine(policy)
    reached = machine.reached()
    ways = {state: {each.to for each in machine.ways_out(state) if each.to is not None} for state in machine.states}
    ends = _leading_to(policy.final, ways)
    left = {*policy.final, *(name for name, to in ways.items() if to - {name})}
    traps = [each for each in policy.states if each.name not in left and each.name in reached]
    endless = [each for each in policy.states if each.name not in ends and each.name in reached]
    for state in policy.states:
        if state in traps:
            context.refuse("state-never-left", state.span, found=state.name)
        elif state in endless[:1] and not traps:
            # What leads there, and what only it would lead to, has the same fault.
            context.refuse("no-way-to-an-end", state.span, found=state.name, accepted=policy.final)
        elif state.name not in reached and (not endless or state.name not in left):
            context.refuse("state-never-reached", state.span, found=state.name)
        elif state.name not in policy.final and not endless and _waits(policy, state.name):
            context.refuse("waits-for-ever", state.span, found=state.name)
    used = {event for guard in _guards(policy) for event in _counted(guard)}
    for name, event in written.counts.items():
        if event.text not in used:
            context.refuse("count-not-used", event.span, found=name)
    for span, states in _loops(policy):
        context.refuse("loop-of-no-time", span, found=states)
    _check_levels(context, policy)
    for clock in policy.clocks:
        if clock.holds and not clock.releases and not clock.resets:
            context.refuse("pause-without-end", clock.span, found=clock.name)


def _guards(policy: CheckedEscalation) -> Iterator[Guard | None]:
    yield from (move.guard for move in policy.moves)
    yield from (timer.guard for timer in policy.timers)
    yield from (target.guard for clock in policy.clocks for target in clock.targets)


def _counted(guard: Guard | None) -> Iterator[str]:
    """The types of events that a condition counts."""
    match guard:
        case Counted(event=event):
            yield event
        case Not(of=of):
            yield from _counted(of)
        case Both(of=parts) | Either(of=parts):
            for each in parts:
                yield from _counted(each)
        case _:
            return


def _leading_to(final: tuple[str, ...], ways: Mapping[str, set[str]]) -> set[str]:
    """The states from which one of these can be reached."""
    found = set(final)
    while more := {state for state, to in ways.items() if state not in found and to & found}:
        found |= more
    return found


def _waits(policy: CheckedEscalation, state: str) -> bool:
    """Whether nothing comes due in a state: no timer, and no clock that runs there."""
    if any(timer.state == state for timer in policy.timers):
        return False
    paused = next(each.pauses for each in policy.states if each.name == state)
    return not any(
        clock.targets and state not in clock.stops_in and clock.name not in paused for clock in policy.clocks
    )


def _loops(policy: CheckedEscalation) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Ways round by timers that are due at once: such a case would never come to rest."""
    at_once: dict[str, CheckedTimer] = {}
    for timer in policy.timers:
        if not timer.after.count and timer.to is not None and timer.since is None and timer.moment is None:
            at_once.setdefault(timer.state, timer)
    told: set[str] = set()
    for state, first in at_once.items():
        seen, to = [state], first.to
        while to is not None and to in at_once and to not in seen:
            seen.append(to)
            to = at_once[to].to
        if to == state and not told & set(seen):
            told |= set(seen)
            yield first.span, (*seen, state)


def _counts_from(timer: CheckedTimer) -> tuple[object, ...]:
    """From when a timer counts, and in what."""
    moment = (timer.moment.column, timer.moment.instant) if timer.moment is not None else None
    return timer.state, timer.since, moment, timer.after.unit


def _check_levels(context: Context, policy: CheckedEscalation) -> None:
    """Refuse a level that is due before the one below it, of timers that count alike."""
    levels = {each.name: each.level for each in policy.states}
    for timer in policy.timers:
        for other in policy.timers:
            alike = _counts_from(timer) == _counts_from(other)
            if not alike or timer.to is None or other.to is None:
                continue
            if levels[timer.to] > levels[other.to] > levels[timer.state] and timer.after.count < other.after.count:
                context.refuse("level-before-the-lower", timer.span, found=timer.to, other=other.to)
