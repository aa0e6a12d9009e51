"""Claw backs: a return takes back what was paid on its deal, in the period in which it comes back.

What was paid on a deal is the line of its own period over the sum that the line was paid on, clause by clause. That
period is the one decided now, or an earlier one whose results stand in the evidence as a register of facts, so a
look-up by the deal's day finds it. A gate that was shut then has paid nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.checked import CheckedIncentive, CheckedMeasure, ClawBack, EventType, PayClause
from workflow.checks.clawback import recovered
from workflow.model.sizes import product_type, quotient_type, sum_type, unified
from workflow.model.terms import THIS_PERIOD, Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Round
from workflow.model.types import DATE, MAX_DIGITS, TRUTH, Kind, Type, summed
from workflow.plan.building import all_of, any_of
from workflow.plan.credits import within
from workflow.plan.ground import PayGround
from workflow.plan.limits import ELIGIBLE, SETTLED, has_gate, line_type
from workflow.plan.measuring import credited_type, of_deal, value_read
from workflow.plan.nodes import Aggregate, Emit, Filter, Given, Lookup, Measure, Register, Take
from workflow.plan.paying import beside
from workflow.worktime.months import months_after

CLAW_BACK, CLAW_BACKS = "claw_back", "claw backs"
"""The name of the lines, and the output that says of each what was paid on its deal."""
REVERSAL, BELONGS = Column("credit.reversal", TRUTH), Column("credit.belongs", TRUTH)
DAY, IN_TIME = Column("credit.day", DATE), Column("claw_back.in time", TRUTH)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Source:
    """Where what was paid is found: whether it is there, and the columns of a clause by what they say."""

    found: Column
    columns: dict[str, Column]


def columns_paid(policy: CheckedIncentive, clause: PayClause, measure: CheckedMeasure) -> tuple[str, ...]:
    """The columns of results that say what a clause paid, and on what."""
    own = (f"pay.{clause.name}.when", f"pay.{clause.name}", measure.name)
    return (*own, "pay.gate.when") if has_gate(policy.limits) else own


def taken_since(day: datetime.date, claw: ClawBack) -> datetime.date:
    """The first day of a deal of which a return on `day` still takes back: so much later is not before that day."""
    before = day - datetime.timedelta(days=claw.days)
    since = months_after(before, -claw.months)
    # Of a shorter month even the last day comes too early: 28 February and three months are 28 May, not the 31st.
    return since if since.day == before.day else since + datetime.timedelta(days=1)


def clawed_back(ground: PayGround, step: str, rows: str, event: EventType) -> str:
    """The claw backs as lines, one a person and return, from the credited rows of the deals and their returns.

    Args:
        ground: what the policy stands on.
        step: the subjects with their lines.
        rows: the credited rows.
        event: the type of the deals.
    """
    builder, claw = ground.builder, ground.policy.claw_back
    assert claw is not None, "only a policy that claws back does so"
    mine = all_of(REVERSAL, Column(within(THIS_PERIOD), TRUTH), BELONGS)
    rows = builder.derive(rows, "claw_back.counts", mine, claw.span)
    rows = builder.add("claw back", Filter(rows, "claw_back.counts", or_missing=True))
    rows = builder.derive(rows, IN_TIME.name, _in_time(ground, claw), claw.span)
    pairs = recovered(ground.policy, event)
    rows, now = _present(ground, rows, step, pairs)
    rows, then = _earlier(ground, rows, event)
    measures: list[Measure] = []
    for clause, measure in pairs:
        sources = [now[clause.identity], *then.get(clause.identity, ())]
        rows, own = _taken(ground, rows, (clause, measure), sources)
        measures += own
    by = ("person", "event", "event.id", "credit.of", DAY.name, IN_TIME.name)
    rows = builder.add("claw back", Aggregate(rows, by, tuple(measures)))
    told = [(each, each) for each in ("person", "event.id", DAY.name, IN_TIME.name, *(one.name for one in measures))]
    builder.emit(CLAW_BACKS, Emit(rows, (("credit.of", "deal"), *told), ("event", "person")))
    return _lines(ground, rows, step, [one for one in measures if one.name.endswith(".exact")])


def _in_time(ground: PayGround, claw: ClawBack) -> Expression:
    """Whether the return comes within the time that the policy says: asked of each day that it may come on."""
    first, last = ground.occasion.first, ground.occasion.last
    came = Column("event.day", DATE)
    days = [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
    return any_of(
        *(
            all_of(
                Apply(Op.EQ, (came, Literal(day, DATE)), TRUTH),
                Apply(Op.GE, (DAY, Literal(taken_since(day, claw), DATE)), TRUTH),
            )
            for day in days
        )
    )


def _present(
    ground: PayGround, rows: str, step: str, pairs: Sequence[tuple[PayClause, CheckedMeasure]]
) -> tuple[str, dict[str, Source]]:
    """The rows with what the period decided now pays, for deals of its own days."""
    builder, claw = ground.builder, ground.policy.claw_back
    assert claw is not None
    types = {"when": TRUTH, "paid": line_type(ground), "gate": TRUTH}
    takes, found = {}, {}
    inside = Column("claw_back.now", TRUTH)
    for clause, measure in pairs:
        columns = {}
        for word, name in zip(_WORDS, columns_paid(ground.policy, clause, measure), strict=False):
            columns[word] = Column(f"claw_back.now.{name}", measure.type if word == "base" else types[word])
            takes[name] = Take(name, columns[word].name)
        found[clause.identity] = Source(inside, columns)
    whose = (("credit.person", "person"),)
    rows = builder.add("claw back", Lookup(rows, step, whose, (Take("person", "person"), *takes.values())))
    own = _sold(ground.occasion.first, ground.occasion.last)
    return builder.derive(rows, inside.name, own, claw.span), found


def _sold(first: datetime.date, last: datetime.date) -> Expression:
    """Whether the deal is of these days."""
    since, until = Literal(first, DATE), Literal(last, DATE)
    return all_of(Apply(Op.GE, (DAY, since), TRUTH), Apply(Op.LE, (DAY, until), TRUTH))


_WORDS = ("when", "paid", "base", "gate")
"""What the columns of `columns_paid` say, in their order."""


def _earlier(ground: PayGround, rows: str, event: EventType) -> tuple[str, dict[str, list[Source]]]:
    """The rows with what earlier periods paid, each found by the deal's day."""
    builder, claw = ground.builder, ground.policy.claw_back
    assert claw is not None
    found: dict[str, list[Source]] = {}
    registers: dict[str, list[tuple[str, str, Type]]] = {}
    for fact in ground.occasion.facts.get(CLAW_BACK, ()):
        registers.setdefault(fact.due.facts, [])
    for number, name in enumerate(registers, 1):
        facts = {fact.field.name: fact for fact in ground.occasion.facts[CLAW_BACK] if fact.due.facts == name}
        due = next(iter(facts.values())).due
        past = due.policy
        assert isinstance(past, CheckedIncentive), "only what was paid is taken back"
        there = Column(f"claw_back.{number}", TRUTH)
        givens, takes = [], []
        clauses = ", ".join(clause.name for clause, _ in recovered(past, event))
        period = {"policy": due.policy.id, "period": due.period}
        undecided = builder.cause("earlier-undecided", claw.span, name=clauses, **period)
        for fact in facts.values():
            givens.append(Given(fact.field.name, fact.field.type, undecided if fact.field.maybe else None))
            takes.append(Take(fact.field.name, f"{there.name}.{fact.field.name}", undecided))
        register = builder.add(name, Register(name, "person", tuple(givens)))
        whose = (("credit.person", "person"),)
        rows = builder.add("claw back", Lookup(rows, register, whose, tuple(takes), DAY.name, found=there.name))
        # A version may govern a part of its period only.
        own = all_of(there, _sold(due.first, due.last))
        rows = builder.derive(rows, f"{there.name}.own", own, claw.span)
        inside = Column(f"{there.name}.own", TRUTH)
        for clause, measure in recovered(past, event):
            names = columns_paid(past, clause, measure)
            columns = {
                word: Column(f"{there.name}.{each}", facts[each].field.type)
                for word, each in zip(_WORDS, names, strict=False)
            }
            found.setdefault(clause.identity, []).append(Source(inside, columns))
    return rows, found


def _taken(
    ground: PayGround, rows: str, pair: tuple[PayClause, CheckedMeasure], sources: Sequence[Source]
) -> tuple[str, tuple[Measure, ...]]:
    """The rows with what is taken back of one clause, and how to add up those of one return."""
    builder, claw, (clause, measure) = ground.builder, ground.policy.claw_back, pair
    assert claw is not None
    stem, nothing = f"claw_back.{clause.name}", Literal(NOTHING, line_type(ground))
    read, of = value_read(ground, measure), credited_type(ground, measure)
    assert read is not None, "a sum reads a field"
    paid, base = _paid(sources, nothing), _base(sources, measure.type)
    applies = all_of(IN_TIME, of_deal(measure))
    returned = Apply(Op.IF, (applies, Column(read, of), Literal(NOTHING, of)), of)
    for word, value in (("returned", returned), ("paid", paid), ("base", base)):
        rows = builder.derive(rows, f"{stem}.{word}", value, claw.span)
    product = product_type(of, paid.type, Kind.MONEY, ground.policy.currency)
    assert product is not None, "an amount and a line have few digits after the point"
    dividend = Apply(Op.MUL, (Column(f"{stem}.returned", of), Column(f"{stem}.paid", paid.type)), product)
    divided = quotient_type(product, base.type, Kind.MONEY, ground.policy.currency)
    quotient = Apply(Op.DIV, (dividend, Column(f"{stem}.base", base.type)), divided, claw.span)
    pays = all_of(applies, Apply(Op.NE, (Column(f"{stem}.paid", paid.type), nothing), TRUTH))
    cut = Apply(Op.IF, (pays, quotient, Literal(NOTHING, divided)), divided)
    rows = builder.derive(rows, f"{stem}.cut", cut, claw.span)
    near = beside(Column(f"{stem}.cut", divided), quotient)
    exact = Apply(Op.IF, (pays, near, Literal(NOTHING, near.type)), near.type)
    rows = builder.derive(rows, f"{stem}.part", exact, claw.span)
    large = builder.cause("too-large", claw.span, name=clause.name)
    whole = near.type.sized(MAX_DIGITS, near.type.scale)
    return rows, (
        Measure(f"{stem}.returned", Function.SUM, summed(of), f"{stem}.returned", too_large=large),
        Measure(f"{stem}.paid", Function.GREATEST, paid.type, f"{stem}.paid"),
        Measure(f"{stem}.base", Function.GREATEST, base.type, f"{stem}.base"),
        Measure(f"{stem}.exact", Function.SUM, whole, f"{stem}.part", too_large=large),
    )


def _paid(sources: Sequence[Source], nothing: Literal) -> Expression:
    """What was paid in the period of the deal; nothing where there was no result, or a shut gate took it."""
    paid: Expression = nothing
    for source in reversed(sources):
        told = source.columns
        line: Expression = Apply(Op.IF, (told["when"], told["paid"], nothing), nothing.type)
        if "gate" in told:
            line = Apply(Op.IF, (told["gate"], nothing, line), nothing.type)
        paid = Apply(Op.IF, (source.found, line, paid), nothing.type)
    return paid


def _base(sources: Sequence[Source], of: Type) -> Expression:
    """What it was paid on."""
    base: Expression = Literal(NOTHING, of)
    for source in reversed(sources):
        told = source.columns["base"]
        base = Apply(Op.IF, (source.found, told, base), unified(told.type, base.type))
    return base


def _lines(ground: PayGround, rows: str, step: str, parts: Sequence[Measure]) -> str:
    """The rows with their line: the parts of all clauses together, rounded once."""
    builder, claw = ground.builder, ground.policy.claw_back
    assert claw is not None
    taken = (ELIGIBLE, SETTLED) if ground.policy.limits else (ELIGIBLE,)
    takes = tuple(Take(each.name, each.name) for each in taken)
    rows = builder.add("claw back", Lookup(rows, step, (("person", "person"),), takes))
    total: Expression = Column(parts[0].name, parts[0].type)
    for part in parts[1:]:
        total = Apply(Op.ADD, (total, Column(part.name, part.type)), sum_type(total.type, part.type))
    when = all_of(*taken)
    decided = Apply(Op.IF, (when, total, total), total.type)
    line = Round(decided, ground.policy.rounding, line_type(ground), claw.span)
    return builder.derive(rows, "line.own", line, claw.span)
