"""A score told: how many are ranked, how many have a worse result, and the band that follows."""

from __future__ import annotations

from workflow.checks.calculated import Band, CheckedValue
from workflow.report.explanation.figures import LONG
from workflow.report.explanation.telling import Telling


def tell_score(telling: Telling, value: CheckedValue, band: Band) -> int:
    """The score, with the numbers that decide it."""
    page, figures = telling.page, telling.figures
    words = {"label": telling.named(value), "of": telling.written(band.of), "bands": str(band.into)}
    if figures.known(value.name) is None:
        number = page.step(page.say("score-missing", **words), value.span, "warning")
        telling.why(telling.reasons(value.name))
        return number
    for word in ("people", "worse", "tied"):
        words[word] = figures.shown(f"{value.name}.{word}", value.type, LONG)
    words["value"] = figures.shown(value.name, value.type, LONG)
    return page.step(page.say("score" if band.lower else "score-higher", **words), value.span)
