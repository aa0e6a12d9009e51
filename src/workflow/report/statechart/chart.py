"""What a chart shows: each state with what is said of it, and each way out of it with its event or time, its condition
and what it triggers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.cases import CheckedClock, CheckedEscalation, CheckedMove, CheckedTimer, StepAction
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.machine import StateMachine
from workflow.checks.reachability import state_machine
from workflow.diagnostics import Span
from workflow.report.cells import visible
from workflow.report.explanation.formulas import words_at
from workflow.report.lengths import as_said, length_said
from workflow.report.titles import title_in
from workflow.words import say


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
    """A machine: its title, the event with which a case begins, in the first box, and what its clocks time."""

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
    return _Charting(rules, texts, policy, language).chart()


@dataclass(frozen=True, slots=True)
class _Charting:
    rules: CheckedWorkspace
    texts: Mapping[str, str]
    policy: CheckedEscalation
    language: str

    def chart(self) -> Chart:
        policy, machine = self.policy, state_machine(self.policy)
        title = title_in(policy.title, self.language) or policy.id
        words = {"title": visible(title), "policy": visible(policy.id), "version": f"{policy.version}"}
        return Chart(
            title=self._say("title", **words),
            begins=self._event(policy.begins.name),
            boxes=tuple(self._box(name, final=name in machine.final) for name in machine.states),
            arrows=tuple(arrow for name in machine.states for arrow in self._arrows(machine, name)),
            notes=tuple(self._clock(each) for each in policy.clocks),
        )

    def _say(self, key: str, **args: object) -> str:
        return say(self.language, "report", f"chart-{key}", **args)

    # States.

    def _box(self, name: str, *, final: bool) -> Box:
        state = next(each for each in self.policy.states if each.name == name)
        lines = [visible(title_in(state.title, self.language) or name)]
        lines += [self._say("level", level=f"{state.level}")] if state.level else []
        lines += [self._say("entry", what=self._actions(state.entry))] if state.entry else []
        lines += [self._say("exit", what=self._actions(state.exit))] if state.exit else []
        held = tuple(self._called(each) for each in self.policy.clocks if each.name in state.pauses)
        lines += [self._say("pauses", clocks=held)] if held else []
        stopped = tuple(self._called(each) for each in self.policy.clocks if name in each.stops_in)
        lines += [self._say("stops", clocks=stopped)] if stopped else []
        lines += [self._say("final")] if final else []
        return Box(name, tuple(lines), state.level, final)

    # Ways.

    def _arrows(self, machine: StateMachine, state: str) -> Iterator[Arrow]:
        """The ways out of a state; those of one trigger stand in the machine in the policy's order."""
        moves = [each for each in self.policy.moves if each.state == state]
        told = {f"timer {number}": self._timer(each) for number, each in enumerate(self.policy.timers, 1)}
        for trigger in dict.fromkeys(each.trigger for each in machine.ways_out(state)):
            ways = machine.ways(trigger, state)
            labels = (
                [told[trigger]] if trigger in told else [self._move(each) for each in moves if each.event == trigger]
            )
            for way, label in zip(ways, labels, strict=True):
                shown = label if way.to is not None else self._say("stays", label=label)
                yield Arrow(state, way.to, shown, timed=trigger in told)

    def _move(self, move: CheckedMove) -> str:
        return self._label(self._event(move.event), move.when, move.actions)

    def _timer(self, timer: CheckedTimer) -> str:
        words = {"length": as_said(words_at(self.texts, timer.span), self.language)}
        if timer.since is None:
            told = self._say("after", **words)
        else:
            told = self._say("after-event", **words, event=self._event(timer.since))
        if timer.every is not None:
            every = length_said(timer.every, self.language)
            told = self._say("most" if timer.most else "every", timer=told, every=every, most=f"{timer.most}")
        return self._label(told, timer.when, timer.actions)

    def _label(self, cause: str, when: Span | None, actions: Sequence[StepAction]) -> str:
        """In the notation of charts: the cause, [the condition] and / what is triggered."""
        condition = f" [{words_at(self.texts, when)}]" if when is not None else ""
        return cause + condition + (f" / {self._actions(actions)}" if actions else "")

    # Names.

    def _event(self, name: str) -> str:
        return visible(title_in(self.policy.types[name].title, self.language) or name)

    def _actions(self, actions: Sequence[StepAction]) -> str:
        return ", ".join(map(self._action, actions))

    def _action(self, action: StepAction) -> str:
        if action.kind == "notify":
            who = title_in(self.rules.roles.get(action.item, {}), self.language) or action.item
            return self._say("notify", who=visible(who))
        return visible(title_in(self.rules.items[action.kind].get(action.item, {}), self.language) or action.item)

    # Clocks.

    def _called(self, clock: CheckedClock) -> str:
        return visible(title_in(clock.title, self.language) or clock.name)

    def _clock(self, clock: CheckedClock) -> str:
        starts = tuple(map(self._event, clock.starts))
        told = [self._say("clock", clock=self._called(clock), events=starts)]
        for target in clock.targets:
            length = as_said(words_at(self.texts, target.span), self.language)
            condition = ", ".join(words_at(self.texts, each) for each in target.when)
            told.append(self._say("within-if" if condition else "within", length=length, condition=condition))
        if clock.warn is not None:
            share, whole = clock.warn
            told.append(self._say("warns", share=f"{(Decimal(100 * share) / whole).normalize():f}"))
        for key, events in (
            ("clock-held", clock.holds),
            ("clock-released", clock.releases),
            ("clock-stopped", clock.stops),
        ):
            if events:
                told.append(self._say(key, events=tuple(map(self._event, events))))
        return self._say("mark").join(told)
