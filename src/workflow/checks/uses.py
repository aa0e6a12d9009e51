"""What nothing uses: a measure or a value that no clause needs is most likely a slip, and so a warning."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.calculated import Band, Decision, Formula
from workflow.checks.checked import CheckedIncentive, CheckedPolicy
from workflow.checks.clauses import PayClause
from workflow.checks.context import Context
from workflow.diagnostics import Span
from workflow.model.typed import Column, Literal, Missing, Round
from workflow.model.types import Kind


def columns_in(expression: Formula) -> Iterator[Column]:
    """Every column that an expression, or a table, reads, in order."""
    match expression:
        case Decision() | Band():
            for part in expression.expressions:
                yield from columns_in(part)
        case None | Literal() | Missing():
            return
        case Column():
            yield expression
        case Round():
            yield from columns_in(expression.value)
        case _:
            for operand in expression.args:
                yield from columns_in(operand)


def columns_read(clause: PayClause) -> Iterator[Column]:
    """Every column that a clause of pay reads, in order."""
    for part in clause.expressions:
        yield from columns_in(part)


def check_uses(context: Context, policy: CheckedPolicy) -> None:
    """Warn of every measure and value that no clause needs."""
    used = set(context.asked.get(policy.id, ()))
    used |= {column.name for part in policy.clauses for column in columns_in(part)}
    for value in reversed(policy.values):
        if value.name in used:
            used.update(column.name for column in columns_in(value.expression))
    used.update(measure.like for measure in policy.measures if measure.like is not None and measure.name in used)
    places = [(each.name, each.span) for each in policy.measures] + [(each.name, each.span) for each in policy.values]
    places += [(each.name, each.span) for each in policy.facts if "." not in each.name]
    for name, span in places:
        if name not in used:
            context.refuse("unused", span, found=name)


def check_evidence(context: Context, policy: CheckedPolicy) -> None:
    """Everything that a policy measures is recorded somewhere, and what takes it back is said to count."""
    register = "people" if policy.subject == "person" else "customers"
    alone = register == "people" or not policy.looks
    if not context.may_record(register) and (alone or _asks_of_subjects(policy)):
        context.refuse("register-not-recorded", policy.span, found=register)
    for measure in policy.looks:
        if not context.may_record(measure.event):
            context.refuse("event-not-recorded", measure.span, found=measure.event)
    summed = {measure.event: measure.span for measure in reversed(policy.measures) if measure.function == "sum"}
    for clause in policy.pay if isinstance(policy, CheckedIncentive) else ():
        _check_paid_for(context, policy, clause, summed)
    for event in context.events.values():
        if event.reverses is None or event.name not in context.recorded or policy.reversal is not None:
            continue
        of, _ = event.reverses
        if of in summed:
            context.refuse("returns-not-said", summed[of], event=of, reversing=event.name)
    if policy.reversal is not None and not context.may_record(policy.reversal.event):
        context.refuse("event-not-recorded", policy.reversal.span, found=policy.reversal.event)


def _asks_of_subjects(policy: CheckedPolicy) -> bool:
    """Whether anything that the register says is asked; else the customers are those whom events name."""
    asked = (policy.served, *policy.of_period, *(measure.where for measure in policy.looks))
    return any(column.name.startswith(f"{policy.subject}.") for part in asked for column in columns_in(part))


def _check_paid_for(context: Context, policy: CheckedPolicy, clause: PayClause, summed: dict[str, Span]) -> None:
    """The events that a clause pays for are recorded; it adds them up where it has totals."""
    if clause.counted is not None and clause.counted.each is not None:
        if not context.may_record(clause.counted.each):
            context.refuse("event-not-recorded", clause.span, found=clause.counted.each)
        if clause.counted.quantity is not None:
            summed.setdefault(clause.counted.each, clause.span)
        _check_taken_back(context, policy, clause)


def _check_taken_back(context: Context, policy: CheckedPolicy, clause: PayClause) -> None:
    """A formula of an event's money would be paid in full though a return took that money back, unless by claw back."""
    if policy.reversal is None or policy.reversal.of != clause.each or policy.claws_back:
        return
    for column in columns_in(clause.amount):
        if column.type.kind is Kind.MONEY and column.name in context.events[policy.reversal.of].fields:
            context.refuse("amount-not-taken-back", column.span, found=column.name, event=policy.reversal.event)
