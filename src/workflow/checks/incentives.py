"""The incentive policy checked, part by part."""

from __future__ import annotations

import datetime

from workflow.checks.actions import check_action, check_reach
from workflow.checks.checked import (
    CheckedIncentive,
    CheckedMeasure,
    Counting,
    PayClause,
    Reversal,
)
from workflow.checks.clawback import check_claw_back, check_recovered
from workflow.checks.context import Context
from workflow.checks.counting import PayPlace
from workflow.checks.crediting import check_credit
from workflow.checks.formulas import Typing
from workflow.checks.groups import check_group
from workflow.checks.limits import check_limits
from workflow.checks.measures import MeasurePlace, check_measure, in_currency
from workflow.checks.naming import check_clauses, check_names
from workflow.checks.pay import check_clause
from workflow.checks.payouts import check_payouts
from workflow.checks.periods import CALENDAR, periods_about
from workflow.checks.scope import Scope
from workflow.checks.shares import check_share
from workflow.checks.uses import check_evidence, check_uses
from workflow.checks.values import check_values
from workflow.checks.windows import check_others, check_window
from workflow.model.files import Document
from workflow.model.incentive import Incentive
from workflow.model.types import COUNT, DATE

COUNTINGS: tuple[Counting, ...] = ("in own period", "in the deal's period", "as claw back")
"""How returns count."""


def check_incentive(context: Context, document: Document[Incentive]) -> CheckedIncentive | None:
    """One incentive policy, or None after noting its mistakes."""
    before = len(context.diagnostics)
    _check_head(context, document.content)
    people = context.registers["people"].items()
    person = Scope({f"person.{name}": in_currency(field.type, context.currency) for name, field in people})
    policy = _parts(context, document, person)
    if any(each.severity == "error" for each in context.diagnostics[before:]):
        return None
    check_recovered(context, policy)
    check_uses(context, policy)
    check_payouts(context, policy)
    check_evidence(context, policy)
    check_reach(context, policy)
    return policy


def _parts(context: Context, document: Document[Incentive], person: Scope) -> CheckedIncentive:
    """The policy of all parts that have no mistake; it is used only if none has one."""
    written, tree = document.content, document.tree
    typing = Typing(person)
    served = typing.condition(written.served) if written.served else None
    context.diagnostics.extend(typing.mistakes)
    credit = check_credit(context, written, tree)
    measures = _measures(context, document, MeasurePlace(context.currency, person, credit))
    scope = _result_scope(context, document, person, measures)
    values, scope = check_values(context, written.values, context.inside(tree, "values"), scope)
    reversal = _reversal(context, written)
    actions = [check_action(context, document, name, scope) for name in written.actions]
    place = PayPlace(
        scope,
        person,
        {measure.name: measure for measure in measures},
        {value.name: value for value in values},
        credit,
        context.currency,
    )
    return CheckedIncentive(
        id=written.id.text,
        version=written.version.value,
        title=context.title(written.title, written.id.span),
        path=document.path,
        span=written.id.span,
        since=written.effective.since.value,
        through=written.effective.through.value if written.effective.through else None,
        each=written.each.text,
        splits=written.mid_period is not None,
        currency=context.currency,
        rounding=context.rounding,
        minor_digits=context.minor_digits,
        served=served,
        served_span=written.served.span if written.served else written.id.span,
        credit=credit,
        reversal=reversal,
        claw_back=check_claw_back(context, document, reversal),
        measures=measures,
        values=values,
        pay=_pay(context, document, place),
        limits=check_limits(context, document, place),
        actions=tuple(action for action in actions if action is not None),
        calendar=context.calendar,
    )


def _pay(context: Context, document: Document[Incentive], place: PayPlace) -> tuple[PayClause, ...]:
    block = context.inside(document.tree, "pay")
    found = []
    for name, written in document.content.pay.items():
        clause = check_clause(context, name, written, context.key_span(block, name), place)
        found += [clause] if clause is not None else []
    return tuple(found)


def _check_head(context: Context, written: Incentive) -> None:
    """The head's words: kind, subject, period kind, and a first day that begins a period."""
    context.choice(written.policy, ("incentive",))
    context.choice(written.subject, ("person",))
    kinds = (*CALENDAR, *context.periods)
    if written.each.text not in kinds:
        context.unknown("unknown-period-kind", written.each, kinds)
        return
    since = written.effective.since
    inside = [row for row in periods_about(context, written.each.text, since.value) if row[1] < since.value <= row[2]]
    if context.choice(written.mid_period, ("split",)) is not None and not inside:
        assert written.mid_period is not None
        context.refuse("nothing-to-split", written.mid_period.span, found=since.text)
    for name, first, last in inside if written.mid_period is None else ():
        starts = (first, last + datetime.timedelta(days=1)) if last < datetime.date.max else (first,)
        context.refuse(
            "from-inside-period", since.span, found=since.text, period=name, accepted=tuple(map(str, starts))
        )
    through = written.effective.through
    if through is not None and through.value < since.value:
        context.refuse("through-before-from", through.span, found=through.text)


def _measures(context: Context, document: Document[Incentive], place: MeasurePlace) -> tuple[CheckedMeasure, ...]:
    block = context.inside(document.tree, "measures")
    definitions, each = document.content.measures, document.content.each.text
    spans = {name: context.key_span(block, name) for name in definitions}
    found: dict[str, CheckedMeasure] = {}
    for name, definition in definitions.items():
        if definition.measure is not None:
            continue
        if definition.share_of is not None:
            written = (context.inside(block, name), spans[name])
            share = check_share(context, name, definition, written, each)
            found |= {name: share} if share is not None else {}
            continue
        measure = check_measure(context, name, definition, spans[name], place)
        if measure is not None:
            found[name] = check_group(context, definition, check_window(context, definition, measure, each))
    found |= {measure.name: measure for measure in check_others(context, definitions, spans, found, each)}
    return tuple(found[name] for name in definitions if name in found)


def _result_scope(
    context: Context, document: Document[Incentive], person: Scope, measures: tuple[CheckedMeasure, ...]
) -> Scope:
    """What may be said of a person's period: the person, the period, the measures and their synonyms."""
    written = document.content
    period = {"period.start": DATE, "period.end": DATE, "period.days": COUNT, "days_served": COUNT}
    check_clauses(context, document)
    check_names(context, document)
    synonyms = {leaf.text: name for name, each in written.measures.items() for leaf in each.names}
    known = {measure.name: measure.type for measure in measures}
    broken = set(written.measures) - known.keys()
    return person.with_names({**period, **known}, synonyms).with_broken(broken)


def _reversal(context: Context, written: Incentive) -> Reversal | None:
    returns = written.returns
    if returns is None:
        return None
    event = context.events.get(returns.of.text)
    reversing = {name for name, each in context.events.items() if each.reverses is not None}
    if event is None or event.reverses is None:
        context.unknown("unknown-event", returns.of, reversing)
        return None
    count = context.choice(returns.count, COUNTINGS)
    if count is None:
        return None
    of, by = event.reverses
    counting = next(each for each in COUNTINGS if each == count)
    return Reversal(event.name, of, by, counting, returns.of.span)
