"""The escalation policy checked: what names its cases, its states and moves, what comes due, and what is timed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from workflow.checks.actions import check_reach
from workflow.checks.between import used_facts
from workflow.checks.calculated import EventType
from workflow.checks.caseevents import check_caseevents
from workflow.checks.casefacts import Names, check_case_facts, events_of_facts, fact_types
from workflow.checks.cases import (
    ANY,
    STAY,
    CaseFact,
    CheckedClock,
    CheckedEscalation,
    CheckedMigration,
    CheckedMove,
    CheckedState,
    CheckedTimer,
    StepAction,
    TimeFact,
)
from workflow.checks.casetimes import check_casetimes
from workflow.checks.caseversions import check_case_versions, in_calendar
from workflow.checks.context import Context, word_at
from workflow.checks.exclusive import check_exclusive, check_masked
from workflow.checks.guards import GuardPlace, check_guard
from workflow.checks.heads import Head, check_begun
from workflow.checks.migrations import check_migrates
from workflow.checks.reachability import check_reachability
from workflow.checks.stepping import check_step_actions
from workflow.checks.targets import check_targets
from workflow.checks.timers import check_moment, check_times
from workflow.checks.uses import check_uses
from workflow.diagnostics import Argument, Diagnostic, Fix
from workflow.model.escalation import Escalation, StepActions
from workflow.model.files import Document
from workflow.model.leaves import Ident, Leaf, Reference
from workflow.model.types import Kind


def check_escalation(context: Context, document: Document[Escalation]) -> CheckedEscalation | None:
    """One escalation, or None after noting its mistakes."""
    before = len(context.diagnostics)
    written = document.content
    context = in_calendar(context, written)
    check_case_versions(context, document)
    migrates = check_migrates(context, document)
    begun = check_begun(context, document, fact_types(written))
    policy = _Checking(context, document).policy(begun.head, migrates, before)
    if policy is None:
        return None
    check_reachability(context, policy, written)
    check_casetimes(context, policy)
    if any(one.severity == "error" for one in context.diagnostics[before:]):
        return None
    policy = replace(policy, facts=used_facts(context, policy))
    check_uses(context, policy)
    check_caseevents(context, policy)
    due = ((each.name, each.span, (each.due,)) for each in policy.step_actions if each.due is not None)
    check_reach(context, policy, due)
    return policy


class _Checking:
    """The parts of one escalation."""

    def __init__(self, context: Context, document: Document[Escalation]) -> None:
        self.context, self.written, self.tree = context, document.content, document.tree
        self.document = document
        counts = {name: leaf.text for name, leaf in self.written.counts.items()}
        self.place = GuardPlace(context.currency, context.events.get(self.written.begins.text), counts)
        self.named = self._names_cases()
        went = {each.go_to.text for each in self.written.moves}
        went |= {timer.go_to.text for state in self.written.states.values() for timer in state.timers if timer.go_to}
        self.ends = {each.text: each for each in self.written.final if each.text in went - {STAY, *self.written.states}}
        self.names = (*self.written.states, *self.ends)
        context.choice(self.written.hit, ("first",))
        for action in self.written.actions.values():
            context.choice(action.counted_over, (self.written.each.text,))
        for counted in self.written.counts.values():
            self._event(counted)
        for leaf in self.written.final:
            if leaf.text not in self.names:
                context.unknown("unknown-state", leaf, {*self.names, *went} - {STAY})
        if self.written.final and self.written.final[0].text == next(iter(self.written.states)):
            context.refuse("begins-at-its-end", self.written.final[0].span, found=self.written.final[0].text)

    def policy(self, head: Head, migrates: CheckedMigration | None, before: int) -> CheckedEscalation | None:
        """The parts as a policy, or None where there are more mistakes than were there `before`."""
        written, context, begins = self.written, self.context, self.begins()
        states, handed = self.states(), self.handed()
        moves, timers, clocks, (case_facts, time_facts) = self.moves(), self.timers(), self.clocks(), self.facts()
        if begins is None or any(one.severity == "error" for one in context.diagnostics[before:]):
            return None
        return CheckedEscalation(
            **head,
            key=written.case.text,
            begins=begins,
            types={name: context.events[name] for name in self.types()},
            states=states,
            final=tuple(each.text for each in written.final),
            moves=moves,
            timers=timers,
            clocks=clocks,
            case_facts=case_facts,
            time_facts=time_facts,
            first=written.hit is not None,
            zone=context.zone,
            handed=handed,
            counts={name: leaf.text for name, leaf in written.counts.items()},
            migrates=migrates,
        )

    # Names.

    def _names_cases(self) -> bool:
        """Whether `case` is a field that can name one, after noting that it isn't; events that lack it are no more."""
        begins, key = self.place.begins, self.written.case
        if any(each.span == key.span for each in self.context.diagnostics):
            return False
        field = begins.fields.get(key.text) if begins is not None else None
        if begins is None or (field is not None and field.type.kind in {Kind.ID, Kind.TEXT}):
            if begins is not None and begins.case is not None:
                self.context.choice(key, (begins.case,))
            return True
        fields = tuple(name for name, each in begins.fields.items() if each.type.kind is Kind.ID)
        if field is None:
            self.context.unknown("unknown-field", key, fields, of=begins.name)
            return False
        fix = Fix(key.span, fields[0]) if len(fields) == 1 else None
        told: dict[str, Argument] = {"found": key.text, "type": field.type.kind.value, "accepted": fields}
        self.context.note(Diagnostic("case-of-another-type", key.span, told, fix=fix))
        return False

    def _event(self, leaf: Reference) -> EventType | None:
        """An event that names its case."""
        event = self.context.events.get(leaf.text)
        if event is None:
            self.context.unknown("unknown-event", leaf, self.context.events)
            return None
        if not self.context.may_record(event.name):
            self.context.refuse("event-not-recorded", leaf.span, found=event.name)
        key = event.case or self.written.case.text
        field = event.fields.get(key)
        if not self.named:
            return event
        if field is None or field.type.kind not in {Kind.ID, Kind.TEXT} or not field.required:
            self.context.refuse("event-without-case", leaf.span, found=event.name, field=key)
        return event

    def begins(self) -> EventType | None:
        """The event with which a case begins; it belongs to somebody."""
        event = self._event(self.written.begins)
        if event is not None and event.owner is None:
            self.context.refuse("event-of-nobody", self.written.begins.span, found=event.name)
        return event

    def handed(self) -> EventType | None:
        """The event that hands a case over to the person to whom it belongs."""
        leaf = self.written.handed
        event = self._event(leaf) if leaf is not None else None
        owner = event.fields.get(event.owner or "") if event is not None else None
        if leaf is not None and event is not None and (owner is None or not owner.required):
            self.context.refuse("handed-to-nobody", leaf.span, found=event.name)
        return event

    def types(self) -> tuple[str, ...]:
        """All types of events that are looked at, the first that with which a case begins."""
        named = [self.written.begins, *self.written.counts.values(), *(each.on_event for each in self.written.moves)]
        named += [timer.since for state in self.written.states.values() for timer in state.timers if timer.since]
        named += [self.written.handed] if self.written.handed is not None else []
        for clock in self.written.clocks.values():
            named += [*clock.starts, *clock.stops, *clock.holds, *clock.releases, *clock.resets, *clock.asks]
        named += events_of_facts(self.written)
        return tuple(dict.fromkeys(each.text for each in named))

    def _state(self, leaf: Leaf) -> str:
        if leaf.text not in self.names:
            self.context.unknown("unknown-state", leaf, self.names)
        return leaf.text

    # States and what leads from one to another.

    def states(self) -> tuple[CheckedState, ...]:
        """The states, the first that in which a case begins; of an end nothing else need be said."""
        found = []
        for name, state in self.written.states.items():
            span = self.context.key_span(self.context.inside(self.tree, "states"), name)
            if name in {STAY, ANY}:
                self.context.refuse("reserved-name", span, found=name)
            for leaf in state.pauses:
                if leaf.text not in self.written.clocks:
                    self.context.unknown("unknown-clock", leaf, self.written.clocks)
            found.append(
                CheckedState(
                    name,
                    self.context.title(state.title, span),
                    state.level.value if state.level is not None else 0,
                    self._actions(f"{name}.entry", state.on_entry),
                    self._actions(f"{name}.exit", state.on_exit),
                    tuple(leaf.text for leaf in state.pauses),
                    span,
                )
            )
        found += [CheckedState(name, {}, 0, (), (), (), leaf.span) for name, leaf in self.ends.items()]
        return tuple(found)

    def moves(self) -> tuple[CheckedMove, ...]:
        """The moves, one for each state from which they lead."""
        found = []
        for number, move in enumerate(self.written.moves, 1):
            event = self._event(move.on_event)
            guard = check_guard(self.context, move.when, self.place, event)
            to = None if move.go_to.text == STAY else self._state(move.go_to)
            actions = self._actions(f"move.{number}", move)
            for state in self._inside(move.inside):
                when = move.when.span if move.when is not None else None
                found.append(CheckedMove(state, move.on_event.text, to, guard, actions, move.on_event.span, when))
        check = check_exclusive if self.written.hit is None else check_masked
        check(self.context, found)
        return tuple(found)

    def _inside(self, leaves: Sequence[Ident]) -> tuple[str, ...]:
        """The states out of which a move leads; `any` are all but those in which a case has ended."""
        final, found = {each.text for each in self.written.final}, list[str]()
        for leaf in leaves:
            if leaf.text == ANY:
                found += [name for name in self.names if name not in final]
            elif leaf.text not in self.names:
                self.context.unknown("unknown-state", leaf, (*self.names, ANY))
            elif leaf.text in final:
                self.context.refuse("leaves-its-end", leaf.span, found=leaf.text)
            else:
                found.append(leaf.text)
        return tuple(dict.fromkeys(found))

    def timers(self) -> tuple[CheckedTimer, ...]:
        """What comes due, state after state."""
        found = []
        block = self.context.inside(self.tree, "states")
        events = {name: self.context.events[name] for name in self.types() if name in self.context.events}
        for name, state in self.written.states.items():
            for number, timer in enumerate(state.timers, 1):
                first = timer.after or timer.at
                span = first.span if first is not None else self.context.key_span(block, name)
                times = check_times(self.context, timer, span)
                if times is None:
                    continue
                if timer.since is not None:
                    self._event(timer.since)
                actions = self._actions(f"{name}.timer.{number}", timer)
                if timer.go_to is None and not actions:
                    self.context.refuse("timer-without-end", span)
                found.append(
                    CheckedTimer(
                        f"{name}.timer" if len(state.timers) == 1 else f"{name}.timer.{number}",
                        name,
                        times[0],
                        self._state(timer.go_to) if timer.go_to is not None else None,
                        check_guard(self.context, timer.when, self.place, None),
                        timer.since.text if timer.since is not None else None,
                        times[1],
                        timer.at_most.value if timer.at_most is not None else 0,
                        actions,
                        span,
                        timer.when.span if timer.when is not None else None,
                        check_moment(self.context, timer.at, events) if timer.at is not None else None,
                    )
                )
        return tuple(found)

    def _actions(self, name: str, written: StepActions | None) -> tuple[StepAction, ...]:
        return check_step_actions(self.context, name, written)

    # Clocks and facts.

    def clocks(self) -> tuple[CheckedClock, ...]:
        """What is timed."""
        found = []
        for name, clock in self.written.clocks.items():
            span = self.context.key_span(self.context.inside(self.tree, "clocks"), name)
            rows = self.context.inside(self.tree, "clocks", name, "target")
            targets, working = check_targets(self.context, clock, self.place, word_at(name, span), rows)
            way = self.context.choice(clock.reopened, ("continues", "restarts"))
            if clock.stops_in and clock.reopened is None and self._left({each.text for each in clock.stops_in}):
                self.context.refuse("reopened-not-said", span, found=name)
            if clock.warn_at is not None and not Decimal(0) < clock.warn_at.value < Decimal(1):
                self.context.refuse("warn-at-not-possible", clock.warn_at.span, found=clock.warn_at.text)
            if clock.warn_at is None and clock.on_warning is not None:
                block = self.context.inside(self.tree, "clocks", name)
                self.context.refuse("clock-never-warns", self.context.key_span(block, "on warning"), found=name)
            groups = (clock.starts, clock.stops, clock.holds, clock.releases, clock.resets, clock.asks)
            starts, stops, holds, releases, resets, asks = (self._events(each) for each in groups)
            found.append(
                CheckedClock(
                    name,
                    self.context.title(clock.title, span),
                    working,
                    targets,
                    starts,
                    tuple(self._state(leaf) for leaf in clock.stops_in),
                    stops,
                    holds,
                    releases,
                    resets,
                    asks,
                    way == "restarts",
                    clock.warn_at.value.as_integer_ratio() if clock.warn_at is not None else None,
                    self._actions(f"{name}.warning", clock.on_warning),
                    self._actions(f"{name}.breach", clock.on_breach),
                    span,
                )
            )
        return tuple(found)

    def _events(self, leaves: Iterable[Reference]) -> tuple[str, ...]:
        return tuple(event.name for event in map(self._event, leaves) if event is not None)

    def _left(self, states: set[str]) -> bool:
        """Whether something leads out of one of these states to another."""
        final = {each.text for each in self.written.final}
        moved = any(
            (leaf.text in states or (leaf.text == ANY and states - final))
            and move.go_to.text not in {STAY, *states, *final}
            for move in self.written.moves
            for leaf in move.inside
        )
        return moved or any(
            timer.go_to is not None and timer.go_to.text not in states | final
            for name in states & self.written.states.keys()
            for timer in self.written.states[name].timers
        )

    def facts(self) -> tuple[tuple[CaseFact, ...], tuple[TimeFact, ...]]:
        """What is counted and timed of a person's cases."""
        final = tuple(each.text for each in self.written.final)
        clocks = self.written.clocks
        warning = frozenset(name for name, clock in clocks.items() if clock.warn_at is not None)
        names = Names(self._event, self._state, self.names, tuple(clocks), warning, final)
        return check_case_facts(self.context, self.document, names)
