"""Claw backs: of each return, what was paid on its deal then, clause by clause, and what is taken back of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from workflow.checks.checked import ClawBack
from workflow.ledger.account import Known
from workflow.plan.clawing import CLAW_BACK, DAY, IN_TIME
from workflow.report.cells import visible
from workflow.report.explanation.telling import Telling
from workflow.report.money import amount_text
from workflow.report.summary import line_title, title_in


def tell_claw_backs(telling: Telling, claw: ClawBack) -> None:
    """The returns of the person's deals in this period."""
    page, part = telling.page, telling.part
    title = title_in(claw.title, page.language) or line_title(CLAW_BACK, page.language)
    for row in part.claw_backs:
        event = str(row["event.id"])
        label = telling.labelled(event, title)
        entry = next((each for each in part.actions if (each.clause, each.event) == (CLAW_BACK, event)), None)
        if entry is not None and entry.amount is not None:
            amount = amount_text(entry.amount, part.policy.currency, page.language)
            telling.begin(label, amount)
            _tell_parts(telling, claw, row)
            page.step(page.say("clawed-back", amount=amount), claw.span, "strong")
        else:
            telling.begin(label, page.say("state-withheld"), "warning")
            _tell_parts(telling, claw, row)
            page.step(page.say("clawed-withheld"), claw.span, "warning")
            reasons = [
                reason
                for each in part.withheld
                if (each.clause, each.event) == (CLAW_BACK, event)
                for reason in each.reasons
            ]
            telling.why(reasons)
            telling.settles(reasons)


def _tell_parts(telling: Telling, claw: ClawBack, row: Mapping[str, Known | None]) -> None:
    """A step for each clause that paid on the deal, or one that says why none is asked."""
    page, figures = telling.page, telling.figures
    words = {"deal": visible(str(row["deal"])), "day": str(row[DAY.name])}
    if row[IN_TIME.name] is False:
        page.step(page.say("clawed-late", **words), claw.span)
        return
    for clause in telling.part.clawed:
        stem = f"claw_back.{clause.name}"
        found = [row.get(f"{stem}.{word}") for word in ("returned", "line", "paid", "base", "exact")]
        returned, line, paid, base, exact = (value if isinstance(value, Decimal) else None for value in found)
        if returned is None or paid is None or not returned:
            continue
        own = {"clause": visible(clause.name), "returned": figures.money(-returned), **words}
        if line is not None and line != paid:
            page.step(
                page.say("clawed-capped", clause=own["clause"], line=figures.money(line), paid=figures.money(paid)),
                clause.span,
            )
        if not paid or base is None or exact is None:
            page.step(page.say("clawed-nothing", **own), clause.span)
            continue
        value = figures.amount(Fraction(-returned) * Fraction(paid) / Fraction(base))
        told = {"paid": figures.money(paid), "base": figures.money(base), "value": value}
        page.step(page.say("clawed", **told, **own), clause.span)
