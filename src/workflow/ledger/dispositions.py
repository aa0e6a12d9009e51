"""What became of every event of a run, and the law that none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from workflow.checks.builtin import BUILT_IN
from workflow.intake.taken import Intake
from workflow.ledger.book import Decided
from workflow.ledger.entries import ACCEPTED, SET_ASIDE
from workflow.ledger.rows import column_of
from workflow.plan.lowered import EVENTS

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
        unread = "used" if event in BUILT_IN else "unmatched"
        here.update(Counter({unread: accepted[event]}) if of_run is None else of_run)
    order = (*ACCEPTED, *SET_ASIDE)
    return {event: {name: here[name] for name in order if here[name]} for event, here in sorted(found.items())}


def unmatched_numbers(decided: Sequence[Decided], ends: Mapping[str, Mapping[str, int]]) -> Mapping[str, Any]:
    """Of each type the numbers of the events that went to nobody, in order; of one that no policy reads, how many.

    Args:
        decided: the policies' outcomes.
        ends: the dispositions, which say whether there are any.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, Any] = {}
    for event, counts in ends.items():
        if counts.get("unmatched"):
            tables = _tables(event, decided)
            nobodys = pa.scalar(ACCEPTED.index("unmatched"), pa.int64())
            found[event] = (
                column_of(tables[0], "event").filter(pc.equal(_least(tables), nobodys))
                if tables
                else counts["unmatched"]
            )
    return found


def _tables(event: str, decided: Sequence[Decided]) -> list[Any]:
    """What each policy that reads a type says of its events."""
    output = f"{EVENTS} {event}"
    return [each.outcome.tables[output] for each in decided if output in each.outcome.tables]


def _least(tables: Sequence[Any]) -> Any:
    """The least code that any policy gives each event."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = [column_of(table, "event.disposition").cast(pa.int64()) for table in tables]
    return pc.min_element_wise(*codes) if len(codes) > 1 else codes[0]


def _of_run(event: str, decided: Sequence[Decided], accepted: int) -> Counter[str] | None:
    """The dispositions of one event type's accepted events over all policies; None where no policy reads the type."""
    import pyarrow.compute as pc

    tables = _tables(event, decided)
    if not tables:
        return None
    numbers = column_of(tables[0], "event")
    # INVARIANT: a policy that reads a type disposes of every accepted event of it, once, in the order of its number.
    rising = pc.all(pc.less(numbers.slice(0, max(len(numbers) - 1, 0)), numbers.slice(1))).as_py() is not False
    once = rising and all(column_of(table, "event").equals(numbers) for table in tables)
    assert once, f"a policy disposes of another {event} than the others, or twice of one"
    assert len(numbers) == accepted, f"{accepted} of {event} were accepted, {len(numbers)} disposed of"
    return Counter({ACCEPTED[row["values"]]: row["counts"] for row in pc.value_counts(_least(tables)).to_pylist()})
