"""What a clause needs: measures with the events behind them, values with their formulas, what the register says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.checks.calculated import Band, CheckedMeasure, CheckedValue, Decision, Formula
from workflow.checks.cases import CaseFact, TimeFact
from workflow.checks.checked import Overlay, UsedFact
from workflow.checks.uses import columns_in
from workflow.ledger.account import Evident
from workflow.model.terms import THIS_PERIOD, Function, Window
from workflow.model.typed import Apply, Column, Expression, Op
from workflow.model.types import DATE, Kind, Type
from workflow.report.cells import visible
from workflow.report.explanation.between import tell_fact
from workflow.report.explanation.casefacts import tell_case_fact
from workflow.report.explanation.decisions import shown_with, tell_decided_value
from workflow.report.explanation.events import CHOOSING, tell_events, total
from workflow.report.explanation.figures import LONG
from workflow.report.explanation.overrides import as_calculated, tell_override
from workflow.report.explanation.scores import tell_score
from workflow.report.explanation.telling import Telling, place_of

_FEW = 4
"""So many events are rather referred to than listed twice."""


def tell_inputs(
    telling: Telling, clause: str, expressions: Iterable[Expression | None], *, repeated: bool = True
) -> None:
    """A step for each name that the formulas need, directly or through values, in the order in which they need them.

    What an earlier clause has shown is only referred to, and with `repeated` unset not even that.
    """
    for column in _needed(telling, expressions):
        told = telling.shown.get(column.name)
        if told is None:
            step = (clause, _tell(telling, column))
            telling.shown[column.name] = step
            for name in shown_with(telling, column.name):
                telling.shown.setdefault(name, step)
        elif told[0] != clause and repeated:
            _refer(telling, column, told)


def _needed(telling: Telling, expressions: Iterable[Expression | None]) -> Iterator[Column]:
    """Each name once, after those that it needs itself unless it has been shown."""
    done: set[str] = set()

    def visit(expression: Formula) -> Iterator[Column]:
        for column in columns_in(expression):
            if column.name in done:
                continue
            done.add(column.name)
            definition = telling.figures.definition(column.name)
            if isinstance(definition, CheckedValue) and column.name not in telling.shown:
                yield from visit(definition.expression)
            yield column

    for expression in expressions:
        yield from visit(expression)


def _refer(telling: Telling, column: Column, told: tuple[str, int]) -> None:
    clause, step = told
    words = {"name": visible(column.name), "clause": visible(clause), "step": f"{step}"}
    place = place_of(column, otherwise=telling.part.policy.span)
    if telling.figures.known(column.name) is None:
        telling.page.step(telling.page.say("again-missing", **words), place)
    else:
        value = telling.figures.shown(column.name, column.type)
        telling.page.step(telling.page.say("again", value=value, **words), place)


def _tell(telling: Telling, column: Column) -> int:
    if column.name in telling.part.overrides:
        _calculated(as_calculated(telling, column.name), column)
        return tell_override(telling, column)
    return _calculated(telling, column)


def _calculated(telling: Telling, column: Column) -> int:
    match telling.figures.definition(column.name):
        case CheckedMeasure() as measure:
            return _tell_measure(telling, measure)
        case CheckedValue() as value:
            return _tell_value(telling, value)
        case UsedFact() as fact:
            return tell_fact(telling, fact)
        case CaseFact() | TimeFact() as fact:
            return tell_case_fact(telling, fact)
        case None:
            return _tell_given(telling, column)


def _tell_given(telling: Telling, column: Column) -> int:
    """What is asked of the person or of the period itself."""
    name, page = visible(column.name), telling.page
    place = place_of(column, otherwise=telling.part.policy.span)
    if telling.figures.known(column.name) is None:
        number = page.step(page.say("missing", name=name), place, "warning")
        telling.why(telling.reasons(column.name))
        return number
    key = "of-person" if column.name.startswith("person.") else "of-period"
    return page.step(page.say(key, name=name, value=telling.figures.stored(column.name, column.type)), place)


def _tell_measure(telling: Telling, measure: CheckedMeasure) -> int:
    """What was summed, counted, averaged or chosen, over which events, with what result."""
    page, events = telling.page, telling.part.events.get(measure.name, ())
    if telling.figures.known(measure.name) is None:
        key = "missing-measure" if events else "missing-measure-none"
        words = {"label": telling.named(measure), "events": _events(telling, measure, events)}
        number = page.step(page.say(key, **words), measure.span, "warning")
        telling.why(telling.reasons(measure.name))
    else:
        number = page.step(_measured(telling, measure, events), measure.span)
    _window(telling, measure)
    _among(telling, measure)
    _credit(telling, measure)
    _unusual(telling, measure, events)
    same = _same_events(telling, measure, events)
    if same is None:
        tell_events(telling, measure)
    else:
        clause, step = telling.shown[same]
        words = {"name": visible(same), "clause": visible(clause), "step": f"{step}"}
        telling.page.below(telling.page.say("same-events", **words))
    if measure.kept is not None:
        window = measure.kept.window
        telling.page.below(telling.page.say("share-days", window=window.words, days=_days(telling, window)))
        tell_events(telling, measure.kept)
    telling.refused(measure.name)
    return number


def _same_events(telling: Telling, measure: CheckedMeasure, events: tuple[Evident, ...]) -> str | None:
    """The measure that was shown with exactly these events and values, if they are many and none is chosen."""
    if len(events) < _FEW or measure.function in CHOOSING:
        return None
    return next((name for name in telling.shown if telling.part.events.get(name) == events), None)


def _measured(telling: Telling, measure: CheckedMeasure, events: tuple[Evident, ...]) -> str:
    page, figures, name = telling.page, telling.figures, measure.name
    words = {"label": telling.named(measure), "value": figures.shown(name, measure.type, LONG)}
    words["events"] = _events(telling, measure, events)
    if _defaulted(telling, measure, events):
        return page.say("default", **words)
    if measure.function == "share":
        words["count"] = figures.stored(f"{name}.count", Type(Kind.NUMBER))
        words["sum"] = figures.stored(f"{name}.sum", Type(Kind.NUMBER))
        words["whose"] = page.say("share-by-anybody" if measure.by_anybody else "share-by-person")
        kept = measure.kept.event if measure.kept is not None else measure.event
        return page.say("share", **words | {"event": visible(kept), "title": telling.event(kept)})
    if not events:
        return page.say("nothing", **words)
    if measure.function is Function.COUNT:
        return page.say("count", **words)
    if measure.function == "days since":
        return page.say("days-since", day=figures.text(figures.known(f"{name}.day"), DATE), **words)
    words["field"] = visible(measure.field or "")
    if measure.function == "average":
        words["sum"] = figures.stored(f"{name}.sum", measure.type)
        words["count"] = figures.stored(f"{name}.count", Type(Kind.NUMBER))
    return page.say(measure.function, **words)


def _defaulted(telling: Telling, measure: CheckedMeasure, events: tuple[Evident, ...]) -> bool:
    """Whether `if missing` gave the value: it is the default, and not what the events give."""
    if measure.default is None or telling.figures.known(measure.name) != getattr(measure.default, "value", None):
        return False
    if measure.is_quotient:
        return telling.figures.quotient(measure.name) is None
    if measure.function is Function.SUM:
        return not events or total(events) != telling.figures.known(measure.name)
    if measure.function is Function.COUNT:
        return len(events) != telling.figures.known(measure.name)
    return all(each.value != telling.figures.known(measure.name) for each in events)


def _events(telling: Telling, measure: CheckedMeasure, events: tuple[Evident, ...]) -> str:
    """`5 events …` of the measure's type, and the condition by which they were chosen; returns are told apart."""
    page = telling.page
    count = len({(each.id, each.file, each.line) for each in events if not each.reversal})
    words = {"event": visible(measure.event), "title": telling.event(measure.event)}
    key = "events"
    if measure.where is not None:
        key, words["condition"] = "events-where", telling.written(measure.where)
    return page.counted(key, count, **words) if count else page.say(f"{key}-none", **words)


def _returns(events: tuple[Evident, ...]) -> list[Evident]:
    """The events that take back an event of the measure's type."""
    return [each for each in events if each.reversal]


def _window(telling: Telling, measure: CheckedMeasure) -> None:
    """At which days the measure looks, where they are not the period's."""
    page, window = telling.page, measure.window
    if window == THIS_PERIOD and measure.kept is None:
        return
    days = _days(telling, window)
    if not days:
        page.below(page.say("window-none", window=window.words))
        return
    page.below(page.say("window", window=window.words, days=days))
    if measure.like is not None:
        page.below(page.say("like", name=visible(measure.like)))


def _days(telling: Telling, window: Window) -> tuple[str, ...]:
    """The days of a window; none where no file lists its periods."""
    own = ((telling.account.first, telling.account.last),)
    reach = telling.part.windows.get(window)
    days = own if window == THIS_PERIOD else reach.days if reach is not None else ()
    return tuple(telling.page.say("window-days", first=f"{first}", last=f"{last}") for first, last in days)


def _among(telling: Telling, measure: CheckedMeasure) -> None:
    """Over whose events the measure is taken, where they are not the person's own."""
    group = measure.among
    if group is None:
        return
    if group.column is None or group.type is None:
        telling.page.below(telling.page.say("among-company"))
        return
    if telling.figures.known(f"group.{group.name}") is None:
        return  # The reason stands above.
    value = telling.figures.stored(f"group.{group.name}", group.type)
    telling.page.below(telling.page.say("among", column=visible(group.column), value=value))


def _credit(telling: Telling, measure: CheckedMeasure) -> None:
    """Which events are the person's own, where the policy says it, and whose count besides."""
    credit = telling.part.policy.credit.get(measure.event)
    if credit is None or measure.among is not None:
        return
    groups = (" + ".join(visible(each.field) for each in group) for group in credit.direct)
    besides = "".join(_besides(telling, overlay) for overlay in credit.overlays)
    told = telling.page.say("credit", field=telling.page.say("credit-else").join(groups), besides=besides)
    telling.page.below(told, credit.overlays[0].span if credit.overlays else credit.span)


def _besides(telling: Telling, overlay: Overlay) -> str:
    if overlay.column is not None:
        share, more = visible(f"person.{overlay.column}"), list[str]()
    else:
        share, *more = (telling.figures.text(share, Type(Kind.RATIO)) for share in overlay.shares)
    if overlay.field is not None:
        return telling.page.say("credit-besides", share=share, field=visible(overlay.field))
    if overlay.of_rest:
        return telling.page.say("credit-rest", share=share)
    if more:
        return telling.page.say("credit-levels", shares=", ".join((share, *more)))
    return telling.page.say("credit-all" if overlay.every_level else "credit-direct", share=share)


def _unusual(telling: Telling, measure: CheckedMeasure, events: tuple[Evident, ...]) -> None:
    """What is taken off, and why some days lie outside those that the measure looks at."""
    page, reversal, account = telling.page, telling.part.policy.reversal, telling.account
    returns = _returns(events)
    if reversal is not None and returns and not telling.part.policy.claws_back:
        key = "returns-own" if reversal.count == "in own period" else "returns-deal"
        words = {"event": visible(reversal.event), "title": telling.event(reversal.event)}
        count = len({(each.id, each.file, each.line) for each in returns})
        page.below(page.say(key, events=page.counted("events", count, **words)), reversal.span)
    reach = telling.part.windows.get(measure.window)
    days = reach.days if reach is not None else ((account.first, account.last),)
    inside = [each for each in events if any(first <= each.day <= last for first, last in days)]
    if any(each not in inside and each not in returns for each in events):
        key = "other-days" if measure.window == THIS_PERIOD else "other-days-window"
        page.below(page.say(key, **({"period": visible(account.period)} if key == "other-days" else {})))


def _tell_value(telling: Telling, value: CheckedValue) -> int:
    """The author's formula, the same with the numbers put in, and the result."""
    if isinstance(value.expression, Decision):
        return tell_decided_value(telling, value, value.expression)
    if isinstance(value.expression, Band):
        return tell_score(telling, value, value.expression)
    page, figures = telling.page, telling.figures
    words = {"label": telling.named(value), "value": figures.shown(value.name, value.type, LONG)}
    if next(columns_in(value.expression), None) is None and figures.known(value.name) is not None:
        return page.step(page.say("value-fixed", **words), value.span)
    words |= {"formula": telling.written(value.expression), "filled": telling.filled(value.expression)}
    if figures.known(value.name) is None:
        del words["value"]
        number = page.step(page.say("value-missing", **words), value.span, "warning")
        inherited = {reason for column in columns_in(value.expression) for reason in _keys(telling, column.name)}
        telling.why([each for each in telling.reasons(value.name) if (each.code, each.span) not in inherited])
        return number
    return page.step(page.say("value-default" if _fell_back(telling, value) else "value", **words), value.span)


def _keys(telling: Telling, name: str) -> Iterator[tuple[str, object]]:
    yield from ((reason.code, reason.span) for reason in telling.reasons(name))


def _fell_back(telling: Telling, value: CheckedValue) -> bool:
    """Whether `if missing` gave the value: it is the default, and an input is missing, or zero divides."""
    if value.default is None or telling.figures.known(value.name) != getattr(value.default, "value", None):
        return False
    names = {column.name for column in columns_in(value.expression)}
    lacking = any(telling.figures.known(name) is None for name in names)
    divides = isinstance(value.expression, Apply) and value.expression.op is Op.DIV
    return lacking or (divides and telling.figures.quotient(value.name) is None)
