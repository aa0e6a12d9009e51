"""What every kind of policy begins with, checked: its head, how events count, measures, values and actions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from workflow.checks.actions import check_action
from workflow.checks.between import check_gathered, gathers, with_facts
from workflow.checks.calculated import CheckedMeasure, CheckedValue, Title
from workflow.checks.calendars import working_day
from workflow.checks.checked import Counting, Credit, Reversal, Subject, UsedFact
from workflow.checks.clauses import ActionClause
from workflow.checks.context import Context
from workflow.checks.crediting import check_credit
from workflow.checks.formulas import Typing
from workflow.checks.groups import check_group
from workflow.checks.measures import MeasurePlace, check_measure, in_currency
from workflow.checks.naming import check_clauses, check_names
from workflow.checks.periods import CALENDAR, periods_about
from workflow.checks.scope import Scope
from workflow.checks.shares import check_share
from workflow.checks.values import check_values
from workflow.checks.windows import check_others, check_window
from workflow.diagnostics import Span
from workflow.model.files import Document
from workflow.model.policy import Policy
from workflow.model.typed import Expression, Rounding
from workflow.model.types import COUNT, DATE, Type
from workflow.worktime.calendars import WorkCalendar

COUNTINGS: tuple[Counting, ...] = ("in own period", "in the deal's period", "as claw back")
"""How returns count."""


class Head(TypedDict):
    """The fields of `CheckedPolicy`, to be handed on to the class of a kind."""

    id: str
    version: int
    title: Title
    path: str
    span: Span
    since: datetime.date
    through: datetime.date | None
    each: str
    splits: bool
    subject: Subject
    currency: str
    rounding: Rounding
    minor_digits: int
    served: Expression | None
    served_span: Span
    credit: Mapping[str, Credit]
    reversal: Reversal | None
    measures: tuple[CheckedMeasure, ...]
    values: tuple[CheckedValue, ...]
    actions: tuple[ActionClause, ...]
    calendar: WorkCalendar | None
    facts: tuple[UsedFact, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A policy as far as all kinds are alike. `person` is what may be said of a person, `scope` of a subject's period.

    It is used only if the policy has no mistake.
    """

    head: Head
    person: Scope
    scope: Scope


REGISTERS = {"person": "people", "customer": "customers"}
"""In which register the subjects of a policy stand."""


def check_begun(context: Context, document: Document[Policy], acting: Mapping[str, Type] | None = None) -> Begun:
    """Everything that all kinds of policy have; `acting` is what actions may name besides."""
    written, tree = document.content, document.tree
    _check_head(context, written)
    subject: Subject = "customer" if written.subject.text == "customer" and "customer" in written.subjects else "person"
    known = context.registers[REGISTERS[subject]].items()
    person = Scope({f"{subject}.{name}": in_currency(field.type, context.currency) for name, field in known})
    person = replace(with_facts(context, written, person, subject), working_day=working_day(context))
    typing = Typing(person.without_facts("fact-in-for"))
    served = typing.condition(written.served) if written.served else None
    context.diagnostics.extend(typing.mistakes)
    credit = check_credit(context, written, tree)
    measures = _measures(context, document, MeasurePlace(context.currency, person, credit, subject))
    block = context.inside(tree, "measures")
    facts = check_gathered(context, written, {name: context.key_span(block, name) for name in written.measures})
    scope = _result_scope(context, document, person, (*measures, *facts))
    values, scope = check_values(context, written.values, context.inside(tree, "values"), scope)
    acted = scope.with_names(acting or {})
    actions = [check_action(context, document, name, acted) for name in written.actions]
    head = Head(
        id=written.id.text,
        version=written.version.value,
        title=context.title(written.title, written.id.span),
        path=document.path,
        span=written.id.span,
        since=written.effective.since.value,
        through=written.effective.through.value if written.effective.through else None,
        each=written.each.text,
        splits=written.mid_period is not None,
        subject=subject,
        currency=context.currency,
        rounding=context.rounding,
        minor_digits=context.minor_digits,
        served=served,
        served_span=written.served.span if written.served else written.id.span,
        credit=credit,
        reversal=_reversal(context, written),
        measures=measures,
        values=values,
        actions=tuple(action for action in actions if action is not None),
        calendar=context.calendar,
        facts=facts,
    )
    return Begun(head, person, scope)


def _check_head(context: Context, written: Policy) -> None:
    """The head's words: kind, subject, period kind, and a first day that begins a period."""
    context.choice(written.policy, (written.kind,))
    context.choice(written.subject, written.subjects)
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


def _measures(context: Context, document: Document[Policy], place: MeasurePlace) -> tuple[CheckedMeasure, ...]:
    block = context.inside(document.tree, "measures")
    definitions, each = document.content.measures, document.content.each.text
    spans = {name: context.key_span(block, name) for name in definitions}
    found: dict[str, CheckedMeasure] = {}
    for name, definition in definitions.items():
        if definition.measure is not None or gathers(definition) is not None:
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
    context: Context, document: Document[Policy], person: Scope, measures: tuple[CheckedMeasure | UsedFact, ...]
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


def _reversal(context: Context, written: Policy) -> Reversal | None:
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
