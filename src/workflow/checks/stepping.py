"""What the steps of cases trigger, checked: an item of the catalogue, and who is told."""

from __future__ import annotations

from typing import Literal

from workflow.checks.actions import check_due, check_recipient
from workflow.checks.cases import StepAction
from workflow.checks.clauses import ActionKind
from workflow.checks.context import Context
from workflow.model.escalation import StepActions, TimerDefinition
from workflow.model.leaves import Words
from workflow.words import Term

ITEMS: tuple[ActionKind, ...] = ("training", "coaching", "task")
"""What of the catalogue a step may trigger."""


def check_step_actions(context: Context, name: str, written: StepActions | None) -> tuple[StepAction, ...]:
    """What a step triggers: one item of the catalogue, one notice and one reminder, if any.

    Args:
        context: takes the mistakes.
        name: what the step is of, which names the item; that of the notice says so besides.
        written: what the author wrote there.
    """
    if written is None:
        return ()
    found = list(_item(context, name, written))
    if written.notify is not None:
        found.append(_notice(context, f"{name}.notify", "notify", written.notify))
    if isinstance(written, TimerDefinition) and written.remind is not None:
        found.append(_notice(context, f"{name}.reminder", "reminder", written.remind))
    return tuple(found)


def _item(context: Context, name: str, written: StepActions) -> tuple[StepAction, ...]:
    said = [(kind, getattr(written, kind)) for kind in ITEMS if getattr(written, kind) is not None]
    if len(said) > 1:
        context.refuse("one-action", said[1][1].span, found=tuple(kind for kind, _ in said), accepted=ITEMS)
    if not said:
        if written.due is not None:
            context.refuse("due-of-nothing", written.due.span)
        return ()
    kind, item = said[0]
    if item.text not in context.items[kind]:
        context.unknown("unknown-action", item, context.items[kind], kind=Term(kind))
    due = check_due(context, written.due, written.due.text) if written.due is not None else None
    return (StepAction(name, kind, item.text, due, item.span, context.seen_by.get((kind, item.text), ())),)


def _notice(context: Context, name: str, kind: Literal["notify", "reminder"], leaf: Words) -> StepAction:
    told = check_recipient(context, leaf, "case")
    return StepAction(name, kind, " ".join(leaf.text.split()), None, leaf.span, told=told)
