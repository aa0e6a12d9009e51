"""What an escalation is made of in the reader's words: its states, events, timers, clocks, and what steps trigger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.checks.calculated import EventType, Title
from workflow.checks.cases import CheckedClock, CheckedEscalation, CheckedTimer, StepAction
from workflow.checks.clauses import ActionKind
from workflow.diagnostics import Span
from workflow.report.cells import visible
from workflow.report.explanation.formulas import words_at
from workflow.report.lengths import as_said, length_said
from workflow.report.titles import title_in
from workflow.words import say


@dataclass(frozen=True, slots=True)
class CaseWords:
    """The words of one language. `titles` are those of what can be triggered, by its kind, and under `notify` of roles;
    `types` the events; `texts` the policies' files, for what stands as it is written.
    """

    titles: Mapping[ActionKind, Mapping[str, Title]]
    types: Mapping[str, EventType]
    texts: Mapping[str, str]
    language: str

    def say(self, key: str, **args: object) -> str:
        """One of the sentences that charts and explanations share."""
        return say(self.language, "report", f"chart-{key}", **args)

    def policy(self, policy: CheckedEscalation) -> str:
        """Its title, id and version."""
        title = title_in(policy.title, self.language) or policy.id
        return self.say("title", title=visible(title), policy=visible(policy.id), version=f"{policy.version}")

    def event(self, name: str) -> str:
        """A type of event."""
        return visible(title_in(self.types[name].title, self.language) or name)

    def state(self, policy: CheckedEscalation, name: str) -> str:
        """A state."""
        titles = next(each.title for each in policy.states if each.name == name)
        return visible(title_in(titles, self.language) or name)

    def clock(self, clock: CheckedClock) -> str:
        """A clock."""
        return visible(title_in(clock.title, self.language) or clock.name)

    def timer(self, timer: CheckedTimer) -> str:
        """When a timer is due, as it is written, and when again."""
        words = {"length": self.length(timer.span)}
        if timer.moment is not None:
            moment = visible(words_at(self.texts, timer.moment.span))
            told = self.say("after-event" if timer.after.count else "at", **words, event=moment)
        elif timer.since is None:
            told = self.say("after", **words)
        else:
            told = self.say("after-event", **words, event=self.event(timer.since))
        if timer.every is None:
            return told
        every = length_said(timer.every, self.language)
        return self.say("most" if timer.most else "every", timer=told, every=every, most=f"{timer.most}")

    def length(self, span: Span) -> str:
        """A length of time that is written there."""
        return as_said(words_at(self.texts, span), self.language)

    def condition(self, spans: Sequence[Span]) -> str:
        """A condition as it is written, in one place or several."""
        return ", ".join(words_at(self.texts, each) for each in spans)

    def actions(self, actions: Sequence[StepAction]) -> str:
        """What is triggered."""
        return ", ".join(map(self.action, actions))

    def action(self, action: StepAction) -> str:
        """What is triggered: an item of the catalogue, or that somebody is told."""
        kind: ActionKind = "notify" if action.kind == "reminder" else action.kind
        title = visible(title_in(self.titles[kind].get(action.item, {}), self.language) or action.item)
        return self.say(action.kind, who=title) if kind == "notify" else title
