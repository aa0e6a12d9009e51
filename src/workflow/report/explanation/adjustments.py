"""Manual adjustments: who changed the person's pay by how much, who approved it, and why."""

from __future__ import annotations

from workflow.plan.adjusting import ADJUSTMENT
from workflow.report.cells import visible
from workflow.report.explanation.telling import Telling
from workflow.report.money import amount_text
from workflow.report.summary import line_title


def tell_adjustments(telling: Telling) -> None:
    """The adjustments of the person in this period, in the order in which they were made."""
    page, part = telling.page, telling.part
    title = line_title(ADJUSTMENT, page.language)
    for action in part.actions:
        if action.clause != ADJUSTMENT or action.amount is None or action.currency is None:
            continue
        amount = amount_text(action.amount, action.currency, page.language)
        telling.begin(telling.labelled(action.event or ADJUSTMENT, title), amount)
        said = {name.replace(" ", "_"): visible(text) for name, text in action.because}
        page.step(page.say("adjusted", amount=amount, **said), None, "strong")
    for entry in part.withheld:
        if entry.clause == ADJUSTMENT:
            telling.begin(telling.labelled(entry.event or ADJUSTMENT, title), page.say("state-withheld"), "warning")
            page.step(page.say("adjusted-withheld"), entry.span, "warning")
            telling.why(entry.reasons)
            telling.settles(entry.reasons)
