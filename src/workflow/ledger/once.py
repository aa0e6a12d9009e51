"""An action is triggered once a period and policy, also in a period that a version divides, which has two results.

It is triggered if its condition holds in any part; the last of these gives the reasons. Where one part triggers it, it
doesn't matter that another can't decide.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.ledger.part import Part


def once_a_period(parts: Sequence[Part]) -> None:
    """Leave each action in the last part that triggers it; the parts of a policy stand in the order of their days."""
    for _, those in itertools.groupby(parts, key=lambda part: (part.decided.policy.id, part.decided.occasion.period)):
        divided = tuple(those)
        if len(divided) > 1:
            _settle(divided)


def _settle(parts: Sequence[Part]) -> None:
    """The same of one policy's parts of a period."""
    had: dict[str, set[str]] = defaultdict(set)
    for part in reversed(parts):
        again = _repeated(part, part.actions, had)
        for identity, person, _ in _triggered(part, part.actions):
            had[identity].add(person)
        part.actions = _without(part.actions, again)
    for part in parts:
        part.withheld = _without(part.withheld, _repeated(part, part.withheld, had))


def _triggered(part: Part, table: Any) -> Iterable[tuple[str, str, int]]:
    """Of the rows of actions, not of pay: the clause's identity, the person, and the row's place."""
    import pyarrow as pa
    import pyarrow.compute as pc

    actions = [number for number, clause in enumerate(part.clauses) if clause.triggers is not None]
    places = pc.indices_nonzero(pc.is_in(table["clause"], value_set=pa.array(actions, pa.int64())))
    rows = table.take(places)
    people, numbers = part.people(rows["row"]).to_pylist(), rows["clause"].to_pylist()
    for place, person, number in zip(places.to_pylist(), people, numbers, strict=True):
        yield part.clauses[number].identity, person, place


def _repeated(part: Part, table: Any, had: dict[str, set[str]]) -> list[int]:
    """The places of the rows of actions that another part triggers."""
    return [place for identity, person, place in _triggered(part, table) if person in had[identity]]


def _without(table: Any, places: Sequence[int]) -> Any:
    """A table without some of its rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pa.array(range(table.num_rows), pa.int64())
    left = pc.invert(pc.is_in(numbers, value_set=pa.array(places, pa.int64())))
    return table.filter(left).combine_chunks() if places else table
