"""Escalations as they are checked: states, moves, timers and clocks, every name resolved and every length exact."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from workflow.checks.calculated import EventType, Title
from workflow.checks.checked import CheckedPolicy, Offer
from workflow.checks.clauses import ActionKind, Recipient
from workflow.checks.guards import Guard
from workflow.diagnostics import Span
from workflow.model.sizes import quotient_type
from workflow.model.types import COUNT, Kind, Type
from workflow.worktime.due import Due
from workflow.worktime.lengths import Length

STAY = "stay"
"""The word for a move that leaves nothing."""
ANY = "any"
"""The word for all states out of which a move leads at once: those in which a case is open."""
Counting = Literal["cases", "entries", "breaches", "warnings", "reopened"]
Taking = Literal["average", "longest", "share"]
SHARE = quotient_type(COUNT, COUNT, Kind.RATIO)
"""The type of a share of cases."""


@dataclass(frozen=True, slots=True)
class StepAction:
    """What a step triggers: an item of the catalogue, or that somebody is told; `name` says of what, and identifies it.
    `item` and `told` are as in an `ActionClause`. `seen_by` are the roles that see for whom; none: everybody does.
    """

    name: str
    kind: ActionKind | Literal["reminder"]
    item: str
    due: Due | None
    span: Span
    seen_by: tuple[str, ...] = ()
    told: Recipient | None = None

    @property
    def is_for_role(self) -> bool:
        """Whether it tells a role, who is nobody of the register."""
        return self.kind in {"notify", "reminder"} and self.told is None and self.item != "person"


@dataclass(frozen=True, slots=True)
class CheckedState:
    """A state, and what entering and leaving it triggers."""

    name: str
    title: Title
    level: int
    entry: tuple[StepAction, ...]
    exit: tuple[StepAction, ...]
    pauses: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedMove:
    """From one state to another, or staying (None), when an event comes; `when` is where its condition is written."""

    state: str
    event: str
    to: str | None
    guard: Guard | None
    actions: tuple[StepAction, ...]
    span: Span
    when: Span | None = None


@dataclass(frozen=True, slots=True)
class CheckedMoment:
    """A day or time from which a timer counts: the newest that a field of the case's events has told, of which `events`
    are the types that have it; or an instant that the policy says, in microseconds. Of a day it is the last instant.
    """

    column: str | None
    events: tuple[str, ...]
    by_day: bool
    instant: int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class CheckedTimer:
    """What comes due in a state; `since` is the type of event from which it counts instead of the entry, or `moment` a
    day or time; `when` is where its condition is written. `name` is what the log of cases calls it.
    """

    name: str
    state: str
    after: Length
    to: str | None
    guard: Guard | None
    since: str | None
    every: Length | None
    most: int
    actions: tuple[StepAction, ...]
    span: Span
    when: Span | None = None
    moment: CheckedMoment | None = None


@dataclass(frozen=True, slots=True)
class CheckedTarget:
    """How long a clock may run, in microseconds, where the guard holds, the parts of which are written at `when`."""

    within: int
    guard: Guard | None
    span: Span
    when: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedClock:
    """How long something takes. Its targets count working time, or time as it elapses. `warn` is a share of these."""

    name: str
    title: Title
    working: bool
    targets: tuple[CheckedTarget, ...]
    starts: tuple[str, ...]
    stops_in: tuple[str, ...]
    stops: tuple[str, ...]
    holds: tuple[str, ...]
    releases: tuple[str, ...]
    resets: tuple[str, ...]
    asks: tuple[str, ...]
    restarts: bool
    warn: tuple[int, int] | None
    warning: tuple[StepAction, ...]
    breach: tuple[StepAction, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CaseFact:
    """How many of something a person's cases have had in a period; `of` is the clock or the state."""

    name: str
    title: Title
    counts: Counting
    of: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class TimeFact:
    """How long something takes in a person's cases, of those that come to it in a period: on average, at most, or the
    share `within` a limit (microseconds). It is the time to the first of `events`, or of entries to `states`, after the
    first event of type `since`, or after the beginning; where it `stays`, that of each stay in one of `states`.
    """

    name: str
    title: Title
    takes: Taking
    events: tuple[str, ...]
    states: tuple[str, ...]
    stays: bool
    since: str | None
    working: bool
    within: int
    span: Span

    @property
    def type(self) -> Type:
        """A share, or a length of time."""
        return SHARE if self.takes == "share" else Type(Kind.WORKING if self.working else Kind.ELAPSED)


@dataclass(frozen=True, slots=True)
class CheckedMigration:
    """How cases of the version numbered `since` go on by this one: what each open state of it becomes, and each clock;
    None stops that.
    """

    since: int
    states: Mapping[str, str]
    clocks: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEscalation(CheckedPolicy):
    """An escalation. Its results are about people, who have cases: `key` is the field that names a case, `begins` the
    event with which it begins, for the person whom that belongs to; after one of `handed` it is that of the person to
    whom this belongs. An event may name the case by another field, as the catalogue says. `types` are the events that
    it looks at. `others` are the other versions of the policy, by which some of the cases go.
    """

    kind = "escalation"

    key: str
    begins: EventType
    types: Mapping[str, EventType]
    states: tuple[CheckedState, ...]
    final: tuple[str, ...]
    moves: tuple[CheckedMove, ...]
    timers: tuple[CheckedTimer, ...]
    clocks: tuple[CheckedClock, ...]
    case_facts: tuple[CaseFact, ...]
    time_facts: tuple[TimeFact, ...]
    first: bool
    zone: str
    counts: Mapping[str, str] = field(default_factory=dict)
    handed: EventType | None = None
    migrates: CheckedMigration | None = None
    others: tuple[CheckedEscalation, ...] = ()

    @property
    def versions(self) -> tuple[CheckedEscalation, ...]:
        """All versions of the policy, the lowest first."""
        return tuple(sorted((self, *self.others), key=lambda each: each.version))

    @property
    def begun(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day on which cases begin that go by this version; none where these are turned round.

        A later version ends it, also one that replaces it from its first day on.
        """
        ends = [each.since - datetime.timedelta(days=1) for each in self.others if each.version > self.version]
        return self.since, min([self.through or datetime.date.max, *ends])

    @property
    def offers(self) -> Mapping[str, Offer]:
        """The facts of the period."""
        counted = {each.name: Offer(each.name, COUNT, each.span) for each in self.case_facts}
        return counted | {each.name: Offer(each.name, each.type, each.span) for each in self.time_facts}

    @property
    def reads(self) -> tuple[str, ...]:
        """The types of events that cases are made of, by name."""
        return tuple(sorted({name for each in self.versions for name in each.types}))

    @property
    def own_actions(self) -> tuple[StepAction, ...]:
        """All that steps trigger, in the policy's order; what one move triggers once, from however many states."""
        found = [each for state in self.states for each in (*state.entry, *state.exit)]
        found += [each for timer in self.timers for each in timer.actions]
        found += [each for move in self.moves for each in move.actions]
        found += [each for clock in self.clocks for each in (*clock.warning, *clock.breach)]
        return tuple(dict.fromkeys(found))

    @property
    def step_actions(self) -> tuple[StepAction, ...]:
        """The same, then what steps of the cases trigger that go by other versions."""
        return (*self.own_actions, *(action for each in self.others for action in each.own_actions))


def with_versions(policies: Iterable[CheckedPolicy]) -> tuple[CheckedPolicy, ...]:
    """The policies, each escalation with its other versions, the lowest first."""
    policies = tuple(policies)
    found = [each for each in policies if isinstance(each, CheckedEscalation)]
    others = {
        (policy.id, policy.version): tuple(each for each in found if each.id == policy.id and each is not policy)
        for policy in found
    }
    return tuple(
        replace(each, others=others[each.id, each.version]) if isinstance(each, CheckedEscalation) else each
        for each in policies
    )
