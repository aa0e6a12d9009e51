"""Lowering a tiering: the subjects of all periods so far, their measures, their tiers, and what a change triggers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from workflow.checks.calculated import Formula
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.tiers import CheckedTiering
from workflow.checks.uses import columns_in
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TEXT, TRUTH, Kind, Type
from workflow.plan.actions import columns_of, triggered
from workflow.plan.between import columns_of_facts, facts_asked
from workflow.plan.buckets import Bucketed, bucketed
from workflow.plan.building import Builder, all_of
from workflow.plan.climbing import climbed, moved, named, tier_columns, told
from workflow.plan.credits import UNMATCHED, disposition, reached
from workflow.plan.daily import emit_days, named_columns
from workflow.plan.gathering import emit_disposed
from workflow.plan.ground import Ground
from workflow.plan.lowered import PERSON, RESULTS, Lowered
from workflow.plan.measuring import counts_where, value_read
from workflow.plan.moments import by_moments
from workflow.plan.nodes import Aggregate, Emit, Filter, Lookup, Measure
from workflow.plan.occasions import Occasion
from workflow.plan.periodic import measured
from workflow.plan.setting import emit_settings, settable
from workflow.plan.sharing import ROW
from workflow.plan.spans import ASKED, Spans, spans_of, subjects
from workflow.plan.valuing import valued


def lower_tiering(policy: CheckedTiering, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one tiering for one period.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, those before it, and what the sources have delivered.

    Returns:
        A plan with the outputs `results` and `events TYPE`.
    """
    builder = Builder()
    spans = spans_of(builder, policy, workspace, occasion.every)
    sequenced = frozenset(source.name for source in workspace.sources if source.sequence is not None)
    ground = Ground(
        builder,
        policy,
        workspace.events,
        spans.known,
        spans.register or "",
        "",
        "",
        occasion,
        sequenced=sequenced,
        along=("period",),
    )
    found = {
        event: bucketed(
            spans, ground, workspace.events[event], policy.fields[event], _asked(spans, policy.of_events(event))
        )
        for event in policy.events
    }
    asked = _asked(spans, policy.of_period)
    spells, step = subjects(spans, [each.sums for each in found.values()], () if policy.at_events else asked)
    if policy.at_events:
        step = by_moments(spans, step, tuple(found.values()), asked)
    for each in found.values():
        step = measured(spans, ground, step, each)
    step, facts = facts_asked(ground, step)
    step, quotients = valued(ground, step, facts)
    step, settings = settable(spans, ground, policy, step)
    step, asked_now = climbed(spans, ground, policy, step, quotients), ASKED.name
    if policy.at_events:
        step, asked_now = emit_days(spans, ground, policy, step)
    step = builder.add("tiers", Filter(step, asked_now))
    step = told(ground, policy, named(spans, ground, policy, step))
    acting = replace(ground, policy=_acting(policy))
    step = triggered(acting, step, quotients)
    _emit_results(spans, policy, step, asked)
    if settings is not None and policy.setting is not None:
        emit_settings(spans, ground, settings, step, policy.setting)
    counted = {event: _emit_events(ground, each, step) for event, each in found.items()}
    return _lowered(spans, ground, (spells, step), counted)


def _lowered(spans: Spans, ground: Ground, steps: tuple[str, str], counted: Mapping[str, str]) -> Lowered:
    """The plan as built, and where what is behind it stands; `steps` are those of the spells and of the subjects."""
    policy, (spells, step) = ground.policy, steps
    read = {
        measure.name: "event.day" if measure.function == "days since" else value_read(ground, measure)
        for measure in policy.looks
    }
    counts = {measure.name: f"{measure.name}.counts" for measure in policy.looks}
    customer = Type(Kind.CUSTOMER) if policy.subject == "customer" else PERSON
    whose = Column(spans.key, TEXT if spans.register is not None else customer)
    credited = Column("credit.person", customer)
    return Lowered(policy, ground.occasion, ground.builder.plan(), spells, step, counted, read, counts, whose, credited)


def _acting(policy: CheckedTiering) -> CheckedTiering:
    """The policy with the changes of tier in the conditions of its actions."""
    actions = []
    for action in policy.actions:
        change = moved(policy, action.name)
        when = all_of(change, action.when) if change is not None else action.when
        actions.append(replace(action, when=when))
    return replace(policy, actions=tuple(actions))


def _asked(spans: Spans, expressions: Iterable[Formula]) -> tuple[str, ...]:
    """The register's columns that expressions read."""
    names = {column.name for each in expressions for column in columns_in(each)}
    before = f"{spans.key}."
    return tuple(sorted(name.removeprefix(before) for name in names if name.startswith(before)))


def _emit_results(spans: Spans, policy: CheckedTiering, step: str, asked: tuple[str, ...]) -> None:
    """One row a subject of the period that is asked about, every named value a column."""
    names = [spans.key, "days_served", "subject.eligible", "period.start", "period.end", "period.days"]
    names += [f"{spans.key}.{name}" for name in asked]
    names += columns_of_facts(policy, spans.occasions[-1])
    names += named_columns(policy)
    names += tier_columns(spans, policy)
    names += [column for action in policy.actions for column in columns_of(action)]
    # Of one period there is one row a subject; these columns prove it.
    order = (spans.key, "period", *spans.apart)
    once = dict.fromkeys(names)  # Outputs of one table share its rows.
    spans.builder.emit(RESULTS, Emit(step, tuple((name, name) for name in once), order))


def _counted(ground: Ground, found: Bucketed) -> str:
    """The events as an explanation lists them: which of them a measure takes in the period that is asked about."""
    builder, event, rows = ground.builder, found.event, found.rows
    key = ground.policy.subject
    of = PERSON if ground.policy.subject == "person" else Type(Kind.CUSTOMER)
    for name in ("credit.person", "credit.seller"):
        rows = builder.derive(rows, name, Column(key, of), event.span)
    for name in ROW:
        rows = builder.derive(rows, name, Literal(Decimal(0), COUNT), event.span)
    for measure in found.measures:
        rows = builder.derive(rows, f"{measure.name}.counts", counts_where(ground.policy, measure), measure.span)
    return rows


def _emit_events(ground: Ground, found: Bucketed, step: str) -> str:
    """How each event was disposed of in the period that is asked about; the step of those that count."""
    builder, event, key = ground.builder, found.event, ground.policy.subject
    counted = _counted(ground, found)
    rows = builder.add(f"{event.name} told", Lookup(counted, step, ((key, key),), (), found="credit.subject"))
    used = tuple(Column(f"{measure.name}.counts", TRUTH) for measure in found.measures)
    code = disposition(reached(ground.policy, event.name), used)
    code = Apply(Op.IF, (Column("credit.subject", TRUTH), code, Literal(Decimal(UNMATCHED), COUNT)), COUNT)
    rows = builder.derive(rows, "event.disposition", code, event.span)
    reversal = ground.policy.reversal
    if reversal is None or reversal.of != event.name:
        emit_disposed(builder, event.name, rows, alone=event.name in ground.occasion.alone)
        return counted
    returned: Expression = Column("credit.reversal", TRUTH)
    rows = builder.derive(rows, "event.original", Apply(Op.NOT, (returned,), TRUTH), event.span)
    for name, kept in ((event.name, "event.original"), (reversal.event, "credit.reversal")):
        own = builder.add(f"{name} disposed", Filter(rows, kept))
        least = Measure("event.disposition", Function.LEAST, COUNT, "event.disposition")
        disposed = builder.add(f"{name} disposed", Aggregate(own, ("event",), (least,)))
        emit_disposed(builder, name, disposed, alone=name in ground.occasion.alone)
    return counted
