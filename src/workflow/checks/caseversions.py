"""From one version of an escalation to the next: cases of the first go on by it, so they must be about the same."""

from __future__ import annotations

from dataclasses import replace

from workflow.checks.context import Context
from workflow.diagnostics import Diagnostic, Fix
from workflow.model.escalation import Escalation
from workflow.model.files import Document
from workflow.model.leaves import Leaf


def check_case_versions(context: Context, document: Document[Escalation]) -> None:
    """A later version names cases as the one before does, and they begin alike."""
    written = document.content
    lower = earlier_versions(context, written)
    if not lower:
        return
    before = lower[-1]
    pairs: tuple[tuple[str, Leaf, Leaf], ...] = (
        ("case", written.case, before.case),
        ("begins", written.begins, before.begins),
    )
    for key, said, old in pairs:
        if said.text != old.text:
            differs = {"key": key, "found": said.text, "accepted": old.text, "version": before.version.text}
            fix = Fix(said.span, old.text)
            context.note(Diagnostic("version-about-another", said.span, differs, related=(old.span,), fix=fix))


def earlier_versions(context: Context, written: Escalation) -> tuple[Escalation, ...]:
    """The versions of an escalation with a lower number, the lowest first."""
    every = [each.content for each in context.written.policies if isinstance(each.content, Escalation)]
    own = [each for each in every if each.id.text == written.id.text and each.version.value < written.version.value]
    return tuple(sorted(own, key=lambda each: each.version.value))


def in_calendar(context: Context, written: Escalation) -> Context:
    """The context of a version that names its own calendar, so that its cases go on by that whatever others say."""
    leaf = written.calendar
    if leaf is None:
        return context
    if leaf.text not in context.calendars:
        context.unknown("unknown-calendar", leaf, context.calendars)
        return context
    return replace(context, calendar=context.calendars[leaf.text])
