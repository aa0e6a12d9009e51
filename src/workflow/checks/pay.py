"""Pay clauses checked: what each line pays, on what, and that its table leaves no gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.asked import find_table
from workflow.checks.calculated import Decision, EventType
from workflow.checks.clauses import Counted, PayClause, Quantity, Table
from workflow.checks.context import Context
from workflow.checks.counting import (
    PayPlace,
    check_counted,
    check_rest,
    check_told_apart,
    event_paid_for,
    in_rest,
    over_of,
    quantity_of,
    scope_of,
)
from workflow.checks.decisions import check_decision
from workflow.checks.expressions.rules import type_word
from workflow.checks.formulas import Typing
from workflow.checks.meant import percent_fix
from workflow.checks.quantities import is_zero
from workflow.checks.ranks import check_rank
from workflow.checks.tables import GIVES, Rows, rate_type_of
from workflow.checks.uses import columns_read
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.incentive import PayClause as Written
from workflow.model.leaves import Formula
from workflow.model.sizes import product_type, quotient_type, sum_type
from workflow.model.terms import Mode, Over, Yields
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import Kind, Type, literal_type, named, summed

WAYS = ("amount", "rate", "tiers", "points", "table")
"""The ways in which a clause can pay; exactly one stands in its block."""
MODES = tuple(mode.value for mode in Mode)


def check_clause(context: Context, name: str, written: Written, span: Span, place: PayPlace) -> PayClause | None:
    """One line of pay, or None after noting its mistakes."""
    said = [way for way in WAYS if getattr(written, way) is not None]
    if len(said) != 1:
        context.refuse("one-way-to-pay", span, found=tuple(said), accepted=WAYS)
        return None
    event = event_paid_for(context, written.for_each) if written.for_each is not None else None
    if event is None and written.for_each is not None:
        return None
    typing = Typing(scope_of(place, event))
    clause = _Clause(context, typing, place, written, span, event)
    when = typing.condition(written.when) if written.when else None
    paid = clause.by_way(said[0])
    _check_strangers(context, written, said[0])
    prorated = _prorated(context, written, event)
    context.diagnostics.extend(typing.mistakes)
    mirrored = _mirrored(context, written, paid)
    rank = check_rank(context, written.rank, place.scope, span, divides=True)
    if paid is None or typing.mistakes:
        return None
    found = PayClause(
        name=name,
        title=context.title(written.title, span),
        when=when,
        amount=paid.amount,
        on=paid.on,
        rate=paid.rate,
        table=paid.table,
        prorated=prorated,
        type=_shared_type(context, written, paid) if rank is not None and rank.ties == "split" else paid.type,
        span=span,
        identity=written.was.text if written.was else name,
        decision=paid.decision,
        rank=rank,
        counted=paid.counted,
        below_zero=mirrored,
    )
    if event is not None:
        _check_for_each(context, place, event, found)
    return found


def _check_for_each(context: Context, place: PayPlace, event: EventType, found: PayClause) -> None:
    """What a clause for each event reads is told apart from the period's results; events are not ranked."""
    check_told_apart(context, place, event, columns_read(found))
    if found.rank is not None:
        context.refuse("key-without-effect", found.rank.span, key="rank", way="for each")


def _prorated(context: Context, written: Written, event: EventType | None) -> bool:
    """Whether the amount is for the days served of the period; an event has none."""
    if written.prorate is not None and event is not None:
        context.refuse("key-without-effect", written.prorate.span, key="prorate", way="for each")
    elif written.prorate is not None and not context.counts_days:
        context.refuse("day-count-missing", written.prorate.span)
    return context.choice(written.prorate, ("days served",)) is not None


def _mirrored(context: Context, written: Written, paid: _Paid | None) -> bool:
    """Whether a negative result takes back by the same rates; an amount is paid on no result."""
    if context.choice(written.below_zero, ("same rates",)) is None:
        return False
    assert written.below_zero is not None
    if paid is not None and paid.on is None:
        context.refuse("key-without-effect", written.below_zero.span, key="below zero", way="amount")
    return True


def _shared_type(context: Context, written: Written, paid: _Paid) -> Type:
    """The type of what each gets of an amount that is divided; it must be the same for all, and not be prorated."""
    if not isinstance(paid.amount, Literal) or written.prorate is not None:
        assert written.rank is not None
        assert written.rank.ties is not None
        context.refuse("split-needs-one-amount", written.rank.ties.span)
    whole = paid.type.precision - paid.type.scale
    return paid.type.sized(whole + context.minor_digits, context.minor_digits)


@dataclass(frozen=True, slots=True)
class _Paid:
    type: Type
    amount: Expression | None = None
    on: Column | None = None
    rate: Expression | None = None
    table: Table | None = None
    decision: Decision | None = None
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class _Clause:
    context: Context
    typing: Typing
    place: PayPlace
    written: Written
    span: Span
    event: EventType | None

    def by_way(self, way: str) -> _Paid | None:
        """What the clause pays, by the one key that says how."""
        match way:
            case "amount":
                return self.amount()
            case "rate":
                return self.rate()
            case "table":
                return self.decided()
        return self.table(way)

    def decided(self) -> _Paid | None:
        """A table of several dimensions: its last column gives rates or factors of `on`, or amounts."""
        assert self.written.table is not None
        asked = find_table(self.context, self.written.table, self.written.hit)
        found = check_decision(self.context, self.typing, asked, GIVES, self.gives) if asked is not None else None
        gives_amounts = found is not None and Yields.AMOUNT in found
        if gives_amounts and self.written.on is not None:
            self.context.refuse("key-without-effect", self.written.on.span, key="on", way="amount")
        on = self._on() if found is not None and not gives_amounts else None
        if found is None or (on is None and not gives_amounts):
            return None
        (decision,) = found.values()
        if on is None:
            return self._counted(_Paid(decision.type, decision=decision), None)
        quantity = quantity_of(self.place, self.event, on) if self.event is not None else None
        base = quantity.type if quantity is not None else on.type
        of = product_type(base, named(decision.type), Kind.MONEY, on.type.unit)
        if of is None:
            self.context.refuse("too-many-digits", self.written.table.span)
            return None
        return self._counted(_Paid(of, on=on, decision=decision), quantity)

    def amount(self) -> _Paid | None:
        assert self.written.amount is not None
        amount = self._money(self.written.amount)
        if amount is None:
            return None
        return self._counted(_Paid(amount.type, amount=amount), None)

    def rate(self) -> _Paid | None:
        assert self.written.rate is not None
        on = self._on()
        rate = self._ratio(self.written.rate)
        if on is None or rate is None:
            return None
        quantity = quantity_of(self.place, self.event, on) if self.event is not None else None
        base = quantity.type if quantity is not None else on.type
        of = product_type(base, rate.type, Kind.MONEY, on.type.unit)
        if of is None:
            self.context.refuse("too-many-digits", self.written.rate.span)
            return None
        return self._counted(_Paid(of, on=on, rate=rate), quantity)

    def table(self, way: str) -> _Paid | None:
        mode = self._mode(way)
        by = self._by()
        rows = Rows(self.context, self.typing, self.gives, mode, self.span)
        read = rows.points(self.written.points or ()) if way == "points" else rows.tiers(self.written.tiers or ())
        if mode is None or by is None or read is None:
            return None
        yields, found = read
        on = self._on() if yields is not Yields.AMOUNT else None
        ordered = rows.ascending(found, by)
        if ordered is None or (yields is not Yields.AMOUNT and on is None):
            return None
        if yields is Yields.AMOUNT and self.written.on is not None:
            self.context.refuse("key-without-effect", self.written.on.span, key="on", way="amount")
        fits, unit = self._unit(mode, by, on)
        if not fits:
            return None
        below = self.gives("rate", self.written.below) if self.written.below else None
        return self._read(Table(by, by.name, mode, yields, ordered, rate_type_of(ordered, mode), unit, below), on)

    def _read(self, table: Table, on: Column | None) -> _Paid | None:
        """What a table pays, counted over what the author says."""
        over = over_of(self.context, self.written, self.event)
        table = replace(table, follows=on is not None and (table.unit is not None or table.by_name == on.name))
        base = on if on is not None else table.by
        assert isinstance(base, Column), "the checker refuses to read a table by a formula"
        quantity = quantity_of(self.place, self.event, base) if over is not None else None
        if over is not None and not check_counted(self.context, self.written, over, quantity, (table, on)):
            return None
        if table.mode is not Mode.MARGINAL and not (over is Over.PERIOD and self.event is not None):
            table = replace(table, unit=None)
        of = quantity.type if quantity is not None else on.type if on is not None else table.rate_type
        if self.written.borders_in is not None:
            if not check_rest(self.context, self.written, table, (over, on)):
                return None
            scaled = in_rest(table.rows, of)
            if scaled is None:
                self.context.refuse("too-many-digits", self.written.borders_in.span)
                return None
            table = replace(table, rows=scaled[0], rest=scaled[1])
            of = scaled[1].type
        gives = self._table_type(of if on is not None else None, table)
        return self._counted(_Paid(gives, on=on, table=table), quantity, over) if gives is not None else None

    def _counted(self, paid: _Paid, quantity: Quantity | None, over: Over | None = None) -> _Paid:
        """What is paid, with what it is counted by and the type that the difference of two totals' pay has."""
        over = over or (Over.EVENT if self.event is not None else None)
        if over is None:
            return paid
        gives, rest = paid.type, paid.table.rest if paid.table is not None else None
        of = sum_type(gives, gives)
        if rest is not None and rest.scale != 1:
            of = quotient_type(of, literal_type(Kind.NUMBER, rest.scale), Kind.MONEY, of.unit)
        each = self.event.name if self.event is not None else None
        of = of if each is not None else summed(of)
        return replace(paid, type=of, counted=Counted(each, over, quantity, gives))

    def gives(self, word: str, leaf: Formula) -> Expression | None:
        """What a row of a table gives: an amount is money, a rate or a factor a percentage."""
        return self._money(leaf) if word == "amount" else self._ratio(leaf)

    def _mode(self, way: str) -> Mode | None:
        if self.written.mode is None:
            self.context.refuse("mode-not-said", self.span, accepted=MODES)
            return None
        word = self.context.choice(self.written.mode, MODES)
        if word is None:
            return None
        if (word == Mode.INTERPOLATED) != (way == "points"):
            self.context.refuse("mode-and-rows", self.written.mode.span, found=word)
            return None
        return Mode(word)

    def _by(self) -> Column | None:
        if self.written.by is None:
            self.context.refuse("missing-key", self.span, key="by")
            return None
        by = self.typing.formula(self.written.by)
        if by is None:
            return None
        if not isinstance(by, Column) or not by.type.is_numeric:
            self.context.refuse("name-a-value", self.written.by.span, key="by")
            return None
        return by

    def _on(self) -> Column | None:
        if self.written.on is None:
            self.context.refuse("missing-key", self.span, key="on")
            return None
        on = self.typing.formula(self.written.on)
        if on is None:
            return None
        if not isinstance(on, Column) or on.type.kind is not Kind.MONEY:
            self.context.refuse("name-a-value", self.written.on.span, key="on")
            return None
        return on

    def _ratio(self, leaf: Formula) -> Expression | None:
        typed = self.typing.formula(leaf)
        if typed is None:
            return None
        if is_zero(typed):
            return Literal(Decimal(0), Type(Kind.RATIO, 1, 0), leaf.span)
        if typed.type.kind is not Kind.RATIO:
            fix = None
            if isinstance(typed, Literal) and typed.type.kind is Kind.NUMBER:
                fix = percent_fix(typed)
            self.context.note(Diagnostic("not-a-rate", leaf.span, {"found": type_word(typed.type)}, fix=fix))
            return None
        if isinstance(typed, Literal) and isinstance(typed.value, Decimal) and typed.value < 0:
            self.context.refuse("rate-below-zero", leaf.span, found=leaf.text.strip())
            return None
        return typed

    def _money(self, leaf: Formula) -> Expression | None:
        return money_of(self.context, self.typing, leaf, self.place.currency)

    def _unit(self, mode: Mode, by: Column, on: Column | None) -> tuple[bool, Column | None]:
        """Whether the table can be read by `by`, and the money that `on` is divided by to give it, if it is that."""
        if on is None or by.name == on.name:
            return True, None
        value = self.place.values.get(by.name)
        if value is not None and isinstance(value.expression, Apply) and value.expression.op is Op.DIV:
            top, bottom = value.expression.args
            if isinstance(top, Column) and top.name == on.name and isinstance(bottom, Column):
                return True, bottom
        if mode is not Mode.MARGINAL:
            return True, None
        assert self.written.by is not None
        related = () if value is None else (value.span,)
        words = {"by": by.name, "on": on.name}
        self.context.note(Diagnostic("marginal-by", self.written.by.span, words, related=related))
        return False, None

    def _table_type(self, on: Type | None, table: Table) -> Type | None:
        if on is None:
            return table.rate_type
        of = product_type(on, table.rate_type, Kind.MONEY, on.unit)
        if of is None:
            self.context.refuse("too-many-digits", self.span)
            return None
        for _ in range(len(table.rows) - 1 if table.mode is Mode.MARGINAL else 0):
            of = sum_type(of, of)
        return of


_KEYS = {
    "on": "on",
    "by": "by",
    "mode": "mode",
    "below": "below",
    "accumulate": "accumulate",
    "borders_in": "borders in",
    "below_zero": "below zero",
    "hit": "hit",
}
_NEEDED = {
    "amount": frozenset[str](),
    "rate": frozenset({"on", "below_zero"}),
    "tiers": frozenset({"on", "by", "mode", "accumulate", "borders_in", "below_zero"}),
    "points": frozenset({"on", "by", "mode", "below", "accumulate", "borders_in"}),
    "table": frozenset({"on", "hit", "below_zero"}),
}
"""Of each way to pay, the words that it needs."""


def _check_strangers(context: Context, written: Written, way: str) -> None:
    """Words that belong to another way of paying change nothing here, so the author must have meant something else."""
    for key, word in _KEYS.items():
        leaf = getattr(written, key)
        if leaf is not None and key not in _NEEDED[way]:
            context.refuse("key-without-effect", leaf.span, key=word, way=way)


def money_of(context: Context, typing: Typing, leaf: Formula, currency: str) -> Expression | None:
    """The amount that a formula gives, which the policy could pay; None after noting a mistake."""
    typed = typing.formula(leaf)
    if typed is None:
        return None
    if typed.type.kind is not Kind.MONEY or typed.type.unit != currency:
        fix = None
        if isinstance(typed, Literal) and typed.type.kind is Kind.NUMBER:
            fix = Fix(leaf.span, f"{leaf.text.strip()} {currency}")
        found = type_word(typed.type)
        context.note(Diagnostic("not-the-currency-paid", leaf.span, {"found": found, "unit": currency}, fix=fix))
        return None
    return typed
