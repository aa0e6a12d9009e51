"""In which tiers everybody is: how many by tier, how many rose and fell, and a row a subject for who keeps lists.

What a period began with and what it ended with are told of the same subjects, so that one period's end is the next
one's beginning but for those who came or went.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from workflow.checks.calculated import Title
from workflow.checks.tiers import CheckedTiering
from workflow.ledger.decided import Decided
from workflow.ledger.part import Part
from workflow.ledger.rows import column_of
from workflow.ledger.written import Fields
from workflow.plan.lowered import RESULTS
from workflow.plan.occasions import DAYS
from workflow.plan.setting import BY_HAND
from workflow.words import say

TIER_COLUMNS = (
    "policy", "version", "subject", "period", "tier", "from", "through", "before", "change", "set by", "refused rows",
)  # fmt: skip
"""The columns of tiers.csv."""
CHANGES = ("first", "rises", "falls", "stays", "none")
"""What became of a tier: he had none before, it changed or not, or none could be decided."""


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many subjects a tier has at the end of a period, and how many of these had it at the beginning."""

    name: str
    title: Title
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Tiered:
    """What a tiering came to in a period: its tiers, the best first; and by CHANGES how many went which way."""

    policy: str
    title: Title
    version: int
    period: str
    tiers: tuple[TierCount, ...]
    changes: dict[str, int]


def tiered(decided: Iterable[Decided]) -> tuple[Tiered, ...]:
    """How many subjects each tiering of a run has in each tier."""
    return tuple(_tiered(each, each.policy) for each in decided if isinstance(each.policy, CheckedTiering))


def _tiered(decided: Decided, policy: CheckedTiering) -> Tiered:
    results = decided.outcome.tables[RESULTS]
    now, before, change = (
        _counted(results["tier"]),
        _counted(results["tier.before"]),
        _counted(_change(policy, results)),
    )
    return Tiered(
        policy=policy.id,
        title=policy.title,
        version=policy.version,
        period=decided.occasion.period,
        tiers=tuple(
            TierCount(tier.name, tier.title, before.get(tier.name, 0), now.get(tier.name, 0)) for tier in policy.tiers
        ),
        changes={word: change.get(at, 0) for at, word in enumerate(CHANGES)},
    )


def _counted(values: Any) -> dict[Any, int]:
    import pyarrow.compute as pc

    return {each["values"]: each["counts"] for each in pc.value_counts(values).to_pylist()}


def _change(policy: CheckedTiering, results: Any) -> Any:
    """The place in CHANGES of what became of each subject's tier."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pa.array([tier.name for tier in policy.tiers], pa.string())
    now, before = (pc.index_in(column_of(results, name), value_set=names) for name in ("tier", "tier.before"))
    first, none = (pc.is_null(each) for each in (before, now))
    moved = pc.add(pc.sign(pc.subtract(now, before)), 2)
    # Better is nearer to the first: -1 rises, 1 falls, 0 stays.
    told = pc.choose(pc.cast(pc.fill_null(moved, 2), pa.int64()), 0, 1, 3, 2)
    told = pc.if_else(first, 0, told)
    return pc.if_else(none, CHANGES.index("none"), told)


def tier_rows(part: Part) -> Any:
    """The rows of tiers.csv that a policy has, as a table; None if it gives no tiers.

    They are the subjects; where tiers are looked at anew at each event, the stretches of days of the period.
    """
    if not isinstance(part.decided.policy, CheckedTiering):
        return None
    tables = part.decided.outcome.tables
    return _stretches(tables[DAYS], part.decided.policy.subject) if DAYS in tables else tables[RESULTS]


def _stretches(days: Any, subject: str) -> Any:
    """Days of one tier in a row as one row, with the tier before it; what the period began with is no change."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not days.num_rows:
        return days
    days = days.combine_chunks()
    columns = {name: column_of(days, name) for name in (subject, "tier", "tier.before", "through", "moment.ends")}
    no, whose, tier = pa.array([False]), columns[subject], columns["tier"]
    same = pa.concat_arrays([no, pc.equal(whose[1:], whose[:-1])])
    last = pa.concat_arrays([pa.nulls(1, tier.type), tier[:-1]])
    goes_on = pc.and_(same, pc.fill_null(pc.equal(tier, last), False))
    begun = pc.if_else(pc.equal(columns["moment.ends"], 1), tier, columns["tier.before"])
    ends = pc.invert(pa.concat_arrays([goes_on[1:], no]))
    kept = days.filter(pc.invert(goes_on))
    told = {
        "tier.before": pc.if_else(same, last, begun).filter(pc.invert(goes_on)),
        "through": columns["through"].filter(ends),
    }
    for name, values in told.items():
        kept = kept.set_column(kept.column_names.index(name), name, values)
    return kept


def tier_fields(part: Part, rows: Any, language: str) -> Fields:
    """Some of them as columns: in which tier each subject is, from which day on, through which if that is known."""
    import pyarrow as pa

    policy, tables = part.decided.policy, part.decided.outcome.tables
    assert isinstance(policy, CheckedTiering), "only tierings have tiers"
    words = pa.array([say(language, "terms", f"tier-{word}") for word in CHANGES], pa.string())
    hand, nothing = "tier.set.event", pa.nulls(rows.num_rows, pa.string())
    by_hand = column_of(rows, hand) if hand in rows.column_names else nothing
    if DAYS in tables:
        since, through = _day(rows, "from"), _day(rows, "through")
    else:
        since, through = _day(rows, "tier.since"), nothing
        if BY_HAND in tables:
            since, through = _set(tables[BY_HAND], by_hand, since)
    values = (
        policy.id,
        policy.version,
        column_of(rows, policy.subject),
        part.decided.occasion.period,
        column_of(rows, "tier"),
        since,
        through,
        column_of(rows, "tier.before"),
        words.take(_change(policy, rows)),
        by_hand,
        _refused(part, column_of(rows, policy.subject)),
    )
    return dict(zip(TIER_COLUMNS, values, strict=True))


def _refused(part: Part, subjects: Any) -> object:
    """How many refused rows name each subject, and aren't counted."""
    import pyarrow.compute as pc

    if not part.refused:
        return 0
    return part.refusals(pc.index_in(subjects, value_set=column_of(part.results, part.decided.policy.subject)))


def tier_list(parts: Iterable[Part], language: str) -> Iterator[Sequence[Any]]:
    """The rows of tiers.csv as those of a sheet."""
    for part in parts:
        rows = tier_rows(part)
        if rows is None:
            continue
        fields = tier_fields(part, rows, language).values()
        yield from zip(*(_each(value, rows.num_rows) for value in fields), strict=True)


def _each(value: object, count: int) -> Iterable[Any]:
    """The cells of a column, of which all may share one."""
    return itertools.repeat(value, count) if isinstance(value, str | int) else cast("Any", value).to_pylist()


def _set(settings: Any, by_hand: Any, since: Any) -> tuple[Any, Any]:
    """The days of the tier of each subject, where somebody has set it those of the setting."""
    import pyarrow.compute as pc

    which = pc.index_in(by_hand, value_set=column_of(settings, "event.id"), skip_nulls=True)
    first, last = (_day(settings, name).take(which) for name in ("from", "through"))
    return pc.if_else(pc.is_valid(which), first, since), last


def _day(rows: Any, name: str) -> Any:
    """Days as text; one that is never over is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    days = column_of(rows, name)
    open_end = pc.equal(days, pa.scalar(datetime.date.max, pa.date32()))
    return pc.if_else(pc.fill_null(open_end, True), pa.scalar(None, pa.string()), pc.cast(days, pa.string()))
