"""What a chart shows: each state with what is said of it, and each way out of it with its event or time, its condition
and what it triggers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import Title
from workflow.checks.cases import CheckedClock, CheckedEscalation, CheckedMove, CheckedTimer
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.clauses import ActionKind
from workflow.checks.machine import StateMachine
from workflow.checks.reachability import state_machine
from workflow.report.explanation.casewords import CaseWords


@dataclass(frozen=True, slots=True)
class Box:
    """A state: its title, and what is said of it; `final` ends the case."""

    name: str
    lines: tuple[str, ...]
    level: int
    final: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one state to another; `to` None stays. `timed` needs no event."""

    of: str
    to: str | None
    label: str
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A machine: its title, the event with which a case begins, in the first box, and below what its clocks time."""

    title: str
    begins: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[str, ...]


def chart_of(rules: CheckedWorkspace, texts: Mapping[str, str], policy: CheckedEscalation, language: str) -> Chart:
    """The chart of an escalation.

    Args:
        rules: the workspace, for the titles of its catalogue.
        texts: the policies' files, for conditions as they are written.
        policy: the escalation.
        language: one of `words.LANGUAGES`, also that of the titles.
    """
    titles: dict[ActionKind, Mapping[str, Title]] = {"notify": rules.roles, **rules.items}
    return _Charting(CaseWords(titles, policy.types, texts, language), policy).chart()


@dataclass(frozen=True, slots=True)
class _Charting:
    words: CaseWords
    policy: CheckedEscalation

    def chart(self) -> Chart:
        policy, machine = self.policy, state_machine(self.policy)
        return Chart(
            title=self.words.policy(policy),
            begins=self.words.event(policy.begins.name),
            boxes=tuple(self._box(name, final=name in machine.final) for name in machine.states),
            arrows=tuple(arrow for name in machine.states for arrow in self._arrows(machine, name)),
            notes=(*map(self._clock, policy.clocks), *((self.words.say("first"),) if policy.first else ())),
        )

    # States.

    def _box(self, name: str, *, final: bool) -> Box:
        words = self.words
        state = next(each for each in self.policy.states if each.name == name)
        lines = [words.state(self.policy, name)]
        lines += [words.say("level", level=f"{state.level}")] if state.level else []
        lines += [words.say("entry", what=words.actions(state.entry))] if state.entry else []
        lines += [words.say("exit", what=words.actions(state.exit))] if state.exit else []
        held = tuple(words.clock(each) for each in self.policy.clocks if each.name in state.pauses)
        lines += [words.say("pauses", clocks=held)] if held else []
        stopped = tuple(words.clock(each) for each in self.policy.clocks if name in each.stops_in)
        lines += [words.say("stops", clocks=stopped)] if stopped else []
        lines += [words.say("final")] if final else []
        return Box(name, tuple(lines), state.level, final)

    # Ways.

    def _arrows(self, machine: StateMachine, state: str) -> Iterator[Arrow]:
        """The ways out of a state; those of one trigger stand in the machine in the policy's order."""
        moves = [each for each in self.policy.moves if each.state == state]
        timers = {f"timer {number}": each for number, each in enumerate(self.policy.timers, 1)}
        for trigger in dict.fromkeys(each.trigger for each in machine.ways_out(state)):
            timed = trigger in timers
            if timed:
                labels = [self._label(self.words.timer(timers[trigger]), timers[trigger])]
            else:
                labels = [self._label(self.words.event(trigger), each) for each in moves if each.event == trigger]
            for way, label in zip(machine.ways(trigger, state), labels, strict=True):
                shown = label if way.to is not None else self.words.say("stays", label=label)
                yield Arrow(state, way.to, shown, timed=timed)

    def _label(self, cause: str, way: CheckedMove | CheckedTimer) -> str:
        """In the notation of charts: the cause, [the condition] and / what is triggered."""
        condition = f" [{self.words.condition((way.when,))}]" if way.when is not None else ""
        return cause + condition + (f" / {self.words.actions(way.actions)}" if way.actions else "")

    # Clocks.

    def _clock(self, clock: CheckedClock) -> str:
        words = self.words
        told = [words.say("clock", clock=words.clock(clock), events=tuple(map(words.event, clock.starts)))]
        for target in clock.targets:
            key = "within-if" if target.when else "within"
            told.append(words.say(key, length=words.length(target.span), condition=words.condition(target.when)))
        if clock.warn is not None:
            share, whole = clock.warn
            told.append(words.say("warns", share=f"{(Decimal(100 * share) / whole).normalize():f}"))
        for key, events in (
            ("clock-held", clock.holds),
            ("clock-released", clock.releases),
            ("clock-stopped", clock.stops),
            ("clock-reset", clock.resets),
            ("clock-asked", clock.asks),
        ):
            if events:
                told.append(words.say(key, events=tuple(map(words.event, events))))
        told += [words.say("clock-restarts")] if clock.restarts else []
        return words.say("mark").join(told)
