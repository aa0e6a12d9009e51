"""Tiers: whose conditions hold in each period, what they come to from period to period, and what that means in words.

Columns of tier `t`: `tier.t.enter` and `tier.t.stay`, whether its conditions hold; `tier.t.lacks.NAME`, how much of a
name is lacking to come into it, and `tier.t.over.NAME`, by how much one is too high that has to be low;
`tier.t.stay.lacks.NAME` and `tier.t.stay.over.NAME`, the same to stay in it. Of a subject: `tier` and `tier.before`,
that of the period before (missing where there was none); `tier.earned`, the one that the conditions give where
somebody has set another; `tier.confirmed`, missing with all causes where an unknown input leaves the tier open;
its days, as `lasting` says; and of `Fold`, as counts: `tier.place` (1
the best), `tier.standing` and `tier.below`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.ladders import Border, borders_of
from workflow.checks.tiers import CheckedTier, CheckedTiering
from workflow.model.sizes import sum_type
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, TEXT, TRUTH
from workflow.plan.building import NO, YES, all_of, any_of, crossed
from workflow.plan.ground import Ground
from workflow.plan.kernels import Hysteresis, Standing
from workflow.plan.lasting import days_told, held_until, with_days
from workflow.plan.moments import DAY, ENDS, HELD, NUMBER, held_through
from workflow.plan.nodes import Fold
from workflow.plan.resuming import resumed
from workflow.plan.spans import ELIGIBLE, TURN, Spans, by_start
from workflow.plan.tenures import TOLD as SET
from workflow.plan.tenures import fact_in

FOLDED = "tier.fold"
_DAY = datetime.timedelta(days=1)
_CONDITIONS = "tier.conditions"


def climbed(spans: Spans, ground: Ground, policy: CheckedTiering, step: str, quotients: dict[str, Expression]) -> str:
    """The subjects of all periods, with what their tiers come to.

    Args:
        spans: the periods.
        ground: what the policy stands on.
        policy: the tiering.
        step: the subjects by periods, with `tier.set`, the place of the tier that somebody set for each, or 0.
        quotients: the names that are quotients, compared crosswise.
    """
    builder, place = ground.builder, policy.span
    truths: dict[str, list[str]] = {"enter": [], "stay": []}
    for tier in policy.tiers[:-1]:
        for word, condition in (("enter", tier.enter), ("stay", tier.stay)):
            name = f"tier.{tier.name}.{word}"
            if word == "stay" and tier.stay is tier.enter:
                name = f"tier.{tier.name}.enter"
            else:
                assert condition is not None, "only the last tier has none"
                held = all_of(None if policy.served is None else ELIGIBLE, crossed(condition, quotients))
                step = builder.derive(step, name, held, tier.span)
            truths[word].append(name)
    step = builder.derive(step, _CONDITIONS, _together([*truths["enter"], *truths["stay"]]), place, COUNT)
    step, before = resumed(spans, ground, policy, step)
    if policy.at_events:
        step = held_through(spans, policy, step)
        when: tuple[str, ...] = (TURN.name, NUMBER.name, ENDS.name)
        order: tuple[str, ...] = (DAY.name, ENDS.name)
    else:
        untils = [Literal(Decimal(number), COUNT) for number in held_until(spans, policy.holding)]
        step = builder.derive(step, HELD.name, by_start(spans.occasions, untils), place)
        when, order = (TURN.name,), ("period.start", "period", *spans.apart)
    pace = (policy.grace, policy.most, policy.protect)
    kernel = Hysteresis(len(policy.tiers), *pace, resumes=bool(before), at_events=policy.at_events)
    inputs = (*when, HELD.name, "tier.set", *truths["enter"], *truths["stay"], *before)
    return builder.add("tiers", Fold(step, FOLDED, (spans.key,), order, kernel, inputs))


def _together(names: Sequence[str]) -> Expression:
    """A number that is missing where any condition is, with all causes: what it is otherwise is of no interest."""
    one, zero = (Literal(Decimal(number), COUNT) for number in (1, 0))
    counted = [Apply(Op.IF, (Column(name, TRUTH), one, zero), COUNT) for name in dict.fromkeys(names)]
    return Apply(Op.MAX, tuple(counted), COUNT) if len(counted) > 1 else counted[0]


def named(spans: Spans, ground: Ground, policy: CheckedTiering, step: str) -> str:
    """The subjects with their tiers in words, and since when."""
    builder, place, ordered = ground.builder, policy.span, policy.type
    words = ("tier", "before", "earned", "standing", "below")
    code = {word: Column(f"{FOLDED}.{word}", COUNT) for word in words}
    standing = code["standing"]
    open_ = any_of(*(_is(standing, each) for each in (Standing.UNDECIDED, Standing.UNCONFIRMED)))
    some = Apply(Op.GE, (Column(_CONDITIONS, COUNT), Literal(Decimal(0), COUNT)), TRUTH)
    confirmed = Column("tier.confirmed", TRUTH)
    step = builder.derive(step, confirmed.name, Apply(Op.IF, (open_, some, YES), TRUTH), place)
    lowest = Literal(policy.tiers[-1].name, ordered)
    # Nobody is without a tier but for what is unknown: that is why it is missing.
    none = Apply(Op.IF, (confirmed, lowest, lowest), ordered)
    step = builder.derive(step, "tier", _named(policy, code["tier"], none), place)
    step = builder.derive(step, "tier.earned", _named(policy, code["earned"], none), place)
    before = Missing(builder.cause("no-tier-before", place, name=policy.id), ordered)
    step = builder.derive(step, "tier.before", _named(policy, code["before"], before), place)
    step = builder.derive(step, "tier.place", code["tier"], place)
    step = builder.derive(step, "tier.standing", standing, place)
    step = builder.derive(step, "tier.below", code["below"], place)
    return with_days(spans, ground, policy, step, FOLDED)


def told(ground: Ground, policy: CheckedTiering, step: str) -> str:
    """The subjects with what their tiers are promised, and what they lack for others."""
    builder, place = ground.builder, policy.span
    code = {word: Column(f"{FOLDED}.{word}", COUNT) for word in ("tier", "earned")}
    for name in dict.fromkeys(service.name for promised in policy.service.values() for service in promised):
        step = builder.derive(step, f"service.{name}", _promised(policy, name, code["tier"], ground), place)
    given = code["tier" if policy.setting is None else "earned"]
    for promise in policy.promises:
        worth = fact_in(policy, promise.name, given, ground)
        step = builder.derive(step, promise.column, worth, promise.span, promise.type)
    for lack in (each for tier in policy.tiers for word in ("enter", "stay") for each in lacks_of(tier, word)):
        border = lack.border
        of = sum_type(border.literal.type, border.asked.type)
        sides = (border.literal, border.asked) if border.up else (border.asked, border.literal)
        nothing = Literal(Decimal(0), of)
        step = builder.derive(step, lack.name, Apply(Op.MAX, (Apply(Op.SUB, sides, of), nothing), of), place)
    return step


@dataclass(frozen=True, slots=True)
class Lack:
    """A column that says how much is lacking, or too much, and the border that asks for it."""

    name: str
    border: Border


def lacks_of(tier: CheckedTier, word: str) -> tuple[Lack, ...]:
    """What may be lacking to come into a tier, `enter`, or to `stay` in it; of a `stay` that the author wrote.

    Only of conditions that compare names with literals, joined by `and`.
    """
    condition = tier.enter if word == "enter" else tier.stay
    if word == "stay" and tier.stay is tier.enter:
        return ()
    before = f"tier.{tier.name}" if word == "enter" else f"tier.{tier.name}.stay"
    return tuple(
        Lack(f"{before}.{'lacks' if border.up else 'over'}.{border.name}", border)
        for border in (borders_of(condition) or {}).values()
        if border.asked.type.is_numeric
    )


def _is(code: Column, number: int) -> Expression:
    return Apply(Op.EQ, (code, Literal(Decimal(int(number)), COUNT)), TRUTH)


def _named(policy: CheckedTiering, code: Column, otherwise: Expression) -> Expression:
    """The tier of a place."""
    found = otherwise
    for number, tier in reversed(tuple(enumerate(policy.tiers, 1))):
        found = Apply(Op.IF, (_is(code, number), Literal(tier.name, policy.type), found), policy.type)
    return found


def _promised(policy: CheckedTiering, name: str, code: Column, ground: Ground) -> Expression:
    """How much of a word the tier is promised."""
    found: Expression = Missing(ground.builder.cause("not-promised", policy.span, name=name), TEXT)
    for number, tier in enumerate(policy.tiers, 1):
        for service in policy.service.get(tier.name, ()):
            if service.name == name:
                found = Apply(Op.IF, (_is(code, number), Literal(service.value, TEXT), found), TEXT)
    return found


def decided_columns(spans: Spans, policy: CheckedTiering) -> tuple[str, ...]:
    """The columns that say which tier it is, and why."""
    names = []
    for tier in policy.tiers[:-1]:
        names.append(f"tier.{tier.name}.enter")
        names += [f"tier.{tier.name}.stay"] if tier.stay is not tier.enter else []
    names += ["tier.before", "tier", "tier.earned", "tier.place", "tier.standing", "tier.below"]
    names += days_told(spans, policy)
    names += [f"tier.set.{word}" for word in SET] if policy.setting is not None else []
    return (*names, "tier.confirmed")


def tier_columns(spans: Spans, policy: CheckedTiering) -> tuple[str, ...]:
    """The columns that results have of tiers."""
    services = dict.fromkeys(service.name for promised in policy.service.values() for service in promised)
    lacking = (each.name for tier in policy.tiers for word in ("enter", "stay") for each in lacks_of(tier, word))
    promised = (promise.column for promise in policy.promises)
    return (*decided_columns(spans, policy), *lacking, *(f"service.{name}" for name in services), *promised)


def moved(policy: CheckedTiering, action: str) -> Expression | None:
    """Whether the change of tier has happened that triggers an action; unknown where the tier isn't confirmed."""
    move = policy.moves.get(action)
    if move is None:
        return None
    tier, before = Column("tier.place", COUNT), Column(f"{FOLDED}.before", COUNT)
    none = _is(before, 0)
    some = Apply(Op.NOT, (none,), TRUTH)
    rises = move.way == "rises"
    if move.to is not None:
        to = Literal(Decimal(move.to), COUNT)
        away = Apply(Op.GT if rises else Op.LT, (before, to), TRUTH)
        possible = any_of(none, away) if rises else all_of(some, away)
        happened: Expression = Apply(Op.EQ, (tier, to), TRUTH)
    else:
        by = Literal(Decimal(move.by), COUNT)
        signed = COUNT.sized(COUNT.precision + 1, 0)
        far = Apply(Op.SUB, (before, tier) if rises else (tier, before), signed)
        happened = Apply(Op.GE, (far, by), TRUTH)
        room = by if rises else Literal(Decimal(len(policy.tiers) - move.by), COUNT)
        possible = all_of(some, Apply(Op.GT if rises else Op.LE, (before, room), TRUTH))
    sure = Apply(Op.IF, (Column("tier.confirmed", TRUTH), happened, NO), TRUTH)
    return all_of(possible, sure)
