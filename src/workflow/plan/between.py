"""Facts of other policies: columns of the subjects, and of the events that conditions ask, each with its causes.

A fact is a column with the name that formulas give it, `POLICY.FACT`, or with that of the measure that gathers it; what
is averaged has `NAME.sum` and `NAME.count` beside it. `between.…` are ours.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from decimal import Decimal

from workflow.checks.checked import CheckedPolicy, UsedFact
from workflow.checks.measures import customer_of
from workflow.checks.tiers import CheckedTiering
from workflow.model.sizes import sum_type, unified
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type, summed
from workflow.plan.building import all_of, is_known
from workflow.plan.earlier import recalled
from workflow.plan.ground import Ground
from workflow.plan.measuring import defaulted
from workflow.plan.occasions import Fact, Occasion
from workflow.plan.tenures import fact_in, set_on
from workflow.plan.windows import Days

Told = tuple[Fact, Column, Expression]
"""A fact that a column rests on: which, whether somebody had it, and the value."""
Found = Sequence[Told]
"""All of them, newest first."""
SET_BY = ("event", "reason")
"""What is known of a fact that somebody has set by hand, each in a column `FACT.set.…` of the subjects."""


def facts_asked(ground: Ground, step: str) -> tuple[str, dict[str, Expression]]:
    """The subjects with the facts that are asked of their period, and of those that are quotients, the quotient."""
    quotients: dict[str, Expression] = {}
    for use in ground.policy.facts:
        if use.of_period:
            step, found = _looked_up(ground, step, use, (ground.policy.subject, "subject.last day"))
            step, quotient = _told(ground, step, use, (found, "subject.last day"))
            step = _set_by_hand(ground, step, use, (ground.policy.subject, "subject.last day"), SET_BY)
            if quotient is not None:
                quotients[use.name] = quotient
    return step, quotients


def facts_of_event(ground: Ground, step: str, event: str, person: str = "credit.person") -> str:
    """The credited rows of events of a type with the facts that are asked of them, as of the day of their credit.

    `person` is the column that names whom they belong to.
    """
    for use in ground.policy.facts:
        if event in use.of_events:
            key = person if use.subject == "person" else customer_of(ground.events[event])
            assert key is not None, "the checker knows whether an event has a customer"
            step, found = _looked_up(ground, step, use, (key, "credit.day"))
            step, _ = _told(ground, step, use, (found, "credit.day"))
            step = _set_by_hand(ground, step, use, (key, "credit.day"), ())
    return step


def columns_of_facts(policy: CheckedPolicy, occasion: Occasion) -> tuple[str, ...]:
    """The columns of results that hold the facts of other policies."""
    found: list[str] = []
    for use in policy.facts:
        if use.of_period:
            found += [*((f"{use.name}.sum", f"{use.name}.count") if use.is_quotient else ()), use.name]
            words = ("earned", *(f"set.{word}" for word in SET_BY)) if occasion.by_hand.get(use.name) else ()
            found += [f"{use.name}.{word}" for word in words]
    return tuple(found)


def _looked_up(ground: Ground, step: str, use: UsedFact, asked: tuple[str, str]) -> tuple[str, Found]:
    facts, (key, day) = ground.occasion.recalled(use.name), asked
    step, pairs = recalled(ground, step, use.name, use.span, key=key, day=day)
    named = (_as_called(fact.due.policy, value, use) for fact, (_, value) in zip(facts, pairs, strict=True))
    return step, [(fact, there, value) for fact, (there, _), value in zip(facts, pairs, named, strict=True)]


def _as_called(version: CheckedPolicy, value: Expression, use: UsedFact) -> Expression:
    """A tier of an earlier version by the name that it has now."""
    if value.type.kind is not Kind.ORDERED or value.type.values == use.of.values:
        return value
    names = version.called_in(use.of) if isinstance(version, CheckedTiering) else None
    assert names is not None, "only what has a name now is read"
    *others, last = names.items()
    found: Expression = Literal(last[1], use.of)
    for old, now in others:
        is_it = Apply(Op.EQ, (value, Literal(old, value.type)), TRUTH)
        found = Apply(Op.IF, (is_it, Literal(now, use.of), found), use.of)
    return found


def _told(ground: Ground, step: str, use: UsedFact, asked: tuple[Found, str]) -> tuple[str, Expression | None]:
    """The step with the column of a fact; and where it is an average, the quotient that it is."""
    found, day = asked
    builder, nobody = ground.builder, _missing(ground, use, "fact-of-nobody")
    if use.how == "standing":
        days = {fact: stands for each in ground.occasion.every for fact, stands in _stands(each, use)}
        none = _missing(ground, use, "fact-not-there", period=ground.occasion.period)
        standing = _standing([(days[told[0].register], told) for told in found], Column(day, DATE), nobody, none)
        return builder.derive(step, _decided(ground, use), standing, use.span, use.type), None
    if use.how in {"period", "latest"}:
        told = _by_period(ground, [_latest(ground, use, each, found) for each in ground.occasion.every])
        return builder.derive(step, use.name, defaulted(told, use.default), use.span, use.type), None
    return _added_up(ground, step, use, found)


def _missing(ground: Ground, use: UsedFact, cause: str, **more: str) -> Missing:
    """A fact that isn't there."""
    return Missing(ground.builder.cause(cause, use.span, policy=use.policy, name=use.fact, **more), use.of)


def _stands(occasion: Occasion, use: UsedFact) -> Iterable[tuple[str, Days]]:
    """The registers of facts that stand, each with its days."""
    return zip((fact.register for fact in occasion.facts.get(use.name, ())), occasion.stands[use.name], strict=True)


def _own(occasion: Occasion, use: UsedFact, found: Found) -> Found:
    """The facts that bear on a period."""
    registers = {fact.register for fact in occasion.facts.get(use.name, ())}
    return [told for told in found if told[0].register in registers]


def _not_there(ground: Ground, use: UsedFact, occasion: Occasion) -> Missing:
    """What a fact is in a period in which its policy was not in force, nor in others of which it is gathered."""
    periods = ", ".join(occasion.lacking.get(use.name, ()) or (occasion.period,))
    return _missing(ground, use, "fact-not-there", period=periods)


def _latest(ground: Ground, use: UsedFact, occasion: Occasion, found: Found) -> Expression:
    """The newest fact of a period."""
    own = _own(occasion, use, found)
    return _first(own, _missing(ground, use, "fact-of-nobody")) if own else _not_there(ground, use, occasion)


def _by_period(ground: Ground, answers: Sequence[Expression]) -> Expression:
    """What holds of each period of the plan, asked of its row."""
    found = answers[-1]
    for occasion, answer in reversed(tuple(zip(ground.occasion.before, answers[:-1], strict=True))):
        begins = Apply(Op.LE, (Column("period.start", DATE), Literal(occasion.first, DATE)), TRUTH)
        found = _chosen(begins, answer, found)
    return found


def _decided(ground: Ground, use: UsedFact) -> str:
    """The column of what the conditions gave, where somebody may have set something else by hand."""
    return f"{use.name}.earned" if ground.occasion.by_hand.get(use.name) else use.name


def _set_by_hand(ground: Ground, step: str, use: UsedFact, asked: tuple[str, str], words: tuple[str, ...]) -> str:
    """The step with what somebody has set for the day in the place of a fact.

    Args:
        ground: what the policy stands on.
        step: the subjects, or rows of events.
        use: the fact.
        asked: the columns that say whose it is, and on which day.
        words: what is wanted of the setting, each as `FACT.set.…`.
    """
    versions, (key, day), builder = ground.occasion.by_hand.get(use.name, ()), asked, ground.builder
    if not versions:
        return step
    answer: Expression = Column(_decided(ground, use), use.type)
    said: dict[str, Expression] = {}
    on = Column(day, DATE)
    for number, ((first, last), version) in enumerate(versions, 1):
        stem = f"{use.name}.set.{number}"
        step, place = set_on(ground, step, (stem, key, day), version, words)
        worth = _as_called(version, fact_in(version, use.fact, place, ground), use)
        begun, goes = Apply(Op.GE, (on, Literal(first, DATE)), TRUTH), Apply(Op.LE, (on, Literal(last, DATE)), TRUTH)
        governs = all_of(begun, goes)
        answer = _chosen(all_of(governs, is_known(place)), worth, answer)
        for word in words:
            own = Column(f"{stem}.{word}", TEXT)
            said[word] = _chosen(governs, own, said[word]) if word in said else own
    for word, what in said.items():
        step = builder.derive(step, f"{use.name}.set.{word}", what, use.span)
    return builder.derive(step, use.name, answer, use.span, use.type)


def _added_up(ground: Ground, step: str, use: UsedFact, found: Found) -> tuple[str, Expression | None]:
    """What the periods come to together, of those in which there is a result; on average, with both its sides."""
    builder, total, every = ground.builder, summed(use.of), ground.occasion.every
    counted = Column(f"{use.name}.count", COUNT)
    counts = [_parts(ground, use, each, found)[1] for each in every]
    step = builder.derive(step, counted.name, _by_period(ground, counts), use.span, COUNT)
    known = _by_period(ground, [_sum(ground, use, each, found) for each in every])
    if use.how == "sum":
        return builder.derive(step, use.name, defaulted(known, use.default), use.span, use.type), None
    whole = Column(f"{use.name}.sum", total)
    step = builder.derive(step, whole.name, known, use.span, total)
    quotient = Apply(Op.DIV, (whole, counted), use.type, use.span)
    step = builder.derive(step, use.name, defaulted(quotient, use.default), use.span, use.type)
    return step, quotient if use.default is None else None


def _sum(ground: Ground, use: UsedFact, occasion: Occasion, found: Found) -> Expression:
    """What the shorter periods inside one come to; where nobody has a result in any, nothing does."""
    added, count = _parts(ground, use, occasion, found)
    if isinstance(added, Missing):
        return added
    some = Apply(Op.GT, (count, _zero(COUNT)), TRUTH)
    return Apply(Op.IF, (some, added, _as(_missing(ground, use, "fact-of-nobody"), added.type)), added.type)


def _parts(ground: Ground, use: UsedFact, occasion: Occasion, found: Found) -> tuple[Expression, Expression]:
    """The sum of the shorter periods inside one, and in how many of them there is a result."""
    own = _own(occasion, use, found)
    if not own or occasion.lacking.get(use.name):
        none = _not_there(ground, use, occasion)
        return _as(none, summed(use.of)), _as(none, COUNT)
    added = _all([Apply(Op.IF, (there, value, _zero(value.type)), value.type) for _, there, value in own])
    return added, _all([Apply(Op.IF, (there, Literal(Decimal(1), COUNT), _zero(COUNT)), COUNT) for _, there, _ in own])


def _standing(found: Iterable[tuple[Days, Told]], day: Column, nobody: Missing, none: Missing) -> Expression:
    """The fact in force on a day: of the newest period that ended before it, if the policy was in force then."""
    periods = [
        (days, [each for _, each in parts]) for days, parts in itertools.groupby(found, key=lambda told: told[0])
    ]
    answer: Expression = none
    for (first, last), parts in reversed(periods):
        ended, follows = (Apply(op, (day, Literal(end, DATE)), TRUTH) for op, end in ((Op.GE, first), (Op.LE, last)))
        answer = _chosen(ended, _chosen(follows, _first(parts, nobody), none), answer)
    return answer


def _first(found: Found, nobody: Missing) -> Expression:
    """The newest that there is."""
    answer: Expression = nobody
    for _, there, value in reversed(found):
        answer = _chosen(there, value, answer)
    return answer


def _chosen(condition: Expression, one: Expression, other: Expression) -> Expression:
    of = unified(one.type, other.type)
    return Apply(Op.IF, (condition, _as(one, of), _as(other, of)), of)


def _as(value: Expression, of: Type) -> Expression:
    """What is missing, as a value of another size."""
    return Missing(value.cause, of) if isinstance(value, Missing) else value


def _all(parts: Sequence[Expression]) -> Expression:
    first, *others = parts
    for each in others:
        first = Apply(Op.ADD, (first, each), sum_type(first.type, each.type))
    return first


def _zero(of: Type) -> Literal:
    return Literal(Decimal(0), of)
