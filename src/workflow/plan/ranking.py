"""Ranks: who comes first, or last, among those of a group by a result.

The columns of a clause `c`, with `pay.c` or `action.c` before them: `.rank.among` (the group; empty: the company),
`.rank` (1 is the best, or with `last` the worst; equal results share the better place), `.rank.tied` (how many share
it), `.rank.people` (how many are ranked) and `.rank.reached` (whether the place counts). Results are compared as they
stand in their column: a quotient by its 12 digits, so that two people for whom a reader sees one result
share one place.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.clauses import PayClause, Rank
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op, Round
from workflow.model.types import COUNT, TEXT, TRUTH, Kind, Type
from workflow.plan.building import all_of, crossed, is_known, surely
from workflow.plan.ground import Ground
from workflow.plan.nodes import Aggregate, Apportion, Filter, Lookup, Measure, Running, Take

_MANY = COUNT.sized(COUNT.precision * 2, 0)
_ONE = Literal(Decimal(1), COUNT)


def rank_columns(stem: str, rank: Rank | None) -> tuple[str, ...]:
    """The columns that a rank adds to the results."""
    own = f"{stem}.rank"
    return (f"{own}.among", f"{own}.people", f"{own}.tied", own, f"{own}.reached") if rank else ()


def ranked(
    ground: Ground, step: str, stem: str, rank: Rank | None, quotients: dict[str, Expression]
) -> tuple[str, Expression | None]:
    """The subjects with their rank, and the condition that it is among those that count."""
    if rank is None:
        return step, None
    builder, own, place = ground.builder, f"{stem}.rank", rank.span
    step = _grouped(ground, step, own, rank)
    among, order = f"{own}.among", f"{own}.order"
    kind = rank.among.type if rank.among is not None else TEXT
    by, worst = (rank.by.type, f"{own}.extreme")
    out = builder.cause("not-ranked", place, name=rank.by.name)
    open_ = builder.cause("rank-undecided", place, name=rank.by.name)
    places = builder.add("places", Filter(step, f"{own}.counts"))
    tied = Measure(f"{own}.tied", Function.COUNT, COUNT)
    places = builder.add("places", Aggregate(places, (among, order), (tied,)))
    places = builder.add("places", Running(places, f"{own}.so far", f"{own}.tied", (among,), (order,), _MANY))
    before = Apply(Op.SUB, (Column(f"{own}.so far", _MANY), Column(f"{own}.tied", COUNT)), _MANY)
    first = Apply(Op.ADD, (before, _ONE), _MANY)
    places = builder.derive(places, f"{own}.place", first, place, COUNT)
    groups = builder.add("groups", Filter(step, f"{own}.grouped"))
    people = Measure(f"{own}.members", Function.COUNT, COUNT, where=f"{own}.member")
    extreme = Measure(worst, Function.GREATEST, by, order, f"{own}.member", empty=out)
    groups = builder.add("groups", Aggregate(groups, (among,), (people, extreme)))
    take = (Take(f"{own}.tied", f"{own}.tied", out), Take(f"{own}.place", f"{own}.place", out))
    step = builder.add("subjects", Lookup(step, places, ((among, among), (order, order)), take))
    take = (Take(f"{own}.members", f"{own}.members", out), Take(worst, worst, out))
    step = builder.add("subjects", Lookup(step, groups, ((among, among),), take))
    members = Column(f"{own}.members", COUNT)
    unclear = Apply(Op.IS_MISSING, (members,), TRUTH)
    people_known = Apply(Op.IF, (unclear, Missing(open_, COUNT), members), COUNT)
    step = builder.derive(step, f"{own}.people", people_known, place)
    undecided = Apply(Op.IS_MISSING, (Column(worst, by),), TRUTH)
    value: Expression = Apply(Op.IF, (undecided, Missing(open_, COUNT), Column(f"{own}.place", COUNT)), COUNT)
    for known in (rank.by, Column(among, kind)):
        # What isn't known of the person himself is why he has no rank.
        value = Apply(Op.IF, (Apply(Op.EQ, (known, known), TRUTH), value, value), COUNT)
    step = builder.derive(step, own, value, place)
    step = builder.derive(step, f"{own}.reached", _reached(own, rank, quotients), place)
    return step, Column(f"{own}.reached", TRUTH)


def _grouped(ground: Ground, step: str, own: str, rank: Rank) -> str:
    """The subjects with their group, whether they are in it, and what they are ordered by."""
    builder, place = ground.builder, rank.span
    among: Expression = rank.among if rank.among is not None else Literal("", TEXT)
    step = builder.derive(step, f"{own}.among", among, place)
    group = Column(f"{own}.among", among.type)
    step = builder.derive(step, f"{own}.grouped", is_known(group), place)
    eligible, grouped = Column("subject.eligible", TRUTH), Column(f"{own}.grouped", TRUTH)
    step = builder.derive(step, f"{own}.member", all_of(grouped, eligible), place)
    by = rank.by
    order = Apply(Op.NEG, (by,), by.type) if rank.order == "first" else by
    step = builder.derive(step, f"{own}.order", order, place)
    member = Column(f"{own}.member", TRUTH)
    return builder.derive(step, f"{own}.counts", all_of(surely(member), is_known(by)), place)


def _reached(own: str, rank: Rank, quotients: dict[str, Expression]) -> Expression:
    """Whether a place counts: within the number, in a group that is large enough, with a result that is enough."""
    place, places = Column(own, COUNT), Literal(Decimal(rank.places), COUNT)
    last: Expression = place
    if rank.ties == "none":
        tied = Column(f"{own}.tied", COUNT)
        last = Apply(Op.SUB, (Apply(Op.ADD, (place, tied), _MANY), _ONE), _MANY)
    within = Apply(Op.LE, (last, places), TRUTH)
    enough = None
    if rank.people:
        enough = Apply(Op.GE, (Column(f"{own}.people", COUNT), Literal(Decimal(rank.people), COUNT)), TRUTH)
    return all_of(within, enough, crossed(rank.least, quotients) if rank.least is not None else None)


def divided(ground: Ground, step: str, clause: PayClause) -> str:
    """The subjects with their share of the amounts of the places that equal results hold together."""
    builder, stem, rank = ground.builder, f"pay.{clause.name}", clause.rank
    assert rank is not None
    assert clause.amount is not None
    own, span = f"{stem}.rank", clause.span
    place = Column(own, COUNT)
    within = Apply(Op.LE, (place, Literal(Decimal(rank.places), COUNT)), TRUTH)
    step = builder.derive(step, f"{own}.shares", surely(within), span)
    rows = builder.add("shares", Filter(step, f"{own}.shares"))
    left = Apply(Op.SUB, (Literal(Decimal(rank.places + 1), COUNT), place), _MANY)
    held = Apply(Op.MIN, (Column(f"{own}.tied", COUNT), left), _MANY)
    rows = builder.derive(rows, f"{own}.held", held, span, COUNT)
    cents = Round(clause.amount, ground.policy.rounding, clause.type, span)
    rows = builder.derive(rows, f"{stem}.each", cents, span)
    whole = Type(Kind.MONEY, clause.type.precision + COUNT.precision, clause.type.scale, clause.type.unit)
    product = Apply(Op.MUL, (Column(f"{stem}.each", clause.type), Column(f"{own}.held", COUNT)), whole)
    rows = builder.derive(rows, f"{stem}.together", product, span)
    rows = builder.derive(rows, f"{own}.weight", _ONE, span)
    rows = builder.add(
        "shares",
        Apportion(
            of=rows,
            name=f"{stem}.share",
            total=f"{stem}.together",
            weight=f"{own}.weight",
            by=(f"{own}.among", f"{own}.order"),
            order=("person",),
            type=whole,
            zero_division=builder.cause("divided-by-zero", span, name=clause.name),
            too_large=builder.cause("too-large", span, name=clause.name),
        ),
    )
    out = builder.cause("not-ranked", rank.span, name=rank.by.name)
    take = (Take(f"{stem}.share", f"{stem}.share", out),)
    step = builder.add("subjects", Lookup(step, rows, (("person", "person"),), take, found=f"{own}.shared"))
    nothing = Literal(Decimal(0), whole)
    share = Apply(Op.IF, (Column(f"{own}.shared", TRUTH), Column(f"{stem}.share", whole), nothing), whole)
    return builder.derive(step, f"{stem}.full", share, span, clause.type)
