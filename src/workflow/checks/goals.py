"""The goals policy checked: what goals are measured by, whose a team's are, and how much one of them may count."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

from workflow.checks.actions import check_reach
from workflow.checks.between import used_facts
from workflow.checks.context import Context
from workflow.checks.expressions.rules import type_word
from workflow.checks.goalsetting import OFFERED, REPORTED, SET, CheckedGoals
from workflow.checks.heads import check_begun
from workflow.checks.reviews import SUPERVISOR
from workflow.checks.uses import check_evidence, check_uses
from workflow.model.files import Document
from workflow.model.goals import Goals
from workflow.model.leaves import Words
from workflow.model.typed import Column
from workflow.model.types import Type

MOST = Decimal(10)
"""No goal counts for more than ten times what was to be attained."""
FINEST = 4
"""Digits after the point of a percent that one goal may count at most."""


def check_goals(context: Context, document: Document[Goals]) -> CheckedGoals | None:
    """One goals policy, or None after noting its mistakes."""
    before, written, tree = len(context.diagnostics), document.content, document.tree
    if written.mid_period is not None:
        context.refuse("not-yet", written.mid_period.span, what="mid-period")
    for part, name in itertools.product(("measures", "values"), (*OFFERED, REPORTED)):
        if name in getattr(written, part):
            context.refuse("reserved-name", context.key_span(context.inside(tree, part), name), found=name)
    begun = check_begun(context, document, OFFERED)
    head, place = begun.head, context.key_span(tree, "goals")
    types = {each.name: each.type for each in head["measures"]} | {each.name: each.type for each in head["values"]}
    types |= {each.name: each.type for each in head["facts"] if "." not in each.name}
    policy = CheckedGoals(
        **head,
        measured=_measured(context, document, types),
        teams=_teams(context, written.goals.teams),
        most=_most(context, document),
        place=place,
    )
    if any(each.severity == "error" for each in context.diagnostics[before:]):
        return None
    policy = replace(policy, facts=used_facts(context, policy))
    if not context.may_record(SET):
        context.refuse("event-not-recorded", place, found=SET)
    check_uses(context, policy)
    check_evidence(context, policy)
    check_reach(context, policy)
    return policy


def _measured(context: Context, document: Document[Goals], types: dict[str, Type]) -> tuple[Column, ...]:
    """What goals may be measured by: measures and values that are numbers."""
    written, found = document.content, dict[str, Column]()
    for leaf in written.goals.measured_by:
        of = types.get(leaf.text)
        if of is None:
            if leaf.text not in {*written.measures, *written.values}:
                context.unknown("unknown-name", leaf, types)
        elif not of.is_numeric:
            context.refuse("not-a-quantity", leaf.span, found=type_word(of))
        else:
            found[leaf.text] = Column(leaf.text, of, leaf.span)
    return tuple(found.values())


def _teams(context: Context, leaf: Words | None) -> Column | None:
    """The column of the register whose values are the teams."""
    people = context.registers["people"]
    groups = {f"person.{name}": name for name, field in people.items() if field.type.is_textual}
    if "supervisor" in people:
        groups = {SUPERVISOR: "supervisor"} | groups
    group = context.choice(leaf, tuple(groups))
    if group is None or leaf is None:
        return None
    return Column(f"person.{groups[group]}", people[groups[group]].type, leaf.span)


def _most(context: Context, document: Document[Goals]) -> Decimal:
    """The most that one goal counts as attained."""
    leaf = document.content.goals.up_to
    if leaf is None:
        return Decimal(1)
    exponent = leaf.value.as_tuple().exponent
    assert isinstance(exponent, int), "a percent is a number"
    if not 1 <= leaf.value <= MOST or -exponent > FINEST + 2:
        context.refuse("attainment-not-possible", leaf.span, found=leaf.text, limit=f"{MOST * 100:f}%")
        return Decimal(1)
    return leaf.value
