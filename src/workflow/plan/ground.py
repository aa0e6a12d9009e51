"""What the steps of one policy stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from workflow.checks.calculated import CheckedField, EventType
from workflow.checks.checked import CheckedIncentive, CheckedPolicy
from workflow.model.types import Type
from workflow.plan.building import Builder
from workflow.plan.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Ground:
    """What the steps of one policy stand on: the builder, the register's step, the period, the catalogue, and what was
    decided before.

    `overridable` are the facts that somebody may set by hand, with the type of what may be said: none unless a source
    delivers it. `sequenced` are the sources that say which of two records of one instant is the later, `along` the
    columns of subjects that tell several periods of one plan apart.
    """

    builder: Builder
    policy: CheckedPolicy
    events: Mapping[str, EventType]
    people: Mapping[str, CheckedField]
    register: str
    spells: str
    subjects: str
    occasion: Occasion
    overridable: Mapping[str, Type] = field(default_factory=dict)
    sequenced: frozenset[str] = frozenset()
    along: tuple[str, ...] = ()

    def calculated(self, name: str) -> str:
        """The column of a measure or value as the policy's own words give it."""
        return f"{name}.calculated" if name in self.overridable else name


@dataclass(frozen=True, slots=True)
class PayGround(Ground):
    """What the steps of a policy that pays stand on."""

    policy: CheckedIncentive

    @classmethod
    def of(cls, ground: Ground, policy: CheckedIncentive) -> PayGround:
        """The same ground, known to be that of an incentive."""
        assert ground.policy is policy, "a ground stands under one policy"
        return cls(**{each.name: getattr(ground, each.name) for each in fields(ground)})
