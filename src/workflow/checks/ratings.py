"""Checked reviews: what the plan of one may rely on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure, CheckedValue, Formula, Title
from workflow.checks.checked import CheckedPolicy, Offer
from workflow.checks.clauses import ActionClause
from workflow.checks.cycles import (
    IS_LATE,
    LATE,
    STAGE,
    STANDS,
    CheckedStage,
    Opening,
    StageEvent,
    standing_type,
)
from workflow.checks.uses import columns_in
from workflow.diagnostics import Span
from workflow.model.sizes import sum_type
from workflow.model.typed import Column, Expression, Literal, Rounding
from workflow.model.types import COUNT, QUOTIENT_SCALE, TRUTH, Kind, Type, number

RATING = "rating"
"""The clause of the rating itself, beside actions."""
FELL = "rating.fell"
"""The column that says by how many ratings a person fell since the period before."""
FALL = sum_type(COUNT, COUNT)
"""Its type."""
SCORE = number(18, QUOTIENT_SCALE)
"""The type of points, of a line or of the whole score: weights total 100%, and no line gives a million points."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From which result, worth no points, to which one, worth all of them."""

    first: Literal
    last: Literal


@dataclass(frozen=True, slots=True)
class CheckedPoint:
    """From `at` on, that border included, a result gives so many points."""

    at: Literal
    points: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of the score: the result that it looks at, and what that gives by its scale, or by its points.

    Points ascend by their borders; `straight` between two, or those of the one reached; `below` them all so many.
    `most` is what it gives at the end of the scale.
    """

    name: str
    title: Title
    weight: Decimal
    of: Column
    scale: Scale | None
    points: tuple[CheckedPoint, ...]
    straight: bool
    below: Decimal
    most: Decimal
    span: Span

    @property
    def column(self) -> str:
        """The column of its points."""
        return f"score.{self.name}"


@dataclass(frozen=True, slots=True)
class RatingShare:
    """How many of those alike in the register's column `among` may have a rating: a share of them, rounded to whole
    people, and so many in any group. `withholds`: with more of them all ratings of the group are withheld.
    """

    most: Decimal
    among: Column
    rounding: Rounding
    least: int
    withholds: bool
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedRating:
    """A rating, and the lowest score that has it; None of the last, which has all that is left."""

    name: str
    title: Title
    since: Decimal | None
    span: Span
    share: RatingShare | None = None

    @property
    def column(self) -> str:
        """Before the columns of its share."""
        return f"share.{self.name}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the event of a stage says besides: the rating that counts, why, and who decided so."""

    event: str
    rating: Column
    reason: Column
    by: Column
    span: Span

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it says."""
        return (self.rating, self.reason, self.by)


@dataclass(frozen=True, slots=True)
class Participants:
    """Who is reviewed: whoever serves on the first day of the period, or the last one, if that is asked, and on at
    least so many of its days.
    """

    on_first: bool
    on_last: bool
    days: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReview(CheckedPolicy):
    """A review: the lines of its score, its ratings, the best first, and what has to be done before these count.

    `opens`: its stages open and end on days, from that one on; None: only what is done is asked. `acting` is asked of
    whoever is to do something, as of a day.
    """

    kind = "review"

    lines: tuple[CheckedLine, ...]
    ratings: tuple[CheckedRating, ...]
    stages: tuple[CheckedStage, ...]
    calibration: Calibration | None
    opens: Opening | None = None
    reopened: StageEvent | None = None
    delegated: StageEvent | None = None
    participants: Participants | None = None
    acting: Expression | None = None

    @property
    def offers(self) -> Mapping[str, Offer]:
        """Measures and values, the score, and the rating. A field of a form belongs to whoever records it."""
        named: tuple[CheckedMeasure | CheckedValue, ...] = (*self.measures, *self.values)
        found = {each.name: Offer(each.name, each.type, each.span) for each in named if "." not in each.name}
        place = self.lines[0].span
        found |= {"score": Offer("score", SCORE, place), "rating": Offer("rating", self.type, place)}
        if self.opens is not None and self.stages:
            found[STAGE] = Offer(STANDS, standing_type(self.stages), self.opens.span)
            found[LATE] = Offer(IS_LATE, TRUTH, self.opens.span)
        return found

    @property
    def falling(self) -> tuple[ActionClause, ...]:
        """The actions that ask by how much the rating fell."""
        return tuple(
            action for action in self.actions if any(column.name == FELL for column in columns_in(action.when))
        )

    @property
    def clauses(self) -> tuple[Formula, ...]:
        """Everything that its score and its actions read."""
        acted = (each for action in self.actions for each in action.expressions)
        staged = [stage.done for stage in self.stages]
        staged += [each.done for each in (self.reopened, self.delegated) if each is not None]
        said = self.calibration.columns if self.calibration is not None else ()
        shares = (each.share.among for each in self.ratings if each.share is not None)
        return (*(line.of for line in self.lines), *staged, *said, *shares, *acted)

    @property
    def type(self) -> Type:
        """The type of its ratings: ordered, the lowest first."""
        return rating_type(rating.name for rating in self.ratings)


def rating_type(names: Iterable[str]) -> Type:
    """The type of ratings that are named best first."""
    return Type(Kind.ORDERED, values=tuple(reversed(tuple(names))))
