"""The incentive policy: what it pays."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workflow.model.leaves import Formula, Ident, Reference, Sheet, Words
from workflow.model.policy import HIT, Policy, RankDefinition
from workflow.model.reading import Written
from workflow.model.shapes import NONE, NOT_EMPTY, Titled


class TierRowDefinition(Written):
    """A row of a table: where it begins or ends, and what it gives."""

    refused: ClassVar[dict[str, str]] = {"to": "to-in-a-table"}

    since: Annotated[Formula | None, Field(alias="from", description="The border, included in this row.")] = None
    below: Annotated[Formula | None, Field(description="The border, excluded from this row.")] = None
    rate: Annotated[Formula | None, Field(description="A rate of `on`.")] = None
    amount: Annotated[Formula | None, Field(description="An amount.")] = None
    factor: Annotated[Formula | None, Field(description="A factor of `on`.")] = None


class Point(Written):
    """A point of an interpolated table."""

    at: Annotated[Formula, Field(description="The result at this point.")]
    pay: Annotated[Formula, Field(description="What is paid there, as a rate of `on`.")]


class PayClause(Titled):
    """One line of pay: an amount, a rate of something, or a table."""

    later: ClassVar[frozenset[str]] = frozenset(
        {
            "target",
            "parts",
            "times",
            "pool",
            "paid if",
            "paid with",
        }
    )

    for_each: Annotated[
        Reference | None, Field(alias="for each", description="An event type: a line for each of its events.")
    ] = None
    when: Annotated[Formula | None, Field(description="The condition; without it, always.")] = None
    amount: Annotated[Formula | None, Field(description="What is paid.")] = None
    on: Annotated[Formula | None, Field(description="What a rate or a table is applied to.")] = None
    rate: Annotated[Formula | None, Field(description="The share of `on` that is paid.")] = None
    by: Annotated[Formula | None, Field(description="The result that the table is read by.")] = None
    mode: Annotated[Words | None, Field(description="marginal, whole or interpolated: must be said.")] = None
    tiers: Annotated[
        Annotated[list[TierRowDefinition], NOT_EMPTY] | None,
        Field(description="Rows with a border and what they give."),
    ] = None
    points: Annotated[
        Annotated[list[Point], NOT_EMPTY] | None, Field(description="Of an interpolated table: its points.")
    ] = None
    below: Annotated[Formula | None, Field(description="Of an interpolated table: the rate below its first point.")] = (
        None
    )
    table: Annotated[
        Sheet | None,
        Field(description="A table of several dimensions: rows with bars under `table: |`, or a file of tables/."),
    ] = None
    hit: Annotated[Words | None, Field(description=HIT)] = None
    accumulate: Annotated[
        Words | None,
        Field(description="What the borders are counted over: event, month, period or year to date."),
    ] = None
    borders_in: Annotated[
        Words | None,
        Field(alias="borders in", description="`rest`: the borders are counted in what the payer keeps."),
    ] = None
    below_zero: Annotated[
        Words | None,
        Field(alias="below zero", description="`same rates`: of a negative result so much is taken back."),
    ] = None
    rank: Annotated[
        RankDefinition | None, Field(description="Only those who come first, or last, among others by a result.")
    ] = None
    prorate: Annotated[Words | None, Field(description="`days served`: the days served over the period's days.")] = None
    was: Annotated[Ident | None, Field(description="The clause's former key, so that its identity goes on.")] = None


class Gate(Titled):
    """A condition over all pay of the policy: unless it lets the pay through, nothing is paid."""

    when: Annotated[Formula | None, Field(description="The policy pays only if this holds.")] = None
    unless: Annotated[Formula | None, Field(description="The policy pays nothing if this holds.")] = None


class Floor(Titled):
    """The least that the policy pays a person, whatever its clauses give."""

    at_least: Annotated[Formula, Field(alias="at least", description="The least, a formula in the policy's currency.")]
    per: Annotated[Words, Field(description="`period`: of all lines of a person and period.")]


class Cap(Titled):
    """The most that the policy pays a person, whatever its clauses give."""

    at_most: Annotated[Formula, Field(alias="at most", description="The most, a formula in the policy's currency.")]
    per: Annotated[Words, Field(description="`period`: of all lines of a person and period.")]
    over: Annotated[Words, Field(description="lost, or carry: what becomes of what lies above.")]


class ClawBack(Titled):
    """What a return takes back of what was paid on its deal."""

    within: Annotated[Words, Field(description="A return after so long takes nothing back: 12 months.")]
    of: Annotated[Words, Field(description="`the deal's day`: from when on that counts.")]
    at: Annotated[Words, Field(description="`rate paid`: at the rate at which the deal was paid in its own period.")]


class Incentive(Policy):
    """The whole of a file in incentives/."""

    kind: ClassVar[str] = "incentive"
    blocks: ClassVar[tuple[str, ...]] = ("pay", "actions")

    later: ClassVar[frozenset[str]] = Policy.later | {"draw", "guarantee", "hold"}

    pay: Annotated[dict[str, PayClause], Field(default_factory=dict, description="The lines of pay, by name.")]
    gate: Annotated[Gate | None, Field(description="A condition over all pay; undecided, it withholds all.")] = None
    floor: Annotated[Floor | None, Field(description="What the lines are topped up to.")] = None
    cap: Annotated[
        Cap | None, NONE, Field(description="What the lines are cut to; `none` where no limit is meant.")
    ] = None
    claw_back: Annotated[
        ClawBack | None, Field(alias="claw back", description="How returns that count as claw back are taken back.")
    ] = None
