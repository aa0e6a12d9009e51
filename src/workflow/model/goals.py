"""The goals policy: how the goals that somebody sets for people and teams are measured."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workflow.model.leaves import Ident, Share, Words
from workflow.model.policy import Policy
from workflow.model.reading import Written


class GoalsDefinition(Written):
    """What the goals of this policy are measured by, whose a team's are, and how much one of them may count."""

    refused: ClassVar[dict[str, str]] = dict.fromkeys(
        ("goal", "person", "team", "title", "measure", "unit", "baseline", "target", "start", "due", "weight"),
        "goal-in-a-policy",
    )

    measured_by: Annotated[
        list[Ident],
        Field(
            default_factory=list,
            alias="measured by",
            description="The measures and values that a goal may name; besides, its progress may be reported.",
        ),
    ]
    teams: Annotated[
        Words | None,
        Field(description="Who shares a team's goal: the supervisor's people, or those alike in person.region."),
    ] = None
    up_to: Annotated[
        Share | None,
        Field(alias="attainment up to", description="The most that one goal counts as attained; 100% unless said."),
    ] = None


class Goals(Policy):
    """The whole of a file in goals/."""

    kind: ClassVar[str] = "goals"

    goals: Annotated[GoalsDefinition, Field(description="How goals are measured.")]
