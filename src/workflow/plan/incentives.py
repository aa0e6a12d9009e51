"""Lowering an incentive policy: subjects, measures, values, pay, actions, and the dispositions of its events.

The names of columns are the policy's own words, so that a result can be read without a key: a measure or value has its
name; pay clause `c` has `pay.c.when`, `pay.c.on` (what a rate is applied to), `pay.c.rate`, `pay.c.full` (before
proration; with a table also `pay.c.full.row`, `.rate` and `.part.N`), `pay.c.exact` (before rounding) and `pay.c` (the
paid line); those of actions are told in `actions`. Names of ours hold a dot or a blank, so they can't collide with an
author's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.builtin import ADJUSTED, OPENED, OVERRIDDEN, delivers, recordable
from workflow.checks.checked import CheckedIncentive, CheckedMeasure, CheckedWorkspace, Decision, PayClause
from workflow.checks.facts import facts_of
from workflow.checks.measures import in_currency
from workflow.checks.uses import columns_in, columns_read, rank_reads
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH, Kind, Type
from workflow.plan.actions import columns_of, triggered
from workflow.plan.adjusting import ADJUSTMENT, adjusted, emit_adjustments
from workflow.plan.building import YES, Builder, renamed, surely
from workflow.plan.carrying import COLUMNS, carried, is_there
from workflow.plan.clawing import CLAW_BACK, clawed_back
from workflow.plan.counting import Rows, emit_steps, paid
from workflow.plan.credits import credited, disposition, reached
from workflow.plan.deciding import rows_told
from workflow.plan.ground import Ground
from workflow.plan.groups import GROUP_DAY, group_of, groups_over, placed
from workflow.plan.limits import CARRIED_ON, limited
from workflow.plan.limits import asked as asked_of_limits
from workflow.plan.lines import LINES as LINES  # noqa: PLC0414 whoever reads the outputs finds them all here
from workflow.plan.lines import emit_lines
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
    Plan,
    Register,
    Take,
)
from workflow.plan.occasions import Occasion
from workflow.plan.opening import emit_openings, openings
from workflow.plan.overriding import by_hand, overridden
from workflow.plan.paying import valued
from workflow.plan.ranking import rank_columns
from workflow.plan.shares import shares
from workflow.plan.windows import Days

PERSON = Type(Kind.PERSON)
RESULTS, EVENTS, STEPS = "results", "events", "steps of"
"""Outputs beside the lines: a row a subject; `events TYPE`, a row an event with its disposition; and `steps of CLAUSE`,
of a clause that is counted by events, a row for each event or stretch of days that it is paid for."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A policy's plan for an occasion, and where the events behind its measures stand.

    `counted` is the step of credited rows by event type; `read` the column that each measure takes from such a row, and
    `counts` the one that says whether it does;
    `spells` the step of dated rows of the register within the period, `subjects` that of the people with their groups.
    """

    policy: CheckedIncentive
    occasion: Occasion
    plan: Plan
    spells: str
    subjects: str
    counted: Mapping[str, str]
    read: Mapping[str, str | None]
    counts: Mapping[str, str]


def lower_incentive(policy: CheckedIncentive, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one policy for one period.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, and what the sources have delivered.

    Returns:
        A plan with the outputs `results`, `lines` (where the policy pays) and `events TYPE`.
    """
    builder = Builder()
    ground = _ground(builder, policy, workspace, occasion)
    asked = _asked(policy)
    step = _set_by_hand(ground, _subjects(ground, asked), workspace)
    disposed, counted = {}, {}
    for event in _events_read(policy):
        rows = credited(ground, event, _asked_of_events(policy, event))
        own = tuple(measure for measure in policy.looks if measure.event == event)
        disposed[event] = (rows, own)
        if own:
            counted[event] = counting(ground, rows, own)
            step = measured(ground, step, counted[event], own)
    step, quotients = valued(ground, shares(ground, step, counted))
    step = asked_of_limits(ground, step, quotients) if policy.limits else step
    found = openings(ground, recordable(workspace)[OPENED]) if delivers(workspace, OPENED) else None
    rows_of = {event: rows for event, (rows, _) in disposed.items()}
    step, rows_paid = paid(ground, step, quotients, rows_of, found.held if found is not None else {})
    if found is not None:
        emit_openings(ground, found, step, f"{EVENTS} {OPENED}")
    step = triggered(ground, limited(ground, carried(ground, step)), quotients)
    _emit_results(ground, step, asked)
    made = _made_for_events(ground, step, workspace, rows_of)
    emit_lines(
        ground, step, {clause.name: rows_paid[clause.name].lines for clause in policy.pay if _each(clause)}, made
    )
    for name, each in rows_paid.items():
        emit_steps(each, f"{STEPS} {name}")
    _emit_events(ground, disposed, rows_paid)
    read = {measure.name: value_read(ground, measure) for measure in policy.looks}
    counts = {measure.name: _counts(ground, measure) for measure in policy.looks}
    return Lowered(policy, occasion, builder.plan(), ground.spells, ground.subjects, counted, read, counts)


def _counts(ground: Ground, measure: CheckedMeasure) -> str:
    """The column that says whether a measure takes a credited row."""
    by_row = measure.function == "average" or measure.among is not None
    return f"{measure.name}.counts" if by_row else counts_once(ground, measure)


def _events_read(policy: CheckedIncentive) -> tuple[str, ...]:
    """The types of events that the policy measures or pays for, by name."""
    paid = {each for each in map(_each, policy.pay) if each is not None}
    return tuple(sorted({measure.event for measure in policy.looks} | paid))


def _ground(builder: Builder, policy: CheckedIncentive, workspace: CheckedWorkspace, occasion: Occasion) -> Ground:
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
    return Ground(builder, policy, workspace.events, people, register, spells, subjects, occasion, facts)


def _told_of_all(workspace: CheckedWorkspace, name: str) -> bool:
    """Whether every source by which people are there tells the column; what another adds may be lacking for some."""
    sources = [source for source in workspace.sources if source.register == "people"]
    dated = [source for source in sources if source.since is not None] or sources
    return all(any(field.name == name and field.required for field in source.fields) for source in dated)


def _served(builder: Builder, register: str, policy: CheckedIncentive, occasion: Occasion) -> tuple[str, str]:
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


def _made_for_events(
    ground: Ground, step: str, workspace: CheckedWorkspace, rows: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The lines that are made for one event each: claw backs, and adjustments where a source delivers any."""
    made, policy = [], ground.policy
    if policy.claw_back is not None and policy.reversal is not None:
        deals = ground.events[policy.reversal.of]
        made.append((CLAW_BACK, clawed_back(ground, step, rows[deals.name], deals)))
    if delivers(workspace, ADJUSTED):
        recorded, lines = adjusted(ground, step, recordable(workspace)[ADJUSTED])
        emit_adjustments(ground, lines)
        _emit_disposed(ground.builder, ADJUSTED, recorded)
        made.append((ADJUSTMENT, lines))
    return made


def _set_by_hand(ground: Ground, step: str, workspace: CheckedWorkspace) -> str:
    """The subjects with the facts that somebody has set for them, where a source delivers any."""
    if not delivers(workspace, OVERRIDDEN):
        return step
    step, recorded = overridden(ground, step, recordable(workspace)[OVERRIDDEN])
    _emit_disposed(ground.builder, OVERRIDDEN, recorded)
    return step


def _emit_disposed(builder: Builder, event: str, rows: str) -> None:
    """How each event was disposed of, from a row for each."""
    columns = (("event", "event"), ("event.disposition", "event.disposition"))
    builder.emit(f"{EVENTS} {event}", Emit(rows, columns, ("event",)))


def _length(days: Days) -> int:
    """How many days there are, both ends included."""
    first, last = days
    return (last - first).days + 1


def _expressions(policy: CheckedIncentive) -> list[Expression | Decision | None]:
    """Every formula that is asked of a subject's period."""
    found: list[Expression | Decision | None] = [value.expression for value in policy.values]
    found += [column for clause in policy.pay if not _each(clause) for column in columns_read(clause)]
    found += [part for limit in policy.limits for part in (limit.condition, limit.amount)]
    return [*found, *(part for action in policy.actions for part in (action.when, *rank_reads(action)))]


def _asked(policy: CheckedIncentive) -> tuple[str, ...]:
    """The register's columns that the policy's formulas read, by name."""
    return _of_person(_expressions(policy))


def _asked_of_events(policy: CheckedIncentive, event: str) -> tuple[str, ...]:
    """The same of what is asked of an event, as of its day."""
    found: list[Expression | None] = [measure.where for measure in policy.measures if measure.event == event]
    found += [column for clause in policy.pay if _each(clause) == event for column in columns_read(clause)]
    return _of_person(found)


def _each(clause: PayClause) -> str | None:
    """The event type for each of whose events a clause pays; None if it pays once a period."""
    return clause.counted.each if clause.counted is not None else None


def _of_person(expressions: Iterable[Expression | Decision | None]) -> tuple[str, ...]:
    names = {column.name for expression in expressions for column in columns_in(expression)}
    return tuple(sorted(name.removeprefix("person.") for name in names if name.startswith("person.")))


def _emit_results(ground: Ground, step: str, asked: tuple[str, ...]) -> None:
    """One row a subject, every named value a column."""
    policy = ground.policy
    names = ["person", "days_served", "subject.eligible", "period.start", "period.end", "period.days"]
    names += [f"person.{name}" for name in asked]
    names += [group_of(group).name for group in groups_over(policy) if group.column is not None]
    for measure in policy.measures:
        parts = (f"{measure.name}.sum", f"{measure.name}.count") if measure.is_quotient else ()
        names += [*parts, *by_hand(ground, measure.name), measure.name]
    for value in policy.values:
        told = rows_told(value.name, value.expression) if isinstance(value.expression, Decision) else ()
        names += [*told, *by_hand(ground, value.name), value.name]
    for clause in policy.pay:
        stem = f"pay.{clause.name}"
        if _each(clause) is not None:
            names += [f"{stem}.when", f"{stem}.lines", stem]
            continue
        names += rank_columns(stem, clause.rank)
        names += [f"{stem}.asked", f"{stem}.when"] if policy.limits else [f"{stem}.when"]
        if clause.counted is not None:
            pass  # The rows of its table stand in an output of their own.
        elif clause.table is not None:
            names += [f"{stem}.full.row", f"{stem}.full.rate"]
            if clause.table.unit is not None or clause.table.mode == "marginal":
                names += [f"{stem}.full.part.{index + 1}" for index in range(len(clause.table.rows))]
        elif clause.decision is not None:
            names += [*rows_told(f"{stem}.full", clause.decision), f"{stem}.full.rate"]
        elif clause.rate is not None:
            names.append(f"{stem}.rate")
        names += [f"{stem}.full", f"{stem}.exact", stem]
    for limit in policy.limits:
        stem, asks = f"pay.{limit.kind}", "gate.shut" if limit.amount is None else f"{limit.kind}.limit"
        names += [asks, f"{stem}.before", f"{stem}.when", f"{stem}.exact", stem]
        names += [CARRIED_ON] if limit.carries else []
    names += COLUMNS if is_there(ground) else ()
    names += [column for action in policy.actions for column in columns_of(action)]
    ground.builder.emit(RESULTS, Emit(step, tuple((name, name) for name in names), ("person",)))


def _emit_events(
    ground: Ground, disposed: Mapping[str, tuple[str, tuple[CheckedMeasure, ...]]], rows_paid: Mapping[str, Rows]
) -> None:
    """How each event was disposed of: one row an event, the first disposition that applies to any credited row."""
    builder, reversal = ground.builder, ground.policy.reversal
    by_event = {event: [name for name, each in rows_paid.items() if each.counting.event == event] for event in disposed}
    for event, (rows, measures) in disposed.items():
        place = ground.events[event].span
        used = [counts_where(ground.policy, measure) for measure in measures]
        used += [Column("credit.reversal", TRUTH)] if ground.policy.claw_back is not None else []
        step, told = _paid_for(ground, rows, {name: rows_paid[name].counted for name in by_event[event]})
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
            _emit_disposed(builder, name, own)


def _paid_for(ground: Ground, step: str, lines: Mapping[str, str]) -> tuple[str, list[Expression]]:
    """The credited rows with whether each clause of `lines` pays for them, and the columns that say so."""
    found: list[Expression] = []
    for name, rows in lines.items():
        column = Column(f"pay.{name}.paid", TRUTH)
        on = (("event", "event"), ("credit.person", "credit.person"))
        step = ground.builder.add(ground.builder.stem(step), Lookup(step, rows, on, (), found=column.name))
        found.append(column)
    return step, found
