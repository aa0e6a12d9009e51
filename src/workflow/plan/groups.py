"""Groups of people that a measure is taken over: a team, those with one value of a register's column, everybody.

Each subject has one column for each kind of group, and each credited row that of whoever it is credited to. A subject
is placed by the last day of the period on which it serves, or may serve. Whose column is empty is in no group.
"""

from __future__ import annotations

from workflow.checks.calculated import CheckedMeasure, Group
from workflow.checks.checked import CheckedPolicy
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import TEXT, TRUTH, Type
from workflow.plan.building import Builder, is_known
from workflow.plan.nodes import Lookup, Take

GROUP_DAY = "subject.group day"
"""The column of subjects with the day that places them."""


def groups_over(policy: CheckedPolicy, event: str | None = None) -> tuple[Group, ...]:
    """The groups over which measures are taken, of one type of event or of all."""
    found = {each.among for each in policy.measures if each.among is not None and event in {None, each.event}}
    return tuple(sorted(found, key=lambda group: group.name))


def group_of(group: Group) -> Column:
    """The column that says in which group somebody is."""
    return Column(f"group.{group.name}", group.type or TEXT)


def placed(builder: Builder, subjects: str, register: str, policy: CheckedPolicy) -> str:
    """The subjects with the groups that each is in."""
    for group in groups_over(policy):
        name, place = group_of(group).name, policy.served_span
        if group.column is None:
            subjects = builder.derive(subjects, name, Literal("", TEXT), place)
        else:
            take = (Take(group.column, name, builder.cause("not-served", place)),)
            subjects = builder.add("subjects", Lookup(subjects, register, (("person", "person"),), take, GROUP_DAY))
    return subjects


def joined(builder: Builder, rows: str, subjects: str, policy: CheckedPolicy, event: str) -> str:
    """The credited rows of a type with the groups of whoever they are credited to."""
    groups = groups_over(policy, event)
    if not groups:
        return rows
    nobody = builder.cause("not-there", policy.served_span, event=event)
    take = tuple(Take(group_of(group).name, group_of(group).name, nobody) for group in groups)
    return builder.add(f"{event} credited", Lookup(rows, subjects, (("credit.person", "person"),), take))


def in_group(group: Group) -> Expression:
    """Whether a credited row counts for a group: it is direct credit of somebody in one."""
    return Apply(Op.AND, (Column("credit.direct", TRUTH), is_known(group_of(group))), TRUTH)


def known_of_group(builder: Builder, measure: CheckedMeasure, recorded: Expression, of: Type) -> Expression:
    """What a measure is worth for a subject; missing for one who is in no group."""
    group = measure.among
    if group is None or group.column is None:
        return recorded
    alone = builder.cause("in-no-group", measure.span, name=measure.name, column=group.column)
    unknown = Apply(Op.IS_MISSING, (group_of(group),), TRUTH)
    return Apply(Op.IF, (unknown, Missing(alone, of), recorded), of)
