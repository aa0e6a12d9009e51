"""Measures: from credited rows to one number a person, and what it is worth when nothing was recorded."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.checked import CheckedPolicy
from workflow.checks.crediting import share_type
from workflow.checks.measures import counted_type, in_currency
from workflow.checks.uses import columns_in
from workflow.model.sizes import sum_can_overflow
from workflow.model.terms import THIS_PERIOD, Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, TRUTH, Type, summed
from workflow.plan.building import Builder, all_of, any_of, is_known, renamed, surely, where_known
from workflow.plan.credits import reached, within
from workflow.plan.ground import Ground
from workflow.plan.groups import group_of, in_group, known_of_group
from workflow.plan.nodes import Aggregate, Filter, Lookup, Measure, Running, Take
from workflow.plan.sharing import ROW, SOMEBODY, credit_of, may_be_nobodys, may_double
from workflow.plan.ties import ends, where_told, with_ties
from workflow.plan.windows import Delivery

ORDER = ("event.time", "event.recorded", "event.source", "event")
"""What makes one event later than another: the greatest is the latest. Events of one source and instant are numbered
by their sequence, then their id."""


_BY_EVENT = frozenset({Function.COUNT, "average"})
"""The functions that ask how many events there are."""


def counts_where(policy: CheckedPolicy, measure: CheckedMeasure) -> Expression:
    """Whether a credited row counts in a measure."""
    return all_of(Column(within(measure.window), TRUTH), takes(policy, measure))


def takes(policy: CheckedPolicy, measure: CheckedMeasure) -> Expression:
    """The same whatever its day; returns count in sums only, and not there if they are clawed back."""
    reduced = measure.function is Function.SUM and not policy.claws_back
    kept = None if reduced else Apply(Op.NOT, (Column("credit.reversal", TRUTH),), TRUTH)
    return all_of(of_deal(measure), kept)


def of_deal(measure: CheckedMeasure) -> Expression:
    """Whether a deal counts in a measure, asked of the deal or of a return of it, whatever its day."""
    where = measure.where
    if where is not None:
        read = {column.name: column.type for column in columns_in(where)}
        own = {name: Column(f"{name}.own", of) for name, of in read.items() if of.is_numeric and "." not in name}
        where = renamed(where, own)
    grouped = in_group(measure.among) if measure.among is not None else None
    return all_of(Column("credit.belongs", TRUTH), grouped, where)


def counting(ground: Ground, rows: str, measures: tuple[CheckedMeasure, ...]) -> str:
    """The credited rows that some window holds, with `NAME.counts` for each measure: whether it takes the row."""
    builder = ground.builder
    event = ground.events[measures[0].event]
    inside = builder.add(f"{event.name} in period", Filter(rows, reached(ground.policy, event.name)))
    if may_be_nobodys(event):
        inside = builder.add(f"{event.name} in period", Filter(inside, SOMEBODY))
    for measure in measures:
        inside = builder.derive(inside, f"{measure.name}.counts", counts_where(ground.policy, measure), measure.span)
    counting_events = [each for each in measures if each.function in _BY_EVENT and each.among is None]
    if not counting_events or not may_double(credit_of(ground.policy, event)):
        return inside
    # What a row counts for depends on its event and person alone, so any one of an event's rows stands for all.
    one = builder.derive(inside, "credit.one", Literal(Decimal(1), COUNT), event.span)
    turn = Running(one, "credit.turn", "credit.one", ("credit.person", "event"), ROW, summed(COUNT))
    inside = builder.add(f"{event.name} in period", turn)
    first = Apply(Op.EQ, (Column("credit.turn", summed(COUNT)), Literal(Decimal(1), COUNT)), TRUTH)
    for measure in counting_events:
        once = all_of(Column(f"{measure.name}.counts", TRUTH), first)
        inside = builder.derive(inside, f"{measure.name}.counts once", once, measure.span)
    return inside


def counts_once(ground: Ground, measure: CheckedMeasure) -> str:
    """The column by which a measure counts events: of the rows of one event and person, one."""
    double = measure.function in _BY_EVENT and may_double(credit_of(ground.policy, ground.events[measure.event]))
    return f"{measure.name}.counts once" if double else f"{measure.name}.counts"


def measured(ground: Ground, step: str, inside: str, measures: tuple[CheckedMeasure, ...]) -> str:
    """The subjects' step with the measures of one event type added.

    A sum or a count of no events is 0 where every source has delivered all days of its window. Where the sources say
    that a part is still to come it is missing whatever is there, since the rest would change it; where they say
    nothing, what is there counts, and nothing there is missing. The other functions are missing where there is nothing.
    """
    measures = tuple(measure for measure in measures if measure.function != "share")
    for group in dict.fromkeys(measure.among for measure in measures):
        step = _taken(ground, step, inside, tuple(measure for measure in measures if measure.among == group))
    for measure in measures:
        conclude = _average if measure.function == "average" else _concluded
        step = conclude(ground, step, measure, covered(ground, measure))
    return step


def _taken(ground: Ground, step: str, inside: str, measures: tuple[CheckedMeasure, ...]) -> str:
    """The subjects with the aggregates of measures over one kind of group: each subject's own, or their group's."""
    builder, event, group = ground.builder, measures[0].event, measures[0].among
    taken = [(each, measure) for measure in measures for each in _aggregates(ground, measure, covered(ground, measure))]
    by, key = ("credit.person", "person") if group is None else (group_of(group).name, group_of(group).name)
    if group is not None:
        inside = builder.derive(inside, f"{by}.known", is_known(group_of(group)), measures[0].span)
        inside = builder.add(f"{event} in a group", Filter(inside, f"{by}.known"))
        for measure in measures:
            inside = _once_in_group(ground, inside, measure, by)
    latest = {each.name: (measure, each) for each, measure in taken if measure.function is Function.LATEST}
    more = [own for measure, each in latest.values() for own in ends(measure, each)]
    totals = builder.add(
        f"{event} by {by.rpartition('.')[2]}", Aggregate(inside, (by,), (*(each for each, _ in taken), *more))
    )
    take = tuple(Take(each.name, f"{each.name}.found", nothing(builder, measure)) for each, measure in taken)
    step = builder.add("subjects", Lookup(step, totals, ((key, by),), take, found=_found(measures[0]).name))
    values = {name: (measure, Column(str(each.value), each.type)) for name, (measure, each) in latest.items()}
    return with_ties(ground, (step, inside, totals), ((key, by),), values) if values else step


def _once_in_group(ground: Ground, rows: str, measure: CheckedMeasure, by: str) -> str:
    """Of the rows that count for a group, one an event: colleagues may share it."""
    once = counts_once(ground, measure)
    if once == f"{measure.name}.counts":
        return rows
    builder, place, counts = ground.builder, measure.span, Column(f"{measure.name}.counts", TRUTH)
    one, none = (Literal(Decimal(number), COUNT) for number in (1, 0))
    rows = builder.derive(rows, f"{measure.name}.one", Apply(Op.IF, (surely(counts), one, none), COUNT), place)
    order = ("credit.person", *ROW)
    turn = Running(rows, f"{measure.name}.turn", f"{measure.name}.one", (by, "event"), order, summed(COUNT))
    rows = builder.add(f"{measure.event} in a group", turn)
    # A row in doubt stays one, whatever its turn, so that the count is in doubt.
    doubtful = Apply(Op.EQ, (Column(f"{measure.name}.one", COUNT), none), TRUTH)
    first = Apply(Op.EQ, (Column(f"{measure.name}.turn", summed(COUNT)), one), TRUTH)
    return builder.derive(rows, once, all_of(counts, any_of(doubtful, first)), place)


def _found(measure: CheckedMeasure) -> Column:
    """The column that says whether any row was there to be taken."""
    over = "" if measure.among is None else f" among {measure.among.name}"
    return Column(f"{measure.event} found{over}", TRUTH)


def covered(ground: Ground, measure: CheckedMeasure) -> Delivery:
    """How far what a measure needs has been delivered: a sum needs its events, and what takes them back."""
    reach = ground.occasion.reach(measure.window)
    delivery = reach.delivery if reach is not None else {}
    needed = [delivery.get(measure.event, "undeclared")]
    reversal = ground.policy.reversal
    reduced = reversal is not None and reversal.of == measure.event and not ground.policy.claws_back
    if measure.function is Function.SUM and reversal is not None and reduced:
        needed.append(delivery.get(reversal.event, "undeclared"))
    return "part" if "part" in needed else "undeclared" if "undeclared" in needed else "whole"


def nothing(builder: Builder, measure: CheckedMeasure) -> int:
    """The cause of a measure over no events."""
    return builder.cause("nothing-recorded", measure.span, name=measure.name, event=measure.event)


def _aggregates(ground: Ground, measure: CheckedMeasure, delivery: Delivery) -> list[Measure]:
    """The aggregates that a measure needs: an average is a sum and a count."""
    where = f"{measure.name}.counts"
    if measure.function is Function.COUNT:
        return [Measure(measure.name, Function.COUNT, COUNT, where=counts_once(ground, measure))]
    empty = nothing(ground.builder, measure)
    _, of = _field(ground, measure)
    value = value_read(ground, measure)
    if measure.function is Function.LATEST:
        return [Measure(measure.name, Function.LATEST, of, value, where, ORDER, empty)]
    if measure.function in {Function.LEAST, Function.GREATEST}:
        return [Measure(measure.name, Function(measure.function), of, value, where, empty=empty)]
    if measure.function is Function.SUM:
        none = None if delivery == "whole" else empty
        large = _too_large(ground, measure, measure.type)
        return [Measure(measure.name, Function.SUM, measure.type, value, where, empty=none, too_large=large)]
    large = _too_large(ground, measure, total_type(ground, measure))
    total = Measure(f"{measure.name}.sum", Function.SUM, total_type(ground, measure), value, where, too_large=large)
    return [total, Measure(f"{measure.name}.count", Function.COUNT, COUNT, where=counts_once(ground, measure))]


def _too_large(ground: Ground, measure: CheckedMeasure, total: Type) -> int | None:
    """The cause of a sum that doesn't fit; None where every sum does, as nearly always."""
    _, of = _field(ground, measure)
    if not sum_can_overflow(counted_type(of, ground.policy.credit.get(measure.event)), total):
        return None
    return ground.builder.cause("too-large", measure.span, name=measure.name)


def value_read(ground: Ground, measure: CheckedMeasure) -> str | None:
    """The column of a credited row that a measure takes; None for a count."""
    if measure.function is Function.COUNT:
        return None
    name, of = _field(ground, measure)
    if measure.function not in {Function.SUM, "average"}:
        return f"{name}.own" if of.is_numeric else name
    return f"{name}.counted" if share_type(ground.policy.credit.get(measure.event)) is None else f"{name}.credited"


def _field(ground: Ground, measure: CheckedMeasure) -> tuple[str, Type]:
    """The field that a measure reads, and its type in the policy's currency."""
    assert measure.field is not None, "only a count reads no field"
    field = ground.events[measure.event].fields[measure.field]
    return field.name, in_currency(field.type, ground.policy.currency)


def total_type(ground: Ground, measure: CheckedMeasure) -> Type:
    """The type of the sum that an average divides."""
    return summed(credited_type(ground, measure))


def credited_type(ground: Ground, measure: CheckedMeasure) -> Type:
    """The type of what one credited row adds to a sum."""
    _, of = _field(ground, measure)
    return counted_type(of, ground.policy.credit.get(measure.event))


def _concluded(ground: Ground, step: str, measure: CheckedMeasure, delivery: Delivery) -> str:
    """What the aggregate means for a person of whom it may know nothing."""
    builder, of = ground.builder, measure.type
    recorded: Expression = Column(f"{measure.name}.found", of)
    if measure.function in {Function.SUM, Function.COUNT}:
        zero = Literal(Decimal(0), of)
        if delivery == "whole":
            nobody = Apply(Op.NOT, (_found(measure),), TRUTH)
            recorded = Apply(Op.IF, (nobody, zero, recorded), of)
        elif delivery == "part":
            recorded = Missing(undelivered(ground, measure), of)
        elif measure.function is Function.COUNT:
            none = Apply(Op.EQ, (recorded, zero), TRUTH)
            recorded = Apply(Op.IF, (none, Missing(nothing(builder, measure), of), recorded), of)
    elif measure.function is Function.LATEST:
        recorded = where_told(ground, measure, recorded, of)
    recorded = known_of_group(builder, measure, listed(ground, measure, recorded), of)
    return builder.derive(step, ground.calculated(measure.name), defaulted(recorded, measure.default), measure.span)


def undelivered(ground: Ground, measure: CheckedMeasure) -> int:
    """The cause of a measure whose sources still owe some of its days."""
    builder, reach = ground.builder, ground.occasion.reach(measure.window)
    args = {"name": measure.name, "event": measure.event}
    if measure.window == THIS_PERIOD or reach is None:
        return builder.cause("not-delivered", measure.span, **args)
    first, last = reach.days[0][0].isoformat(), reach.days[-1][1].isoformat()
    return builder.cause("window-not-delivered", measure.span, **args, first=first, last=last)


def listed(ground: Ground, measure: CheckedMeasure, recorded: Expression) -> Expression:
    """What was recorded; where the periods of the measure's window are not listed, nobody can know it."""
    if ground.occasion.reach(measure.window) is not None:
        return recorded
    words = measure.window.words
    cause = ground.builder.cause("window-not-listed", measure.span, name=measure.name, window=words)
    return Missing(cause, recorded.type)


def _average(ground: Ground, step: str, measure: CheckedMeasure, _delivery: Delivery) -> str:
    """A sum over a count that is missing with fewer events than are needed, so that a border on it can be crosswise."""
    builder = ground.builder
    least = max(measure.needed, 1)
    few = builder.cause("too-few", measure.span, name=measure.name, event=measure.event, needed=str(least))
    recorded = Column(f"{measure.name}.count.found", COUNT)
    nobody = Apply(Op.NOT, (_found(measure),), TRUTH)
    none = Apply(Op.OR, (nobody, Apply(Op.EQ, (recorded, Literal(Decimal(0), COUNT)), TRUTH)), TRUTH)
    short = Apply(Op.LT, (recorded, Literal(Decimal(least), COUNT)), TRUTH)
    enough = Apply(Op.IF, (short, Missing(few, COUNT), recorded), COUNT)
    count = Apply(Op.IF, (none, Missing(nothing(builder, measure), COUNT), enough), COUNT)
    counted = known_of_group(builder, measure, listed(ground, measure, count), COUNT)
    total = Column(f"{measure.name}.sum.found", total_type(ground, measure))
    step = builder.derive(step, f"{measure.name}.sum", total, measure.span)
    step = builder.derive(step, f"{measure.name}.count", counted, measure.span)
    quotient = Apply(Op.DIV, average_parts(ground, measure), measure.type, measure.span)
    return builder.derive(step, ground.calculated(measure.name), defaulted(quotient, measure.default), measure.span)


def average_parts(ground: Ground, measure: CheckedMeasure) -> tuple[Column, Column]:
    """The dividend and the divisor of an average, or of a share."""
    if measure.function == "share":
        return Column(f"{measure.name}.sum", COUNT), Column(f"{measure.name}.count", COUNT)
    return Column(f"{measure.name}.sum", total_type(ground, measure)), Column(f"{measure.name}.count", COUNT)


def defaulted(value: Expression, default: Expression | None) -> Expression:
    """The value, or its declared default where it is missing."""
    return value if default is None else where_known(value, default)
