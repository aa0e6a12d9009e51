"""What the plan itself proves of the rows of a step: which columns tell them apart, whence they come.

What is proven needs no look at the data: a lookup by a key finds at most one row, an order that holds a key is total.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.model.typed import Column
from workflow.plan.nodes import (
    Aggregate,
    Apportion,
    Derive,
    EachPart,
    EachPeriod,
    EachSuperior,
    EachWithin,
    Emit,
    Events,
    Expand,
    Filter,
    Fold,
    Lookup,
    Node,
    Periods,
    Plan,
    Register,
    Running,
    Tiers,
    Union,
)
from workflow.plan.relations import reads

Key = frozenset[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """Sets of columns of which two rows never share all values; `dated` ones only among rows of one day.

    `apart`: no day lies in two of the rows, each from its `period.start` through its `period.end`.
    """

    always: frozenset[Key] = frozenset()
    dated: frozenset[Key] = frozenset()
    apart: bool = False

    def decide(self, columns: set[str]) -> bool:
        """Whether no two rows are equal in these columns."""
        return any(key <= columns for key in self.always)

    def decide_on_a_day(self, columns: set[str]) -> bool:
        """Whether no two rows that are in force on one day are equal in these columns."""
        return self.decide(columns) or any(key <= columns for key in self.dated)


def keys_of(plan: Plan) -> dict[str, Keys]:
    """The keys of each step, by its name."""
    known: dict[str, Keys] = {}
    for step in plan.steps:
        known[step.name] = _keys(step.node, known)
    return known


def _keys(node: Node, known: Mapping[str, Keys]) -> Keys:
    match node:
        case Events(parts=parts):
            return Keys(frozenset({frozenset({"event"} if parts is None else {"event", "part.number"})}))
        case Register(key=key, beside=beside, undated=undated):
            own = frozenset({key, *(field.name for field in beside)})
            if undated:
                return Keys(frozenset({own}))
            return Keys(frozenset({own | {"from"}, own | {"through"}}), frozenset({own}))
        case Periods(rows=rows):
            days = sorted((start, end) for _, start, end in rows)
            apart = all(end < start for (_, end), (start, _) in itertools.pairwise(days))
            return Keys(frozenset({frozenset({"period"})}), apart=apart)
        case Aggregate(by=by):
            return Keys(frozenset({frozenset(by)}))
        case Expand(by=EachWithin()):
            return Keys()
        case Expand(of=of, by=by):
            assert not isinstance(by, EachWithin), "has no key of its own"
            added = _added(by)
            return Keys(frozenset(key | {added} for key in known[of].always))
        case Derive(of=of, name=name, expression=Column(name=source)):
            return _renamed(known[of], source, name)
        case Fold(name=name, by=by, kernel=kernel) if kernel.of_its_own:
            return Keys(frozenset({frozenset({*by, f"{name}.turn"})}))
        case Filter() | Derive() | Lookup() | Running() | Tiers() | Apportion() | Fold():
            return known[node.of]
        case Union() | Emit():
            return Keys()


def _added(by: EachPeriod | EachSuperior | EachPart) -> str:
    """What tells apart the rows that are made from one."""
    match by:
        case EachPeriod():
            return "period"
        case EachSuperior():
            return "superior.level"
        case EachPart():
            return "part.number"


def _renamed(keys: Keys, source: str, name: str) -> Keys:
    """Keys where one column has a second name."""

    def both(of: frozenset[Key]) -> frozenset[Key]:
        return of | {key - {source} | {name} for key in of if source in key}

    return Keys(both(keys.always), both(keys.dated), keys.apart)


def steps_of_events(plan: Plan) -> frozenset[str]:
    """The steps that events lead to."""
    found: set[str] = set()
    for step in plan.steps:
        if isinstance(step.node, Events) or not found.isdisjoint(reads(step.node)):
            found.add(step.name)
    return frozenset(found)


def undated_steps(plan: Plan) -> frozenset[str]:
    """The steps of which every row is one of a register that is there on all days."""
    found: set[str] = set()
    for step in plan.steps:
        match step.node:
            case Register(undated=True):
                found.add(step.name)
            case Filter(of=of) | Derive(of=of) | Lookup(of=of) if of in found:
                found.add(step.name)
            case _:
                pass
    return frozenset(found)
