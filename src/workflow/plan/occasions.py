"""What a run is about: its period, the policies in force on the period's first day, and what has been delivered."""

from __future__ import annotations

import bisect
import datetime
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflow.checks.checked import CheckedPolicy, CheckedWorkspace, UsedFact
from workflow.checks.mapping import PeriodKind
from workflow.checks.tiers import CheckedTiering
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.model.terms import THIS_PERIOD, Window
from workflow.plan.nodes import Cause, Field
from workflow.plan.windows import Days, Delivery, Named, Reach, reach_of
from workflow.worktime.months import months_after

Stretches = Sequence[Days]
RESULTS, STEPS, DAYS = "results", "steps of", "tiers by day"
"""Outputs of plans that later ones may read: a row a subject; `steps of CLAUSE`, of a clause that is counted by events,
a row for each event or stretch of days that it is paid for; and of a tiering that is looked at anew at each event, a
row for each stretch of days on which a subject's tier holds."""


@dataclass(frozen=True, slots=True)
class Due:
    """A policy to run, and the period it is run for: its name, and the days on which the version governs it.

    `whole` are the period's days; a version that begins inside it governs a part of them. All days are included.
    """

    policy: CheckedPolicy
    period: str
    first: datetime.date
    last: datetime.date
    whole: Days

    @property
    def facts(self) -> str:
        """The register that holds its results once it is decided; a policy has one version in force on a day."""
        return f"facts {self.policy.id} {self.first}"

    @property
    def by_day(self) -> bool:
        """Whether what stands of it does so from days inside the period on: it is looked at anew at each event."""
        return isinstance(self.policy, CheckedTiering) and self.policy.at_events

    def register(self, output: str) -> str:
        """The register that holds what an output of its plan came to."""
        return self.facts if output == RESULTS else f"{self.facts} {output}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A result of an earlier occasion, which later plans may read: a column of a register of facts.

    `output` is that of its plan which holds it; with `steps of CLAUSE` it is known by person and event. `causes` are
    those for which it is missing for somebody, each with a column of the register that is missing just there.
    """

    due: Due
    field: Field
    output: str = RESULTS
    causes: tuple[tuple[str, Cause], ...] = ()

    @property
    def register(self) -> str:
        """The register that holds it."""
        return self.due.register(self.output)


Facts = Mapping[str, tuple[Fact, ...]]
"""By each column of a policy's results that looks back, the earlier facts that decide it, in the order it asks in."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a plan is made for: a period (both days included), how far each event type has been delivered, and what
    earlier occasions have decided.

    `first` and `last` are the days that the version governs, `whole` those of the period. `windows` are the other days
    that the policy's measures look at; None where the periods of one are not listed. `lacking` are, of each fact
    that is gathered, the periods for which nobody has a result; `stands`, of each that is asked as of a day, on which
    days those of `facts` are in force, and `by_hand` the versions of its policy by which somebody may set it, each with
    the days on which that is in force. `before` are the periods since the version's first,
    oldest first, of a policy that is planned over all of them. `as_of` is the last day, to its end, or the last instant
    that counts. `alone` are the types of events that no other occasion of the run reads.
    """

    period: str
    first: datetime.date
    last: datetime.date
    whole: Days
    delivery: Mapping[str, Delivery]
    facts: Facts = field(default_factory=dict)
    windows: Mapping[Window, Reach | None] = field(default_factory=dict)
    owed: Mapping[str, tuple[Days, ...]] = field(default_factory=dict)
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stands: Mapping[str, tuple[Days, ...]] = field(default_factory=dict)
    by_hand: Mapping[str, tuple[tuple[Days, CheckedTiering], ...]] = field(default_factory=dict)
    before: tuple[Occasion, ...] = ()
    as_of: datetime.date = datetime.date.max
    alone: frozenset[str] = frozenset()

    @property
    def every(self) -> tuple[Occasion, ...]:
        """The periods of its plan, oldest first, itself the last."""
        return (*self.before, self)

    def recalled(self, name: str) -> tuple[Fact, ...]:
        """The earlier facts that decide a column in any of these periods, newest first."""
        found = (fact for occasion in reversed(self.every) for fact in occasion.facts.get(name, ()))
        return tuple({(fact.register, fact.field.name): fact for fact in found}.values())

    @property
    def key(self) -> str:
        """What identifies it among the policy's occasions: the period's name, with its first day if that is inside."""
        return self.period if self.first == self.whole[0] else f"{self.period}@{self.first}"

    def reach(self, window: Window) -> Reach | None:
        """What a window holds; None where the periods that it needs are not listed."""
        if window == THIS_PERIOD:
            return Reach(((self.first, self.last),), (self.period,), self.delivery, self.owed)
        return self.windows[window]


def read_alone(asked: Iterable[Due]) -> frozenset[str]:
    """The types of events that one of the occasions reads, and no other does."""
    policies = [each.policy for each in asked]
    readers = Counter(event for policy in policies for event in {*policy.reads, *_reversed(policy)})
    return frozenset(event for event, count in readers.items() if count == 1)


def _reversed(policy: CheckedPolicy) -> tuple[str, ...]:
    """The type of events that take back what the policy counts."""
    return () if policy.reversal is None else (policy.reversal.event,)


def policies_due(workspace: CheckedWorkspace, periods: Mapping[str, PeriodKind], period: str) -> tuple[Due, ...]:
    """The policies that decide a period, each in the versions that govern its days.

    Args:
        workspace: the checked workspace.
        periods: every kind of period.
        period: the period's name.

    Raises:
        WrongUsage: no policy counts by a kind of period that has one of that name, or none is in force.
    """
    days = {
        kind: (first, last)
        for kind, of in periods.items()
        for name, first, last in of.periods
        if name == period and any(policy.each == kind for policy in workspace.policies)
    }
    if not days:
        kinds = sorted({policy.each for policy in workspace.policies})
        known = tuple(f"{kind} ({_example(periods[kind], period)})" for kind in kinds)
        raise WrongUsage((Diagnostic("unknown-period", NOWHERE, {"period": period, "known": known}),))
    policies = sorted({(policy.id, policy.each) for policy in workspace.policies if policy.each in days})
    due = tuple(part for policy, each in policies for part in parts_of(workspace, policy, each, (period, *days[each])))
    if not due:
        raise WrongUsage((Diagnostic("nothing-in-force", NOWHERE, {"period": period}),))
    return due


def _example(kind: PeriodKind, asked: str) -> str:
    """The name of a period: of that in which the month asked for lies, else of one of its year, else of any."""
    names = [name for name, _, _ in kind.periods]
    around = [name for name, first, last in kind.periods if first.isoformat()[:7] <= asked <= last.isoformat()[:7]]
    return next(iter([*around, *(name for name in names if name[:4] == asked[:4]), *names[-1:]]), "-")


def parts_of(workspace: CheckedWorkspace, policy: str, each: str, period: Named) -> tuple[Due, ...]:
    """What a policy decides of a period, in order: all of it, or a part for each version that begins inside it."""
    name, first, last = period
    versions = [one for one in workspace.policies if (one.id, one.each) == (policy, each)]
    starts = sorted({first, *(one.since for one in versions if one.splits and first < one.since <= last)})
    ends = [*(start - datetime.timedelta(days=1) for start in starts[1:]), last]
    governing = [
        (next((one for one in versions if governs(workspace, one, start)), None), start, end)
        for start, end in zip(starts, ends, strict=True)
    ]
    return tuple(Due(one, name, start, end, (first, last)) for one, start, end in governing if one is not None)


def governs(workspace: CheckedWorkspace, policy: CheckedPolicy, day: datetime.date) -> bool:
    """Whether it is the version in force on a day; a higher one ends it, also one that counts by other periods."""
    versions = [each for each in workspace.policies if each.id == policy.id and each.since <= day]
    newest = max(versions, key=lambda each: each.version, default=None)
    return newest is policy and (policy.through is None or policy.through >= day)


def delivery(
    stretches: Mapping[str, Stretches], first: datetime.date, until: datetime.date, known: datetime.date | None = None
) -> Mapping[str, Delivery]:
    """How far each event type has been delivered from `first` to `until`, both included.

    What was not yet known on the day `known` had not been delivered then, whatever a source says of it today.
    """
    found: dict[str, Delivery] = {}
    for event, days in stretches.items():
        latest = datetime.date.max if known is None else known
        whole = any(start <= first and until <= min(end, latest) for start, end in days)
        found[event] = "whole" if whole else "part" if days else "undeclared"
    return found


def occasion_of(
    workspace: CheckedWorkspace,
    periods: Mapping[str, PeriodKind],
    due: Due,
    facts: Facts,
    delivered: Callable[[Days], Mapping[str, Delivery]],
    *,
    as_of: datetime.date = datetime.date.max,
) -> Occasion:
    """What the plan of a policy is made for.

    Args:
        workspace: when its year starts.
        periods: every kind of period.
        due: the policy, and the period.
        facts: what earlier occasions have decided.
        delivered: how far each event type has been delivered on some days.
        as_of: the last day or instant that counts.
    """
    earlier, own = dues_before(periods, due), _bearing(periods, due, facts) if due.policy.goes_on else facts
    before = tuple(_occasion(workspace, periods, each, _bearing(periods, each, facts), delivered) for each in earlier)
    return replace(_occasion(workspace, periods, due, own, delivered), before=before, as_of=as_of)


def dues_before(periods: Mapping[str, PeriodKind], due: Due) -> tuple[Due, ...]:
    """The periods since the version's first that its plan holds besides, oldest first, of a policy that goes on."""
    rows = periods[due.policy.each].periods if due.policy.goes_on else ()
    earlier = [row for row in rows if due.policy.since <= row[1] and row[2] < due.first]
    return tuple(Due(due.policy, *row, row[1:]) for row in earlier)


def _bearing(periods: Mapping[str, PeriodKind], due: Due, facts: Facts) -> Facts:
    """Of the facts of others those that bear on one period of several; and all that looks back from the last."""
    found = dict(facts)
    for use in due.policy.facts:
        every = facts.get(use.name, ())
        if use.how == "standing":
            first = datetime.date.min if use.of_events else due.first
            days = [_in_force(periods, fact.due) for fact in every]
            kept = [begins <= due.last and first <= ends for begins, ends in days]
        elif use.how == "period":
            kept = [fact.due.whole == due.whole for fact in every]
        else:
            kept = [due.first <= fact.due.whole[0] and fact.due.whole[1] <= due.last for fact in every]
        found[use.name] = tuple(fact for fact, bears in zip(every, kept, strict=True) if bears)
    return found


def _occasion(
    workspace: CheckedWorkspace,
    periods: Mapping[str, PeriodKind],
    due: Due,
    facts: Facts,
    delivered: Callable[[Days], Mapping[str, Delivery]],
) -> Occasion:
    """The same of one period."""
    policy, whole = due.policy, (due.period, *due.whole)
    looked_at = policy.windows() - {THIS_PERIOD}
    windows: dict[Window, Reach | None] = {}
    for window in looked_at:
        reach = reach_of(window, whole, periods[policy.each].periods, workspace.year_starts, until=due.last)
        if reach is not None:
            days = _seen(window, due, reach)
            told = _together([delivered(each) for each in days])
            reach = replace(reach, days=days, delivery=told, owed=_owed(told, days, delivered))
        windows[window] = reach
    covered = delivered((due.first, due.last))
    owed = _owed(covered, ((due.first, due.last),), delivered)
    lacking = {use.name: _lacking(periods, due, use, facts) for use in policy.facts}
    stands = {
        use.name: tuple(_in_force(periods, fact.due) for fact in facts.get(use.name, ()))
        for use in policy.facts
        if use.how == "standing"
    }
    by_hand = {use.name: _by_hand(workspace, use) for use in policy.facts if use.how == "standing"}
    return Occasion(due.period, due.first, due.last, due.whole, covered, facts, windows, owed, lacking, stands, by_hand)


def _seen(window: Window, due: Due, reach: Reach) -> tuple[Days, ...]:
    """The days of a window; looked at anew at each event, it begins before the first day of the period."""
    if window.kind != "months" or not due.by_day:
        return reach.days
    return ((months_after(due.first + datetime.timedelta(days=1), -window.count), reach.days[-1][1]),)


def _lacking(periods: Mapping[str, PeriodKind], due: Due, use: UsedFact, facts: Facts) -> tuple[str, ...]:
    """The periods inside this one that a gathered fact has no result of."""
    if use.how in {"period", "standing"}:
        return ()
    there = {fact.due.period for fact in facts.get(use.name, ())}
    inside = (name for name, first, last in periods[use.each].periods if due.first <= first and last <= due.last)
    return tuple(name for name in inside if name not in there)


def _in_force(periods: Mapping[str, PeriodKind], decided: Due) -> Days:
    """The days on which stands what was decided for a period: until the next is over, whether anything decides that."""
    ended, rows = decided.whole[1], periods[decided.policy.each].periods
    begins = decided.whole[0] if decided.by_day else ended + datetime.timedelta(days=1)
    following = bisect.bisect_right(rows, ended, key=lambda row: row[1])
    return begins, rows[following][2] if following < len(rows) else datetime.date.max


def _by_hand(workspace: CheckedWorkspace, use: UsedFact) -> tuple[tuple[Days, CheckedTiering], ...]:
    """The versions by which a fact may be set by hand, the oldest first, with the days on which each is in force."""
    versions = sorted((each for each in workspace.policies if each.id == use.policy), key=lambda each: each.version)
    found = []
    for number, each in enumerate(versions):
        ends = [later.since - datetime.timedelta(days=1) for later in versions[number + 1 :]]
        last = min([each.through or datetime.date.max, *ends])
        if isinstance(each, CheckedTiering) and each.setting is not None and _stands_so(each, use):
            found.append(((each.since, last), each))
    return tuple(found)


def _stands_so(version: CheckedTiering, use: UsedFact) -> bool:
    """Whether a version has the fact, as one that stands with the tier, in the kind in which it is asked."""
    if version.standing(use.fact) is None:
        return False
    of = version.offers[use.fact].type
    return version.called_in(use.of) is not None if of.values else (of.kind, of.unit) == (use.of.kind, use.of.unit)


def _owed(
    told: Mapping[str, Delivery], stretches: Stretches, delivered: Callable[[Days], Mapping[str, Delivery]]
) -> Mapping[str, tuple[Days, ...]]:
    """Of the event types delivered in part: which stretches of these days have not been."""
    late = [event for event, state in told.items() if state == "part"]
    found: dict[str, tuple[Days, ...]] = dict.fromkeys(late, ())
    one = datetime.timedelta(days=1)
    for first, last in stretches if late else ():
        for day in (first + count * one for count in range((last - first).days + 1)):
            state = delivered((day, day))
            for event in (each for each in late if state[each] != "whole"):
                *earlier, (begun, ended) = found[event] or ((day, day),)
                touches = ended in {day, day - one}
                found[event] = (*earlier, (begun, day)) if touches else (*found[event], (day, day))
    return found


def _together(stretches: Sequence[Mapping[str, Delivery]]) -> Mapping[str, Delivery]:
    """How far each event type has been delivered on several stretches of days."""
    found: dict[str, Delivery] = {}
    for event in stretches[0]:
        said = {each[event] for each in stretches}
        found[event] = "part" if "part" in said else "undeclared" if "undeclared" in said else "whole"
    return found


def instant(moment: datetime.date, zone: str) -> datetime.datetime:
    """A moment as a UTC instant without zone; a day means its last microsecond in the workspace's zone."""
    if isinstance(moment, datetime.datetime):
        assert moment.tzinfo is not None, "an instant has an offset"
        return moment.astimezone(datetime.UTC).replace(tzinfo=None)
    if moment == datetime.date.max:
        return datetime.datetime.combine(moment, datetime.time.max)
    midnight = datetime.datetime.combine(moment + datetime.timedelta(days=1), datetime.time(), zoneinfo.ZoneInfo(zone))
    return midnight.astimezone(datetime.UTC).replace(tzinfo=None) - datetime.timedelta(microseconds=1)


def day_of(moment: datetime.date, zone: str) -> datetime.date:
    """The day of a moment in the workspace's zone."""
    if isinstance(moment, datetime.datetime):
        return moment.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return moment
