"""What became of every event of a run, and the law that none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from workflow.checks.builtin import BUILT_IN, FROM_THEIR_TIME
from workflow.intake.taken import Intake
from workflow.ledger.decided import Decided
from workflow.ledger.entries import ACCEPTED, SET_ASIDE
from workflow.ledger.rows import column_of
from workflow.plan.lowered import ENDS, EVENTS

_FIELDS = {"not yet": "not_yet", "not selected": "unselected"}


def dispositions(taken: Intake, decided: Sequence[Decided]) -> Mapping[str, Mapping[str, int]]:
    """For each event type, how many rows met which end.

    Args:
        taken: what intake accepted, refused and set aside.
        decided: the policies' outcomes, each with the disposition of the events it reads.

    Returns:
        By event type, the counts that are not zero: those of intake (superseded, withdrawn, duplicate, quarantined,
        not yet) and those of the run. The events of a type that no policy reads are unmatched; those of a type that
        every workspace has are used by the run itself.
    """
    found: dict[str, Counter[str]] = {}
    accepted: Counter[str] = Counter()
    for count in taken.counts:
        if not count.is_event:
            continue
        here = found.setdefault(count.of, Counter())
        for name in SET_ASIDE:
            here[name] += getattr(count, _FIELDS.get(name, name))
        accepted[count.of] += count.accepted
    for event, here in found.items():
        of_run = _of_run(event, decided, accepted[event])
        unread = "used" if event in BUILT_IN and event not in FROM_THEIR_TIME else "unmatched"
        here.update(Counter({unread: accepted[event]}) if of_run is None else of_run)
    order = (*ACCEPTED, *SET_ASIDE)
    return {event: {name: here[name] for name in order if here[name]} for event, here in sorted(found.items())}


def unmatched_numbers(decided: Sequence[Decided], ends: Mapping[str, Mapping[str, int]]) -> Mapping[str, Any]:
    """Of each type the numbers of the events that went to nobody; of one that no policy reads, how many.

    Args:
        decided: the policies' outcomes.
        ends: the dispositions, which say whether there are any.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, Any] = {}
    for event, counts in ends.items():
        if counts.get("unmatched"):
            outcomes, nobodys = _outcomes(event, decided), pa.scalar(ACCEPTED.index("unmatched"), pa.int64())
            numbers, codes = _unused(event, outcomes) if outcomes else (None, None)
            found[event] = counts["unmatched"] if numbers is None else numbers.filter(pc.equal(codes, nobodys))
    return found


def _outcomes(event: str, decided: Sequence[Decided]) -> list[Mapping[str, Any]]:
    """The tables of each policy that reads a type."""
    return [each.outcome.tables for each in decided if f"{ENDS} {event}" in each.outcome.tables]


def _of_run(event: str, decided: Sequence[Decided], accepted: int) -> Counter[str] | None:
    """The dispositions of one event type's accepted events over all policies; None where no policy reads the type."""
    outcomes = _outcomes(event, decided)
    if not outcomes:
        return None
    met = [_met(tables[f"{ENDS} {event}"]) for tables in outcomes]
    # INVARIANT: a policy that reads a type disposes of every accepted event of it, once.
    for each in met:
        assert each.total() == accepted, f"{accepted} of {event} were accepted, {each.total()} disposed of"
    if len(met) == 1:
        return met[0]
    _, codes = _unused(event, outcomes)
    found = Counter({ACCEPTED[row["values"]]: row["counts"] for row in codes.value_counts().to_pylist()})
    return found + Counter({ACCEPTED[0]: accepted - len(codes)})


def _met(table: Any) -> Counter[str]:
    """How many events of a type met which end in one policy."""
    return Counter({ACCEPTED[int(row["event.disposition"])]: int(row["events"]) for row in table.to_pylist()})


def _unused(event: str, outcomes: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    """The events that no policy uses, and what became of each: the least that any of the policies says. Where there is
    one policy alone, only those that went to nobody.
    """
    import pyarrow.compute as pc

    told = sorted((tables[f"{EVENTS} {event}"] for tables in outcomes), key=len)
    numbers, codes = _codes(told[0])
    for each in told[1:] if len(numbers) else ():
        others, theirs = _codes(each)
        at = pc.index_in(numbers, value_set=others)
        both = pc.is_valid(at)
        numbers = numbers.filter(both)
        codes = pc.min_element_wise(codes.filter(both), theirs.take(at.filter(both)))
    return numbers, codes


def _codes(table: Any) -> tuple[Any, Any]:
    """The numbers of events that are not used, and what became of each."""
    import pyarrow as pa

    return column_of(table, "event").cast(pa.int64()), column_of(table, "event.disposition").cast(pa.int64())
