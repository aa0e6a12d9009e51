"""The relation of each step: which fields it gives, and the proof that a plan is well-formed.

A plan that fails an assertion here was built wrongly by us: the checker has refused an author's mistakes long before.
Engines call `fields_of` first and rely on what it has shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflow.model.sizes import conversion_can_overflow, failures, product_can_overflow, size_of, sum_can_overflow
from workflow.model.terms import Function, Mode
from workflow.model.typed import Expression
from workflow.model.types import COUNT, DATE, MAX_DIGITS, SUM_DIGITS, TEXT, TRUTH, Type
from workflow.plan.formulas import can_be_missing, check_expression
from workflow.plan.nodes import (
    MAX_CAUSES,
    WIDE,
    Aggregate,
    Apportion,
    Derive,
    EachPart,
    EachPeriod,
    EachSuperior,
    EachWithin,
    Emit,
    Events,
    Expand,
    Field,
    Filter,
    Fold,
    Given,
    Lookup,
    Measure,
    Node,
    Periods,
    Plan,
    Register,
    Running,
    Tiers,
    Union,
    mask_of,
)
from workflow.plan.tables import check_tiers, part_type, products_can_overflow, table_can_overflow

Fields = tuple[Field, ...]

PERIOD_FIELDS: Fields = (Field("period", TEXT), Field("period.start", DATE), Field("period.end", DATE))
OVERLAP_FIELDS: Fields = (Field("overlap.from", DATE), Field("overlap.through", DATE), Field("overlap.days", COUNT))


def fields_of(plan: Plan) -> dict[str, Fields]:
    """The fields that each step gives, by the step's name; for an `Emit` those of the output, under their new names."""
    assert len(plan.causes) <= MAX_CAUSES, "more causes than a mask has bits"
    known: dict[str, Fields] = {}
    for step in plan.steps:
        assert step.name not in known, f"two steps are named {step.name}"
        fields = _Relation(known, len(plan.causes)).of(step.node)
        names = [
            name for field in fields for name in ((field.name, mask_of(field.name)) if field.maybe else (field.name,))
        ]
        assert len(names) == len(set(names)), f"{step.name} has a column twice: {sorted(names)}"
        known[step.name] = fields
    return known


def reads(node: Node) -> tuple[str, ...]:
    """The steps that a node reads, each as often as it names it."""
    match node:
        case Events() | Register() | Periods():
            return ()
        case Union(of=of):
            return of
        case Lookup(of=of, other=other):
            return (of, other)
        case Expand(of=of, by=by):
            return (of, _beside(by))
        case _:
            return (node.of,)


def _beside(by: EachPeriod | EachSuperior | EachPart | EachWithin) -> str:
    """The step that an Expand reads besides the one it expands."""
    match by:
        case EachPeriod(periods=periods):
            return periods
        case EachSuperior(register=register):
            return register
        case EachPart(parts=parts):
            return parts
        case EachWithin(other=other):
            return other


@dataclass(frozen=True, slots=True)
class _Relation:
    """What is known when a step is looked at: the earlier steps' fields and the number of causes."""

    known: Mapping[str, Fields]
    causes: int

    def of(self, node: Node) -> Fields:
        """The fields a node gives."""
        match node:
            case Events(fields=given, always=always) | Register(fields=given, always=always):
                return (*always, *self._given(given))
            case Periods(rows=rows):
                assert len({row[0] for row in rows}) == len(rows), "two periods of one name"
                assert all(start <= end for _, start, end in rows), "a period ends before it starts"
                return PERIOD_FIELDS
            case Filter(of=of, keep=keep):
                assert self._field(of, keep).type == TRUTH, f"{keep} is no condition"
                return self._fields(of)
            case Union(of=of):
                return self._union(of)
            case Emit(of=of, columns=columns, order=order):
                assert order, "an output has an order"
                for name in order:
                    self._field(of, name)
                return tuple(
                    Field(output, self._field(of, name).type, self._field(of, name).maybe) for name, output in columns
                )
            case _:
                return self._wider(node)

    def _wider(self, node: Derive | Lookup | Expand | Aggregate | Running | Tiers | Apportion | Fold) -> Fields:
        match node:
            case Derive():
                return (*self._fields(node.of), self._derive(node))
            case Lookup():
                return (*self._fields(node.of), *self._lookup(node))
            case Expand():
                return (*self._fields(node.of), *self._expand(node))
            case Aggregate():
                # INVARIANT: a key that is missing after all ends the run, so the groups' keys are known.
                keys = tuple(Field(name, self._field(node.of, name).type) for name in node.by)
                return (*keys, *(self._measure(node.of, measure) for measure in node.measures))
            case Running():
                return (*self._fields(node.of), self._running(node))
            case Tiers():
                return (*self._fields(node.of), *self._tiers(node))
            case Apportion():
                return (*self._fields(node.of), self._apportion(node))
            case Fold():
                # INVARIANT: as of an aggregate's keys.
                keys = tuple(Field(name, self._field(node.of, name).type) for name in node.by)
                return (*(keys if node.kernel.of_its_own else self._fields(node.of)), *self._fold(node))

    def _fields(self, step: str) -> Fields:
        assert step in self.known, f"{step} is no earlier step"
        return self.known[step]

    def _field(self, step: str, name: str) -> Field:
        found = [field for field in self._fields(step) if field.name == name]
        assert found, f"{step} has no column {name}"
        return found[0]

    def _cause(self, cause: int | None) -> bool:
        """Whether there is a cause; one outside the plan's table is refused."""
        assert cause is None or 0 <= cause < self.causes, f"cause {cause} is not in the plan's table"
        return cause is not None

    def _given(self, given: tuple[Given, ...]) -> Fields:
        return tuple(Field(field.name, field.type, self._cause(field.absent)) for field in given)

    def _expression(self, step: str, expression: Expression, node: Derive | Tiers) -> bool:
        """Whether the expression of a node, which must be well-formed, can be missing."""
        check_expression(expression, self._fields(step), self.causes)
        own = failures(expression)
        for name, fails in (
            ("zero_division", own.zero_division),
            ("too_large", own.too_large),
            ("undefined", own.undefined),
        ):
            assert self._cause(getattr(node, name)) or not fails, f"no cause of {name}: {expression}"
        return can_be_missing(expression, self._fields(step))

    def _derive(self, node: Derive) -> Field:
        maybe = self._expression(node.of, node.expression, node)
        source, to = node.expression.type, node.type
        assert (source.kind, source.unit) == (to.kind, to.unit), f"{node.name}: {source} is not {to}"
        large = conversion_can_overflow(source, to)
        assert not large or node.too_large is not None, f"{node.name}: no cause for too large a result"
        return Field(node.name, to, maybe or large)

    def _lookup(self, node: Lookup) -> Fields:
        for left, right in node.on:
            _same(self._field(node.of, left).type, self._field(node.other, right).type)
        if node.day is not None:
            days = (self._field(node.of, node.day), *(self._field(node.other, n) for n in (node.since, node.until)))
            assert all(field.type == DATE for field in days), "days are compared with days"
        taken = []
        for take in node.take:
            source = self._field(node.other, take.column)
            taken.append(Field(take.name, source.type, self._cause(take.absent) or source.maybe))
        return (*taken, Field(node.found, TRUTH)) if node.found is not None else tuple(taken)

    def _expand(self, node: Expand) -> Fields:
        by = node.by
        if isinstance(by, EachPeriod):
            for field in PERIOD_FIELDS:
                assert self._field(by.periods, field.name) == field
            for name in ("from", "through"):
                assert self._field(node.of, name) == Field(name, DATE)
            return (*PERIOD_FIELDS, *OVERLAP_FIELDS)
        if isinstance(by, EachPart):
            number, *added = self._fields(by.parts)
            assert number == Field("event", COUNT), f"{by.parts} are no parts of events"
            assert self._field(node.of, by.event).type == COUNT
            return tuple(added)
        if isinstance(by, EachWithin):
            return self._within(node.of, by)
        for name in (by.key, by.parent):
            assert self._field(by.register, name).type.is_textual
        for name in ("from", "through"):
            assert self._field(by.register, name) == Field(name, DATE)
        person = self._field(node.of, by.person)
        assert person.type.is_textual
        assert self._field(node.of, by.day).type == DATE
        above = (Field("superior.person", person.type), Field("superior.level", COUNT))
        if by.rate is None:
            return above
        rate = self._field(by.register, by.rate)
        assert rate.type.is_numeric, f"{by.rate} is no rate"
        return (*above, *(replace(rate, name=name) for name in ("superior.rate", "superior.below")))

    def _within(self, of: str, by: EachWithin) -> Fields:
        for left, right in by.on:
            _same(self._field(of, left).type, self._field(by.other, right).type)
        for step, name in ((by.other, by.day), (of, by.since), (of, by.until)):
            assert self._field(step, name).type == DATE, "days are compared with days"
        return tuple(replace(self._field(by.other, column), name=name) for column, name in by.take)

    def _measure(self, step: str, measure: Measure) -> Field:
        where = None if measure.where is None else self._field(step, measure.where)
        assert where is None or where.type == TRUTH
        maybe = (where is not None and where.maybe) | self._cause(measure.empty) | self._cause(measure.too_large)
        if measure.function is Function.COUNT:
            assert measure.value is None
            assert measure.type == COUNT
            return Field(measure.name, COUNT, maybe)
        assert measure.value is not None
        value = self._field(step, measure.value)
        if measure.function is Function.SUM:
            _summable(value.type, measure.type, measure.too_large)
        else:
            assert value.type == measure.type, f"{measure.name} is of another type than its values"
            assert measure.empty is not None or where is None, f"{measure.name}: no cause for no rows"
        if measure.function is Function.LATEST:
            assert measure.order, f"{measure.name}: latest by what?"
            for name in measure.order:
                self._field(step, name)
        elif measure.function is not Function.SUM:
            assert not value.type.is_textual, f"{measure.name}: texts have no extremes"
            assert value.type != TRUTH, f"{measure.name}: truth has no extremes"
        return Field(measure.name, measure.type, maybe or value.maybe)

    def _running(self, node: Running) -> Field:
        value = self._field(node.of, node.value)
        _summable(value.type, node.type, node.too_large)
        for name in (*node.by, *node.order):
            self._field(node.of, name)
        return Field(node.name, node.type, value.maybe | self._cause(node.too_large))

    def _tiers(self, node: Tiers) -> Fields:
        check_tiers(node)
        parts = [node.by, *(row.gives for row in node.rows)]
        parts += [column for column in (node.on, node.unit, node.below) if column is not None]
        maybe = [self._expression(node.of, part, node) for part in parts]
        missing = any(maybe) or table_can_overflow(node)
        large = self._cause(node.too_large) and products_can_overflow(node)
        added = [
            Field(f"{node.name}.row", COUNT, missing),
            Field(f"{node.name}.rate", node.rate_type, missing or (large and node.mode is Mode.INTERPOLATED)),
        ]
        if node.mode is Mode.MARGINAL:
            added += [Field(f"{node.name}.part.{i}", part_type(node), missing) for i in range(1, len(node.rows) + 1)]
        return (*added, Field(node.name, node.type, missing or large))

    def _apportion(self, node: Apportion) -> Field:
        total, weight = self._field(node.of, node.total), self._field(node.of, node.weight)
        for name in (*node.by, *node.order):
            self._field(node.of, name)
        assert (total.type.kind, total.type.unit) == (node.type.kind, node.type.unit)
        assert total.type.is_numeric
        assert weight.type.is_numeric
        assert total.type.scale <= node.type.scale, "a total has no digits that its parts can't have"
        assert not conversion_can_overflow(total.type, node.type), "a part may be as large as the total"
        assert weight.type.precision + SUM_DIGITS <= MAX_DIGITS, "weights add up within 38 digits"
        self._cause(node.zero_division)
        large = product_can_overflow(
            node.type, weight.type.sized(weight.type.precision + SUM_DIGITS, weight.type.scale)
        )
        assert self._cause(node.too_large) or not large, "no cause for too large a product"
        return Field(node.name, node.type, maybe=True)

    def _fold(self, node: Fold) -> Fields:
        kernel = node.kernel
        assert len(node.inputs) == len(kernel.inputs), f"{node.name}: a kernel has as many inputs as it names"
        for word, name in zip(kernel.inputs, node.inputs, strict=True):
            field = self._field(node.of, name)
            of = TRUTH if word in kernel.truths else WIDE if word in kernel.wide else COUNT
            assert field.type == of, f"{name} is of another type than {word}"
            assert word in kernel.open or not field.maybe, f"{name} may be missing, and {word} must not"
        for name in (*node.by, *node.order):
            self._field(node.of, name)
        return tuple(Field(f"{node.name}.{word}", WIDE if word in kernel.wide else COUNT) for word in kernel.outputs)

    def _union(self, of: tuple[str, ...]) -> Fields:
        assert of, "a union of nothing"
        inputs = [{field.name: field for field in self._fields(step)} for step in of]
        shared = [field for field in self._fields(of[0]) if all(field.name in fields for fields in inputs)]
        assert shared, f"{of} have no columns in common"
        for step, fields in zip(of, inputs, strict=True):
            for field in shared:
                assert field.type == fields[field.name].type, f"{field.name} is of another type in {step}"
        return tuple(
            Field(field.name, field.type, any(fields[field.name].maybe for fields in inputs)) for field in shared
        )


def _same(a: Type, b: Type) -> None:
    """Keys are equal texts, or equal values of one kind and size."""
    same = (a.kind, a.precision, a.scale, a.unit) == (b.kind, b.precision, b.scale, b.unit)
    assert same or (a.is_textual and b.is_textual), f"{a} is never equal to {b}"


def _summable(of: Type, to: Type, too_large: int | None) -> None:
    assert (of.kind, of.unit) == (to.kind, to.unit)
    assert size_of(of).scale == size_of(to).scale, "a sum keeps the digits of its values"
    assert too_large is not None or not sum_can_overflow(of, to), "no cause for too large a sum"
