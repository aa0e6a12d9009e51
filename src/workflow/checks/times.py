"""When a review opens, by when its stages are due, whom they go up to, and what opens one again, checked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypedDict

from workflow.checks.actions import Reach, check_due
from workflow.checks.calculated import CheckedMeasure, EventType
from workflow.checks.context import Context
from workflow.checks.cycles import Actor, CheckedStage, Escalation, Opening, StageEvent
from workflow.model.files import Document
from workflow.model.leaves import Leaf, Words
from workflow.model.review import Overdue, Review, StageDefinition
from workflow.model.typed import Column
from workflow.model.types import COUNT, Kind
from workflow.worktime.due import Due

HIGHEST = 3
"""So many columns of the register a path may go through: the supervisor's supervisor's supervisor."""
_AFTER = re.compile(r"(?P<length>.+) after the period")
REOPENING: Mapping[str, str] = {"stage": "text", "reason": "text", "by": "person"}
"""The fields of an event that opens a stage again, and what is best there."""
DELEGATION: Mapping[str, str] = {**REOPENING, "to": "person"}
"""Those of one that hands a stage to somebody else."""


class Times(TypedDict, total=False):
    """What a stage says of time, as fields of `CheckedStage`."""

    together: bool
    due: Due | None
    remind: Due | None
    overdue: Escalation | None


def check_opening(context: Context, document: Document[Review]) -> Opening | None:
    """When the first stage opens."""
    written = document.content
    leaf = written.opens
    if leaf is None:
        return None
    match = _AFTER.fullmatch(" ".join(leaf.text.split()))
    if match is None:
        context.refuse("opening-not-understood", leaf.span, found=leaf.text)
        return None
    if not written.stages:
        context.refuse("opening-without-stages", leaf.span)
    after = check_due(context, leaf, match["length"])
    if after is not None and after[0] == 0:
        context.refuse("opening-not-understood", leaf.span, found=leaf.text)
    return Opening(after, leaf.span) if after is not None else None


def reaching(opens: Opening | None, stages: Iterable[CheckedStage]) -> Iterator[Reach]:
    """What the stages count from the period's end on, each as if it opened with the review."""
    for stage in stages if opens is not None else ():
        if opens is not None and stage.due is not None:
            overdue = (stage.overdue.after,) if stage.overdue is not None else ()
            yield stage.name, stage.span, (opens.after, stage.due, *overdue)


def check_actor(context: Context, leaf: Words, *, highest: int = 1) -> Actor | None:
    """Who does something: a person of the register, found from the one who is reviewed, or a role."""
    people = [name for name, field in context.registers["people"].items() if field.type.kind is Kind.PERSON]
    paths = [path for length in range(1, highest + 1) for path in itertools.product(people, repeat=length)]
    own = {"person": ()} if highest == 1 else {}
    named: dict[str, tuple[str, ...]] = {**own, **{".".join(("person", *path)): path for path in paths}}
    word = context.choice(leaf, (*named, *context.roles))
    if word is None:
        return None
    return Actor(named.get(word, ()), word if word in context.roles else None, word, leaf.span)


def check_times(context: Context, written: StageDefinition, *, first: bool, opens: bool) -> Times:
    """By when a stage is due, how often whoever does it is reminded, and what follows if it still isn't done."""
    keys: dict[str, Leaf | None] = {"due": written.due, "remind every": written.remind_every}
    keys["overdue"] = written.overdue.after if written.overdue is not None else None
    said = [(key, leaf) for key, leaf in keys.items() if leaf is not None]
    if said and not opens:
        key, leaf = said[0]
        context.refuse("times-without-opening", leaf.span, found=key)
    if written.together is not None and written.together.value and first:
        context.refuse("together-with-nothing", written.together.span)
    return Times(
        together=written.together is not None and written.together.value,
        due=check_due(context, written.due, written.due.text) if written.due is not None else None,
        remind=_reminding(context, written.remind_every),
        overdue=_escalation(context, written.overdue, written.due),
    )


def _reminding(context: Context, leaf: Words | None) -> Due | None:
    """How often somebody is reminded: every so many days."""
    every = check_due(context, leaf, leaf.text) if leaf is not None else None
    if leaf is None or every is None:
        return None
    if every[0] == 0 or every[1] == "months":
        context.refuse("reminders-not-possible", leaf.span, found=leaf.text)
        return None
    return every


def _escalation(context: Context, written: Overdue | None, due: Words | None) -> Escalation | None:
    """To whom a stage goes up; it counts from the day on which the stage is due."""
    if written is None:
        return None
    if due is None:
        context.refuse("overdue-without-due", written.after.span, found=written.after.text)
    after, to = (
        check_due(context, written.after, written.after.text),
        check_actor(context, written.escalate_to, highest=HIGHEST),
    )
    return Escalation(after, to, written.after.span) if after is not None and to is not None else None


def check_stage_event(
    context: Context, event: EventType, done: CheckedMeasure, asked: tuple[tuple[str, ...], Mapping[str, str]]
) -> StageEvent | None:
    """An event about a stage: it names one of the policy's, and says why, by whom, and to whom it is handed."""
    place, whole, (stages, fields) = done.span, True, asked
    for name, accepted in fields.items():
        field = event.fields.get(name)
        kinds = (Kind.PERSON,) if name == "to" else (Kind.PERSON, Kind.TEXT) if name == "by" else (Kind.TEXT,)
        if field is None or field.type.kind not in kinds or not field.required:
            context.refuse("stage-event-lacks-a-field", place, found=event.name, field=name, accepted=accepted)
            whole = False
    if not whole:
        return None
    words = event.fields["stage"].type.values
    if not words:
        listed = f"one of [{', '.join(stages)}]"
        context.refuse("stage-event-lacks-a-field", place, found=event.name, field="stage", accepted=listed)
    for word in words:
        if word not in stages:
            context.refuse("names-no-stage", place, found=event.name, word=word)
    return StageEvent(event.name, Column(done.name, COUNT, place), place)
