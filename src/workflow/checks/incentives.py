"""The incentive policy checked: what every kind begins with, then what it pays."""

from __future__ import annotations

from dataclasses import replace

from workflow.checks.actions import check_reach
from workflow.checks.between import used_facts
from workflow.checks.checked import CheckedIncentive
from workflow.checks.clauses import PayClause
from workflow.checks.clawback import check_claw_back, check_recovered
from workflow.checks.context import Context
from workflow.checks.counting import PayPlace
from workflow.checks.heads import Begun, check_begun
from workflow.checks.limits import check_limits
from workflow.checks.pay import check_clause
from workflow.checks.payouts import check_payouts
from workflow.checks.unlimited import check_unlimited
from workflow.checks.uses import check_evidence, check_uses
from workflow.model.files import Document
from workflow.model.incentive import Incentive


def check_incentive(context: Context, document: Document[Incentive]) -> CheckedIncentive | None:
    """One incentive policy, or None after noting its mistakes."""
    before = len(context.diagnostics)
    begun = check_begun(context, document)
    place = _place(context, begun)
    policy = CheckedIncentive(
        **begun.head,
        claw_back=check_claw_back(context, document, begun.head["reversal"]),
        pay=_pay(context, document, place),
        limits=check_limits(context, document, place),
    )
    if any(each.severity == "error" for each in context.diagnostics[before:]):
        return None
    policy = replace(policy, facts=used_facts(context, policy))
    check_recovered(context, policy)
    check_uses(context, policy)
    check_payouts(context, policy)
    check_unlimited(context, document, policy)
    check_evidence(context, policy)
    check_reach(context, policy)
    return policy


def _place(context: Context, begun: Begun) -> PayPlace:
    """Where its clauses of pay stand."""
    head = begun.head
    measures = {measure.name: measure for measure in head["measures"]}
    values = {value.name: value for value in head["values"]}
    return PayPlace(begun.scope, begun.person, measures, values, head["credit"], context.currency)


def _pay(context: Context, document: Document[Incentive], place: PayPlace) -> tuple[PayClause, ...]:
    block = context.inside(document.tree, "pay")
    found = []
    for name, written in document.content.pay.items():
        clause = check_clause(context, name, written, context.key_span(block, name), place)
        found += [clause] if clause is not None else []
    return tuple(found)
