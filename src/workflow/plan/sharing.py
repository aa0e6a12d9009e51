"""To whom an event goes: its row becomes one for each way in which it counts for a person, with the share.

Columns added: `credit.person`; `credit.seller`, who has the direct credit that the row comes from, or is part of;
`credit.direct`, whether it is that credit itself, and no overlay; `credit.share`, where anybody has less than all of
it, and then `FIELD.credited` for each amount, the share of what counts, exactly. Those of ROW tell the rows of an event
apart: `credit.overlay` (0 for direct credit, else the number of its entry), `credit.entry` (that of the direct entry),
`credit.part` (of a list, else 0) and `credit.level` (of those above, the nearest being 1, else 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import EventType, ListField
from workflow.checks.checked import CheckedPolicy, Credit, Direct, Overlay
from workflow.checks.crediting import OWN_SHARE, direct_share_type, share_type
from workflow.checks.lists import PART_SHARE
from workflow.checks.measures import counted_type, in_currency
from workflow.diagnostics import Span
from workflow.model.sizes import product_type, sum_type, unified
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, TRUTH, Kind, Type, literal_type
from workflow.plan.building import NO, YES, all_of, is_known
from workflow.plan.ground import Ground
from workflow.plan.nodes import (
    Aggregate,
    EachPart,
    EachSuperior,
    Events,
    Expand,
    Filter,
    Given,
    Lookup,
    Measure,
    Take,
    Union,
)

PERSON = Type(Kind.PERSON)
ROW = ("credit.overlay", "credit.entry", "credit.part", "credit.level")
"""What tells the credited rows of one event apart."""
OWN = Column("credit.own share", OWN_SHARE)
"""The share that the register has for whoever is credited, of rows of overlays by a column."""
GIVEN = "credit.given"
"""The column that says whether a row gives its person anything, of events with such overlays."""
SOMEBODY = "credit.somebody"
"""The column that says whether a row has a person, of events that may name nobody."""


def credit_of(policy: CheckedPolicy, event: EventType) -> Credit:
    """To whom an event goes: whom it belongs to, unless the policy says otherwise."""
    if event.name in policy.credit:
        return policy.credit[event.name]
    assert event.owner is not None, "the checker refuses measures of events that belong to nobody"
    return Credit(((Direct(event.owner, None, Decimal(1), event.span),),), (), event.span)


def may_be_nobodys(event: EventType) -> bool:
    """Whether an event may name nobody to whom it could go; it is unmatched then."""
    return event.owner is not None and not event.fields[event.owner].required


def may_double(credit: Credit) -> bool:
    """Whether one event can be credited to one person in several ways."""
    several = any(len(group) > 1 or group[0].parts is not None for group in credit.direct)
    named = any(each.field is not None for each in credit.overlays)
    return several or named or len(credit.overlays) > 1


def shared_out(ground: Ground, step: str, event: EventType, credit: Credit) -> str:
    """The rows of `step`, once for each way in which one counts for a person."""
    sharing = _Sharing(ground, event, credit)
    direct = sharing.direct(step)
    paths = [sharing.kept(direct)]
    for number, overlay in enumerate(credit.overlays, 1):
        paths.append(
            sharing.above(direct, overlay, number) if overlay.field is None else sharing.beside(step, overlay, number)
        )
    return paths[0] if len(paths) == 1 else ground.builder.add(f"{event.name} credited", Union(tuple(paths)))


@dataclass(frozen=True, slots=True)
class _Way:
    """What tells a credited row apart, and whose it is: the values of its columns."""

    person: Column
    overlay: int
    level: Expression
    share: Expression | None
    place: Span


class _Sharing:
    """Sharing out the events of one type."""

    def __init__(self, ground: Ground, event: EventType, credit: Credit) -> None:
        self.ground = ground
        self.builder = ground.builder
        self.event = event
        self.credit = credit
        self.share = share_type(credit)
        self.parts: dict[str, str] = {}

    def direct(self, step: str) -> str:
        """A row for each direct credit: `credit.seller`, `credit.entry`, `credit.part` and, if any, `direct.share`."""
        taken: list[str] = []
        for group in self.credit.direct[:-1]:
            name = f"credit.group {len(taken) + 1}"
            for each in group:
                step = self._with_parts(step, each)
            applies = all_of(*(_there(each) for each in group))
            step = self.builder.derive(step, name, applies, group[0].span)
            chosen = self.builder.add(f"{self.event.name} to {group[0].field}", Filter(step, name))
            taken += [self._of(chosen, each, len(taken) + turn) for turn, each in enumerate(group, 1)]
            lapsed = Apply(Op.NOT, (Column(name, TRUTH),), TRUTH)
            step = self.builder.derive(step, f"{name} lapsed", lapsed, group[0].span)
            step = self.builder.add(f"{self.event.name} lapsed", Filter(step, f"{name} lapsed"))
        taken += [self._of(step, each, len(taken) + turn) for turn, each in enumerate(self.credit.direct[-1], 1)]
        return taken[0] if len(taken) == 1 else self.builder.add(f"{self.event.name} direct", Union(tuple(taken)))

    def kept(self, direct: str) -> str:
        """The rows of direct credit, each for whoever has it."""
        share = None if self.share is None else Column("direct.share", direct_share_type(self.credit))
        return self._credited(direct, _Way(Column("credit.seller", PERSON), 0, _number(0), share, self.credit.span))

    def above(self, direct: str, overlay: Overlay, number: int) -> str:
        """A row for each person above whoever has direct credit, on the day that decides it."""
        every = None if overlay.every_level else 1 if overlay.column is not None else len(overlay.shares)
        line = ("person", "supervisor", "credit.seller", "credit.day", every, overlay.column)
        step = self.builder.add(f"{self.event.name} above", Expand(direct, EachSuperior(self.ground.register, *line)))
        share: Expression | None = None
        if self.share is not None:
            share = Column("direct.share", direct_share_type(self.credit))
            if overlay.column is not None:
                below = self._rate("superior.below", overlay.column) if overlay.of_rest else None
                step = self._with_own(step, self._rate("superior.rate", overlay.column), overlay, below)
                share = _product(share, OWN)
            elif any(each != 1 for each in overlay.shares):
                share = _product(share, _by_level(overlay))
        level = Column("superior.level", COUNT)
        return self._credited(step, _Way(Column("superior.person", PERSON), number, level, share, overlay.span))

    def beside(self, step: str, overlay: Overlay, number: int) -> str:
        """A row for the person in a field of the event, if there is one."""
        assert overlay.field is not None
        person = Column(overlay.field, PERSON)
        step = self.builder.derive(step, f"credit.beside {number}", is_known(person), overlay.span)
        step = self.builder.add(f"{self.event.name} beside", Filter(step, f"credit.beside {number}"))
        step = self._place(step, person, (0, _number(0)), overlay.span)
        share: Expression | None = None
        if overlay.column is not None:
            step, share = self._with_own(*self._looked_up(step, person, overlay.column), overlay), OWN
        elif self.share is not None:
            share = _literal(overlay.shares[0])
        return self._credited(step, _Way(person, number, _number(0), share, overlay.span))

    def _rate(self, name: str, column: str) -> Column:
        """What the register has in a column of percentages."""
        return Column(name, self.ground.people[column].type)

    def _looked_up(self, step: str, person: Column, column: str) -> tuple[str, Column]:
        """The rows with what the register says of the person on the day that decides credit."""
        nobody = self.builder.cause("not-there", self.event.span, event=self.event.name)
        take, on = Take(column, "credit.rate", nobody), ((person.name, "person"),)
        node = Lookup(step, self.ground.register, on, (take,), "credit.day")
        return self.builder.add(f"{self.event.name} beside", node), self._rate("credit.rate", column)

    def _with_own(self, step: str, rate: Column, overlay: Overlay, below: Column | None = None) -> str:
        """The rows with each one's own share: his rate, or what those below have left of it."""
        assert overlay.column is not None
        odd = self.builder.cause("no-share", overlay.span, name=overlay.column)
        none, whole = (Literal(Decimal(each), literal_type(Kind.RATIO, Decimal(each))) for each in (0, 1))
        sound = [Apply(Op.GE, (rate, none), TRUTH), Apply(Op.LE, (rate, whole), TRUTH)]
        share: Expression = rate
        if below is not None:
            sound.append(Apply(Op.LE, (below, whole), TRUTH))
            left = Apply(Op.SUB, (rate, below), sum_type(rate.type, below.type))
            share = Apply(Op.MAX, (left, Literal(Decimal(0), left.type)), left.type)
        held = Apply(Op.IF, (all_of(*sound), share, Missing(odd, share.type)), share.type)
        return self.builder.derive(step, OWN.name, held, overlay.span, OWN.type)

    def _of(self, step: str, direct: Direct, number: int) -> str:
        """The rows of one direct entry: one for each event, or for each part of its list."""
        person, part, share = Column(direct.field, PERSON), _number(0), _literal(direct.share)
        if direct.parts is not None:
            step = self.builder.add(
                f"{self.event.name} by part", Expand(step, EachPart(self._list(direct.parts), "credit.event"))
            )
            person = Column(f"{direct.field}.{direct.parts.person}", PERSON)
            part = Column("part.number", COUNT)
            own = Column(f"{direct.field}.{direct.parts.share}", PART_SHARE)
            share = own if direct.share == 1 else _product(own, share)
        step = self._place(step, person, (number, part), direct.span)
        if self.share is None:
            return step
        return self.builder.derive(step, "direct.share", share, direct.span, direct_share_type(self.credit))

    def _place(self, step: str, seller: Column, numbers: tuple[int, Expression], place: Span) -> str:
        """From which entry and part a row comes, and whose it was first."""
        step = self.builder.derive(step, "credit.seller", seller, place)
        step = self.builder.derive(step, "credit.entry", _number(numbers[0]), place)
        return self.builder.derive(step, "credit.part", numbers[1], place)

    def _credited(self, step: str, way: _Way) -> str:
        """Rows with all that they have in common, whichever way they came."""
        builder = self.builder
        step = builder.derive(step, "credit.person", way.person, way.place)
        step = builder.derive(step, "credit.direct", NO if way.overlay else YES, way.place)
        step = builder.derive(step, "credit.overlay", _number(way.overlay), way.place)
        step = builder.derive(step, "credit.level", way.level, way.place)
        if self.share is None or way.share is None:
            return step
        if any(each.column is not None for each in self.credit.overlays):
            none = Literal(Decimal(0), way.share.type)
            some = Apply(Op.GT, (way.share, none), TRUTH) if way.overlay else YES
            step = builder.derive(step, GIVEN, some, way.place)
        step = builder.derive(step, "credit.share", way.share, way.place, self.share)
        for field in self.event.fields.values():
            if field.type.is_numeric:
                own = in_currency(field.type, self.ground.policy.currency)
                counted = Column(f"{field.name}.counted", own)
                product = Apply(Op.MUL, (counted, Column("credit.share", self.share)), counted_type(own, self.credit))
                step = builder.derive(step, f"{field.name}.credited", product, way.place)
        return step

    def _list(self, of: ListField) -> str:
        """The step of a list's parts."""
        if of.name not in self.parts:
            given = (Given(f"{of.name}.{of.person}", PERSON), Given(f"{of.name}.{of.share}", PART_SHARE))
            step = self.builder.add(f"{self.event.name} {of.name}", Events(self.event.name, given, of.name))
            self.parts[of.name] = step
        return self.parts[of.name]

    def _with_parts(self, step: str, direct: Direct) -> str:
        """Whether an event has parts, if an entry asks for them."""
        if direct.parts is None:
            return step
        count = Measure("parts", Function.COUNT, COUNT)
        parts = self.builder.add(
            f"{self.event.name} in parts", Aggregate(self._list(direct.parts), ("event",), (count,))
        )
        return self.builder.add(
            f"{self.event.name} with parts", Lookup(step, parts, (("credit.event", "event"),), (), found=_found(direct))
        )


def _found(direct: Direct) -> str:
    return f"{direct.field}.there"


def _there(direct: Direct) -> Expression:
    """Whether an event names somebody for an entry."""
    return Column(_found(direct), TRUTH) if direct.parts is not None else is_known(Column(direct.field, PERSON))


def _number(value: int) -> Expression:
    return Literal(Decimal(value), COUNT)


def _literal(share: Decimal) -> Expression:
    return Literal(share, literal_type(Kind.RATIO, share))


def _product(one: Expression, other: Expression) -> Expression:
    of = product_type(one.type, other.type, Kind.RATIO)
    assert of is not None, "a share has few digits"
    return Apply(Op.MUL, (one, other), of)


def _by_level(overlay: Overlay) -> Expression:
    """The share of a row's level."""
    shares = [_literal(share) for share in overlay.shares]
    of = unified(*(share.type for share in shares))
    found = shares[-1]
    for level, share in reversed(list(enumerate(shares[:-1], 1))):
        reached = Apply(Op.EQ, (Column("superior.level", COUNT), _number(level)), TRUTH)
        found = Apply(Op.IF, (reached, share, found), of)
    return found
