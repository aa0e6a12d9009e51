"""Pay counted event by event: a line for each event, and tables read by totals that run on.

Whatever a table is counted over, each event, or each stretch of days, is paid what the clause gives for the total up to
and with it, less what it gives for the total before it. A clause with `for each` has a row an event, and of it a line;
one that accumulates without has a row a stretch (a month, the period, the year to date), and their sum is the line.

Columns of the rows of clause `c`: `pay.c.when`, `pay.c.on` (what the event adds), `pay.c.opening`,
`pay.c.total.before` and `pay.c.total`; with `borders in: rest` the same as `pay.c.position…`, in what is paid on, and
`pay.c.kept…`; `pay.c.earlier…` and `pay.c.through…` (what is given for either, with a table its row, rate and parts);
`pay.c.full`, `pay.c.exact`, `pay.c`. Results of the person stand there as `result.NAME`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.crediting import share_type
from workflow.model.sizes import sum_type
from workflow.model.terms import Function, Mode, Over
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH, summed
from workflow.plan.building import NO, YES, all_of, surely, where_known
from workflow.plan.counted import Counting
from workflow.plan.credits import within
from workflow.plan.deciding import rows_told
from workflow.plan.delivered import complete_from, delivered, late, where_delivered
from workflow.plan.giving import given
from workflow.plan.ground import PayGround
from workflow.plan.limits import ELIGIBLE, SETTLED, SHUT, has_gate, line_type
from workflow.plan.measuring import takes
from workflow.plan.nodes import Aggregate, Emit, Lookup, Measure, Running, Take
from workflow.plan.opening import TOLD, after, covers, opened, with_opening
from workflow.plan.paying import asked_of, conditioned, finished, paid_once, settled
from workflow.plan.sharing import ROW, SOMEBODY, may_be_nobodys
from workflow.plan.stretches import since

ORDER = ("event.time", "event.source", "event")
"""The order in which totals run on; events of one source and instant are numbered by their sequence, then their id."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The steps of a clause's rows: those that it counts, those that it pays, and of these the lines."""

    counting: Counting
    counted: str
    paid: str
    lines: str


def paid(
    ground: PayGround,
    step: str,
    quotients: dict[str, Expression],
    credits_of: Mapping[str, str],
    held: Mapping[str, str],
) -> tuple[str, dict[str, Rows]]:
    """The subjects with every clause of pay, and the rows of those that are counted by events.

    `credits_of` are the steps of credited rows, by event type; `held` those of the openings which hold, by clause.
    """
    rows: dict[str, Rows] = {}
    for clause in ground.policy.pay:
        if clause.counted is None:
            step = paid_once(ground, step, clause, quotients)
        elif clause.counted.each is not None:
            counting = Counting(ground, clause, quotients, credits_of, step, held.get(clause.name))
            step, rows[clause.name] = paid_for_each(counting)
        else:
            asked = conditioned(ground, step, clause, quotients)
            counting = Counting(ground, clause, quotients, credits_of, asked, held.get(clause.name))
            step, rows[clause.name] = paid_by_stretch(counting)
    return step, rows


def paid_for_each(counting: Counting) -> tuple[str, Rows]:
    """A clause with `for each`: the subjects with its total, and its rows, one an event."""
    step = added = _adding(counting)
    stem, quantity = counting.stem, counting.counted.quantity
    if counting.runs:
        assert quantity is not None
        step = _running(counting, step)
        step = counting.keep(step, "credit.in period")
    elif quantity is not None:
        step = counting.derive(step, f"{stem}.total", Column(f"{stem}.on", counting.added), quantity.type)
    step = given(counting, step)
    difference = Column(f"{stem}.difference", counting.difference)
    step = finished(counting.ground, step, counting.clause, counting.quotient(difference))
    subjects = _totalled(counting, step)
    step = _due(counting, step, subjects)
    lines = counting.keep(step, f"{stem}.due", or_missing=True) if counting.ground.policy.limits else step
    return subjects, Rows(counting, added, step, lines)


def paid_by_stretch(counting: Counting) -> tuple[str, Rows]:
    """A clause that accumulates, paid once a period: the subjects with its line, and its rows, one a stretch."""
    step = counted = _adding(counting)
    ground, builder, stem = counting.ground, counting.ground.builder, counting.stem
    quantity = counting.counted.quantity
    assert quantity is not None
    earlier = Apply(Op.LT, (_day(counting), Literal(ground.occasion.first, DATE)), TRUTH)
    step = counting.derive(step, f"{stem}.before", earlier)
    added = summed(counting.added)
    sums = [Measure(f"{stem}.sum", Function.SUM, added, f"{stem}.on")]
    sums.append(Measure(f"{stem}.sum.before", Function.SUM, added, f"{stem}.on", f"{stem}.before"))
    by = ("credit.person", f"{stem}.since")
    step = builder.add(f"{stem} by stretch", Aggregate(step, by, tuple(sums)))
    step = opened(counting, step)
    for name in ("total", "total.before"):
        total = Column(f"{stem}.sum{name.removeprefix('total')}", added)
        step = counting.derive(step, f"{stem}.{name}", with_opening(counting, total), quantity.type)
    step = _with_results(counting, step)
    step = given(counting, step)
    return _together(counting, step), Rows(counting, counted, step, step)


def emit_steps(rows: Rows, name: str) -> None:
    """The output `name`: the rows of a clause, with every value that leads to what each is paid."""
    counting = rows.counting
    stem, clause, counted = counting.stem, counting.clause, counting.counted
    names = [("person", "person")]
    if counted.each is not None:
        names += [(each, each) for each in ("event", "event.id", "event.day", "credit.reversal", f"{stem}.when")]
        told = dict(counting.read())
        names += [(column.name, each) for each, column in told.items() if not column.name.startswith("result.")]
        names += [(each.name, each.name) for each in counting.of_day()]
    if counted.each is None or counted.over is not Over.EVENT:
        names.append((f"{stem}.since", f"{stem}.since"))
    own = [f"{stem}.on"] if counted.each is not None and counted.quantity is not None else []
    own += [f"{stem}.opening", *(f"{stem}.opening.{name}" for name in TOLD)] if counting.opening is not None else []
    own += [f"{stem}.total.before"] if counting.runs else []
    own += [f"{stem}.total"] if counted.quantity is not None else []
    if clause.decision is not None:
        own += rows_told(stem, clause.decision)
    own += [f"{stem}.rate"] if clause.rate is not None or clause.decision is not None else []
    for side in ("earlier", "through") if counting.runs else ("through",):
        if clause.table is not None:
            own += [f"{stem}.{side}.row", f"{stem}.{side}.rate"]
            parts = range(1, len(clause.table.rows) + 1) if clause.table.mode is Mode.MARGINAL else ()
            own += [f"{stem}.{side}.part.{number}" for number in parts]
        own.append(f"{stem}.{side}")
    if clause.table is not None and clause.table.rest is not None:
        own += [f"{stem}.kept.before"] if counting.runs else []
        own.append(f"{stem}.kept")
    own.append(f"{stem}.full")
    own += [f"{stem}.exact", stem, f"{stem}.due"] if counted.each is not None else []
    names += [(each, each) for each in own]
    order = ("person", *ORDER) if counted.each is not None else ("person", f"{stem}.since")
    counting.ground.builder.emit(name, Emit(rows.paid, tuple(dict.fromkeys(names)), order))


def _together(counting: Counting, step: str) -> str:
    """The subjects with the sum of what their stretches are paid, its proration, and the line."""
    builder, stem = counting.ground.builder, counting.stem
    of = summed(counting.difference)
    whole = Measure(f"{stem}.stretches", Function.SUM, of, f"{stem}.difference", too_large=_too_large(counting))
    together = builder.add(f"{stem} by person", Aggregate(step, ("credit.person",), (whole,)))
    take = (Take(whole.name, whole.name, _nothing(counting)),)
    found = Column(f"{stem}.found", TRUTH)
    person = (("person", "credit.person"),)
    subjects = builder.add("subjects", Lookup(counting.subjects, together, person, take, found=found.name))
    quantity, policy = counting.counted.quantity, counting.ground.policy
    assert quantity is not None
    measure = next(each for each in policy.measures if each.name == quantity.measure)
    period = Column(measure.name, measure.type)
    # Where the period's own result is missing, so is what is paid for it.
    result = Apply(Op.IF, (found, Column(whole.name, of), Literal(Decimal(0), of)), of)
    known: Expression = Apply(Op.IF, (Apply(Op.EQ, (period, period), TRUTH), result, result), of)
    if delivered(counting) == "part":
        subjects, covered = covers(counting, subjects, complete_from(counting))
        known = Apply(Op.IF, (covered, known, Missing(late(counting), of)), of)
    subjects = counting.derive(subjects, f"{stem}.sum", known)
    total = Column(f"{stem}.sum", of)
    quotient = counting.quotient(total)
    subjects = counting.derive(subjects, f"{stem}.full", quotient or total, counting.clause.type)
    subjects = finished(counting.ground, subjects, counting.clause, quotient)
    return settled(counting.ground, subjects, counting.clause)


def _totalled(counting: Counting, step: str) -> str:
    """The subjects with the sum of their lines, in `pay.c`, how many they are, and whether more may be to come.

    Nothing recorded is no line where all has been delivered. Else it is not known what there is to be paid.
    """
    stem, line = counting.stem, line_type(counting.ground)
    zero, step = Literal(Decimal(0), line), _added_up(counting, step)
    state = delivered(counting)
    none: Expression = Apply(Op.NOT, (Column(f"{stem}.found", TRUTH),), TRUTH)
    total: Expression = Column(f"{stem}.sum", line)
    number: Expression = Column(f"{stem}.count", COUNT)
    waits: Expression = none
    if state != "undeclared":
        total = Apply(Op.IF, (none, Literal(Decimal(0), line), total), line)
        number = Apply(Op.IF, (none, Literal(Decimal(0), COUNT), number), COUNT)
        waits = NO
    if state == "part":
        step, covered = covers(counting, step, complete_from(counting))
        total = Apply(Op.IF, (covered, total, Missing(late(counting), line)), line)
        number = Apply(Op.IF, (covered, number, Missing(late(counting), COUNT)), COUNT)
        waits = Apply(Op.NOT, (covered,), TRUTH)
    step = counting.derive(step, f"{stem}.lines", number)
    some = Apply(Op.GT, (Column(f"{stem}.lines", COUNT), Literal(Decimal(0), COUNT)), TRUTH)
    step = counting.derive(step, asked_of(counting.ground, counting.clause).name, all_of(ELIGIBLE, some))
    step = settled(counting.ground, counting.derive(step, stem, total), counting.clause)
    paying = _unless_shut(counting, Apply(Op.IS_MISSING, (Column(f"{stem}.when", TRUTH),), TRUTH), YES)
    step = counting.derive(step, f"{stem}.open", NO if waits == NO else all_of(ELIGIBLE, waits, paying))
    sum_known = Apply(Op.IF, (none, zero, Column(f"{stem}.sure", line)), line)
    held = _unless_shut(counting, Column(f"{stem}.when", TRUTH), sum_known, zero)
    return counting.derive(step, f"{stem}.known", held)


def _added_up(counting: Counting, step: str) -> str:
    """The subjects with the sum of their lines, of those that are known, and how many they are, where there are any."""
    builder, stem, line = counting.ground.builder, counting.stem, line_type(counting.ground)
    count = Measure(f"{stem}.count", Function.COUNT, COUNT, where=f"{stem}.when")
    whole = Measure(f"{stem}.sum", Function.SUM, line, f"{stem}.line", f"{stem}.when", too_large=_too_large(counting))
    step = counting.derive(step, f"{stem}.line", Column(stem, line))
    zero = Literal(Decimal(0), line)
    told = Apply(Op.IF, (Column(f"{stem}.when", TRUTH), Column(stem, line), zero), line)
    step = counting.derive(step, f"{stem}.told", where_known(told, zero))
    sure = Measure(f"{stem}.sure", Function.SUM, line, f"{stem}.told", too_large=_too_large(counting))
    together = builder.add(f"{stem} by person", Aggregate(step, ("credit.person",), (count, whole, sure)))
    nothing = _nothing(counting)
    take = tuple(Take(each.name, each.name, nothing) for each in (count, whole, sure))
    person = (("person", "credit.person"),)
    return builder.add("subjects", Lookup(counting.subjects, together, person, take, found=f"{stem}.found"))


def _unless_shut(counting: Counting, open_: Expression, then: Expression, otherwise: Expression = NO) -> Expression:
    """`then`, but where the gate is surely shut only if `open_` holds: what isn't known is then taken whole."""
    if not has_gate(counting.ground.policy.limits):
        return then
    chosen = Apply(Op.IF, (open_, then, otherwise), then.type)
    return Apply(Op.IF, (surely(SHUT), chosen, then), then.type)


def _due(counting: Counting, step: str, subjects: str) -> str:
    """The rows with `pay.c.due`, whether each is a line: the clause applies, and what limits make of that."""
    builder, stem, limits = counting.ground.builder, counting.stem, counting.ground.policy.limits
    applies = Column(f"{stem}.when", TRUTH)
    if not limits:
        return counting.derive(step, f"{stem}.due", applies)
    names = [(SETTLED.name, SETTLED.name), (f"{stem}.when", f"{stem}.settled")]
    names += [(SHUT.name, SHUT.name)] if has_gate(limits) else []
    take = tuple(Take(name, own) for name, own in names)
    step = builder.add(builder.stem(step), Lookup(step, subjects, (("credit.person", "person"),), take))
    due = _unless_shut(counting, Column(f"{stem}.settled", TRUTH), all_of(applies, SETTLED))
    return counting.derive(step, f"{stem}.due", due)


def _adding(counting: Counting) -> str:
    """The rows that count, of those days over which borders are counted, with what each adds."""
    stem, counted = counting.stem, counting.counted
    step = counting.credited[counting.event]
    if may_be_nobodys(counting.ground.events[counting.event]):
        step = counting.keep(step, SOMEBODY)
    step = _within(counting, step)
    if counted.each is not None:
        step = _with_results(counting, step)
    step = counting.derive(step, f"{stem}.when", _condition(counting))
    step = counting.keep(step, f"{stem}.when", or_missing=True)
    if counted.quantity is not None:
        value = _value(counting)
        # A row that may count makes the totals missing, with the reasons for which it may not.
        counts = Column(f"{stem}.when", TRUTH)
        name = f"{stem}.own" if counting.doubles else f"{stem}.on"
        step = counting.derive(step, name, Apply(Op.IF, (counts, value, value), value.type))
    return _once(counting, step) if counting.doubles else step


def _once(counting: Counting, step: str) -> str:
    """One row for each event and person, with what all add together, where an event may go to one in several ways."""
    builder, stem, of = counting.ground.builder, counting.stem, summed(COUNT)
    event = ("credit.person", "event")
    one = counting.derive(step, f"{stem}.one", Literal(Decimal(1), COUNT))
    turn = Running(one, f"{stem}.turn", f"{stem}.one", event, ROW, of)
    first = Apply(Op.EQ, (Column(f"{stem}.turn", of), Literal(Decimal(1), of)), TRUTH)
    kept = counting.keep(
        counting.derive(builder.add(builder.stem(step), turn), f"{stem}.first", first), f"{stem}.first"
    )
    if counting.counted.quantity is None:
        return kept
    own = Measure(f"{stem}.on", Function.SUM, counting.added, f"{stem}.own", too_large=_too_large(counting))
    together = builder.add(f"{stem} by event", Aggregate(step, event, (own,)))
    take = (Take(own.name, own.name),)
    return builder.add(builder.stem(step), Lookup(kept, together, tuple((name, name) for name in event), take))


def _within(counting: Counting, step: str) -> str:
    """The rows of the days over which borders are counted, with the first day of each one's stretch."""
    over, stem = counting.counted.over, counting.stem
    if over is Over.EVENT and counting.runs:
        return step
    step = counting.keep(step, within(counting.counted.window))
    if over is Over.EVENT:
        return step
    day = _day(counting)
    step = counting.derive(step, f"{stem}.since", since(counting.ground.occasion, counting.counted, day))
    return after(counting, opened(counting, step), day)


def _day(counting: Counting) -> Column:
    """The day on which a row counts: of a return its own, or its deal's, as the policy says."""
    reversal = counting.ground.policy.reversal
    own = reversal is None or reversal.count == "in own period"
    return Column("event.day" if own else "credit.day", DATE)


def _condition(counting: Counting) -> Expression:
    """Whether a row counts: for whom it belongs to, in the measure that is added up, by the clause's condition."""
    quantity, clause = counting.counted.quantity, counting.clause
    parts: list[Expression] = [Column("credit.belongs", TRUTH)]
    if quantity is None or counting.ground.policy.claw_back is not None:
        parts.append(Apply(Op.NOT, (Column("credit.reversal", TRUTH),), TRUTH))
    if quantity is not None and quantity.measure is not None:
        measure = next(each for each in counting.ground.policy.measures if each.name == quantity.measure)
        parts.append(takes(counting.ground.policy, measure))
    if counting.counted.each is not None and clause.when is not None:
        parts.append(counting.own(clause.when))
    return all_of(*parts)


def _value(counting: Counting) -> Expression:
    """What an event adds: 1, or the field's value as it is credited."""
    quantity, of = counting.counted.quantity, counting.added
    assert quantity is not None
    if quantity.field is None:
        return Literal(Decimal(1), of)
    whole = share_type(counting.ground.policy.credit.get(quantity.event)) is None
    return Column(f"{quantity.field}.{'counted' if whole else 'credited'}", of)


def _with_results(counting: Counting, step: str) -> str:
    """The rows of those who have a result, with what the clause reads of it."""
    builder, stem = counting.ground.builder, counting.stem
    person = (("credit.person", "person"),)
    found = f"{stem}.subject"
    step = builder.add(builder.stem(step), Lookup(step, counting.subjects, person, (), found=found))
    step = counting.keep(step, found)
    read = dict.fromkeys(column.name for _, column in counting.read() if column.name.startswith("result."))
    take = tuple(Take(name.removeprefix("result."), name) for name in read)
    return builder.add(builder.stem(step), Lookup(step, counting.subjects, person, (Take("person", "person"), *take)))


def _running(counting: Counting, step: str) -> str:
    """The totals up to each row and before it, in each stretch anew; a return runs on with its deal or its stretch."""
    builder, stem, quantity = counting.ground.builder, counting.stem, counting.counted.quantity
    assert quantity is not None
    added = counting.added
    group = "credit.event" if counting.counted.over is Over.EVENT else f"{stem}.since"
    running = Column(f"{stem}.running", summed(added))
    node = Running(step, running.name, f"{stem}.on", ("credit.person", group), ORDER, running.type)
    step = builder.add(builder.stem(step), node)
    whole = where_delivered(counting, with_opening(counting, running), _day(counting))
    step = counting.derive(step, f"{stem}.total", whole, quantity.type)
    total, own = Column(f"{stem}.total", quantity.type), Column(f"{stem}.on", added)
    before = Apply(Op.SUB, (total, own), sum_type(quantity.type, added))
    return counting.derive(step, f"{stem}.total.before", before, quantity.type)


def _nothing(counting: Counting) -> int:
    return counting.ground.builder.cause(
        "nothing-recorded", counting.clause.span, name=counting.clause.name, event=counting.event
    )


def _too_large(counting: Counting) -> int:
    return counting.ground.builder.cause("too-large", counting.clause.span, name=counting.clause.name)
