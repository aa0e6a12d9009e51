"""From events to credited rows: one row for each way in which an event counts for a person, with what conditions may
ask of it.

Columns added to those of the event: `credit.day` (the day that decides credit and the days served), `credit.in period`
and `credit.in WINDOW`, `credit.reached` (in any of several windows), `credit.belongs` (the person was there and
served), `credit.somebody` (there is a person at all), `credit.reversal` (whether it is a return), `credit.event` (its
number, of a return that of its deal), `credit.of` (where returns are clawed back: the same as an id), `FIELD.own` (an
amount in the policy's currency, as conditions read it), `FIELD.counted` (what it adds to a sum, negative where it is a
return), `person.COLUMN` for what conditions ask of the person as of that day, and those that `plan.sharing` adds: to
whom it goes, and by which share.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import CheckedField, EventType
from workflow.checks.checked import CheckedPolicy
from workflow.checks.measures import in_currency
from workflow.model.terms import THIS_PERIOD, Window
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type
from workflow.plan.building import NO, YES, all_of, any_of, is_known, surely, where_known
from workflow.plan.ground import Ground
from workflow.plan.groups import joined
from workflow.plan.nodes import Events, Given, Lookup, Take, Union
from workflow.plan.sharing import GIVEN, PERSON, SOMEBODY, credit_of, may_be_nobodys, shared_out
from workflow.plan.windows import Days, Reach

USED, FILTERED, OUT_OF_PERIOD, UNMATCHED = range(4)
"""What became of an event; the least that any of its rows, or any policy, gives it applies."""


def within(window: Window) -> str:
    """The column that says whether a credited row counts in a window."""
    return "credit.in period" if window == THIS_PERIOD else f"credit.in {window.words}"


def windows_over(policy: CheckedPolicy, event: str) -> tuple[Window, ...]:
    """The windows in which measures look at events of a type, the period first."""
    return tuple(sorted(policy.windows(event), key=lambda window: (window != THIS_PERIOD, window.words)))


def reached(policy: CheckedPolicy, event: str) -> str:
    """The column that says whether a credited row counts in any window that measures look at."""
    windows = windows_over(policy, event)
    return within(windows[0]) if len(windows) == 1 else "credit.reached"


def credited(ground: Ground, name: str, asked: tuple[str, ...]) -> str:
    """The step of credited rows of the events of type `name`; `asked` are the register's columns that are read."""
    event, policy = ground.events[name], ground.policy
    credit = credit_of(policy, event)
    reads = Reading(ground, event)
    step = reads.originals()
    if policy.reversal is not None and policy.reversal.of == name:
        step = ground.builder.add(f"{name} and returns", Union((step, reads.reversals(step))))
    step = _belonging(ground, shared_out(ground, step, event, credit), event, asked)
    return joined(ground.builder, step, ground.subjects, policy, name)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reading one event type, and the events that reverse it, into rows of like columns."""

    ground: Ground
    event: EventType

    def originals(self) -> str:
        """The events themselves."""
        builder, name = self.ground.builder, self.event.name
        step = builder.add(name, Events(name, givens(self.ground, self.event, tuple(self.event.fields.values()))))
        for field in self._amounts():
            step = builder.derive(step, f"{field.name}.own", own_amount(self.ground, field), field.span)
            step = builder.derive(
                step, f"{field.name}.counted", Column(f"{field.name}.own", self._paid(field)), field.span
            )
        step = builder.derive(step, "credit.day", Column("event.day", DATE), self.event.span)
        if self.ground.policy.claws_back:
            step = builder.derive(step, "credit.of", Column("event.id", TEXT), self.event.span)
        step = builder.derive(step, "credit.reversal", NO, self.event.span)
        step = builder.derive(step, "credit.event", Column("event", COUNT), self.event.span)
        return self._in_windows(step, Column("event.day", DATE))

    def reversals(self, originals: str) -> str:
        """The events that reverse them, with the fields of the original and what they take away."""
        builder, reversal = self.ground.builder, self.ground.policy.reversal
        assert reversal is not None
        event = self.ground.events[reversal.event]
        amounts = [field for field in self._amounts() if field.name in event.fields]
        fields = (event.fields[reversal.by], *(event.fields[field.name] for field in amounts))
        step = builder.add(event.name, Events(event.name, givens(self.ground, event, fields)))
        for field in amounts:
            taken = own_amount(self.ground, event.fields[field.name])
            step = builder.derive(step, f"{field.name}.counted", Apply(Op.NEG, (taken,), taken.type), field.span)
        for field in self._amounts():
            if field not in amounts:
                unsaid = builder.cause("field-absent", reversal.span, name=field.name, event=event.name)
                step = builder.derive(step, f"{field.name}.counted", Missing(unsaid, self._paid(field)), field.span)
        lost = builder.cause("original-unknown", reversal.span, event=event.name)
        own = tuple(Take(f"{field.name}.own", f"{field.name}.own", lost) for field in self._amounts())
        read = {reversal.by, *(field.name for field in amounts)}
        others = tuple(Take(name, name, lost) for name in self.event.fields if name not in read)
        day: tuple[Take, ...] = (Take("credit.day", "credit.day", lost), Take("event", "credit.event", lost))
        if self.ground.policy.claws_back:
            day += (Take("event.id", "credit.of", lost),)
        on = ((reversal.by, "event.id"),)
        step = builder.add(event.name, Lookup(step, originals, on, own + others + day, found="credit.original"))
        step = builder.derive(step, "credit.reversal", YES, reversal.span)
        counts = "credit.day" if reversal.count == "in the deal's period" else "event.day"
        return self._in_windows(step, Column(counts, DATE), Column("credit.original", TRUTH))

    def _amounts(self) -> tuple[CheckedField, ...]:
        return tuple(field for field in self.event.fields.values() if field.type.is_numeric)

    def _paid(self, field: CheckedField) -> Type:
        return in_currency(field.type, self.ground.policy.currency)

    def _in_windows(self, step: str, day: Column, whole: Expression = YES) -> str:
        """In which windows the event counts: by the period it names, if it names one, else by its day."""
        builder, policy = self.ground.builder, self.ground.policy
        windows = windows_over(policy, self.event.name)
        for window in windows:
            test = all_of(whole, self._held(self.ground.occasion.reach(window), day))
            step = builder.derive(step, within(window), surely(test), self.event.span)
        if len(windows) > 1:
            anywhere = any_of(*(Column(within(window), TRUTH) for window in windows))
            step = builder.derive(step, reached(policy, self.event.name), anywhere, self.event.span)
        return step

    def _held(self, reach: Reach | None, day: Column) -> Expression:
        """Whether a window holds the event."""
        if reach is None:
            return NO
        naming = next((field for field in self.event.fields.values() if field.type.kind is Kind.PERIOD), None)
        if naming is None:
            return any_of(*(_between(day, days) for days in reach.days))
        named = Column(naming.name, naming.type)
        return any_of(*(Apply(Op.EQ, (named, Literal(name, naming.type)), TRUTH) for name in reach.periods))


def _between(day: Column, days: Days) -> Expression:
    first, last = (Literal(each, DATE) for each in days)
    return all_of(Apply(Op.GE, (day, first), TRUTH), Apply(Op.LE, (day, last), TRUTH))


def own_amount(ground: Ground, field: CheckedField) -> Expression:
    """A field's value, missing where it is in another currency than the policy's."""
    of = in_currency(field.type, ground.policy.currency)
    value = Column(field.name, of)
    if of.kind is not Kind.MONEY:
        return value
    other = ground.builder.cause("other-currency", field.span, name=field.name, currency=of.unit)
    same = Apply(Op.EQ, (Column(f"{field.name}.currency", TEXT), Literal(of.unit, TEXT)), TRUTH)
    return Apply(Op.IF, (same, value, Missing(other, of)), of)


def givens(ground: Ground, event: EventType, fields: tuple[CheckedField, ...]) -> tuple[Given, ...]:
    """The fields of an event as its records give them; an amount's currency stands behind it."""
    given = []
    for field in fields:
        absent = None
        if not field.required:
            absent = ground.builder.cause("field-absent", field.span, name=field.name, event=event.name)
        given.append(Given(field.name, in_currency(field.type, ground.policy.currency), absent))
        if field.type.kind is Kind.MONEY:
            given.append(Given(f"{field.name}.currency", TEXT, absent))
    return tuple(given)


def _belonging(ground: Ground, step: str, event: EventType, asked: tuple[str, ...]) -> str:
    """Who is credited was there on the day, and served; an event that names its period asks for the period instead."""
    builder = ground.builder
    if may_be_nobodys(event):
        step = builder.derive(step, SOMEBODY, is_known(Column("credit.person", PERSON)), event.span)
    person = (("credit.person", "person"),)
    nobody = builder.cause("not-there", event.span, event=event.name)
    take = tuple(Take(name, f"person.{name}", nobody) for name in asked)
    step = builder.add(
        f"{event.name} credited",
        Lookup(
            step,
            ground.register,
            person,
            (Take("spell.served", "spell.served", nobody), *take),
            "credit.day",
            found="spell.there",
        ),
    )
    own = any(each.column is not None for each in credit_of(ground.policy, event).overlays)
    given = Column(GIVEN, TRUTH) if own else None
    if any(field.type.kind is Kind.PERIOD for field in event.fields.values()):
        there = Column("credit.subject", TRUTH)
        step = builder.add(f"{event.name} credited", Lookup(step, ground.subjects, person, (), found=there.name))
        return builder.derive(step, "credit.belongs", all_of(there, given), ground.policy.served_span)
    is_subject: Expression | None = None
    returned = ground.policy.reversal is not None and ground.policy.reversal.of == event.name
    others = windows_over(ground.policy, event.name) != (THIS_PERIOD,)
    if returned or others:
        # A return counts in its own period for whoever sold, an event of another window for whoever served then; if
        # that person is no subject of the period, it is in no result.
        step = builder.add(f"{event.name} credited", Lookup(step, ground.subjects, person, (), found="credit.subject"))
        outside = Apply(Op.NOT, (Column(reached(ground.policy, event.name), TRUTH),), TRUTH) if others else None
        original = Apply(Op.NOT, (Column("credit.reversal", TRUTH),), TRUTH) if returned else None
        is_subject = any_of(all_of(original, outside), Column("credit.subject", TRUTH))
    belongs = all_of(Column("spell.there", TRUTH), Column("spell.served", TRUTH), is_subject, given)
    return builder.derive(step, "credit.belongs", belongs, ground.policy.served_span)


def disposition(inside: str, measures: tuple[Expression, ...]) -> Expression:
    """What became of a credited row, as a code.

    `inside` is the column that says whether a window of any measure holds the row; `measures` are what counts.

    The least of an event's rows is what became of it, so it is unmatched only if it belongs to no subject at all.

    A condition that is missing may count, so its event is used: it is why the measure is missing.
    """

    def code(number: int) -> Expression:
        return Literal(Decimal(number), COUNT)

    def unless(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
        return Apply(Op.IF, (where_known(condition, YES), then, otherwise), COUNT)

    used: Expression = code(FILTERED)
    for each in reversed(measures):
        used = unless(each, code(USED), used)
    found = Apply(Op.IF, (Column(inside, TRUTH), used, code(OUT_OF_PERIOD)), COUNT)
    return unless(Column("credit.belongs", TRUTH), found, code(UNMATCHED))
