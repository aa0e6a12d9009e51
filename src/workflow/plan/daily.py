"""The output of a tiering that is looked at anew at each event: on which days of its period each tier holds.

A row is a subject and the days from one moment to the next: from the period's first day on what the period before
decided, where it decided anything; then from each day of an event; and from the day after the period on what its end
decides, until the next period's own rows take its place.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from workflow.checks.calculated import Band, Decision
from workflow.checks.tiers import CheckedTiering
from workflow.model.typed import Apply, Column, Literal, Op
from workflow.model.types import COUNT, DATE, TRUTH, summed
from workflow.plan.bands import band_columns
from workflow.plan.building import all_of, any_of, where_known
from workflow.plan.climbing import FOLDED, decided_columns, named
from workflow.plan.deciding import rows_told
from workflow.plan.ground import Ground
from workflow.plan.moments import BEGINS, DAY, ENDS, IS_END, NUMBER
from workflow.plan.nodes import Emit, Filter, Lookup, Running, Take
from workflow.plan.occasions import DAYS
from workflow.plan.spans import ASKED, TURN, Spans
from workflow.plan.tenures import fact_in

_NEXT = Column("day.next", COUNT)
_FROM, _THROUGH = "from", "through"


def named_columns(policy: CheckedTiering) -> list[str]:
    """The columns of a tiering's measures and values."""
    names: list[str] = []
    for measure in policy.measures:
        names += [f"{measure.name}.sum", f"{measure.name}.count"] if measure.is_quotient else []
        names += [f"{measure.name}.day"] if measure.function == "days since" else []
        names.append(measure.name)
    for value in policy.values:
        if isinstance(value.expression, Decision):
            names += rows_told(value.expression.rows_of or value.name, value.expression)
        if isinstance(value.expression, Band):
            names += band_columns(value.name)
        names.append(value.name)
    return names


def emit_days(spans: Spans, ground: Ground, policy: CheckedTiering, step: str) -> tuple[str, str]:
    """Emit the days on which tiers hold in the period that is asked about.

    Args:
        spans: the periods.
        ground: what the policy stands on.
        policy: the tiering.
        step: the subjects by moments, with what their tiers come to.

    Returns:
        The step, and the column that says whether a row is the end of the period that is asked about.
    """
    builder, place, key = ground.builder, policy.span, spans.key
    one, many = Literal(Decimal(1), COUNT), summed(COUNT)
    begun = Apply(Op.EQ, (TURN, Literal(Decimal(len(spans.occasions) - 1), COUNT)), TRUTH)
    rows = builder.derive(step, "day.asked", any_of(ASKED, all_of(begun, IS_END)), place)
    rows = builder.derive(builder.add("days of tiers", Filter(rows, "day.asked")), "day.one", one, place)
    rows = builder.add("days of tiers", Running(rows, "day.so far", "day.one", (key,), (DAY.name, ENDS.name), many))
    rows = builder.derive(rows, "day.turn", Column("day.so far", many), place, COUNT)
    rows = builder.derive(rows, "day.following", Apply(Op.ADD, (Column("day.so far", many), one), many), place, COUNT)
    last = builder.cause("no-tier-yet", place, name=policy.id)
    on = ((key, key), ("day.following", "day.turn"))
    rows = builder.add("days of tiers", Lookup(rows, rows, on, (Take(NUMBER.name, _NEXT.name, last),)))
    before = Apply(Op.SUB, (_NEXT, one), COUNT.sized(COUNT.precision + 1, 0))
    through = where_known(Apply(Op.OF_COUNT, (before,), DATE), Literal(datetime.date.max, DATE))
    rows = builder.derive(rows, "day.through", through, place)
    holds = Apply(Op.LE, (BEGINS, Column("day.through", DATE)), TRUTH)
    rows = builder.derive(rows, "day.holds", holds, place)
    rows = named(spans, ground, policy, builder.add("days of tiers", Filter(rows, "day.holds")))
    place_of = Column(f"{FOLDED}.{'tier' if policy.setting is None else 'earned'}", COUNT)
    for promise in policy.promises:
        worth = fact_in(policy, promise.name, place_of, ground)
        rows = builder.derive(rows, promise.column, worth, promise.span, promise.type)
    names = [*named_columns(policy), *decided_columns(spans, policy), DAY.name, ENDS.name]
    told = dict.fromkeys((*names, *(promise.column for promise in policy.promises)))
    columns = ((key, key), (BEGINS.name, _FROM), ("day.through", _THROUGH), *((name, name) for name in told))
    builder.emit(DAYS, Emit(rows, columns, (key, BEGINS.name)))
    return builder.derive(step, "period.ends", all_of(ASKED, IS_END), place), "period.ends"
