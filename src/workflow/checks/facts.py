"""Facts that somebody may set by hand with `fact.overridden`: which there are, and which values they take.

A fact is a measure or a value of a policy that is a number, a ratio or money. What a clause adds up event by event is
none: the clause would go on with the events, and the fact with what was said. Nor is the field of a form: whoever
filled it in corrects the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow.checks.checked import CheckedPolicy
from workflow.model.types import MAX_DIGITS, Kind, Type

_DIGITS: Mapping[Kind, tuple[int, int]] = {Kind.MONEY: (14, 4), Kind.RATIO: (6, 6), Kind.NUMBER: (12, 6)}
"""Digits before and after the point that a value set by hand may have."""


def fact_name(policy: str, name: str) -> str:
    """A fact as others name it: with its policy's id, whose hyphens would be signs in a formula."""
    return f"{policy.replace('-', '_')}.{name}"


def roomy(of: Type) -> Type:
    """The type of a value that somebody may set by hand: it has room for what may be said."""
    if not of.is_numeric:
        return of
    before, after = _DIGITS[of.kind]
    whole, scale = max(of.precision - of.scale, before), max(of.scale, after)
    return of.sized(whole + scale, scale) if whole + scale <= MAX_DIGITS else of


def facts_of(policy: CheckedPolicy) -> Mapping[str, Type]:
    """The facts of a policy that may be set by hand, by their own names, with the type of what may be said."""
    added_up = {each.quantity.measure for each in policy.counted if each.quantity is not None}
    found = {each.name: each.type for each in policy.measures if each.name not in added_up and "." not in each.name}
    found |= {each.name: each.type for each in policy.values}
    return {name: _settable(of) for name, of in found.items() if of.is_numeric}


def _settable(of: Type) -> Type:
    """What may be said of a fact: no more digits than it holds, and than people write."""
    before, after = _DIGITS[of.kind]
    whole, scale = min(of.precision - of.scale, before), min(of.scale, after)
    return of.sized(whole + scale, scale)


def all_facts(policies: Iterable[CheckedPolicy]) -> tuple[tuple[str, Type], ...]:
    """The facts of all policies, as events name them; one whose type differs between versions stands there twice."""
    found = {(fact_name(policy.id, name), of) for policy in policies for name, of in facts_of(policy).items()}
    return tuple(sorted(found, key=lambda each: (each[0], each[1].kind, each[1].precision, each[1].scale)))
