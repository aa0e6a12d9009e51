"""Actions checked: which item of the catalogue each triggers, when, how often, and by when it is due."""

from __future__ import annotations

from typing import Literal

from workflow.checks.checked import ActionClause, ActionKind, Rank
from workflow.checks.context import Context
from workflow.checks.formulas import Typing
from workflow.checks.periods import CALENDAR
from workflow.checks.ranks import check_rank
from workflow.checks.scope import Scope
from workflow.diagnostics import Span
from workflow.model.files import Document
from workflow.model.incentive import Incentive
from workflow.model.leaves import Whole, Words
from workflow.model.policy import ActionDefinition
from workflow.syntax import literals
from workflow.words import Term

MOST_DUE = {"days": 36_500, "months": 1_200}
"""The units in which `due` counts, and the most of each: a hundred years, so that the day it names exists."""
LONGEST_ROW = 12
"""The most periods in a row: a year of months. Each is evaluated for a run."""
KINDS: tuple[ActionKind, ...] = ("training", "coaching", "award", "task")


def check_action(context: Context, document: Document[Incentive], name: str, scope: Scope) -> ActionClause | None:
    """One action, or None after noting that it isn't clear what is triggered."""
    written = document.content.actions[name]
    span = context.key_span(context.inside(document.tree, "actions"), name)
    said = [kind for kind in KINDS if getattr(written, kind) is not None]
    if len(said) != 1:
        context.refuse("one-action", span, found=tuple(said), accepted=KINDS)
        return None
    kind = said[0]
    item = getattr(written, kind)
    if item.text not in context.items[kind]:
        context.unknown("unknown-action", item, context.items[kind], kind=Term(kind))
    typing = Typing(scope)
    when = typing.condition(written.when) if written.when else None
    context.diagnostics.extend(typing.mistakes)
    return ActionClause(
        name=name,
        title=context.title(written.title, span),
        kind=kind,
        item=item.text,
        when=when,
        due=_due(context, written),
        span=span,
        identity=written.was.text if written.was else name,
        in_a_row=_in_a_row(context, written.in_a_row),
        once_per=_once_per(context, written.once_per, document.content.each.text),
        rank=_rank(context, written, scope, span),
    )


def _rank(context: Context, written: ActionDefinition, scope: Scope, span: Span) -> Rank | None:
    """Its rank; what is triggered can't be divided."""
    rank = check_rank(context, written.rank, scope, span)
    if rank is not None and rank.ties == "split":
        assert written.rank is not None
        assert written.rank.ties is not None
        context.refuse("split-of-an-action", written.rank.ties.span)
    return rank


def _due(context: Context, written: ActionDefinition) -> tuple[int, Literal["days", "months"]] | None:
    """After how many days or months it is due."""
    if written.due is None:
        return None
    length = literals.duration(written.due.text)
    most = MOST_DUE.get(length.unit) if length is not None and not length.working else None
    if length is None or most is None or length.value % 1 or length.value > most:
        context.refuse("due-not-understood", written.due.span, found=written.due.text)
        return None
    return int(length.value), "days" if length.unit == "days" else "months"


def _in_a_row(context: Context, leaf: Whole | None) -> int | None:
    """The number of periods: one is no row."""
    if leaf is None or 1 < leaf.value <= LONGEST_ROW:
        return leaf.value if leaf else None
    context.refuse("row-not-possible", leaf.span, found=leaf.text, limit=LONGEST_ROW)
    return None


def _once_per(context: Context, leaf: Words | None, each: str) -> str | None:
    """The kind of period in which the item comes once; one shorter than the policy's own would change nothing."""
    kind = context.choice(leaf, CALENDAR)
    if leaf is not None and kind in CALENDAR and each in CALENDAR and CALENDAR.index(kind) < CALENDAR.index(each):
        context.refuse("once-per-too-short", leaf.span, found=kind, each=each)
    return kind
