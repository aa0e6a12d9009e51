"""A stage told: whether it is done and by which event, since when it is open, by when it is due, and whose it is."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.cycles import CheckedStage
from workflow.checks.ratings import CheckedReview
from workflow.plan.acting import DELEGATE, SUCCESSOR, SUPERVISOR
from workflow.plan.reminding import escalate_of
from workflow.report.cells import visible
from workflow.report.explanation.events import tell_events
from workflow.report.explanation.telling import Telling
from workflow.report.summary import title_in
from workflow.worktime.due import Due

_WAYS = {
    "": "stage-asked",
    DELEGATE: "stage-delegate",
    SUCCESSOR: "stage-successor",
    SUPERVISOR: "stage-supervisor",
}
"""How somebody came to a stage, and the sentence that says so."""


def tell_stages(telling: Telling, policy: CheckedReview) -> None:
    """A step for each stage, in their order."""
    for stage in policy.stages:
        _tell_done(telling, stage)
        if policy.reopened is not None:
            _tell(telling, stage, "reopened", "stage-reopened")
        if policy.opens is not None:
            _tell_days(telling, stage)


def _tell_done(telling: Telling, stage: CheckedStage) -> None:
    """A step: whether a stage is done, and which event says so."""
    page, label = telling.page, telling.labelled(stage.name, title_in(stage.title, telling.page.language))
    words = {"label": label, "event": visible(stage.event), "by": visible(stage.by.words)}
    if not telling.figures.known(stage.column):
        page.step(page.say("stage-open", **words), stage.span, "warning")
        return
    page.step(page.say("stage-done", **words), stage.span)
    measure = telling.figures.definition(stage.done.name)
    assert isinstance(measure, CheckedMeasure), "a stage is done by events that are counted"
    tell_events(telling, measure)


def _tell_days(telling: Telling, stage: CheckedStage) -> None:
    """Below it: since when it is open, whose it is, by when it is due, and what followed."""
    page, known, own = telling.page, telling.figures.known, stage.column
    if known(f"{own}.opened") is None:
        reasons = telling.reasons(f"{own}.opened")
        if any(reason.code == "day-not-known" for reason in reasons):
            telling.why(reasons)
        else:
            page.below(page.say("stage-waits"))
        return
    _tell(telling, stage, "opened", "stage-opened")
    if stage.by.role is None:
        _tell_actor(telling, stage)
    if stage.due is not None:
        _tell_due(telling, stage, stage.due)
    reminders = known(f"{own}.reminders")
    if isinstance(reminders, Decimal) and reminders:
        day = visible(str(known(f"{own}.reminded")))
        page.below(page.counted("stage-reminded", int(reminders), day=day))
    if stage.overdue is not None and known(escalate_of(stage)) is None:
        telling.why(telling.reasons(escalate_of(stage)))
    if stage.overdue is not None and known(escalate_of(stage)):
        to = stage.overdue.to.role or str(known(f"{own}.escalated to"))
        words = {"to": visible(to), "day": str(known(f"{own}.overdue")), "after": _length(telling, stage.overdue.after)}
        page.below(page.say("stage-escalated", **words), stage.overdue.span, "warning")


def _tell(telling: Telling, stage: CheckedStage, word: str, key: str) -> None:
    """Below it: one of its days, if it has that."""
    day = telling.figures.known(f"{stage.column}.{word}")
    if day is not None:
        telling.page.below(telling.page.say(key, day=str(day)))


def _tell_actor(telling: Telling, stage: CheckedStage) -> None:
    """Below it: whose it was when it opened, and who has taken it since."""
    page, known, own = telling.page, telling.figures.known, stage.column
    asked, actor, instead = (known(f"{own}.{word}") for word in ("asked", "actor", "instead"))
    if actor is None:
        telling.why(telling.reasons(f"{own}.actor"))
        return
    words = {"asked": visible(str(asked)) if asked is not None else "-", "actor": visible(str(actor))}
    key = _WAYS[str(instead)]
    if instead == DELEGATE:
        words |= {word: visible(str(known(f"{own}.handed.{word}"))) for word in ("day", "by", "reason")}
    page.below(page.say(key, **words), stage.by.span, "warning" if instead else "")


def _tell_due(telling: Telling, stage: CheckedStage, due: Due) -> None:
    """Below it: by when it is due, and whether it is late."""
    page, known, own = telling.page, telling.figures.known, stage.column
    day, late = known(f"{own}.due"), known(f"{own}.late")
    if day is None:
        telling.why(telling.reasons(f"{own}.due"))
        return
    key, words = "stage-due", {"day": str(day), "length": _length(telling, due)}
    calendar = telling.part.policy.calendar
    if due[1] == "working days" and calendar is not None:
        close = next(calendar.close_of_work(each) for each in calendar.working if str(each) == str(day))
        key, words = "stage-due-working", words | {"calendar": visible(calendar.name), "close": close}
    state = ("late" if late else "in-time") if known(own) else ("overdue" if late else "pending")
    page.below(page.say(key, **words, state=page.say(f"stage-{state}")), style="warning" if late else "")


def _length(telling: Telling, due: Due) -> str:
    count, unit = due
    return telling.page.counted(f"due-{unit.replace(' ', '-')}", count)
