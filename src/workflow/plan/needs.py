"""Which earlier occasions a run must decide first, and what it asks of each: nothing of the past is guessed.

An occasion is a policy and one of its periods. Those of one run are decided in one order: by the last day of the
period, then by the policy's place, behind the policies whose facts it uses. What an occasion asks of others always
lies before it in this order. A kind of clause that looks back has a row in `NEEDS`: which of the policy's results look
back, and at which results of which occasions.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

from workflow.checks.checked import TOTAL, CheckedIncentive, CheckedPolicy, CheckedWorkspace, Offer, UsedFact
from workflow.checks.clauses import ActionClause
from workflow.checks.clawback import recovered
from workflow.checks.mapping import PeriodKind
from workflow.checks.ratings import CheckedReview
from workflow.checks.tiers import CheckedTiering
from workflow.diagnostics import Diagnostic, WrongUsage
from workflow.model.types import Kind
from workflow.plan.actions import condition_of, decision_of, had_of, row_of
from workflow.plan.clawing import CLAW_BACK, parts_paid, taken_since
from workflow.plan.limits import CARRIED, CARRIED_ON
from workflow.plan.occasions import DAYS, RESULTS, Due, dues_before, parts_of
from workflow.plan.resuming import COLUMNS, RESUMED
from workflow.plan.scoring import BEFORE
from workflow.plan.windows import Days, reach_of

MOST_EARLIER = 120
"""The most earlier occasions that a run decides: ten years of months of one policy."""

Key = tuple[datetime.date, int, datetime.date]
"""Where an occasion stands in the order of deciding: when it is over, the policy's place, and the first day."""
Columns = frozenset[str] | None
"""The columns of an occasion's results that are needed; None: all."""


class Asked(NamedTuple):
    """An occasion, and the column of one of its plan's outputs that is read."""

    due: Due
    column: str
    output: str = RESULTS


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which occasions there are.

    `begins` says of each event type from which day on records can speak of it; None: no record does. A type that is
    left out has said by itself which days it has delivered, and what it has not is missing. `back` tells of an event
    type and some days the earliest day of what is taken back on them.
    """

    rules: CheckedWorkspace
    periods: Mapping[str, PeriodKind]
    begins: Mapping[str, datetime.date | None]
    back: Callable[[str, Days], datetime.date | None] = lambda _event, _days: None

    def key(self, due: Due) -> Key:
        """The place of an occasion in the order of deciding; one that needs what others come to in its whole period is
        decided when that is over.
        """
        if due.by_day:
            # What it says of a day rests on nothing later, so others may ask for it inside its period.
            return due.first - datetime.timedelta(days=1), self.rules.place(due.policy.id), due.first
        whole = any(use.how == "period" for use in due.policy.facts)
        return due.whole[1] if whole else due.last, self.rules.place(due.policy.id), due.first

    def of_period(self, policy: str, due: Due) -> tuple[Due, ...]:
        """The occasions of another policy in the same period, the last part of it first."""
        row = (due.period, *due.whole)
        return tuple(filter(self._there, reversed(parts_of(self.rules, policy, due.policy.each, row))))

    def inside(self, policy: str, due: Due) -> tuple[Due, ...]:
        """The occasions of another policy whose periods lie inside this one, newest first."""
        found = (
            part
            for kind in self._kinds(policy)
            for row in self.periods[kind].periods
            if due.first <= row[1] and row[2] <= due.last
            for part in parts_of(self.rules, policy, kind, row)
        )
        return tuple(sorted(filter(self._there, found), key=self.key, reverse=True))

    def standing(self, policy: str, since: datetime.date, last: datetime.date) -> tuple[Due, ...]:
        """The occasions of a policy whose results are in force on some day from `since` to `last`, newest first.

        What a period decided is in force from the day after it on; what is looked at anew at each event, from its first
        day.
        """
        found: list[Due] = []
        for kind in self._kinds(policy):
            rows = (row for row in reversed(self.periods[kind].periods) if row[1] <= last)
            for row in rows:
                parts = parts_of(self.rules, policy, kind, row)
                parts = tuple(part for part in parts if row[2] < last or part.by_day)
                if (
                    not parts
                    and row[2] < last
                    and not any(each.since <= row[2] for each in self.rules.policies if each.id == policy)
                ):
                    break
                found += filter(self._there, parts)
                if row[2] < since:
                    break
        return tuple(sorted(found, key=self.key, reverse=True))

    def _kinds(self, policy: str) -> list[str]:
        return sorted({each.each for each in self.rules.policies if each.id == policy})

    def before(self, due: Due, count: int) -> tuple[Due | None, ...]:
        """The policy's `count` periods before this one, newest first; None where it was not in force, or not there.

        Of a period with several parts the last one stands for it.
        """
        rows = [row for row in self.periods[due.policy.each].periods if row[2] < due.first][-count:]
        found = []
        for row in reversed(rows):
            parts = parts_of(self.rules, due.policy.id, due.policy.each, row)
            found.append(next(filter(self._there, reversed(parts)), None))
        return tuple(found)

    def newest_before(self, due: Due) -> Due | None:
        """The policy's newest occasion that was over before this one begins, whatever its version counts by."""
        versions = [each for each in self.rules.policies if each.id == due.policy.id]
        since = min(each.since for each in versions)
        found = []
        for each in sorted({version.each for version in versions}):
            rows = [row for row in self.periods[each].periods if row[1] < due.first and since <= row[2]]
            parts = (
                part
                for row in reversed(rows)
                for part in reversed(parts_of(self.rules, due.policy.id, each, row))
                if part.last < due.first and self._there(part)
            )
            found += [part for part in (next(parts, None),) if part is not None]
        return max(found, key=self.key, default=None)

    def ended(self, first: datetime.date, last: datetime.date) -> tuple[Due, ...]:
        """The occasions of all policies whose period ended on these days, in their order."""
        found = [
            part
            for policy, each in sorted({(policy.id, policy.each) for policy in self.rules.policies})
            for row in self.periods[each].periods
            if first <= row[2] and row[1] <= last
            for part in parts_of(self.rules, policy, each, row)
            if first <= part.last <= last
        ]
        return tuple(sorted(filter(self._there, found), key=self.key))

    def around(self, kind: str, day: datetime.date) -> tuple[datetime.date, datetime.date]:
        """The first and last day of the period of that kind in which a day lies; beyond all of them, the day itself."""
        spans = ((first, last) for _, first, last in self.periods[kind].periods)
        return next(((first, last) for first, last in spans if first <= day <= last), (day, day))

    def _there(self, due: Due) -> bool:
        """Whether anything is recorded of the time."""
        events = {measure.event for measure in due.policy.looks}
        begins = [self.begins[event] for event in events if event in self.begins]
        silent = bool(events) and len(begins) == len(events)
        return not silent or any(day is not None and day <= due.last for day in begins)


@dataclass(frozen=True, slots=True)
class Need:
    """An occasion to decide: which of its results later ones read, and what its own results read of earlier ones.

    `own` is whether the run is about it; of others, only what is read counts. `columns` are by output.
    """

    due: Due
    own: bool
    columns: Mapping[str, tuple[str, ...]]
    reads: Mapping[str, tuple[Asked, ...]]


def needs_of(calendar: Calendar, run: Sequence[Due]) -> tuple[Need, ...]:
    """All occasions that a run decides, each after those it reads.

    Args:
        calendar: which occasions there are.
        run: the occasions that the run is about.

    Raises:
        WrongUsage: they would be too many.
    """
    found = {due.facts: due for due in run}
    asked: dict[str, set[tuple[str, str]]] = {due.facts: set() for due in run}
    pending: list[tuple[Due, Columns]] = [(due, None) for due in run]
    while pending:
        due, columns = pending.pop()
        for earlier, column, output in (each for asks in _reads(calendar, due, columns).values() for each in asks):
            assert calendar.key(earlier) < calendar.key(due), f"{due.facts} reads {earlier.facts}, which comes later"
            if (output, column) not in asked.setdefault(earlier.facts, set()):
                asked[earlier.facts].add((output, column))
                found.setdefault(earlier.facts, earlier)
                pending.append((earlier, frozenset({column})))
        _check_number(run[0].policy, [each for each in found.values() if each not in run])
    names = {due.facts for due in run}
    return tuple(
        Need(
            due,
            due.facts in names,
            _by_output(asked[due.facts]),
            _reads(calendar, due, None if due.facts in names else frozenset(name for _, name in asked[due.facts])),
        )
        for due in sorted(found.values(), key=calendar.key)
    )


def _by_output(asked: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for output, column in sorted(asked):
        found[output] = (*found.get(output, ()), column)
    return found


def _check_number(policy: CheckedPolicy, earlier: Sequence[Due]) -> None:
    if len(earlier) > MOST_EARLIER:
        first = min(due.first for due in earlier).isoformat()
        raise WrongUsage(
            (Diagnostic("too-much-history", policy.span, {"policy": policy.id, "first": first, "limit": MOST_EARLIER}),)
        )


def _reads(calendar: Calendar, due: Due, columns: Columns) -> Mapping[str, tuple[Asked, ...]]:
    """What the columns of an occasion read of earlier ones."""
    return {column: asks for need in NEEDS for column, asks in need(calendar, due, columns)}


def _rows(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """`periods in a row`: the condition in the periods before, up to the first in which the clause wasn't there."""
    for action in due.policy.actions:
        if action.in_a_row is None or not _wanted(action, columns):
            continue
        asks: list[Asked] = []
        for earlier in calendar.before(due, action.in_a_row):
            same = [each for each in earlier.policy.actions if each.identity == action.identity] if earlier else []
            if earlier is None or not same:
                break
            asks.append(Asked(earlier, condition_of(same[0])))
        yield row_of(action), tuple(asks)


def _ratings(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """`rating falls by`: the rating of the period before."""
    if not isinstance(due.policy, CheckedReview):
        return
    named = {name for action in due.policy.falling for name in (condition_of(action), decision_of(action))}
    if named and (columns is None or columns & named):
        before = (each for each in calendar.before(due, 1) if each is not None)
        yield BEFORE, tuple(Asked(each, "rating") for each in before if isinstance(each.policy, CheckedReview))


def _firings(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """`once per`: every clause that may have triggered the item in what has passed of the year (quarter, month)."""
    for action in due.policy.actions:
        if action.once_per is None or not _wanted(action, columns):
            continue
        first, _ = calendar.around(action.once_per, due.last)
        yield (
            had_of(action),
            tuple(
                Asked(earlier, decision_of(each))
                for earlier in calendar.ended(first, due.last)
                if calendar.key(earlier) < calendar.key(due) and earlier.policy.subject == due.policy.subject
                for each in earlier.policy.actions
                if (each.kind, each.item) == (action.kind, action.item)
            ),
        )


def _wanted(action: ActionClause, columns: Columns) -> bool:
    return columns is None or decision_of(action) in columns


def _claw_backs(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """`claw back`: what was paid, and on what, in the periods whose deals may still be taken back."""
    policy = due.policy
    if columns is not None or not isinstance(policy, CheckedIncentive):
        return
    if policy.claw_back is None or policy.reversal is None:
        return
    event, returned = (calendar.rules.events[name] for name in (policy.reversal.of, policy.reversal.event))
    since = taken_since(due.first, policy.claw_back)
    asks = []
    for earlier in calendar.ended(since, due.first - datetime.timedelta(days=1)):
        own, returns = earlier.policy, earlier.policy.reversal
        # Where returns count back in the deal's period, its own result has lost them already.
        if not isinstance(own, CheckedIncentive):
            continue
        if own.id == policy.id and (returns is None or returns.count != "in the deal's period"):
            parts = [part for each in recovered(own, event, returned) for part in parts_paid(own, each)]
            asks += [Asked(earlier, column, output) for output, column in dict.fromkeys(parts)]
    yield CLAW_BACK, tuple(asks)


def _carried(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """`over: carry`: what the cap took in the occasions before, by whichever versions decided them, the newest first.

    What was carried waits for whoever has no result in an occasion, so the ones before it are asked too. What a policy
    pays in all counts what was carried to it, so who asks for its total asks for this.
    """
    if columns is None or columns & {CARRIED_ON, TOTAL}:
        asks: list[Asked] = []
        earlier = calendar.newest_before(due)
        while earlier is not None and _carries(earlier.policy):
            asks.append(Asked(earlier, CARRIED_ON))
            _check_number(due.policy, [each.due for each in asks])
            earlier = calendar.newest_before(earlier)
        if asks:
            yield CARRIED, tuple(asks)


def _resumed(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """A later version of a tiering: what the last period of the version before came to, if that was in force until it
    began.
    """
    del columns
    if isinstance(due.policy, CheckedTiering):
        first = next(iter(dues_before(calendar.periods, due)), due)
        earlier = calendar.newest_before(first)
        one = datetime.timedelta(days=1)
        if earlier is not None and earlier.policy is not due.policy and earlier.last + one == first.first:
            yield RESUMED, tuple(Asked(earlier, column) for column in COLUMNS)


def _carries(policy: CheckedPolicy) -> bool:
    return isinstance(policy, CheckedIncentive) and any(limit.carries for limit in policy.limits)


def _between(calendar: Calendar, due: Due, columns: Columns) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """Facts of other policies, whichever columns are wanted: any of them may rest on one."""
    del columns
    every = (due, *reversed(dues_before(calendar.periods, due)))
    for use in due.policy.facts:
        match use.how:
            case "period":
                found = tuple(part for each in every for part in calendar.of_period(use.policy, each))
            case "standing":
                since = min(_since(calendar, each, use) for each in every)
                found = calendar.standing(use.policy, since, due.last)
            case _:
                found = tuple(part for each in every for part in calendar.inside(use.policy, each))
        offers = ((each, each.policy.offers.get(use.fact)) for each in found)
        yield use.name, tuple(_asked(each, offer) for each, offer in offers if _is_alike(offer, use, each.policy))


def _asked(due: Due, offer: Offer) -> Asked:
    """What is read of an occasion for a fact."""
    return Asked(due, offer.column, DAYS if offer.stands and due.by_day else RESULTS)


def _is_alike(offer: Offer | None, use: UsedFact, policy: CheckedPolicy) -> TypeGuard[Offer]:
    """Whether a version offers the fact as the newest does; tiers of then have a place among those of now."""
    if offer is None or (offer.type.kind, offer.type.unit) != (use.of.kind, use.of.unit):
        return False
    if offer.type.kind is not Kind.ORDERED or offer.type.values == use.of.values:
        return True
    return isinstance(policy, CheckedTiering) and policy.called_in(use.of) is not None


def _since(calendar: Calendar, due: Due, use: UsedFact) -> datetime.date:
    """The earliest day of which a fact may be asked: the period's first, and the first of any event that counts."""
    firsts = [first for event in sorted(use.of_events) for first in _counts_since(calendar, due, event)]
    return min([due.first, *firsts])


def _counts_since(calendar: Calendar, due: Due, event: str) -> Iterator[datetime.date]:
    """The days since which events of a type count: the windows in which they are looked at, and of what is taken back
    in them, the day of the deal.
    """
    policy, rules = due.policy, calendar.rules
    if any(field.type.kind is Kind.PERIOD for field in rules.events[event].fields.values()):
        yield datetime.date.min  # It counts in the period that it names, whenever that was said.
    windows = [
        reach_of(
            window, (due.period, *due.whole), calendar.periods[policy.each].periods, rules.year_starts, until=due.last
        )
        for window in policy.windows(event)
    ]
    days = [each for reach in windows if reach is not None for each in reach.days]
    yield from (first for first, _ in days)
    if isinstance(policy, CheckedIncentive) and policy.claw_back is not None:
        yield taken_since(due.first, policy.claw_back)
        return
    returns = policy.reversal
    if days and returns is not None and returns.of == event and returns.count == "in own period":
        back = calendar.back(event, (min(first for first, _ in days), due.last))
        yield from () if back is None else (back,)


Asks = Callable[[Calendar, Due, Columns], Iterator[tuple[str, tuple[Asked, ...]]]]
NEEDS: tuple[Asks, ...] = (_rows, _ratings, _firings, _claw_backs, _carried, _resumed, _between)
"""What looks back, in no order: of an occasion, the columns that do, each with what it reads."""
