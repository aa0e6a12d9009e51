"""The review policy: what a person's rating is made of, and what follows from it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workflow.model.leaves import Formula, Ident, Number, Reference, Share, Whole, Words, YesOrNo
from workflow.model.policy import ActionDefinition, Policy
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, Titled


class ScorePoint(Written):
    """What a result gives from a border on."""

    at: Annotated[Formula, Field(description="The result, its border included.")]
    points: Annotated[Number, Field(description="The points that it gives.")]


class ScoreLine(Titled):
    """A part of the score: a result, what it gives in points, and how much it weighs."""

    weight: Annotated[Share, Field(description="How much it weighs; the weights of all lines total 100%.")]
    of: Annotated[
        Formula,
        Field(
            description="The result: a fact of another policy, a measure or value of this one, or a field of a form, "
            "as in review.supervisor_submitted.score."
        ),
    ]
    scale: Annotated[
        Words | None,
        Field(description="1 to 5: from the first, which gives no points, straight to the last, which gives all."),
    ] = None
    points: Annotated[
        Annotated[list[ScorePoint], NOT_EMPTY] | None,
        Field(description="Instead of a scale: from which result on how many points are given."),
    ] = None
    between: Annotated[
        Words | None, Field(description="`straight`: between two points in a straight line; else by the one reached.")
    ] = None
    below: Annotated[Number | None, Field(description="The points below the lowest of `points`; 0 unless said.")] = None
    points_up_to: Annotated[
        Number | None, Field(alias="points up to", description="The most points of this line; 100 unless said.")
    ] = None


class RatingShare(Written):
    """How many of a group may have a rating."""

    at_most: Annotated[Share, Field(alias="at most", description="The share of the group, as in 20%.")]
    of: Annotated[
        Words, Field(description="The group: the supervisor's people, or those alike in a column: person.region.")
    ]
    round: Annotated[Words, Field(description="To whole people: down, up, or half up.")]
    least: Annotated[Whole | None, Field(description="So many may have it in any group; 0 unless said.")] = None
    way: Annotated[
        Words,
        Field(alias="is", description="a warning, told by each run; or a rule, which withholds the group's ratings."),
    ]


class RatingBand(Titled):
    """A rating, and the scores that it is given for."""

    rating: Annotated[Words, Field(description="What the rating is called.")]
    since: Annotated[
        Number | None, Field(alias="from", description="The lowest score that has it, the border included.")
    ] = None
    below: Annotated[
        Number | None, Field(description="The score from which on another rating is given; the next better one's.")
    ] = None
    share: Annotated[RatingShare | None, Field(description="How many of a group may have it.")] = None


class Overdue(Written):
    """To whom a stage goes up that still isn't done some time after it was due."""

    after: Annotated[Words, Field(description="How long after it was due: 3 working days, 7 days.")]
    escalate_to: Annotated[
        Words, Field(alias="escalate to", description="Who is told then: person.supervisor.supervisor, hr.")
    ]


class StageDefinition(Titled):
    """A stage of the review: who does it, and by which event it is done."""

    stage: Annotated[Ident, Field(description="What the stage is called.")]
    by: Annotated[Words, Field(description="Who does it: person, person.supervisor, hr.")]
    done: Annotated[
        Reference,
        Field(description="The type of event by which it is done; one with a field `rating` calibrates the rating."),
    ]
    due: Annotated[
        Words | None, Field(description="How long after it opens it is due: 5 working days, 10 days, 1 month.")
    ] = None
    remind_every: Annotated[
        Words | None,
        Field(
            alias="remind every", description="How often whoever does it is reminded while it is open: 2 working days."
        ),
    ] = None
    overdue: Annotated[Overdue | None, Field(description="What follows if it isn't done even later.")] = None
    together: Annotated[
        YesOrNo | None, Field(description="yes: it opens together with the stage before it, not after it.")
    ] = None


class Participants(Written):
    """Who of those on whom `for` holds on some day is reviewed."""

    there_on: Annotated[
        Words | None,
        Field(alias="there on", description="`for` holds on this day of the period: the first day, the last day."),
    ] = None
    days_served: Annotated[
        Whole | None, Field(alias="days served", description="`for` holds on at least so many days of the period.")
    ] = None


class ReviewAction(ActionDefinition):
    """What a rating, or a condition, triggers."""

    rating: Annotated[Words | None, Field(description="The rating is this one.")] = None
    falls_by: Annotated[
        Whole | None,
        Field(alias="rating falls by", description="The rating is worse by at least so many than that before."),
    ] = None


class Review(Policy):
    """The whole of a file in reviews/."""

    kind: ClassVar[str] = "review"

    participants: Annotated[
        Participants | None,
        Field(description="Who is reviewed; unless said everybody on whom `for` holds on some day of the period."),
    ] = None
    acting: Annotated[
        Formula | None,
        Field(description="Who can act in a stage, asked of the register; without it, whoever has a row there."),
    ] = None
    opens: Annotated[Words | None, Field(description="When its first stage opens: 1 working day after the period.")] = (
        None
    )
    score: Annotated[Annotated[dict[str, ScoreLine], NOT_EMPTY], Field(description="The lines of the score, by name.")]
    stages: Annotated[
        list[StageDefinition],
        Field(default_factory=list, description="What has to be done before somebody is rated, in its order."),
    ]
    reopened: Annotated[
        Reference | None,
        Field(
            description="The type of event that opens a stage again; what it and later ones have done counts no more."
        ),
    ] = None
    delegated: Annotated[
        Reference | None, Field(description="The type of event by which a stage is handed to somebody else.")
    ] = None
    ratings: Annotated[Annotated[list[RatingBand], NOT_EMPTY], Field(description="The ratings, best first.")]
    actions: Annotated[  # type: ignore[assignment]
        dict[str, ReviewAction], Field(default_factory=dict, description="What a rating or a condition triggers.")
    ]
