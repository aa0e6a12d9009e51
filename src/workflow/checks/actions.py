"""Actions checked: which item of the catalogue each triggers, when, how often, and by when it is due."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from workflow.checks.checked import CheckedPolicy
from workflow.checks.clauses import ITEMS, ActionClause, ActionKind, Rank, Recipient
from workflow.checks.context import Context
from workflow.checks.formulas import Typing
from workflow.checks.lengths import repaired
from workflow.checks.periods import CALENDAR, periods_about
from workflow.checks.ranks import check_rank
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Span
from workflow.model.files import Document
from workflow.model.leaves import Leaf, Whole, Words
from workflow.model.policy import ActionDefinition, Policy
from workflow.model.typed import Column
from workflow.model.types import Kind
from workflow.syntax import literals
from workflow.words import Term
from workflow.worktime.due import Due, day_after

MOST_DUE: Mapping[tuple[str, bool], tuple[int, int]] = {
    ("days", False): (0, 36_500),
    ("months", False): (0, 1_200),
    ("days", True): (1, 36_500),
}
"""The units in which `due` counts, of working time or not, and the least and most of each: a hundred years,
so that the day it names exists; no working day is no day."""
DUE_UNITS = ("days", "working days", "months")
LONGEST_ROW = 12
"""The most periods in a row: a year of months. Each is evaluated for a run."""
NOTIFY: ActionKind = "notify"
KINDS: tuple[ActionKind, ...] = (*ITEMS, NOTIFY)
ABOVE = "supervisor"
"""The column of the register that says who stands above a person."""


def check_action(context: Context, document: Document[Policy], name: str, scope: Scope) -> ActionClause | None:
    """One action, or None after noting that it isn't clear what is triggered."""
    written = document.content.actions[name]
    span = context.key_span(context.inside(document.tree, "actions"), name)
    said = [kind for kind in KINDS if getattr(written, kind) is not None]
    if len(said) != 1:
        context.refuse("one-action", span, found=tuple(said), accepted=KINDS)
        return None
    kind, told = said[0], None
    item = getattr(written, kind)
    if kind == NOTIFY:
        policy = document.content
        subject = policy.subject.text if policy.subject.text in policy.subjects else policy.subjects[0]
        told = check_recipient(context, item, subject)
        _check_notified(context, written)
    elif item.text not in context.items[kind]:
        context.unknown("unknown-action", item, context.items[kind], kind=Term(kind))
    typing = Typing(scope)
    when = typing.condition(written.when) if written.when else None
    context.diagnostics.extend(typing.mistakes)
    return ActionClause(
        name=name,
        title=context.title(written.title, span),
        kind=kind,
        item=" ".join(item.text.split()),
        when=when,
        due=check_due(context, written.due, written.due.text) if written.due is not None else None,
        span=span,
        identity=written.was.text if written.was else name,
        in_a_row=_in_a_row(context, written.in_a_row),
        once_per=_once_per(context, written.once_per, document.content.each.text),
        rank=_rank(context, written, scope, span),
        told=told,
        seen_by=context.seen_by.get((kind, item.text), ()),
    )


def check_recipient(context: Context, leaf: Words, of: str) -> Recipient | None:
    """Where the person who is told is looked up; None of a role, and of the person whom the result is about.

    Args:
        context: takes the mistakes.
        leaf: the author's word for who is told.
        of: what the policy's results are about; a case is somebody's.
    """
    subject = "customer" if of == "customer" else "person"
    register = context.registers["customers" if subject == "customer" else "people"]
    people = {f"{subject}.{name}": field for name, field in register.items() if field.type.kind is Kind.PERSON}
    line = f"person.{ABOVE}"
    twice = (f"{line}.{ABOVE}",) if line in people else ()
    themselves = ("person",) if subject == "person" else ()
    word = context.choice(leaf, (*themselves, *people, *twice, *context.roles))
    if word in twice:
        return Recipient(Column(line, people[line].type, leaf.span), above=True)
    return Recipient(Column(word, people[word].type, leaf.span), above=False) if word in people else None


def _check_notified(context: Context, written: ActionDefinition) -> None:
    """Somebody is told when it happens: that has no day by which it is due, and no item that one has once a year."""
    for key, leaf in (("due", written.due), ("once per", written.once_per)):
        if leaf is not None:
            context.refuse("key-without-item", leaf.span, key=key)


def _rank(context: Context, written: ActionDefinition, scope: Scope, span: Span) -> Rank | None:
    """Its rank; what is triggered can't be divided."""
    rank = check_rank(context, written.rank, scope, span, divides=False)
    if rank is not None and rank.ties == "split":
        assert written.rank is not None
        assert written.rank.ties is not None
        context.refuse("split-of-an-action", written.rank.ties.span)
    return rank


def check_due(context: Context, leaf: Leaf, text: str) -> Due | None:
    """How many days, working days or months the text of a leaf, or a part of it, says."""
    length = literals.duration(text)
    bounds = MOST_DUE.get((length.unit, length.working)) if length is not None else None
    if length is None or bounds is None or length.value % 1 or not bounds[0] <= length.value <= bounds[1]:
        alone = "working days" if context.calendar is not None else "days"
        fix = repaired(leaf, DUE_UNITS, alone) if length is None and text == leaf.text else None
        context.note(Diagnostic("due-not-understood", leaf.span, {"found": leaf.text}, fix=fix))
        return None
    workspace = context.written.workspace
    if length.working and workspace is not None and workspace.content.calendar is None:
        context.refuse("calendar-not-said", leaf.span, found=leaf.text, accepted=tuple(context.calendars))
    if length.working:
        return int(length.value), "working days"
    return int(length.value), "days" if length.unit == "days" else "months"


Reach = tuple[str, Span, tuple[Due, ...]]
"""What is due, where the policy says so, and the lengths of time that it counts, one from the end of the other."""


def check_reach(context: Context, policy: CheckedPolicy, besides: Iterable[Reach] = ()) -> None:
    """Warn of a policy whose calendar ends before its working days do; `besides` is what it has besides actions.

    Asked for its last period, or where it has no end for its first: later ones need later years of the calendar.
    """
    calendar, day = policy.calendar, policy.through or policy.since
    period = next((row for row in periods_about(context, policy.each, day) if row[1] <= day <= row[2]), None)
    if calendar is None or period is None:
        return
    own = ((action.name, action.span, (action.due,)) for action in policy.actions if action.due is not None)
    for name, span, lengths in (*own, *besides):
        days: list[datetime.date | None] = [period[2]]
        for length in lengths:
            days.append(day_after(calendar, length, days[-1]) if days[-1] is not None else None)
        if days[-1] is None and period[2] >= calendar.first:
            last = calendar.last.isoformat()
            args = {"found": name, "name": calendar.name, "last": last, "period": period[0]}
            context.note(Diagnostic("calendar-ends-early", span, args))


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
