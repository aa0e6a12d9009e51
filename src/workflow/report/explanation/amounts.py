"""From a rate or an amount to the paid line: base times rate, days served, rounding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from workflow.checks.clauses import PayClause
from workflow.ledger.entries import Reason
from workflow.model.typed import Column
from workflow.model.types import Type
from workflow.report.cells import visible
from workflow.report.explanation.telling import Telling, place_of
from workflow.report.money import amount_text


def tell_product(telling: Telling, clause: PayClause, on: Column, rate_name: str, of: Type) -> None:
    """A step: the base times the rate. A negative base counts as nothing, unless it is paid by the same rates."""
    figures, page = telling.figures, telling.page
    base, rate = figures.number(on.name), figures.number(rate_name)
    full = figures.number(f"pay.{clause.name}.full")
    place = place_of(clause.rate, on, otherwise=clause.span)
    words = {"on": visible(on.name), "rate": figures.text(rate, of), "base": figures.stored(on.name, on.type)}
    if base is None or rate is None or full is None:
        page.step(page.say("product-missing", **words), place, "warning")
    elif base < 0 and not clause.below_zero:
        page.step(page.say("product-negative", **words), place)
    else:
        exact = Fraction(base) * Fraction(rate)
        page.step(page.say("product", value=figures.amount(exact, full), **words), place)


def tell_line(telling: Telling, clause: PayClause) -> None:
    """The last steps: the share of the days served, the rounding, and what is paid, or would be."""
    figures, page, stem = telling.figures, telling.page, f"pay.{clause.name}"
    full, kept, paid = (figures.number(name) for name in (f"{stem}.full", f"{stem}.exact", stem))
    decided = figures.known(f"{stem}.when") is not None
    if full is None or kept is None or paid is None:
        page.step(page.say("withheld-amount" if decided else "withheld-both"), clause.span, "warning")
        _tell_open(telling, (*telling.reasons(f"{stem}.when", clause.when), *telling.reasons(stem)))
        return
    exact = Fraction(full)
    if clause.prorated:
        exact = _tell_proration(telling, clause, exact)
    amount = amount_text(paid, telling.part.policy.currency, page.language)
    if exact != paid:
        words = {"exact": figures.amount(exact, kept), "amount": amount, "digits": telling.part.policy.minor_digits}
        words["mode"] = page.say(f"rounding-{telling.part.policy.rounding.replace(' ', '-')}")
        page.step(page.say("rounded", **words), clause.span)
    if decided:
        page.step(page.say("paid", amount=amount), clause.span, "strong")
    elif figures.known(f"{stem}.asked"):
        page.step(page.say("withheld-limits", amount=amount), clause.span, "warning")
        telling.why(telling.reasons(f"{stem}.when"))
    else:
        page.step(page.say("withheld-condition", amount=amount), clause.span, "warning")
        _tell_open(telling, telling.reasons(f"{stem}.when", clause.when))


def _tell_proration(telling: Telling, clause: PayClause, full: Fraction) -> Fraction:
    """A step: the amount times the days served over the days of the period."""
    figures, page = telling.figures, telling.page
    served, days = figures.number("days_served"), figures.number("period.days")
    assert served is not None, "a prorated amount needs the days served"
    assert days is not None, "a period has days"
    words = {"full": figures.amount(full), "served": f"{served:f}", "days": f"{days:f}"}
    if served == days:
        page.step(page.say("prorated-whole", **words), clause.span)
        return full
    exact = full * Fraction(served) / Fraction(days)
    page.step(page.say("prorated", value=figures.amount(exact), **words), clause.span)
    return exact


def _tell_open(telling: Telling, reasons: Sequence[Reason]) -> None:
    telling.why(reasons)
    telling.settles(reasons)
