"""Gathering what a policy of any kind stands on: its subjects, the events credited to them, measures and values.

A kind of policy begins with `gathered`, adds columns of its own to the subjects, emits its results, and ends with
`emit_events` and `lowered`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.builtin import OVERRIDDEN, delivers, recordable
from workflow.checks.calculated import CheckedMeasure, Decision, Formula
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.facts import facts_of
from workflow.checks.measures import in_currency
from workflow.checks.uses import columns_in
from workflow.diagnostics import NOWHERE
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.between import columns_of_facts, facts_asked, facts_of_event
from workflow.plan.building import YES, Builder, renamed, surely
from workflow.plan.credits import FILTERED, UNMATCHED, credited, disposition, reached
from workflow.plan.deciding import rows_told
from workflow.plan.ground import Ground
from workflow.plan.groups import GROUP_DAY, group_of, groups_over, placed
from workflow.plan.lowered import ENDS, EVENTS, Lowered
from workflow.plan.measuring import counting, counts_once, counts_where, measured, value_read
from workflow.plan.nodes import (
    Aggregate,
    EachPeriod,
    Emit,
    Expand,
    Filter,
    Given,
    Lookup,
    Measure,
    Periods,
    Register,
    Take,
)
from workflow.plan.occasions import Occasion
from workflow.plan.overriding import by_hand, overridden
from workflow.plan.participants import first_days
from workflow.plan.shares import shares
from workflow.plan.valuing import valued
from workflow.plan.windows import Days


@dataclass(frozen=True, slots=True)
class Gathered:
    """The subjects of a period with everything that the policy measures and values.

    `step` are the subjects, `asked` the columns of the register that formulas ask of them; `rows` are the credited rows
    by event type, and `counted` those that measures look at; `quotients` are the names that are quotients.
    """

    ground: Ground
    step: str
    asked: tuple[str, ...]
    rows: Mapping[str, str]
    counted: Mapping[str, str]
    quotients: dict[str, Expression]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with which results begin: the person, the period, measures and values."""
        policy = self.ground.policy
        names = ["person", "days_served", "subject.eligible", "period.start", "period.end", "period.days"]
        names += [f"person.{name}" for name in self.asked]
        names += [group_of(group).name for group in groups_over(policy) if group.column is not None]
        names += columns_of_facts(policy, self.ground.occasion)
        for measure in policy.measures:
            parts = (f"{measure.name}.sum", f"{measure.name}.count") if measure.is_quotient else ()
            names += [*parts, *by_hand(self.ground, measure.name), measure.name]
        for value in policy.values:
            told = (
                rows_told(value.expression.rows_of or value.name, value.expression)
                if isinstance(value.expression, Decision)
                else ()
            )
            names += [*told, *by_hand(self.ground, value.name), value.name]
        return tuple(dict.fromkeys(names))  # Outputs of one table share its rows.


def gathered(policy: CheckedPolicy, workspace: CheckedWorkspace, occasion: Occasion) -> Gathered:
    """The subjects of a policy's period, with its measures and values.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, and what the sources have delivered.
    """
    ground = _ground(Builder(), policy, workspace, occasion)
    asked = _of_person(policy.of_period)
    step, facts = facts_asked(ground, _set_by_hand(ground, _subjects(ground, asked), workspace))
    rows, counted = {}, {}
    for event in policy.events:
        own_rows = credited(ground, event, _of_person(_asked_of(policy, event, occasion)))
        rows[event] = facts_of_event(ground, own_rows, event)
        own = tuple(measure for measure in policy.looks if measure.event == event)
        if own:
            counted[event] = counting(ground, rows[event], own)
            step = measured(ground, step, counted[event], own)
    step, quotients = valued(ground, shares(ground, step, counted), facts)
    return Gathered(ground, step, asked, rows, counted, quotients)


def _asked_of(policy: CheckedPolicy, event: str, occasion: Occasion) -> Iterator[Formula]:
    """What is asked of events of a type; of what is taken back also what the versions asked by which it was paid."""
    versions = [policy]
    if policy.claws_back:
        versions += [fact.due.policy for facts in occasion.facts.values() for fact in facts]
    for version in {each.version: each for each in versions if each.id == policy.id}.values():
        yield from version.of_events(event)


def lowered(found: Gathered) -> Lowered:
    """The plan as built, and where the events behind its measures stand."""
    ground = found.ground
    read = {measure.name: value_read(ground, measure) for measure in ground.policy.looks}
    counts = {measure.name: _counts(ground, measure) for measure in ground.policy.looks}
    plan = ground.builder.plan()
    return Lowered(ground.policy, ground.occasion, plan, ground.spells, ground.subjects, found.counted, read, counts)


def _counts(ground: Ground, measure: CheckedMeasure) -> str:
    """The column that says whether a measure takes a credited row."""
    by_row = measure.function == "average" or measure.among is not None
    return f"{measure.name}.counts" if by_row else counts_once(ground, measure)


def _ground(builder: Builder, policy: CheckedPolicy, workspace: CheckedWorkspace, occasion: Occasion) -> Ground:
    """The register with the days on which each person serves, and the subjects of the period."""
    people = workspace.registers["people"]
    fields = []
    for field in people.values():
        known = field.required and _told_of_all(workspace, field.name)
        absent = None if known else builder.cause("unknown-of-person", field.span, name=field.name)
        fields.append(Given(field.name, in_currency(field.type, policy.currency), absent))
    register = builder.add("people", Register("people", "person", tuple(fields)))
    own = {
        f"person.{field.name}": Column(field.name, in_currency(field.type, policy.currency))
        for field in people.values()
    }
    served = renamed(policy.served, own) if policy.served is not None else YES
    register = builder.derive(register, "spell.served", served, policy.served_span)
    spells, subjects = _served(builder, register, policy, occasion)
    facts = facts_of(policy) if delivers(workspace, OVERRIDDEN) else {}
    told = frozenset(source.name for source in workspace.sources if source.sequence is not None)
    return Ground(builder, policy, workspace.events, people, register, spells, subjects, occasion, facts, told)


def _told_of_all(workspace: CheckedWorkspace, name: str) -> bool:
    """Whether every source by which people are there tells the column; what another adds may be lacking for some."""
    sources = [source for source in workspace.sources if source.register == "people"]
    dated = [source for source in sources if source.since is not None] or sources
    return all(any(field.name == name and field.required for field in source.fields) for source in dated)


def _served(builder: Builder, register: str, policy: CheckedPolicy, occasion: Occasion) -> tuple[str, str]:
    """The spells in which people served, and the subjects with their days."""
    place, known = policy.served_span, Column("spell.served", TRUTH)
    periods = builder.add("period", Periods(((occasion.period, occasion.first, occasion.last),)))
    spells = builder.add("spells", Expand(register, EachPeriod(periods)))
    spells = builder.add("spells", Filter(spells, "spell.served", or_missing=True))
    spells = builder.derive(spells, "spell.surely", surely(known), place)
    days = COUNT.sized(COUNT.precision * 2, 0)
    doubt = builder.cause("not-served", place)
    measures = (
        Measure("subject.days", Function.SUM, days, "overlap.days", "spell.served"),
        Measure("subject.last day", Function.GREATEST, DATE, "overlap.through", "spell.served", empty=doubt),
        Measure("subject.sure spells", Function.COUNT, COUNT, where="spell.surely"),
        *first_days(policy, doubt),
        *((Measure(GROUP_DAY, Function.GREATEST, DATE, "overlap.through"),) if groups_over(policy) else ()),
    )
    subjects = builder.add("subjects", Aggregate(spells, ("person",), measures))
    subjects = placed(builder, subjects, register, policy)
    return spells, builder.derive(subjects, "days_served", Column("subject.days", days), place, COUNT)


def _subjects(ground: Ground, asked: tuple[str, ...]) -> str:
    """The subjects with what is asked of them, as of the last day served, and of the period."""
    builder, first, last = ground.builder, ground.occasion.first, ground.occasion.last
    nobody = builder.cause("not-served", ground.policy.served_span)
    take = tuple(Take(name, f"person.{name}", nobody) for name in asked)
    step = builder.add(
        "subjects", Lookup(ground.subjects, ground.register, (("person", "person"),), take, "subject.last day")
    )
    place = ground.policy.served_span
    step = builder.derive(step, "period.start", Literal(first, DATE), place)
    step = builder.derive(step, "period.end", Literal(last, DATE), place)
    step = builder.derive(step, "period.days", Literal(Decimal(_length(ground.occasion.whole)), COUNT), place)
    zero = Literal(Decimal(0), COUNT)
    sure = Apply(Op.GT, (Column("subject.sure spells", COUNT), zero), TRUTH)
    perhaps = Apply(Op.GT, (Column("days_served", COUNT), zero), TRUTH)
    return builder.derive(step, "subject.eligible", Apply(Op.OR, (sure, perhaps), TRUTH), place)


def _set_by_hand(ground: Ground, step: str, workspace: CheckedWorkspace) -> str:
    """The subjects with the facts that somebody has set for them, where a source delivers any."""
    if not delivers(workspace, OVERRIDDEN):
        return step
    step, recorded = overridden(ground, step, recordable(workspace)[OVERRIDDEN])
    emit_disposed(ground.builder, OVERRIDDEN, recorded)
    return step


def emit_disposed(builder: Builder, event: str, rows: str, *, alone: bool = False) -> None:
    """How the events were disposed of, from a row for each: how many met which end, and which are not used.

    Most events are used, and of many a row for each would be dear to give out. Which ones have another end only tells
    whether several policies agree: of those that are read `alone`, by one, it is told which went to nobody.
    """
    end = Column("event.disposition", COUNT)
    met = builder.add(f"{event} ends", Aggregate(rows, (end.name,), (Measure("events", Function.COUNT, COUNT),)))
    builder.emit(f"{ENDS} {event}", Emit(met, ((end.name, end.name), ("events", "events")), (end.name,)))
    least = Literal(Decimal(UNMATCHED if alone else FILTERED), COUNT)
    other = Apply(Op.GE, (end, least), TRUTH)
    rows = builder.derive(rows, "event.unused", surely(other), NOWHERE)
    rows = builder.add(builder.stem(rows), Filter(rows, "event.unused"))
    builder.emit(f"{EVENTS} {event}", Emit(rows, (("event", "event"), (end.name, end.name)), ("event",)))


def _length(days: Days) -> int:
    """How many days there are, both ends included."""
    first, last = days
    return (last - first).days + 1


def _of_person(expressions: Iterable[Formula]) -> tuple[str, ...]:
    names = {column.name for expression in expressions for column in columns_in(expression)}
    return tuple(sorted(name.removeprefix("person.") for name in names if name.startswith("person.")))


def emit_events(found: Gathered, paid: Mapping[str, Mapping[str, str]]) -> None:
    """How each event was disposed of: one row an event, the first disposition that applies to any credited row.

    `paid` are by event type the steps of the rows that a clause pays for, by the clause.
    """
    ground = found.ground
    builder, reversal = ground.builder, ground.policy.reversal
    for event, rows in found.rows.items():
        place = ground.events[event].span
        used = [counts_where(ground.policy, measure) for measure in ground.policy.looks if measure.event == event]
        used += [Column("credit.reversal", TRUTH)] if ground.policy.claws_back else []
        step, told = _paid_for(ground, rows, paid.get(event, {}))
        used += told
        code = disposition(reached(ground.policy, event), tuple(used))
        step = builder.derive(step, "event.disposition", code, place)
        returned = Column("credit.reversal", TRUTH)
        step = builder.derive(step, "event.original", Apply(Op.NOT, (returned,), TRUTH), place)
        kinds = [(event, "event.original")]
        if reversal is not None and reversal.of == event:
            kinds.append((reversal.event, "credit.reversal"))
        for name, kept in kinds:
            own = builder.add(f"{name} disposed", Filter(step, kept))
            least = Measure("event.disposition", Function.LEAST, COUNT, "event.disposition")
            own = builder.add(f"{name} disposed", Aggregate(own, ("event",), (least,)))
            emit_disposed(builder, name, own, alone=name in ground.occasion.alone)


def _paid_for(ground: Ground, step: str, lines: Mapping[str, str]) -> tuple[str, list[Expression]]:
    """The credited rows with whether each clause of `lines` pays for them, and the columns that say so."""
    found: list[Expression] = []
    for name, rows in lines.items():
        column = Column(f"pay.{name}.paid", TRUTH)
        on = (("event", "event"), ("credit.person", "credit.person"))
        step = ground.builder.add(ground.builder.stem(step), Lookup(step, rows, on, (), found=column.name))
        found.append(column)
    return step, found
