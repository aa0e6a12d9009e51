"""A review in time, checked: when it opens, its stages with who does them and by when, and what opens one again."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.checks.calculated import Title
from workflow.diagnostics import Span
from workflow.model.typed import Column
from workflow.model.types import Kind, Type
from workflow.worktime.due import Due

NOT_OPEN, ALL_DONE = "not open", "all done"
"""Where a person's review stands before its first stage opens, and after its last is done. No stage is called so."""
STAGE, LATE = "stage", "late"
"""The facts of a review that opens: where it stands, and whether what is open is late."""
STANDS, IS_LATE = "cycle.stage", "cycle.late"
"""Their columns of results."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: by columns of the register from the person who is reviewed on; or a role, which is no person.

    An empty path is that person.
    """

    path: tuple[str, ...]
    role: str | None
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class Escalation:
    """So long after a stage was due it goes up to somebody, if it still isn't done."""

    after: Due
    to: Actor
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedStage:
    """A stage, by whom it is done, and how many events of the person's period say that it is, as a measure.

    `together`: it opens with the stage before it. `due` and `overdue` count from its opening and from its due day,
    `remind` from its opening on, again and again.
    """

    name: str
    title: Title
    by: Actor
    event: str
    done: Column
    span: Span
    together: bool = False
    due: Due | None = None
    remind: Due | None = None
    overdue: Escalation | None = None

    @property
    def column(self) -> str:
        """The column that says whether it is done; its other columns begin so."""
        return f"stage.{self.name}"


@dataclass(frozen=True, slots=True)
class Opening:
    """The first stage opens so long after the period."""

    after: Due
    span: Span


@dataclass(frozen=True, slots=True)
class StageEvent:
    """An event about the stage that its field `stage` names, which it opens again, or hands to somebody else; `done`
    counts such events.
    """

    event: str
    done: Column
    span: Span


def abreast(stages: tuple[CheckedStage, ...]) -> tuple[tuple[CheckedStage, ...], ...]:
    """The stages that open together, in their order."""
    found: list[tuple[CheckedStage, ...]] = []
    for stage in stages:
        if stage.together and found:
            found[-1] = (*found[-1], stage)
        else:
            found.append((stage,))
    return tuple(found)


def standing_type(stages: tuple[CheckedStage, ...]) -> Type:
    """The type of where a review stands: its stages in their order, between not open and all done."""
    return Type(Kind.ORDERED, values=(NOT_OPEN, *(stage.name for stage in stages), ALL_DONE))
