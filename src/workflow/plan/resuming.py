"""A later version of a tiering goes on from the tiers of the one before: the results of its last period are read.

Of a subject by periods: `resumed.there`, whether he had a result then, and what the kernel goes on from, in numbers of
this version: `resumed.turn.NAME`, all 0 but in the first period. Days stay days: `tier.since`, `tier.first` and
`tier.until` of then are kept as `resumed.since`, `resumed.first` and `resumed.until`; `resumed.held` is the number of
the last period that is over before that; of a version that looks at tiers at each event, days are numbers of days.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.tiers import CheckedTiering
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH, number
from workflow.plan.building import NO, all_of, where_known
from workflow.plan.ground import Ground
from workflow.plan.nodes import Given, Lookup, Register, Take
from workflow.plan.occasions import Fact
from workflow.plan.spans import TURN, Spans

RESUMED = "tier.resumed"
"""What the facts of the version before are asked for."""
DAYS = ("since", "first", "until")
"""The days that are kept."""
COLUMNS = ("tier", "tier.earned", "tier.below", *(f"tier.{word}" for word in DAYS))
"""The columns of the version before that are read."""
_DAYS = number(7, 0)
THERE, HELD = Column("resumed.there", TRUTH), Column("resumed.held", COUNT)


def resumed(spans: Spans, ground: Ground, policy: CheckedTiering, step: str) -> tuple[str, tuple[str, ...]]:
    """The subjects with what their tier was before the first period; and the columns that the kernel reads of it, none
    where no version was in force then.
    """
    builder, facts = ground.builder, {each.field.name: each for each in ground.occasion.facts.get(RESUMED, ())}
    if not facts:
        return step, ()
    step = _looked_up(spans, ground, policy, step, facts)
    old = facts["tier"].due.policy
    assert isinstance(old, CheckedTiering), "a version of a tiering follows another"
    names = old.called_in(policy.type)
    assert names is not None, "each tier of the version before has a place in this one"
    numbers = {tier.name: number for number, tier in enumerate(policy.tiers, 1)}
    places = {name: numbers[now] for name, now in names.items()}
    begins = Apply(Op.EQ, (TURN, _count(1)), TRUTH)
    until = Column("resumed.until", DATE)
    held = where_known(_number(until) if policy.at_events else _until(spans, until), _count(0))
    step = builder.derive(step, HELD.name, held, policy.span, COUNT)
    since = where_known(_number(Column("resumed.since", DATE)), _count(0)) if policy.at_events else _count(0)
    told: dict[str, Expression] = {
        "tier": _place(Column("resumed.tier", old.type), places),
        "earned": _place(Column("resumed.earned", old.type), places),
        "below": Column("resumed.below", COUNT),
        "since": since,
        "until": HELD,
        "first": where_known(_first(spans, policy, Column("resumed.first", DATE)), _count(0)),
    }
    for word, value in told.items():
        number = Apply(Op.IF, (all_of(THERE, begins), value, _count(0)), value.type)
        step = builder.derive(step, f"resumed.turn.{word}", number, policy.span, COUNT)
    return step, tuple(f"resumed.turn.{word}" for word in told)


def _looked_up(spans: Spans, ground: Ground, policy: CheckedTiering, step: str, facts: dict[str, Fact]) -> str:
    """The subjects with the columns of the last result of the version before."""
    builder, due = ground.builder, facts["tier"].due
    cause = builder.cause("earlier-undecided", policy.span, name="tier", period=due.period, policy=due.policy.id)
    given = [Given(name, fact.field.type, cause if fact.field.maybe else None) for name, fact in facts.items()]
    register = builder.add(due.facts, Register(due.facts, spans.key, tuple(given)))
    take = tuple(Take(name, f"resumed.{name.removeprefix('tier.')}", cause) for name in facts)
    step = builder.derive(step, "resumed.day", Literal(due.first, DATE), policy.span)
    on = ((spans.key, spans.key),)
    return builder.add("subjects", Lookup(step, register, on, take, "resumed.day", found=THERE.name))


def _count(value: int) -> Literal:
    return Literal(Decimal(value), COUNT)


def _number(day: Column) -> Expression:
    """A day as the kernel counts days, where it looks at tiers at each event."""
    return Apply(Op.COUNT_OF, (day,), _DAYS)


def _place(name: Column, places: dict[str, int]) -> Expression:
    """The place in this version of a tier of the one before; 0 where that was undecided."""
    found: Expression = _count(0)
    for each, at in places.items():
        is_it = where_known(Apply(Op.EQ, (name, Literal(each, name.type)), TRUTH), NO)
        found = Apply(Op.IF, (is_it, _count(at), found), COUNT)
    return found


def _until(spans: Spans, day: Column) -> Expression:
    """The last period that is over before a day until which the tier is held."""
    found: Expression = _count(0)
    for turn, occasion in enumerate(spans.occasions, 1):
        over = Apply(Op.LT, (Literal(occasion.whole[1], DATE), day), TRUTH)
        found = Apply(Op.IF, (over, _count(turn), found), COUNT)
    return found


def _first(spans: Spans, policy: CheckedTiering, day: Column) -> Expression:
    """The period with which he first had any tier: 0 the last before this version; no further back than matters."""
    begins = [first for first, _ in spans.listed if first <= spans.occasions[0].first][::-1]
    found: Expression = _count(-policy.protect)
    for back in reversed(range(min(policy.protect, len(begins)))):
        since = Apply(Op.GE, (day, Literal(begins[back], DATE)), TRUTH)
        found = Apply(Op.IF, (since, _count(-back), found), COUNT)
    return found
