"""Scores: in which band of all subjects a result lies.

The columns of score `s`: `s.people` (how many are ranked), `s.worse` (how many of them have a worse result), `s.tied`
(how many have just this one, himself included), and `s`, the band, 1 the worst. With `n` bands it is
`worse * n / people`, cut to a whole number, plus 1: equal results have equally many worse ones, and so the lower band.
For the higher one all but one of those tied with him count as worse.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.calculated import Band, CheckedValue
from workflow.model.sizes import quotient_type
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op, Round, Rounding
from workflow.model.types import COUNT, TRUTH, Kind, literal_type
from workflow.plan.building import all_of, is_known, surely
from workflow.plan.ground import Ground
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Running, Take

_MANY = COUNT.sized(COUNT.precision * 2, 0)
_ONE = Literal(Decimal(1), COUNT)


def band_columns(name: str) -> tuple[str, ...]:
    """The columns that a score adds to the results, itself left out."""
    return (f"{name}.people", f"{name}.worse", f"{name}.tied")


def banded(ground: Ground, step: str, value: CheckedValue, band: Band, along: tuple[str, ...]) -> str:
    """The subjects with a score; those are compared that are equal in the columns `along`."""
    builder, own, place = ground.builder, value.name, value.span
    order: Expression = Apply(Op.NEG, (band.of,), band.of.type) if band.best == "least" else band.of
    step = builder.derive(step, f"{own}.order", order, place)
    eligible = Column("subject.eligible", TRUTH)
    step = builder.derive(step, f"{own}.counts", all_of(surely(eligible), is_known(band.of)), place)
    out = builder.cause("band-undecided", place, name=band.of.name)
    places = builder.add("places", Filter(step, f"{own}.counts"))
    by = (*along, f"{own}.order")
    places = builder.add("places", Aggregate(places, by, (Measure(f"{own}.alike", Function.COUNT, COUNT),)))
    places = builder.add("places", Running(places, f"{own}.so far", f"{own}.alike", along, (f"{own}.order",), _MANY))
    groups = builder.add(
        "groups",
        Aggregate(
            step,
            along,
            (
                Measure(f"{own}.members", Function.COUNT, COUNT, where="subject.eligible"),
                Measure(
                    f"{own}.extreme", Function.GREATEST, band.of.type, f"{own}.order", "subject.eligible", empty=out
                ),
            ),
        ),
    )
    pairs = tuple((name, name) for name in along)
    take = tuple(Take(f"{own}.{word}", f"{own}.{word}", out) for word in ("alike", "so far"))
    step = builder.add("subjects", Lookup(step, places, (*pairs, (f"{own}.order", f"{own}.order")), take))
    take = tuple(Take(f"{own}.{word}", f"{own}.{word}", out) for word in ("members", "extreme"))
    step = builder.add("subjects", Lookup(step, groups, pairs, take))
    unknown = Apply(Op.IS_MISSING, (Column(f"{own}.extreme", band.of.type),), TRUTH)
    people = Apply(Op.IF, (unknown, Missing(out, COUNT), Column(f"{own}.members", COUNT)), COUNT)
    step = builder.derive(step, f"{own}.people", people, place)
    tied = Column(f"{own}.alike", COUNT)
    worse = Apply(Op.SUB, (Column(f"{own}.so far", _MANY), tied), _MANY)
    step = builder.derive(step, f"{own}.worse", worse, place, COUNT)
    step = builder.derive(step, f"{own}.tied", tied, place)
    return builder.derive(step, own, _band(own, band), place, value.type)


def _band(own: str, band: Band) -> Expression:
    """The number of the band."""
    below: Expression = Column(f"{own}.worse", COUNT)
    if not band.lower:
        others = Apply(Op.SUB, (Column(f"{own}.tied", COUNT), _ONE), _MANY)
        below = Apply(Op.ADD, (below, others), _MANY)
    bands = Literal(Decimal(band.into), literal_type(Kind.NUMBER, Decimal(band.into)))
    product = Apply(Op.MUL, (below, bands), _MANY.sized(_MANY.precision + bands.type.precision, 0))
    of = quotient_type(product.type, COUNT, Kind.NUMBER, "")
    assert of is not None, "counts are small"
    quotient = Apply(Op.DIV, (product, Column(f"{own}.people", COUNT)), of)
    whole = Round(quotient, Rounding.FLOOR, of.sized(of.precision - of.scale, 0))
    number = Apply(Op.ADD, (whole, _ONE), whole.type.sized(whole.type.precision + 1, 0))
    # What isn't known of the subject itself is why it has no score.
    return Apply(Op.IF, (Apply(Op.EQ, (band.of, band.of), TRUTH), number, number), number.type)
