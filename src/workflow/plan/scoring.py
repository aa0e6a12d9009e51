"""Scores and ratings: what each line gives in points, what they come to with their weights, and how that is rated.

The columns of line `l`: `score.l.of` (by a scale: the result, missing where it lies outside), `score.l.row` (by points:
the number of the point reached, 0 below the lowest), `score.l` (its points) and `score.l.weighted` (times its weight).
Of a subject: `rating.sum`, the exact score times a whole number that makes it exact, so that borders are compared with
no digit lost; `score`, with 12 digits; the columns of stages, which `staging` names; `rating.scored`, what the score is
rated; `rating`, the one that counts, and `rating.entered`, whether it is there; and where an action asks for it
`rating.before`, that of the period before, and `rating.fell`, by how many it is worse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workflow.checks.ratings import FALL, FELL, SCORE, CheckedLine, CheckedReview, Scale
from workflow.model.sizes import product_type, sum_type
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, QUOTIENT_SCALE, TEXT, TRUTH, Kind, Type, literal_type
from workflow.plan.building import YES, all_of, crossed
from workflow.plan.distributing import columns_of_shares, distributed
from workflow.plan.earlier import recalled
from workflow.plan.ground import Ground
from workflow.plan.nodes import TierRow, Tiers
from workflow.plan.participants import PARTICIPATES
from workflow.plan.staging import columns_of_stages

ENTERED = "rating.entered"
"""The column that says whether the rating is entered in the ledger: missing, with its causes, where it is withheld."""
BEFORE = "rating.before"
"""The column of the rating of the period before."""
POINTS = Type(Kind.NUMBER, QUOTIENT_SCALE + 4, QUOTIENT_SCALE)
"""The points between two others: at most 1000, with 12 digits after the point."""
_TWO_AND_FIVE = (2, 5)


def columns_of_score(policy: CheckedReview) -> tuple[str, ...]:
    """The columns of results that say how a rating comes about."""
    names: list[str] = []
    for line in policy.lines:
        names.append(f"{line.column}.of" if line.scale is not None else f"{line.column}.row")
        names += [line.column, f"{line.column}.weighted"]
    fell = (BEFORE, FELL) if policy.falling else ()
    return (
        *names,
        "score",
        *columns_of_stages(policy),
        "rating.scored",
        *columns_of_shares(policy),
        "rating",
        ENTERED,
        *fell,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The points of a line: `over` divided by the whole number `under`, exactly."""

    over: Expression
    under: int


def scored(ground: Ground, policy: CheckedReview, step: str, quotients: dict[str, Expression]) -> str:
    """The subjects with their score and rating; `quotients` learns what the score is a quotient of."""
    builder, place, parts = ground.builder, policy.span, []
    for line in policy.lines:
        if line.scale is not None:
            step, part = _by_scale(ground, step, line, line.scale, quotients)
        elif line.straight:
            step, part = _straight(ground, step, line, quotients)
        else:
            step, part = _by_points(ground, step, line, quotients)
        weight = _number(line.weight)
        points = Column(line.column, SCORE)
        step = builder.derive(step, f"{line.column}.weighted", _times(points, weight), line.span, SCORE)
        parts.append((line, part))
    under = math.lcm(*(part.under for _, part in parts))
    weighted = [_times(part.over, _number(line.weight * (under // part.under))) for line, part in parts]
    over = weighted[0]
    for each in weighted[1:]:
        over = Apply(Op.ADD, (over, each), sum_type(over.type, each.type))
    step = builder.derive(step, "rating.sum", over, place)
    exact = Column("rating.sum", over.type)
    quotients["score"] = Apply(Op.DIV, (exact, _number(Decimal(under))), SCORE, place)
    step = builder.derive(step, "score", quotients["score"] if under > 1 else exact, place, SCORE)
    step = builder.derive(step, "rating.scored", _rated(policy, exact, under), place, policy.type)
    return _settled(ground, policy, step)


def _settled(ground: Ground, policy: CheckedReview, step: str) -> str:
    """The subjects with the rating that counts: once all stages are done, the calibrated one where there is one."""
    builder, place, scored_so = ground.builder, policy.span, Column("rating.scored", policy.type)
    known: list[Expression] = [Apply(Op.EQ, (scored_so, scored_so), TRUTH)]
    for stage in policy.stages:
        cause = builder.cause("stage-open", stage.span, name=stage.name, by=stage.by.words, event=stage.event)
        known.append(Apply(Op.IF, (Column(stage.column, TRUTH), YES, Missing(cause, TRUTH)), TRUTH))
    known += [PARTICIPATES] if policy.participants is not None else []
    # Whatever of these isn't so is missing, so that a rating that is withheld names all of it.
    rating: Expression = Apply(Op.IF, (all_of(*known), _calibrated(ground, policy, scored_so), scored_so), policy.type)
    if any(each.share is not None for each in policy.ratings):
        step = builder.derive(step, "rating.given", rating, place)
        step, rating = distributed(ground, policy, step, Column("rating.given", policy.type))
    step = builder.derive(step, "rating", rating, place)
    counts = Column("rating", policy.type)
    entered = all_of(Column("subject.eligible", TRUTH), Apply(Op.EQ, (counts, counts), TRUTH))
    step = builder.derive(step, ENTERED, entered, place)
    return _fallen(ground, policy, step) if policy.falling else step


def _fallen(ground: Ground, policy: CheckedReview, step: str) -> str:
    """The subjects with the rating of the period before, and by how many they fell: by none where there was none."""
    builder, place = ground.builder, policy.falling[0].span
    step, facts = recalled(ground, step, BEFORE, place)
    before: Expression = Literal("", TEXT)
    for there, value in facts:
        said: Expression = Literal("", TEXT)
        for name in value.type.values:
            same = Apply(Op.EQ, (value, Literal(name, value.type)), TRUTH)
            said = Apply(Op.IF, (same, Literal(name, TEXT), said), TEXT)
        before = Apply(Op.IF, (there, said, before), TEXT)
    step = builder.derive(step, BEFORE, before, place)
    was, now = _place(policy, Column(BEFORE, TEXT)), _place(policy, Column("rating", policy.type))
    apart = Apply(Op.SUB, (was, now), FALL)
    fell = Apply(Op.IF, (Apply(Op.GT, (was, now), TRUTH), apart, Literal(Decimal(0), COUNT)), FALL)
    return builder.derive(step, FELL, fell, place)


def _place(policy: CheckedReview, rating: Column) -> Expression:
    """The place of a rating among those of the policy, 1 the worst; 0 of one that it doesn't have."""
    place: Expression = Literal(Decimal(0), COUNT)
    for at, name in enumerate(policy.type.values, 1):
        same = Apply(Op.EQ, (rating, Literal(name, rating.type)), TRUTH)
        place = Apply(Op.IF, (same, Literal(Decimal(at), COUNT), place), COUNT)
    return place


def _calibrated(ground: Ground, policy: CheckedReview, scored_so: Column) -> Expression:
    """The rating that the calibration says; of none, that of the score."""
    calibration = policy.calibration
    if calibration is None:
        return scored_so
    cause = ground.builder.cause("no-such-rating", calibration.span, event=calibration.event)
    rating: Expression = Missing(cause, policy.type)
    for name in policy.type.values:
        said = Apply(Op.EQ, (calibration.rating, Literal(name, calibration.rating.type)), TRUTH)
        rating = Apply(Op.IF, (said, Literal(name, policy.type), rating), policy.type)
    return rating


def _rated(policy: CheckedReview, exact: Column, under: int) -> Expression:
    """The best rating whose border the score reaches; missing where the score is."""
    rating: Expression = Literal(policy.ratings[-1].name, policy.type)
    for each in reversed(policy.ratings[:-1]):
        assert each.since is not None, "only the last has no border"
        reached = Apply(Op.GE, (exact, _number(each.since * under)), TRUTH, each.span)
        rating = Apply(Op.IF, (reached, Literal(each.name, policy.type), rating), policy.type)
    return rating


def _by_scale(
    ground: Ground, step: str, line: CheckedLine, scale: Scale, quotients: dict[str, Expression]
) -> tuple[str, _Part]:
    """The points of a result on a scale; outside of it nobody knows what was meant."""
    builder, of = ground.builder, line.of
    first, last = _value(scale.first), _value(scale.last)
    low, high = sorted((scale.first, scale.last), key=_value)
    words = {"name": of.name, "low": _text(low), "high": _text(high)}
    outside = Missing(builder.cause("outside-scale", of.span, **words), of.type)
    inside = all_of(Apply(Op.GE, (of, low), TRUTH), Apply(Op.LE, (of, high), TRUTH))
    result = Apply(Op.IF, (crossed(inside, quotients), of, outside), of.type)
    step = builder.derive(step, f"{line.column}.of", result, of.span)
    factor = Fraction(line.most) / (Fraction(last) - Fraction(first))
    under = _odd(factor.denominator)
    above = Column(f"{line.column}.of", of.type)
    distance = Apply(Op.SUB, (above, scale.first), sum_type(of.type, scale.first.type))
    over = _times(distance, _number(_decimal(factor * under)))
    points = over if under == 1 else Apply(Op.DIV, (over, _number(Decimal(under))), SCORE)
    return builder.derive(step, line.column, points, line.span, SCORE), _Part(over, under)


def _straight(ground: Ground, step: str, line: CheckedLine, quotients: dict[str, Expression]) -> tuple[str, _Part]:
    """The points of a result between two others, in a straight line."""
    builder, one = ground.builder, Column(f"{line.column}.one", COUNT)
    step = builder.derive(step, one.name, Literal(Decimal(1), COUNT), line.span)
    node = Tiers(
        of=step,
        name=line.column,
        by=quotients.get(line.of.name, line.of),
        on=one,
        mode=Mode.INTERPOLATED,
        yields=Yields.RATE,
        rows=tuple(TierRow(point.at, _number(point.points), point.span) for point in line.points),
        rate_type=POINTS,
        type=SCORE,
        below=_number(line.below),
        zero_division=builder.cause("divided-by-zero", line.of.span, name=line.of.name),
        too_large=builder.cause("too-large", line.of.span, name=line.of.name),
    )
    return builder.add(builder.stem(step), node), _Part(Column(line.column, SCORE), 1)


def _by_points(ground: Ground, step: str, line: CheckedLine, quotients: dict[str, Expression]) -> tuple[str, _Part]:
    """The points of the last border that a result reaches."""
    builder, row = ground.builder, Column(f"{line.column}.row", COUNT)
    number: Expression = Literal(Decimal(0), COUNT)
    points: Expression = Literal(line.below, SCORE)
    for at, point in enumerate(line.points, 1):
        reached = Apply(Op.GE, (line.of, point.at), TRUTH, point.span)
        # Borders ascend, so whoever reaches the next one has reached this one too: the last to be asked stands outside.
        number = Apply(Op.IF, (crossed(reached, quotients), Literal(Decimal(at), COUNT), number), COUNT)
        here = Apply(Op.EQ, (row, Literal(Decimal(at), COUNT)), TRUTH)
        points = Apply(Op.IF, (here, Literal(point.points, SCORE), points), SCORE)
    step = builder.derive(step, row.name, number, line.span)
    return builder.derive(step, line.column, points, line.span), _Part(Column(line.column, SCORE), 1)


def _times(value: Expression, factor: Literal) -> Expression:
    of = product_type(value.type, factor.type, Kind.NUMBER)
    assert of is not None, "points and weights have few digits after the point"
    return Apply(Op.MUL, (value, factor), of)


def _number(value: Decimal) -> Literal:
    return Literal(value, literal_type(Kind.NUMBER, value))


def _value(literal: Literal) -> Decimal:
    assert isinstance(literal.value, Decimal)
    return literal.value


def _text(literal: Literal) -> str:
    """An end of a scale as authors write it."""
    value = _value(literal)
    return f"{(value * 100).normalize():f}%" if literal.type.kind is Kind.RATIO else f"{value.normalize():f}"


def _odd(number: int) -> int:
    """A number without its factors 2 and 5, which a decimal has no trouble with."""
    for factor in _TWO_AND_FIVE:
        while number % factor == 0:
            number //= factor
    return number


def _decimal(value: Fraction) -> Decimal:
    """A fraction that has an end as a decimal."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return Decimal((value * 10**places).numerator).scaleb(-places)
