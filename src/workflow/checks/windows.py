"""The windows of measures checked: which days a measure looks at, and another measure looked at in other days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.context import Context
from workflow.checks.measures import FUNCTIONS, default_of
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.leaves import Words
from workflow.model.policy import MeasureDefinition
from workflow.model.reading import nearest
from workflow.model.terms import THIS_PERIOD, Window
from workflow.model.types import Kind

WORDS: tuple[Window, ...] = (Window("previous period"), Window("same period last year"), Window("year to date"))
"""The windows that need no number."""
SHOWN = ("last 12 months", "last 4 periods", *(each.words for each in WORDS))
"""What a message names as accepted."""
MOST_YEARS = 10
"""No window reaches back further: every day of it must be delivered, and records of more years rarely are."""

_COUNTED = re.compile(r"last ([0-9]{1,9}) (month|period)s?")
_ALMOST = re.compile(r"(?:the )?(?:last|past|previous|rolling|trailing) ([0-9]{1,9}) ([a-z]+?)s?")
_A_YEAR = {"month": 12, "quarter": 4, "year": 1, "week": 52}
_MEANT = {
    "ytd": "year to date",
    "last period": "previous period",
    "prior period": "previous period",
    "same period of last year": "same period last year",
    "same period previous year": "same period last year",
    "rolling year": "last 12 months",
}


def window_of(context: Context, leaf: Words, each: str, *, whole: bool = False) -> Window | None:
    """The window that a leaf says, for a policy that counts by periods of the kind `each`.

    With `whole` it may be the period itself, which elsewhere goes without saying.
    """
    word = " ".join(leaf.text.split())
    known = (THIS_PERIOD, *WORDS) if whole else WORDS
    found = next((window for window in known if window.words == word), None)
    if found is not None:
        return found
    counted = _COUNTED.fullmatch(word)
    if counted is None:
        accepted = (THIS_PERIOD.words, *SHOWN) if whole else SHOWN
        near = _meant(word, each) or nearest(word, accepted)
        fix = Fix(leaf.span, near) if near else None
        context.note(Diagnostic("unknown-window", leaf.span, {"found": leaf.text, "accepted": accepted}, fix=fix))
        return None
    count, unit = int(counted[1]), counted[2]
    most = MOST_YEARS * (_A_YEAR["month"] if unit == "month" else _A_YEAR.get(each, _A_YEAR["week"]))
    if not 1 <= count <= most:
        context.refuse("window-length", leaf.span, found=leaf.text, limit=most, years=MOST_YEARS)
        return None
    return Window("months" if unit == "month" else "periods", count)


def _meant(word: str, each: str) -> str | None:
    """What is most likely meant by words that say a window in another way."""
    word = word.lower().replace("-", " ")
    almost = _ALMOST.fullmatch(word)
    if almost is None:
        return _MEANT.get(word) or next((known.words for known in WORDS if known.words == word), None)
    count, unit = int(almost[1]), almost[2]
    if unit in {each, "period"}:
        return f"last {count} periods"
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    return None if months is None else f"last {count * months} months"


def check_window(context: Context, definition: MeasureDefinition, measure: CheckedMeasure, each: str) -> CheckedMeasure:
    """The measure with the window that its `over` says."""
    if definition.over is None:
        return measure
    window = window_of(context, definition.over, each)
    return measure if window is None else _looked_at(context, measure, window, definition.over)


def _looked_at(context: Context, measure: CheckedMeasure, window: Window, said: Words) -> CheckedMeasure:
    """The measure in a window. The newest of what is set for a period is no number of several periods."""
    event = context.events[measure.event]
    names_period = any(field.type.kind is Kind.PERIOD for field in event.fields.values())
    if measure.function == "latest" and names_period and not window.is_one_period:
        context.refuse("latest-of-several-periods", said.span, found=said.text, event=measure.event)
    return replace(measure, window=window)


_OF_THE_MEASURE = (*FUNCTIONS, "share_of", "of", "where", "over", "among", "answers_needed")
"""Keys of a measure that another one, which looks at it in other days, can't say again."""


def check_others(
    context: Context,
    definitions: Mapping[str, MeasureDefinition],
    spans: Mapping[str, Span],
    known: Mapping[str, CheckedMeasure],
    each: str,
) -> Iterator[CheckedMeasure]:
    """The measures that are other measures in another window; those that `known` lacks have a mistake already."""
    for name, definition in definitions.items():
        if definition.measure is None:
            continue
        base, leaf = definition.measure.text, definition.measure
        for key in _OF_THE_MEASURE:
            if getattr(definition, key) is not None:
                word = key.replace("_", " ")
                context.refuse("key-of-other-measure", getattr(definition, key).span, key=word, found="measure")
        if base not in definitions:
            context.unknown("unknown-measure", leaf, [other for other in definitions if other != name])
        elif circle := _circle(definitions, name):
            context.refuse("circle", spans[name], path=" -> ".join(circle))
        elif any((definitions[base].measure, definitions[base].over, definitions[base].share_of)):
            context.note(Diagnostic("window-of-a-window", leaf.span, {"found": base}, related=(spans[base],)))
        elif definition.inside is None:
            context.refuse("missing-key", spans[name], key="in")
        else:
            window = window_of(context, definition.inside, each)
            if window is not None and base in known:
                measure = _looked_at(context, known[base], window, definition.inside)
                own = default_of(context, definition.if_missing, measure.type)
                title = context.title(definition.title, spans[name])
                default = own or measure.default
                yield replace(measure, name=name, title=title, span=spans[name], default=default, like=base)


def _circle(definitions: Mapping[str, MeasureDefinition], name: str) -> tuple[str, ...]:
    """The path from a measure back to itself; empty if there is none."""
    path = [name]
    while (following := definitions[path[-1]].measure) is not None and following.text in definitions:
        path.append(following.text)
        if following.text == name:
            return tuple(path)
        if following.text in path[:-1]:
            return ()
    return ()
