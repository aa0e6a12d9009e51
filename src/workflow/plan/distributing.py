"""Shares of ratings: how many of a group have a rating, and how many may.

The columns of rating `r` with a share: `share.r.people` (how many of the group are reviewed), `share.r.rated` (how
many of them are rated so), `share.r.allowed` (how many may be), and `share.r.over`, whether these are too many. Whoever
is in no group has none of them, and is over nothing.
"""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.ratings import CheckedRating, CheckedReview, RatingShare
from workflow.model.sizes import product_type, unified
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op, Round
from workflow.model.types import COUNT, TRUTH, Kind, literal_type
from workflow.plan.building import NO, is_known
from workflow.plan.ground import Ground
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Take


def columns_of_shares(policy: CheckedReview) -> tuple[str, ...]:
    """The columns of results that say how many may have a rating."""
    found = (each.column for each in policy.ratings if each.share is not None)
    return tuple(f"{column}.{word}" for column in found for word in ("people", "rated", "allowed", "over"))


def distributed(ground: Ground, policy: CheckedReview, step: str, given: Column) -> tuple[str, Expression]:
    """The subjects with the shares of all ratings, and the rating that counts, where `given` is that of each."""
    rating: Expression = given
    for each in policy.ratings:
        if each.share is not None:
            step = _shared(ground, step, each, each.share, given)
            if each.share.withholds:
                words = {"rating": each.name, "share": f"{(each.share.most * 100).normalize():f}%"}
                cause = ground.builder.cause("too-many-rated", each.share.span, **words)
                over = Column(f"{each.column}.over", TRUTH)
                rating = Apply(Op.IF, (over, Missing(cause, given.type), rating), given.type)
    return step, rating


def _shared(ground: Ground, step: str, rating: CheckedRating, share: RatingShare, given: Column) -> str:
    """The subjects with the share of one rating in their group."""
    builder, own, place, among = ground.builder, rating.column, share.span, share.among
    has_it = Apply(Op.EQ, (given, Literal(rating.name, given.type)), TRUTH)
    step = builder.derive(step, f"{own}.has", has_it, place)
    step = builder.derive(step, f"{own}.grouped", is_known(among), place)
    groups = builder.add("groups", Filter(step, f"{own}.grouped"))
    counts = (
        Measure(f"{own}.of", Function.COUNT, COUNT, where="subject.eligible"),
        Measure(f"{own}.so", Function.COUNT, COUNT, where=f"{own}.has"),
    )
    groups = builder.add("groups", Aggregate(groups, (among.name,), counts))
    alone = builder.cause("in-no-group", place, name=rating.name, column=among.name)
    take = (Take(f"{own}.of", f"{own}.people", alone), Take(f"{own}.so", f"{own}.rated", alone))
    lookup = Lookup(step, groups, ((among.name, among.name),), take, found=f"{own}.found")
    step = builder.add("subjects", lookup)
    people, rated = Column(f"{own}.people", COUNT), Column(f"{own}.rated", COUNT)
    part = Literal(share.most, literal_type(Kind.RATIO, share.most))
    product = product_type(people.type, part.type, Kind.NUMBER)
    assert product is not None, "a share has few digits"
    whole = product.sized(product.precision - product.scale + 1, 0)
    rounded = Round(Apply(Op.MUL, (people, part), product), share.rounding, whole)
    least = Literal(Decimal(share.least), COUNT)
    of = unified(whole, COUNT)
    step = builder.derive(step, f"{own}.allowed", Apply(Op.MAX, (rounded, least), of), place)
    too_many = Apply(Op.GT, (rated, Column(f"{own}.allowed", of)), TRUTH)
    over = Apply(Op.IF, (Column(f"{own}.found", TRUTH), too_many, NO), TRUTH)
    return builder.derive(step, f"{own}.over", over, place)
