"""The ledger's entries of a whole run, in one order. Objects are made of the rows that somebody looks at."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Generic, TypeVar, overload

from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.tiers import CheckedTiering
from workflow.intake.taken import Refused
from workflow.ledger.decided import Decided
from workflow.ledger.entries import EXACTLY, Action, Withheld
from workflow.ledger.once import once_a_period
from workflow.ledger.part import Part
from workflow.ledger.uncounted import NotCounted, uncounted
from workflow.plan.lowered import RESULTS
from workflow.plan.occasions import instant
from workflow.run.history import Read

BLOCK = 50_000
"""So many rows become text, or objects, at a time."""

_Entry = TypeVar("_Entry", Action, Withheld)


class Entries(Sequence[_Entry], Generic[_Entry]):
    """Entries of a run, each made when somebody looks at it. It equals any sequence of equal entries."""

    def __init__(self, tables: Iterable[tuple[Any, Callable[[Any], Iterator[_Entry]]]]) -> None:
        """Keep the tables, and what makes objects of some of their rows."""
        self._tables: tuple[tuple[Any, Callable[[Any], Iterator[_Entry]]], ...] = tuple(tables)

    def __len__(self) -> int:
        """How many there are."""
        return sum(table.num_rows for table, _ in self._tables)

    def __iter__(self) -> Iterator[_Entry]:
        """All in their order, a block at a time."""
        for table, made in self._tables:
            for block in blocks(table):
                yield from made(block)

    @overload
    def __getitem__(self, at: int) -> _Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[_Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> _Entry | tuple[_Entry, ...]:
        """One entry, or a tuple of some."""
        if isinstance(at, slice):
            return tuple(self[place] for place in range(len(self))[at])
        place = range(len(self))[at]
        for table, made in self._tables:
            if place < table.num_rows:
                return next(iter(made(table.slice(place, 1))))
            place -= table.num_rows
        raise AssertionError("a range knows its length")

    def __eq__(self, other: object) -> bool:
        """Whether the other holds equal entries in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(operator.eq, self, other))

    def __hash__(self) -> int:
        """That of a tuple of the entries, which it equals."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """As a tuple of the entries."""
        return repr(tuple(self))


@dataclass(frozen=True, slots=True)
class Book:
    """All entries of a run, in the order policy, person, clause."""

    parts: tuple[Part, ...]

    @property
    def actions(self) -> Entries[Action]:
        """Everything that is paid or triggered."""
        return Entries((part.actions, part.as_actions) for part in self.parts)

    @property
    def withheld(self) -> Entries[Withheld]:
        """The clauses that an unknown input would decide."""
        return Entries((part.withheld, part.as_withheld) for part in self.parts)

    def refused(self) -> dict[str, tuple[NotCounted, ...]]:
        """By person: the refused rows that name them, and at which a policy would have looked; each once."""
        found: dict[str, dict[tuple[str, int, str], NotCounted]] = {}
        for part in self.parts:
            for person, rows in part.refused.items():
                known = found.setdefault(person, {})
                for each in rows:
                    place = each.row.place
                    known[place] = known[place].and_also(each) if place in known else each
        return {person: tuple(rows[place] for place in sorted(rows)) for person, rows in sorted(found.items())}

    def paid(self) -> dict[str, Decimal]:
        """What is paid in all, exactly, by currency."""
        import pyarrow.compute as pc

        sums: dict[str, Decimal] = {}
        with localcontext(prec=EXACTLY):
            for part in self.parts:
                total, currency = pc.sum(part.actions["amount"]).as_py(), part.decided.policy.currency
                if total is not None:
                    sums[currency] = sums.get(currency, Decimal(0)) + total
        return sums


def entries(
    rules: CheckedWorkspace,
    decided: tuple[Decided, ...],
    as_of: datetime.date,
    quarantine: Sequence[Refused] = (),
    read: Mapping[str, Read] | None = None,
) -> Book:
    """The entries of a run.

    Args:
        rules: the workspace, whose name is a part of every action's identity, and whose zone says when days end.
        decided: the policies with their outcomes.
        as_of: the day up to whose end, or the instant up to which, events counted; before a period's last instant its
            actions are only expected.
        quarantine: the rows that were refused.
        read: the occasions whose results others read.

    Returns:
        Actions and withheld clauses.
    """
    until = instant(as_of, rules.zone)
    owners = {name: event.owner for name, event in rules.events.items() if event.owner is not None}

    def named(policy: CheckedPolicy) -> Mapping[str, str]:
        return policy.named if isinstance(policy, CheckedTiering) else owners

    def part(each: Decided) -> Part:
        seen = Read(each.occasion, each.outcome.tables[RESULTS][each.policy.subject])
        refused = uncounted(each.policy, seen, quarantine, named, read or {})
        expected = until < instant(each.occasion.whole[1], rules.zone)
        return Part(rules.id, each, expected=expected, refused=refused)

    parts = tuple(map(part, decided))
    once_a_period(parts)
    return Book(parts)


def blocks(table: Any) -> Iterator[Any]:
    """The rows of a table, so many at a time that their texts stay small."""
    return (table.slice(start, BLOCK) for start in range(0, table.num_rows, BLOCK))
