"""Lowering an escalation: the events of each case in their order, their replay, what is counted and triggered."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

from workflow.checks.actions import ABOVE
from workflow.checks.builtin import MIGRATED, delivers, recordable
from workflow.checks.calculated import EventType
from workflow.checks.cases import CheckedEscalation, CheckedMoment, StepAction
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.guards import Asked
from workflow.checks.uses import columns_in
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, INSTANT, TEXT, TRUTH
from workflow.plan.actions import columns_of, triggered
from workflow.plan.building import NO, YES, all_of, any_of, renamed
from workflow.plan.casecounts import counted
from workflow.plan.casesteps import Facts, Steps
from workflow.plan.casetimes import timed
from workflow.plan.credits import OUT_OF_PERIOD, UNMATCHED, USED, givens, own_amount
from workflow.plan.gathering import emit_disposed, gathered, lowered
from workflow.plan.ground import Ground
from workflow.plan.lowered import PERSON, RESULTS, Lowered
from workflow.plan.machines import Went
from workflow.plan.nodes import WIDE, Emit, Events, Filter, Fold, Lookup, Running, Take, Union
from workflow.plan.occasions import Occasion, day_of, instant
from workflow.plan.owners import NUMBER, Replayed, owned
from workflow.plan.replaying import Machine, machine_of
from workflow.plan.stepwords import is_just as _is
from workflow.plan.stepwords import number as _number
from workflow.plan.stepwords import spelled as _spelled
from workflow.plan.stepwords import text as _text
from workflow.plan.stepwords import told

CASE_STEPS, CASE_ACTIONS = "case steps", "case actions"
"""Outputs: each step of each case, and those that trigger something in the period."""
ORDER = ("event.time", "event.source", "event")


def lower_escalation(policy: CheckedEscalation, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one escalation for one period.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, and what the sources have delivered.

    Returns:
        A plan with the outputs `results`, CASE_STEPS, CASE_ACTIONS, CASE_FACTS and `events TYPE`.
    """
    found = gathered(policy, workspace, occasion)
    cases = EveryCase(found.ground, policy, workspace)
    steps = cases.steps()
    facts = cases.facts(found.step, steps)
    step = triggered(found.ground, facts.subjects, found.quotients)
    actions = (column for action in policy.actions for column in columns_of(action))
    columns = tuple(dict.fromkeys((*found.columns, *facts.names, *actions)))
    builder = found.ground.builder
    builder.emit(RESULTS, Emit(step, tuple((name, name) for name in columns), ("person",)))
    builder.emit(CASE_STEPS, told(builder, cases.machine, (steps, cases.all_rows), policy))
    cases.emit_actions(steps)
    cases.emit_events(steps)
    return lowered(found)


class EveryCase:
    """The cases of one escalation; or `only` this one, with what it triggers in all periods."""

    def __init__(
        self, ground: Ground, policy: CheckedEscalation, workspace: CheckedWorkspace, only: str | None = None
    ) -> None:
        """Begin with the events."""
        self.ground, self.policy, self.workspace, self.only = ground, policy, workspace, only
        self.builder, self.occasion = ground.builder, ground.occasion
        migrated = recordable(workspace)[MIGRATED] if delivers(workspace, MIGRATED) else None
        self.machine: Machine = machine_of(policy, day_of(self.occasion.as_of, policy.zone), migrated)
        self.all_rows, self.recorded = "", dict[str, str]()
        self.rows = {name: self._events(event) for name, event in self.machine.types.items()}

    # Events.

    def _events(self, event: EventType) -> str:
        """The events of a type as the kernel takes them."""
        builder, place = self.builder, event.span
        key = "case" if event.name == MIGRATED else event.case or self.policy.key
        asked = [each for each in self.machine.asked if event.name in self.machine.askers[each]]
        names = {column.name for each in asked for column in columns_in(each.formula)} | {key}
        names |= {each.column for each in self.machine.moments if each.column is not None}
        if event.name in {self.policy.begins.name, *self.machine.handing} and event.owner is not None:
            names.add(event.owner)
        names |= {"policy", "version"} if event.name == MIGRATED else set()
        names |= set(self.told_of(event.name))
        fields = tuple(
            replace(field, type=TEXT) if name == key or (event.name == MIGRATED and field.type.is_textual) else field
            for name, field in event.fields.items()
            if name in names
        )
        step = builder.add(event.name, Events(event.name, givens(self.ground, event, fields)))
        own = {}
        for field in fields:
            own[field.name] = Column(f"{field.name}.own", own_amount(self.ground, field).type)
            step = builder.derive(step, own[field.name].name, own_amount(self.ground, field), field.span)
        step = builder.derive(step, "case", Column(key, TEXT), place) if key != "case" else step
        step = builder.derive(step, "kind", Literal(Decimal(self.machine.kind(event.name)), COUNT), place)
        step = builder.derive(step, "instant", Apply(Op.COUNT_OF, (Column("event.time", INSTANT),), WIDE), place)
        for number, each in enumerate(self.machine.asked, 1):
            step = builder.derive(step, f"truth.{number}", self._truth(each, event, own), place)
        for number, moment in enumerate(self.machine.moments, 1):
            step = builder.derive(step, f"moment.{number}", self._moment(moment, event, own), place)
        if MIGRATED in self.machine.types:
            step = builder.derive(step, "era", self._era(event), place)
        step = builder.derive(step, "event.counts", self._looked_at(event), place)
        self.recorded[event.name] = step
        return builder.add(event.name, Filter(step, "event.counts"))

    def told_of(self, event: str) -> tuple[str, ...]:
        """What is told of an event of one case although no condition reads it: why it migrates, and by whom."""
        return ("reason", "by") if event == MIGRATED and self.only is not None else ()

    def _era(self, event: EventType) -> Expression:
        """The number of the version that an event names, missing where it names none; 0 if there is no such."""
        if event.name != MIGRATED:
            return _number(0)
        versions = self.machine.versions
        found: Expression = _number(0)
        for number, version in enumerate(versions, 1):
            found = Apply(Op.IF, (_is("version", version.version), _number(number), found), COUNT)
        return found

    def _looked_at(self, event: EventType) -> Expression:
        """Whether an event is one of these cases: a migration names its policy."""
        if event.name == MIGRATED:
            return Apply(Op.EQ, (Column("policy", TEXT), _text(self.policy.id)), TRUTH)
        return YES

    def _truth(self, asked: Asked, event: EventType, own: dict[str, Column]) -> Expression:
        """What a condition comes to for an event; missing where it isn't asked of this type."""
        if event.name in self.machine.askers[asked]:
            return renamed(asked.formula, own)
        return Missing(self.builder.cause("not-asked", event.span), TRUTH)

    def _moment(self, moment: CheckedMoment, event: EventType, own: dict[str, Column]) -> Expression:
        """The day or instant that an event tells, if any; what the policy says itself the event tells that begins."""
        if moment.column is None and event.name == self.policy.begins.name:
            return Literal(Decimal(moment.instant), WIDE)
        if moment.column is not None and event.name in moment.events:
            return Apply(Op.COUNT_OF, (own[moment.column],), WIDE)
        return Missing(self.builder.cause("not-asked", event.span), WIDE)

    # The replay.

    def steps(self) -> str:
        """Every step of every case, with whose case it is and the day and time of the step."""
        builder, policy, place = self.builder, self.policy, self.policy.span
        kernel = self.machine.kernel(self._until())
        parts = tuple(self.rows.values())
        rows = builder.add("events of cases", Union(parts)) if len(parts) > 1 else parts[0]
        rows = self.asked(rows)
        self.all_rows = rows
        step = builder.add("steps", Fold(rows, "step", ("case",), ORDER, kernel, kernel.inputs))
        date = Apply(Op.OF_COUNT, (Column("step.day", COUNT),), DATE)
        step = builder.derive(step, "step.date", date, place)
        step = builder.derive(step, "step.time", Apply(Op.OF_COUNT, (Column("step.instant", WIDE),), INSTANT), place)
        return owned(builder, self.machine, policy, self.rows, Replayed(step, rows, ORDER))

    def asked(self, rows: str) -> str:
        """The rows of the case that is asked about, if it is one."""
        if self.only is None:
            return rows
        return self._where(rows, "case.asked", Apply(Op.EQ, (Column("case", TEXT), _text(self.only)), TRUTH))

    def _until(self) -> datetime.datetime:
        """The last instant that counts."""
        return instant(self.occasion.as_of, self.policy.zone)

    def _where(self, step: str, name: str, condition: Expression) -> str:
        """The steps for which a condition holds."""
        step = self.builder.derive(step, name, condition, self.policy.span)
        return self.builder.add(name, Filter(step, name))

    def _in_period(self) -> Expression:
        """Whether a step is of a day that is decided now."""
        day = Column("step.date", DATE)
        first, last = Literal(self.occasion.first, DATE), Literal(self.occasion.last, DATE)
        return all_of(Apply(Op.GE, (day, first), TRUTH), Apply(Op.LE, (day, last), TRUTH))

    def facts(self, subjects: str, steps: str) -> Facts:
        """The subjects with what is counted and timed in their cases."""
        parts = self.builder, self.policy, self.machine, self.occasion
        given = Steps(*parts, steps, self.all_rows, self._moves(), self._enters)
        counts = counted(given, subjects)
        times = timed(given, counts.subjects)
        given.emit((*counts.rows, *times.rows))
        return Facts(times.subjects, (*counts.names, *times.names))

    def _enters(self, version: CheckedEscalation, state: str) -> Expression:
        """Whether a step enters a state."""
        entered = _is("step.to", self.machine.state(version, state))
        return all_of(entered, any_of(_is("step.went", Went.BEGAN), self._moves()))

    def _moves(self) -> Expression:
        """Whether a step leads from one state to another, or to the same one anew."""
        timers = [number for number, (_, each) in enumerate(self.machine.timers, 1) if each.to is not None]
        fired = all_of(_is("step.went", Went.FIRED), any_of(*(_is("step.item", number) for number in timers)))
        return any_of(_is("step.went", Went.MOVED), fired if timers else NO)

    # What is triggered.

    def emit_actions(self, steps: str) -> None:
        """The steps of the period that trigger something: which clause, and for the how manieth time in the case."""
        builder, parts, names = self.builder, [], [each.name for each in self.policy.step_actions]
        for number, action in enumerate(self.policy.step_actions):
            name = f"{number} {action.name} triggers"
            when = None if self.only is not None else self._in_period()
            part = self._addressed(self._where(steps, name, all_of(when, self._triggers(action))), action)
            part = builder.derive(part, "clause", _number(number), action.span)
            # A clause of the same name in another version is the same one.
            parts.append(builder.derive(part, "clause.named", _number(names.index(action.name)), action.span))
        if not parts:
            return
        rows = builder.add("triggered", Union(tuple(parts))) if len(parts) > 1 else parts[0]
        rows = builder.derive(rows, "one", _number(1), self.policy.span)
        by = ("case", "step.run", "clause.named")
        rows = builder.add("triggered", Running(rows, "firing", "one", by, ("step.turn",), NUMBER))
        words = ("case", "clause", "firing")
        step = Apply(Op.JOIN, (self._run(), _text("/"), _spelled("firing", NUMBER)), TEXT)
        rows = builder.derive(rows, "event.id", step, self.policy.span)
        told = (
            ("case.person", "person"),
            ("event.id", "event.id"),
            *((word, word) for word in words),
            ("step.run", "run"),
            ("step.turn", "turn"),
            ("step.date", "date"),
            ("told", "to"),
        )
        builder.emit(CASE_ACTIONS, Emit(rows, told, ("case", "step.turn", "clause")))

    def _addressed(self, step: str, action: StepAction) -> str:
        """The steps with whom an action goes to: the person whose case it is, or another, as of the day of the step."""
        builder, told = self.builder, action.told
        if told is None:
            return builder.derive(step, "told", Column("case.person", PERSON), action.span)
        whose, path = "case.person", [told.column.name.removeprefix("person."), *([ABOVE] if told.above else ())]
        for number, column in enumerate(path, 1):
            name = "told" if number == len(path) else "told.between"
            nobody = builder.cause("unknown-of-person", action.span, name=column)
            node = Lookup(step, self.ground.register, ((whose, "person"),), (Take(column, name, nobody),), "step.date")
            step, whose = builder.add(builder.stem(step), node), name
        return step

    def _run(self) -> Expression:
        """The name of a case; of one that was begun anew with the number of its run: C-17#2."""
        again = Apply(Op.GT, (Column("step.run", COUNT), _number(1)), TRUTH)
        numbered = Apply(Op.JOIN, (Column("case", TEXT), _text("#"), _spelled("step.run", COUNT)), TEXT)
        return Apply(Op.IF, (again, numbered, Column("case", TEXT)), TEXT)

    def _triggers(self, action: StepAction) -> Expression:
        """Whether a step triggers it."""
        machine = self.machine
        for version, state in machine.states:
            if action in state.entry:
                return self._enters(version, state.name)
            if action in state.exit:
                return all_of(_is("step.state", machine.state(version, state.name)), self._moves())
        for number, (_, timer) in enumerate(machine.timers, 1):
            if action in timer.actions:
                return all_of(_is("step.went", Went.FIRED), _is("step.item", number))
        moves = [number for number, (_, move) in enumerate(machine.moves, 1) if action in move.actions]
        if moves:
            moved = any_of(_is("step.went", Went.MOVED), _is("step.went", Went.STAYED))
            return all_of(moved, any_of(*(_is("step.item", number) for number in moves)))
        for number, (_, clock) in enumerate(machine.clocks, 1):
            if action in (*clock.warning, *clock.breach):
                went = Went.WARNED if action in clock.warning else Went.BREACHED
                return all_of(_is("step.went", went), _is("step.item", number))
        return NO  # By its version no case goes yet.

    # What became of events.

    def emit_events(self, steps: str) -> None:
        """How each event was disposed of: of no case, or used; or of another period."""
        builder = self.builder
        lost = self._where(steps, "step.lost", any_of(_is("step.went", Went.EARLY), _is("step.went", Went.LATE)))
        for name, rows in self.recorded.items():
            place = self.machine.types[name].span
            step = builder.add(f"{name} told", Lookup(rows, lost, (("event", "step.event"),), (), found="event.lost"))
            day = Column("event.day", DATE)
            first, last = Literal(self.occasion.first, DATE), Literal(self.occasion.last, DATE)
            now = all_of(Apply(Op.GE, (day, first), TRUTH), Apply(Op.LE, (day, last), TRUTH))
            lacks = any_of(Column("event.lost", TRUTH), Apply(Op.NOT, (Column("event.counts", TRUTH),), TRUTH))
            code = Apply(Op.IF, (lacks, _number(UNMATCHED), _number(USED)), COUNT)
            code = Apply(Op.IF, (now, code, _number(OUT_OF_PERIOD)), COUNT)
            emit_disposed(builder, name, builder.derive(step, "event.disposition", code, place))
