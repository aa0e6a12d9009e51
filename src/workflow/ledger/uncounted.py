"""What was recorded of people and isn't counted, because its row was refused: at their names, where they look for it.

A refused row withholds nothing. But whoever is paid by the rest must see that the rest isn't all, so each of them
stands at everybody whom it names, in every policy that would have looked at it, and in every policy that uses a fact of
one that would have. Where it can't be read whether a policy would have, it would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workflow.checks.builtin import ADJUSTED, BUILT_IN, OPENED, OVERRIDDEN
from workflow.checks.calculated import CheckedMeasure
from workflow.checks.checked import CheckedPolicy
from workflow.checks.goalsetting import SET
from workflow.diagnostics import Diagnostic, Span
from workflow.intake.taken import About, Refused
from workflow.model.terms import THIS_PERIOD, Function, Window
from workflow.plan.occasions import Due, Occasion
from workflow.run.history import Read

_OWNERS = {name: BUILT_IN[name].owner for name in (ADJUSTED, OPENED, OVERRIDDEN, SET)}
Owners = Callable[[CheckedPolicy], Mapping[str, str]]
"""The field of each type of event that says to whom it belongs, as a policy sees it."""
_Rows = dict[str, dict[tuple[str, int, str], "NotCounted"]]


class Through(NamedTuple):
    """A policy and one of its periods that would have looked at a row, and the `column` that rests on them."""

    column: str
    policy: str
    period: str


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A refused row at somebody's name.

    `own`: a policy of the run would have looked at it itself; `through` are the results that it would have changed, and
    on which one of the run rests.
    """

    row: Refused
    own: bool
    through: tuple[Through, ...] = ()

    @property
    def diagnostic(self) -> Diagnostic:
        """What is wrong with the row."""
        return self.row.diagnostic

    @property
    def span(self) -> Span:
        """Where the row stands."""
        return self.row.diagnostic.span

    def and_also(self, other: NotCounted) -> NotCounted:
        """The same row, for what either says of it."""
        return NotCounted(self.row, self.own or other.own, tuple(dict.fromkeys((*self.through, *other.through))))


Uncounted = Mapping[str, tuple[NotCounted, ...]]
"""The refused rows that name each person, in the order of their files."""


def uncounted(
    policy: CheckedPolicy, seen: Read, quarantine: Sequence[Refused], owners: Owners, read: Mapping[str, Read]
) -> Uncounted:
    """The refused rows at which a policy would have looked, by each person of its results whom they name.

    Args:
        policy: the policy.
        seen: the period, with the windows that its measures look at; and who has a result.
        quarantine: what was refused.
        owners: the fields of events that say to whom they belong.
        read: the occasions whose results others read.
    """
    found = _found(policy, seen, quarantine, owners, read)
    return {person: tuple(rows[place] for place in sorted(rows)) for person, rows in found.items()}


def refused_of(policies: Collection[CheckedPolicy], quarantine: Sequence[Refused]) -> tuple[Diagnostic, ...]:
    """What is wrong with the refused rows of events that some policies read, whomever they name."""
    read = {event for policy in policies for event in policy.reads}
    return tuple(row.diagnostic for row in quarantine if row.about.event in read)


def _found(
    policy: CheckedPolicy, seen: Read, quarantine: Sequence[Refused], owners: Owners, read: Mapping[str, Read]
) -> _Rows:
    """The same, by the places of the rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: _Rows = defaultdict(dict)
    if not quarantine:
        return found
    named = owners(policy)
    for row in quarantine:
        for person in _people(policy, row.about, named) if _looked_at(policy, seen.occasion, row.about) else ():
            found[person][row.place] = NotCounted(row, own=True)
    for column, due in _rests(policy, seen.occasion):
        for person, rows in _found(due.policy, read[due.facts], quarantine, owners, read).items():
            for place, each in rows.items():
                own = (Through(column, due.policy.id, due.period),) if each.own else ()
                deeper = (one._replace(column=column) for one in each.through)
                told = NotCounted(each.row, own=False, through=(*own, *deeper))
                known = found[person].get(place)
                found[person][place] = told if known is None else known.and_also(told)
    there = pc.is_in(pa.array(list(found), pa.string()), value_set=seen.people).to_pylist()
    return {person: rows for (person, rows), known in zip(found.items(), there, strict=True) if known}


def _rests(policy: CheckedPolicy, occasion: Occasion) -> Iterator[tuple[str, Due]]:
    """The occasions of other policies on whose facts a policy's results rest, the oldest first, each by the column."""
    for use in policy.facts:
        if use.subject != policy.subject:
            continue  # A row says whom it is about, not whose customer that is.
        facts = occasion.facts.get(use.name, ())
        days = occasion.stands.get(use.name) or ((occasion.first, occasion.last),) * len(facts)
        for fact, (first, last) in reversed(tuple(zip(facts, days, strict=True))):
            if first <= occasion.last and occasion.first <= last:
                yield use.name, fact.due


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
        due = about.day is None or occasion.first <= about.day <= occasion.last
        return mine and about.period in {None, occasion.key} and (about.event != SET or due)
    event = measured_by(policy, about)
    windows = policy.windows(event) or {THIS_PERIOD}
    return event in policy.reads and any(_held(policy, occasion, about, window) for window in windows)


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


def by_measure(
    policy: CheckedPolicy, occasion: Occasion, rows: Sequence[NotCounted]
) -> Mapping[str, tuple[NotCounted, ...]]:
    """Of some refused rows, those that each measure would have looked at, and that each fact of another policy rests
    on; under `` those that none does.
    """
    own = [each for each in rows if each.own]
    found = {
        measure.name: tuple(each for each in own if _measured(policy, occasion, measure, each.row.about))
        for measure in policy.looks
    }
    for use in policy.facts:
        found[use.name] = tuple(each for each in rows if any(one.column == use.name for one in each.through))
    told = {each.row.place for those in found.values() for each in those}
    found[""] = tuple(each for each in rows if each.row.place not in told)
    return {name: those for name, those in found.items() if those}


def _measured(policy: CheckedPolicy, occasion: Occasion, measure: CheckedMeasure, about: About) -> bool:
    """Whether a measure would have looked at the row: of returns, one that they reduce."""
    if measured_by(policy, about) != measure.event or not _held(policy, occasion, about, measure.window):
        return False
    return about.event == measure.event or (measure.function is Function.SUM and not policy.claws_back)
