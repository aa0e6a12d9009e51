"""The stages of a review checked: by whom, by which event, and which of them calibrates the rating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.calculated import CheckedField, CheckedMeasure, EventType
from workflow.checks.context import Context
from workflow.checks.cycles import CheckedStage, Opening, StageEvent
from workflow.checks.ratings import Calibration
from workflow.checks.times import DELEGATION, REOPENING, check_actor, check_opening, check_stage_event, check_times
from workflow.diagnostics import Diagnostic, Span
from workflow.model.files import Document
from workflow.model.leaves import Leaf, Reference
from workflow.model.review import Review, StageDefinition
from workflow.model.terms import Function
from workflow.model.typed import Column, Literal
from workflow.model.types import COUNT, Kind, Type

CALIBRATING: Mapping[str, tuple[Kind, ...]] = {
    "rating": (Kind.TEXT,),
    "reason": (Kind.TEXT,),
    "by": (Kind.PERSON, Kind.TEXT),
}
"""The fields of an event that calibrates a rating."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages in time, which of them calibrates, and the measures that say what has been done."""

    opens: Opening | None
    stages: tuple[CheckedStage, ...]
    reopened: StageEvent | None
    delegated: StageEvent | None
    calibration: Calibration | None
    measures: tuple[CheckedMeasure, ...]


def check_stages(context: Context, document: Document[Review], ratings: Type) -> Stages:
    """The stages of a review, in their order."""
    written = document.content
    opens = check_opening(context, document)
    names, events = dict[str, Span](), dict[str, Span]()
    found: list[CheckedStage] = []
    measures: list[CheckedMeasure] = []
    calibration: Calibration | None = None
    for number, each in enumerate(written.stages):
        _check_once(context, "name-twice", each.stage, names)
        by, event = check_actor(context, each.by), _event(context, each.done)
        timed = check_times(context, each, first=number == 0, opens=written.opens is not None)
        if event is None or by is None:
            continue
        _check_once(context, "stage-done-twice", each.done, events)
        done = _counted(event, each.done.span)
        measures.append(done)
        column = Column(done.name, COUNT, each.done.span)
        title = context.title(each.title, each.stage.span)
        stage = CheckedStage(each.stage.text, title, by, event.name, column, each.stage.span)
        found.append(replace(stage, **timed))
        if "rating" not in event.fields:
            continue
        if calibration is not None:
            args = {"found": event.name, "other": calibration.event}
            context.note(Diagnostic("calibrated-twice", each.done.span, args, related=(calibration.span,)))
            continue
        calibration, said = _calibration(context, each, event, ratings)
        measures += said
    about: list[StageEvent | None] = []
    for leaf, fields in ((written.reopened, REOPENING), (written.delegated, DELEGATION)):
        event = _event(context, leaf) if leaf is not None else None
        if event is None or leaf is None:
            about.append(None)
            continue
        _check_once(context, "stage-done-twice", leaf, events)
        measures.append(_counted(event, leaf.span))
        about.append(check_stage_event(context, event, measures[-1], (tuple(names), fields)))
    return Stages(opens, tuple(found), about[0], about[1], calibration, tuple(measures))


def _check_once(context: Context, code: str, leaf: Leaf, seen: dict[str, Span]) -> None:
    if leaf.text in seen:
        context.note(Diagnostic(code, leaf.span, {"found": leaf.text}, related=(seen[leaf.text],)))
    seen.setdefault(leaf.text, leaf.span)


def _event(context: Context, said: Reference) -> EventType | None:
    """The type of event that says what became of a stage; it is about a person, and a period."""
    event = context.events.get(said.text)
    if event is None:
        context.unknown("unknown-event", said, context.events)
    elif event.owner is None:
        context.refuse("event-of-nobody", said.span, found=event.name)
    elif not names_period(event):
        context.refuse("form-without-period", said.span, found=event.name)
    else:
        return event
    return None


def names_period(event: EventType) -> bool:
    """Whether an event says which period it is about."""
    return any(field.type.kind is Kind.PERIOD for field in event.fields.values())


def _counted(event: EventType, place: Span) -> CheckedMeasure:
    """How many of these events there are: none where no source tells of any, since what is done is recorded."""
    none = Literal(Decimal(0), COUNT)
    return CheckedMeasure(f"{event.name} done", {}, Function.COUNT, event.name, None, None, 1, none, COUNT, place)


def _calibration(
    context: Context, stage: StageDefinition, event: EventType, ratings: Type
) -> tuple[Calibration | None, list[CheckedMeasure]]:
    """What the newest event of a stage says of the rating."""
    place, found = stage.done.span, dict[str, Column]()
    measures: list[CheckedMeasure] = []
    for name, kinds in CALIBRATING.items():
        field = event.fields.get(name)
        if field is None or field.type.kind not in kinds or not field.required:
            accepted = "person" if Kind.PERSON in kinds else "text"
            context.refuse("calibration-lacks-a-field", place, found=event.name, field=name, accepted=accepted)
            continue
        if name == "rating":
            _check_words(context, field, place, (event.name, ratings))
        measures.append(latest(event, field, place))
        found[name] = Column(measures[-1].name, field.type, place)
    if len(found) < len(CALIBRATING):
        return None, measures
    return Calibration(event.name, found["rating"], found["reason"], found["by"], place), measures


def _check_words(context: Context, field: CheckedField, place: Span, meant: tuple[str, Type]) -> None:
    """Where the catalogue lists the words, each is a rating of the policy."""
    event, ratings = meant
    for word in field.type.values:
        if word not in ratings.values:
            context.refuse("calibrates-to-another", place, found=event, word=word)


def latest(event: EventType, field: CheckedField, place: Span | None = None, of: Type | None = None) -> CheckedMeasure:
    """A field of the newest such event about a person and period."""
    name, result = f"{event.name}.{field.name}", of or field.type
    return CheckedMeasure(
        name, field.title, Function.LATEST, event.name, field.name, None, 1, None, result, place or field.span
    )
