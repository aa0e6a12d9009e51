"""One clause of pay that is counted by events, in the making: its names, its types, and formulas over its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflow.checks.clauses import Counted, PayClause
from workflow.checks.measures import counted_type, in_currency
from workflow.checks.uses import columns_in, columns_read
from workflow.model.sizes import quotient_type, sum_type
from workflow.model.terms import Over
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, Kind, Type, literal_type
from workflow.plan.building import crossed, renamed
from workflow.plan.ground import PayGround
from workflow.plan.nodes import Filter
from workflow.plan.sharing import credit_of, may_double


@dataclass(frozen=True, slots=True)
class Counting:
    """One clause in the making.

    `credited` are the steps of credited rows, by event type; `subjects` is their step with all measures and values;
    `opening` that of the openings which hold, one a person and stretch, if any can be recorded.
    """

    ground: PayGround
    clause: PayClause
    quotients: Mapping[str, Expression]
    credited: Mapping[str, str]
    subjects: str
    opening: str | None = None

    @property
    def counted(self) -> Counted:
        """By what it is counted."""
        assert self.clause.counted is not None
        return self.clause.counted

    @property
    def stem(self) -> str:
        """The first part of the names of its columns."""
        return f"pay.{self.clause.name}"

    @property
    def event(self) -> str:
        """The event type whose events are counted."""
        return self.counted.event

    @property
    def returns(self) -> bool:
        """Whether what is counted is taken back by returns."""
        policy = self.ground.policy
        reduced = policy.reversal is not None and policy.reversal.of == self.event and policy.claw_back is None
        return self.counted.quantity is not None and reduced

    @property
    def runs(self) -> bool:
        """Whether there is a total before: with single events only where a return comes after its deal."""
        return self.counted.quantity is not None and (self.counted.over is not Over.EVENT or self.returns)

    def derive(self, step: str, name: str, expression: Expression, of: Type | None = None) -> str:
        """The step with a column more."""
        return self.ground.builder.derive(step, name, expression, self.clause.span, of)

    def keep(self, step: str, name: str, *, or_missing: bool = False) -> str:
        """The rows of the step for which a condition holds."""
        builder = self.ground.builder
        return builder.add(builder.stem(step), Filter(step, name, or_missing))

    @property
    def added(self) -> Type:
        """The type of what an event adds."""
        quantity, ground = self.counted.quantity, self.ground
        assert quantity is not None
        if quantity.field is None:
            return COUNT
        field = ground.events[quantity.event].fields[quantity.field]
        return counted_type(in_currency(field.type, ground.policy.currency), ground.policy.credit.get(quantity.event))

    @property
    def doubles(self) -> bool:
        """Whether one event can stand in several rows of one person, which pay for it together."""
        return self.counted.each is not None and may_double(
            credit_of(self.ground.policy, self.ground.events[self.event])
        )

    @property
    def difference(self) -> Type:
        """The type of what is given for one total less what is given for another."""
        return sum_type(self.counted.gives, self.counted.gives)

    def quotient(self, amount: Column) -> Apply | None:
        """What is paid, of pay that was scaled to make borders in the rest exact; None where it was not."""
        rest = self.clause.table.rest if self.clause.table is not None else None
        if rest is None or rest.scale == 1:
            return None
        scale = Literal(rest.scale, literal_type(Kind.NUMBER, rest.scale))
        return Apply(Op.DIV, (amount, scale), quotient_type(amount.type, scale.type, Kind.MONEY, amount.type.unit))

    def own(self, expression: Expression) -> Expression:
        """A formula over a row: the event's own fields, the person on its day, and the period's results."""
        return renamed(crossed(expression, self.quotients), dict(self.names(expression)))

    def names(self, expression: Expression | None) -> Iterator[tuple[str, Column]]:
        """The column of a row behind each name of a formula, unless that has the name itself."""
        each = self.counted.each
        fields = self.ground.events[each].fields if each is not None else {}
        opened = crossed(expression, self.quotients) if expression is not None else None
        for column in columns_in(opened):
            name, of = column.name, column.type
            if name in fields:
                yield name, Column(f"{name}.own" if of.is_numeric else name, of)
            elif name != "event.day" and not self._of_day(name):
                yield name, Column(f"result.{name}", of)

    def read(self) -> Iterator[tuple[str, Column]]:
        """Each name that the clause's formulas read, and the column of a row behind it."""
        clause, table = self.clause, self.clause.table
        own = self.counted.quantity.name if self.counted.quantity is not None else None
        parts: list[Expression] = [column for column in columns_read(clause) if column.name != own]
        if table is not None and table.by_name in self.quotients:
            parts.append(self.quotients[table.by_name])
        if clause.decision is not None:
            parts += [self.quotients[each.name] for each in clause.decision.inputs if each.name in self.quotients]
            parts += clause.decision.expressions
        parts += [each for each in (clause.when, clause.amount, clause.rate) if each is not None]
        parts += [row.gives for row in table.rows] if table is not None else []
        for part in parts:
            yield from self.names(part)

    def of_day(self) -> Iterator[Column]:
        """What the clause's formulas ask of the person as of the event's day."""
        yield from (column for column in columns_read(self.clause) if self._of_day(column.name))

    def _of_day(self, name: str) -> bool:
        """Whether a name means what holds on the event's day: of the person, or what stands of another policy."""
        each = self.counted.each
        if each is None or name.startswith("person."):
            return each is not None
        facts = self.ground.policy.facts
        return any(use.name == name and use.how == "standing" and each in use.of_events for use in facts)
