"""Claw backs checked: what a return takes back of what was paid on its deal, and of which clauses."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.checks.calculated import CheckedMeasure, EventType
from workflow.checks.checked import CheckedIncentive, ClawBack, Reversal
from workflow.checks.clauses import PayClause
from workflow.checks.context import Context
from workflow.model.files import Document
from workflow.model.incentive import Incentive
from workflow.model.leaves import Words
from workflow.model.terms import THIS_PERIOD, Function
from workflow.model.types import Kind
from workflow.syntax import literals

MOST_MONTHS, MOST_DAYS = 60, 1_830
"""Five years: as far back as a run can be asked to decide what was paid."""
OF, AT = ("the deal's day",), ("rate paid",)


def check_claw_back(context: Context, document: Document[Incentive], reversal: Reversal | None) -> ClawBack | None:
    """What is taken back, after checking that `returns` and `claw back` are said together."""
    written = document.content.claw_back
    claws = reversal is not None and reversal.count == "as claw back"
    if written is None:
        if claws and document.content.returns is not None:
            context.refuse("claw-back-not-said", document.content.returns.count.span)
        return None
    span = context.key_span(document.tree, "claw back")
    if not claws:
        context.refuse("claw-back-without-returns", span)
    context.choice(written.of, OF)
    context.choice(written.at, AT)
    within = _within(context, written.within)
    title = context.title(written.title, span)
    return ClawBack(title, *within, span=span) if within is not None else None


def _within(context: Context, leaf: Words) -> tuple[int, int] | None:
    """The length after which nothing is taken back, in months and days."""
    length = literals.duration(leaf.text)
    units = {"years": (12, 0), "months": (1, 0), "weeks": (0, 7), "days": (0, 1)}
    if length is None or length.working or length.unit not in units or length.value % 1:
        context.refuse("due-not-understood", leaf.span, found=leaf.text)
        return None
    months, days = (each * int(length.value) for each in units[length.unit])
    if not months + days > 0 or months > MOST_MONTHS or days > MOST_DAYS:
        context.refuse("claw-back-too-long", leaf.span, found=leaf.text)
        return None
    return months, days


@dataclass(frozen=True, slots=True)
class Recovered:
    """A clause of which returns take back: what part of a deal came back is told by its amount `field`.

    `sum` is the sum of these amounts that the clause pays on; None where it pays for each deal.
    """

    clause: PayClause
    field: str
    sum: CheckedMeasure | None


def recovered(policy: CheckedIncentive, deals: EventType, returns: EventType) -> tuple[Recovered, ...]:
    """The clauses that pay for each such deal, or on a sum of them; the others pay nothing for one deal.

    A deal that counts in the period that it names has no period by its day, so nothing says what was paid on it.
    """
    if any(field.type.kind is Kind.PERIOD for field in deals.fields.values()):
        return ()
    sums = {
        each.name: each
        for each in policy.measures
        if each.function is Function.SUM and each.event == deals.name
        if each.window == THIS_PERIOD and each.among is None
    }
    found = []
    for clause in policy.pay:
        if clause.counted is not None and clause.counted.each is not None:
            field = _amount_of(clause, deals, returns) if clause.counted.each == deals.name else None
            found += [Recovered(clause, field, None)] if field is not None else []
        elif clause.on is not None and clause.on.name in sums:
            measure = sums[clause.on.name]
            assert measure.field is not None, "a sum reads a field"
            found.append(Recovered(clause, measure.field, measure))
    return tuple(found)


def _amount_of(clause: PayClause, deals: EventType, returns: EventType) -> str | None:
    """The amount that a clause for each deal counts, or the only one that deals and returns have; None: neither."""
    both = shared_amounts(deals, returns)
    quantity = clause.counted.quantity if clause.counted is not None else None
    if quantity is not None and quantity.field in both:
        return quantity.field
    return both[0] if len(both) == 1 else None


def shared_amounts(deals: EventType, returns: EventType) -> tuple[str, ...]:
    """The amounts of money that a deal has, and its returns too."""
    return tuple(
        name for name, field in deals.fields.items() if field.type.kind is Kind.MONEY and name in returns.fields
    )


def check_recovered(context: Context, policy: CheckedIncentive) -> None:
    """A claw back that no clause pays for would take nothing, ever; and each clause must tell what part came back."""
    if policy.claw_back is None or policy.reversal is None:
        return
    deals, returns = (context.events[name] for name in (policy.reversal.of, policy.reversal.event))
    found = recovered(policy, deals, returns)
    parts = {each.clause.name for each in found}
    for clause in policy.pay:
        paid_for_each = clause.counted is not None and clause.counted.each == deals.name
        if paid_for_each and clause.name not in parts:
            words = {"clause": clause.name, "event": deals.name, "reversing": returns.name}
            context.refuse("claw-back-of-which-amount", clause.span, **words, known=shared_amounts(deals, returns))
            return
    if not found:
        context.refuse("claw-back-of-nothing", policy.claw_back.span, event=deals.name)
