"""Facts set by hand: recorded events that take the place of a measure or a value, for one person, while it is said.

Columns of a subject, for each fact `NAME` of the policy: `NAME.calculated`, what the policy's own words give;
`NAME.set`, what somebody set; `NAME.overridden`, the id of the event that did; and `NAME`, which everything else reads.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workflow.checks.builtin import OVERRIDDEN
from workflow.checks.calculated import CheckedMeasure, CheckedValue, EventType
from workflow.checks.facts import fact_name
from workflow.model.sizes import product_type, unified
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type, literal_type, number
from workflow.plan.building import NO, all_of, any_of
from workflow.plan.credits import FILTERED, OUT_OF_PERIOD, UNMATCHED, USED, givens
from workflow.plan.ground import Ground
from workflow.plan.measuring import ORDER
from workflow.plan.nodes import Aggregate, Derive, Emit, Events, Filter, Lookup, Measure, Take

OVERRIDES = "overrides"
"""The output that says of each override that counts what was set, for which days, why, and by whom."""
TOLD = ("fact", "value", "from", "until", "reason", "by")
"""Its columns, besides `person`, `event` and `event.id`."""

_FACT, _VALUE = Column("fact", TEXT), Column("value", TEXT)
_HERE, _COUNTS, _LATEST = "override.here", "override.counts", Column("override.latest", COUNT)


def overridden(ground: Ground, step: str, event: EventType) -> tuple[str, str]:
    """What was set by hand for the subjects of this period.

    Args:
        ground: what the policy stands on.
        step: the subjects.
        event: the type `fact.overridden`, as the workspace knows it.

    Returns:
        The subjects with `NAME.set` and `NAME.overridden` for each fact, and the step of all overrides with
        `event.disposition`.
    """
    rows = _chosen(ground, _placed(ground, step, event))
    won = ground.builder.add(OVERRIDDEN, Filter(rows, "override.wins"))
    columns = (("event", "event"), ("subject", "person"), ("event.id", "event.id"), *((name, name) for name in TOLD))
    ground.builder.emit(OVERRIDES, Emit(won, columns, ("event",)))
    return _set(ground, step, won), rows


def _placed(ground: Ground, step: str, event: EventType) -> str:
    """The overrides with whether each holds in the whole period, and counts: it names one of its facts and subjects."""
    builder, policy, place = ground.builder, ground.policy, ground.policy.span
    # The register's keys are texts.
    fields = tuple(replace(each, type=TEXT) if each.type.is_textual else each for each in event.fields.values())
    rows = builder.add(OVERRIDDEN, Events(OVERRIDDEN, givens(ground, event, fields)))
    first, last = (Literal(day, DATE) for day in (ground.occasion.first, ground.occasion.last))
    begun = Apply(Op.LE, (Column("from", DATE), first), TRUTH)
    rows = builder.derive(rows, _HERE, all_of(begun, Apply(Op.GE, (Column("until", DATE), last), TRUTH)), place)
    mine = any_of(*(_is(fact_name(policy.id, name)) for name in ground.overridable)) if ground.overridable else NO
    rows = builder.derive(rows, "override.mine", mine, place)
    rows = builder.add(OVERRIDDEN, Lookup(rows, step, (("subject", "person"),), (), found="override.subject"))
    counts = all_of(*(Column(name, TRUTH) for name in (_HERE, "override.mine", "override.subject")))
    return builder.derive(rows, _COUNTS, counts, place)


def _is(fact: str) -> Expression:
    """Whether an override names a fact."""
    return Apply(Op.EQ, (_FACT, Literal(fact, TEXT)), TRUTH)


def _chosen(ground: Ground, rows: str) -> str:
    """The overrides with what became of each: of those of one fact and person the latest counts."""
    builder, place = ground.builder, ground.policy.span
    same = ("subject", "fact")
    latest = Measure(_LATEST.name, Function.LATEST, COUNT, "event", order=ORDER)
    counting = builder.add(OVERRIDDEN, Filter(rows, _COUNTS))
    counting = builder.add(OVERRIDDEN, Aggregate(counting, same, (latest,)))
    take = (Take(_LATEST.name, _LATEST.name, _nobody(ground)),)
    rows = builder.add(OVERRIDDEN, Lookup(rows, counting, tuple((each, each) for each in same), take))
    is_latest = Apply(Op.EQ, (Column("event", COUNT), _LATEST), TRUTH)
    rows = builder.derive(rows, "override.wins", all_of(Column(_COUNTS, TRUTH), is_latest), place)
    used, filtered, elsewhere, nowhere = (
        Literal(Decimal(code), COUNT) for code in (USED, FILTERED, OUT_OF_PERIOD, UNMATCHED)
    )
    chosen = Apply(Op.IF, (Column("override.wins", TRUTH), used, filtered), COUNT)
    matched = Apply(Op.IF, (Column(_COUNTS, TRUTH), chosen, nowhere), COUNT)
    code = Apply(Op.IF, (Column(_HERE, TRUTH), matched, elsewhere), COUNT)
    return builder.derive(rows, "event.disposition", code, place)


def _nobody(ground: Ground) -> int:
    """The cause where nobody set anything; no result shows it."""
    return ground.builder.cause("not-overridden", ground.policy.span)


def _set(ground: Ground, step: str, won: str) -> str:
    """The subjects with what was set for them, fact by fact."""
    builder, place, nobody = ground.builder, ground.policy.span, _nobody(ground)
    unread = builder.cause("undefined", place, name=OVERRIDDEN)
    measures: list[Measure] = []
    for name, of in ground.overridable.items():
        here = Column(f"{name}.named", TRUTH)
        won = builder.derive(won, here.name, _is(fact_name(ground.policy.id, name)), place)
        said = _read(of)
        read = Apply(Op.IF, (here, said, Missing(nobody, said.type)), said.type)
        won = builder.add(OVERRIDDEN, Derive(won, f"{name}.value", read, of, too_large=unread, undefined=unread))
        measures += [
            Measure(f"{name}.set", Function.GREATEST, of, f"{name}.value", here.name, empty=nobody),
            Measure(f"{name}.overridden", Function.LATEST, TEXT, "event.id", here.name, ORDER, empty=nobody),
        ]
    if not measures:
        return step
    found = builder.add(OVERRIDDEN, Aggregate(won, ("subject",), tuple(measures)))
    take = tuple(Take(each.name, each.name, nobody) for each in measures)
    return builder.add(builder.stem(step), Lookup(step, found, (("person", "subject"),), take))


def _read(of: Type) -> Expression:
    """What the text of a value says, a number of its unit; intake has seen to its form."""
    if of.kind is Kind.NUMBER:
        return _number(_VALUE, of)
    if of.kind is Kind.RATIO:
        sign, digits, unit = "%", of.scale - 2, Literal(Decimal("0.01"), literal_type(of.kind, Decimal("0.01")))
    else:
        sign, digits, unit = f" {of.unit}", of.scale, _one(of)
    text = Apply(Op.BEFORE, (_VALUE, Literal(sign, TEXT)), TEXT)
    return _times(_number(text, number(of.precision, digits)), unit)


def _one(of: Type) -> Literal:
    return Literal(Decimal(1), literal_type(of.kind, Decimal(1), of.unit))


def _times(counted: Expression, unit: Literal) -> Apply:
    """So many of a unit."""
    of = product_type(counted.type, unit.type, unit.type.kind, unit.type.unit)
    assert of is not None, "a value set by hand has few digits"
    return Apply(Op.MUL, (counted, unit), of)


def _number(text: Expression, of: Type) -> Apply:
    return Apply(Op.NUMBER_OF, (text, Literal("", TEXT), Literal(".", TEXT)), of)


def settled_by_hand(
    ground: Ground, step: str, named_value: CheckedMeasure | CheckedValue, quotient: Expression | None
) -> tuple[str, Expression | None]:
    """The subjects with a fact as everything else reads it, and the quotient that it is, if it is one.

    What was set stands over 1 there, so that a border is compared with it and not with what was calculated.
    """
    name, place, builder = named_value.name, named_value.span, ground.builder
    of = ground.overridable.get(name)
    if of is None:
        return step, quotient
    lacking = Apply(Op.IS_MISSING, (Column(f"{name}.overridden", TEXT),), TRUTH)

    def unless(own: Expression, said: Expression) -> Expression:
        return Apply(Op.IF, (lacking, own, said), unified(own.type, said.type))

    own = Column(ground.calculated(name), named_value.type)
    step = builder.derive(step, name, unless(own, Column(f"{name}.set", of)), place, named_value.type)
    if not isinstance(quotient, Apply):
        return step, quotient
    over, under = quotient.args
    # `set` of the quotient is `set` times one of what is divided, over one of what divides.
    over, under = unless(over, _times(Column(f"{name}.set", of), _one(over.type))), unless(under, _one(under.type))
    step = builder.derive(step, f"{name}.over", over, place)
    step = builder.derive(step, f"{name}.under", under, place)
    parts = (Column(f"{name}.over", over.type), Column(f"{name}.under", under.type))
    return step, Apply(Op.DIV, parts, named_value.type, place)


def by_hand(ground: Ground, name: str) -> tuple[str, ...]:
    """The columns that tell a fact as it was calculated, and who overrode it."""
    return (ground.calculated(name), f"{name}.overridden") if name in ground.overridable else ()
