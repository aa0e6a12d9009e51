"""A case told step by step: each happening with its cause, what was asked and came to what, and how the case stood
after it. It is taken through its machine alone, which must make the steps that the replay of all cases made.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflow.checks.builtin import MIGRATED
from workflow.checks.calculated import EventType, Title
from workflow.checks.cases import (
    CheckedClock,
    CheckedEscalation,
    CheckedMove,
    CheckedTarget,
    CheckedTimer,
    StepAction,
)
from workflow.checks.clauses import ActionKind
from workflow.checks.guards import Asked, Both, Counted, Either, Guard, Not, Whose
from workflow.checks.uses import columns_in
from workflow.intake.lines import lines_of
from workflow.ledger.account import Known
from workflow.ledger.cases import CaseStep, case_asked, rows_of, step_of
from workflow.ledger.decided import Decided
from workflow.ledger.evaluation import Run
from workflow.ledger.rows import column_of
from workflow.model.typed import Column
from workflow.model.types import COUNT, Type
from workflow.plan.casebehind import CASE_EVENTS, CASE_FIELDS, Behind, case_behind
from workflow.plan.escalations import CASE_ACTIONS, CASE_STEPS
from workflow.plan.lowered import RESULTS, Lowered
from workflow.plan.machines import UNKNOWN
from workflow.plan.stepwords import OF_CLOCKS, OF_MOVES, OF_TIMERS, TOLD
from workflow.run.outcome import Engine
from workflow.run.reference.cases import Numbers
from workflow.run.reference.stepping import Asking, Happening, stepped
from workflow.worktime.clocks import EPOCH, MICROSECOND

Item = CheckedMove | CheckedTimer | CheckedClock


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """An event of the case, and where it was recorded; of a migration also why, and by whom."""

    id: str
    type: str
    time: datetime.datetime
    file: str
    line: int
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class AskedGuard:
    """A condition that was asked: of a move, a timer, or a target of `clock`; what it came to (None: unknown), and the
    values of all that it read, None where one is missing.
    """

    of: CheckedMove | CheckedTimer | CheckedTarget
    clock: CheckedClock | None
    held: bool | None
    values: tuple[tuple[str, Known | None, Type], ...]


@dataclass(frozen=True, slots=True)
class Triggered:
    """What a step triggers, and for whom: None where nobody knows. `adrift` is whose case it is, if nothing is
    triggered because that person has no results in the period.
    """

    action: StepAction
    to: str | None
    adrift: str | None


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step, and the move, timer or clock that it is of."""

    step: CaseStep
    item: Item | None


@dataclass(frozen=True, slots=True)
class ShownClock:
    """A clock after a happening: what it has consumed, its target in microseconds if it has one, whether it runs."""

    clock: CheckedClock
    consumed: int
    target: int | None
    runs: bool


@dataclass(frozen=True, slots=True)
class CaseTurn:
    """An event, or one thing that was due, and all that came of it at once.

    `event` is the newest by then. `version` is the one by which the case goes and `person` whose it is, None where
    there is none. `actions` are what it triggers. `begun` are the timers that began, and when they are due: None where
    the calendar doesn't know.
    """

    run: int
    version: CheckedEscalation | None
    person: str | None
    event: CaseEvent | None
    steps: tuple[ToldStep, ...]
    asked: tuple[AskedGuard, ...]
    actions: tuple[Triggered, ...]
    begun: tuple[tuple[CheckedTimer, datetime.datetime | None], ...]
    clocks: tuple[ShownClock, ...]


@dataclass(frozen=True, slots=True)
class CaseAccount:
    """What `explain` tells of a case under one policy."""

    policy: CheckedEscalation
    case: str
    turns: tuple[CaseTurn, ...]
    types: Mapping[str, EventType]


@dataclass(frozen=True, slots=True)
class CaseAccounts:
    """A case under every escalation that has one of that id. `titles` are those of what can be triggered, by its kind,
    and under `notify` of roles.
    """

    case: str
    period: str
    as_of: datetime.date
    zone: str
    accounts: tuple[CaseAccount, ...]
    texts: Mapping[str, str]
    titles: Mapping[ActionKind, Mapping[str, Title]]
    names: Mapping[str, str]


def case_account(run: Run, lowered: Sequence[Lowered], engine: Engine, asked: tuple[Path, str]) -> CaseAccounts:
    """A case of a run told step by step.

    Args:
        run: the run, of escalations.
        lowered: its plans, in the order of its policies.
        engine: what looks up the case's events.
        asked: the workspace's folder, and the case, or one run of it as `ID#2`.

    Raises:
        WrongUsage: no escalation has such a case.
    """
    where, name = asked
    case = case_asked(run, name)
    found = []
    for decided, plans in zip(run.decided, lowered, strict=True):
        rows = rows_of(decided, case.case)
        if case.run in {None, *(int(row["run"]) for row in rows)} and rows:
            found.append(_Telling(run, decided, plans, engine, (where, case.case)).account(rows, case.run))
    titles: dict[ActionKind, Mapping[str, Title]] = {"notify": run.rules.roles, **run.rules.items}
    return CaseAccounts(name, run.period, run.as_of, run.rules.zone, tuple(found), run.texts, titles, run.names)


class _Telling:
    """One policy's part."""

    def __init__(self, run: Run, decided: Decided, lowered: Lowered, engine: Engine, asked: tuple[Path, str]) -> None:
        policy = lowered.policy
        assert isinstance(policy, CheckedEscalation), "only escalations have cases"
        where, self.case = asked
        self.policy, self.seen = policy, frozenset(_actions(decided.policy))
        self.occasion = lowered.occasion
        self.people = frozenset(column_of(decided.outcome.tables[RESULTS], "person").to_pylist())
        self.behind: Behind = case_behind(policy, run.rules, lowered.occasion, self.case)
        self.tables = engine.run(self.behind.plan, run.taken.evidence).tables
        self.events = {int(row["event"]): row for row in self.tables[CASE_EVENTS].to_pylist()}
        self.places = lines_of(run.taken.evidence, where, list(self.events))
        self.actions: dict[int, list[Mapping[str, Any]]] = {}
        for row in self.tables[CASE_ACTIONS].to_pylist() if CASE_ACTIONS in self.tables else ():
            self.actions.setdefault(int(row["turn"]), []).append(row)
        self.fields = {
            int(row["event"]): row
            for name in self.behind.fields
            for row in self.tables[f"{CASE_FIELDS} {name}"].to_pylist()
        }

    def account(self, replayed: Sequence[Mapping[str, Any]], run: int | None) -> CaseAccount:
        """The case, or one run of it; its steps in the replay of all cases were these."""
        alone, kernel = self.tables[CASE_STEPS].to_pylist(), self.behind.kernel
        happenings = stepped(kernel, [_numbers(row, kernel.inputs) for row in self.events.values()])
        steps = [step for each in happenings for step in each.steps]
        numbers = [{word: int(row[f"step.{word}"]) for word in kernel.outputs} for row in alone]
        assert steps == numbers, f"{self.case}: stepped through alone, the case went another way"
        words = [{word: row[word] for word in TOLD} for row in alone]
        assert words == [{word: row[word] for word in TOLD} for row in replayed], f"{self.case}: replayed another way"
        rows = iter(alone)
        turns = [self._turn(each, [next(rows) for _ in each.steps]) for each in happenings]
        told = tuple(each for each in turns if run in {None, each.run})
        return CaseAccount(self.policy, self.case, told, self.behind.machine.types)

    def _turn(self, happening: Happening, rows: Sequence[Mapping[str, Any]]) -> CaseTurn:
        machine = self.behind.machine
        versions = {each.version: each for each in self.policy.versions}
        version = versions.get(max(int(row["version"]) for row in rows))
        clocks = {each.name for _, each in machine.clocks}
        steps = tuple(ToldStep(step_of(row, clocks), self._item(row)) for row in rows)
        return CaseTurn(
            run=int(rows[0]["run"]),
            version=version,
            person=rows[-1]["person"],
            event=self._event(happening.event),
            steps=steps,
            asked=tuple(self._asked(each, happening) for each in happening.asked),
            actions=tuple(self._triggered(rows)),
            begun=tuple((machine.timers[at - 1][1], _moment(due)) for at, due in happening.begun.items()),
            clocks=tuple(
                ShownClock(machine.clocks[each.number - 1][1], each.consumed, each.target, each.runs)
                for each in happening.clocks
            ),
        )

    def _item(self, row: Mapping[str, Any]) -> Item | None:
        """What a step is of."""
        number, went, machine = int(row["step.item"]), int(row["step.went"]), self.behind.machine
        kinds: tuple[tuple[tuple[int, ...], Sequence[tuple[CheckedEscalation, Item]]], ...] = (
            (OF_MOVES, machine.moves),
            (OF_TIMERS, machine.timers),
            (OF_CLOCKS, machine.clocks),
        )
        found = next((items for of, items in kinds if went in of), ())
        return found[number - 1][1] if number and found else None

    def _event(self, row: Numbers | None) -> CaseEvent | None:
        if row is None:
            return None
        told = self.events[row["event"]]
        types = list(self.behind.machine.types)
        time = told["event.time"].replace(tzinfo=datetime.UTC)
        found = CaseEvent(told["event.id"], types[row["kind"] - 1], time, *self.places[row["event"]])
        if found.type != MIGRATED:
            return found
        fields = self.fields[row["event"]]
        return replace(found, reason=fields["reason"] or "", by=fields["by"] or "")

    def _triggered(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Triggered]:
        """What the steps trigger, that the reader may see."""
        for row in (each for step in rows for each in self.actions.get(int(step["turn"]), ())):
            action = self.policy.step_actions[int(row["clause"])]
            if action in self.seen:
                now = self.occasion.first <= row["date"] <= self.occasion.last
                adrift = now and row["person"] not in self.people
                yield Triggered(action, row["to"], row["person"] if adrift else None)

    # What was asked.

    def _asked(self, asking: Asking, happening: Happening) -> AskedGuard:
        machine, number = self.behind.machine, asking.number - 1
        clock = machine.clocks[number][1] if asking.of == "target" else None
        of: CheckedMove | CheckedTimer | CheckedTarget
        if clock is not None:
            of, version = clock.targets[asking.row - 1], machine.clocks[number][0]
        elif asking.of == "timer":
            version, of = machine.timers[number]
        else:
            version, of = machine.moves[number]
        values: dict[str, tuple[Known | None, Type]] = {}
        for read in _read(of.guard):
            if isinstance(read, Counted):
                names = [name for name, event in version.counts.items() if event == read.event]
                count = Decimal(asking.counts.get(machine.kind(read.event), 0))
                values |= dict.fromkeys(names[:1], (count, COUNT))
            else:
                column, whose = read
                row = happening.event if whose == "event" else happening.begin or happening.event
                assert row is not None, "a condition is asked of an event"
                values[column.name] = (self.fields[row["event"]].get(column.name), column.type)
        return AskedGuard(of, clock, asking.held, tuple((name, *value) for name, value in values.items()))


def _actions(policy: object) -> tuple[StepAction, ...]:
    assert isinstance(policy, CheckedEscalation), "only escalations have cases"
    return policy.step_actions


def _read(guard: Guard | None) -> Iterator[tuple[Column, Whose] | Counted]:
    """What a condition reads: fields of the event that came or of the case's first, and counts."""
    match guard:
        case Asked(formula=formula, of=of):
            yield from ((column, of) for column in columns_in(formula))
        case Counted():
            yield guard
        case Not(of=part):
            yield from _read(part)
        case Both(of=parts) | Either(of=parts):
            for each in parts:
                yield from _read(each)
        case _:
            return


def _numbers(row: Mapping[str, Any], inputs: Sequence[str]) -> dict[str, int]:
    """The row of an event as the kernel takes it."""
    return {name: UNKNOWN if row[name] is None else int(row[name]) for name in inputs}


def _moment(due: int | None) -> datetime.datetime | None:
    return None if due is None else EPOCH + due * MICROSECOND
