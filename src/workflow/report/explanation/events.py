"""The events behind a measure, as rows whose values lead to its result."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.ledger.account import Evident, Path
from workflow.model.terms import Function
from workflow.model.types import Kind, Type
from workflow.report.cells import visible
from workflow.report.explanation.page import Row
from workflow.report.explanation.telling import Telling
from workflow.report.money import PRECISION

MOST, ENDS = 12, 5
"""So many events are listed whole; of more, so many from either end."""
CHOOSING = frozenset({Function.LATEST, Function.LEAST, Function.GREATEST})
_ADDING = frozenset({Function.SUM, "average"})


def tell_events(telling: Telling, measure: CheckedMeasure) -> None:
    """The rows of a measure's events; of many the first and the last, and what the rest add up to."""
    events = _in_order(telling.part.events.get(measure.name, ()), measure)
    if not events:
        return
    chosen, right = _chosen(telling, measure, events), -1 if measure.function is Function.COUNT else 2
    if len(events) <= MOST:
        telling.page.rows(_rows(telling, measure, events, chosen), right=right, marked=chosen is not None)
        return
    ends = _rows(telling, measure, (*events[:ENDS], *events[-ENDS:]), chosen)
    pause = (ENDS, _rest(telling, measure, events[ENDS:-ENDS]))
    telling.page.rows(ends, right=right, marked=chosen is not None, pause=pause)


def total(values: Sequence[Evident]) -> Decimal | None:
    """What the events add up to; None where one has no number."""
    numbers = [each.value for each in values if isinstance(each.value, Decimal)]
    if len(numbers) < len(values):
        return None
    with decimal.localcontext(prec=PRECISION):
        return sum(numbers, Decimal(0))


def _in_order(events: Sequence[Evident], measure: CheckedMeasure) -> Sequence[Evident]:
    """By day; where the least or the greatest counts, by value, so that it stands at an end of the list."""
    numbers = [each for each in events if isinstance(each.value, Decimal)]
    if measure.function in {Function.LEAST, Function.GREATEST} and len(numbers) == len(events):
        return sorted(numbers, key=lambda each: (each.value, each.day, each.id))
    return events


def _chosen(telling: Telling, measure: CheckedMeasure, events: Sequence[Evident]) -> Evident | None:
    """The event whose value is the result, where one is chosen from several."""
    if measure.function not in CHOOSING or len(events) == 1:
        return None
    result = telling.figures.known(measure.name)
    return next((each for each in reversed(events) if each.value == result), None)


def _rows(telling: Telling, measure: CheckedMeasure, events: Sequence[Evident], chosen: Evident | None) -> list[Row]:
    rows = []
    for each in events:
        value = () if measure.function is Function.COUNT else (telling.figures.text(each.value, measure.type),)
        way = () if each.path is None else (_path(telling, each.path, measure),)
        cells = (each.day.isoformat(), visible(each.id), *value, *way)
        rows.append(Row(cells, f"{visible(each.file)}:{each.line}", each is chosen))
    return rows


def _path(telling: Telling, path: Path, measure: CheckedMeasure) -> str:
    """Which share of the event it is, and whether it is the person's own or comes from somebody below."""
    key = "path-direct" if path.direct else "path-above" if path.level else "path-besides"
    way = telling.page.say(key, seller=visible(path.seller), level=f"{path.level}")
    if path.share is None or path.share == 1:
        return way
    share = telling.figures.text(path.share, Type(Kind.RATIO))
    return telling.page.say("path-share", share=share, whole=telling.figures.text(path.whole, measure.type), way=way)


def _rest(telling: Telling, measure: CheckedMeasure, rest: Sequence[Evident]) -> str:
    added = total(rest) if measure.function in _ADDING else None
    if added is None:
        return telling.page.say("rest", count=len(rest))
    return telling.page.say("rest-sum", count=len(rest), sum=telling.figures.text(added, measure.type))
