"""workspace.yaml: the company, its money, its time and its periods."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workflow.model.leaves import Currency, Ident, Whole, Words
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, Title


class DayCount(Written):
    """How days are counted where something is prorated."""

    later: ClassVar[frozenset[str]] = frozenset({"leave counts"})

    days: Annotated[Words, Field(description="`calendar`: every day of the calendar counts.")]
    ends: Annotated[Words, Field(description="`both`: the first and the last day count.")]
    factor: Annotated[Words, Field(description="`exact`: the quotient is not rounded before the line is.")]


class Workspace(Written):
    """The whole of workspace.yaml."""

    language: Annotated[
        Whole, Field(description="The edition of the policy language; a file keeps its edition's meaning.")
    ]
    workspace: Annotated[Ident, Field(description="The name of this workspace; a part of every action's identity.")]
    title: Annotated[Title, Field(description="The company, by language.")]
    currency: Annotated[Currency, Field(description="What every policy pays in: CNY, USD ...")]
    rounding: Annotated[
        Words, Field(description="How a paid line is rounded to the currency's minor unit: half up ...")
    ]
    time_zone: Annotated[Words, Field(alias="time zone", description="The IANA zone that decides an event's day.")]
    periods: Annotated[
        dict[str, Words],
        Field(
            default_factory=dict,
            description="`year starts: MM-DD`, and by name files of periods (columns period, first, last).",
        ),
    ]
    calendar: Annotated[
        Ident | None, Field(description="The calendar of calendars/ by which working days are counted.")
    ] = None
    day_count: Annotated[
        DayCount | None, Field(alias="day count", description="How days are counted; needed once anything is prorated.")
    ] = None
    languages: Annotated[list[Words], NOT_EMPTY, Field(description="The languages every title must have: en, zh-CN.")]
