"""Who takes part in a review, checked: on which day of the period somebody must be there, and on how many."""

from __future__ import annotations

from workflow.checks.context import Context
from workflow.checks.periods import periods_about
from workflow.checks.ratings import Participants
from workflow.model.files import Document
from workflow.model.leaves import Whole
from workflow.model.review import Review

FIRST, LAST = "the first day", "the last day"


def check_participants(context: Context, document: Document[Review]) -> Participants | None:
    """Who takes part; None where everybody does who serves on any day, or after noting a mistake."""
    written = document.content.participants
    if written is None:
        return None
    place = context.key_span(document.tree, "participants")
    if written.there_on is None and written.days_served is None:
        context.refuse("missing-key", place, key="there on")
        return None
    on = context.choice(written.there_on, (FIRST, LAST))
    days = written.days_served
    if days is not None:
        _check_days(context, document, days)
    return Participants(on == FIRST, on == LAST, days.value if days is not None else 1, place)


def _check_days(context: Context, document: Document[Review], leaf: Whole) -> None:
    """Somebody can serve on so many days: the period has them."""
    policy = document.content
    since = policy.effective.since.value
    about = periods_about(context, policy.each.text, since)
    longest = next(((last - first).days + 1 for _, first, last in about if first <= since <= last), None)
    if leaf.value < 1 or (longest is not None and leaf.value > longest):
        context.refuse("days-not-possible", leaf.span, found=leaf.text, limit=longest or 1)
