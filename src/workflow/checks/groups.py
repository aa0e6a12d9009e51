"""The groups of measures checked: over whose events a measure is taken, besides the person's own."""

from __future__ import annotations

from dataclasses import replace

from workflow.checks.calculated import CheckedMeasure, Group
from workflow.checks.context import Context
from workflow.checks.measures import in_currency
from workflow.diagnostics import Diagnostic, Fix
from workflow.model.policy import MeasureDefinition
from workflow.model.reading import nearest, shown

PERSON, TEAM, COMPANY = "person", "team", "company"
"""The groups that need no column of their own; a team are those with one supervisor."""


def check_group(context: Context, definition: MeasureDefinition, measure: CheckedMeasure) -> CheckedMeasure:
    """The measure with the group that its `among` says."""
    leaf = definition.among
    if leaf is None or leaf.text == PERSON:
        return measure
    if leaf.text == COMPANY:
        return replace(measure, among=Group(None))
    columns = context.registers["people"]
    word = "supervisor" if leaf.text == TEAM else leaf.text.removeprefix("person.")
    if word not in columns:
        known = (PERSON, COMPANY, *([TEAM] if "supervisor" in columns else []), *columns)
        near = nearest(word, known)
        fix = Fix(leaf.span, near) if near else None
        context.note(
            Diagnostic("unknown-group", leaf.span, {"found": leaf.text, "accepted": shown(known, near)}, fix=fix)
        )
        return measure
    return replace(measure, among=Group(word, in_currency(columns[word].type, context.currency)))
