"""Random plans over random evidence: every node, every operator, every way to be missing."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from tests.engines.formulas import CAUSES, EXACT, OWN_CAUSES, Formulas
from tests.engines.recorded import DEAL, PARTS, PERIODS, PERSON
from workflow.columns.keys import keys_of
from workflow.model.sizes import quotient_type, sum_can_overflow
from workflow.model.terms import Function, Mode, Yields
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, TRUTH, Kind, Type, money, ratio, summed
from workflow.plan.kernels import Hysteresis
from workflow.plan.nodes import (
    Aggregate,
    Apportion,
    Cause,
    Derive,
    EachPart,
    EachPeriod,
    EachSuperior,
    EachWithin,
    Emit,
    Events,
    Expand,
    Filter,
    Fold,
    Lookup,
    Measure,
    Node,
    Plan,
    Register,
    Running,
    Step,
    Take,
    TierRow,
    Tiers,
    Union,
)
from workflow.plan.relations import fields_of


class Builder:
    """Grows a plan step by step; a step that would not be well-formed is left out."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.steps = [
            Step("deals", Events("deal", DEAL)),
            Step("people", Register("people", "id", PERSON)),
            Step("periods", PERIODS),
            Step("parts", Events("deal", PARTS, "splits")),
        ]
        self.fields = fields_of(self._plan())

    def _plan(self) -> Plan:
        return Plan(tuple(self.steps), tuple(Cause(f"cause-{i}") for i in range(CAUSES)))

    def plan(self, size: int) -> Plan:
        """A plan of about `size` steps beyond the recorded ones, whose leaves, and some others, are put out."""
        motifs: tuple[Callable[[str], None], ...] = (
            self.derive, self.derive, self.derive, self.filter, self.person_of, self.fact_of, self.aggregate,
            self.aggregate, self.running, self.tiers, self.tiers, self.apportion, self.periods, self.superiors,
            self.parts, self.within, self.union, self.fold,
        )  # fmt: skip
        for _ in range(size):
            self.rng.choice(motifs)(self._some_step())
        for name in list(self.fields):
            if name not in ("periods", "people", "parts") and (self.rng.random() < 0.3 or name == self.steps[-1].name):
                self.emit(name)
        if not any(isinstance(step.node, Emit) for step in self.steps):
            self.emit("deals")
        return self._plan()

    def _some_step(self) -> str:
        names = [name for name in self.fields if name not in ("periods", "parts") and not name.startswith("out.")]
        return self.rng.choice([*names, *names[-2:], names[-1], "deals"])

    def add(self, node: Node, prefix: str = "") -> str | None:
        """The new step's name, or None if the plan would not be well-formed."""
        name = f"{prefix}S{len(self.steps)}"
        self.steps.append(Step(name, node))
        try:
            self.fields = fields_of(self._plan())
        except AssertionError:
            self.steps.pop()
            return None
        return name

    def names(self, of: str, *kinds: Kind, known: bool = False) -> list[str]:
        """The columns of some kinds; `known`: that are never missing."""
        return [f.name for f in self.fields[of] if f.type.kind in kinds and not (known and f.maybe)]

    def cause(self) -> int:
        """A cause, any of them."""
        return self.rng.choice(OWN_CAUSES)

    def fresh(self) -> str:
        """A name that no column has yet."""
        return f"{self.rng.choice(('v', 'V'))}{len(self.steps)}"

    def derive(self, of: str, kind: Kind | None = None) -> None:
        """A column."""
        kinds = (
            Kind.MONEY,
            Kind.MONEY,
            Kind.RATIO,
            Kind.NUMBER,
            Kind.TRUTH,
            Kind.TRUTH,
            Kind.TEXT,
            Kind.DATE,
            Kind.ELAPSED,
        )
        formulas = Formulas(self.rng, self.fields[of])
        expression = formulas.of_kind(kind or self.rng.choice(kinds), self.rng.randint(1, 4))
        self.add(formulas.derived(of, self.fresh(), expression))

    def condition(self, of: str) -> tuple[str, str] | None:
        """A step with a truth column, and the column."""
        formulas = Formulas(self.rng, self.fields[of])
        name = self.fresh()
        step = self.add(formulas.derived(of, name, formulas.truth(2)))
        return None if step is None else (step, name)

    def filter(self, of: str) -> None:
        """Some of the rows."""
        found = self.condition(of)
        if found is not None:
            self.add(Filter(*found, or_missing=self.rng.random() < 0.4))

    def person_of(self, of: str) -> None:
        """The person's row on a day."""
        texts, days = self.names(of, Kind.TEXT), self.names(of, Kind.DATE)
        if not texts or not days:
            return
        key = "seller" if "seller" in texts else self.rng.choice(texts)
        absent = self.cause() if self.rng.random() < 0.95 else None
        take = tuple(
            Take(name, f"{self.fresh()}.{name}", absent)
            for name in ("base", "share", "boss")
            if self.rng.random() < 0.8
        )
        found = f"{self.fresh()}.there" if self.rng.random() < 0.5 else None
        self.add(Lookup(of, "people", ((key, "id"),), take, self.rng.choice(days), found=found))

    def fact_of(self, of: str) -> None:
        """The row of another step, by its keys if they are here, else by anything."""
        other = self._some_step()
        keys = [name for name in self.names(other, Kind.TEXT, Kind.NUMBER, Kind.DATE) if name in dict(self._typed(of))]
        if not keys:
            return
        proven = [key for key in keys_of(self._plan())[other].always if key and key <= set(keys)]
        chosen = sorted(proven[0]) if proven and self.rng.random() < 0.9 else self.rng.sample(keys, 1)
        columns = [f.name for f in self.fields[other]]
        taken = self.rng.sample(columns, min(len(columns), 3))
        take = tuple(Take(name, f"{self.fresh()}.{i}", self.cause()) for i, name in enumerate(taken))
        found = f"{self.fresh()}.there" if self.rng.random() < 0.5 else None
        self.add(Lookup(of, other, tuple((key, key) for key in chosen), take, found=found))

    def _typed(self, of: str) -> list[tuple[str, Type]]:
        return [(field.name, field.type) for field in self.fields[of]]

    def group(self, of: str) -> tuple[str, ...]:
        """Columns to group by: mostly ones that are never missing."""
        kinds = (Kind.TEXT, Kind.DATE, Kind.ORDERED, Kind.TRUTH)
        names = self.names(of, *kinds, known=self.rng.random() < 0.95)
        preferred = [name for name in ("seller", "id", "period", "superior.person") if name in names]
        luck = self.rng.random()
        if luck < 0.08 or not names:
            return ()
        return (
            tuple(self.rng.sample(preferred or names, 1))
            if luck < 0.7
            else tuple(self.rng.sample(names, min(2, len(names))))
        )

    def order(self, of: str) -> tuple[str, ...]:
        """Columns that order all rows: a proven key, or now and then anything."""
        proven = sorted(sorted(key) for key in keys_of(self._plan())[of].always)
        known = [field.name for field in self.fields[of] if not field.maybe]
        if proven and self.rng.random() < 0.97:
            order = self.rng.choice(proven) or known[:1]
            return (*self.rng.sample(known, 1), *order) if known and self.rng.random() < 0.3 else tuple(order)
        return tuple(known) if known and self.rng.random() < 0.8 else (self.rng.choice(self.fields[of]).name,)

    def aggregate(self, of: str) -> None:
        """Groups, half of the time of what a condition has been derived for."""
        if self.rng.random() < 0.6:
            found = self.condition(of)
            of = found[0] if found is not None else of
        measures = [self.measure(of, f"{self.fresh()}.m{i}") for i in range(self.rng.randint(1, 4))]
        self.add(Aggregate(of, self.group(of), tuple(m for m in measures if m is not None)))

    def measure(self, of: str, name: str) -> Measure | None:
        """A measure of any function, or None where there is nothing to measure."""
        function = self.rng.choice(list(Function))
        truths = self.names(of, Kind.TRUTH)
        where = self.rng.choice(truths) if truths and self.rng.random() < 0.6 else None
        empty = self.cause() if where is not None or self.rng.random() < 0.3 else None
        if function is Function.COUNT:
            return Measure(name, function, COUNT, where=where, empty=empty if self.rng.random() < 0.2 else None)
        kinds: tuple[Kind, ...] = (Kind.MONEY, Kind.NUMBER, Kind.RATIO, Kind.ELAPSED)
        if function is Function.LATEST:
            value = self.rng.choice(self.fields[of])
            return Measure(name, function, value.type, value.name, where, self.order(of), empty)
        if function is not Function.SUM:
            kinds = (*kinds, Kind.DATE, Kind.INSTANT)
        names = self.names(of, *kinds)
        if not names:
            return None
        source = dict(self._typed(of))[self.rng.choice(names)]
        chosen = self.rng.choice([n for n, t in self._typed(of) if t == source])
        if function is not Function.SUM:
            return Measure(name, function, source, chosen, where, empty=empty)
        to = summed(source) if source.is_numeric else source
        if source.is_numeric and self.rng.random() < 0.1:
            to = source
        large = self.cause() if sum_can_overflow(source, to) or self.rng.random() < 0.1 else None
        empty = empty if self.rng.random() < 0.4 else None
        return Measure(name, function, to, chosen, where, empty=empty, too_large=large)

    def running(self, of: str) -> None:
        """A running total."""
        names = self.names(of, Kind.MONEY, Kind.NUMBER, Kind.RATIO, Kind.ELAPSED)
        if not names:
            return
        value = self.rng.choice(names)
        source = dict(self._typed(of))[value]
        to = summed(source) if source.is_numeric and self.rng.random() < 0.8 else source
        large = self.cause() if sum_can_overflow(source, to) else None
        self.add(Running(of, self.fresh(), value, self.group(of), self.order(of), to, large))

    def fold(self, of: str) -> None:
        """Tiers, decided along the rows of a group; `test_folds` has periods that follow each other."""
        by, truths = self.group(of), self.names(of, Kind.TRUTH)
        if not truths:
            return
        kernel = Hysteresis(self.rng.choice((2, 3)), self.rng.randint(0, 2), self.rng.randint(0, 1))
        one, none = (f"{self.fresh()}.{word}" for word in ("one", "none"))
        counted = self.add(Derive(of, one, Literal(Decimal(1), COUNT), COUNT))
        ready = self.add(Derive(counted, none, Literal(Decimal(0), COUNT), COUNT)) if counted else None
        if ready is not None:
            asked = tuple(self.rng.choice(truths) for _ in kernel.truths)
            self.add(Fold(ready, self.fresh(), by, self.order(of), kernel, (one, one, none, *asked)))

    def apportion(self, of: str) -> None:
        """A group's sum, looked up again and divided by weights that are not negative (but for a few)."""
        by = self.group(of)
        names = self.names(of, Kind.MONEY)
        weights = [f for f in self.fields[of] if f.type.kind in (Kind.NUMBER, Kind.RATIO) and f.type.precision <= 27]
        if not names or not weights or not by:
            return
        value, weight = self.rng.choice(names), self.rng.choice(weights)
        source = dict(self._typed(of))[value]
        to = summed(source)
        total = f"{self.fresh()}.total"
        large = self.cause() if sum_can_overflow(source, to) else None
        sums = self.add(Aggregate(of, by, (Measure(total, Function.SUM, to, value, too_large=large),)))
        if sums is None:
            return
        looked = self.add(Lookup(of, sums, tuple((name, name) for name in by), (Take(total, total, self.cause()),)))
        zero = Literal(Decimal(0), weight.type.sized(weight.type.precision, weight.type.scale))
        column = Column(weight.name, weight.type)
        positive = Apply(Op.MAX, (column, zero), weight.type) if self.rng.random() < 0.97 else column
        name = self.fresh()
        if looked is None:
            return
        weighed = self.add(Derive(looked, name, positive, weight.type))
        if weighed is not None:
            part = to.sized(min(to.precision + 2, 38), min(to.scale + self.rng.choice((0, 2)), 38))
            self.add(
                Apportion(weighed, self.fresh(), total, name, by, self.order(weighed), part, self.cause(), self.cause())
            )

    def periods(self, of: str) -> None:
        """A row for each period."""
        self.add(Expand(of if {"from", "through"} <= dict(self._typed(of)).keys() else "people", EachPeriod("periods")))

    def superiors(self, of: str) -> None:
        """A row for each person above."""
        texts, days = self.names(of, Kind.TEXT), self.names(of, Kind.DATE)
        if texts and days:
            person = "seller" if "seller" in texts else self.rng.choice(texts)
            levels = self.rng.choice((None, None, 1, 2))
            rate = self.rng.choice((None, *self.names("people", Kind.NUMBER)))
            self.add(Expand(of, EachSuperior("people", "id", "boss", person, self.rng.choice(days), levels, rate)))

    def parts(self, of: str) -> None:
        """A row for each part of an event, known or not."""
        numbers = [field.name for field in self.fields[of] if field.type == COUNT]
        if numbers:
            event = "event" if "event" in numbers and self.rng.random() < 0.9 else self.rng.choice(numbers)
            self.add(Expand(of, EachPart("parts", event)))

    def within(self, of: str) -> None:
        """A row for each dated row of people within days of their own."""
        days = self.names(of, Kind.DATE)
        texts = self.names(of, Kind.TEXT)
        if days and texts:
            taken = self.names("people", Kind.NUMBER)[:1]
            take = tuple((name, f"{self.fresh()} {name}") for name in ("from", *taken))
            bounds = (self.rng.choice(days), self.rng.choice(days))
            self.add(Expand(of, EachWithin("people", ((self.rng.choice(texts), "id"),), "from", *bounds, take)))

    def union(self, of: str) -> None:
        """Two looks at one step: where a condition holds, and where it does not or is missing."""
        found = self.condition(of)
        if found is None:
            return
        step, name = found
        other = self.fresh()
        turned = self.add(Derive(step, other, Apply(Op.NOT, (Column(name, TRUTH),), TRUTH), TRUTH))
        if turned is None:
            return
        yes = self.add(Filter(turned, name))
        no = self.add(Filter(turned, other, or_missing=self.rng.random() < 0.5))
        if yes is not None and no is not None:
            self.add(Union((yes, no)))

    def tiers(self, of: str) -> None:
        """A table of any mode, its borders near what people write."""
        rng, formulas = self.rng, Formulas(self.rng, self.fields[of])
        amounts = self.names(of, Kind.MONEY)
        if not amounts:
            return
        types = dict(self._typed(of))
        on = Column(name := rng.choice(amounts), types[name])
        unit = Column(name := rng.choice(amounts), types[name])
        mode = rng.choice(list(Mode))
        yields = rng.choice((Yields.RATE, Yields.FACTOR, Yields.AMOUNT)) if mode is Mode.WHOLE else Yields.RATE
        by: Expression = on
        quotient = rng.random() < 0.6
        if quotient:
            by = Apply(Op.DIV, (on, unit), quotient_type(on.type, unit.type, Kind.RATIO))
        elif mode is not Mode.MARGINAL:
            by = formulas.leaf(Kind.RATIO)
        if isinstance(by, Literal):
            return
        rate_type = ratio(9, 6) if yields is not Yields.AMOUNT else money("CNY", 18, 4)
        rows = self._tier_rows(by.type, rate_type, formulas)
        pay = money("CNY", rng.choice((38, 38, 30, 18)), rng.choice((4, 4, 2, 8)))
        below = self._gives(rate_type, formulas) if mode is Mode.INTERPOLATED and rng.random() < 0.7 else None
        kept = None if yields is Yields.AMOUNT else on
        per = unit if quotient and mode is Mode.MARGINAL else None
        name = self.fresh()
        self.add(Tiers(of, name, by, kept, mode, yields, rows, rate_type, pay, per, below, self.cause(), self.cause()))

    def _tier_rows(self, of: Type, rate_type: Type, formulas: Formulas) -> tuple[TierRow, ...]:
        rng = self.rng
        border_type = of.sized(rng.choice((3, 6, 12)), rng.choice((0, 2, 3)))
        limit = 10**border_type.precision - 1
        near = {
            rng.choice((0, 1, 50, 80, 100, 100, 120, 500, -5, rng.randint(-limit, limit)))
            for _ in range(rng.randint(1, 4))
        }
        borders = sorted({max(-limit, min(limit, unit)) for unit in near})
        return tuple(
            TierRow(
                Literal(EXACT.scaleb(Decimal(units), -border_type.scale), border_type), self._gives(rate_type, formulas)
            )
            for units in borders
        )

    def _gives(self, rate_type: Type, formulas: Formulas) -> Expression:
        fitting = [
            f
            for f in formulas.fields
            if f.type == rate_type or (rate_type.kind is Kind.RATIO and f.type == ratio(5, 4))
        ]
        if fitting and self.rng.random() < 0.4:
            chosen = self.rng.choice(fitting)
            return Column(chosen.name, chosen.type)
        units = self.rng.choice((0, 10_000, 20_000, 35_000, 120_000, -5_000, 1, self.rng.randint(-(10**7), 10**7)))
        return Literal(EXACT.scaleb(Decimal(units), -rate_type.scale), rate_type)

    def emit(self, of: str) -> None:
        """An output of all columns, or of some, under new names."""
        fields = self.fields[of]
        chosen = fields if self.rng.random() < 0.8 else self.rng.sample(fields, self.rng.randint(1, len(fields)))
        rename = "out." if self.rng.random() < 0.1 else ""
        order = self.order(of)
        self.add(Emit(of, tuple((field.name, rename + field.name) for field in chosen), order), "out.")


def plan(rng: random.Random) -> Plan:
    """A random plan."""
    return Builder(rng).plan(rng.randint(2, 9))
