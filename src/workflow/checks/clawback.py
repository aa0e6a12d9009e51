"""Claw backs checked: what a return takes back of what was paid on its deal, and of which clauses."""

from __future__ import annotations

from workflow.checks.checked import CheckedIncentive, CheckedMeasure, ClawBack, EventType, PayClause, Reversal
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


def recovered(policy: CheckedIncentive, event: EventType) -> tuple[tuple[PayClause, CheckedMeasure], ...]:
    """The clauses that pay on a sum of such deals, each with that sum; the others pay nothing for one deal.

    A deal that counts in the period that it names has no period by its day, so nothing says what was paid on it.
    """
    if any(field.type.kind is Kind.PERIOD for field in event.fields.values()):
        return ()
    sums = {
        each.name: each
        for each in policy.measures
        if each.function is Function.SUM and each.event == event.name
        if each.window == THIS_PERIOD and each.among is None
    }
    on = [(clause, clause.on.name) for clause in policy.pay if clause.on is not None]
    return tuple((clause, sums[name]) for clause, name in on if name in sums)


def check_recovered(context: Context, policy: CheckedIncentive) -> None:
    """A claw back of which no clause pays on the deals would take nothing, ever."""
    if policy.claw_back is not None and policy.reversal is not None:
        event = context.events[policy.reversal.of]
        for clause in policy.pay:
            if clause.counted is not None and clause.counted.each is not None:
                context.refuse("not-yet", policy.claw_back.span, what="claw back of for each")
        if not recovered(policy, event):
            context.refuse("claw-back-of-nothing", policy.claw_back.span, event=event.name)
