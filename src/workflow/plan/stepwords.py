"""The steps of cases in the words of their policy: the names behind the numbers by which a kernel knows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.checks.cases import CheckedEscalation
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TEXT, TRUTH, Type
from workflow.plan.building import Builder
from workflow.plan.machines import Went
from workflow.plan.nodes import Emit, Lookup, Take
from workflow.plan.replaying import Machine

OF_MOVES = (Went.MOVED, Went.STAYED, Went.AMBIGUOUS)
OF_TIMERS = (Went.SET, Went.FIRED, Went.WAIVED, Went.DOUBTED, Went.CANCELLED, Went.PENDING, Went.RAN_AWAY)
OF_CLOCKS = (
    Went.STARTED,
    Went.HELD,
    Went.RESUMED,
    Went.STOPPED,
    Went.ASKED,
    Went.WARNED,
    Went.BREACHED,
    Went.SHOWN,
)
"""What the item of a step is, by what the step is."""
TOLD = (
    "case", "run", "turn", "version", "person", "time", "date", "went", "of", "state", "to", "event", "type",
    "consumed", "due",
)  # fmt: skip
"""What is told of a step: the case and its run, the number of the step, the version by which the case goes after it (0
where there is no case), whose the case is, when it was, what it was and of which move, timer or clock; the states
before and after; the event that it follows from and its type; and in microseconds what a clock has consumed, and its
target, or when a timer is due; -1 where there is none, -2 where the target is undecided.
"""
COLUMNS: Mapping[str, str] = {
    "case": "case",
    "person": "case.person",
    "event": "event.id",
    **{word: f"told.{word}" for word in ("went", "of", "version", "state", "to", "type")},
}
"""Where what is told of a step stands, if not under its own name."""


def told(builder: Builder, machine: Machine, rows: tuple[str, str], policy: CheckedEscalation) -> Emit:
    """The steps in words.

    Args:
        builder: takes what has to be added.
        machine: what the numbers mean.
        rows: the steps, and the events behind them.
        policy: the version that decides.
    """
    steps, place, events = rows[0], policy.span, rows[1]
    states = {number: each.name for number, (_, each) in enumerate(machine.states, 1)}
    unknown = builder.cause("no-case", policy.begins.span)
    take = (Take("event.id", "event.id", unknown), Take("kind", "event.kind", unknown))
    steps = builder.add("steps", Lookup(steps, events, (("step.event", "event"),), take))
    for word in ("state", "to"):
        steps = builder.derive(steps, f"told.{word}", worded(f"step.{word}", states), place)
    steps = builder.derive(steps, "told.version", _version(machine), place)
    types = dict(enumerate(machine.types, 1))
    steps = builder.derive(steps, "told.type", worded("event.kind", types), place)
    went = {int(each): each.name.lower().replace("_", " ") for each in Went}
    steps = builder.derive(steps, "told.went", worded("step.went", went), place)
    steps = builder.derive(steps, "told.of", _item(machine), place)
    shown = tuple((COLUMNS.get(word, f"step.{word}"), word) for word in TOLD)
    return Emit(steps, shown, ("case", "step.turn"))


def _version(machine: Machine) -> Expression:
    """The version by which a case goes after a step; 0 where there is no case."""
    found: Expression = number(0)
    for version in machine.versions:
        first = machine.state(version, version.states[0].name)
        among = Apply(Op.GE, (Column("step.to", COUNT), number(first)), TRUTH)
        found = Apply(Op.IF, (among, number(version.version), found), COUNT)
    return found


def _item(machine: Machine) -> Expression:
    """The name of the move, timer or clock that a step is of."""
    moves = {at: each.event for at, (_, each) in enumerate(machine.moves, 1)}
    timers = {at: each.name for at, (_, each) in enumerate(machine.timers, 1)}
    clocks = {at: each.name for at, (_, each) in enumerate(machine.clocks, 1)}
    beyond = {**timers, **{len(timers) + at: name for at, name in clocks.items()}}
    versions = {at: str(each.version) for at, each in enumerate(machine.versions, 1)}
    over = {at: versions[each.to] for at, each in enumerate(machine.migrations(), 1)}
    found: Expression = Apply(Op.IF, (is_just("step.went", Went.MIGRATED), worded("step.item", over), text("")), TEXT)
    for went in Went:
        names = moves if went in OF_MOVES else timers if went in OF_TIMERS else clocks if went in OF_CLOCKS else {}
        names = beyond if went is Went.BEYOND else names
        if names:
            found = Apply(Op.IF, (is_just("step.went", went), worded("step.item", names), found), TEXT)
    return found


def number(value: int) -> Literal:
    """A number as what it is."""
    return Literal(Decimal(value), COUNT)


def worded(column: str, names: Mapping[int, str]) -> Expression:
    """The name that a number stands for; empty where it stands for none."""
    found: Expression = text("")
    for value, name in names.items():
        found = Apply(Op.IF, (is_just(column, value), text(name), found), TEXT)
    return found


def text(value: str) -> Literal:
    """A text as what it is."""
    return Literal(value, TEXT)


def spelled(name: str, of: Type) -> Expression:
    """A number as text."""
    return Apply(Op.TEXT_OF, (Column(name, of),), TEXT)


def is_just(column: str, value: int) -> Expression:
    """Whether a count is just this."""
    return Apply(Op.EQ, (Column(column, COUNT), number(int(value))), TRUTH)
