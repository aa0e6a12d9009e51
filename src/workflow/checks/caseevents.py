"""Events that name a case, are recorded, and that its escalation doesn't look at: most likely one was forgotten."""

from __future__ import annotations

from workflow.checks.cases import CheckedEscalation
from workflow.checks.context import Context
from workflow.model.escalation import Escalation
from workflow.model.types import Kind


def check_caseevents(context: Context, policy: CheckedEscalation) -> None:
    """Warn of each such event, by the newest version of the policy.

    Where several policies are about the same cases, each may have events of its own.
    """
    written = [each.content for each in context.written.policies if isinstance(each.content, Escalation)]
    alike = [each for each in written if each.case.text == policy.key]
    if any(each.id.text != policy.id or each.version.value > policy.version for each in alike):
        return
    for event in context.events.values():
        # Where the catalogue says that another field names the case, this one is about something else.
        field = event.fields.get(policy.key) if event.case in {None, policy.key} else None
        names = field is not None and field.type.kind is Kind.ID
        if names and event.name in context.recorded and event.name not in policy.types:
            context.refuse("case-event-not-used", event.span, found=event.name, policy=policy.id)
