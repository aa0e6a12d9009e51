"""What the lowering of a policy gives: its plan, and where the events behind its measures stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.checks.checked import CheckedPolicy
from workflow.model.typed import Column
from workflow.model.types import TEXT, Kind, Type
from workflow.plan.nodes import Plan
from workflow.plan.occasions import RESULTS as RESULTS  # noqa: PLC0414 whoever reads the outputs finds them all here
from workflow.plan.occasions import STEPS as STEPS  # noqa: PLC0414 as above
from workflow.plan.occasions import Occasion

PERSON = Type(Kind.PERSON)
ENDS, EVENTS = "ends", "events"
"""The outputs beside lines, results and steps: `ends TYPE`, how many events met which end, and `events TYPE`, a row for
each that is not used, with its disposition."""


SUBJECT, CREDITED = Column("person", TEXT), Column("credit.person", PERSON)
"""The columns that name a person: of a subject, and of a credited row."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A policy's plan for an occasion, and where the events behind its measures stand.

    `counted` is the step of credited rows by event type; `read` the column that each measure takes from such a row, and
    `counts` the one that says whether it does;
    `spells` the step of dated rows of the register within the period, `subjects` that of the people with their groups;
    `subject` and `credited` are the columns of these, and of credited rows, that name whose they are.
    """

    policy: CheckedPolicy
    occasion: Occasion
    plan: Plan
    spells: str
    subjects: str
    counted: Mapping[str, str]
    read: Mapping[str, str | None]
    counts: Mapping[str, str]
    subject: Column = SUBJECT
    credited: Column = CREDITED
