"""Shares of customers: of a person's customers with one event, how many have another.

Columns of a subject: `NAME.count`, how many customers have the first, `NAME.sum`, how many of these have the second,
and their quotient. A customer is one, however many events there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, TRUTH
from workflow.plan.building import NO, all_of
from workflow.plan.ground import Ground
from workflow.plan.measuring import average_parts, covered, defaulted, listed, nothing, undelivered
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Take

_NONE = Literal(Decimal(0), COUNT)


def shares(ground: Ground, step: str, counted: Mapping[str, str]) -> str:
    """The subjects with every share of customers; `counted` are the steps of rows by type of event."""
    for measure in ground.policy.measures:
        if measure.kept is not None:
            step = _shared(ground, step, measure, measure.kept, counted)
    return step


def _shared(
    ground: Ground, step: str, measure: CheckedMeasure, kept: CheckedMeasure, counted: Mapping[str, str]
) -> str:
    """The subjects with one share."""
    builder, name, place = ground.builder, measure.name, measure.span
    customers = _customers(ground, measure, counted[measure.event], ("credit.person",))
    whose = () if measure.by_anybody else ("credit.person",)
    again = _customers(ground, kept, counted[kept.event], whose)
    on = (*((each, each) for each in whose), (_customer(measure), _customer(kept)))
    take = (Take(f"{kept.name}.events", f"{kept.name}.events", nothing(builder, kept)),)
    rows = builder.add(f"{name} customers", Lookup(customers, again, on, take, found=f"{kept.name}.there"))
    there = Column(f"{kept.name}.there", TRUTH)
    had = Apply(Op.GT, (Column(f"{name}.events", COUNT), _NONE), TRUTH)
    has = Apply(Op.IF, (there, Apply(Op.GT, (Column(f"{kept.name}.events", COUNT), _NONE), TRUTH), NO), TRUTH)
    rows = builder.derive(rows, f"{name}.had", had, place)
    rows = builder.derive(rows, f"{name}.both", all_of(Column(f"{name}.had", TRUTH), has), place)
    both = (
        Measure(f"{name}.count", Function.COUNT, COUNT, where=f"{name}.had"),
        Measure(f"{name}.sum", Function.COUNT, COUNT, where=f"{name}.both"),
    )
    totals = builder.add(f"{name} by person", Aggregate(rows, ("credit.person",), both))
    taken = tuple(Take(each.name, f"{each.name}.found", nothing(builder, measure)) for each in both)
    step = builder.add("subjects", Lookup(step, totals, (("person", "credit.person"),), taken))
    count: Expression = Column(f"{name}.count.found", COUNT)
    total: Expression = Column(f"{name}.sum.found", COUNT)
    none = Apply(Op.EQ, (count, _NONE), TRUTH)
    count = Apply(Op.IF, (none, Missing(nothing(builder, measure), COUNT), count), COUNT)
    if covered(ground, kept) == "undeclared":
        nobody = Apply(Op.EQ, (total, _NONE), TRUTH)
        total = Apply(Op.IF, (nobody, Missing(nothing(builder, kept), COUNT), total), COUNT)
    step = builder.derive(step, f"{name}.sum", _delivered(ground, kept, total), place)
    step = builder.derive(step, f"{name}.count", _delivered(ground, measure, count), place)
    quotient = Apply(Op.DIV, average_parts(ground, measure), measure.type, place)
    return builder.derive(step, ground.calculated(name), defaulted(quotient, measure.default), place)


def _customer(side: CheckedMeasure) -> str:
    assert side.field is not None, "a share reads the field that names the customer"
    return side.field


def _customers(ground: Ground, side: CheckedMeasure, rows: str, whose: tuple[str, ...]) -> str:
    """The customers that may have an event of one side, with how many there are; what takes one back has none."""
    rows = ground.builder.add(f"{side.name} events", Filter(rows, f"{side.name}.counts", or_missing=True))
    events = Measure(f"{side.name}.events", Function.COUNT, COUNT, where=f"{side.name}.counts")
    return ground.builder.add(f"{side.name} customers", Aggregate(rows, (*whose, _customer(side)), (events,)))


def _delivered(ground: Ground, side: CheckedMeasure, found: Expression) -> Expression:
    """What was found, unless events of that side are still to come, or its window has no days."""
    if covered(ground, side) == "part":
        found = Missing(undelivered(ground, side), COUNT)
    return listed(ground, side, found)
