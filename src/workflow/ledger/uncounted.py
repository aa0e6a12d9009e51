"""What was recorded of people and isn't counted, because its row was refused: at their names, where they look for it.

A refused row withholds nothing. But whoever is paid by the rest must see that the rest isn't all, so each of them
stands at everybody whom it names, in every policy that would have looked at it. Where it can't be read whether a policy
would have, it would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from workflow.checks.builtin import ADJUSTED, BUILT_IN, OPENED, OVERRIDDEN
from workflow.checks.checked import CheckedMeasure, CheckedPolicy
from workflow.intake.taken import About, Refused
from workflow.model.terms import THIS_PERIOD, Function, Window
from workflow.plan.occasions import Occasion

_OWNERS = {name: BUILT_IN[name].owner for name in (ADJUSTED, OPENED, OVERRIDDEN)}
Uncounted = Mapping[str, tuple[Refused, ...]]
"""The refused rows that name each person, in the order of their files."""


def uncounted(
    policy: CheckedPolicy, occasion: Occasion, results: Any, quarantine: Sequence[Refused], owners: Mapping[str, str]
) -> Uncounted:
    """The refused rows at which a policy would have looked, by each person of its results whom they name.

    Args:
        policy: the policy.
        occasion: the period, with the windows that its measures look at.
        results: its rows of results.
        quarantine: what was refused.
        owners: the field of each type of event that says to whom it belongs.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, list[Refused]] = defaultdict(list)
    for row in quarantine:
        for person in _people(policy, row.about, owners) if _looked_at(policy, occasion, row.about) else ():
            found[person].append(row)
    there = pc.is_in(pa.array(list(found), pa.string()), value_set=results[policy.subject]).to_pylist()
    return {person: tuple(rows) for (person, rows), known in zip(found.items(), there, strict=True) if known}


def measured_by(policy: CheckedPolicy, about: About) -> str | None:
    """The type of event whose measures a refused row would have counted in: a return counts in those of its deals."""
    if policy.reversal is not None and about.event == policy.reversal.event:
        return policy.reversal.of
    return about.event


def fields_credited(policy: CheckedPolicy, event: str, owners: Mapping[str, str]) -> frozenset[str]:
    """The fields of an event that say to whom it goes: by the policy's credit, else to whom it belongs."""
    credit = policy.credit.get(event)
    if credit is None:
        owner = _OWNERS.get(event) or owners.get(event)
        return frozenset() if owner is None else frozenset({owner})
    direct = {each.field for group in credit.direct for each in group}
    return frozenset(direct | {each.field for each in credit.overlays if each.field is not None})


def _people(policy: CheckedPolicy, about: About, owners: Mapping[str, str]) -> tuple[str, ...]:
    """To whom the event would have gone."""
    fields = fields_credited(policy, measured_by(policy, about) or "", owners)
    return tuple(sorted({person for name in fields for person in about.people.get(name, ())}))


def _looked_at(policy: CheckedPolicy, occasion: Occasion, about: About) -> bool:
    """Whether the policy would have looked at the row, or may have."""
    if about.event in _OWNERS:
        mine = about.names is None or about.names.partition(".")[0] in {policy.id, policy.id.replace("-", "_")}
        return mine and about.period in {None, occasion.key}
    event = measured_by(policy, about)
    windows = policy.windows(event) or {THIS_PERIOD}
    return event in policy.events and any(_held(policy, occasion, about, window) for window in windows)


def _held(policy: CheckedPolicy, occasion: Occasion, about: About, window: Window) -> bool:
    """Whether the row lies in a window, or may lie there."""
    reach, day = occasion.reach(window), about.day
    if reach is None:
        return False
    if about.period is not None:
        return about.period in reach.periods
    if policy.reversal is not None and about.event == policy.reversal.event:
        day = about.of_day if policy.reversal.count == "in the deal's period" else day
    return day is None or any(first <= day <= last for first, last in reach.days)


def by_measure(policy: CheckedPolicy, occasion: Occasion, rows: Sequence[Refused]) -> Mapping[str, tuple[Refused, ...]]:
    """Of some refused rows, those that each measure would have looked at; under `` those that none would have."""
    found: dict[str, tuple[Refused, ...]] = {}
    told: set[tuple[str, int, str]] = set()
    for measure in policy.looks:
        own = tuple(row for row in rows if _measured(policy, occasion, measure, row.about))
        found[measure.name] = own
        told.update(row.place for row in own)
    return {
        name: own for name, own in {**found, "": tuple(row for row in rows if row.place not in told)}.items() if own
    }


def _measured(policy: CheckedPolicy, occasion: Occasion, measure: CheckedMeasure, about: About) -> bool:
    """Whether a measure would have looked at the row: of returns, one that they reduce."""
    if measured_by(policy, about) != measure.event or not _held(policy, occasion, about, measure.window):
        return False
    return about.event == measure.event or (measure.function is Function.SUM and not policy.claws_back)
