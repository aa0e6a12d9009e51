"""Manual adjustments: recorded events that change what a person is paid, each a line of its own after all limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workflow.checks.builtin import ADJUSTED
from workflow.checks.calculated import EventType
from workflow.model.typed import Apply, Column, Literal, Op, Round
from workflow.model.types import COUNT, TEXT, TRUTH
from workflow.plan.building import all_of
from workflow.plan.credits import OUT_OF_PERIOD, UNMATCHED, USED, givens, own_amount
from workflow.plan.ground import PayGround
from workflow.plan.limits import ELIGIBLE, SETTLED, line_type
from workflow.plan.nodes import Emit, Events, Filter, Lookup, Take

ADJUSTMENT, ADJUSTMENTS = "adjustment", "adjustments"
"""The name of the lines, and the output that says of each its reason and who answers for it."""
ACCOUNTED = ("reason", "by", "approved by")
"""The columns of that output by which somebody answers for an adjustment."""

_MINE, _HERE, _SUBJECT = (Column(f"adjustment.{word}", TRUTH) for word in ("mine", "here", "subject"))


def adjusted(ground: PayGround, step: str, event: EventType) -> tuple[str, str]:
    """The adjustments as lines: those that name this policy, this period and one of its subjects.

    Args:
        ground: what the policy stands on.
        step: the subjects, with what their limits ask.
        event: the type `pay.adjusted`, as the workspace knows it.

    Returns:
        The step of all adjustments with `event.disposition`, and that of the lines.
    """
    builder, place, period = ground.builder, ground.policy.span, ground.occasion.key
    # The register's keys are texts, and lines of all kinds share one column of people.
    fields = tuple(replace(each, type=TEXT) if each.type.is_textual else each for each in event.fields.values())
    field = event.fields["amount"]
    rows = builder.add(ADJUSTED, Events(ADJUSTED, givens(ground, event, fields)))
    rows = builder.derive(rows, "amount.own", own_amount(ground, field), place)
    mine = Apply(Op.EQ, (Column("policy", TEXT), Literal(ground.policy.id, TEXT)), TRUTH)
    here = Apply(Op.EQ, (Column("period", TEXT), Literal(period, TEXT)), TRUTH)
    rows = builder.derive(rows, _MINE.name, mine, place)
    rows = builder.derive(rows, _HERE.name, here, place)
    taken = (ELIGIBLE, SETTLED) if ground.policy.limits else (ELIGIBLE,)
    nobody = builder.cause("not-served", ground.policy.served_span)
    takes = tuple(Take(each.name, each.name, nobody) for each in taken)
    rows = builder.add(ADJUSTED, Lookup(rows, step, (("person", "person"),), takes, found=_SUBJECT.name))
    matched = Apply(Op.AND, (_MINE, _SUBJECT), TRUTH)
    used, nowhere, elsewhere = (Literal(Decimal(code), COUNT) for code in (USED, UNMATCHED, OUT_OF_PERIOD))
    code = Apply(Op.IF, (_HERE, Apply(Op.IF, (matched, used, nowhere), COUNT), elsewhere), COUNT)
    rows = builder.derive(rows, "event.disposition", code, place)
    rows = builder.derive(rows, "adjustment.counts", Apply(Op.AND, (_HERE, matched), TRUTH), place)
    lines = builder.add(ADJUSTED, Filter(rows, "adjustment.counts"))
    amount = Column("amount.own", own_amount(ground, field).type)
    lines = builder.derive(lines, "line.when", all_of(*taken), place)
    when = Column("line.when", TRUTH)
    decided = Apply(Op.IF, (when, amount, amount), amount.type)
    return rows, builder.derive(
        lines, "line.own", Round(decided, ground.policy.rounding, line_type(ground), place), place
    )


def emit_adjustments(ground: PayGround, lines: str) -> None:
    """The output that says of each adjustment why it was made, by whom, and who approved it."""
    columns = ("person", "event.id", *ACCOUNTED)
    ground.builder.emit(ADJUSTMENTS, Emit(lines, tuple((each, each) for each in columns), ("event",)))
