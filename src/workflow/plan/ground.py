"""What the steps of one policy stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.checks.checked import CheckedField, CheckedIncentive, EventType
from workflow.plan.building import Builder
from workflow.plan.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Ground:
    """What the steps of one policy stand on: the builder, the register's step, the period, the catalogue, and what was
    decided before.
    """

    builder: Builder
    policy: CheckedIncentive
    events: Mapping[str, EventType]
    people: Mapping[str, CheckedField]
    register: str
    spells: str
    subjects: str
    occasion: Occasion
