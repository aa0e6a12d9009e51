"""In which tier somebody is on a day: what decided it, what the period that runs then comes to so far, what is lacking.

Nothing is calculated again: it is all read off the rows of two periods, and put side by side.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflow.checks.ladders import Border
from workflow.checks.periods import all_periods
from workflow.checks.tiers import CheckedTier, CheckedTiering
from workflow.intake.lines import lines_of
from workflow.ledger.account import Account, Known, PolicyAccount
from workflow.ledger.accounting import accounts_of, check_asked
from workflow.ledger.evaluation import Run
from workflow.plan.around import ends_from
from workflow.plan.climbing import Lack, lacks_of
from workflow.plan.lowered import Lowered
from workflow.plan.occasions import day_of
from workflow.plan.setting import BY_HAND
from workflow.run.outcome import Engine

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ByHand:
    """A tier that somebody has set: by which event, why, for which days, and where it was recorded.

    `through` is None where it holds until another is set.
    """

    tier: CheckedTier
    event: str
    reason: str
    by: str
    since: datetime.date
    through: datetime.date | None
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Lacking:
    """How much of a name is lacking, or too much, for a condition; `since`, of the days since the last event, the first
    day on which another one is enough.
    """

    border: Border
    amount: Decimal
    since: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tier that one might come into, or keep: what that takes by the last day of the period, from when it would hold.

    `lacking` is None where the condition says more than plain borders, or rests on what isn't known; empty where it
    holds.
    """

    tier: CheckedTier
    by: datetime.date
    since: datetime.date
    lacking: tuple[Lacking, ...] | None


@dataclass(frozen=True, slots=True)
class Threat:
    """A fall that is to come as things stand: to which tier, if that is decided; from which day; what prevents it.

    `since` is None where no file lists the periods up to then.
    """

    to: CheckedTier | None
    since: datetime.date | None
    keeps: Wanted


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's tier on a day.

    `decided` is the account of the period that decided the tier, `running` that of the period in which the day lies, of
    all that was known; None where there is none, or somebody isn't covered. `tier` is None where he has none yet.
    `moment` is the day of the events with which it was decided, if those of a day did, and not a period's end. `ends`
    are the last days of the running period and of those after it.
    """

    policy: CheckedTiering
    person: str
    name: str
    day: datetime.date
    tier: CheckedTier | None
    by_hand: ByHand | None
    decided: Account | None
    running: Account | None
    ends: tuple[datetime.date, ...]
    moment: datetime.date | None = None

    @property
    def earned(self) -> CheckedTier | None:
        """The tier that the conditions gave, whatever somebody has set beside it."""
        return None if self.decided is None else _earned(self.policy, self.decided)

    @property
    def decided_by(self) -> CheckedTiering:
        """The version that decided it."""
        return self.policy if self.decided is None else _version(self.decided)

    @property
    def ahead(self) -> CheckedTier | None:
        """The tier that the running period gives as things stand."""
        return None if self.running is None else _tier(self.policy, _value(self.running, "tier.earned"))

    @property
    def next(self) -> Wanted | None:
        """The tier above the one that is had, or that is to come as things stand."""
        if self.running is None:
            return None
        places = [self.policy.tiers.index(each) for each in (self.earned, self.ahead) if each is not None]
        place = min(places, default=len(self.policy.tiers))
        return self._wanted(self.policy.tiers[place - 1], "enter") if place else None

    @property
    def threat(self) -> Threat | None:
        """The fall that is to come as things stand."""
        if self.running is None or self.earned is None or self.ahead is None:
            return None
        tiers, below = self.policy.tiers, _value(self.running, "tier.below")
        keeps = self._wanted(self.earned, "stay")
        if tiers.index(self.ahead) > tiers.index(self.earned):
            return Threat(self.ahead, keeps.since, keeps)
        assert below is None or isinstance(below, Decimal)
        if not below:
            return None
        # While it is open whether the running period lies below, it isn't one of those that are counted.
        left = self.policy.grace - int(below) + (_value(self.running, "tier.confirmed") is True)
        since = self.ends[left] + _DAY if left < len(self.ends) else None
        return Threat(None, since, keeps)

    def _wanted(self, tier: CheckedTier, word: str) -> Wanted:
        """What it takes to come into a tier, or to stay in it, by the end of the running period."""
        assert self.running is not None, "nothing is wanted of a period that doesn't run"
        lacks = lacks_of(tier, word) or lacks_of(tier, "enter")
        found = [self._lacking(each) for each in lacks]
        known = [each for each in found if each is not None]
        plain = len(known) == len(found) > 0
        told = tuple(each for each in known if each.amount or self._is_at(each.border))
        own = f"tier.{tier.name}.{word}"
        holds = _value(self.running, own if own in self.running.policies[0].values else f"tier.{tier.name}.enter")
        lacking = () if holds is True else told if plain and told else None
        return Wanted(tier, self.running.last, self.running.last + _DAY, lacking)

    def _lacking(self, lack: Lack) -> Lacking | None:
        assert self.running is not None
        amount = _value(self.running, lack.name)
        if not isinstance(amount, Decimal):
            return None
        measure = next((each for each in self.policy.measures if each.name == lack.border.name), None)
        since = None
        if measure is not None and not lack.border.up and (measure.function, measure.field) == RECENT:
            days = int(lack.border.value) - (not lack.border.included and lack.border.value == int(lack.border.value))
            since = max(self.running.last - days * _DAY, self.day) if days >= 0 else None
        return Lacking(lack.border, amount, since)

    def _is_at(self, border: Border) -> bool:
        """Whether a value lies at a border that isn't included: nothing is lacking, and yet it isn't passed."""
        assert self.running is not None
        return not border.included and _value(self.running, border.name) == border.value


RECENT = ("days since", "last event")
"""The function and the field of a measure that another event makes small."""


def standing_of(
    run: Run, lowered: Sequence[Lowered], engine: Engine, asked: tuple[Path, str, datetime.date]
) -> Standing:
    """Somebody's tier on a day.

    Args:
        run: a run of the periods around the day.
        lowered: its plans.
        engine: what looks the events up.
        asked: the workspace's folder, the subject, and the day, or an instant of it.

    Raises:
        WrongUsage: the tiering has no such subject.
    """
    where, person, on = asked
    check_asked(run, person)
    day = day_of(on, run.rules.zone)
    accounts = dict(
        zip(
            [each.occasion.whole for each in run.decided],
            accounts_of(run, lowered, engine, (where, person)),
            strict=True,
        )
    )
    decided = next((account for (_, last), account in accounts.items() if last < day), None)
    running = next((account for (first, last), account in accounts.items() if first <= day <= last), None)
    moments = () if running is None else running.policies[0].moments
    looked_at = next((each for each in reversed(moments) if _days(each)[0] <= day <= _days(each)[1]), None)
    if running is not None and looked_at is not None:
        decided = replace(running, policies=(looked_at,))
    newest = run.decided[-1]
    assert isinstance(newest.policy, CheckedTiering), "only tierings are asked for tiers"
    by_hand = _by_hand(run, newest.outcome.tables.get(BY_HAND), newest.policy, (where, person, day))
    given = None if decided is None else _earned(newest.policy, decided)
    return Standing(
        policy=newest.policy,
        person=person,
        name=run.names.get(person, person),
        day=day,
        tier=given if by_hand is None else by_hand.tier,
        by_hand=by_hand,
        decided=decided,
        running=running,
        ends=ends_from(lowered[-1].occasion.whole, newest.policy.each, all_periods(run.rules)),
        moment=None if looked_at is None else _day(looked_at.values["moment"]),
    )


def _days(account: PolicyAccount) -> tuple[datetime.date, datetime.date]:
    """The days on which holds what a moment decided."""
    return _day(account.values["from"]), _day(account.values["through"])


def _day(value: Known | None) -> datetime.date:
    assert isinstance(value, datetime.date), "a moment has its days"
    return value


def _value(account: Account, name: str) -> Known | None:
    return account.policies[0].values.get(name)


def _version(account: Account) -> CheckedTiering:
    policy = account.policies[0].policy
    assert isinstance(policy, CheckedTiering), "only tierings are asked for tiers"
    return policy


def _earned(policy: CheckedTiering, account: Account) -> CheckedTier | None:
    """The tier that a period gave, as it is called in a version."""
    names, name = _version(account).called_in(policy.type), _value(account, "tier.earned")
    return _tier(policy, names.get(str(name)) if names is not None else name)


def _tier(policy: CheckedTiering, name: Known | None) -> CheckedTier | None:
    return next((each for each in policy.tiers if each.name == name), None)


def _by_hand(run: Run, table: Any, policy: CheckedTiering, asked: tuple[Path, str, datetime.date]) -> ByHand | None:
    """What somebody has set for the day."""
    where, person, day = asked
    rows: list[Mapping[str, Any]] = [] if table is None else table.to_pylist()
    for row in rows:
        if row[policy.subject] == person and row["from"] <= day <= row["through"]:
            file, line = lines_of(run.taken.evidence, where, [int(row["event"])])[int(row["event"])]
            tier = policy.tiers[int(row["set.place"]) - 1]
            told = {name: str(row[name] or "") for name in ("reason", "by")}
            through = None if row["set.until"] == datetime.date.max else row["set.until"]
            return ByHand(tier, row["event.id"], **told, since=row["from"], through=through, file=file, line=line)
    return None
