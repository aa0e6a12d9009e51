"""The state machine of an escalation, as the `transitions` library means it.

Every policy of that kind becomes one of these, which is checked, drawn, and stepped through one case at a time. The
library's own timers, parallel states and drawings aren't used, and it knows no case: each comes with a call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from transitions import Transition


class Case(Protocol):
    """What goes through a machine: something that has a state."""

    state: str


@dataclass(frozen=True, slots=True)
class Way:
    """From one state to another, `to` None staying where it is, when something is triggered; if the guard holds.

    The guard is asked of the case.
    """

    trigger: str
    state: str
    to: str | None
    guard: Callable[[Any], bool] | None = None


class StateMachine:
    """States and the ways between them."""

    def __init__(self, states: Sequence[str], ways: Iterable[Way], final: Collection[str] = ()) -> None:
        """Build the machine; it begins in the first state, and ends in each of `final`."""
        from transitions import Machine

        self._machine = Machine(
            model=None,
            states=[{"name": name, "final": name in final} for name in states],
            initial=states[0],
            auto_transitions=False,
            transitions=[
                {"trigger": way.trigger, "source": way.state, "dest": way.to, "conditions": _asked(way)} for way in ways
            ],
        )

    @property
    def states(self) -> tuple[str, ...]:
        """The states in their order, the first that in which it begins."""
        return tuple(self._machine.states)

    @property
    def final(self) -> tuple[str, ...]:
        """Those in which it ends."""
        return tuple(name for name, state in self._machine.states.items() if state.final)

    def ways_out(self, state: str) -> tuple[Way, ...]:
        """All ways out of a state, and those that stay there: trigger after trigger, each's in their order."""
        return tuple(way for trigger in self._machine.events for way in self.ways(trigger, state))

    def ways(self, trigger: str, state: str) -> tuple[Way, ...]:
        """The ways out of a state by a trigger, in their order."""
        event = self._machine.events.get(trigger)
        found: list[Transition] = event.transitions.get(state, []) if event is not None else []
        return tuple(Way(trigger, state, each.dest, _guard(each)) for each in found)

    def trigger(self, trigger: str, case: Case) -> None:
        """Take the case the first way whose guard holds; there must be one."""
        moved = self._machine.events[trigger].trigger(case, case)
        assert moved, f"no way by {trigger} out of {case.state}"

    def reached(self) -> tuple[str, ...]:
        """The states to which some ways lead from the first one, that itself included, in their order."""
        first = str(self._machine.initial)
        found, waiting = {first}, [first]
        while waiting:
            for each in self._machine.get_transitions(source=waiting.pop()):
                if each.dest is not None and each.dest not in found:
                    found.add(each.dest)
                    waiting.append(each.dest)
        return tuple(name for name in self._machine.states if name in found)


def _guard(way: Transition) -> Callable[[Any], bool] | None:
    if not way.conditions:
        return None
    return cast("Callable[[Any], bool]", way.conditions[0].func)


def _asked(way: Way) -> list[Callable[[Any], bool]]:
    return [] if way.guard is None else [way.guard]
