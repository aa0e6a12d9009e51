"""Events that went to nobody: which they are, whom they name, and why that person has no part in them.

Only these few are looked up. Of a type that no policy reads nothing is looked up at all: every event of it is one.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workflow.checks.builtin import BUILT_IN, recordable
from workflow.checks.calculated import EventType
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.tiers import CheckedTiering
from workflow.intake.evidence import Evidence
from workflow.intake.lines import lines_of
from workflow.intake.people import KEY, REGISTER
from workflow.ledger.caseless import caseless
from workflow.ledger.decided import Decided
from workflow.ledger.uncounted import fields_credited
from workflow.model.types import Kind
from workflow.plan.nodes import parts_table

MOST = 10_000
"""So many events of one type are listed; the rest are counted."""
_DAYS = ("from", "through")
REGISTERS = ((REGISTER, KEY), ("register customers", "customer"))
"""The registers in which somebody may stand whom an event names."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An event that went to nobody. `why` is a key of the catalogue `terms`, which takes `args`.

    `number` is the event's in this run; None stands for `count` events of which none is listed by itself.
    """

    type: str
    id: str | None
    person: str | None
    why: str
    args: Mapping[str, str]
    number: int | None = field(default=None, compare=False)
    count: int = 1


def unmatched(
    rules: CheckedWorkspace, decided: Sequence[Decided], evidence: Evidence, numbers: Mapping[str, Any]
) -> tuple[Unmatched, ...]:
    """The events that went to nobody, by type, and in their order.

    Args:
        rules: the workspace.
        decided: its policies.
        evidence: what was recorded.
        numbers: by type their numbers; of a type that no policy reads how many there are.
    """
    types, policies = recordable(rules), [each.policy for each in decided]
    period, outside = decided[0].occasion.period, caseless(decided)
    found: list[Unmatched] = []
    for name, those in numbers.items():
        if isinstance(those, int):
            found.append(Unmatched(name, None, None, "unmatched-unread", {"event": name}, count=those))
            continue
        found += _Looking(types, policies, evidence, period, outside).up(types[name], evidence.in_order(those, MOST))
        if len(those) > MOST:
            found.append(Unmatched(name, None, None, "unmatched-more", {}, count=len(those) - MOST))
    return tuple(found)


def places(rows: Sequence[Unmatched], evidence: Evidence, where: Path) -> Mapping[int, tuple[str, int]]:
    """The file and line of each, by its number; `where` is the folder that the files are in."""
    numbers = [row.number for row in rows if row.number is not None]
    return lines_of(evidence, where, numbers) if numbers else {}


@dataclass(frozen=True, slots=True)
class _Seen:
    """An event as it was recorded: its day, those to whom it could go, and the id of what it reverses."""

    number: int
    id: str
    day: datetime.date
    people: tuple[str, ...]
    of: str | None


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looking up events, and the people whom they name; `outside` says of some that no case could take them."""

    types: Mapping[str, EventType]
    policies: Sequence[CheckedPolicy]
    evidence: Evidence
    period: str
    outside: Mapping[tuple[str, str], tuple[str, dict[str, str]]]

    def up(self, event: EventType, numbers: Sequence[int]) -> Iterator[Unmatched]:
        """Some events of one type, and of each why it went to nobody."""
        places = {number: place for place, number in enumerate(numbers)}
        rows = sorted(self._seen(event, "event", numbers), key=lambda row: places[row.number])
        of, original = event.reverses[0] if event.reverses is not None else "", dict[str, _Seen]()
        if of:
            known = self._seen(self.types[of], "event.id", sorted({row.of for row in rows if row.of is not None}))
            original = {each.id: each for each in known}
        asked = [original.get(row.of or "") if of else row for row in rows]
        days = self._days({person for each in asked if each is not None for person in each.people})
        for row, told in zip(rows, asked, strict=True):
            if (event.name, row.id) in self.outside:
                why, args = self.outside[event.name, row.id]
            elif told is None:
                why, args = "unmatched-original", {"event": of, "id": row.of or ""}
            else:
                why, args = self._why(event, told, days)
            person = told.people[0] if told is not None and told.people else None
            yield Unmatched(event.name, row.id, person, why, args, row.number)

    def _seen(self, event: EventType, key: str, values: Sequence[object]) -> list[_Seen]:
        """Recorded events of a type, by number or id."""
        table = f"event {event.name}"
        there = {field.name for field in self.evidence.tables.get(table, ())}
        if not there:
            return []
        fields = [name for name in self._fields(event) if name in there]
        by = event.reverses[1] if event.reverses is not None else "event.id"
        rows = self.evidence.among(table, key, values, ("event", "event.id", "event.day", by, *fields))
        parts = self._parts(event, [row[0] for row in rows])
        return [
            _Seen(int(number), id_, day, (*(each for each in people if each is not None), *parts[number]), of)
            for number, id_, day, of, *people in rows
        ]

    def _parts(self, event: EventType, numbers: Sequence[object]) -> Mapping[object, list[str]]:
        """Those whom the lists of events name, by the event's number."""
        found: dict[object, list[str]] = defaultdict(list)
        for name, of in event.lists.items():
            if name in self._fields(event) and parts_table(event.name, name) in self.evidence.tables:
                column = f"{name}.{of.person}"
                for number, person in self.evidence.among(
                    parts_table(event.name, name), "event", numbers, ("event", column)
                ):
                    found[number].append(person)
        return found

    def _fields(self, event: EventType) -> list[str]:
        """The fields by which some policy credits events of a type."""
        owners = {event.name: event.owner} if event.owner is not None else {}
        named = ((each, each.named if isinstance(each, CheckedTiering) else owners) for each in self.policies)
        return sorted({name for policy, of in named for name in fields_credited(policy, event.name, of)})

    def _days(self, people: set[str]) -> Mapping[str, list[tuple[datetime.date, datetime.date]]]:
        """Of each of these people, the days of every row of the register."""
        found: dict[str, list[tuple[datetime.date, datetime.date]]] = defaultdict(list)
        for table, key in REGISTERS:
            if table in self.evidence.tables:
                for person, first, last in self.evidence.among(table, key, sorted(people), (key, *_DAYS)):
                    found[person].append((first, last))
        return found

    def _why(
        self, event: EventType, told: _Seen, days: Mapping[str, list[tuple[datetime.date, datetime.date]]]
    ) -> tuple[str, dict[str, str]]:
        """Why an event went to nobody: nobody is named, is known, was there on the day, or is covered by a policy."""
        if not told.people:
            return "unmatched-nobody", {}
        person = told.people[0]
        if person not in days:
            return "unmatched-unknown", {"person": person}
        if event.name in BUILT_IN or any(field.type.kind is Kind.PERIOD for field in event.fields.values()):
            return "unmatched-no-result", {"person": person, "period": self.period}
        args = {"person": person, "day": told.day.isoformat()}
        if not any(first <= told.day <= last for first, last in days[person]):
            return "unmatched-not-there", args
        return "unmatched-not-served", args
