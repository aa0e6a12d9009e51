"""Facts of a person's cases: what is counted or timed, over which cases, with what result, and each of these cases."""

from __future__ import annotations

from workflow.checks.cases import CaseFact, TimeFact
from workflow.ledger.account import OfCase
from workflow.model.types import COUNT, Kind, Type
from workflow.report.cells import visible
from workflow.report.explanation.figures import LONG
from workflow.report.explanation.telling import Telling

MOST = 12
"""So many cases are told; of more only how many there are besides."""


def tell_case_fact(telling: Telling, fact: CaseFact | TimeFact) -> int:
    """What is counted or timed, and below it the cases."""
    page, figures = telling.page, telling.figures
    rows = telling.part.case_facts.get(fact.name, ())
    label = telling.named(fact)
    if figures.known(fact.name) is None:
        number = page.step(page.say("missing", name=visible(fact.name)), fact.span, "warning")
        telling.why(telling.reasons(fact.name))
    elif isinstance(fact, CaseFact):
        of = visible(fact.of or "")
        value = figures.shown(fact.name, COUNT)
        number = page.step(page.say(f"case-{fact.counts}", label=label, of=of, value=value), fact.span)
    else:
        words = {"label": label, "value": figures.shown(fact.name, fact.type, LONG)}
        words["count"] = figures.stored(f"{fact.name}.count", COUNT)
        if fact.takes == "share":
            words["good"] = figures.stored(f"{fact.name}.sum", COUNT)
        number = page.step(page.say(f"case-{fact.takes}", **words), fact.span)
    for row in rows[:MOST]:
        page.below(_row(telling, fact, row))
    if len(rows) > MOST:
        page.below(page.say("case-rest", count=f"{len(rows) - MOST}"))
    return number


def _row(telling: Telling, fact: CaseFact | TimeFact, row: OfCase) -> str:
    """A case, the day on which it counts, and how long it took."""
    words = {"case": visible(row.case if row.run == 1 else f"{row.case}#{row.run}"), "day": row.day.isoformat()}
    if isinstance(fact, CaseFact):
        return telling.page.say("case-row", **words)
    if not row.good:
        return telling.page.say("case-row-late", **words)
    if row.length is None:
        return telling.page.say("case-row", **words)
    length = telling.figures.text(row.length, Type(Kind.WORKING if fact.working else Kind.ELAPSED))
    return telling.page.say("case-row-long", length=length, **words)
