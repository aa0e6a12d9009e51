"""calendars/NAME.yaml: when people work, which days they have off, and for which days that is known."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workflow.model.leaves import Day, Ident, Words
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, ONE_OR_MORE


class Validity(Written):
    """The days for which a file of a calendar is known."""

    since: Annotated[Day, Field(alias="from", description="Its first day.")]
    through: Annotated[Day, Field(description="Its last day; nothing is guessed beyond it.")]


class Calendar(Written):
    """A file of a calendar. Several files may have one name; their days follow each other."""

    calendar: Annotated[Ident, Field(description="The calendar's name; the files of other years share it.")]
    valid: Annotated[Validity, Field(description="The days that this file knows.")]
    source: Annotated[Words, Field(description="Where its days come from, for whoever doubts one.")]
    day: Annotated[Words, Field(description="How much working time `1 working day` is: 8 hours.")]
    hours: Annotated[
        dict[str, Annotated[list[Words], NOT_EMPTY, ONE_OR_MORE]],
        NOT_EMPTY,
        Field(description="Working hours by weekday, `monday to friday` or `saturday`; `make-up days` for those."),
    ]
    holidays: Annotated[
        dict[str, Words], Field(default_factory=dict, description="Days off, or ranges of them, with what they are.")
    ]
    make_up_days: Annotated[
        dict[str, Words],
        Field(
            default_factory=dict,
            alias="make-up days",
            description="Days worked in place of others, or ranges of them, with what they are.",
        ),
    ]
